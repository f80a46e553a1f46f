import ArgumentParser
import Foundation
import Jobs
import TestSupport
import UnixSignals

extension Peer {
    struct Worker: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Work no-op jobs until SIGTERM, counting them in SLOT; their latencies go to OUT at the end.")
        @Option var lane = Lane.batched
        @Argument var database: String
        @Argument var concurrency: Int
        @Argument(help: "A file of 24 bytes.") var slot: String
        @Argument(help: "A file to be written.") var out: String

        func run() async throws {
            let tally = try Tally(path: slot)
            try await Peer.withPool(database, limit: lane.connections(concurrency)) { pool in
                let engine = Engine(
                    pool: pool, listening: Peer.settings(database), handlers: [lane.handler(tally)],
                    options: lane.options(concurrency: concurrency), logger: TestDatabase.logger)
                let signals = await UnixSignalsSequence(trapping: .sigterm)
                await withDiscardingTaskGroup { group in
                    group.addTask { await engine.run() }
                    for await _ in signals { break }
                    await engine.drain(within: .seconds(10))
                }
            }
            let latencies = "[\(tally.latencies.map(String.init).joined(separator: ", "))]"
            try latencies.write(toFile: out, atomically: true, encoding: .utf8)
        }
    }
}
