import ArgumentParser
import Foundation
import Jobs
import Postgres
import Store
import TestSupport

/// The engine for a harness that measures job queues side by side: each verb is one call of it, and the last line of
/// what is printed is the answer. The server comes from the libpq environment, the database by name.
struct Peer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer a harness that measures job queues side by side (deploy/peers/LANE calls this).",
        subcommands: [
            Left.self, Done.self, Best.self, Tune.self, Install.self, Enqueue.self, Produce.self, Worker.self,
        ])

    struct Left: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The query for the number of unfinished jobs.")
        @Option var lane = Lane.batched
        func run() { print("SELECT count(*) FROM ltc_jobs.jobs") }
    }

    struct Done: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The query for the number of finished jobs.")
        @Option var lane = Lane.batched
        func run() { print("SELECT count(*) FROM ltc_jobs.log WHERE state = 'done'") }
    }

    struct Best: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The concurrency to measure with.")
        @Option var lane = Lane.batched
        func run() { print(lane.best) }
    }

    struct Tune: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The concurrencies to try.")
        @Option var lane = Lane.batched
        func run() { print(lane.worthTrying.map(String.init).joined(separator: " ")) }
    }

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make the schema in an empty database.")
        @Option var lane = Lane.batched
        @Argument var database: String

        func run() async throws {
            let connection = try await Connection.open(Peer.settings(database), logger: TestDatabase.logger)
            let migrator = try Migrator(connection)
            try await migrator.bootstrap()
            _ = try await migrator.migrate()
            await connection.close()
            print("ok")
        }
    }

    static func settings(_ database: String) -> ConnectionSettings {
        ConnectionSettings("dbname=\(database)", applicationName: "ltc-bench")
    }

    /// A connection on whose thread `body` runs, as a program would that does little but enqueue.
    static func onConnection(_ database: String, _ body: @Sendable (Connection) async throws -> Void) async throws {
        try await withPool(database, limit: 1) { pool in
            try await pool.withConnection { connection in
                try await withTaskExecutorPreference(connection.thread) { try await body(connection) }
            }
        }
    }

    /// A pool for the time of `body`.
    static func withPool(_ database: String, limit: Int, _ body: (Pool) async throws -> Void) async throws {
        let pool = Pool(settings(database), limit: limit, logger: TestDatabase.logger)
        let result: Result<Void, any Error>
        do { result = .success(try await body(pool)) } catch { result = .failure(error) }
        await pool.close()
        try result.get()
    }
}
