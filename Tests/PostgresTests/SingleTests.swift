import Postgres
import Testing

@Suite struct SingleTests {
    @Test func `a statement by itself commits, and leaves no transaction behind`() async throws {
        let pool = Pool(settings, limit: 1, logger: quiet)
        let table = unique("single")
        try await pool.transaction { try $0.script("CREATE TABLE \(table) AS SELECT 1 AS n") }
        #expect(try await pool.single(Count(last: 3)) == [1, 2, 3])
        #expect(await failure { try await pool.single(CastToNumber(text: "one")) } != nil)
        #expect(try await pool.single(TableExists(name: table)) == [true])
        try await pool.transaction { try $0.script("DROP TABLE \(table)") }
        await pool.close()
    }

    @Test func `a connection that died while idle costs nothing to a statement by itself`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let killer = try await Connection.open(settings, logger: quiet)
        let pid = try await connection.single(BackendID())[0]
        #expect(try await killer.transaction { try $0.one(Terminate(pid: pid)) })
        #expect(try await connection.single(BackendID())[0] != pid)
    }

    @Test func `a statement by itself whose answer is lost is of unknown outcome`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let killer = try await Connection.open(settings, logger: quiet)
        let pid = try await connection.single(BackendID())[0]
        async let victim = failure { try await connection.single(Sleep(seconds: 60)) }
        try await untilItSleeps(pid)
        #expect(try await killer.transaction { try $0.one(Terminate(pid: pid)) })
        #expect(await victim == .unknownOutcome)
    }
}
