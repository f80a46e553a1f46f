import Foundation
import Jobs
import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct QueueTests {
    @Test func `every statement is what its header says`() async throws {
        try await TestDatabase.with { database in
            let mismatches = try await database.mismatches(of: JobsStatements.all)
            #expect(mismatches == [])
        }
    }

    @Test func `a job is stored with what it was given, and refused when its arguments are no object`() async throws {
        try await JobsDatabase.with { database in
            let due = Date(timeIntervalSince1970: 4_000_000_000.25)
            let new = NewJob(
                kind: "k", arguments: #"{"a": "ö"}"#, queue: "q", team: 7, unique: Unique("u"), dueAt: due, priority: 3,
                maximumAttempts: 5)
            let id = try #require(try await database.enqueue(new)[0])
            let job = try #require(try await database.pool.transaction { try JobStore.show(id, in: $0) })
            #expect(job.kind == "k" && job.queue == "q" && job.team == 7 && job.uniqueKey == "u")
            #expect(job.arguments == new.arguments && job.dueAt == due && job.priority == 3 && job.state == "waiting")
            await #expect(throws: DatabaseError.self) { try await database.enqueue(NewJob(kind: "k", arguments: "[]")) }
            await #expect(throws: DatabaseError.self) { try await database.enqueue(NewJob(kind: "k", arguments: "{")) }
        }
    }

    @Test(.directAndPooled) func `a unique key lets one job through until that one is finished`() async throws {
        try await JobsDatabase.with { database in
            let keyed = NewJob(kind: "k", unique: Unique("u"))
            let ids = try await database.enqueue(
                keyed, NewJob(kind: "k"), keyed, NewJob(kind: "other", unique: Unique("u")))
            #expect(ids.map { $0 != nil } == [true, true, false, true])
            #expect(try await database.enqueue(keyed) == [nil])
            let engine = database.engine(.batched("k") { _, _ in })
            #expect(try await engine.runUntilIdle().completed == 2)
            #expect(try await database.enqueue(keyed)[0] != nil)
        }
    }

    @Test(.directAndPooled) func `of callers that want the same key at once, one gets it`() async throws {
        try await JobsDatabase.with { database in
            let stored = try await withThrowingTaskGroup(of: Int.self) { group in
                for caller in 0..<8 {
                    group.addTask {
                        // In opposite orders, for a deadlock if keys were taken as they come.
                        let keys = caller.isMultiple(of: 2) ? Array(0..<50) : Array((0..<50).reversed())
                        return try await database.enqueue(keys.map { NewJob(kind: "k", unique: Unique("\($0)")) })
                            .count { $0 != nil }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(stored == 50)
        }
    }

    @Test(.directAndPooled) func `a dead job keeps its history, frees its key and can be revived`()
        async throws
    {
        try await JobsDatabase.with { database in
            let new = NewJob(kind: "k", unique: Unique("u"), maximumAttempts: 1)
            let id = try #require(try await database.enqueue(new)[0])
            let engine = database.engine(.batched("k") { _, _ in throw JobError.retry(after: nil, reason: "no ink") })
            let counts = try await engine.runUntilIdle()
            #expect(counts.failed == 1 && counts.dead == 1)
            let dead = try #require(try await database.pool.transaction { try JobStore.show(id, in: $0) })
            #expect(dead.state == "dead" && dead.attempt == 1 && dead.errors?.contains("no ink") == true)

            let other = try #require(try await database.enqueue(new)[0])
            await #expect(throws: Refusal.self) {
                try await database.pool.transaction { try JobStore.retry([id], in: $0) }
            }
            try await database.pool.transaction { try JobStore.cancel(other, in: $0) }
            try await database.pool.transaction { try JobStore.retry([id], in: $0) }
            #expect(try await database.enqueue(new) == [nil])
            #expect(try await database.engine(.batched("k") { _, _ in }).runUntilIdle().completed == 1)
            await #expect(throws: Refusal.self) {
                try await database.pool.transaction { try JobStore.retry([id], in: $0) }
            }
        }
    }

    @Test func `a claim reads the index of what is ready and nothing else`() async throws {
        try await JobsDatabase.with { database in
            try await database.run(
                """
                INSERT INTO ltc_jobs.jobs (state, queue, kind, arguments, priority, rank, due_at, maximum_attempts)
                SELECT CASE WHEN n % 100 = 0 THEN 'ready' WHEN n % 2 = 0 THEN 'dead' ELSE 'waiting' END, 'default', 'k',
                    '{}', 0, now(), now() + interval '1 day', 20
                FROM generate_series(1, 50000) AS n
                """)
            for analyzed in [false, true] {
                if analyzed { try await database.run("ANALYZE ltc_jobs.jobs") }
                let plan = try await database.pool.transaction(.init(hasFixedPlans: true)) { db in
                    try db.script(
                        """
                        CREATE TEMPORARY TABLE plan (line text) ON COMMIT DROP;
                        PREPARE claim AS \(JobsSQL.ClaimBatch.statement.text);
                        DO $$ DECLARE l text; BEGIN FOR l IN EXECUTE
                        'EXPLAIN EXECUTE claim (1, ''default'', ''k'', 1, 0, now(), 0, now(), 500, 1)' LOOP
                        INSERT INTO plan VALUES (l); END LOOP; END $$;
                        DEALLOCATE claim
                        """)
                    return try db.run(Plan())
                }
                // Past a cursor in the index of one lane, and by address in one partition: nothing else is touched.
                #expect(
                    plan.contains { $0.contains("Index Scan using jobs_ready_1_") }, "\(plan.joined(separator: "\n"))")
                #expect(plan.contains { $0.contains("Index Cond") && $0.contains("ROW(rank, id) >") })
                #expect(plan.contains { $0.contains("Tid Scan on jobs_ready_1") }, "\(plan.joined(separator: "\n"))")
                #expect(!plan.contains { $0.contains("Scan") && ($0.contains("Seq") || $0.contains(/ready_[02]/)) })
            }
        }
    }
}

private struct Plan: Query {
    static let statement = Statement(name: "test.plan", text: "SELECT line FROM plan", columns: [Column("line", .text)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> String { try row.value(at: 0, as: .text) }
}
