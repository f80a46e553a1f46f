package import Domain
import Store

/// What a run of dunning decided, counted. Notices and invoices passed over are told to the run's listener one by one, as
/// `run dun-invoices` of the interface shows them: accounts in the order of customer, creditor and currency, an account's
/// invoices in that of their due dates and numbers.
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
        /// What is open of the invoices, and of the charges of earlier notices.
        package let open, charges: Money
        package let fee, interest, compensation, credit, total: Money
        package let payBy: CalendarDate
        package let invoices: [Invoice]
        package let earlierCharges: [EarlierCharge]
    }

    /// A charge of an earlier notice that is asked for again.
    package struct EarlierCharge: Encodable, Sendable {
        package let number: String
        package let kind: Charge.Kind
        /// The invoice that it is charged for; nil for a fee.
        package let invoice: String?
        package let dueOn: CalendarDate
        package let open: Money

        package init(_ charge: Charge, in currency: Currency) {
            number = charge.item.number
            kind = charge.kind
            invoice = charge.invoice
            dueOn = charge.item.dueOn
            open = Money(minor: charge.item.openMinor, currency: currency)
        }
    }

    package struct Invoice: Encodable, Sendable {
        package let number: String
        package let dueOn: CalendarDate
        package let daysOverdue: Int
        package let open: Money
        package let level: Int
        /// What of the interest was not posted before.
        package let interest, compensation: Money
    }

    package struct Skipped: Encodable, Sendable {
        package let invoice: String
        package let reason: DunningReason
    }

    package private(set) var counts = ["notices": 0, "invoices": 0, "skipped": 0]

    package init() {}

    package mutating func add(_ other: DunInvoicesReport) { counts.merge(other.counts, uniquingKeysWith: +) }

    /// The lists are the listener's, the counts stand beside them.
    package func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: NoKeys.self) }

    private enum NoKeys: CodingKey {}

    mutating func count(_ items: [DunningRules.Skipped], telling listener: RunListener?) throws {
        counts["skipped", default: 0] += items.count
        for item in items {
            counts[item.reason.counted, default: 0] += 1
            try listener?.hear(Skipped(invoice: item.item.number, reason: item.reason))
        }
    }

    mutating func count(_ notice: DunningNotice, isApproved: Bool) {
        counts["notices", default: 0] += 1
        counts["invoices", default: 0] += notice.items.count
        counts[isApproved ? "approved" : "proposed", default: 0] += 1
    }
}

extension DunInvoicesReport.Notice {
    init(_ paper: NoticePaper) {
        let notice = paper.notice
        func money(_ minor: Int) -> Money { Money(minor: minor, currency: notice.currency) }
        self.init(
            notice: paper.head.id, number: paper.head.number, creditor: paper.head.creditor,
            customer: paper.head.customerNumber, currency: notice.currency.code, level: notice.level,
            state: paper.head.state, reason: paper.head.reason, channel: paper.head.channel,
            channelReason: paper.head.channelReason, open: money(notice.openMinor),
            charges: money(notice.chargesMinor), fee: money(notice.feeMinor), interest: money(notice.interestMinor),
            compensation: money(notice.compensationMinor), credit: money(notice.creditMinor),
            total: money(notice.totalMinor), payBy: notice.payBy,
            invoices: notice.items.map { item in
                DunInvoicesReport.Invoice(
                    number: item.item.number, dueOn: item.item.dueOn, daysOverdue: item.daysOverdue,
                    open: money(item.item.openMinor), level: item.level, interest: money(item.interestMinor),
                    compensation: money(item.compensationMinor))
            }, earlierCharges: notice.charges.map { DunInvoicesReport.EarlierCharge($0, in: notice.currency) })
    }
}

extension DunningReason {
    /// `skipped_within_grace`
    fileprivate var counted: String { Self.counted[self] ?? rawValue }

    /// Made once: a run counts a million.
    private static let counted = Dictionary(uniqueKeysWithValues: allCases.map { ($0, "skipped_\($0.rawValue)") })
}
