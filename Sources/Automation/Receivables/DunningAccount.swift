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

    /// - Parameters:
    ///   - isPast: the day is over: what is effective later does not count yet.
    ///   - including: an invoice of the account that is looked at though nothing of it is open
    static func load(
        _ key: Key, on day: CalendarDate, isPast: Bool, including: Int? = nil, by policy: DunningPolicy,
        knownAt known: Date?,
        in db: isolated Connection
    ) throws -> DebtorAccount {
        let through = isPast ? day : nil
        let (creditor, customer, currency) = (key.creditor, key.customer, key.currency.code)
        let obstacles = try DunningObstacles.load(
            customer: customer, tolerance: policy.promiseTolerance, through: through, knownAt: known, in: db)
        let items = try db.run(
            InvoicesSQL.AccountItems(
                creditor: creditor, customer: customer, currency: currency, including: including, through: through,
                known: known)
        ).map { row in
            var item = OpenItem(
                id: row.id, number: row.number, issuedOn: row.issuedOn, dueOn: row.dueOn, openMinor: row.openMinor,
                level: row.dunningLevel, lastNoticeOn: row.lastNoticeOn)
            item.instalmentOf = row.instalmentOf
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
        try ChargeStore.load(
            into: &account, on: day, obstacles: obstacles, including: including, through: through, knownAt: known,
            in: db)
        let notices = try db.run(
            InvoicesSQL.AccountNotices(creditor: creditor, customer: customer, currency: currency, known: known))
        let told = InvoicesSQL.AccountTold(
            creditor: creditor, customer: customer, currency: currency, day: day, known: known)
        account.noticedOn = (notices.filter { $0.state == "sent" }.map(\.acceptedOn) + [try db.one(told).noticedOn])
            .compactMap(\.self).max()
        account.blockedBy = blocked(by: notices, on: day)
        let matured = try db.run(
            InvoicesSQL.MaturedDrafts(
                creditor: creditor, customer: customer, currency: currency, day: day, known: known))
        if let last = matured.last {
            account.payDrafts(maturedBy: day, bringing: matured.reduce(0) { $0 + $1.amountMinor }, last: last.maturesOn)
            account.items.removeAll { $0.openMinor <= 0 && $0.id != including }
            account.charges.removeAll { $0.item.openMinor <= 0 && $0.item.id != including }
        }
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

    /// The notice of an account that has not come to its end.
    static func waiting(
        creditor: Int, customer: Int, currency: String, knownAt known: Date?, in db: isolated Connection
    ) throws -> InvoiceExplanation.Waiting? {
        let notices = try db.run(
            InvoicesSQL.AccountNotices(creditor: creditor, customer: customer, currency: currency, known: known))
        return notices.last(where: waits).map { notice in
            let isMail = notice.channel == DunningChannel.mail.rawValue
            let name = notice.number ?? "\(notice.id)"
            let command: String? =
                switch notice.state {
                case "proposed": "ltc dunning approve \(name)"
                case "approved": isMail ? nil : "ltc dunning confirm \(name)"
                case "held": "ltc message list --state held"
                case "uncertain": "ltc message list --state uncertain"
                case "failed": "ltc message list --state failed, or ltc dunning confirm --returned \(name)"
                default: nil
                }
            return .init(
                notice: notice.id, number: notice.number, state: notice.state, channel: notice.channel, command: command
            )
        }
    }

    private static func waits(_ notice: InvoicesSQL.AccountNotices.Row) -> Bool {
        ["proposed", "approved", "sending", "held", "uncertain"].contains(notice.state)
            || notice.state == "failed" && notice.reason != MessageDesk.byHand
    }

    private static func blocked(
        by notices: [InvoicesSQL.AccountNotices.Row], on day: CalendarDate
    ) -> DunningReason? {
        let isOfDay = notices.contains { notice in
            notice.runDate == day && notice.state != "cancelled" && notice.state != "reversed"
                || notice.state == "rejected" && notice.rejectedOn == day
        }
        if isOfDay { return .noticeExists }
        return notices.contains(where: waits) ? .noticeWaiting : nil
    }
}
