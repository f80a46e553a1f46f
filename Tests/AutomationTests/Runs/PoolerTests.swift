import Automation
import TestSupport
import Testing

/// The automations through PgBouncer in transaction mode: nothing of theirs outlives a transaction.
@Suite(.timeLimit(.minutes(10))) struct PoolerTests {
    @Test func `leads are assigned and followed up`() async throws {
        try await Route.$current.withValue(.pooled) {
            try await SalesOffice.with { office in
                try await office.arrive(12)
                #expect(try await office.run(AssignLeads.self, at: "2026-03-02T09:00:00Z").assigned.count == 12)
                #expect(try await office.run(RemindFollowUps.self, at: "2026-03-02T13:00:00Z").reminders.count == 12)
                #expect(try await office.run(RemindFollowUps.self, at: "2026-03-02T13:15:00Z").reminders.isEmpty)
            }
        }
    }

    @Test func `renewals are announced and invoices dunned, previews before them`() async throws {
        try await Route.$current.withValue(.pooled) {
            try await FinanceOffice.with { office in
                try await office.invoice("R1", due: "2026-03-01")
                try await office.invoice("R2", of: "C2", due: "2026-03-20")
                try await office.script(
                    """
                    INSERT INTO ltc.contracts (number, customer_id, team_id, state, starts_on, ends_on, notice_period, renewal)
                    SELECT 'V1', c.id, t.id, 'performing', '2025-01-01', '2026-06-30', '1m', 'auto'
                    FROM ltc.customers AS c, ltc.teams AS t WHERE c.number = 'C1' AND t.code = 'sales'
                    """)
                for isPreview in [true, false] {
                    let alerts = try await office.run(AlertRenewals.self, on: "2026-05-20", isPreview: isPreview).alerts
                    #expect(alerts.map(\.recipient) == ["max"])
                    let notices = try await office.run(DunInvoices.self, on: "2026-03-31", isPreview: isPreview).notices
                    #expect(notices.map(\.customer) == ["C1", "C2"])
                }
                try await office.receipt("B1", on: "2026-04-01", minor: 450_000)
                #expect(try await office.send() == [.cancel(reason: "paid"), .send])
            }
        }
    }
}
