/// Whether an engine can tell who is dead, by what it remembers of its own heartbeats.
///
/// When it was cut off itself, by an outage of the server or because it was stopped, the others may have been too, and live:
/// they get the time to come back.
struct Watch: Sendable {
    private var lastBeat: ContinuousClock.Instant
    /// Until when it takes nobody for dead.
    private var trustsUntil: ContinuousClock.Instant

    init(at now: ContinuousClock.Instant) { (lastBeat, trustsUntil) = (now, now) }

    /// Notes a heartbeat that the database has taken.
    ///
    /// - Returns: whether an engine that was silent for `silence` is dead.
    mutating func beat(at now: ContinuousClock.Instant, every heartbeat: Duration, silence: Duration) -> Bool {
        if now - lastBeat > heartbeat * 2 { trustsUntil = now + silence }
        lastBeat = now
        return now >= trustsUntil
    }
}
