import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

struct PaymentTests {
    private typealias Payment = BankDay.Payment

    private static func file(_ payments: [Payment], closing: String, id: String = "S-1") -> String {
        BankDay.file(BankDay.statement(id, closing: closing, payments.map(\.entry)))
    }

    @Test func `a structured reference comes before the payer's words, and these before the amount`() async throws {
        try await BankDay.with { day in
            for number in ["2026-1", "2026-2", "2026-3"] {
                try await day.office.invoice(number, due: "2026-02-0\(number.suffix(1))", minor: 10_000)
            }
            let reference = try #require(CreditorReference(number: "2026-3"))
            try await day.take(
                Self.file([Payment(amount: "100", structured: reference.text, text: "2026-2")], closing: "100"))
            #expect(try await day.paid() == ["2026-3|10000|structured_reference"])
            try await day.take(Self.file([Payment(amount: "100", text: "Re. 2026-2.")], closing: "100", id: "S-2"))
            #expect(try await day.paid().last == "2026-2|10000|remittance")
        }
    }

    @Test(arguments: [false, true])
    func `the same structured reference twice on a day pays once, and the second waits`(apart: Bool) async throws {
        try await BankDay.with { day in
            for number in ["2026-1", "2026-2"] {
                try await day.office.invoice(number, due: "2026-02-0\(number.suffix(1))", minor: 10_000)
            }
            let reference = try #require(CreditorReference(number: "2026-2")).text
            let first = Payment(amount: "100", endToEnd: "E-1", structured: reference)
            let second = Payment(amount: "100", endToEnd: "E-2", structured: reference)
            var report: ImportReport
            if apart {
                try await day.take(Self.file([second], closing: "100", id: "S-2"))
                report = try await day.take(Self.file([first], closing: "100"))
            } else {
                report = try await day.take(Self.file([first, second], closing: "200"))
            }
            #expect(report.waiting == ["already_paid": 1])
            let database = day.office.database
            let open = try await database.rows("SELECT number, open_minor FROM ltc.invoices ORDER BY number")
            #expect(open == ["2026-1|10000", "2026-2|0"])
            let held = try await database.rows(
                "SELECT id, waiting, allocated_minor FROM ltc.receipts WHERE waiting IS NOT NULL")
            // Whichever came first: the references of the two decide.
            #expect(held == [apart ? "1|already_paid|0" : "2|already_paid|0"])
            try await database.pool.transaction { db in
                try ReceiptDesk.assign(apart ? 1 : 2, customer: "C1", actor: "fay", at: Trial.asOf, in: db)
            }
            #expect(try await day.waiting() == [])
            #expect(try await day.paid().last == "2026-1|10000|oldest_due")
        }
    }

    @Test func `a customer is known by the name and the amount, and afterwards by the account`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 3000)
            try await day.office.invoice("A-2", due: "2026-02-01", minor: 4000)
            let payer = Payment(amount: "40", name: "MILLER Ltd.", iban: "DE02120300000000202051")
            try await day.take(Self.file([payer], closing: "40"))
            #expect(try await day.paid() == ["A-2|4000|exact_amount"])
            var later = payer
            (later.amount, later.name, later.day) = ("20", "M. Miller", "2026-03-03")
            try await day.take(Self.file([later], closing: "20", id: "S-2"))
            #expect(try await day.paid().last == "A-1|2000|oldest_due")
        }
    }

    @Test func `what is doubtful pays nothing and says why`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 3000)
            try await day.office.invoice("A-2", due: "2026-02-01", minor: 3000)
            try await day.office.invoice("B-1", of: "C2", due: "2026-02-01", minor: 3000)
            try await day.office.invoice("U-1", due: "2026-02-01", minor: 3000, currency: "USD")
            let payments = [
                Payment(amount: "30", name: "Miller Ltd"), Payment(amount: "31", name: "Miller Ltd"),
                Payment(amount: "32", structured: "RF19539007547034", text: "A-1"),
                Payment(amount: "33", text: "A-1 and B-1"), Payment(amount: "34", text: "U-1"),
                Payment(amount: "35", text: "hello", name: "Somebody"),
            ]
            let report = try await day.take(Self.file(payments, closing: "195"))
            #expect(try await day.paid() == [])
            #expect(
                try await day.waiting() == [
                    "two_candidates", "no_exact_amount", "wrong_check_digits", "two_candidates", "wrong_currency",
                    "unknown_customer",
                ])
            #expect(report.waiting["two_candidates"] == 2 && report.waiting.values.reduce(0, +) == 6)
            let passedOver = try await day.office.database.rows(
                """
                SELECT p ->> 'number', p ->> 'reason' FROM ltc.events AS e, jsonb_array_elements(e.detail -> 'passed_over') AS p
                WHERE e.kind = 'receipt_waiting' AND e.reason = 'wrong_currency'
                """)
            #expect(passedOver == ["U-1|wrong_currency"])
        }
    }

    @Test func `a person says whose it is, or what it pays, and it waits no more`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 3000)
            try await day.office.invoice("A-2", due: "2026-02-01", minor: 3000)
            try await day.take(Self.file([Payment(amount: "30"), Payment(amount: "10", text: "x")], closing: "40"))
            let ids = try await day.office.database.rows("SELECT id FROM ltc.receipts ORDER BY id").compactMap {
                Int($0)
            }
            let now = Trial.asOf
            try await day.office.database.pool.transaction { db in
                try ReceiptDesk.assign(ids[0], customer: "C1", actor: "fay", at: now, in: db)
            }
            #expect(try await day.paid() == ["A-1|3000|oldest_due"])
            let part = try await day.office.database.pool.transaction { db in
                try ReceiptDesk.allocate(ids[1], to: "A-2", amount: "4.50", actor: "fay", at: now, in: db)
            }
            #expect(part.amount.minor == 450)
            #expect(try await day.waiting() == [])
            await #expect(throws: Problem.self) {
                try await day.office.database.pool.transaction { db in
                    try ReceiptDesk.allocate(ids[1], to: "A-2", amount: "5.51", actor: "fay", at: now, in: db)
                }
            }
            #expect(try await day.paid().last == "A-2|450|by_hand")
        }
    }

    @Test func `charges that the bank took off are paid all the same when the file says so`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 100_000)
            let charges =
                "<Chrgs><Rcrd><Amt Ccy=\"EUR\">10</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>"
            let entry = Payment(amount: "990", text: "A-1").entry.replacing("<NtryDtls>", with: charges + "<NtryDtls>")
            try await day.take(BankDay.file(BankDay.statement("S-1", closing: "990", [entry])))
            #expect(try await day.paid() == ["A-1|100000|remittance"])
            #expect(try await day.office.number("SELECT open_minor FROM ltc.invoices") == 0)
        }
    }

    @Test(arguments: [false, true])
    func `a payer says what each invoice gets, in whichever order the day's money comes`(isLater: Bool) async throws {
        try await BankDay.with { day in
            for (number, due, minor) in [
                ("A-0", "2025-12-01", 2000), ("A-1", "2026-01-01", 10_000), ("A-2", "2026-01-02", 5000),
            ] {
                try await day.office.invoice(number, due: due, minor: minor)
            }
            func block(_ document: String, _ amount: String) -> String {
                "<Strd><RfrdDocInf><Nb>\(document)</Nb></RfrdDocInf><RfrdDocAmt><RmtdAmt Ccy=\"EUR\">\(amount)</RmtdAmt></RfrdDocAmt></Strd>"
            }
            let remitted = Payment(amount: "75").entry.replacing(
                "<RmtInf>", with: "<RmtInf>" + block("A-1", "20") + block("a 2", "50"))
            let oldest = Payment(amount: "10", reference: "X", text: "A-1").entry
            let files = [("S-1", "75", remitted), ("S-2", "10", oldest)].map {
                BankDay.file(BankDay.statement($0, closing: $1, [$2]))
            }
            for file in isLater ? files.reversed() : files { try await day.take(file) }
            let open = try await day.office.database.rows("SELECT number, open_minor FROM ltc.invoices ORDER BY number")
            // 5.00 that nobody was given pay the oldest debt.
            #expect(open == ["A-0|1500", "A-1|7000", "A-2|0"])
        }
    }

    @Test(arguments: [false, true])
    func `a batch that comes once with its transactions and once without is one`(isLater: Bool) async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 25_000)
            let batch = BankDay.batch("CRDT", ["10", "50"], "B1", day: "2026-03-02")
            let whole = batch.replacing(/(?s)<NtryDtls>.*<\/NtryDtls>/, with: "")
            let files = [("S-1", batch), ("S-2", whole)].map {
                BankDay.file(BankDay.statement($0, closing: "60", [$1]))
            }
            for file in isLater ? files.reversed() : files {
                let report = try await day.take(file)
                #expect(report.rejects == [])
            }
            #expect(try await day.office.number("SELECT sum(amount_minor) FROM ltc.receipts") == 6000)
            #expect(try await day.office.number("SELECT count(*) FROM ltc.receipts") == (isLater ? 1 : 2))
            // Another batch of another sum is another, though the bank gives it the same reference.
            let other = BankDay.batch("CRDT", ["11", "50"], "B1", day: "2026-03-02")
            try await day.take(BankDay.file(BankDay.statement("S-3", closing: "61", [other])))
            #expect(try await day.office.number("SELECT count(*) FROM ltc.bank_entries") == 3)
        }
    }

    /// One names the invoice, the other is of the customer's name and of its amount.
    @Test(arguments: [false, true])
    func `who is known by name and amount is so in whichever order the day's files come`(isLater: Bool) async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 25_000)
            try await day.office.invoice("A-2", due: "2026-01-02", minor: 10_000)
            let files = [
                ("S-1", Payment(amount: "250", name: "Miller Ltd")), ("S-2", Payment(amount: "250", text: "A-1")),
            ].map { BankDay.file(BankDay.statement($0, closing: "250", [$1.entry])) }
            for file in isLater ? files.reversed() : files { try await day.take(file) }
            #expect(try await day.waiting() == [])
            #expect(try await day.office.number("SELECT sum(open_minor) FROM ltc.invoices") == 0)
            #expect(
                try await day.office.number("SELECT sum(amount_minor - allocated_minor) FROM ltc.receipts") == 15_000)
        }
    }

    /// A-1 owes 100.00 and A-2 50.00; one payment refers to A-2, one gives A-1 98.00 of 150.00, one is of a name and of what A-2 owes.
    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func `what is left of a day's payments is of the set too`(order: [Int]) async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 10_000)
            try await day.office.invoice("A-2", due: "2026-01-02", minor: 5000)
            let reference = try #require(CreditorReference(number: "A-2"))
            let block =
                "<Strd><RfrdDocInf><Nb>A-1</Nb></RfrdDocInf><RfrdDocAmt><RmtdAmt Ccy=\"EUR\">98</RmtdAmt></RfrdDocAmt></Strd>"
            let payments = [
                (Payment(amount: "50", name: "Miller Ltd").entry, "50"),
                (Payment(amount: "60", structured: reference.text).entry, "60"),
                (Payment(amount: "150").entry.replacing("<RmtInf>", with: "<RmtInf>" + block), "150"),
            ]
            for index in order {
                try await day.take(
                    BankDay.file(BankDay.statement("S-\(index)", closing: payments[index].1, [payments[index].0])))
            }
            #expect(try await day.office.number("SELECT sum(open_minor) FROM ltc.invoices") == 0)
        }
    }

    /// One payment names its invoice, one of another customer too, one says nothing: all from one account, which is new.
    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func `an account is known from the day after its first payment`(order: [Int]) async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 10_000)
            try await day.office.invoice("B-1", of: "C2", due: "2026-01-02", minor: 5000)
            let iban = "DE75512108001245126199"
            let payments = [("10", "A-1"), ("20", "B-1"), ("30", "thanks")]
            func take(_ id: String, _ amount: String, _ text: String, on date: String) async throws {
                let payment = Payment(amount: amount, text: text, iban: iban, day: date)
                try await day.take(BankDay.file(BankDay.statement(id, closing: amount, [payment.entry])))
            }
            for index in order {
                try await take("S-\(index)", payments[index].0, payments[index].1, on: "2026-03-02")
            }
            #expect(try await day.waiting() == ["unknown_customer"])
            #expect(
                try await day.office.database.rows("SELECT number, open_minor FROM ltc.invoices ORDER BY number")
                    == ["A-1|9000", "B-1|3000"])
            try await take("S-4", "30", "thanks", on: "2026-03-03")
            #expect(try await day.waiting() == ["unknown_customer", "two_candidates"])
        }
    }

    /// Miller Ltd. pays an invoice of C2 from its account, which is C2's by then.
    @Test func `where account and name contradict each other a person says who it is, and then the name tells`()
        async throws
    {
        try await BankDay.with { day in
            try await day.office.invoice("B-1", of: "C2", due: "2026-01-01", minor: 3000)
            try await day.office.invoice("B-2", of: "C2", due: "2026-01-02", minor: 2000)
            try await day.office.invoice("A-1", due: "2026-01-03", minor: 2000)
            try await day.office.invoice("A-2", due: "2026-01-04", minor: 1500)
            let iban = "DE02120300000000202051"
            func pay(_ amount: String, _ text: String, on date: String, id: String) async throws {
                let payment = Payment(amount: amount, text: text, name: "Miller Ltd.", iban: iban, day: date)
                try await day.take(BankDay.file(BankDay.statement(id, closing: amount, [payment.entry])))
            }
            try await pay("30", "B-1", on: "2026-03-02", id: "S-1")
            try await pay("20", "x", on: "2026-03-03", id: "S-2")
            #expect(try await day.waiting() == ["two_candidates"])
            #expect(try await day.paid() == ["B-1|3000|remittance"])
            _ = try await day.office.database.pool.transaction { db in
                try ReceiptDesk.assign(2, customer: "C1", actor: "fay", at: FinanceOffice.noon("2026-03-03"), in: db)
            }
            try await pay("15", "x", on: "2026-03-04", id: "S-3")
            #expect(
                try await day.paid() == ["B-1|3000|remittance", "A-1|2000|exact_amount", "A-2|1500|exact_amount"])
        }
    }

    @Test func `what one day of a file says of an account counts for the next`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 10_000)
            let payments = [("2026-03-03", "thanks"), ("2026-03-02", "A-1")].map { date, text in
                Payment(amount: "10", text: text, iban: "DE75512108001245126199", day: date).entry
            }
            try await day.take(BankDay.file(BankDay.statement("S-1", closing: "20", payments)))
            #expect(try await day.waiting() == [])
            #expect(try await day.office.number("SELECT open_minor FROM ltc.invoices") == 8000)
        }
    }

    @Test func `what was taken for another's money is given free, and never paid what it paid`() async throws {
        try await BankDay.with { day in
            try await day.office.invoice("A-1", due: "2026-01-01", minor: 3000)
            try await day.office.invoice("B-1", of: "C2", due: "2026-01-01", minor: 3000)
            try await day.take(Self.file([Payment(amount: "30", text: "A-1")], closing: "30"))
            try await day.office.database.pool.transaction { db in
                try ReceiptDesk.release(1, reason: "wrong", actor: "fay", at: FinanceOffice.noon("2026-03-09"), in: db)
            }
            #expect(try await day.waiting() == ["released"])
            let before = try await day.office.database.rows(
                "SELECT open_minor FROM ltc.open_items('2026-03-05', NULL, NULL, NULL) ORDER BY item_id")
            #expect(before == ["3000", "3000"])
            try await day.office.database.pool.transaction { db in
                try ReceiptDesk.assign(1, customer: "C2", actor: "fay", at: FinanceOffice.noon("2026-03-09"), in: db)
            }
            let open = try await day.office.database.rows("SELECT number, open_minor FROM ltc.invoices ORDER BY number")
            #expect(open == ["A-1|3000", "B-1|0"])
            #expect(try await day.waiting() == [])
            // It is in the one's statement, and nothing of it in the other's.
            let moved = try await day.office.database.pool.transaction { db in
                try ["C1", "C2"].map { number in
                    let id = try #require(db.run(ReceiptsSQL.CustomerByNumber(name: number)).first?.id)
                    return try db.run(
                        ReportsSQL.MovementsOf(
                            customer: id, first: #require(CalendarDate("2026-02-15")),
                            last: #require(CalendarDate("2026-03-31")), known: nil)
                    ).map { "\($0.kind) \($0.minor)" }
                }
            }
            #expect(moved == [[], ["receipt -3000"]])
        }
    }

    @Test func `a debit is the bank's entry and nobody's receipt; a batch is as many receipts as it has payments`()
        async throws
    {
        try await BankDay.with { day in
            let batch = """
                <Ntry><Amt Ccy="EUR">60</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
                <BookgDt><Dt>2026-03-02</Dt></BookgDt><NtryDtls>
                <TxDtls><Amt Ccy="EUR">10</Amt></TxDtls><TxDtls><Amt Ccy="EUR">50</Amt></TxDtls></NtryDtls></Ntry>
                """
            let wrong = batch.replacing("<Amt Ccy=\"EUR\">50</Amt>", with: "<Amt Ccy=\"EUR\">49</Amt>")
            let debit = Payment(amount: "20", sign: "DBIT").entry
            try await day.take(BankDay.file(BankDay.statement("S-1", closing: "100", [batch, wrong, debit])))
            #expect(
                try await day.office.database.rows("SELECT amount_minor, waiting FROM ltc.receipts ORDER BY id") == [
                    "1000|unknown_customer", "5000|unknown_customer", "6000|details_do_not_add_up",
                ])
            #expect(try await day.office.number("SELECT count(*) FROM ltc.bank_entries WHERE kind = 'debit'") == 1)
        }
    }
}
