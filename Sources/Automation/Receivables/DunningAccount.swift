import Domain
import Foundation
import Postgres
import Store

/// One account as the rule sees it, outside of a run: for explanations of today, of a day that is over, or as it was known then.
enum DunningAccount {
    struct Key {
        let creditor, customer: Int
        let creditorCode: String
        let currency: Currency
        let procedure, group: String?

        init(_ row: InvoicesSQL.ShowInvoice.Row, _ currency: Currency) {
            (creditor, customer) = (row.creditorId, row.customerId)
            creditorCode = row.creditor
            self.currency = currency
            (procedure, group) = (row.customerProcedure, row.groupCode)
        }
    }

    /// - Parameter isPast: the day is over: what is effective later does not count yet.
    static func load(
        _ key: Key, on day: CalendarDate, isPast: Bool, by policy: DunningPolicy, knownAt known: Date?,
        in db: isolated Connection
    ) throws -> DebtorAccount {
        let through = isPast ? day : nil
        let (creditor, customer, currency) = (key.creditor, key.customer, key.currency.code)
        let obstacles = try DunningObstacles.load(
            customer: customer, tolerance: policy.promiseTolerance, through: through, knownAt: known, in: db)
        let items = try db.run(
            InvoicesSQL.AccountItems(
                creditor: creditor, customer: customer, currency: currency, through: through, known: known)
        ).map { row in
            var item = OpenItem(
                id: row.id, number: row.number, issuedOn: row.issuedOn, dueOn: row.dueOn, openMinor: row.openMinor,
                level: row.dunningLevel, lastNoticeOn: row.lastNoticeOn)
            item.procedure = row.procedure
            item.contractProcedure = row.contractProcedure
            item.isShiftedOffHolidays = row.shiftsDueDate
            item.obstacles = obstacles.of(invoice: row.id)
            item.originalMinor = row.originalMinor
            item.contractOn = row.contractOn
            return item
        }
        let paid = try db.one(
            InvoicesSQL.AccountPaid(
                creditor: creditor, customer: customer, currency: currency,
                since: day.adding(days: 1 - DebtorAccount.percentWindow), through: through, known: known)
        ).minor
        var account = DebtorAccount(
            creditor: creditor, customer: customer, currency: key.currency, procedure: key.procedure, items: items,
            creditMinor: try credit(key, on: day, through: through, knownAt: known, in: db),
            percentBaseMinor: items.reduce(paid) { $0 + $1.openMinor })
        account.creditorCode = key.creditorCode
        account.group = key.group
        account.holds = obstacles.of(customer: customer)
        try ChargeStore.load(into: &account, on: day, obstacles: obstacles, through: through, knownAt: known, in: db)
        let notices = try db.run(
            InvoicesSQL.AccountNotices(creditor: creditor, customer: customer, currency: currency, known: known))
        account.noticedOn = notices.filter { $0.state == "sent" }.map(\.acceptedOn).max()
        account.blockedBy = blocked(by: notices, on: day)
        return account
    }

    private static func credit(
        _ key: Key, on day: CalendarDate, through: CalendarDate?, knownAt known: Date?, in db: isolated Connection
    ) throws -> Int {
        let (creditor, customer, currency) = (key.creditor, key.customer, key.currency.code)
        let credit = InvoicesSQL.AccountCreditKnown(
            creditor: creditor, customer: customer, currency: currency, day: day, through: through, known: known)
        return try db.one(credit).minor
    }

    private static func blocked(
        by notices: [InvoicesSQL.AccountNotices.Row], on day: CalendarDate
    ) -> DunningReason? {
        let waits: Set = ["proposed", "approved", "sending", "held", "uncertain"]
        if notices.contains(where: { $0.runDate == day && $0.state != "cancelled" && $0.state != "reversed" }) {
            return .noticeExists
        }
        return notices.contains { waits.contains($0.state) } ? .noticeWaiting : nil
    }
}
