import Domain
import Foundation
import Postgres
import Store

/// A file of members and their seats, or one that they are derived from.
struct MemberFile: FileKind {
    private let code, name, email, language, team, role, weight, capacity, since: Field

    init(_ header: inout Header) {
        code = header.field("code", isRequired: true)
        name = header.field("name", isRequired: true)
        email = header.field("email")
        language = header.field("language")
        team = header.field("team", isRequired: true)
        role = header.field("role")
        weight = header.field("weight")
        capacity = header.field("capacity")
        since = header.field("since")
    }

    func staged(_ row: Row, _ context: ImportContext) throws(Reject) -> ImportMembersSQL.CopyStaged {
        let role = try role.choice(row, of: SeatRole.self) ?? .member
        let today = TimeZone.gmt.date(of: context.asOf)
        return ImportMembersSQL.CopyStaged(
            line: row.line, code: try code.need(try code.text(row)), name: try name.need(try name.text(row)),
            email: try email.text(row), language: try language.text(row), team: try team.need(try team.text(row)),
            role: role.rawValue,
            // Managers take no leads unless the file says so.
            weight: try weight.integer(row, in: 0...1000) ?? (role == .manager ? 0 : 1),
            capacity: try capacity.integer(row, in: 0...1_000_000), since: try since.date(row) ?? today)
    }

    static func makeStaging(in db: isolated Connection) throws {
        try db.execute(ImportMembersSQL.CreateStaging())
    }

    static func apply(_ context: ImportContext, in db: isolated Connection) throws -> Applied {
        try StagedMembers.apply(in: db)
    }
}
