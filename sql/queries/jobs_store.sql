-- name: list
-- Jobs, newest first, unfinished and finished alike; a null filter lets everything through.
-- takes: id bigint?, state text?, kind text?, queue text?, team bigint?, maximum integer
-- gives: id bigint, state text, queue text, kind text, version integer, arguments jsonb, team bigint?, unique_key text?, key text?, priority integer, due_at timestamptz, occurrence timestamptz?, created_at timestamptz, attempt integer, maximum_attempts integer, worker bigint?, started_at timestamptz?, finished_at timestamptz?, reason text?, errors jsonb?, progress jsonb?
SELECT * FROM (
    (SELECT id, state, queue, kind, version, arguments, team, unique_key, key, priority, due_at, occurrence, created_at,
        attempt, maximum_attempts, worker, started_at, NULL::timestamptz AS finished_at, NULL::text AS reason, errors, progress
    FROM ltc_jobs.jobs
    WHERE (:id::bigint IS NULL OR id = :id) AND (:state::text IS NULL OR state = :state)
        AND (:kind::text IS NULL OR kind = :kind) AND (:queue::text IS NULL OR queue = :queue)
        AND (:team::bigint IS NULL OR team = :team)
    ORDER BY id DESC LIMIT :maximum::integer)
    UNION ALL
    (SELECT id, state, queue, kind, version, arguments, team, unique_key, key, priority, due_at, occurrence, created_at,
        attempt, maximum_attempts, worker, started_at, finished_at, reason, errors, NULL::jsonb AS progress
    FROM ltc_jobs.log
    WHERE (:id::bigint IS NULL OR id = :id) AND (:state::text IS NULL OR state = :state)
        AND (:kind::text IS NULL OR kind = :kind) AND (:queue::text IS NULL OR queue = :queue)
        AND (:team::bigint IS NULL OR team = :team)
    ORDER BY id DESC LIMIT :maximum::integer)
) AS either ORDER BY id DESC LIMIT :maximum::integer;

-- name: retry
-- Dead jobs start anew, those that wait for their time run now. Wakes the workers; what it makes blocked is to be admitted.
-- takes: ids bigint[]
-- gives: id bigint, kind text, was_dead boolean, unique_key text?, key text?
WITH before AS MATERIALIZED (
    SELECT id, state FROM ltc_jobs.jobs WHERE id = ANY (:ids::bigint[]) AND state IN ('dead', 'waiting')
    ORDER BY id FOR UPDATE
), revived AS (
    UPDATE ltc_jobs.jobs AS job
    SET state = CASE WHEN key_limit IS NULL THEN 'ready' ELSE 'blocked' END, slot = ltc_jobs.slot_now(),
        attempt = CASE before.state WHEN 'dead' THEN 0 ELSE attempt END, due_at = now(), rank = now()
    FROM before WHERE job.id = before.id AND job.state IN ('dead', 'waiting')
    RETURNING job.id, kind, before.state = 'dead' AS was_dead, unique_key, key
), woken AS MATERIALIZED (
    SELECT count(pg_notify('ltc_jobs', 'ready ' || kind)) FROM (SELECT DISTINCT kind FROM revived) AS k
)
SELECT id, kind, was_dead, unique_key, key FROM woken CROSS JOIN revived ORDER BY id;

-- name: dead
-- Dead jobs, oldest first; a null filter lets everything through. The error is a part of what the last attempt said.
-- takes: kind text?, queue text?, team bigint?, error text?, maximum integer
-- gives: id bigint
SELECT id FROM ltc_jobs.jobs
WHERE state = 'dead' AND (:kind::text IS NULL OR kind = :kind) AND (:queue::text IS NULL OR queue = :queue)
    AND (:team::bigint IS NULL OR team = :team)
    AND (:error::text IS NULL OR strpos(errors -> -1 ->> 'error', :error) > 0)
ORDER BY id LIMIT :maximum::integer;

-- name: retake_key
-- A job that comes back to life holds its unique key again, or touches no row when another job has taken it since.
-- takes: kind text, key text, job bigint
INSERT INTO ltc_jobs.unique_keys AS held (kind, key, job) VALUES (:kind, :key, :job)
ON CONFLICT (kind, key) DO UPDATE SET job = EXCLUDED.job, is_released = false
WHERE held.job = EXCLUDED.job OR held.is_released AND held.held_until <= clock_timestamp();

-- name: cancel
-- Ends an unfinished job. If it is running, its worker's writes are refused from now on, and the worker is told.
-- takes: id bigint, reason text
-- gives: kind text, unique_key text?, key text?
WITH gone AS (
    DELETE FROM ltc_jobs.jobs WHERE id = :id
    RETURNING *
), logged AS (
    INSERT INTO ltc_jobs.log (id, state, queue, kind, version, arguments, team, unique_key, key, key_limit, key_place,
        priority, due_at, occurrence, created_at, attempt, maximum_attempts, fence, worker, started_at, finished_at, reason,
        errors)
    SELECT id, 'cancelled', queue, kind, version, arguments, team, unique_key, key, key_limit, key_place,
        priority, due_at, occurrence, created_at, attempt, maximum_attempts, fence, worker, started_at, clock_timestamp(),
        :reason, errors
    FROM gone
)
SELECT kind, unique_key, key FROM gone
CROSS JOIN LATERAL (SELECT CASE state WHEN 'leased' THEN pg_notify('ltc_jobs', 'cancelled') END) AS told;

-- name: counts
-- What stands in the queues, and how long the oldest ready job has been waiting.
-- gives: queue text, kind text, state text, jobs bigint, oldest_seconds float8
SELECT queue, kind, state, count(*) AS jobs,
    extract(epoch FROM clock_timestamp() - min(due_at))::float8 AS oldest_seconds
FROM ltc_jobs.jobs GROUP BY queue, kind, state ORDER BY queue, kind, state;

-- name: workers
-- The engines that live, and how many jobs each holds under a lease.
-- gives: id bigint, name text, started_at timestamptz, seen_at timestamptz, kinds text[], running bigint
SELECT id, name, started_at, seen_at, kinds,
    (SELECT count(*) FROM ltc_jobs.jobs WHERE state = 'leased' AND worker = workers.id) AS running
FROM ltc_jobs.workers ORDER BY id;

-- name: controls
-- Every pause, limit and window, with who set it.
-- gives: what text, scope text, name text, maximum integer?, interval_seconds float8?, burst integer?, hours jsonb?, calendar text?, reason text?, changed_by text, changed_at timestamptz
SELECT 'pause' AS what, scope, name, NULL::integer AS maximum, NULL::float8 AS interval_seconds, NULL::integer AS burst,
    NULL::jsonb AS hours, NULL::text AS calendar, reason, paused_by AS changed_by, paused_at AS changed_at FROM ltc_jobs.pauses
UNION ALL
SELECT 'limit', scope, name, maximum, interval_seconds, burst, NULL, NULL, NULL, changed_by, changed_at FROM ltc_jobs.limits
UNION ALL
SELECT 'window', scope, name, NULL, NULL, NULL, hours, calendar, NULL, changed_by, changed_at FROM ltc_jobs.windows
ORDER BY what, scope, name;

-- name: pause
-- Nothing of the scope is claimed from now on; one that was paused before keeps its first reason.
-- takes: scope text, name text, reason text?, by text
INSERT INTO ltc_jobs.pauses (scope, name, reason, paused_by) VALUES (:scope, :name, :reason, :by) ON CONFLICT DO NOTHING;

-- name: resume
-- What was paused goes on.
-- takes: scope text, name text
DELETE FROM ltc_jobs.pauses WHERE scope = :scope AND name = :name;

-- name: set_limit
-- Null for what is not limited.
-- takes: scope text, name text, maximum integer?, interval_seconds float8?, burst integer?, by text
INSERT INTO ltc_jobs.limits AS held (scope, name, maximum, interval_seconds, burst, changed_by)
VALUES (:scope, :name, :maximum, :interval_seconds, :burst, :by)
ON CONFLICT (scope, name) DO UPDATE SET maximum = EXCLUDED.maximum, interval_seconds = EXCLUDED.interval_seconds,
    burst = EXCLUDED.burst, changed_by = EXCLUDED.changed_by, changed_at = now();

-- name: remove_limit
-- Nothing is limited any more.
-- takes: scope text, name text
DELETE FROM ltc_jobs.limits WHERE scope = :scope AND name = :name;

-- name: set_window
-- Nothing of the scope is claimed outside of these hours.
-- takes: scope text, name text, hours jsonb, calendar text?, by text
INSERT INTO ltc_jobs.windows AS held (scope, name, hours, calendar, changed_by)
VALUES (:scope, :name, :hours, :calendar, :by)
ON CONFLICT (scope, name) DO UPDATE SET hours = EXCLUDED.hours, calendar = EXCLUDED.calendar,
    changed_by = EXCLUDED.changed_by, changed_at = now();

-- name: remove_window
-- All hours are open again.
-- takes: scope text, name text
DELETE FROM ltc_jobs.windows WHERE scope = :scope AND name = :name;

-- name: tell_controls
-- Engines look at once at what has changed.
-- gives: told text
SELECT coalesce(pg_notify('ltc_jobs', 'controls')::text, '') AS told;

-- name: versions
-- The versions of arguments that unfinished jobs have, by kind.
-- gives: kind text, version integer, jobs bigint
SELECT kind, version, count(*) AS jobs FROM ltc_jobs.jobs GROUP BY kind, version ORDER BY kind, version;

-- name: dead_rows
-- Rows of the queue's tables that are dead and not yet removed, as the server's statistics have it.
-- gives: name text, rows bigint
SELECT relname::text AS name, n_dead_tup AS rows FROM pg_stat_all_tables
WHERE schemaname = 'ltc_jobs' AND relname LIKE 'jobs\_%' ORDER BY relname;
