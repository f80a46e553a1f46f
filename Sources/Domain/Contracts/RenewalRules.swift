/// Why no alert is due; stable codes.
package enum RenewalReason: String, Error, Codable, Sendable, CaseIterable {
    /// Not renewed, as agreed.
    case noRenewal = "no_renewal"
    case noEnd = "no_end"
    case noReviewDate = "no_review_date"
    case termOver = "term_over"
    /// No rung of the ladder is reached yet.
    case notDue = "not_due"
    case alreadyAlerted = "already_alerted"
    /// Neither an owner nor a manager of the team who could be told.
    case noRecipient = "no_recipient"
}

/// When the owner of a contract hears of its end: a ladder of days before the day by which somebody must act.
package struct RenewalRules: Sendable {
    package let policy: RenewalPolicy
    package let calendar: BusinessCalendar

    package init(_ policy: RenewalPolicy, calendar: BusinessCalendar) {
        self.policy = policy
        self.calendar = calendar
    }

    /// The days that matter to one term.
    package struct Dates: Sendable, Hashable {
        /// The last day of the term, or the review date of a contract without an end. It names the term.
        package let termEndsOn: CalendarDate
        /// The working day by which somebody must act; the ladder counts back from it.
        package let deadline: CalendarDate
    }

    package enum Verdict: Sendable, Hashable {
        case alert(Dates, rung: Int, opensOpportunity: Bool)
        case skip(RenewalReason)
    }

    /// With automatic renewal the notice deadline counts, otherwise the end or the review; on a day off, the working
    /// day before it.
    package func dates(of term: ContractTerm) -> Result<Dates, RenewalReason> {
        switch term.renewal {
        case .none:
            return .failure(.noRenewal)
        case .auto:
            guard let end = term.endsOn else { return .failure(.noEnd) }
            let deadline = (term.notice ?? policy.defaultNotice).deadline(endOfTerm: end)
            return .success(Dates(termEndsOn: end, deadline: calendar.workingDay(onOrBefore: deadline)))
        case .manual:
            guard let end = term.endsOn else { return .failure(.noEnd) }
            return .success(Dates(termEndsOn: end, deadline: calendar.workingDay(onOrBefore: end)))
        case .evergreen:
            guard let review = term.reviewOn else { return .failure(.noReviewDate) }
            return .success(Dates(termEndsOn: review, deadline: calendar.workingDay(onOrBefore: review)))
        }
    }

    /// What is due on `day` for a term of which the rungs in `alerted` were alerted before.
    ///
    /// Only the most urgent rung that is reached counts: rungs that were missed are not made up for. A deadline that
    /// went by unnoticed is still alerted once, as long as the term runs.
    package func verdict(
        for term: ContractTerm, on day: CalendarDate, alerted: Set<Int>, hasOpportunity: Bool = false
    ) -> Verdict {
        let dates: Dates
        switch self.dates(of: term) {
        case .success(let found): dates = found
        case .failure(let reason): return .skip(reason)
        }
        if term.renewal != .evergreen, day > dates.termEndsOn { return .skip(.termOver) }
        let daysLeft = dates.deadline.days(since: day)
        guard let rung = policy.ladder.filter({ $0 >= daysLeft }).min() else { return .skip(.notDue) }
        guard !alerted.contains(where: { $0 <= rung }) else { return .skip(.alreadyAlerted) }
        let opens = policy.opensOpportunityAt.map { rung <= $0 && !hasOpportunity } ?? false
        return .alert(dates, rung: rung, opensOpportunity: opens)
    }
}
