import ArgumentParser
import Domain
import Foundation
import Postgres
import Store

struct DunningRuns: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Dunning runs, latest first, with what became of their notices.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var team: TeamOptions
    @OptionGroup var list: ListOptions

    private struct Body: Encodable {
        struct Run: Encodable {
            let run: Int
            let team: String
            let asOf: Date
            let actor, state: String
            let reason: String?
            let configurationVersion: Int?
            let notices, waiting, sent, stopped: Int
        }
        let runs: [Run]
    }

    func run() async throws {
        let query = DunningSQL.ListRuns(team: team.team, most: list.limit)
        let rows = try await database.ask { db in try db.run(query) }
        var table = Table(
            ("run", .right), ("team", .left), ("as of", .left), ("by", .left), ("state", .left), ("notices", .right),
            ("waiting", .right), ("sent", .right), ("stopped", .right), ("reason", .left))
        let runs = rows.map { row in
            table.add(
                "\(row.id)", row.team, row.asOf.ISO8601Format(), row.actor, row.state, "\(row.notices)",
                "\(row.waiting)", "\(row.sent)", "\(row.stopped)", row.reason ?? "")
            return Body.Run(
                run: row.id, team: row.team, asOf: row.asOf, actor: row.actor, state: row.state, reason: row.reason,
                configurationVersion: row.configurationVersion, notices: row.notices, waiting: row.waiting,
                sent: row.sent, stopped: row.stopped)
        }
        try Answer("dunning.runs", Body(runs: runs), table: table).print(as: format)
    }
}
