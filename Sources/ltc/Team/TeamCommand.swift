import ArgumentParser
import Domain
import Foundation
import Postgres
import Store

struct TeamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "team", abstract: "Teams: who sits in them, and how much they carry.",
        subcommands: [TeamList.self, TeamShow.self])
}

/// The directory with what each member has to work on.
struct Workforce: Sendable {
    struct Seated: Encodable {
        let team: String
        let member: String
        let name: String
        let role: SeatRole
        let weight: Int
        let openLeads: Int
        let capacity: Int?
        let isAbsent: Bool
        let email: String?
    }

    let directory: Directory
    let asOf: Date
    private let openLeads: [[Int]: Int]

    static func load(asOf: Date, _ database: DatabaseOptions) async throws -> Workforce {
        try await database.withPool { pool in
            try await pool.transaction(.init(readOnly: true)) { db in try Workforce(asOf: asOf, in: db) }
        }
    }

    private init(asOf: Date, in db: isolated Connection) throws {
        self.asOf = asOf
        directory = try DirectoryStore.load(asOf: asOf, in: db)
        openLeads = Dictionary(
            uniqueKeysWithValues: try db.run(StatusSQL.OpenLeads()).map { ([$0.teamId, $0.ownerId], $0.leads) })
    }

    func seated(_ seat: Seat) -> Seated? {
        guard let team = directory.team(id: seat.team), let member = directory.member(id: seat.member) else {
            return nil
        }
        return Seated(
            team: team.code, member: member.code, name: member.name, role: seat.role, weight: seat.weight,
            openLeads: openLeads[[seat.team, seat.member]] ?? 0, capacity: seat.capacity,
            isAbsent: member.isAbsent(at: asOf), email: member.email)
    }

    static func table(_ seats: [Seated]) -> Table {
        var table = Table(
            ("team", .left), ("member", .left), ("name", .left), ("role", .left), ("weight", .right),
            ("open leads", .right), ("capacity", .right), ("", .left))
        for seat in seats {
            table.add(
                seat.team, seat.member, seat.name, seat.role.rawValue, "\(seat.weight)", "\(seat.openLeads)",
                seat.capacity.map(String.init) ?? "", seat.isAbsent ? "absent" : "")
        }
        return table
    }
}
