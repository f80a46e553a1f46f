import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@Suite struct LedgerReportTests {
    /// Days and hours since the start of the random ledger, its last day and all that is known among them.
    private static func moments(_ random: inout SeededRandom) -> [(day: Int, known: Int?)] {
        let days = RandomLedger.days
        return [(days + 60, nil)]
            + (0..<6).map { place in
                (
                    Int.random(in: 0...days, using: &random),
                    place % 2 == 0 ? nil : Int.random(in: 0...days * 24, using: &random)
                )
            }
    }

    @Test(arguments: 1...6)
    func
        `the ageing of a random history is what its facts say, however it is grouped, on any day, as known at any time`(
            seed: Int
        ) async throws
    {
        var random = SeededRandom(seed: UInt64(seed))
        let ledger = RandomLedger(seed: UInt64(seed))
        let moments = Self.moments(&random)
        try await FinanceOffice.with { office in
            try await ledger.write(to: office)
            for (day, known) in moments {
                for basis in AgeingBasis.allCases {
                    let whole = try await Self.ageing(office, .currency, basis, day: day, known: known)
                    for grouping in ReportGrouping.allCases {
                        let lines = try await Self.ageing(office, grouping, basis, day: day, known: known)
                        let expected = ledger.figures(grouping, by: basis, day: day, known: known)
                            .filter { $0.value.items > 0 || $0.value.unallocated != 0 }
                        #expect(
                            lines == expected, "\(grouping) \(basis) day \(day) known \(known.map(String.init) ?? "-")")
                        #expect(
                            lines.values.allSatisfy { $0.buckets.reduce(0, +) - $0.unallocated == $0.ledger })
                        // All lines of a currency together are its line, bucket by bucket.
                        for (line, figures) in whole {
                            let parts = lines.filter { $0.key.currency == line.currency }.map(\.value)
                            #expect(
                                figures.buckets.indices.map { place in parts.reduce(0) { $0 + $1.buckets[place] } }
                                    == figures.buckets)
                            #expect(parts.reduce(0) { $0 + $1.unallocated } == figures.unallocated)
                        }
                    }
                }
            }
        }
    }

    /// The lines of the report; its ledger is the sum of the buckets less what is unallocated.
    private static func ageing(
        _ office: FinanceOffice, _ grouping: ReportGrouping, _ basis: AgeingBasis, day: Int, known: Int?
    ) async throws -> [RandomLedger.Line: RandomLedger.Figures] {
        let scope = ReportScope(day: RandomLedger.day(day), known: known.map(RandomLedger.instant))
        return try await office.database.pool.transaction { db in
            var lines: [RandomLedger.Line: RandomLedger.Figures] = [:]
            try AgeingStore.stream(scope, per: grouping, by: basis, in: db) { group, ageing in
                let key = group.customer ?? group.team ?? group.creditor ?? ""
                lines[RandomLedger.Line(key: key, currency: ageing.currency.code)] = RandomLedger.Figures(
                    buckets: ageing.minors, unallocated: ageing.unallocatedMinor,
                    items: ageing.items, ledger: ageing.ledgerMinor)
            }
            return lines
        }
    }

    @Test(arguments: 1...6)
    func `statements end with the ledger: opening and movements are the closing balance`(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        let ledger = RandomLedger(seed: UInt64(seed))
        let moments = Self.moments(&random)
        try await FinanceOffice.with { office in
            try await ledger.write(to: office)
            for (day, known) in moments {
                let first = day / 2
                let before = ledger.figures(.customer, by: .due, day: first - 1, known: known)
                let after = ledger.figures(.customer, by: .due, day: day, known: known)
                for number in ["C1", "C2", "C3"] {
                    let scope = ReportScope(day: RandomLedger.day(day), known: known.map(RandomLedger.instant))
                    let statements = try await office.database.pool.transaction { db in
                        let customer = try db.one(ReceiptsSQL.CustomerByNumber(name: number)).id
                        return try ReportStore.statements(
                            of: customer, creditor: nil, currency: nil, from: RandomLedger.day(first), scope, in: db
                        ).map(\.statement)
                    }
                    for currency in ["EUR", "CNY"] {
                        let line = RandomLedger.Line(key: number, currency: currency)
                        let ours = statements.filter { $0.currency.code == currency }
                        #expect(ours.reduce(0) { $0 + $1.openingMinor } == before[line]?.ledger ?? 0)
                        #expect(ours.reduce(0) { $0 + $1.closingMinor } == after[line]?.ledger ?? 0)
                    }
                    for statement in statements {
                        #expect(statement.balances.last ?? statement.openingMinor == statement.closingMinor)
                        #expect(
                            zip(statement.movements, statement.movements.dropFirst()).allSatisfy { $0.day <= $1.day })
                    }
                }
            }
        }
    }

    @Test(arguments: 1...3)
    func `what is expected and what is not add up to what is owed`(seed: Int) async throws {
        let ledger = RandomLedger(seed: UInt64(seed))
        try await FinanceOffice.with { office in
            try await ledger.write(to: office)
            try await office.script(
                """
                INSERT INTO ltc.promises (team_id, invoice_id, currency, amount_minor, promised_on, recorded_by, recorded_at)
                SELECT team_id, id, currency, 1 + amount_minor / 2, due_on + 10, 'test', recorded_at
                FROM ltc.invoices WHERE id % 5 = 0;
                INSERT INTO ltc.disputes (team_id, invoice_id, currency, amount_minor, reason, owner_id, until_on, recorded_by)
                SELECT i.team_id, i.id, i.currency, 1 + i.amount_minor / 3, 'test', m.id, i.due_on + 30, 'test'
                FROM ltc.invoices AS i, ltc.members AS m WHERE i.id % 3 = 0 AND m.code = 'fay';
                INSERT INTO ltc.dunning_holds (team_id, customer_id, invoice_id, reason, recorded_by)
                SELECT team_id, customer_id, id, 'test', 'test' FROM ltc.invoices WHERE id % 7 = 0;
                INSERT INTO ltc.draft_covers (receipt_id, invoice_id, team_id, currency, amount_minor, reason)
                SELECT r.id, i.id, i.team_id, i.currency, 1 + i.amount_minor / 4, 'test'
                FROM ltc.receipts AS r JOIN ltc.invoices AS i USING (currency) WHERE r.kind = 'draft' AND (r.id + i.id) % 4 = 0;
                """)
            for day in [10, 40, 70, RandomLedger.days] {
                let scope = ReportScope(day: RandomLedger.day(day))
                let (cash, ageing) = try await office.database.pool.transaction { db in
                    (
                        try ReportStore.expectedCash(scope, weeks: 4, tolerance: 3, in: db),
                        try AgeingStore.ageing(scope, in: db).filter { $0.items > 0 }
                    )
                }
                #expect(cash.map(\.owedMinor) == ageing.map(\.owedMinor))
                #expect(cash.map(\.currency) == ageing.map(\.currency))
                #expect(
                    cash.allSatisfy {
                        $0.weeks.count == 4 && $0.weeks[0].from == scope.day && $0.weeks[3].until.weekday == 7
                    })
            }
        }
    }

    @Test func `days sales outstanding are counted back through the months that were billed`() async throws {
        try await FinanceOffice.with { office in
            // Issued on 30 March, February and so on: 30 days before they are due.
            for (number, due, minor) in [
                ("A", "2026-05-01", 10_000_000), ("B", "2026-03-27", 8_000_000), ("C", "2026-02-20", 7_000_000),
            ] {
                try await office.invoice(number, due: due, minor: minor)
            }
            try await office.receipt("P", on: "2026-03-20", minor: 3_800_000)
            let day = try #require(CalendarDate("2026-04-30"))
            let sales = try await office.database.pool.transaction { db in
                try #require(try ReportStore.sales(ReportScope(day: day), per: .currency, days: 90, in: db).first)
            }
            #expect(sales.receivablesMinor == 21_200_000)
            #expect(sales.months.map(\.days) == [30, 31, 28, 31])
            #expect(sales.months.map(\.billedMinor) == [10_000_000, 0, 8_000_000, 7_000_000])
            #expect(sales.latelyMinor == 18_000_000)
        }
    }
}
