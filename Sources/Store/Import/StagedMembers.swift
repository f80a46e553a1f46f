import Domain
package import Postgres

/// Members in their staging table. Names and addresses follow the file; a seat, once taken, stays as it is.
package enum StagedMembers {
    package static func apply(in db: isolated Connection) throws -> Applied {
        var applied = Applied()
        try db.execute(ImportMembersSQL.DropRepeated())
        applied.rejects += try db.run(ImportMembersSQL.RejectRepeated()).map {
            .repeated($0.line, "code", $0.code, firstLine: $0.firstLine)
        }
        applied.rejects += try db.run(ImportMembersSQL.RejectUnresolved()).map {
            try .unresolved($0.line, "unknown_team", "team", $0.team)
        }
        applied.changed = try db.execute(ImportMembersSQL.ChangeKnown())
        applied.taken = try db.execute(ImportMembersSQL.InsertStaged())
        try db.execute(ImportMembersSQL.InsertSeats())
        try db.execute(ImportMembersSQL.DropStaging())
        return applied
    }
}
