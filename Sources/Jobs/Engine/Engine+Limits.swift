import Postgres
import Synchronization

extension Engine {
    /// How much of a lane may be claimed now. Where there are limits, they are locked until the transaction ends.
    func allowed(_ wanted: Int, of lane: LaneBook.Lane, in db: isolated Connection) throws -> Int {
        guard state.withLock({ $0.lanes.isLimited(lane) }) else { return wanted }
        let allowance = try db.one(
            JobsSQL.Allowance(wanted: wanted, queue: lane.queue, kind: lane.kind, team: lane.team))
        if allowance.allowed == 0 {
            let again = allowance.againIn.map { Duration.seconds($0) } ?? Self.limitPatience
            state.withLock { $0.lanes.hold(lane, for: min(again, Self.ratePatience)) }
        }
        return allowance.allowed
    }

    /// What was claimed counts against the rates of its lane.
    func spend(_ count: Int, of lane: LaneBook.Lane, in db: isolated Connection) throws {
        guard state.withLock({ $0.lanes.isLimited(lane) }) else { return }
        try db.execute(JobsSQL.Spend(spent: count, queue: lane.queue, kind: lane.kind, team: lane.team))
    }

    /// Jobs may have become ready behind the place that claims have reached.
    func lookAgain() {
        state.withLock { $0.lanes.outdate() }
        timeBell.ring()
    }

    /// How long until it asks again whether another engine's job has made room; its own ends tell by themselves.
    private static var limitPatience: Duration { .milliseconds(200) }
    /// How long it trusts at most that a rate stays as it was.
    private static var ratePatience: Duration { .seconds(5) }
}
