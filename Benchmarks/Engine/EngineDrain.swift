import Foundation
import TestSupport

extension Measurement {
    private static let jobs = 100_000
    private static let rounds = 3

    /// The engine keeps every finished job in its log, the yardstick only a state.
    static let engineDrain = Measurement(
        name: "engine-drain", what: "no-op jobs of the batched lanes, beside claims and completions of 1,000 by pgbench"
    ) {
        var figures: [Figure] = []
        for (processes, least) in [(1, 0.90), (2, 0.85)] {
            let yardstick = try await median {
                try await TestDatabase.with { database in
                    let rate = try await Yardstick.claimThousand.rate(
                        database, clients: processes, times: jobs / 1_000, jobs: jobs + 2_000 * processes)
                    return rate * 1_000
                }
            }
            for lane in Peer.Lane.allCases where lane != .leased {
                var memory = 0.0
                let ours = try await median {
                    let drain = try await TestDatabase.with {
                        try await $0.drain(lane, jobs: jobs, processes: processes)
                    }
                    memory = max(memory, drain.peakMemory)
                    return drain.rate
                }
                figures.append(
                    .rate(
                        "\(lane), \(processes) process\(processes == 1 ? "" : "es")", ours, yardstick,
                        atLeast: lane == .batched ? least : nil))
                if processes == 1 { figures.append(.memory(of: lane, memory)) }
            }
        }
        return figures
    }

    static let engineLeased = Measurement(
        name: "engine-leased", what: "no-op leased jobs one at a time, beside claim, then complete, of 8 clients"
    ) {
        let yardstick = try await median {
            try await TestDatabase.with {
                try await Yardstick.claimThenComplete.rate($0, clients: 8, times: 16_000, jobs: 32_000)
            }
        }
        var memory = 0.0
        let ours = try await median {
            let drain = try await TestDatabase.with { try await $0.drain(.leased, jobs: 30_000) }
            memory = max(memory, drain.peakMemory)
            return drain.rate
        }
        return [.rate("leased, 1 process", ours, yardstick, atLeast: 0.85), .memory(of: .leased, memory)]
    }

    /// Nobody has told the planner how large the tables are; then the tables are large beside what is ready.
    static let engineCrowd = Measurement(
        name: "engine-crowd", what: "draining without planner statistics, and beside a million future and finished jobs"
    ) {
        func drain(_ preparation: String) async throws -> Double {
            try await median {
                try await TestDatabase.with {
                    try await $0.drain(.batched, jobs: jobs, preparation: preparation).rate
                }
            }
        }
        let empty = try await drain("VACUUM ANALYZE")
        let unanalyzed = try await drain("VACUUM")
        let crowded = try await TestDatabase.with { database in
            try await database.alone(crowd)
            return try await median { try await database.drain(.batched, jobs: jobs).rate }
        }
        return [
            .rate("without ANALYZE", unanalyzed, empty, atLeast: 0.9, of: "with"),
            .rate("a million future and finished", crowded, empty, atLeast: 0.9, of: "empty"),
        ]
    }

    private static let crowd = """
        INSERT INTO ltc_jobs.jobs (state, queue, kind, arguments, priority, rank, due_at, maximum_attempts)
        SELECT 'waiting', 'default', 'later', '{}', 0, now() + interval '1 day', now() + interval '1 day', 20
        FROM generate_series(1, 1000000);
        INSERT INTO ltc_jobs.log (id, state, queue, kind, arguments, priority, due_at, created_at, attempt,
            maximum_attempts, fence, finished_at)
        SELECT n, 'done', 'default', 'earlier', '{}', 0, now(), now(), 1, 20, 0, now()
        FROM generate_series(-1000000, -1) AS n;
        """

    /// Of three, with which one that was disturbed does no harm.
    private static func median(_ measure: () async throws -> Double) async throws -> Double {
        var values: [Double] = []
        for _ in 0..<rounds { values.append(try await measure()) }
        return values.sorted()[rounds / 2]
    }
}

extension Figure {
    /// Jobs a second beside those of something else in the same run.
    static func rate(
        _ label: String, _ ours: Double, _ theirs: Double, atLeast least: Double?, of reference: String = "yardstick"
    ) -> Figure {
        Figure(
            label: label, value: "\(Int(ours)) jobs/s", reference: "\(reference): \(Int(theirs)) jobs/s",
            ratio: ours / theirs, goal: least.map { .atLeast($0, ours / theirs) })
    }

    /// River, the frugal one of the queues that are known, takes 46 MiB on the same work.
    static func memory(of lane: Peer.Lane, _ peak: Double) -> Figure {
        Figure(
            label: "\(lane), peak memory", value: "\(peak.rounded(1)) MiB", reference: "River: 46 MiB",
            ratio: peak / 46,
            goal: .ratioAtMost(0.9, peak / 46))
    }
}
