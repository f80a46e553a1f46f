import Jobs
import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct FailoverTests {
    @Test(arguments: [true, false])
    func `at a promoted standby work goes on, nothing doubled, and lost only what no COMMIT waited for`(
        isAwaited: Bool
    ) async throws {
        let primary = try await PrivateServer.make()
        try await primary.createDatabase("work")
        let standby = try await primary.pairedStandby(isAwaited: isAwaited)
        let settings = ConnectionSettings(primary.conninfo(orOf: standby, "work"))
        let database = JobsDatabase(
            name: "work", settings: settings, listening: settings,
            pool: Pool(settings, limit: 12, logger: JobsDatabase.logger))
        try await database.run("CREATE TABLE marks (job bigint NOT NULL, attempt integer NOT NULL)")
        let engine = database.engine(
            .batched("b") { db, jobs in try db.execute(Mark(jobs)) },
            .leased("l", timeout: .seconds(30), lease: .seconds(2)) { job, context in try await context.mark(job) }
        ) { options in
            options.batchSize = 20
            options.heartbeat = .milliseconds(500)
        }
        let (acknowledged, busy, promoted) = (Order(), Gate(), Gate())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await engine.run() }
            group.addTask {
                // A caller that goes on when the fall is over, for some time.
                var (hasFallen, rest) = (false, 20)
                while rest > 0 {
                    let jobs = (0..<10).map { NewJob(kind: $0 == 0 ? "l" : "b") }
                    do {
                        acknowledged.add(try await database.enqueue(jobs).compactMap { $0 })
                        if hasFallen { rest -= 1 }
                    } catch let error as DatabaseError {
                        // Refused, or of unknown outcome: nothing was promised.
                        #expect([.unreachable, .connectionLost, .unknownOutcome].contains(error.kind), "\(error)")
                        if !hasFallen { await promoted.wait() }
                        hasFallen = true
                    }
                    if acknowledged.all.count >= 300 { busy.open() }
                }
            }
            group.addTask {
                await busy.wait()
                await primary.stop(.immediate)
                try await standby.promote()
                promoted.open()
            }
            try await group.next()
            try await group.next()
            try await database.until { try await $0.states().keys.allSatisfy { $0 == "done" } }
            await engine.drain(within: .seconds(5))
            try await group.waitForAll()
        }
        let marked = try await database.pool.transaction { try $0.run(MarkedJobs()) }
        #expect(Set(marked).count == marked.count)
        if isAwaited { #expect(Set(acknowledged.all).isSubset(of: marked)) }
        await database.pool.close()
        for server in [primary, standby] { try await server.remove() }
    }
}

private struct MarkedJobs: Query {
    static let statement = Statement(
        name: "test.marked_jobs", text: "SELECT job FROM marks", columns: [Column("job", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}
