import ArgumentParser
import Domain
import Foundation

struct TeamList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The teams that work.")

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    private struct Body: Encodable {
        struct Team: Encodable {
            let code: String
            let name: String
            let kind: TeamKind
            let zone: String
            let manager: String?
            let members: Int
            let absent: Int
            let openLeads: Int
            let isWorking: Bool
        }

        let teams: [Team]
    }

    func run() async throws {
        let workforce = try await Workforce.load(asOf: asOf.instant, database)
        let teams = workforce.directory.teams.map { team in
            let seats = workforce.directory.seats(of: team.id).compactMap(workforce.seated)
            return Body.Team(
                code: team.code, name: team.name, kind: team.kind, zone: team.clock.zone.identifier,
                manager: workforce.directory.manager(of: team.id)?.code, members: seats.count,
                absent: seats.count { $0.isAbsent }, openLeads: seats.map(\.openLeads).reduce(0, +),
                isWorking: team.clock.isWorking(at: workforce.asOf))
        }
        var table = Table(
            ("team", .left), ("name", .left), ("kind", .left), ("zone", .left), ("manager", .left), ("members", .right),
            ("absent", .right), ("open leads", .right), ("", .left))
        for team in teams {
            table.add(
                team.code, team.name, team.kind.rawValue, team.zone, team.manager ?? "", "\(team.members)",
                "\(team.absent)", "\(team.openLeads)", team.isWorking ? "at work" : "off")
        }
        try Answer("team.list", Body(teams: teams), table: table).print(as: format)
    }
}
