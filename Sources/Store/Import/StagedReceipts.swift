import Domain
package import Postgres

/// Receipts in their staging table. One that is here already is never changed.
package enum StagedReceipts {
    /// Finds what the rows refer to, rejects what cannot be taken, and takes the rest.
    package static func apply(
        source: String, file: String, in db: isolated Connection
    ) throws -> Applied {
        var applied = Applied()
        applied.rejects += try db.run(ImportReceiptsSQL.RejectRepeated()).map {
            .repeated($0.line, "reference", $0.reference, firstLine: $0.firstLine)
        }
        try db.execute(ImportReceiptsSQL.Resolve(source: source))
        applied.rejects += try db.run(ImportReceiptsSQL.RejectUnresolved()).map {
            try .unresolved($0.line, $0.reason, $0.field, $0.value)
        }
        applied.rejects += try db.run(ImportReceiptsSQL.RejectDiffering(source: source)).map {
            .differs($0.line, "reference", $0.reference, "the receipt here says something else: reverse it instead")
        }
        applied.taken = try db.execute(ImportReceiptsSQL.InsertStaged(source: source, file: file))
        try db.execute(ImportReceiptsSQL.DropStaging())
        return applied
    }
}
