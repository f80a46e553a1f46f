import Automation
import Delivery
import Domain
import Foundation
import Jobs
import Logging
import Postgres
import Store
import TestSupport
import Testing

/// Messages on their way from the database to a real mail server.
struct DeliverMessageTests {
    /// A database with one team and one member, and what one pass of the engine does in it.
    private struct House {
        let database: TestDatabase
        let team: Int

        static func with(_ body: (House) async throws -> Void) async throws {
            try await TestDatabase.with { database in
                let team = try await database.pool.transaction { db in
                    try db.script(
                        """
                        INSERT INTO ltc.teams (code, name, kind, zone, hours) VALUES ('s', 'Sales', 'sales', 'UTC', '{}');
                        INSERT INTO ltc.members (code, name, email) VALUES ('ana', 'Ana 王', 'ana@company.example');
                        INSERT INTO ltc.reminders (team_id, subject_kind, subject_id, rule, occurrence, kind, owner_id,
                            member_id, due_at)
                        SELECT t.id, 'lead', 1, 'r', now(), 'reminder', m.id, m.id, now()
                        FROM ltc.teams AS t, ltc.members AS m;
                        """)
                    return 1
                }
                try await body(House(database: database, team: team))
            }
        }

        func post(to recipient: String = "ana@company.example", about subject: String = "reminder") async throws -> Int
        {
            if subject == "notice" { try await approveNotice() }
            let message = OutgoingMessage(
                kind: subject == "notice" ? .dunningNotice : .reminder, team: team, subjectKind: subject, subjectID: 1,
                member: 1, recipient: recipient, subject: "Follow up: 上海云杉", body: "Please call.\n")
            return try await database.pool.transaction { db in try Outbox.post([message], in: db) }[0]
        }

        /// Notice 1, approved, about one invoice that is open: the gate lets its letter out.
        private func approveNotice() async throws {
            var company = Company(name: "Acme")
            company.dunning.procedures = [DunningProcedure(name: "standard", levels: [DunningLevel(afterDays: 5)])]
            company.dunning.standard = "standard"
            let document = String(decoding: try JSONEncoder().encode(company), as: UTF8.self)
            try await database.pool.transaction { db in
                try db.script(
                    """
                    INSERT INTO ltc.configuration_versions (document, sha256) VALUES ('\(document)', 'of a test');
                    INSERT INTO ltc.creditors (code, name, finance_team_id) VALUES ('acme', 'Acme', 1);
                    INSERT INTO ltc.customers (number, name, folded_name) VALUES ('C-1', 'Yunshan', 'yunshan');
                    INSERT INTO ltc.invoices (number, creditor_id, customer_id, team_id, issued_on, due_on, currency,
                        amount_minor) VALUES ('R-1', 1, 1, 1, '2026-01-01', '2026-01-31', 'EUR', 100000);
                    INSERT INTO ltc.runs (automation, team_id, as_of, configuration_version)
                    VALUES ('dun-invoices', 1, '2026-03-02 12:00Z', 1);
                    INSERT INTO ltc.notices (creditor_id, customer_id, currency, run_date, team_id, procedure, level, state, pay_by,
                        open_minor, letter, run_id)
                    VALUES (1, 1, 'EUR', '2026-03-02', 1, 'standard', 1, 'approved', '2026-03-09', 100000, '', 1);
                    INSERT INTO ltc.notice_items (notice_id, invoice_id, currency, team_id, days_overdue, open_minor,
                        level_before, level) VALUES (1, 1, 'EUR', 1, 30, 100000, 0, 1);
                    """)
            }
        }

        /// Works until nothing is ready.
        func work(
            _ sink: MailSink, redirection: String? = nil, replies: ReplyAddress? = nil,
            attachesUpTo: Int = MailCarrier.attachesUpTo
        ) async throws {
            let settings = try SMTPSettings(host: "127.0.0.1", port: sink.port, security: .none)
            let mails = MailCarrier(
                transport: SMTPTransport(settings), sender: try MailAddress("ltc@company.example"),
                redirection: try redirection.map { try MailAddress($0) }, replies: replies, attachesUpTo: attachesUpTo,
                outputs: "/srv/outputs")
            let delivery = DeliverMessage(by: mails, pool: database.pool, logger: TestDatabase.logger)
            let engine = Engine(
                pool: database.pool, listening: nil, handlers: [delivery.handler], logger: TestDatabase.logger)
            _ = try await engine.runUntilIdle()
        }

        func state(of id: Int) async throws -> String {
            try await show(id).state
        }

        func show(_ id: Int) async throws -> MessagesSQL.Show.Row {
            try await database.pool.transaction { db in try db.one(MessagesSQL.Show(id: id)) }
        }

        func reminderState() async throws -> String {
            try await text("SELECT state FROM ltc.reminders")
        }

        func text(_ sql: String) async throws -> String {
            try await database.pool.transaction { db in
                var text = ""
                try db.copyOut("COPY (\(sql)) TO STDOUT") { text += String(decoding: $0, as: UTF8.self) }
                return text.trimmingCharacters(in: .newlines)
            }
        }

        /// As if the wait for the next try were over.
        func passTime() async throws {
            try await database.pool.transaction { db in
                for job in try JobStore.list(kind: MessageChannel.mail.jobKind, in: db)
                where job.state == "waiting" || job.state == "retry" {
                    try JobStore.retry([job.id], in: db)
                }
            }
        }
    }

    @Test func `a member answers the mail as it came, and is told of what was not understood`() async throws {
        try await House.with { house in
            let sink = try await MailSink()
            let replies = try ReplyAddress(
                MailAddress("ltc@company.example"), secret: Secret("0123456789abcdef0123456789abcdef"))
            _ = try await house.post()
            try await house.work(sink, replies: replies)
            let mail = try sink.mails()[0]
            #expect(mail.contains("Reply with a first line of: done, snooze 3d, waiting, claim"))
            let reply = try #require(mail.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Reply-To: ") })
            let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-maildir-\(UUID().uuidString)")
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
            try FileManager.default.createDirectory(
                at: folder.appending(path: "new"), withIntermediateDirectories: true)
            for (name, text) in [("1", "later, perhaps"), ("2", "done")] {
                let answer =
                    "From: ana@company.example\r\nTo: \(reply.dropFirst("Reply-To: ".count))\r\n\r\n\(text)\r\n"
                try Data(answer.utf8).write(to: folder.appending(path: "new/\(name)"))
            }
            let inbox = MailInbox(
                folder, replies: replies, pool: house.database.pool, logger: TestDatabase.logger)
            #expect(try await inbox.look() == MailInbox.Report(replies: 2))
            #expect(try await house.reminderState() == "acknowledged")
            try await house.work(sink, replies: replies)
            let told = try sink.mails().filter { $0.contains("Auto-Submitted: auto-replied") }
            #expect(told.count == 1 && told[0].contains("Your reply was not taken"), "\(told)")
            #expect(!told[0].contains("Reply-To:"))
        }
    }

    @Test func `an accepted reminder is sent, once, and its member's row knows it`() async throws {
        try await House.with { house in
            let sink = try await MailSink()
            let id = try await house.post()
            try await house.work(sink)
            try await house.work(sink)
            let message = try await house.show(id)
            #expect(message.state == "accepted" && message.acceptedAt != nil && message.attempts == 1)
            #expect(message.answer?.hasPrefix("250 ") == true)
            #expect(try await house.reminderState() == "sent")
            let mails = try sink.mails()
            #expect(mails.count == 1 && mails[0].contains("Message-ID: <\(message.messageId)>\r\n"))
        }
    }

    @Test func `a bad address fails the message and nothing else`() async throws {
        try await House.with { house in
            let sink = try await MailSink()
            let bad = try await house.post(to: "nobody at all")
            let good = try await house.post()
            try await house.work(sink)
            #expect(try await house.show(bad).reason == "bad_address")
            #expect(try await house.state(of: good) == "accepted")
            #expect(try sink.mails().count == 1)
        }
    }

    @Test func `a refused mail has failed for good, with the server's words`() async throws {
        try await House.with { house in
            let sink = try await MailSink("--refuse", "ana")
            let id = try await house.post()
            try await house.work(sink)
            let message = try await house.show(id)
            #expect(message.state == "failed" && message.reason == "no_such_address")
            #expect(message.answer == "550 5.1.1 no such mailbox here")
            #expect(try await house.reminderState() == "due")
        }
    }

    @Test func `a greylisted mail waits and is sent at the next try under the same Message-ID`() async throws {
        try await House.with { house in
            let sink = try await MailSink("--greylist", "1")
            let id = try await house.post()
            try await house.work(sink)
            #expect(try await house.state(of: id) == "queued")
            #expect(try sink.mails().isEmpty)
            try await house.passTime()
            try await house.work(sink)
            #expect(try await house.state(of: id) == "accepted")
            #expect(try sink.mails().count == 1)
        }
    }

    @Test func `an uncertain reminder is sent again, an uncertain letter waits for a person`() async throws {
        try await House.with { house in
            let sink = try await MailSink("--drop", "2")
            let letter = try await house.post(about: "notice")
            try await house.work(sink)
            #expect(try await house.state(of: letter) == "uncertain")
            let reminder = try await house.post()
            try await house.work(sink)
            #expect(try await house.state(of: reminder) == "queued")
            try await house.passTime()
            try await house.work(sink)
            #expect(try await house.state(of: reminder) == "accepted")
            #expect(try await house.state(of: letter) == "uncertain")
            #expect(try sink.mails().count == 3)

            try await house.database.pool.transaction { db in
                try MessageDesk.resolve(letter, .arrived, at: Date(), in: db)
            }
            try await house.work(sink)
            #expect(try await house.state(of: letter) == "accepted")
            #expect(try sink.mails().count == 3)
        }
    }

    @Test(arguments: [("reminder", "accepted", 1), ("notice", "uncertain", 0)])
    func `a daemon that died while sending leaves doubt, not loss`(subject: String, state: String, mails: Int)
        async throws
    {
        try await House.with { house in
            let sink = try await MailSink()
            let id = try await house.post(about: subject)
            try await house.database.pool.transaction { db in _ = try db.execute(MessagesSQL.BeginSending(id: id)) }
            try await house.work(sink)
            #expect(try await house.state(of: id) == state)
            #expect(try sink.mails().count == mails)
        }
    }

    @Test func `a pause stops all sending, and resuming loses nothing`() async throws {
        try await House.with { house in
            let sink = try await MailSink()
            let id = try await house.post()
            try await house.database.pool.transaction { db in try OutboundSwitch.pause(in: db) }
            try await house.work(sink)
            #expect(try await house.state(of: id) == "queued")
            #expect(try sink.mails().isEmpty)
            try await house.database.pool.transaction { db in try OutboundSwitch.resume(in: db) }
            try await house.work(sink)
            #expect(try await house.state(of: id) == "accepted")
            #expect(try sink.mails().count == 1)
        }
    }

    @Test func `a redirected message goes to one address and says whom it was for`() async throws {
        try await House.with { house in
            let sink = try await MailSink()
            _ = try await house.post()
            try await house.work(sink, redirection: "test@company.example")
            let mail = try sink.mails()[0]
            #expect(mail.contains("X-Envelope-To: <test@company.example>\r\n"))
            #expect(mail.contains("<ana@company.example>\r\n"))
        }
    }

    @Test func `kept files go with the message byte for byte`() async throws {
        try await House.with { house in
            let sink = try await MailSink()
            try await house.database.pool.transaction { db in
                try db.script(
                    """
                    INSERT INTO ltc.runs (automation, team_id, as_of) SELECT 'dun-invoices', id, now() FROM ltc.teams;
                    INSERT INTO ltc.artefacts (team_id, run_id, name, media_type, content)
                    SELECT team_id, id, 'register.csv', 'text/csv', 'a,b' FROM ltc.runs;
                    """)
                try Outbox.post(
                    [
                        OutgoingMessage(
                            kind: .digest, team: 1, subjectKind: "run", subjectID: 1, recipient: "ana@company.example",
                            subject: "Digest", body: "…", run: 1, attachments: [1])
                    ], in: db)
            }
            try await house.work(sink)
            let mail = try sink.mails()[0]
            #expect(mail.contains("filename=register.csv\r\n\r\nYSxi\r\n"))
        }
    }

    @Test func `what is too large to attach to a member's mail is named, with its place and hash`() async throws {
        try await House.with { house in
            let sink = try await MailSink()
            try await house.database.pool.transaction { db in
                try db.script(
                    """
                    INSERT INTO ltc.runs (automation, team_id, as_of) SELECT 'dun-invoices', id, '2026-03-02 12:00Z' FROM ltc.teams;
                    INSERT INTO ltc.artefacts (team_id, run_id, name, media_type, content)
                    SELECT team_id, id, f.name, 'text/csv', f.content::bytea FROM ltc.runs,
                        (VALUES ('large.csv', 'a,b,c,d'), ('small.csv', 'a,b')) AS f (name, content);
                    """)
                try Outbox.post(
                    [
                        OutgoingMessage(
                            kind: .digest, team: 1, subjectKind: "run", subjectID: 1, member: 1,
                            recipient: "ana@company.example", subject: "Digest", body: "…", run: 1, attachments: [1, 2])
                    ], in: db)
            }
            try await house.work(sink, attachesUpTo: 5)
            let mail = try sink.mails()[0]
            #expect(mail.contains("filename=small.csv") && !mail.contains("filename=large.csv"))
            let code = try await house.text("SELECT code FROM ltc.teams WHERE id = 1")
            let words = mail.replacing("=\r\n", with: "")
            #expect(
                words.contains(
                    "/srv/outputs/\(code.trimmingCharacters(in: .newlines))/2026-03-02-run-1/large.csv\r\n    7 bytes, SHA-256 "
                        + "\(SHA256.hex(Array("a,b,c,d".utf8)))"), "\(words)")
        }
    }
}
