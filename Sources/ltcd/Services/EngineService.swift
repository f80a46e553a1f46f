import Domain
import Jobs
import Logging
import Postgres
import ServiceLifecycle
import Store

/// Waits for a database with the right schema, then works until it is told to stop.
struct EngineService: Service {
    let engine: Engine
    let settings: Settings
    let readiness: Readiness
    let manager: ServiceManager?
    let logger: Logger
    /// What the engine does; the daemon's is `run`.
    let work: @Sendable (Engine) async throws -> Void

    /// - Throws: a `Problem` when the schema is not this program's, or a pooler loses its statements.
    func run() async throws {
        guard try await waitForDatabase() else { return }
        readiness.enter(.working)
        manager?.notify("READY=1\nSTATUS=working")
        logger.info("ltcd works")
        do {
            try StartupPages.giveBack()
        } catch {
            logger.debug("what starting took stays", metadata: ["error": "\(error)"])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work(engine) }
            group.addTask {
                try await gracefulShutdown()
                let drainDeadline = settings.drainDeadline
                readiness.enter(.stopping)
                manager?.notify("STOPPING=1\nSTATUS=finishing the jobs in hand")
                logger.info("ltcd stops", metadata: ["deadline_seconds": "\(drainDeadline.components.seconds)"])
                await engine.drain(within: drainDeadline)
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Jobs of a newer program wait for it; those that nobody can read any more are a matter for people, before anything runs.
    private func checkJobs() async throws {
        for jobs in try await engine.unreadable() {
            let words =
                "\(jobs.jobs) unfinished jobs of the kind \(jobs.kind) have arguments of version \(jobs.version)"
            guard jobs.isLost else {
                logger.warning("\(words): they wait for a newer ltcd", metadata: ["version": "\(jobs.handled)"])
                continue
            }
            throw Problem(
                .refused, "unreadable_jobs", "\(words), and this ltcd reads version \(jobs.handled) only",
                advice: "let the ltcd that wrote them finish them, or: ltc job list --kind \(jobs.kind), ltc job cancel"
            )
        }
    }

    /// - Returns: false when it was told to stop meanwhile.
    private func waitForDatabase() async throws -> Bool {
        var failures = 0
        while true {
            do {
                _ = try await settings.checkPooler(logger: logger)
                let state = try await readiness.schemaState(within: .seconds(15))
                if let problem = state.problem { throw problem }
                try await checkJobs()
                return true
            } catch let error as DatabaseError {
                failures += 1
                readiness.enter(.waitingForDatabase)
                // systemd is told that we are up: a database that is away is waited for, not given up on.
                if failures == 1 { manager?.notify("READY=1\nSTATUS=waiting for the database") }
                logger.warning("the database is away", metadata: ["error": "\(error)", "failures": "\(failures)"])
                let pause = Duration.milliseconds(min(10_000, 250 << min(failures, 6)))
                do {
                    try await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
                } catch is CancellationError {
                    return false
                }
            }
        }
    }
}
