public import Foundation

/// A job to be stored.
public struct NewJob: Sendable, Hashable {
    public var kind: String
    /// A JSON object.
    public var arguments: String
    /// Of the arguments: what a handler of an older version cannot read waits for a newer one.
    public var version: Int
    public var queue: String
    public var team: Int?
    public var unique: Unique?
    public var key: JobKey?
    /// `nil`, or a time in the past: now.
    public var dueAt: Date?
    /// Each step is worth a minute of waiting, so that a low priority is never starved.
    public var priority: Int
    public var maximumAttempts: Int

    public init(
        kind: String, arguments: String = "{}", version: Int = 1, queue: String = "default", team: Int? = nil,
        unique: Unique? = nil, key: JobKey? = nil, dueAt: Date? = nil, priority: Int = 0, maximumAttempts: Int = 20
    ) {
        self.kind = kind
        self.arguments = arguments
        self.version = version
        self.queue = queue
        self.team = team
        self.unique = unique
        self.key = key
        self.dueAt = dueAt
        self.priority = priority
        self.maximumAttempts = maximumAttempts
    }
}

/// What jobs share that hold each other up, whatever their kinds.
public enum JobKey: Sendable, Hashable {
    /// One after the other, in the order in which they were stored. One that waits for its time, for another attempt, or
    /// that is dead still stands before those behind it: until it is done, discarded or cancelled.
    case ordered(String)
    /// At most so many run at a time, in all engines together; what waits for another attempt makes room.
    case limited(String, to: Int)

    var name: String {
        switch self {
        case .ordered(let name), .limited(let name, _): name
        }
    }

    /// Nil for strict order.
    var limit: Int? {
        guard case .limited(_, let limit) = self else { return nil }
        precondition(limit > 0, "a key's limit is at least 1")
        return limit
    }
}

/// Keeps a second job of its kind out.
public struct Unique: Sendable, Hashable {
    /// How long a job holds its key.
    public enum Scope: String, Sendable, CaseIterable {
        /// Until it is claimed: for jobs that see to everything that came before them, so that what comes later needs another.
        case pending
        /// Until it is finished or dead.
        case unfinished
        /// Until it is finished; a dead one holds it too.
        case notDone = "not_done"
    }

    /// What becomes of a job whose key is held by one that does not run yet. One that runs always stays as it is.
    public enum Conflict: String, Sendable, CaseIterable {
        /// The other one stays as it is.
        case keep
        /// The other one gets this one's arguments, priority and time.
        case replace
        /// The other one gets this one's time, if that is earlier.
        case bringForward = "bring_forward"
    }

    /// What the key says, besides the job's kind.
    public var key: String
    /// Whether the arguments are a part of the key.
    public var byArguments: Bool
    public var scope: Scope
    /// For how long at least, from now and in whole seconds, no second one is stored, whatever becomes of the first.
    public var period: Duration?
    public var conflict: Conflict

    public init(
        _ key: String = "", byArguments: Bool = false, scope: Scope = .unfinished, period: Duration? = nil,
        onConflict conflict: Conflict = .keep
    ) {
        self.key = key
        self.byArguments = byArguments
        self.scope = scope
        self.period = period
        self.conflict = conflict
    }
}

/// What has become of a job that was to be stored.
public enum Stored: Sendable, Hashable {
    case new(Int)
    /// The job with this number holds the unique key and stays as it is.
    case kept(Int)
    /// The job with this number holds the unique key and was changed.
    case changed(Int)

    /// Nil when another job holds the key.
    public var newID: Int? {
        if case .new(let id) = self { id } else { nil }
    }
}
