import Domain
import Foundation
import Jobs
import Postgres
import Store

/// When the daemon looks at a team's follow-ups again: as soon as the next of them is due, by one waiting job a team, and
/// sooner when something comes up that is due earlier. A change that makes something due later needs no word: the look
/// that comes too early finds nothing, and says when to look again.
enum FollowUpWake {
    /// The job that looks, under a key that is free again once it is claimed: what comes up while it runs needs another.
    private static func job(_ team: String, at instant: Date?) -> NewJob {
        NewJob(
            kind: AutomationName.remindFollowUps.rawValue, arguments: "{\"team\": \"\(team)\"}",
            unique: Unique("wake \(team)", scope: .pending, onConflict: .bringForward), dueAt: instant)
    }

    /// Has the follow-ups of teams looked at by these instants at the latest.
    static func set(_ instants: [String: Date], in db: isolated Connection) throws {
        try JobQueue.enqueue(instants.sorted { $0.key < $1.key }.map { job($0.key, at: $0.value) }, in: db)
    }

    /// Has the follow-ups of all sales teams looked at now: rules, clocks, people or many subjects have changed.
    ///
    /// - Parameter asOf: the business time of the change; where it is not about today, nobody is woken.
    static func everybody(asOf: Date, in db: isolated Connection) throws {
        let now = try db.one(JobsSQL.DatabaseTime()).now
        guard abs(now.timeIntervalSince(asOf)) < 3_600 else { return }
        let teams = try DirectoryStore.load(asOf: now, in: db).teams
            .filter { AutomationName.remindFollowUps.teamKinds.contains($0.kind) }
        try JobQueue.enqueue(teams.map { job($0.code, at: nil) }, in: db)
    }
}
