import ArgumentParser
import Domain
import Foundation
import Jobs
import Postgres

struct ScheduleOccurrences: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "occurrences", abstract: "What became of a schedule's occurrences and why, newest first.",
        discussion: "Also of a schedule that has ended.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var limit: LimitOptions

    @Argument(help: "The schedule's name.")
    var name: String

    private struct Body: Encodable {
        struct Row: Encodable {
            let localTime: String
            let fold: Int
            let dueAt: Date
            let state: String
            let reason: String?
            let job: Int?
            let decidedAt: Date
        }
        let schedule: String
        let occurrences: [Row]
    }

    func run() async throws {
        let (name, limit) = (name, limit.limit)
        let rows = try await database.ask { db in
            let rows = try ScheduleBook.ledger(of: name, limit: limit, in: db)
            // The ledger outlives its schedule.
            if rows.isEmpty { _ = try ScheduleCommand.find(name, in: db) }
            return rows
        }
        var table = Table(
            ("nominal, local", .left), ("due, UTC", .left), ("state", .left), ("job", .right), ("why", .left))
        for row in rows {
            table.add(
                row.localTime + (row.fold == 1 ? " (second)" : ""), row.dueAt.ISO8601Format(), row.state,
                row.job.map(String.init) ?? "", row.reason ?? "")
        }
        let body = Body(
            schedule: name,
            occurrences: rows.map {
                .init(
                    localTime: $0.localTime, fold: $0.fold, dueAt: $0.dueAt, state: $0.state, reason: $0.reason,
                    job: $0.job, decidedAt: $0.decidedAt)
            })
        try Answer("schedule.occurrences", body, table: table).print(as: format)
    }
}
