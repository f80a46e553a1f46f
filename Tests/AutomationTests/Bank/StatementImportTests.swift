import Domain
import Foundation
import Testing

@testable import Automation

struct StatementImportTests {
    private typealias Payment = BankDay.Payment

    @Test func `a statement pays the invoices that it names, once, however often it comes`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("INV-1", due: "2026-02-01", minor: 10_000)
            let file = BankDay.file(
                BankDay.statement("S-1", closing: "100", [Payment(amount: "100.00", text: "INV-1").entry]))
            let first = try await day.take(file)
            #expect(first.outputs == [.init(kind: .receipts, rows: 1, taken: 1)])
            #expect(first.statements.map(\.state) == [.taken] && first.statements.map(\.receipts) == [1])
            let again = try await day.take(file)
            #expect(again.outputs == [.init(kind: .receipts, rows: 1, unchanged: 1)])
            #expect(again.statements.map(\.state) == [.alreadyImported])
            #expect(try await day.paid() == ["INV-1|10000|remittance"])
        }
    }

    @Test func `the same id with other content is refused, and changes nothing`() async throws {
        try await BankDay.with { day in
            try await day.take(BankDay.file(BankDay.statement("S-1", closing: "1", [Payment(amount: "1").entry])))
            let other = try await day.take(
                BankDay.file(BankDay.statement("S-1", closing: "2", [Payment(amount: "2").entry])))
            #expect(other.rejects.map(\.reject.reason) == [.alreadyDiffers])
            #expect(try await day.office.number("SELECT count(*) FROM ltc.receipts") == 1)
        }
    }

    @Test func `a statement that does not balance is refused by itself, and says by how much`() async throws {
        try await BankDay.with { day in
            let file = BankDay.file(
                BankDay.statement("S-1", closing: "1.05", [Payment(amount: "1").entry]),
                BankDay.statement("S-2", closing: "2", [Payment(amount: "2", reference: "B-2").entry]))
            let report = try await day.take(file)
            #expect(report.statements.map(\.state) == [.refused, .taken])
            #expect(report.rejects.map(\.reject.reason) == [.unbalanced])
            #expect(report.rejects[0].reject.text.contains("0.05 EUR") && report.rejects[0].line == 3)
            #expect(report.outputs == [.init(kind: .receipts, rows: 2, taken: 1, rejected: 1)])
        }
    }

    @Test func `an entry with too many digits takes its statement along, and both lines are told`() async throws {
        try await BankDay.with { day in
            let report = try await day.take(
                BankDay.file(BankDay.statement("S-1", closing: "1", [Payment(amount: "1.00001").entry])))
            #expect(report.rejects.map(\.reject.reason) == [.incompleteStatement, .tooManyDigits])
            #expect(try await day.office.number("SELECT count(*) FROM ltc.bank_statements") == 0)
        }
    }

    @Test func `a statement that comes again in another version of the standard changes nothing`() async throws {
        try await BankDay.with { day in
            let file = BankDay.file(BankDay.statement("S-1", closing: "30", [BankDay.Payment(amount: "30").entry]))
            try await day.take(file)
            let older = file.replacing("053.001.08", with: "053.001.02")
                .replacing("<Sts><Cd>BOOK</Cd></Sts>", with: "<Sts>BOOK</Sts>")
            #expect(try await day.take(older).rejects == [])
            #expect(try await day.office.number("SELECT count(*) FROM ltc.bank_entries") == 1)
        }
    }

    @Test func `an account that is nobody's is refused, unless the import is told whose it is`() async throws {
        try await BankDay.with { day in
            let file = BankDay.file(BankDay.statement("S-1", closing: "0", account: "NL26VAYB8060476890", []))
            #expect(try await day.take(file).rejects.map(\.reject.reason) == [.unknownAccount])
            let told = try await day.take(file) { $0.constants["creditor"] = "acme" }
            #expect(told.statements.map(\.state) == [.taken])
        }
    }

    @Test func `statements that overlap bring each entry once, and two that look alike are two`() async throws {
        try await BankDay.with { day in
            let twin = Payment(amount: "5", text: "rent").entry
            let known = Payment(amount: "7", reference: "B-7").entry
            try await day.take(BankDay.file(BankDay.statement("S-1", closing: "12", [twin, known])))
            let report = try await day.take(BankDay.file(BankDay.statement("S-2", closing: "17", [known, twin, twin])))
            #expect(report.outputs == [.init(kind: .receipts, rows: 3, taken: 1, unchanged: 2)])
            #expect(try await day.office.number("SELECT sum(amount_minor) FROM ltc.receipts") == 1700)
        }
    }

    @Test func `what looks alike in statements that follow one another is not the same money`() async throws {
        func statement(_ id: String, from opening: String, to closing: String, _ entries: [String]) -> String {
            BankDay.statement(id, closing: closing, entries)
                .replacing(">0</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>", with: ">\(opening)</Amt>\(Self.onTheDay)")
                .replacing(
                    ">\(closing)</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>", with: ">\(closing)</Amt>\(Self.onTheDay)")
        }
        let (twin, other) = (Payment(amount: "5", text: "rent").entry, Payment(amount: "1", text: "coffee").entry)
        let morning = statement("S-1", from: "0", to: "5", [twin])
        let noon = statement("S-2", from: "5", to: "6", [other])
        let evening = statement("S-3", from: "6", to: "16", [twin, twin])
        // The same morning and noon once more, in one; and a payment that goes back, and comes again.
        let half = statement("S-5", from: "0", to: "6", [twin, other])
        let back = Payment(amount: "5", sign: "DBIT", text: "rent").entry
        let nothing = statement("S-6", from: "100", to: "100", [twin, back])
        let again = statement("S-7", from: "100", to: "105", [twin])
        // The day again, in one statement.
        let day = statement("S-4", from: "0", to: "16", [twin, other, twin, twin])
        for (files, expected) in [
            ([morning, noon, evening, day], ["100", "500", "500", "500"]),
            ([morning + noon + evening, day], ["100", "500", "500", "500"]),
            ([morning + noon, evening + day], ["100", "500", "500", "500"]),
            ([morning, half, evening, day], ["100", "500", "500", "500"]), ([nothing, again], ["500", "500"]),
            ([noon, morning, evening], ["100", "500", "500", "500"]),
            ([evening, noon, morning], ["100", "500", "500", "500"]),
            ([evening + noon + morning], ["100", "500", "500", "500"]),
            ([nothing + again, again.replacing("S-7", with: "S-8")], ["500", "500"]),
        ] {
            try await BankDay.with { bank in
                for file in files { try await bank.take(BankDay.file(file)) }
                let amounts = try await bank.office.database.rows("SELECT amount_minor FROM ltc.receipts ORDER BY 1")
                #expect(amounts == expected)
            }
        }
    }

    @Test func `what the bank's reference names is the same, whatever the balances say`() async throws {
        let pay = Payment(amount: "5", reference: "B-1", text: "rent").entry
        let back = Payment(amount: "5", sign: "DBIT", reference: "B-2", text: "sweep").entry
        try await BankDay.with { bank in
            // The balance is nothing before and after.
            for id in ["S-1", "S-2"] {
                try await bank.take(BankDay.file(BankDay.statement(id, closing: "0", [pay, back])))
            }
            #expect(try await bank.office.number("SELECT sum(amount_minor) FROM ltc.receipts") == 500)
        }
    }

    @Test func `a batch written in another order is the same batch`() async throws {
        func batch(_ amounts: [String]) -> String {
            let details = amounts.map { "<TxDtls><Amt Ccy=\"EUR\">\($0)</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>" }
            return Payment(amount: "11", reference: "B-1").entry.replacing(
                /<NtryDtls>[\s\S]*<\/NtryDtls>/, with: "<NtryDtls>\(details.joined())</NtryDtls>")
        }
        try await BankDay.with { bank in
            try await bank.take(BankDay.file(BankDay.statement("S-1", closing: "11", [batch(["5", "6"])])))
            try await bank.take(BankDay.file(BankDay.statement("S-2", closing: "11", [batch(["6", "5"])])))
            #expect(try await bank.office.number("SELECT count(*) FROM ltc.receipts") == 2)
        }
    }

    @Test func `the sign of an entry decides, not that of its only transaction`() async throws {
        func entry(_ sign: String, _ detail: String, _ more: String = "", _ reference: String) -> String {
            Payment(amount: "5", sign: sign, reference: reference, endToEnd: "E-1", more: more).entry.replacing(
                "<TxDtls>", with: "<TxDtls><Amt Ccy=\"EUR\">5</Amt><CdtDbtInd>\(detail)</CdtDbtInd>")
        }
        try await BankDay.with { bank in
            let supplier = BankDay.statement("S-1", closing: "-5", [entry("DBIT", "CRDT", "", "B-1")])
                .replacing("-5</Amt><CdtDbtInd>CRDT", with: "5</Amt><CdtDbtInd>DBIT")
            try await bank.take(BankDay.file(supplier))
            #expect(try await bank.office.number("SELECT count(*) FROM ltc.receipts") == 0)
            // What goes back repeats the sign with which it came.
            let paid = entry("CRDT", "CRDT", "", "B-2")
            let back = entry("DBIT", "CRDT", "<RvslInd>true</RvslInd>", "B-3")
            try await bank.take(BankDay.file(BankDay.statement("S-2", closing: "5", [paid])))
            let returned = BankDay.statement("S-3", closing: "0", [back]).replacing(
                "<Amt Ccy=\"EUR\">0</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>\n<Bal><Tp><CdOrPrtry><Cd>CLBD",
                with: "<Amt Ccy=\"EUR\">5</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>\n<Bal><Tp><CdOrPrtry><Cd>CLBD")
            #expect(try await bank.take(BankDay.file(returned)).rejects.isEmpty)
            #expect(try await bank.office.number("SELECT count(*) FROM ltc.receipt_reversals") == 1)
            try await bank.take(
                BankDay.file(BankDay.statement("S-4", closing: "5", [entry("CRDT", "DBIT", "", "B-4")])))
            #expect(try await bank.waiting() == ["details_do_not_add_up"])
        }
    }

    private static let onTheDay = "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"

    @Test func `pages of one statement are taken one by one, and a statement that is written again is the same`()
        async throws
    {
        try await BankDay.with { day in
            func page(_ number: Int, from opening: String, to closing: String, _ amount: String) -> String {
                BankDay.statement("S-1", closing: closing, [Payment(amount: amount, reference: "B-\(number)").entry])
                    .replacing("<CreDtTm>", with: "<StmtPgntn><PgNb>\(number)</PgNb></StmtPgntn><CreDtTm>")
                    .replacing("OPBD", with: number == 1 ? "OPBD" : "ITBD").replacing(
                        "CLBD", with: number == 1 ? "ITBD" : "CLBD"
                    )
                    .replacing(">0</Amt>", with: ">\(opening)</Amt>")
            }
            let file = BankDay.file(page(1, from: "0", to: "10", "10"), page(2, from: "10", to: "30", "20"))
            let first = try await day.take(file)
            #expect(first.statements.map(\.state) == [.taken, .taken])
            let later = file.replacing("2026-03-02T18:00:00Z", with: "2026-03-03T06:00:00Z")
            let again = try await day.take(later)
            #expect(again.statements.map(\.state) == [.alreadyImported, .alreadyImported])
            let sum = try await day.office.number("SELECT sum(amount_minor) FROM ltc.receipts")
            #expect(sum == 3000)
        }
    }

    @Test func `a table and a statement about the same money bring it once, in either order`() async throws {
        let header = "reference,booked_on,amount,currency,iban,remittance\n"
        let rows = "B-1,2026-03-02,10,EUR,,\nX-9,2026-03-02,20,EUR,DE02120300000000202051,Rent  March\n"
        let file = BankDay.file(
            BankDay.statement(
                "S-1", closing: "30",
                [
                    Payment(amount: "10", reference: "B-1").entry,
                    Payment(amount: "20", text: "rent march", iban: "DE02120300000000202051").entry,
                ]))
        for inputs in [[header + rows, file], [file, header + rows]] {
            try await BankDay.with { day in
                for input in inputs { try await day.take(input) }
                #expect(try await day.office.number("SELECT sum(amount_minor) FROM ltc.receipts") == 3000)
            }
        }
    }

    @Test func `a second payment that looks like the first is none the less another one`() async throws {
        let (header, row) = ("reference,booked_on,amount,currency,iban,remittance\n", "2026-03-02,20,EUR,DE02,rent\n")
        try await BankDay.with { day in
            let payment = Payment(amount: "20", text: "rent", iban: "DE02").entry
            try await day.take(BankDay.file(BankDay.statement("S-1", closing: "20", [payment])))
            for table in ["X-1,", "X-1,", "X-2,", "X-2,"] { try await day.take(header + table + row) }
            #expect(try await day.office.number("SELECT sum(amount_minor) FROM ltc.receipts") == 4000)
        }
    }

    @Test func `what is not booked is counted and left`() async throws {
        try await BankDay.with { day in
            let pending = Payment(amount: "5").entry.replacing("BOOK", with: "PDNG")
            let report = try await day.take(BankDay.file(BankDay.statement("S-1", closing: "0", [pending])))
            #expect(report.left == ["PDNG": 1] && report.outputs == [.init(kind: .receipts)])
        }
    }

    @Test func `a broken file changes nothing at all`() async throws {
        try await BankDay.with { day in
            let text = BankDay.file(BankDay.statement("S-1", closing: "1", [Payment(amount: "1").entry]))
            await #expect(throws: Problem.self) { try await day.take(String(text.dropLast(20))) }
            let statements = try await day.office.number("SELECT count(*) FROM ltc.bank_statements")
            #expect(statements == 0)
        }
    }
}
