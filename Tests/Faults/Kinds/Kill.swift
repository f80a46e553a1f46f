import Foundation
import Postgres
import TestSupport

extension Fault {
    static let kill = Fault(name: "kill", what: "workers die by SIGKILL at random points and are started again") {
        stage, _ in
        var random = SeededRandom(seed: stage.seed)
        try await stage.hire()
        var kills: [Kill] = []
        let end = ContinuousClock.now + stage.length.lasting(short: 8, long: 300)
        while ContinuousClock.now < end {
            try await stage.pause(0.1...1.2, &random)
            guard let name = await stage.crew.names.randomElement(using: &random),
                let role = await stage.crew.kill(name)
            else { continue }
            let at = Date()
            let held = try await stage.pool.transaction { try $0.run(HeldBy(worker: name)) }
            kills.append(Kill(at: at, held: held))
            try await stage.crew.hire(role)
        }
        let all = kills
        return Injection(count: all.count) { review(all, $0, &$1) }
    }

    private struct Kill: Sendable {
        let at: Date
        /// What was in its hands.
        let held: [HeldBy.Row]
    }

    /// Death is noticed within this time.
    private static let rescueLimit = Duration.seconds(15)

    private static func review(_ kills: [Kill], _ evidence: Evidence, _ outcome: inout Outcome) {
        let fences = Dictionary(evidence.finished.map { ($0.job, $0.fence) }) { first, _ in first }
        let rescues = Dictionary(evidence.rescues.map { ([$0.job, $0.worker], $0.at) }) { first, _ in first }
        let effects = evidence.effects
        var (slow, forgotten, idle): ([Int], [Int], [Int]) = ([], [], [])
        for kill in kills {
            for held in kill.held {
                // Its COMMIT was on its way.
                if fences[held.job] == held.fence { continue }
                guard let rescued = rescues[[held.job, held.worker]] else {
                    forgotten.append(held.job)
                    continue
                }
                let rescue = Duration.seconds(rescued.timeIntervalSince(kill.at))
                outcome.rescue = max(outcome.rescue ?? .zero, rescue)
                if rescue >= rescueLimit { slow.append(held.job) }
                // Then it waits for its backoff and, if its rescuer was killed too, for the next look of another.
                let backoff = Double(1 << min(held.attempt, 12)) + 6
                let next = effects[held.job]?.first { $0.fence > held.fence }?.at
                // Claimed again by one that died before it began.
                let isClaimed = evidence.rescues.contains {
                    $0.job == held.job && $0.at > rescued && $0.at < next ?? .distantPast
                }
                if let next, !isClaimed, next.timeIntervalSince(rescued) > backoff { idle.append(held.job) }
            }
        }
        outcome.blame("rescued later than \(rescueLimit) after its worker's death", slow)
        outcome.blame("held by a dead worker and never taken from it", forgotten)
        outcome.blame("rescued and then started later than its backoff", idle)
    }
}

/// What a worker holds under leases.
struct HeldBy: Query {
    static let statement = Statement(
        name: "faults.held_by",
        text: """
            SELECT worker.id, job.id, job.fence, job.attempt FROM ltc_jobs.workers AS worker
            JOIN ltc_jobs.jobs AS job ON job.worker = worker.id AND job.state = 'leased'
            WHERE worker.name = $1 AND job.kind = 'outside'
            """,
        parameters: [Column("name", .text)],
        columns: [
            Column("id", .bigint), Column("id", .bigint), Column("fence", .bigint), Column("attempt", .integer),
        ])
    struct Row: Sendable {
        let worker: Int
        let job: Int
        let fence: Int
        let attempt: Int
    }
    let worker: String
    func bind(to parameters: inout Parameters) { parameters.append(worker, as: .text) }
    static func decode(_ row: borrowing ResultRow) throws -> Row {
        Row(
            worker: try row.value(at: 0, as: .bigint), job: try row.value(at: 1, as: .bigint),
            fence: try row.value(at: 2, as: .bigint), attempt: try row.value(at: 3, as: .integer))
    }
}
