public import Foundation

/// When work of a kind is allowed: hours of the week by the clock of a zone, never on a day that a calendar says is free.
///
/// It is open while the clock on the wall shows one of its hours: what the clock jumps over does not happen, and an hour
/// that comes twice is open twice. A day off the week that is worked (China's 调休) has the hours of the week's first day.
public struct OpenHours: Sendable, Hashable {
    public let zone: TimeZone
    public let calendar: WorkingCalendar?
    /// By ISO 8601 weekday (1 is Monday), ascending and apart from each other.
    private let hours: [Int: [DayHours]]

    /// Days within which it opens, or is taken to open never again.
    private static let horizon = 3_660

    /// - Parameters:
    ///   - zone: an IANA name
    ///   - hours: by weekday (`mon`) or range of weekdays (`mon-fri`), each a list such as `["08:00-12:00", "13:00-24:00"]`
    ///   - calendar: without one no day is a holiday
    public init(
        zone: String, hours: [String: [String]], calendar: WorkingCalendar? = nil
    ) throws(OpenHoursError) {
        guard let timeZone = TimeZone(iana: zone) else {
            throw OpenHoursError(reason: "unknown time zone '\(zone)'; expected a name such as Europe/Berlin")
        }
        var byDay: [Int: [DayHours]] = [:]
        for (days, texts) in hours {
            for day in try Self.weekdays(days) {
                if byDay[day] != nil { throw OpenHoursError(reason: "\(Self.names[day - 1]) has hours already") }
                byDay[day] = try Self.ascending(texts)
            }
        }
        byDay = byDay.filter { !$0.value.isEmpty }
        guard !byDay.isEmpty else { throw OpenHoursError(reason: "it never opens; give hours of at least one weekday") }
        if let calendar, calendar.weekdays.isDisjoint(with: byDay.keys) {
            throw OpenHoursError(
                reason: "it never opens: all hours are on days that calendar '\(calendar.name)' says are free")
        }
        self.zone = timeZone
        self.calendar = calendar
        self.hours = byDay
    }

    public func isOpen(at instant: Date) -> Bool {
        let second = Int(instant.timeIntervalSince1970.rounded(.down))
        let local = second + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
        return firstOpen(from: local, before: local + 1) != nil
    }

    /// The first instant from this one on at which it is open: this one itself when it is.
    ///
    /// - Returns: nil when it does not open within ten years.
    public func nextOpening(after instant: Date) -> Date? {
        if isOpen(at: instant) { return instant }
        let start = Int(instant.timeIntervalSince1970.rounded(.up))
        let horizon = start + Self.horizon * 86_400
        var stretch = ClockStretch(of: zone, from: start)
        while stretch.start < horizon {
            let offset = stretch.offset
            if let local = firstOpen(from: stretch.start + offset, before: min(stretch.end, horizon) + offset) {
                return Date(timeIntervalSince1970: Double(local - offset))
            }
            stretch = stretch.next(in: zone)
        }
        return nil
    }

    /// The first of these local seconds (since 1970-01-01T00:00 on the wall) at which it is open.
    private func firstOpen(from start: Int, before end: Int) -> Int? {
        var day = LocalTime(minutes: Int((Double(start) / 60).rounded(.down))).day
        while day.number * 86_400 < end {
            for hours in hours(on: day) {
                let opens = max(start, day.number * 86_400 + hours.from * 60)
                if opens < min(end, day.number * 86_400 + hours.until * 60) { return opens }
            }
            day = LocalDay(number: day.number + 1)
        }
        return nil
    }

    /// As they were written, a line a weekday.
    var texts: [String: [String]] {
        Dictionary(uniqueKeysWithValues: hours.map { (Self.names[$0.key - 1], $0.value.map(\.description)) })
    }

    private func hours(on day: LocalDay) -> [DayHours] {
        guard let calendar else { return hours[day.isoWeekday] ?? [] }
        guard calendar.isWorked(day) else { return [] }
        if let hours = hours[day.isoWeekday] { return hours }
        guard !calendar.weekdays.contains(day.isoWeekday), let first = hours.keys.min() else { return [] }
        return hours[first] ?? []
    }
}

/// Hours that cannot be.
public struct OpenHoursError: Error, Sendable, Hashable, CustomStringConvertible {
    public let reason: String
    public var description: String { reason }
}
