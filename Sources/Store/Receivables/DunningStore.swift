package import Domain
package import Postgres

package enum DunningStore {
    /// Hands over the accounts of a team that have overdue invoices, each whole, in the order of their customers.
    package static func accounts(
        of team: Int, on day: CalendarDate, in db: isolated Connection, _ body: ([DebtorAccount]) throws -> Void
    ) throws {
        var last: DebtorAccount?
        try db.stream(DunningSQL.OpenItems(team: team, day: day)) { rows in
            var complete: [DebtorAccount] = []
            for row in rows {
                if last?.creditor != row.creditor || last?.customer != row.customer
                    || last?.currency.code != row.currency
                {
                    if let last { complete.append(last) }
                    last = DebtorAccount(
                        creditor: row.creditor, customer: row.customer, currency: try Currency(stored: row.currency),
                        procedure: row.procedure, creditMinor: row.creditMinor,
                        blockedBy: row.blockedBy.flatMap(DunningReason.init(rawValue:)))
                }
                last?.items.append(
                    OpenItem(
                        id: row.id, number: row.number, issuedOn: row.issuedOn, dueOn: row.dueOn,
                        openMinor: row.openMinor, level: row.dunningLevel, lastNoticeOn: row.lastNoticeOn))
            }
            try body(complete)
        }
        if let last { try body([last]) }
    }
}

extension Currency {
    /// - Throws: a defect, since the database holds no code that this program did not write.
    package init(stored code: String) throws(Problem) {
        guard let currency = Currency(code) else {
            throw Problem(.defect, "unknown_currency", "the database holds the currency '\(code)'")
        }
        self = currency
    }
}
