import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// A file of several days is its days, one after the other, however a bank cuts them into files.
@Suite struct DaysOfAFileTests {
    /// What became of invoices and receipts when they were taken in these pieces; nothing of it is kept.
    private func outcome(
        _ office: FinanceOffice, _ setUp: String, _ receipts: [String], cut pieces: [Range<Int>]
    ) async throws -> [String] {
        try await office.database.pool.transaction(.init(rollsBack: true)) { db in
            try db.script(setUp)
            for piece in pieces where !piece.isEmpty {
                for receipt in receipts[piece] { try db.script(receipt) }
                let names = piece.map { "B\($0)" }
                let ids = try names.map { try ReceiptDesk.find($0, in: db) }
                _ = try AllocateReceipts.allocate(ids, at: FinanceOffice.noon("2026-03-10"), in: db)
            }
            var told: [String] = []
            for name in receipts.indices.map({ "B\($0)" }) {
                let id = try ReceiptDesk.find(name, in: db)
                let row = try db.one(ReceiptsSQL.ShowReceipt(receipt: id))
                told.append("\(name) \(row.customer ?? "-") \(row.waiting ?? "-")")
                let paid = try db.run(ReceiptsSQL.AllocationsOf(receipt: id)).map {
                    "\($0.invoice) \($0.amountMinor) \($0.reason) \($0.effectiveOn)"
                }
                told += paid.sorted()
            }
            return told
        }
    }

    @Test func `the files into which days are cut do not matter`() async throws {
        try await FinanceOffice.with { office in
            for seed in 0..<40 {
                var random = SeededRandom(seed: UInt64(seed))
                var setUp = ""
                for number in 1...6 {
                    setUp += """
                        INSERT INTO ltc.invoices (
                            number, creditor_id, customer_id, team_id, issued_on, due_on, currency, amount_minor)
                        SELECT 'R-100\(number)', k.id, c.id, k.finance_team_id, '2026-01-01',
                            date '2026-02-01' + \(Int.random(in: 0...5, using: &random)), 'EUR',
                            \(Int.random(in: 1...3, using: &random) * 1000)
                        FROM ltc.creditors AS k, ltc.customers AS c
                        WHERE c.number = '\(Bool.random(using: &random) ? "C1" : "C2")';

                        """
                }
                var day = 1
                var starts = [0]
                let receipts = (0..<12).map { index in
                    if index > 0, Int.random(in: 0..<3, using: &random) == 0 {
                        day += 1
                        starts.append(index)
                    }
                    let customer = ["'C1'", "'C2'", "NULL", "NULL"].randomElement(using: &random)!
                    let text =
                        Bool.random(using: &random) ? "R-100\(Int.random(in: 1...6, using: &random))" : "payment"
                    let iban = ["'DE1'", "'DE2'", "NULL", "NULL"].randomElement(using: &random)!
                    return """
                        INSERT INTO ltc.receipts (
                            reference, creditor_id, customer_id, team_id, booked_on, currency, amount_minor, remittance, iban)
                        SELECT 'B\(index)', id, (SELECT id FROM ltc.customers WHERE number = \(customer)), finance_team_id,
                            date '2026-03-01' + \(day), 'EUR', \(Int.random(in: 1...4, using: &random) * 1000), '\(text)',
                            \(iban)
                        FROM ltc.creditors
                        """
                }
                let whole = try await outcome(office, setUp, receipts, cut: [0..<12])
                let days = zip(starts, starts.dropFirst() + [12]).map { $0..<$1 }
                #expect(try await outcome(office, setUp, receipts, cut: days) == whole, "seed \(seed)")
                let half = starts[starts.count / 2]
                #expect(
                    try await outcome(office, setUp, receipts, cut: [0..<half, half..<12]) == whole, "seed \(seed)")
            }
        }
    }
}
