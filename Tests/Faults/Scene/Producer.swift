import Foundation
import Jobs
import Postgres
import TestSupport

/// What is stored ten times a second.
struct Load: Sendable {
    /// How many jobs whose effect is a row.
    var rows = 20
    /// How many jobs that reach outside.
    var outside = 3
    /// How long those take.
    var milliseconds = 20...400
    /// Kinds of which one job each is stored with them.
    var further: [String] = []
    /// Kinds of which one job each is stored with them whose arguments are of version 2.
    var newer: [String] = []
}

/// Stores jobs at a steady rate, whatever becomes of the server meanwhile.
struct Producer: Sendable {
    let pool: Pool
    let load: Load
    let seed: UInt64
    private static let interval = Duration.milliseconds(100)

    /// Until it is cancelled.
    func run() async {
        var random = SeededRandom(seed: seed)
        var next = ContinuousClock.now
        while !Task.isCancelled {
            next = max(next + Self.interval, .now - Self.interval)
            let jobs = portion(&random)
            do {
                try await pool.transaction(.init(deadline: .seconds(3))) { db in try store(jobs, in: db) }
                try await Task.sleep(until: next)
            } catch {
                // The server is away: what this portion asked for is not asked for. The pool connects again.
                await pause()
            }
        }
    }

    private func pause() async {
        do { try await Task.sleep(for: Self.interval) } catch {
            // Cancelled: the loop sees it.
        }
    }

    private struct Wish {
        let job: NewJob
        let delay: TimeInterval
    }

    private func portion(_ random: inout SeededRandom) -> [Wish] {
        let kinds =
            Array(repeating: "rows", count: load.rows) + Array(repeating: "outside", count: load.outside)
            + load.further
        return (kinds.map { ($0, 1) } + load.newer.map { ($0, 2) }).map { kind, version in
            let task = OutsideTask(
                message: String(random.next(), radix: 36),
                milliseconds: Int.random(in: load.milliseconds, using: &random))
            var job = NewJob(kind: kind, arguments: task.json(version: version), version: version)
            // Few enough that they are met again while they are held.
            if Int.random(in: 0..<4, using: &random) == 0 {
                job.unique = Unique("key-\(Int.random(in: 0..<40, using: &random))")
            }
            job.maximumAttempts = 1_000
            let delay = Int.random(in: 0..<10, using: &random) == 0 ? Double.random(in: 0...3, using: &random) : 0
            return Wish(job: job, delay: delay)
        }
    }

    private func store(_ wishes: [Wish], in db: isolated Connection) throws {
        let now = try db.one(JobsSQL.DatabaseTime()).now
        let dues = wishes.map { now.addingTimeInterval($0.delay) }
        let jobs = zip(wishes, dues).map { wish, due in
            var job = wish.job
            if wish.delay > 0 { job.dueAt = due }
            return job
        }
        let stored = zip(try JobQueue.enqueue(jobs, in: db).map(\.newID), zip(jobs, dues))
        let wanted = stored.compactMap { id, wish in id.map { (id: $0, kind: wish.0.kind, due: wish.1) } }
        try db.execute(NoteWanted(jobs: wanted))
    }
}
