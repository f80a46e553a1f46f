-- name: replace_calendars
-- Stores calendars as described.
-- takes: names text[], days jsonb[]
INSERT INTO ltc_jobs.calendars (name, days)
SELECT name, days FROM unnest(:names::text[], :days::jsonb[]) AS c (name, days) ORDER BY name
ON CONFLICT (name) DO UPDATE SET days = EXCLUDED.days;

-- name: replace
-- Stores schedules as described. One that exists keeps what it has decided, and stays paused, or not, as it is.
-- takes: names text[], crons text[], zones text[], kinds text[], arguments jsonb[], queues text[], teams bigint[], gaps text[], overlaps text[], misfires text[], latenesses bigint[], calendars text[], holidays text[], paused boolean[]
INSERT INTO ltc_jobs.schedules (name, cron, zone, kind, arguments, queue, team, dst_gap, dst_overlap, misfire,
    maximum_lateness, calendar, on_holiday, is_paused, decided_until)
SELECT name, cron, zone, kind, arguments, queue, NULLIF(team, 0), gap, overlap, misfire, NULLIF(lateness, 0),
    NULLIF(calendar, ''), NULLIF(holiday, ''), paused, now()
FROM unnest(:names::text[], :crons::text[], :zones::text[], :kinds::text[], :arguments::jsonb[], :queues::text[],
    :teams::bigint[], :gaps::text[], :overlaps::text[], :misfires::text[], :latenesses::bigint[], :calendars::text[],
    :holidays::text[], :paused::boolean[])
    AS s (name, cron, zone, kind, arguments, queue, team, gap, overlap, misfire, lateness, calendar, holiday, paused)
ORDER BY name
ON CONFLICT (name) DO UPDATE SET
    cron = EXCLUDED.cron, zone = EXCLUDED.zone, kind = EXCLUDED.kind, arguments = EXCLUDED.arguments,
    queue = EXCLUDED.queue, team = EXCLUDED.team, dst_gap = EXCLUDED.dst_gap, dst_overlap = EXCLUDED.dst_overlap,
    misfire = EXCLUDED.misfire, maximum_lateness = EXCLUDED.maximum_lateness, calendar = EXCLUDED.calendar,
    on_holiday = EXCLUDED.on_holiday;

-- name: remove_others
-- Schedules are declared as a whole: those that are not named any more end. Their ledger stays.
-- takes: names text[]
DELETE FROM ltc_jobs.schedules WHERE name <> ALL (:names::text[]);

-- name: remove_other_calendars
-- Likewise the calendars, when no schedule follows them.
-- takes: names text[]
DELETE FROM ltc_jobs.calendars WHERE name <> ALL (:names::text[]);

-- name: all
-- Every schedule by name, with the calendar that it follows.
-- gives: name text, cron text, zone text, kind text, arguments jsonb, queue text, team bigint?, dst_gap text, dst_overlap text, misfire text, maximum_lateness bigint?, calendar text?, on_holiday text?, days jsonb?, is_paused boolean, decided_until timestamptz, next_due timestamptz?
SELECT s.name, cron, zone, kind, arguments, queue, team, dst_gap, dst_overlap, misfire, maximum_lateness, calendar,
    on_holiday, c.days, is_paused, decided_until, next_due
FROM ltc_jobs.schedules AS s LEFT JOIN ltc_jobs.calendars AS c ON c.name = s.calendar ORDER BY s.name;

-- name: lock_all
-- Nobody decides, pauses or replaces a schedule meanwhile.
-- gives: name text
SELECT name FROM ltc_jobs.schedules ORDER BY name FOR UPDATE;

-- name: lock
-- Nobody decides, pauses or replaces this one meanwhile.
-- takes: name text
-- gives: name text
SELECT name FROM ltc_jobs.schedules WHERE name = :name FOR UPDATE;

-- name: lock_due
-- Schedules that have something to decide at this instant; what another engine is deciding is passed over.
-- takes: now timestamptz
-- gives: name text
SELECT name FROM ltc_jobs.schedules WHERE next_due <= :now ORDER BY name FOR UPDATE SKIP LOCKED;

-- name: set_paused
-- Whether a schedule is to fire; when it does next is set beside this.
-- takes: name text, is_paused boolean
UPDATE ltc_jobs.schedules SET is_paused = :is_paused WHERE name = :name;

-- name: set_next
-- What is decided, and when there is something to decide again.
-- takes: name text, decided_until timestamptz, next_due timestamptz?
UPDATE ltc_jobs.schedules SET decided_until = :decided_until, next_due = :next_due WHERE name = :name;

-- name: fire
-- Writes occurrences into the ledger and, in the same statement, the jobs of those that fire. One that stands in the ledger
-- already does nothing, so any number of engines fire it once; by hand one that was skipped can be made up for.
-- takes: schedule text, local_times text[], folds integer[], dues timestamptz[], states text[], reasons text[], is_by_hand boolean
-- gives: local_time text, fold integer, state text, job bigint?, due_at timestamptz
WITH decided AS MATERIALIZED (
    SELECT local_time::timestamp AS local_time, fold, due_at, state, NULLIF(reason, '') AS reason,
        CASE WHEN state <> 'skipped' THEN nextval('ltc_jobs.job_ids') END AS job
    FROM unnest(:local_times::text[], :folds::integer[], :dues::timestamptz[], :states::text[], :reasons::text[])
        AS d (local_time, fold, due_at, state, reason)
), entered AS (
    INSERT INTO ltc_jobs.occurrences AS o (schedule, local_time, fold, due_at, state, reason, job)
    SELECT :schedule, local_time, fold, due_at, state, reason, job FROM decided
    ON CONFLICT (schedule, local_time, fold) DO UPDATE SET
        due_at = EXCLUDED.due_at, state = EXCLUDED.state, reason = EXCLUDED.reason, job = EXCLUDED.job,
        decided_at = now()
    WHERE :is_by_hand::boolean AND o.state = 'skipped'
    RETURNING schedule, local_time, fold, due_at, state, job
), inserted AS (
    INSERT INTO ltc_jobs.jobs
        (id, state, queue, kind, arguments, team, priority, rank, due_at, occurrence, maximum_attempts)
    SELECT entered.job, 'ready', s.queue, s.kind, s.arguments || jsonb_build_object('occurrence',
            to_char(entered.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
        s.team, 0, now(), now(), entered.due_at, 20
    FROM entered JOIN ltc_jobs.schedules AS s ON s.name = entered.schedule
    WHERE entered.job IS NOT NULL
    RETURNING kind
), woken AS MATERIALIZED (
    SELECT count(pg_notify('ltc_jobs', 'ready ' || kind)) FROM (SELECT DISTINCT kind FROM inserted) AS k
)
SELECT to_char(local_time, 'YYYY-MM-DD"T"HH24:MI') AS local_time, fold, state, job, due_at
FROM woken CROSS JOIN entered ORDER BY due_at;

-- name: known
-- Which of these occurrences stand in the ledger, with the jobs of those that fired.
-- takes: schedule text, local_times text[], folds integer[]
-- gives: local_time text, fold integer, job bigint?
SELECT to_char(o.local_time, 'YYYY-MM-DD"T"HH24:MI') AS local_time, o.fold, o.job
FROM unnest(:local_times::text[], :folds::integer[]) AS d (local_time, fold)
    JOIN ltc_jobs.occurrences AS o
        ON o.schedule = :schedule AND o.local_time = d.local_time::timestamp AND o.fold = d.fold;

-- name: run_now
-- One job of a schedule by hand, now; the ledger is not touched.
-- takes: name text
-- gives: id bigint
WITH inserted AS (
    INSERT INTO ltc_jobs.jobs (state, queue, kind, arguments, team, priority, rank, due_at, occurrence, maximum_attempts)
    SELECT 'ready', queue, kind, arguments || jsonb_build_object('occurrence',
            to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
        team, 0, now(), now(), now(), 20
    FROM ltc_jobs.schedules WHERE name = :name
    RETURNING id, kind
)
SELECT id FROM inserted CROSS JOIN LATERAL pg_notify('ltc_jobs', 'ready ' || kind) AS woken;

-- name: wake_timekeepers
-- Engines look again when something is next due.
-- gives: woken text
SELECT coalesce(pg_notify('ltc_jobs', 'time')::text, '') AS woken;

-- name: ledger
-- What became of a schedule's occurrences, newest first.
-- takes: schedule text, maximum integer
-- gives: local_time text, fold integer, due_at timestamptz, state text, reason text?, job bigint?, decided_at timestamptz
SELECT to_char(local_time, 'YYYY-MM-DD"T"HH24:MI') AS local_time, fold, due_at, state, reason, job, decided_at
FROM ltc_jobs.occurrences WHERE schedule = :schedule ORDER BY due_at DESC LIMIT :maximum::integer;

-- name: has_calendar
-- Whether a calendar is declared.
-- takes: name text
-- gives: name text
SELECT name FROM ltc_jobs.calendars WHERE name = :name;
