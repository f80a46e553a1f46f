package import Domain
package import Foundation
package import Postgres
import Store

/// A fee, interest or compensation as the ledger has it.
package struct PostedCharge: Encodable, Sendable {
    package let number: String
    package let kind: Charge.Kind
    /// The notice whose acceptance posted it.
    package let notice: String?
    /// The invoice that it is charged for; nil for a fee.
    package let invoice: String?
    package let issuedOn, dueOn: CalendarDate
    package let amount, open: Money
    /// Its notice came back or was reversed: it was never owed.
    package let isReversed: Bool

    /// Of an invoice, or those that a notice posted.
    ///
    /// - Parameters:
    ///   - through: the day of which the ledger is asked for, when it is over
    ///   - known: only what was known at that instant
    package static func load(
        invoice: Int? = nil, notice: Int? = nil, through: CalendarDate? = nil, knownAt known: Date? = nil,
        in currency: Currency, _ db: isolated Connection
    ) throws -> [PostedCharge] {
        let query = ChargesSQL.ChargesOf(invoice: invoice, notice: notice, through: through, known: known)
        return try db.run(query).map { row in
            PostedCharge(
                number: row.number, kind: try Charge.Kind(stored: row.kind), notice: row.notice, invoice: row.invoice,
                issuedOn: row.issuedOn, dueOn: row.dueOn, amount: Money(minor: row.amountMinor, currency: currency),
                open: Money(minor: row.openMinor, currency: currency), isReversed: row.isReversed)
        }
    }

    /// `posted DN-2026-000001-I1: interest 40.68 EUR for R1, due 2026-04-07, open 40.68`
    package var words: String {
        "posted \(number): \(kind.rawValue) \(amount)" + (invoice.map { " for \($0)" } ?? "") + ", due \(dueOn), "
            + (isReversed ? "taken back" : "open \(open.amount)")
    }
}
