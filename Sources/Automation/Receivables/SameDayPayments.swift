import Domain
import Postgres
import Store

/// What receipts that came before, of the same accounts and the same days, paid by the rules: it is decided again with those that
/// come now, so that it does not matter in which order the receipts of a day come in. What a person allocated stays.
struct SameDayPayments {
    private(set) var money: [AllocateReceipts.AccountKey: [IncomingMoney]] = [:]
    private(set) var allocations: [AllocateReceipts.AccountKey: [Allocation]] = [:]
    /// What is open again, in minor units by item, until it is decided.
    private(set) var undone: [Int: Int] = [:]

    /// - Parameters:
    ///   - payers: the receipts that come now, and whom each is from
    ///   - withRest: those too that paid nothing, with which something may be paid by now
    static func load(
        _ payers: [(receipt: Int, customer: Int)], withRest: Bool = false, in db: isolated Connection
    ) throws -> SameDayPayments {
        var found = SameDayPayments()
        let rows = try db.run(
            ReceiptsSQL.SameDayPayments(
                receipts: payers.map(\.receipt), customers: payers.map(\.customer), withRest: withRest))
        guard !rows.isEmpty else { return found }
        var accounts: [Int: AllocateReceipts.AccountKey] = [:]
        for (_, rows) in Dictionary(grouping: rows, by: \.receipt).sorted(by: { $0.key < $1.key }) {
            let row = rows[0]
            let account = AllocateReceipts.AccountKey(
                creditor: row.creditor, customer: row.customer, currency: row.currency)
            let paid = try rows.compactMap { row -> Allocation? in
                guard let invoice = row.invoice, let day = row.effectiveOn, let text = row.reason else { return nil }
                guard let reason = Allocation.Reason(rawValue: text) else {
                    throw Problem(.defect, "unknown_reason", "the database holds the reason '\(text)'")
                }
                return Allocation(
                    receipt: row.receipt, invoice: invoice, minor: row.minor, reason: reason, effectiveOn: day)
            }
            let named = paid.filter { $0.reason != .oldestDue }
            found.money[account, default: []].append(
                IncomingMoney(
                    receipt: row.receipt, reference: row.reference, bookedOn: row.cashOn,
                    minor: paid.reduce(row.leftMinor) { $0 + $1.minor }, remittance: row.remittance ?? "",
                    designated: named.map(\.invoice), designation: named.first?.reason ?? .remittance))
            for allocation in paid {
                accounts[allocation.invoice] = account
                found.undo(allocation, account)
            }
        }
        for row in try db.run(ReceiptsSQL.ClosedBehindPayments(invoices: Array(accounts.keys))) {
            guard let account = accounts[row.invoice], let reason = Allocation.Reason(rawValue: row.reason) else {
                continue
            }
            found.undo(
                Allocation(
                    receipt: nil, invoice: row.invoice, minor: row.minor, reason: reason, effectiveOn: row.effectiveOn),
                account)
        }
        return found
    }

    var receipts: [Int] { money.values.flatMap { $0.map(\.receipt) } }

    /// What they are meant for, also where it could not pay that, or not yet.
    mutating func redesignate(_ meant: [Int: PaymentMatch]) {
        for account in money.keys {
            for index in money[account, default: []].indices {
                guard let receipt = money[account]?[index].receipt, let match = meant[receipt],
                    case .matched(_, let invoices, let reason) = match.outcome
                else { continue }
                money[account]?[index].designated = invoices
                money[account]?[index].designation = Allocation.Reason(rawValue: reason.rawValue) ?? .remittance
                money[account]?[index].remitted = match.remitted
            }
        }
    }

    private mutating func undo(_ allocation: Allocation, _ account: AllocateReceipts.AccountKey) {
        allocations[account, default: []].append(allocation)
        undone[allocation.invoice, default: 0] += allocation.minor
    }
}
