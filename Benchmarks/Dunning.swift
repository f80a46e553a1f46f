import Foundation
import Jobs
import Postgres
import TestSupport

extension Measurement {
    /// The built daemon, which runs it as a job as it does by the clock; the reference inserts the same rows without
    /// reading or deciding anything. LTC_BENCH_CUSTOMERS takes another number of customers, of ten instalments each.
    static let dunning = Measurement(
        name: "dunning",
        what: "1,000,000 open instalments of 100,000 customers are decided on, 30 % of them due for a notice"
    ) {
        let count = ProcessInfo.processInfo.environment["LTC_BENCH_CUSTOMERS"].flatMap { Int($0) } ?? 100_000
        return try await TestDatabase.with { database in
            try await CreditFloor.open(database, customers: count)
            let daemon = try await DunningDaemon(on: database)
            let first = try await daemon.dun()
            // Finance's package follows the run, and would compete with the next.
            try await daemon.handOver()
            let again = try await daemon.dun()
            try await daemon.stop()
            let rows = try await CreditFloor.rows(in: database)
            let bare = try await CreditFloor.insertBare(in: database)
            let ratio = first.time.seconds / bare.seconds
            return [
                Figure(
                    label: "the run", value: "\(first.time.seconds.rounded(2)) s",
                    reference: "\(Int(Double(count * 10) / first.time.seconds)) instalments/s",
                    goal: .atMost(8, "s", first.time.seconds)),
                Figure(
                    label: "its processor time", value: "\(first.own.seconds.rounded(2)) s",
                    reference: "its server process: \(first.server.seconds.rounded(2)) s"),
                Figure(
                    label: "peak of resident memory", value: "\(first.peak.rounded(1)) MB",
                    reference: "\(rows.items) items on \(rows.notices) notices, \(rows.messages) messages",
                    goal: .atMost(200, "MB", first.peak)),
                Figure(
                    label: "the same rows inserted", value: "\(bare.seconds.rounded(2)) s",
                    reference: "INSERT … SELECT of items, heads, messages", ratio: ratio,
                    goal: .ratioAtMost(2, ratio)),
                Figure(
                    label: "the same day again", value: "\(again.time.seconds.rounded(2)) s",
                    reference: "processor: \((again.own + again.server).seconds.rounded(2)) s",
                    goal: .atMost(3, "s", again.time.seconds)),
            ]
        }
    }
}

/// The built daemon at work on a database whose runs are asked for one by one.
private struct DunningDaemon {
    struct Run {
        var time, own, server: Duration
        /// Megabytes.
        var peak: Double
    }

    private let database: TestDatabase
    private let child: ChildProcess
    private let process: RunningProcess

    init(on database: TestDatabase) async throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: own).deletingLastPathComponent().appending(path: "ltcd").path
        self.database = database
        child = try ChildProcess(
            program, ["--as-of", "\(CreditFloor.day)"],
            environment: [
                "LTC_DATABASE_CONNINFO": "dbname=\(database.name)", "LTC_HTTP_PORT": "0", "LTC_OUTBOUND": "hold",
            ])
        process = RunningProcess(pid: child.pid)
        try await say("ltcd works")
    }

    /// From the job's arrival to the run's commit.
    func dun() async throws -> Run {
        try process.forgetPeak()
        let before = (try process.processorTime(), try await serverTime())
        let start = ContinuousClock.now
        try await JobQueue.enqueue([NewJob(kind: "dun-invoices", arguments: "{}")], on: database.pool)
        try await say("run finished")
        let time = start.duration(to: .now)
        return Run(
            time: time, own: try process.processorTime() - before.0, server: try await serverTime() - before.1,
            peak: try process.megabytes("VmHWM"))
    }

    /// Until the package of a run is made.
    func handOver() async throws {
        var made = 0
        while made == 0 {
            try await Task.sleep(for: .milliseconds(100))
            made = try await database.pool.transaction { db in try db.one(MadePackages()) }
        }
    }

    func stop() async throws {
        child.send(signal: SIGTERM)
        let code = await child.exit()
        guard code == 0 else { throw ProcessFailure(program: "ltcd", problem: "it ended with \(code)") }
    }

    private func say(_ words: String) async throws {
        var log = ""
        while !log.contains(words) {
            let more = await child.nextOutput()
            log += more
            if more.isEmpty || log.contains("error") { throw ProcessFailure(program: "ltcd", problem: log) }
        }
    }

    private func serverTime() async throws -> Duration {
        try await database.pool.transaction { try $0.run(ServerProcesses()) }
            .reduce(.zero) { try $0 + RunningProcess(pid: pid_t($1)).processorTime() }
    }
}

private struct MadePackages: Query {
    static let statement = Statement(
        name: "bench.packages",
        text: "SELECT count(*)::integer FROM ltc.artefacts WHERE name LIKE 'dunning-%.csv'",
        columns: [Column("count", .integer)])
    func bind(to parameters: inout Parameters) {}
    static func decode(_ row: borrowing ResultRow) throws -> Int { try row.value(at: 0, as: .integer) }
}
