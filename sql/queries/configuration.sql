-- name: current_version
-- The configuration in force.
-- gives: id bigint, document jsonb, applied_at timestamptz, applied_by text
SELECT id, document, applied_at, applied_by FROM ltc.configuration_versions ORDER BY id DESC LIMIT 1;

-- name: version_at
-- The configuration that was in force at an instant.
-- takes: at timestamptz
-- gives: id bigint, document jsonb
SELECT id, document FROM ltc.configuration_versions WHERE applied_at <= :at ORDER BY id DESC LIMIT 1;

-- name: lock_versions
-- Two who apply at the same moment follow each other.
LOCK TABLE ltc.configuration_versions IN SHARE ROW EXCLUSIVE MODE;

-- name: add_version
-- A configuration comes into force. Versions are locked, and have no gaps: a preview uses none up.
-- takes: document jsonb, actor text
-- gives: id bigint
INSERT INTO ltc.configuration_versions (id, document, sha256, applied_by) OVERRIDING SYSTEM VALUE
SELECT coalesce(max(id), 0) + 1, :document::jsonb, encode(sha256(convert_to(:document::jsonb::text, 'UTF8')), 'hex'), :actor
FROM ltc.configuration_versions
RETURNING id;

-- name: record_application
-- The event of a configuration that came into force.
-- takes: version bigint, at timestamptz, actor text, detail jsonb
INSERT INTO ltc.events (subject_kind, subject_id, kind, effective_at, actor, configuration_version, detail)
VALUES ('configuration', :version, 'configuration_applied', :at, :actor, :version, :detail);

-- name: known_elsewhere
-- The members and teams that work, whoever named them; a file may refer to them.
-- gives: kind text, code text, team_kind text?
SELECT 'member' AS kind, code, NULL AS team_kind FROM ltc.members WHERE is_active
UNION ALL SELECT 'team', code, kind FROM ltc.teams WHERE is_active;

-- name: put_calendars
-- The calendars of the document (a `Company` as JSON, here and below).
-- takes: company jsonb
INSERT INTO ltc.calendars AS c (code, weekend)
SELECT p.code, p.weekend FROM jsonb_to_recordset(:company::jsonb -> 'calendars') AS p (code text, weekend integer[])
ON CONFLICT (code) DO UPDATE SET weekend = excluded.weekend WHERE c.weekend IS DISTINCT FROM excluded.weekend;

-- name: drop_calendar_days
-- A calendar of the document has no days but those that the document names.
-- takes: company jsonb
DELETE FROM ltc.calendar_days AS d
USING ltc.calendars AS c, jsonb_array_elements(:company::jsonb -> 'calendars') AS p (plan)
WHERE c.id = d.calendar_id AND c.code = p.plan ->> 'code'
    AND NOT p.plan -> CASE WHEN d.is_working THEN 'workdays' ELSE 'holidays' END ? d.day::text;

-- name: put_calendar_days
-- Holidays and make-up days of the document.
-- takes: company jsonb
INSERT INTO ltc.calendar_days AS d (calendar_id, day, is_working, name)
SELECT c.id, day.key::date, kind.is_working, day.value
FROM jsonb_array_elements(:company::jsonb -> 'calendars') AS p (plan)
JOIN ltc.calendars AS c ON c.code = p.plan ->> 'code'
CROSS JOIN (VALUES ('holidays', false), ('workdays', true)) AS kind (key, is_working)
CROSS JOIN jsonb_each_text(p.plan -> kind.key) AS day
ON CONFLICT (calendar_id, day) DO UPDATE SET is_working = excluded.is_working, name = excluded.name
WHERE (d.is_working, d.name) IS DISTINCT FROM (excluded.is_working, excluded.name);

-- name: put_webhooks
-- The chats of the document.
-- takes: company jsonb
INSERT INTO ltc.webhooks AS w (code, format)
SELECT p.code, p.format FROM jsonb_to_recordset(:company::jsonb -> 'webhooks') AS p (code text, format text)
ON CONFLICT (code) DO UPDATE SET format = excluded.format WHERE w.format IS DISTINCT FROM excluded.format;

-- name: drop_webhooks
-- Chats that the document no longer names go; so has every member of it left them by now.
-- takes: codes text[]
DELETE FROM ltc.webhooks WHERE code = ANY (:codes);

-- name: clear_logins
-- Logins that move from one member to another are given up first.
-- takes: company jsonb
UPDATE ltc.members AS m SET login = NULL
FROM jsonb_to_recordset(:company::jsonb -> 'members') AS p (code text, login text)
WHERE m.code = p.code AND m.login IS DISTINCT FROM p.login AND m.login IS NOT NULL;

-- name: put_members
-- The members of the document; one who had left is back.
-- takes: company jsonb
INSERT INTO ltc.members AS m (code, name, email, language, login, webhook)
SELECT p.code, p.name, p.email, p.language, p.login, p.webhook
FROM jsonb_to_recordset(:company::jsonb -> 'members')
    AS p (code text, name text, email text, language text, login text, webhook text)
ON CONFLICT (code) DO UPDATE SET
    name = excluded.name, email = excluded.email, language = excluded.language, login = excluded.login,
    webhook = excluded.webhook, is_active = true
WHERE (m.name, m.email, m.language, m.login, m.webhook, m.is_active)
    IS DISTINCT FROM (excluded.name, excluded.email, excluded.language, excluded.login, excluded.webhook, true);

-- name: retire_members
-- Members that the document no longer names are kept for the history, and work no more.
-- takes: codes text[]
UPDATE ltc.members SET is_active = false, login = NULL, webhook = NULL WHERE code = ANY (:codes) AND is_active;

-- name: put_teams
-- The teams of the document; one that was closed works again.
-- takes: company jsonb
INSERT INTO ltc.teams AS t (code, name, kind, zone, calendar_id, hours)
SELECT p.code, p.name, p.kind, p.zone, c.id, p.hours
FROM jsonb_to_recordset(:company::jsonb -> 'teams')
    AS p (code text, name text, kind text, zone text, calendar text, hours jsonb)
LEFT JOIN ltc.calendars AS c ON c.code = p.calendar
ON CONFLICT (code) DO UPDATE SET
    name = excluded.name, kind = excluded.kind, zone = excluded.zone, calendar_id = excluded.calendar_id,
    hours = excluded.hours, is_active = true
WHERE (t.name, t.kind, t.zone, t.calendar_id, t.hours, t.is_active)
    IS DISTINCT FROM (excluded.name, excluded.kind, excluded.zone, excluded.calendar_id, excluded.hours, true);

-- name: retire_teams
-- Teams that the document no longer names are kept for the history, and work no more.
-- takes: codes text[]
UPDATE ltc.teams SET is_active = false WHERE code = ANY (:codes) AND is_active;

-- name: close_seats
-- Seats that the document gives up (named by the version before and not by this one), or has otherwise, end on the
-- business day of the instant. A seat that begins that day or later never was.
-- takes: company jsonb, previous jsonb, as_of timestamptz
-- gives: member_id bigint
WITH wanted AS (
    SELECT p.plan ->> 'code' AS team, s.member, s.role, s.weight, s.capacity
    FROM jsonb_array_elements(:company::jsonb -> 'teams') AS p (plan)
    CROSS JOIN jsonb_to_recordset(p.plan -> 'seats') AS s (member text, role text, weight integer, capacity integer)
), former AS (
    SELECT p.plan ->> 'code' AS team, s.member
    FROM jsonb_array_elements(:previous::jsonb -> 'teams') AS p (plan)
    CROSS JOIN jsonb_to_recordset(p.plan -> 'seats') AS s (member text)
), over AS (
    SELECT s.id, (:as_of AT TIME ZONE t.zone)::date AS today
    FROM ltc.memberships AS s JOIN ltc.teams AS t ON t.id = s.team_id JOIN ltc.members AS m ON m.id = s.member_id
    LEFT JOIN wanted AS w ON (w.team, w.member) = (t.code, m.code)
    WHERE s.valid_until IS NULL AND CASE
        WHEN w.member IS NULL THEN EXISTS (SELECT FROM former AS f WHERE (f.team, f.member) = (t.code, m.code))
        ELSE (s.role, s.weight, s.capacity) IS DISTINCT FROM (w.role, w.weight, w.capacity) END
), unborn AS (
    DELETE FROM ltc.memberships AS s USING over AS o WHERE s.id = o.id AND s.valid_from >= o.today RETURNING s.member_id
), closed AS (
    UPDATE ltc.memberships AS s SET valid_until = o.today
    FROM over AS o WHERE s.id = o.id AND s.valid_from < o.today RETURNING s.member_id
)
SELECT member_id FROM unborn UNION ALL SELECT member_id FROM closed;

-- name: put_seats
-- Seats of the document that are not held yet. Those of a team without any history hold since ever, so that a company
-- can be described today and run as of last year; later ones from the business day of the instant.
-- takes: company jsonb, as_of timestamptz
INSERT INTO ltc.memberships (team_id, member_id, role, weight, capacity, valid_from)
SELECT t.id, m.id, s.role, s.weight, s.capacity,
    CASE WHEN EXISTS (SELECT FROM ltc.memberships AS h WHERE h.team_id = t.id)
        THEN (:as_of AT TIME ZONE t.zone)::date ELSE '0001-01-01' END
FROM jsonb_array_elements(:company::jsonb -> 'teams') AS p (plan)
CROSS JOIN jsonb_to_recordset(p.plan -> 'seats') AS s (member text, role text, weight integer, capacity integer)
JOIN ltc.teams AS t ON t.code = p.plan ->> 'code'
JOIN ltc.members AS m ON m.code = s.member
ON CONFLICT (team_id, member_id) WHERE valid_until IS NULL DO NOTHING;

-- name: put_absences
-- The document's absences, and no others that came from a document: whole days in the zone of the member's first team.
-- takes: company jsonb
-- gives: member_id bigint
WITH wanted AS (
    SELECT m.id AS member_id, a.from::timestamp AT TIME ZONE z.zone AS starts_at,
        (a.until + 1)::timestamp AT TIME ZONE z.zone AS ends_at, a.reason
    FROM jsonb_array_elements(:company::jsonb -> 'members') AS p (plan)
    JOIN ltc.members AS m ON m.code = p.plan ->> 'code'
    CROSS JOIN jsonb_to_recordset(p.plan -> 'absences') AS a ("from" date, until date, reason text)
    CROSS JOIN LATERAL (
        SELECT coalesce((
            SELECT t.zone FROM ltc.memberships AS s JOIN ltc.teams AS t ON t.id = s.team_id
            WHERE s.member_id = m.id AND s.valid_until IS NULL ORDER BY t.code LIMIT 1), 'UTC') AS zone) AS z
), dropped AS (
    DELETE FROM ltc.absences AS a
    WHERE a.source = 'configuration' AND NOT EXISTS (
        SELECT FROM wanted AS w WHERE (w.member_id, w.starts_at, w.ends_at, w.reason)
            = (a.member_id, a.starts_at, a.ends_at, a.reason))
    RETURNING a.member_id
), added AS (
    INSERT INTO ltc.absences (source, member_id, starts_at, ends_at, reason)
    SELECT 'configuration', w.* FROM wanted AS w
    WHERE NOT EXISTS (
        SELECT FROM ltc.absences AS a WHERE (w.member_id, w.starts_at, w.ends_at, w.reason)
            = (a.member_id, a.starts_at, a.ends_at, a.reason))
    RETURNING member_id
)
SELECT member_id FROM dropped UNION ALL SELECT member_id FROM added;

-- name: creditors_to_move
-- Creditors that the document gives another finance team than the one that has their invoices and receipts.
-- takes: company jsonb
-- gives: code text, team text, wanted text
SELECT c.code::text, t.code::text AS team, p."financeTeam" AS wanted
FROM jsonb_to_recordset(:company::jsonb -> 'creditors') AS p (code text, "financeTeam" text)
JOIN ltc.creditors AS c ON c.code = p.code
JOIN ltc.teams AS t ON t.id = c.finance_team_id
WHERE t.code <> p."financeTeam"
    AND (EXISTS (SELECT FROM ltc.invoices AS i WHERE i.creditor_id = c.id AND i.team_id = t.id)
        OR EXISTS (SELECT FROM ltc.receipts AS r WHERE r.creditor_id = c.id AND r.team_id = t.id))
ORDER BY c.code;

-- name: put_creditors
-- The creditors of the document.
-- takes: company jsonb
INSERT INTO ltc.creditors AS c (code, name, tax_id, address, country, email, iban, account, bic, bank, finance_team_id)
SELECT p.code, p.name, p."taxID", p.address, p.country, p.email, p.iban, p.account, p.bic, p.bank, t.id
FROM jsonb_to_recordset(:company::jsonb -> 'creditors') AS p (
    code text, name text, "taxID" text, address text, country text, email text, iban text, account text, bic text, bank text,
    "financeTeam" text)
JOIN ltc.teams AS t ON t.code = p."financeTeam"
ON CONFLICT (code) DO UPDATE SET
    name = excluded.name, tax_id = excluded.tax_id, address = excluded.address, country = excluded.country,
    email = excluded.email, iban = excluded.iban, account = excluded.account, bic = excluded.bic, bank = excluded.bank,
    finance_team_id = excluded.finance_team_id
WHERE (c.name, c.tax_id, c.address, c.country, c.email, c.iban, c.account, c.bic, c.bank, c.finance_team_id)
    IS DISTINCT FROM (excluded.name, excluded.tax_id, excluded.address, excluded.country, excluded.email,
        excluded.iban, excluded.account, excluded.bic, excluded.bank, excluded.finance_team_id);

-- name: drop_creditors
-- Creditors that the document no longer names go, unless money was ever owed to them.
-- takes: codes text[]
DELETE FROM ltc.creditors AS c
WHERE c.code = ANY (:codes) AND NOT EXISTS (SELECT FROM ltc.invoices AS i WHERE i.creditor_id = c.id)
    AND NOT EXISTS (SELECT FROM ltc.receipts AS r WHERE r.creditor_id = c.id)
    AND NOT EXISTS (SELECT FROM ltc.notices AS n WHERE n.creditor_id = c.id);

-- name: drop_calendars
-- Calendars that the document no longer names go, unless a team still follows them.
-- takes: codes text[]
DELETE FROM ltc.calendars AS c
WHERE c.code = ANY (:codes) AND NOT EXISTS (SELECT FROM ltc.teams AS t WHERE t.calendar_id = c.id);
