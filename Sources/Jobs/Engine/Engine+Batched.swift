import Logging
import Postgres
import Synchronization

extension Engine {
    /// One of the workers of batched jobs.
    func batchedLane() async {
        var failures = 0
        while !isDraining {
            let heard = batchBell.rings
            do {
                if try await workBatch() == 0 { await batchBell.wait(past: heard) }
                failures = 0
            } catch {
                failures += 1
                await pause(after: error, "batched jobs", failures: failures)
            }
        }
    }

    /// Claims, works and completes one batch of the lane whose head has waited longest.
    ///
    /// - Returns: how many jobs it claimed.
    func workBatch() async throws -> Int {
        let start = ContinuousClock.now
        let worker = worker
        let outcome = try await pool.transaction { db in try self.workBatch(worker, in: db) }
        switch outcome {
        case .nothing: return 0
        case .unannounced(let kind):
            // Known before anything of it is worked: if this process dies, the others see what may have killed it.
            _ = try await pool.transaction { try $0.execute(JobsWorkersSQL.AnnounceBatched(id: worker, kind: kind)) }
            _ = state.withLock { $0.announced.insert(kind) }
            return try await workBatch()
        case .worked(let kind, let counts):
            count(counts)
            // What failed or was put off waits for its time.
            if counts.completed + counts.discarded < counts.claimed { timeBell.ring() }
            EngineMetrics.record(counts, kind: kind, lane: "batched", duration: ContinuousClock.now - start)
            return counts.claimed
        }
    }

    private enum BatchOutcome: Sendable {
        case nothing
        case unannounced(kind: String)
        case worked(kind: String, RunCounts)
    }

    private func workBatch(_ worker: Int, in db: isolated Connection) throws -> BatchOutcome {
        let lanes = try db.run(JobsSQL.ReadyLanes())
        reportUnknown(lanes.map(\.kind))
        let announced = state.withLock { $0.announced }
        for lane in lanes where !lane.isSolo {
            guard let handler = handlers[lane.kind], case .batched(let work) = handler.lane else { continue }
            guard announced.contains(lane.kind) else { return .unannounced(kind: lane.kind) }
            let jobs = try db.run(
                JobsSQL.ClaimBatch(queue: lane.queue, kind: lane.kind, maximum: options.batchSize)
            ).map { Job($0, queue: lane.queue, kind: lane.kind) }
            if jobs.isEmpty { continue }  // Others hold them.
            var batch = Batch(worker: worker, handler: handler, work: work)
            try batch.attempt(jobs[...], in: db)
            return .worked(kind: lane.kind, try batch.finish(in: db))
        }
        return .nothing
    }

    /// A kind that nobody here can work stays where it is; once a run it is said aloud.
    func reportUnknown(_ kinds: [String]) {
        let news = state.withLock { state in
            let news = Set(kinds).subtracting(handlers.keys).subtracting(state.unknown)
            state.unknown.formUnion(news)
            return news
        }
        for kind in news.sorted() {
            logger.warning("Jobs: no handler for a kind that stands ready", metadata: ["kind": "\(kind)"])
        }
    }
}

/// Claimed jobs on their way through one transaction.
private struct Batch {
    let worker: Int
    let handler: Handler
    let work: Handler.BatchedWork
    private var done: [Job] = []
    private var failed: [(job: Job, error: any Error)] = []

    init(worker: Int, handler: Handler, work: @escaping Handler.BatchedWork) {
        self.worker = worker
        self.handler = handler
        self.work = work
    }

    /// Works the jobs together; if that fails, each half by itself, down to the guilty ones.
    ///
    /// - Throws: errors for which no job is to blame: the transaction ends, and nothing has happened.
    mutating func attempt(_ jobs: ArraySlice<Job>, in db: isolated Connection) throws {
        try db.script("SAVEPOINT work")
        do {
            try work(db, Array(jobs))
            done += jobs
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
        try db.script("RELEASE SAVEPOINT work")
    }

    /// Writes what has become of each job.
    func finish(in db: isolated Connection) throws -> RunCounts {
        var counts = RunCounts()
        counts.claimed = done.count + failed.count
        counts.completed = done.count
        if !done.isEmpty { try db.execute(JobsSQL.CompleteBatch(ids: done.map(\.id), worker: worker)) }
        let keyed = done.filter { $0.uniqueKey != nil }.map(\.id)
        if !keyed.isEmpty { try db.execute(JobsSQL.ReleaseKeys(ids: keyed)) }
        for (job, error) in failed {
            switch Verdict(error, job, handler.backoff) {
            case .discarded(let reason):
                try db.execute(JobsSQL.DiscardClaimed(id: job.id, worker: worker, reason: reason))
                if job.uniqueKey != nil { try db.execute(JobsSQL.ReleaseKeys(ids: [job.id])) }
                counts.discarded += 1
            case let verdict: try verdict.write(of: job, counts: &counts, in: db)
            }
        }
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
