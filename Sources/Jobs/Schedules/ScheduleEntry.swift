public import Foundation

/// A schedule as it stands in the database.
public struct ScheduleEntry: Sendable, Hashable {
    public internal(set) var schedule: Schedule
    /// The calendar that it follows.
    public let calendar: WorkingCalendar?
    /// Every occurrence that was due up to here is decided.
    public let decidedUntil: Date
    /// When there is something to decide again; nil when it is paused or never fires again.
    public let nextDue: Date?

    /// Its occurrences after an instant, paused or not.
    ///
    /// - Throws: `ScheduleError`.
    public func occurrences(after instant: Date) throws(ScheduleError) -> Occurrences {
        try schedule.occurrences(after: instant, days: calendar)
    }
}

extension ScheduleEntry {
    /// A schedule that stands in no database and follows no calendar.
    public init(trying schedule: Schedule) {
        self.init(schedule: schedule, calendar: nil, decidedUntil: .distantPast, nextDue: nil)
    }

    /// - Throws: `ScheduleError` for what this version cannot read.
    init(_ row: JobsSchedulesSQL.All.Row) throws(ScheduleError) {
        func word<T>(_ text: String, _ read: (String) -> T?) throws(ScheduleError) -> T {
            guard let value = read(text) else {
                throw ScheduleError(schedule: row.name, reason: "unknown word '\(text)'")
            }
            return value
        }
        var rule: CalendarRule?
        if let name = row.calendar, let onHoliday = row.onHoliday {
            rule = CalendarRule(name, onHoliday: try word(onHoliday, HolidayPolicy.init(rawValue:)))
        }
        do {
            calendar = try row.days.map { try JSONDecoder().decode(WorkingCalendar.self, from: Data($0.utf8)) }
        } catch {
            throw ScheduleError(schedule: row.name, reason: "its calendar cannot be read: \(error)")
        }
        schedule = Schedule(
            name: row.name, cron: row.cron, zone: row.zone, kind: row.kind, arguments: row.arguments, queue: row.queue,
            team: row.team, dstGap: try word(row.dstGap, GapPolicy.init(rawValue:)),
            dstOverlap: try word(row.dstOverlap, OverlapPolicy.init(rawValue:)),
            misfire: try word(row.misfire, MisfirePolicy.init(_:)),
            maximumLateness: row.maximumLateness.map { .seconds($0) }, calendar: rule, isPaused: row.isPaused)
        decidedUntil = row.decidedUntil
        nextDue = row.nextDue
    }
}
