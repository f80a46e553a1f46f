/// The one rule of dunning: which invoices of an account are dunned on a day, at which level, and why the others not.
package struct DunningRules: Sendable {
    package let policy: DunningPolicy
    private let procedures: [String: DunningProcedure]
    private let interestRules: [String: InterestRule]

    /// Refuses a procedure whose levels do not rise or whose terms of interest cannot be computed.
    package init(_ policy: DunningPolicy, rates: RateTable = .empty) throws(Problem) {
        self.policy = policy
        var procedures: [String: DunningProcedure] = [:]
        var interestRules: [String: InterestRule] = [:]
        for procedure in policy.procedures {
            let place = "dunning procedure '\(procedure.name)'"
            let days = procedure.levels.map(\.afterDays)
            guard !days.isEmpty, zip(days, days.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw Problem(
                    .refused, "levels_do_not_rise", "the levels' days are \(days)", place: place,
                    advice: "give each level more days than the one before it")
            }
            if let terms = procedure.interest {
                do {
                    interestRules[procedure.name] = try InterestRule(terms, rates: rates)
                } catch {
                    throw error.at(place)
                }
            }
            procedures[procedure.name] = procedure
        }
        self.procedures = procedures
        self.interestRules = interestRules
    }

    package func procedure(of account: DebtorAccount) -> DunningProcedure? {
        (account.procedure ?? policy.standard).flatMap { procedures[$0] }
    }

    package struct Skipped: Sendable, Hashable {
        package var item: OpenItem
        package var reason: DunningReason
    }

    package struct Verdict: Sendable, Hashable {
        package var notice: DunningNotice?
        /// Every item that is on no notice, with the reason.
        package var skipped: [Skipped]
    }

    /// Decides about a whole account.
    ///
    /// A notice needs an item that rises, and names every item that is overdue beyond grace and has a level. Nothing
    /// here depends on the order of the items, and an amount never raises a level.
    ///
    /// - Throws: interest that cannot be computed, with the invoice.
    package func decide(_ account: DebtorAccount, on day: CalendarDate) throws(Problem) -> Verdict {
        let procedure = self.procedure(of: account)
        var eligible: [DunningNotice.Item] = []
        var skipped: [Skipped] = []
        for item in account.items.sorted(by: { ($0.dueOn, $0.number, $0.id) < ($1.dueOn, $1.number, $1.id) }) {
            switch assess(item, by: procedure, on: day) {
            case .success(let level):
                eligible.append(
                    DunningNotice.Item(item: item, daysOverdue: item.daysOverdue(on: day), level: level))
            case .failure(let reason):
                skipped.append(Skipped(item: item, reason: reason))
            }
        }
        guard let procedure, let level = eligible.map(\.level).max() else {
            return Verdict(notice: nil, skipped: skipped)
        }
        func none(_ reason: DunningReason) -> Verdict {
            Verdict(notice: nil, skipped: skipped + eligible.map { Skipped(item: $0.item, reason: reason) })
        }
        if let reason = obstacle(to: eligible, of: account, by: procedure, on: day) { return none(reason) }
        guard let fee = fee(at: level, by: procedure, in: account.currency) else { return none(.noCurrencyFee) }
        for index in eligible.indices {
            eligible[index].interest = try interest(
                on: eligible[index], by: procedure, in: account.currency, through: day)
        }
        let notice = DunningNotice(
            procedure: procedure.name, currency: account.currency, level: level, items: eligible, feeMinor: fee,
            creditMinor: account.creditMinor, payBy: day.adding(days: procedure.at(level).payWithin))
        return Verdict(notice: notice, skipped: skipped)
    }

    /// The level that the item has after a notice of this day, or why it is on none.
    private func assess(
        _ item: OpenItem, by procedure: DunningProcedure?, on day: CalendarDate
    ) -> Result<Int, DunningReason> {
        let days = item.daysOverdue(on: day)
        if item.openMinor <= 0 { return .failure(.paid) }
        if days <= 0 { return .failure(.notDue) }
        guard let procedure else { return .failure(.noProcedure) }
        if days <= procedure.graceDays { return .failure(.withinGrace) }
        let level = max(item.level, min(procedure.level(afterDays: days), item.level + 1))
        return level > 0 ? .success(level) : .failure(.belowFirstLevel)
    }

    private func obstacle(
        to eligible: [DunningNotice.Item], of account: DebtorAccount, by procedure: DunningProcedure,
        on day: CalendarDate
    ) -> DunningReason? {
        if let blockedBy = account.blockedBy { return blockedBy }
        if !eligible.contains(where: \.rises) { return .levelUnchanged }
        if let last = account.lastNoticeOn, day.days(since: last) < procedure.minimumInterval {
            return .intervalNotOver
        }
        return account.creditMinor >= eligible.reduce(0) { $0 + $1.item.openMinor } ? .creditCovers : nil
    }

    /// Nil when the level has fees but none in this currency.
    private func fee(at level: Int, by procedure: DunningProcedure, in currency: Currency) -> Int? {
        let fees = procedure.at(level).fees
        return fees.isEmpty ? 0 : fees.first { $0.currency == currency }?.minor
    }

    private func interest(
        on item: DunningNotice.Item, by procedure: DunningProcedure, in currency: Currency, through day: CalendarDate
    ) throws(Problem) -> InterestComputation? {
        guard procedure.at(item.level).chargesInterest, let rule = interestRules[procedure.name] else { return nil }
        let claim = InterestClaim(
            currency: currency, dueOn: item.item.dueOn, principalMinor: item.item.openMinor, through: day,
            agreedOn: item.item.issuedOn)
        do {
            return try rule.interest(on: claim)
        } catch {
            throw error.at("invoice \(item.item.number)")
        }
    }
}

extension DunningProcedure {
    /// The highest level that an invoice overdue by so many days may have; 0 is none.
    package func level(afterDays days: Int) -> Int { levels.count { $0.afterDays <= days } }

    /// What a level says; levels above the last one (known from elsewhere) are as the last one.
    package func at(_ level: Int) -> DunningLevel { levels[min(level, levels.count) - 1] }

    /// The first day on which an item reaches the level after its own, when nothing is paid; nil at the last level.
    package func nextRise(of item: OpenItem, lastNoticeOn: CalendarDate?) -> (level: Int, on: CalendarDate)? {
        guard item.level < levels.count else { return nil }
        let days = max(levels[item.level].afterDays, graceDays + 1, 1)
        let reached = item.dueOn.adding(days: days)
        let allowed = lastNoticeOn.map { $0.adding(days: minimumInterval) }
        return (item.level + 1, max(reached, allowed ?? reached))
    }
}
