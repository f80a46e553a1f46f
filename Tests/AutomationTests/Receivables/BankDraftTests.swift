import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@Suite struct BankDraftTests {
    private static let receivedAt = Date(timeIntervalSince1970: 1_772_000_000)  // 2026-02-25

    /// A draft of 100.00 that matures on 30 April, for R2 of 60.00; R1 is older.
    private static func withDraft(_ body: (FinanceOffice) async throws -> Void) async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-20", minor: 9_000)
            try await office.invoice("R2", due: "2026-02-10", minor: 6_000, level: 1, noticed: "2026-02-16")
            try await office.script(
                """
                INSERT INTO ltc.receipts (
                    reference, creditor_id, customer_id, team_id, booked_on, currency, amount_minor, remittance, kind,
                    matures_on)
                SELECT 'D1', k.id, c.id, finance_team_id, '2026-02-20', 'EUR', 10000, 'R2', 'draft', '2026-04-30'
                FROM ltc.creditors AS k, ltc.customers AS c WHERE c.number = 'C1'
                """)
            let id = try await office.number("SELECT id FROM ltc.receipts")
            try await office.database.pool.transaction { db in
                _ = try AllocateReceipts.allocate([id], at: Self.receivedAt, in: db)
            }
            try await body(office)
        }
    }

    private func explain(_ office: FinanceOffice, _ number: String, on day: String) async throws -> InvoiceExplanation {
        try await office.database.pool.transaction { db in
            try ExplainInvoice.explain(number, asOf: .day(#require(CalendarDate(day))), now: Date(), in: db)
        }
    }

    private func ageing(_ office: FinanceOffice, on day: String) async throws -> [Int] {
        let found = try await office.database.pool.transaction { db in
            try AgeingStore.ageing(team: nil, on: #require(CalendarDate(day)), in: db).first
        }
        return [found?.owedMinor ?? 0, found?.unallocatedMinor ?? 0]
    }

    @Test func `until it matures what it is meant for is owed and not dunned`() async throws {
        try await Self.withDraft { office in
            #expect(try await office.number("SELECT count(*) FROM ltc.allocations") == 0)
            #expect(
                try await office.texts("SELECT reason || amount_minor FROM ltc.draft_covers ORDER BY id") == [
                    "remittance6000", "oldest_due4000",
                ])
            #expect(try await ageing(office, on: "2026-04-29") == [15_000, 0])
            let told = try await explain(office, "R2", on: "2026-03-10")
            #expect(told.decision.reason == .bankDraft)
            #expect(told.obstacles.map(\.kind) == ["draft"] && told.drafts.map(\.state) == ["held"])
            let report = try await office.run(DunInvoices.self, on: "2026-03-10", isPreview: true)
            #expect(report.notices.first?.invoices.map(\.number) == ["R1"])
            // What the draft is not meant for is asked for.
            #expect(report.notices.first?.open.minor == 5_000)
        }
    }

    @Test func `on its day it pays what it was meant for, and once`() async throws {
        try await Self.withDraft { office in
            // The run that lets it pay decides on what is left.
            let report = try await office.run(DunInvoices.self, on: "2026-04-30", isPreview: true)
            #expect(report.notices.map { $0.invoices.map(\.number) } == [["R1"]])
            #expect(report.notices.map(\.open.minor) == [5_000])
            try await office.run(DunInvoices.self, on: "2026-04-29")
            #expect(try await office.number("SELECT count(*) FROM ltc.allocations") == 0)
            try await office.run(DunInvoices.self, on: "2026-04-30")
            try await office.run(DunInvoices.self, on: "2026-05-01")
            #expect(
                try await office.texts(
                    "SELECT reason || amount_minor || ' ' || effective_on FROM ltc.allocations ORDER BY id")
                    == ["remittance6000 2026-04-30", "oldest_due4000 2026-04-30"])
            #expect(try await ageing(office, on: "2026-04-29") == [15_000, 0])
            #expect(try await ageing(office, on: "2026-04-30") == [5_000, 0])
        }
    }

    @Test func `dishonoured, it is owed again and dunned at the level that it had`() async throws {
        try await Self.withDraft { office in
            try await office.run(DunInvoices.self, on: "2026-04-30")
            let id = try await office.number("SELECT id FROM ltc.receipts")
            try await office.database.pool.transaction { db in
                try ReceiptDesk.reverse(
                    [id], reason: "dishonoured", actor: "fay", at: FinanceOffice.noon("2026-05-04"), in: db)
            }
            #expect(try await ageing(office, on: "2026-05-04") == [15_000, 0])
            let told = try await explain(office, "R2", on: "2026-05-20")
            #expect(told.level == 1 && told.decision.reason != .bankDraft && told.drafts.map(\.state) == ["reversed"])
        }
    }

    @Test func `given back before its day, it covers nothing`() async throws {
        try await Self.withDraft { office in
            let id = try await office.number("SELECT id FROM ltc.receipts")
            try await office.database.pool.transaction { db in
                try ReceiptDesk.reverse(
                    [id], reason: "given_back", actor: "fay", at: FinanceOffice.noon("2026-03-01"), in: db)
            }
            #expect(try await explain(office, "R2", on: "2026-03-10").decision.reason != .bankDraft)
            #expect(try await ageing(office, on: "2026-06-01") == [15_000, 0])
            try await office.run(DunInvoices.self, on: "2026-05-01")
            #expect(try await office.number("SELECT count(*) FROM ltc.allocations") == 0)
        }
    }

    @Test func `money that comes meanwhile pays, and the draft then pays the rest`() async throws {
        try await Self.withDraft { office in
            try await office.receipt("B1", on: "2026-03-15", minor: 6_000, remittance: "R2")
            try await office.database.pool.transaction { db in
                _ = try AllocateReceipts.mature(
                    through: #require(CalendarDate("2026-04-30")), actor: "fay", at: Date(), in: db)
            }
            #expect(
                try await office.texts("SELECT number || ' ' || open_minor FROM ltc.invoices ORDER BY number") == [
                    "R1 0", "R2 0",
                ])
            #expect(
                try await office.number("SELECT amount_minor - allocated_minor FROM ltc.receipts WHERE kind = 'draft'")
                    == 1_000)
        }
    }

    private func waiting(_ office: FinanceOffice, _ reference: String) async throws -> String {
        try await office.texts("SELECT coalesce(waiting, '-') FROM ltc.receipts WHERE reference = '\(reference)'").first
            ?? ""
    }

    private func cash(_ office: FinanceOffice, _ reference: String, of draft: String = "D1") async throws {
        let ids = try await office.texts(
            "SELECT id::text FROM ltc.receipts WHERE reference IN ('\(reference)', '\(draft)') ORDER BY reference = '\(draft)'"
        ).compactMap { Int($0) }
        try await office.database.pool.transaction { db in
            try ReceiptDesk.cash(ids[0], of: ids[1], actor: "fay", at: Date(), in: db)
        }
    }

    @Test(arguments: [true, false])
    func `its money in a bank's statement waits for a word, and then counts once`(hasPaid: Bool) async throws {
        try await Self.withDraft { office in
            if hasPaid { try await office.run(DunInvoices.self, on: "2026-04-30") }
            // In the bank's own name, and as the customer's.
            try await office.receipt("B1", of: nil, on: "2026-05-02", minor: 10_000)
            try await office.receipt("B2", on: "2026-05-02", minor: 10_000, remittance: "R2")
            #expect(try await [waiting(office, "B1"), waiting(office, "B2")] == ["draft_cash", "draft_cash"])
            #expect(
                try await office.texts(
                    "SELECT detail -> 'drafts' -> 0 ->> 'reference' FROM ltc.events WHERE reason = 'draft_cash'")
                    == ["D1", "D1"])
            // The two taken for each other: the draft, which may have paid, is not to be taken back.
            await #expect { try await cash(office, "D1", of: "B1") } throws: {
                ($0 as? Problem)?.code == "not_its_money"
            }
            try await cash(office, "B1")
            if !hasPaid { try await office.run(DunInvoices.self, on: "2026-05-03") }
            // The other one is not: of one draft there is one money.
            await #expect { try await cash(office, "B2") } throws: { ($0 as? Problem)?.code == "already_cashed" }
            #expect(try await ageing(office, on: "2026-05-02") == [5_000, 10_000])
            let other = try await office.number("SELECT id FROM ltc.receipts WHERE reference = 'B2'")
            try await office.database.pool.transaction { db in
                try ReceiptDesk.assign(other, customer: "C1", actor: "fay", at: Date(), in: db)
            }
            #expect(try await ageing(office, on: "2026-05-04") == [0, 5_000])
        }
    }

    private func drafted(_ reference: String, _ office: FinanceOffice) async throws {
        try await office.script(
            """
            INSERT INTO ltc.receipts (
                reference, creditor_id, customer_id, team_id, booked_on, currency, amount_minor, remittance, kind, matures_on)
            SELECT '\(reference)', k.id, c.id, finance_team_id, '2026-02-20', 'EUR', 9000, 'R1', 'draft', '2026-04-30'
            FROM ltc.creditors AS k, ltc.customers AS c WHERE c.number = 'C1'
            """)
    }

    @Test(arguments: [true, false])
    func `money that comes with its draft waits, whichever stands first`(isFirst: Bool) async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-20", minor: 9_000)
            try await office.invoice("R2", due: "2026-02-10", minor: 9_000)
            if isFirst { try await drafted("D1", office) }
            try await office.receipt("B1", on: "2026-04-30", minor: 9_000, remittance: "R1", isAllocated: false)
            if !isFirst { try await drafted("D1", office) }
            try await office.database.pool.transaction { db in
                _ = try AllocateReceipts.allocate([1, 2], at: FinanceOffice.noon("2026-04-30"), in: db)
            }
            #expect(try await waiting(office, "B1") == "draft_cash")
            #expect(
                try await office.texts("SELECT number || ' ' || open_minor FROM ltc.invoices ORDER BY number") == [
                    "R1 0", "R2 9000",
                ])
        }
    }

    @Test func `money of nobody that came before its draft is looked at again`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-20", minor: 9_000)
            try await office.receipt("B1", of: nil, on: "2026-04-30", minor: 9_000)
            #expect(try await waiting(office, "B1") == "unknown_customer")
            try await drafted("D1", office)
            let draft = try await office.number("SELECT id FROM ltc.receipts WHERE kind = 'draft'")
            try await office.database.pool.transaction { db in
                _ = try AllocateReceipts.allocate([draft], at: FinanceOffice.noon("2026-05-03"), in: db)
            }
            #expect(try await waiting(office, "B1") == "draft_cash")
            try await cash(office, "B1")
            #expect(try await ageing(office, on: "2026-05-03") == [0, 0])
        }
    }

    @Test func `a draft that is recorded after its money waits for a word, and counts once`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-20", minor: 9_000)
            try await office.invoice("R2", due: "2026-02-10", minor: 9_000)
            try await office.receipt("B1", on: "2026-05-02", minor: 9_000, remittance: "R1")
            try await drafted("D1", office)
            let draft = try await office.number("SELECT id FROM ltc.receipts WHERE kind = 'draft'")
            try await office.database.pool.transaction { db in
                _ = try AllocateReceipts.allocate([draft], at: FinanceOffice.noon("2026-05-03"), in: db)
            }
            #expect(try await waiting(office, "D1") == "draft_cash")
            #expect(
                try await office.texts(
                    "SELECT detail -> 'payments' -> 0 ->> 'reference' FROM ltc.events WHERE reason = 'draft_cash'")
                    == ["B1"])
            try await cash(office, "B1")
            #expect(try await ageing(office, on: "2026-05-02") == [9_000, 0])
            #expect(try await ageing(office, on: "2026-05-01") == [18_000, 0])
            #expect(
                try await office.texts("SELECT number || ' ' || open_minor FROM ltc.invoices ORDER BY number") == [
                    "R1 0", "R2 9000",
                ])
        }
    }

    @Test func `what is certainly other money pays at once`() async throws {
        try await Self.withDraft { office in
            try await office.run(DunInvoices.self, on: "2026-04-30")
            try await office.invoice("R3", due: "2026-04-10", minor: 10_000)
            try await office.invoice("S1", of: "C2", due: "2026-04-10", minor: 10_000)
            // Another invoice is named; another customer; before its day; too late after; another amount.
            try await office.receipt("B1", on: "2026-05-02", minor: 10_000, remittance: "R3")
            try await office.receipt("B2", of: "C2", on: "2026-05-02", minor: 10_000)
            try await office.receipt("B3", on: "2026-04-29", minor: 10_000)
            try await office.receipt("B4", on: "2026-06-15", minor: 10_000)
            try await office.receipt("B5", on: "2026-05-02", minor: 9_999)
            #expect(try await office.number("SELECT count(*) FROM ltc.receipts WHERE waiting IS NOT NULL") == 0)
            for reference in ["B2", "B3", "B5"] {
                await #expect(throws: Problem.self) { try await cash(office, reference) }
            }
        }
    }

    @Test func `a file's draft needs its day, and only a draft has one`() async throws {
        try await FinanceOffice.with { office in
            let trial = Trial(office.database)
            let file = """
                reference,booked_on,amount,currency,customer,kind,matures_on
                D1,2026-02-20,10,EUR,C1,draft,2026-05-20
                D2,2026-02-20,10,EUR,C1,draft,
                D3,2026-02-20,10,EUR,C1,,2026-05-20
                D4,2026-02-20,10,EUR,C1,draft,2026-02-19
                D5,2026-02-20,10,EUR,C1,cheque,
                """
            let report = try await trial.run(try trial.write(file), as: .receipts)
            #expect(
                report.rejects.map { "\($0.line) \($0.reject.column ?? "") \($0.reject.reason.rawValue)" } == [
                    "3 matures_on missing_value", "4 matures_on contradiction", "5 matures_on contradiction",
                    "6 kind unknown_value",
                ])
            #expect(
                try await office.texts("SELECT kind || ' ' || cash_on FROM ltc.receipts") == ["draft 2026-05-20"])
        }
    }
}
