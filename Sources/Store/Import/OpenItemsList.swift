package import Domain
import Foundation
import Postgres

/// A complete list of what was open in another ledger, which leads, on a day.
package struct OpenItemsList: Sendable {
    package var day: CalendarDate
    /// A creditor's code, who has a list also when no row is theirs.
    package var creditor: String?
    /// Close however many are not in the list.
    package var isForced: Bool
    /// Every row of the file could be read.
    package var isWhole = true

    package init(day: CalendarDate, creditor: String? = nil, isForced: Bool = false) {
        self.day = day
        self.creditor = creditor
        self.isForced = isForced
    }

    /// Takes what is new, changes what differs, and closes what is absent. The same list again changes nothing.
    ///
    /// - Throws: a `Problem` when the list is older than the last one of its creditor, or would close too much.
    func apply(
        source: String, file: String, at now: Date, into applied: inout Applied, in db: isolated Connection
    ) throws {
        let creditors = try db.run(ImportInvoicesSQL.SnapshotCreditors(source: source, creditor: creditor, day: day))
        for creditor in creditors { try check(creditor) }
        try db.execute(ImportInvoicesSQL.CreateChangeStaging())
        let (changes, rejects) = try changes(source: source, in: db)
        applied.rejects += rejects
        // What is rejected is not closed for that: nothing of the list is kept.
        guard rejects.isEmpty else { return }
        try db.copy(changes)
        applied.closed = try db.execute(
            ImportInvoicesSQL.StageAbsent(source: source, creditors: creditors.map(\.id), day: day))
        for creditor in creditors where creditor.lastOn != day {
            try db.execute(
                ImportInvoicesSQL.InsertSnapshot(source: source, creditor: creditor.id, day: day, file: file))
        }
        try db.execute(ImportInvoicesSQL.CloseInSource(day: day, opens: true, at: now, file: file))
        try db.execute(ImportInvoicesSQL.ChangeItems(source: source, day: day, at: now, file: file))
        try db.execute(ImportInvoicesSQL.CloseInSource(day: day, opens: false, at: now, file: file))
        let raised = try db.run(ImportInvoicesSQL.TakeLevels(source: source, at: now, file: file)).map(\.id)
        applied.changed = Set(changes.map(\.invoiceId)).union(raised).count
        applied.taken = try db.execute(ImportInvoicesSQL.InsertStaged(source: source, file: file))
        try db.execute(ImportInvoicesSQL.DropChangeStaging())
    }

    private func check(_ creditor: ImportInvoicesSQL.SnapshotCreditors.Row) throws {
        if let last = creditor.lastOn, day < last {
            throw Problem(
                .inputRefused, "older_than_last",
                "a list of \(creditor.code) as of \(last) was taken already, and this one is as of \(day)",
                place: "--on", advice: "import the newest list, or name its day")
        }
        if !isForced, SnapshotRules.closesTooMany(creditor.absent, of: creditor.openItems) {
            throw Problem(
                .inputRefused, "closes_too_many",
                "it would close \(creditor.absent) of the \(creditor.openItems) open items of \(creditor.code), "
                    + "more than 20 %",
                advice: "look whether the list is complete; if it is, say --force")
        }
    }

    private func changes(
        source: String, in db: isolated Connection
    ) throws -> ([ImportInvoicesSQL.CopyChange], [RejectedLine]) {
        var changes: [ImportInvoicesSQL.CopyChange] = []
        var rejects: [RejectedLine] = []
        try db.stream(ImportInvoicesSQL.SnapshotRows(source: source, day: day)) { rows in
            for row in rows {
                let here = SnapshotRules.Here(
                    amountMinor: row.hereAmountMinor, dueOn: row.hereDueOn, settledMinor: row.settledMinor,
                    closedMinor: row.closedMinor, closedByNowMinor: row.allocatedMinor,
                    closedInSourceMinor: row.closedInSourceMinor)
                do throws(Reject) {
                    let change = try SnapshotRules.change(
                        .init(amountMinor: row.amountMinor, openMinor: row.openMinor, dueOn: row.dueOn, here: here))
                    guard let change else { continue }
                    changes.append(
                        .init(
                            line: row.line, invoiceId: row.invoice, amountMinor: change.amountMinor,
                            dueOn: change.dueOn, settledMinor: change.settledMinor, closingMinor: change.closingMinor))
                } catch {
                    rejects.append(RejectedLine(line: row.line, error))
                }
            }
        }
        return (changes, rejects)
    }
}
