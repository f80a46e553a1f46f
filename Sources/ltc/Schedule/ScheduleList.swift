import ArgumentParser
import Foundation
import Jobs
import Postgres

struct ScheduleList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All schedules and when each is next due.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    private struct Body: Encodable {
        struct Entry: Encodable {
            let name: String
            let cron: String
            let zone: String
            let kind: String
            let queue: String
            let isPaused: Bool
            let misfire: String
            let maximumLatenessSeconds: Int?
            let dstGap: String
            let dstOverlap: String
            let calendar: String?
            let onHoliday: String?
            let nextDue: Date?
            let decidedUntil: Date
        }
        let schedules: [Entry]
    }

    func run() async throws {
        let entries = try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { try ScheduleBook.list(in: $0) }
        }
        var table = Table(
            ("name", .left), ("cron", .left), ("zone", .left), ("kind", .left), ("calendar", .left),
            ("next, local", .left),
            ("next, UTC", .left))
        for entry in entries {
            let zone = TimeZone(identifier: entry.schedule.zone) ?? .gmt
            table.add(
                entry.schedule.name, entry.schedule.cron, entry.schedule.zone, entry.schedule.kind,
                entry.schedule.calendar.map { "\($0.name), \($0.onHoliday.rawValue)" } ?? "",
                entry.nextDue?.local(in: zone) ?? (entry.schedule.isPaused ? "paused" : "never"),
                entry.nextDue?.ISO8601Format() ?? "")
        }
        let body = Body(
            schedules: entries.map { entry in
                Body.Entry(
                    name: entry.schedule.name, cron: entry.schedule.cron, zone: entry.schedule.zone,
                    kind: entry.schedule.kind, queue: entry.schedule.queue, isPaused: entry.schedule.isPaused,
                    misfire: entry.schedule.misfire.description,
                    maximumLatenessSeconds: entry.schedule.maximumLateness.map { Int($0.components.seconds) },
                    dstGap: entry.schedule.dstGap.rawValue, dstOverlap: entry.schedule.dstOverlap.rawValue,
                    calendar: entry.schedule.calendar?.name, onHoliday: entry.schedule.calendar?.onHoliday.rawValue,
                    nextDue: entry.nextDue, decidedUntil: entry.decidedUntil)
            })
        try Answer("schedule.list", body, table: table).print(as: format)
    }
}
