import Domain
import Foundation
import Postgres
import Store

/// A payment that is recorded late may show that an invoice was owed for fewer days than notices charged it for, or was never late; that of
/// a later day, or a corrected rate, that less interest is owed than was charged. Of an invoice that is paid nothing accrues any more
/// against which it could be set off: what is too much of its open charges is closed without money, and owed again when the invoice is.
/// So is the fee of a notice of which nothing was owed when it was made.
enum ExcessCharges {
    /// - Parameter items: invoices, or charges, of which something was closed or opened just now
    static func look(at items: [Int], actor: String?, at now: Date, in db: isolated Connection) throws {
        let again = try db.run(ChargesSQL.NotOwedAfterAll(items: items)).map { row in
            ReceiptsSQL.CopyAllocation(
                receiptId: nil, creditNoteId: nil, invoiceId: row.charge, amountMinor: -row.minor,
                reason: Allocation.Reason.notOwed.rawValue, effectiveOn: row.day, paidOn: nil)
        }
        if !again.isEmpty { try AllocateReceipts.record(again, actor: actor, at: now, in: db) }
        let fees = try db.run(ChargesSQL.UnfoundedFees(items: items)).map {
            closing($0.charge, $0.openMinor, on: $0.issuedOn)
        }
        if !fees.isEmpty { try AllocateReceipts.record(fees, actor: actor, at: now, in: db) }
        try close(of: items, actor: actor, at: now, in: db)
    }

    private static func closing(_ charge: Int, _ minor: Int, on day: CalendarDate) -> ReceiptsSQL.CopyAllocation {
        ReceiptsSQL.CopyAllocation(
            receiptId: nil, creditNoteId: nil, invoiceId: charge, amountMinor: minor,
            reason: Allocation.Reason.notOwed.rawValue, effectiveOn: day, paidOn: nil)
    }

    private static func close(of items: [Int], actor: String?, at now: Date, in db: isolated Connection) throws {
        guard let company = try ConfigurationStore.current(in: db)?.company else { return }
        // By the rate of the day of payment it may become less without anything being recorded late.
        let every = company.dunning.procedures.contains { $0.interest?.basis.isOfPaymentDate == true }
        let charged = try db.run(ChargesSQL.ChargedTooLong(items: items, every: every))
        guard !charged.isEmpty else { return }
        let rates = try RateStore.table(in: db)
        var rulesOf: [String: DunningRules] = [:]
        var rows: [ReceiptsSQL.CopyAllocation] = []
        for (_, charges) in Dictionary(grouping: charged, by: \.invoice).sorted(by: { $0.key < $1.key }) {
            let team = charges[0].team
            do {
                let rules = try rulesOf[team] ?? DunningRules(company, team: team, rates: rates)
                rulesOf[team] = rules
                rows += try excess(of: charges, by: rules, at: now, in: db)
            } catch let problem as Problem where problem.kind == .refused {
                // A rate is missing: nothing is closed on a guess, and `ltc invoice explain` says it.
                continue
            }
        }
        if !rows.isEmpty { try AllocateReceipts.record(rows, actor: actor, at: now, in: db) }
    }

    /// - Parameter charges: of one invoice, the latest first
    private static func excess(
        of charges: [ChargesSQL.ChargedTooLong.Row], by rules: DunningRules, at now: Date, in db: isolated Connection
    ) throws -> [ReceiptsSQL.CopyAllocation] {
        let found = try db.run(
            InvoicesSQL.ShowInvoice(number: charges[0].number, source: charges[0].source, known: nil))
        guard let row = found.first else { return [] }
        let day = CalendarDate(utc: now)
        let account = try DunningAccount.load(
            .init(row, try Currency(stored: row.currency)), on: day, isPast: false, including: row.id, by: rules.policy,
            knownAt: nil, in: db)
        guard let item = account.items.first(where: { $0.id == row.id }) else { return [] }
        let isLate = rules.isLate(item, in: account)
        let accrued = isLate ? try rules.interest(on: item, in: account, through: day)?.minor : 0
        var left = InterestToPost(
            cumulativeMinor: accrued ?? item.postedMinor, postedMinor: item.postedMinor
        ).excessMinor
        return charges.compactMap { charge in
            var minor = isLate ? 0 : charge.openMinor
            if charge.kind == Charge.Kind.interest.rawValue {
                minor = min(left, charge.openMinor)
                left -= minor
            }
            guard minor > 0 else { return nil }
            return closing(charge.charge, minor, on: charge.issuedOn)
        }
    }
}
