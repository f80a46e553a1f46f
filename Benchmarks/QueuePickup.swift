import Foundation
import Jobs
import Postgres
import Synchronization
import TestSupport

extension Measurement {
    /// From just before the enqueuing transaction to the handler's first line, on an engine that is idle in between.
    static let queuePickup = Measurement(
        name: "queue-pickup", what: "latency from enqueue to handler on an idle engine, in both lanes"
    ) {
        try await TestDatabase.with(limit: 12) { database in
            var figures: [Figure] = []
            for lane in ["batched", "leased"] {
                let latencies = try await latencies(of: lane, database)
                for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
                    let value = latencies.percentile(share).milliseconds
                    figures.append(Figure(label: "\(lane), \(name)", value: "\(value.rounded(1)) ms"))
                }
            }
            return figures
        }
    }

    private static func latencies(of lane: String, _ database: TestDatabase) async throws -> [Duration] {
        let clock = ContinuousClock()
        let (picked, pick) = AsyncStream<ContinuousClock.Instant>.makeStream()
        let handler =
            lane == "batched"
            ? Handler.batched(lane) { _, _ in pick.yield(clock.now) }
            : Handler.leased(lane, timeout: .seconds(10)) { _, _ in pick.yield(clock.now) }
        let engine = Engine(
            pool: database.pool, listening: database.settings, handlers: [handler], logger: TestDatabase.logger)
        var latencies: [Duration] = []
        async let running: Void = engine.run()
        var picks = picked.makeAsyncIterator()
        for _ in 0..<520 {
            let start = clock.now
            _ = try await database.pool.transaction { try JobQueue.enqueue([NewJob(kind: lane)], in: $0) }
            guard let end = await picks.next() else { break }
            latencies.append(end - start)
            // Idle between two jobs, as a quiet machine is.
            try await Task.sleep(for: .milliseconds(Int64.random(in: 5...15)))
        }
        await engine.drain(within: .seconds(5))
        await running
        // The first ones meet cold connections and plans.
        return Array(latencies.dropFirst(20))
    }
}
