import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// What a sales team sees of the invoices that come from its contracts, under a login of its own.
@Suite struct ChainReadTests {
    /// Logs Sal of the sales team in.
    private static func asSal<Result: Sendable>(
        _ office: FinanceOffice, _ body: @Sendable (isolated Connection) throws -> Result
    ) async throws -> Result {
        let login = "sal_\(office.database.name)"
        try await office.script(
            "CREATE ROLE \(login) LOGIN IN ROLE ltc_person; UPDATE ltc.members SET login = '\(login)' WHERE code = 'sal'"
        )
        let settings = ConnectionSettings("dbname=\(office.database.name) user=\(login)")
        let person = try await Connection.open(settings, logger: TestDatabase.logger)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await person.transaction { db in try body(db) }) } catch { result = .failure(error) }
        await person.close()
        try await office.script("DROP ROLE \(login)")
        return try result.get()
    }

    @Test func `a sales team sees what was paid of its contracts' invoices, and nothing of others'`() async throws {
        try await FinanceOffice.with { office in
            for number in ["PAID", "PART", "OPEN", "DISPUTED", "OTHER"] {
                try await office.invoice(number, due: "2026-02-01", minor: 1_000)
            }
            try await office.script(
                """
                UPDATE ltc.invoices SET sales_team_id = (SELECT id FROM ltc.teams WHERE code = 'sales')
                WHERE number <> 'OTHER';
                INSERT INTO ltc.disputes (team_id, invoice_id, currency, amount_minor, reason, owner_id, until_on, recorded_by)
                SELECT i.team_id, i.id, i.currency, 300, 'test', m.id, '2026-04-30', 'test'
                FROM ltc.invoices AS i, ltc.members AS m WHERE i.number = 'DISPUTED' AND m.code = 'fay';
                """)
            try await office.receipt("B1", on: "2026-02-10", minor: 1_000, remittance: "PAID")
            try await office.receipt("B2", on: "2026-02-11", minor: 400, remittance: "PART")
            try await office.receipt("B3", on: "2026-02-12", minor: 250, remittance: "OTHER")
            let scope = ReportScope(day: CalendarDate("2026-03-01")!)
            let (ageing, sales, cash, closings, statement) = try await Self.asSal(office) { db in
                (
                    try AgeingStore.ageing(scope, in: db),
                    try ReportStore.sales(scope, per: .currency, days: 90, in: db),
                    try ReportStore.expectedCash(scope, weeks: 2, tolerance: 0, in: db),
                    try db.run(
                        InvoicesSQL.ClosingsOf(
                            invoice: db.one(InvoicesSQL.ShowInvoice(number: "PART", known: nil)).id, known: nil)),
                    try ReportStore.statements(
                        of: db.one(ReceiptsSQL.CustomerByNumber(name: "C1")).id, creditor: nil, currency: nil,
                        from: CalendarDate("2026-01-01")!, scope, in: db
                    ).map(\.statement)
                )
            }
            #expect(ageing.map(\.ledgerMinor) == [2_600] && ageing.map(\.items) == [3])
            #expect(sales.map(\.receivablesMinor) == [2_600])
            #expect(cash.map(\.overdueMinor) == [2_300] && cash.map(\.disputedMinor) == [300])
            // That it was paid is seen; by which of the bank's entries is finance's to know.
            #expect(closings.map(\.amountMinor) == [400] && closings.map(\.receipt) == ["receipt 2"])
            #expect(statement.map(\.closingMinor) == [2_600])
            #expect(statement[0].movements.last.map { "\($0.kind) \($0.reference)\($0.minor)" } == "receipt -400")
        }
    }

    @Test(arguments: 1...4)
    func `whoever sees one side of a ledger only, its buckets less what is unallocated are its movements`(
        seed: Int
    ) async throws {
        try await FinanceOffice.with { office in
            try await RandomLedger(seed: UInt64(seed)).write(to: office)
            try await office.script(
                """
                UPDATE ltc.invoices SET sales_team_id = (SELECT id FROM ltc.teams WHERE code = 'sales')
                WHERE id % 3 <> \(seed % 3)
                """)
            let expected = try await office.texts(
                """
                SELECT currency || ' ' || sum(CASE kind WHEN 'credit-note' THEN -open_minor ELSE open_minor END)
                FROM ltc.invoices WHERE sales_team_id IS NOT NULL GROUP BY currency ORDER BY currency
                """)
            // By then all that was recorded is effective.
            let scope = ReportScope(day: RandomLedger.day(RandomLedger.days + 60))
            let (ageing, sales) = try await Self.asSal(office) { db in
                (
                    try AgeingStore.ageing(scope, in: db),
                    try ReportStore.sales(scope, per: .currency, days: 90, in: db)
                )
            }
            #expect(ageing.map { "\($0.currency.code) \($0.ledgerMinor)" } == expected)
            #expect(sales.map { "\($0.currency.code) \($0.receivablesMinor)" } == expected)
        }
    }
}
