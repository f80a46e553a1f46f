import Automation
import Foundation
import Postgres
import TestSupport
import Testing

/// A daemon's life, from the outside.
@Suite(.timeLimit(.minutes(10)))
struct DaemonTests {
    @Test func `it tells the service manager when it works and when it stops, and ends cleanly`() async throws {
        try await TestDatabase.with { database in
            let socket = try NotifySocket()
            let daemon = try DaemonProcess(
                database.name, environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "300000000"])
            let address = try await daemon.address()
            #expect(await socket.next() == "WATCHDOG=1")
            #expect(await socket.next() == "READY=1\nSTATUS=working")
            #expect(try await get(address, "healthz") == (200, "alive\n"))
            #expect(try await get(address, "readyz") == (200, "ready\n"))
            #expect(try await get(address, "metrics").status == 200)
            #expect(try await get(address, "etc/passwd").status == 404)
            let (code, log) = await daemon.stop()
            #expect(await socket.next().hasPrefix("STOPPING=1\n"))
            #expect(code == 0)
            #expect(log.contains("ltcd ended"))
        }
    }

    @Test func `it refuses a database of another schema with the command that mends it`() async throws {
        try await TestDatabase.with { database in
            try await database.pool.transaction { db in try db.script("DELETE FROM ltc.migrations WHERE version > 1") }
            for arguments in [[], ["--check"]] {
                let (code, log) = await (try DaemonProcess(database.name, arguments)).end()
                #expect(code == 1)
                let refusal = /at schema version 1; this program needs 0002_jobs, [\w, ]+\n  → ltc migrate\n$/
                #expect(log.contains(refusal), "\(log)")
            }
        }
    }

    @Test func `it waits for a database that is away, and says so`() async throws {
        let socket = try NotifySocket()
        let daemon = try DaemonProcess(
            "nowhere", environment: ["PGHOST": "/nonexistent", "NOTIFY_SOCKET": socket.path])
        let address = try await daemon.address()
        try await daemon.line(with: "the database is away")
        #expect(await socket.next() == "READY=1\nSTATUS=waiting for the database")
        #expect(try await get(address, "healthz").status == 200)
        #expect(try await get(address, "readyz") == (503, "waiting for the database\n"))
        #expect(await daemon.stop().code == 0)
    }

    @Test func `a check of an unreachable database ends with 69, and wrong settings with 65`() async throws {
        let away = await (try DaemonProcess("nowhere", ["--check"], environment: ["PGHOST": "/nonexistent"])).end()
        #expect(away.code == 69)
        let wrong = await (try DaemonProcess("nowhere", ["--check"], environment: ["LTC_HTTP_PORT": "http"])).end()
        #expect(wrong.code == 65 && wrong.log.contains("environment variable LTC_HTTP_PORT"))
        let usage = await (try DaemonProcess("nowhere", ["--as-of", "soon"])).end()
        #expect(usage.code == 2)
        let help = await (try DaemonProcess("nowhere", ["--help"])).end()
        #expect(help.code == 0)
    }

    @Test func `all its connections cut, it goes on working`() async throws {
        try await TestDatabase.with { database in
            let sink = try await MailSink()
            let daemon = try DaemonProcess(database.name, environment: DaemonProcess.settings(for: sink))
            try await daemon.line(with: "ltcd works")
            try await database.pool.transaction { db in
                try db.script(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name LIKE 'ltcd%';
                    """)
            }
            try await Letters(database).post(3)
            for _ in 0..<3 { try await daemon.line(with: "message tried") }
            #expect(await daemon.stop().code == 0)
            #expect(try sink.mails().count == 3)
        }
    }

    @Test func `killed again and again while it sends, it loses no mail and doubles none but the one in the air`()
        async throws
    {
        try await TestDatabase.with { database in
            let sink = try await MailSink("--delay", "0.01")
            let letters = Letters(database)
            try await letters.post(60)
            var inTheAir: Set<String> = []
            for _ in 0..<3 {
                let daemon = try DaemonProcess(database.name, environment: DaemonProcess.settings(for: sink))
                for _ in 0..<8 { try await daemon.line(with: "outcome=accepted") }
                await daemon.kill()
                inTheAir.formUnion(try await letters.messageIDs(where: "state = 'sending'"))
            }
            let daemon = try DaemonProcess(database.name, environment: DaemonProcess.settings(for: sink))
            while try await !letters.messageIDs(where: "state <> 'accepted'").isEmpty {
                try await daemon.line(with: "outcome=accepted")
            }
            #expect(await daemon.stop().code == 0)
            let sent = try sink.mails().map { mail in
                try #require(mail.firstMatch(of: /Message-ID: <(.*)>\r\n/).map { String($0.output.1) })
            }
            #expect(Set(sent) == Set(try await letters.messageIDs(where: "true")))
            let doubled = Dictionary(grouping: sent) { $0 }.filter { $0.value.count > 1 }.keys
            #expect(inTheAir.isSuperset(of: doubled))
        }
    }
}

/// Messages of one team to post office boxes that do not exist.
struct Letters {
    private let database: TestDatabase

    init(_ database: TestDatabase) { self.database = database }

    func post(_ count: Int) async throws {
        try await database.pool.transaction { db in
            try db.script(
                "INSERT INTO ltc.teams (code, name, kind, zone, hours) VALUES ('s', 'Sales', 'sales', 'UTC', '{}')")
            try Outbox.post(
                (1...count).map { number in
                    OutgoingMessage(
                        kind: .reminder, team: 1, subjectKind: "lead", subjectID: number,
                        recipient: "box\(number)@company.example", subject: "Follow up \(number)",
                        body: "Please call.\n")
                }, in: db)
        }
    }

    /// - Parameter condition: SQL on `ltc.messages`.
    func messageIDs(where condition: String) async throws -> [String] {
        try await database.pool.transaction { db in
            var text = ""
            try db.copyOut("COPY (SELECT message_id FROM ltc.messages WHERE \(condition)) TO STDOUT") {
                text += String(decoding: $0, as: UTF8.self)
            }
            return text.split(separator: "\n").map(String.init)
        }
    }
}
