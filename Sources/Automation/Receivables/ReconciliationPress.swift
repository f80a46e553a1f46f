package import Delivery
import Domain
package import Foundation
package import Postgres
package import Store
import Synchronization

/// Prints letters of reconciliation and keeps them, so that asking again gives the same bytes.
package enum ReconciliationPress {
    /// A letter that cannot be printed.
    package struct Failure: Sendable {
        package let number: String
        package let mistake: LetterMistake
    }

    /// Prints what is not printed yet, on all cores, a hundred letters a transaction.
    ///
    /// - Returns: those that cannot be printed.
    package static func printRest(_ selection: ReconciliationDesk.Selection, pool: Pool) async throws -> [Failure] {
        let query = ReconciliationsSQL.Unprinted(
            day: selection.month.last, team: selection.team, customer: selection.customer, creditor: selection.creditor)
        let letters = try await pool.transaction { db in try db.run(query).map(\.id) }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return try await withThrowingTaskGroup(of: [Failure].self) { group in
            for core in 0..<min(cores, letters.count) {
                let share = stride(from: core, to: letters.count, by: cores).map { letters[$0] }
                group.addTask { try await keep(share, pool: pool) }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted { $0.number < $1.number }
        }
    }

    /// Prints a letter and keeps it, where it is not.
    ///
    /// - Throws: `LetterMistake` for what cannot be printed.
    static func keep(_ letter: Int, in db: isolated Connection) throws {
        let row = try db.one(ReconciliationsSQL.ToPrint(reconciliations: [letter]))
        let letter = try ReconciliationLetter(row)
        let bytes = try LetterPress.printer.withLock { try $0.print(letter) }
        try db.execute(ReconciliationsSQL.KeepLetters(reconciliations: [row.id], contents: [bytes]))
    }

    private static func keep(_ letters: [Int], pool: Pool) async throws -> [Failure] {
        let printer = LetterPrinter()
        var failures: [Failure] = []
        for chunk in letters.chunks(of: 100) {
            let rows = try await pool.transaction { db in
                try db.run(ReconciliationsSQL.ToPrint(reconciliations: chunk))
            }
            var printed: [(id: Int, bytes: [UInt8])] = []
            for row in rows {
                do {
                    printed.append((row.id, try printer.print(ReconciliationLetter(row))))
                } catch let mistake as LetterMistake {
                    failures.append(Failure(number: row.number, mistake: mistake))
                }
            }
            let kept = ReconciliationsSQL.KeepLetters(
                reconciliations: printed.map(\.id), contents: printed.map(\.bytes))
            try await pool.transaction { db in try db.execute(kept) }
        }
        return failures
    }

    package struct Package: Sendable {
        package let folder: URL
        package let files: [ReconciliationsSQL.Package.Row]
    }

    /// Puts the kept letters of a month into a folder of their own.
    ///
    /// - Throws: a `Problem` when there are none; `DropFolderError`.
    package static func put(
        _ selection: ReconciliationDesk.Selection, into folder: DropFolder, in db: isolated Connection
    ) throws -> Package {
        let files = try db.run(
            ReconciliationsSQL.Package(
                day: selection.month.last, team: selection.team, customer: selection.customer,
                creditor: selection.creditor))
        guard !files.isEmpty else {
            throw Problem(
                .refused, "no_letters", "no letters are printed for \(selection.month)",
                advice: "ltc reconciliation create --month \(selection.month)")
        }
        let place = try folder.put(
            "reconciliation-\(selection.month)", files.map { .init(name: "\($0.number).pdf", sha256: $0.sha256) }
        ) { place, write in try write(db.one(ReconciliationsSQL.Content(reconciliation: files[place].id)).content) }
        return Package(folder: place, files: files)
    }
}

extension ReconciliationLetter {
    init(_ row: ReconciliationsSQL.ToPrint.Row) throws {
        self.init(
            number: row.number,
            creditor: .init(
                name: row.creditorName, address: row.creditorAddress, taxID: row.creditorTaxId,
                email: row.creditorEmail, iban: row.iban, account: row.account, bic: row.bic, bank: row.bank),
            debtor: .init(
                number: row.customerNumber, name: row.customerName, address: row.customerAddress, language: row.language
            ),
            balance: Money(minor: row.balanceMinor, currency: try Currency(stored: row.currency)),
            balanceOn: row.balanceOn,
            items: try JSONDecoder().decode([Item].self, from: Data(row.items.utf8)))
    }
}
