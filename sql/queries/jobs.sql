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
-- The lanes that have something ready, with the head of each: one index probe a lane, however many jobs stand in it.
-- gives: slot integer, queue text, kind text, team bigint, is_solo boolean, rank timestamptz, id bigint
SELECT slot.n AS slot, lane.queue, lane.kind, lane.team, lane.is_solo, lane.rank, lane.id
FROM (VALUES (0), (1), (2)) AS slot (n) CROSS JOIN LATERAL (
    WITH RECURSIVE lane AS (
        (SELECT queue, kind, coalesce(team, 0) AS team, is_solo, rank, id FROM ltc_jobs.jobs_ready
         WHERE jobs_ready.slot = slot.n
         ORDER BY queue, kind, coalesce(team, 0), is_solo, rank, id LIMIT 1)
        UNION ALL
        SELECT next.* FROM lane CROSS JOIN LATERAL (
            SELECT queue, kind, coalesce(team, 0) AS team, is_solo, rank, id FROM ltc_jobs.jobs_ready
            WHERE jobs_ready.slot = slot.n
                AND (queue, kind, coalesce(team, 0), is_solo) > (lane.queue, lane.kind, lane.team, lane.is_solo)
            ORDER BY queue, kind, coalesce(team, 0), is_solo, rank, id LIMIT 1) AS next
    )
    SELECT * FROM lane) AS lane
ORDER BY rank;

-- name: claim_batch
-- Moves jobs of a lane from its head, past a rank and id and up to a rank, to the log, as done: what this transaction
-- does with them decides whether that comes true. What others hold is passed over.
-- takes: slot integer, queue text, kind text, team bigint, rank timestamptz, id bigint, until timestamptz, maximum integer, worker bigint
-- gives: id bigint, arguments jsonb, team bigint?, unique_key text?, priority integer, rank timestamptz, due_at timestamptz, occurrence timestamptz?, created_at timestamptz, attempt integer, maximum_attempts integer, fence bigint
WITH gone AS (
    DELETE FROM ltc_jobs.jobs_ready WHERE slot = :slot AND ctid = ANY (ARRAY(
        SELECT ctid FROM ltc_jobs.jobs_ready
        WHERE slot = :slot AND queue = :queue AND kind = :kind AND coalesce(team, 0) = :team AND NOT is_solo
            AND (rank, id) > (:rank, :id) AND rank <= :until
        ORDER BY rank, id LIMIT :maximum::integer
        FOR UPDATE SKIP LOCKED))
    RETURNING *
), logged AS (
    INSERT INTO ltc_jobs.log (id, state, queue, kind, arguments, team, unique_key, priority, due_at, occurrence,
        created_at, attempt, maximum_attempts, fence, worker, started_at, finished_at, errors)
    SELECT id, 'done', queue, kind, arguments, team, unique_key, priority, due_at, occurrence,
        created_at, attempt + 1, maximum_attempts, fence, :worker, now(), now(), errors
    FROM gone
)
SELECT id, arguments, team, unique_key, priority, rank, due_at, occurrence, created_at, attempt + 1 AS attempt,
    maximum_attempts, fence
FROM gone ORDER BY rank, id;

-- name: take_back
-- A job that failed in a batch leaves the log again, in the same transaction, under a lease of its own that ends as any
-- other does: by one of the fenced writes below.
-- takes: id bigint
WITH gone AS (
    DELETE FROM ltc_jobs.log WHERE id = :id AND finished_at = now()
    RETURNING *
)
INSERT INTO ltc_jobs.jobs (id, state, queue, kind, arguments, team, unique_key, priority, rank, due_at, occurrence,
    created_at, attempt, maximum_attempts, fence, worker, started_at, lease_until, errors)
SELECT id, 'leased', queue, kind, arguments, team, unique_key, priority, due_at - priority * interval '1 minute', due_at,
    occurrence, created_at, attempt, maximum_attempts, fence, worker, started_at, now(), errors
FROM gone;

-- name: claim_leased
-- Takes the head of a lane under a lease; the fence rises, so that whoever held the job before can no longer write.
-- takes: slot integer, queue text, kind text, team bigint, is_solo boolean, rank timestamptz, id bigint, until timestamptz, maximum integer, worker bigint, lease float8
-- gives: id bigint, arguments jsonb, team bigint?, unique_key text?, priority integer, rank timestamptz, due_at timestamptz, occurrence timestamptz?, created_at timestamptz, attempt integer, maximum_attempts integer, fence bigint
WITH gone AS (
    DELETE FROM ltc_jobs.jobs_ready WHERE slot = :slot AND ctid = ANY (ARRAY(
        SELECT ctid FROM ltc_jobs.jobs_ready
        WHERE slot = :slot AND queue = :queue AND kind = :kind AND coalesce(team, 0) = :team AND is_solo = :is_solo
            AND (rank, id) > (:rank, :id) AND rank <= :until
        ORDER BY rank, id LIMIT :maximum::integer
        FOR UPDATE SKIP LOCKED))
    RETURNING *
), leased AS (
    INSERT INTO ltc_jobs.jobs (id, state, queue, kind, arguments, team, unique_key, priority, is_solo, rank, due_at,
        occurrence, created_at, attempt, maximum_attempts, fence, worker, started_at, lease_until, errors)
    SELECT id, 'leased', queue, kind, arguments, team, unique_key, priority, is_solo, rank, due_at,
        occurrence, created_at, attempt + 1, maximum_attempts, fence + 1, :worker, now(),
        clock_timestamp() + make_interval(secs => :lease), errors
    FROM gone
)
SELECT id, arguments, team, unique_key, priority, rank, due_at, occurrence, created_at, attempt + 1 AS attempt,
    maximum_attempts, fence + 1 AS fence
FROM gone ORDER BY rank, id;

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
-- takes: id bigint, fence bigint, attempt integer, delay float8, error text
-- gives: state text
UPDATE ltc_jobs.jobs
SET state = CASE WHEN :attempt >= maximum_attempts THEN 'dead' ELSE 'waiting' END,
    attempt = :attempt, worker = NULL, lease_until = NULL,
    due_at = clock_timestamp() + make_interval(secs => :delay),
    errors = (CASE WHEN jsonb_array_length(errors) >= 5 THEN errors - 0 ELSE coalesce(errors, '[]') END)
        || jsonb_build_object('at', clock_timestamp(), 'attempt', :attempt::integer, 'error', :error::text)
WHERE id = :id AND fence = :fence AND state = 'leased'
RETURNING state;

-- name: snooze
-- Back to waiting until an instant; the attempt does not count.
-- takes: id bigint, fence bigint, attempt integer, until timestamptz
UPDATE ltc_jobs.jobs
SET state = 'waiting', attempt = :attempt - 1, worker = NULL, lease_until = NULL, due_at = :until
WHERE id = :id AND fence = :fence AND state = 'leased';

-- name: release_leases
-- Gives back what a worker holds when it stops; the attempts don't count, and its later writes are refused.
-- takes: worker bigint
UPDATE ltc_jobs.jobs
SET state = 'ready', slot = ltc_jobs.slot_now(), attempt = attempt - 1, fence = fence + 1, worker = NULL, lease_until = NULL
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
    UPDATE ltc_jobs.jobs AS job SET state = 'ready', slot = ltc_jobs.slot_now()
    FROM due WHERE job.id = due.id AND job.state = 'waiting'
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

-- name: tidy
-- What the engines do for the tables now and then: partitions of the log for the next days, without those that are older
-- than what is kept; the partition of ready jobs whose turn comes next without its dead rows.
-- takes: kept float8
-- gives: partitions integer, is_emptied boolean
SELECT ltc_jobs.keep_log(3, make_interval(secs => :kept)) AS partitions, ltc_jobs.empty_next_slot() AS is_emptied;
