import Foundation
import Jobs
import Postgres
import TestSupport

/// What the measurements of the engine do with a database.
extension TestDatabase {
    struct Drain {
        /// Jobs a second, from the first start until the database shows none left.
        let rate: Double
        /// Of the process that took most, in MiB.
        let peakMemory: Double
    }

    struct TooSlow: Error {
        let started: Int
        let of: Int
    }

    /// Fills the queue as programs do, and has so many processes empty it.
    func drain(
        _ lane: Peer.Lane, jobs: Int, processes: Int = 1, preparation: String = "VACUUM ANALYZE"
    ) async throws -> Drain {
        _ = try await enqueue(lane, jobs, size: 1_000)
        for sql in [preparation, "CHECKPOINT"] { try await alone(sql) }
        let workers = try (0..<processes).map { try WorkerProcess(lane, self, number: $0) }
        var counts: [(started: Int, first: Int)] = []
        let limit = ContinuousClock.now + .seconds(240)
        repeat {
            guard ContinuousClock.now < limit else {
                throw TooSlow(started: counts.map(\.started).reduce(0, +), of: jobs)
            }
            try await Task.sleep(for: .milliseconds(5))
            counts = try workers.map { try $0.count() }
        } while counts.map(\.started).reduce(0, +) < jobs
        while try await pool.single(UnfinishedJobs())[0] > 0 {
            try await Task.sleep(for: .milliseconds(10))
        }
        let end = Tally.now()
        let first = counts.map(\.first).filter { $0 > 0 }.min() ?? end
        let memory = try workers.map { try $0.peakMemory() }.max() ?? 0
        for worker in workers { _ = try await worker.stop() }
        return Drain(rate: Double(jobs) / (Double(end - first) / 1e9), peakMemory: memory)
    }

    /// - Returns: jobs a second.
    func enqueue(_ lane: Peer.Lane, _ count: Int, size: Int) async throws -> Double {
        try await pool.withConnection { connection in
            try await withTaskExecutorPreference(connection.thread) {
                let start = ContinuousClock.now
                for _ in 0..<count / size {
                    let jobs = (0..<size).map { _ in lane.job(calledAt: 0) }
                    _ = try await JobQueue.enqueue(jobs, on: connection)
                }
                return Double(count) / (ContinuousClock.now - start).seconds
            }
        }
    }

    /// One by one, by tasks that share the pool.
    ///
    /// - Returns: jobs a second.
    func enqueueAnywhere(_ lane: Peer.Lane, _ count: Int) async throws -> Double {
        let start = ContinuousClock.now
        for _ in 0..<count { _ = try await JobQueue.enqueue([lane.job(calledAt: 0)], on: pool) }
        return Double(count) / (ContinuousClock.now - start).seconds
    }

    /// A statement that may refuse a transaction.
    func alone(_ sql: String) async throws {
        try await pool.withConnection { try await $0.exclusively { try $0.script(sql) } }
    }
}

/// Jobs that are to be worked now.
private struct UnfinishedJobs: Query {
    static let statement = Statement(
        name: "bench.unfinished", text: "SELECT count(*) FROM ltc_jobs.jobs WHERE state IN ('ready', 'leased')",
        columns: [Column("count", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}
