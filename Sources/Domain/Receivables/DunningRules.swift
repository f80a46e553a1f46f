/// The one rule of dunning: which invoices of an account are dunned on a day, at which level, and why the others not.
package struct DunningRules: Sendable {
    package let policy: DunningPolicy
    /// Whose free days move the due dates of contracts that say so.
    let calendar: BusinessCalendar
    private let procedures: [String: DunningProcedure]
    private let interestRules: [String: InterestRule]

    /// Refuses a procedure whose levels do not rise or whose terms of interest cannot be computed.
    package init(
        _ policy: DunningPolicy, rates: RateTable = .empty, calendar: BusinessCalendar = BusinessCalendar(nil)
    ) throws(Problem) {
        self.policy = policy
        self.calendar = calendar
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

    /// The rules of a finance team: its calendar moves due dates.
    package init(_ company: Company, team: String, rates: RateTable = .empty) throws(Problem) {
        let calendar = company.teams.first { $0.code == team }?.calendar
        try self.init(
            company.dunning, rates: rates,
            calendar: BusinessCalendar(company.calendars.first { $0.code == calendar }))
    }

    /// The day by which an item was to be paid.
    package func dueOn(of item: OpenItem) -> CalendarDate { item.dueOn(by: calendar) }

    /// Invoice, contract, customer, customer group, creditor, standard: the nearest that names one. Nil when none does,
    /// or when the named one is not described.
    package func procedure(of item: OpenItem, in account: DebtorAccount) -> DunningProcedure? {
        nameOfProcedure(of: item, in: account).flatMap { procedures[$0] }
    }

    /// Of the one that is wanted, whether it is described or not.
    package func nameOfProcedure(of item: OpenItem, in account: DebtorAccount) -> String? {
        policy.nameOfProcedure(
            invoice: item.procedure, contract: item.contractProcedure, customer: account.procedure,
            group: account.group, creditor: account.creditorCode)
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
    /// A notice needs an item that rises or that is to be repeated, and names every item that is overdue beyond grace
    /// and has a level. Nothing here depends on the order of the items, and an amount never raises a level.
    ///
    /// - Throws: interest that cannot be computed, with the invoice.
    package func decide(_ account: DebtorAccount, on day: CalendarDate) throws(Problem) -> Verdict {
        let weighed = weigh(account, on: day)
        guard let top = weighed.eligible.max(by: { $0.level < $1.level }) else {
            return Verdict(notice: nil, skipped: weighed.skipped)
        }
        let rules = top.procedure.at(top.level)
        let feeRule = rules.fees.first { $0.fixed.currency == account.currency }
        guard feeRule != nil || rules.fees.isEmpty else {
            return Verdict(
                notice: nil,
                skipped: weighed.skipped + weighed.eligible.map { Skipped(item: $0.item, reason: .noCurrencyFee) })
        }
        var items: [DunningNotice.Item] = []
        items.reserveCapacity(weighed.eligible.count)
        for candidate in weighed.eligible {
            var item = DunningNotice.Item(
                item: candidate.item, daysOverdue: candidate.daysOverdue, level: candidate.level)
            item.item.openMinor = candidate.claimMinor
            try charge(
                for: &item, of: candidate.item.openMinor, by: candidate.procedure, in: account.currency, through: day)
            items.append(item)
        }
        compensateOnce(&items, by: weighed.eligible.map(\.procedure))
        let fee = try feeRule?.fee(
            onOriginal: Money(minor: items.reduce(0) { $0 + $1.item.originalMinor }, currency: account.currency))
        var notice = DunningNotice(
            procedure: top.procedure.name, currency: account.currency, level: top.level, items: items,
            feeMinor: fee?.grossMinor ?? 0, creditMinor: account.creditMinor, payBy: day.adding(days: rules.payWithin),
            channel: rules.channel(hasEmail: account.hasEmail, hasAddress: account.hasAddress))
        notice.charges = account.charges.isEmpty ? [] : account.charges(on: account.obstaclesOn ?? day)
        notice.feeComputation = feeRule?.isPlain == true ? nil : fee
        notice.compensationSource = Self.compensationSource(
            of: items, by: weighed.eligible.map(\.procedure), top.procedure)
        notice.isWithoutAddress = notice.channel != rules.channels.first
        return Verdict(notice: notice, skipped: weighed.skipped)
    }

    /// The rules of all procedures that charge some.
    private static func compensationSource(
        of items: [DunningNotice.Item], by procedures: [DunningProcedure], _ top: DunningProcedure
    ) -> String {
        var sources: [String] = []
        for (item, procedure) in zip(items, procedures) where item.compensationMinor > 0 {
            if let source = procedure.compensation?.source, !sources.contains(source) { sources.append(source) }
        }
        return sources.isEmpty ? top.compensation?.source ?? "" : sources.joined(separator: "; ")
    }

    /// No amounts at all are nothing; nil when there are amounts but none in this currency.
    static func amount(_ amounts: [Money], in currency: Currency) -> Int? {
        amounts.isEmpty ? 0 : amounts.first { $0.currency == currency }?.minor
    }

    /// All interest on an item through a day, whatever its level charges; nil where its procedure has none.
    ///
    /// - Throws: interest that cannot be computed, with the invoice.
    package func interest(
        on item: OpenItem, in account: DebtorAccount, through day: CalendarDate
    ) throws(Problem) -> InterestComputation? {
        guard item.postedMinor > 0, let procedure = procedure(of: item, in: account) else { return nil }
        let claim = item.interestClaim(asked: item.openMinor, in: account.currency, by: calendar, through: day)
        do {
            return try interestRules[procedure.name]?.interest(on: claim)
        } catch {
            throw error.at("invoice \(item.number)")
        }
    }

    /// Whether anything of an item was open when it was due.
    package func isLate(_ item: OpenItem, in account: DebtorAccount) -> Bool {
        item.interestClaim(asked: item.openMinor, in: account.currency, by: calendar, through: item.dueOn).lateMinor > 0
    }

    /// Interest and compensation, where the item's level charges for its delay: compensation is owed as soon as interest is
    /// (directive 2011/7/EU, article 6 (1)), by the size of the whole debt, of which a part may be disputed or promised.
    ///
    /// - Parameter openMinor: all that is open, asked for or not
    private func charge(
        for item: inout DunningNotice.Item, of openMinor: Int, by procedure: DunningProcedure, in currency: Currency,
        through day: CalendarDate
    ) throws(Problem) {
        guard procedure.at(item.level).chargesInterest else { return }
        let claim = item.item.interestClaim(
            asked: item.item.openMinor, in: currency, by: calendar, through: day)
        do {
            item.interest = try interestRules[procedure.name]?.interest(on: claim)
        } catch {
            throw error.at("invoice \(item.item.number)")
        }
        let whole = item.item.interestClaim(asked: openMinor, in: currency, by: calendar, through: day)
        let isOfInvoice = procedure.compensation?.per == .invoice
        let compensation = procedure.compensation?.amount(
            forPrincipal: whole.lateMinor, in: currency,
            claimedBefore: item.item.isCompensated || isOfInvoice && item.item.isInvoiceCompensated)
        item.compensationMinor = compensation?.minor ?? 0
    }

    /// Where the sum is an invoice's, the instalment that is due first bears it.
    private func compensateOnce(_ items: inout [DunningNotice.Item], by procedures: [DunningProcedure]) {
        var bearers: [String: Int] = [:]
        for (index, procedure) in zip(items.indices, procedures) where procedure.compensation?.per == .invoice {
            guard items[index].compensationMinor > 0, let invoice = items[index].item.instalmentOf else { continue }
            let (item, other) = (items[index].item, bearers[invoice])
            if let other, (items[other].item.dueOn, items[other].item.number) < (item.dueOn, item.number) {
                items[index].compensationMinor = 0
            } else {
                if let other { items[other].compensationMinor = 0 }
                bearers[invoice] = index
            }
        }
    }
}
