-- name: list
-- Jobs, newest first, unfinished and finished alike; a null filter lets everything through.
-- takes: id bigint?, state text?, kind text?, queue text?, team bigint?, maximum integer
-- gives: id bigint, state text, queue text, kind text, arguments jsonb, team bigint?, unique_key text?, priority integer, due_at timestamptz, occurrence timestamptz?, created_at timestamptz, attempt integer, maximum_attempts integer, worker bigint?, started_at timestamptz?, finished_at timestamptz?, reason text?, errors jsonb?
SELECT * FROM (
    (SELECT id, state, queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at, attempt,
        maximum_attempts, worker, started_at, NULL::timestamptz AS finished_at, NULL::text AS reason, errors
    FROM ltc_jobs.jobs
    WHERE (:id::bigint IS NULL OR id = :id) AND (:state::text IS NULL OR state = :state)
        AND (:kind::text IS NULL OR kind = :kind) AND (:queue::text IS NULL OR queue = :queue)
        AND (:team::bigint IS NULL OR team = :team)
    ORDER BY id DESC LIMIT :maximum::integer)
    UNION ALL
    (SELECT id, state, queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at, attempt,
        maximum_attempts, worker, started_at, finished_at, reason, errors
    FROM ltc_jobs.log
    WHERE (:id::bigint IS NULL OR id = :id) AND (:state::text IS NULL OR state = :state)
        AND (:kind::text IS NULL OR kind = :kind) AND (:queue::text IS NULL OR queue = :queue)
        AND (:team::bigint IS NULL OR team = :team)
    ORDER BY id DESC LIMIT :maximum::integer)
) AS either ORDER BY id DESC LIMIT :maximum::integer;

-- name: retry
-- A dead job starts anew, one that waits for its time runs now. Wakes the workers.
-- takes: id bigint
-- gives: kind text, unique_key text?
WITH revived AS (
    UPDATE ltc_jobs.jobs
    SET state = 'ready', slot = ltc_jobs.slot_now(), attempt = CASE state WHEN 'dead' THEN 0 ELSE attempt END, due_at = now(), rank = now()
    WHERE id = :id AND state IN ('dead', 'waiting')
    RETURNING kind, unique_key
)
SELECT kind, unique_key FROM revived
CROSS JOIN LATERAL pg_notify('ltc_jobs', 'ready ' || kind) AS woken;

-- name: retake_key
-- A job that comes back to life holds its unique key again, or touches no row when another job has taken it since.
-- takes: kind text, key text, job bigint
INSERT INTO ltc_jobs.unique_keys AS held (kind, key, job) VALUES (:kind, :key, :job)
ON CONFLICT (kind, key) DO UPDATE SET job = EXCLUDED.job WHERE held.job = EXCLUDED.job;

-- name: cancel
-- Ends an unfinished job. If it is running, its worker's writes are refused from now on.
-- takes: id bigint, reason text
WITH gone AS (
    DELETE FROM ltc_jobs.jobs WHERE id = :id
    RETURNING *
)
INSERT INTO ltc_jobs.log (id, state, queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at,
    attempt, maximum_attempts, fence, worker, started_at, finished_at, reason, errors)
SELECT id, 'cancelled', queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at,
    attempt, maximum_attempts, fence, worker, started_at, clock_timestamp(), :reason, errors
FROM gone;

-- name: counts
-- What stands in the queues, and how long the oldest ready job has been waiting.
-- gives: queue text, kind text, state text, jobs bigint, oldest_seconds float8
SELECT queue, kind, state, count(*) AS jobs,
    extract(epoch FROM clock_timestamp() - min(due_at))::float8 AS oldest_seconds
FROM ltc_jobs.jobs GROUP BY queue, kind, state ORDER BY queue, kind, state;

-- name: workers
-- The engines that live.
-- gives: id bigint, name text, started_at timestamptz, seen_at timestamptz, kinds text[]
SELECT id, name, started_at, seen_at, kinds FROM ltc_jobs.workers ORDER BY id;
