import Foundation
import TestSupport

extension Fault {
    static let restart = Fault(name: "restart", what: "PostgreSQL is stopped in immediate mode and started again") {
        stage, _ in
        var random = SeededRandom(seed: stage.seed)
        try await stage.hire()
        var outages: [Outage] = []
        let end = ContinuousClock.now + stage.length.lasting(short: 10, long: 240)
        while ContinuousClock.now < end {
            try await Task.sleep(for: .seconds(5.5))
            let start = Date()
            await stage.server.stop(.immediate)
            // Some outages are longer than the silence after which an engine is taken for dead.
            try await stage.pause(outages.count % 3 == 0 ? 10...12 : 0...4, &random)
            try await stage.server.start()
            outages.append(Outage(start: start, end: Date()))
            try await Task.sleep(for: .seconds(6))
        }
        let all = outages
        return Injection(count: all.count) { evidence, outcome in
            Outage.review(all, evidence, &outcome)
            evidence.expectNoBurial(&outcome)
        }
    }
}

/// A time without a server, or without a way to it.
struct Outage: Sendable {
    let start: Date
    let end: Date

    /// After an outage as much is done as before, soon.
    static func review(
        _ outages: [Outage], within limit: Duration = .seconds(10), _ evidence: Evidence, _ outcome: inout Outcome
    ) {
        for (number, outage) in outages.enumerated() {
            let back = evidence.recovery(from: outage.start, to: outage.end)
            if let back { outcome.back = max(outcome.back ?? .zero, back) }
            if back.map({ $0 > limit }) ?? true {
                outcome.problems.append(
                    "after outage \(number + 1) the throughput was not back within \(limit) but after \(back?.seconds ?? .infinity) s"
                )
            }
        }
    }
}
