import Postgres
import Testing

@Suite struct PoolTests {
    @Test func `no more connections are open than the limit, and all are served`() async throws {
        let pool = Pool(settings, limit: 3, logger: quiet)
        let pids = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<30 {
                group.addTask { try await pool.transaction { try $0.one(BackendID()) } }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(pids.count <= 3)
        #expect(pool.statistics.open <= 3)
        #expect(pool.statistics.idle == pool.statistics.open)
        #expect(pool.statistics.borrowedTotal == 30)
        await pool.close()
        #expect(pool.statistics.open == 0)
    }

    @Test func `who waits longer than the deadline is refused, and the connection is not lost`() async throws {
        let pool = Pool(settings, limit: 1, waitDeadline: .milliseconds(30), logger: quiet)
        try await pool.withConnection { _ in
            #expect(await failure { try await pool.transaction { _ in } } == .timeout)
            #expect(pool.statistics.waiting == 0)
        }
        #expect(try await pool.transaction { try $0.one(Count(last: 1)) } == 1)
    }

    @Test func `a waiter that is cancelled leaves the line`() async throws {
        let pool = Pool(settings, limit: 1, logger: quiet)
        try await pool.withConnection { _ in
            let waiter = Task { await failure { try await pool.transaction { _ in } } }
            while pool.statistics.waiting == 0 { await Task.yield() }
            waiter.cancel()
            #expect(await waiter.value == .cancelled)
            #expect(pool.statistics.waiting == 0)
        }
        #expect(try await pool.transaction { try $0.one(Count(last: 1)) } == 1)
    }

    @Test func `waiters are served in the order of their coming`() async throws {
        let pool = Pool(settings, limit: 1, logger: quiet)
        let (served, continuation) = AsyncStream<Int>.makeStream()
        let waiters = try await pool.withConnection { _ in
            var waiters: [Task<Void, any Error>] = []
            for number in 0..<5 {
                waiters.append(Task { try await pool.withConnection { _ in _ = continuation.yield(number) } })
                while pool.statistics.waiting <= number { await Task.yield() }
            }
            return waiters
        }
        for waiter in waiters { try await waiter.value }
        continuation.finish()
        #expect(await served.reduce(into: []) { $0.append($1) } == [0, 1, 2, 3, 4])
        #expect(pool.statistics.waitTime > .zero)
    }

    @Test func `closing refuses those who wait and lets those finish who work`() async throws {
        let pool = Pool(settings, limit: 1, logger: quiet)
        let (closing, waiting) = try await pool.withConnection { connection in
            let waiting = Task { await failure { try await pool.transaction { _ in } } }
            while pool.statistics.waiting == 0 { await Task.yield() }
            let closing = Task { await pool.close() }
            #expect(await waiting.value == .usage)
            let served = try await connection.transaction { try $0.one(Count(last: 1)) }
            #expect(served == 1)
            return (closing, waiting)
        }
        await closing.value
        _ = await waiting.value
        #expect(pool.statistics.open == 0)
        #expect(await failure { try await pool.transaction { _ in } } == .usage)
    }

    @Test func `connections that died while idle cost nothing to the next transactions`() async throws {
        let pool = Pool(settings, limit: 2, logger: quiet)
        let killer = try await Connection.open(settings, logger: quiet)
        let pid = try await pool.transaction { try $0.one(BackendID()) }
        #expect(try await killer.transaction { try $0.one(Terminate(pid: pid)) })
        #expect(try await pool.transaction { try $0.one(BackendID()) } != pid)
        #expect(pool.statistics.open == 1)
    }
}
