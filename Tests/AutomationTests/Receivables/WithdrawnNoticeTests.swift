import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// Notices that come back or are reversed, while others stand or wait.
@Suite struct WithdrawnNoticeTests {
    private static let address = "UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'"

    /// Mail, then letter; the second level by letter, the third too.
    private static func with(_ body: (FinanceOffice) async throws -> Void) async throws {
        var company = try FinanceOffice.company()
        company.dunning.procedures[0].levels[0].channels = [.mail, .letter]
        for index in 1...2 { company.dunning.procedures[0].levels[index].channels = [.letter, .legal] }
        try await FinanceOffice.with(company, body)
    }

    private static func reverse(_ office: FinanceOffice, _ notice: Int, on day: String) async throws {
        try await office.database.pool.transaction { db in
            _ = try DunningDesk.reverse([notice], reason: "wrong", actor: "fay", at: FinanceOffice.noon(day), in: db)
        }
    }

    private static func confirm(_ office: FinanceOffice, _ notice: Int, on day: String) async throws {
        let day = try #require(CalendarDate(day))
        try await office.database.pool.transaction { db in
            _ = try DunningDesk.confirm([notice], on: day, actor: "fay", asOf: .day(day), in: db)
        }
    }

    private static let reached = """
        SELECT dunning_level || ' ' || coalesce(last_notice_on::text, '-') FROM ltc.invoices WHERE kind = 'invoice'
            ORDER BY number
        """

    @Test(arguments: [[1, 2], [2, 1]])
    func `two notices that are reversed leave nothing, in either order`(order: [Int]) async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            for day in ["2026-03-10", "2026-03-23"] {
                try await office.run(DunInvoices.self, on: day)
                #expect(try await office.send() == [.send])
            }
            #expect(try await office.texts(Self.reached) == ["2 2026-03-23"])
            try await Self.reverse(office, order[0], on: "2026-03-24")
            #expect(try await office.texts(Self.reached) == [order[0] == 1 ? "2 2026-03-23" : "1 2026-03-10"])
            // What a notice said stays as it was said.
            let said = try await office.texts(
                "SELECT level_before || ' ' || level FROM ltc.notice_items ORDER BY notice_id")
            #expect(said == ["0 1", "1 2"])
            try await Self.reverse(office, order[1], on: "2026-03-24")
            #expect(try await office.texts(Self.reached) == ["0 -"])
        }
    }

    @Test func `a level that another ledger knows stays when ours is reversed`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.run(DunInvoices.self, on: "2026-03-10")
            #expect(try await office.send() == [.send])
            try await office.script("UPDATE ltc.invoices SET dunning_level = 2, last_notice_on = '2026-03-15'")
            try await Self.reverse(office, 1, on: "2026-03-23")
            #expect(try await office.texts(Self.reached) == ["2 2026-03-15"])
        }
    }

    @Test func `a bounce reaches the letter that waits, and who has it in hand is asked again`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.script(Self.address)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await Self.confirm(office, 1, on: "2026-03-31")
            try await office.run(DunInvoices.self, on: "2026-04-15")
            let waiting = "SELECT state || ' ' || level || ' ' || charges_minor FROM ltc.notices WHERE id = 2"
            #expect(try await office.texts(waiting) == ["approved 3 4568"])
            try await office.script("UPDATE ltc.messages SET state = 'accepted' WHERE subject_id = 2")
            try await office.database.pool.transaction { db in
                _ = try DunningDesk.returned(
                    [1], reason: "returned", actor: "fay", at: FinanceOffice.noon("2026-04-16"), in: db)
            }
            #expect(try await office.texts(waiting) == ["approved 2 0"])
            #expect(try await office.texts("SELECT state FROM ltc.notices WHERE id = 1") == ["cancelled"])
            let tasks =
                "SELECT state FROM ltc.messages WHERE subject_kind = 'dunning-task' AND subject_id = 2 ORDER BY id"
            #expect(try await office.texts(tasks) == ["accepted", "queued"])
            #expect(try await office.drafts(of: "dunning-task").last?.contains("computed again") == true)
        }
    }

    @Test func `a proposal that a reversal lowers takes the way of its new level`() async throws {
        var company = try FinanceOffice.company()
        company.dunning.procedures[0].levels[1].channels = [.mail, .letter]
        company.dunning.procedures[0].levels[2].channels = [.letter]
        company.dunning.approvalAbove = [Money(minor: 100, currency: Currency("EUR")!)]
        try await FinanceOffice.with(company) { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.script(Self.address)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            try await office.database.pool.transaction { db in
                _ = try DunningDesk.approve([1], actor: "fay", at: FinanceOffice.noon("2026-03-31"), in: db)
            }
            #expect(try await office.send() == [.send])
            try await office.run(DunInvoices.self, on: "2026-04-15")
            let waiting = "SELECT state || ' ' || level || ' ' || channel FROM ltc.notices WHERE id = 2"
            #expect(try await office.texts(waiting) == ["proposed 3 letter"])
            try await Self.reverse(office, 1, on: "2026-04-15")
            #expect(try await office.texts(waiting) == ["proposed 2 mail"])
        }
    }

    @Test func `money for a letter pays its charges before what is not due`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.invoice("R2", due: "2026-04-25", minor: 3_000)
            try await office.script(Self.address)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            // The charges of 45.68, and 4.32 more, which pay something of R2.
            try await office.receipt("T1", on: "2026-04-01", minor: 455_000, remittance: "R1")
            let open = "SELECT kind || ' ' || open_minor FROM ltc.invoices ORDER BY kind, number"
            #expect(try await office.texts(open) == ["invoice 0", "invoice 0"])
            try await Self.confirm(office, 1, on: "2026-04-01")
            #expect(try await office.texts(open) == ["fee 0", "interest 0", "invoice 0", "invoice 2568"])
            #expect(try await office.number("SELECT amount_minor - allocated_minor FROM ltc.receipts") == 0)
        }
    }
}
