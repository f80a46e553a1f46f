import Foundation
import Postgres
import Testing

@Suite struct ValueTests {
    @Test func `every value comes back from the server as it went`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        var random = SeededGenerator(state: 20_260_101)
        let samples = [Sample.smallest, .largest, .plain] + (0..<500).map { _ in Sample.random(&random) }
        try await connection.transaction { connection in
            for sample in samples {
                let echo = try connection.one(Echo(sample: sample))
                #expect(echo == sample)
            }
        }
    }

    @Test(arguments: [
        ("0", "0"), ("1", "1"), ("-1", "-1"), ("10000", "10000"), ("0.0001", "0.0001"), ("-12345678.9", "-12345678.9"),
        ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
        ("0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"),
        ("1e30", "1000000000000000000000000000000"), ("123.4500", "123.45"),
    ])
    func `the server reads a Decimal as the number that it is`(written: String, read: String) async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let decimal = try #require(Decimal(string: written))
        let seen = try await connection.transaction { try $0.one(NumericText(value: decimal)) }
        #expect(seen == read)
    }

    @Test func `the server reads a Date as the instant that it is`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let instant = Date(timeIntervalSince1970: 951_782_399.123456)
        let seen = try await connection.transaction { try $0.one(InstantText(value: instant)) }
        #expect(seen == "2000-02-28 23:59:59.123456")
    }

    @Test(arguments: [
        "'infinity'::timestamptz, 0", "now(), 'NaN'", "now(), 'infinity'", "now(), 1e200", "NULL, 0",
        "now(), 123456789012345678901234567890123456789012",
    ])
    func `what a Swift value cannot hold is refused by name`(row: String) async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        try await connection.exclusively {
            try $0.script(
                "CREATE TEMP TABLE strange (at timestamptz, amount numeric); INSERT INTO strange VALUES (\(row))")
        }
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.exclusively { try $0.run(Strange()) }
        }
        #expect(error?.kind == .decoding)
        #expect(error?.statement == "test.strange")
        #expect(error?.column == (row.hasPrefix("now()") ? "amount" : "at"))
    }

    @Test func `a number too large for its type is refused before it is sent`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        var sample = Sample.plain
        sample.small = 40_000
        let tooLarge = sample
        let kind = await failure { try await connection.transaction { try $0.run(Echo(sample: tooLarge)) } }
        #expect(kind == .usage)
    }

    @Test func `a column of another type than declared is refused, not misread`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.transaction { try $0.run(WrongType()) }
        }
        #expect(error?.description == "test.wrong_type: column n is declared bigint and came as integer")
    }

    @Test func `an enum is read as text, by its value and by its description`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let (value, described) = try await connection.transaction(TransactionOptions(rollsBack: true)) { connection in
            try connection.script("CREATE TYPE mood AS ENUM ('calm', 'glad')")
            return (try connection.one(Mood()), try connection.describe(Mood.statement).columns.map(\.type))
        }
        #expect(value == "glad")
        #expect(described == [.text])
    }

    @Test func `what the server infers of a statement can be compared with its header`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let (parameters, names, types) = try await connection.transaction { connection in
            let seen = try connection.describe(
                Statement(name: "x", text: "SELECT $1::bigint + 1 AS next, $2::text[] AS tags"))
            return (seen.parameters, seen.columns.map(\.name), seen.columns.map(\.type))
        }
        #expect(parameters == [.bigint, .textArray])
        #expect(names == ["next", "tags"])
        #expect(types == [.bigint, .textArray])
    }
}

private struct NumericText: Query {
    static let statement = Statement(
        name: "test.numeric", text: "SELECT $1::text", parameters: [Column("value", .numeric)],
        columns: [Column("t", .text)])
    var value: Decimal
    func bind(to parameters: inout Parameters) { parameters.append(value, as: .numeric) }
    static func decode(_ row: borrowing ResultRow) throws -> String { try row.value(at: 0, as: .text) }
}

private struct InstantText: Query {
    static let statement = Statement(
        name: "test.instant", text: "SELECT ($1 AT TIME ZONE 'UTC')::text", parameters: [Column("value", .timestamptz)],
        columns: [Column("t", .text)])
    var value: Date
    func bind(to parameters: inout Parameters) { parameters.append(value, as: .timestamptz) }
    static func decode(_ row: borrowing ResultRow) throws -> String { try row.value(at: 0, as: .text) }
}

private struct Strange: Query {
    struct Row { var at: Date, amount: Decimal }
    static let statement = Statement(
        name: "test.strange", text: "SELECT at, amount FROM strange",
        columns: [Column("at", .timestamptz), Column("amount", .numeric)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Row {
        try Row(at: row.value(at: 0, as: .timestamptz), amount: row.value(at: 1, as: .numeric))
    }
}

private struct WrongType: Query {
    static let statement = Statement(
        name: "test.wrong_type", text: "SELECT 1::integer AS n", columns: [Column("n", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}

private struct Mood: Query {
    static let statement = Statement(
        name: "test.mood", text: "SELECT 'glad'::mood AS mood", columns: [Column("mood", .text)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> String { try row.value(at: 0, as: .text) }
}
