package import Domain
import Foundation
package import Postgres
import Store

/// Why an invoice stands where it stands: its level, what a run of the day decides and why, and what comes next.
package struct InvoiceExplanation: Encodable, Sendable {
    package struct Procedure: Encodable, Sendable {
        package let name: String
        package let graceDays: Int
        package let minimumInterval: Int
        package let levels: [Level]
    }

    package struct Level: Encodable, Sendable {
        package let level: Int
        package let afterDays: Int
        /// The day on which the invoice is overdue so long.
        package let on: CalendarDate
    }

    /// What a run of the day decides.
    package struct Decision: Encodable, Sendable {
        /// The level that the invoice gets; nil when it is on no notice.
        package let level: Int?
        package let reason: DunningReason?
        package let interest: InterestComputation?
    }

    package struct Next: Encodable, Sendable {
        package let level: Int
        /// Not before this day, if nothing is paid.
        package let on: CalendarDate
    }

    package struct Notice: Encodable, Sendable {
        package let notice: Int
        package let number: String?
        package let runDate: CalendarDate
        package let state: String
        package let reason: String?
        package let daysOverdue: Int
        package let open: Money
        package let levelBefore: Int
        package let level: Int
        package let interest: InterestComputation?
        package let run: Int
        package let configurationVersion: Int?
    }

    package struct Payment: Encodable, Sendable {
        package let reference: String
        package let effectiveOn: CalendarDate
        package let amount: Money
        package let reason: String
    }

    package let invoice, kind, creditor, customer, customerName, team: String
    package let contract: String?
    package let issuedOn, dueOn: CalendarDate
    package let amount, open, credit: Money
    package let level: Int
    package let lastNoticeOn: CalendarDate?
    /// The business day that is asked about, in the zone of the finance team.
    package let day: CalendarDate
    package let daysOverdue: Int
    package let procedure: Procedure?
    package let decision: Decision
    package let next: Next?
    package let notices: [Notice]
    package let payments: [Payment]
}

package enum ExplainInvoice {
    /// - Throws: a `Problem` when there is no such invoice, or no configuration.
    package static func explain(
        _ number: String, asOf: AsOf, in db: isolated Connection
    ) throws -> InvoiceExplanation {
        let row = try find(number, in: db)
        guard let company = try ConfigurationStore.current(in: db)?.company else {
            throw Problem(.refused, "no_configuration", "the company is not described yet", advice: "ltc apply FILE")
        }
        let currency = try Currency(stored: row.currency)
        let day = asOf.day(in: row.zone)
        let rules = try DunningRules(company, team: row.team, rates: try RateStore.table(in: db))
        let account = try account(of: row, currency, on: day, by: rules.policy, in: db)
        let item = account.items.first { $0.id == row.id }
        let procedure = item.flatMap { rules.procedure(of: $0, in: account) }
        func money(_ minor: Int) -> Money { Money(minor: minor, currency: currency) }
        return InvoiceExplanation(
            invoice: row.number, kind: row.kind, creditor: row.creditor, customer: row.customer,
            customerName: row.customerName, team: row.team, contract: row.contract, issuedOn: row.issuedOn,
            dueOn: row.dueOn, amount: money(row.amountMinor), open: money(row.openMinor),
            credit: money(account.creditMinor), level: row.dunningLevel, lastNoticeOn: row.lastNoticeOn, day: day,
            daysOverdue: day.days(since: row.dueOn),
            procedure: procedure.map { procedure in
                .init(
                    name: procedure.name, graceDays: procedure.graceDays, minimumInterval: procedure.minimumInterval,
                    levels: procedure.levels.enumerated().map { index, level in
                        .init(level: index + 1, afterDays: level.afterDays, on: row.dueOn.adding(days: level.afterDays))
                    })
            },
            decision: decision(about: item, try rules.decide(account, on: day)),
            next: rules.next(of: row.id, in: account, after: day).map { .init(level: $0.level, on: $0.on) },
            notices: try notices(of: row.id, currency, in: db),
            payments: try db.run(InvoicesSQL.PaymentsOf(invoice: row.id)).map {
                .init(
                    reference: $0.reference, effectiveOn: $0.effectiveOn, amount: money($0.amountMinor),
                    reason: $0.reason)
            })
    }

    private static func find(_ number: String, in db: isolated Connection) throws -> InvoicesSQL.ShowInvoice.Row {
        let rows = try db.run(InvoicesSQL.ShowInvoice(number: number))
        guard let row = rows.first else {
            throw Problem(.refused, "no_such_invoice", "there is no invoice '\(number)'", advice: "ltc invoice list")
        }
        return row
    }

    /// The whole account, since dunning decides about accounts.
    private static func account(
        of row: InvoicesSQL.ShowInvoice.Row, _ currency: Currency, on day: CalendarDate, by policy: DunningPolicy,
        in db: isolated Connection
    ) throws -> DebtorAccount {
        let (creditor, customer) = (row.creditorId, row.customerId)
        let items = try db.run(
            InvoicesSQL.AccountItems(creditor: creditor, customer: customer, currency: row.currency))
        let credit = try db.one(
            DunningSQL.AccountCredit(creditor: creditor, customer: customer, currency: row.currency))
        let inTheWay = try db.run(
            InvoicesSQL.NoticesInTheWay(creditor: creditor, customer: customer, currency: row.currency, day: day))
        let blockedBy: DunningReason? =
            inTheWay.contains { $0.runDate == day } ? .noticeExists : inTheWay.isEmpty ? nil : .noticeWaiting
        let obstacles = try DunningObstacles.load(customer: customer, tolerance: policy.promiseTolerance, in: db)
        let total = InvoicesSQL.AccountTotal(
            creditor: creditor, customer: customer, currency: row.currency,
            since: day.adding(days: 1 - DebtorAccount.percentWindow))
        var account = DebtorAccount(
            creditor: creditor, customer: customer, currency: currency, procedure: row.customerProcedure,
            items: items.map { row in
                var item = OpenItem(
                    id: row.id, number: row.number, issuedOn: row.issuedOn, dueOn: row.dueOn, openMinor: row.openMinor,
                    level: row.dunningLevel, lastNoticeOn: row.lastNoticeOn)
                item.procedure = row.procedure
                item.contractProcedure = row.contractProcedure
                item.isShiftedOffHolidays = row.shiftsDueDate
                item.obstacles = obstacles.of(invoice: row.id)
                return item
            }, creditMinor: credit.minor, percentBaseMinor: try db.one(total).minor, blockedBy: blockedBy)
        account.noticedOn = try db.one(
            InvoicesSQL.NoticedOn(creditor: creditor, customer: customer, currency: row.currency)
        ).runDate
        account.creditorCode = row.creditor
        account.group = row.groupCode
        account.holds = obstacles.of(customer: customer)
        return account
    }

    private static func decision(
        about item: OpenItem?, _ verdict: DunningRules.Verdict
    ) -> InvoiceExplanation.Decision {
        let noticed = verdict.notice?.items.first { $0.item.id == item?.id }
        let reason = verdict.skipped.first { $0.item.id == item?.id }?.reason
        return .init(
            level: noticed?.level, reason: item == nil ? .paid : reason, interest: noticed?.interest)
    }

    private static func notices(
        of invoice: Int, _ currency: Currency, in db: isolated Connection
    ) throws -> [InvoiceExplanation.Notice] {
        try db.run(InvoicesSQL.NoticesOf(invoice: invoice)).map {
            .init(
                notice: $0.id, number: $0.number, runDate: $0.runDate, state: $0.state, reason: $0.reason,
                daysOverdue: $0.daysOverdue, open: Money(minor: $0.openMinor, currency: currency),
                levelBefore: $0.levelBefore, level: $0.level,
                interest: try InterestComputation(stored: $0.computation), run: $0.run,
                configurationVersion: $0.configurationVersion)
        }
    }
}

extension AsOf {
    /// The business day in a zone; a zone that this machine lacks counts as GMT.
    package func day(in zone: String) -> CalendarDate {
        let clock = WorkingClock(
            zone: TimeZone(identifier: zone) ?? .gmt, hours: .officeHours, calendar: BusinessCalendar(nil))
        return clock.date(of: instant(on: clock))
    }
}
