package import Domain
import Foundation
package import Postgres
import Store

/// Credit notes that are set off against invoices, by hand.
package enum SetOffDesk {
    /// - Parameters:
    ///   - amount: a decimal in their currency; nil is as much as both have
    ///   - day: on which it counts; nil is the first day on which both were there (§ 389 BGB)
    /// - Returns: what was set off.
    /// - Throws: a `Problem` when they do not face each other: another creditor, customer or currency, or nothing open.
    package static func setOff(
        _ creditNote: String, against invoice: String, amount: String?, on day: CalendarDate?, actor: String,
        asOf: AsOf,
        in db: isolated Connection
    ) throws -> Money {
        let (credit, debt) = try lock(creditNote, invoice, in: db)
        let minor = try credit.amount(amount, atMost: min(credit.row.openMinor, debt.row.openMinor))
        let first = max(credit.row.issuedOn, debt.row.issuedOn)
        let effective = day ?? first
        guard effective >= first, effective <= max(first, asOf.day(in: credit.row.zone)) else {
            throw Problem(
                .refused, "wrong_day", "\(effective) is not between \(first), when both were there, and today",
                place: "--on")
        }
        try record(credit, debt, minor, .byHand, on: effective, actor, asOf, in: db)
        return credit.money(minor)
    }

    /// Takes back all that was set off between the two.
    ///
    /// - Parameter day: from which on it does not count any more; nil is today
    /// - Throws: a `Problem` when nothing is set off between them, or the day is not between the set-off and today.
    package static func reverse(
        _ creditNote: String, against invoice: String, on day: CalendarDate?, actor: String, asOf: AsOf,
        in db: isolated Connection
    ) throws -> Money {
        let (credit, debt) = try lock(creditNote, invoice, in: db)
        let setOff = try db.one(LedgerSQL.SetOffBetween(creditNote: credit.row.id, invoice: debt.row.id))
        guard setOff.minor > 0, let since = setOff.since else {
            throw Problem(
                .refused, "not_set_off", "nothing of '\(creditNote)' is set off against '\(invoice)'",
                advice: "ltc invoice show \(creditNote)")
        }
        let today = asOf.day(in: credit.row.zone)
        if let day, day < since || day > max(since, today) {
            throw Problem(
                .refused, "wrong_day", "it was set off on \(since), and today is \(today): \(day) is not between them",
                place: "--on")
        }
        try record(credit, debt, -setOff.minor, .reversed, on: day ?? today, actor, asOf, in: db)
        return credit.money(setOff.minor)
    }

    private static func lock(
        _ creditNote: String, _ invoice: String, in db: isolated Connection
    ) throws -> (credit: LedgerItem, debt: LedgerItem) {
        let (credit, debt) = (try LedgerItem.lock(creditNote, in: db), try LedgerItem.lock(invoice, in: db))
        guard credit.isCreditNote, !debt.isCreditNote else {
            throw Problem(
                .refused, "wrong_kind",
                "'\(creditNote)' is \(credit.row.kind), '\(invoice)' is \(debt.row.kind): "
                    + "a credit note is set off against an invoice",
                advice: "ltc invoice set-off CREDIT-NOTE INVOICE")
        }
        let differing = [
            credit.row.creditor != debt.row.creditor ? "creditor" : nil,
            credit.row.customer != debt.row.customer ? "customer" : nil,
            credit.currency != debt.currency ? "currency" : nil,
        ].compactMap(\.self)
        guard differing.isEmpty else {
            throw Problem(
                .refused, "not_mutual",
                "'\(creditNote)' and '\(invoice)' are of another \(differing.joined(separator: " and another "))",
                advice: "only what the same two owe each other in one currency is set off")
        }
        return (credit, debt)
    }

    private static func record(
        _ credit: LedgerItem, _ debt: LedgerItem, _ minor: Int, _ reason: Allocation.Reason, on day: CalendarDate,
        _ actor: String, _ asOf: AsOf, in db: isolated Connection
    ) throws {
        let row = ReceiptsSQL.CopyAllocation(
            receiptId: nil, creditNoteId: credit.row.id, invoiceId: debt.row.id, amountMinor: minor,
            reason: reason.rawValue, effectiveOn: day, paidOn: nil)
        try AllocateReceipts.record([row], actor: actor, at: asOf.instant(in: credit.row.zone), in: db)
    }
}
