import Domain
import Foundation
import Postgres
import Store

/// Money that went back: what it had paid is owed again, at the dunning level that it had.
enum ReverseReceipts {
    /// Finds the receipts that the reversals of these statements take back, or earlier ones that waited for them, and takes them back.
    ///
    /// - Parameters:
    ///   - day: only those of the days through it; nil is all
    ///   - before: only receipts that came before this day; nil is all
    /// - Returns: the receipts, and how many reversals of these statements wait for a person, by reason.
    static func match(
        _ statements: [Int], through day: CalendarDate? = nil, before: CalendarDate? = nil, at now: Date,
        in db: isolated Connection
    ) throws -> (reversed: Set<Int>, waiting: [ReversalMatching.Waiting: Int]) {
        let rows = try db.run(BankStatementsSQL.UnmatchedReversals(statements: statements, through: day))
        var waiting: [ReversalMatching.Waiting: Int] = [:]
        var reversed: Set<Int> = []
        for (entry, rows) in Dictionary(grouping: rows, by: \.entry).sorted(by: { $0.key < $1.key }) {
            let candidates = rows.compactMap { row -> ReversalMatching.Candidate? in
                guard let receipt = row.receipt, let minor = row.receiptMinor, let cameIn = row.cameInMinor,
                    let batch = row.batch,
                    !reversed.contains(receipt)
                else { return nil }
                return .init(receipt: receipt, minor: minor, cameInMinor: cameIn, batch: batch)
            }
            let receipts: [Int]
            do throws(ReversalMatching.Waiting) {
                receipts = try ReversalMatching.receipts(
                    takenBackBy: rows[0].amountMinor, charges: rows[0].chargesMinor, among: candidates)
            } catch {
                if rows[0].isNew { waiting[error, default: 0] += 1 }
                continue
            }
            if let before,
                rows.contains(where: {
                    $0.cameOn.map { before <= $0 } == true && $0.receipt.map(receipts.contains) == true
                })
            {
                continue
            }
            reversed.formUnion(receipts)
            for receipt in receipts {
                try reverse(
                    receipt, on: rows[0].bookedOn, because: "returned_by_bank", entry: entry, actor: "bank", at: now,
                    in: db)
            }
        }
        return (reversed, waiting)
    }

    /// - Parameters:
    ///   - entry: the bank's entry that did it; nil when a person did.
    ///   - draft: the draft whose money it was
    static func reverse(
        _ receipt: Int, on day: CalendarDate, because reason: String, entry: Int?, draft: Int? = nil, actor: String,
        at now: Date, in db: isolated Connection
    ) throws {
        let paid = try db.run(ReceiptsSQL.PaidBy(receipt: receipt)).map(\.invoice)
        try db.execute(
            ReceiptsSQL.TakeBackAllocations(receipt: receipt, day: day, at: now, actor: actor, reason: reason))
        try db.execute(
            ReceiptsSQL.InsertReversal(
                receipt: receipt, day: day, at: now, actor: actor, reason: reason, entry: entry, draft: draft))
        try ExcessCharges.look(at: paid, actor: actor, at: now, in: db)
    }
}
