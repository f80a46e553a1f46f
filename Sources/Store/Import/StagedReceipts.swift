import Domain
package import Postgres

/// Receipts in their staging table. One that is here already is never changed.
package enum StagedReceipts {
    /// Finds what the rows refer to, rejects what cannot be taken, and takes the rest.
    ///
    /// - Returns: what became of the rows, and the ids of the receipts that are new.
    package static func apply(
        source: String, file: String, in db: isolated Connection
    ) throws -> (applied: Applied, receipts: [Int]) {
        // After whatever else brings receipts, so that it sees what is here.
        _ = try db.one(BankStatementsSQL.TakeTurn())
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
        try db.execute(ImportReceiptsSQL.RecogniseByReference(source: source))
        try db.execute(ImportReceiptsSQL.RecogniseByContent(source: source))
        try db.execute(ImportReceiptsSQL.DropKnown(source: source))
        let receipts = try db.run(ImportReceiptsSQL.InsertStaged(source: source, file: file)).map(\.id)
        applied.taken = receipts.count
        try db.execute(ImportReceiptsSQL.DropStaging())
        return (applied, receipts)
    }
}
