package import Domain
package import Foundation
package import Postgres

/// What assigning leads asks of the database: a few statements for any number of leads.
package enum AssignmentStore {
    package typealias NewLead = AssignmentSQL.TakeNew.Row

    /// Where a batch begins: after the lead with this time and id.
    package struct Cursor: Sendable {
        package var createdAt = Date.distantPast
        package var id = 0

        package init() {}

        package init(after lead: NewLead) {
            (createdAt, id) = (lead.createdAt, lead.id)
        }
    }

    package static func takeNew(
        asOf: Date, after cursor: Cursor, atMost maximum: Int, in db: isolated Connection
    ) throws -> [NewLead] {
        try db.run(
            AssignmentSQL.TakeNew(
                asOf: asOf, afterCreated: cursor.createdAt, afterId: cursor.id, maximum: maximum))
    }

    /// Open leads by team and member, of the seats that have a capacity.
    package static func openLeads(
        of teams: [Team], in directory: Directory, db: isolated Connection
    ) throws -> [Int: [Int: Int]] {
        let limited = teams.flatMap { directory.seats(of: $0.id) }.filter { $0.capacity != nil }
        guard !limited.isEmpty else { return [:] }
        let rows = try db.run(
            AssignmentSQL.OpenLeads(teams: teams.map(\.id), members: Array(Set(limited.map(\.member)))))
        return Dictionary(grouping: rows, by: \.teamId).mapValues { rows in
            Dictionary(uniqueKeysWithValues: rows.map { ($0.ownerId, $0.openLeads) })
        }
    }

    /// The balances after each team's last turn, by team and member.
    package static func balances(of teams: [Team], in db: isolated Connection) throws -> [Int: [Int: Int]] {
        let rows = try db.run(AssignmentSQL.LastTurns(teams: teams.map(\.id)))
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                let why = try PlacementDetail(json: row.detail)
                return (row.teamId, Dictionary(uniqueKeysWithValues: why.candidates.map { ($0.member, $0.balance) }))
            })
    }

    /// Moves leads to their places and writes their events, in order.
    ///
    /// - Throws: a defect when a lead is no longer new: all are held since they were taken.
    package static func place(
        _ placements: [(lead: Int, placement: LeadPlacement)], asOf: Date, actor: String, run: Int,
        configurationVersion: Int, in db: isolated Connection
    ) throws {
        guard !placements.isEmpty else { return }
        let all = placements.map(\.placement)
        let events = try db.run(
            AssignmentSQL.Place(
                leads: placements.map(\.lead), states: all.map(\.state), teams: all.map(\.team),
                owners: all.map { $0.owner ?? 0 }, kinds: all.map { "lead_\($0.state)" },
                rules: all.map { $0.rule ?? "" }, reasons: all.map(\.reason),
                details: try all.map { try PlacementDetail($0).json },
                asOf: asOf, actor: actor, run: run, configurationVersion: configurationVersion))
        guard events.count == placements.count else {
            throw Problem(
                .defect, "lead_moved_while_held",
                "\(placements.count - events.count) leads changed while they were held")
        }
    }
}

extension LeadPlacement {
    /// The lead's state there.
    package var state: String {
        switch outcome {
        case .assigned: "assigned"
        case .pooled: "pooled"
        case .disqualified: "disqualified"
        }
    }

    package var owner: Int? {
        if case .assigned(let member) = outcome { member } else { nil }
    }

    /// A stable snake_case code.
    package var reason: String {
        switch outcome {
        case .assigned: FairRotation.Reason.nextInRotation.rawValue
        case .pooled(let reason): reason.rawValue
        case .disqualified: "do_not_contact"
        }
    }
}
