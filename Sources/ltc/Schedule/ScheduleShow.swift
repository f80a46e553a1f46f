import ArgumentParser
import Foundation
import Jobs
import Postgres

struct ScheduleShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One schedule: its times, its policies, what it starts.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The schedule's name.")
    var name: String

    func run() async throws {
        let name = name
        let entry = try await database.ask { try ScheduleCommand.find(name, in: $0) }
        let (schedule, known) = (entry.schedule, ScheduleFacts(entry))
        try Answer("schedule.show", known) {
            facts([
                ("schedule", schedule.name), ("cron", schedule.cron), ("zone", schedule.zone),
                ("calendar", schedule.calendar.map { "\($0.name); on a free day: \($0.onHoliday.rawValue)" }),
                ("time in a DST gap", schedule.dstGap.rawValue),
                ("time that comes twice", schedule.dstOverlap.rawValue),
                ("missed", schedule.misfire.description),
                ("at most late", known.maximumLatenessSeconds.map { "\($0) s" }),
                ("starts", "\(schedule.kind) \(schedule.arguments)"), ("queue", schedule.queue),
                ("decided until", entry.decidedUntil.ISO8601Format()), ("next", entry.next),
            ])
        }.print(as: format)
    }
}
