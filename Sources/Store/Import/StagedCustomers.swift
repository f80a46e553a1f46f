import Domain
package import Postgres

/// Customers in their staging table. Master data follows the file.
package enum StagedCustomers {
    package static func apply(source: String, in db: isolated Connection) throws -> Applied {
        var applied = Applied()
        applied.rejects += try db.run(ImportCustomersSQL.RejectRepeated()).map {
            .repeated($0.line, "number", $0.number, firstLine: $0.firstLine)
        }
        applied.rejects += try db.run(ImportCustomersSQL.RejectUnresolved()).map {
            try .unresolved($0.line, "unknown_team", "team", $0.team)
        }
        applied.changed = try db.execute(ImportCustomersSQL.ChangeKnown(source: source))
        applied.taken = try db.execute(ImportCustomersSQL.InsertStaged(source: source))
        try db.execute(ImportCustomersSQL.InsertTeams(source: source))
        try db.execute(ImportCustomersSQL.DropStaging())
        return applied
    }
}
