package import Domain
import Foundation
package import Postgres
import Store

/// Reminds owners of leads and opportunities that lie still, once; and their manager when nothing happens then, once.
///
/// What is said is unique by subject, rule and occurrence (since when it lies still), so that a run that comes again says
/// nothing new. Activity, a new owner or the end of the subject close what is open.
package enum RemindFollowUps: Automated {
    package static let name = AutomationName.remindFollowUps

    package static func step(_ run: RunContext, in db: isolated Connection) throws -> Step<RemindFollowUpsReport> {
        guard let team = run.team else {
            throw Problem(.defect, "no_team", "follow-ups are a team's own, and this run has none")
        }
        let subjects = try FollowUpStore.open(of: team, asOf: run.asOf, in: db)
        let said = try FollowUpStore.said(to: team, in: db)
        try FollowUpStore.close(closings(of: said, subjects), in: db)

        let decisions = FollowUpDecisions(run, team, subjects, said)
        let sayings = try FollowUpStore.say(
            decisions.sayings, to: team, asOf: run.asOf, actor: run.actor, run: run.runID,
            configurationVersion: run.configurationVersion, in: db)
        try FollowUpStore.markEscalated(decisions.escalated, in: db)
        try Outbox.post(FollowUpMail(run, team).messages(sayings), in: db)
        if run.followsClock, let next = decisions.nextDueAt, next < .distantFuture {
            try FollowUpWake.set([team.code: next], in: db)
        }
        return Step(RemindFollowUpsReport(sayings.map(\.saying), nextDueAt: decisions.nextDueAt, run.directory))
    }

    /// Why each reminder that is open is needed no more, for those that are not.
    private static func closings(
        of said: [FollowUpStore.Said], _ subjects: [FollowUpStore.Subject]
    ) -> [FollowUpStore.Closing] {
        let open = Dictionary(uniqueKeysWithValues: subjects.map { (FollowUpKey($0), $0) })
        return said.filter { ["due", "sent"].contains($0.state) }.compactMap { row in
            let reason: FollowUpStore.Closing.Reason
            if let subject = open[FollowUpKey(row)] {
                if subject.owner != row.ownerId {
                    reason = .reassigned
                } else if subject.subject.occurrence > row.occurrence {
                    reason = .activity
                } else {
                    return nil
                }
            } else {
                reason = .closed
            }
            return FollowUpStore.Closing(reminder: row.id, reason: reason)
        }
    }
}

/// A subject among a team's.
struct FollowUpKey: Hashable {
    let kind: String
    let id: Int

    init(_ subject: FollowUpStore.Subject) { (kind, id) = (subject.subject.kind.rawValue, subject.subject.id) }
    init(_ said: FollowUpStore.Said) { (kind, id) = (said.subjectKind, said.subjectId) }
}
