import Domain
import Store

/// `ltc.run.assign-leads`: each lead's place, by the codes of team and member.
package struct AssignLeadsReport: AutomationReport {
    package struct Assigned: Encodable, Sendable, Hashable {
        package var lead: Int
        package var externalId: String?
        package var team: String
        package var member: String
        package var rule: String?
        package var reason: String
    }

    package struct Pooled: Encodable, Sendable, Hashable {
        package var lead: Int
        package var externalId: String?
        package var team: String
        package var reason: String
    }

    package private(set) var assigned: [Assigned] = []
    package private(set) var pooled: [Pooled] = []
    /// Leads that asked not to be contacted.
    package private(set) var disqualified: [Pooled] = []

    package init() {}

    init(_ placed: [(lead: AssignmentStore.NewLead, placement: LeadPlacement)], _ directory: Directory) {
        for (lead, placement) in placed {
            let team = directory.team(id: placement.team)?.code ?? ""
            if let member = placement.owner.flatMap({ directory.member(id: $0) }) {
                assigned.append(
                    Assigned(
                        lead: lead.id, externalId: lead.externalId, team: team, member: member.code,
                        rule: placement.rule, reason: placement.reason))
                continue
            }
            let place = Pooled(lead: lead.id, externalId: lead.externalId, team: team, reason: placement.reason)
            if placement.outcome == .disqualified { disqualified.append(place) } else { pooled.append(place) }
        }
    }

    package mutating func add(_ other: AssignLeadsReport) {
        assigned += other.assigned
        pooled += other.pooled
        disqualified += other.disqualified
    }

    package var counts: [String: Int] {
        ["assigned": assigned.count, "pooled": pooled.count, "disqualified": disqualified.count]
    }
}
