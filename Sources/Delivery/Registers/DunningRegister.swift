package import Domain

/// What a run dunned, one line an item, for finance to sort, sum and file.
package struct DunningRegister: Sendable {
    /// An item of a notice.
    package struct Line: Sendable {
        package var notice: Int
        /// The notice's; nil until it is approved.
        package var legalNumber: String?
        package var state: String
        package var reason: String?
        package var runDate: CalendarDate
        package var channel: DunningChannel
        /// Why it is not the first choice of the level: `no_address`.
        package var channelReason: String?
        package var creditor, customer, customerName: String
        package var noticeLevel: Int
        package var currency: Currency
        /// The notice's.
        package var feeMinor, chargesMinor, creditMinor: Int
        /// The invoice's.
        package var number: String
        package var issuedOn, dueOn: CalendarDate
        package var daysOverdue, levelBefore, level: Int
        package var openMinor, interestMinor, compensationMinor: Int

        package init(
            notice: Int, legalNumber: String?, state: String, reason: String?, runDate: CalendarDate,
            channel: DunningChannel, channelReason: String?, creditor: String, customer: String, customerName: String,
            noticeLevel: Int, currency: Currency,
            feeMinor: Int, chargesMinor: Int, creditMinor: Int, number: String, issuedOn: CalendarDate,
            dueOn: CalendarDate,
            daysOverdue: Int, levelBefore: Int, level: Int, openMinor: Int, interestMinor: Int,
            compensationMinor: Int
        ) {
            (self.notice, self.legalNumber, self.state, self.reason) = (notice, legalNumber, state, reason)
            (self.runDate, self.channel, self.channelReason) = (runDate, channel, channelReason)
            (self.creditor, self.customer) = (creditor, customer)
            (self.customerName, self.noticeLevel, self.currency) = (customerName, noticeLevel, currency)
            (self.feeMinor, self.chargesMinor, self.creditMinor) = (feeMinor, chargesMinor, creditMinor)
            self.number = number
            (self.issuedOn, self.dueOn, self.daysOverdue) = (issuedOn, dueOn, daysOverdue)
            (self.levelBefore, self.level, self.openMinor) = (levelBefore, level, openMinor)
            (self.interestMinor, self.compensationMinor) = (interestMinor, compensationMinor)
        }
    }

    private var csv = CSV(header: [
        "run_date", "notice", "number", "state", "state_reason", "channel", "channel_reason", "creditor", "customer",
        "customer_name", "notice_level",
        "invoice", "issued_on", "due_on", "days_overdue", "level_before", "level", "currency", "open", "interest",
        "compensation", "fee", "charges", "credit", "total",
        // For finance to fill in.
        "decision", "reason", "until",
    ])

    private var lastNotice: Int?

    package init() {}

    /// What was written since it was asked last.
    package mutating func takeBytes() -> [UInt8] { csv.takeBytes() }

    /// The fee, the charges of earlier notices and the credit belong to the notice and stand on its first line, so that
    /// columns add up to the notices' totals.
    package mutating func add(_ line: Line) {
        func money(_ minor: Int) -> CSVCell { .value(Money(minor: minor, currency: line.currency).amount) }
        let isFirst = line.notice != lastNotice
        lastNotice = line.notice
        let (fee, charges, credit) = isFirst ? (line.feeMinor, line.chargesMinor, line.creditMinor) : (0, 0, 0)
        let total = line.openMinor + line.interestMinor + line.compensationMinor + fee + charges - credit
        csv.add([
            .value("\(line.runDate)"), .value("\(line.notice)"), .value(line.legalNumber ?? ""), .value(line.state),
            .value(line.reason ?? ""), .value(line.channel.rawValue), .value(line.channelReason ?? ""),
            .text(line.creditor), .text(line.customer), .text(line.customerName),
            .value("\(line.noticeLevel)"), .text(line.number), .value("\(line.issuedOn)"), .value("\(line.dueOn)"),
            .value("\(line.daysOverdue)"), .value("\(line.levelBefore)"), .value("\(line.level)"),
            .value(line.currency.code), money(line.openMinor), money(line.interestMinor),
            money(line.compensationMinor), money(fee), money(charges), money(credit), money(total), .value(""),
            .value(""), .value(""),
        ])
    }
}
