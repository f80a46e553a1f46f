import Postgres
import TestSupport
import Testing

/// `ltcd` and `ltc` as they are set up behind PgBouncer in transaction mode.
@Suite(.timeLimit(.minutes(10))) struct PoolerTests {
    private func environment(_ database: TestDatabase, _ sink: MailSink) -> [String: String] {
        DaemonProcess.settings(for: sink).merging([
            "LTC_DATABASE_CONNINFO": database.settings.conninfo, "LTC_DATABASE_PREPARED_STATEMENTS": "false",
            "LTC_DATABASE_LISTEN_CONNINFO": database.listening?.conninfo ?? "none",
        ]) { $1 }
    }

    @Test(arguments: [Route.pooled, .pooledAndListening])
    func `the daemon works and sends`(route: Route) async throws {
        try await Route.$current.withValue(route) {
            try await TestDatabase.with { database in
                let sink = try await MailSink()
                let daemon = try DaemonProcess("nowhere", environment: environment(database, sink))
                try await daemon.line(with: "ltcd works")
                try await Letters(database).post(12)
                for _ in 0..<12 { try await daemon.line(with: "outcome=accepted") }
                let (code, log) = await daemon.stop()
                #expect(code == 0)
                #expect(!log.contains(" error "), "\(log)")
                #expect(try sink.mails().count == 12)
            }
        }
    }

    @Test func `a command needs not be told of it`() async throws {
        try await Route.$current.withValue(.pooled) {
            try await TestDatabase.with { database in
                try await Letters(database).post(1)
                let command = try ChildProcess(
                    product("ltc"), ["message", "list", "--database", database.settings.conninfo])
                var output = ""
                while case let more = await command.nextOutput(), !more.isEmpty { output += more }
                #expect(await command.exit() == 0)
                #expect(output.contains("box1@company.example"), "\(output)")
            }
        }
    }
}
