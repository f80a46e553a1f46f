import Foundation
import TestSupport

extension Measurement {
    /// The yardstick wakes nobody; the engine's listeners are told at each commit, as the yardstick's would be.
    static let engineEnqueue = Measurement(
        name: "engine-enqueue", what: "one caller that enqueues one by one and a thousand a call, beside bare INSERTs"
    ) {
        try await TestDatabase.with { database in
            var figures: [Figure] = []
            let (singles, many) = (5_000, 200_000)
            let one = try await Yardstick.insertOneNotify.rate(database, clients: 1, times: singles)
            let thousand = try await Yardstick.insertThousand.rate(database, clients: 1, times: many / 1_000) * 1_000
            for lane in Peer.Lane.allCases where lane != .leased {
                _ = try await database.enqueue(lane, 100, size: 1)
                let ours = try await database.enqueue(lane, singles, size: 1)
                figures.append(.rate("\(lane), one", ours, one, atLeast: lane == .batched ? 0.65 : nil))
                if lane == .batched {
                    figures.append(
                        .rate(
                            "\(lane), one, through a pool", try await database.enqueueAnywhere(lane, singles), one,
                            atLeast: nil))
                }
                let batched = try await database.enqueue(lane, many, size: 1_000)
                figures.append(
                    .rate("\(lane), 1,000 a call", batched, thousand, atLeast: lane == .batched ? 0.45 : nil))
            }
            return figures
        }
    }

    static let enginePickup = Measurement(
        name: "engine-pickup", what: "from before the enqueuing call to the job's start, 50 a second at random times"
    ) {
        let (rate, seconds) = (50.0, 20.0)
        return try await TestDatabase.with { database in
            let floor = try await Floor.latencies(database, rate: rate, seconds: seconds)
            var figures: [Figure] = []
            for lane in Peer.Lane.allCases {
                let ours = try await latencies(database, lane, rate: rate, seconds: seconds)
                for (share, most) in [(0.5, 1.3), (0.99, 2.0)] {
                    let (value, least) = (ours.percentile(share), floor.percentile(share))
                    figures.append(
                        Figure(
                            label: "\(lane), p\(Int(share * 100))", value: "\((value / 1e6).rounded(2)) ms",
                            reference: "floor: \((least / 1e6).rounded(2)) ms", ratio: value / least,
                            goal: lane == .batched || lane == .leased ? .ratioAtMost(most, value / least) : nil))
                }
            }
            return figures
        }
    }

    private static func latencies(
        _ database: TestDatabase, _ lane: Peer.Lane, rate: Double, seconds: Double
    ) async throws -> [Int] {
        let worker = try WorkerProcess(lane, database)
        try await Task.sleep(for: .seconds(3))
        try await produce(database, lane, rate: rate, seconds: seconds)
        try await Task.sleep(for: .seconds(1))
        return try await worker.stop()
    }

    /// Another process enqueues, as in life.
    static func produce(_ database: TestDatabase, _ lane: Peer.Lane, rate: Double, seconds: Double) async throws {
        let producer = try ChildProcess(
            try WorkerProcess.program,
            ["peer", "produce", "--lane", lane.rawValue, database.name, "\(rate)", "\(seconds)"])
        while !(await producer.nextOutput()).isEmpty {}
        let code = await producer.exit()
        guard code == 0 else {
            throw ProcessFailure(program: "ltc-bench peer produce", problem: "it ended with \(code)")
        }
    }
}

extension [Int] {
    /// - Parameter share: 0.99 for what one of a hundred exceeds.
    func percentile(_ share: Double) -> Double {
        isEmpty ? .infinity : Double(sorted()[Swift.min(count - 1, Int(Double(count) * share))])
    }
}
