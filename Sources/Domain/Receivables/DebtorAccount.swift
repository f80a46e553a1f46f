/// An invoice that is not settled, as the rules of dunning and allocation see it.
package struct OpenItem: Sendable, Hashable {
    package var id: Int
    package var number: String
    package var issuedOn: CalendarDate
    package var dueOn: CalendarDate
    /// What is still owed, in minor units.
    package var openMinor: Int
    /// The dunning level reached: the last one whose notice was accepted for delivery.
    package var level: Int
    package var lastNoticeOn: CalendarDate?

    package init(
        id: Int, number: String, issuedOn: CalendarDate, dueOn: CalendarDate, openMinor: Int, level: Int = 0,
        lastNoticeOn: CalendarDate? = nil
    ) {
        self.id = id
        self.number = number
        self.issuedOn = issuedOn
        self.dueOn = dueOn
        self.openMinor = openMinor
        self.level = level
        self.lastNoticeOn = lastNoticeOn
    }

    /// Days from the due date to `day`; 1 on the first day overdue.
    package func daysOverdue(on day: CalendarDate) -> Int { day.days(since: dueOn) }
}

/// What one customer owes one creditor in one currency: the unit of a notice and of an allocation.
package struct DebtorAccount: Sendable, Hashable {
    package var creditor: Int
    package var customer: Int
    package var currency: Currency
    /// The customer's own procedure; nil is the company's standard.
    package var procedure: String?
    package var items: [OpenItem]
    /// Receipts not allocated and credit notes not set off.
    package var creditMinor: Int
    /// A notice of this account that stands in the way of another one.
    package var blockedBy: DunningReason?

    package init(
        creditor: Int, customer: Int, currency: Currency, procedure: String? = nil, items: [OpenItem] = [],
        creditMinor: Int = 0, blockedBy: DunningReason? = nil
    ) {
        self.creditor = creditor
        self.customer = customer
        self.currency = currency
        self.procedure = procedure
        self.items = items
        self.creditMinor = creditMinor
        self.blockedBy = blockedBy
    }

    /// The day of the last accepted notice about an item that is still open.
    package var lastNoticeOn: CalendarDate? { items.compactMap(\.lastNoticeOn).max() }
}

/// Why an invoice is not dunned; stable codes.
package enum DunningReason: String, Error, Codable, Sendable, CaseIterable {
    case paid
    case notDue = "not_due"
    case withinGrace = "within_grace"
    /// Overdue, but not long enough for the first level.
    case belowFirstLevel = "below_first_level"
    /// No invoice of the account reaches a higher level.
    case levelUnchanged = "level_unchanged"
    case intervalNotOver = "interval_not_over"
    case creditCovers = "credit_covers"
    /// Neither the customer's procedure nor the standard one is known.
    case noProcedure = "no_procedure"
    /// The level has fees, but none in this currency.
    case noCurrencyFee = "no_currency_fee"
    /// There is a notice of this day already.
    case noticeExists = "notice_exists"
    /// An earlier notice waits for its approval or its dispatch.
    case noticeWaiting = "notice_waiting"
    /// The customer has no e-mail address: the notice is held.
    case noAddress = "no_address"
}
