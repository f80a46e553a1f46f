import Postgres
import TestSupport
import Testing

/// Two servers, one following the other.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ReplicationTests {
    @Test func `an old primary that comes back is passed over, and told from one that is away`() async throws {
        let primary = try await PrivateServer.make()
        let admin = try await Connection.open(ConnectionSettings(primary.conninfo()), logger: quiet)
        try await admin.script("CREATE ROLE ordinary LOGIN")
        await admin.close()
        let standby = try await primary.pairedStandby(isAwaited: false)
        let conninfo = primary.conninfo(orOf: standby) + " user=ordinary"
        let pool = Pool(ConnectionSettings(conninfo), limit: 1, logger: quiet)
        #expect(try await pool.transaction { try $0.one(ServerPort()) } == primary.port)
        await primary.stop(.immediate)
        try await standby.promote()
        #expect(try await pool.transaction { try $0.one(ServerPort()) } == standby.port)
        // Its connection is cut while the old primary, the first in the list, is there again and takes writes.
        try await primary.start()
        await #expect(throws: DatabaseError.self) { try await pool.transaction { try $0.script(Self.suicide) } }
        #expect(try await pool.transaction { try $0.one(ServerPort()) } == standby.port)
        // Whoever else in this process asks for that one alone is refused.
        #expect(
            await failure { _ = try await Connection.open(ConnectionSettings(primary.conninfo()), logger: quiet) }
                == .unreachable)

        await standby.stop(.immediate)
        let error = await #expect(throws: DatabaseError.self) {
            try await pool.transaction { try $0.one(ServerPort()) }
        }
        #expect(error?.kind == .unreachable)
        #expect(error?.message.contains("it writes timeline 1, and timeline 2 was promoted since") == true)
        #expect(error?.message.contains(".\(standby.port)\"") == true)
        await pool.close()
        for server in [primary, standby] { try await server.remove() }
    }

    @Test func `a COMMIT that waits in vain for its standby is of unknown outcome`() async throws {
        let primary = try await PrivateServer.make()
        let standby = try await primary.pairedStandby(isAwaited: true)
        let pool = Pool(ConnectionSettings(primary.conninfo()), limit: 2, logger: quiet)
        try await pool.transaction { try $0.script("CREATE TABLE t (n integer)") }
        await standby.stop(.immediate)
        let options = TransactionOptions(deadline: .milliseconds(300))
        let deadline = await failure {
            try await pool.transaction(options) { try $0.script("INSERT INTO t VALUES (1)") }
        }
        #expect(deadline == .unknownOutcome)
        // The same by another's hand.
        async let cancelled = failure {
            try await pool.transaction { try $0.script("INSERT INTO t VALUES (2)") }
        }
        var waiters = 0
        while waiters == 0 { waiters = try await pool.transaction { try $0.one(CancelsWaiter()) } }
        #expect(await cancelled == .unknownOutcome)
        // On this server both stand; a promotion would have lost them.
        #expect(try await pool.transaction(.init(readOnly: true)) { try $0.one(RowsOfT()) } == 2)
        // When the standby is back, nobody is unsure any more.
        try await standby.start()
        try await pool.transaction { try $0.script("INSERT INTO t VALUES (3)") }
        await pool.close()
        for server in [primary, standby] { try await server.remove() }
    }

    private static let suicide = "SELECT pg_terminate_backend(pg_backend_pid())"
}

private struct ServerPort: Query {
    static let statement = Statement(
        name: "test.port", text: "SELECT current_setting('port')::integer", columns: [Column("port", .integer)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .integer) }
}

/// Cancels the COMMITs that wait for a standby.
private struct CancelsWaiter: Query {
    static let statement = Statement(
        name: "test.cancels_waiter",
        text: """
            SELECT count(*) FROM (
                SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' OFFSET 0) AS c
            """,
        columns: [Column("count", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}

private struct RowsOfT: Query {
    static let statement = Statement(
        name: "test.rows", text: "SELECT count(*) FROM t", columns: [Column("count", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}
