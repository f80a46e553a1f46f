import Postgres
import Testing

@Suite struct TransactionTests {
    private func table(_ name: String, isThere connection: Connection) async throws -> Bool {
        try await connection.transaction { try $0.one(TableExists(name: name)) }
    }

    @Test func `a statement's rows come back in order`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        #expect(try await connection.transaction { try $0.run(Count(last: 5)) } == [1, 2, 3, 4, 5])
    }

    @Test func `an opening that fails keeps the statement that went out with it from running`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let sequence = unique("drawn")
        try await connection.transaction { try $0.script("CREATE SEQUENCE \(sequence)") }
        // Prepared by the first: from now on they go out together.
        for expected in 1...2 {
            #expect(try await connection.transaction { try $0.one(NextValue(sequence: sequence)) } == expected)
        }
        let kind = await failure {
            try await connection.transaction(TransactionOptions(role: "nobody_is_called_so")) {
                _ = try $0.one(NextValue(sequence: sequence))
            }
        }
        #expect(kind == .server("22023"))
        #expect(try await connection.transaction { try $0.one(NextValue(sequence: sequence)) } == 3)
        try await connection.transaction { try $0.script("DROP SEQUENCE \(sequence)") }
    }

    @Test func `what goes out later goes out with the next statement, or not at all`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        try await connection.transaction { connection in
            connection.later(["SET LOCAL work_mem = '5MB'"])
            let seen = try connection.one(Setting(name: "work_mem"))
            #expect(seen == "5MB")
            connection.later(["SET LOCAL work_mem = '6MB'"])
        }
        #expect(try await connection.transaction { try $0.one(Setting(name: "work_mem")) } != "6MB")
    }

    @Test func `unprepared statements give the same rows and leave nothing on the server`() async throws {
        let settings = ConnectionSettings(preparesStatements: false)
        let connection = try await Connection.open(settings, logger: quiet)
        #expect(try await connection.transaction { try $0.run(Count(last: 3)) } == [1, 2, 3])
        try await connection.transaction { connection in
            var text = ""
            try connection.copyOut("COPY (SELECT count(*) FROM pg_prepared_statements) TO STDOUT") {
                text += String(decoding: $0, as: UTF8.self)
            }
            #expect(text == "0\n")
        }
    }

    @Test func `what a closure did stands when it returns, and only then`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let (kept, undone) = (unique("kept"), unique("undone"))
        try await connection.transaction { try $0.script("CREATE TABLE \(kept) ()") }
        await #expect(throws: CancellationError.self) {
            try await connection.transaction { connection in
                try connection.script("CREATE TABLE \(undone) ()")
                throw CancellationError()
            }
        }
        #expect(try await table(kept, isThere: connection))
        #expect(try await !table(undone, isThere: connection))
        try await connection.transaction { try $0.script("DROP TABLE \(kept)") }
    }

    @Test func `a dry run returns its result and leaves nothing behind`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let name = unique("dry")
        let seen = try await connection.transaction(TransactionOptions(rollsBack: true)) { connection in
            try connection.script("CREATE TABLE \(name) ()")
            return try connection.one(TableExists(name: name))
        }
        #expect(seen)
        #expect(try await !table(name, isThere: connection))
    }

    @Test func `a dry run refuses what a deferred constraint would refuse`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let error = await #expect(throws: DatabaseError.self) {
            try await connection.transaction(TransactionOptions(rollsBack: true)) { connection in
                try connection.script(
                    """
                    CREATE TEMP TABLE parents (id int PRIMARY KEY) ON COMMIT DROP;
                    CREATE TEMP TABLE children (id int REFERENCES parents DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP;
                    INSERT INTO children VALUES (1)
                    """)
            }
        }
        #expect(error?.sqlState == "23503")
    }

    @Test func `a closure that swallows an error does not commit`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let kind = await failure {
            try await connection.transaction { connection in
                do { try connection.script("SELECT 1/0") } catch {}
            }
        }
        #expect(kind == .usage)
        #expect(try await connection.transaction { try $0.run(Count(last: 1)) } == [1])
    }

    @Test func `options reach the server`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let role = unique("role")
        try await connection.transaction { try $0.script("CREATE ROLE \(role)") }
        let options = TransactionOptions(
            isolation: .serializable, readOnly: true, lockTimeout: .milliseconds(1500), role: role)
        let seen = try await connection.transaction(options) { connection in
            var text = ""
            let settings = ["transaction_isolation", "transaction_read_only", "lock_timeout", "role"]
            for name in settings {
                try connection.copyOut("COPY (SELECT current_setting('\(name)')) TO STDOUT") {
                    text += String(decoding: $0, as: UTF8.self)
                }
            }
            return text
        }
        #expect(seen == "serializable\non\n1500ms\n\(role)\n")
        try await connection.transaction { try $0.script("DROP ROLE \(role)") }
    }

    @Test func `a lock that is not given in time is refused with its SQLSTATE`() async throws {
        let holder = try await Connection.open(settings, logger: quiet)
        let other = try await Connection.open(settings, logger: quiet)
        let key = Int.random(in: 0 ... .max)
        try await holder.exclusively { try $0.script("SELECT pg_advisory_lock(\(key))") }
        let kind = await failure {
            try await other.transaction(TransactionOptions(lockTimeout: .milliseconds(20))) {
                try $0.execute(Lock(key: key))
            }
        }
        #expect(kind == .server("55P03"))
    }

    @Test func `two transactions that deadlock both succeed in the end`() async throws {
        let keys = [Int.random(in: 0 ... .max), Int.random(in: 0 ... .max)]
        let tries = Counter()
        let bothHold = Meeting(of: 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for order in [keys, keys.reversed()] {
                group.addTask {
                    let connection = try await Connection.open(settings, logger: quiet)
                    try await connection.transaction { connection in
                        tries.count()
                        try connection.execute(Lock(key: order[0]))
                        bothHold.arrive()
                        try connection.execute(Lock(key: order[1]))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(tries.value == 3)
    }

    @Test func `retries end, and the last error is told`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let tries = Counter()
        let kind = await failure {
            try await connection.transaction(TransactionOptions(retries: 2)) { connection in
                tries.count()
                try connection.script("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")
            }
        }
        #expect(kind == .server("40001"))
        #expect(tries.value == 3)
    }

    @Test func `a prepared statement survives a reset and a changed result type`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let prepared = try await connection.transaction { try $0.run(Count(last: 2)) }
        try await connection.exclusively { try $0.script("DISCARD ALL") }
        #expect(try await connection.transaction { try $0.run(Count(last: 2)) } == prepared)

        try await connection.exclusively {
            try $0.script("CREATE TEMP TABLE shapes (a bigint); INSERT INTO shapes VALUES (7)")
        }
        #expect(try await connection.transaction { try $0.run(Shapes()) } == [7])
        try await connection.exclusively {
            try $0.script(
                "ALTER TABLE shapes ADD b text; ALTER TABLE shapes DROP b, DROP a, ADD c bigint DEFAULT 8, ADD d int")
        }
        try await connection.exclusively { try $0.script("ALTER TABLE shapes DROP d, ADD a bigint DEFAULT 9, DROP c") }
        #expect(try await connection.transaction { try $0.run(Shapes()) } == [9])
    }
}

private struct Shapes: Query {
    static let statement = Statement(name: "test.shapes", text: "SELECT * FROM shapes", columns: [Column("a", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}

private struct NextValue: Query {
    static let statement = Statement(
        name: "test.next_value", text: "SELECT nextval($1::text::regclass)", parameters: [Column("sequence", .text)],
        columns: [Column("n", .bigint)])
    let sequence: String
    func bind(to parameters: inout Parameters) { parameters.append(sequence, as: .text) }
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}

private struct Setting: Query {
    static let statement = Statement(
        name: "test.setting", text: "SELECT current_setting($1)", parameters: [Column("name", .text)],
        columns: [Column("value", .text)])
    let name: String
    func bind(to parameters: inout Parameters) { parameters.append(name, as: .text) }
    static func decode(_ row: borrowing ResultRow) throws -> String { try row.value(at: 0, as: .text) }
}
