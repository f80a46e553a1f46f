import Foundation
import Jobs
import Logging
import Postgres
import Synchronization
import TestSupport

/// Where one fault is injected: a server, a database, workers, a producer, and the outside world.
final class Stage: Sendable {
    let server: PrivateServer
    /// For looking on; workers and producer have connections of their own.
    let pool: Pool
    let crew: Crew
    let folder: URL
    let length: Length
    let seed: UInt64
    private let keyRivals = Mutex<Set<Int>>([])

    static let database = "faults"

    private init(server: PrivateServer, folder: URL, length: Length, seed: UInt64) {
        (self.server, self.folder, self.length, self.seed) = (server, folder, length, seed)
        pool = Pool(ConnectionSettings(server.conninfo(Self.database)), limit: 4, logger: Self.logger)
        crew = Crew(conninfo: server.conninfo(Self.database), folder: folder)
    }

    private static var logger: Logger { Logger(label: "faults") { _ in SwiftLogNoOpLogHandler() } }

    /// Sets up, injects, waits until all work is done, and examines what came of it. What was written is kept if anything is
    /// wrong.
    static func play(_ fault: Fault, length: Length, seed: UInt64) async throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-faults-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let result: Result<Outcome, any Error>
        do {
            result = .success(try await play(fault, in: folder, length: length, seed: seed))
        } catch {
            result = .failure(error)
        }
        if isClean(result) {
            try FileManager.default.removeItem(at: folder)
        } else {
            Faults.say("  \(fault.name): the outside file and the workers' logs are kept: \(folder.path)")
        }
        return try result.get()
    }

    private static func play(_ fault: Fault, in folder: URL, length: Length, seed: UInt64) async throws -> Outcome {
        let place = folder.appending(path: "server")
        let disk = fault.needsSmallDisk ? try await SmallDisk(under: place.appending(path: "data")) : nil
        let server = try await PrivateServer.make(
            in: disk == nil ? nil : place, settings: fault.serverSettings, prefix: disk?.prefix ?? [])
        let stage = Stage(server: server, folder: folder, length: length, seed: seed)
        let result: Result<Outcome, any Error>
        do {
            result = .success(try await stage.play(fault, on: disk))
        } catch {
            result = .failure(error)
        }
        await stage.crew.killAll()
        await stage.pool.close()
        if isClean(result) {
            try await server.remove()
        } else {
            await server.stop(.fast)
            Faults.say("  \(fault.name): the server's directory is kept: \(server.directory.path)")
        }
        return try result.get()
    }

    /// Whether nothing is left to look at.
    private static func isClean(_ result: Result<Outcome, any Error>) -> Bool {
        switch result {
        case .success(let outcome): outcome.problems.isEmpty
        case .failure: Task.isCancelled
        }
    }

    private func play(_ fault: Fault, on disk: SmallDisk?) async throws -> Outcome {
        try await server.createDatabase(Self.database)
        try await pool.transaction { try $0.script(Ledger.tables) }
        let producing = Pool(
            ConnectionSettings(server.conninfo(Self.database)), limit: 1, logger: Self.logger)
        let producer = Producer(pool: producing, load: fault.load, seed: seed)
        let injection = try await withThrowingTaskGroup(of: Injection?.self) { group in
            group.addTask {
                await producer.run()
                return nil
            }
            group.addTask {
                await self.watchKeys()
                return nil
            }
            group.addTask { try await fault.inject(self, disk) }
            var injection: Injection?
            for try await end in group {
                if let end { injection = end }
                group.cancelAll()
            }
            guard let injection else { throw CancellationError() }
            return injection
        }
        await producing.close()
        try await settle()
        var outcome = Outcome(injected: injection.count)
        outcome.problems = injection.problems
        outcome.problems += await crew.dismissAll()
        try await examine(&outcome, injection)
        return outcome
    }

    /// Waits until no job is left, or for so long that none will be done any more.
    private func settle() async throws {
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end {
            let unfinished = try await pool.transaction { try $0.one(Unfinished()) }
            if unfinished == 0 { return }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func watchKeys() async {
        while !Task.isCancelled {
            do {
                let rivals = try await pool.transaction { try $0.run(KeyRivals()) }
                keyRivals.withLock { $0.formUnion(rivals) }
                try await Task.sleep(for: .milliseconds(50))
            } catch {
                // The server is away, or we are done.
            }
        }
    }

    private func examine(_ outcome: inout Outcome, _ injection: Injection) async throws {
        let evidence = try await Evidence.gather(self)
        let broken = try await pool.transaction { try $0.run(Broken()) }
        outcome.checked = evidence.wanted
        outcome.lost = broken.count { $0.problem == "lost" }
        outcome.doubled = Set(broken.filter { $0.problem == "doubled" }.map(\.job)).count
        for (problem, all) in Dictionary(grouping: broken, by: \.problem).sorted(by: { $0.key < $1.key }) {
            outcome.blame(problem, all.map(\.job))
        }
        outcome.blame("shared its unique key with another live job", keyRivals.withLock { Array($0) })
        evidence.examineOutside(&outcome)
        injection.review(evidence, &outcome)
    }
}

extension Outcome {
    /// Notes that something does not hold of some jobs.
    mutating func blame(_ problem: String, _ jobs: [Int]) {
        guard !jobs.isEmpty else { return }
        let some = jobs.sorted().prefix(10).map { "\($0)" }.joined(separator: ", ")
        problems.append("\(jobs.count) \(problem): job \(some)\(jobs.count > 10 ? ", …" : "")")
    }
}
