package import Domain
import Foundation
package import Postgres
import Store

/// A claim that is given up, whole or in part.
package struct WriteOff: Sendable, Encodable {
    package let id: Int
    package let amount: Money
    package let reason: String
    package let effectiveOn: CalendarDate
    /// `proposed`, `approved`, `rejected` or `reversed`.
    package let state: String
    package let proposedBy: String
    package let decidedBy: String?
}

/// What people decide about writing off. Four eyes: above the company's limit for the currency, and where there is none,
/// somebody else than who proposed it approves; up to the limit it is done at once.
package enum WriteOffDesk {
    /// - Parameters:
    ///   - amount: a decimal in the invoice's currency; nil is all that is open
    ///   - day: for which it is booked; nil is today
    /// - Throws: a `Problem` when there is no such invoice, not so much is open, a proposal waits, or the day is not between
    ///   the invoice's and today.
    package static func propose(
        _ number: String, amount: String?, reason: String, on day: CalendarDate?, actor: String, asOf: AsOf,
        in db: isolated Connection
    ) throws -> WriteOff {
        let item = try lock(number, in: db)
        if try found(item, in: "proposed", in: db).first != nil {
            throw Problem(
                .refused, "write_off_waits", "a write-off of '\(number)' waits for approval",
                advice: "ltc invoice write-off \(number) --approve, or --reject")
        }
        let minor = try item.amount(amount, atMost: item.row.openMinor)
        let day = try self.day(day, of: item, asOf)
        let now = asOf.instant(in: item.row.zone)
        // What was given up of it before counts too: a limit is none that is passed in steps.
        let before = try found(item, in: "approved", in: db).reduce(0) { $0 + $1.amountMinor }
        let needsApproval = try PaymentTerms.current(in: db).needsApproval(toWriteOff: item.money(before + minor))
        let state = needsApproval ? "proposed" : "approved"
        let id = try db.one(
            LedgerSQL.AddWriteOff(
                invoice: item.row.id, amountMinor: minor, reason: reason, effectiveOn: day, state: state, actor: actor,
                decidedAt: needsApproval ? nil : now)
        ).id
        try item.record(
            "write_off_\(state)", ["write_off": "\(id)", "amount": item.money(minor).description], because: reason,
            actor: actor, at: now, in: db)
        if !needsApproval { try close(item, minor, on: day, actor: actor, at: now, in: db) }
        return try one(id, item, in: db)
    }

    /// - Throws: a `Problem` when nothing waits, `actor` proposed it, or less is open by now.
    package static func approve(
        _ number: String, actor: String, asOf: AsOf, in db: isolated Connection
    ) throws -> WriteOff {
        let item = try lock(number, in: db)
        let row = try waiting(item, in: db)
        guard row.proposedBy != actor else {
            throw Problem(
                .refused, "own_proposal", "\(actor) proposed to write off '\(number)'",
                advice: "let somebody else approve it")
        }
        guard row.amountMinor <= item.row.openMinor else {
            throw Problem(
                .refused, "less_is_open",
                "only \(item.money(item.row.openMinor)) of the \(item.money(row.amountMinor)) is still open",
                advice: "ltc invoice write-off \(number) --reject, and propose it again")
        }
        try close(
            item, row.amountMinor, on: row.effectiveOn, actor: actor, at: asOf.instant(in: item.row.zone), in: db)
        return try decide(row, item, "approved", row.reason, actor, asOf, in: db)
    }

    package static func reject(
        _ number: String, reason: String?, actor: String, asOf: AsOf, in db: isolated Connection
    ) throws -> WriteOff {
        let item = try lock(number, in: db)
        return try decide(waiting(item, in: db), item, "rejected", reason, actor, asOf, in: db)
    }

    /// Takes the write-offs of an invoice back: it is owed again, at its old dunning level.
    ///
    /// - Throws: a `Problem` when nothing of it is written off.
    package static func reverse(
        _ number: String, reason: String, on day: CalendarDate?, actor: String, asOf: AsOf, in db: isolated Connection
    ) throws -> [WriteOff] {
        let item = try lock(number, in: db)
        let rows = try found(item, in: "approved", in: db)
        guard !rows.isEmpty else {
            throw Problem(
                .refused, "not_written_off", "nothing of '\(number)' is written off",
                advice: "ltc invoice show \(number)")
        }
        let day = try self.day(day, of: item, asOf)
        if let late = rows.first(where: { $0.effectiveOn > day }) {
            throw Problem(
                .refused, "too_early", "it was written off on \(late.effectiveOn), after \(day)", place: "--on")
        }
        return try rows.map { row in
            try close(item, -row.amountMinor, on: day, actor: actor, at: asOf.instant(in: item.row.zone), in: db)
            return try decide(row, item, "reversed", reason, actor, asOf, in: db)
        }
    }

    static func of(
        _ invoice: Int, _ currency: Currency, knownAt known: Date? = nil, in db: isolated Connection
    ) throws -> [WriteOff] {
        try db.run(LedgerSQL.WriteOffsOf(invoice: invoice, known: known)).map { row in
            WriteOff(
                id: row.id, amount: Money(minor: row.amountMinor, currency: currency), reason: row.reason,
                effectiveOn: row.effectiveOn, state: row.state, proposedBy: row.proposedBy, decidedBy: row.decidedBy)
        }
    }

    private static func lock(_ number: String, in db: isolated Connection) throws -> LedgerItem {
        let item = try LedgerItem.lock(number, in: db)
        guard !item.isCreditNote else {
            throw Problem(
                .refused, "not_an_invoice", "'\(number)' is a credit note, which owes nothing",
                advice: "ltc invoice set-off \(number) INVOICE")
        }
        return item
    }

    private static func day(_ day: CalendarDate?, of item: LedgerItem, _ asOf: AsOf) throws -> CalendarDate {
        let today = asOf.day(in: item.row.zone)
        let day = day ?? today
        guard day >= item.row.issuedOn, day <= today else {
            throw Problem(
                .refused, "wrong_day", "\(day) is not between \(item.row.issuedOn), when it was issued, and \(today)",
                place: "--on")
        }
        return day
    }

    private static func found(
        _ item: LedgerItem, in state: String, in db: isolated Connection
    ) throws -> [LedgerSQL.WriteOffsOf.Row] {
        try db.run(LedgerSQL.WriteOffsOf(invoice: item.row.id)).filter { $0.state == state }
    }

    private static func waiting(
        _ item: LedgerItem, in db: isolated Connection
    ) throws -> LedgerSQL.WriteOffsOf.Row {
        guard let row = try found(item, in: "proposed", in: db).first else {
            throw Problem(
                .refused, "nothing_waits", "no write-off of '\(item.row.number)' waits for approval",
                advice: "ltc invoice write-offs")
        }
        return row
    }

    /// - Parameter minor: below zero it is owed again
    private static func close(
        _ item: LedgerItem, _ minor: Int, on day: CalendarDate, actor: String, at now: Date, in db: isolated Connection
    ) throws {
        let allocation = Allocation(
            receipt: nil, invoice: item.row.id, minor: minor, reason: .writeOff, effectiveOn: day)
        try AllocateReceipts.record([allocation], actor: actor, at: now, in: db)
    }

    private static func decide(
        _ row: LedgerSQL.WriteOffsOf.Row, _ item: LedgerItem, _ state: String, _ reason: String?, _ actor: String,
        _ asOf: AsOf, in db: isolated Connection
    ) throws -> WriteOff {
        let now = asOf.instant(in: item.row.zone)
        try db.execute(LedgerSQL.DecideWriteOff(id: row.id, state: state, actor: actor, at: now))
        try item.record(
            "write_off_\(state)", ["write_off": "\(row.id)", "amount": item.money(row.amountMinor).description],
            because: reason, actor: actor, at: now, in: db)
        return try one(row.id, item, in: db)
    }

    private static func one(_ id: Int, _ item: LedgerItem, in db: isolated Connection) throws -> WriteOff {
        guard let found = try of(item.row.id, item.currency, in: db).first(where: { $0.id == id }) else {
            throw Problem(.defect, "no_write_off", "write-off \(id) is not there")
        }
        return found
    }
}
