package import Delivery
package import Foundation
import Glibc
package import Logging
package import Postgres
import Store

/// The maildir in which what comes back on our mails arrives: bounces, delays, replies.
///
/// Each file of `new/` is noted with its message and moved to `cur/`, by rename. What dies in between finds the file again
/// and knows it by its hash, so nothing is done twice; and what is about no message of ours lies in `cur/` for people.
package struct MailInbox: Sendable {
    package struct Report: Sendable, Hashable {
        package var failed = 0
        package var delayed = 0
        package var replies = 0
        /// Replies to an address whose token is not ours: nothing is done, and nobody is answered.
        package var forged = 0
        /// Noted before.
        package var known = 0
        /// About no message of ours, or larger than 25 MB.
        package var left = 0

        package init(
            failed: Int = 0, delayed: Int = 0, replies: Int = 0, forged: Int = 0, known: Int = 0, left: Int = 0
        ) {
            (self.failed, self.delayed, self.replies) = (failed, delayed, replies)
            (self.forged, self.known, self.left) = (forged, known, left)
        }
    }

    private static let maximumBytes = 25_000_000

    private let folder: URL
    private let replies: ReplyAddress?
    private let pool: Pool
    private let logger: Logger

    /// - Parameter replies: where members answer; nil when their messages name no such address.
    package init(_ folder: URL, replies: ReplyAddress? = nil, pool: Pool, logger: Logger) {
        (self.folder, self.replies, self.pool, self.logger) = (folder, replies, pool, logger)
    }

    /// Takes every mail that has arrived, by name.
    ///
    /// - Throws: `DatabaseError`, after which the mail in hand is still in `new/`; and what the system says of the folder.
    package func look(at now: Date = Date()) async throws -> Report {
        for part in ["new", "cur", "tmp"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: part), withIntermediateDirectories: true)
        }
        var report = Report()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "new").path).sorted()
        where !name.hasPrefix(".") {
            try Task.checkCancellation()
            guard isFile(name) else { continue }
            try await take(name, at: now, &report)
        }
        return report
    }

    /// A folder, a link or a pipe is no mail, and is left.
    private func isFile(_ name: String) -> Bool {
        var status = stat()
        return lstat(folder.appending(path: "new").appending(path: name).path, &status) == 0
            && status.st_mode & S_IFMT == S_IFREG
    }

    private func take(_ name: String, at now: Date, _ report: inout Report) async throws {
        let file = folder.appending(path: "new").appending(path: name)
        guard access(file.path, R_OK) == 0 else {
            if errno != ENOENT { logger.error("a mail cannot be read and is left", metadata: ["file": "\(name)"]) }
            return
        }
        guard let bytes = try Self.read(file) else { return }
        let hash = SHA256.hex(bytes)
        let mail = ReceivedMail(bytes)
        let addressee = replies?.addressee(of: mail)
        var echo = Echo(mail)
        // A report that a mail failed comes to whatever address; a person's reply to that of the message.
        if case .message = addressee, echo == nil || echo?.isReply == true { echo = Echo(replyTo: mail) }
        let noted = try await pool.transaction { [echo] db in
            try echo.flatMap { try Self.note($0, hash, addressee, at: now, in: db) }
        }
        if addressee == .forged {
            report.forged += 1
            logger.notice("a reply has a token that is not ours", metadata: ["file": "\(name)"])
        } else if let echo, let noted {
            switch (noted.isNew, echo.kind) {
            case (false, _): report.known += 1
            case (_, .failed): report.failed += 1
            case (_, .delayed): report.delayed += 1
            case (_, .reply): report.replies += 1
            }
            logger.info("mail came back", metadata: ["file": "\(name)", "message": "\(noted.message)"])
        } else {
            report.left += 1
            logger.notice("mail is about no message of ours and was left", metadata: ["file": "\(name)"])
        }
        let target = folder.appending(path: "cur").appending(path: "\(name):2,S")
        guard rename(file.path, target.path) == 0 || errno == ENOENT else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: target.path])
        }
    }

    /// Nothing of a mail that is too large; nil when another daemon was faster.
    private static func read(_ file: URL) throws -> [UInt8]? {
        do {
            let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
            return size > maximumBytes ? [] : try Array(Data(contentsOf: file))
        } catch let error as CocoaError where [.fileReadNoSuchFile, .fileNoSuchFile].contains(error.code) {
            return nil
        }
    }

    /// Nil for what is about no message of ours.
    private static func note(
        _ echo: Echo, _ hash: String, _ addressee: ReplyAddress.Addressee?, at now: Date, in db: isolated Connection
    ) throws -> (message: Int, isNew: Bool)? {
        if echo.isReply, let addressee {
            guard case .message(let id) = addressee, let message = try db.first(MessagesSQL.Take(id: id)) else {
                return nil
            }
            return (id, try ReplyDesk.take(echo, hash, on: message, at: now, in: db))
        }
        guard let id = try db.first(EchoesSQL.Find(messageIds: echo.about))?.id,
            let message = try db.first(MessagesSQL.Take(id: id))
        else { return nil }
        let (kind, body) =
            switch echo.kind {
            case .failed(let words): ("failed", words)
            case .delayed(let words): ("delayed", words)
            case .reply(let words): ("reply", words)
            }
        let noted = try db.first(
            EchoesSQL.Note(
                message: id, kind: kind, sha256: hash, sender: echo.from, subject: echo.subject,
                body: body.replacing("\0", with: ""), command: nil, outcome: nil))
        // A message that was sent anew, or never went out, did not bounce by an old report.
        if noted != nil, case .failed(let words) = echo.kind, ["accepted", "uncertain"].contains(message.state) {
            try DeliverMessage.settle(message, .bounced, reason: "bounced", answer: words, at: now, in: db)
        }
        if noted != nil, echo.isReply, !echo.isAutomatic, message.subjectKind == "notice" {
            try NoticeReply.tell(echo, about: message, at: now, in: db)
        }
        return (id, noted != nil)
    }
}
