import Foundation
import Jobs
import Postgres
import Testing

@Suite(.directAndPooled, .timeLimit(.minutes(10))) struct FaultTests {
    @Test func `no job is lost or doubled while connections are killed in the middle of their work`() async throws {
        try await JobsDatabase.with { database in
            let (batched, leased) = (4_000, 200)
            try await database.enqueue((0..<batched).map { _ in NewJob(kind: "b") })
            try await database.enqueue((0..<leased).map { _ in NewJob(kind: "l") })
            let work: Handler.BatchedWork = { db, jobs in try db.execute(Mark(jobs)) }
            var slow = Handler.leased("l", timeout: .seconds(30), lease: .seconds(1)) { job, context in
                try await context.mark(job)
            }
            slow.backoff = Backoff(base: .milliseconds(10), limit: .milliseconds(50))
            let engines = [slow, slow].map { slow in
                database.engine(.batched("b", work), slow) { options in
                    options.batchSize = 50
                    options.heartbeat = .milliseconds(200)
                    options.silence = .seconds(2)
                }
            }
            let killer = try await Connection.open(ConnectionSettings(), logger: JobsDatabase.logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for engine in engines { group.addTask { await engine.run() } }
                group.addTask {
                    for _ in 0..<25 {
                        try await killer.exclusively { db in
                            try db.script(
                                """
                                SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database.name)';
                                SELECT pg_sleep(0.04)
                                """)
                        }
                    }
                    try await database.until { try await $0.states()["done"] == batched + leased }
                    for engine in engines { await engine.drain(within: .seconds(5)) }
                }
                try await group.waitForAll()
            }
            #expect(try await database.marks() == (batched + leased, batched + leased))
        }
    }

    @Test func `after an engine dies, what it may have been working runs alone, and its leases are given to others`()
        async throws
    {
        try await JobsDatabase.with { database in
            try await database.enqueue(NewJob(kind: "b"), NewJob(kind: "b"), NewJob(kind: "c"))
            let id = try #require(try await database.enqueue(NewJob(kind: "l"))[0])
            // An engine that was killed a minute ago while it worked "b" and held the lease of "l".
            try await database.run(
                """
                INSERT INTO ltc_jobs.workers (id, name, kinds, batched, seen_at)
                    VALUES (77, 'killed', '{b,c,l}', '{b}', now() - interval '1 minute');
                UPDATE ltc_jobs.jobs SET state = 'leased', attempt = 1, fence = 1, worker = 77,
                    lease_until = now() + interval '1 hour' WHERE id = \(id)
                """)
            let sizes = Sizes()
            let engine = database.engine(
                .batched("b") { db, jobs in
                    sizes.add("b", jobs.count)
                    try db.execute(Mark(jobs))
                },
                .batched("c") { db, jobs in
                    sizes.add("c", jobs.count)
                    try db.execute(Mark(jobs))
                },
                .leased("l", timeout: .seconds(9)) { job, context in
                    try await context.mark(job)
                }
            )
            try await engine.rescueNow()
            async let running: Void = engine.run()
            try await database.until { try await $0.states() == ["done": 4] }
            await engine.drain(within: .seconds(5))
            await running
            #expect(try await database.marks() == (4, 4))
            #expect(sizes.all == ["b": [1, 1], "c": [1]])
            let job = try #require(try await database.pool.transaction { try JobStore.show(id, in: $0) })
            #expect(job.attempt == 2 && job.errors?.contains("ended without an answer") == true)
        }
    }

    @Test(arguments: [true, false])
    func `what an engine holds that has just died is waited for, what a living one holds is not`(dies: Bool)
        async throws
    {
        try await JobsDatabase.with { database in
            let id = try #require(try await database.enqueue(NewJob(kind: "l"))[0])
            try await database.run(
                """
                INSERT INTO ltc_jobs.workers (id, name, kinds, seen_at)
                    VALUES (77, 'other', '{l}', now() + interval '\(dies ? 0 : 60) seconds');
                UPDATE ltc_jobs.jobs SET state = 'leased', attempt = 1, fence = 1, worker = 77,
                    lease_until = now() + interval '1 hour' WHERE id = \(id)
                """)
            let engine = database.engine(
                .leased("l", timeout: .seconds(9)) { job, context in try await context.mark(job) }
            ) { options in
                options.heartbeat = .milliseconds(200)
                options.silence = .seconds(1)
            }
            #expect(try await engine.runUntilIdle().completed == 0)
            #expect(try await engine.awaitRescue() == dies)
            #expect(try await engine.runUntilIdle().completed == (dies ? 1 : 0))
        }
    }

    @Test func `draining waits for running jobs until its deadline and gives back the rest`() async throws {
        try await JobsDatabase.with { database in
            let ids = try await database.enqueue((0..<2).map { _ in NewJob(kind: "k") }).map { $0! }
            let (started, finish) = (Gate(), Gate())
            let engine = database.engine(
                .leased("k", timeout: .seconds(600)) { job, context in
                    started.open()
                    if job.id == ids[0] {
                        await finish.wait()
                        try await context.mark(job)
                    } else {
                        try await Task.sleep(for: .seconds(600))
                    }
                })
            async let running: Void = engine.run()
            await started.wait()
            await started.wait()
            async let drained: Void = engine.drain(within: .seconds(1))
            finish.open()
            await drained
            await running
            #expect(try await database.marks() == (1, 1))
            let left = try #require(try await database.pool.transaction { try JobStore.show(ids[1], in: $0) })
            #expect(left.state == "ready" && left.attempt == 0)
            #expect(try await database.pool.transaction { try JobStore.workers(in: $0) }.isEmpty)
        }
    }

    @Test func `a job that is cancelled while it runs writes nothing`() async throws {
        try await JobsDatabase.with { database in
            let id = try #require(try await database.enqueue(NewJob(kind: "k", unique: Unique("u")))[0])
            let engine = database.engine(
                .leased("k", timeout: .seconds(60)) { job, context in
                    try await database.pool.transaction { try JobStore.cancel(job.id, in: $0) }
                    try await context.mark(job)
                })
            #expect(try await engine.runUntilIdle().stale == 1)
            #expect(try await database.marks() == (0, 0))
            #expect(try await database.pool.transaction { try JobStore.show(id, in: $0) }?.state == "cancelled")
            #expect(try await database.enqueue(NewJob(kind: "k", unique: Unique("u")))[0] != nil)
        }
    }

    @Test func `a job that is cancelled by somebody is told so while it runs`() async throws {
        try await JobsDatabase.with { database in
            let id = try #require(try await database.enqueue(NewJob(kind: "k"))[0])
            let (started, ended) = (Gate(), Gate())
            let engine = database.engine(
                .leased("k", timeout: .seconds(3_600), lease: .seconds(3_600)) { _, _ in
                    started.open()
                    defer { ended.open() }
                    try await Task.sleep(for: .seconds(3_600))
                })
            async let running: Void = engine.run()
            await started.wait()
            try await database.pool.transaction { try JobStore.cancel(id, in: $0) }
            // Its next heartbeat would be in twenty minutes.
            await ended.wait()
            await engine.drain(within: .seconds(5))
            await running
            #expect(engine.counts.stale == 1)
            #expect(try await database.states() == ["cancelled": 1])
        }
    }

    @Test func `progress is seen while a job runs, and an overtaken worker reports none`() async throws {
        try await JobsDatabase.with { database in
            let id = try #require(try await database.enqueue(NewJob(kind: "k"))[0])
            let (reported, go) = (Gate(), Gate())
            let engine = database.engine(
                .leased("k", timeout: .seconds(60)) { job, context in
                    try await context.report(done: 3, of: 10, note: "letters")
                    reported.open()
                    await go.wait()
                    try await context.report(done: 4, of: 10, note: "letters")
                })
            async let counts = engine.runUntilIdle()
            await reported.wait()
            let job = try #require(try await database.pool.transaction { try JobStore.show(id, in: $0) })
            #expect(job.progress?.contains(#""done": 3"#) == true && job.progress?.contains(#""of": 10"#) == true)
            try await database.run("UPDATE ltc_jobs.jobs SET fence = fence + 1 WHERE id = \(id)")
            go.open()
            #expect(try await counts.stale == 1)
        }
    }

    @Test func `dead jobs are driven anew by kind and by what their last failure said`() async throws {
        try await JobsDatabase.with { database in
            let ids = try await database.enqueue(
                ["no ink", "no paper"].flatMap { why in
                    ["a", "b"].map { NewJob(kind: $0, arguments: "{\"why\": \"\(why)\"}", maximumAttempts: 1) }
                }
            ).map { $0! }
            let handlers = ["a", "b"].map { kind in
                Handler.batched(kind) { _, jobs in throw JobError.retry(after: nil, reason: jobs[0].arguments) }
            }
            #expect(try await database.engine(handlers[0], handlers[1]).runUntilIdle().dead == 4)
            let dead = try await database.pool.transaction { db in
                (
                    try JobStore.dead(kind: "a", limit: 9, in: db), try JobStore.dead(error: "ink", limit: 9, in: db),
                    try JobStore.dead(limit: 3, in: db)
                )
            }
            #expect(dead.0 == [ids[0], ids[2]] && dead.1 == [ids[0], ids[1]] && dead.2 == Array(ids[..<3]))
            try await database.pool.transaction { try JobStore.retry(dead.1, in: $0) }
            #expect(try await database.states() == ["ready": 2, "dead": 2])
        }
    }
}
