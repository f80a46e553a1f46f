-- name: enqueue
-- Stores jobs that nothing but their time holds up, and wakes the workers at commit.
-- Team 0 means none; a due time in the past means now.
-- takes: kinds text[], versions integer[], arguments jsonb[], queues text[], teams bigint[], dues timestamptz[], priorities integer[], maxima integer[]
-- gives: id bigint
WITH wanted AS MATERIALIZED (
    SELECT nextval('ltc_jobs.job_ids') AS id, n, kind, version, arguments, queue, NULLIF(team, 0) AS team,
        GREATEST(due, now()) AS due_at, CASE WHEN due > now() THEN 'waiting' ELSE 'ready' END AS state, priority, maximum
    FROM unnest(:kinds::text[], :versions::integer[], :arguments::jsonb[], :queues::text[], :teams::bigint[],
        :dues::timestamptz[], :priorities::integer[], :maxima::integer[])
        WITH ORDINALITY AS w (kind, version, arguments, queue, team, due, priority, maximum, n)
), inserted AS (
    INSERT INTO ltc_jobs.jobs (id, state, queue, kind, version, arguments, team, priority, rank, due_at, maximum_attempts)
    SELECT id, state, queue, kind, version, arguments, team, priority, due_at - priority * interval '1 minute', due_at, maximum
    FROM wanted
    RETURNING kind, state
), woken AS MATERIALIZED (
    SELECT count(pg_notify('ltc_jobs', payload))
    FROM (SELECT DISTINCT CASE state WHEN 'ready' THEN 'ready ' || kind ELSE 'time' END AS payload FROM inserted) AS p
)
SELECT wanted.id FROM woken CROSS JOIN wanted ORDER BY n;

-- name: enqueue_one
-- The same for a single job: half the work for the server.
-- takes: kind text, version integer, arguments jsonb, queue text, team bigint, due timestamptz, priority integer, maximum integer
-- gives: id bigint, is_told boolean
INSERT INTO ltc_jobs.jobs (id, state, queue, kind, version, arguments, team, priority, rank, due_at, maximum_attempts)
VALUES (
    nextval('ltc_jobs.job_ids'), CASE WHEN :due::timestamptz > now() THEN 'waiting' ELSE 'ready' END, :queue, :kind, :version,
    :arguments, NULLIF(:team::bigint, 0), :priority,
    GREATEST(:due::timestamptz, now()) - :priority::integer * interval '1 minute', GREATEST(:due::timestamptz, now()),
    :maximum)
RETURNING id, pg_notify('ltc_jobs', CASE state WHEN 'ready' THEN 'ready ' || kind ELSE 'time' END) IS NOT NULL AS is_told;

-- name: enqueue_keyed
-- The same for jobs of which some have a unique key, or a key that they share. One whose unique key is held by another is not
-- stored. Keys are taken in order, so that two callers never deadlock. What is stored as blocked is to be admitted.
-- Key '', limit 0 and period 0 mean none. Of equal unique keys the first is tried.
-- takes: kinds text[], versions integer[], arguments jsonb[], queues text[], teams bigint[], dues timestamptz[], priorities integer[], maxima integer[], uniques text[], by_arguments boolean[], scopes text[], periods bigint[], keys text[], key_limits integer[]
-- gives: id bigint, unique_key text?, is_stored boolean
WITH wanted AS MATERIALIZED (
    SELECT nextval('ltc_jobs.job_ids') AS id, n, kind, version, arguments, queue, NULLIF(team, 0) AS team,
        GREATEST(due, now()) AS due_at, CASE WHEN due > now() THEN 'waiting' ELSE 'ready' END AS state, priority, maximum,
        CASE WHEN by_arguments THEN unique_key || ' ' || md5(arguments::text) ELSE NULLIF(unique_key, '') END AS unique_key,
        scope, CASE WHEN period > 0 THEN now() + make_interval(secs => period) END AS held_until,
        NULLIF(key, '') AS key, NULLIF(key_limit, 0) AS key_limit
    FROM unnest(:kinds::text[], :versions::integer[], :arguments::jsonb[], :queues::text[], :teams::bigint[],
        :dues::timestamptz[], :priorities::integer[], :maxima::integer[], :uniques::text[], :by_arguments::boolean[],
        :scopes::text[], :periods::bigint[], :keys::text[], :key_limits::integer[])
        WITH ORDINALITY AS w (kind, version, arguments, queue, team, due, priority, maximum, unique_key, by_arguments,
            scope, period, key, key_limit, n)
), taken AS (
    -- Locks no key that another holds: whoever finishes or claims locks its job first, and then the key.
    INSERT INTO ltc_jobs.unique_keys (kind, key, job, scope, held_until)
    SELECT DISTINCT ON (kind, unique_key) kind, unique_key, id, scope, held_until FROM wanted
    WHERE unique_key IS NOT NULL ORDER BY kind, unique_key, n
    ON CONFLICT DO NOTHING
    RETURNING job
), accepted AS (
    SELECT * FROM wanted WHERE unique_key IS NULL OR id IN (SELECT job FROM taken)
), lined AS (
    INSERT INTO ltc_jobs.keys AS line (key, maximum, last_place)
    SELECT key, (array_agg(key_limit ORDER BY n DESC))[1], count(*) FROM accepted
    WHERE key IS NOT NULL GROUP BY key ORDER BY key
    ON CONFLICT (key) DO UPDATE SET maximum = EXCLUDED.maximum, last_place = line.last_place + EXCLUDED.last_place
    RETURNING key, last_place
), inserted AS (
    INSERT INTO ltc_jobs.jobs (id, state, queue, kind, version, arguments, team, unique_key, key, key_limit, key_place,
        priority, rank, due_at, maximum_attempts)
    SELECT id, CASE WHEN key IS NULL OR key_limit IS NOT NULL AND state = 'waiting' THEN state ELSE 'blocked' END,
        queue, kind, version, arguments, team, unique_key, key, key_limit,
        last_place + 1 - row_number() OVER (PARTITION BY key ORDER BY n DESC),
        priority, due_at - priority * interval '1 minute', due_at, maximum
    FROM accepted LEFT JOIN lined USING (key)
    RETURNING id, kind, state
), woken AS MATERIALIZED (
    SELECT count(pg_notify('ltc_jobs', payload))
    FROM (SELECT DISTINCT CASE state WHEN 'ready' THEN 'ready ' || kind ELSE 'time' END AS payload FROM inserted) AS p
)
SELECT wanted.id, unique_key, inserted.id IS NOT NULL AS is_stored
FROM woken CROSS JOIN wanted LEFT JOIN inserted USING (id) ORDER BY n;

-- name: change_holder
-- Changes the jobs that hold unique keys and do not run yet: `replace` gives them new arguments, priority and time,
-- `bring_forward` an earlier time. Tells who holds each key, null for nobody any more, and whether that job was changed.
-- What it makes blocked is to be admitted.
-- takes: kinds text[], unique_keys text[], conflicts text[], versions integer[], arguments jsonb[], dues timestamptz[], priorities integer[]
-- gives: holder bigint?, is_changed boolean, key text?
WITH wanted AS MATERIALIZED (
    SELECT w.*, held.job FROM unnest(:kinds::text[], :unique_keys::text[], :conflicts::text[], :versions::integer[],
            :arguments::jsonb[], :dues::timestamptz[], :priorities::integer[])
        WITH ORDINALITY AS w (kind, unique_key, conflict, version, arguments, due, priority, n)
    LEFT JOIN ltc_jobs.unique_keys AS held ON (held.kind, held.key) = (w.kind, w.unique_key)
        AND NOT (held.is_released AND held.held_until <= clock_timestamp())
), last AS (
    -- The latest word, or the earliest time.
    SELECT DISTINCT ON (job) * FROM wanted WHERE job IS NOT NULL AND conflict <> 'keep'
    ORDER BY job, CASE conflict WHEN 'bring_forward' THEN due END, n DESC
), locked AS MATERIALIZED (
    -- In one order, so that two callers never deadlock.
    SELECT id FROM ltc_jobs.jobs WHERE id IN (SELECT job FROM last) AND state IN ('waiting', 'ready', 'blocked')
    ORDER BY id FOR UPDATE
), changed AS (
    UPDATE ltc_jobs.jobs AS job SET
        (state, slot, version, arguments, priority, due_at, rank) = (
            SELECT CASE WHEN job.state = 'blocked' THEN 'blocked' WHEN n.due_at > now() THEN 'waiting'
                    WHEN job.state = 'waiting' AND job.key_limit IS NOT NULL THEN 'blocked' ELSE 'ready' END,
                ltc_jobs.slot_now(), n.version, n.arguments, n.priority, n.due_at,
                n.due_at - n.priority * interval '1 minute'
            FROM (SELECT
                CASE last.conflict WHEN 'replace' THEN last.version ELSE job.version END AS version,
                CASE last.conflict WHEN 'replace' THEN last.arguments ELSE job.arguments END AS arguments,
                CASE last.conflict WHEN 'replace' THEN last.priority ELSE job.priority END AS priority,
                GREATEST(last.due, now()) AS due_at) AS n)
    FROM last JOIN locked ON locked.id = last.job
    WHERE job.id = locked.id AND job.state IN ('waiting', 'ready', 'blocked')
        AND (last.conflict = 'replace' OR job.due_at > GREATEST(last.due, now()))
    RETURNING job.id, job.state, job.kind, job.key
), woken AS MATERIALIZED (
    SELECT count(pg_notify('ltc_jobs', payload))
    FROM (SELECT DISTINCT CASE state WHEN 'ready' THEN 'ready ' || kind ELSE 'time' END AS payload FROM changed) AS p
)
SELECT wanted.job AS holder, changed.id IS NOT NULL AS is_changed, changed.key
FROM woken CROSS JOIN wanted LEFT JOIN changed ON changed.id = wanted.job ORDER BY n;

-- name: drop_expired_keys
-- Keys of which nothing was left but a time that is over now: they are free.
-- takes: kinds text[], keys text[]
DELETE FROM ltc_jobs.unique_keys AS held USING unnest(:kinds::text[], :keys::text[]) AS wanted (kind, key)
WHERE held.kind = wanted.kind AND held.key = wanted.key AND held.is_released AND held.held_until <= clock_timestamp();

-- name: admit
-- Lets jobs through that waited for others of their keys.
-- takes: keys text[]
-- gives: admitted integer
SELECT ltc_jobs.admit(:keys) AS admitted;

-- name: controls
-- What holds for all engines: pauses, limits, and the hours in which something may run; and what time it is.
-- gives: what text, scope text, name text, hours jsonb?, now timestamptz
SELECT 'now' AS what, 'all' AS scope, '' AS name, NULL::jsonb AS hours, clock_timestamp() AS now
UNION ALL SELECT 'pause', scope, name, NULL, clock_timestamp() FROM ltc_jobs.pauses
UNION ALL SELECT 'limit', scope, name, NULL, clock_timestamp() FROM ltc_jobs.limits
UNION ALL SELECT 'window', w.scope, w.name,
    CASE WHEN c.days IS NULL THEN w.hours ELSE w.hours || jsonb_build_object('calendar', c.days) END, clock_timestamp()
FROM ltc_jobs.windows AS w LEFT JOIN ltc_jobs.calendars AS c ON c.name = w.calendar;

-- name: allowance
-- How many jobs of a lane its limits let through now, and in how many seconds there may be one more. Locks the limits.
-- takes: wanted integer, queue text, kind text, team bigint
-- gives: allowed integer, again_in float8?
SELECT allowed, again_in FROM ltc_jobs.allowance(:wanted, :queue, :kind, :team);

-- name: spend
-- So many jobs of a lane were claimed: its rate limits know of them.
-- takes: spent integer, queue text, kind text, team bigint
UPDATE ltc_jobs.limits
SET full_at = greatest(full_at, clock_timestamp()) + make_interval(secs => :spent::integer * interval_seconds)
WHERE (scope, name) IN (('all', ''), ('queue', :queue::text), ('kind', :kind::text), ('team', :team::bigint::text))
    AND interval_seconds IS NOT NULL;

-- name: ready_lanes
-- The lanes that have something ready, with the head of each: one index probe a lane, however many jobs stand in it.
-- gives: slot integer, queue text, kind text, version integer, team bigint, is_solo boolean, rank timestamptz, id bigint
SELECT slot.n AS slot, lane.queue, lane.kind, lane.version, lane.team, lane.is_solo, lane.rank, lane.id
FROM (VALUES (0), (1), (2)) AS slot (n) CROSS JOIN LATERAL (
    WITH RECURSIVE lane AS (
        (SELECT ltc_jobs.lane(queue, kind, version, team, is_solo) AS number, queue, kind, version,
            coalesce(team, 0) AS team, is_solo, rank, id FROM ltc_jobs.jobs_ready
         WHERE jobs_ready.slot = slot.n
         ORDER BY ltc_jobs.lane(queue, kind, version, team, is_solo), rank, id LIMIT 1)
        UNION ALL
        SELECT next.* FROM lane CROSS JOIN LATERAL (
            SELECT ltc_jobs.lane(queue, kind, version, team, is_solo) AS number, queue, kind, version,
                coalesce(team, 0) AS team, is_solo, rank, id FROM ltc_jobs.jobs_ready
            WHERE jobs_ready.slot = slot.n AND ltc_jobs.lane(queue, kind, version, team, is_solo) > lane.number
            ORDER BY ltc_jobs.lane(queue, kind, version, team, is_solo), rank, id LIMIT 1) AS next
    )
    SELECT * FROM lane) AS lane
ORDER BY rank;

-- name: claim_batch
-- Moves jobs of a lane from its head, past a rank and id and up to a rank, to the log, as done: what this transaction
-- does with them decides whether that comes true. What others hold is passed over.
-- takes: slot integer, queue text, kind text, version integer, team bigint, rank timestamptz, id bigint, until timestamptz, maximum integer, worker bigint
-- gives: id bigint, arguments jsonb, team bigint?, unique_key text?, key text?, priority integer, rank timestamptz, due_at timestamptz, occurrence timestamptz?, created_at timestamptz, attempt integer, maximum_attempts integer, fence bigint
WITH gone AS (
    DELETE FROM ltc_jobs.jobs_ready WHERE slot = :slot AND ctid = ANY (ARRAY(
        SELECT ctid FROM ltc_jobs.jobs_ready
        WHERE slot = :slot AND ltc_jobs.lane(queue, kind, version, team, is_solo)
                = ltc_jobs.lane(:queue, :kind, :version, :team, false)
            AND queue = :queue AND kind = :kind AND version = :version AND coalesce(team, 0) = :team AND NOT is_solo
            AND (rank, id) > (:rank, :id) AND rank <= :until
        ORDER BY rank, id LIMIT :maximum::integer
        FOR UPDATE SKIP LOCKED))
    RETURNING *
), logged AS (
    INSERT INTO ltc_jobs.log (id, state, queue, kind, version, arguments, team, unique_key, key, key_limit,
        key_place, priority, due_at, occurrence,
        created_at, attempt, maximum_attempts, fence, worker, started_at, finished_at, errors)
    SELECT id, 'done', queue, kind, version, arguments, team, unique_key, key, key_limit, key_place,
        priority, due_at, occurrence,
        created_at, attempt + 1, maximum_attempts, fence, :worker, now(), now(), errors
    FROM gone
)
SELECT id, arguments, team, unique_key, key, priority, rank, due_at, occurrence, created_at, attempt + 1 AS attempt,
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
INSERT INTO ltc_jobs.jobs (id, state, queue, kind, version, arguments, team, unique_key, key, key_limit, key_place, priority,
    rank, due_at, occurrence, created_at, attempt, maximum_attempts, fence, worker, started_at, lease_until, errors)
SELECT id, 'leased', queue, kind, version, arguments, team, unique_key, key, key_limit, key_place, priority,
    due_at - priority * interval '1 minute', due_at, occurrence, created_at, attempt, maximum_attempts, fence, worker,
    started_at, now(), errors
FROM gone;

-- name: claim_leased
-- Takes the head of a lane under a lease; the fence rises, so that whoever held the job before can no longer write.
-- takes: slot integer, queue text, kind text, version integer, team bigint, is_solo boolean, rank timestamptz, id bigint, until timestamptz, maximum integer, worker bigint, lease float8
-- gives: id bigint, arguments jsonb, team bigint?, unique_key text?, key text?, priority integer, rank timestamptz, due_at timestamptz, occurrence timestamptz?, created_at timestamptz, attempt integer, maximum_attempts integer, fence bigint
WITH gone AS (
    DELETE FROM ltc_jobs.jobs_ready WHERE slot = :slot AND ctid = ANY (ARRAY(
        SELECT ctid FROM ltc_jobs.jobs_ready
        WHERE slot = :slot AND ltc_jobs.lane(queue, kind, version, team, is_solo)
                = ltc_jobs.lane(:queue, :kind, :version, :team, :is_solo)
            AND queue = :queue AND kind = :kind AND version = :version AND coalesce(team, 0) = :team AND is_solo = :is_solo
            AND (rank, id) > (:rank, :id) AND rank <= :until
        ORDER BY rank, id LIMIT :maximum::integer
        FOR UPDATE SKIP LOCKED))
    RETURNING *
), leased AS (
    INSERT INTO ltc_jobs.jobs (id, state, queue, kind, version, arguments, team, unique_key, key,
        key_limit, key_place, priority, is_solo, rank, due_at,
        occurrence, created_at, attempt, maximum_attempts, fence, worker, started_at, lease_until, errors)
    SELECT id, 'leased', queue, kind, version, arguments, team, unique_key, key,
        key_limit, key_place, priority, is_solo, rank, due_at, occurrence, created_at, attempt + 1, maximum_attempts, fence + 1, :worker, now(),
        clock_timestamp() + make_interval(secs => :lease), errors
    FROM gone
)
SELECT id, arguments, team, unique_key, key, priority, rank, due_at, occurrence, created_at, attempt + 1 AS attempt,
    maximum_attempts, fence + 1 AS fence
FROM gone ORDER BY rank, id;

-- name: extend_leases
-- A heartbeat for all that an engine has in hand: gives those whose lease had not gone to somebody else.
-- takes: ids bigint[], fences bigint[], milliseconds bigint[]
-- gives: id bigint, fence bigint
UPDATE ltc_jobs.jobs AS job SET lease_until = clock_timestamp() + held.lease * interval '1 millisecond'
FROM unnest(:ids::bigint[], :fences::bigint[], :milliseconds::bigint[]) AS held (id, fence, lease)
WHERE job.id = held.id AND job.fence = held.fence AND job.state = 'leased'
RETURNING job.id, job.fence;

-- name: report_progress
-- What a running job says of itself; touches no row when the lease has gone to somebody else.
-- takes: id bigint, fence bigint, progress jsonb
UPDATE ltc_jobs.jobs SET progress = :progress || jsonb_build_object('at', clock_timestamp())
WHERE id = :id AND fence = :fence AND state = 'leased';

-- name: finish_leased
-- The fenced end of a leased job: moves it to the log, or touches no row when the lease has gone to somebody else.
-- takes: id bigint, fence bigint, state text, reason text?
WITH gone AS (
    DELETE FROM ltc_jobs.jobs WHERE id = :id AND fence = :fence AND state = 'leased'
    RETURNING *
)
INSERT INTO ltc_jobs.log (id, state, queue, kind, version, arguments, team, unique_key, key, key_limit,
        key_place, priority, due_at, occurrence, created_at,
    attempt, maximum_attempts, fence, worker, started_at, finished_at, reason, errors)
SELECT id, :state, queue, kind, version, arguments, team, unique_key, key, key_limit, key_place,
        priority, due_at, occurrence, created_at,
    attempt, maximum_attempts, fence, worker, started_at, clock_timestamp(), :reason, errors
FROM gone;

-- name: finish_many
-- The same for many that are done: gives those whose lease had not gone to somebody else.
-- takes: ids bigint[], fences bigint[]
-- gives: id bigint
WITH gone AS (
    DELETE FROM ltc_jobs.jobs AS job USING unnest(:ids::bigint[], :fences::bigint[]) AS held (id, fence)
    WHERE job.id = held.id AND job.fence = held.fence AND job.state = 'leased'
    RETURNING job.*
), logged AS (
    INSERT INTO ltc_jobs.log (id, state, queue, kind, version, arguments, team, unique_key, key, key_limit, key_place,
        priority, due_at, occurrence, created_at, attempt, maximum_attempts, fence, worker, started_at, finished_at, errors)
    SELECT id, 'done', queue, kind, version, arguments, team, unique_key, key, key_limit, key_place,
        priority, due_at, occurrence, created_at, attempt, maximum_attempts, fence, worker, started_at, clock_timestamp(),
        errors
    FROM gone
)
SELECT id FROM gone;

-- name: release_keys
-- Jobs hold their unique keys no more, where the keys' scope ends with what has become of them; a key whose time is not over
-- stays taken until then.
-- takes: kinds text[], keys text[], jobs bigint[], scopes text[]
WITH ended AS MATERIALIZED (
    SELECT * FROM unnest(:kinds::text[], :keys::text[], :jobs::bigint[]) AS e (kind, key, job) ORDER BY kind, key
), freed AS (
    DELETE FROM ltc_jobs.unique_keys AS held USING ended
    WHERE held.kind = ended.kind AND held.key = ended.key AND held.job = ended.job
        AND held.scope = ANY (:scopes::text[]) AND (held.held_until IS NULL OR held.held_until <= now())
)
UPDATE ltc_jobs.unique_keys AS held SET is_released = true FROM ended
WHERE held.kind = ended.kind AND held.key = ended.key AND held.job = ended.job
    AND held.scope = ANY (:scopes::text[]) AND held.held_until > now();

-- name: release_pending
-- Jobs that were claimed hold no key any more that is held until then only; if they are tried again, they do without it.
-- takes: kinds text[], keys text[], jobs bigint[]
WITH claimed AS MATERIALIZED (
    SELECT * FROM unnest(:kinds::text[], :keys::text[], :jobs::bigint[]) AS e (kind, key, job) ORDER BY kind, key
), held AS MATERIALIZED (
    SELECT held.kind, held.key, held.job, held.held_until FROM ltc_jobs.unique_keys AS held JOIN claimed
        ON held.kind = claimed.kind AND held.key = claimed.key AND held.job = claimed.job
    WHERE held.scope = 'pending' AND NOT held.is_released
    FOR UPDATE OF held
), freed AS (
    DELETE FROM ltc_jobs.unique_keys AS k USING held
    WHERE k.kind = held.kind AND k.key = held.key AND (held.held_until IS NULL OR held.held_until <= now())
), timed AS (
    UPDATE ltc_jobs.unique_keys AS k SET is_released = true FROM held
    WHERE k.kind = held.kind AND k.key = held.key AND held.held_until > now()
)
UPDATE ltc_jobs.jobs AS job SET unique_key = NULL FROM held WHERE job.id = held.job;

-- name: record_failure
-- A failed attempt: back to waiting for its delay in seconds, or dead after the last attempt. Keeps the last five errors.
-- takes: id bigint, fence bigint, attempt integer, delay float8, error text
-- gives: state text
UPDATE ltc_jobs.jobs
SET state = CASE WHEN :attempt >= maximum_attempts THEN 'dead' ELSE 'waiting' END,
    attempt = :attempt, worker = NULL, lease_until = NULL, progress = NULL,
    due_at = clock_timestamp() + make_interval(secs => :delay),
    errors = (CASE WHEN jsonb_array_length(errors) >= 5 THEN errors - 0 ELSE coalesce(errors, '[]') END)
        || jsonb_build_object('at', clock_timestamp(), 'attempt', :attempt::integer, 'error', :error::text)
WHERE id = :id AND fence = :fence AND state = 'leased'
RETURNING state;

-- name: snooze
-- Back to waiting until an instant; the attempt does not count.
-- takes: id bigint, fence bigint, attempt integer, until timestamptz
UPDATE ltc_jobs.jobs
SET state = 'waiting', attempt = :attempt - 1, worker = NULL, lease_until = NULL, progress = NULL, due_at = :until
WHERE id = :id AND fence = :fence AND state = 'leased';

-- name: release_leases
-- Gives back what a worker holds when it stops; the attempts don't count, and its later writes are refused.
-- takes: worker bigint
UPDATE ltc_jobs.jobs
SET state = 'ready', slot = ltc_jobs.slot_now(), attempt = attempt - 1, fence = fence + 1, worker = NULL, lease_until = NULL,
    progress = NULL
WHERE state = 'leased' AND worker = :worker;

-- name: promote_due
-- Makes ready what was waiting and is due now; what others of its key may have to make room for is blocked, to be admitted.
-- The time is asked once, by itself: no index is searched by a clock that runs.
-- takes: maximum integer
-- gives: key text?
WITH moved AS (
    UPDATE ltc_jobs.jobs
    SET state = CASE WHEN key IS NULL OR key_limit IS NULL THEN 'ready' ELSE 'blocked' END, slot = ltc_jobs.slot_now()
    WHERE state = 'waiting' AND ctid = ANY (ARRAY(
        SELECT ctid FROM ltc_jobs.jobs WHERE state = 'waiting' AND due_at <= (SELECT clock_timestamp())
        ORDER BY due_at LIMIT :maximum::integer
        FOR UPDATE SKIP LOCKED))
    RETURNING CASE state WHEN 'blocked' THEN key END AS key
)
SELECT key FROM moved;

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
-- than what is kept; the partition of ready jobs whose turn comes next without its dead rows; unique keys whose time is over.
-- takes: kept float8
-- gives: partitions integer, is_emptied boolean
WITH expired AS (
    DELETE FROM ltc_jobs.unique_keys WHERE is_released AND held_until <= now()
)
SELECT ltc_jobs.keep_log(3, make_interval(secs => :kept)) AS partitions, ltc_jobs.empty_next_slot() AS is_emptied;
