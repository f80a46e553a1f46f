public import Postgres

/// What people may see of the queues and do to them.
public enum JobStore {
    public typealias Entry = JobsStoreSQL.List.Row

    /// Unfinished and finished jobs, newest first; a nil filter lets everything through.
    public static func list(
        state: String? = nil, kind: String? = nil, queue: String? = nil, team: Int? = nil, limit: Int = 50,
        in db: isolated Connection
    ) throws -> [Entry] {
        try db.run(JobsStoreSQL.List(state: state, kind: kind, queue: queue, team: team, maximum: limit))
    }

    public static func show(_ id: Int, in db: isolated Connection) throws -> Entry? {
        try db.first(JobsStoreSQL.List(id: id, maximum: 2))
    }

    /// Dead jobs start anew, those that wait for their time run now. All or none.
    ///
    /// - Throws: `Refusal` for a job in another state, and for one whose unique key another job has taken.
    public static func retry(_ ids: [Int], in db: isolated Connection) throws {
        let revived = try db.run(JobsStoreSQL.Retry(ids: ids))
        if let missing = Set(ids).subtracting(revived.map(\.id)).min() {
            throw Refusal(reason: try whyNot(missing, "retried", in: db))
        }
        for job in revived where job.wasDead {
            guard let key = job.uniqueKey else { continue }
            guard try db.execute(JobsStoreSQL.RetakeKey(kind: job.kind, key: key, job: job.id)) == 1 else {
                throw Refusal(reason: "job \(job.id) cannot be retried: another unfinished job holds its unique key")
            }
        }
        let keys = Set(revived.compactMap(\.key)).sorted()
        if !keys.isEmpty { _ = try db.run(JobsSQL.Admit(keys: keys)) }
    }

    /// The dead jobs that a redrive would start anew, oldest first; a nil filter lets everything through.
    ///
    /// - Parameter error: a part of what the last attempt said.
    public static func dead(
        kind: String? = nil, queue: String? = nil, team: Int? = nil, error: String? = nil, limit: Int,
        in db: isolated Connection
    ) throws -> [Int] {
        try db.run(JobsStoreSQL.Dead(kind: kind, queue: queue, team: team, error: error, maximum: limit)).map(\.id)
    }

    /// Ends an unfinished job; what a running attempt of it writes from now on is refused.
    ///
    /// - Throws: `Refusal` for a job that is finished or does not exist.
    public static func cancel(_ id: Int, reason: String = "by hand", in db: isolated Connection) throws {
        guard let job = try db.first(JobsStoreSQL.Cancel(id: id, reason: reason)) else {
            throw Refusal(reason: try whyNot(id, "cancelled", in: db))
        }
        try KeyRelease([(job.kind, job.uniqueKey, job.key, id)], .finished).write(in: db)
    }

    public static func counts(in db: isolated Connection) throws -> [JobsStoreSQL.Counts.Row] {
        try db.run(JobsStoreSQL.Counts())
    }

    /// The engines that live.
    public static func workers(in db: isolated Connection) throws -> [JobsStoreSQL.Workers.Row] {
        try db.run(JobsStoreSQL.Workers())
    }

    private static func whyNot(_ id: Int, _ done: String, in db: isolated Connection) throws -> String {
        guard let job = try show(id, in: db) else { return "there is no job \(id)" }
        return "job \(id) is \(job.state) and cannot be \(done)"
    }
}

/// What people ask of the queue and the rules don't allow.
public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    public let reason: String
    public var description: String { reason }
}
