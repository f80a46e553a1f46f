import Domain
package import Foundation
package import Postgres

/// Invoices in their staging table. One that is here already does not change, but by a complete list of another ledger.
package enum StagedInvoices {
    package struct Result: Sendable {
        package var applied = Applied()
        /// Credit notes that name the invoice which they correct.
        package var creditNotes: [ImportInvoicesSQL.CreditNotesToSetOff.Row] = []
    }

    /// Finds what the rows refer to, rejects what cannot be taken, and takes the rest.
    package static func apply(
        source: String, file: String, list: OpenItemsList? = nil, at now: Date, in db: isolated Connection
    ) throws -> Result {
        var result = Result()
        result.applied.rejects = try rejects(source: source, isSnapshot: list != nil, in: db)
        if let list {
            // What is not whole closes nothing, and is not kept.
            if list.isWhole, result.applied.rejects.isEmpty {
                try list.apply(source: source, file: file, at: now, into: &result.applied, in: db)
            }
        } else {
            result.applied.taken = try db.execute(ImportInvoicesSQL.InsertStaged(source: source, file: file))
            result.creditNotes = try db.run(ImportInvoicesSQL.CreditNotesToSetOff(source: source))
        }
        try db.execute(ImportInvoicesSQL.DropStaging())
        return result
    }

    private static func rejects(
        source: String, isSnapshot: Bool, in db: isolated Connection
    ) throws -> [RejectedLine] {
        // An item has one due date.
        let repeated = try db.run(ImportInvoicesSQL.RejectRepeated()).map {
            RejectedLine.repeated(
                $0.line, "number", $0.number, firstLine: $0.firstLine,
                advice: "an invoice in instalments says which in the column 'instalment': 1, 2, …")
        }
        try db.execute(ImportInvoicesSQL.Resolve(source: source))
        try db.execute(ImportInvoicesSQL.ResolveTeam())
        let unresolved = try db.run(ImportInvoicesSQL.RejectUnresolved(source: source)).map {
            try RejectedLine.unresolved($0.line, $0.reason, $0.field, $0.value)
        }
        let credits = try db.run(ImportInvoicesSQL.RejectCredits(source: source)).map {
            RejectedLine(
                line: $0.line,
                Reject(
                    .contradiction, column: "credits", value: $0.credits,
                    "the invoice is of another customer, creditor or currency"))
        }
        let instalments = try db.run(
            ImportInvoicesSQL.RejectInstalments(source: source, isSnapshot: isSnapshot)
        ).map {
            RejectedLine.differs(
                $0.line, "number", $0.number,
                "the number is that of an invoice or of instalments, of one customer, creditor and currency, and is the other one here"
            )
        }
        let text =
            isSnapshot
            ? "the invoice here is of another customer, creditor, kind, day of issue or currency"
            : "the invoice here says something else: correct it by a credit note"
        let differing = try db.run(ImportInvoicesSQL.RejectDiffering(source: source, isSnapshot: isSnapshot)).map {
            RejectedLine.differs(
                $0.line, "number", $0.number,
                $0.isOtherCreditor
                    ? "another creditor has an invoice of this number from the same source: give each creditor's a --source of its own"
                    : text)
        }
        let foreign = try db.run(ImportInvoicesSQL.RejectOfAnotherSource(source: source)).map {
            RejectedLine.differs(
                $0.line, "number", $0.number,
                "the creditor has an invoice of this number from the source '\($0.source)': import it as --source \($0.source)"
            )
        }
        return repeated + unresolved + credits + instalments + differing + foreign
    }
}
