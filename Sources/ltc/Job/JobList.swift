import ArgumentParser
import Domain
import Foundation
import Jobs
import Postgres
import Store

struct JobList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Jobs, newest first, unfinished and finished alike.")

    enum State: String, CaseIterable, ExpressibleByArgument {
        case ready, waiting, blocked, leased, dead, done, discarded, cancelled
    }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions

    @Option(help: "Only those in this state: \(State.allCases.map(\.rawValue).joined(separator: ", ")).")
    var state: State?

    @Option(help: "Only this kind.")
    var kind: String?

    @Option(help: "Only this queue.")
    var queue: String?

    @Option(help: "At most so many.")
    var limit = 50

    func validate() throws {
        if limit < 1 || limit > 100_000 { throw ValidationError("--limit is from 1 to 100000") }
    }

    private struct Body: Encodable {
        let jobs: [JobBody]
    }

    func run() async throws {
        let entries = try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { db in
                let team = try team.team.map { try ltc.id(ofTeam: $0, in: db) }
                return try JobStore.list(
                    state: state?.rawValue, kind: kind, queue: queue, team: team, limit: limit, in: db)
            }
        }
        let jobs = try entries.map(JobBody.init)
        var table = Table(
            ("id", .right), ("state", .left), ("kind", .left), ("queue", .left), ("attempt", .right), ("due", .left),
            ("finished", .left), ("last error", .left))
        for job in jobs {
            table.add(
                "\(job.id)", job.state, job.kind, job.queue, "\(job.attempt)/\(job.maximumAttempts)",
                job.dueAt.ISO8601Format(), job.finishedAt?.ISO8601Format() ?? "",
                String((job.errors.last?.error ?? job.reason ?? "").prefix(60)))
        }
        tellLimit(limit, jobs.count)
        try Answer("job.list", Body(jobs: jobs), table: table).print(as: format)
    }

}

/// - Throws: `Problem` for a code that no team has.
func id(ofTeam code: String, in db: isolated Connection) throws -> Int {
    guard let team = try db.run(TeamsSQL.ListTeams()).first(where: { $0.code == code }) else {
        throw Problem(.refused, "unknown_team", "there is no team '\(code)'", advice: "ltc team list")
    }
    return team.id
}
