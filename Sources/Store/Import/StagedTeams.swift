import Domain
package import Postgres

/// Teams in their staging table. One that is here already belongs to the configuration and is never changed.
package enum StagedTeams {
    package static func apply(in db: isolated Connection) throws -> Applied {
        var applied = Applied()
        try db.execute(ImportTeamsSQL.DropRepeated())
        applied.rejects = try db.run(ImportTeamsSQL.RejectRepeated()).map {
            .repeated($0.line, "code", $0.code, firstLine: $0.firstLine)
        }
        applied.taken = try db.execute(ImportTeamsSQL.InsertStaged())
        try db.execute(ImportTeamsSQL.DropStaging())
        return applied
    }
}
