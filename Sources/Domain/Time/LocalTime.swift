package import Foundation

extension TimeZone {
    /// The day on the wall at an instant.
    package func date(of instant: Date) -> CalendarDate {
        CalendarDate(daysSince1970: Int((local(instant) / 86400).rounded(.down)))
    }

    /// Seconds after midnight as the wall clock shows them, whatever the clock did that night.
    package func secondsOfDay(of instant: Date) -> TimeInterval {
        local(instant) - TimeInterval(date(of: instant).daysSince1970 * 86400)
    }

    /// The first instant at which the wall clock shows this minute of the day, or a later one.
    ///
    /// Every local time has exactly one such instant, and later times never come earlier: a time that a forward change
    /// of the clock leaps over is the moment of the leap, and of a time that comes twice it is the first.
    package func instant(of day: CalendarDate, minute: Int) -> Date {
        let wall = TimeInterval(day.daysSince1970 * 86400 + minute * 60)
        let before = Date(timeIntervalSince1970: wall - offset(Date(timeIntervalSince1970: wall - 86400)))
        let after = Date(timeIntervalSince1970: wall - offset(Date(timeIntervalSince1970: wall + 86400)))
        let (first, second) = (min(before, after), max(before, after))
        if local(first) >= wall { return first }
        if local(second) == wall { return second }
        return leap(between: first, and: second)
    }

    /// The second at which the offset changes.
    private func leap(between first: Date, and second: Date) -> Date {
        let old = offset(first)
        var (low, high) = (first.timeIntervalSince1970.rounded(.down), second.timeIntervalSince1970.rounded(.up))
        while high - low > 1 {
            let middle = ((low + high) / 2).rounded(.down)
            if offset(Date(timeIntervalSince1970: middle)) == old { low = middle } else { high = middle }
        }
        return Date(timeIntervalSince1970: high)
    }

    private func offset(_ instant: Date) -> TimeInterval { TimeInterval(secondsFromGMT(for: instant)) }
    private func local(_ instant: Date) -> TimeInterval { instant.timeIntervalSince1970 + offset(instant) }
}
