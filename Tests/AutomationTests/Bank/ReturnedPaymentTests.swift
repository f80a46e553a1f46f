import Automation
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

/// Money that goes back.
struct ReturnedPaymentTests {
    private typealias Payment = BankDay.Payment

    private static func file(_ payments: [Payment], closing: String, id: String = "S-1") -> String {
        BankDay.file(BankDay.statement(id, closing: closing, payments.map(\.entry)))
    }

    @Test func `a reversal opens the invoice again at its level, and the ledger is what it was`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 3000, level: 2, noticed: "2026-02-15")
            try await day.take(Self.file([Payment(amount: "30", endToEnd: "E-1", text: "A-1")], closing: "30"))
            #expect(try await day.office.number("SELECT open_minor FROM ltc.invoices") == 0)
            let back = Payment(
                amount: "30", sign: "DBIT", endToEnd: "E-1", more: "<RvslInd>true</RvslInd>", day: "2026-03-05")
            let file = Self.file([Payment(amount: "30", reference: "other"), back], closing: "0", id: "S-2")
            let report = try await day.take(file)
            #expect(report.rejects == [] && report.waiting == ["unknown_customer": 1])
            try await day.take(file)
            #expect(try await day.paid() == ["A-1|3000|remittance", "A-1|-3000|reversed"])
            #expect(
                try await day.office.database.rows("SELECT open_minor, dunning_level, last_notice_on FROM ltc.invoices")
                    == ["3000|2|2026-02-15"])
            let rest = try await day.office.database.rows(
                "SELECT allocated_minor - amount_minor, waiting FROM ltc.receipts ORDER BY id LIMIT 1")
            #expect(rest == ["0|"])
        }
    }

    @Test func `a reversal that finds no receipt, or another amount, waits for a person`() async throws {
        try await BankDay.with { day in
            let first = Payment(amount: "50", endToEnd: "E-1")
            let other = Payment(amount: "20", sign: "DBIT", endToEnd: "E-1", more: "<RvslInd>true</RvslInd>")
            let stray = Payment(amount: "30", sign: "DBIT", endToEnd: "E-9", more: "<RvslInd>true</RvslInd>")
            let report = try await day.take(Self.file([first, other, stray], closing: "0"))
            #expect(
                report.waiting == [
                    "unknown_customer": 1, "reversal_of_another_amount": 1, "reversal_without_receipt": 1,
                ])
            let (receipt, entry) = (
                try await day.office.number("SELECT id FROM ltc.receipts"),
                try await day.office.number("SELECT id FROM ltc.bank_entries WHERE end_to_end = 'E-9'")
            )
            func reverse() async throws -> ReceiptDesk.Reversed {
                try await day.office.database.pool.transaction { db in
                    try ReceiptDesk.reverse(
                        [receipt], reason: "recalled", entry: entry, actor: "fay", at: FinanceOffice.noon("2026-04-01"),
                        in: db)
                }
            }
            let effective = try await reverse()
            // 30.00 of 50.00 went back.
            #expect(effective.day == CalendarDate("2026-03-02") && effective.rest?.amount.amount == "20.00")
            await #expect(throws: Problem.self) { try await reverse() }
            #expect(try await day.waiting() == ["unknown_customer"])
        }
    }

    @Test func `a part that goes back leaves the rest where it was`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 3000)
            try await day.office.invoice("A-2", due: "2026-01-02", minor: 3000)
            let paid = Payment(amount: "60", endToEnd: "E-1", text: "A-2, A-1")
            let back = Payment(
                amount: "43", sign: "DBIT", endToEnd: "E-1",
                more: "<RvslInd>true</RvslInd><Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">3</TtlChrgsAndTaxAmt></Chrgs>",
                day: "2026-03-05")
            try await day.take(Self.file([paid, back], closing: "17"))
            let entry = try await day.office.number("SELECT id FROM ltc.bank_entries WHERE kind = 'reversal'")
            let reversed = try await day.office.database.pool.transaction { db in
                try ReceiptDesk.reverse(
                    [1], reason: "partial_return", entry: entry, actor: "fay", at: FinanceOffice.noon("2026-03-05"),
                    in: db)
            }
            #expect(reversed.rest?.amount.amount == "20.00")
            let open = try await day.office.database.rows("SELECT number, open_minor FROM ltc.invoices ORDER BY number")
            #expect(open == ["A-1|3000", "A-2|1000"])
            // Until it went back it had all been paid.
            for (date, owed) in [("2026-03-04", 0), ("2026-03-05", 4000)] {
                let minor = try await day.office.number(
                    "SELECT coalesce(sum(open_minor), 0) FROM ltc.open_items('\(date)', NULL, NULL, NULL)")
                #expect(minor == owed)
            }
        }
    }

    /// A-1 is paid, the money goes back, and it is paid again: however the bank cuts it into files.
    @Test(
        arguments: [[[0, 1, 2]], [[0], [1], [2]], [[0], [1, 2]], [[0, 1], [2]], [[0, 2], [1]]], [false, true])
    func `what is paid again after its money went back is paid`(files: [[Int]], isOfOneDay: Bool) async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 10_000)
            let days =
                isOfOneDay ? ["2026-03-02", "2026-03-03", "2026-03-03"] : ["2026-03-02", "2026-03-03", "2026-03-04"]
            let entries = [
                Payment(amount: "100", endToEnd: "E-1", text: "A-1", day: days[0]),
                Payment(
                    amount: "100", sign: "DBIT", endToEnd: "E-1", more: "<RvslInd>true</RvslInd>", day: days[1]),
                Payment(amount: "100", endToEnd: "E-2", text: "A-1", day: days[2]),
            ]
            for (number, file) in files.enumerated() {
                // Each brings what makes its balance nothing.
                let sum = file.reduce(0) { $0 + ($1 == 1 ? -100 : 100) }
                let others = sum < 0 ? [Payment(amount: "100", reference: "other", text: "x")] : []
                let report = try await day.take(
                    Self.file(others + file.map { entries[$0] }, closing: "\(max(sum, 0))", id: "S-\(number)"))
                #expect(report.rejects == [])
            }
            #expect(try await day.office.number("SELECT open_minor FROM ltc.invoices") == 0)
            let paid = try await day.office.database.rows(
                """
                SELECT e.end_to_end, sum(a.amount_minor) FROM ltc.allocations AS a JOIN ltc.bank_entries AS e USING (receipt_id)
                GROUP BY e.end_to_end HAVING sum(a.amount_minor) <> 0
                """)
            #expect(paid == ["E-2|10000"])
        }
    }

    /// What was idle before a return stays so, also where another one came earlier; who paid is known though it went back.
    @Test(arguments: [[0..<5, 5..<7], [0..<2, 2..<5, 5..<7], [0..<2, 2..<3, 3..<5, 5..<6, 6..<7], [0..<7]])
    func `each return opens the way on its own day`(files: [Range<Int>]) async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 30_000)
            try await day.office.invoice("A-2", due: "2026-01-02", minor: 20_000)
            try await day.office.invoice("B-1", of: "C2", due: "2026-01-02", minor: 40_000)
            let (mine, theirs) = ("DE02120300000000202051", "DE02500105170137075030")
            func back(_ amount: String, _ reference: String, on day: String) -> Payment {
                Payment(amount: amount, sign: "DBIT", endToEnd: reference, more: "<RvslInd>true</RvslInd>", day: day)
            }
            let entries = [
                Payment(amount: "300", endToEnd: "E-1", text: "A-1", iban: mine, day: "2026-03-02"),
                Payment(amount: "200", endToEnd: "E-2", text: "A-2", iban: mine, day: "2026-03-02"),
                back("300", "E-1", on: "2026-03-03"),
                Payment(amount: "400", endToEnd: "E-4", text: "A-1", iban: mine, day: "2026-03-03"),
                Payment(amount: "400", endToEnd: "E-5", text: "B-1", iban: theirs, day: "2026-03-03"),
                back("400", "E-5", on: "2026-03-03"),
                back("200", "E-2", on: "2026-03-04"),
            ]
            for (number, file) in files.enumerated() {
                // Each brings what makes its balance nothing.
                let sums = entries[file].map { (Int($0.amount) ?? 0) * ($0.sign == "DBIT" ? -1 : 1) }
                let sum = sums.reduce(0, +)
                let others = sum < 0 ? [Payment(amount: "\(-sum)", reference: "other-\(number)", text: "x")] : []
                let report = try await day.take(
                    Self.file(others + entries[file], closing: "\(max(sum, 0))", id: "S-\(number)"))
                #expect(report.rejects == [])
            }
            let late = Payment(amount: "100", endToEnd: "E-8", text: "thanks", iban: theirs, day: "2026-03-05")
            try await day.take(Self.file([late], closing: "100", id: "S-last"))
            #expect(
                try await day.office.database.rows("SELECT number, open_minor FROM ltc.invoices ORDER BY number") == [
                    "A-1|0", "A-2|20000", "B-1|30000",
                ])
        }
    }

    @Test func `the bank takes back what stayed, under the reference of the whole`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 6000)
            func back(_ amount: String, on day: String) -> Payment {
                Payment(amount: amount, sign: "DBIT", endToEnd: "E-1", more: "<RvslInd>true</RvslInd>", day: day)
            }
            let paid = Payment(amount: "60", endToEnd: "E-1", text: "A-1")
            try await day.take(Self.file([paid, back("40", on: "2026-03-03")], closing: "20"))
            let entry = try await day.office.number("SELECT id FROM ltc.bank_entries WHERE kind = 'reversal'")
            @Sendable func reverse(_ receipt: Int, _ entry: Int?) async throws {
                _ = try await day.office.database.pool.transaction { db in
                    try ReceiptDesk.reverse(
                        [receipt], reason: "x", entry: entry, actor: "fay", at: FinanceOffice.noon("2026-03-05"), in: db
                    )
                }
            }
            try await reverse(1, entry)
            // Who means what stays is told how it is called.
            await #expect {
                try await reverse(1, nil)
            } throws: {
                ($0 as? Problem)?.code == "already_reversed" && ($0 as? Problem)?.advice?.hasSuffix(" rest'") == true
            }
            let others = [Payment(amount: "20", reference: "other"), back("20", on: "2026-03-05")]
            let report = try await day.take(Self.file(others, closing: "0", id: "S-2"))
            #expect(report.waiting == ["unknown_customer": 1])
            #expect(try await day.office.number("SELECT open_minor FROM ltc.invoices") == 6000)
        }
    }

    @Test func `what may be a draft's money is not split before that is said`() async throws {
        try await BankDay.with { day in
            try await day.office.draft(
                "D1", on: "2026-01-20", minor: 6_000, matures: "2026-03-01", isAllocated: false)
            let back = Payment(
                amount: "40", sign: "DBIT", endToEnd: "E-1", more: "<RvslInd>true</RvslInd>", day: "2026-03-03")
            try await day.take(Self.file([Payment(amount: "60", endToEnd: "E-1"), back], closing: "20"))
            #expect(try await day.waiting() == ["draft_cash"])
            let entry = try await day.office.number("SELECT id FROM ltc.bank_entries WHERE kind = 'reversal'")
            let receipt = try await day.office.number("SELECT id FROM ltc.receipts WHERE kind = 'payment'")
            await #expect {
                try await day.office.database.pool.transaction { db in
                    _ = try ReceiptDesk.reverse(
                        [receipt], reason: "x", entry: entry, actor: "fay", at: FinanceOffice.noon("2026-03-05"), in: db
                    )
                }
            } throws: {
                ($0 as? Problem)?.code == "perhaps_draft_cash"
            }
        }
    }

    @Test func `what ltc split off is no receipt that a statement brings`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 100_000)
            let iban = "DE02120300000000202051"
            try await day.office.receipt("T1", on: "2026-03-02", minor: 100_000, remittance: "A-1")
            // Its parts are not called as another receipt is.
            try await day.office.receipt("T1 rest", of: nil, on: "2026-03-02", minor: 100)
            try await day.office.script("UPDATE ltc.receipts SET iban = '\(iban)' WHERE reference = 'T1'")
            let back = Payment(amount: "400", sign: "DBIT", more: "<RvslInd>true</RvslInd>")
            try await day.take(Self.file([Payment(amount: "400", reference: "other"), back], closing: "0"))
            let entry = try await day.office.number("SELECT id FROM ltc.bank_entries WHERE kind = 'reversal'")
            let receipt = try await day.office.number("SELECT id FROM ltc.receipts WHERE reference = 'T1'")
            _ = try await day.office.database.pool.transaction { db in
                try ReceiptDesk.reverse(
                    [receipt], reason: "x", entry: entry, actor: "fay", at: FinanceOffice.noon("2026-03-02"), in: db)
            }
            try await day.take(Self.file([Payment(amount: "600", text: "A-1", iban: iban)], closing: "600", id: "S-2"))
            #expect(try await day.office.number("SELECT count(*) FROM ltc.receipts WHERE amount_minor = 60000") == 2)
        }
    }

    /// A-1 of 1000.00 is paid on 2 March less the 2 % that may be kept until then, and 10.00 too much, which go back.
    @Test func `what stays has paid since its day, a discount included`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-03-12", minor: 100_000)
            try await day.office.script(
                "UPDATE ltc.invoices SET discount_percent = 2, discount_until = '2026-03-02', issued_on = '2026-02-01'")
            let paid = Payment(amount: "990", endToEnd: "E-1", text: "A-1")
            let back = Payment(
                amount: "10", sign: "DBIT", endToEnd: "E-1", more: "<RvslInd>true</RvslInd>", day: "2026-03-05")
            let report = try await day.take(Self.file([paid, back], closing: "980"))
            #expect(report.rejects == [] && report.waiting == ["reversal_of_another_amount": 1])
            let entry = try await day.office.number("SELECT id FROM ltc.bank_entries WHERE kind = 'reversal'")
            _ = try await day.office.database.pool.transaction { db in
                try ReceiptDesk.reverse(
                    [1], reason: "too_much", entry: entry, actor: "fay", at: FinanceOffice.noon("2026-03-05"), in: db)
            }
            let standing = try await day.office.database.rows(
                """
                SELECT a.reason, sum(a.amount_minor), min(a.effective_on)
                FROM ltc.allocations AS a LEFT JOIN ltc.receipts AS r ON r.id = a.receipt_id
                GROUP BY a.reason = 'reversed', a.receipt_id, a.reason HAVING a.reason IN ('discount_taken', 'by_hand')
                ORDER BY 1
                """)
            #expect(standing == ["by_hand|98000|2026-03-02", "discount_taken|2000|2026-03-02"])
            #expect(try await day.office.number("SELECT open_minor FROM ltc.invoices") == 0)
            func account(on day: String, _ office: FinanceOffice) async throws -> [String] {
                try await office.database.rows(
                    "SELECT coalesce(sum(unspent_minor), 0) FROM ltc.unspent_receipts('\(day)', NULL, NULL, NULL)")
            }
            #expect(try await account(on: "2026-03-04", day.office) == ["1000"])
            #expect(try await account(on: "2026-03-05", day.office) == ["0"])
        }
    }

    /// A-1 owes 100.00 and A-2 50.00, and both came from another invoice of the day before.
    @Test func `a reversal that came before its receipt takes it back when it comes`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 3000)
            let back = Payment(
                amount: "30", sign: "DBIT", endToEnd: "E-1", more: "<RvslInd>true</RvslInd>", day: "2026-03-05")
            let other = Payment(amount: "30", reference: "other")
            let report = try await day.take(Self.file([other, back], closing: "0", id: "S-2"))
            #expect(report.waiting == ["reversal_without_receipt": 1, "unknown_customer": 1])
            let paid = try await day.take(
                Self.file([Payment(amount: "30", endToEnd: "E-1", text: "A-1")], closing: "30"))
            #expect(paid.waiting == [:])
            #expect(try await day.paid() == ["A-1|3000|remittance", "A-1|-3000|reversed"])
            #expect(try await day.office.number("SELECT open_minor FROM ltc.invoices") == 3000)
        }
    }

    @Test func `a batch that the bank takes back in one sum goes back whole`() async throws {
        try await BankDay.with { day in
            let entries = [
                BankDay.batch("CRDT", ["10", "50"], "B1", day: "2026-03-02"),
                BankDay.batch("DBIT", ["10", "50"], "B1", day: "2026-03-05", more: "<RvslInd>true</RvslInd>"),
            ]
            let report = try await day.take(BankDay.file(BankDay.statement("S-1", closing: "0", entries)))
            #expect(report.rejects == [] && report.waiting == ["unknown_customer": 2])
            #expect(
                try await day.office.database.rows(
                    "SELECT receipt_id, amount_minor, effective_on FROM ltc.receipt_reversals ORDER BY receipt_id")
                    == ["1|1000|2026-03-05", "2|5000|2026-03-05"])
            #expect(try await day.waiting() == [])
        }
    }

    @Test func `a person says which receipts an entry took together, or that it took none`() async throws {
        try await BankDay.with { day in
            func back(_ amount: String, _ reference: String) -> String {
                BankDay.batch("DBIT", [amount], reference, day: "2026-03-05", more: "<RvslInd>true</RvslInd>")
            }
            let entries = [
                BankDay.batch("CRDT", ["10", "20", "50"], "B1", day: "2026-03-02"), back("45", "X1"), back("30", "X2"),
            ]
            let report = try await day.take(BankDay.file(BankDay.statement("S-1", closing: "5", entries)))
            #expect(report.waiting == ["unknown_customer": 3, "reversal_without_receipt": 2])
            let open = try await day.office.database.rows(
                "SELECT id FROM ltc.bank_entries WHERE kind = 'reversal' ORDER BY id"
            ).compactMap { Int($0) }
            func reverse(_ receipts: [Int], _ entry: Int?) async throws -> ReceiptDesk.Reversed {
                try await day.office.database.pool.transaction { db in
                    try ReceiptDesk.reverse(
                        receipts, reason: "returned", entry: entry, actor: "fay", at: FinanceOffice.noon("2026-03-06"),
                        in: db)
                }
            }
            for (receipts, entry, code) in [
                ([1, 2], nil, "receipts_without_entry"), ([1, 1], open[0], "repeated_receipt"),
                ([1, 2], open[0], "too_much"), ([3, 1], open[0], "too_many"),
            ] {
                await #expect { try await reverse(receipts, entry) } throws: { ($0 as? Problem)?.code == code }
            }
            // 10.00 and 35.00 of 50.00.
            let reversed = try await reverse([1, 3], open[0])
            #expect(reversed.day == CalendarDate("2026-03-05") && reversed.rest?.amount.amount == "15.00")
            func dismiss(_ entry: Int) async throws {
                try await day.office.database.pool.transaction { db in
                    try ReceiptDesk.dismiss(entry: entry, reason: "before_go_live", actor: "fay", in: db)
                }
            }
            try await dismiss(open[1])
            for entry in open {
                await #expect { try await dismiss(entry) } throws: { ($0 as? Problem)?.code == "no_open_reversal" }
            }
            // It was wrong.
            #expect(try await reverse([2], nil).rest == nil)
        }
    }

    @Test func `what goes back within a batch is not another payment of it`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 100_000)
            func detail(_ amount: String, _ sign: String, _ id: String, _ more: String) -> String {
                "<TxDtls><Refs><EndToEndId>\(id)</EndToEndId></Refs><Amt Ccy=\"EUR\">\(amount)</Amt><CdtDbtInd>\(sign)</CdtDbtInd>\(more)</TxDtls>"
            }
            let batch = """
                <Ntry><Amt Ccy="EUR">20</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
                <BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef><NtryDtls>
                \(detail("1000", "CRDT", "new", "<RmtInf><Ustrd>A-1</Ustrd></RmtInf>"))
                \(detail("1000", "DBIT", "old", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"))
                \(detail("20", "CRDT", "small", ""))</NtryDtls></Ntry>
                """
            let report = try await day.take(BankDay.file(BankDay.statement("S-1", closing: "20", [batch])))
            #expect(report.waiting == ["reversal_without_receipt": 1, "unknown_customer": 1])
            #expect(try await day.paid() == ["A-1|100000|remittance"])
        }
    }
}
