import ArgumentParser
import Foundation
import Glibc
import Jobs
import Logging
import Postgres
import UnixSignals

/// A daemon that works the jobs of the stage: this program once more, as a process of its own.
struct Worker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Work jobs until SIGTERM, or until standard input ends.", shouldDisplay: false)

    @Option(help: "What the table of workers calls it.")
    var name: String

    @Option(help: "The file that stands for the outside world.")
    var outside: String

    @Option(help: "The kinds that it knows, with commas between them.")
    var kinds: String

    @Option(help: "The version of arguments that it reads; it makes older ones into it.")
    var version: Int

    @Option(help: "The lease of an outside job, in seconds.")
    var lease: Int

    /// Where the database is; not an argument, which everybody on the machine could read.
    static let conninfo = "LTC_FAULTS_CONNINFO"

    func run() async throws {
        // A group of its own: if we are left behind while stopped, the kernel wakes us up and hangs up.
        setpgid(0, 0)
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(STDIN_FILENO, &byte, 1) > 0 {}
            _exit(0)
        }
        let file = try OutsideFile(path: outside)
        let settings = ConnectionSettings(
            ProcessInfo.processInfo.environment[Self.conninfo] ?? "", applicationName: "faults-worker",
            statementTimeout: .seconds(10), idleTimeout: .seconds(10))
        var logger = Logger(label: name) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .info
        var options = EngineOptions()
        options.name = name
        let engine = Engine(
            pool: Pool(settings, limit: 8, logger: logger), listening: settings,
            handlers: kinds.split(separator: ",").map {
                handler(String($0), file).reading(version: version, upcasting: [1: OutsideTask.upcast])
            }, options: options, logger: logger)
        let signals = await UnixSignalsSequence(trapping: .sigterm)
        async let working: Void = engine.run()
        for await _ in signals {
            await engine.drain(within: .seconds(10))
            break
        }
        await working
        try file.append(.end(worker: name, refused: engine.counts.stale))
    }

    /// Kinds that begin with "outside" are leased and reach outside, all others leave rows only.
    private func handler(_ kind: String, _ file: OutsideFile) -> Handler {
        let (name, version) = (name, version)
        guard kind.hasPrefix("outside") else {
            return .batched(kind) { db, jobs in
                try db.execute(LeaveEffects(jobs, worker: name))
                // Long enough to be met by a fault.
                usleep(5_000)
            }
        }
        return .leased(kind, timeout: .seconds(120), lease: .seconds(lease)) { job, context in
            let task = try OutsideTask(job.arguments, version: version)
            try file.append(
                .effect(
                    job: job.id, fence: job.fence, message: task.message, attempt: job.attempt, worker: name,
                    at: Date()))
            try await Task.sleep(for: .milliseconds(task.milliseconds))
            try await context.complete { db in _ = try db.execute(LeaveEffects([job], worker: name)) }
        }
    }
}

/// The arguments of an outside job. Version 2 says how long it takes under another name than version 1.
struct OutsideTask: Sendable {
    /// The same at every attempt, so that a receiver can know a second one.
    let message: String
    /// How long it takes after the effect.
    let milliseconds: Int

    private struct One: Codable {
        let message: String
        let milliseconds: Int
    }

    private struct Two: Codable {
        let message: String
        let takes: Int
    }

    init(message: String, milliseconds: Int) { (self.message, self.milliseconds) = (message, milliseconds) }

    init(_ arguments: String, version: Int) throws {
        let data = Data(arguments.utf8)
        if version == 1 {
            let task = try JSONDecoder().decode(One.self, from: data)
            (message, milliseconds) = (task.message, task.milliseconds)
        } else {
            let task = try JSONDecoder().decode(Two.self, from: data)
            (message, milliseconds) = (task.message, task.takes)
        }
    }

    func json(version: Int) -> String {
        #"{"message": "\#(message)", "\#(version == 1 ? "milliseconds" : "takes")": \#(milliseconds)}"#
    }

    /// Arguments of version 1 as version 2 has them.
    @Sendable static func upcast(_ arguments: String) throws -> String {
        try OutsideTask(arguments, version: 1).json(version: 2)
    }
}
