import Domain
package import Foundation
package import Postgres

/// Opportunities in their staging table. What is open here follows the file; what was closed here does not.
package enum StagedOpportunities {
    /// Finds what the rows refer to, rejects what cannot be taken, and takes the rest.
    package static func apply(
        source: String, file: String, asOf: Date, in db: isolated Connection
    ) throws -> Applied {
        var applied = Applied()
        applied.rejects += try db.run(ImportOpportunitiesSQL.RejectRepeated()).map {
            .repeated($0.line, "external_id", $0.externalId, firstLine: $0.firstLine)
        }
        try db.execute(ImportOpportunitiesSQL.Resolve(source: source))
        try db.execute(ImportOpportunitiesSQL.ResolveTeam())
        applied.rejects += try db.run(ImportOpportunitiesSQL.RejectUnresolved()).map {
            try .unresolved($0.line, $0.reason, $0.field, $0.value)
        }
        applied.changed = try db.execute(ImportOpportunitiesSQL.ChangeKnown(source: source, asOf: asOf))
        applied.taken = try db.execute(ImportOpportunitiesSQL.InsertStaged(source: source, file: file, asOf: asOf))
        try db.execute(ImportOpportunitiesSQL.DropStaging())
        return applied
    }
}
