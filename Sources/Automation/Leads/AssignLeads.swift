package import Domain
import Foundation
package import Postgres
import Store

/// Gives every new lead its place: an owner by fair rotation, or a team's pool.
///
/// Runs by the clock and, since each arriving lead enqueues it, within a second of an arrival. A lead moves once: only
/// what is new is taken, and what another transaction holds is left to it.
package enum AssignLeads: Automated {
    package static let name = AutomationName.assignLeads
    /// Leads of one transaction: few enough that an arriving lead does not wait for a bulk run.
    private static let batch = 500

    package static func step(_ run: RunContext, in db: isolated Connection) throws -> Step<AssignLeadsReport> {
        guard var desk = LeadDesk(run.company.assignment, run.directory) else {
            return Step(AssignLeadsReport(), .held(reason: "no_sales_team"))
        }
        let leads = try take(run, desk, in: db)
        guard !leads.isEmpty else { return Step(AssignLeadsReport()) }
        try open(&desk, for: leads, run, in: db)
        let placed = leads.map { lead in (lead: lead, placement: desk.place(lead.atDesk)) }
        try AssignmentStore.place(
            placed.map { ($0.lead.id, $0.placement) }, asOf: run.asOf, actor: run.actor, run: run.runID,
            configurationVersion: run.configurationVersion, in: db)
        try Outbox.post(placed.compactMap { LeadMail(run).message(on: $0.lead, $0.placement) }, in: db)
        if run.followsClock { try FollowUpWake.set(firstResponses(to: placed.map(\.placement), run), in: db) }
        let report = AssignLeadsReport(placed, run.directory)
        return Step(report, leads.count < Self.batch ? .done : .more)
    }

    /// By when the first of the new owners of each team is to be reminded, if nothing happens.
    private static func firstResponses(to placements: [LeadPlacement], _ run: RunContext) -> [String: Date] {
        let rules = FollowUps(run.company.followUps)
        var first: [String: Date] = [:]
        for placement in placements {
            guard case .assigned(let member) = placement.outcome,
                let team = run.directory.teams.first(where: { $0.id == placement.team }),
                let rule = rules.rule(for: .lead, state: "assigned", team: team.code)
            else { continue }
            let due = run.directory.clock(of: member, in: team.id).instant(after: rule.within, from: run.asOf)
            first[team.code] = min(due, first[team.code] ?? due)
        }
        return first
    }

    /// The oldest new leads; for a run of one team, those that the rules send there.
    private static func take(
        _ run: RunContext, _ desk: LeadDesk, in db: isolated Connection
    ) throws -> [AssignmentStore.NewLead] {
        var taken: [AssignmentStore.NewLead] = []
        var cursor = AssignmentStore.Cursor()
        while taken.count < batch {
            let leads = try AssignmentStore.takeNew(
                asOf: run.asOf, after: cursor, atMost: batch - taken.count, in: db)
            taken += leads.filter { lead in run.team.map { $0.id == desk.route(lead.facts).team.id } ?? true }
            guard let last = leads.last, run.team != nil else { break }
            cursor = AssignmentStore.Cursor(after: last)
        }
        return taken
    }

    /// Opens the rotations of the teams that these leads come to.
    private static func open(
        _ desk: inout LeadDesk, for leads: [AssignmentStore.NewLead], _ run: RunContext, in db: isolated Connection
    ) throws {
        let ids = Set(leads.map { desk.route($0.facts).team.id })
        let teams = run.directory.teams.filter { ids.contains($0.id) }
        let openLeads = try AssignmentStore.openLeads(of: teams, in: run.directory, db: db)
        let balances = try AssignmentStore.balances(of: teams, in: db)
        for team in teams {
            desk.open(team, openLeads: openLeads[team.id] ?? [:], balances: balances[team.id] ?? [:], at: run.asOf)
        }
    }
}

extension AssignmentStore.NewLead {
    var facts: LeadFacts {
        let values: [LeadField: String?] = [
            .region: region, .segment: segment, .product: product, .channel: channel,
        ]
        return LeadFacts(values: values.compactMapValues { $0 }, budget: budget)
    }

    var budget: Money? {
        guard let budgetMinor, let currency = currency.flatMap({ Currency($0) }) else { return nil }
        return Money(minor: budgetMinor, currency: currency)
    }

    var atDesk: LeadDesk.Lead { LeadDesk.Lead(facts, doNotContact: doNotContact) }
}
