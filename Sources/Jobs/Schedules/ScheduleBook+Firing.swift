public import Foundation
public import Postgres

/// What has become of an occurrence.
public struct DecidedOccurrence: Sendable, Hashable {
    public let schedule: String
    public let localTime: String
    /// fired, late or skipped.
    public let state: String
    public let dueAt: Date
}

extension ScheduleBook {
    /// Decides every occurrence that has come due, and makes the jobs of those that fire.
    ///
    /// Any number of engines may do so at once: the ledger's key lets one of them through.
    /// - Parameter now: nil for the database's clock; a test's or a simulation's own.
    /// - Returns: what was decided, and the schedules that could not be read, with the reason; they are set aside.
    @discardableResult
    public static func fireDue(
        now: Date? = nil, in db: isolated Connection
    ) throws -> (decided: [DecidedOccurrence], unreadable: [(schedule: String, reason: String)]) {
        let now = try now ?? db.one(JobsSQL.DatabaseTime()).now
        var decided: [DecidedOccurrence] = []
        var unreadable: [(schedule: String, reason: String)] = []
        let due = Set(try db.run(JobsSchedulesSQL.LockDue(now: now)).map(\.name))
        guard !due.isEmpty else { return ([], []) }
        for row in try db.run(JobsSchedulesSQL.All()) where due.contains(row.name) {
            do {
                let entry = try ScheduleEntry(row)
                decided += try decidePast(of: entry, now: now, in: db)
                try setNext(of: entry, decidedUntil: now, in: db)
            } catch let error as ScheduleError {
                try db.execute(
                    JobsSchedulesSQL.SetNext(name: row.name, decidedUntil: row.decidedUntil, nextDue: nil))
                unreadable.append((row.name, error.reason))
            }
        }
        return (decided, unreadable)
    }

    /// Decides what has come due: of a schedule that is paused, that it does not fire.
    @discardableResult
    static func decidePast(
        of entry: ScheduleEntry, now: Date, in db: isolated Connection
    ) throws -> [DecidedOccurrence] {
        let due = Array(try entry.occurrences(after: entry.decidedUntil).prefix { $0.instant <= now })
        guard entry.schedule.isPaused else { return try decide(due, of: entry.schedule, now: now, in: db) }
        return try enter(due.map { Decision($0, .skipped, "paused") }, of: entry.schedule, in: db)
    }

    /// Decides occurrences that have come due, those aside that the ledger knows.
    @discardableResult
    static func decide(
        _ due: [Occurrence], of schedule: Schedule, now: Date, in db: isolated Connection
    ) throws -> [DecidedOccurrence] {
        let known = try known(due, of: schedule.name, in: db)
        let decisions = schedule.misfire.decide(
            due.filter { known[$0.key] == nil }, now: now, maximumLateness: schedule.maximumLateness)
        return try enter(decisions, of: schedule, in: db)
    }

    /// Writes decisions into the ledger, and the jobs of those that fire.
    @discardableResult
    static func enter(
        _ decisions: [Decision], of schedule: Schedule, in db: isolated Connection
    ) throws -> [DecidedOccurrence] {
        guard !decisions.isEmpty else { return [] }
        return try db.run(
            JobsSchedulesSQL.Fire(
                schedule: schedule.name, localTimes: decisions.map(\.occurrence.localTime.description),
                folds: decisions.map(\.occurrence.fold), dues: decisions.map(\.occurrence.instant),
                states: decisions.map(\.state.rawValue), reasons: decisions.map(\.reason),
                isByHand: false)
        ).map {
            DecidedOccurrence(
                schedule: schedule.name, localTime: $0.localTime, state: $0.state, dueAt: $0.dueAt)
        }
    }

    /// What the ledger knows of these.
    static func known(
        _ occurrences: [Occurrence], of schedule: String, in db: isolated Connection
    ) throws -> [Occurrence.Key: JobsSchedulesSQL.Known.Row] {
        guard !occurrences.isEmpty else { return [:] }
        let rows = try db.run(
            JobsSchedulesSQL.Known(
                schedule: schedule, localTimes: occurrences.map(\.localTime.description),
                folds: occurrences.map(\.fold)))
        return Dictionary(
            uniqueKeysWithValues: rows.map { (Occurrence.Key(localTime: $0.localTime, fold: $0.fold), $0) })
    }
}
