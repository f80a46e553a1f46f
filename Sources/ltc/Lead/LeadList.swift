import ArgumentParser
import Foundation
import Postgres
import Store

struct LeadList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Leads, newest first.")

    enum State: String, CaseIterable, ExpressibleByArgument {
        case new, pooled, assigned, working, qualified, disqualified, merged
    }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var limit: LimitOptions

    @Option(help: "Only those in this state: \(State.allCases.map(\.rawValue).joined(separator: ", ")).")
    var state: State?

    @Option(help: "Only this member's (the code).")
    var owner: String?

    private struct Body: Encodable {
        let leads: [Lead]
    }

    private struct Lead: Encodable {
        let lead: Int
        let externalId: String?
        let company: String
        let state: String
        let team: String?
        let owner: String?
        let region: String?
        let product: String?
        let createdAt: Date
    }

    func run() async throws {
        let query = LeadsSQL.List(state: state?.rawValue, team: team.team, owner: owner, maximum: limit.limit)
        let rows = try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { db in try db.run(query) }
        }
        var table = Table(
            ("id", .right), ("external id", .left), ("company", .left), ("state", .left), ("team", .left),
            ("owner", .left), ("region", .left), ("product", .left), ("arrived", .left))
        for row in rows {
            table.add(
                "\(row.id)", row.externalId ?? "", row.company, row.state, row.team ?? "", row.owner ?? "",
                row.region ?? "", row.product ?? "", row.createdAt.ISO8601Format())
        }
        let leads = rows.map {
            Lead(
                lead: $0.id, externalId: $0.externalId, company: $0.company, state: $0.state, team: $0.team,
                owner: $0.owner, region: $0.region, product: $0.product, createdAt: $0.createdAt)
        }
        limit.tell(rows.count)
        try Answer("lead.list", Body(leads: leads), table: table).print(as: format)
    }
}
