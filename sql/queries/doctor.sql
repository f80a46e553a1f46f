-- name: server
-- What the server says of itself, for comparison with what we need.
-- gives: version integer, encoding text, clock timestamptz, is_standby boolean
SELECT current_setting('server_version_num')::integer AS version, pg_encoding_to_char(encoding)::text AS encoding,
    clock_timestamp() AS clock, pg_is_in_recovery() AS is_standby
FROM pg_catalog.pg_database WHERE datname = current_database();

-- name: missing_roles
-- Roles of the bootstrap file that this server lacks.
-- gives: role text
SELECT wanted.role FROM unnest(ARRAY[
    'ltc_owner', 'ltc_migrator', 'ltc_daemon', 'ltc_admin', 'ltc_auditor', 'ltc_person']) AS wanted (role)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = wanted.role);

-- name: unprotected_tables
-- Tables that hold a team's rows without row-level security.
-- gives: name text
SELECT c.oid::regclass::text AS name
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = 'ltc'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
    AND c.relname NOT IN ('migrations', 'migration_lock')
ORDER BY c.relname;

-- name: schedule_zones
-- The time zones in which schedules are written.
-- gives: zone text
SELECT DISTINCT zone FROM ltc_jobs.schedules ORDER BY zone;

-- name: zone_offsets
-- Seconds from UTC by the server's time zone data; null is a zone that the server does not know.
-- takes: zones text[], instants timestamptz[]
-- gives: zone text, instant timestamptz, seconds integer?
SELECT z.zone, i.instant, CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_timezone_names AS n WHERE n.name = z.zone)
    THEN extract(epoch FROM (i.instant AT TIME ZONE z.zone) - (i.instant AT TIME ZONE 'UTC'))::integer END AS seconds
FROM unnest(:zones::text[]) AS z (zone) CROSS JOIN unnest(:instants::timestamptz[]) AS i (instant);

-- name: stuck_packages
-- Packages of dunning runs that could not be written, with what the last try said.
-- gives: run text, error text
SELECT arguments ->> 'run' AS run, errors -> -1 ->> 'error' AS error FROM ltc_jobs.jobs
WHERE kind = 'drop-package' AND errors -> -1 ->> 'error' IS NOT NULL ORDER BY id;

-- name: troubled_messages
-- Messages that wait for a person. One whose notice went another way, or is over, waits for nobody.
-- gives: state text, messages bigint
SELECT state, count(*) AS messages FROM ltc.messages AS m
WHERE state IN ('held', 'uncertain', 'failed', 'bounced') AND NOT (
    subject_kind IN ('notice', 'dunning-task') AND EXISTS (
        SELECT FROM ltc.notices AS n WHERE n.id = m.subject_id AND (
            n.state IN ('sent', 'rejected', 'cancelled', 'reversed')
            OR (m.subject_kind = 'notice') <> (n.channel = 'mail'))))
GROUP BY state ORDER BY state;

-- name: struggling_messages
-- Messages that were tried three times and more, and wait for their next try, with what the last one met.
-- gives: reason text, messages bigint, answer text?
SELECT reason, count(*) AS messages, max(answer) AS answer FROM ltc.messages
WHERE state = 'queued' AND attempts >= 3 AND reason IS NOT NULL
GROUP BY reason ORDER BY reason;

-- name: unknown_webhooks
-- Chats whose URL no daemon knew, with the messages that are held for them.
-- gives: webhook text, messages bigint
SELECT recipient AS webhook, count(*) AS messages FROM ltc.messages
WHERE channel = 'webhook' AND state = 'held' AND reason = 'no_webhook_url' GROUP BY recipient ORDER BY recipient;

-- name: named_webhooks
-- The chats in which members are told something.
-- gives: webhook text, members text[]
SELECT webhook, array_agg(code ORDER BY code) AS members FROM ltc.members WHERE webhook IS NOT NULL AND is_active
GROUP BY webhook ORDER BY webhook;
