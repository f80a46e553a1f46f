/// An open item as the rules of allocation see it: an invoice, or a charge that was posted for one.
package struct PayableItem: Sendable, Hashable {
    /// What it is of its claim.
    package enum Part: Sendable { case principal, interest, costs }

    package var id: Int
    package var number: String
    package var issuedOn: CalendarDate
    package var dueOn: CalendarDate
    package var openMinor: Int
    package var part = Part.principal
    /// The invoice that it is charged for, and when that was due; a principal's own.
    package var claim: Int
    package var claimDueOn: CalendarDate
    package var order = PaymentOrder.costsFirst
    /// The day of the run whose notice charges it; nil of an invoice, which may be paid in advance.
    package var askedOn: CalendarDate?
    /// What may be kept of an invoice that is paid early, in minor units, and until when.
    package private(set) var discountMinor = 0
    package private(set) var discountUntil: CalendarDate?
    /// What was closed of it after that day: no payment in time.
    package private(set) var lateMinor = 0

    package init(
        id: Int, number: String, issuedOn: CalendarDate, dueOn: CalendarDate, openMinor: Int
    ) {
        self.id = id
        self.number = number
        self.issuedOn = issuedOn
        self.dueOn = dueOn
        self.openMinor = openMinor
        claim = id
        claimDueOn = dueOn
    }

    /// Lets so many percent of the invoiced amount be kept, rounded half up, by who pays the rest in time.
    ///
    /// - Throws: an amount too large to compute.
    package mutating func grantDiscount(
        _ percent: Percent, of amountMinor: Int, until day: CalendarDate, lateMinor: Int = 0
    ) throws(Problem) {
        discountMinor = try percent.of(amountMinor)
        discountUntil = day
        self.lateMinor = lateMinor
    }

    /// Money of a day before a charge was asked for was not meant for it.
    func isAsked(by day: CalendarDate) -> Bool { askedOn.map { $0 <= day } ?? true }

    /// What closed parts of it on a day leaves less open for the next.
    mutating func close(_ parts: [Allocation]) {
        for part in parts {
            openMinor -= part.minor
            if let discountUntil, part.effectiveOn > discountUntil { lateMinor += part.minor }
        }
    }

    /// What of it may be kept by a payment of that day.
    package func discount(on day: CalendarDate) -> Int {
        discountUntil.map { day <= $0 } == true ? discountMinor : 0
    }

    /// The oldest claim first, and within a claim its legal order.
    static func isBefore(_ one: PayableItem, _ other: PayableItem) -> Bool {
        if one.claim != other.claim { return (one.claimDueOn, one.claim) < (other.claimDueOn, other.claim) }
        return (one.order.rank(of: one.part), one.dueOn, one.issuedOn, one.number, one.id)
            < (other.order.rank(of: other.part), other.dueOn, other.issuedOn, other.number, other.id)
    }
}

/// In which order a payment closes the parts of a claim.
package enum PaymentOrder: String, Codable, Sendable, CaseIterable {
    /// Costs, then interest, then the principal: § 367 (1) BGB; 《民法典》第五百六十一条.
    case costsFirst = "costs-first"
    /// The principal, then costs, then interest: what parties may agree on instead.
    case principalFirst = "principal-first"

    func rank(of part: PayableItem.Part) -> Int {
        switch (self, part) {
        case (.costsFirst, .costs), (.principalFirst, .principal): 0
        case (.costsFirst, .interest), (.principalFirst, .costs): 1
        case (.costsFirst, .principal), (.principalFirst, .interest): 2
        }
    }
}
