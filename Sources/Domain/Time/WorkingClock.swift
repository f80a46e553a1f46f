package import Foundation

/// A clock that runs only while a team, or one of its members, works: its zone, hours and calendar, less absences.
///
/// On the day of a clock change a shift is as long as it really was: its ends are read off the wall.
package struct WorkingClock: Sendable {
    package let zone: TimeZone
    package let hours: WeeklyHours
    package let calendar: BusinessCalendar
    package let absences: [DateInterval]

    /// A clock that finds no working time for so many days says `Date.distantFuture`.
    private static let horizon = 3660

    package init(zone: TimeZone, hours: WeeklyHours, calendar: BusinessCalendar, absences: [DateInterval] = []) {
        self.zone = zone
        self.hours = hours
        self.calendar = calendar
        self.absences = absences
    }

    /// The earliest instant by which the span has been worked, counted from `start`.
    ///
    /// Hours run while the clock does; what ends with a shift is due at the end of that shift. Days are the same time
    /// of day so many days of work later, clamped into that day's shifts, and count from the next working instant: one
    /// day from a Saturday is Tuesday morning. No time at all is `start` itself.
    package func instant(after span: WorkingSpan, from start: Date) -> Date {
        switch span {
        case .seconds(0), .days(0): start
        case .seconds(let seconds): instant(afterSeconds: TimeInterval(seconds), from: start)
        case .days(let days): instant(afterDays: days, from: nextWorkingInstant(from: start))
        }
    }

    package func isWorking(at instant: Date) -> Bool {
        shifts(on: date(of: instant)).contains { $0.start <= instant && instant < $0.end }
    }

    /// `start` itself when it is worked, else when work begins next.
    package func nextWorkingInstant(from start: Date) -> Date {
        for day in days(from: start) {
            if let shift = shifts(on: day).first(where: { $0.end > start }) { return max(start, shift.start) }
        }
        return .distantFuture
    }

    /// The business day of an instant, in the clock's zone.
    package func date(of instant: Date) -> CalendarDate { zone.date(of: instant) }

    package func startOfDay(_ day: CalendarDate) -> Date { zone.instant(of: day, minute: 0) }

    /// The stretches that are worked on a day, ascending, absences cut out.
    package func shifts(on day: CalendarDate) -> [DateInterval] {
        guard calendar.isWorkingDay(day) else { return [] }
        return (hours.shifts[day.weekday] ?? makeUpShifts(on: day)).flatMap { shift in
            let (start, end) = (
                zone.instant(of: day, minute: shift.from), zone.instant(of: day, minute: shift.until)
            )
            return start < end ? DateInterval(start: start, end: end).cutting(out: absences) : []
        }
    }

    /// A weekend day that is worked to make up for a holiday is worked like the first day of the team's week.
    private func makeUpShifts(on day: CalendarDate) -> [WeeklyHours.Shift] {
        guard calendar.isMakeUpDay(day), let first = hours.shifts.keys.min() else { return [] }
        return hours.shifts[first] ?? []
    }

    private func days(from start: Date) -> some Sequence<CalendarDate> {
        let first = date(of: start)
        return (0..<Self.horizon).lazy.map { first.adding(days: $0) }
    }

    private func instant(afterSeconds seconds: TimeInterval, from start: Date) -> Date {
        var left = seconds
        for day in days(from: start) {
            for shift in shifts(on: day) where shift.end > start {
                let begin = max(shift.start, start)
                let length = shift.end.timeIntervalSince(begin)
                if left <= length { return begin.addingTimeInterval(left) }
                left -= length
            }
        }
        return .distantFuture
    }

    private func instant(afterDays count: Int, from start: Date) -> Date {
        guard start != .distantFuture else { return start }
        let later = days(from: start).dropFirst().lazy.map { ($0, shifts(on: $0)) }.filter { !$0.1.isEmpty }
        guard let (day, shifts) = later.dropFirst(count - 1).first(where: { _ in true }) else { return .distantFuture }
        let seconds = zone.secondsOfDay(of: start)
        let minute = (seconds / 60).rounded(.down)
        let wanted = zone.instant(of: day, minute: Int(minute)).addingTimeInterval(seconds - minute * 60)
        if let shift = shifts.first(where: { $0.end > wanted }) { return max(wanted, shift.start) }
        return shifts[shifts.count - 1].end
    }
}

extension DateInterval {
    /// What is left of the interval, in order, when the others are taken out of it.
    fileprivate func cutting(out others: [DateInterval]) -> [DateInterval] {
        others.reduce([self]) { pieces, other in
            pieces.flatMap { piece in
                guard other.start < piece.end, other.end > piece.start else { return [piece] }
                var left: [DateInterval] = []
                if piece.start < other.start { left.append(DateInterval(start: piece.start, end: other.start)) }
                if other.end < piece.end { left.append(DateInterval(start: other.end, end: piece.end)) }
                return left
            }
        }
    }
}
