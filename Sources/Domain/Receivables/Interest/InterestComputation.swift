/// How an item's interest came about, line by line.
package struct InterestComputation: Sendable, Hashable {
    /// A stretch of days with one principal and one rate.
    package struct Segment: Sendable, Hashable {
        package var from: CalendarDate
        package var through: CalendarDate
        package var days: Int
        /// The principal, in minor units.
        package var openMinor: Int
        package var rate: AppliedRate
        /// The part of a year as it is written: `30 / 365`.
        package var fraction: String
        /// The same with twelve digits after the point.
        package var yearFraction: String
        /// The interest of one day when that is what is rounded; nil otherwise.
        package var dailyMinor: Int?
        /// In major units, with four digits more than the currency has; the last one is rounded, so that a sum of lines may differ
        /// there.
        package var exact: String
    }

    /// The day after the due date.
    package var from: CalendarDate
    /// The last day counted: the day of payment or of the run.
    package var through: CalendarDate
    /// Calendar days; 0 when nothing is late yet.
    package var days: Int
    package var dayCount: DayCount
    package var rounding: InterestRounding
    /// In the order of their days. Under the rates of payment dates, one for each payment, from the day after due.
    package var segments: [Segment]
    /// The sum, in major units, before rounding.
    package var exact: String
    /// Rounded half up, once; with ``InterestRounding/dailyRate`` each day was rounded, and this is their sum.
    package var minor: Int
    /// The rule that it rests on: `§ 288 Abs. 2 BGB`.
    package var source: String
}

/// The percentage of a segment and where it comes from.
package struct AppliedRate: Sendable, Hashable {
    package var percent: Percent
    /// Nil for an agreed percentage.
    package var reference: ReferenceRate?
    /// The points above the reference rate.
    package var margin: Percent?
}

extension InterestComputation: Codable {
    private enum CodingKeys: String, CodingKey {
        case from, through, days, rounding, segments, exact, minor, source, percent
        case dayCount = "day_count"
        case yearDays = "year_days"
        case openMinor = "open_minor"
    }

    /// Notices from before there were segments have one rate, `percent`, over `year_days`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        from = try container.decode(CalendarDate.self, forKey: .from)
        through = try container.decode(CalendarDate.self, forKey: .through)
        days = try container.decode(Int.self, forKey: .days)
        exact = try container.decode(String.self, forKey: .exact)
        minor = try container.decode(Int.self, forKey: .minor)
        source = try container.decode(String.self, forKey: .source)
        if let yearDays = try container.decodeIfPresent(Int.self, forKey: .yearDays) {
            dayCount = .actual(over: yearDays)
            rounding = .once
            let fraction = dayCount.fraction(from: from.adding(days: -1), to: through)
            segments = [
                Segment(
                    from: from, through: through, days: days,
                    openMinor: try container.decode(Int.self, forKey: .openMinor),
                    rate: AppliedRate(percent: try container.decode(Percent.self, forKey: .percent)),
                    fraction: fraction.words, yearFraction: fraction.decimal, exact: exact)
            ]
        } else {
            dayCount = try container.decode(DayCount.self, forKey: .dayCount)
            rounding = try container.decode(InterestRounding.self, forKey: .rounding)
            segments = try container.decode([Segment].self, forKey: .segments)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(from, forKey: .from)
        try container.encode(through, forKey: .through)
        try container.encode(days, forKey: .days)
        try container.encode(dayCount, forKey: .dayCount)
        try container.encode(rounding, forKey: .rounding)
        try container.encode(segments, forKey: .segments)
        try container.encode(exact, forKey: .exact)
        try container.encode(minor, forKey: .minor)
        try container.encode(source, forKey: .source)
    }
}

extension InterestComputation.Segment: Codable {
    private enum CodingKeys: String, CodingKey {
        case from, through, days, rate, fraction, exact
        case openMinor = "open_minor"
        case yearFraction = "year_fraction"
        case dailyMinor = "daily_minor"
    }
}

extension AppliedRate: Codable {}
