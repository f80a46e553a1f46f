import Foundation
import Postgres
import TestSupport

/// What PostgreSQL itself does of the same work: the plainest queue there can be, by pgbench, nothing kept of what is done
/// but a state.
enum Yardstick: String {
    case insertOneNotify = """
        WITH added AS (INSERT INTO yardstick (kind, arguments) VALUES ('noop', '{"n": 1}') RETURNING kind)
        SELECT pg_notify('yardstick', kind) FROM added;
        """
    case insertThousand = """
        INSERT INTO yardstick (kind, arguments)
        SELECT kind, arguments::jsonb
        FROM unnest(array_fill('noop'::text, ARRAY[1000]), array_fill('{"n": 1}'::text, ARRAY[1000])) AS j (kind, arguments);
        """
    case claimThousand = """
        WITH head AS (
            SELECT id FROM yardstick WHERE state = 0 AND due_at <= now() ORDER BY due_at, id
            LIMIT 1000 FOR UPDATE SKIP LOCKED
        ), claimed AS (
            UPDATE yardstick AS job SET state = 1, attempt = attempt + 1, started_at = now() FROM head
            WHERE job.id = head.id RETURNING job.id, job.arguments
        )
        SELECT array_agg(id)::text AS ids, max(length(arguments::text)) AS longest FROM claimed \\gset
        UPDATE yardstick SET state = 2, finished_at = now() WHERE id = ANY (:ids::bigint[]) AND state = 1;
        """
    case claimThenComplete = """
        WITH head AS (
            SELECT id FROM yardstick WHERE state = 0 AND due_at <= now() ORDER BY due_at, id
            LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        UPDATE yardstick AS job SET state = 1, attempt = attempt + 1, started_at = now() FROM head
        WHERE job.id = head.id RETURNING job.id AS id \\gset
        UPDATE yardstick SET state = 2, finished_at = now() WHERE id = :id AND state = 1;
        """

    private static let table = """
        DROP TABLE IF EXISTS yardstick;
        CREATE TABLE yardstick (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            state smallint NOT NULL DEFAULT 0, attempt smallint NOT NULL DEFAULT 0,
            due_at timestamptz NOT NULL DEFAULT now(), started_at timestamptz, finished_at timestamptz,
            kind text NOT NULL, arguments jsonb NOT NULL
        ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
        CREATE INDEX yardstick_ready ON yardstick (due_at, id) WHERE state = 0;
        """

    /// Runs it that often on a table that holds `jobs` ready ones at first.
    ///
    /// - Returns: how many times a second.
    func rate(_ database: TestDatabase, clients: Int, times: Int, jobs: Int = 0) async throws -> Double {
        try await database.pool.withConnection { connection in
            let fill = """
                INSERT INTO yardstick (kind, arguments)
                SELECT 'noop', jsonb_build_object('n', n) FROM generate_series(1, \(jobs)) AS n
                """
            for sql in [Self.table, fill, "VACUUM ANALYZE yardstick", "CHECKPOINT"] {
                try await connection.exclusively { try $0.script(sql) }
            }
        }
        let script = FileManager.default.temporaryDirectory.appending(path: "\(database.name).sql")
        try rawValue.write(to: script, atomically: true, encoding: .utf8)
        defer { unlink(script.path) }
        let output = try ProcessOutput.of(
            "pgbench", "-n", "-M", "prepared", "-c", "\(clients)", "-j", "\(min(2, clients))", "-t",
            "\(times / clients)", "-f", script.path, database.name)
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = Double(line.split(separator: " ")[2])
        else { throw ProcessFailure(program: "pgbench", problem: output) }
        return rate
    }
}
