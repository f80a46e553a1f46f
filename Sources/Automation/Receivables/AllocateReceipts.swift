package import Domain
package import Foundation
package import Postgres
import Store

/// Receipts pay what they are for: what the payer named, then the oldest debt; the rest stays unallocated.
package enum AllocateReceipts {
    package struct Outcome: Sendable, Hashable {
        /// Allocations made, by reason.
        package var made: [Allocation.Reason: Int] = [:]
        /// Receipts of which something is left, or all.
        package var withRest = 0
    }

    /// Allocates these receipts (ids of rows just stored), one account after the other, in the caller's transaction.
    ///
    /// - Parameter actor: who does it; nil is the database login.
    @discardableResult
    package static func allocate(
        _ receipts: [Int], actor: String? = nil, at now: Date, in db: isolated Connection
    ) throws -> Outcome {
        var outcome = Outcome()
        try db.execute(ReceiptsSQL.FindPayers(receipts: receipts))
        let money = try db.run(ReceiptsSQL.MoneyToAllocate(receipts: receipts))
        let items = Dictionary(grouping: try db.run(ReceiptsSQL.ItemsToPay(receipts: receipts))) {
            AccountKey(creditor: $0.creditor, customer: $0.customer, currency: $0.currency)
        }
        let accounts = Dictionary(grouping: money) {
            AccountKey(creditor: $0.creditor, customer: $0.customer, currency: $0.currency)
        }
        let allocations = accounts.sorted { $0.value[0].id < $1.value[0].id }.flatMap { account, money in
            AllocationRules.allocate(
                money.map {
                    IncomingMoney(
                        receipt: $0.id, reference: $0.reference, bookedOn: $0.bookedOn, minor: $0.minor,
                        remittance: $0.remittance ?? "")
                },
                to: (items[account] ?? []).map {
                    OpenItem(
                        id: $0.id, number: $0.number, issuedOn: $0.issuedOn, dueOn: $0.dueOn, openMinor: $0.openMinor)
                })
        }
        try db.execute(ReceiptsSQL.CreateAllocationStaging())
        try db.execute(ReceiptsSQL.EmptyAllocationStaging())
        try db.copy(
            allocations.map {
                ReceiptsSQL.CopyAllocation(
                    receiptId: $0.receipt, invoiceId: $0.invoice, amountMinor: $0.minor, reason: $0.reason.rawValue,
                    effectiveOn: $0.effectiveOn)
            })
        try db.execute(ReceiptsSQL.InsertAllocations(at: now, actor: actor))
        outcome.made = allocations.reduce(into: [:]) { $0[$1.reason, default: 0] += 1 }
        let spent = allocations.reduce(into: [:]) { $0[$1.receipt, default: 0] += $1.minor }
        let paid = money.count { spent[$0.id] == $0.minor }
        outcome.withRest = receipts.count - paid
        return outcome
    }

    private struct AccountKey: Hashable {
        let creditor, customer: Int
        let currency: String
    }
}
