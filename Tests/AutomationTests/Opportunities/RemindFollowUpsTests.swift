import Automation
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

struct RemindFollowUpsTests {
    private let assigned = "2026-03-02T09:00:00Z"

    private func said(_ office: SalesOffice) async throws -> [String] {
        try await office.texts(
            """
            SELECT r.kind || ' ' || r.subject_kind || ' ' || m.code || ' ' || r.state || coalesce(' ' || r.reason, '')
            FROM ltc.reminders AS r JOIN ltc.members AS m ON m.id = r.member_id ORDER BY r.id
            """)
    }

    @Test func `an owner is reminded once, the manager hears once, and nothing more is said`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(1)
            try await office.run(AssignLeads.self, at: assigned)
            for (asOf, reminders) in [
                ("2026-03-02T12:59:59Z", 0), ("2026-03-02T13:00:00Z", 1), ("2026-03-02T13:15:00Z", 0),
                ("2026-03-03T12:59:59Z", 0), ("2026-03-03T13:00:00Z", 1), ("2026-03-03T13:15:00Z", 0),
                ("2026-04-01T13:00:00Z", 0),
            ] {
                let report = try await office.run(RemindFollowUps.self, at: asOf)
                #expect(report.reminders.count == reminders, "at \(asOf)")
            }
            #expect(try await said(office) == ["reminder lead ada escalated", "escalation lead mia due"])
            #expect(
                try await office.texts("SELECT kind || ' ' || recipient FROM ltc.messages ORDER BY id") == [
                    "lead-assigned ada@example.invalid", "reminder ada@example.invalid",
                    "escalation mia@example.invalid",
                ])
        }
    }

    @Test func `activity answers a reminder, and the next standstill is a new occurrence`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(1)
            try await office.run(AssignLeads.self, at: assigned)
            try await office.run(RemindFollowUps.self, at: "2026-03-02T13:00:00Z")
            try await office.script(
                """
                INSERT INTO ltc.activities (subject_kind, subject_id, kind, happened_at)
                SELECT 'lead', id, 'call', '2026-03-02T14:00:00Z' FROM ltc.leads
                """)
            let quiet = try await office.run(RemindFollowUps.self, at: "2026-03-03T09:00:00Z")
            #expect(quiet.reminders.isEmpty)
            #expect(quiet.nextDueAt == (try Date("2026-03-03T10:00:00Z", strategy: .iso8601)))
            #expect(try await said(office) == ["reminder lead ada acknowledged activity"])
            try await office.run(RemindFollowUps.self, at: "2026-03-03T10:00:00Z")
            #expect(try await said(office).suffix(1) == ["reminder lead ada due"])
        }
    }

    @Test func `a lead that is done, or has a new owner, needs no old reminder`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(2)
            try await office.run(AssignLeads.self, at: assigned)
            try await office.run(RemindFollowUps.self, at: "2026-03-02T13:00:00Z")
            try await office.script(
                """
                UPDATE ltc.leads SET state = 'qualified' WHERE id = (SELECT min(id) FROM ltc.leads);
                UPDATE ltc.leads SET owner_id = (SELECT id FROM ltc.members WHERE code = 'eve')
                WHERE id = (SELECT max(id) FROM ltc.leads);
                INSERT INTO ltc.events (subject_kind, subject_id, kind, to_member, effective_at)
                SELECT 'lead', id, 'lead_assigned', owner_id, '2026-03-02T13:30:00Z' FROM ltc.leads WHERE state = 'assigned'
                """)
            try await office.run(RemindFollowUps.self, at: "2026-03-02T14:00:00Z")
            #expect(
                try await said(office) == [
                    "reminder lead ada cancelled closed", "reminder lead bob cancelled reassigned",
                ])
            try await office.run(RemindFollowUps.self, at: "2026-03-03T10:00:00Z")
            #expect(try await said(office).last == "reminder lead eve due")
        }
    }

    @Test func `many at once are one mail, and each is a reminder of its own`() async throws {
        try await SalesOffice.with { office in
            try await office.script(
                """
                INSERT INTO ltc.opportunities (external_id, title, team_id, owner_id, stage, opened_on, amount_minor, currency)
                SELECT 'O' || n, 'Deal ' || n, t.id, m.id, CASE n WHEN 40 THEN 'won' ELSE 'proposal' END,
                    CASE n WHEN 39 THEN NULL ELSE date '2026-01-05' END, 100, 'EUR'
                FROM generate_series(1, 40) AS n, ltc.teams AS t, ltc.members AS m WHERE t.code = 'apac' AND m.code = 'wang'
                """)
            let report = try await office.run(RemindFollowUps.self, at: "2026-03-02", team: "apac")
            #expect(report.reminders.count == 39)
            #expect(
                try await office.texts("SELECT subject_kind || ' ' || subject FROM ltc.messages") == ["run 有39项待跟进"])
            #expect(try await office.run(RemindFollowUps.self, at: "2026-03-02").reminders.isEmpty)
        }
    }

    @Test func `four runs at once say each thing once`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(300)
            try await office.run(AssignLeads.self, at: assigned)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 { group.addTask { _ = try await office.run(RemindFollowUps.self, at: "2026-03-02") } }
                try await group.waitForAll()
            }
            #expect(try await office.count("SELECT count(*) FROM ltc.reminders") == 300)
            #expect(try await office.count("SELECT count(*) FROM ltc.events WHERE kind = 'reminder_due'") == 300)
            #expect(try await office.count("SELECT count(*) FROM ltc.messages WHERE kind = 'reminder'") == 3)
        }
    }

    @Test func `a preview is the run, and leaves nothing`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(5)
            try await office.run(AssignLeads.self, at: assigned)
            let preview = try await office.run(RemindFollowUps.self, at: "2026-03-02", isPreview: true)
            #expect(try await office.count("SELECT count(*) FROM ltc.reminders") == 0)
            let run = try await office.run(RemindFollowUps.self, at: "2026-03-02")
            #expect(preview.reminders == run.reminders && run.reminders.count == 5)
        }
    }

    /// Every day of 2026, a lead arrives on some, and nobody ever answers.
    @Test func `through a year nothing is doubled, nothing lost, and nothing said on a day off`() async throws {
        try await SalesOffice.with { office in
            let first = try #require(CalendarDate("2026-01-01"))
            var leads = 0
            for day in (0..<365).map({ first.adding(days: $0) }) {
                if day.day % 5 == 0 {
                    try await office.arrive(1, until: "\(day)T11:00:00Z")
                    leads += 1
                }
                try await office.run(AssignLeads.self, at: "\(day)T11:00:01Z")
                let report = try await office.run(RemindFollowUps.self, at: "\(day)")
                let isOff = day.weekday > 5 || day.description == "2026-05-01"
                #expect(!isOff || report.reminders.isEmpty, "something was said on \(day)")
            }
            #expect(try await office.count("SELECT count(*) FROM ltc.leads WHERE state = 'assigned'") == leads)
            let kinds = try await office.texts(
                "SELECT kind || ' ' || count(*) FROM ltc.reminders GROUP BY kind ORDER BY 1")
            // The lead of 30 December is due on the 31st, and escalated in the new year.
            #expect(kinds == ["escalation \(leads - 1)", "reminder \(leads)"])
            let repeated =
                "SELECT count(*) FROM (SELECT FROM ltc.reminders GROUP BY subject_id, kind HAVING count(*) > 1) AS r"
            #expect(try await office.count(repeated) == 0)
        }
    }
}
