import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// What closes items beside payments: discounts, small differences, set-offs.
@Suite struct ClosingTests {
    private static func withOffice(_ body: (FinanceOffice) async throws -> Void) async throws {
        var company = try FinanceOffice.company()
        var ledger = LedgerPolicy()
        ledger.smallDifference = [Money(minor: 50, currency: Currency("EUR")!)]
        company.ledger = ledger
        try await FinanceOffice.with(company) { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 10_000, level: 1)
            try await body(office)
        }
    }

    private func ledger(_ office: FinanceOffice) async throws -> [String] {
        try await office.texts("SELECT reason || ' ' || amount_minor FROM ltc.allocations ORDER BY id")
    }

    /// What of each item was closed by what.
    private func closed(_ office: FinanceOffice) async throws -> [String] {
        try await office.texts(
            """
            SELECT i.number || ' ' || coalesce(r.reference, a.reason) || ' ' || sum(a.amount_minor)
            FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
            LEFT JOIN ltc.receipts AS r ON r.id = a.receipt_id
            GROUP BY i.number, coalesce(r.reference, a.reason) HAVING sum(a.amount_minor) <> 0 ORDER BY 1
            """)
    }

    private func reverse(_ office: FinanceOffice, on day: String) async throws {
        try await office.database.pool.transaction { db in
            let id = try #require(
                try db.run(
                    ReceiptsSQL.ListReceipts(
                        unallocated: false, onlyWaiting: false, onlyDrafts: false, most: 1)
                ).first?.id)
            try ReceiptDesk.reverse(
                [id], reason: "returned", actor: "fay", at: FinanceOffice.noon(day), in: db)
        }
    }

    @Test func `a discount is taken in time, not late, and is owed again with its payment`() async throws {
        try await Self.withOffice { office in
            try await office.script(
                "UPDATE ltc.invoices SET discount_percent = 2, discount_until = '2026-02-15' WHERE number = 'R1'")
            try await office.receipt("B1", on: "2026-02-15", minor: 9_800)
            #expect(try await ledger(office) == ["exact_amount 9800", "discount_taken 200"])
            try await reverse(office, on: "2026-02-20")
            #expect(try await ledger(office).suffix(2) == ["reversed -9800", "discount_taken -200"])
            #expect(
                try await office.texts("SELECT open_minor || ' ' || dunning_level FROM ltc.invoices") == ["10000 1"])
            try await office.receipt("B2", on: "2026-02-21", minor: 9_800)
            #expect(try await office.number("SELECT open_minor FROM ltc.invoices") == 200)
        }
    }

    @Test(arguments: [(9_000, 1_000), (9_800, 0)])
    func `what was taken back earns no discount, and takes none from what came in time`(minor: Int, left: Int)
        async throws
    {
        try await Self.withOffice { office in
            try await office.script(
                "UPDATE ltc.invoices SET discount_percent = 2, discount_until = '2026-02-15' WHERE number = 'R1'")
            try await office.receipt("B1", on: "2026-02-14", minor: 2_000, remittance: "R1")
            try await reverse(office, on: "2026-02-20")
            try await office.receipt("B2", on: "2026-02-12", minor: minor, remittance: "R1")
            #expect(try await office.number("SELECT open_minor FROM ltc.invoices") == left)
        }
    }

    @Test(arguments: [
        (nil, "F1 400 I1 100 R1 500"), (PaymentOrder.principalFirst, "R1 1000"),
    ])
    func `what notices charged is paid with its invoice, as the procedure says`(
        order: PaymentOrder?, expected: String
    ) async throws {
        var company = try FinanceOffice.company()
        company.dunning.procedures[0].payments = order
        try await FinanceOffice.with(company) { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 10_000)
            try await office.script(
                """
                WITH run AS (
                    INSERT INTO ltc.runs (automation, team_id, as_of, actor, state)
                    SELECT 'dun-invoices', id, now(), 'test', 'done' FROM ltc.teams WHERE code = 'finance' RETURNING id
                ), notice AS (
                    INSERT INTO ltc.notices (
                        creditor_id, customer_id, currency, run_date, team_id, procedure, level, state, open_minor,
                        interest_minor, fee_minor, credit_minor, pay_by, letter, run_id, channel)
                    SELECT i.creditor_id, i.customer_id, i.currency, '2026-04-01', i.team_id, 'standard', 1, 'sent', 10000,
                        100, 400, 0, '2026-04-08', '', run.id, 'mail'
                    FROM ltc.invoices AS i, run RETURNING id
                ), named AS (
                    INSERT INTO ltc.notice_items (
                        notice_id, invoice_id, currency, team_id, days_overdue, open_minor, level_before, level,
                        interest_minor)
                    SELECT notice.id, i.id, i.currency, i.team_id, 31, 10000, 0, 1, 100 FROM ltc.invoices AS i, notice
                )
                INSERT INTO ltc.invoices (
                    number, creditor_id, customer_id, team_id, kind, issued_on, due_on, currency, amount_minor,
                    charged_for_id, notice_id)
                SELECT k.number, i.creditor_id, i.customer_id, i.team_id, k.kind, '2026-04-01', '2026-04-08', i.currency,
                    k.minor, CASE k.kind WHEN 'interest' THEN i.id END, notice.id
                FROM ltc.invoices AS i, notice,
                    (VALUES ('I1', 'interest', 100), ('F1', 'fee', 400)) AS k (number, kind, minor)
                """)
            try await office.receipt("B1", on: "2026-04-20", minor: 1_000, remittance: "R1")
            let paid = try await office.texts(
                """
                SELECT string_agg(i.number || ' ' || a.amount_minor, ' ' ORDER BY a.id)
                FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
                """)
            #expect(paid == [expected])
        }
    }

    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]])
    func `in whatever order the receipts of a day come in, the same is paid`(order: [Int]) async throws {
        try await Self.withOffice { office in
            try await office.invoice("R2", due: "2026-03-10", minor: 10_000)
            try await office.invoice("R3", due: "2026-03-20", minor: 10_000)
            let receipts = [(12_980, ""), (10_000, "R1"), (2_000, "R3")]
            for index in order {
                try await office.receipt(
                    "B\(index)", on: "2026-03-25", minor: receipts[index].0, remittance: receipts[index].1)
            }
            #expect(try await closed(office) == ["R1 B1 10000", "R2 B0 10000", "R3 B0 2980", "R3 B2 2000"])
            #expect(try await office.number("SELECT sum(open_minor) FROM ltc.invoices") == 5_020)
            // Of another day, it is decided by itself.
            try await office.receipt("B9", on: "2026-03-26", minor: 5_020, remittance: "R3")
            #expect(try await office.number("SELECT sum(open_minor) FROM ltc.invoices") == 0)
        }
    }

    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]])
    func `what closed without money is decided again with the receipts of its day`(order: [Int]) async throws {
        try await Self.withOffice { office in
            try await office.invoice("R2", due: "2026-03-10", minor: 10_000)
            let receipts = [(9_960, "R1"), (1_000, "R1"), (2_000, "R2")]
            for index in order {
                try await office.receipt(
                    "B\(index)", on: "2026-03-25", minor: receipts[index].0, remittance: receipts[index].1)
            }
            #expect(try await closed(office) == ["R1 B0 9960", "R1 B1 40", "R2 B1 960", "R2 B2 2000"])
        }
    }

    @Test func `a small remainder closes with its payment, by hand too, and opens with it again`() async throws {
        try await Self.withOffice { office in
            try await office.receipt("B1", on: "2026-03-10", minor: 9_950, isAllocated: false)
            let paid = try await office.database.pool.transaction { db in
                try ReceiptDesk.allocate(
                    try db.one(
                        ReceiptsSQL.ListReceipts(
                            unallocated: true, onlyWaiting: false, onlyDrafts: false, most: 1)
                    ).id,
                    to: "R1", amount: nil, actor: "fay", at: Date(), in: db)
            }
            #expect(paid.closing?.reason == .smallDifference && paid.closing?.amount.minor == 50)
            #expect(try await office.number("SELECT open_minor FROM ltc.invoices") == 0)
            try await reverse(office, on: "2026-03-12")
            #expect(try await office.number("SELECT open_minor FROM ltc.invoices") == 10_000)
        }
    }

    @Test func `a credit note is set off, counts on both sides, and comes back`() async throws {
        try await Self.withOffice { office in
            try await office.invoice("C1", due: "2026-03-20", minor: 4_000, kind: "credit-note")
            let set = { (isBack: Bool, amount: String?) in
                try await office.database.pool.transaction { db in
                    let asOf = AsOf.day(CalendarDate("2026-05-01")!)
                    return isBack
                        ? try SetOffDesk.reverse("C1", against: "R1", on: nil, actor: "fay", asOf: asOf, in: db)
                        : try SetOffDesk.setOff(
                            "C1", against: "R1", amount: amount, on: nil, actor: "fay", asOf: asOf, in: db)
                }
            }
            #expect(try await set(false, "10.00").minor == 1_000)
            #expect(try await set(false, nil).minor == 3_000)
            #expect(
                try await office.texts("SELECT open_minor::text FROM ltc.invoices ORDER BY number") == ["0", "6000"])
            let ageing = try await office.database.pool.transaction { db in
                try AgeingStore.ageing(team: nil, on: CalendarDate("2026-05-01")!, in: db)
            }
            #expect(ageing.map { [$0.owedMinor, $0.unallocatedMinor] } == [[6_000, 0]])
            await #expect { try await set(false, nil) } throws: { ($0 as? Problem)?.code == "nothing_open" }
            #expect(try await set(true, nil).minor == 4_000)
            #expect(
                try await office.texts("SELECT open_minor::text FROM ltc.invoices ORDER BY number") == [
                    "4000", "10000",
                ]
            )
        }
    }

    @Test func `only what the same two owe each other is set off`() async throws {
        try await Self.withOffice { office in
            try await office.invoice("C2", of: "C2", due: "2026-03-20", minor: 4_000, kind: "credit-note")
            try await office.invoice("C3", due: "2026-03-20", minor: 4_000, kind: "credit-note", currency: "USD")
            for (credit, debt, code) in [
                ("C2", "R1", "not_mutual"), ("C3", "R1", "not_mutual"), ("R1", "C2", "wrong_kind"),
            ] {
                await #expect {
                    try await office.database.pool.transaction { db in
                        try SetOffDesk.setOff(
                            credit, against: debt, amount: nil, on: nil, actor: "fay",
                            asOf: .day(CalendarDate("2026-05-01")!), in: db)
                    }
                } throws: {
                    ($0 as? Problem)?.code == code
                }
            }
            await #expect(throws: DatabaseError.self) {
                try await office.script(
                    """
                    INSERT INTO ltc.allocations (
                        credit_note_id, invoice_id, team_id, currency, amount_minor, reason, effective_on)
                    SELECT a.id, b.id, a.team_id, a.currency, 1, 'by_hand', '2026-05-01'
                    FROM ltc.invoices AS a, ltc.invoices AS b WHERE a.number = 'R1' AND b.number = 'C2'
                    """)
            }
        }
    }
}
