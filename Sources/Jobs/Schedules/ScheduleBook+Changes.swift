import Foundation
import Postgres

/// What a change of a schedule or its calendar does to occurrences whose day is already past.
extension ScheduleBook {
    /// Of a schedule that begins: what was still to come, but is moved back to before its beginning, is left out.
    static func leaveOutPassed(_ entry: ScheduleEntry, in db: isolated Connection) throws {
        let began = LocalTime(of: entry.decidedUntil, in: try entry.schedule.timeZone())
        let decisions = try passed(entry, from: began.day).filter { $0.localTime > began }.map { occurrence in
            let words = [occurrence.reason, "that was before the schedule began"].compactMap(\.self)
            return Decision(occurrence: occurrence, state: .skipped, reason: words.joined(separator: "; "))
        }
        try enter(decisions, of: entry.schedule, in: db)
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
        let passed = try passed(entry, from: before.calendar?.lastWorked(before: today) ?? today)
        guard let last = passed.map(\.localTime.day).max() else { return }
        let end = before.calendar?.nextWorked(after: last) ?? last
        let pending = try before.occurrences(after: entry.decidedUntil).prefix { $0.instant < end.wellAfter }
        let keys = Set(pending.filter { !$0.isDropped }.map(\.key))
        try decide(passed.filter { keys.contains($0.key) }, of: entry.schedule, now: now, in: db)
    }

    /// What the days from this one on named and is, by the calendar, due no later than what is decided.
    private static func passed(_ entry: ScheduleEntry, from day: LocalDay) throws -> [Occurrence] {
        let start = entry.calendar?.lastWorked(before: day) ?? day
        return try entry.occurrences(after: start.wellBefore).prefix { $0.instant <= entry.decidedUntil }
            .filter { !$0.isDropped && $0.localTime.day >= day }
    }
}

extension LocalTime {
    /// What the clock of a zone shows; the seconds are cut off.
    init(of instant: Date, in zone: TimeZone) {
        let second = instant.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: instant))
        self.init(minutes: Int((second / 60).rounded(.down)))
    }
}

extension LocalDay {
    /// Before it begins and after it has ended, wherever on earth.
    fileprivate var wellBefore: Date { Date(timeIntervalSince1970: Double(number - 1) * 86_400) }
    fileprivate var wellAfter: Date { Date(timeIntervalSince1970: Double(number + 2) * 86_400) }
}
