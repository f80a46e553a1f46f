package import Foundation

/// What becomes of a new lead, and why.
package struct LeadPlacement: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case assigned(member: Int)
        case pooled(PoolReason)
        /// Who asked not to be contacted is put before nobody, and nobody is reminded of them.
        case disqualified
    }

    /// Why a lead lies in a team's pool, for members to claim.
    package enum PoolReason: String, Codable, Sendable, CaseIterable {
        case ruleSaysPool = "rule_says_pool"
        /// Everybody is away, full or of weight zero.
        case nobodyAvailable = "nobody_available"
        /// The configuration has no rule for it; it lies in the first sales team's pool, where it is seen.
        case noRuleMatches = "no_rule_matches"
    }

    package var team: Int
    package var rule: String?
    package var outcome: Outcome
    package var rulesPassedOver: [LeadRouting.PassedOver]
    /// Empty when no turn was needed.
    package var standings: [FairRotation.Standing]
}

/// Gives new leads their place: by the rules to a team, there by fair rotation to an owner.
package struct LeadDesk: Sendable {
    package struct Lead: Sendable, Hashable {
        package var facts: LeadFacts
        package var doNotContact: Bool

        package init(_ facts: LeadFacts, doNotContact: Bool = false) {
            self.facts = facts
            self.doNotContact = doNotContact
        }
    }

    private let routing: LeadRouting
    private let directory: Directory
    /// For leads that no rule takes.
    private let fallback: Team
    private var rotations: [Int: FairRotation] = [:]

    /// Nil when there is no sales team that could have a pool.
    package init?(_ policy: AssignmentPolicy, _ directory: Directory) {
        guard let fallback = directory.teams.first(where: { $0.kind == .sales }) else { return nil }
        routing = LeadRouting(policy)
        self.directory = directory
        self.fallback = fallback
    }

    /// The team and the rule that a lead comes under; asks nobody's turn.
    package func route(_ lead: LeadFacts) -> (team: Team, route: LeadRouting.Route) {
        var route = routing.route(lead)
        guard let rule = route.rule, let team = directory.team(code: rule.team) else {
            route.rule = nil
            return (fallback, route)
        }
        return (team, route)
    }

    /// Opens a team's rotation where its last turn left it.
    ///
    /// - Parameters:
    ///   - openLeads: of the members whose seat has a capacity.
    ///   - balances: of the team's last turn; who is not in it starts level.
    package mutating func open(_ team: Team, openLeads: [Int: Int], balances: [Int: Int], at asOf: Date) {
        rotations[team.id] = FairRotation(
            directory.seats(of: team.id).map { seat in
                FairRotation.Candidate(
                    member: seat.member, weight: seat.weight, capacity: seat.capacity,
                    openLeads: openLeads[seat.member, default: 0],
                    isAbsent: directory.isAway(seat.member, from: team, at: asOf),
                    balance: balances[seat.member, default: 0])
            })
    }

    /// Places one lead; those placed before it in the same run count.
    package mutating func place(_ lead: Lead) -> LeadPlacement {
        let (team, route) = route(lead.facts)
        var placement = LeadPlacement(
            team: team.id, rule: route.rule?.name, outcome: .pooled(.noRuleMatches),
            rulesPassedOver: route.passedOver, standings: [])
        if lead.doNotContact {
            placement.outcome = .disqualified
        } else if let rule = route.rule {
            guard !rule.toPool else {
                placement.outcome = .pooled(.ruleSaysPool)
                return placement
            }
            if let turn = rotations[team.id]?.next() {
                placement.standings = turn.standings
                placement.outcome = turn.winner.map { .assigned(member: $0) } ?? .pooled(.nobodyAvailable)
            } else {
                placement.outcome = .pooled(.nobodyAvailable)
            }
        }
        return placement
    }
}

extension Directory {
    /// Whether a member cannot take up what comes in now: away for the rest of today, or still away on the day on which
    /// the team works next.
    package func isAway(_ member: Int, from team: Team, at instant: Date) -> Bool {
        let clock = clock(of: member, in: team.id)
        let midnight = clock.startOfDay(clock.date(of: instant).adding(days: 1))
        if clock.absences.contains(where: { $0.start <= instant && $0.end >= midnight }) { return true }
        let next = clock.nextWorkingInstant(from: instant)
        guard next < .distantFuture else { return true }
        return clock.date(of: next) > clock.date(of: team.clock.nextWorkingInstant(from: instant))
    }
}
