import Foundation
import Jobs
import Postgres
import Synchronization
import Testing

/// Pauses and limits hold for all engines together.
@Suite(.timeLimit(.minutes(10))) struct ControlTests {
    @Test(arguments: [JobScope.all, .queue("q"), .kind("k"), .team(7)])
    func `what is paused stays, everything else goes on, and resumed it goes on too`(scope: JobScope) async throws {
        try await JobsDatabase.with { database in
            try await database.enqueue(
                NewJob(kind: "k", queue: "q", team: 7), NewJob(kind: "other", queue: "other", team: 8))
            try await database.pool.transaction { try JobControls.pause(scope, by: "somebody", in: $0) }
            let engine = database.engine(
                .batched("k") { db, jobs in try db.execute(Mark(jobs)) },
                .leased("other", timeout: .seconds(9)) { job, context in try await context.mark(job) })
            #expect(try await engine.runUntilIdle().completed == (scope == .all ? 0 : 1))
            #expect(try await database.pool.transaction { try JobControls.resume(scope, in: $0) })
            #expect(try await engine.runUntilIdle().completed == (scope == .all ? 2 : 1))
            #expect(try await !database.pool.transaction { try JobControls.resume(scope, in: $0) })
        }
    }

    @Test func `a pause reaches an engine that has claimed from the lane before`() async throws {
        try await JobsDatabase.with { database in
            let done = Gate()
            let engine = database.engine(
                .batched("k") { _, _ in done.open() }, .batched("other") { _, _ in done.open() }
            ) { $0.listeningPollInterval = .seconds(3_600) }
            async let running: Void = engine.run()
            try await database.enqueue(NewJob(kind: "k"))
            await done.wait()
            try await database.pool.transaction { try JobControls.pause(.kind("k"), by: "somebody", in: $0) }
            // What is told after the pause is heard after it.
            try await database.enqueue(NewJob(kind: "k"), NewJob(kind: "other"))
            await done.wait()
            try await database.until { try await $0.states()["done"] == 2 }
            #expect(try await database.states() == ["done": 2, "ready": 1])
            try await database.pool.transaction { _ = try JobControls.resume(.kind("k"), in: $0) }
            await done.wait()
            await engine.drain(within: .seconds(5))
            await running
        }
    }

    @Test(arguments: [JobScope.all, .queue("q"), .kind("k"), .team(7)])
    func `a limit holds over all engines, and what it held up runs as soon as there is room`(scope: JobScope)
        async throws
    {
        try await JobsDatabase.with { database in
            try await database.pool.transaction { try JobControls.limit(scope, to: 2, by: "somebody", in: $0) }
            let running = Mutex((now: 0, most: 0))
            func engine() -> Engine {
                database.engine(
                    .leased("k", timeout: .seconds(60)) { job, context in
                        running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        await Task.yield()
                        try await context.complete { db in
                            running.withLock { $0.now -= 1 }
                            try db.execute(Mark([job]))
                        }
                    })
            }
            try await database.enqueue((0..<40).map { _ in NewJob(kind: "k", queue: "q", team: 7) })
            let engines = [engine(), engine()]
            async let first = engines[0].runUntilIdle()
            async let second = engines[1].runUntilIdle()
            _ = try await (first, second)
            #expect(try await database.marks() == (40, 40))
            #expect(running.withLock { $0.most } <= 2)
        }
    }

    @Test func `outside of its hours a kind waits, and it goes on when they begin`() async throws {
        try await JobsDatabase.with { database in
            // By two zones half a day apart one is open now and the other closed; which, the hour says.
            let hours = ["mon-sun": ["00:00-12:00"]]
            let zones = try ["Etc/GMT", "Etc/GMT+12"].map { try OpenHours(zone: $0, hours: hours) }
            let isFirstOpen = zones[0].isOpen(at: Date())
            let (open, closed) = (zones[isFirstOpen ? 0 : 1], zones[isFirstOpen ? 1 : 0])
            try await database.pool.transaction { db in
                try JobControls.open(.kind("day"), in: open, by: "somebody", in: db)
                try JobControls.open(.kind("night"), in: closed, by: "somebody", in: db)
            }
            try await database.enqueue(NewJob(kind: "day"), NewJob(kind: "night"), NewJob(kind: "any"))
            let engine = database.engine(
                .batched("day") { _, _ in }, .batched("night") { _, _ in },
                .leased("any", timeout: .seconds(9)) { _, _ in })
            #expect(try await engine.runUntilIdle().completed == 2)
            #expect(try await database.states() == ["done": 2, "ready": 1])
            try await database.pool.transaction {
                try JobControls.open(.kind("night"), in: nil, by: "somebody", in: $0)
            }
            #expect(try await engine.runUntilIdle().completed == 1)
            await #expect(throws: Refusal.self) {
                try await database.pool.transaction {
                    try JobControls.open(.all, in: open, calendar: "nowhere", by: "somebody", in: $0)
                }
            }
        }
    }

    @Test func `a limit that a dead engine had used up comes free with its leases`() async throws {
        try await JobsDatabase.with { database in
            try await database.pool.transaction { try JobControls.limit(.all, to: 1, by: "somebody", in: $0) }
            let id = try #require(try await database.enqueue(NewJob(kind: "k"))[0])
            try await database.run(
                """
                UPDATE ltc_jobs.jobs SET state = 'leased', attempt = 1, fence = 1, worker = 77,
                    lease_until = now() - interval '1 second' WHERE id = \(id)
                """)
            let engine = database.engine(
                .leased("k", timeout: .seconds(9)) { job, context in try await context.mark(job) })
            try await engine.rescueNow()
            #expect(try await engine.runUntilIdle().completed == 1)
        }
    }

    @Test(arguments: ["batched", "leased"])
    func `a rate lets its burst through at once, and then one job after the other in its time`(lane: String)
        async throws
    {
        try await JobsDatabase.with { database in
            // A job each hour: after the burst, nothing for a long time.
            let rate = JobControls.Rate(jobs: 1, each: .seconds(3_600), burst: 5)
            try await database.pool.transaction {
                try JobControls.limit(.kind("k"), to: nil, rate: rate, by: "somebody", in: $0)
            }
            try await database.enqueue((0..<20).map { _ in NewJob(kind: "k") })
            try await database.enqueue(NewJob(kind: "other"))
            let engine = database.engine(
                lane == "batched"
                    ? .batched("k") { _, _ in } : .leased("k", timeout: .seconds(9)) { _, _ in },
                .batched("other") { _, _ in })
            async let running: Void = engine.run()
            try await database.until { try await $0.states()["done"] == 6 }
            #expect(try await database.states() == ["done": 6, "ready": 15])
            // Three hours later.
            try await database.run("UPDATE ltc_jobs.limits SET full_at = full_at - interval '3 hours'")
            try await database.pool.transaction {
                // Any change makes engines ask again.
                try JobControls.pause(.kind("nothing"), by: "somebody", in: $0)
            }
            try await database.until { try await $0.states()["done"] == 9 }
            #expect(try await database.states() == ["done": 9, "ready": 12])
            try await database.pool.transaction { try JobControls.limit(.kind("k"), to: nil, by: "somebody", in: $0) }
            try await database.until { try await $0.states() == ["done": 21] }
            await engine.drain(within: .seconds(5))
            await running
        }
    }
}
