import Domain
package import Postgres

/// Activities in their staging table. One that is here already is never changed.
package enum StagedActivities {
    /// Finds what the rows refer to, rejects what cannot be taken, and takes the rest.
    package static func apply(
        source: String, in db: isolated Connection
    ) throws -> Applied {
        var applied = Applied()
        applied.rejects += try db.run(ImportActivitiesSQL.RejectRepeated()).map {
            .repeated($0.line, "external_id", $0.externalId, firstLine: $0.firstLine)
        }
        try db.execute(ImportActivitiesSQL.Resolve(source: source))
        applied.rejects += try db.run(ImportActivitiesSQL.RejectUnresolved()).map {
            try .unresolved($0.line, $0.reason, $0.field, $0.value)
        }
        applied.taken = try db.execute(ImportActivitiesSQL.InsertStaged(source: source))
        try db.execute(ImportActivitiesSQL.DropStaging())
        return applied
    }
}
