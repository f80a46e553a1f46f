import Postgres
import Testing

@Suite struct InterruptionTests {
    @Test func `a cancelled task's statement ends at once, and the connection serves on`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let pid = try await connection.transaction { try $0.one(BackendID()) }
        let started = ContinuousClock.now
        let sleeper = Task {
            await failure { try await connection.transaction { try $0.execute(Sleep(seconds: 60)) } }
        }
        try await untilItSleeps(pid)
        sleeper.cancel()
        #expect(await sleeper.value == .cancelled)
        #expect(ContinuousClock.now - started < .seconds(10))
        #expect(try await connection.transaction { try $0.one(Count(last: 1)) } == 1)
    }

    @Test func `a passed deadline stops the server, and the connection serves on`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let pid = try await connection.transaction { try $0.one(BackendID()) }
        let options = TransactionOptions(deadline: .milliseconds(50))
        #expect(
            await failure { try await connection.transaction(options) { try $0.execute(Sleep(seconds: 60)) } }
                == .timeout)
        #expect(try await connection.transaction { try $0.one(BackendID()) } == pid)
    }

    @Test func `each statement has its own time`() async throws {
        let settings = ConnectionSettings(statementTimeout: .milliseconds(300))
        let connection = try await Connection.open(settings, logger: quiet)
        #expect(await failure { try await connection.transaction { try $0.execute(Sleep(seconds: 60)) } } == .timeout)
        try await connection.transaction { connection in
            for _ in 0..<3 { try connection.execute(Sleep(seconds: 0.15)) }
        }
    }

    @Test func `a task that is cancelled before it commits does not commit`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let name = unique("never")
        let task = Task {
            await failure {
                try await connection.transaction { connection in
                    try connection.script("CREATE TABLE \(name) ()")
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
        }
        #expect(await task.value == .cancelled)
        #expect(try await !connection.transaction { try $0.one(TableExists(name: name)) })
    }

    @Test func `a COPY is stopped by its task too`() async throws {
        let connection = try await Connection.open(settings, logger: quiet)
        let task = Task {
            await failure {
                try await connection.transaction { connection in
                    try connection.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") { _ in
                        withUnsafeCurrentTask { $0?.cancel() }
                    }
                }
            }
        }
        #expect(await task.value == .cancelled)
        #expect(try await connection.transaction { try $0.one(Count(last: 1)) } == 1)
    }
}
