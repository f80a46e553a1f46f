package import Foundation

/// A lead or an opportunity that is open, as the follow-up rules see it.
package struct OpenSubject: Sendable, Hashable {
    package var kind: FollowUpRule.Subject
    package var id: Int
    /// A lead's state or an opportunity's stage.
    package var state: String
    /// Since when it lies still: the assignment, the opening or the last activity, whichever is latest; nil when nobody
    /// knows.
    package var since: Date?
    /// Stands for `since` in the key of its reminders.
    package var occurrence: Date

    package init(kind: FollowUpRule.Subject, id: Int, state: String, since: Date?, occurrence: Date) {
        self.kind = kind
        self.id = id
        self.state = state
        self.since = since
        self.occurrence = occurrence
    }
}

/// The ordered follow-up rules: the first that fits a subject is its rule.
package struct FollowUps: Sendable {
    /// What was said already for a subject, its rule and its occurrence.
    package struct Said: Sendable, Hashable {
        /// The business time of the run that reminded; nil when none did.
        package var remindedAt: Date?
        package var isEscalated: Bool
        /// Somebody answered it.
        package var isAnswered: Bool

        package init(remindedAt: Date? = nil, isEscalated: Bool = false, isAnswered: Bool = false) {
            self.remindedAt = remindedAt
            self.isEscalated = isEscalated
            self.isAnswered = isAnswered
        }
    }

    package enum Verdict: Sendable, Hashable {
        /// Nothing is to be said before this instant.
        case waits(until: Date)
        case remind(dueAt: Date)
        case escalate(dueAt: Date)
        /// All has been said.
        case rests
    }

    private let rules: [FollowUpRule]

    package init(_ rules: [FollowUpRule]) { self.rules = rules }

    package func rule(for kind: FollowUpRule.Subject, state: String, team: String) -> FollowUpRule? {
        rules.first { rule in
            rule.subject == kind && (rule.teams.isEmpty || rule.teams.contains(team))
                && (rule.states.isEmpty || rule.states.contains(state))
        }
    }

    /// - Parameters:
    ///   - owner: the owner's clock: what falls into an absence or a holiday is due on the return.
    ///   - team: the clock of the team's manager, on which an escalation is counted.
    package static func verdict(
        _ rule: FollowUpRule, since: Date?, said: Said, owner: WorkingClock, team: WorkingClock, asOf: Date
    ) -> Verdict {
        guard let remindedAt = said.remindedAt else {
            // Nobody knows since when it lies still: it has been long enough.
            let dueAt = since.map { owner.instant(after: rule.within, from: $0) } ?? asOf
            guard dueAt <= asOf else { return .waits(until: dueAt) }
            return owner.worksOnDay(of: asOf)
                ? .remind(dueAt: dueAt) : .waits(until: owner.nextWorkingInstant(from: asOf))
        }
        guard let span = rule.escalateAfter, !said.isEscalated, !said.isAnswered else { return .rests }
        // After a standstill the owner still gets the whole time to answer before the manager hears of it.
        let escalatesAt = owner.instant(after: span, from: remindedAt)
        guard escalatesAt <= asOf else { return .waits(until: escalatesAt) }
        return team.worksOnDay(of: asOf)
            ? .escalate(dueAt: escalatesAt) : .waits(until: team.nextWorkingInstant(from: asOf))
    }
}

extension WorkingClock {
    /// Whether any of the day is worked. Nothing is said to people on a holiday or while they are away.
    package func worksOnDay(of instant: Date) -> Bool {
        !shifts(on: date(of: instant)).isEmpty
    }
}
