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

    /// A letter that the server took, or may have taken, and its Message-ID.
    private func sentLetter(
        _ office: FinanceOffice, _ fate: DeliveryHooks.Fate = .accepted, noticed: String? = nil
    ) async throws -> String {
        try await office.invoice("R1", due: "2026-03-01", noticed: noticed)
        try await office.run(DunInvoices.self, on: "2026-03-31")
        #expect(try await office.send(fate) == [.send])
        return try await office.texts("SELECT message_id FROM ltc.messages WHERE kind = 'dunning-notice'")[0]
    }

    private let tasks = "SELECT subject FROM ltc.messages WHERE subject_kind = 'dunning-task'"

    private let states = """
        SELECT m.state || ' ' || n.state FROM ltc.messages AS m JOIN ltc.notices AS n ON n.id = m.subject_id
        WHERE m.kind = 'dunning-notice'
        """

    @Test func `finance is told of a customer's reply, and of no machine's`() async throws {
        try await FinanceOffice.with { office in
            let id = try await sentLetter(office)
            let reply = "From: pay@miller.invalid\nSubject: Re: x\nIn-Reply-To: <\(id)>\n"
            _ = try await take(
                ["\(reply)\nWe paid last week.", "\(reply)Auto-Submitted: auto-replied\n\nI am away."], office)
            let told = try await office.texts(
                "SELECT recipient || ' ' || subject || body FROM ltc.messages WHERE subject_kind = 'notice-reply'")
            #expect(told.count == 1 && told[0].hasPrefix("fay@example.invalid A customer answers: "), "\(told)")
            #expect(told[0].contains("We paid last week."))
        }
    }

    @Test func `what is no mail is left, and holds up none`() async throws {
        try await FinanceOffice.with { office in
            let id = try await sentLetter(office)
            let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-maildir-\(UUID().uuidString)")
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
            let new = folder.appending(path: "new")
            try FileManager.default.createDirectory(at: new.appending(path: "0dir"), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: new.appending(path: "1link").path, withDestinationPath: "/nowhere")
            try Data(bounce(id).utf8).write(to: new.appending(path: "2mail"))
            let inbox = MailInbox(folder, pool: office.database.pool, logger: TestDatabase.logger)
            #expect(try await inbox.look() == MailInbox.Report(failed: 1))
            #expect(try FileManager.default.contentsOfDirectory(atPath: new.path).sorted() == ["0dir", "1link"])
        }
    }

    @Test func `a letter that bounces loses its level and takes the next channel, once`() async throws {
        try await DunningOutcomeTests.with { office in
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            let mail = bounce(try await sentLetter(office))
            #expect(try await office.texts(DunningOutcomeTests.standing) == ["sent mail - 1 2026-03-31"])
            #expect(try await take([mail], office) == .init(failed: 1))
            #expect(try await office.texts(states) == ["bounced approved"])
            #expect(try await office.texts(DunningOutcomeTests.standing) == ["approved letter bounced 0 -"])
            // Its file was not moved before the daemon died: it is known.
            #expect(try await take([mail], office) == .init(known: 1))
            #expect(try await office.number("SELECT count(*) FROM ltc.message_echoes") == 1)
            #expect(try await office.texts(tasks).map { $0.hasPrefix("Post this letter") } == [true])
            #expect(
                try await office.texts(
                    """
                    SELECT concat_ws(' ', kind, from_state, to_state, reason) FROM ltc.events
                    WHERE kind IN ('notice_bounced', 'level_withdrawn', 'notice_returned') ORDER BY id
                    """) == [
                        "notice_bounced sent bounced bounced", "level_withdrawn 1 0 bounced",
                        "notice_returned bounced approved bounced",
                    ])
        }
    }

    @Test func `daemons on one maildir take a mail once`() async throws {
        try await DunningOutcomeTests.with { office in
            let mail = bounce(try await sentLetter(office))
            try await InboxScene.with("new") { folder in
                for copy in 1...5 { try folder.put(mail, "\(copy)") }
                let inbox = MailInbox(folder.inbox, pool: office.database.pool, logger: TestDatabase.logger)
                let reports = try await withThrowingTaskGroup { group in
                    for _ in 1...3 { group.addTask { try await inbox.look() } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(reports.map(\.failed).reduce(0, +) == 1 && reports.allSatisfy { $0.left == 0 })
                #expect(try folder.list().isEmpty)
            }
            #expect(try await office.texts(DunningOutcomeTests.standing) == ["approved call bounced 0 -"])
            #expect(try await office.texts(tasks).count == 1)
        }
    }

    @Test func `a letter that may have arrived and bounces takes the next channel, and leaves the level`() async throws
    {
        try await DunningOutcomeTests.with { office in
            try await office.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            let mail = bounce(try await sentLetter(office, .uncertain, noticed: "2026-03-20"))
            #expect(try await office.texts(DunningOutcomeTests.standing) == ["uncertain mail - 0 2026-03-20"])
            #expect(try await take([mail], office) == .init(failed: 1))
            #expect(try await office.texts(DunningOutcomeTests.standing) == ["approved letter bounced 0 2026-03-20"])
        }
    }

    @Test func `a letter that bounces when all is paid loses its level and goes no other way`() async throws {
        try await DunningOutcomeTests.with { office in
            let mail = bounce(try await sentLetter(office))
            try await office.receipt("B-1", on: "2026-04-01", minor: 450_000, remittance: "R1")
            #expect(try await office.texts("SELECT open_minor::text FROM ltc.invoices") == ["0"])
            #expect(try await take([mail], office) == .init(failed: 1))
            #expect(try await office.texts(states) == ["bounced cancelled"])
            #expect(try await office.texts("SELECT reason FROM ltc.notices") == ["paid"])
            #expect(try await office.texts(DunningOutcomeTests.standing) == ["cancelled mail - 0 -"])
            #expect(try await office.texts(tasks).isEmpty)
        }
    }

    @Test func `a late failure changes nothing about a notice that was reversed`() async throws {
        try await DunningOutcomeTests.with { office in
            let mail = bounce(try await sentLetter(office))
            _ = try await DunningOutcomeTests.decide(office) { notices, db in
                try DunningDesk.reverse(notices, reason: "wrong_customer", actor: "fay", at: Date(), in: db)
            }
            #expect(try await take([mail], office) == .init(failed: 1))
            #expect(try await office.texts(states) == ["bounced reversed"])
            #expect(try await office.texts(tasks).isEmpty)
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
