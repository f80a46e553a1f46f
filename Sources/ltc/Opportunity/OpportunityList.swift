import ArgumentParser
import Domain
import Foundation
import Postgres
import Store

struct OpportunityList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Opportunities, opened last first.")

    enum Stage: String, CaseIterable, ExpressibleByArgument {
        case needs, solution, proposal, negotiation, won, lost, suspended
    }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var limit: LimitOptions

    @Option(help: "Only those at this stage: \(Stage.allCases.map(\.rawValue).joined(separator: ", ")).")
    var stage: Stage?

    @Option(help: "Only this member's (the code).")
    var owner: String?

    private struct Body: Encodable {
        let opportunities: [Opportunity]
    }

    private struct Opportunity: Encodable {
        let opportunity: Int
        let externalId: String?
        let title: String
        let customer: String?
        let product: String?
        let stage: String
        let team: String
        let owner: String?
        let openedOn: CalendarDate?
        let closedOn: CalendarDate?
        let amount: Money?
    }

    func run() async throws {
        let query = OpportunitiesSQL.List(stage: stage?.rawValue, team: team.team, owner: owner, maximum: limit.limit)
        let rows = try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { db in try db.run(query) }
        }
        let opportunities = rows.map {
            Opportunity(
                opportunity: $0.id, externalId: $0.externalId, title: $0.title, customer: $0.customer,
                product: $0.product, stage: $0.stage, team: $0.team, owner: $0.owner, openedOn: $0.openedOn,
                closedOn: $0.closedOn, amount: money($0.amountMinor, $0.currency))
        }
        var table = Table(
            ("id", .right), ("external id", .left), ("customer", .left), ("product", .left), ("stage", .left),
            ("team", .left), ("owner", .left), ("opened", .left), ("closed", .left), ("amount", .right))
        for row in opportunities {
            table.add(
                "\(row.opportunity)", row.externalId ?? "", row.customer ?? row.title, row.product ?? "", row.stage,
                row.team, row.owner ?? "", row.openedOn?.description ?? "", row.closedOn?.description ?? "",
                row.amount?.description ?? "")
        }
        limit.tell(rows.count)
        try Answer("opportunity.list", Body(opportunities: opportunities), table: table).print(as: format)
    }
}

/// An amount as the database keeps it; nil without one.
func money(_ minor: Int?, _ currency: String?) -> Money? {
    guard let minor, let currency = currency.flatMap({ Currency($0) }) else { return nil }
    return Money(minor: minor, currency: currency)
}
