public import Foundation
public import Postgres

/// An occurrence that was looked at to be made by hand.
public struct Backfilled: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        /// A job was made.
        case made(job: Int)
        /// It has fired before: on time, late or by hand. Its job.
        case firedBefore(job: Int)
        /// The schedule's policies leave it out.
        case leftOut
    }
    public let occurrence: Occurrence
    public let outcome: Outcome
}

extension ScheduleBook {
    /// So many occurrences are looked at in one backfill.
    public static let backfillLimit = 10_000

    /// Makes the jobs of occurrences that were due in a range and have not fired, whatever the ledger says why.
    ///
    /// What is still to come is left to the clock. Asked again, it makes nothing again. A paused schedule is no obstacle.
    /// - Parameters:
    ///   - from: the first instant of the range
    ///   - until: the first instant that is no longer in it
    /// - Returns: what was done with each, ascending; nil when there is no such schedule.
    /// - Throws: `ScheduleError` when there are more than `backfillLimit` or it cannot be read.
    public static func backfill(
        _ name: String, from: Date, until: Date, in db: isolated Connection
    ) throws -> [Backfilled]? {
        guard let entry = try locked(name, in: db) else { return nil }
        let end = min(until, try db.one(JobsSQL.DatabaseTime()).now)
        let occurrences = Array(
            // After a whole second, which is where occurrences stand.
            try entry.occurrences(after: Date(timeIntervalSince1970: from.timeIntervalSince1970.rounded(.up) - 1))
                .prefix { $0.instant < end }.prefix(backfillLimit + 1))
        guard occurrences.count <= backfillLimit else {
            throw ScheduleError(
                schedule: name, reason: "more than \(backfillLimit) occurrences in the range; take a shorter one")
        }
        let wanted = occurrences.filter { !$0.isDropped }
        let known = try known(wanted, of: name, in: db)
        var made: [Occurrence.Key: Int] = [:]
        for row in try db.run(
            JobsSchedulesSQL.Fire(
                schedule: name, localTimes: wanted.map(\.localTime.description), folds: wanted.map(\.fold),
                dues: wanted.map(\.instant), states: wanted.map { _ in Decision.State.fired.rawValue },
                reasons: wanted.map { _ in "backfill" }, isByHand: true))
        {
            made[Occurrence.Key(localTime: row.localTime, fold: row.fold)] = row.job
        }
        return occurrences.map { occurrence in
            let outcome: Backfilled.Outcome =
                if let job = made[occurrence.key] {
                    .made(job: job)
                } else if let job = known[occurrence.key]?.job {
                    .firedBefore(job: job)
                } else {
                    .leftOut
                }
            return Backfilled(occurrence: occurrence, outcome: outcome)
        }
    }
}
