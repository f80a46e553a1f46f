import ArgumentParser
import Domain
import Jobs
import Postgres
import Store

struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "What stands in the queues, what holds it up, and who works it.",
        subcommands: [
            QueueList.self, QueuePause.self, QueueResume.self, QueueLimit.self, QueueHours.self,
            QueueWorkers.self,
        ])
}

/// For which jobs something holds.
struct ScopeOptions: ParsableArguments {
    @Argument(help: "A queue.")
    var queue: String?

    @Option(help: "All jobs of this kind, whatever their queue.")
    var kind: String?

    @Option(help: "All jobs of this team (its code).")
    var team: String?

    @Flag(help: "All jobs there are.")
    var all = false

    func validate() throws {
        if [queue != nil, kind != nil, team != nil, all].count(where: { $0 }) != 1 {
            throw ValidationError("name one of: a queue, --kind, --team, --all")
        }
    }

    /// - Throws: `Problem` for a team that does not exist.
    func scope(in db: isolated Connection) throws -> JobScope {
        if let queue { return .queue(queue) }
        if let kind { return .kind(kind) }
        return try team.map { .team(try id(ofTeam: $0, in: db)) } ?? .all
    }

    /// For an answer.
    var words: String { queue.map { "queue \($0)" } ?? kind.map { "kind \($0)" } ?? team.map { "team \($0)" } ?? "all" }
}

/// What a command has set.
struct ScopeChanged: Encodable {
    let scope: String
}
