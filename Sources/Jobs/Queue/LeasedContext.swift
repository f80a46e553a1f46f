import Foundation
public import Postgres
import Synchronization

/// What a leased handler may ask of the engine while it holds its job.
public final class LeasedContext: Sendable {
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
    public func complete<R: Sendable>(_ effects: @Sendable (isolated Connection) throws -> R) async throws -> R {
        let job = job
        let result = try await pool.transaction { db in
            let result = try effects(db)
            let ended = try db.execute(
                JobsSQL.FinishLeased(id: job.id, fence: job.fence, state: "done"))
            guard ended == 1 else { throw StaleFence(job: job.id) }
            try KeyRelease([job], .finished).write(in: db)
            return result
        }
        completed.withLock { $0 = true }
        return result
    }

    /// Says how far the job has come, for people to see.
    ///
    /// - Parameters:
    ///   - done: how much of it, in whatever unit the note names.
    ///   - total: of how much, if that is known.
    /// - Throws: `StaleFence` when the lease was lost; `DatabaseError`.
    public func report(done: Int, of total: Int? = nil, note: String? = nil) async throws {
        let progress = try JSONEncoder().encode(Progress(done: done, of: total, note: note))
        let report = JobsSQL.ReportProgress(
            id: job.id, fence: job.fence, progress: String(decoding: progress, as: UTF8.self))
        let reported = try await pool.transaction { try $0.execute(report) }
        guard reported == 1 else { throw StaleFence(job: job.id) }
    }

    private struct Progress: Encodable {
        let done: Int
        let of: Int?
        let note: String?
    }

    var isCompleted: Bool { completed.withLock { $0 } }
}
