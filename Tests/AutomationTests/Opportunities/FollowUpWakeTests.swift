import Automation
import Domain
import Foundation
import Jobs
import Postgres
import TestSupport
import Testing

/// The daemon sleeps until the next follow-up is due.
@Suite(.timeLimit(.minutes(10))) struct FollowUpWakeTests {
    private func run<A: Automated>(
        _ automation: A.Type, at instant: String, followsClock: Bool = true, isPreview: Bool = false,
        in office: SalesOffice
    ) async throws {
        let request = RunRequest(
            asOf: .instant(try Date(instant, strategy: .iso8601)), actor: "test", isPreview: isPreview,
            followsClock: followsClock)
        _ = try await AutomationRunner(pool: office.database.pool, logger: TestDatabase.logger).run(automation, request)
    }

    /// Team and time of each job that waits to look.
    private func wakes(_ office: SalesOffice) async throws -> [String] {
        try await office.texts(
            """
            SELECT arguments ->> 'team' || ' ' || to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
            FROM ltc_jobs.jobs WHERE kind = 'remind-follow-ups' AND state = 'waiting' ORDER BY 1
            """)
    }

    @Test func `an assigned lead has its team's follow-ups looked at when its first response is due`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(3, until: "2035-03-05T09:00:00Z")
            try await office.arrive(1, region: "China", until: "2035-03-05T09:00:00Z")
            try await run(AssignLeads.self, at: "2035-03-05T09:00:00Z", isPreview: true, in: office)
            #expect(try await wakes(office) == [])
            // Four working hours: from ten in Berlin, and, the day being over in Shanghai, on the next one there.
            try await run(AssignLeads.self, at: "2035-03-05T09:00:00Z", in: office)
            #expect(try await wakes(office) == ["apac 2035-03-06T05:00:00", "emea 2035-03-05T13:00:00"])
        }
    }

    @Test func `a later one does not put off an earlier look, an earlier one brings it forward`() async throws {
        try await SalesOffice.with { office in
            for (instant, due) in [("10:00", "14:00"), ("11:00", "14:00"), ("09:00", "13:00")] {
                try await office.arrive(1, until: "2035-03-05T09:00:00Z")
                try await run(AssignLeads.self, at: "2035-03-05T\(instant):00Z", in: office)
                #expect(try await wakes(office) == ["emea 2035-03-05T\(due):00"])
            }
        }
    }

    @Test func `each look says when the next one is due, and one dated by hand says nothing`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(1, until: "2035-03-05T09:00:00Z")
            try await run(AssignLeads.self, at: "2035-03-05T09:00:00Z", followsClock: false, in: office)
            try await run(RemindFollowUps.self, at: "2035-03-05T09:00:00Z", followsClock: false, in: office)
            #expect(try await wakes(office) == [])
            try await run(RemindFollowUps.self, at: "2035-03-05T09:30:00Z", in: office)
            #expect(try await wakes(office) == ["emea 2035-03-05T13:00:00"])
            // Claimed by its time: reminded now, escalated a working day later.
            try await office.script("DELETE FROM ltc_jobs.jobs; DELETE FROM ltc_jobs.unique_keys")
            try await run(RemindFollowUps.self, at: "2035-03-05T13:00:00Z", in: office)
            try await office.script("DELETE FROM ltc_jobs.jobs; DELETE FROM ltc_jobs.unique_keys")
            try await run(RemindFollowUps.self, at: "2035-03-05T13:00:01Z", in: office)
            #expect(try await wakes(office) == ["emea 2035-03-06T13:00:00"])
            #expect(try await office.count("SELECT count(*) FROM ltc.reminders") == 1)
        }
    }
}
