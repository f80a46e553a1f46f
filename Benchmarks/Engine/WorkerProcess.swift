import Foundation
import TestSupport

/// A process that works one lane of a database, as a daemon does, and counts what it has started.
final class WorkerProcess: Sendable {
    private let child: ChildProcess
    private let slot: URL
    private let out: URL

    init(_ lane: Peer.Lane, _ database: TestDatabase, number: Int = 0) throws {
        let folder = FileManager.default.temporaryDirectory
        slot = folder.appending(path: "\(database.name).\(number).slot")
        out = folder.appending(path: "\(database.name).\(number).out")
        try Data(count: 24).write(to: slot)
        child = try ChildProcess(
            Self.program,
            ["peer", "worker", "--lane", lane.rawValue, database.name, "\(lane.best)", slot.path, out.path])
    }

    deinit {
        unlink(slot.path)
        unlink(out.path)
    }

    static var program: String {
        get throws { try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") }
    }

    /// Jobs started, and when the first was, CLOCK_MONOTONIC in nanoseconds.
    func count() throws -> (started: Int, first: Int) {
        let words = try Data(contentsOf: slot).withUnsafeBytes { Array($0.bindMemory(to: Int64.self)) }
        return (Int(words[0]), Int(words[1]))
    }

    /// In MiB.
    func peakMemory() throws -> Double { Double(try RunningProcess(pid: child.pid).status("VmHWM")) / 1_024 }

    /// Ends it cleanly.
    ///
    /// - Returns: nanoseconds from the enqueuing call to the start, of the jobs that say when they were enqueued.
    func stop() async throws -> [Int] {
        child.send(signal: SIGTERM)
        let code = await child.exit()
        guard code == 0 else {
            throw ProcessFailure(program: "ltc-bench peer worker", problem: "it ended with \(code)")
        }
        return try JSONDecoder().decode([Int].self, from: Data(contentsOf: out))
    }
}
