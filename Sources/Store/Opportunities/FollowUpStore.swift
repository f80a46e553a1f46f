package import Domain
package import Foundation
package import Postgres

/// What reminding asks of the database: a team's open subjects, what was said of them, and what is said now.
package enum FollowUpStore {
    package struct Subject: Sendable, Hashable {
        package var subject: OpenSubject
        package var name: String
        package var owner: Int
    }

    package typealias Said = FollowUpsSQL.Said.Row

    /// A reminder or an escalation that is to be written.
    package struct Saying: Sendable, Hashable {
        package enum Kind: String, Codable, Sendable { case reminder, escalation }

        package var subject: Subject
        package var rule: String
        package var kind: Kind
        /// Who is told.
        package var member: Int
        package var dueAt: Date

        package init(_ subject: Subject, rule: String, kind: Kind, member: Int, dueAt: Date) {
            self.subject = subject
            self.rule = rule
            self.kind = kind
            self.member = member
            self.dueAt = dueAt
        }
    }

    /// A reminder that is no longer needed.
    package struct Closing: Sendable, Hashable {
        package enum Reason: String, Sendable {
            case activity
            case reassigned
            /// The subject is no longer open.
            case closed
        }

        package var reminder: Int
        package var reason: Reason

        package init(reminder: Int, reason: Reason) {
            self.reminder = reminder
            self.reason = reason
        }
    }

    package static func open(of team: Team, asOf: Date, in db: isolated Connection) throws -> [Subject] {
        let leads = try db.run(FollowUpsSQL.OpenLeads(team: team.id, asOf: asOf)).map { row in
            Subject(
                subject: OpenSubject(
                    kind: .lead, id: row.id, state: row.state, since: row.since, occurrence: row.since),
                name: row.name, owner: row.ownerId)
        }
        let opportunities = try db.run(FollowUpsSQL.OpenOpportunities(team: team.id, asOf: asOf)).map { row in
            let opened = row.openedOn.map { team.clock.startOfDay($0) }
            let since = [opened, row.lastActivity].compactMap(\.self).max()
            return Subject(
                subject: OpenSubject(
                    kind: .opportunity, id: row.id, state: row.stage, since: since,
                    occurrence: since ?? row.recordedAt),
                name: row.name, owner: row.ownerId)
        }
        return leads + opportunities
    }

    /// What was said last of each of the team's subjects by each rule.
    package static func said(to team: Team, in db: isolated Connection) throws -> [Said] {
        try db.run(FollowUpsSQL.Said(team: team.id))
    }

    package static func close(_ closings: [Closing], in db: isolated Connection) throws {
        guard !closings.isEmpty else { return }
        try db.execute(
            FollowUpsSQL.Close(
                ids: closings.map(\.reminder),
                states: closings.map { $0.reason == .activity ? "acknowledged" : "cancelled" },
                reasons: closings.map(\.reason.rawValue)))
    }

    /// Writes what is said, each with its event.
    ///
    /// - Returns: what was new, with the ids of the reminders; what was said before is left out.
    package static func say(
        _ sayings: [Saying], to team: Team, asOf: Date, actor: String, run: Int, configurationVersion: Int,
        in db: isolated Connection
    ) throws -> [(id: Int, saying: Saying)] {
        guard !sayings.isEmpty else { return [] }
        let subjects = sayings.map(\.subject.subject)
        return try db.run(
            FollowUpsSQL.Remind(
                team: team.id, subjectKinds: subjects.map(\.kind.rawValue), subjects: subjects.map(\.id),
                rules: sayings.map(\.rule), occurrences: subjects.map(\.occurrence),
                kinds: sayings.map(\.kind.rawValue), owners: sayings.map(\.subject.owner),
                members: sayings.map(\.member), dues: sayings.map(\.dueAt),
                asOf: asOf, actor: actor, run: run, configurationVersion: configurationVersion)
        ).map { ($0.id, sayings[$0.place - 1]) }
    }

    package static func markEscalated(_ reminders: [Int], in db: isolated Connection) throws {
        guard !reminders.isEmpty else { return }
        try db.execute(FollowUpsSQL.MarkEscalated(ids: reminders))
    }
}
