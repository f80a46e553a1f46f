import Logging
import Postgres
import Synchronization
import Testing

@Suite struct ErrorTests {
    @Test func `an error tells the statement, the SQLSTATE and the place`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.transaction { try $0.run(Misspelt()) }
        }
        #expect(error?.kind == .server("42703"))
        #expect(error?.statement == "test.misspelt")
        #expect(error?.position == 8)
        #expect(error?.hint?.contains("pg_class.relname") == true)
        #expect(error?.description.hasPrefix("test.misspelt: column \"relnam\" does not exist (SQLSTATE 42703") == true)
    }

    @Test func `no error shows a parameter's value`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let secret = "Erika \"Mustermann\""
        let cast = await #expect(throws: DatabaseError.self) {
            try await connection.transaction { try $0.run(CastToNumber(text: secret)) }
        }
        #expect(cast?.sqlState == "22P02")
        #expect(cast?.description.contains("Erika") == false)
        #expect(cast?.description.contains("Mustermann") == false)

        let duplicate = await #expect(throws: DatabaseError.self) {
            try await connection.transaction { connection in
                try connection.script(
                    "CREATE TEMP TABLE people (name text CONSTRAINT one_of_a_name UNIQUE) ON COMMIT DROP")
                for _ in 0..<2 { try connection.execute(AddPerson(name: secret)) }
            }
        }
        #expect(duplicate?.kind == .server("23505"))
        #expect(duplicate?.constraint == "one_of_a_name")
        #expect(duplicate?.detail?.contains("Erika") == true)
        #expect(duplicate?.description.contains("Erika") == false)
    }

    @Test func `too few and too many rows are errors`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        try await connection.transaction { connection in
            let none = try connection.first(Count(last: 0))
            #expect(none == nil)
            #expect(throws: DatabaseError.self) { try connection.first(Count(last: 2)) }
            #expect(throws: DatabaseError.self) { try connection.one(Count(last: 0)) }
            #expect(throws: DatabaseError.self) { try connection.one(Count(last: 2)) }
        }
    }

    @Test func `a notice goes to the log at debug`() async throws {
        let log = MemoryLog()
        let connection = try await Connection.open(settings, logger: Logger(label: "test") { _ in log })
        try await connection.transaction { try $0.script("DO $$ BEGIN RAISE NOTICE 'step one is done'; END $$") }
        #expect(log.lines.all.withLock { $0 } == ["debug step one is done"])
    }
}

private struct Misspelt: Query {
    static let statement = Statement(
        name: "test.misspelt", text: "SELECT relnam FROM pg_class", columns: [Column("n", .text)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> String { try row.value(at: 0, as: .text) }
}

private struct AddPerson: Query {
    static let statement = Statement(
        name: "test.add_person", text: "INSERT INTO people VALUES ($1)", parameters: [Column("name", .text)])
    var name: String
    func bind(to parameters: inout Parameters) { parameters.append(name, as: .text) }
    static func decode(_ row: borrowing ResultRow) {}
}

/// Keeps what is logged: level and the notice.
private struct MemoryLog: LogHandler {
    final class Lines: Sendable { let all = Mutex<[String]>([]) }
    let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.trace
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard let notice = event.metadata?["notice"] else { return }
        lines.all.withLock { $0.append("\(event.level) \(notice)") }
    }
}
