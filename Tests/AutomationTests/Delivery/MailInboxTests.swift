import Automation
import Domain
import Foundation
import Store
import TestSupport
import Testing

struct MailInboxTests {
    /// A maildir with these mails in it, and what taking them reports; each file is in `cur/` afterwards.
    private func take(_ mails: [String], _ office: FinanceOffice) async throws -> MailInbox.Report {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-maildir-\(UUID().uuidString)")
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let new = folder.appending(path: "new")
        try FileManager.default.createDirectory(at: new, withIntermediateDirectories: true)
        for (place, mail) in mails.enumerated() { try Data(mail.utf8).write(to: new.appending(path: "\(place)")) }
        let inbox = MailInbox(folder, pool: office.database.pool, logger: TestDatabase.logger)
        let report = try await inbox.look()
        #expect(try FileManager.default.contentsOfDirectory(atPath: new.path).isEmpty)
        let cur = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "cur").path)
        #expect(cur.sorted() == mails.indices.map { "\($0):2,S" }.sorted())
        return report
    }

    private func bounce(_ id: String, action: String = "failed", status: String = "5.1.1") -> String {
        """
        From: MAILER-DAEMON@mx.example
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example

        Final-Recipient: rfc822; pay@miller.invalid
        Action: \(action)
        Status: \(status)

        --b
        Content-Type: text/rfc822-headers

        Message-ID: <\(id)>
        --b--
        """
    }

    /// A letter that the server took, and its Message-ID.
    private func sentLetter(_ office: FinanceOffice) async throws -> String {
        try await office.invoice("R1", due: "2026-03-01")
        try await office.run(DunInvoices.self, on: "2026-03-31")
        #expect(try await office.send() == [.send])
        return try await office.texts("SELECT message_id FROM ltc.messages WHERE kind = 'dunning-notice'")[0]
    }

    private let states = """
        SELECT m.state || ' ' || n.state FROM ltc.messages AS m JOIN ltc.notices AS n ON n.id = m.subject_id
        WHERE m.kind = 'dunning-notice'
        """

    @Test func `a letter that bounces is bounced, message and notice, once`() async throws {
        try await FinanceOffice.with { office in
            let mail = bounce(try await sentLetter(office))
            #expect(try await take([mail], office) == .init(failed: 1))
            #expect(try await office.texts(states) == ["bounced bounced"])
            // Its file was not moved before the daemon died: it is known.
            #expect(try await take([mail], office) == .init(known: 1))
            #expect(try await office.number("SELECT count(*) FROM ltc.message_echoes") == 1)
            #expect(
                try await office.number("SELECT count(*) FROM ltc.events WHERE kind = 'notice_bounced'") == 1)
        }
    }

    @Test func `delays and replies are noted and change nothing; the rest is left`() async throws {
        try await FinanceOffice.with { office in
            let id = try await sentLetter(office)
            let reply = "From: ana@miller.invalid\nIn-Reply-To: <\(id)>\nSubject: Re\n\nWe pay tomorrow.\n"
            let report = try await take(
                [
                    bounce(id, action: "delayed", status: "4.4.1"), reply, bounce("unknown@elsewhere.example"), "",
                    "\0\u{FF}",
                    "From: x\n\nno answer to anything",
                ], office)
            #expect(report == .init(delayed: 1, replies: 1, left: 4))
            #expect(try await office.texts(states) == ["accepted sent"])
            #expect(
                try await office.texts("SELECT kind || ': ' || body FROM ltc.message_echoes ORDER BY id")
                    == ["delayed: 4.4.1", "reply: We pay tomorrow."])
        }
    }
}
