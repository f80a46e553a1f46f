import ArgumentParser
import Domain
import Foundation
import Jobs
import Postgres

struct SchedulePreview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "When a schedule, or an expression that you think of, fires next.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The schedule's name; or none, with --cron.")
    var name: String?

    @Option(help: "A cron expression to try in place of a schedule: no database is needed.")
    var cron: String?

    @Option(help: "The time zone of --cron.")
    var zone = "UTC"

    @Option(help: "How many.")
    var count = 5

    @Option(help: "From this instant on, such as 2026-03-28T00:00:00Z; otherwise from now.")
    var from: String?

    func validate() throws {
        if (name == nil) == (cron == nil) { throw ValidationError("give a schedule's name or --cron") }
        if count < 1 || count > 10_000 { throw ValidationError("--count is from 1 to 10000") }
    }

    private struct Body: Encodable {
        struct Next: Encodable {
            let localTime: String
            let zone: String
            let utc: Date
            let fold: Int
            let reason: String?
        }
        let schedule: String?
        let cron: String
        let occurrences: [Next]
    }

    func run() async throws {
        let schedule = try await described()
        let start = try from.map(instant) ?? Date()
        let occurrences: [Occurrence]
        do {
            occurrences = try ScheduleBook.preview(schedule, from: start, count: count)
        } catch {
            throw Problem(.usage, "unreadable_schedule", error.reason, place: name.map { "schedule \($0)" })
        }
        let clock = TimeZone(identifier: schedule.zone) ?? .gmt
        var table = Table(("local", .left), ("UTC", .left), ("why", .left))
        for occurrence in occurrences {
            table.add(
                occurrence.instant.local(in: clock), occurrence.instant.ISO8601Format(), reason(occurrence) ?? "")
        }
        let body = Body(
            schedule: name, cron: schedule.cron,
            occurrences: occurrences.map {
                .init(
                    localTime: $0.localTime.description, zone: schedule.zone, utc: $0.instant, fold: $0.fold,
                    reason: reason($0))
            })
        try Answer("schedule.preview", body, table: table).print(as: format)
    }

    private func described() async throws -> Schedule {
        if let cron { return Schedule(name: "preview", cron: cron, zone: zone, kind: "preview") }
        let name = name ?? ""
        return try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { try ScheduleCommand.find(name, in: $0).schedule }
        }
    }

    private func instant(_ text: String) throws -> Date {
        do {
            return try Date(text, strategy: .iso8601)
        } catch {
            throw ValidationError("--from '\(text)' is no instant such as 2026-03-28T00:00:00Z")
        }
    }

    private func reason(_ occurrence: Occurrence) -> String? {
        if occurrence.isShifted { return "the clock jumps over \(occurrence.localTime)" }
        return occurrence.fold == 1 ? "the second time that the clock shows \(occurrence.localTime)" : nil
    }
}
