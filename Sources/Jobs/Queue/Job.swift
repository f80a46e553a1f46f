public import Foundation

/// A job as its handler gets it.
public struct Job: Sendable, Hashable {
    public let id: Int
    public let kind: String
    /// A JSON object, in the handler's version.
    public var arguments: String
    /// Of the arguments as they were stored.
    public let version: Int
    public let queue: String
    public let team: Int?
    public let uniqueKey: String?
    /// What it shares with the jobs that it holds up or that hold it up.
    public let key: String?
    public let priority: Int
    /// Its place in the order of claiming.
    let rank: Date
    /// 1 at the first try.
    public let attempt: Int
    public let maximumAttempts: Int
    /// Rises with every lease of this job: a receiver that remembers the highest can refuse an overtaken worker.
    public let fence: Int
    public let dueAt: Date
    /// The instant of the schedule's occurrence that it stands for.
    public let occurrence: Date?
    public let createdAt: Date

    /// What to give the outside so that it recognises a repetition: the same on every attempt of this job.
    public var idempotencyKey: String { "\(kind)/\(id)" }
}

/// What a handler throws to say what becomes of its job; any other error is a failed attempt.
public enum JobError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A failed attempt; the next one after this time, or after the kind's backoff.
    case retry(after: Duration?, reason: String)
    /// It makes no sense to try again.
    case discard(reason: String)
    /// Not now; the attempt does not count.
    case snooze(until: Date)

    public var description: String {
        switch self {
        case .retry(_, let reason), .discard(let reason): reason
        case .snooze(let until): "snoozed until \(until.ISO8601Format())"
        }
    }
}

/// The lease has gone to somebody else, or the job was cancelled: nothing of this attempt was written.
public struct StaleFence: Error, Sendable, Hashable, CustomStringConvertible {
    public let job: Int
    public var description: String { "job \(job) is no longer held by this worker" }
}
