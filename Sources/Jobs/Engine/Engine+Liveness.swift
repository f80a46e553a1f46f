import Logging
import Postgres
import Synchronization

extension Engine {
    func register() async throws {
        let (name, kinds) = (options.name, handlers.keys.sorted())
        let id = try await lifeline.transaction { try $0.one(JobsWorkersSQL.Register(name: name, kinds: kinds)) }.id
        state.withLock { $0.worker = id }
    }

    /// A clean end: nobody has to suspect anything.
    func deregister() async {
        guard let worker = state.withLock({ $0.worker }) else { return }
        do {
            _ = try await lifeline.transaction { try $0.execute(JobsWorkersSQL.Deregister(id: worker)) }
        } catch {
            logger.warning("Jobs: the engine could not sign off", metadata: ["error": "\(error)"])
        }
    }

    /// Says that this engine lives, and rescues the jobs of those that don't.
    func keepAlive() async {
        var failures = 0
        while !isDraining || state.withLock({ $0.running > 0 }) {
            if Task.isCancelled { return }
            do {
                try await beat()
                failures = 0
                try await Task.sleep(for: options.heartbeat)
            } catch is CancellationError {
                return
            } catch {
                failures += 1
                await pause(after: error, "heartbeat", failures: failures)
            }
        }
    }

    private func beat() async throws {
        let (worker, name, kinds) = (worker, options.name, handlers.keys.sorted())
        let batched = state.withLock { $0.announced.sorted() }
        _ = try await lifeline.transaction {
            try $0.execute(JobsWorkersSQL.StayAlive(id: worker, name: name, kinds: kinds, batched: batched))
        }
        let knowsDead = state.withLock {
            $0.watch.beat(at: .now, every: options.heartbeat, silence: options.silence)
        }
        if knowsDead { try await rescueNow() }
    }

    /// Buries engines that are silent, gives up leases that have ended, and has the suspects run alone.
    ///
    /// - Returns: how many jobs were taken from their workers.
    @discardableResult
    public func rescueNow() async throws -> Int {
        // More than all engines together have in flight.
        let (silence, suspects) = (options.silence.seconds, 10_000)
        let (dead, rescued) = try await lifeline.transaction(.init(hasFixedPlans: true)) { db in
            let dead = try db.run(JobsWorkersSQL.BuryDead(silence: silence))
            let kinds = Set(dead.flatMap(\.batched)).sorted()
            if !kinds.isEmpty { try db.execute(JobsWorkersSQL.IsolateHead(kinds: kinds, maximum: suspects)) }
            let rescued = try db.run(JobsWorkersSQL.RescueExpired())
            for (state, event) in [("dead", KeyRelease.Event.dead), ("waiting", .waiting)] {
                let jobs = rescued.filter { $0.state == state }.map { ($0.kind, $0.uniqueKey, $0.key, $0.id) }
                try KeyRelease(jobs, event).write(in: db)
            }
            return (dead, rescued)
        }
        for engine in dead {
            logger.warning("Jobs: an engine is silent and taken for dead", metadata: ["engine": "\(engine.name)"])
        }
        for job in rescued {
            logger.warning(
                "Jobs: rescued", metadata: ["job": "\(job.id)", "kind": "\(job.kind)", "state": "\(job.state)"])
        }
        if !dead.isEmpty { leaseBell.ring() }
        if !rescued.isEmpty { timeBell.ring() }
        return rescued.count
    }

    /// Waits while jobs are held by engines that may have died, until one of them is rescued. Whoever still holds something after
    /// the time in which the dead are found lives, and will see to it.
    ///
    /// - Returns: whether there is something to work again.
    public func awaitRescue() async throws -> Bool {
        let end = ContinuousClock.now + options.silence + options.heartbeat
        while true {
            if try await rescueNow() > 0 { return true }
            let isHeld = try await lifeline.transaction { try $0.one(JobsWorkersSQL.IsAnyHeld()) }.isHeld
            guard isHeld, ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Keeps the tables small: the log's partitions, the dead rows of what was ready.
    func tidy() async {
        let kept = options.logRetention.seconds
        do {
            while !isDraining {
                await patiently("tidying") {
                    let tidied = try await lifeline.transaction { try $0.one(JobsSQL.Tidy(kept: kept)) }
                    logger.debug("Jobs: tidied", metadata: ["partitions": "\(tidied.partitions)"])
                }
                try await Task.sleep(for: options.tidyInterval)
            }
        } catch {
            // Cancelled: another engine does it.
        }
    }

    /// Tells the metrics how deep and how old the queues are. Counting a long queue takes time, and is done as seldom as it
    /// then has to be.
    func measure() async {
        var lanes: Set<QueueLane> = []
        var took = Duration.zero
        do {
            while !isDraining {
                try await Task.sleep(for: max(options.gaugeInterval, took * 100))
                let start = ContinuousClock.now
                defer { took = ContinuousClock.now - start }
                await patiently("measuring") {
                    let (counts, dead) = try await pool.transaction { db in
                        (try db.run(JobsStoreSQL.Counts()), try db.run(JobsStoreSQL.DeadRows()))
                    }
                    lanes = EngineMetrics.record(counts, before: lanes)
                    EngineMetrics.record(dead)
                }
            }
        } catch {
            // Cancelled: nothing is left to measure.
        }
    }
}
