package import Postgres
import Synchronization

/// What a leased handler may ask of the engine while it holds its job.
package final class LeasedContext: Sendable {
    private let job: Job
    private let pool: Pool
    private let completed = Mutex(false)

    init(_ job: Job, pool: Pool) {
        self.job = job
        self.pool = pool
    }

    /// Writes the job's effects on rows and its completion in one transaction: exactly once, whatever dies.
    ///
    /// A handler that returns without having called it completes with no rows.
    /// - Throws: `StaleFence` when the lease was lost: nothing is written then. What `effects` throws; `DatabaseError`.
    @discardableResult
    package func complete<R: Sendable>(_ effects: @Sendable (isolated Connection) throws -> R) async throws -> R {
        let job = job
        let result = try await pool.transaction { db in
            let result = try effects(db)
            let ended = try db.execute(
                JobsSQL.FinishLeased(id: job.id, fence: job.fence, state: "done"))
            guard ended == 1 else { throw StaleFence(job: job.id) }
            if job.uniqueKey != nil { try db.execute(JobsSQL.ReleaseKeys(ids: [job.id])) }
            return result
        }
        completed.withLock { $0 = true }
        return result
    }

    var isCompleted: Bool { completed.withLock { $0 } }
}
