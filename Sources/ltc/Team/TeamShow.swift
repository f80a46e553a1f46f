import ArgumentParser
import Domain
import Foundation

struct TeamShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One team: its members, who is absent, open leads beside capacity.")

    @Argument(help: "The team's code.")
    var code: String

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    private struct Body: Encodable {
        let code: String
        let name: String
        let kind: TeamKind
        let zone: String
        let isWorking: Bool
        let nextWorkingInstant: Date
        let seats: [Workforce.Seated]
    }

    func run() async throws {
        let workforce = try await Workforce.load(asOf: asOf.instant, database)
        guard let team = workforce.directory.team(code: code) else {
            throw Problem(.refused, "unknown_team", "there is no team '\(code)'", advice: "ltc team list")
        }
        let body = Body(
            code: team.code, name: team.name, kind: team.kind, zone: team.clock.zone.identifier,
            isWorking: team.clock.isWorking(at: workforce.asOf),
            nextWorkingInstant: team.clock.nextWorkingInstant(from: workforce.asOf),
            seats: workforce.directory.seats(of: team.id).compactMap(workforce.seated))
        let table = Workforce.table(body.seats)
        try Answer("team.show", body, table: table) {
            let works = body.isWorking ? "at work" : "off until \(body.nextWorkingInstant.local(in: team.clock.zone))"
            return "\(body.code): \(body.name), \(body.kind.rawValue), \(body.zone), \(works)\n\n\(table)"
        }.print(as: format)
    }
}
