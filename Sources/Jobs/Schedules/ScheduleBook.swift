package import Foundation
package import Postgres

/// A schedule as it stands in the database.
package struct ScheduleEntry: Sendable, Hashable {
    package let schedule: Schedule
    /// Every occurrence up to here is decided.
    package let decidedUntil: Date
    /// The next occurrence; nil when it is paused or never fires again.
    package let nextDue: Date?
}

/// What has become of an occurrence.
package struct DecidedOccurrence: Sendable, Hashable {
    package let schedule: String
    package let localTime: String
    /// fired, late or skipped.
    package let state: String
}

/// The schedules of a database and the ledger of their occurrences.
package enum ScheduleBook {
    /// Makes these all the schedules that there are.
    ///
    /// One whose times change, or that is resumed, starts afresh now; any other keeps what it has decided.
    /// - Throws: `ScheduleError` for one that cannot be; `DatabaseError`.
    package static func replace(_ schedules: [Schedule], in db: isolated Connection) throws {
        let now = try db.one(JobsSQL.DatabaseTime()).now
        for schedule in schedules { _ = try schedule.occurrences(after: now) }
        try db.execute(JobsSchedulesSQL.RemoveOthers(names: schedules.map(\.name)))
        try db.execute(
            JobsSchedulesSQL.Replace(
                names: schedules.map(\.name), crons: schedules.map(\.cron), zones: schedules.map(\.zone),
                kinds: schedules.map(\.kind), arguments: schedules.map(\.arguments), queues: schedules.map(\.queue),
                teams: schedules.map { $0.team ?? 0 }, gaps: schedules.map(\.dstGap.rawValue),
                overlaps: schedules.map(\.dstOverlap.rawValue), misfires: schedules.map(\.misfire.description),
                latenesses: schedules.map { $0.maximumLateness.map { Int($0.seconds) } ?? 0 },
                paused: schedules.map(\.isPaused)))
        for entry in try list(in: db) {
            try setNext(of: entry.schedule, decidedUntil: entry.decidedUntil, in: db)
        }
        _ = try db.run(JobsSchedulesSQL.WakeTimekeepers())
    }

    package static func list(in db: isolated Connection) throws -> [ScheduleEntry] {
        try db.run(JobsSchedulesSQL.All()).map { try ScheduleEntry($0) }
    }

    /// The next occurrences after an instant, paused or not.
    ///
    /// - Throws: `ScheduleError`.
    package static func preview(_ schedule: Schedule, from: Date, count: Int) throws(ScheduleError) -> [Occurrence] {
        Array(try schedule.occurrences(after: from).prefix(count))
    }

    /// Makes one job of a schedule by hand.
    ///
    /// - Returns: its id; nil when there is no such schedule.
    package static func runNow(_ name: String, in db: isolated Connection) throws -> Int? {
        try db.first(JobsSchedulesSQL.RunNow(name: name))?.id
    }

    /// What became of a schedule's occurrences, newest first.
    package static func ledger(
        of name: String, limit: Int = 50, in db: isolated Connection
    ) throws -> [JobsSchedulesSQL.Ledger.Row] {
        try db.run(JobsSchedulesSQL.Ledger(schedule: name, maximum: limit))
    }

    /// Decides every occurrence that has come due, and makes the jobs of those that fire.
    ///
    /// Any number of engines may do so at once: the ledger's key lets one of them through.
    /// - Parameter now: nil for the database's clock; a test's or a simulation's own.
    /// - Returns: what was decided, and the schedules that could not be read, with the reason; they are set aside.
    @discardableResult
    package static func fireDue(
        now: Date? = nil, in db: isolated Connection
    ) throws -> (decided: [DecidedOccurrence], unreadable: [(schedule: String, reason: String)]) {
        let now = try now ?? db.one(JobsSQL.DatabaseTime()).now
        var decided: [DecidedOccurrence] = []
        var unreadable: [(schedule: String, reason: String)] = []
        for row in try db.run(JobsSchedulesSQL.Due(now: now)) {
            do {
                let entry = try ScheduleEntry(row)
                decided += try fire(entry, now: now, in: db)
            } catch let error as ScheduleError {
                try db.execute(
                    JobsSchedulesSQL.SetNext(name: row.name, decidedUntil: row.decidedUntil, nextDue: nil))
                unreadable.append((row.name, error.reason))
            }
        }
        return (decided, unreadable)
    }

    private static func fire(
        _ entry: ScheduleEntry, now: Date, in db: isolated Connection
    ) throws -> [DecidedOccurrence] {
        let schedule = entry.schedule
        let due = Array(try schedule.occurrences(after: entry.decidedUntil).prefix { $0.instant <= now })
        let decisions = schedule.misfire.decide(due, now: now, maximumLateness: schedule.maximumLateness)
        let rows = try db.run(
            JobsSchedulesSQL.Fire(
                schedule: schedule.name, localTimes: decisions.map(\.occurrence.localTime.description),
                folds: decisions.map(\.occurrence.fold), dues: decisions.map(\.occurrence.instant),
                states: decisions.map(\.state.rawValue), reasons: decisions.map(\.reason)))
        try setNext(of: schedule, decidedUntil: now, in: db)
        return rows.map { DecidedOccurrence(schedule: schedule.name, localTime: $0.localTime, state: $0.state) }
    }

    private static func setNext(of schedule: Schedule, decidedUntil: Date, in db: isolated Connection) throws {
        var upcoming = try schedule.occurrences(after: decidedUntil)
        let next = schedule.isPaused ? nil : upcoming.next()?.instant
        try db.execute(
            JobsSchedulesSQL.SetNext(name: schedule.name, decidedUntil: decidedUntil, nextDue: next))
    }
}
