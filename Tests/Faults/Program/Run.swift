import ArgumentParser
import Foundation
import UnixSignals

/// Runs faults, each on a stage of its own, and prints a line of the table for each.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run faults and print the table.")

    @Argument(help: "Which to run; otherwise all: \(Fault.all.map(\.name).joined(separator: ", ")).")
    var names: [String] = []

    @Flag(help: "Inject many of each: hundreds of kills, half an hour in all.")
    var long = false

    @Option(help: "What chance is drawn from; the same seed draws the same delays and victims.")
    var seed: UInt64 = 1

    @Option(help: "For how long each fault is injected, in seconds.")
    var seconds: Int?

    @Option(help: "How many faults run side by side; what is measured suffers from it.")
    var beside = 1

    func validate() throws {
        let known = Fault.all.map(\.name)
        for name in names where !known.contains(name) {
            throw ValidationError("there is no fault '\(name)'; there are \(known.joined(separator: ", "))")
        }
        guard seconds.map({ $0 > 0 }) ?? true, beside > 0 else { throw ValidationError("a number must be positive") }
    }

    func run() async throws {
        let faults = Fault.all.filter { names.isEmpty || names.contains($0.name) }
        let isClean = await withTaskGroup(of: Bool?.self) { group in
            group.addTask { await playAll(faults) }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return nil }
                return nil
            }
            // The stages clear up when they are cancelled.
            let first = await group.next() ?? nil
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        guard let isClean else { throw ExitCode(130) }
        if !isClean { throw ExitCode(70) }
    }

    private func playAll(_ faults: [Fault]) async -> Bool {
        Table.begin()
        return await withTaskGroup(of: Bool.self) { group in
            var (isClean, running) = (true, 0)
            for fault in faults {
                if running == beside, let outcome = await group.next() {
                    (isClean, running) = (isClean && outcome, running - 1)
                }
                group.addTask { await play(fault) }
                running += 1
            }
            for await outcome in group { isClean = isClean && outcome }
            return isClean
        }
    }

    private func play(_ fault: Fault) async -> Bool {
        if Task.isCancelled { return true }
        if let reason = await fault.obstacle() {
            Table.print(fault.name, skipped: reason)
            return true
        }
        Faults.say("\(fault.name): \(fault.what) …")
        let length = Length(isLong: long, seconds: seconds)
        do {
            let outcome = try await Stage.play(fault, length: length, seed: seed)
            Table.print(fault.name, outcome)
            return outcome.problems.isEmpty
        } catch {
            if !Task.isCancelled { Table.print(fault.name, failed: error) }
            return false
        }
    }
}

/// How much of a fault is injected.
struct Length: Sendable {
    let isLong: Bool
    /// Asked for, in seconds.
    let seconds: Int?

    func lasting(short: Int, long: Int) -> Duration { .seconds(seconds ?? (isLong ? long : short)) }
}
