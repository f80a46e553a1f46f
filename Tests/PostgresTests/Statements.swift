import Foundation
import Logging
import Postgres

// Statements as `sql/queries/` declares them, for the tests of this module.

struct Count: Query {
    static let statement = Statement(
        name: "test.count", text: "SELECT generate_series(1::bigint, $1)",
        parameters: [Column("last", .bigint)], columns: [Column("n", .bigint)])
    var last: Int
    func bind(to parameters: inout Parameters) { parameters.append(last, as: .bigint) }
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}

struct Sleep: Query {
    static let statement = Statement(
        name: "test.sleep", text: "SELECT pg_sleep($1)", parameters: [Column("seconds", .float8)])
    var seconds: Double
    func bind(to parameters: inout Parameters) { parameters.append(seconds, as: .float8) }
    static func decode(_ row: borrowing ResultRow) {}
}

struct BackendID: Query {
    static let statement = Statement(
        name: "test.backend", text: "SELECT pg_backend_pid()", columns: [Column("pid", .integer)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .integer) }
}

/// Whether a backend is in `pg_sleep`.
struct IsAsleep: Query {
    static let statement = Statement(
        name: "test.is_asleep",
        text: "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep')",
        parameters: [Column("pid", .integer)], columns: [Column("sleeps", .boolean)])
    var pid: Int
    func bind(to parameters: inout Parameters) { parameters.append(pid, as: .integer) }
    static func decode(_ row: borrowing ResultRow) throws -> Bool { try row.value(at: 0, as: .boolean) }
}

/// Ends another connection, as a server that restarts does.
struct Terminate: Query {
    static let statement = Statement(
        name: "test.terminate", text: "SELECT pg_terminate_backend($1, 5000)",
        parameters: [Column("pid", .integer)], columns: [Column("done", .boolean)])
    var pid: Int
    func bind(to parameters: inout Parameters) { parameters.append(pid, as: .integer) }
    static func decode(_ row: borrowing ResultRow) throws -> Bool { try row.value(at: 0, as: .boolean) }
}

/// Whether a table of this name can be seen.
struct TableExists: Query {
    static let statement = Statement(
        name: "test.table_exists", text: "SELECT to_regclass($1) IS NOT NULL",
        parameters: [Column("name", .text)], columns: [Column("exists", .boolean)])
    var name: String
    func bind(to parameters: inout Parameters) { parameters.append(name, as: .text) }
    static func decode(_ row: borrowing ResultRow) throws -> Bool { try row.value(at: 0, as: .boolean) }
}

/// Holds a lock until the transaction ends.
struct Lock: Query {
    static let statement = Statement(
        name: "test.lock", text: "SELECT pg_advisory_xact_lock($1)", parameters: [Column("key", .bigint)])
    var key: Int
    func bind(to parameters: inout Parameters) { parameters.append(key, as: .bigint) }
    static func decode(_ row: borrowing ResultRow) {}
}

struct Notify: Query {
    static let statement = Statement(
        name: "test.notify", text: "SELECT pg_notify($1, $2)",
        parameters: [Column("channel", .text), Column("payload", .text)])
    var channel: String
    var payload: String
    func bind(to parameters: inout Parameters) {
        parameters.append(channel, as: .text)
        parameters.append(payload, as: .text)
    }
    static func decode(_ row: borrowing ResultRow) {}
}

/// A statement that casts text to a number, to see what its errors tell.
struct CastToNumber: Query {
    static let statement = Statement(
        name: "test.cast", text: "SELECT $1::text::bigint", parameters: [Column("text", .text)],
        columns: [Column("n", .bigint)])
    var text: String
    func bind(to parameters: inout Parameters) { parameters.append(text, as: .text) }
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}

/// The server that the libpq environment names.
let settings = ConnectionSettings()
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A name that no other test has.
func unique(_ prefix: String) -> String { prefix + "_" + UUID().uuidString.lowercased().replacing("-", with: "") }

/// The kind of the database error that `body` throws; `nil` when it throws none.
func failure<R>(of body: () async throws -> R) async -> DatabaseError.Kind? {
    do {
        _ = try await body()
        return nil
    } catch {
        return (error as? DatabaseError)?.kind
    }
}

/// Returns when the server shows that this backend sleeps.
func untilItSleeps(_ pid: Int) async throws {
    let observer = try await Connection.open(settings, logger: quiet)
    var sleeps = false
    while !sleeps { sleeps = try await observer.transaction { try $0.one(IsAsleep(pid: pid)) } }
}
