/// What keeps an invoice, or a part of it, from being dunned.
package enum DunningObstacle: Sendable, Hashable {
    case hold(DunningHold)
    /// A part of the amount, in minor units, through `until`.
    case dispute(minor: Int, until: CalendarDate)
    case promise(PromiseToPay)
    /// A part of the amount, in minor units, for which a bank draft is there that matures on `until`.
    case draft(minor: Int, until: CalendarDate)
}

/// A person's word to leave a customer or an invoice alone.
package struct DunningHold: Sendable, Hashable {
    /// The last day; nil is until it is released.
    package var until: CalendarDate?

    package init(until: CalendarDate? = nil) { self.until = until }

    package func holds(on day: CalendarDate) -> Bool { until.map { day <= $0 } ?? true }
}

/// A customer's word to pay a part of an invoice by a day.
package struct PromiseToPay: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// So much of it, in minor units, is still to come.
        case open(minor: Int)
        case kept
        case broken
    }

    /// An invoice is promised twice at most: a third promise is none.
    package static let mostAnInvoice = 2

    package var minor: Int
    /// The promised day, and the last one on which the money may come.
    package var on: CalendarDate
    package var deadline: CalendarDate
    /// What the invoice received since the promise, through the deadline.
    package var receivedMinor: Int

    package init(minor: Int, on: CalendarDate, tolerance: Int, receivedMinor: Int = 0) {
        self.minor = minor
        self.on = on
        self.deadline = on.adding(days: tolerance)
        self.receivedMinor = receivedMinor
    }

    package func state(on day: CalendarDate) -> State {
        if receivedMinor >= minor { return .kept }
        return day <= deadline ? .open(minor: minor - receivedMinor) : .broken
    }

    /// `on`, `kept` or `broken`.
    package func word(on day: CalendarDate) -> String {
        switch state(on: day) {
        case .open: "on"
        case .kept: "kept"
        case .broken: "broken"
        }
    }
}

extension OpenItem {
    package func isHeld(on day: CalendarDate) -> Bool {
        obstacles.contains { if case .hold(let hold) = $0 { hold.holds(on: day) } else { false } }
    }

    /// What may be asked for on a day: what is open without what is disputed, promised, or covered by
    /// drafts.
    ///
    /// - Throws: the reason why nothing is left.
    package func claim(on day: CalendarDate) throws(DunningReason) -> Int {
        guard !obstacles.isEmpty else { return openMinor }
        var (disputed, promised, drafted) = (0, 0, 0)
        for obstacle in obstacles {
            switch obstacle {
            case .hold: break
            case .dispute(let minor, let until): disputed += day <= until ? minor : 0
            case .promise(let promise):
                if case .open(let minor) = promise.state(on: day) { promised += minor }
            case .draft(let minor, let until): drafted += day <= until ? minor : 0
            }
        }
        if drafted >= openMinor { throw .bankDraft }
        if drafted + disputed >= openMinor { throw .disputed }
        if drafted + disputed + promised >= openMinor { throw .promised }
        return openMinor - drafted - disputed - promised
    }

    /// Drafts that mature by a day have paid, each on its day, beside what is promised.
    ///
    /// - Returns: how much, in minor units.
    @discardableResult
    mutating func payDrafts(maturedBy day: CalendarDate) -> Int {
        var paid = 0
        obstacles.removeAll { obstacle in
            guard case .draft(let minor, let maturity) = obstacle, maturity <= day else { return false }
            let part = min(minor, openMinor)
            openMinor -= part
            paid += part
            settlements.append(Settlement(source: "draft", on: maturity, minor: part))
            return true
        }
        return paid
    }

    /// A promise was broken, and no notice has gone out since: the customer is not spared the interval.
    package func isIntervalWaived(on day: CalendarDate, lastNoticeOn: CalendarDate) -> Bool {
        obstacles.contains {
            guard case .promise(let promise) = $0 else { return false }
            return promise.state(on: day) == .broken && lastNoticeOn <= promise.deadline
        }
    }
}
