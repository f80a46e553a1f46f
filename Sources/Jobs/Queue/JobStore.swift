package import Postgres

/// What people may see of the queues and do to them.
package enum JobStore {
    package typealias Entry = JobsStoreSQL.List.Row

    /// Unfinished and finished jobs, newest first; a nil filter lets everything through.
    package static func list(
        state: String? = nil, kind: String? = nil, queue: String? = nil, team: Int? = nil, limit: Int = 50,
        in db: isolated Connection
    ) throws -> [Entry] {
        try db.run(JobsStoreSQL.List(state: state, kind: kind, queue: queue, team: team, maximum: limit))
    }

    package static func show(_ id: Int, in db: isolated Connection) throws -> Entry? {
        try db.first(JobsStoreSQL.List(id: id, maximum: 2))
    }

    /// A dead job starts anew, one that waits for its time runs now.
    ///
    /// - Throws: `Refusal` for a job in another state, and for one whose unique key another job has taken.
    package static func retry(_ id: Int, in db: isolated Connection) throws {
        guard let job = try db.first(JobsStoreSQL.Retry(id: id)) else {
            throw Refusal(reason: try whyNot(id, "retried", in: db))
        }
        guard let key = job.uniqueKey else { return }
        guard try db.execute(JobsStoreSQL.RetakeKey(kind: job.kind, key: key, job: id)) == 1 else {
            throw Refusal(reason: "job \(id) cannot be retried: another unfinished job holds its unique key")
        }
    }

    /// Ends an unfinished job; what a running attempt of it writes from now on is refused.
    ///
    /// - Throws: `Refusal` for a job that is finished or does not exist.
    package static func cancel(_ id: Int, reason: String = "by hand", in db: isolated Connection) throws {
        guard try db.execute(JobsStoreSQL.Cancel(id: id, reason: reason)) == 1 else {
            throw Refusal(reason: try whyNot(id, "cancelled", in: db))
        }
        try db.execute(JobsSQL.ReleaseKeys(ids: [id]))
    }

    package static func counts(in db: isolated Connection) throws -> [JobsStoreSQL.Counts.Row] {
        try db.run(JobsStoreSQL.Counts())
    }

    /// The engines that live.
    package static func workers(in db: isolated Connection) throws -> [JobsStoreSQL.Workers.Row] {
        try db.run(JobsStoreSQL.Workers())
    }

    private static func whyNot(_ id: Int, _ done: String, in db: isolated Connection) throws -> String {
        guard let job = try show(id, in: db) else { return "there is no job \(id)" }
        return "job \(id) is \(job.state) and cannot be \(done)"
    }
}

/// What people ask of the queue and the rules don't allow.
package struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String
    package var description: String { reason }
}
