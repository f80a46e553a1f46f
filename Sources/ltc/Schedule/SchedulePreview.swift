import ArgumentParser
import Automation
import Domain
import Foundation
import Jobs
import Postgres

struct SchedulePreview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "When a schedule, or an expression that you think of, fires next, and why then.",
        discussion: "Shows the next occurrences that fire, and those between them that its policies leave out.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The schedule's name; or none, with --cron.")
    var name: String?

    @Option(help: "A cron expression to try in place of a schedule: no database is needed.")
    var cron: String?

    @Option(help: "The time zone of --cron.")
    var zone = "UTC"

    @Option(help: "How many that fire.")
    var count = 5

    @Option(help: "After this date or instant, such as 2026-03-28 or 2026-03-28T00:00:00Z; otherwise from now.")
    var from: WhenArgument?

    func validate() throws {
        if (name == nil) == (cron == nil) { throw ValidationError("give a schedule's name or --cron") }
        if count < 1 || count > Self.most { throw ValidationError("--count is from 1 to \(Self.most)") }
    }

    private static let most = 10_000

    private struct Body: Encodable {
        struct Next: Encodable {
            let localTime: String
            let zone: String
            let utc: Date
            let fold: Int
            let fires: Bool
            let causes: [String]
            let reason: String?
        }
        let schedule: String?
        let cron: String
        let isPaused: Bool
        let occurrences: [Next]
    }

    func run() async throws {
        let entry = try await described()
        let schedule = entry.schedule
        let occurrences: [Occurrence]
        let clock: TimeZone
        do {
            // What is due at the very beginning is shown too.
            let start = try from.map { try entry.instant(of: $0.value).addingTimeInterval(-1) } ?? Date()
            occurrences = try entry.occurrences(after: start).upcoming(firing: count, limit: Self.most)
            clock = try schedule.timeZone()
        } catch let error as ScheduleError {
            throw Problem(.usage, "unreadable_schedule", error.reason, place: name.map { "schedule \($0)" })
        }
        var table = Table(("local", .left), ("UTC", .left), ("", .left), ("why", .left))
        for occurrence in occurrences {
            table.add(
                occurrence.instant.local(in: clock), occurrence.instant.ISO8601Format(),
                occurrence.isDropped ? "skipped" : "fires", occurrence.reason ?? "")
        }
        let body = Body(
            schedule: name, cron: schedule.cron, isPaused: schedule.isPaused,
            occurrences: occurrences.map {
                .init(
                    localTime: $0.localTime.description, zone: schedule.zone, utc: $0.instant, fold: $0.fold,
                    fires: !$0.isDropped, causes: $0.causes.map(\.code), reason: $0.reason)
            })
        try Answer("schedule.preview", body, table: table).print(as: format)
        if schedule.isPaused, !format.json {
            say("'\(schedule.name)' is paused: nothing of this happens before: ltc schedule resume \(schedule.name)")
        }
    }

    private func described() async throws -> ScheduleEntry {
        if let cron { return ScheduleEntry(trying: Schedule(name: "preview", cron: cron, zone: zone, kind: "preview")) }
        let name = name ?? ""
        return try await database.ask { try ScheduleCommand.find(name, in: $0) }
    }
}
