import Domain
package import Postgres

/// Invoices in their staging table. One that is here already is never changed.
package enum StagedInvoices {
    /// Finds what the rows refer to, rejects what cannot be taken, and takes the rest.
    package static func apply(
        source: String, file: String, in db: isolated Connection
    ) throws -> Applied {
        var applied = Applied()
        applied.rejects += try db.run(ImportInvoicesSQL.RejectRepeated()).map {
            .repeated($0.line, "number", $0.number, firstLine: $0.firstLine)
        }
        try db.execute(ImportInvoicesSQL.Resolve(source: source))
        try db.execute(ImportInvoicesSQL.ResolveTeam())
        applied.rejects += try db.run(ImportInvoicesSQL.RejectUnresolved()).map {
            try .unresolved($0.line, $0.reason, $0.field, $0.value)
        }
        applied.rejects += try db.run(ImportInvoicesSQL.RejectDiffering(source: source)).map {
            .differs($0.line, "number", $0.number, "the invoice here says something else: correct it by a credit note")
        }
        applied.taken = try db.execute(ImportInvoicesSQL.InsertStaged(source: source, file: file))
        try db.execute(ImportInvoicesSQL.DropStaging())
        return applied
    }
}
