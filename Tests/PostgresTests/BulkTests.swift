import Postgres
import Testing

@Suite struct BulkTests {
    private static let staging = "CREATE TEMP TABLE staged (line integer, words text) ON COMMIT DROP"

    @Test func `a hundred thousand rows go in by COPY and come out through a cursor`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let (copied, sum, batches) = try await connection.transaction { connection in
            try connection.script(Self.staging)
            let rows = (1...100_000).lazy.map { StagedLine(line: $0, words: $0 % 3 == 0 ? nil : "line \($0)") }
            let copied = try connection.copy(rows)
            var (sum, batches) = (0, 0)
            try connection.stream(StagedLines(after: 0), batch: 30_000) { rows in
                batches += 1
                for row in rows {
                    #expect(row.words == (row.line % 3 == 0 ? nil : "line \(row.line)"))
                    sum += row.line
                }
            }
            return (copied, sum, batches)
        }
        #expect(copied == 100_000)
        #expect(sum == 5_000_050_000)
        #expect(batches == 4)
    }

    @Test func `streams nest, and a stream's rows can be copied back while it runs`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let count = try await connection.transaction { connection in
            try connection.script(Self.staging)
            try connection.copy((1...10).map { StagedLine(line: $0) })
            var count = 0
            try connection.stream(StagedLines(after: 0), batch: 5) { outer in
                try connection.copy(outer.map { StagedLine(line: $0.line + 100) })
                try connection.stream(StagedLines(after: 100), batch: 3) { count += $0.count }
            }
            return count
        }
        #expect(count == 5 + 10)
    }

    @Test func `a value that does not fit stops the COPY, and the connection serves on`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let kind = await failure {
            try await connection.transaction { connection in
                try connection.script(Self.staging)
                try connection.copy((1...50_000).map { StagedLine(line: $0 == 40_000 ? .max : $0) })
            }
        }
        #expect(kind == .usage)
        #expect(try await connection.transaction { try $0.one(Count(last: 1)) } == 1)
    }

    @Test func `a body that throws ends a stream and a COPY out`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        await #expect(throws: CancellationError.self) {
            try await connection.transaction { connection in
                do {
                    try connection.stream(Count(last: 100), batch: 10) { _ in throw CancellationError() }
                } catch is CancellationError {}
                #expect(try connection.one(Count(last: 1)) == 1)
                try connection.copyOut("COPY (SELECT generate_series(1, 1000000)) TO STDOUT") { _ in
                    throw CancellationError()
                }
            }
        }
        #expect(try await connection.transaction { try $0.one(Count(last: 1)) } == 1)
    }

    @Test(arguments: [1, 7, 10, 100]) func `what is stored while the server goes on is stored in order, batch by batch`(
        batch: Int
    ) async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let (stored, answers) = try await connection.transaction { connection in
            try connection.script(Self.staging)
            var read: [Int] = []
            var answers: [Int] = []
            try connection.streamCommitted(Count(last: 10), batch: batch) {
                read += $0
            } write: {
                defer { read = [] }
                // Of some batches there is nothing to store.
                return read.contains { $0 % 3 != 0 } ? StoreLines(lines: read.map { $0 * 2 }) : nil
            } stored: {
                // The connection may be used here.
                let served = try connection.one(Count(last: 1))
                #expect(served == 1)
                answers += $0
            }
            return (try connection.run(StagedLines(after: 0)).map(\.line), answers)
        }
        #expect(stored == (1...10).filter { batch > 1 || $0 % 3 != 0 }.map { $0 * 2 })
        #expect(answers == stored)
    }

    @Test func `a stream of what is committed sees nothing of its own transaction, which stores beside it`()
        async throws
    {
        let connection = try await Connection.open(settings, logger: quiet)
        let tables = Tables(named: "ahead_\(UInt32.random(in: 0...UInt32.max))")
        try await connection.transaction(.init(rollsBack: true)) { connection in
            try connection.script("\(Self.staging); CREATE TABLE \(tables.named) ()")
            let seen = try connection.one(tables)
            var read: [Int] = []
            var stored: [Int] = []
            try connection.streamCommitted(tables) {
                read += $0
            } write: {
                StoreLines(lines: read)
            } stored: {
                stored += $0
            }
            #expect((seen, read, stored) == (1, [0], [0]))
        }
    }

    @Test func `a decision that throws ends the stream, and the transaction goes on`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        for last in [5, 100] {
            try await connection.transaction { connection in
                try connection.script(Self.staging)
                var batches = 0
                #expect(throws: CancellationError.self) {
                    try connection.streamCommitted(Count(last: last), batch: 4) { _ in
                        batches += 1
                        if batches == 2 { throw CancellationError() }
                    } write: {
                        StoreLines(lines: [batches])
                    } stored: { _ in
                    }
                }
                let served = try connection.one(Count(last: 1))
                #expect(served == 1)
            }
        }
    }

    @Test func `rows that cannot be stored end the stream with their own error, and the connection serves on`()
        async throws
    {
        let connection = try await Connection.open(settings, logger: quiet)
        for last in [5, 100] {
            await #expect {
                try await connection.transaction { connection in
                    try connection.script("\(Self.staging); ALTER TABLE staged ADD CHECK (line > 0)")
                    try connection.streamCommitted(Count(last: last), batch: 4) { _ in
                    } write: {
                        StoreLines(lines: [0])
                    } stored: { _ in
                    }
                }
            } throws: {
                ($0 as? DatabaseError)?.sqlState == "23514"
            }
            #expect(try await connection.transaction { try $0.one(Count(last: 1)) } == 1)
        }
    }

    @Test func `a statement that is no COPY is refused where a COPY is meant`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        #expect(await failure { try await connection.transaction { try $0.copyOut("SELECT 1") { _ in } } } == .usage)
        #expect(try await connection.transaction { try $0.one(Count(last: 1)) } == 1)
    }
}

private struct StagedLine: CopyRow {
    static let statement = Statement(
        name: "test.stage", text: "COPY staged (line, words) FROM STDIN (FORMAT binary)",
        parameters: [Column("line", .integer), Column("words", .text)], isCopy: true)
    var line: Int
    var words: String?
    func bind(to parameters: inout Parameters) {
        parameters.append(line, as: .integer)
        parameters.append(words, as: .text)
    }
}

/// How many tables of this name there are.
private struct Tables: Query {
    static let statement = Statement(
        name: "test.tables", text: "SELECT count(*) FROM pg_class WHERE relname = $1",
        parameters: [Column("named", .text)], columns: [Column("tables", .bigint)])
    var named: String
    func bind(to parameters: inout Parameters) { parameters.append(named, as: .text) }
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}

private struct StoreLines: Query {
    static let statement = Statement(
        name: "test.store_lines", text: "INSERT INTO staged (line) SELECT unnest($1) RETURNING line",
        parameters: [Column("lines", .integerArray)], columns: [Column("line", .integer)])
    var lines: [Int]
    func bind(to parameters: inout Parameters) { parameters.append(lines, as: .integerArray) }
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .integer) }
}

private struct StagedLines: Query {
    struct Row { var line: Int, words: String? }
    static let statement = Statement(
        name: "test.staged", text: "SELECT line, words FROM staged WHERE line > $1",
        parameters: [Column("after", .integer)],
        columns: [Column("line", .integer), Column("words", .text)])
    var after: Int
    func bind(to parameters: inout Parameters) { parameters.append(after, as: .integer) }
    static func decode(_ row: borrowing ResultRow) throws -> Row {
        try Row(line: row.value(at: 0, as: .integer), words: row.optional(at: 1, as: .text))
    }
}
