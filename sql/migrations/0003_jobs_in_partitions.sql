-- compatible_from: 3
-- The queue is split by state, what is ready by the half minute of its insertion, and the log by day. Why, with the
-- figures, stands in docs/engine.md.

ALTER TABLE ltc_jobs.jobs RENAME TO old_jobs;
ALTER TABLE ltc_jobs.old_jobs RENAME CONSTRAINT jobs_pk TO old_jobs_pk;
ALTER TABLE ltc_jobs.log RENAME TO old_log;
DROP INDEX ltc_jobs.jobs_ready, ltc_jobs.jobs_waiting, ltc_jobs.jobs_leased,
    ltc_jobs.log_id, ltc_jobs.log_finished, ltc_jobs.log_not_done;

-- The partition of `ready` that takes what is inserted now. By the clock, so that inserting asks no table: each of the
-- three is filled for 30 seconds, then drained, then emptied by TRUNCATE before its turn comes again. So what is claimed
-- leaves no dead rows behind for longer than that, even when an old snapshot keeps VACUUM from removing them.
CREATE FUNCTION ltc_jobs.slot_now() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (floor(extract(epoch FROM now()) / 30)::bigint % 3)::integer;

CREATE TABLE ltc_jobs.jobs (
    id bigint NOT NULL DEFAULT nextval('ltc_jobs.job_ids'),
    state text COLLATE "C" NOT NULL,
    -- Means something for what is ready only.
    slot integer NOT NULL DEFAULT ltc_jobs.slot_now(),
    queue text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    arguments jsonb NOT NULL,
    team bigint,
    unique_key text COLLATE "C",
    priority integer NOT NULL,
    -- Runs leased and alone, because a process died while its kind was being worked in batches, or under its lease.
    is_solo boolean NOT NULL DEFAULT false,
    -- Order of claiming, fixed at insert: the due time, a minute earlier for each step of priority. So priority ages.
    rank timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    occurrence timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    attempt integer NOT NULL DEFAULT 0,
    maximum_attempts integer NOT NULL,
    -- Rises with every leased claim; a write that carries an older one is refused.
    fence bigint NOT NULL DEFAULT 0,
    worker bigint,
    started_at timestamptz,
    lease_until timestamptz,
    -- The last few failures, newest last: [{"at": …, "attempt": …, "error": …}].
    errors jsonb,
    CONSTRAINT jobs_arguments_are_an_object CHECK (jsonb_typeof(arguments) = 'object'),
    CONSTRAINT jobs_kind_is_named CHECK (kind <> ''),
    CONSTRAINT jobs_queue_is_named CHECK (queue <> ''),
    CONSTRAINT jobs_maximum_attempts_is_positive CHECK (maximum_attempts > 0),
    CONSTRAINT jobs_leased_have_a_lease CHECK
        ((state = 'leased') = (lease_until IS NOT NULL) AND (state <> 'leased' OR worker IS NOT NULL))
) PARTITION BY LIST (state);

CREATE TABLE ltc_jobs.jobs_ready PARTITION OF ltc_jobs.jobs FOR VALUES IN ('ready') PARTITION BY LIST (slot);
-- A queue is all churn: vacuum by count, not by share of a table whose size means nothing.
CREATE TABLE ltc_jobs.jobs_ready_0 PARTITION OF ltc_jobs.jobs_ready FOR VALUES IN (0)
    WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);
CREATE TABLE ltc_jobs.jobs_ready_1 PARTITION OF ltc_jobs.jobs_ready FOR VALUES IN (1)
    WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);
CREATE TABLE ltc_jobs.jobs_ready_2 PARTITION OF ltc_jobs.jobs_ready FOR VALUES IN (2)
    WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);
CREATE TABLE ltc_jobs.jobs_waiting PARTITION OF ltc_jobs.jobs FOR VALUES IN ('waiting')
    WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE TABLE ltc_jobs.jobs_leased PARTITION OF ltc_jobs.jobs FOR VALUES IN ('leased')
    WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE TABLE ltc_jobs.jobs_dead PARTITION OF ltc_jobs.jobs FOR VALUES IN ('dead');

CREATE INDEX jobs_id ON ltc_jobs.jobs (id);
-- A lane is a queue, kind and team, and whether its jobs run alone.
CREATE INDEX jobs_ready_lane ON ltc_jobs.jobs_ready (queue, kind, (coalesce(team, 0)), is_solo, rank, id);
CREATE INDEX jobs_waiting_due ON ltc_jobs.jobs_waiting (due_at);
CREATE INDEX jobs_leased_until ON ltc_jobs.jobs_leased (lease_until);

-- Finished jobs, a partition a day. No key reaches across them, so that a day is dropped as a whole.
CREATE TABLE ltc_jobs.log (
    id bigint NOT NULL,
    state text COLLATE "C" NOT NULL,
    queue text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    arguments jsonb NOT NULL,
    team bigint,
    unique_key text COLLATE "C",
    priority integer NOT NULL,
    due_at timestamptz NOT NULL,
    occurrence timestamptz,
    created_at timestamptz NOT NULL,
    attempt integer NOT NULL,
    maximum_attempts integer NOT NULL,
    fence bigint NOT NULL,
    worker bigint,
    started_at timestamptz,
    -- Of a batched job: when its transaction began, which is when it was claimed.
    finished_at timestamptz NOT NULL,
    reason text,
    errors jsonb,
    CONSTRAINT log_state_is_known CHECK (state IN ('done', 'discarded', 'cancelled'))
) PARTITION BY RANGE (finished_at);
-- For days that nobody made a partition for: no job fails to finish because of that.
CREATE TABLE ltc_jobs.log_default PARTITION OF ltc_jobs.log DEFAULT;
CREATE INDEX log_id ON ltc_jobs.log (id);
CREATE INDEX log_not_done ON ltc_jobs.log (id) WHERE state <> 'done';

-- Makes the log's partitions for today and the next days (UTC), and drops those that ended longer ago than is kept.
-- Runs as the owner; who only works the queue may call it. What is locked by others is left for the next call.
CREATE FUNCTION ltc_jobs.keep_log(ahead integer, kept interval) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    first_day timestamptz;
    name text;
    changed integer := 0;
BEGIN
    FOR offset_days IN 0..ahead LOOP
        first_day := (today + offset_days)::timestamp AT TIME ZONE 'UTC';
        name := 'log_' || to_char(today + offset_days, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('ltc_jobs.' || name) IS NOT NULL;
        EXECUTE format('CREATE TABLE ltc_jobs.%I (LIKE ltc_jobs.log INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
        EXECUTE format('WITH moved AS (DELETE FROM ltc_jobs.log_default WHERE finished_at >= $1 AND finished_at < $2 '
            'RETURNING *) INSERT INTO ltc_jobs.%I SELECT * FROM moved', name)
            USING first_day, first_day + interval '1 day';
        EXECUTE format('ALTER TABLE ltc_jobs.log ATTACH PARTITION ltc_jobs.%I FOR VALUES FROM (%L) TO (%L)',
            name, first_day, first_day + interval '1 day');
        changed := changed + 1;
    END LOOP;
    FOR name IN
        SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'ltc_jobs.log'::regclass AND c.relname ~ '^log_[0-9]{8}$'
            AND to_date(substr(c.relname, 5), 'YYYYMMDD') + 1 <= (now() - kept) AT TIME ZONE 'UTC'
    LOOP
        EXECUTE format('DROP TABLE ltc_jobs.%I', name);
        changed := changed + 1;
    END LOOP;
    RETURN changed;
EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
END
$$;

-- Empties the partition of `ready` whose turn comes next, if nothing stands in it: its dead rows go with it.
CREATE FUNCTION ltc_jobs.empty_next_slot() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
    name text := format('ltc_jobs.jobs_ready_%s', (ltc_jobs.slot_now() + 1) % 3);
    is_used boolean;
BEGIN
    -- A few pages are not worth a lock.
    IF pg_relation_size(name::regclass) < 64 * 8192 THEN RETURN false; END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO is_used;
    IF is_used THEN RETURN false; END IF;
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', name);
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO is_used;
    IF is_used THEN RETURN false; END IF;
    EXECUTE format('TRUNCATE %s', name);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END
$$;

SELECT ltc_jobs.keep_log(3, interval '30 days');

INSERT INTO ltc_jobs.jobs (id, state, queue, kind, arguments, team, unique_key, priority, is_solo, rank, due_at, occurrence,
    created_at, attempt, maximum_attempts, fence, worker, started_at, lease_until, errors)
SELECT id, state, queue, kind, arguments, team, unique_key, priority, is_solo, rank, due_at, occurrence,
    created_at, attempt, maximum_attempts, fence, worker, started_at, lease_until, errors
FROM ltc_jobs.old_jobs;
INSERT INTO ltc_jobs.log (id, state, queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at,
    attempt, maximum_attempts, fence, worker, started_at, finished_at, reason, errors)
SELECT id, state, queue, kind, arguments, team, unique_key, priority, due_at, occurrence, created_at,
    attempt, maximum_attempts, fence, worker, started_at, finished_at, reason, errors
FROM ltc_jobs.old_log;
DROP TABLE ltc_jobs.old_jobs, ltc_jobs.old_log;

GRANT SELECT, INSERT, UPDATE, DELETE ON ltc_jobs.jobs, ltc_jobs.jobs_ready, ltc_jobs.jobs_waiting, ltc_jobs.jobs_leased,
    ltc_jobs.jobs_dead, ltc_jobs.log TO ltc_daemon, ltc_admin;
GRANT SELECT ON ltc_jobs.jobs, ltc_jobs.jobs_ready, ltc_jobs.jobs_waiting, ltc_jobs.jobs_leased, ltc_jobs.jobs_dead,
    ltc_jobs.log TO ltc_auditor;
REVOKE EXECUTE ON FUNCTION ltc_jobs.keep_log(integer, interval), ltc_jobs.empty_next_slot() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ltc_jobs.keep_log(integer, interval), ltc_jobs.empty_next_slot() TO ltc_daemon, ltc_admin;
