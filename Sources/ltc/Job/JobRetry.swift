import ArgumentParser
import Domain
import Jobs
import Postgres

struct JobRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Start a dead job anew, or one that waits for its time now.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The jobs' numbers. All or none.")
    var ids: [Int]

    func run() async throws {
        try await database.withPool { pool in
            try await pool.transaction { db in
                try allowed { try JobStore.retry(ids, in: db) }
            }
        }
        try Answer("job.retry", JobsChanged(jobs: ids)) { ids.map { "job \($0) is ready" }.joined(separator: "\n") }
            .print(as: format)
    }
}

/// Which jobs a command has changed.
struct JobsChanged: Encodable {
    let jobs: [Int]
}

/// What the queue refuses is a refusal by rule.
func allowed<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let refusal as Refusal {
        throw Problem(.refused, "job_refused", refusal.reason, advice: "ltc job list")
    }
}
