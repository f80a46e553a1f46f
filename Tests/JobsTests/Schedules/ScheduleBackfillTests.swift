import Foundation
import Jobs
import Postgres
import Testing

@Suite(.timeLimit(.minutes(10))) struct ScheduleBackfillTests {
    func backfill(_ database: JobsDatabase, _ from: String, _ until: String, rollsBack: Bool = false) async throws
        -> [String]
    {
        let (from, until) = try (Date(from, strategy: .iso8601), Date(until, strategy: .iso8601))
        let found = try await database.pool.transaction(TransactionOptions(rollsBack: rollsBack)) {
            try ScheduleBook.backfill("s", from: from, until: until, in: $0)
        }
        return try #require(found).map { found in
            let outcome =
                switch found.outcome {
                case .made: "made"
                case .firedBefore: "fired before"
                case .leftOut: "left out"
                }
            return "\(found.occurrence.localTime) \(outcome)"
        }
    }

    static let schedule = Schedule(
        name: "s", cron: "0 9 * * *", zone: "Europe/Berlin", kind: "k", misfire: .once,
        calendar: CalendarRule("de", onHoliday: .skip))

    @Test func `a backfill makes what did not fire, once, and leaves alone what fired or is left out`() async throws {
        try await JobsDatabase.with { database in
            try await database.store(
                Self.schedule, calendars: [try WorkingCalendar(name: "de")], at: "2026-10-20T12:00:00Z")
            // Wednesday to Friday were missed, and Friday's fires for all of them.
            _ = try await database.fire(now: "2026-10-23T12:00:00Z")
            let expected = [
                "2026-10-20T09:00 made", "2026-10-21T09:00 made", "2026-10-22T09:00 made",
                "2026-10-23T09:00 fired before", "2026-10-24T09:00 left out",
            ]
            let range = ("2026-10-20T07:00:00Z", "2026-10-25T08:00:00Z")
            #expect(try await backfill(database, range.0, range.1, rollsBack: true) == expected)
            #expect(try await database.states() == ["ready": 1])
            #expect(try await backfill(database, range.0, range.1) == expected)
            #expect(try await database.states() == ["ready": 4])
            let again = try await backfill(database, range.0, range.1)
            #expect(again == expected.map { $0.replacing("made", with: "fired before") })
            #expect(try await database.states() == ["ready": 4])
            #expect(
                try await database.ledger("s").suffix(3) == [
                    "2026-10-22T09:00 fired backfill", "2026-10-21T09:00 fired backfill",
                    "2026-10-20T09:00 fired backfill",
                ])
            let jobs = try await database.pool.transaction { try JobStore.list(in: $0) }
            #expect(Set(jobs.map(\.occurrence)).count == 4)
        }
    }

    @Test func `however many backfill and look at once, an occurrence fires once`() async throws {
        try await JobsDatabase.with { database in
            let schedule = Schedule(name: "s", cron: "*/5 * * * *", zone: "UTC", kind: "k", misfire: .all)
            try await database.store(schedule, at: "2026-10-20T00:00:00Z")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        if worker % 2 == 0 {
                            _ = try await backfill(database, "2026-10-20T00:00:00Z", "2026-10-20T12:00:00Z")
                        } else {
                            _ = try await database.fire(now: "2026-10-20T12:00:00Z")
                        }
                    }
                }
                try await group.waitForAll()
            }
            // Who finds it locked passes it over.
            _ = try await database.fire(now: "2026-10-20T12:00:00Z")
            // The one at midnight sharp was before the schedule was stored, and is the backfill's alone.
            #expect(try await database.states() == ["ready": 145])
            #expect(try await database.ledger("s").count == 145)
        }
    }

    @Test func `what is due at the ends of the range is in it, and out of it`() async throws {
        try await JobsDatabase.with { database in
            try await database.store(
                Self.schedule, calendars: [try WorkingCalendar(name: "de")], at: "2026-10-20T12:00:00Z")
            #expect(
                try await backfill(database, "2026-10-20T07:00:00Z", "2026-10-21T07:00:00Z") == [
                    "2026-10-20T09:00 made"
                ])
            #expect(
                try await backfill(database, "2026-10-20T07:00:01Z", "2026-10-21T07:00:01Z") == [
                    "2026-10-21T09:00 made"
                ])
        }
    }

    @Test func `what is still to come is left to the clock, and what a backfill made does not fire again`() async throws
    {
        try await JobsDatabase.with { database in
            let schedule = Schedule(name: "s", cron: "* * * * *", zone: "UTC", kind: "k", misfire: .all)
            try await database.pool.transaction { try ScheduleBook.replace([schedule], in: $0) }
            try await database.run(
                "UPDATE ltc_jobs.schedules SET decided_until = now() - interval '5 minutes', next_due = now()")
            let now = Date()
            let (from, until) = ((now - 300).ISO8601Format(), (now + 86_400).ISO8601Format())
            let made = try await backfill(database, from, until).count { $0.hasSuffix("made") }
            #expect((5...6).contains(made))
            let fired = try await database.fire(now: Date().ISO8601Format())
            // One more when a minute begins meanwhile.
            #expect(fired.count <= 1)
            #expect(try await database.states() == ["ready": made + fired.count])
        }
    }

    @Test func `too many at once are refused, and an unknown schedule is told`() async throws {
        try await JobsDatabase.with { database in
            try await database.store(
                Schedule(name: "s", cron: "* * * * *", zone: "UTC", kind: "k"), at: "2026-11-01T00:00:00Z")
            await #expect(throws: ScheduleError.self) {
                try await backfill(database, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
            }
            let unknown = try await database.pool.transaction {
                try ScheduleBook.backfill("no", from: .distantPast, until: .distantFuture, in: $0) == nil
            }
            #expect(unknown)
        }
    }
}
