import ArgumentParser
import Domain
import Foundation
import Jobs
import Postgres

struct ScheduleBackfill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill", abstract: "Make the jobs of past occurrences that did not fire.",
        discussion: """
            Looks at every occurrence that was due in the range. What has fired is left alone, so the same backfill again \
            makes nothing. A date is a whole day by the schedule's clock. What is still to come is left to the clock.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The schedule's name.")
    var name: String

    @Option(help: "From this date or instant on, such as 2026-03-28 or 2026-03-28T07:00:00Z.")
    var from: WhenArgument

    @Option(help: "To the end of this date, or before this instant; otherwise to now.")
    var until: WhenArgument?

    @Flag(help: "Show what would be made, and make nothing.")
    var dryRun = false

    private struct Body: Encodable {
        struct Row: Encodable {
            let localTime: String
            let fold: Int
            let dueAt: Date
            let outcome: String
            let job: Int?
            let reason: String?
        }
        let schedule: String
        let dryRun: Bool
        let made: Int
        let occurrences: [Row]
    }

    func run() async throws {
        let (name, from, until) = (name, from.value, until?.value)
        let options = TransactionOptions(rollsBack: dryRun, lockTimeout: dryRun ? .seconds(5) : nil)
        let found = try await database.withPool { pool in
            try await pool.transaction(options) { db in
                let entry = try ScheduleCommand.find(name, in: db)
                let start = try entry.instant(of: from)
                let end = try until.map { try entry.instant(of: $0, isEnd: true) } ?? .distantFuture
                guard start < end else {
                    throw Problem(
                        .usage, "empty_range", "--from is not before --until", advice: "let --until be the later one")
                }
                do {
                    guard let found = try ScheduleBook.backfill(name, from: start, until: end, in: db) else {
                        throw ScheduleCommand.unknown(name)
                    }
                    return found
                } catch let error as ScheduleError {
                    throw Problem(.refused, "backfill_refused", error.reason, place: "schedule \(name)")
                }
            }
        }
        let rows = found.map(row)
        var table = Table(
            ("nominal, local", .left), ("due, UTC", .left), ("what", .left), ("job", .right), ("why", .left))
        for row in rows {
            table.add(
                row.localTime + (row.fold == 1 ? " (second)" : ""), row.dueAt.ISO8601Format(),
                row.outcome.replacing("_", with: " "), row.job.map(String.init) ?? "", row.reason ?? "")
        }
        let made = rows.count { $0.outcome == "made" }
        try Answer(
            "schedule.backfill", Body(schedule: name, dryRun: dryRun, made: made, occurrences: rows), table: table
        ).print(as: format)
        if !format.json { say(dryRun ? "dry run: \(made) would be made" : "\(made) made") }
    }

    private func row(_ found: Backfilled) -> Body.Row {
        let (outcome, job): (String, Int?) =
            switch found.outcome {
            // What is rolled back has no number.
            case .made(let job): ("made", dryRun ? nil : job)
            case .firedBefore(let job): ("fired_before", job)
            case .leftOut: ("left_out", nil)
            }
        return Body.Row(
            localTime: found.occurrence.localTime.description, fold: found.occurrence.fold,
            dueAt: found.occurrence.instant, outcome: outcome, job: job, reason: found.occurrence.reason)
    }
}
