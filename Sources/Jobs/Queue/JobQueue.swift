import Foundation
package import Postgres

/// Where jobs are put.
package enum JobQueue {
    /// The channel on which workers are woken.
    static let channel = "ltc_jobs"

    /// Stores jobs in the caller's transaction and wakes the workers when it commits.
    ///
    /// - Returns: the jobs' ids in their order; nil for one whose unique key is held by an unfinished job.
    /// - Throws: `DatabaseError`, among others for arguments that are not a JSON object.
    @discardableResult
    package static func enqueue(_ jobs: [NewJob], in db: isolated Connection) throws -> [Int?] {
        guard !jobs.isEmpty else { return [] }
        return try db.run(
            JobsSQL.Enqueue(
                kinds: jobs.map(\.kind), arguments: jobs.map(\.arguments), queues: jobs.map(\.queue),
                teams: jobs.map { $0.team ?? 0 }, keys: jobs.map { $0.uniqueKey ?? "" },
                dues: jobs.map { $0.dueAt ?? .distantPast }, priorities: jobs.map(\.priority),
                maxima: jobs.map(\.maximumAttempts))
        ).map(\.id)
    }
}
