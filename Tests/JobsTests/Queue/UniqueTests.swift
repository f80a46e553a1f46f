import Foundation
import Jobs
import Postgres
import Testing

@Suite(.timeLimit(.minutes(10))) struct UniqueTests {
    private func store(_ jobs: NewJob..., in database: JobsDatabase) async throws -> [Stored] {
        try await database.pool.transaction { try JobQueue.enqueue(jobs, in: $0) }
    }

    private func show(_ id: Int, in database: JobsDatabase) async throws -> JobStore.Entry {
        try #require(try await database.pool.transaction { try JobStore.show(id, in: $0) })
    }

    @Test func `equal arguments are one job, however they are written, and others are another`() async throws {
        try await JobsDatabase.with { database in
            let unique = Unique(byArguments: true)
            let stored = try await store(
                NewJob(kind: "k", arguments: #"{"a": 1, "b": [2, 3]}"#, unique: unique),
                NewJob(kind: "k", arguments: #"{"b":[2,3],"a":1}"#, unique: unique),
                NewJob(kind: "k", arguments: #"{"a": 1, "b": [3, 2]}"#, unique: unique), in: database)
            let first = try #require(stored[0].newID)
            #expect(stored[1] == .kept(first))
            #expect(stored[2].newID != nil)
        }
    }

    @Test func `a pending key is free once its job is claimed, an unfinished one at its end`() async throws {
        try await JobsDatabase.with { database in
            let (taken, finish) = (Gate(), Gate())
            let engine = database.engine(
                .leased("k", timeout: .seconds(60)) { _, _ in
                    taken.open()
                    await finish.wait()
                })
            let jobs = [Unique.Scope.pending, .unfinished].map {
                NewJob(kind: "k", unique: Unique($0.rawValue, scope: $0))
            }
            let first = try await store(jobs[0], jobs[1], in: database)
            async let running = engine.runUntilIdle()
            for _ in jobs { await taken.wait() }
            let second = try await store(jobs[0], jobs[1], in: database)
            #expect(second[0].newID != nil)
            #expect(second[1] == .kept(try #require(first[1].newID)))
            for _ in 0..<3 { finish.open() }
            #expect(try await running.completed == 3)
            #expect(try await store(jobs[1], in: database)[0].newID != nil)
        }
    }

    @Test func `a job that failed after its claim does not take a pending key from its successor`() async throws {
        try await JobsDatabase.with { database in
            let job = NewJob(kind: "k", unique: Unique("u", scope: .pending), maximumAttempts: 1)
            let first = try #require(try await store(job, in: database)[0].newID)
            let engine = database.engine(.batched("k") { _, _ in throw JobError.retry(after: nil, reason: "no ink") })
            #expect(try await engine.runUntilIdle().dead == 1)
            let second = try #require(try await store(job, in: database)[0].newID)
            try await database.pool.transaction { try JobStore.retry([first], in: $0) }
            #expect(try await store(job, in: database)[0] == .kept(second))
            #expect(try await database.engine(.batched("k") { _, _ in }).runUntilIdle().completed == 2)
            #expect(try await store(job, in: database)[0].newID != nil)
        }
    }

    @Test func `only a key that dead jobs hold too outlives a death`() async throws {
        try await JobsDatabase.with { database in
            let jobs = [Unique.Scope.unfinished, .notDone].map {
                NewJob(kind: "k", unique: Unique($0.rawValue, scope: $0), maximumAttempts: 1)
            }
            let first = try await store(jobs[0], jobs[1], in: database)
            let engine = database.engine(.batched("k") { _, _ in throw JobError.retry(after: nil, reason: "no ink") })
            #expect(try await engine.runUntilIdle().dead == 2)
            let second = try await store(jobs[0], jobs[1], in: database)
            #expect(second[0].newID != nil)
            #expect(second[1] == .kept(try #require(first[1].newID)))
        }
    }

    @Test func `within its period no second job is stored, even when the first is long done`() async throws {
        try await JobsDatabase.with { database in
            let job = NewJob(kind: "k", unique: Unique("u", period: .seconds(3_600)))
            let first = try #require(try await store(job, in: database)[0].newID)
            #expect(try await database.engine(.batched("k") { _, _ in }).runUntilIdle().completed == 1)
            #expect(try await store(job, in: database)[0] == .kept(first))
            // The period is over.
            try await database.run("UPDATE ltc_jobs.unique_keys SET held_until = now() - interval '1 second'")
            #expect(try await store(job, in: database)[0].newID != nil)
        }
    }

    @Test func `a period does not end before its job does`() async throws {
        try await JobsDatabase.with { database in
            let job = NewJob(kind: "k", unique: Unique("u", period: .seconds(3_600)))
            let first = try #require(try await store(job, in: database)[0].newID)
            try await database.run("UPDATE ltc_jobs.unique_keys SET held_until = now() - interval '1 second'")
            #expect(try await store(job, in: database)[0] == .kept(first))
        }
    }

    @Test func `a conflict keeps, replaces or brings forward what waits`() async throws {
        try await JobsDatabase.with { database in
            let (early, late) = (Date(timeIntervalSince1970: 4e9), Date(timeIntervalSince1970: 5e9))
            func job(_ name: String, _ due: Date?, _ conflict: Unique.Conflict, _ arguments: String) -> NewJob {
                NewJob(kind: "k", arguments: arguments, unique: Unique(name, onConflict: conflict), dueAt: due)
            }
            let ids = try await store(
                job("a", late, .keep, #"{"n": 1}"#), job("b", late, .keep, #"{"n": 1}"#),
                job("c", late, .keep, #"{"n": 1}"#), job("d", early, .keep, #"{"n": 1}"#), in: database
            ).map { try #require($0.newID) }
            let again = try await store(
                job("a", early, .keep, #"{"n": 2}"#), job("b", early, .replace, #"{"n": 2}"#),
                job("c", early, .bringForward, #"{"n": 2}"#), job("d", late, .bringForward, #"{"n": 2}"#), in: database)
            #expect(again == [.kept(ids[0]), .changed(ids[1]), .changed(ids[2]), .kept(ids[3])])
            var entries: [JobStore.Entry] = []
            for id in ids { entries.append(try await show(id, in: database)) }
            #expect(entries.map(\.dueAt) == [late, early, early, early])
            #expect(entries.map(\.arguments) == [#"{"n": 1}"#, #"{"n": 2}"#, #"{"n": 1}"#, #"{"n": 1}"#])
            // To now: it is ready.
            #expect(try await store(job("c", nil, .bringForward, "{}"), in: database) == [.changed(ids[2])])
            #expect(try await show(ids[2], in: database).state == "ready")
        }
    }

    @Test func `of many that want the same key at once, whatever the conflict, one job stands`() async throws {
        try await JobsDatabase.with { database in
            let engine = database.engine(.batched("k") { db, jobs in try db.execute(Mark(jobs)) })
            async let running: Void = engine.run()
            let stored = try await withThrowingTaskGroup(of: Int.self) { group in
                for caller in 0..<6 {
                    group.addTask {
                        var new = 0
                        for turn in 0..<8 {
                            let conflict = Unique.Conflict.allCases[(caller + turn) % 3]
                            let jobs = (0..<4).map {
                                NewJob(kind: "k", unique: Unique("\($0)", scope: .pending, onConflict: conflict))
                            }
                            new += try await database.pool.transaction { try JobQueue.enqueue(jobs, in: $0) }
                                .count { $0.newID != nil }
                        }
                        return new
                    }
                }
                return try await group.reduce(0, +)
            }
            try await database.until { try await $0.states()["done"] == stored }
            await engine.drain(within: .seconds(5))
            await running
            // Each once, and whoever came last is seen to by a job that was claimed after.
            #expect(try await database.marks() == (stored, stored))
            #expect(try await database.states() == ["done": stored])
        }
    }
}
