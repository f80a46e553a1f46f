import Jobs
import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct JobsSchemaTests {
    @Test func `the engine works in a database that holds its own schema and nothing else`() async throws {
        try await TestDatabase.with(limit: 6, isMigrated: false) { database in
            for step in JobsSchema.steps { try await database.pool.transaction { try $0.script(step.sql) } }
            let engine = Engine(
                pool: database.pool, listening: database.listening, handlers: [.batched("k") { _, _ in }],
                logger: JobsDatabase.logger)
            _ = try await JobQueue.enqueue(
                [NewJob(kind: "k"), NewJob(kind: "k", key: .ordered("line"))], on: database.pool)
            let counts = try await engine.runUntilIdle()
            #expect(counts.completed == 2)
            let schemas = try await database.pool.transaction { try $0.run(Schemas()) }
            #expect(schemas == ["ltc_jobs", "public"])
        }
    }
}

private struct Schemas: Query {
    static let statement = Statement(
        name: "test.schemas",
        text: "SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$' ORDER BY 1",
        columns: [Column("schema", .text)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> String { try row.value(at: 0, as: .text) }
}
