import Delivery
import Foundation
package import Postgres
import Store

/// Makes workbooks of the registers that runs keep as CSV, when they are first wanted, and keeps them.
package enum RegisterPress {
    /// - Parameters:
    ///   - run: nil for the latest one that left files
    ///   - most: leaves larger registers alone, in bytes
    /// - Throws: `WorkbookError` when there is no room for it on the disk.
    package static func makeWorkbooks(
        of run: Int?, team: String?, upTo most: Int = .max, in db: isolated Connection
    ) throws {
        for register in try db.run(LettersSQL.BareRegisters(run: run, team: team, most: most)) {
            var csv = KeptFile.Reader(register.id)
            try KeptFile.keep(
                register.name.replacing(".csv", with: ".xlsx"), RegisterWorkbook.mediaType, of: register.run,
                team: register.team, in: db
            ) { write in
                try RegisterWorkbook.make(
                    title: register.name, on: register.day,
                    of: { buffer in
                        guard let piece = try csv.next(in: db) else { return false }
                        buffer += piece
                        return true
                    }, write: write)
            }
        }
    }

    /// The workbook goes with a digest, unless the register is too large for a mail.
    static func attach(to message: QueuedMessage, upTo most: Int, in db: isolated Connection) throws {
        guard message.kind == OutgoingMessage.Kind.digest.rawValue else { return }
        try makeWorkbooks(of: message.subjectId, team: nil, upTo: most, in: db)
        try db.execute(LettersSQL.AttachWorkbooks(message: message.id))
    }
}
