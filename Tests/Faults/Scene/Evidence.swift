import Foundation
import Postgres

/// What can be known at the end.
struct Evidence: Sendable {
    let wanted: Int
    let finished: [Finished.Row]
    let rescues: [Rescues.Row]
    let lines: [OutsideFile.Line]

    static func gather(_ stage: Stage) async throws -> Evidence {
        let (wanted, finished, rescues) = try await stage.pool.transaction { db in
            (try db.one(WantedCount()), try db.run(Finished()), try db.run(Rescues()))
        }
        return Evidence(
            wanted: wanted, finished: finished, rescues: rescues,
            lines: try OutsideFile.read(stage.folder.appending(path: "outside").path))
    }

    /// The outside effects of each job, in the order in which they happened.
    var effects: [Int: [(fence: Int, message: String, attempt: Int, worker: String, at: Date)]] {
        var effects: [Int: [(fence: Int, message: String, attempt: Int, worker: String, at: Date)]] = [:]
        for case .effect(let job, let fence, let message, let attempt, let worker, let at) in lines {
            effects[job, default: []].append((fence, message, attempt, worker, at))
        }
        return effects
    }

    /// What must hold outside of the database, where nothing can be rolled back.
    func examineOutside(_ outcome: inout Outcome) {
        let effects = effects
        outcome.blame(
            "had two outside effects under one fence",
            effects.filter { _, all in Set(all.map(\.fence)).count < all.count }.map(\.key))
        outcome.blame(
            "changed the id of its message", effects.filter { _, all in Set(all.map(\.message)).count > 1 }.map(\.key))
        let outside = finished.filter { $0.kind.hasPrefix("outside") }
        outcome.blame("ended without an outside effect", outside.filter { effects[$0.job] == nil }.map(\.job))
        outcome.blame(
            "ended under another fence than that of its last outside effect",
            outside.filter { row in effects[row.job]?.map(\.fence).max().map { $0 != row.fence } ?? false }.map(\.job))
        for case .end(_, let refused) in lines { outcome.refused += refused }
    }

    /// Where no worker has died, nobody is taken for dead: a job is taken from a worker only when its lease has ended, because
    /// the claim's answer or the attempt's end was lost on the way.
    ///
    /// - Parameter lease: in seconds.
    func expectNoBurial(lease: TimeInterval = 20, _ outcome: inout Outcome) {
        let effects = effects
        let early = rescues.filter { rescue in
            guard let last = effects[rescue.job]?.map(\.at).last(where: { $0 < rescue.at }) else { return false }
            return rescue.at.timeIntervalSince(last) < lease - 1
        }
        outcome.blame("taken from a worker that lived", early.map(\.job))
    }

    /// How long after `end` it took until there was a second in which 95 % as much was done as in the average second of the
    /// five before `start`; nil if it never was.
    func recovery(from start: Date, to end: Date) -> Duration? {
        let times = finished.map(\.at).sorted()
        func count(_ from: Date, _ seconds: TimeInterval) -> Int {
            times.count { $0 >= from && $0 < from.addingTimeInterval(seconds) }
        }
        let before = Double(count(start.addingTimeInterval(-5), 5)) / 5
        let second = (0..<60).first { Double(count(end.addingTimeInterval(Double($0)), 1)) >= 0.95 * before }
        return second.map { .seconds($0 + 1) }
    }
}

/// How many jobs were asked for.
struct WantedCount: Query {
    static let statement = Statement(
        name: "faults.wanted_count", text: "SELECT count(*) AS jobs FROM faults.wanted",
        columns: [Column("jobs", .bigint)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .bigint) }
}

/// When which job was taken from which worker, as its error history says.
struct Rescues: Query {
    static let statement = Statement(
        name: "faults.rescues",
        text: """
            SELECT id, (regexp_match(error ->> 'error', 'worker (\\d+) '))[1]::bigint AS worker,
                (error ->> 'at')::timestamptz AS at
            FROM ltc_jobs.log CROSS JOIN jsonb_array_elements(errors) AS error
            WHERE error ->> 'error' LIKE 'the lease of worker % ended without an answer'
            """,
        columns: [Column("id", .bigint), Column("worker", .bigint), Column("at", .timestamptz)])
    struct Row: Sendable {
        let job: Int
        let worker: Int
        let at: Date
    }
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Row {
        Row(
            job: try row.value(at: 0, as: .bigint), worker: try row.value(at: 1, as: .bigint),
            at: try row.value(at: 2, as: .timestamptz))
    }
}
