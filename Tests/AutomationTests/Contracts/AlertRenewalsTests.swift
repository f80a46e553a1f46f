import Automation
import Domain
import TestSupport
import Testing

@Suite struct AlertRenewalsTests {
    private func contract(
        _ office: FinanceOffice, _ number: String, ends: String?, renewal: String = "auto", notice: String = "1m",
        owner: String? = "sal", state: String = "performing"
    ) async throws {
        try await office.script(
            """
            INSERT INTO ltc.contracts (
                number, customer_id, team_id, owner_id, state, starts_on, ends_on, notice_period, renewal, amount_minor,
                currency, uplift_percent)
            SELECT '\(number)', c.id, t.id, (SELECT id FROM ltc.members WHERE code = '\(owner ?? "")'), '\(state)',
                '2025-01-01', \(ends.map { "'\($0)'" } ?? "NULL"), '\(notice)', '\(renewal)', 100000, 'EUR', 3.5
            FROM ltc.customers AS c, ltc.teams AS t WHERE c.number = 'C1' AND t.code = 'sales'
            """)
    }

    @Test func `the owner is told once a rung, and the opportunity is opened once a term`() async throws {
        try await FinanceOffice.with { office in
            // One month before Tuesday 30 June 2026 is Saturday 30 May, so Friday the 29th.
            try await contract(office, "V1", ends: "2026-06-30")
            var rungs: [[Int]] = []
            for day in ["2026-02-01", "2026-02-28", "2026-03-01", "2026-04-15", "2026-05-27", "2026-05-28"] {
                rungs.append(try await office.run(AlertRenewals.self, on: day).alerts.map(\.rung))
            }
            #expect(rungs == [[], [90], [], [60], [7], []])
            #expect(
                try await office.texts("SELECT title || ' ' || stage || ' ' || amount_minor FROM ltc.opportunities")
                    == ["Renewal of V1 needs 103500"])
            let alerts = try await office.texts(
                "SELECT notice_deadline || ' ' || (opportunity_id IS NOT NULL) FROM ltc.renewal_alerts ORDER BY id")
            #expect(alerts == ["2026-05-29 false", "2026-05-29 true", "2026-05-29 false"])
            let mails = try await office.texts("SELECT recipient || ' ' || subject FROM ltc.messages ORDER BY id")
            #expect(mails.count == 3 && mails.allSatisfy { $0.hasPrefix("sal@example.invalid 合同续约提醒：V1") })
        }
    }

    @Test func `a contract without an owner goes to the manager, and what is passed over has its reason`() async throws
    {
        try await FinanceOffice.with { office in
            try await contract(office, "V1", ends: "2026-06-30", owner: nil)
            try await contract(office, "V2", ends: "2026-06-30", renewal: "none")
            try await contract(office, "V3", ends: nil)
            try await contract(office, "V4", ends: "2026-06-30", state: "draft")
            try await contract(office, "V5", ends: "2027-06-30")
            let report = try await office.run(AlertRenewals.self, on: "2026-05-20")
            #expect(report.alerts.map(\.recipient) == ["max"])
            #expect(report.skipped.map(\.contract) == ["V2", "V3", "V5"])
            #expect(report.skipped.map(\.reason) == [.noRenewal, .noEnd, .notDue])
        }
    }

    @Test func `a preview leaves nothing and says what the run does`() async throws {
        try await FinanceOffice.with { office in
            try await contract(office, "V1", ends: "2026-06-30")
            let preview = try await office.run(AlertRenewals.self, on: "2026-05-20", isPreview: true)
            #expect(try await office.number("SELECT count(*) FROM ltc.renewal_alerts") == 0)
            #expect(try await office.number("SELECT count(*) FROM ltc.opportunities") == 0)
            let run = try await office.run(AlertRenewals.self, on: "2026-05-20")
            #expect(preview.counts == run.counts && run.alerts.count == 1)
        }
    }
}
