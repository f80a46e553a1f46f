package import Domain
package import Postgres

package enum DunningStore {
    /// Hands over the accounts of a team that have overdue invoices, each whole, in the order of their customers.
    ///
    /// - Parameters:
    ///   - isPast: the day is over: what is effective later does not count yet.
    ///   - seesOnlyCommitted: this transaction has changed nothing of what is read, which is read ahead therefore.
    ///   - decide: gets one account after the other while the server works, and must not ask it anything.
    ///   - write: what is to be stored of what was decided since it was last asked; nil is nothing.
    ///   - stored: what came of that, in order.
    package static func accounts<Write: Query>(
        of team: Int, on day: CalendarDate, isPast: Bool, by policy: DunningPolicy, seesOnlyCommitted: Bool,
        in db: isolated Connection,
        decide: (DebtorAccount) throws -> Void, write: () throws -> Write?, stored: ([Write.Row]) throws -> Void
    ) throws {
        let through = isPast ? day : nil
        let obstacles = try DunningObstacles.load(
            team: team, tolerance: policy.promiseTolerance, through: through, in: db)
        let codes = try creditorCodes(in: db)
        let query = DunningSQL.OpenItems(
            team: team, day: day, through: through, withTotals: policy.asksForPercent,
            totalSince: day.adding(days: 1 - DebtorAccount.percentWindow),
            noticedSince: day.adding(days: -policy.longestInterval))
        var last: DebtorAccount?
        func read(_ rows: [DunningSQL.OpenItems.Row]) throws {
            for row in rows {
                if last?.creditor != row.creditor || last?.customer != row.customer
                    || last?.currency.code != row.currency
                {
                    if let last { try decide(last) }
                    last = try account(row, codes, obstacles)
                }
                if row.chargeKind == nil, row.dueOn >= day {
                    let told = last?.noticedOn
                    last?.noticedOn = [told, row.lastNoticeOn].compactMap(\.self).max()
                    continue
                }
                let item = item(row, obstacles)
                if let kind = row.chargeKind {
                    last?.charges.append(Charge(try Charge.Kind(stored: kind), item))
                } else {
                    last?.items.append(item)
                }
            }
        }
        func store() throws {
            if let made = try write() { try stored(db.run(made)) }
        }
        if seesOnlyCommitted {
            try db.streamCommitted(query, read: read, write: write, stored: stored)
        } else {
            try db.stream(query, batch: 5_000) { rows in
                try read(rows)
                try store()
            }
        }
        if let last { try decide(last) }
        try store()
    }

    package static func creditorCodes(in db: isolated Connection) throws -> [Int: String] {
        Dictionary(uniqueKeysWithValues: try db.run(DunningObstaclesSQL.CreditorCodes()).map { ($0.id, $0.code) })
    }

    private static func account(
        _ row: DunningSQL.OpenItems.Row, _ codes: [Int: String], _ obstacles: DunningObstacles
    ) throws -> DebtorAccount {
        var account = DebtorAccount(
            creditor: row.creditor, customer: row.customer, currency: try Currency(stored: row.currency),
            procedure: row.customerProcedure, creditMinor: row.creditMinor, percentBaseMinor: row.totalMinor,
            blockedBy: row.blockedBy.flatMap(DunningReason.init(rawValue:)))
        account.hasEmail = row.hasEmail
        account.hasAddress = row.hasAddress
        account.noticedOn = row.noticedOn
        account.creditorCode = codes[row.creditor]
        account.group = row.groupCode
        account.holds = obstacles.of(customer: row.customer)
        return account
    }

    private static func item(_ row: DunningSQL.OpenItems.Row, _ obstacles: DunningObstacles) -> OpenItem {
        var item = OpenItem(
            id: row.id, number: row.number, issuedOn: row.issuedOn, dueOn: row.dueOn, openMinor: row.openMinor,
            level: row.dunningLevel, lastNoticeOn: row.lastNoticeOn)
        item.procedure = row.procedure
        item.contractProcedure = row.contractProcedure
        item.isShiftedOffHolidays = row.shiftsDueDate
        item.obstacles = obstacles.of(invoice: row.id)
        item.originalMinor = row.originalMinor
        item.contractOn = row.contractOn
        item.postedMinor = row.postedMinor ?? 0
        item.instalmentOf = row.instalmentOf
        item.isCompensated = row.isCompensated ?? false
        item.isInvoiceCompensated = row.isInvoiceCompensated ?? false
        if let days = row.correctedOn, let amounts = row.correctedMinor {
            item.corrections = zip(days, amounts).map { Settlement(source: "correction", on: $0, minor: $1) }
        }
        if let sources = row.settledBy, let days = row.settledOn, let amounts = row.settledMinor {
            item.settlements = sources.indices.map {
                Settlement(source: sources[$0], on: days[$0], minor: amounts[$0])
            }
        }
        return item
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
