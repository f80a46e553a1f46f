import ArgumentParser
import Domain
import Foundation

struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "Members of teams.", subcommands: [MemberList.self, MemberShow.self])
}

struct MemberList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Who works here: seats, absence, open leads beside capacity.")

    @OptionGroup var team: TeamOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    private struct Body: Encodable { let members: [Workforce.Seated] }

    func run() async throws {
        let workforce = try await Workforce.load(asOf: asOf.instant, database)
        if let code = team.team, workforce.directory.team(code: code) == nil {
            throw Problem(.refused, "unknown_team", "there is no team '\(code)'", advice: "ltc team list")
        }
        let seats = workforce.directory.seats.compactMap(workforce.seated).filter {
            [nil, $0.team].contains(team.team)
        }
        try Answer("member.list", Body(members: seats), table: Workforce.table(seats)).print(as: format)
    }
}

struct MemberShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One member: seats, absences, what there is to work on.")

    @Argument(help: "The member's code.")
    var code: String

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    private struct Body: Encodable {
        struct Absence: Encodable {
            let from: Date
            let until: Date
        }

        let code: String
        let name: String
        let email: String?
        let language: String
        let isAbsent: Bool
        let absences: [Absence]
        let seats: [Workforce.Seated]
    }

    func run() async throws {
        let workforce = try await Workforce.load(asOf: asOf.instant, database)
        guard let member = workforce.directory.member(code: code) else {
            throw Problem(.refused, "unknown_member", "there is no member '\(code)'", advice: "ltc member list")
        }
        let seats = workforce.directory.seats.filter { $0.member == member.id }.compactMap(workforce.seated)
        let body = Body(
            code: member.code, name: member.name, email: member.email, language: member.language,
            isAbsent: member.isAbsent(at: workforce.asOf),
            absences: member.absences.map { .init(from: $0.start, until: $0.end) }, seats: seats)
        let table = Workforce.table(seats)
        try Answer("member.show", body, table: table) {
            let absences = body.absences.map { "absent \($0.from.ISO8601Format()) to \($0.until.ISO8601Format())\n" }
            return
                "\(body.code): \(body.name), \(body.email ?? "no e-mail"), \(body.language)\n\(absences.joined())\n\(table)"
        }.print(as: format)
    }
}
