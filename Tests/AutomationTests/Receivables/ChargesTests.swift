import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@testable import Automation

@Suite struct ChargesTests {
    /// The office whose second and third level charge EUR 40 too, once an invoice.
    static func with(
        per unit: Compensation.Unit = .invoice, _ body: (FinanceOffice) async throws -> Void
    ) async throws {
        var company = try FinanceOffice.company()
        let euro = try #require(Currency("EUR"))
        company.dunning.procedures[0].compensation = Compensation(
            [.init(Money(minor: 4000, currency: euro))], per: unit, source: "§ 288 Abs. 5 BGB")
        try await FinanceOffice.with(company, body)
    }

    static let charges = """
        SELECT number || ' ' || kind || ' ' || amount_minor || ' ' || open_minor FROM ltc.invoices
        WHERE notice_id IS NOT NULL ORDER BY id
        """

    static func reverse(_ office: FinanceOffice, _ number: String, on day: String = "2026-04-02") async throws {
        let now = try Date("\(day)T10:00:00Z", strategy: .iso8601)
        try await office.database.pool.transaction { db in
            _ = try DunningDesk.reverse(
                DunningDesk.find([number], in: db), reason: "wrong", actor: "fay", at: now, in: db)
        }
    }

    static func ageing(_ office: FinanceOffice, on day: String, known: Date? = nil) async throws -> Ageing? {
        let day = try #require(CalendarDate(day))
        return try await office.database.pool.transaction { db in
            try AgeingStore.ageing(team: nil, on: day, knownAt: known, in: db).first
        }
    }

    @Test func `an accepted notice posts its fee, its interest and its compensation as items of their own`()
        async throws
    {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.invoice("R2", due: "2026-03-20", minor: 100_000)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(try await office.texts(Self.charges) == [])
            #expect(try await office.send() == [.send])
            #expect(
                try await office.texts(Self.charges) == [
                    "DN-2026-000001-C1 compensation 4000 4000", "DN-2026-000001-F1 fee 500 500",
                    "DN-2026-000001-I1 interest 4068 4068",
                ])
            let dates = "SELECT DISTINCT issued_on || ' ' || due_on FROM ltc.invoices WHERE notice_id IS NOT NULL"
            #expect(try await office.texts(dates) == ["2026-03-31 2026-04-07"])
            let owed = try #require(try await Self.ageing(office, on: "2026-04-08"))
            #expect(owed.owedMinor == 450_000 + 100_000 + 4000 + 500 + 4068)
            #expect(owed.owedMinor - owed.unallocatedMinor == owed.ledgerMinor)
        }
    }

    @Test func `a later notice asks for what is open of earlier charges, and for nothing twice`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            let later = try await office.run(DunInvoices.self, on: "2026-04-20")
            let notice = try #require(later.notices.first)
            // 11 % on 4,500.00 for 50 days is 67.81, of which 40.68 was posted.
            #expect(notice.interest.amount == "27.13" && notice.compensation.amount == "0.00")
            #expect(notice.charges.amount == "85.68" && notice.fee.amount == "10.00")
            #expect(notice.total.amount == "4622.81")
            #expect(notice.earlierCharges.map(\.invoice) == ["R1", nil, "R1"])
            #expect(later.skipped.isEmpty)
            _ = try await office.send()
            let interest = "SELECT sum(amount_minor) FROM ltc.invoices WHERE kind = 'interest'"
            #expect(try await office.number(interest) == 6781)
            #expect(try await office.number("SELECT count(*) FROM ltc.invoices WHERE kind = 'compensation'") == 1)
            let mail = try await office.texts(
                "SELECT body FROM ltc.messages WHERE kind = 'dunning-notice' ORDER BY id DESC LIMIT 1")
            #expect(mail[0].contains("67.808219, rounded 67.81, less 40.68 of earlier notices = 27.13"))
            #expect(mail[0].contains("DN-2026-000001-I1 Interest R1") && mail[0].contains("4,622.81"))
            // Nobody duns a charge.
            #expect(
                try await office.texts(
                    "SELECT DISTINCT dunning_level || coalesce(last_notice_on::text, '') FROM ltc.invoices "
                        + "WHERE notice_id IS NOT NULL") == ["0"])
        }
    }

    /// EUR 4,500 at 11 %: 40.68 from 2 March through 31 March, 39.33 through the 30th, 12.21 through the 10th.
    @Test(arguments: [
        ("2026-03-01", [0, 0, 0]), ("2026-03-10", [1221, 4000, 0]), ("2026-03-30", [3933, 4000, 0]),
    ])
    func `a payment recorded late closes what was charged for days on which nothing was owed`(
        paid: String, left: [Int]
    ) async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            try await office.receipt("B1", on: paid, minor: 450_000, remittance: "R1")
            func open(_ kind: String) async throws -> Int {
                try await office.number("SELECT open_minor FROM ltc.invoices WHERE kind = '\(kind)'")
            }
            #expect(try await open("invoice") == 0)
            #expect(try await [open("interest"), open("compensation"), open("fee")] == left)
            let owed = try await Self.ageing(office, on: "2026-04-08")?.owedMinor ?? 0
            #expect(owed == left.reduce(0, +))
            // The money goes back: from 1 April all of it is owed again.
            try await office.reverse(1, on: "2026-04-10")
            #expect(try await [open("interest"), open("compensation"), open("fee")] == [4068, 4000, 500])
            let next = try #require(try await office.run(DunInvoices.self, on: "2026-04-20").notices.first)
            // 50 days are 67.81.
            #expect((next.interest.amount, next.compensation.amount) == ("27.13", "0.00"))
        }
    }

    @Test(arguments: [false, true])
    func `a notice of which nothing was owed charges no fee, whatever was taken back since`(
        hasReturned: Bool
    ) async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            if hasReturned {
                try await office.receipt("T1", on: "2026-04-03", minor: 450_000, remittance: "R1")
                try await office.reverse(1, on: "2026-04-07")
            }
            try await office.receipt("T2", on: "2026-03-20", minor: 450_000, remittance: "R1")
            #expect(
                try await office.texts("SELECT open_minor::text FROM ltc.invoices WHERE kind IN ('fee', 'invoice')")
                    == ["0", "0"])
        }
    }

    /// EUR 4,500 for 4 days and 500 for 26 at 11 %: 9.34.
    @Test(arguments: [false, true])
    func `what was taken back takes no day of interest from a payment that is recorded later`(
        hasReturned: Bool
    ) async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            if hasReturned {
                try await office.receipt("T1", on: "2026-03-10", minor: 100_000, remittance: "R1")
                try await office.reverse(1, on: "2026-03-25")
            }
            try await office.receipt("T2", on: "2026-03-05", minor: 400_000, remittance: "R1")
            // Nor is more settled than is owed on any day.
            let owed = try await Self.ageing(office, on: "2026-03-12")?.owedMinor
            #expect(owed == (hasReturned ? 350_000 : 50_000))
            let notice = try #require(try await office.run(DunInvoices.self, on: "2026-03-31").notices.first)
            #expect((notice.open.amount, notice.interest.amount) == ("500.00", "9.34"))
        }
    }

    /// EUR 4,500 for 30 days at 10 % are 36.99; for 38 days at the 3 % of the day of payment 14.05. By the rate of each day it is more, until
    /// the 10 % turn out to have been 4 %: 18.37.
    @Test(arguments: [(InterestRegime.paymentDate, 1405), (.split, 1837)])
    func `what is less by the rate of the day of payment, or by a corrected one, is not owed`(
        regime: InterestRegime, left: Int
    ) async throws {
        var company = try FinanceOffice.company()
        company.dunning.procedures[0].interest = InterestTerms(
            .reference(code: "ir", margin: .zero, regime: regime, fixing: .day), source: "S.I. No. 580/2012")
        company.dunning.procedures[0].payments = .principalFirst
        try await FinanceOffice.with(company) { office in
            try await office.script(
                """
                INSERT INTO ltc.reference_rates (code, valid_from, valid_through, percent, source)
                VALUES ('ir', '2026-01-01', '2026-04-05', 10, 'bank'), ('ir', '2026-04-06', NULL, 3, 'bank')
                """)
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            let open = "SELECT open_minor FROM ltc.invoices WHERE kind = 'interest'"
            #expect(try await office.number(open) == 3699)
            if regime == .split {
                try await office.script(
                    "UPDATE ltc.reference_rates SET percent = 4, recorded_at = now() WHERE valid_from = '2026-01-01'")
            }
            try await office.receipt("B1", on: "2026-04-08", minor: 450_000, remittance: "R1")
            #expect(try await office.number(open) == left)
            // It was owed when the notice was made.
            #expect(try await office.number("SELECT open_minor FROM ltc.invoices WHERE kind = 'fee'") == 500)
        }
    }

    @Test func `charges that money had paid close too, when it goes back and they are not owed`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            try await office.receipt(
                "B1", on: "2026-04-02", minor: 8068, remittance: "DN-2026-000001-I1 DN-2026-000001-C1")
            try await office.receipt("B2", on: "2026-02-28", minor: 450_000, remittance: "R1")
            try await office.reverse(1, on: "2026-04-10")
            #expect(
                try await office.texts(Self.charges) == [
                    "DN-2026-000001-C1 compensation 4000 0", "DN-2026-000001-F1 fee 500 0",
                    "DN-2026-000001-I1 interest 4068 0",
                ])
            let owed = try await Self.ageing(office, on: "2026-04-08")
            #expect((owed?.owedMinor ?? 0, owed?.unallocatedMinor ?? 0) == (0, 0))
        }
    }

    @Test func `what an earlier payment shows not to be owed is closed when the letter is accepted after it`()
        async throws
    {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.invoice("R2", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            // It went out before the payment was known.
            try await office.script("UPDATE ltc.notices SET state = 'uncertain'")
            try await office.receipt("B1", on: "2026-03-01", minor: 450_000, remittance: "R1")
            try await office.database.pool.transaction { db in
                try DunningDesk.accept(
                    1, on: #require(CalendarDate("2026-03-31")), actor: "fay", at: FinanceOffice.noon("2026-04-02"),
                    in: db)
            }
            #expect(
                try await office.texts(Self.charges) == [
                    "DN-2026-000001-C1 compensation 4000 0", "DN-2026-000001-C2 compensation 4000 4000",
                    "DN-2026-000001-F1 fee 500 500", "DN-2026-000001-I1 interest 4068 0",
                    "DN-2026-000001-I2 interest 4068 4068",
                ])
        }
    }

    @Test func `a fee that money had paid closes too, when it is given free and was not owed`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            try await office.receipt("B1", on: "2026-04-02", minor: 8568, remittance: "DN-2026-000001")
            try await office.receipt("B2", on: "2026-03-10", minor: 450_000, remittance: "R1")
            let fee = "SELECT open_minor || ' ' || allocated_minor FROM ltc.invoices WHERE kind = 'fee'"
            #expect(try await office.texts(fee) == ["0 500"])
            try await office.database.pool.transaction { db in
                try ReceiptDesk.release(1, reason: "x", actor: "fay", at: FinanceOffice.noon("2026-04-10"), in: db)
            }
            let why = """
                SELECT sum(a.amount_minor) FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
                WHERE i.kind = 'fee' AND a.reason = 'not_owed'
                """
            #expect(try await office.number(why) == 500)
        }
    }

    /// The money of 2 April was back on the 27th.
    @Test func `a notice that is reversed as of an earlier day closes its charges no more than once on any day`()
        async throws
    {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            try await office.receipt("B1", on: "2026-04-02", minor: 458_568, remittance: "R1")
            try await office.reverse(1, on: "2026-04-27")
            try await Self.reverse(office, "DN-2026-000001", on: "2026-04-05")
            for (day, owed) in [("2026-04-01", 458_568), ("2026-04-09", 0), ("2026-04-28", 450_000)] {
                #expect((try await Self.ageing(office, on: day)?.owedMinor ?? 0) == owed, "\(day)")
            }
        }
    }

    /// The third instalment is late only after the first two were on a notice.
    @Test(arguments: [(Compensation.Unit.invoice, ["40.00", "0.00"]), (.instalment, ["80.00", "40.00"])])
    func `an invoice in instalments is compensated once, or each of them`(
        unit: Compensation.Unit, asked: [String]
    ) async throws {
        try await Self.with(per: unit) { office in
            for (part, due) in [("2", "2026-03-02"), ("1", "2026-03-01"), ("3", "2026-04-01")] {
                try await office.invoice("R/\(part)", due: due, minor: 100_000, level: 1)
            }
            try await office.script("UPDATE ltc.invoices SET instalment_of = 'R'")
            let first = try await office.run(DunInvoices.self, on: "2026-03-31").notices
            _ = try await office.send()
            let second = try await office.run(DunInvoices.self, on: "2026-04-30").notices
            #expect((first + second).map(\.compensation.amount) == asked)
            let borne = first[0].invoices.filter { $0.compensation.amount == "40.00" }.map(\.number)
            #expect(borne == (unit == .invoice ? ["R/1"] : ["R/1", "R/2"]))
            // The gate looks at it once more, and finds the same.
            #expect(try await office.send() == [.send])
            #expect(
                try await office.number("SELECT sum(amount_minor) FROM ltc.invoices WHERE kind = 'compensation'")
                    == (unit == .invoice ? 4000 : 12_000))
        }
    }

    @Test func `a reversed notice leaves the ledger as it was, and what was paid of its charges is unallocated`()
        async throws
    {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            let before = try #require(try await Self.ageing(office, on: "2026-04-10"))
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            try await office.receipt(
                "B1", on: "2026-04-01", minor: 4500, remittance: "DN-2026-000001-C1 DN-2026-000001-F1")
            #expect(
                try await office.number("SELECT sum(open_minor) FROM ltc.invoices WHERE notice_id IS NOT NULL") == 4068)
            let known = Date()
            try await Self.reverse(office, "DN-2026-000001", on: "2026-04-05")
            let after = try #require(try await Self.ageing(office, on: "2026-04-10"))
            #expect(after.owedMinor == before.owedMinor && after.unallocatedMinor == 4500)
            #expect(try await office.number("SELECT allocated_minor FROM ltc.receipts") == 0)
            #expect(
                try await office.number("SELECT sum(open_minor) FROM ltc.invoices WHERE notice_id IS NOT NULL") == 0)
            // On the day before the reversal it was owed, and what was known before it says so for ever.
            let then = try #require(try await Self.ageing(office, on: "2026-04-04"))
            #expect((then.owedMinor, then.unallocatedMinor) == (before.owedMinor + 4068, 0))
            let knew = try #require(try await Self.ageing(office, on: "2026-04-10", known: known))
            #expect(knew.owedMinor == before.owedMinor + 4068)
            // The next notice asks for all of it, once.
            let again = try await office.run(DunInvoices.self, on: "2026-04-10").notices
            #expect(again.map(\.interest.amount) == ["54.25"] && again.map(\.compensation.amount) == ["40.00"])
            #expect(again.map(\.charges.amount) == ["0.00"] && again.map(\.credit.amount) == ["45.00"])
        }
    }

    @Test func `what was written off of a charge, or waits to be, is withdrawn with its notice`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            // Without a limit, each waits for somebody else.
            for number in ["DN-2026-000001-F1", "DN-2026-000001-I1"] {
                try await office.database.pool.transaction { db in
                    _ = try WriteOffDesk.propose(
                        number, amount: nil, reason: "goodwill", on: nil, actor: "fay",
                        asOf: .day(#require(CalendarDate("2026-04-02"))), in: db)
                }
            }
            try await office.database.pool.transaction { db in
                _ = try WriteOffDesk.approve(
                    "DN-2026-000001-F1", actor: "max", asOf: .day(#require(CalendarDate("2026-04-02"))), in: db)
            }
            try await Self.reverse(office, "DN-2026-000001", on: "2026-04-05")
            #expect(
                try await office.texts("SELECT state || ' ' || decided_by FROM ltc.write_offs ORDER BY id")
                    == ["reversed fay", "rejected fay"])
            #expect(
                try await office.number("SELECT sum(open_minor) FROM ltc.invoices WHERE notice_id IS NOT NULL") == 0)
            #expect(
                try await office.number("SELECT sum(amount_minor) FROM ltc.allocations WHERE reason = 'write_off'") == 0
            )
        }
    }

    @Test func `a bounce takes the charges back, and the next channel posts them again under other numbers`()
        async throws
    {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            let now = try Date("2026-04-02T10:00:00Z", strategy: .iso8601)
            try await office.database.pool.transaction { db in
                let notices = try DunningDesk.find(["DN-2026-000001"], in: db)
                _ = try DunningDesk.returned(notices, reason: "bounced", actor: "ltcd", at: now, in: db)
                _ = try DunningDesk.confirm(notices, on: nil, actor: "fay", asOf: .instant(now), in: db)
            }
            #expect(
                try await office.texts(Self.charges) == [
                    "DN-2026-000001-C1 compensation 4000 0", "DN-2026-000001-F1 fee 500 0",
                    "DN-2026-000001-I1 interest 4068 0", "DN-2026-000001-C2 compensation 4000 4000",
                    "DN-2026-000001-F2 fee 500 500", "DN-2026-000001-I2 interest 4068 4068",
                ])
        }
    }

    @Test func `interest ran on what was open on each day, and a payment that was taken back paid nothing`()
        async throws
    {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.receipt("B1", on: "2026-03-11", minor: 100_000)
            let paid = try await office.run(DunInvoices.self, on: "2026-03-31", isPreview: true).notices
            // 10 days on 4,500.00 and 20 days on 3,500.00.
            #expect(paid.map(\.interest.amount) == ["34.66"])
            try await office.script(
                """
                INSERT INTO ltc.allocations (receipt_id, invoice_id, team_id, currency, amount_minor, reason, effective_on)
                SELECT receipt_id, invoice_id, team_id, currency, -amount_minor, 'reversed', '2026-03-20'
                FROM ltc.allocations
                """)
            let reversed = try await office.run(DunInvoices.self, on: "2026-03-31", isPreview: true).notices
            #expect(reversed.map(\.interest.amount) == ["40.68"])
        }
    }

    @Test func `the reference of a notice pays what its letter asks for, charges and all`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            let total = try await office.number("SELECT total_minor FROM ltc.notices")
            try await office.receipt("B1", of: nil, on: "2026-04-05", minor: total, remittance: "DN-2026-000001")
            #expect(try await office.number("SELECT sum(open_minor) FROM ltc.invoices") == 0)
            #expect(try await office.number("SELECT amount_minor - allocated_minor FROM ltc.receipts") == 0)
        }
    }

    @Test func `a charge that was paid before the letter leaves is no longer on it`() async throws {
        try await Self.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            _ = try await office.send()
            try await office.run(DunInvoices.self, on: "2026-04-20")
            try await office.receipt("B1", on: "2026-04-20", minor: 4068, remittance: "DN-2026-000001-I1")
            #expect(try await office.send() == [.send])
            let sent = "SELECT charges_minor || ' ' || state FROM ltc.notices ORDER BY id DESC LIMIT 1"
            #expect(try await office.texts(sent) == ["4500 sent"])
            #expect(try await office.number("SELECT sum(open_minor) FROM ltc.notice_charges") == 4500)
        }
    }
}
