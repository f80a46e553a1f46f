public import Foundation
public import Postgres

/// The schedules of a database, the calendars that they follow, and the ledger of their occurrences.
public enum ScheduleBook {
    /// Makes these all the schedules and calendars that there are.
    ///
    /// One whose times change (expression, zone, what is done when the clock is changed) starts afresh now, after what had
    /// come due by its former times is decided; any other keeps what it has decided. When a calendar changes, what was
    /// still to come and whose new time has passed is treated as missed. A schedule that exists stays paused, or not, as
    /// it is.
    /// - Throws: `ScheduleError` for one that cannot be; `DatabaseError`.
    public static func replace(
        _ schedules: [Schedule], calendars: [WorkingCalendar] = [], in db: isolated Connection
    ) throws {
        let now = try db.one(JobsSQL.DatabaseTime()).now
        let days = Dictionary(calendars.map { ($0.name, $0) }) { _, last in last }
        for schedule in schedules {
            _ = try schedule.occurrences(after: now, days: schedule.calendar.flatMap { days[$0.name] })
        }
        _ = try db.run(JobsSchedulesSQL.LockAll())
        var former: [String: ScheduleEntry] = [:]
        for entry in try readable(in: db) {
            guard let schedule = schedules.first(where: { $0.name == entry.schedule.name }) else { continue }
            if schedule.hasTimes(of: entry.schedule) {
                former[schedule.name] = entry
            } else {
                try decidePast(of: entry, now: now, in: db)
            }
        }
        try db.execute(JobsSchedulesSQL.RemoveOthers(names: schedules.map(\.name)))
        try store(calendars, in: db)
        try store(schedules, in: db)
        try db.execute(JobsSchedulesSQL.RemoveOtherCalendars(names: calendars.map(\.name)))
        for entry in try list(in: db) {
            if let before = former[entry.schedule.name] {
                try decideStranded(entry, before: before, now: now, in: db)
                try setNext(of: entry, decidedUntil: entry.decidedUntil, in: db)
            } else {
                try leaveOutPassed(entry, began: now, in: db)
                try setNext(of: entry, decidedUntil: now, in: db)
            }
        }
        _ = try db.run(JobsSchedulesSQL.WakeTimekeepers())
    }

    /// Finds out anew when each is next due, as the time-zone table of this process has it: for a process that starts.
    public static func lookAhead(in db: isolated Connection) throws {
        _ = try db.run(JobsSchedulesSQL.LockAll())
        for entry in try readable(in: db) { try setNext(of: entry, decidedUntil: entry.decidedUntil, in: db) }
    }

    private static func store(_ calendars: [WorkingCalendar], in db: isolated Connection) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try db.execute(
            JobsSchedulesSQL.ReplaceCalendars(
                names: calendars.map(\.name),
                days: calendars.map { String(decoding: try encoder.encode($0), as: UTF8.self) }))
    }

    private static func store(_ schedules: [Schedule], in db: isolated Connection) throws {
        try db.execute(
            JobsSchedulesSQL.Replace(
                names: schedules.map(\.name), crons: schedules.map(\.cron), zones: schedules.map(\.zone),
                kinds: schedules.map(\.kind), arguments: schedules.map(\.arguments), queues: schedules.map(\.queue),
                teams: schedules.map { $0.team ?? 0 }, gaps: schedules.map(\.dstGap.rawValue),
                overlaps: schedules.map(\.dstOverlap.rawValue), misfires: schedules.map(\.misfire.description),
                latenesses: schedules.map { $0.maximumLateness.map { Int($0.seconds) } ?? 0 },
                calendars: schedules.map { $0.calendar?.name ?? "" },
                holidays: schedules.map { $0.calendar?.onHoliday.rawValue ?? "" }, paused: schedules.map(\.isPaused)))
    }

    /// - Throws: `ScheduleError` when one cannot be read.
    public static func list(in db: isolated Connection) throws -> [ScheduleEntry] {
        try db.run(JobsSchedulesSQL.All()).map { try ScheduleEntry($0) }
    }

    /// Those that this version understands.
    private static func readable(in db: isolated Connection) throws -> [ScheduleEntry] {
        try db.run(JobsSchedulesSQL.All()).compactMap { row in
            do { return try ScheduleEntry(row) } catch is ScheduleError { return nil }
        }
    }

    /// Nothing of a paused schedule fires until it is resumed, whatever is declared meanwhile; the pause ends with the
    /// schedule. What fell into it is left out, and stands so in the ledger.
    ///
    /// - Returns: whether it was paused before; nil when there is no such schedule.
    public static func setPaused(
        _ isPaused: Bool, _ name: String, now: Date? = nil, in db: isolated Connection
    ) throws -> Bool? {
        guard var entry = try locked(name, in: db) else { return nil }
        guard entry.schedule.isPaused != isPaused else { return isPaused }
        var decidedUntil = entry.decidedUntil
        if !isPaused {
            decidedUntil = try now ?? db.one(JobsSQL.DatabaseTime()).now
            try decidePast(of: entry, now: decidedUntil, in: db)
        }
        try db.execute(JobsSchedulesSQL.SetPaused(name: name, isPaused: isPaused))
        entry.schedule.isPaused = isPaused
        try setNext(of: entry, decidedUntil: decidedUntil, in: db)
        _ = try db.run(JobsSchedulesSQL.WakeTimekeepers())
        return !isPaused
    }

    /// A schedule that nobody decides, pauses or replaces before the transaction ends.
    static func locked(_ name: String, in db: isolated Connection) throws -> ScheduleEntry? {
        guard try db.first(JobsSchedulesSQL.Lock(name: name)) != nil else { return nil }
        return try list(in: db).first { $0.schedule.name == name }
    }

    /// Makes one job of a schedule by hand.
    ///
    /// - Returns: its id; nil when there is no such schedule.
    public static func runNow(_ name: String, in db: isolated Connection) throws -> Int? {
        try db.first(JobsSchedulesSQL.RunNow(name: name))?.id
    }

    /// What became of a schedule's occurrences, newest first. It outlives the schedule.
    public static func ledger(
        of name: String, limit: Int = 50, in db: isolated Connection
    ) throws -> [JobsSchedulesSQL.Ledger.Row] {
        try db.run(JobsSchedulesSQL.Ledger(schedule: name, maximum: limit))
    }

    static func setNext(of entry: ScheduleEntry, decidedUntil: Date, in db: isolated Connection) throws {
        var upcoming = try entry.occurrences(after: decidedUntil)
        let next = entry.schedule.isPaused ? nil : upcoming.next()?.instant
        try db.execute(
            JobsSchedulesSQL.SetNext(name: entry.schedule.name, decidedUntil: decidedUntil, nextDue: next))
    }
}
