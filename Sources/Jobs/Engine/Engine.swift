public import Logging
public import Postgres
import Synchronization

/// Works jobs and fires schedules; any number of engines share a database, and none of them leads.
///
/// Two lanes, and a kind's handler says which is its own. *Batched* jobs are claimed, worked and completed in one
/// transaction. *Leased* jobs are claimed by a transaction of their own, and completed by one that carries the claim's
/// fence, so that a worker that was overtaken writes nothing.
///
/// An error of the database costs a log line and a pause, never the engine.
public final class Engine: Sendable {
    struct State {
        var phase = Phase.idle
        var worker: Int?
        /// A connection that no handler can occupy, for heartbeats: a busy engine must not be taken for dead.
        var lifeline: Pool?
        var watch = Watch(at: .now)
        var counts = RunCounts()
        var lanes = LaneBook()
        /// Leased jobs in hand.
        var running = 0
        /// Kinds that the table of workers knows to be worked in batches here.
        var announced: Set<String> = []
        /// What stands ready and nobody here can read: reported once each.
        var unreadable: Set<JobVersion> = []
    }
    enum Phase: Sendable, Hashable {
        case idle, working
        case draining(until: ContinuousClock.Instant)
    }

    let pool: Pool
    let listening: ConnectionSettings?
    let handlers: [String: Handler]
    let options: EngineOptions
    let logger: Logger
    let state = Mutex(State())
    let completions: Completions
    /// New batched work, new leased work or a free slot for it, a new time to wake, the end of a run.
    let batchBell = Bell(), leaseBell = Bell(), timeBell = Bell(), endBell = Bell()
    let leases: LeaseBook

    /// - Parameters:
    ///   - pool: of more than `options.connections`; handlers that use it need room beside the engine.
    ///   - listening: a direct connection for LISTEN; nil where there is none, then work is found by polling.
    public init(
        pool: Pool, listening: ConnectionSettings?, handlers: [Handler], options: EngineOptions = .init(),
        logger: Logger
    ) {
        precondition(pool.limit > options.connections, "an engine needs more connections than its lanes keep")
        self.pool = pool
        self.listening = listening
        self.handlers = Dictionary(uniqueKeysWithValues: handlers.map { ($0.kind, $0) })
        self.options = options
        self.logger = logger
        completions = Completions(pool: pool)
        // Who listens is told of cancellations.
        leases = LeaseBook(patience: listening == nil ? options.pollInterval * 3 : .seconds(3_600))
    }

    /// What it has done since it was made.
    public var counts: RunCounts { state.withLock { $0.counts } }

    /// Works until it is drained. Cancelling the task is the unclean way: what it holds is rescued by others, later.
    public func run() async {
        await occupied {
            await self.patiently("registering") { try await self.register() }
            await withTaskGroup(of: Bool.self) { group in
                for service in [listen, keepTime, keepAlive, keepLeases, tidy, measure] {
                    group.addTask {
                        await service()
                        return false
                    }
                }
                let lanes = [leasedLane] + Array(repeating: batchedLane, count: options.batchWorkers)
                for lane in lanes {
                    group.addTask {
                        await self.patiently("lanes") {
                            // Until the end, and on its thread: what wakes the lane wakes who asks the server.
                            try await self.pool.withConnection { connection in
                                await withTaskExecutorPreference(connection.thread) { await lane(connection) }
                            }
                        }
                        return true
                    }
                }
                // The services serve the lanes, and end with the last of them.
                var open = lanes.count
                for await wasLane in group where wasLane {
                    open -= 1
                    if open == 0 { group.cancelAll() }
                }
            }
            await self.deregister()
        }
        logger.info("Jobs: engine stopped", metadata: counts.metadata.mapValues { .string($0) })
    }

    /// Works until nothing is ready but what is paused, without firing schedules and without waiting for what is due later.
    ///
    /// - Returns: what it did.
    /// - Throws: `DatabaseError`.
    public func runUntilIdle() async throws -> RunCounts {
        let before = counts
        try await occupied {
            try await register()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for service in [keepAlive, keepLeases] { group.addTask { await service() } }
                var isIdle = false
                while !isIdle {
                    let promoted = try await look().promoted
                    let batched = try await pool.withConnection {
                        try await workBatch(heard: batchBell.rings, on: $0).claimed
                    }
                    let leased = try await workLeasedOnce()
                    isIdle = promoted + batched + leased == 0
                    // What its limits hold up is ready, and waited for.
                    guard isIdle, let patience = state.withLock({ $0.lanes.untilRelease }) else { continue }
                    isIdle = false
                    try await Task.sleep(for: patience)
                }
                group.cancelAll()
            }
            await deregister()
        }
        return counts - before
    }

    /// Stops claiming, lets running jobs finish until the deadline, gives back the rest, and returns when `run` has ended
    /// or when jobs that ignore their cancellation make it pointless to wait.
    public func drain(within limit: Duration) async {
        let end = ContinuousClock.now + limit
        let heard = endBell.rings
        let wasRunning = state.withLock { state in
            guard state.phase != .idle else { return false }
            state.phase = .draining(until: end)
            return true
        }
        guard wasRunning else { return }
        for bell in [batchBell, leaseBell, timeBell] { bell.ring() }
        await endBell.wait(past: heard, atMost: limit + .seconds(2))
    }

    var isDraining: Bool {
        state.withLock { if case .draining = $0.phase { true } else { false } } || Task.isCancelled
    }

    var worker: Int {
        guard let worker = state.withLock({ $0.worker }) else { preconditionFailure("the engine has not registered") }
        return worker
    }

    var lifeline: Pool { state.withLock { $0.lifeline } ?? pool }

    func count(_ change: RunCounts) { state.withLock { $0.counts += change } }

    /// Runs `body` as the only run of this engine.
    private func occupied<Failure: Error>(_ body: () async throws(Failure) -> Void) async throws(Failure) {
        state.withLock { state in
            precondition(state.phase == .idle, "an engine runs once at a time")
            state.phase = .working
            state.announced = []
            state.lanes = LaneBook()
            state.lifeline = listening.map { Pool(lifelineSettings($0), limit: 1, logger: logger) }
            state.watch = Watch(at: .now)
        }
        let result: Result<Void, Failure>
        do throws(Failure) { result = .success(try await body()) } catch { result = .failure(error) }
        await state.withLock { $0.lifeline.take() }?.close()
        state.withLock { $0.phase = .idle }
        endBell.ring()
        try result.get()
    }

    /// A server that does not answer is given up for another connection before others take this engine for dead.
    private func lifelineSettings(_ settings: ConnectionSettings) -> ConnectionSettings {
        var settings = settings
        settings.connectTimeout = min(settings.connectTimeout, options.heartbeat)
        settings.statementTimeout = min(settings.statementTimeout ?? options.silence, options.silence)
        return settings
    }

    /// Does `work` until it succeeds or the engine stops; each failure is logged and followed by a longer pause.
    func patiently(_ purpose: Logger.MetadataValue, _ work: () async throws -> Void) async {
        var failures = 0
        while !isDraining {
            do {
                return try await work()
            } catch {
                failures += 1
                await pause(after: error, purpose, failures: failures)
            }
        }
    }

    func pause(after error: any Error, _ purpose: Logger.MetadataValue, failures: Int) async {
        if Task.isCancelled { return }
        // Each lane meets a database that is away, again and again: once is news, and then every few minutes.
        logger.log(
            level: failures % 200 == 1 ? .error : .debug, "Jobs: the database failed",
            metadata: ["purpose": purpose, "error": "\(error)", "failures": "\(failures)"])
        var random = SystemRandomNumberGenerator()
        let pause = Backoff(base: .milliseconds(200), limit: .seconds(2)).delay(afterAttempt: failures, using: &random)
        do {
            try await Task.sleep(for: pause)
        } catch {
            // Cancelled: the caller's loop sees it.
        }
    }
}
