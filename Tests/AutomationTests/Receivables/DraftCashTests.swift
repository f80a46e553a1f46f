import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// The money of a draft in a bank's statement brings it a second time.
@Suite struct DraftCashTests {
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
        try await BankDraftTests.withDraft { office in
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
            #expect(try await BankDraftTests.ageing(office, on: "2026-05-02") == [5_000, 10_000])
            let other = try await office.number("SELECT id FROM ltc.receipts WHERE reference = 'B2'")
            try await office.database.pool.transaction { db in
                try ReceiptDesk.assign(other, customer: "C1", actor: "fay", at: Date(), in: db)
            }
            #expect(try await BankDraftTests.ageing(office, on: "2026-05-04") == [0, 5_000])
        }
    }

    private func drafted(
        _ reference: String, _ office: FinanceOffice, of customer: String? = "C1", remittance: String = "R1"
    ) async throws {
        try await office.draft(
            reference, of: customer, on: "2026-02-20", minor: 9_000, matures: "2026-04-30", remittance: remittance,
            isAllocated: false)
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
            #expect(try await BankDraftTests.ageing(office, on: "2026-05-03") == [0, 0])
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
            #expect(try await BankDraftTests.ageing(office, on: "2026-05-02") == [9_000, 0])
            #expect(try await BankDraftTests.ageing(office, on: "2026-05-01") == [18_000, 0])
            #expect(
                try await office.texts("SELECT number || ' ' || open_minor FROM ltc.invoices ORDER BY number") == [
                    "R1 0", "R2 9000",
                ])
        }
    }

    @Test func `what is certainly other money pays at once`() async throws {
        try await BankDraftTests.withDraft { office in
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

    @discardableResult
    private func assign(_ reference: String, _ office: FinanceOffice) async throws -> PaymentMatch.Waiting? {
        let id = try await office.number("SELECT id FROM ltc.receipts WHERE reference = '\(reference)'")
        return try await office.database.pool.transaction { db in
            try ReceiptDesk.assign(id, customer: "C1", actor: "fay", at: FinanceOffice.noon("2026-05-03"), in: db)
        }
    }

    private func record(_ reference: String, _ office: FinanceOffice) async throws {
        let id = try await office.number("SELECT id FROM ltc.receipts WHERE reference = '\(reference)'")
        try await office.database.pool.transaction { db in
            _ = try AllocateReceipts.allocate([id], at: FinanceOffice.noon("2026-05-03"), in: db)
        }
    }

    @Test(arguments: ["R1", ""])
    func `a draft of nobody that is recorded after its money counts once`(remittance: String) async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-20", minor: 9_000)
            try await office.invoice("R2", due: "2026-02-10", minor: 9_000)
            try await office.receipt("B1", on: "2026-05-02", minor: 9_000, remittance: "R1")
            try await drafted("D1", office, of: nil, remittance: remittance)
            try await record("D1", office)
            // The invoice that it names tells whose it is, though it is paid; otherwise a person does.
            if remittance.isEmpty {
                #expect(try await waiting(office, "D1") == "unknown_customer")
                #expect(try await assign("D1", office) == .draftCash)
            }
            #expect(try await waiting(office, "D1") == "draft_cash")
            #expect(try await BankDraftTests.ageing(office, on: "2026-05-03") == [9_000, 9_000])
            try await cash(office, "B1")
            #expect(try await BankDraftTests.ageing(office, on: "2026-05-03") == [9_000, 0])
        }
    }

    @Test func `who was told that it may be a draft's and assigns it says that it is not`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-20", minor: 9_000)
            try await office.invoice("R2", due: "2026-02-10", minor: 9_000)
            try await office.receipt("B1", on: "2026-05-02", minor: 9_000, remittance: "R1")
            try await drafted("D1", office, of: nil, remittance: "")
            try await record("D1", office)
            #expect(try await assign("D1", office) == .draftCash)
            #expect(try await assign("D1", office) == nil)
            #expect(try await BankDraftTests.ageing(office, on: "2026-05-03") == [0, 0])
        }
    }

    @Test func `of a draft and a payment that nobody could place, the second waits when both are placed`() async throws
    {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-20", minor: 9_000)
            try await office.invoice("R2", due: "2026-02-10", minor: 9_000)
            try await office.receipt("B1", of: nil, on: "2026-05-02", minor: 9_000)
            try await drafted("D1", office, of: nil, remittance: "")
            try await record("D1", office)
            #expect(
                try await [waiting(office, "B1"), waiting(office, "D1")] == ["unknown_customer", "unknown_customer"])
            #expect(try await assign("B1", office) == nil)
            #expect(try await assign("D1", office) == .draftCash)
        }
    }

    @Test func `the money of a draft of nobody is told, and the draft pays nothing`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-20", minor: 9_000)
            try await office.receipt("B1", on: "2026-05-02", minor: 9_000, remittance: "R1")
            try await drafted("D1", office, of: nil, remittance: "")
            try await record("D1", office)
            try await cash(office, "B1")
            #expect(try await waiting(office, "D1") == "-")
            #expect(try await BankDraftTests.ageing(office, on: "2026-05-03") == [0, 0])
        }
    }

    @Test func `a draft that comes later is named to what waits already`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-20", minor: 9_000)
            try await office.invoice("R2", due: "2026-02-10", minor: 9_000)
            try await drafted("D1", office)
            try await record("D1", office)
            try await office.receipt("B1", of: nil, on: "2026-05-02", minor: 9_000)
            try await drafted("D2", office, remittance: "R2")
            try await record("D2", office)
            #expect(
                try await office.texts(
                    """
                    SELECT detail -> 'drafts' #>> '{0,reference}' || ' ' || coalesce(detail -> 'drafts' #>> '{1,reference}', '-')
                    FROM ltc.events WHERE reason = 'draft_cash' ORDER BY id
                    """) == ["D1 -", "D1 D2"])
        }
    }
}
