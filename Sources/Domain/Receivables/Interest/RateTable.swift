/// A reference rate as its publisher set it: the base rate of § 247 BGB from 1 January 2025 on.
package struct ReferenceRate: Sendable, Hashable {
    /// A small code of the house's own: `de-base`, `boe-base`, `ecb-mro`, `cn-lpr-1y`.
    package var code: String
    package var validFrom: CalendarDate
    /// The last day for which the rate is known to hold; nil: until the next one.
    package var validThrough: CalendarDate?
    package var percent: Percent
    /// Who published it: `Deutsche Bundesbank`.
    package var source: String
    package var publishedOn: CalendarDate?

    package init(
        code: String, validFrom: CalendarDate, validThrough: CalendarDate? = nil, percent: Percent, source: String,
        publishedOn: CalendarDate? = nil
    ) {
        self.code = code
        self.validFrom = validFrom
        self.validThrough = validThrough
        self.percent = percent
        self.source = source
        self.publishedOn = publishedOn
    }

    /// Small letters, digits, and hyphens between them.
    package static func isCode(_ text: String) -> Bool {
        text.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        }
    }
}

extension ReferenceRate: Codable {
    private enum CodingKeys: String, CodingKey {
        case code, percent, source
        case validFrom = "valid_from"
        case validThrough = "valid_through"
        case publishedOn = "published_on"
    }
}

/// The reference rates that are known, by day.
package struct RateTable: Sendable, Hashable {
    private let rates: [String: [ReferenceRate]]

    package static let empty = RateTable()
    private init() { rates = [:] }

    /// Takes the rates of each code in the order of their days; refuses a day that stands twice or out of order, and a
    /// rate that ends before it begins or lasts into the next one.
    package init(_ rates: [ReferenceRate]) throws(Problem) {
        var table: [String: [ReferenceRate]] = [:]
        for rate in rates {
            let place = "reference rate '\(rate.code)' of \(rate.validFrom)"
            if let last = rate.validThrough, last < rate.validFrom {
                throw Problem(
                    .refused, "rate_ends_early", "it ends on \(last), before it begins", place: place,
                    advice: "correct valid_from or valid_through")
            }
            if let before = table[rate.code]?.last {
                guard before.validFrom < rate.validFrom else {
                    let isTwice = before.validFrom == rate.validFrom
                    throw Problem(
                        .refused, isTwice ? "rate_twice" : "rates_not_in_order",
                        isTwice ? "the day stands there twice" : "it stands after the rate of \(before.validFrom)",
                        place: place, advice: "give one rate a day, the earlier ones first")
                }
                if let last = before.validThrough, last >= rate.validFrom {
                    throw Problem(
                        .refused, "rates_overlap", "the rate of \(before.validFrom) lasts through \(last)",
                        place: place, advice: "end that rate the day before this one begins, or leave its end empty")
                }
            }
            table[rate.code, default: []].append(rate)
        }
        self.rates = table
    }

    /// The rate in force on a day. `through` is the last day that is asked about, for a problem to name the whole gap.
    package func rate(_ code: String, on day: CalendarDate, through last: CalendarDate? = nil) throws(Problem)
        -> ReferenceRate
    {
        let known = rates[code] ?? []
        let next = known.partitioningIndex { $0.validFrom > day }
        if next > 0, known[next - 1].validThrough.map({ $0 >= day }) ?? true { return known[next - 1] }
        var until = max(last ?? day, day)
        if next < known.count { until = min(until, known[next].validFrom.adding(days: -1)) }
        throw Problem(
            .refused, "rate_gap",
            "it is not known "
                + (day == until ? "for \(day)" : "from \(day) through \(until)"),
            place: "reference rate '\(code)'",
            advice: "ltc import rates FILE, with a row of rate '\(code)' that is valid from \(day) or before")
    }

    /// The first day after `day` on which another rate begins, or from which the one in force is not known to hold any
    /// more; nil when it lasts.
    package func nextStep(of code: String, after day: CalendarDate) -> CalendarDate? {
        let known = rates[code] ?? []
        let next = known.partitioningIndex { $0.validFrom > day }
        if next > 0, let last = known[next - 1].validThrough { return last.adding(days: 1) }
        return next < known.count ? known[next].validFrom : nil
    }
}

extension Array {
    /// The index of the first element of which `isSecond` holds, in an array where it holds of all after that one.
    fileprivate func partitioningIndex(where isSecond: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if isSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
