package import Domain
package import Foundation
package import Postgres

package enum ChargeStore {
    /// Adds to one account, outside of a run, what its invoices were charged and what closed parts of them.
    ///
    /// - Parameters:
    ///   - day: charges are asked for from the day on which they were posted
    ///   - including: an invoice that is added to though nothing of it is open
    ///   - through: the day of which the ledger is asked for, when it is over; nil counts all that is in it
    ///   - known: only what was known at that instant
    package static func load(
        into account: inout DebtorAccount, on day: CalendarDate, obstacles: DunningObstacles,
        including: Int? = nil, through: CalendarDate? = nil, knownAt known: Date? = nil,
        in db: isolated Connection
    ) throws {
        let (creditor, customer, currency) = (account.creditor, account.customer, account.currency.code)
        var posted: [Int: Int] = [:]
        var compensated: Set<Int> = []
        var compensatedInParts: Set<String> = []
        for row in try db.run(
            ChargesSQL.AccountCharges(
                creditor: creditor, customer: customer, currency: currency, through: through, known: known))
        {
            let kind = try Charge.Kind(stored: row.kind)
            let owedMinor = row.amountMinor - row.notOwedMinor
            if let invoice = row.chargedFor, !row.isReversed, owedMinor > 0 {
                if kind == .interest {
                    posted[invoice, default: 0] += owedMinor
                } else {
                    compensated.insert(invoice)
                    if let whole = row.instalmentOf { compensatedInParts.insert(whole) }
                }
            }
            guard row.openMinor > 0, row.issuedOn <= day else { continue }
            var item = OpenItem(
                id: row.id, number: row.number, issuedOn: row.issuedOn, dueOn: row.dueOn, openMinor: row.openMinor)
            item.obstacles = obstacles.of(invoice: row.id)
            account.charges.append(Charge(kind, item, for: row.invoice))
        }
        let settlements = Dictionary(
            grouping: try db.run(
                ChargesSQL.AccountSettlements(
                    creditor: creditor, customer: customer, currency: currency, including: including, through: through,
                    known: known)),
            by: \.invoice)
        let corrections = Dictionary(
            grouping: try db.run(
                ChargesSQL.AccountCorrections(invoices: account.items.map(\.id), through: through, known: known)),
            by: \.invoice)
        for index in account.items.indices {
            let id = account.items[index].id
            account.items[index].postedMinor = posted[id] ?? 0
            account.items[index].isCompensated = compensated.contains(id)
            account.items[index].isInvoiceCompensated =
                account.items[index].instalmentOf.map(compensatedInParts.contains) ?? false
            account.items[index].settlements = (settlements[id] ?? []).map {
                Settlement(source: $0.source, on: $0.paidOn, minor: $0.amountMinor)
            }
            account.items[index].corrections = (corrections[id] ?? []).map {
                Settlement(source: "correction", on: $0.effectiveOn, minor: $0.minor)
            }
        }
    }
}

extension Charge.Kind {
    /// - Throws: a defect, since the database holds no kind that this program did not write.
    package init(stored kind: String) throws(Problem) {
        guard let known = Self(rawValue: kind) else {
            throw Problem(.defect, "unknown_charge", "the database holds the charge '\(kind)'")
        }
        self = known
    }
}
