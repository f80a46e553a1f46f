import Foundation
import Jobs
import Logging
import Postgres
import TestSupport

extension Measurement {
    /// The same claim, completion and log as the engine's, in the same table, by PostgreSQL's own client: what a batch costs
    /// before any Swift is run.
    static let queueDrain = Measurement(
        name: "queue-drain", what: "claim and complete no-op batched jobs, against pgbench running the same SQL"
    ) {
        try await TestDatabase.with { database in
            let (jobs, rounds) = (100_000, 3)
            var (ours, theirs): ([Double], [Double]) = ([], [])
            // In turns, so that what disturbs the machine disturbs both; the medians are compared.
            for _ in 0..<rounds {
                try await fill(database, jobs)
                theirs.append(try pgbench(database, jobs))
                try await fill(database, jobs)
                ours.append(try await drain(database, jobs))
            }
            let (engine, reference) = (ours.sorted()[rounds / 2], theirs.sorted()[rounds / 2])
            return [
                Figure(
                    label: "engine, batches of \(batch)", value: "\(Int(engine)) jobs/s",
                    reference: "pgbench, 1 client: \(Int(reference)) jobs/s", ratio: engine / reference,
                    goal: .atLeast(0.5, engine / reference))
            ]
        }
    }

    private static let batch = 500

    private static func fill(_ database: TestDatabase, _ jobs: Int) async throws {
        try await database.pool.withConnection { connection in
            try await connection.exclusively { try $0.script("TRUNCATE ltc_jobs.jobs, ltc_jobs.log") }
            for _ in stride(from: 0, to: jobs, by: 1_000) {
                try await connection.transaction { db in
                    _ = try JobQueue.enqueue((0..<1_000).map { _ in NewJob(kind: "noop") }, in: db)
                }
            }
            // However long it took: all in one partition, as pgbench looks for them.
            let move = "UPDATE ltc_jobs.jobs SET slot = 0 WHERE slot <> 0"
            for sql in [move, "VACUUM ANALYZE ltc_jobs.jobs", "CHECKPOINT"] {
                try await connection.exclusively { try $0.script(sql) }
            }
        }
    }

    private static func drain(_ database: TestDatabase, _ jobs: Int) async throws -> Double {
        var options = EngineOptions()
        options.batchSize = batch
        let engine = Engine(
            pool: database.pool, listening: nil, handlers: [.batched("noop") { _, _ in }], options: options,
            logger: TestDatabase.logger)
        let start = ContinuousClock.now
        let counts = try await engine.runUntilIdle()
        guard counts.completed == jobs else { throw Unfinished(done: counts.completed, of: jobs) }
        return Double(jobs) / (ContinuousClock.now - start).seconds
    }

    /// - Returns: jobs a second, as pgbench counts its transactions.
    private static func pgbench(_ database: TestDatabase, _ jobs: Int) throws -> Double {
        let script = FileManager.default.temporaryDirectory.appending(path: "\(database.name).sql")
        defer { try? FileManager.default.removeItem(at: script) }
        var claim = JobsSQL.ClaimBatch.statement.text
        // As the engine asks, but for the cursor.
        let values = ["0", "'default'", "'noop'", "1", "0", "'-infinity'", "0", "'infinity'", "\(batch)", "1"]
        for (index, value) in values.enumerated().reversed() { claim.replace("$\(index + 1)", with: value) }
        try """
        BEGIN;
        \(claim);
        COMMIT;
        """.write(to: script, atomically: true, encoding: .utf8)
        let output = try ProcessOutput.of(
            "pgbench", "-n", "-M", "simple", "-c", "1", "-t", "\(jobs / batch)", "-f", script.path, database.name)
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = Double(line.split(separator: " ")[2])
        else { throw Unreadable(output: output) }
        return rate * Double(batch)
    }

    private struct Unfinished: Error {
        let done: Int
        let of: Int
    }

    private struct Unreadable: Error {
        let output: String
    }
}
