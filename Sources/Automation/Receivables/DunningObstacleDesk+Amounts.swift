package import Domain
import Foundation
package import Postgres
import Store

/// What is said about a part of an invoice.
extension DunningObstacleDesk {
    /// A part of an invoice is not accepted, and a member sees to it until a day.
    ///
    /// - Parameter amount: a decimal in the invoice's currency; nil is all that is open
    /// - Throws: a `Problem` for an amount above what is open, a day that is past, a member or invoice that is unknown.
    package static func dispute(
        _ number: String, amount: String?, reason: String, owner: String, until: CalendarDate, actor: String,
        asOf: AsOf,
        in db: isolated Connection
    ) throws -> Said {
        let invoice = try invoice(number, in: db)
        let money = try part(of: invoice, amount)
        guard let member = try db.first(DunningObstaclesSQL.MemberByCode(code: owner)) else {
            throw Problem(
                .refused, "no_such_member", "there is no member '\(owner)'", place: "--owner", advice: "ltc member list"
            )
        }
        try refusePast(until, "--until", of: invoice, asOf)
        let id = try db.one(
            DunningObstaclesSQL.AddDispute(
                invoice: invoice.id, amountMinor: money.minor, reason: reason, owner: member.id, untilOn: until,
                actor: actor)
        ).id
        try record(
            "dispute_opened", about: invoice, reason,
            ["amount": money.description, "owner": owner, "until": until.description], actor, asOf, in: db)
        return Said(subject: "invoice", number: number, ids: [id], until: until, amount: money)
    }

    /// The disputes of an invoice are over.
    ///
    /// - Throws: a `Problem` when nothing of it is disputed.
    package static func settleDisputes(
        of number: String, actor: String, asOf: AsOf, in db: isolated Connection
    ) throws -> Said {
        let invoice = try invoice(number, in: db)
        let rows = try db.run(DunningObstaclesSQL.CloseDisputes(invoice: invoice.id, actor: actor))
        guard !rows.isEmpty else {
            throw Problem(
                .refused, "not_disputed", "nothing of '\(number)' is disputed", advice: "ltc invoice explain \(number)")
        }
        try record("dispute_closed", about: invoice, nil, [:], actor, asOf, in: db)
        return Said(subject: "invoice", number: number, ids: rows.map(\.id), until: nil, amount: nil)
    }

    /// A customer says by when they pay.
    ///
    /// - Parameter amount: a decimal in the invoice's currency; nil is all that is open and for which no draft is there
    /// - Throws: a `Problem` for an amount above that, a day that is past, or a third promise.
    package static func promise(
        _ number: String, amount: String?, on day: CalendarDate, actor: String, asOf: AsOf, in db: isolated Connection
    ) throws -> Said {
        let invoice = try invoice(number, in: db)
        let money = try part(of: invoice, amount, coveredMinor: invoice.coveredMinor)
        try refusePast(day, "--on", of: invoice, asOf)
        if invoice.promises >= PromiseToPay.mostAnInvoice {
            throw Problem(
                .refused, "too_many_promises", "'\(number)' was promised \(invoice.promises) times already",
                advice: "hold it with ltc dunning hold \(number), or let dunning go on")
        }
        let id = try db.one(
            DunningObstaclesSQL.AddPromise(
                invoice: invoice.id, amountMinor: money.minor, promisedOn: day, actor: actor)
        ).id
        try record(
            "payment_promised", about: invoice, nil, ["amount": money.description, "on": day.description], actor, asOf,
            in: db)
        return Said(subject: "invoice", number: number, ids: [id], until: day, amount: money)
    }

    private static func part(
        of invoice: DunningObstaclesSQL.InvoiceToDun.Row, _ amount: String?, coveredMinor: Int = 0
    ) throws -> Money {
        let open = Money(
            minor: max(0, invoice.openMinor - coveredMinor), currency: try Currency(stored: invoice.currency))
        let beside = coveredMinor > 0 ? " beside its drafts" : ""
        guard open.minor > 0 else {
            throw Problem(
                .refused, "nothing_open", "nothing of '\(invoice.number)' is open\(beside)",
                advice: "ltc invoice show \(invoice.number)")
        }
        guard let amount else { return open }
        do {
            let money = try Money(amount, currency: open.currency)
            if money.minor > 0, money.minor <= open.minor { return money }
        } catch {
            throw Problem(
                .usage, "bad_amount", "'\(amount)' is no amount in \(open.currency.code) (\(error))", place: "--amount",
                advice: "write a decimal with a point, such as \(open.amount)")
        }
        throw Problem(
            .refused, "amount_out_of_range", "\(amount) is not a part of the \(open) that is open\(beside)",
            place: "--amount",
            advice: "name more than nothing and at most \(open.amount)")
    }

    private static func refusePast(
        _ day: CalendarDate, _ place: String, of invoice: DunningObstaclesSQL.InvoiceToDun.Row, _ asOf: AsOf
    ) throws {
        let today = asOf.day(in: invoice.zone)
        guard day < today else { return }
        throw Problem(
            .refused, "date_is_past", "\(day) is past: it is \(today) in \(invoice.zone)", place: place,
            advice: "name today or a day that is still to come")
    }

    private static func record(
        _ event: String, about invoice: DunningObstaclesSQL.InvoiceToDun.Row, _ reason: String?,
        _ detail: [String: String], _ actor: String, _ asOf: AsOf, in db: isolated Connection
    ) throws {
        try db.execute(
            DunningObstaclesSQL.RecordObstacle(
                subjectKind: "invoice", subject: invoice.id, team: invoice.team, kind: event, actor: actor,
                at: asOf.instant(in: invoice.zone), reason: reason, detail: json(detail)))
    }
}
