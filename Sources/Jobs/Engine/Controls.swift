/// What holds for all engines, as of the last look.
struct Controls: Sendable {
    private var paused: Set<JobScope> = []
    private var limited: Set<JobScope> = []

    init() {}

    init(_ rows: [JobsSQL.Controls.Row]) {
        for row in rows {
            guard let scope = JobScope(scope: row.scope, name: row.name) else { continue }
            switch row.what {
            case "pause": paused.insert(scope)
            case "limit": limited.insert(scope)
            default: break
            }
        }
    }

    /// Whether nothing of the lane may be claimed.
    func stops(_ lane: LaneBook.Lane) -> Bool { !paused.isEmpty && lane.scopes.contains { paused.contains($0) } }

    /// Whether somebody has to be asked how much of the lane may be claimed.
    func limits(_ lane: LaneBook.Lane) -> Bool { !limited.isEmpty && lane.scopes.contains { limited.contains($0) } }
}
