extension ScheduleEntry {
    /// - Throws: `ScheduleError` for a word that this version does not know.
    init(_ row: JobsSchedulesSQL.All.Row) throws {
        func word<T>(_ value: T?, _ text: String) throws -> T {
            guard let value else { throw ScheduleError(schedule: row.name, reason: "unknown word '\(text)'") }
            return value
        }
        self.init(
            schedule: Schedule(
                name: row.name, cron: row.cron, zone: row.zone, kind: row.kind, arguments: row.arguments,
                queue: row.queue, team: row.team, dstGap: try word(GapPolicy(rawValue: row.dstGap), row.dstGap),
                dstOverlap: try word(OverlapPolicy(rawValue: row.dstOverlap), row.dstOverlap),
                misfire: try word(MisfirePolicy(row.misfire), row.misfire),
                maximumLateness: row.maximumLateness.map { .seconds($0) }, isPaused: row.isPaused),
            decidedUntil: row.decidedUntil, nextDue: row.nextDue)
    }

    init(_ row: JobsSchedulesSQL.Due.Row) throws {
        try self.init(
            JobsSchedulesSQL.All.Row(
                name: row.name, cron: row.cron, zone: row.zone, kind: row.kind, arguments: row.arguments,
                queue: row.queue, team: row.team, dstGap: row.dstGap, dstOverlap: row.dstOverlap, misfire: row.misfire,
                maximumLateness: row.maximumLateness, isPaused: row.isPaused, decidedUntil: row.decidedUntil,
                nextDue: row.nextDue))
    }
}
