package import Domain
package import Foundation
package import Postgres
import Store

/// Money that went back, or counts once already.
extension ReceiptDesk {
    /// Receipts that were taken back.
    package struct Reversed: Sendable {
        /// On which it counts.
        package let day: CalendarDate
        /// What stays of the last one, as another receipt: only a part of it went back.
        package let rest: (receipt: Int, amount: Money)?
    }

    /// Takes receipts back: what they paid is owed again. Where the bank's entry took less than they brought, the last one is split:
    /// what stays has paid since its day, as another receipt, and only the other part goes back.
    ///
    /// - Parameters:
    ///   - receipts: more than one only with the entry that took them together
    ///   - entry: the bank's entry that did it, one of those that found no receipt; its day counts then.
    @discardableResult
    package static func reverse(
        _ receipts: [Int], reason: String, entry: Int? = nil, actor: String, at now: Date,
        in db: isolated Connection
    ) throws -> Reversed {
        guard Set(receipts).count == receipts.count else {
            throw Problem(.usage, "repeated_receipt", "a receipt is named twice", advice: "name each once")
        }
        guard let last = receipts.last, receipts.count == 1 || entry != nil else {
            throw Problem(
                .usage, "receipts_without_entry", "several receipts are taken back together by an entry of the bank",
                advice: "--entry says which (ltc receipt list --waiting); otherwise one after the other")
        }
        let rows = try Dictionary(uniqueKeysWithValues: receipts.sorted().map { ($0, try lock($0, in: db)) })
        let today = AsOf.instant(now).day(in: try db.one(ReceiptsSQL.ZoneOf(receipt: last)).zone)
        let taken = try entry.map { try open(entry: $0, of: receipts.compactMap { rows[$0] }, in: db) }
        let day = taken?.bookedOn ?? today
        for row in rows.values.sorted(by: { $0.id < $1.id }) where day < row.bookedOn {
            throw Problem(.refused, "too_early", "receipt \(row.id) was booked on \(row.bookedOn), after \(day)")
        }
        let sums = rows.values.reduce(into: (minor: 0, cameIn: 0)) {
            $0.minor += $1.amountMinor
            $0.cameIn += $1.cameInMinor ?? $1.amountMinor
        }
        var rest: (receipt: Int, amount: Money)?
        var whole = receipts
        if let taken, let row = rows[last], taken.amountMinor < min(sums.minor, sums.cameIn) {
            guard !row.isDraft else {
                throw Problem(
                    .refused, "is_a_draft", "receipt \(last) is a draft, which is given back as a whole",
                    advice: "ltc receipt reverse \(last) --reason …, and ltc receipt import of a draft of what stays")
            }
            guard row.waiting != PaymentMatch.Waiting.draftCash.rawValue else {
                throw Problem(
                    .refused, "perhaps_draft_cash",
                    "receipt \(last) may be the money of a draft, which is given back as a whole",
                    advice: "say first whether it is: ltc receipt show \(last)")
            }
            // What the banks took for it did not go back to the payer.
            let left = sums.minor - (taken.amountMinor - taken.chargesMinor)
            let parts = try split(row, rest: left, because: reason, actor: actor, at: now, in: db)
            rest = (parts.rest, Money(minor: left, currency: try Currency(stored: row.currency)))
            whole[whole.count - 1] = parts.other
        }
        for receipt in whole {
            try ReverseReceipts.reverse(receipt, on: day, because: reason, entry: entry, actor: actor, at: now, in: db)
        }
        try AllocateReceipts.begin(in: db)
        try AllocateReceipts.payAgain(after: whole, actor: actor, at: now, in: db)
        return Reversed(day: day, rest: rest)
    }

    /// Makes two receipts of one, of its day. What stays has paid from that day on what the whole did, as far as it reaches, a
    /// discount included; the other part has paid what is left of that, until it goes back.
    private static func split(
        _ row: ReceiptsSQL.LockReceipt.Row, rest left: Int, because reason: String, actor: String, at now: Date,
        in db: isolated Connection
    ) throws -> (rest: Int, other: Int) {
        let paid = try db.run(ReceiptsSQL.PaidBy(receipt: row.id))
        func part(_ name: String, _ minor: Int) throws -> Int {
            try db.one(
                ReceiptsSQL.InsertPart(receipt: row.id, name: name, minor: minor, at: now, actor: actor)
            ).id
        }
        let (rest, other) = (try part("rest", left), try part("returned", row.amountMinor - left))
        try db.execute(ReceiptsSQL.ReleaseAllocations(receipt: row.id, at: now, actor: actor, reason: reason))
        try db.execute(
            ReceiptsSQL.InsertReversal(
                receipt: row.id, day: row.cashOn, at: now, actor: actor, reason: reason, entry: nil, draft: nil))
        var free = left
        var others: [(item: ReceiptsSQL.PaidBy.Row, minor: Int)] = []
        for item in paid {
            let minor = min(free, item.minor)
            free -= minor
            try pay(item, with: rest, minor, from: row, isLast: free == 0, actor: actor, at: now, in: db)
            others.append((item, item.minor - minor))
        }
        for (item, minor) in others {
            try pay(item, with: other, minor, from: row, isLast: false, actor: actor, at: now, in: db)
        }
        try ExcessCharges.look(at: paid.map(\.invoice), actor: actor, at: now, in: db)
        return (rest, other)
    }

    private static func pay(
        _ part: ReceiptsSQL.PaidBy.Row, with receipt: Int, _ most: Int, from row: ReceiptsSQL.LockReceipt.Row,
        isLast: Bool, actor: String, at now: Date, in db: isolated Connection
    ) throws {
        guard most > 0 else { return }
        let found = try db.run(
            ReceiptsSQL.LockInvoice(number: part.number, creditor: part.creditor, day: CalendarDate(utc: now)))
        // A discount may have closed it behind what stays.
        guard let invoice = found.first(where: { $0.id == part.invoice }), invoice.openMinor > 0 else { return }
        let allocation = Allocation(
            receipt: receipt, invoice: invoice.id, minor: min(most, invoice.openMinor), reason: .byHand,
            effectiveOn: max(row.cashOn, invoice.issuedOn))
        let closings = AllocationRules.closings(
            of: [try payable(invoice, part.number)], after: [allocation],
            tolerance: isLast ? try PaymentTerms.current(in: db).tolerance(row.currency) : 0)
        try AllocateReceipts.record([allocation] + closings, actor: actor, at: now, in: db)
    }

    /// Says that an entry that waits took back what is no receipt here: it came before this ledger began, or in another. Should that
    /// be wrong, ``reverse(_:reason:entry:actor:at:in:)`` still takes it.
    package static func dismiss(
        entry: Int, reason: String, actor: String, in db: isolated Connection
    ) throws {
        guard try db.first(BankStatementsSQL.DismissReversal(entry: entry, reason: reason, actor: actor)) != nil else {
            throw noOpenReversal(entry)
        }
    }

    /// Says that a receipt is the money of a draft. The one that has paid goes on, and the other is taken back as of its own day:
    /// the receipt, or a draft that is recorded after its money.
    ///
    /// - Parameter draft: the draft's receipt
    /// - Throws: a `Problem` when both have paid something, or it is not the money of this draft.
    package static func cash(
        _ receipt: Int, of draft: Int, actor: String, at now: Date, in db: isolated Connection
    ) throws {
        _ = try lock(min(receipt, draft), in: db)
        let (row, paper) = (try lock(receipt, in: db), try lock(draft, in: db))
        guard paper.isDraft, !row.isDraft, paper.creditor == row.creditor, paper.currency == row.currency,
            paper.amountMinor == row.amountMinor,
            row.customer == nil || paper.customer == nil || paper.customer == row.customer,
            row.bookedOn >= paper.cashOn
        else {
            throw Problem(
                .refused, "not_its_money",
                "receipt \(receipt) is not the money of \(draft): that is a draft of the same creditor, customer and amount, "
                    + "which has matured by \(row.bookedOn)",
                advice: "ltc receipt list --drafts")
        }
        let reason = PaymentMatch.Waiting.draftCash.rawValue
        guard row.allocatedMinor == 0 else {
            guard paper.allocatedMinor == 0, paper.coveredMinor == 0 else {
                throw Problem(
                    .refused, "already_allocated", "both receipt \(receipt) and draft \(draft) have paid something",
                    advice: "ltc receipt release \(receipt) --reason draft_cash, then this again")
            }
            try ReverseReceipts.reverse(
                draft, on: paper.cashOn, because: reason, entry: nil, actor: actor, at: now, in: db)
            return
        }
        if let other = paper.cashedBy {
            throw Problem(
                .refused, "already_cashed", "the money of draft \(draft) came as receipt \(other)",
                advice: "ltc receipt assign \(receipt) --customer …")
        }
        try ReverseReceipts.reverse(
            receipt, on: row.bookedOn, because: reason, entry: nil, draft: draft, actor: actor, at: now, in: db)
    }

    private static func open(
        entry: Int, of rows: [ReceiptsSQL.LockReceipt.Row], in db: isolated Connection
    ) throws -> BankStatementsSQL.ReversalEntry.Row {
        let found = try db.first(BankStatementsSQL.ReversalEntry(entry: entry))
        guard let found, !found.isUsed else { throw noOpenReversal(entry) }
        if let other = rows.first(where: { $0.creditor != found.creditor || $0.currency != found.currency }) {
            throw Problem(
                .refused, "other_account",
                "entry \(entry) is of another creditor or currency than receipt \(other.id)",
                advice: "ltc receipt list --waiting")
        }
        let (went, brought) = (found.amountMinor - found.chargesMinor, rows.reduce(0) { $0 + $1.amountMinor })
        let currency = try Currency(stored: found.currency)
        let took = "entry \(entry) took \(Money(minor: found.amountMinor, currency: currency)) back"
        guard went <= brought else {
            let these = rows.count == 1 ? "receipt \(rows[0].id) is" : "the receipts are"
            throw Problem(
                .refused, "too_much", "\(took), and \(these) \(Money(minor: brought, currency: currency))",
                advice: "name all receipts that it took; without --entry one is taken back by itself")
        }
        if let last = rows.last, rows.count > 1, brought - last.amountMinor >= went {
            throw Problem(
                .refused, "too_many", "\(took), of which nothing is left for receipt \(last.id)",
                advice: "leave it out")
        }
        return found
    }

    private static func noOpenReversal(_ entry: Int) -> Problem {
        Problem(
            .refused, "no_open_reversal", "no reversal with the entry \(entry) is open",
            advice: "ltc receipt list --waiting")
    }
}
