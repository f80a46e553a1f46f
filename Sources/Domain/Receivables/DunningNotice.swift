/// A notice as the rules propose it, before it has a number.
package struct DunningNotice: Sendable, Hashable {
    package struct Item: Sendable, Hashable {
        package var item: OpenItem
        package var daysOverdue: Int
        /// The level that the invoice has once the notice is accepted for delivery.
        package var level: Int
        /// All interest since the due date.
        package var interest: InterestComputation?
        /// For the costs of collecting it, the first time that they are charged.
        package var compensationMinor = 0

        package init(item: OpenItem, daysOverdue: Int, level: Int, interest: InterestComputation? = nil) {
            self.item = item
            self.daysOverdue = daysOverdue
            self.level = level
            self.interest = interest
        }

        /// The interest that was not posted before: what the notice asks for and posts.
        package var interestMinor: Int {
            InterestToPost(cumulativeMinor: interest?.minor ?? 0, postedMinor: item.postedMinor).minor
        }
        package var rises: Bool { level > item.level }
    }

    package var procedure: String
    package var currency: Currency
    /// The highest level of its items: it sets the tone and the fee.
    package var level: Int
    /// In order of their due dates.
    package var items: [Item]
    /// Open charges of earlier notices, the oldest first.
    package var charges: [Charge] = []
    package var feeMinor: Int
    /// How the fee came about; nil for a fixed sum.
    package var feeComputation: NoticeFee.Computation?
    /// The rule that the compensation rests on: `§ 288 Abs. 5 BGB`.
    package var compensationSource = ""
    /// Credit of the customer that is not allocated yet, deducted from what is asked for.
    package var creditMinor: Int
    package var payBy: CalendarDate
    package var channel: DunningChannel
    /// The customer has no address for the first channel of the level: another is taken, or finance telephones.
    package var isWithoutAddress = false

    package init(
        procedure: String, currency: Currency, level: Int, items: [Item], feeMinor: Int, creditMinor: Int,
        payBy: CalendarDate, channel: DunningChannel = .mail
    ) {
        self.procedure = procedure
        self.currency = currency
        self.level = level
        self.items = items
        self.feeMinor = feeMinor
        self.creditMinor = creditMinor
        self.payBy = payBy
        self.channel = channel
    }

    package var openMinor: Int { items.reduce(0) { $0 + $1.item.openMinor } }
    package var interestMinor: Int { items.reduce(0) { $0 + $1.interestMinor } }
    package var chargesMinor: Int { charges.reduce(0) { $0 + $1.item.openMinor } }
    package var compensationMinor: Int { items.reduce(0) { $0 + $1.compensationMinor } }
    package var totalMinor: Int {
        openMinor + chargesMinor + interestMinor + compensationMinor + feeMinor - creditMinor
    }
}

/// Who lets a notice go out.
package enum ApprovalNeed: Sendable, Hashable {
    /// The run itself: the total is within the limit of its currency.
    case none
    case aboveLimit(Money)
    /// There are limits, but none for this currency; a person looks rather than that something is sent on a guess.
    case noLimitForCurrency
    /// The run is dated in the past: what it decides is old by now, and a person looks before it goes out.
    case pastRun
    /// The run is dated ahead: its day may bring money still, and a person looks before it goes out.
    case futureRun

    /// A stable code.
    package var reason: String {
        switch self {
        case .none: "within_limit"
        case .aboveLimit: "above_limit"
        case .noLimitForCurrency: "no_limit_for_currency"
        case .pastRun: "past_run"
        case .futureRun: "future_run"
        }
    }
}

extension DunningPolicy {
    package func approvalNeed(of notice: DunningNotice) -> ApprovalNeed {
        if approvalAbove.isEmpty { return .none }
        guard let limit = approvalAbove.first(where: { $0.currency == notice.currency }) else {
            return .noLimitForCurrency
        }
        return notice.totalMinor > limit.minor ? .aboveLimit(limit) : .none
    }
}
