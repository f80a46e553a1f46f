package import Domain
import Foundation
package import Postgres
import Store

/// What people say about customers and invoices that are dunned or not: holds, disputes and promises.
///
/// Each is a row and an event; a rule of `Domain` says what it means on a day.
package enum DunningObstacleDesk {
    /// Of whom or what somebody speaks.
    package enum Subject: Sendable, Hashable {
        case invoice(String)
        case customer(String)
    }

    package struct Said: Sendable, Encodable {
        /// `invoice` or `customer`.
        package let subject: String
        package let number: String
        /// Ids of the holds, disputes or promises.
        package let ids: [Int]
        package let until: CalendarDate?
        package let amount: Money?
    }

    /// Leaves an invoice, or all of a customer's, alone through a day, or until it is released.
    ///
    /// - Throws: a `Problem` when there is no such subject, or the day is past.
    package static func hold(
        _ subject: Subject, until: CalendarDate?, reason: String, actor: String, asOf: AsOf, in db: isolated Connection
    ) throws -> Said {
        let found = try find(subject, in: db)
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw Problem(
                .refused, "no_reason", "somebody will want to know why", place: "--reason",
                advice: "a short code such as talks")
        }
        if let until, let zone = found.zone, until < asOf.day(in: zone) {
            throw Problem(
                .refused, "date_is_past", "\(until) is past", place: "--until",
                advice: "name a day that is still to come")
        }
        let ids = try found.teams.map { team in
            try db.one(
                DunningObstaclesSQL.AddHold(
                    team: team, customer: found.customer, invoice: found.invoice, untilOn: until, reason: reason,
                    actor: actor)
            ).id
        }
        try found.record("dunning_held", reason, ["until": until?.description], actor, asOf, in: db)
        return Said(subject: subject.kind, number: subject.number, ids: ids, until: until, amount: nil)
    }

    /// Ends the holds of an invoice, or those of a whole customer.
    ///
    /// - Throws: a `Problem` when there is no such subject, or nothing holds it.
    package static func release(
        _ subject: Subject, actor: String, asOf: AsOf, in db: isolated Connection
    ) throws -> Said {
        let found = try find(subject, in: db)
        let rows = try db.run(
            DunningObstaclesSQL.ReleaseHolds(customer: found.customer, invoice: found.invoice, actor: actor))
        guard !rows.isEmpty else {
            throw Problem(
                .refused, "not_on_hold", "nothing holds \(subject.kind) '\(subject.number)'",
                advice: "ltc invoice explain says what keeps an invoice from being dunned")
        }
        try found.record("dunning_released", nil, [:], actor, asOf, in: db)
        return Said(subject: subject.kind, number: subject.number, ids: rows.map(\.id), until: nil, amount: nil)
    }

    /// A subject with its rows: one team for an invoice, each that collects from a customer.
    private struct Found {
        var kind: String
        var id: Int
        var customer: Int
        var invoice: Int?
        var teams: [Int]
        var zone: String?

        func record(
            _ event: String, _ reason: String?, _ detail: [String: String?], _ actor: String, _ asOf: AsOf,
            in db: isolated Connection
        ) throws {
            for team in teams {
                try db.execute(
                    DunningObstaclesSQL.RecordObstacle(
                        subjectKind: kind, subject: id, team: team, kind: event, actor: actor,
                        at: asOf.instant(in: zone ?? "GMT"), reason: reason,
                        detail: json(detail.compactMapValues { $0 })))
            }
        }
    }

    private static func find(_ subject: Subject, in db: isolated Connection) throws -> Found {
        switch subject {
        case .invoice(let number):
            let row = try invoice(number, in: db)
            return Found(
                kind: "invoice", id: row.id, customer: row.customer, invoice: row.id, teams: [row.team], zone: row.zone)
        case .customer(let number):
            let rows = try db.run(DunningObstaclesSQL.CustomerToHold(customer: number))
            guard let first = rows.first else {
                throw Problem(
                    .refused, "no_such_customer", "there is no customer '\(number)'", advice: "ltc customer list")
            }
            guard rows.allSatisfy({ $0.id == first.id }) else {
                throw twoCustomers(number, rows.map(\.name))
            }
            guard first.team != nil else {
                throw Problem(
                    .refused, "no_invoices", "customer '\(number)' has no invoices, so there is nothing to hold",
                    advice: "ltc invoice list --customer \(number)")
            }
            return Found(
                kind: "customer", id: first.id, customer: first.id, teams: rows.compactMap(\.team), zone: first.zone)
        }
    }

    static func invoice(
        _ number: String, in db: isolated Connection
    ) throws -> DunningObstaclesSQL.InvoiceToDun.Row {
        let row = try InvoiceName.only(
            number, rows: { try db.run(DunningObstaclesSQL.InvoiceToDun(number: $0, source: $1)) }, source: \.source)
        guard let row else {
            throw Problem(.refused, "no_such_invoice", "there is no invoice '\(number)'", advice: "ltc invoice list")
        }
        guard row.kind != "credit-note" else {
            throw Problem(
                .refused, "not_an_invoice", "'\(number)' is a \(row.kind), which is never dunned",
                advice: "ltc invoice show \(number)")
        }
        return row
    }

    /// Two sources have a customer of a number.
    package static func twoCustomers(_ number: String, _ names: [String]) -> Problem {
        Problem(
            .refused, "two_customers", "customers of two sources have the number '\(number)'",
            advice: "name one of \(Set(names).sorted().joined(separator: ", "))")
    }

    static func json(_ detail: [String: String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(detail), as: UTF8.self)
    }
}

extension DunningObstacleDesk.Subject {
    var kind: String {
        switch self {
        case .invoice: "invoice"
        case .customer: "customer"
        }
    }

    var number: String {
        switch self {
        case .invoice(let number), .customer(let number): number
        }
    }
}
