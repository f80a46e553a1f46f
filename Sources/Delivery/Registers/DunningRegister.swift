package import Domain

/// What a run dunned, one line an item, for finance to sort, sum and file.
package struct DunningRegister: Sendable {
    package struct Entry: Sendable {
        package var id: Int
        /// Nil until the notice is approved.
        package var number: String?
        package var state: String
        package var reason: String?
        package var runDate: CalendarDate
        package var creditor: String
        package var customer: String
        package var customerName: String
        /// Why the notice's channel is not the first choice of its level: `no_address`.
        package var channelReason: String?
        package var notice: DunningNotice

        package init(
            id: Int, number: String?, state: String, reason: String?, runDate: CalendarDate, creditor: String,
            customer: String, customerName: String, channelReason: String?, notice: DunningNotice
        ) {
            self.id = id
            self.number = number
            self.state = state
            self.reason = reason
            self.runDate = runDate
            self.creditor = creditor
            self.customer = customer
            self.customerName = customerName
            self.channelReason = channelReason
            self.notice = notice
        }
    }

    private var csv = CSV(header: [
        "run_date", "notice", "number", "state", "state_reason", "channel", "channel_reason", "creditor", "customer",
        "customer_name", "notice_level",
        "invoice", "issued_on", "due_on", "days_overdue", "level_before", "level", "currency", "open", "interest",
        "fee", "credit", "total",
        // For finance to fill in.
        "decision", "reason", "until",
    ])

    package init(_ entries: some Sequence<Entry>) {
        for entry in entries { add(entry) }
    }

    package var bytes: [UInt8] { csv.bytes }

    /// Fee and credit belong to the notice and stand on its first line, so that columns add up to the notices' totals.
    private mutating func add(_ entry: Entry) {
        let currency = entry.notice.currency
        func money(_ minor: Int) -> CSVCell { .value(Money(minor: minor, currency: currency).amount) }
        for (index, item) in entry.notice.items.enumerated() {
            let fee = index == 0 ? entry.notice.feeMinor : 0
            let credit = index == 0 ? entry.notice.creditMinor : 0
            csv.add([
                .value("\(entry.runDate)"), .value("\(entry.id)"), .value(entry.number ?? ""), .value(entry.state),
                .value(entry.reason ?? ""), .value(entry.notice.channel.rawValue), .value(entry.channelReason ?? ""),
                .text(entry.creditor), .text(entry.customer), .text(entry.customerName),
                .value("\(entry.notice.level)"), .text(item.item.number), .value("\(item.item.issuedOn)"),
                .value("\(item.item.dueOn)"), .value("\(item.daysOverdue)"), .value("\(item.item.level)"),
                .value("\(item.level)"), .value(currency.code), money(item.item.openMinor), money(item.interestMinor),
                money(fee), money(credit), money(item.item.openMinor + item.interestMinor + fee - credit),
                .value(""), .value(""), .value(""),
            ])
        }
    }
}
