import Foundation
package import Logging
package import Postgres
import Store

/// A database of a test's own on the server of the libpq environment (`deploy/dev test` starts one): migrated, empty,
/// gone afterwards.
package struct TestDatabase: Sendable {
    package let name: String
    /// How it is reached, by `Route.current`.
    package let settings: ConnectionSettings
    /// For LISTEN; nil where there is no way for it.
    package let listening: ConnectionSettings?
    package let pool: Pool

    /// Cloned from a template that is migrated once and kept, under the fingerprint of the migrations, for later runs.
    package static func with<Result: Sendable>(
        limit: Int = 8, isMigrated: Bool = true, _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        await turnstile.enter()
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await fresh(limit: limit, isMigrated: isMigrated, body))
        } catch {
            result = .failure(error)
        }
        await turnstile.leave()
        return try result.get()
    }

    private static let turnstile = Turnstile(places: 8)

    private static func fresh<Result: Sendable>(
        limit: Int, isMigrated: Bool, _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        let server = try await Connection.open(ConnectionSettings(), logger: logger)
        let template = isMigrated ? try await template(on: server) : "template0"
        let name = "ltc_test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
        try await server.script("CREATE DATABASE \(name) TEMPLATE \(template)")
        if Route.current == .strict {
            for timeout in ["statement_timeout", "idle_in_transaction_session_timeout"] {
                try await server.script("ALTER ROLE CURRENT_USER IN DATABASE \(name) SET \(timeout) = '5s'")
            }
        }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(
                try await Route.current.isPooled
                    ? PgBouncer.with { try await reach(name, $0.settings(name), limit: limit, body) }
                    : reach(name, ConnectionSettings("dbname=\(name)"), limit: limit, body))
        } catch {
            result = .failure(error)
        }
        try await server.script("DROP DATABASE \(name) WITH (FORCE)")
        await server.close()
        return try result.get()
    }

    /// One with the same content, as after a restore. Who is connected to this one is sent away, and comes back when asked.
    package func copied<Result: Sendable>(_ body: (TestDatabase) async throws -> Result) async throws -> Result {
        let server = try await Connection.open(ConnectionSettings(), logger: Self.logger)
        let copy = "\(name)_copy"
        try await server.script(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)' AND pid <> pg_backend_pid()"
        )
        try await server.script("CREATE DATABASE \(copy) TEMPLATE \(name)")
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await Self.reach(copy, ConnectionSettings("dbname=\(copy)"), limit: 4, body))
        } catch {
            result = .failure(error)
        }
        try await server.script("DROP DATABASE \(copy) WITH (FORCE)")
        await server.close()
        return try result.get()
    }

    private static func reach<Result: Sendable>(
        _ name: String, _ settings: ConnectionSettings, limit: Int, _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        let database = TestDatabase(
            name: name, settings: settings,
            listening: Route.current.isListening ? ConnectionSettings("dbname=\(name)") : nil,
            pool: Pool(settings, limit: limit, logger: logger))
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(database)) } catch { result = .failure(error) }
        await database.pool.close()
        return try result.get()
    }

    package static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return logger
    }

    private static func template(on server: Connection) async throws -> String {
        let fingerprint = try Migration.embedded().map(\.text).joined().utf8.reduce(
            into: UInt64(14_695_981_039_346_656_037)
        ) {
            $0 = ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        let template = "ltc_template_\(String(fingerprint, radix: 16))"
        // Whoever comes first makes it; the others wait.
        try await server.script("SELECT pg_advisory_lock(7303014)")
        if try await !exists(template, on: server) {
            let draft = "\(template)_draft"
            try await server.script("DROP DATABASE IF EXISTS \(draft) WITH (FORCE)")
            try await server.script("CREATE DATABASE \(draft) TEMPLATE template0 ENCODING 'UTF8'")
            let connection = try await Connection.open(ConnectionSettings("dbname=\(draft)"), logger: logger)
            let migrator = try Migrator(connection)
            try await migrator.bootstrap()
            _ = try await migrator.migrate()
            await connection.close()
            try await server.script("ALTER DATABASE \(draft) RENAME TO \(template)")
        }
        try await server.script("SELECT pg_advisory_unlock(7303014)")
        return template
    }

    private struct Exists: Query {
        static let statement = Statement(
            name: "test.exists", text: "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS found",
            parameters: [Column("name", .text)], columns: [Column("found", .boolean)])
        let name: String
        func bind(to parameters: inout Parameters) { parameters.append(name, as: .text) }
        static func decode(_ row: borrowing ResultRow) throws -> Bool { try row.value(at: 0, as: .boolean) }
    }

    private static func exists(_ name: String, on server: Connection) async throws -> Bool {
        try await server.transaction { db in try db.one(Exists(name: name)) }
    }
}

/// Lets so many databases be in use at a time: each holds connections, of which the server has not many.
private actor Turnstile {
    private var places: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(places: Int) { self.places = places }

    func enter() async {
        guard places == 0 else {
            places -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        places += 1
    }
}
