import Foundation
import Jobs
import Postgres
import Testing

/// What keeps the queue's tables small and its claims short.
@Suite(.timeLimit(.minutes(10))) struct PartitionTests {
    @Test func `a team with a long queue does not hold up another's only job`() async throws {
        try await JobsDatabase.with { database in
            try await database.enqueue((0..<200).map { _ in NewJob(kind: "k", team: 1) })
            let late = try #require(try await database.enqueue(NewJob(kind: "k", team: 2))[0])
            let order = Order()
            let engine = database.engine(.batched("k") { _, jobs in order.add(jobs.map(\.id)) }) { $0.batchSize = 10 }
            #expect(try await engine.runUntilIdle().completed == 201)
            let place = try #require(order.all.firstIndex(of: late))
            #expect(place <= 20, "it was number \(place + 1)")
        }
    }

    @Test func `what comes in before the place that claims have reached is found`() async throws {
        try await JobsDatabase.with { database in
            try await database.enqueue((0..<30).map { _ in NewJob(kind: "k") })
            let order = Order()
            let engine = database.engine(
                .batched("k") { db, jobs in
                    order.add(jobs.map(\.id))
                    // An hour ahead of everything that was claimed so far.
                    if order.all.count == 10 { _ = try JobQueue.enqueue([NewJob(kind: "k", priority: 60)], in: db) }
                }
            ) { $0.batchSize = 10 }
            #expect(try await engine.runUntilIdle().completed == 31)
            #expect(try await database.states() == ["done": 31])
        }
    }

    @Test func `jobs of all partitions are claimed in one order`() async throws {
        try await JobsDatabase.with { database in
            let ids = try await database.enqueue((0..<90).map { _ in NewJob(kind: "k") }).map { $0! }
            // As if they had come in over a minute and a half, ten seconds apart at the seams.
            try await database.run(
                "UPDATE ltc_jobs.jobs SET slot = (id - \(ids[0])) / 30, rank = rank + (id - \(ids[0])) * interval '10 s'"
            )
            let order = Order()
            let engine = database.engine(.batched("k") { _, jobs in order.add(jobs.map(\.id)) }) { $0.batchSize = 7 }
            #expect(try await engine.runUntilIdle().completed == 90)
            #expect(order.all == ids)
        }
    }

    @Test func `the partition whose turn comes next is emptied when nothing stands in it, and not before`() async throws
    {
        try await JobsDatabase.with { database in
            // In one transaction, in which the clock stands still.
            let emptied = try await database.pool.transaction { db in
                _ = try JobQueue.enqueue((0..<10_000).map { _ in NewJob(kind: "k") }, in: db)
                try db.script("UPDATE ltc_jobs.jobs_ready SET slot = (ltc_jobs.slot_now() + 1) % 3")
                return try [
                    "DELETE FROM ltc_jobs.jobs WHERE id % 5000 <> 0", "DELETE FROM ltc_jobs.jobs", "SELECT 1",
                ].map { change in
                    try db.script(change)
                    return try db.one(JobsSQL.Tidy(kept: 30 * 86_400)).isEmptied
                }
            }
            #expect(emptied == [false, true, false])
        }
    }

    @Test func `the log has a partition for each of the next days, and old days are dropped`() async throws {
        try await JobsDatabase.with { database in
            try await database.run(
                """
                INSERT INTO ltc_jobs.log (id, state, queue, kind, arguments, priority, due_at, created_at, attempt,
                    maximum_attempts, fence, finished_at)
                SELECT n, 'done', 'q', 'k', '{}', 0, now(), now(), 1, 1, 0, now() + n * interval '1 day'
                FROM generate_series(-2, 4) AS n;
                CREATE TABLE ltc_jobs.log_20200101 PARTITION OF ltc_jobs.log
                    FOR VALUES FROM ('2020-01-01Z') TO ('2020-01-02Z');
                """)
            // A day more than there are partitions for: that day's job stands in the partition for all others.
            let changed = try await database.pool.transaction { db in
                try db.one(KeepLog(ahead: 4))
            }
            #expect(changed == 2)
            let log = try await database.pool.transaction { try JobStore.list(state: "done", in: $0) }
            #expect(log.count == 7)
            #expect(try await database.pool.transaction { try $0.one(KeepLog(ahead: 4)) } == 0)
        }
    }
}

private struct KeepLog: Query {
    static let statement = Statement(
        name: "test.keep_log", text: "SELECT ltc_jobs.keep_log($1, interval '30 days')",
        parameters: [Column("ahead", .integer)], columns: [Column("changed", .integer)])
    let ahead: Int
    func bind(to parameters: inout Parameters) { parameters.append(ahead, as: .integer) }
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .integer) }
}
