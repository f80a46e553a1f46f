import Logging
import Postgres
import Synchronization

extension Engine {
    /// One of the workers of batched jobs.
    func batchedLane(on connection: Connection) async {
        var failures = 0
        while !isDraining {
            let heard = batchBell.rings
            do {
                let (claimed, turn) = try await workBatch(heard: heard, on: connection)
                if claimed == 0 { await batchBell.wait(past: heard, atMost: turn.patience) }
                failures = 0
            } catch {
                failures += 1
                await pause(after: error, "batched jobs", failures: failures)
            }
        }
    }

    /// Claims, works and completes one batch of the lane whose turn it is.
    ///
    /// - Parameter heard: how often the bell had rung before.
    /// - Returns: how many jobs it claimed and, if none, why.
    func workBatch(heard: Int, on connection: Connection) async throws -> (claimed: Int, turn: Turn) {
        let start = ContinuousClock.now
        let worker = worker
        let outcome = try await connection.transaction(.init(hasFixedPlans: true)) { db in
            try self.workBatch(worker, heard: heard, in: db)
        }
        switch outcome {
        case .nothing(let turn): return (0, turn)
        case .unannounced(let kind):
            // Known before anything of it is worked: if this process dies, the others see what may have killed it.
            let announcement = JobsWorkersSQL.AnnounceBatched(id: worker, kind: kind)
            _ = try await connection.transaction { try $0.execute(announcement) }
            _ = state.withLock { $0.announced.insert(kind) }
            return try await workBatch(heard: heard, on: connection)
        case .worked(let kind, let counts, let admits):
            count(counts)
            if admits { lookAgain() }
            // What failed or was put off waits for its time.
            if counts.completed + counts.discarded < counts.claimed { timeBell.ring() }
            EngineMetrics.record(counts, kind: kind, lane: "batched", duration: ContinuousClock.now - start)
            return (counts.claimed, .nothing)
        }
    }

    private enum BatchOutcome: Sendable {
        case nothing(Turn)
        case unannounced(kind: String)
        case worked(kind: String, RunCounts, admits: Bool)
    }

    private func workBatch(_ worker: Int, heard: Int, in db: isolated Connection) throws -> BatchOutcome {
        let announced = state.withLock { $0.announced }
        var hasLooked = false
        while true {
            let turn = try turn(heard: heard, hasLooked: &hasLooked, in: db) {
                !$0.isSolo && reader(of: $0)?.isBatched == true
            }
            guard case .claim(let claim) = turn else { return .nothing(turn) }
            guard let handler = handlers[claim.lane.kind], case .batched(let work) = handler.lane else { continue }
            guard announced.contains(handler.kind) else { return .unannounced(kind: handler.kind) }
            let maximum = try allowed(options.batchSize, of: claim.lane, in: db)
            if maximum == 0 { continue }
            let jobs = try db.run(
                JobsSQL.ClaimBatch(
                    slot: claim.slot, queue: claim.lane.queue, kind: claim.lane.kind, version: claim.lane.version,
                    team: claim.lane.team, rank: claim.rank, id: claim.id, until: claim.until, maximum: maximum,
                    worker: worker)
            ).map { Job($0, in: claim.lane) }
            let isShort = jobs.count < maximum
            state.withLock { $0.lanes.record(claim, last: jobs.last, isShort: isShort, heard: heard) }
            if jobs.isEmpty { continue }
            // There may be more than one worker can do.
            if !isShort { batchBell.callAnother() }
            EngineMetrics.record(waitsOf: jobs, lane: "batched")
            try spend(jobs.count, of: claim.lane, in: db)
            var batch = Batch(handler: handler, work: work)
            try batch.attempt(jobs[...], in: db)
            let counts = try batch.finish(in: db)
            return .worked(kind: handler.kind, counts, admits: KeyRelease(jobs, .finished).admits)
        }
    }
}

/// Claimed jobs on their way through one transaction.
private struct Batch {
    let handler: Handler
    let work: Handler.BatchedWork
    private var done: [Job] = []
    private var failed: [(job: Job, error: any Error)] = []

    init(handler: Handler, work: @escaping Handler.BatchedWork) {
        self.handler = handler
        self.work = work
    }

    /// Works the jobs together; if that fails, each half by itself, down to the guilty ones.
    ///
    /// - Throws: errors for which no job is to blame: the transaction ends, and nothing has happened.
    mutating func attempt(_ jobs: ArraySlice<Job>, in db: isolated Connection) throws {
        // The work's own statements are planned as anywhere else.
        db.later(TransactionOptions.planAsUsual + ["SAVEPOINT work"])
        do {
            try work(db, jobs.map(handler.reading))
            done += jobs
            return
        } catch  where !isOfTheDatabase(error) {
            try db.script("ROLLBACK TO SAVEPOINT work")
            if jobs.count == 1 {
                failed.append((jobs[jobs.startIndex], error))
            } else {
                let middle = jobs.startIndex + jobs.count / 2
                try attempt(jobs[..<middle], in: db)
                try attempt(jobs[middle...], in: db)
            }
        }
    }

    /// Writes what has become of each job.
    func finish(in db: isolated Connection) throws -> RunCounts {
        var counts = RunCounts()
        counts.claimed = done.count + failed.count
        counts.completed = done.count
        for (job, _) in failed { try db.execute(JobsSQL.TakeBack(id: job.id)) }
        try KeyRelease(failed.map(\.job), .claimed).write(in: db)
        for (job, error) in failed {
            try Verdict(error, job, handler.backoff).write(of: job, counts: &counts, in: db)
        }
        try KeyRelease(done, .finished).write(in: db)
        return counts
    }
}

/// Whether the database is in trouble, or another transaction in the way, rather than a job at fault.
private func isOfTheDatabase(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    switch error.kind {
    case .unreachable, .cancelled, .connectionLost, .unknownOutcome: return true
    default: break
    }
    // Connection exceptions, rollbacks to be retried, resources, operator's interventions (but a statement timeout).
    guard let state = error.sqlState, state != "57014" else { return false }
    return state == "26000" || ["08", "40", "53", "57", "58"].contains(state.prefix(2))
}
