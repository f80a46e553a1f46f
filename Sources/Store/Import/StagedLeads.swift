import Domain
package import Postgres

/// Leads in their staging table.
package enum StagedLeads {
    /// Takes those that are new. Leads that are here already are left as they are.
    package static func apply(source: String, file: String, in db: isolated Connection) throws -> Applied {
        var applied = Applied()
        try db.execute(ImportLeadsSQL.AnalyzeStaging())
        applied.rejects += try db.run(ImportLeadsSQL.RejectRepeated()).map {
            .repeated($0.line, "external_id", $0.externalId, firstLine: $0.firstLine)
        }
        try db.execute(ImportLeadsSQL.DropKnown(source: source))
        applied.rejects += try db.run(ImportLeadsSQL.RejectRepeatedEmail()).map {
            RejectedLine(
                line: $0.line,
                Reject(
                    .duplicateIdentity, column: "email", value: $0.email,
                    "line \($0.firstLine) has the same e-mail address"))
        }
        applied.rejects += try db.run(ImportLeadsSQL.RejectKnownEmail()).map {
            RejectedLine(
                line: $0.line,
                Reject(
                    .duplicateIdentity, column: "email", value: $0.email, "lead \($0.lead) has the same e-mail address")
            )
        }
        applied.taken = try db.execute(ImportLeadsSQL.InsertStaged(source: source, file: file))
        try db.execute(ImportLeadsSQL.DropStaging())
        return applied
    }
}
