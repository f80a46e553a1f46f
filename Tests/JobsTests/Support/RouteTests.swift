import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct RouteTests {
    @Test(arguments: [
        (Route.direct, Pooling.none, true, "0"), (.strict, .none, false, "5s"), (.pooled, .shared, false, "0"),
        (.pooledAndListening, .shared, true, "0"),
    ])
    func `a route leads where it says`(route: Route, pooling: Pooling, listens: Bool, timeout: String) async throws {
        try await Route.$current.withValue(route) {
            try await TestDatabase.with { database in
                let found = try await database.settings.pooling(logger: JobsDatabase.logger)
                let limit = try await database.pool.transaction { try $0.one(StatementTimeout()) }
                #expect((found, database.listening != nil, limit) == (pooling, listens, timeout))
            }
        }
    }
}

private struct StatementTimeout: Query {
    static let statement = Statement(
        name: "test.statement_timeout", text: "SELECT current_setting('statement_timeout')",
        columns: [Column("timeout", .text)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> String { try row.value(at: 0, as: .text) }
}
