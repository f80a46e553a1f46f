import Domain
package import Postgres

/// Reference rates in their staging table. One that is known follows the file; notices keep the rate that they used.
package enum StagedRates {
    package static func apply(in db: isolated Connection) throws -> Applied {
        var applied = Applied()
        applied.rejects += try db.run(ImportRatesSQL.RejectRepeated()).map {
            .repeated($0.line, "valid_from", "\($0.validFrom)", firstLine: $0.firstLine)
        }
        applied.rejects += try db.run(ImportRatesSQL.RejectOverlapping()).map {
            .overlapping($0.line, "valid_from", "\($0.validFrom)", other: "\($0.otherFrom)")
        }
        applied.changed = try db.execute(ImportRatesSQL.ChangeKnown())
        applied.taken = try db.execute(ImportRatesSQL.InsertStaged())
        try db.execute(ImportRatesSQL.DropStaging())
        return applied
    }
}

extension RejectedLine {
    fileprivate static func overlapping(
        _ line: Int, _ column: String, _ value: String, other: String
    ) -> RejectedLine {
        RejectedLine(
            line: line,
            Reject(
                .contradiction, column: column, value: value,
                "the days of this rate and of the one from \(other) overlap: correct valid_through of the earlier one"))
    }
}
