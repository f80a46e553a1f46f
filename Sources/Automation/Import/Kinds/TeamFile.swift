import Domain
import Foundation
import Postgres
import Store

/// A file that teams are derived from.
struct TeamFile: FileKind {
    private let code, name, kind, zone: Field

    init(_ header: inout Header) {
        code = header.field("code", isRequired: true)
        name = header.field("name", isRequired: true)
        kind = header.field("kind")
        zone = header.field("zone", isRequired: true)
    }

    func staged(_ row: Row, _ context: ImportContext) throws(Reject) -> ImportTeamsSQL.CopyStaged {
        let zone = try zone.need(try zone.text(row))
        guard TimeZone(identifier: zone) != nil else {
            throw self.zone.reject(.invalidZone, zone, "not an IANA zone such as Europe/Berlin")
        }
        return ImportTeamsSQL.CopyStaged(
            line: row.line, code: try code.need(try code.text(row)), name: try name.need(try name.text(row)),
            kind: (try kind.choice(row, of: TeamKind.self) ?? .sales).rawValue, zone: zone, hours: Self.officeHours)
    }

    /// Hours are the configuration's to say; until it does, the usual ones.
    private static let officeHours: String = {
        do {
            return String(decoding: try JSONEncoder().encode(WeeklyHours.officeHours), as: UTF8.self)
        } catch {
            preconditionFailure("office hours are no JSON: \(error)")
        }
    }()

    static func makeStaging(in db: isolated Connection) throws {
        try db.execute(ImportTeamsSQL.CreateStaging())
    }

    static func apply(_ context: ImportContext, in db: isolated Connection) throws -> Applied {
        try StagedTeams.apply(in: db)
    }
}
