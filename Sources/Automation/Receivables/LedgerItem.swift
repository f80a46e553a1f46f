import Domain
import Foundation
import Postgres
import Store

/// An item that a person names, locked for a decision about it.
struct LedgerItem {
    let row: LedgerSQL.LockItem.Row
    let currency: Currency

    /// - Throws: a `Problem` when no item has the number, or two have it.
    static func lock(_ number: String, in db: isolated Connection) throws -> LedgerItem {
        let row = try InvoiceName.only(
            number, rows: { try db.run(LedgerSQL.LockItem(number: $0, source: $1)) }, source: \.source)
        guard let row else {
            throw Problem(.refused, "no_such_invoice", "there is no invoice '\(number)'", advice: "ltc invoice list")
        }
        return LedgerItem(row: row, currency: try Currency(stored: row.currency))
    }

    var isCreditNote: Bool { row.kind == "credit-note" }

    func money(_ minor: Int) -> Money { Money(minor: minor, currency: currency) }

    /// A decimal in its currency; nil is all that is open.
    ///
    /// - Parameter most: in minor units
    /// - Throws: a `Problem` when it is no amount, nothing, or more than there is.
    func amount(_ text: String?, atMost most: Int) throws -> Int {
        guard most > 0 else {
            throw Problem(.refused, "nothing_open", "nothing of '\(row.number)' is open", advice: "ltc invoice show")
        }
        guard let text else { return most }
        let minor: Int
        do {
            minor = try Money(text, currency: currency).minor
        } catch {
            throw Problem(
                .usage, "invalid_amount", "'\(text)' is no amount in \(currency)", place: "--amount",
                advice: "a decimal with a point and at most \(currency.minorDigits) digits behind it")
        }
        guard minor > 0, minor <= most else {
            throw Problem(
                .refused, "too_much", "'\(text)' is not between nothing and the \(money(most)) that can be taken",
                place: "--amount")
        }
        return minor
    }

    func record(
        _ kind: String, _ detail: [String: String], because reason: String?, actor: String, at now: Date,
        in db: isolated Connection
    ) throws {
        try db.execute(
            LedgerSQL.RecordDecision(
                invoice: row.id, team: row.team, kind: kind, actor: actor, at: now, reason: reason,
                detail: DunningObstacleDesk.json(detail)))
    }
}
