import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@Suite struct LedgerTests {
    private func ageing(_ office: FinanceOffice, on day: String) async throws -> [Ageing] {
        let day = try #require(CalendarDate(day))
        return try await office.database.pool.transaction { db in try AgeingStore.ageing(team: nil, on: day, in: db) }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `the ageing of a random ledger is the ledger, to the minor unit`(seed: UInt64) async throws {
        try await FinanceOffice.with { office in
            var random = SeededRandom(seed: seed)
            let start = try #require(CalendarDate("2025-12-01"))
            for index in 1...30 {
                try await office.invoice(
                    "R\(index)", of: "C\(Int.random(in: 1...3, using: &random))",
                    due: "\(start.adding(days: Int.random(in: 0...120, using: &random)))",
                    minor: Int.random(in: 1...900_000, using: &random),
                    kind: index % 7 == 0 ? "credit-note" : "invoice",
                    currency: index % 3 == 0 ? "CNY" : "EUR")
            }
            for index in 1...10 {
                try await office.receipt(
                    "B\(index)", of: "C\(Int.random(in: 1...3, using: &random))",
                    on: "2026-01-\(10 + index)", minor: Int.random(in: 1...2_000_000, using: &random),
                    remittance: "R\(Int.random(in: 1...30, using: &random))", currency: index % 2 == 0 ? "CNY" : "EUR")
            }
            // Long after the last fact, the running totals of the rows are the ledger.
            for ageing in try await ageing(office, on: "2026-12-31") {
                let ledger = try await office.number(
                    """
                    SELECT (SELECT sum(CASE kind WHEN 'invoice' THEN open_minor ELSE -open_minor END) FROM ltc.invoices
                            WHERE currency = '\(ageing.currency)')
                        - (SELECT sum(amount_minor - allocated_minor) FROM ltc.receipts
                            WHERE currency = '\(ageing.currency)')
                    """)
                #expect(ageing.ledgerMinor == ledger)
                #expect(ageing.owedMinor - ageing.unallocatedMinor == ageing.ledgerMinor)
            }
        }
    }

    /// Fully paid by B1 from 1 February to its reversal, and by B2 only from then on.
    @Test func `what is taken back was never more than it was, on any day`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-01-15", minor: 10_000)
            try await office.receipt("B1", on: "2026-02-01", minor: 10_000, remittance: "R1")
            func reverse(_ receipt: Int, on day: String) async throws {
                let now = try FinanceOffice.noon(day)
                _ = try await office.database.pool.transaction { db in
                    try ReceiptDesk.reverse([receipt], reason: "returned", actor: "fay", at: now, in: db)
                }
            }
            try await reverse(1, on: "2026-03-24")
            try await office.receipt("B2", on: "2026-02-02", minor: 10_000, remittance: "R1")
            try await reverse(2, on: "2026-03-09")
            for (day, owed) in [("2026-02-10", 0), ("2026-03-15", 0), ("2026-03-24", 10_000)] {
                let ageing = try await ChargesTests.ageing(office, on: day)
                #expect((ageing?.owedMinor ?? 0) == owed, "\(day)")
                #expect((ageing?.ledgerMinor ?? 0) == owed - (day < "2026-03-09" ? 10_000 : 0), "\(day)")
            }
        }
    }

    @Test func `a payment counts from the day on which it is effective`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 1000)
            try await office.receipt("B1", on: "2026-03-20", minor: 1500)
            let before = try #require(try await ageing(office, on: "2026-03-19").first)
            #expect((before.minors[1], before.unallocatedMinor) == (1000, 0))
            let after = try #require(try await ageing(office, on: "2026-03-20").first)
            #expect((after.owedMinor, after.unallocatedMinor, after.ledgerMinor) == (0, 500, -500))
        }
    }

    @Test func `a payment recorded late pays from when the one that was taken back no longer stood`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 1000)
            try await office.receipt("B1", on: "2026-03-12", minor: 1000)
            try await office.database.pool.transaction { db in
                let first = try db.run(ReceiptsSQL.ReceiptsByKey(id: nil, reference: "B1"))[0].id
                _ = try ReceiptDesk.reverse(
                    [first], reason: "returned", actor: "fay", at: FinanceOffice.noon("2026-03-20"), in: db)
            }
            try await office.receipt("B2", on: "2026-03-13", minor: 1000)
            for (day, owed, unallocated) in [("2026-03-15", 0, 1000), ("2026-03-20", 0, 0)] {
                let found = try await ageing(office, on: day).first
                #expect((found?.owedMinor ?? 0, found?.unallocatedMinor ?? 0) == (owed, unallocated), "\(day)")
            }
        }
    }

    @Test func `a receipt finds its customer by the invoices that it names`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R-1", of: "C2", due: "2026-03-01", minor: 1000)
            try await office.receipt("B1", of: nil, on: "2026-03-20", minor: 400, remittance: "pmt r-1 thanks")
            try await office.receipt("B2", of: nil, on: "2026-03-20", minor: 400, remittance: "no idea")
            #expect(try await office.number("SELECT open_minor FROM ltc.invoices") == 600)
            #expect(
                try await office.texts("SELECT reason || amount_minor FROM ltc.allocations") == ["remittance400"])
            #expect(
                try await office.texts("SELECT kind || reason FROM ltc.events WHERE subject_kind = 'invoice'") == [
                    "payment_allocatedremittance"
                ])
        }
    }

    @Test func `money of another currency pays nothing`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 1000)
            try await office.receipt("B1", on: "2026-03-20", minor: 1000, remittance: "R1", currency: "USD")
            #expect(try await office.number("SELECT open_minor FROM ltc.invoices") == 1000)
        }
    }
}
