import Domain
package import Foundation
package import Postgres

/// Contracts in their staging table. Their terms follow the file; whom they bind, from when and for how much does not.
package enum StagedContracts {
    /// Finds what the rows refer to, rejects what cannot be taken, and takes the rest.
    package static func apply(
        source: String, file: String, asOf: Date, in db: isolated Connection
    ) throws -> Applied {
        var applied = Applied()
        applied.rejects += try db.run(ImportContractsSQL.RejectRepeated()).map {
            .repeated($0.line, "number", $0.number, firstLine: $0.firstLine)
        }
        try db.execute(ImportContractsSQL.Resolve(source: source))
        try db.execute(ImportContractsSQL.ResolveTeam())
        applied.rejects += try db.run(ImportContractsSQL.RejectUnresolved()).map {
            try .unresolved($0.line, $0.reason, $0.field, $0.value)
        }
        applied.rejects += try db.run(ImportContractsSQL.RejectDiffering(source: source)).map {
            .differs(
                $0.line, "number", $0.number,
                "the contract here has another customer, start or amount: amend it instead")
        }
        applied.changed = try db.execute(ImportContractsSQL.ChangeKnown(source: source, asOf: asOf))
        applied.taken = try db.execute(ImportContractsSQL.InsertStaged(source: source, file: file))
        try db.execute(ImportContractsSQL.DropStaging())
        return applied
    }
}
