import Domain
package import Foundation
package import Postgres
import Store

/// A lead's whole story: where it came from, why it went where it is, what was said of it and what is due.
package struct LeadStory: Encodable, Sendable {
    package struct Person: Encodable, Sendable, Hashable {
        package var code: String
        package var name: String
    }

    package struct Candidate: Encodable, Sendable, Hashable {
        package var member: Person
        package var reason: String
        package var openLeads: Int
        /// Leads owed after the turn, a share of one; negative when ahead.
        package var owed: Double
    }

    /// The decision that gave it its place.
    package struct Placement: Encodable, Sendable, Hashable {
        package var at: Date
        package var outcome: String
        package var team: Person?
        package var owner: Person?
        package var rule: String?
        package var reason: String?
        package var actor: String
        package var run: Int?
        package var configurationVersion: Int?
        package var rulesPassedOver: [PassedOver]
        package var candidates: [Candidate]
    }

    package struct PassedOver: Encodable, Sendable, Hashable {
        package var rule: String
        package var failed: String
    }

    package struct FollowUp: Encodable, Sendable, Hashable {
        package var rule: String
        package var since: Date
        package var dueAt: Date
    }

    package struct Reminder: Encodable, Sendable, Hashable {
        package var kind: String
        package var rule: String
        package var member: String
        package var dueAt: Date
        package var state: String
        package var reason: String?
    }

    package struct Activity: Encodable, Sendable, Hashable {
        package var kind: String
        package var member: String?
        package var happenedAt: Date
    }

    package struct Event: Encodable, Sendable, Hashable {
        package var at: Date
        package var kind: String
        package var actor: String
        package var reason: String?
    }

    package var lead: Int
    package var externalId: String?
    package var company: String
    package var state: String
    package var arrivedAt: Date
    /// The zone in which its team reads the time; UTC while it has none.
    package var zone: String
    package var placement: Placement?
    /// When its owner is reminded; nil when that has been done, or nothing is due.
    package var followUp: FollowUp?
    package var reminders: [Reminder]
    package var activities: [Activity]
    package var events: [Event]
}

extension LeadStory {
    /// Nil when there is no such lead.
    package static func load(_ id: Int, in db: isolated Connection) throws -> LeadStory? {
        guard let row = try db.first(LeadsSQL.Show(id: id)) else { return nil }
        let directory = try DirectoryStore.load(asOf: Date(), in: db)
        let events = try db.run(LeadsSQL.Events(subjectKind: "lead", subjectId: id))
        let activities = try db.run(LeadsSQL.Activities(subjectKind: "lead", subjectId: id))
        let told = try db.run(LeadsSQL.Reminders(subjectKind: "lead", subjectId: id))
        let team = row.teamId.flatMap { directory.team(id: $0) }
        var story = LeadStory(
            lead: row.id, externalId: row.externalId, company: row.company, state: row.state, arrivedAt: row.createdAt,
            zone: team?.clock.zone.identifier ?? "UTC", placement: nil, followUp: nil,
            reminders: told.map {
                Reminder(
                    kind: $0.kind, rule: $0.rule, member: $0.member, dueAt: $0.dueAt, state: $0.state, reason: $0.reason
                )
            },
            activities: activities.map { Activity(kind: $0.kind, member: $0.member, happenedAt: $0.happenedAt) },
            events: events.map { Event(at: $0.effectiveAt, kind: $0.kind, actor: $0.actor, reason: $0.reason) })
        let placings: Set = ["lead_assigned", "lead_pooled", "lead_disqualified"]
        story.placement = try events.last { placings.contains($0.kind) }.map { try placement($0, directory) }
        guard let team, let owner = row.ownerId, ["assigned", "working"].contains(row.state), !row.doNotContact,
            let company = try ConfigurationStore.current(in: db)?.company,
            let rule = FollowUps(company.followUps).rule(for: .lead, state: row.state, team: team.code)
        else { return story }
        let came = events.last { $0.kind.hasPrefix("lead_") && $0.toMember == owner }?.effectiveAt ?? row.createdAt
        let since = max(came, activities.map(\.happenedAt).max() ?? came)
        guard !told.contains(where: { $0.rule == rule.name && $0.occurrence >= since }) else { return story }
        let dueAt = directory.clock(of: owner, in: team.id).instant(after: rule.within, from: since)
        story.followUp = FollowUp(rule: rule.name, since: since, dueAt: dueAt)
        return story
    }

    private static func placement(_ event: LeadsSQL.Events.Row, _ directory: Directory) throws -> Placement {
        let why = event.runId == nil ? nil : try PlacementDetail(json: event.detail)
        func person(_ id: Int?) -> Person? {
            id.flatMap { directory.member(id: $0) }.map { Person(code: $0.code, name: $0.name) }
        }
        return Placement(
            at: event.effectiveAt, outcome: event.toState ?? event.kind,
            team: event.teamId.flatMap { directory.team(id: $0) }.map { Person(code: $0.code, name: $0.name) },
            owner: person(event.toMember), rule: event.rule, reason: event.reason, actor: event.actor,
            run: event.runId, configurationVersion: event.configurationVersion,
            rulesPassedOver: why?.rules.map { PassedOver(rule: $0.rule, failed: $0.failed.rawValue) } ?? [],
            candidates: why?.candidates.map { standing in
                Candidate(
                    member: person(standing.member) ?? Person(code: "\(standing.member)", name: ""),
                    reason: standing.reason.rawValue, openLeads: standing.openLeads,
                    owed: (Double(standing.balance) / Double(FairRotation.lead) * 1000).rounded() / 1000)
            } ?? [])
    }
}
