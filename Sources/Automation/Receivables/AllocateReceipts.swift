package import Domain
package import Foundation
package import Postgres
import Store

/// Receipts pay what they are for: what the payer meant, then the oldest debt; the rest stays unallocated.
package enum AllocateReceipts {
    package struct Outcome: Sendable, Hashable {
        /// Allocations made, by reason.
        package var made: [Allocation.Reason: Int] = [:]
        /// Receipts of which something is left, or all.
        package var withRest = 0
        /// Receipts that wait for a person, by what they wait for.
        package var waiting: [PaymentMatch.Waiting: Int] = [:]
    }

    /// Few enough to be in memory, many enough to make a round trip cheap.
    static let chunk = 5_000

    /// Finds out whom these receipts (ids of rows just stored) are from and what for, and allocates them, one account
    /// after the other, in the caller's transaction. All receipts of an account are allocated as a set.
    ///
    /// - Parameters:
    ///   - isAssigned: a person has said whose they are, and waits for nothing more.
    ///   - actor: who does it; nil is the database login.
    @discardableResult
    package static func allocate(
        _ receipts: [Int], isAssigned: Bool = false, actor: String? = nil, at now: Date, in db: isolated Connection
    ) throws -> Outcome {
        var outcome = Outcome()
        try db.execute(ReceiptsSQL.CreateDesignationStaging())
        try db.execute(ReceiptsSQL.IndexDesignationStaging())
        try db.execute(ReceiptsSQL.EmptyDesignationStaging())
        for start in stride(from: 0, to: receipts.count, by: chunk) {
            let some = Array(receipts[start..<min(start + chunk, receipts.count)])
            outcome.waiting.merge(try MatchPayments.match(some, isAssigned: isAssigned, actor: actor, at: now, in: db))
            { $0 + $1 }
        }
        var some: [Int] = []
        var account: String?
        var paid = 0
        try db.stream(ReceiptsSQL.InAccountOrder(receipts: receipts), batch: chunk) { rows in
            for row in rows {
                if some.count >= chunk, row.account != account {
                    paid += try pay(some, actor: actor, at: now, into: &outcome, in: db)
                    some.removeAll(keepingCapacity: true)
                }
                some.append(row.id)
                account = row.account
            }
        }
        paid += try pay(some, actor: actor, at: now, into: &outcome, in: db)
        outcome.withRest = receipts.count - paid
        return outcome
    }

    /// - Returns: how many receipts are used up.
    private static func pay(
        _ receipts: [Int], actor: String?, at now: Date, into outcome: inout Outcome, in db: isolated Connection
    ) throws -> Int {
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
                        remittance: $0.remittance ?? "", designated: $0.designated,
                        designation: $0.designation.flatMap(Allocation.Reason.init) ?? .remittance)
                },
                to: (items[account] ?? []).map {
                    OpenItem(
                        id: $0.id, number: $0.number, issuedOn: $0.issuedOn, dueOn: $0.dueOn, openMinor: $0.openMinor)
                })
        }
        try record(allocations, actor: actor, at: now, in: db)
        for allocation in allocations { outcome.made[allocation.reason, default: 0] += 1 }
        let spent = allocations.reduce(into: [:]) { $0[$1.receipt, default: 0] += $1.minor }
        return money.count { spent[$0.id] == $0.minor }
    }

    static func record(
        _ allocations: [Allocation], actor: String?, at now: Date, in db: isolated Connection
    ) throws {
        try db.execute(ReceiptsSQL.CreateAllocationStaging())
        try db.execute(ReceiptsSQL.EmptyAllocationStaging())
        try db.copy(
            allocations.map {
                ReceiptsSQL.CopyAllocation(
                    receiptId: $0.receipt, invoiceId: $0.invoice, amountMinor: $0.minor, reason: $0.reason.rawValue,
                    effectiveOn: $0.effectiveOn)
            })
        try db.execute(ReceiptsSQL.InsertAllocations(at: now, actor: actor))
    }

    private struct AccountKey: Hashable {
        let creditor, customer: Int
        let currency: String
    }
}
