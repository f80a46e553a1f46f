extension NoticePeriod {
    /// The last day on which notice still ends a term whose last day is `end`, before it is moved to a working day.
    ///
    /// Counted back from the last day of the term; a month that is too short gives its last day. A period to the end
    /// of a month counts from the last end of a month that lies in the term.
    package func deadline(endOfTerm end: CalendarDate) -> CalendarDate {
        switch self {
        case .days(let count): return end.adding(days: -count)
        case .weeks(let count): return end.adding(days: -7 * count)
        case .months(let count): return end.adding(months: -count)
        case .monthsToEndOfMonth(let count):
            let effective = end.isLastOfMonth ? end : end.adding(days: -end.day)
            return effective.adding(months: -count).lastOfMonth
        }
    }
}

/// How a contract goes on at its end.
package enum RenewalKind: String, Codable, Sendable, CaseIterable {
    /// By itself, unless notice is given in time.
    case auto
    /// Only when both sides agree before its end.
    case manual
    /// Without an end, but somebody looks at it on a review date.
    case evergreen
    /// It ends, and that was the plan.
    case none
}

/// What a contract says of its end.
package struct ContractTerm: Sendable, Hashable {
    package var renewal: RenewalKind
    /// The last day of the term; nil is open-ended.
    package var endsOn: CalendarDate?
    package var notice: NoticePeriod?
    package var reviewOn: CalendarDate?

    package init(
        renewal: RenewalKind, endsOn: CalendarDate? = nil, notice: NoticePeriod? = nil, reviewOn: CalendarDate? = nil
    ) {
        self.renewal = renewal
        self.endsOn = endsOn
        self.notice = notice
        self.reviewOn = reviewOn
    }
}
