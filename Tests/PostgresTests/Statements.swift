import Foundation
import Logging
import Postgres

/// Statements as `sql/queries/` would declare them, for the tests of this module.
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

/// The server that the libpq environment names.
let settings = ConnectionSettings()
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
