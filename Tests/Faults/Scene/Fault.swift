import Foundation
import Jobs
import Postgres
import TestSupport

/// One thing that goes wrong.
struct Fault: Sendable {
    let name: String
    let what: String
    var load = Load()
    var serverSettings: [String: String] = [:]
    var needsSmallDisk = false
    /// Why it cannot be injected here; nil when it can.
    var obstacle: @Sendable () async -> String? = { nil }
    /// Hires the workers and lets things go wrong. Jobs are stored all the while.
    let inject: @Sendable (Stage, SmallDisk?) async throws -> Injection

    static let all: [Fault] = [.kill, .freeze, .restart, .terminate, .halfOpen, .diskFull, .clock, .versions]
}

/// What was done to the stage.
struct Injection: Sendable {
    /// How often.
    var count: Int
    /// What was seen at once not to hold.
    var problems: [String] = []
    /// What must last until all work is done.
    var props: [any Sendable] = []
    /// What this fault asks of the end beyond what is asked of all.
    var review: @Sendable (Evidence, inout Outcome) -> Void = { _, _ in }
}

extension Stage {
    /// Workers, at work.
    func hire(_ count: Int = 3, _ role: Crew.Role = .init()) async throws {
        for _ in 0..<count { try await crew.hire(role) }
        try await untilAllWork()
    }

    /// Waits until the engine knows every worker, and half a second more.
    func untilAllWork() async throws {
        let names = Set(await crew.names)
        while true {
            let known = try await pool.transaction { try JobStore.workers(in: $0) }.map(\.name)
            if names.isSubset(of: known) { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        try await Task.sleep(for: .milliseconds(500))
    }

    /// Waits for some time of this range, in seconds.
    func pause(_ range: ClosedRange<Double>, _ random: inout SeededRandom) async throws {
        try await Task.sleep(for: .seconds(Double.random(in: range, using: &random)))
    }
}
