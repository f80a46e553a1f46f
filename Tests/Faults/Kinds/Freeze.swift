import Foundation
import TestSupport

extension Fault {
    /// A worker stands still for longer than its leases (a laptop's lid, a hypervisor's pause), and then goes on as if nothing
    /// had happened: others have taken its jobs, and what it still writes of them is refused.
    static let freeze = Fault(
        name: "freeze", what: "workers are stopped for longer than their leases and go on",
        load: Load(outside: 1, milliseconds: 500...8_000)
    ) { stage, _ in
        var random = SeededRandom(seed: stage.seed)
        try await stage.hire(3, Crew.Role(lease: 2))
        var count = 0
        let end = ContinuousClock.now + stage.length.lasting(short: 20, long: 300)
        while ContinuousClock.now < end {
            guard let name = await stage.crew.names.randomElement(using: &random) else { break }
            await stage.crew.send(signal: SIGSTOP, to: name)
            try await stage.pause(9...12, &random)
            await stage.crew.send(signal: SIGCONT, to: name)
            count += 1
            try await stage.pause(0.5...1, &random)
        }
        return Injection(count: count) { _, outcome in
            if outcome.refused == 0 { outcome.problems.append("no write was refused: nobody was overtaken") }
        }
    }
}
