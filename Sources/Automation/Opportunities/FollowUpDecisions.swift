import Domain
import Foundation
import Store

/// What a team's subjects come to: who is told of which.
struct FollowUpDecisions {
    private(set) var sayings: [FollowUpStore.Saying] = []
    /// The reminders that are escalated now.
    private(set) var escalated: [Int] = []
    /// When the first of those that wait is due; nil when none waits.
    private(set) var nextDueAt: Date?

    private let run: RunContext
    private let team: Team
    private let said: [FollowUpKey: [FollowUpStore.Said]]
    private var clocks: [Int: WorkingClock] = [:]

    init(_ run: RunContext, _ team: Team, _ subjects: [FollowUpStore.Subject], _ said: [FollowUpStore.Said]) {
        self.run = run
        self.team = team
        self.said = Dictionary(grouping: said, by: FollowUpKey.init)
        let followUps = FollowUps(run.company.followUps)
        for subject in subjects {
            let state = subject.subject.state
            guard let rule = followUps.rule(for: subject.subject.kind, state: state, team: team.code) else { continue }
            decide(on: subject, by: rule)
        }
    }

    private mutating func decide(on subject: FollowUpStore.Subject, by rule: FollowUpRule) {
        let rows = (said[FollowUpKey(subject)] ?? []).filter { $0.rule == rule.name }
        // A run dated before what was said already has nothing to add.
        guard rows.allSatisfy({ $0.occurrence <= subject.subject.occurrence }) else { return }
        let current = rows.filter { $0.occurrence == subject.subject.occurrence }
        let reminder = current.first { $0.kind == "reminder" }
        let so = FollowUps.Said(
            remindedAt: reminder?.remindedAt, isEscalated: current.contains { $0.kind == "escalation" },
            isAnswered: reminder.map { !["due", "sent"].contains($0.state) } ?? false)
        let verdict = FollowUps.verdict(
            rule, since: subject.subject.since, said: so, owner: clock(of: subject.owner), team: team.clock,
            asOf: run.asOf)
        switch verdict {
        case .waits(let instant):
            nextDueAt = min(instant, nextDueAt ?? instant)
        case .remind(let dueAt):
            sayings.append(
                FollowUpStore.Saying(subject, rule: rule.name, kind: .reminder, member: subject.owner, dueAt: dueAt))
        case .escalate(let dueAt):
            // Nobody is told on themselves.
            guard let reminder, let manager = run.directory.manager(of: team.id), manager.id != subject.owner else {
                return
            }
            escalated.append(reminder.id)
            sayings.append(
                FollowUpStore.Saying(subject, rule: rule.name, kind: .escalation, member: manager.id, dueAt: dueAt))
        case .rests:
            break
        }
    }

    private mutating func clock(of member: Int) -> WorkingClock {
        if let clock = clocks[member] { return clock }
        let clock = run.directory.clock(of: member, in: team.id)
        clocks[member] = clock
        return clock
    }
}
