import Delivery
import Foundation
package import Postgres
import Store

/// Makes workbooks of the registers that runs keep as CSV, when they are first wanted, and keeps them.
package enum RegisterPress {
    /// - Parameter run: nil for the latest one that left files
    /// - Throws: `WorkbookError` when there is no room for it on the disk.
    package static func makeWorkbooks(
        of run: Int?, team: String?, in db: isolated Connection
    ) throws {
        for register in try db.run(LettersSQL.BareRegisters(run: run, team: team)) {
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

    /// The workbook goes with a digest, like the register, or is named in it.
    static func attach(to message: QueuedMessage, in db: isolated Connection) throws {
        guard message.kind == OutgoingMessage.Kind.digest.rawValue else { return }
        try makeWorkbooks(of: message.subjectId, team: nil, in: db)
        try db.execute(LettersSQL.AttachWorkbooks(message: message.id))
    }
}
