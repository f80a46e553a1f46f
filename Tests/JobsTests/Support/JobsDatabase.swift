import Jobs
import Logging
import Postgres
import TestSupport

/// A database of a test's own, with a table in which handlers leave their marks.
struct JobsDatabase {
    let name: String
    let settings: ConnectionSettings
    /// For LISTEN; nil where there is no way for it.
    let listening: ConnectionSettings?
    let pool: Pool
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func with(_ body: (JobsDatabase) async throws -> Void) async throws {
        try await TestDatabase.with(limit: 12) { database in
            let jobs = JobsDatabase(
                name: database.name, settings: database.settings, listening: database.listening, pool: database.pool)
            try await jobs.run("CREATE TABLE marks (job bigint NOT NULL, attempt integer NOT NULL)")
            try await body(jobs)
        }
    }

    func engine(_ handlers: Handler..., change: (inout EngineOptions) -> Void = { _ in }) -> Engine {
        var options = EngineOptions()
        change(&options)
        return Engine(pool: pool, listening: listening, handlers: handlers, options: options, logger: Self.logger)
    }

    @discardableResult
    func enqueue(_ jobs: NewJob...) async throws -> [Int?] { try await enqueue(jobs) }

    @discardableResult
    func enqueue(_ jobs: [NewJob]) async throws -> [Int?] {
        try await pool.transaction { try JobQueue.enqueue(jobs, in: $0).map(\.newID) }
    }

    func run(_ sql: String) async throws { try await pool.transaction { try $0.script(sql) } }

    /// The states of all jobs, unfinished and finished, each with how many.
    func states() async throws -> [String: Int] {
        Dictionary(uniqueKeysWithValues: try await pool.transaction { try $0.run(States()) }.map { ($0.0, $0.1) })
    }

    func marks() async throws -> (count: Int, distinct: Int) {
        try await pool.transaction { try $0.one(Marks()) }
    }

    /// Asks again and again until the answer is right; the test's time limit ends a wait in vain.
    func until(_ isRight: (JobsDatabase) async throws -> Bool) async throws {
        while try await !isRight(self) { try Task.checkCancellation() }
    }
}

/// A handler's effect: one row.
struct Mark: Query {
    typealias Row = Void
    static let statement = Statement(
        name: "test.mark", text: "INSERT INTO marks SELECT * FROM unnest($1::bigint[], $2::integer[])",
        parameters: [Column("jobs", .bigintArray), Column("attempts", .integerArray)])
    let jobs: [Job]
    init(_ jobs: [Job]) { self.jobs = jobs }
    func bind(to parameters: inout Parameters) {
        parameters.append(jobs.map(\.id), as: .bigintArray)
        parameters.append(jobs.map(\.attempt), as: .integerArray)
    }
    static func decode(_ row: borrowing ResultRow) {}
}

private struct Marks: Query {
    static let statement = Statement(
        name: "test.marks", text: "SELECT count(*), count(DISTINCT job) FROM marks",
        columns: [Column("count", .bigint), Column("distinct", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> (count: Int, distinct: Int) {
        (try row.value(at: 0, as: .bigint), try row.value(at: 1, as: .bigint))
    }
}

private struct States: Query {
    static let statement = Statement(
        name: "test.states",
        text: """
            SELECT state, count(*) FROM (SELECT state FROM ltc_jobs.jobs UNION ALL SELECT state FROM ltc_jobs.log) AS s
            GROUP BY state
            """,
        columns: [Column("state", .text), Column("count", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> (String, Int) {
        (try row.value(at: 0, as: .text), try row.value(at: 1, as: .bigint))
    }
}

extension LeasedContext {
    /// Completes with a mark.
    func mark(_ job: Job) async throws {
        try await complete { _ = try $0.execute(Mark([job])) }
    }
}
