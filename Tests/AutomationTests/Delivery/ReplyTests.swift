import Automation
import Delivery
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// What members answer by mail.
struct ReplyTests {
    private let replies: ReplyAddress

    init() throws {
        replies = try ReplyAddress(
            MailAddress("ltc@company.example"), secret: Secret("0123456789abcdef0123456789abcdef"))
    }

    /// Puts a mail into a maildir and has it taken.
    private func take(_ mail: String, _ office: SalesOffice, at now: String) async throws -> MailInbox.Report {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-maildir-\(UUID().uuidString)")
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        try FileManager.default.createDirectory(at: folder.appending(path: "new"), withIntermediateDirectories: true)
        try Data(mail.utf8).write(to: folder.appending(path: "new/1"))
        let inbox = MailInbox(folder, replies: replies, pool: office.database.pool, logger: TestDatabase.logger)
        return try await inbox.look(at: Date(now, strategy: .iso8601))
    }

    @discardableResult private func reply(
        _ text: String, to message: Int, from sender: String = "Ada <ada@example.invalid>", headers: String = "",
        _ office: SalesOffice, at now: String = "2026-03-02T13:30:00Z"
    ) async throws -> MailInbox.Report {
        try await take(
            "From: \(sender)\nTo: \(replies.address(of: message))\n\(headers)Subject: Re: x\n\n\(text)\n", office,
            at: now)
    }

    /// A lead of ada's of which she was reminded, and the id of the mail.
    private func with(_ body: (SalesOffice, Int) async throws -> Void) async throws {
        try await SalesOffice.with { office in
            try await office.arrive(1)
            try await office.run(AssignLeads.self, at: "2026-03-02T09:00:00Z")
            try await office.run(RemindFollowUps.self, at: "2026-03-02T13:00:00Z")
            try await body(office, try await office.count("SELECT id FROM ltc.messages WHERE kind = 'reminder'"))
        }
    }

    private let reminders = "SELECT state || coalesce(' ' || reason, '') FROM ltc.reminders ORDER BY id"
    private let outcomes = "SELECT coalesce(command, '-') || ' ' || outcome FROM ltc.message_echoes ORDER BY id"
    private let answers = "SELECT recipient || ': ' || body FROM ltc.messages WHERE kind = 'answer' ORDER BY id"

    @Test func `done answers the reminder, and the rules count from then on`() async throws {
        try await with { office, message in
            let report = try await reply("done\n\n> Follow up", to: message, office)
            #expect(report.replies == 1)
            #expect(try await office.texts(reminders) == ["acknowledged done"])
            #expect(try await office.texts("SELECT kind || ' ' || note FROM ltc.activities") == ["note done"])
            #expect(
                try await office.texts("SELECT actor FROM ltc.events WHERE kind = 'reminder_acknowledged'") == ["ada"])
            // No manager hears of it; the next standstill is a new one.
            #expect(try await office.run(RemindFollowUps.self, at: "2026-03-03T09:00:00Z").reminders.isEmpty)
            #expect(try await office.run(RemindFollowUps.self, at: "2026-03-03T14:00:00Z").reminders.count == 1)
            #expect(try await office.texts(answers).isEmpty)
        }
    }

    @Test func `snooze reminds again after working time, and the manager hears no earlier`() async throws {
        try await with { office, message in
            try await reply("snooze 3d", to: message, office)
            #expect(try await office.texts(reminders) == ["due snoozed"])
            // Monday 14:30 in Berlin and three working days.
            let again = "SELECT (not_before AT TIME ZONE 'UTC')::text FROM ltc.messages WHERE subject LIKE 'Again:%'"
            #expect(try await office.texts(again) == ["2026-03-05 13:30:00"])
            #expect(try await office.run(RemindFollowUps.self, at: "2026-03-05T13:31:00Z").reminders.isEmpty)
            #expect(try await office.run(RemindFollowUps.self, at: "2026-03-06T13:31:00Z").reminders.count == 1)
        }
    }

    @Test func `what was answered meanwhile is not said again`() async throws {
        try await with { office, message in
            try await reply("waiting", to: message, office)
            #expect(try await office.texts(reminders) == ["due waiting"])
            let again = try await office.count("SELECT id FROM ltc.messages WHERE subject LIKE 'Again:%'")
            func verdict() async throws -> DeliveryHooks.Verdict {
                try await office.database.pool.transaction { db in
                    try DeliveryHooks.of(subjectKind: "reminder").gate(db.one(MessagesSQL.Take(id: again)), Date(), db)
                }
            }
            #expect(try await verdict() == .send)
            try await reply("done", to: again, office, at: "2026-03-09T13:30:00Z")
            #expect(try await verdict() == .cancel(reason: "reminder_is_over"))
        }
    }

    @Test func `what cannot be taken changes nothing and is told each sender once`() async throws {
        try await with { office, message in
            try await reply("what is this?", to: message, office)
            try await reply("done", to: message, from: "mallory@example.invalid", office)
            try await reply("snooze 9999d", to: message, office)
            #expect(try await office.texts(reminders) == ["due"])
            #expect(
                try await office.texts(outcomes) == ["- unknown_command", "done wrong_sender", "- unknown_command"])
            let told = try await office.texts(answers).sorted()
            #expect(
                told.map { $0.prefix { $0 != ":" } } == ["ada@example.invalid", "mallory@example.invalid"], "\(told)")
            #expect(told[0].contains("done, snooze 3d, waiting, claim"))
        }
    }

    @Test func `a token is used once, and each mail taken once`() async throws {
        try await with { office, message in
            try await reply("snooze 1d", to: message, office)
            #expect(try await reply("snooze 1d", to: message, office).known == 1)
            try await reply("done", to: message, office)
            #expect(try await office.texts(outcomes) == ["snooze 1d taken", "done answered_before"])
            #expect(try await office.texts(reminders) == ["due snoozed"])
        }
    }

    @Test(arguments: ["Auto-Submitted: auto-replied\n", "Precedence: bulk\n", "Return-Path: <>\n", "List-Id: <x>\n"])
    func `a machine is not obeyed and not answered`(headers: String) async throws {
        try await with { office, message in
            try await reply("done", to: message, headers: headers, office)
            try await reply("I am on holiday", to: message, headers: headers, office)
            #expect(try await office.texts(outcomes) == ["done automatic", "- automatic"])
            #expect(try await office.texts(reminders) == ["due"])
            #expect(try await office.texts(answers).isEmpty)
        }
    }

    @Test func `a forged token does nothing, even with the Message-ID of a message of ours`() async throws {
        try await with { office, message in
            let id = try await office.texts("SELECT message_id FROM ltc.messages WHERE id = \(message)")[0]
            let report = try await take(
                "From: ada@example.invalid\nTo: ltc+\(message)-00@company.example\nIn-Reply-To: <\(id)>\n\ndone\n",
                office, at: "2026-03-02T13:30:00Z")
            #expect(report.forged == 1 && report.replies == 0)
            #expect(try await office.texts(reminders) == ["due"])
            #expect(try await office.count("SELECT count(*) FROM ltc.message_echoes") == 0)
        }
    }

    @Test func `a lead is claimed from the pool by one, and only by who has a seat and room`() async throws {
        try await SalesOffice.with { office in
            try await office.script(
                """
                INSERT INTO ltc.leads (company, state, team_id, created_at)
                SELECT 'Pool ' || n, 'pooled', id, now() FROM ltc.teams, generate_series(1, 5) AS n WHERE code = 'apac'
                """)
            let leads = try await office.texts("SELECT id FROM ltc.leads ORDER BY id").compactMap { Int($0) }
            func claim(_ lead: Int, _ member: String) async throws -> String {
                do {
                    try await office.database.pool.transaction { db in
                        try ClaimLead.claim(lead, by: member, actor: member, at: Date(), in: db)
                    }
                    return "taken"
                } catch let problem as Problem {
                    return problem.code
                }
            }
            async let li = claim(leads[0], "li")
            async let wang = claim(leads[0], "wang")
            let both = try await [li, wang]
            #expect(both.sorted() == ["not_in_pool", "taken"])
            try await office.script("UPDATE ltc.leads SET state = 'pooled', owner_id = NULL")
            var codes: [String] = []
            for lead in leads.prefix(4) { codes.append(try await claim(lead, "li")) }
            #expect(codes == ["taken", "taken", "taken", "at_capacity"])
            #expect(try await claim(leads[4], "ada") == "other_team")
            #expect(try await claim(leads[4], "nobody") == "no_such_member")
            #expect(try await claim(99, "li") == "no_such_lead")
            #expect(try await office.count("SELECT count(*) FROM ltc.events WHERE kind = 'lead_claimed'") == 4)
        }
    }
}
