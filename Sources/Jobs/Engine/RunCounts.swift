/// What an engine has done.
public struct RunCounts: Sendable, Hashable {
    /// Attempts begun.
    public var claimed = 0
    public var completed = 0
    /// Attempts that failed; the job waits for its next one, or is dead.
    public var failed = 0
    /// Of the failed: the last attempt of its job.
    public var dead = 0
    public var discarded = 0
    public var snoozed = 0
    /// Attempts whose lease was lost: nothing of them was written.
    public var stale = 0

    public init() {}

    static func += (left: inout RunCounts, right: RunCounts) {
        for field in fields { left[keyPath: field] += right[keyPath: field] }
    }

    static func - (left: RunCounts, right: RunCounts) -> RunCounts {
        var difference = left
        for field in fields { difference[keyPath: field] -= right[keyPath: field] }
        return difference
    }

    private static var fields: [WritableKeyPath<RunCounts, Int>] {
        [\.claimed, \.completed, \.failed, \.dead, \.discarded, \.snoozed, \.stale]
    }

    /// For a log line.
    public var metadata: [String: String] {
        [
            "claimed": "\(claimed)", "completed": "\(completed)", "failed": "\(failed)", "dead": "\(dead)",
            "discarded": "\(discarded)", "snoozed": "\(snoozed)", "stale": "\(stale)",
        ]
    }
}
