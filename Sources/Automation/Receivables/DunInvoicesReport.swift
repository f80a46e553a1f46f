package import Domain
import Store

/// What a run of dunning decided: `run dun-invoices` of the interface.
package struct DunInvoicesReport: AutomationReport {
    package struct Notice: Encodable, Sendable {
        package let notice: Int
        /// The legal number; nil until approved, and in a preview.
        package let number: String?
        package let creditor: String
        package let customer: String
        package let currency: String
        package let level: Int
        package let state: String
        package let reason: String?
        package let channel: String
        /// Why it is not the first choice of its level.
        package let channelReason: String?
        package let open, fee, interest, credit, total: Money
        package let payBy: CalendarDate
        package let invoices: [Invoice]
    }

    package struct Invoice: Encodable, Sendable {
        package let number: String
        package let dueOn: CalendarDate
        package let daysOverdue: Int
        package let open: Money
        package let level: Int
        package let interest: Money
    }

    package struct Skipped: Encodable, Sendable {
        package let invoice: String
        package let reason: DunningReason
    }

    package private(set) var notices: [Notice] = []
    package private(set) var skipped: [Skipped] = []

    package init() {}

    package mutating func add(_ other: DunInvoicesReport) {
        notices += other.notices
        skipped += other.skipped
    }

    mutating func skip(_ items: [DunningRules.Skipped]) {
        skipped += items.map { Skipped(invoice: $0.item.number, reason: $0.reason) }
    }

    mutating func add(_ paper: NoticePaper) {
        let notice = paper.notice
        func money(_ minor: Int) -> Money { Money(minor: minor, currency: notice.currency) }
        notices.append(
            Notice(
                notice: paper.head.id, number: paper.head.number, creditor: paper.head.creditor,
                customer: paper.head.customerNumber, currency: notice.currency.code, level: notice.level,
                state: paper.head.state, reason: paper.head.reason, channel: paper.head.channel,
                channelReason: paper.head.channelReason, open: money(notice.openMinor),
                fee: money(notice.feeMinor), interest: money(notice.interestMinor), credit: money(notice.creditMinor),
                total: money(notice.totalMinor), payBy: notice.payBy,
                invoices: notice.items.map { item in
                    Invoice(
                        number: item.item.number, dueOn: item.item.dueOn, daysOverdue: item.daysOverdue,
                        open: money(item.item.openMinor), level: item.level, interest: money(item.interestMinor))
                }))
    }

    package var counts: [String: Int] {
        var counts = ["notices": notices.count, "invoices": notices.reduce(0) { $0 + $1.invoices.count }]
        counts["skipped"] = skipped.count
        for notice in notices { counts[notice.state, default: 0] += 1 }
        for item in skipped { counts["skipped_\(item.reason.rawValue)", default: 0] += 1 }
        return counts
    }
}
