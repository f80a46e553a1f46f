import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct PrivateServerTests {
    @Test func `a private server keeps through a crash what was committed, and its standby takes over`() async throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "it's a \"place\" \(UUID().uuidString)")
        let server = try await PrivateServer.make(in: place, settings: ["wal_level": "replica"])
        try await run("CREATE TABLE kept (id integer); INSERT INTO kept VALUES (1)", on: server)
        try await server.restart(.immediate)
        try await run("INSERT INTO kept VALUES (2)", on: server)
        let standby = try await server.standby()
        await server.stop(.immediate)
        #expect(!server.isRunning && standby.isRunning)
        try await standby.promote()
        try await run("INSERT INTO kept SELECT 3 / (count(*) = 2)::integer FROM kept", on: standby)
        for one in [server, standby] { try await one.remove() }
        #expect(!FileManager.default.fileExists(atPath: place.path))
    }

    @Test func `a private server asks for its password on loopback`() async throws {
        let server = try await PrivateServer.make()
        let settings = ConnectionSettings(server.conninfo(throughPort: server.port))
        await (try Connection.open(settings, logger: TestDatabase.logger)).close()
        var wrong = settings
        wrong.conninfo.replace(server.password, with: "guessed")
        await #expect(throws: DatabaseError.self) { try await Connection.open(wrong, logger: TestDatabase.logger) }
        try await server.remove()
    }

    private func run(_ sql: String, on server: PrivateServer) async throws {
        let connection = try await Connection.open(ConnectionSettings(server.conninfo()), logger: TestDatabase.logger)
        try await connection.exclusively { try $0.script(sql) }
        await connection.close()
    }
}
