import Foundation
import Jobs
import Postgres
import Testing

@Suite(.timeLimit(.minutes(10))) struct ScheduleCalendarTests {
    static let plain = try! WorkingCalendar(name: "de", holidays: ["2026-12-25": "1. Weihnachtstag"])

    static func monthly(_ cron: String, _ policy: HolidayPolicy) -> Schedule {
        Schedule(
            name: "s", cron: cron, zone: "Europe/Berlin", kind: "k", misfire: .all,
            calendar: CalendarRule("de", onHoliday: policy))
    }

    @Test func `what falls on free days fires on the working day, once, and the ledger says why`() async throws {
        try await JobsDatabase.with { database in
            try await database.store(
                Self.monthly("0 9 * * *", .next), calendars: [Self.plain], at: "2026-12-24T12:00:00Z")
            #expect(try await database.fire(now: "2026-12-27T12:00:00Z") == [])
            #expect(
                try await database.fire(now: "2026-12-28T08:00:10Z").sorted() == [
                    "2026-12-25T09:00 skipped", "2026-12-26T09:00 skipped", "2026-12-27T09:00 skipped",
                    "2026-12-28T09:00 fired",
                ])
            #expect(
                try await database.ledger("s").sorted().prefix(2) == [
                    """
                    2026-12-25T09:00 skipped moved on from 2026-12-25T09:00 (1. Weihnachtstag); \
                    that of 2026-12-28T09:00 stands at the same time
                    """,
                    """
                    2026-12-26T09:00 skipped moved on from 2026-12-26T09:00 (Saturday); \
                    that of 2026-12-28T09:00 stands at the same time
                    """,
                ])
            #expect(try await database.states() == ["ready": 1])
        }
    }

    @Test func `what is moved back fires before its day, and not again on it`() async throws {
        try await JobsDatabase.with { database in
            try await database.store(
                Self.monthly("0 9 26 12 *", .previous), calendars: [Self.plain], at: "2026-12-01T00:00:00Z")
            #expect(try await database.fire(now: "2026-12-24T08:00:00Z") == ["2026-12-26T09:00 fired"])
            #expect(try await database.fire(now: "2026-12-28T08:00:00Z") == [])
            #expect(
                try await database.ledger("s") == ["2026-12-26T09:00 fired moved back from 2026-12-26T09:00 (Saturday)"]
            )
        }
    }

    @Test func `a schedule that begins after the day its first was moved back to says so`() async throws {
        try await JobsDatabase.with { database in
            // From a week ago until in a week all days are free, but for those further away.
            let today = Int(Date().timeIntervalSince1970) / 86_400
            let days = (today - 7...today + 7).map { Date(timeIntervalSince1970: Double($0) * 86_400) }
            let rest = try WorkingCalendar(
                name: "de", weekdays: [1, 2, 3, 4, 5, 6, 7],
                holidays: Dictionary(uniqueKeysWithValues: days.map { (String($0.ISO8601Format().prefix(10)), "rest") })
            )
            var schedule = Self.monthly("0 9 * * *", .previous)
            schedule.zone = "UTC"
            try await database.pool.transaction { [schedule] in
                try ScheduleBook.replace([schedule], calendars: [rest], in: $0)
            }
            // The last working day had its own; nothing was moved to it that would fire.
            #expect(try await database.ledger("s") == [])
            let soon = days[12].ISO8601Format().prefix(10)
            let parts = soon.split(separator: "-").compactMap { Int($0) }
            schedule.cron = "0 9 \(parts[2]) \(parts[1]) *"
            try await database.pool.transaction { [schedule] in
                try ScheduleBook.replace([schedule], calendars: [rest], in: $0)
            }
            #expect(
                try await database.ledger("s") == [
                    "\(soon)T09:00 skipped the schedule began after its day; moved back from \(soon)T09:00 (rest)"
                ])
            #expect(try await database.states() == [:])
        }
    }

    @Test func `when a calendar changes, what was to come and is past by the new one is treated as missed, once`()
        async throws
    {
        try await JobsDatabase.with { database in
            // Saturday the 26th waits for Monday. On Sunday it turns out that Saturday was a make-up working day.
            let schedule = Self.monthly("0 9 26 12 *", .next)
            try await database.store(schedule, calendars: [Self.plain], at: "2026-12-20T00:00:00Z")
            #expect(try await database.fire(now: "2026-12-27T12:00:00Z") == [])
            let worked = try WorkingCalendar(name: "de", workdays: ["2026-12-26": "made up"])
            try await database.run("UPDATE ltc_jobs.schedules SET decided_until = '2026-12-27T12:00Z'")
            try await database.pool.transaction { try ScheduleBook.replace([schedule], calendars: [worked], in: $0) }
            #expect(try await database.states() == ["ready": 1])
            // Back again: it has fired.
            try await database.pool.transaction {
                try ScheduleBook.replace([schedule], calendars: [Self.plain], in: $0)
            }
            try await database.run("UPDATE ltc_jobs.schedules SET next_due = '2026-12-28T08:00Z'")
            #expect(try await database.fire(now: "2026-12-28T12:00:00Z") == [])
            #expect(try await database.states() == ["ready": 1])
        }
    }

    @Test func `a schedule without its calendar, and one that never fires, are refused`() async throws {
        try await JobsDatabase.with { database in
            for (schedule, why) in [
                (Self.monthly("0 9 * * *", .next), "there is no calendar 'de'"),
                (Self.monthly("0 9 * * sat", .skip), "never fires"),
            ] {
                let calendars = why == "never fires" ? [Self.plain] : []
                let error = await #expect(throws: ScheduleError.self) {
                    try await database.pool.transaction {
                        try ScheduleBook.replace([schedule], calendars: calendars, in: $0)
                    }
                }
                #expect(error?.reason.contains(why) == true)
            }
        }
    }

    @Test func `a calendar that no schedule follows any more goes with it, and a schedule comes back as it was stored`()
        async throws
    {
        try await JobsDatabase.with { database in
            let schedule = Self.monthly("0 9 * * *", .previous)
            try await database.store(schedule, calendars: [Self.plain], at: "2026-12-01T00:00:00Z")
            let entry = try await database.pool.transaction { try ScheduleBook.list(in: $0) }[0]
            #expect(entry.schedule == schedule && entry.calendar == Self.plain)
            try await database.pool.transaction { try ScheduleBook.replace([], in: $0) }
            try await database.run("DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM ltc_jobs.calendars); END $$")
        }
    }
}
