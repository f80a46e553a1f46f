package import Domain
package import Foundation
package import Postgres
import Store

/// What a person decides about a receipt.
package enum ReceiptDesk {
    /// The receipt of an id or of the bank's reference; `#17` is an id in any case.
    ///
    /// - Throws: a `Problem` when there is none, or more than one.
    package static func find(_ key: String, in db: isolated Connection) throws -> Int {
        let id = key.hasPrefix("#") ? Int(key.dropFirst()) : Int(key)
        let found = try db.run(ReceiptsSQL.ReceiptsByKey(id: id, reference: key)).map(\.id)
        guard let receipt = found.first else {
            throw Problem(.refused, "no_such_receipt", "there is no receipt '\(key)'", advice: "ltc receipt list")
        }
        guard found.count == 1 else {
            throw Problem(
                .refused, "two_receipts",
                "'\(key)' is the id or the reference of several: \(found.map { "#\($0)" }.joined(separator: ", "))",
                advice: "say which by its id: '#\(receipt)'")
        }
        return receipt
    }

    /// The instant of a business time for whom a receipt belongs to: a day's last in their zone.
    package static func instant(_ asOf: AsOf, of receipt: Int, in db: isolated Connection) throws -> Date {
        asOf.instant(in: try db.one(ReceiptsSQL.ZoneOf(receipt: receipt)).zone)
    }

    /// Says whose money it is, and lets it pay what it is for.
    ///
    /// - Returns: what it waits for all the same: it may be the money of a draft, or its draft, which nobody had been told yet.
    /// - Throws: a `Problem` when there is no such receipt or customer, or it was reversed or has paid something.
    package static func assign(
        _ receipt: Int, customer number: String, actor: String, at now: Date, in db: isolated Connection
    ) throws -> PaymentMatch.Waiting? {
        let row = try lock(receipt, in: db)
        guard row.allocatedMinor == 0, row.coveredMinor == 0 else {
            throw Problem(
                .refused, "already_allocated", "receipt \(receipt) has paid something already",
                advice: "ltc receipt release \(receipt) --reason … gives it free")
        }
        try record(receipt, customer: try customer(named: number, in: db), actor: actor, at: now, in: db)
        // Whom it is from was said; what it is for is found by the same rule as ever.
        let assigned = AssignedReceipt(
            receipt: receipt, isNoDraftCash: row.waiting == PaymentMatch.Waiting.draftCash.rawValue)
        try AllocateReceipts.allocate([receipt], assigned: assigned, actor: actor, at: now, in: db)
        return try lock(receipt, in: db).waiting.flatMap(PaymentMatch.Waiting.init)
    }

    /// What a person let a receipt pay.
    package struct Paid: Sendable {
        package let amount: Money
        /// What closed behind it without money, and why: a discount, a small difference.
        package let closing: (amount: Money, reason: Allocation.Reason)?
        /// Not before this day: it is a draft.
        package let maturesOn: CalendarDate?
    }

    /// Pays an invoice with a receipt, or a part of it. A draft that has not matured will pay it.
    ///
    /// - Parameter amount: a decimal in the receipt's currency; nil for as much as both have.
    package static func allocate(
        _ receipt: Int, to number: String, amount: String?, actor: String, at now: Date, in db: isolated Connection
    ) throws -> Paid {
        let row = try lock(receipt, in: db)
        let today = CalendarDate(utc: now)
        let invoice = try item(number, of: row.creditor, on: today, in: db)
        guard let currency = Currency(row.currency), invoice.currency == row.currency else {
            throw Problem(
                .refused, "wrong_currency",
                "receipt \(receipt) is in \(row.currency), invoice \(number) in \(invoice.currency)")
        }
        guard row.customer == nil || row.customer == invoice.customer else {
            throw Problem(
                .refused, "other_customer", "receipt \(receipt) is from another customer than invoice \(number)",
                advice:
                    "ltc receipt show \(receipt); ltc receipt release \(receipt) --reason … if it was taken for theirs")
        }
        let isDraft = row.isDraft && row.cashOn > today
        let left = row.amountMinor - row.allocatedMinor - (isDraft ? row.coveredMinor : 0)
        let owed = invoice.openMinor - (isDraft ? invoice.coveredMinor : 0)
        let minor = try amount.map { try read($0, in: currency) } ?? min(left, owed)
        guard minor > 0, minor <= min(left, owed) else {
            throw Problem(
                .refused, "too_much",
                "of receipt \(receipt), \(Money(minor: left, currency: currency)) is left, "
                    + "and invoice \(number) owes \(Money(minor: owed, currency: currency))")
        }
        try record(receipt, customer: invoice.customer, actor: actor, at: now, in: db)
        let allocation = Allocation(
            receipt: receipt, invoice: invoice.id, minor: minor, reason: .byHand,
            effectiveOn: max(row.cashOn, invoice.issuedOn))
        if isDraft {
            try AllocateReceipts.cover([allocation], actor: actor, at: now, in: db)
            return Paid(amount: Money(minor: minor, currency: currency), closing: nil, maturesOn: row.cashOn)
        }
        let closings = AllocationRules.closings(
            of: [try payable(invoice, number)], after: [allocation],
            // Who could pay the remainder and does not, says something by it.
            tolerance: minor < left ? 0 : try PaymentTerms.current(in: db).tolerance(row.currency))
        try AllocateReceipts.record([allocation] + closings, actor: actor, at: now, in: db)
        return Paid(
            amount: Money(minor: minor, currency: currency),
            closing: closings.first.map { (Money(minor: $0.minor, currency: currency), $0.reason) }, maturesOn: nil)
    }

    private static func item(
        _ number: String, of creditor: Int, on day: CalendarDate, in db: isolated Connection
    ) throws -> ReceiptsSQL.LockInvoice.Row {
        let invoices = try db.run(ReceiptsSQL.LockInvoice(number: number, creditor: creditor, day: day))
        guard let invoice = invoices.first, invoices.count == 1 else {
            throw Problem(
                .refused, invoices.isEmpty ? "no_such_invoice" : "two_invoices",
                "\(invoices.isEmpty ? "no invoice" : "more than one invoice") of this creditor has the number '\(number)'",
                advice: "ltc invoice list")
        }
        return invoice
    }

    static func payable(
        _ invoice: ReceiptsSQL.LockInvoice.Row, _ number: String
    ) throws -> PayableItem {
        var item = PayableItem(
            id: invoice.id, number: number, issuedOn: invoice.issuedOn, dueOn: invoice.dueOn,
            openMinor: invoice.openMinor)
        if let percent = invoice.discountPercent.flatMap({ Percent($0) }), let until = invoice.discountUntil {
            try item.grantDiscount(percent, of: invoice.amountMinor, until: until, lateMinor: invoice.lateMinor)
        }
        return item
    }

    /// Gives a receipt free that was taken for other money than it is: it never paid what it paid, and waits.
    ///
    /// - Throws: a `Problem` when there is none, or for a draft, which is given back as a whole.
    package static func release(
        _ receipt: Int, reason: String, actor: String, at now: Date, in db: isolated Connection
    ) throws {
        let row = try lock(receipt, in: db)
        guard !row.isDraft else {
            throw Problem(
                .refused, "is_a_draft", "receipt \(receipt) is a draft, which pays what it was given for",
                advice: "ltc receipt reverse \(receipt) --reason …")
        }
        let paid = try db.run(ReceiptsSQL.PaidBy(receipt: receipt)).map(\.invoice)
        try db.execute(ReceiptsSQL.ReleaseAllocations(receipt: receipt, at: now, actor: actor, reason: reason))
        try db.execute(ReceiptsSQL.AwaitPerson(receipt: receipt))
        try ExcessCharges.look(at: paid, actor: actor, at: now, in: db)
    }

    static func lock(_ receipt: Int, in db: isolated Connection) throws -> ReceiptsSQL.LockReceipt.Row {
        guard let row = try db.first(ReceiptsSQL.LockReceipt(receipt: receipt)) else {
            throw Problem(.refused, "no_such_receipt", "there is no receipt \(receipt)", advice: "ltc receipt list")
        }
        guard !row.isReversed else {
            throw Problem(
                .refused, "already_reversed", "receipt \(receipt) was taken back already",
                advice: row.rest.map { "what stays of it is receipt '\($0)'" })
        }
        return row
    }

    /// The customer that a person names, by the number or, where two sources have it, by `source:number`.
    package static func customer(named name: String, in db: isolated Connection) throws -> Int {
        let found = try db.run(ReceiptsSQL.CustomerByNumber(name: name))
        guard let customer = found.first else {
            throw Problem(
                .refused, "no_such_customer", "no customer has the number '\(name)'", advice: "ltc customer list")
        }
        guard found.count == 1 else { throw DunningObstacleDesk.twoCustomers(name, found.map(\.name)) }
        return customer.id
    }

    private static func record(
        _ receipt: Int, customer: Int, actor: String, at now: Date, in db: isolated Connection
    ) throws {
        try db.execute(
            ReceiptsSQL.RecordMatches(
                receipts: [receipt], customers: [customer], waiting: [""], reasons: [Allocation.Reason.byHand.rawValue],
                details: ["{}"], at: now, actor: actor))
    }

    private static func read(_ text: String, in currency: Currency) throws -> Int {
        do {
            return try Money(text, currency: currency).minor
        } catch {
            throw Problem(
                .usage, "invalid_amount", "'\(text)' is no amount in \(currency)",
                advice: "a decimal with a point and at most \(currency.minorDigits) digits behind it")
        }
    }
}
