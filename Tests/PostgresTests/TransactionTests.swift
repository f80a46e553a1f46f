import Postgres
import Testing

@Suite struct TransactionTests {
    @Test func `a statement's rows come back in order`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let numbers = try await connection.transaction { try $0.run(Count(last: 5)) }
        #expect(numbers == [1, 2, 3, 4, 5])
    }

    @Test func `a dry run leaves nothing behind`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let first = try await connection.transaction(TransactionOptions(rollsBack: true)) { connection in
            try connection.script("CREATE TABLE dry_run (n int)")
            return try connection.one(BackendID())
        }
        #expect(first > 0)
        await #expect(throws: DatabaseError.self) {
            try await connection.transaction { try $0.script("SELECT * FROM dry_run") }
        }
    }
}
