import Automation
import Delivery
import Domain
import Foundation
import Jobs
import Postgres
import Store
import TestSupport
import Testing

/// Messages on their way from the database to a real HTTP server.
@Suite(.timeLimit(.minutes(10))) struct DeliverWebhookTests {
    private static let token = "secret-token-0123456789"

    /// A database with one team and two members, one of whom has a webhook, and what a pass of the engine does in it.
    private struct House {
        let database: TestDatabase
        let port: Int
        var timeout = Duration.seconds(10)
        var scheme = "http"

        static func with(_ format: WebhookFormat, port: Int, _ body: (House) async throws -> Void) async throws {
            try await TestDatabase.with { database in
                try await database.pool.transaction { db in
                    try db.script(
                        """
                        INSERT INTO ltc.webhooks VALUES ('chat', '\(format)');
                        INSERT INTO ltc.teams (code, name, kind, zone, hours) VALUES ('s', 'Sales', 'sales', 'UTC', '{}');
                        INSERT INTO ltc.members (code, name, email, webhook)
                        VALUES ('ana', 'Ana', 'ana@company.example', 'chat'), ('bo', 'Bo', 'bo@company.example', NULL);
                        INSERT INTO ltc.reminders (team_id, subject_kind, subject_id, rule, occurrence, kind, owner_id,
                            member_id, due_at)
                        SELECT t.id, 'lead', 1, 'r', now(), 'reminder', m.id, m.id, now()
                        FROM ltc.teams AS t, ltc.members AS m WHERE m.code = 'ana';
                        """)
                }
                try await body(House(database: database, port: port))
            }
        }

        /// - Returns: the message to the webhook.
        @discardableResult func post(to member: Int = 1) async throws -> Int {
            let message = OutgoingMessage(
                kind: .reminder, team: 1, subjectKind: "reminder", subjectID: 1, member: member,
                recipient: "m\(member)@company.example", subject: "Follow up", body: "Please call.\n")
            return try await database.pool.transaction { db in try Outbox.post([message], in: db) }[0] + 1
        }

        func work(isRedirected: Bool = false, knowsURL: Bool = true) async throws {
            let url = "\(scheme)://127.0.0.1:\(port)/hook?key=\(DeliverWebhookTests.token)"
            let carrier = WebhookCarrier(
                transport: WebhookTransport(timeout: timeout),
                addresses: knowsURL ? ["chat": try #require(WebhookAddress(url))] : [:], isRedirected: isRedirected)
            let delivery = DeliverMessage(by: carrier, pool: database.pool, logger: TestDatabase.logger)
            let engine = Engine(
                pool: database.pool, listening: nil, handlers: [delivery.handler], logger: TestDatabase.logger)
            _ = try await engine.runUntilIdle()
        }

        func show(_ id: Int) async throws -> MessagesSQL.Show.Row {
            try await database.pool.transaction { db in try db.one(MessagesSQL.Show(id: id)) }
        }

        /// As if the wait for the next try were over.
        func passTime() async throws {
            try await database.pool.transaction { db in
                for job in try JobStore.list(kind: MessageChannel.webhook.jobKind, in: db)
                where job.state == "waiting" || job.state == "retry" {
                    try JobStore.retry([job.id], in: db)
                }
            }
        }
    }

    @Test func `who has a webhook is told there as well, once, and the mail goes its own way`() async throws {
        try await WebhookSink.with { sink, port in
            try await House.with(.generic, port: port) { house in
                let id = try await house.post()
                try await house.post(to: 2)
                try await house.work()
                try await house.work()
                let message = try await house.show(id)
                #expect(message.channel == "webhook" && message.recipient == "chat" && message.state == "accepted")
                #expect(sink.posts.count == 1 && sink.posts[0].id == message.messageId)
                #expect(sink.posts[0].body.contains("\"text\":\"Please call.\\n\""), "\(sink.posts)")
                let mail = try await house.show(id - 1)
                #expect(mail.channel == "mail" && mail.state == "queued" && mail.messageId != message.messageId)
                let all = try await house.database.pool.transaction { db in
                    try db.run(MessagesSQL.List(state: nil, kind: nil, channel: nil, team: nil, maximum: 9))
                }
                #expect(all.map(\.channel) == ["mail", "webhook", "mail"])
            }
        }
    }

    @Test func `a chat that is busy is tried again, under the same id and a higher fence, and not before it says`()
        async throws
    {
        try await WebhookSink.with(
            .init(status: 429, body: "slow down", retryAfter: "7200"), .init(status: 503, body: "")
        ) { sink, port in
            try await House.with(.slack, port: port) { house in
                let id = try await house.post()
                try await house.work()
                var message = try await house.show(id)
                #expect(message.state == "queued" && message.reason == "refused_for_now")
                #expect(message.answer == "429 slow down")
                let due = try await house.database.pool.transaction { db in
                    try JobStore.list(kind: MessageChannel.webhook.jobKind, in: db)[0].dueAt.timeIntervalSinceNow
                }
                #expect((7_000...7_200).contains(due))
                for _ in 0..<2 {
                    try await house.passTime()
                    try await house.work()
                }
                message = try await house.show(id)
                #expect(message.state == "accepted" && message.attempts == 3)
                #expect(sink.posts.map(\.id) == Array(repeating: message.messageId, count: 3))
                #expect(sink.posts.map(\.fence) == [1, 2, 3])
            }
        }
    }

    @Test func `what a chat refuses has failed, and its words do not give the URL away`() async throws {
        try await WebhookSink.with(
            .init(body: "{\"errcode\":93000,\"errmsg\":\"bad key \(Self.token)\"}"),
            .init(status: 404, body: "no such hook")
        ) { sink, port in
            try await House.with(.wecom, port: port) { house in
                for words in ["200 {\"errcode\":93000,\"errmsg\":\"bad key (secret)\"}", "404 no such hook"] {
                    let id = try await house.post()
                    try await house.work()
                    let message = try await house.show(id)
                    #expect(message.state == "failed" && message.reason == "refused" && message.answer == words)
                }
                let last = try #require(sink.posts.last)
                try await house.database.pool.transaction { db in try MessageDesk.retry(4, in: db) }
                try await house.work()
                #expect(sink.posts.last?.id == last.id && sink.posts.last?.fence == last.fence + 1)
            }
        }
    }

    @Test func `a chat that never answers leaves doubt, and a reminder is posted again`() async throws {
        try await WebhookSink.with { sink, port in
            let proxy = try Proxy(to: .port(port))
            try await House.with(.generic, port: Int(proxy.port)) { house in
                var house = house
                house.timeout = .milliseconds(300)
                let id = try await house.post()
                proxy.stall()
                try await house.work()
                let message = try await house.show(id)
                #expect(message.state == "queued" && message.reason == "uncertain", "\(message)")
                proxy.welcome()
                house.timeout = .seconds(10)
                try await house.passTime()
                try await house.work()
                #expect(try await house.show(id).state == "accepted")
                #expect(sink.posts.map(\.id) == [message.messageId])
            }
        }
    }

    @Test func `nobody there is tried again`() async throws {
        var free = 0
        try await WebhookSink.with { _, port in free = port }
        try await House.with(.generic, port: free) { house in
            let id = try await house.post()
            try await house.work()
            let message = try await house.show(id)
            #expect(message.state == "queued" && message.reason == "unreachable")
        }
    }

    @Test func `nothing is said to a server that cannot prove who it is`() async throws {
        try await WebhookSink.with { sink, port in
            try await House.with(.generic, port: port) { house in
                var house = house
                house.scheme = "https"
                let id = try await house.post()
                try await house.work()
                #expect(try await house.show(id).reason == "unreachable" && sink.posts.isEmpty)
            }
        }
    }

    @Test func `nothing is posted to people while all is redirected, or while all is paused`() async throws {
        try await WebhookSink.with { sink, port in
            try await House.with(.generic, port: port) { house in
                let redirected = try await house.post()
                try await house.work(isRedirected: true)
                #expect(try await house.show(redirected).state == "cancelled")
                #expect(try await house.show(redirected).reason == "redirected")
                let paused = try await house.post()
                try await house.database.pool.transaction { db in try OutboundSwitch.pause(in: db) }
                try await house.work()
                #expect(sink.posts.isEmpty)
                try await house.database.pool.transaction { db in try OutboundSwitch.resume(in: db) }
                try await house.work()
                #expect(try await house.show(paused).state == "accepted")
                #expect(sink.posts.count == 1)
            }
        }
    }

    @Test func `a message whose chat has no URL is held until somebody gives one`() async throws {
        try await WebhookSink.with { sink, port in
            try await House.with(.generic, port: port) { house in
                let id = try await house.post()
                try await house.work(knowsURL: false)
                #expect(try await house.show(id).reason == "no_webhook_url")
                let unknown = try await house.database.pool.transaction { db in
                    try db.run(DoctorSQL.UnknownWebhooks())
                }
                #expect(unknown.map(\.webhook) == ["chat"] && unknown[0].messages == 1)
                try await house.database.pool.transaction { db in try MessageDesk.retry(id, in: db) }
                try await house.work()
                #expect(try await house.show(id).state == "accepted" && sink.posts.count == 1)
            }
        }
    }

    private static let company = """
        company: Small
        webhooks: { chat: { format: wecom } }
        members: { mia: { name: Mia, email: mia@small.example, webhook: chat } }
        teams:
          sales: { name: Sales, kind: sales, zone: UTC, hours: { mon-fri: 09:00-17:00 }, seats: { mia: { role: manager } } }
        assignment: { rules: [{ name: all, team: sales }] }
        """

    @Test func `a new lead is told in its owner's chat by the daemon, which tells the URL to nobody`() async throws {
        try await WebhookSink.with(.init(body: "{\"errcode\":0,\"errmsg\":\"ok\"}")) { sink, port in
            try await TestDatabase.with { database in
                let place = FileManager.default.temporaryDirectory.appending(path: "ltc-chats-\(UUID().uuidString)")
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: place) } }
                func write(_ name: String, _ text: String) throws -> String {
                    try Data(text.utf8).write(to: place.appending(path: name))
                    return place.appending(path: name).path
                }
                func ltc(_ arguments: String...) async throws -> String {
                    let database = ["--database", "dbname=\(database.name)"]
                    return await (try ChildProcess(product("ltc"), arguments + database)).output()
                }
                _ = try await ltc("apply", try write("company.yaml", Self.company))
                _ = try await ltc(
                    "import", "leads", try write("leads.csv", "external_id,company,email\nL-1,Acme,a@acme.example\n"))
                let mails = try await MailSink()
                let settings = DaemonProcess.settings(for: mails).merging([
                    "LTC_WEBHOOKS_URLS_FILE": try write("urls", "# chats\n"), "LTC_WEBHOOKS_RATE": "20/m",
                ]) { $1 }
                func daemon(_ argument: String) async throws -> (code: Int32, log: String) {
                    await (try DaemonProcess(database.name, [argument], environment: settings)).end()
                }
                let missing = try await daemon("--check")
                #expect(missing.code == 1 && missing.log.contains("chat of mia has no URL"), "\(missing)")

                #expect(try await daemon("--until-idle").code == 0)
                #expect(try mails.mails().count == 1 && sink.posts.isEmpty)
                let doctor = try await ltc("doctor")
                #expect(doctor.contains("ltcd knows no URL of chat, for which 1 messages are held"), "\(doctor)")

                _ = try write("urls", "chat http://127.0.0.1:\(port)/hook?key=\(Self.token)\n")
                let check = try await daemon("--check")
                #expect(check.code == 0 && check.log.contains("webhooks: chat\n"), "\(check)")
                #expect(try await ltc("message", "retry", "2").contains("waits to be sent"))
                let done = try await daemon("--until-idle")
                #expect(done.code == 0 && !done.log.contains(Self.token), "\(done)")
                #expect(sink.posts.count == 1, "\(done)")
                let start = "{\"msgtype\":\"text\",\"text\":{\"content\":\"New lead: Acme"
                #expect(sink.posts.first?.body.hasPrefix(start) == true, "\(sink.posts)")
                #expect(try mails.mails().count == 1)

                let limits = try await database.pool.transaction { db in try JobControls.list(in: db) }
                #expect(limits.contains { ($0.scope, $0.name) == ("kind", "deliver-webhook") && $0.what == "limit" })
                let list = try await ltc("message", "list", "--channel", "webhook")
                #expect(list.contains("accepted") && list.contains("chat") && !list.contains("mia@"), "\(list)")
                #expect(try await ltc("message", "list", "--channel", "fax").contains("one of 'mail' and 'webhook'"))
                let message = try await ltc("message", "show", "2")
                #expect(message.contains("chat, by webhook") && !message.contains(Self.token), "\(message)")
            }
        }
    }
}

extension ChildProcess {
    /// All that it writes until it ends.
    fileprivate func output() async -> String {
        var output = ""
        while case let more = await nextOutput(), !more.isEmpty { output += more }
        await exit()
        return output
    }
}
