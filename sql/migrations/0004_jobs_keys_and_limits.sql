-- compatible_from: 4
-- What may hold a job up besides its time: a key that it shares with others, a limit, a pause, a window. A claim never
-- scans what cannot run: what waits for its key stands in a partition of its own, and a paused lane is not claimed from.

ALTER TABLE ltc_jobs.jobs
    -- Of the arguments: an engine that cannot read them leaves the job to one that can.
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    -- Jobs with the same key hold each other up, whatever their kinds.
    ADD COLUMN key text COLLATE "C",
    -- At most so many of the key at a time. Null: one after the other in the order of key_place, and one that waits for its
    -- time or is dead still stands before those behind it.
    ADD COLUMN key_limit integer,
    ADD COLUMN key_place bigint,
    -- What a running job last said of itself: {"done": …, "of": …, "note": …, "at": …}.
    ADD COLUMN progress jsonb,
    ADD CONSTRAINT jobs_version_is_positive CHECK (version > 0),
    ADD CONSTRAINT jobs_key_is_named CHECK (key <> ''),
    ADD CONSTRAINT jobs_key_has_a_place CHECK ((key IS NULL) = (key_place IS NULL)),
    ADD CONSTRAINT jobs_key_limit_is_positive CHECK (key_limit > 0),
    ADD CONSTRAINT jobs_blocked_have_a_key CHECK (state <> 'blocked' OR key IS NOT NULL);
ALTER TABLE ltc_jobs.log
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN key text COLLATE "C",
    ADD COLUMN key_limit integer,
    ADD COLUMN key_place bigint;

CREATE TABLE ltc_jobs.jobs_blocked PARTITION OF ltc_jobs.jobs FOR VALUES IN ('blocked')
    WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX jobs_blocked_place ON ltc_jobs.jobs_blocked (key, key_place);
CREATE INDEX jobs_key ON ltc_jobs.jobs (key) WHERE key IS NOT NULL;

DROP INDEX ltc_jobs.jobs_ready_lane;
-- A lane is a queue, kind, version and team, and whether its jobs run alone.
CREATE INDEX jobs_ready_lane ON ltc_jobs.jobs_ready (queue, kind, version, (coalesce(team, 0)), is_solo, rank, id);

-- How long a unique key is held: until its job is claimed (pending), is finished or dead (unfinished), or is finished
-- (not_done); and in any case until held_until.
ALTER TABLE ltc_jobs.unique_keys
    ADD COLUMN scope text NOT NULL DEFAULT 'unfinished',
    ADD COLUMN held_until timestamptz,
    -- Its job holds it no more, only its time does.
    ADD COLUMN is_released boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT unique_keys_scope_is_known CHECK (scope IN ('pending', 'unfinished', 'not_done')),
    ADD CONSTRAINT unique_keys_released_have_a_time CHECK (NOT is_released OR held_until IS NOT NULL);
CREATE INDEX unique_keys_released ON ltc_jobs.unique_keys (held_until) WHERE is_released;

-- A key that jobs share, while there are such jobs. Its row is the lock under which they are let through.
CREATE TABLE ltc_jobs.keys (
    key text COLLATE "C" NOT NULL,
    -- As the job that was stored last says; null for strict order.
    maximum integer,
    -- The place of the job that was stored last.
    last_place bigint NOT NULL,
    CONSTRAINT keys_pk PRIMARY KEY (key),
    CONSTRAINT keys_maximum_is_positive CHECK (maximum > 0)
);

-- Lets jobs of these keys through as far as others of them have made room, and wakes their workers. Nothing is counted
-- that could leak: how many run is how many rows say so. Every change of a keyed job ends in this call.
CREATE FUNCTION ltc_jobs.admit(wanted text[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    held ltc_jobs.keys;
    busy bigint;
    moved text[];
    admitted integer := 0;
BEGIN
    FOR held IN SELECT * FROM ltc_jobs.keys WHERE key = ANY (wanted) ORDER BY key FOR UPDATE LOOP
        -- A statement of its own, so that it sees what was committed while this one waited for the lock.
        SELECT count(*) INTO busy FROM ltc_jobs.jobs WHERE key = held.key
            AND (state IN ('ready', 'leased') OR held.maximum IS NULL AND state IN ('waiting', 'dead'));
        CONTINUE WHEN busy >= coalesce(held.maximum, 1);
        WITH head AS MATERIALIZED (
            SELECT id FROM ltc_jobs.jobs WHERE state = 'blocked' AND key = held.key
            ORDER BY key_place LIMIT coalesce(held.maximum, 1) - busy
        ), freed AS (
            UPDATE ltc_jobs.jobs AS job
            SET state = CASE WHEN due_at > clock_timestamp() THEN 'waiting' ELSE 'ready' END, slot = ltc_jobs.slot_now()
            FROM head WHERE job.id = head.id AND job.state = 'blocked'
            RETURNING CASE job.state WHEN 'ready' THEN 'ready ' || job.kind ELSE 'time' END AS woken
        )
        SELECT array_agg(woken) INTO moved FROM freed;
        IF moved IS NOT NULL THEN
            admitted := admitted + cardinality(moved);
            PERFORM pg_notify('ltc_jobs', woken) FROM (SELECT DISTINCT woken FROM unnest(moved) AS m (woken)) AS w;
        ELSIF busy = 0 THEN
            DELETE FROM ltc_jobs.keys AS k WHERE k.key = held.key
                AND NOT EXISTS (SELECT FROM ltc_jobs.jobs AS job WHERE job.key = held.key);
        END IF;
    END LOOP;
    RETURN admitted;
END
$$;

-- Limits that hold for all engines together. A scope is everything ('' is its name), a queue, a kind, or a team by number.
CREATE TABLE ltc_jobs.limits (
    scope text NOT NULL,
    name text COLLATE "C" NOT NULL,
    -- At most so many jobs at a time; null for no such limit.
    maximum integer,
    -- A job each so many seconds, and so many at once after a quiet time; null for no such limit.
    interval_seconds float8,
    burst integer,
    -- When the whole burst may be spent again.
    full_at timestamptz NOT NULL DEFAULT '-infinity',
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT limits_pk PRIMARY KEY (scope, name),
    CONSTRAINT limits_scope_is_known CHECK (scope IN ('all', 'queue', 'kind', 'team')),
    CONSTRAINT limits_all_has_no_name CHECK ((scope = 'all') = (name = '')),
    CONSTRAINT limits_maximum_is_positive CHECK (maximum > 0),
    CONSTRAINT limits_interval_is_positive CHECK (interval_seconds > 0),
    CONSTRAINT limits_burst_is_positive CHECK (burst > 0),
    CONSTRAINT limits_rate_is_whole CHECK ((interval_seconds IS NULL) = (burst IS NULL)),
    CONSTRAINT limits_limit_something CHECK (maximum IS NOT NULL OR interval_seconds IS NOT NULL)
) WITH (fillfactor = 50);

-- How many jobs of a lane may be claimed now, at most `wanted`, and in how many seconds there may be one more. Until the end
-- of the transaction the limits' rows are locked, so that engines side by side don't exceed them together. How many run is how many rows say so: nothing leaks when an engine dies.
CREATE FUNCTION ltc_jobs.allowance(
    wanted integer, queue_name text, kind_name text, team_id bigint, OUT allowed integer, OUT again_in float8
) LANGUAGE plpgsql AS $$
DECLARE
    held ltc_jobs.limits;
    running bigint;
    free float8;
BEGIN
    allowed := wanted;
    FOR held IN
        SELECT * FROM ltc_jobs.limits
        WHERE (scope, name) IN (('all', ''), ('queue', queue_name), ('kind', kind_name), ('team', team_id::text))
        ORDER BY scope, name FOR UPDATE
    LOOP
        IF held.maximum IS NOT NULL THEN
            SELECT count(*) INTO running FROM ltc_jobs.jobs
            WHERE state = 'leased' AND CASE held.scope WHEN 'queue' THEN queue = held.name
                WHEN 'kind' THEN kind = held.name WHEN 'team' THEN coalesce(team, 0) = team_id ELSE true END;
            allowed := least(allowed, held.maximum - running);
        END IF;
        IF held.interval_seconds IS NOT NULL THEN
            free := held.burst
                - extract(epoch FROM greatest(held.full_at, clock_timestamp()) - clock_timestamp()) / held.interval_seconds;
            allowed := least(allowed, floor(free + 1e-6));
            IF free < 1 THEN again_in := greatest(again_in, (1 - free) * held.interval_seconds); END IF;
        END IF;
    END LOOP;
    allowed := greatest(allowed, 0);
END
$$;

-- Scopes of which nothing is claimed until somebody resumes them.
CREATE TABLE ltc_jobs.pauses (
    scope text NOT NULL,
    name text COLLATE "C" NOT NULL,
    reason text,
    paused_by text NOT NULL,
    paused_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pauses_pk PRIMARY KEY (scope, name),
    CONSTRAINT pauses_scope_is_known CHECK (scope IN ('all', 'queue', 'kind', 'team')),
    CONSTRAINT pauses_all_has_no_name CHECK ((scope = 'all') = (name = ''))
);

-- Hours outside of which nothing of a scope is claimed; nor on the free days of a calendar, named as the schedules name it.
CREATE TABLE ltc_jobs.windows (
    scope text NOT NULL,
    name text COLLATE "C" NOT NULL,
    hours jsonb NOT NULL,
    calendar text COLLATE "C",
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT windows_pk PRIMARY KEY (scope, name),
    CONSTRAINT windows_scope_is_known CHECK (scope IN ('all', 'queue', 'kind', 'team')),
    CONSTRAINT windows_all_has_no_name CHECK ((scope = 'all') = (name = '')),
    CONSTRAINT windows_hours_are_an_object CHECK (jsonb_typeof(hours) = 'object')
);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON ltc_jobs.jobs_blocked, ltc_jobs.keys, ltc_jobs.limits, ltc_jobs.pauses, ltc_jobs.windows TO ltc_daemon, ltc_admin;
GRANT SELECT ON ltc_jobs.jobs_blocked, ltc_jobs.keys, ltc_jobs.limits, ltc_jobs.pauses, ltc_jobs.windows TO ltc_auditor;
REVOKE EXECUTE ON FUNCTION ltc_jobs.admit(text[]), ltc_jobs.allowance(integer, text, text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ltc_jobs.admit(text[]), ltc_jobs.allowance(integer, text, text, bigint) TO ltc_daemon, ltc_admin;
