import ArgumentParser
import Jobs
import Postgres

struct JobCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End unfinished jobs; what a running one writes from now on is refused.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The jobs' numbers. All or none.")
    var ids: [Int]

    @Option(help: "Why; it stands in the log.")
    var reason: String?

    func run() async throws {
        let why = reason ?? "by \(actor())"
        try await database.withPool { pool in
            try await pool.transaction { db in
                for id in ids { try allowed { try JobStore.cancel(id, reason: why, in: db) } }
            }
        }
        try Answer("job.cancel", JobsChanged(jobs: ids)) {
            ids.map { "job \($0) is cancelled" }.joined(separator: "\n")
        }
        .print(as: format)
    }
}
