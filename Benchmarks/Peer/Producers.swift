import ArgumentParser
import Foundation
import Jobs
import Postgres
import TestSupport

extension Peer {
    struct Enqueue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Enqueue no-op jobs, and print how many a second.")
        @Option var lane = Lane.batched
        @Argument var database: String
        @Argument var count: Int
        @Argument(help: "How many a call; 0 for one by one.") var size: Int

        func run() async throws {
            try await Peer.onConnection(database) { connection in
                @Sendable func call(_ count: Int) async throws {
                    let jobs = (0..<count).map { _ in lane.job(calledAt: 0) }
                    _ = try await JobQueue.enqueue(jobs, on: connection)
                }
                // Connects and prepares.
                try await call(1)
                let size = max(1, size)
                let calls = count / size
                let start = ContinuousClock.now
                for _ in 0..<calls { try await call(size) }
                print(Double(calls * size) / (ContinuousClock.now - start).seconds)
            }
        }
    }

    struct Produce: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enqueue single jobs at Poisson times, and print how long each call took.")
        @Option var lane = Lane.batched
        @Argument var database: String
        @Argument(help: "Jobs a second.") var rate: Double
        @Argument var seconds: Double

        func run() async throws {
            try await Peer.onConnection(database) { connection in
                @Sendable func enqueue(calledAt: Int) async throws {
                    let job = lane.job(calledAt: calledAt)
                    _ = try await JobQueue.enqueue([job], on: connection)
                }
                for _ in 0..<20 {
                    try await enqueue(calledAt: 0)
                    try await Task.sleep(for: .milliseconds(20))
                }
                try await Task.sleep(for: .milliseconds(500))
                var arrivals = Arrivals(rate: rate, seconds: seconds)
                var took: [Int] = []
                while let wait = arrivals.next() {
                    try await Task.sleep(for: max(wait, .zero))
                    let start = Tally.now()
                    try await enqueue(calledAt: start)
                    took.append(Tally.now() - start)
                }
                print("[\(took.map(String.init).joined(separator: ", "))]")
            }
        }
    }

    /// A Poisson process; the same one in every run.
    struct Arrivals {
        let rate: Double
        let end: ContinuousClock.Instant
        private var at = ContinuousClock.now
        private var random = SeededRandom(seed: 7)

        init(rate: Double, seconds: Double) {
            self.rate = rate
            end = at + .seconds(seconds)
        }

        /// How long to wait for the next arrival, less than nothing for one that is late; nil at the end.
        mutating func next() -> Duration? {
            guard at < end else { return nil }
            at += .seconds(-log(1 - Double.random(in: 0..<1, using: &random)) / rate)
            return at - .now
        }
    }
}
