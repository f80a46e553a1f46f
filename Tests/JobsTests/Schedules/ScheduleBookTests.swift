import Foundation
import Jobs
import Postgres
import Testing

@Suite(.directAndPooled, .timeLimit(.minutes(10))) struct ScheduleBookTests {
    static let daily = Schedule(
        name: "daily", cron: "30 9 * * *", zone: "Europe/Berlin", kind: "k", arguments: #"{"team": "emea"}"#, team: 4)

    func fire(_ database: JobsDatabase, now: String) async throws -> [String] { try await database.fire(now: now) }

    func store(_ schedule: Schedule, at instant: String, _ database: JobsDatabase) async throws {
        try await database.store(schedule, at: instant)
    }

    @Test func `an occurrence makes a job that carries its instant`() async throws {
        try await JobsDatabase.with { database in
            try await store(Self.daily, at: "2026-11-22T12:00:00Z", database)
            #expect(try await fire(database, now: "2026-11-23T08:29:59Z") == [])
            #expect(try await fire(database, now: "2026-11-23T08:30:02Z") == ["2026-11-23T09:30 fired"])
            let job = try await database.pool.transaction { try JobStore.list(in: $0) }[0]
            #expect(job.arguments == #"{"team": "emea", "occurrence": "2026-11-23T08:30:00Z"}"#)
            #expect(try job.occurrence == Date("2026-11-23T08:30:00Z", strategy: .iso8601))
            #expect(job.team == 4)
            #expect(try await fire(database, now: "2026-11-23T08:30:05Z") == [])
        }
    }

    @Test func `however many engines look, an occurrence fires once`() async throws {
        try await JobsDatabase.with { database in
            try await store(
                Schedule(name: "often", cron: "* * * * *", zone: "UTC", kind: "k", misfire: .all),
                at: "2026-11-23T00:00:00Z", database)
            let now = try Date("2026-11-23T03:00:00Z", strategy: .iso8601)
            let decided = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await database.pool.transaction { try ScheduleBook.fireDue(now: now, in: $0).decided.count }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(decided == 180)
            // The row's lock kept the others away. The ledger does so too, when somebody's memory is lost.
            try await database.run(
                "UPDATE ltc_jobs.schedules SET decided_until = '2026-11-23T00:00Z', next_due = '2026-11-23T00:01Z'")
            #expect(try await fire(database, now: "2026-11-23T03:00:00Z") == [])
            #expect(try await database.states() == ["ready": 180])
        }
    }

    @Test func `a change of the time-zone table fires no occurrence twice, and hides none that is new`() async throws {
        try await JobsDatabase.with { database in
            var schedule = Self.daily
            schedule.misfire = .all
            try await store(schedule, at: "2026-11-22T12:00:00Z", database)
            #expect(try await fire(database, now: "2026-11-23T08:30:00Z") == ["2026-11-23T09:30 fired"])
            func move(to zone: String, _ misfire: String, decidedUntil: String) async throws {
                try await database.run(
                    """
                    UPDATE ltc_jobs.schedules SET zone = '\(zone)', misfire = '\(misfire)',
                        decided_until = '\(decidedUntil)', next_due = '\(decidedUntil)'
                    """)
            }
            // The new table says that the clock was set back: 09:30 is an hour later than it was.
            try await move(to: "Europe/London", "all", decidedUntil: "2026-11-23T08:30:00Z")
            #expect(try await fire(database, now: "2026-11-23T09:30:00Z") == [])
            #expect(try await fire(database, now: "2026-11-24T09:30:00Z") == ["2026-11-24T09:30 fired"])
            // Nor does what has fired take the place of what has not.
            try await move(to: "America/New_York", "once", decidedUntil: "2026-11-21T15:00:00Z")
            #expect(try await fire(database, now: "2026-11-24T15:00:00Z") == ["2026-11-22T09:30 late"])
            #expect(try await database.states() == ["ready": 3])
        }
    }

    @Test func `four engines that run fire a schedule once`() async throws {
        try await JobsDatabase.with { database in
            try await store(
                Schedule(name: "often", cron: "* * * * *", zone: "UTC", kind: "k", misfire: .last(25)),
                at: "2026-01-01T00:00:00Z", database)
            try await database.run(
                "UPDATE ltc_jobs.schedules SET decided_until = now() - interval '2 hours', next_due = now() - interval '2 hours'"
            )
            let engines = (0..<4).map { _ in
                database.engine(.batched("k") { db, jobs in try db.execute(Mark(jobs)) }) { $0.batchWorkers = 1 }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for engine in engines { group.addTask { await engine.run() } }
                group.addTask {
                    try await database.until { try await ($0.states()["done"] ?? 0) >= 25 }
                    for engine in engines { await engine.drain(within: .seconds(5)) }
                }
                try await group.waitForAll()
            }
            let (count, distinct) = try await database.marks()
            // One more when a minute begins meanwhile.
            #expect((25...26).contains(count) && count == distinct)
        }
    }

    @Test func `what was missed stands in the ledger with its reason`() async throws {
        try await JobsDatabase.with { database in
            var schedule = Self.daily
            schedule.misfire = .last(2)
            schedule.maximumLateness = .seconds(36 * 3_600)
            try await store(schedule, at: "2026-11-19T12:00:00Z", database)
            #expect(
                try await fire(database, now: "2026-11-23T12:00:00Z") == [
                    "2026-11-20T09:30 skipped", "2026-11-21T09:30 skipped", "2026-11-22T09:30 late",
                    "2026-11-23T09:30 late",
                ])
            let ledger = try await database.pool.transaction { try ScheduleBook.ledger(of: "daily", in: $0) }
            #expect(ledger.map { $0.job != nil } == [true, true, false, false])
            #expect(ledger.allSatisfy { $0.reason != nil })
        }
    }

    @Test func `storing the same schedules again changes nothing, other times start afresh, absent ones end`()
        async throws
    {
        try await JobsDatabase.with { database in
            try await store(Self.daily, at: "2026-11-20T00:00:00Z", database)
            func stored() async throws -> [ScheduleEntry] {
                try await database.pool.transaction { try ScheduleBook.list(in: $0) }
            }
            var changed = Self.daily
            changed.arguments = #"{"team": "apac"}"#
            try await database.pool.transaction { [changed] in try ScheduleBook.replace([changed], in: $0) }
            let same = try await stored()[0]
            #expect(same.schedule == changed)
            #expect(try same.decidedUntil == Date("2026-11-20T00:00:00Z", strategy: .iso8601))
            #expect(try same.nextDue == Date("2026-11-20T08:30:00Z", strategy: .iso8601))

            changed.cron = "0 10 * * *"
            try await database.run("UPDATE ltc_jobs.schedules SET decided_until = now() - interval '50 hours'")
            try await database.pool.transaction { [changed] in try ScheduleBook.replace([changed], in: $0) }
            #expect(try await stored()[0].decidedUntil > same.decidedUntil)
            // What was missed by the former times is decided by them.
            let ledger = try await database.ledger("daily")
            #expect((2...3).contains(ledger.count))
            #expect(ledger.dropFirst().allSatisfy { $0.hasSuffix("T09:30 skipped a newer one fires in its place") })
            let newest = try #require(ledger.first)
            #expect(newest.contains("T09:30 late found") || newest.hasSuffix("T09:30 fired"))
            try await database.pool.transaction { try ScheduleBook.replace([], in: $0) }
            #expect(try await stored().isEmpty)
        }
    }

    @Test func `a schedule that cannot be is refused as a whole`() async throws {
        try await JobsDatabase.with { database in
            for (cron, zone) in [("0 0 30 2 *", "UTC"), ("@daily", "Mars/Olympus"), ("@daily", "EST5")] {
                let schedule = Schedule(name: "s", cron: cron, zone: zone, kind: "k")
                await #expect(throws: ScheduleError.self) {
                    try await database.pool.transaction { try ScheduleBook.replace([Self.daily, schedule], in: $0) }
                }
            }
            let stored = try await database.pool.transaction { try ScheduleBook.list(in: $0) }
            #expect(stored.isEmpty)
        }
    }

    @Test func `a process that starts finds out anew when a schedule is next due, and takes up what was set aside`()
        async throws
    {
        try await JobsDatabase.with { database in
            try await store(Self.daily, at: "2026-11-23T12:00:00Z", database)
            try await database.run("UPDATE ltc_jobs.schedules SET next_due = NULL")
            try await database.pool.transaction { try ScheduleBook.lookAhead(in: $0) }
            let entry = try await database.pool.transaction { try ScheduleBook.list(in: $0) }[0]
            #expect(try entry.nextDue == Date("2026-11-24T08:30:00Z", strategy: .iso8601))
            #expect(try entry.decidedUntil == Date("2026-11-23T12:00:00Z", strategy: .iso8601))
        }
    }

    @Test func `a paused schedule fires nothing until it is resumed, and the ledger says why`() async throws {
        try await JobsDatabase.with { database in
            try await store(Self.daily, at: "2026-11-20T00:00:00Z", database)
            func setPaused(_ isPaused: Bool, now: String = "2026-11-22T12:00:00Z") async throws -> Bool? {
                let now = try Date(now, strategy: .iso8601)
                return try await database.pool.transaction {
                    try ScheduleBook.setPaused(isPaused, "daily", now: now, in: $0)
                }
            }
            #expect(try await setPaused(true) == false)
            #expect(try await setPaused(true) == true)
            #expect(try await fire(database, now: "2026-11-21T12:00:00Z") == [])
            // Declared again, even with other times, it is still paused.
            var changed = Self.daily
            changed.arguments = "{}"
            try await database.pool.transaction { [changed] in try ScheduleBook.replace([changed], in: $0) }
            #expect(try await fire(database, now: "2026-11-22T12:00:00Z") == [])
            #expect(try await setPaused(false) == true)
            #expect(try await setPaused(false) == false)
            let ledger = try await database.ledger("daily")
            #expect(
                ledger == [
                    "2026-11-22T09:30 skipped paused", "2026-11-21T09:30 skipped paused",
                    "2026-11-20T09:30 skipped paused",
                ])
            #expect(try await fire(database, now: "2026-11-23T12:00:00Z") == ["2026-11-23T09:30 late"])
            let unknown = try await database.pool.transaction { try ScheduleBook.setPaused(true, "no", in: $0) }
            #expect(unknown == nil)
        }
    }

    @Test func `one by hand is made now and leaves the ledger alone`() async throws {
        try await JobsDatabase.with { database in
            try await database.pool.transaction { try ScheduleBook.replace([Self.daily], in: $0) }
            let made = try await database.pool.transaction { try ScheduleBook.runNow("daily", in: $0) }
            #expect(made != nil)
            #expect(try await database.states() == ["ready": 1])
            #expect(try await database.pool.transaction { try ScheduleBook.runNow("nightly", in: $0) } == nil)
            #expect(try await database.pool.transaction { try ScheduleBook.ledger(of: "daily", in: $0) }.isEmpty)
        }
    }
}
