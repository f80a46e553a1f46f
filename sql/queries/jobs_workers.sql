-- name: register
-- A new engine.
-- takes: name text, kinds text[]
-- gives: id bigint
INSERT INTO ltc_jobs.workers (name, kinds) VALUES (:name, :kinds) RETURNING id;

-- name: stay_alive
-- An engine's heartbeat. One that was taken for dead while it was stopped comes back under its number.
-- takes: id bigint, name text, kinds text[], batched text[]
INSERT INTO ltc_jobs.workers AS worker (id, name, kinds, batched) VALUES (:id, :name, :kinds, :batched)
ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp();

-- name: announce_batched
-- Written before a kind is worked in batches for the first time, so that an unclean death tells what was in flight.
-- takes: id bigint, kind text
UPDATE ltc_jobs.workers SET batched = array_append(batched, :kind) WHERE id = :id AND NOT :kind = ANY (batched);

-- name: deregister
-- A clean end.
-- takes: id bigint
DELETE FROM ltc_jobs.workers WHERE id = :id;

-- name: bury_dead
-- Removes engines that were not seen for some seconds; their leases end now.
-- takes: silence float8
-- gives: name text, batched text[]
WITH dead AS (
    DELETE FROM ltc_jobs.workers WHERE id IN (
        SELECT id FROM ltc_jobs.workers WHERE seen_at < clock_timestamp() - make_interval(secs => :silence)
        FOR UPDATE SKIP LOCKED)
    RETURNING id, name, batched
), ended AS (
    UPDATE ltc_jobs.jobs SET lease_until = now() WHERE state = 'leased' AND worker IN (SELECT id FROM dead)
)
SELECT name, batched FROM dead;

-- name: isolate_head
-- The jobs that a dead engine may have been working in a batch run leased and alone, so that the one that kills is found.
-- takes: kinds text[], maximum integer
UPDATE ltc_jobs.jobs AS job SET is_solo = true
FROM (
    SELECT head.id FROM unnest(:kinds::text[]) AS suspect (kind) CROSS JOIN LATERAL (
        SELECT id FROM ltc_jobs.jobs WHERE state = 'ready' AND NOT is_solo AND kind = suspect.kind
        ORDER BY rank, id LIMIT :maximum::integer
        FOR UPDATE SKIP LOCKED) AS head
) AS suspects
WHERE job.state = 'ready' AND job.id = suspects.id;

-- name: is_any_held
-- Whether a worker holds a job.
-- gives: is_held boolean
SELECT EXISTS (SELECT FROM ltc_jobs.jobs WHERE state = 'leased') AS is_held;

-- name: rescue_expired
-- Jobs whose lease has ended: the attempt counts, and from now on they run alone. At once after the first, since mostly the
-- engine died and not because of them; then with full jitter of at most an hour.
-- gives: id bigint, kind text, state text, unique_key text?, key text?
UPDATE ltc_jobs.jobs
SET state = CASE WHEN attempt >= maximum_attempts THEN 'dead' ELSE 'waiting' END, is_solo = true,
    fence = fence + 1, worker = NULL, lease_until = NULL, progress = NULL,
    due_at = clock_timestamp() + random() * least(3600, 2 ^ least(attempt, 20) - 2) * interval '1 second',
    errors = (CASE WHEN jsonb_array_length(errors) >= 5 THEN errors - 0 ELSE coalesce(errors, '[]') END)
        || jsonb_build_object('at', clock_timestamp(), 'attempt', attempt, 'error',
            'the lease of worker ' || worker || ' ended without an answer')
WHERE state = 'leased' AND ctid = ANY (ARRAY(
    SELECT ctid FROM ltc_jobs.jobs WHERE state = 'leased' AND lease_until <= (SELECT clock_timestamp())
    FOR UPDATE SKIP LOCKED))
RETURNING id, kind, state, unique_key, key;
