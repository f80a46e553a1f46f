import Foundation
import Postgres

/// What becomes of a job after an error.
enum Verdict: Sendable, Hashable {
    case failed(reason: String, delay: Duration)
    case discarded(reason: String)
    case snoozed(until: Date)

    init(_ error: any Error, _ job: Job, _ backoff: Backoff) {
        var random = SystemRandomNumberGenerator()
        func delay() -> Duration { backoff.delay(afterAttempt: job.attempt, using: &random) }
        // Short enough to be read in a list; a database error says no values by itself.
        let reason = String("\(error)".prefix(500))
        self =
            switch error {
            case JobError.discard: .discarded(reason: reason)
            case JobError.snooze(let until): .snoozed(until: until)
            case JobError.retry(let after, _): .failed(reason: reason, delay: after ?? delay())
            default: .failed(reason: reason, delay: delay())
            }
    }

    /// - Throws: `StaleFence` when the job is no longer this worker's.
    func write(of job: Job, counts: inout RunCounts, in db: isolated Connection) throws {
        switch self {
        case .failed(let reason, let delay):
            let failure = JobsSQL.RecordFailure(
                id: job.id, fence: job.fence, attempt: job.attempt, delay: delay.seconds, error: reason)
            guard let row = try db.first(failure) else { throw StaleFence(job: job.id) }
            counts.failed += 1
            let isDead = row.state == "dead"
            if isDead { counts.dead += 1 }
            try KeyRelease([job], isDead ? .dead : .waiting).write(in: db)
        case .discarded(let reason):
            let end = JobsSQL.FinishLeased(id: job.id, fence: job.fence, state: "discarded", reason: reason)
            guard try db.execute(end) == 1 else { throw StaleFence(job: job.id) }
            counts.discarded += 1
            try KeyRelease([job], .finished).write(in: db)
        case .snoozed(let until):
            let snooze = JobsSQL.Snooze(id: job.id, fence: job.fence, attempt: job.attempt, until: until)
            guard try db.execute(snooze) == 1 else { throw StaleFence(job: job.id) }
            counts.snoozed += 1
            try KeyRelease([job], .waiting).write(in: db)
        }
    }
}

extension Job {
    init(_ row: JobsSQL.ClaimBatch.Row, in lane: LaneBook.Lane) {
        self.init(
            id: row.id, kind: lane.kind, arguments: row.arguments, version: lane.version, queue: lane.queue,
            team: row.team, uniqueKey: row.uniqueKey, key: row.key,
            priority: row.priority, rank: row.rank, attempt: row.attempt, maximumAttempts: row.maximumAttempts,
            fence: row.fence,
            dueAt: row.dueAt, occurrence: row.occurrence, createdAt: row.createdAt)
    }

    init(_ row: JobsSQL.ClaimLeased.Row, in lane: LaneBook.Lane) {
        self.init(
            id: row.id, kind: lane.kind, arguments: row.arguments, version: lane.version, queue: lane.queue,
            team: row.team, uniqueKey: row.uniqueKey, key: row.key,
            priority: row.priority, rank: row.rank, attempt: row.attempt, maximumAttempts: row.maximumAttempts,
            fence: row.fence,
            dueAt: row.dueAt, occurrence: row.occurrence, createdAt: row.createdAt)
    }
}
