import ArgumentParser
import Domain
import Jobs
import Postgres

struct QueuePause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Start nothing any more of a queue, a kind or a team, until it is resumed. What runs goes on.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var scope: ScopeOptions

    @Option(help: "Why; it stands in the list.")
    var reason: String?

    func run() async throws {
        try await database.withPool { pool in
            try await pool.transaction { db in
                try JobControls.pause(scope.scope(in: db), reason: reason, by: actor(), in: db)
            }
        }
        try Answer("queue.pause", ScopeChanged(scope: scope.words)) { "\(scope.words) is paused" }.print(as: format)
    }
}

struct QueueResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Go on with what was paused.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var scope: ScopeOptions

    func run() async throws {
        let wasPaused = try await database.withPool { pool in
            try await pool.transaction { db in try JobControls.resume(scope.scope(in: db), in: db) }
        }
        guard wasPaused else {
            throw Problem(.refused, "not_paused", "\(scope.words) is not paused", advice: "ltc queue list")
        }
        try Answer("queue.resume", ScopeChanged(scope: scope.words)) { "\(scope.words) goes on" }.print(as: format)
    }
}
