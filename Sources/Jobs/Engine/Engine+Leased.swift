import Logging
import Postgres
import Synchronization

extension Engine {
    /// Claims leased jobs as slots come free and runs them, until the engine drains; then waits for them until its deadline.
    func leasedLane(on connection: Connection) async {
        await withDiscardingTaskGroup { group in
            var failures = 0
            while !isDraining {
                let heard = leaseBell.rings
                do {
                    let (claimed, turn) = try await claimLeased(
                        atMost: options.concurrency - running, heard: heard, on: connection)
                    for (job, handler) in claimed {
                        state.withLock { $0.running += 1 }
                        // Off the lane's thread, which goes on claiming.
                        group.addTask(executorPreference: globalConcurrentExecutor) {
                            await self.runLeased(job, handler)
                        }
                    }
                    if claimed.isEmpty { await leaseBell.wait(past: heard, atMost: turn.patience) }
                    failures = 0
                } catch {
                    failures += 1
                    await pause(after: error, "leased jobs", failures: failures)
                }
            }
            await finishRunning()
            group.cancelAll()
        }
    }

    /// Runs what is ready for a lease once. For a run that ends when nothing is left.
    ///
    /// - Returns: how many jobs it claimed.
    func workLeasedOnce() async throws -> Int {
        let claimed = try await pool.withConnection { connection in
            try await claimLeased(atMost: options.concurrency, heard: leaseBell.rings, on: connection).jobs
        }
        await withDiscardingTaskGroup { group in
            for (job, handler) in claimed {
                state.withLock { $0.running += 1 }
                group.addTask { await self.runLeased(job, handler) }
            }
        }
        return claimed.count
    }

    private var running: Int { state.withLock { $0.running } }

    /// While draining: the running jobs may finish until the deadline; what is left is given back for others.
    private func finishRunning() async {
        guard case .draining(let end) = state.withLock({ $0.phase }) else { return }
        while running > 0, ContinuousClock.now < end {
            let heard = leaseBell.rings
            if running > 0 { await leaseBell.wait(past: heard, atMost: end - .now) }
        }
        guard running > 0 else { return }
        let worker = worker
        do {
            let released = try await pool.transaction { try $0.execute(JobsSQL.ReleaseLeases(worker: worker)) }
            logger.notice("Jobs: gave back what had not finished", metadata: ["jobs": "\(released)"])
        } catch {
            logger.error("Jobs: could not give back leases; they will expire", metadata: ["error": "\(error)"])
        }
    }

    private func claimLeased(
        atMost free: Int, heard: Int, on connection: Connection
    ) async throws -> (jobs: [(Job, Handler)], turn: Turn) {
        guard free > 0 else { return ([], .nothing) }
        let worker = worker
        return try await connection.transaction(.init(hasFixedPlans: true)) { db in
            var claimed: [(Job, Handler)] = []
            var hasLooked = false
            while claimed.count < free {
                let turn = try self.turn(heard: heard, hasLooked: &hasLooked, in: db) { lane in
                    self.reader(of: lane).map { lane.isSolo || !$0.isBatched } ?? false
                }
                guard case .claim(let claim) = turn, let handler = self.handlers[claim.lane.kind] else {
                    return (claimed, turn)
                }
                let maximum = try self.allowed(free - claimed.count, of: claim.lane, in: db)
                if maximum == 0 { continue }
                let jobs = try db.run(
                    JobsSQL.ClaimLeased(
                        slot: claim.slot, queue: claim.lane.queue, kind: claim.lane.kind, version: claim.lane.version,
                        team: claim.lane.team, isSolo: claim.lane.isSolo, rank: claim.rank, id: claim.id,
                        until: claim.until, maximum: maximum, worker: worker, lease: handler.lease.seconds)
                ).map { Job($0, in: claim.lane) }
                let isShort = jobs.count < maximum
                self.state.withLock { $0.lanes.record(claim, last: jobs.last, isShort: isShort, heard: heard) }
                if jobs.isEmpty { continue }
                EngineMetrics.record(waitsOf: jobs, lane: "leased")
                try self.spend(jobs.count, of: claim.lane, in: db)
                try KeyRelease(jobs, .claimed).write(in: db)
                claimed += jobs.map { ($0, handler) }
            }
            return (claimed, .nothing)
        }
    }

    private func runLeased(_ job: Job, _ handler: Handler) async {
        let start = ContinuousClock.now
        let context = LeasedContext(job, pool: pool)
        var counts = RunCounts()
        counts.claimed = 1
        do {
            do {
                try await leases.holding(job, handler, context) {
                    try await handler.leasedWork(handler.reading(job), context)
                }
                if !context.isCompleted { try await completions.finish(job) }
                counts.completed = 1
            } catch  where context.isCompleted {
                logger.warning("Jobs: a handler failed after completing", metadata: about(job, error))
                counts.completed = 1
            } catch let error where !(error is StaleFence) && !Task.isCancelled {
                logger.info("Jobs: an attempt failed", metadata: about(job, error))
                let verdict = Verdict(error, job, handler.backoff)
                counts += try await pool.transaction { db in
                    var change = RunCounts()
                    try verdict.write(of: job, counts: &change, in: db)
                    return change
                }
                timeBell.ring()
            }
        } catch is StaleFence {
            logger.info("Jobs: an overtaken attempt wrote nothing", metadata: about(job, nil))
            counts.stale = 1
        } catch {
            logger.error("Jobs: an attempt's end is not written; its lease will expire", metadata: about(job, error))
        }
        count(counts)
        EngineMetrics.record(counts, kind: job.kind, lane: "leased", duration: ContinuousClock.now - start)
        state.withLock { state in
            state.running -= 1
            state.lanes.release()
        }
        if KeyRelease([job], .finished).admits { lookAgain() }
        leaseBell.ring()
    }

    private func about(_ job: Job, _ error: (any Error)?) -> [String: Logger.MetadataValue] {
        var facts: Logger.Metadata = ["job": "\(job.id)", "kind": "\(job.kind)", "attempt": "\(job.attempt)"]
        if let error { facts["error"] = "\(String("\(error)".prefix(500)))" }
        return facts
    }

    /// Extends the leases in hand, all in one statement, until it is cancelled.
    func keepLeases() async {
        var failures = 0
        while !Task.isCancelled {
            let heard = leases.bell.rings
            leases.endOverdue()
            do {
                try await extend(leases.due())
                failures = 0
                await leases.bell.wait(past: heard, atMost: leases.pause)
            } catch {
                // Leases outlive a short absence of the database, and a cancellation is told when it is back.
                failures += 1
                leases.lookAgain()
                await pause(after: error, "leases", failures: failures)
            }
        }
    }

    private func extend(_ due: [(job: Job, lease: Duration)]) async throws {
        if due.isEmpty { return }
        let held = JobsSQL.ExtendLeases(
            ids: due.map(\.job.id), fences: due.map(\.job.fence),
            milliseconds: due.map { Int($0.lease.seconds * 1_000) })
        let extended = Set(try await lifeline.transaction(.init(hasFixedPlans: true)) { try $0.run(held) })
        leases.lose(due.map(\.job).filter { !extended.contains(.init(id: $0.id, fence: $0.fence)) })
    }
}
