import Foundation

/// What holds for all engines, as of the last look.
struct Controls: Sendable {
    private var paused: Set<JobScope> = []
    private var limited: Set<JobScope> = []
    private var windows: [JobScope: OpenHours] = [:]
    /// What the database's clock said, and when.
    private var clock = (says: Date.distantPast, at: ContinuousClock.now)

    init() {}

    init(_ rows: [JobsSQL.Controls.Row]) {
        if let now = rows.first?.now { clock = (now, .now) }
        for row in rows {
            guard let scope = JobScope(scope: row.scope, name: row.name) else { continue }
            switch row.what {
            case "pause": paused.insert(scope)
            case "limit": limited.insert(scope)
            case "window":
                do {
                    windows[scope] = try JSONDecoder().decode(OpenHours.self, from: Data((row.hours ?? "").utf8))
                } catch {
                    // Hours that this version cannot read are closed: better late than at a wrong time.
                    paused.insert(scope)
                }
            default: break
            }
        }
    }

    private var now: Date { clock.says.addingTimeInterval((ContinuousClock.now - clock.at).seconds) }

    /// Whether nothing of the lane may be claimed.
    func stops(_ lane: LaneBook.Lane) -> Bool {
        guard !paused.isEmpty || !windows.isEmpty else { return false }
        let now = now
        return lane.scopes.contains { paused.contains($0) || windows[$0]?.isOpen(at: now) == false }
    }

    /// Whether somebody has to be asked how much of the lane may be claimed.
    func limits(_ lane: LaneBook.Lane) -> Bool { !limited.isEmpty && lane.scopes.contains { limited.contains($0) } }

    /// How long until the next window opens that is closed now; nil when none will.
    var untilOpening: Duration? {
        guard !windows.isEmpty else { return nil }
        let now = now
        return windows.values.filter { !$0.isOpen(at: now) }.compactMap { $0.nextOpening(after: now) }.min()
            .map { .seconds($0.timeIntervalSince(now)) }
    }
}
