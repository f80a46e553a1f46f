import Foundation
import Jobs
import Postgres
import Synchronization
import Testing

/// Jobs that share a key hold each other up.
@Suite(.timeLimit(.minutes(10))) struct KeyTests {
    @Test(arguments: ["batched", "leased"])
    func `jobs of an ordered key run one after the other in the order in which they were stored`(lane: String)
        async throws
    {
        try await JobsDatabase.with { database in
            let order = Order()
            func handler() -> Handler {
                lane == "batched"
                    ? .batched("k") { _, jobs in order.add(jobs.map(\.id)) }
                    : .leased("k", timeout: .seconds(60)) { job, context in
                        order.add([job.id])
                        try await context.mark(job)
                    }
            }
            var ids: [String: [Int]] = [:]
            // In one call and in many, with priorities and times that would change the order if anything could.
            for round in 0..<3 {
                let jobs = (0..<12).map {
                    NewJob(kind: "k", key: .ordered("\($0 % 3)"), dueAt: nil, priority: $0 - 5 * round)
                }
                for (job, id) in zip(jobs, try await database.enqueue(jobs)) {
                    ids[job.key!.text, default: []].append(id!)
                }
            }
            let engines = [database.engine(handler()), database.engine(handler())]
            async let first = engines[0].runUntilIdle()
            async let second = engines[1].runUntilIdle()
            _ = try await (first, second)
            try await settle(database, engines[0], done: 36)
            for expected in ids.values { #expect(order.all.filter(expected.contains) == expected) }
            #expect(try await database.pool.transaction { try $0.one(Keys()) } == 0)
        }
    }

    /// An engine that found the rest in another's hands has ended: another round.
    private func settle(_ database: JobsDatabase, _ engine: Engine, done: Int) async throws {
        while try await database.states()["done"] != done { _ = try await engine.runUntilIdle() }
    }

    @Test func `a job that waits for its next attempt, or is dead, still stands before those behind it`() async throws {
        try await JobsDatabase.with { database in
            let ids = try await database.enqueue(
                (0..<2).map { _ in NewJob(kind: "k", key: .ordered("a"), maximumAttempts: 2) }
            ).map { $0! }
            let fails = Mutex(true)
            let engine = database.engine(
                .batched("k") { db, jobs in
                    if fails.withLock({ $0 }) { throw JobError.retry(after: .seconds(3_600), reason: "no ink") }
                    try db.execute(Mark(jobs))
                })
            #expect(try await engine.runUntilIdle().failed == 1)
            #expect(try await database.states() == ["waiting": 1, "blocked": 1])
            try await database.pool.transaction { try JobStore.retry([ids[0]], in: $0) }
            #expect(try await engine.runUntilIdle().dead == 1)
            #expect(try await database.states() == ["dead": 1, "blocked": 1])
            fails.withLock { $0 = false }
            #expect(try await engine.runUntilIdle().claimed == 0)
            // Who gives the first one up lets the second one through.
            try await database.pool.transaction { try JobStore.cancel(ids[0], in: $0) }
            #expect(try await engine.runUntilIdle().completed == 1)
        }
    }

    @Test func `a limited key has at most so many running at a time, over all engines, and loses nothing`() async throws
    {
        try await JobsDatabase.with { database in
            let running = Mutex((now: 0, most: 0))
            func engine() -> Engine {
                database.engine(
                    .leased("k", timeout: .seconds(60)) { job, context in
                        running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        await Task.yield()
                        // Still running here: what is next is let through by the transaction that ends this one.
                        try await context.complete { db in
                            running.withLock { $0.now -= 1 }
                            try db.execute(Mark([job]))
                        }
                    })
            }
            try await database.enqueue((0..<60).map { _ in NewJob(kind: "k", key: .limited("a", to: 3)) })
            try await database.enqueue((0..<10).map { _ in NewJob(kind: "k") })
            let engines = [engine(), engine()]
            async let first = engines[0].runUntilIdle()
            async let second = engines[1].runUntilIdle()
            _ = try await (first, second)
            try await settle(database, engines[0], done: 70)
            #expect(try await database.marks() == (70, 70))
            #expect(running.withLock { $0.most } <= 3 + 10)
            #expect(try await database.pool.transaction { try $0.one(Keys()) } == 0)
        }
    }

    @Test func `no more than its limit of a key is ever ready or running`() async throws {
        try await JobsDatabase.with { database in
            try await database.enqueue((0..<40).map { NewJob(kind: "k", key: .limited("\($0 % 2)", to: 4)) })
            let most = Mutex(0)
            let engine = database.engine(
                .batched("k") { db, jobs in
                    // What this transaction claimed, and what it left ready.
                    let ready = try db.one(Ready())
                    most.withLock { $0 = max($0, ready + jobs.count { $0.key == "0" }) }
                })
            #expect(try await engine.runUntilIdle().completed == 40)
            #expect(most.withLock { $0 } == 4)
        }
    }

    @Test func `a limited job that waits for another attempt makes room, and a dead engine's job as well`() async throws
    {
        try await JobsDatabase.with { database in
            let ids = try await database.enqueue((0..<3).map { _ in NewJob(kind: "k", key: .limited("a", to: 1)) })
            let engine = database.engine(
                .batched("k") { db, jobs in
                    if jobs.contains(where: { $0.id == ids[0] }) { throw JobError.snooze(until: .distantFuture) }
                    try db.execute(Mark(jobs))
                })
            let counts = try await engine.runUntilIdle()
            #expect(counts.snoozed == 1 && counts.completed == 2)

            let stuck = try #require(try await database.enqueue(NewJob(kind: "k", key: .limited("b", to: 1)))[0])
            try await database.enqueue(NewJob(kind: "k", key: .limited("b", to: 1)))
            try await database.run(
                """
                UPDATE ltc_jobs.jobs SET state = 'leased', attempt = 1, fence = 1, worker = 77,
                    lease_until = now() - interval '1 minute' WHERE id = \(stuck)
                """)
            #expect(try await engine.rescueNow() == 1)
            #expect(try await engine.runUntilIdle().completed == 2)
        }
    }
}

extension JobKey {
    fileprivate var text: String {
        switch self {
        case .ordered(let text), .limited(let text, _): text
        }
    }
}

private struct Keys: Query {
    static let statement = Statement(
        name: "test.keys", text: "SELECT count(*) FROM ltc_jobs.keys", columns: [Column("count", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}

private struct Ready: Query {
    static let statement = Statement(
        name: "test.ready", text: "SELECT count(*) FROM ltc_jobs.jobs WHERE state IN ('ready', 'leased') AND key = '0'",
        columns: [Column("count", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}
