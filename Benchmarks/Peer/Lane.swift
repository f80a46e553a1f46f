import ArgumentParser
import Jobs

extension Peer {
    /// The ways through the engine that are measured, each beside the first. A further one is a case here and a link in
    /// deploy/peers.
    enum Lane: String, CaseIterable, ExpressibleByArgument {
        case batched, leased
        /// Batched, each job with a unique key of its own.
        case keyed
        /// Batched, in strict order within some 1,300 keys.
        case ordered

        /// What `concurrency` counts: the jobs of a batch, or those that run at once.
        var best: Int { self == .leased ? 16 : 1_000 }
        var worthTrying: [Int] { self == .leased ? [4, 8, 16, 32, 64] : [100, 250, 500, 1_000, 2_000] }

        /// - Parameter calledAt: CLOCK_MONOTONIC in nanoseconds; 0 for none.
        func job(calledAt: Int) -> NewJob {
            var job = NewJob(kind: "noop", arguments: calledAt == 0 ? "{}" : #"{"t": \#(calledAt)}"#)
            switch self {
            case .batched, .leased: break
            case .keyed: job.unique = Unique(String(UInt64.random(in: 0 ... .max), radix: 36))
            case .ordered: job.key = .ordered(String(Int.random(in: 0..<1_300), radix: 36))
            }
            return job
        }

        func handler(_ tally: Tally) -> Handler {
            if self == .leased { return .leased("noop", timeout: .seconds(10)) { job, _ in tally.count([job]) } }
            return .batched("noop") { _, jobs in tally.count(jobs) }
        }

        func options(concurrency: Int) -> EngineOptions {
            var options = EngineOptions()
            if self == .leased { options.concurrency = concurrency } else { options.batchSize = concurrency }
            return options
        }

        /// How many connections the engine may use, as a daemon would be set up.
        func connections(_ concurrency: Int) -> Int { self == .leased ? min(concurrency, 16) + 2 : 5 }
    }
}
