/// An invoice that is not settled, as the rules of dunning and allocation see it.
package struct OpenItem: Sendable, Hashable {
    package var id: Int
    package var number: String
    /// The number of the invoice that it is an instalment of.
    package var instalmentOf: String?
    package var issuedOn: CalendarDate
    package var dueOn: CalendarDate
    /// The contract moves a due date that falls on a free day to the next working day (as § 193 BGB does).
    package var isShiftedOffHolidays = false
    /// What is still owed, in minor units.
    package var openMinor: Int
    /// The whole amount of the invoice.
    package var originalMinor: Int
    /// What closed a part of it, in the order in which it was recorded.
    package var settlements: [Settlement] = []
    /// By which a ledger that leads corrected the amount of the invoice, each with the first day on which it said so.
    package var corrections: [Settlement] = []
    /// The day of its contract, when there is one: an agreed rate of interest was agreed on it.
    package var contractOn: CalendarDate?
    /// Interest on it that accepted notices have posted.
    package var postedMinor = 0
    /// Compensation for it was posted before.
    package var isCompensated = false
    /// It was for an instalment of the same invoice.
    package var isInvoiceCompensated = false
    /// The dunning level reached: the last one whose notice was accepted for delivery.
    package var level: Int
    package var lastNoticeOn: CalendarDate?
    /// The invoice's own procedure, and that of its contract.
    package var procedure: String?
    package var contractProcedure: String?
    package var obstacles: [DunningObstacle] = []

    package init(
        id: Int, number: String, issuedOn: CalendarDate, dueOn: CalendarDate, openMinor: Int, level: Int = 0,
        lastNoticeOn: CalendarDate? = nil
    ) {
        self.id = id
        self.number = number
        self.issuedOn = issuedOn
        self.dueOn = dueOn
        self.openMinor = openMinor
        originalMinor = openMinor
        self.level = level
        self.lastNoticeOn = lastNoticeOn
    }

    /// The day by which it was to be paid, where free days count as `calendar` says.
    package func dueOn(by calendar: BusinessCalendar) -> CalendarDate {
        isShiftedOffHolidays ? calendar.workingDay(onOrAfter: dueOn) : dueOn
    }
}

/// What one customer owes one creditor in one currency: the unit of a notice and of an allocation.
package struct DebtorAccount: Sendable, Hashable {
    package var creditor: Int
    package var creditorCode: String?
    package var customer: Int
    package var currency: Currency
    /// The customer's own procedure.
    package var procedure: String?
    /// The customers' group.
    package var group: String?
    /// The customer has an e-mail address, and one for letters.
    package var hasEmail = true
    package var hasAddress = true
    package var items: [OpenItem]
    /// Open charges of earlier notices. They are asked for with what is dunned, and never dunned themselves.
    package var charges: [Charge] = []
    /// Receipts not allocated and credit notes not set off.
    package var creditMinor: Int
    /// What percentages of the account are taken of: all that is open, due or not, and what was paid of it in the last
    /// ``percentWindow`` days, so that a payment never raises a level. At least the sum of `items`.
    package var percentBaseMinor: Int
    /// Holds on the whole customer.
    package var holds: [DunningHold] = []
    /// The run date of the last accepted notice of the account, if it is near.
    package var noticedOn: CalendarDate?
    /// The day on which holds, disputes, promises and drafts are looked at; nil is that of the decision.
    package var obstaclesOn: CalendarDate?
    /// A notice of this account that stands in the way of another one.
    package var blockedBy: DunningReason?

    package static let percentWindow = 90

    package init(
        creditor: Int, customer: Int, currency: Currency, procedure: String? = nil, items: [OpenItem] = [],
        creditMinor: Int = 0, percentBaseMinor: Int? = nil, blockedBy: DunningReason? = nil
    ) {
        self.creditor = creditor
        self.customer = customer
        self.currency = currency
        self.procedure = procedure
        self.items = items
        self.creditMinor = creditMinor
        self.percentBaseMinor = percentBaseMinor ?? items.reduce(0) { $0 + $1.openMinor }
        self.blockedBy = blockedBy
    }

    /// A draft has matured by a day, and has not paid yet.
    package func hasMaturedDrafts(on day: CalendarDate) -> Bool {
        (items + charges.map(\.item)).contains { item in
            item.obstacles.contains { if case .draft(_, let maturity) = $0 { maturity <= day } else { false } }
        }
    }

    /// Drafts that have matured by a day pay what they are meant for, as a run of that day lets them before it decides; what is left
    /// of them pays the oldest debts, with what was charged for each before it.
    ///
    /// - Parameters:
    ///   - minor: what they bring together
    ///   - last: when the last of them matured
    package mutating func payDrafts(maturedBy day: CalendarDate, bringing minor: Int, last: CalendarDate) {
        var left = minor
        for index in items.indices { left -= items[index].payDrafts(maturedBy: day) }
        for index in charges.indices { left -= charges[index].item.payDrafts(maturedBy: day) }
        func pay(_ item: inout OpenItem) {
            let part = max(0, min(left, item.openMinor))
            guard part > 0 else { return }
            left -= part
            item.openMinor -= part
            item.settlements.append(Settlement(source: "draft", on: last, minor: part))
        }
        let oldest = items.indices.sorted { (items[$0].dueOn, items[$0].id) < (items[$1].dueOn, items[$1].id) }
        for place in oldest where left > 0 {
            for index in charges.indices
            where charges[index].invoice == items[place].number || charges[index].invoice == nil && place == oldest[0] {
                pay(&charges[index].item)
            }
            pay(&items[place])
        }
        creditMinor = max(0, creditMinor - (minor - max(0, left)))
    }

    /// The day of the last accepted notice: of this ledger, or as it came with an item from another one.
    ///
    /// That of an item that was paid since counts too: a payment brings no notice nearer.
    package var lastNoticeOn: CalendarDate? {
        let known = items.lazy.compactMap(\.lastNoticeOn).max()
        guard let noticedOn, let known else { return noticedOn ?? known }
        return max(noticedOn, known)
    }
}
