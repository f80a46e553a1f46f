import Automation
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct DunningGateTests {
    @Test func `a notice that was paid since is cancelled`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await office.receipt("B1", on: "2026-04-01", minor: 450_000, remittance: "R1")
            #expect(try await office.send() == [.cancel(reason: "paid")])
            #expect(try await office.texts("SELECT state || ' ' || reason FROM ltc.notices") == ["cancelled paid"])
            #expect(try await office.number("SELECT dunning_level FROM ltc.invoices") == 0)
        }
    }

    @Test func `a part that was paid since is no longer asked for, under the same approval`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.invoice("R2", due: "2026-03-10", minor: 20_000)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await office.receipt("B1", on: "2026-04-01", minor: 245_000, remittance: "R2")
            #expect(try await office.send() == [.send])
            // 2,250.00, interest through the run on the 4,500.00 that were open by then, and the fee.
            #expect(
                try await office.texts("SELECT state || ' ' || total_minor || ' ' || number FROM ltc.notices")
                    == ["sent 229568 DN-2026-000001"])
            #expect(try await office.texts("SELECT level::text FROM ltc.notice_items") == ["2"])
            let mail = try await office.texts("SELECT body FROM ltc.messages WHERE kind = 'dunning-notice'")
            #expect(mail[0].contains("2,295.68") && !mail[0].contains("4,745.68"))
            #expect(
                try await office.texts(
                    "SELECT dunning_level::text FROM ltc.invoices WHERE kind = 'invoice' ORDER BY number")
                    == ["2", "0"])
        }
    }

    @Test func `more than was approved is proposed again`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.receipt("B1", on: "2026-03-15", minor: 50_000)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            // The bank takes the payment back.
            try await office.script(
                """
                INSERT INTO ltc.allocations (receipt_id, invoice_id, team_id, currency, amount_minor, reason, effective_on)
                SELECT receipt_id, invoice_id, team_id, currency, -amount_minor, 'reversed', '2026-04-01'
                FROM ltc.allocations;
                DELETE FROM ltc.receipts WHERE false;
                UPDATE ltc.receipts SET amount_minor = 1
                """)
            #expect(try await office.send() == [.cancel(reason: "proposed_again")])
            #expect(
                try await office.texts("SELECT state || ' ' || coalesce(number, 'none') FROM ltc.notices")
                    == ["proposed DN-2026-000001"])
            // Who approves sees what is asked for now, and then it goes out.
            #expect(try await office.texts("SELECT open_minor::text FROM ltc.notices") == ["450000"])
            let approved = try await office.database.pool.transaction { db in
                try DunningDesk.approve(DunningDesk.find([], in: db), actor: "fay", at: Date(), in: db)
            }
            #expect(approved.map(\.open.minor) == [450_000] && approved.map(\.number) == ["DN-2026-000001"])
            #expect(try await office.send() == [.send])
        }
    }

    /// 4 April 2026 is a Saturday.
    @Test func `a mail that was held up waits for a working day`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.run(DunInvoices.self, on: "2026-04-02")
            let held = try await office.send(on: "2026-04-04")
            guard case .wait(let until) = held.first else {
                Issue.record("\(held)")
                return
            }
            #expect(AsOf.instant(until).day(in: "Europe/Berlin").description == "2026-04-06")
            #expect(try await office.texts("SELECT state FROM ltc.notices") == ["approved"])
            #expect(try await office.send(on: "2026-04-06") == [.send])
        }
    }

    @Test func `what goes out late gives its customer the same time, and the interval counts from then`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.run(DunInvoices.self, on: "2026-03-09")
            let standing = """
                SELECT n.pay_by - n.run_date || ' ' || coalesce(i.last_notice_on::text, '-') || ' ' || i.dunning_level
                FROM ltc.notices AS n, ltc.invoices AS i WHERE i.kind = 'invoice'
                """
            let asked = try await office.texts(standing)
            #expect(asked == ["7 - 0"])
            #expect(try await office.send(on: "2026-03-20") == [.send])
            #expect(try await office.texts(standing) == ["18 2026-03-20 1"])
            let next = try await office.run(DunInvoices.self, on: "2026-03-26")
            #expect(next.skipped.map(\.reason) == [.intervalNotOver])
            #expect(try await office.run(DunInvoices.self, on: "2026-03-27").notices.map(\.level) == [2])
        }
    }

    @Test(arguments: [("2026-04-01", DeliveryHooks.Verdict.cancel(reason: "on_hold")), ("2026-04-02", .send)])
    func `a hold counts on the day on which the letter goes out`(day: String, verdict: DeliveryHooks.Verdict)
        async throws
    {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await office.database.pool.transaction { db in
                _ = try DunningObstacleDesk.hold(
                    .invoice("R1"), until: CalendarDate("2026-04-01"), reason: "talks", actor: "fay",
                    asOf: .day(CalendarDate("2026-03-31")!), in: db)
            }
            #expect(try await office.send(on: day) == [verdict])
        }
    }

    @Test func `credit that came in since stops the letter`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await office.receipt("B1", on: "2026-04-01", minor: 450_000, isAllocated: false)
            #expect(try await office.send() == [.cancel(reason: "credit_covers")])
        }
    }
}
