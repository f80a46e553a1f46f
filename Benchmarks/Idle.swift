import Foundation
import Postgres
import TestSupport

extension Measurement {
    /// The built daemon itself, with everything in it that a company needs, on a database where nothing happens.
    static let idle = Measurement(name: "idle", what: "what a daemon takes that has nothing to do") {
        try await TestDatabase.with { database in
            try await SalesFloor.open(database)
            let daemon = try await start(on: database)
            let process = RunningProcess(pid: daemon.pid)
            try await settle(process)
            let backends = try await database.pool.transaction { try $0.run(ServerProcesses()) }
            let period = Duration.seconds(10)
            let before = (try process.processorTime(), try processorTime(of: backends))
            try await Task.sleep(for: period)
            let spent = (try process.processorTime() - before.0).milliseconds
            let server = (try processorTime(of: backends) - before.1).milliseconds
            let (resident, own) = (try process.megabytes("VmRSS"), try process.megabytes("RssAnon"))
            let (peak, threads) = (try process.megabytes("VmHWM"), try process.status("Threads"))
            daemon.send(signal: SIGTERM)
            let code = await daemon.exit()
            guard code == 0 else { throw ProcessFailure(program: "ltcd", problem: "it ended with \(code)") }
            return [
                Figure(
                    label: "resident memory", value: "\(resident.rounded(1)) MB",
                    reference: "of it its own, not of files: \(own.rounded(1)) MB", goal: .atMost(40, "MB", resident)),
                Figure(label: "peak of resident memory", value: "\(peak.rounded(1)) MB"),
                Figure(
                    label: "processor, in 10 s", value: "\(spent.rounded(1)) ms",
                    reference: "its \(backends.count) server processes: \(server.rounded(1)) ms",
                    goal: .atMost(10, "ms", spent)),
                Figure(label: "threads", value: "\(threads)"),
            ]
        }
    }

    private static func start(on database: TestDatabase) async throws -> ChildProcess {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: own).deletingLastPathComponent().appending(path: "ltcd").path
        let daemon = try ChildProcess(
            program,
            environment: [
                "LTC_DATABASE_CONNINFO": "dbname=\(database.name)", "LTC_HTTP_PORT": "0", "LTC_OUTBOUND": "on",
                "LTC_MAIL_FROM": "ltc@bench.invalid", "LTC_SMTP_HOST": "127.0.0.1",
            ])
        var log = ""
        while !log.contains("ltcd works") {
            let more = await daemon.nextOutput()
            guard !more.isEmpty else { throw ProcessFailure(program: program, problem: log) }
            log += more
        }
        return daemon
    }

    /// Waits until it has done next to nothing for five seconds, which is as long as it sleeps between two looks.
    private static func settle(_ process: RunningProcess) async throws {
        for _ in 0..<24 {
            let before = try process.processorTime()
            try await Task.sleep(for: .seconds(5))
            if try process.processorTime() - before < .milliseconds(20) { return }
        }
        throw ProcessFailure(program: "ltcd", problem: "it is still at work after two minutes on an empty database")
    }

    private static func processorTime(of backends: [Int]) throws -> Duration {
        try backends.reduce(.zero) { try $0 + RunningProcess(pid: pid_t($1)).processorTime() }
    }
}

/// The server's processes that serve the daemon.
struct ServerProcesses: Query {
    static let statement = Statement(
        name: "bench.backends",
        text: """
            SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'ltcd%'
            """,
        columns: [Column("pid", .integer)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .integer) }
}
