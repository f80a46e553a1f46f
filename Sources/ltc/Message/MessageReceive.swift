import ArgumentParser
import Automation
import Domain
import Foundation
import Logging
import Postgres

struct MessageReceive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive", abstract: "Take bounces and replies from a maildir: new/ is read and moved to cur/.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The maildir, with new/ and cur/ in it.", completion: .directory)
    var maildir: String

    private struct Body: Encodable {
        let failed, delayed, replies, forged, known, left: Int
    }

    func run() async throws {
        // A mistyped path would otherwise become a maildir in which nothing ever arrives.
        guard FileManager.default.fileExists(atPath: URL(filePath: maildir).appending(path: "new").path) else {
            throw Problem(
                .inputRefused, "no_maildir", "there is no maildir: it has no folder new/", place: maildir,
                advice: "name the maildir to which the mail server delivers")
        }
        let when = asOf.value
        let report = try await database.withPool { [maildir] pool in
            let now = try await pool.transaction(.init(readOnly: true)) { db in try when.instant(ofAll: db) }
            return try await MailInbox(URL(filePath: maildir), pool: pool, logger: Logger(label: "ltc")).look(at: now)
        }
        let body = Body(
            failed: report.failed, delayed: report.delayed, replies: report.replies, forged: report.forged,
            known: report.known, left: report.left)
        try Answer("message.receive", body) {
            "\(body.failed) bounced, \(body.delayed) delayed, \(body.replies) replies, \(body.known) known, "
                + "\(body.left) left in cur/: about no message of ours"
        }.print(as: format)
    }
}
