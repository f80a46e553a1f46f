import ArgumentParser
import Jobs
import Postgres

struct JobRedrive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive", abstract: "Start dead jobs anew: some by number, or all of a kind, a queue, an error.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions

    @Argument(help: "The jobs' numbers; without them, what the options choose.")
    var ids: [Int] = []

    @Option(help: "Only this kind.")
    var kind: String?

    @Option(help: "Only this queue.")
    var queue: String?

    @Option(help: "Only those whose last failure says this.")
    var error: String?

    @Flag(help: "All that are dead.")
    var all = false

    @Option(help: "At most so many, oldest first.")
    var limit = 10_000

    @Flag(help: "Only show which.")
    var dryRun = false

    func validate() throws {
        let chooses = kind != nil || queue != nil || error != nil || team.team != nil
        if ids.isEmpty != (chooses || all) {
            throw ValidationError("give either numbers, or --kind, --queue, --error or --team, or --all")
        }
        if limit < 1 || limit > 1_000_000 { throw ValidationError("--limit is from 1 to 1000000") }
    }

    func run() async throws {
        let redriven = try await database.withPool { pool in
            try await pool.transaction { db in
                let team = try team.team.map { try id(ofTeam: $0, in: db) }
                let dead =
                    ids.isEmpty
                    ? try JobStore.dead(kind: kind, queue: queue, team: team, error: error, limit: limit, in: db) : ids
                if !dryRun { try allowed { try JobStore.retry(dead, in: db) } }
                return dead
            }
        }
        try Answer("job.redrive", JobsChanged(jobs: redriven)) {
            if redriven.isEmpty { return "no dead job is like that" }
            let count = redriven.count == 1 ? "1 job" : "\(redriven.count) jobs"
            return dryRun ? "\(count) would start anew" : "\(count) started anew"
        }
        .print(as: format)
    }
}
