import Foundation
import Postgres

/// What a change of a schedule or its calendar does to occurrences whose day is already past.
extension ScheduleBook {
    /// Of a schedule that begins: what was still to come, but is moved back to before its beginning, is left out.
    static func leaveOutPassed(_ entry: ScheduleEntry, began: Date, in db: isolated Connection) throws {
        guard entry.schedule.calendar?.onHoliday == .previous else { return }
        let beginning = LocalTime(of: began, in: try entry.schedule.timeZone())
        let passed = try passed(entry, from: beginning.day, until: began).filter { $0.localTime > beginning }
        try enter(
            passed.map { Decision($0, .skipped, "the schedule began after its day") }, of: entry.schedule, in: db)
    }

    /// Of a schedule whose calendar has changed: what was still to come, and by the new calendar has come due already,
    /// is treated as missed.
    static func decideStranded(
        _ entry: ScheduleEntry, before: ScheduleEntry, now: Date, in db: isolated Connection
    ) throws {
        guard (entry.calendar, entry.schedule.calendar) != (before.calendar, before.schedule.calendar),
            !entry.schedule.isPaused
        else { return }
        let today = LocalTime(of: entry.decidedUntil, in: try entry.schedule.timeZone()).day
        // What waited for a working day stands behind the last one.
        let passed = try passed(
            entry, from: before.calendar?.lastWorked(before: today) ?? today, until: entry.decidedUntil)
        guard let last = passed.map(\.localTime.day).max() else { return }
        let end = before.calendar?.nextWorked(after: last) ?? last
        let pending = try before.occurrences(after: entry.decidedUntil).prefix { $0.instant < end.wellAfter }
        let keys = Set(pending.filter { !$0.isDropped }.map(\.key))
        try decide(passed.filter { keys.contains($0.key) }, of: entry.schedule, now: now, in: db)
    }

    /// What the days from this one on name, and is due by the calendar no later than this.
    private static func passed(_ entry: ScheduleEntry, from day: LocalDay, until: Date) throws -> [Occurrence] {
        let start = entry.calendar?.lastWorked(before: day) ?? day
        return try entry.occurrences(after: start.wellBefore).prefix { $0.instant <= until }
            .filter { !$0.isDropped && $0.localTime.day >= day }
    }
}

extension LocalDay {
    /// Before it begins and after it has ended, wherever on earth.
    fileprivate var wellBefore: Date { Date(timeIntervalSince1970: Double(number - 1) * 86_400) }
    fileprivate var wellAfter: Date { Date(timeIntervalSince1970: Double(number + 2) * 86_400) }
}
