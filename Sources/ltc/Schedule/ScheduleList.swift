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
        let schedules: [ScheduleFacts]
    }

    func run() async throws {
        let entries = try await database.ask { try ScheduleBook.list(in: $0) }
        var table = Table(
            ("name", .left), ("cron", .left), ("zone", .left), ("kind", .left), ("calendar", .left),
            ("next, local", .left), ("next, UTC", .left))
        for entry in entries {
            table.add(
                entry.schedule.name, entry.schedule.cron, entry.schedule.zone, entry.schedule.kind,
                entry.schedule.calendar.map { "\($0.name), \($0.onHoliday.rawValue)" } ?? "", entry.next,
                entry.nextDue?.ISO8601Format() ?? "")
        }
        try Answer("schedule.list", Body(schedules: entries.map(ScheduleFacts.init)), table: table).print(as: format)
    }
}
