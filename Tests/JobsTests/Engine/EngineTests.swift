import Foundation
import Jobs
import Postgres
import Testing

@Suite(.everyRoute, .timeLimit(.minutes(10))) struct EngineTests {
    @Test func `every batched job is worked once and stands in the log`() async throws {
        try await JobsDatabase.with { database in
            try await database.enqueue((0..<1_234).map { _ in NewJob(kind: "k") })
            let engine = database.engine(.batched("k") { db, jobs in try db.execute(Mark(jobs)) })
            #expect(try await engine.runUntilIdle().completed == 1_234)
            #expect(try await database.marks() == (1_234, 1_234))
            #expect(try await database.states() == ["done": 1_234])
        }
    }

    @Test func `poison in a batch fails alone`() async throws {
        try await JobsDatabase.with { database in
            let ids = try await database.enqueue((0..<300).map { _ in NewJob(kind: "k", maximumAttempts: 1) }).map {
                $0!
            }
            let poisonous = Set([ids[0], ids[17], ids[18], ids[299]])
            let engine = database.engine(
                .batched("k") { db, jobs in
                    try db.execute(Mark(jobs))
                    if jobs.contains(where: { poisonous.contains($0.id) }) {
                        // An error of the server too ends only this part of the batch.
                        try db.script("SELECT 1 / 0")
                    }
                })
            let counts = try await engine.runUntilIdle()
            #expect(counts.completed == 296 && counts.failed == 4 && counts.dead == 4)
            #expect(try await database.marks() == (296, 296))
            #expect(try await database.states() == ["done": 296, "dead": 4])
        }
    }

    @Test func `a job is discarded or snoozed when it says so, in both lanes`() async throws {
        try await JobsDatabase.with { database in
            try await database.enqueue(
                ["discard", "snooze"].map { NewJob(kind: "b", arguments: #"{"do": "\#($0)"}"#) })
            try await database.enqueue(
                ["discard", "snooze"].map { NewJob(kind: "l", arguments: #"{"do": "\#($0)"}"#) })
            @Sendable func act(_ job: Job) -> JobError {
                job.arguments.contains("discard")
                    ? .discard(reason: "void") : .snooze(until: Date(timeIntervalSince1970: 4_000_000_000))
            }
            let engine = database.engine(
                .batched("b") { _, jobs in throw act(jobs[0]) },
                .leased("l", timeout: .seconds(10)) { job, _ in throw act(job) })
            let counts = try await engine.runUntilIdle()
            #expect(counts.discarded == 2 && counts.snoozed == 2 && counts.failed == 0)
            #expect(try await database.states() == ["discarded": 2, "waiting": 2])
            let waiting = try await database.pool.transaction { try JobStore.list(state: "waiting", in: $0) }
            #expect(waiting.allSatisfy { $0.attempt == 0 && $0.dueAt.timeIntervalSince1970 == 4_000_000_000 })
        }
    }

    @Test func `higher priority goes first, and jobs of a kind nobody knows stay`() async throws {
        try await JobsDatabase.with { database in
            let ids = try await database.enqueue(
                NewJob(kind: "k"), NewJob(kind: "k", priority: 2), NewJob(kind: "unknown", priority: 9),
                NewJob(kind: "k", priority: 1))
            let engine = database.engine(.batched("k") { db, jobs in try db.execute(Mark(jobs)) }) { $0.batchSize = 1 }
            #expect(try await engine.runUntilIdle().completed == 3)
            #expect(try await database.states() == ["done": 3, "ready": 1])
            let log = try await database.pool.transaction { try JobStore.list(state: "done", in: $0) }
            let finished = log.sorted { $0.finishedAt! < $1.finishedAt! }.map(\.id)
            #expect(finished == [ids[1], ids[3], ids[0]])
        }
    }

    @Test func `a leased job's effects and its completion are one`() async throws {
        try await JobsDatabase.with { database in
            try await database.enqueue((0..<40).map { NewJob(kind: "k", unique: Unique("\($0)")) })
            let engine = database.engine(
                .leased("k", timeout: .seconds(10)) { job, context in
                    if job.id.isMultiple(of: 4) { return }
                    try await context.mark(job)
                })
            #expect(try await engine.runUntilIdle().completed == 40)
            #expect(try await database.marks() == (30, 30))
            #expect(try await database.states() == ["done": 40])
        }
    }

    @Test func `a worker whose lease has gone to another writes nothing`() async throws {
        try await JobsDatabase.with { database in
            let id = try #require(try await database.enqueue(NewJob(kind: "k"))[0])
            let (taken, write, retaken, finish) = (Gate(), Gate(), Gate(), Gate())
            let slow = database.engine(
                .leased("k", timeout: .seconds(60)) { job, context in
                    taken.open()
                    await write.wait()
                    try await context.mark(job)
                })
            let quick = database.engine(
                .leased("k", timeout: .seconds(60)) { job, context in
                    retaken.open()
                    await finish.wait()
                    try await context.mark(job)
                })
            async let overtaken = slow.runUntilIdle()
            await taken.wait()
            // What a rescue does to a lease that has ended, without the wait for its end.
            try await database.run(
                """
                UPDATE ltc_jobs.jobs SET state = 'ready', fence = fence + 1, worker = NULL, lease_until = NULL
                WHERE id = \(id)
                """)
            async let overtaking = quick.runUntilIdle()
            await retaken.wait()
            // The job is under a lease again, but not under this one.
            write.open()
            let stale = try await overtaken
            #expect(stale.stale == 1 && stale.completed == 0)
            #expect(try await database.marks() == (0, 0))
            finish.open()
            #expect(try await overtaking.completed == 1)
            #expect(try await database.marks() == (1, 1))
        }
    }

    @Test func `an attempt that takes too long is cancelled and has failed`() async throws {
        try await JobsDatabase.with { database in
            try await database.enqueue(NewJob(kind: "k", maximumAttempts: 1))
            let engine = database.engine(
                .leased("k", timeout: .milliseconds(50)) { _, _ in try await Task.sleep(for: .seconds(3_600)) })
            #expect(try await engine.runUntilIdle().dead == 1)
            let job = try await database.pool.transaction { try JobStore.list(in: $0) }[0]
            #expect(job.errors?.contains("longer than its limit") == true)
        }
    }

    @Test func `the history keeps the last five failures`() async throws {
        try await JobsDatabase.with { database in
            try await database.enqueue(NewJob(kind: "k", maximumAttempts: 8))
            let engine = database.engine(
                .batched("k") { _, jobs in throw JobError.retry(after: .zero, reason: "failure \(jobs[0].attempt)") })
            #expect(try await engine.runUntilIdle().failed == 8)
            let job = try await database.pool.transaction { try JobStore.list(in: $0) }[0]
            let errors = try #require(job.errors)
            #expect(job.state == "dead" && job.attempt == 8)
            #expect(
                (1...8).map { errors.contains("failure \($0)") } == [false, false, false, true, true, true, true, true])
        }
    }

    @Test func `a fresh job is picked up by an engine that sleeps`() async throws {
        try await JobsDatabase.with { database in
            let done = Gate()
            // Polling would take an hour.
            let engine = database.engine(
                .batched("b") { _, _ in done.open() }, .leased("l", timeout: .seconds(9)) { _, _ in done.open() }
            ) { $0.listeningPollInterval = .seconds(3_600) }
            async let running: Void = engine.run()
            try await database.until { try await !$0.pool.transaction { try JobStore.workers(in: $0) }.isEmpty }
            for kind in ["b", "l"] {
                try await database.enqueue(NewJob(kind: kind))
                await done.wait()
            }
            // One that is due a little later wakes the timekeeper.
            try await database.enqueue(NewJob(kind: "b", dueAt: .now + 0.2))
            await done.wait()
            await engine.drain(within: .seconds(5))
            await running
            #expect(engine.counts.completed == 3)
        }
    }

    @Test func `what failed in a batch is tried again when its time comes, and not at the next look`() async throws {
        try await JobsDatabase.with { database in
            let attempts = Gate()
            var handler = Handler.batched("b") { _, _ in
                attempts.open()
                throw JobError.retry(after: .milliseconds(20), reason: "not yet")
            }
            handler.backoff = Backoff(base: .milliseconds(10), limit: .milliseconds(20))
            let engine = database.engine(handler) { $0.listeningPollInterval = .seconds(3_600) }
            try await database.enqueue(NewJob(kind: "b", maximumAttempts: 3))
            async let running: Void = engine.run()
            for _ in 1...3 { await attempts.wait() }
            await engine.drain(within: .seconds(5))
            await running
            #expect(engine.counts.dead == 1)
        }
    }

    @Test func `what no notification told of is found at the next look, in both lanes`() async throws {
        try await JobsDatabase.with { database in
            let done = Gate()
            let engine = database.engine(
                .batched("b") { _, _ in done.open() }, .leased("l", timeout: .seconds(9)) { _, _ in done.open() }
            ) { $0.listeningPollInterval = .milliseconds(50) }
            async let running: Void = engine.run()
            try await database.until { try await !$0.pool.transaction { try JobStore.workers(in: $0) }.isEmpty }
            for kind in ["b", "l"] {
                try await database.run(
                    """
                    INSERT INTO ltc_jobs.jobs (state, queue, kind, arguments, priority, rank, due_at, maximum_attempts)
                    VALUES ('ready', 'default', '\(kind)', '{}', 0, now(), now(), 1)
                    """)
                await done.wait()
            }
            await engine.drain(within: .seconds(5))
            await running
            #expect(engine.counts.completed == 2)
        }
    }
}
