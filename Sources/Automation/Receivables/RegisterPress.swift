import Delivery
import Foundation
package import Postgres
import Store

/// Makes workbooks of the registers that runs keep as CSV, when they are first wanted, and keeps them.
package enum RegisterPress {
    /// - Parameter run: nil for the latest one that left files
    /// - Throws: `WorkbookError` when there is no room for it on the disk.
    package static func makeWorkbooks(of run: Int?, team: String?, in db: isolated Connection) throws {
        for register in try db.run(LettersSQL.BareRegisters(run: run, team: team)) {
            let workbook = try RegisterWorkbook.make(of: register.content, title: register.name, on: register.day)
            try db.execute(LettersSQL.KeepWorkbook(register: register.id, content: workbook))
        }
    }

    /// What looks at a digest before it is sent: the workbook goes with it.
    static func attach(to message: QueuedMessage, in db: isolated Connection) throws -> DeliveryHooks.Verdict {
        guard message.kind == OutgoingMessage.Kind.digest.rawValue, message.channel == MessageChannel.mail.rawValue
        else { return .send }
        try makeWorkbooks(of: message.subjectId, team: nil, in: db)
        try db.execute(LettersSQL.AttachWorkbooks(message: message.id))
        return .send
    }
}
