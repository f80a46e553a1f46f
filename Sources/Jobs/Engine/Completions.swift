import Postgres

/// Ends leased jobs that have no rows of their own to write: those that end while one commit is on its way go together
/// into the next. A job alone is written at once.
actor Completions {
    private enum Turn: Sendable {
        /// It is this one's turn to write, for itself and for those who wait.
        case lead
        case written(isOurs: Bool)
    }
    private typealias Waiter = (job: Job, continuation: CheckedContinuation<Turn, any Error>)

    private let pool: Pool
    private var waiting: [Waiter] = []
    private var isWriting = false

    init(pool: Pool) { self.pool = pool }

    /// - Throws: `StaleFence` when the lease was lost, `DatabaseError`: nothing of this job is written then.
    func finish(_ job: Job) async throws {
        if case .written(let isOurs) = try await turn(of: job) {
            guard isOurs else { throw StaleFence(job: job.id) }
            return
        }
        let others = waiting
        waiting = []
        let result = await write([job] + others.map(\.job))
        for other in others {
            other.continuation.resume(with: result.map { .written(isOurs: $0.contains(other.job.id)) })
        }
        // Whoever came meanwhile writes next, so that nobody who is done stays for the others.
        if waiting.isEmpty { isWriting = false } else { waiting.removeFirst().continuation.resume(returning: .lead) }
        guard try result.get().contains(job.id) else { throw StaleFence(job: job.id) }
    }

    private func turn(of job: Job) async throws -> Turn {
        guard isWriting else {
            isWriting = true
            return .lead
        }
        return try await withCheckedThrowingContinuation { waiting.append((job, $0)) }
    }

    /// - Returns: the jobs that were still held, which are now finished.
    private func write(_ jobs: [Job]) async -> Result<Set<Int>, any Error> {
        do {
            return .success(
                try await pool.transaction(.init(hasFixedPlans: true)) { db in
                    let done = Set(
                        try db.run(JobsSQL.FinishMany(ids: jobs.map(\.id), fences: jobs.map(\.fence))).map(\.id))
                    try KeyRelease(jobs.filter { done.contains($0.id) }, .finished).write(in: db)
                    return done
                })
        } catch {
            return .failure(error)
        }
    }
}
