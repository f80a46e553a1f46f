import Foundation
import Postgres
import TestSupport

extension Measurement {
    /// A transaction that stays open, as of a report or a forgotten session, keeps VACUUM from removing anything that died
    /// since. A queue that leaves its dead rows where claims look gets slower by the minute.
    static func engineSnapshot(minutes: Int) -> Measurement {
        Measurement(
            name: "engine-snapshot", what: "500 jobs a second for \(minutes) minutes beside a snapshot that stays open"
        ) {
            try await TestDatabase.with { database in
                let pinned = try await Connection.open(database.settings, logger: TestDatabase.logger)
                try await pinned.script("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
                let worker = try WorkerProcess(.batched, database)
                try await Task.sleep(for: .seconds(3))
                async let producing: Void = produce(database, .batched, rate: 500, seconds: Double(minutes * 60))
                var starts: [Int] = [try worker.count().started]
                var dead: [Int] = []
                for _ in 0..<minutes {
                    try await Task.sleep(for: .seconds(60))
                    starts.append(try worker.count().started)
                    dead.append(try await database.pool.transaction { try $0.one(DeadRows()) })
                }
                try await producing
                await pinned.close()
                let latencies = try await worker.stop()
                // Those of the warming-up say no time.
                let untimed = starts[minutes] - latencies.count
                let first = latencies.prefix(starts[1] - max(untimed, 0))
                let last = latencies.suffix(starts[minutes] - starts[minutes - 1])
                let (one, end) = (starts[1] - starts[0], starts[minutes] - starts[minutes - 1])
                return [
                    .rate("last minute, first", Double(end) / 60, Double(one) / 60, atLeast: 0.9, of: "first"),
                    Figure(
                        label: "pickup p99 in it", value: "\((Array(last).percentile(0.99) / 1e6).rounded(2)) ms",
                        reference: "first: \((Array(first).percentile(0.99) / 1e6).rounded(2)) ms"),
                    Figure(
                        label: "dead rows of the queue", value: "\(dead.last ?? 0)",
                        reference: "after each minute: \(dead.map(String.init).joined(separator: " "))"),
                ]
            }
        }
    }
}

/// What the queue's tables hold beside live rows, by PostgreSQL's own count.
private struct DeadRows: Query {
    static let statement = Statement(
        name: "bench.dead_rows",
        text: """
            SELECT coalesce(sum(n_dead_tup), 0)::bigint FROM pg_stat_user_tables
            WHERE schemaname = 'ltc_jobs' AND relname LIKE 'jobs%'
            """,
        columns: [Column("rows", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}
