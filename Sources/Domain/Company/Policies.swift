/// Where a lead goes: the first rule that matches names the team; within the team, fair rotation.
package struct AssignmentPolicy: Codable, Sendable, Hashable {
    package var rules: [AssignmentRule] = []

    package init(rules: [AssignmentRule] = []) { self.rules = rules }
}

package struct AssignmentRule: Codable, Sendable, Hashable {
    package var name: String
    /// All must hold; a field holds when the lead's value is one of these, letter case aside. Empty matches every lead.
    package var conditions: [LeadField: [String]] = [:]
    /// The budget must be at least this, in its own currency.
    package var minimumBudget: Money?
    package var team: String
    /// To the team's public pool, for members to claim, instead of to an owner.
    package var toPool: Bool = false

    package init(name: String, team: String) {
        self.name = name
        self.team = team
    }
}

package enum LeadField: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    case region, segment, product, channel
}

/// When an owner is reminded of a lead or an opportunity that lies still.
package struct FollowUpRule: Codable, Sendable, Hashable {
    package enum Subject: String, Codable, Sendable, CaseIterable { case lead, opportunity }

    package var name: String
    package var subject: Subject
    /// Only these teams; empty is all.
    package var teams: [String] = []
    /// Only in these states of a lead or stages of an opportunity; empty is all open ones.
    package var states: [String] = []
    /// Due this much working time after the assignment or the last activity, whichever is later.
    package var within: WorkingSpan
    /// Escalated to the team's manager this much working time after the owner was reminded; nil is never.
    package var escalateAfter: WorkingSpan?

    package init(name: String, subject: Subject, within: WorkingSpan, escalateAfter: WorkingSpan? = nil) {
        self.name = name
        self.subject = subject
        self.within = within
        self.escalateAfter = escalateAfter
    }
}

/// A stretch of working time: hours as they are worked, or whole working days (the same time of day, so many working
/// days later).
package enum WorkingSpan: Sendable, Hashable {
    case seconds(Int)
    case days(Int)
}

/// When the owner of a contract hears of its end.
package struct RenewalPolicy: Codable, Sendable, Hashable {
    /// Days before the notice deadline, each an alert: `[90, 60, 30, 7]`.
    package var ladder: [Int] = [90, 60, 30, 7]
    /// The alert that opens the renewal opportunity; nil opens none.
    package var opensOpportunityAt: Int?
    /// For contracts that name no notice period.
    package var defaultNotice: NoticePeriod = .days(0)

    package init(ladder: [Int] = [90, 60, 30, 7]) { self.ladder = ladder }
}

/// How long before the end of a term notice must be given.
package enum NoticePeriod: Sendable, Hashable {
    case days(Int)
    case weeks(Int)
    case months(Int)
    /// So many months to the end of a calendar month.
    case monthsToEndOfMonth(Int)
}
