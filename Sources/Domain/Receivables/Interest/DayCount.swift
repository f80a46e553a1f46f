/// How the days between two dates become a part of a year.
///
/// The conventions count from a start to an end, one of the two days included. Interest here leaves out the day that
/// the invoice was due and counts the day of payment; so the start is the due date and the end the day of payment.
package enum DayCount: Sendable, Hashable {
    /// The days as the calendar has them over a year of so many: Actual/365 (Fixed) and Actual/360, 2006 ISDA
    /// Definitions 4.16 (d) and (e). Over 1 the rate is one of a day.
    case actual(over: Int)
    /// Actual/Actual of ISDA, 4.16 (b): the days from the start in leap years over 366, the others over 365.
    case actualActual
    /// 30/360 US: (1) start and end both the last of February: the end is a 30th; (2) the start the last of February:
    /// it is a 30th; (3) an end on a 31st is a 30th when the start is a 30th or a 31st; (4) a start on a 31st is a
    /// 30th. In this order.
    case thirty360US
    /// 30E/360, 4.16 (g), the Eurobond basis: a 31st is a 30th at either end; February has no rule.
    case thirtyE360

    package static let actual365 = DayCount.actual(over: 365)
    package static let actual360 = DayCount.actual(over: 360)
    /// The rate is one of a day, such as China's 0.05 %.
    package static let daily = DayCount.actual(over: 1)

    /// Whether the year has the same length always, so that there is a daily rate.
    package var hasDailyRate: Bool { self != .actualActual }

    /// The common denominator of all fractions of this convention.
    var denominator: Int {
        switch self {
        case .actual(let year): year
        case .actualActual: 365 * 366
        case .thirty360US, .thirtyE360: 360
        }
    }

    /// One day of a year, where it has a fixed length (``hasDailyRate``).
    var oneDay: YearFraction { YearFraction(1, over: self, words: "1 / \(denominator)") }

    /// The part of a year from `start` to `end`, which is not before it.
    package func fraction(from start: CalendarDate, to end: CalendarDate) -> YearFraction {
        switch self {
        case .actual(let year):
            let days = end.days(since: start)
            return YearFraction(days, over: self, words: year == 1 ? "\(days)" : "\(days) / \(year)")
        case .actualActual:
            let leap = Self.leapDays(before: end) - Self.leapDays(before: start)
            let other = end.days(since: start) - leap
            let words = [(other, 365), (leap, 366)].filter { $0.0 > 0 }.map { "\($0) / \($1)" }
            return YearFraction(
                other * 366 + leap * 365, over: self, words: words.isEmpty ? "0" : words.joined(separator: " + "))
        case .thirty360US, .thirtyE360:
            let days = self == .thirtyE360 ? Self.european(start, end) : Self.american(start, end)
            return YearFraction(days, over: self, words: "\(days) / 360")
        }
    }

    /// The days of leap years before a day, counted from 1 January of the year 1.
    private static func leapDays(before day: CalendarDate) -> Int {
        let past = day.year - 1
        let leapYears = past / 4 - past / 100 + past / 400
        let isLeap = CalendarDate.daysInMonth(year: day.year, month: 2) == 29
        return leapYears * 366 + (isLeap ? dayOfYear(day) - 1 : 0)
    }

    private static func dayOfYear(_ day: CalendarDate) -> Int {
        (1..<day.month).reduce(day.day) { $0 + CalendarDate.daysInMonth(year: day.year, month: $1) }
    }

    private static func european(_ start: CalendarDate, _ end: CalendarDate) -> Int {
        months(from: start, to: end) * 30 + min(end.day, 30) - min(start.day, 30)
    }

    private static func american(_ start: CalendarDate, _ end: CalendarDate) -> Int {
        let startsAtEndOfFebruary = start.month == 2 && start.isLastOfMonth
        let first = startsAtEndOfFebruary ? 30 : min(start.day, 30)
        var last = end.day
        if startsAtEndOfFebruary && end.month == 2 && end.isLastOfMonth { last = 30 }
        if last == 31 && first == 30 { last = 30 }
        return months(from: start, to: end) * 30 + last - first
    }

    private static func months(from start: CalendarDate, to end: CalendarDate) -> Int {
        (end.year - start.year) * 12 + end.month - start.month
    }
}

/// A part of a year, exact.
package struct YearFraction: Sendable, Hashable {
    package let numerator: Int
    package let denominator: Int
    /// As a letter writes it: `23 / 365`, `61 / 365 + 121 / 366`; days alone when the rate is one of a day.
    package let words: String

    /// A whole year: a plain share of an amount.
    static let whole = YearFraction(1, over: .daily, words: "1")

    fileprivate init(_ numerator: Int, over dayCount: DayCount, words: String) {
        self.numerator = numerator
        self.denominator = dayCount.denominator
        self.words = words
    }

    /// With twelve digits after the point, a half rounded up: `0.497724380567`.
    package var decimal: String {
        let scale: Int128 = 1_000_000_000_000
        let scaled = (2 * Int128(numerator) * scale + Int128(denominator)) / (2 * Int128(denominator))
        let (whole, part) = scaled.quotientAndRemainder(dividingBy: scale)
        return "\(whole).\(String(scale + part).dropFirst())"
    }
}

extension DayCount {
    /// Those that a configuration may name.
    package static let configurable: Set<DayCount> = [
        .actual365, .actual(over: 360), .actualActual, .thirty360US, .thirtyE360,
    ]
}

extension DayCount: LosslessStringConvertible {
    /// `act/365`, `act/act`, `30/360`, `30e/360`.
    package var description: String {
        switch self {
        case .actual(let year): "act/\(year)"
        case .actualActual: "act/act"
        case .thirty360US: "30/360"
        case .thirtyE360: "30e/360"
        }
    }

    package init?(_ description: String) {
        switch description {
        case "act/act": self = .actualActual
        case "30/360": self = .thirty360US
        case "30e/360": self = .thirtyE360
        default:
            guard description.hasPrefix("act/"), let year = Int(description.dropFirst(4)),
                year == 1 || (360...366).contains(year)
            else { return nil }
            self = .actual(over: year)
        }
    }
}

extension DayCount: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let dayCount = DayCount(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no day count")
        }
        self = dayCount
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
