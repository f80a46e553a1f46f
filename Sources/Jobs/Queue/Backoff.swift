/// How long a kind waits after a failed attempt: full jitter, so that what failed together does not come back together.
public struct Backoff: Sendable, Hashable {
    /// The most that the first retry waits; each further one may wait twice as long.
    public var base: Duration = .seconds(2)
    /// The most that any retry waits.
    public var limit: Duration = .seconds(3600)

    public init() {}

    public init(base: Duration, limit: Duration) {
        self.base = base
        self.limit = limit
    }

    /// The most that is waited after an attempt, counted from 1.
    public func bound(afterAttempt attempt: Int) -> Duration {
        // 2^40 bases are beyond any limit, and below any overflow.
        min(limit, base * (1 << min(max(attempt, 1) - 1, 40)))
    }

    /// Somewhere between nothing and the bound.
    public func delay(afterAttempt attempt: Int, using random: inout some RandomNumberGenerator) -> Duration {
        bound(afterAttempt: attempt) * Double.random(in: 0...1, using: &random)
    }
}

extension Duration {
    /// As a number of seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
