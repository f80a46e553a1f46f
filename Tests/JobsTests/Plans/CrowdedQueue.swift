import Jobs
import Postgres

/// A queue with a million ready jobs, and hundreds of thousands that wait, run or are finished.
enum CrowdedQueue {
    /// No ANALYZE runs behind the test's back.
    static let fill = """
        DO $$ DECLARE name text; BEGIN
            FOR name IN SELECT relid::regclass FROM pg_partition_tree('ltc_jobs.jobs') WHERE isleaf
                UNION ALL SELECT relid::regclass FROM pg_partition_tree('ltc_jobs.log') WHERE isleaf
            LOOP EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', name); END LOOP;
        END $$;
        SET LOCAL synchronous_commit = off;
        INSERT INTO ltc_jobs.jobs (id, state, slot, queue, kind, arguments, priority, rank, due_at, maximum_attempts)
        SELECT n, 'ready', 0, 'default', 'k' || n % 7, '{}', 0, now() + n * interval '1 ms', now(), 20
        FROM generate_series(1, 1000000) AS n;
        INSERT INTO ltc_jobs.jobs (id, state, queue, kind, arguments, priority, rank, due_at, maximum_attempts)
        SELECT 1000000 + n, 'waiting', 'default', 'k', '{}', 0, now(), now() + (n - 50) * interval '1 s', 20
        FROM generate_series(1, 300000) AS n;
        INSERT INTO ltc_jobs.jobs (id, state, queue, kind, arguments, priority, rank, due_at, maximum_attempts, attempt,
            fence, worker, started_at, lease_until)
        SELECT 2000000 + n, 'leased', 'default', 'k', '{}', 0, now(), now(), 20, 1, 1, n % 100, now(),
            now() + (n - 50) * interval '1 s'
        FROM generate_series(1, 300000) AS n;
        INSERT INTO ltc_jobs.log (id, state, queue, kind, arguments, unique_key, priority, due_at, created_at, attempt,
            maximum_attempts, fence, finished_at)
        SELECT 3000000 + n, 'done', 'default', 'k', '{}', n::text, 0, now(), now(), 1, 20, 0, now()
        FROM generate_series(1, 300000) AS n;
        INSERT INTO ltc_jobs.unique_keys (kind, key, job) SELECT 'k', n, 3000000 + n FROM generate_series(1, 300000) AS n
        """
}

/// What a statement did: one line a node of its plan, with the rows that it read, all its loops together.
struct PlanNode: Sendable, Hashable {
    let node: String
    let index: String?
    let rows: Int
}

/// Runs a prepared statement and tells how.
struct Explain: Query {
    /// Its function, to be made once a transaction.
    static let function = """
        CREATE FUNCTION pg_temp.explain(statement text) RETURNS jsonb LANGUAGE plpgsql AS $$
        DECLARE plan json;
        BEGIN
            EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF, FORMAT JSON) ' || statement INTO plan;
            RETURN plan;
        END $$
        """
    static let statement = Statement(
        name: "test.explain",
        text: """
            WITH RECURSIVE node AS (
                SELECT pg_temp.explain($1) -> 0 -> 'Plan' AS it
                UNION ALL
                SELECT jsonb_array_elements(it -> 'Plans') FROM node
            )
            SELECT concat_ws(' ', it ->> 'Node Type', it ->> 'Relation Name') AS node, it ->> 'Index Name' AS index,
                ((it ->> 'Actual Loops')::numeric * ((it ->> 'Actual Rows')::numeric
                    + coalesce((it ->> 'Rows Removed by Filter')::numeric, 0)
                    + coalesce((it ->> 'Rows Removed by Join Filter')::numeric, 0)))::bigint AS rows
            FROM node
            """,
        parameters: [Column("statement", .text)],
        columns: [Column("node", .text), Column("index", .text), Column("rows", .bigint)])
    let sql: String
    func bind(to parameters: inout Parameters) { parameters.append(sql, as: .text) }
    static func decode(_ row: borrowing ResultRow) throws -> PlanNode {
        PlanNode(
            node: try row.value(at: 0, as: .text), index: try row.optional(at: 1, as: .text),
            rows: try row.value(at: 2, as: .bigint))
    }
}
