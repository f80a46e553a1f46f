-- name: enqueue
-- Stores jobs and wakes the workers at commit. A job whose unique key is held by another gets null for its id.
-- Team 0 and key '' mean none; a due time in the past means now. Keys are taken in order, so that two callers never deadlock.
-- takes: kinds text[], arguments jsonb[], queues text[], teams bigint[], keys text[], dues timestamptz[], priorities integer[], maxima integer[]
-- gives: id bigint?
WITH wanted AS MATERIALIZED (
    SELECT nextval('ltc_jobs.job_ids') AS id, n, kind, arguments, queue, NULLIF(team, 0) AS team,
        NULLIF(key, '') AS unique_key, GREATEST(due, now()) AS due_at,
        CASE WHEN due > now() THEN 'waiting' ELSE 'ready' END AS state, priority, maximum
    FROM unnest(:kinds::text[], :arguments::jsonb[], :queues::text[], :teams::bigint[], :keys::text[],
        :dues::timestamptz[], :priorities::integer[], :maxima::integer[])
        WITH ORDINALITY AS w (kind, arguments, queue, team, key, due, priority, maximum, n)
), taken AS (
    INSERT INTO ltc_jobs.unique_keys (kind, key, job)
    SELECT kind, unique_key, id FROM wanted WHERE unique_key IS NOT NULL ORDER BY kind, unique_key, n
    ON CONFLICT DO NOTHING
    RETURNING job
), inserted AS (
    INSERT INTO ltc_jobs.jobs
        (id, state, queue, kind, arguments, team, unique_key, priority, rank, due_at, maximum_attempts)
    SELECT id, state, queue, kind, arguments, team, unique_key, priority, due_at - priority * interval '1 minute',
        due_at, maximum
    FROM wanted
    WHERE unique_key IS NULL OR id IN (SELECT job FROM taken)
    RETURNING id, kind, state
), woken AS MATERIALIZED (
    SELECT count(pg_notify('ltc_jobs', payload))
    FROM (SELECT DISTINCT CASE state WHEN 'ready' THEN 'ready ' || kind ELSE 'time' END AS payload FROM inserted) AS p
)
SELECT inserted.id FROM woken CROSS JOIN wanted LEFT JOIN inserted USING (id) ORDER BY n;

-- name: ready_lanes
-- The lanes that have something ready, oldest head first: one index probe a lane, however many jobs stand in it.
-- gives: is_solo boolean, queue text, kind text, rank timestamptz
WITH RECURSIVE lane AS (
    (SELECT is_solo, queue, kind, rank FROM ltc_jobs.jobs WHERE state = 'ready'
     ORDER BY is_solo, queue, kind, rank, id LIMIT 1)
    UNION ALL
    SELECT next.* FROM lane CROSS JOIN LATERAL (
        SELECT is_solo, queue, kind, rank FROM ltc_jobs.jobs
        WHERE state = 'ready' AND (is_solo, queue, kind) > (lane.is_solo, lane.queue, lane.kind)
        ORDER BY is_solo, queue, kind, rank, id LIMIT 1) AS next
)
SELECT is_solo, queue, kind, rank FROM lane ORDER BY rank;

-- name: claim_batch
-- Locks the head of a lane for this transaction; what others hold is passed over.
-- takes: queue text, kind text, maximum integer
-- gives: id bigint, arguments jsonb, team bigint?, unique_key text?, priority integer, due_at timestamptz, occurrence timestamptz?, created_at timestamptz, attempt integer, maximum_attempts integer, fence bigint
SELECT id, arguments, team, unique_key, priority, due_at, occurrence, created_at, attempt + 1 AS attempt,
    maximum_attempts, fence
FROM ltc_jobs.jobs
WHERE state = 'ready' AND NOT is_solo AND queue = :queue AND kind = :kind
ORDER BY rank, id LIMIT :maximum::integer
FOR UPDATE SKIP LOCKED;

-- name: complete_batch
-- Moves claimed jobs to the log, in the transaction that claimed them.
-- takes: ids bigint[], worker bigint
WITH gone AS (
    DELETE FROM ltc_jobs.jobs WHERE id = ANY (:ids::bigint[])
    RETURNING *
)
INSERT INTO ltc_jobs.log (id, state, queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at,
    attempt, maximum_attempts, fence, worker, started_at, finished_at, errors)
SELECT id, 'done', queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at,
    attempt + 1, maximum_attempts, fence, :worker, now(), clock_timestamp(), errors
FROM gone;

-- name: claim_leased
-- Takes the head of a lane under a lease; the fence rises, so that whoever held the job before can no longer write.
-- takes: worker bigint, is_solo boolean, queue text, kind text, maximum integer, lease float8
-- gives: id bigint, arguments jsonb, team bigint?, unique_key text?, priority integer, due_at timestamptz, occurrence timestamptz?, created_at timestamptz, attempt integer, maximum_attempts integer, fence bigint
WITH picked AS MATERIALIZED (
    SELECT id FROM ltc_jobs.jobs
    WHERE state = 'ready' AND is_solo = :is_solo AND queue = :queue AND kind = :kind
    ORDER BY rank, id LIMIT :maximum::integer
    FOR UPDATE SKIP LOCKED
)
UPDATE ltc_jobs.jobs AS job
SET state = 'leased', attempt = attempt + 1, fence = fence + 1, worker = :worker, started_at = now(),
    lease_until = clock_timestamp() + make_interval(secs => :lease)
FROM picked WHERE job.id = picked.id
RETURNING job.id, arguments, team, unique_key, priority, due_at, occurrence, created_at, attempt, maximum_attempts, fence;

-- name: extend_lease
-- A heartbeat; touches no row when the lease has gone to somebody else.
-- takes: id bigint, fence bigint, lease float8
UPDATE ltc_jobs.jobs SET lease_until = clock_timestamp() + make_interval(secs => :lease)
WHERE id = :id AND fence = :fence AND state = 'leased';

-- name: finish_leased
-- The fenced end of a leased job: moves it to the log, or touches no row when the lease has gone to somebody else.
-- takes: id bigint, fence bigint, state text, reason text?
WITH gone AS (
    DELETE FROM ltc_jobs.jobs WHERE id = :id AND fence = :fence AND state = 'leased'
    RETURNING *
)
INSERT INTO ltc_jobs.log (id, state, queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at,
    attempt, maximum_attempts, fence, worker, started_at, finished_at, reason, errors)
SELECT id, :state, queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at,
    attempt, maximum_attempts, fence, worker, started_at, clock_timestamp(), :reason, errors
FROM gone;

-- name: discard_claimed
-- Gives up a job of a batch that says that it should not run again.
-- takes: id bigint, worker bigint, reason text
WITH gone AS (
    DELETE FROM ltc_jobs.jobs WHERE id = :id
    RETURNING *
)
INSERT INTO ltc_jobs.log (id, state, queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at,
    attempt, maximum_attempts, fence, worker, started_at, finished_at, reason, errors)
SELECT id, 'discarded', queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at,
    attempt + 1, maximum_attempts, fence, :worker, now(), clock_timestamp(), :reason, errors
FROM gone;

-- name: release_keys
-- The unique keys of jobs that are finished or dead are free again.
-- takes: ids bigint[]
DELETE FROM ltc_jobs.unique_keys AS held
USING (
    SELECT kind, unique_key FROM ltc_jobs.log WHERE id = ANY (:ids::bigint[])
    UNION ALL
    SELECT kind, unique_key FROM ltc_jobs.jobs WHERE id = ANY (:ids::bigint[]) AND state = 'dead'
) AS finished
WHERE held.kind = finished.kind AND held.key = finished.unique_key AND held.job = ANY (:ids::bigint[]);

-- name: record_failure
-- A failed attempt: back to waiting for its delay in seconds, or dead after the last attempt. Keeps the last five errors.
-- In a batch the attempt is counted here and not at its claim, which holds the row by its lock and not by a lease.
-- takes: id bigint, fence bigint, attempt integer, delay float8, error text
-- gives: state text
UPDATE ltc_jobs.jobs
SET state = CASE WHEN :attempt >= maximum_attempts THEN 'dead' ELSE 'waiting' END,
    attempt = :attempt, worker = NULL, lease_until = NULL,
    due_at = clock_timestamp() + make_interval(secs => :delay),
    errors = (CASE WHEN jsonb_array_length(errors) >= 5 THEN errors - 0 ELSE coalesce(errors, '[]') END)
        || jsonb_build_object('at', clock_timestamp(), 'attempt', :attempt::integer, 'error', :error::text)
WHERE id = :id AND fence = :fence AND state IN ('ready', 'leased')
RETURNING state;

-- name: snooze
-- Back to waiting until an instant; the attempt does not count.
-- takes: id bigint, fence bigint, attempt integer, until timestamptz
UPDATE ltc_jobs.jobs
SET state = 'waiting', attempt = :attempt - 1, worker = NULL, lease_until = NULL, due_at = :until
WHERE id = :id AND fence = :fence AND state IN ('ready', 'leased');

-- name: release_leases
-- Gives back what a worker holds when it stops; the attempts don't count, and its later writes are refused.
-- takes: worker bigint
UPDATE ltc_jobs.jobs
SET state = 'ready', attempt = attempt - 1, fence = fence + 1, worker = NULL, lease_until = NULL
WHERE state = 'leased' AND worker = :worker;

-- name: promote_due
-- Makes ready what was waiting and is due now.
-- takes: maximum integer
-- gives: kind text
WITH due AS MATERIALIZED (
    SELECT id FROM ltc_jobs.jobs WHERE state = 'waiting' AND due_at <= clock_timestamp()
    ORDER BY due_at LIMIT :maximum::integer
    FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE ltc_jobs.jobs AS job SET state = 'ready' FROM due WHERE job.id = due.id
    RETURNING kind
)
SELECT kind FROM moved;

-- name: next_wake
-- Seconds until the next waiting job or occurrence is due, by the database's clock.
-- gives: seconds float8?
SELECT extract(epoch FROM least(
    (SELECT min(due_at) FROM ltc_jobs.jobs WHERE state = 'waiting'),
    (SELECT min(next_due) FROM ltc_jobs.schedules WHERE next_due IS NOT NULL)) - clock_timestamp())::float8 AS seconds;

-- name: database_time
-- The engine's clock.
-- gives: now timestamptz
SELECT clock_timestamp() AS now;
