-- name: open_leads
-- A team's owned leads, and since when each lies still: its assignment or its last activity.
-- takes: team bigint, as_of timestamptz
-- gives: id bigint, name text, state text, owner_id bigint, since timestamptz
SELECT l.id, l.company AS name, l.state, l.owner_id,
    greatest(
        coalesce(
            (SELECT max(e.effective_at) FROM ltc.events AS e
                WHERE e.subject_kind = 'lead' AND e.subject_id = l.id AND e.to_member = l.owner_id
                    AND e.kind LIKE 'lead\_%'),
            l.created_at),
        (SELECT max(a.happened_at) FROM ltc.activities AS a
            WHERE a.subject_kind = 'lead' AND a.subject_id = l.id AND a.happened_at <= :as_of)) AS since
FROM ltc.leads AS l
WHERE l.team_id = :team AND l.state IN ('assigned', 'working') AND NOT l.do_not_contact
ORDER BY l.id;

-- name: open_opportunities
-- A team's owned opportunities, when each was opened, and its last activity.
-- takes: team bigint, as_of timestamptz
-- gives: id bigint, name text, stage text, owner_id bigint, opened_on date?, recorded_at timestamptz
-- gives: last_activity timestamptz?
SELECT o.id,
    coalesce(
        nullif(
            CASE WHEN o.title = '' THEN concat_ws(' · ', c.name, o.product)
                WHEN strpos(o.title, c.name) > 0 THEN o.title
                ELSE concat_ws(' · ', c.name, o.title) END, ''),
        o.external_id, o.id::text) AS name,
    o.stage, o.owner_id, o.opened_on, o.recorded_at,
    (SELECT max(a.happened_at) FROM ltc.activities AS a
        WHERE a.subject_kind = 'opportunity' AND a.subject_id = o.id AND a.happened_at <= :as_of) AS last_activity
FROM ltc.opportunities AS o LEFT JOIN ltc.customers AS c ON c.id = o.customer_id
WHERE o.team_id = :team AND o.owner_id IS NOT NULL AND o.stage NOT IN ('won', 'lost', 'suspended')
ORDER BY o.id;

-- name: said
-- What was said last of each of a team's subjects, and everything that is still open.
-- takes: team bigint
-- gives: id bigint, subject_kind text, subject_id bigint, rule text, occurrence timestamptz, kind text, state text
-- gives: owner_id bigint, reminded_at timestamptz
SELECT m.id, m.subject_kind, m.subject_id, m.rule, m.occurrence, m.kind, m.state, m.owner_id,
    coalesce(m.snoozed_until, r.as_of, m.created_at) AS reminded_at
FROM (
    SELECT DISTINCT ON (subject_kind, subject_id, rule, kind) *
    FROM ltc.reminders WHERE team_id = :team
    ORDER BY subject_kind, subject_id, rule, kind, occurrence DESC
) AS m LEFT JOIN ltc.runs AS r ON r.id = m.run_id
ORDER BY m.id;

-- name: close
-- Reminders that are no longer needed, each with its reason.
-- takes: ids bigint[], states text[], reasons text[]
UPDATE ltc.reminders AS m SET state = c.state, reason = c.reason
FROM unnest(:ids::bigint[], :states::text[], :reasons::text[]) AS c (id, state, reason)
WHERE m.id = c.id AND m.state IN ('due', 'sent');

-- name: remind
-- Reminders and escalations, each with its event; what was said before is not said again.
-- takes: team bigint, subject_kinds text[], subjects bigint[], rules text[], occurrences timestamptz[], kinds text[]
-- takes: owners bigint[], members bigint[], dues timestamptz[], as_of timestamptz, actor text, run bigint
-- takes: configuration_version bigint
-- gives: place bigint, id bigint
WITH wanted AS (
    SELECT * FROM unnest(
        :subject_kinds::text[], :subjects::bigint[], :rules::text[], :occurrences::timestamptz[], :kinds::text[],
        :owners::bigint[], :members::bigint[], :dues::timestamptz[])
    WITH ORDINALITY AS w (subject_kind, subject_id, rule, occurrence, kind, owner_id, member_id, due_at, place)
), said AS (
    INSERT INTO ltc.reminders (
        team_id, subject_kind, subject_id, rule, occurrence, kind, owner_id, member_id, due_at, run_id)
    SELECT :team, subject_kind, subject_id, rule, occurrence, kind, owner_id, member_id, due_at, :run
    FROM wanted ORDER BY place
    ON CONFLICT (subject_kind, subject_id, rule, occurrence, kind) DO NOTHING
    RETURNING id, subject_kind, subject_id, rule, occurrence, kind
), events AS (
    INSERT INTO ltc.events (
        subject_kind, subject_id, team_id, kind, to_member, effective_at, actor, run_id, configuration_version, rule,
        reason, detail)
    SELECT w.subject_kind, w.subject_id, :team,
        CASE w.kind WHEN 'escalation' THEN 'reminder_escalated' ELSE 'reminder_due' END, w.member_id, :as_of, :actor,
        :run, :configuration_version, w.rule,
        CASE w.kind WHEN 'escalation' THEN 'unanswered' ELSE 'lies_still' END,
        jsonb_build_object('reminder', s.id, 'since', w.occurrence, 'due_at', w.due_at, 'owner', w.owner_id)
    FROM said AS s JOIN wanted AS w USING (subject_kind, subject_id, rule, occurrence, kind)
    ORDER BY w.place
)
SELECT w.place, s.id FROM said AS s JOIN wanted AS w USING (subject_kind, subject_id, rule, occurrence, kind)
ORDER BY w.place;

-- name: mark_escalated
-- The reminders whose escalations went out.
-- takes: ids bigint[]
UPDATE ltc.reminders SET state = 'escalated' WHERE id = ANY (:ids) AND state IN ('due', 'sent');

-- name: lock_reminders
-- Reminders that somebody answers, in the order in which everybody locks.
-- takes: ids bigint[]
-- gives: id bigint, kind text, state text, reason text?, subject_kind text, subject_id bigint, name text, rule text
-- gives: team bigint, member bigint, language text, email text?
SELECT r.id, r.kind, r.state, r.reason, r.subject_kind, r.subject_id,
    coalesce(l.company, c.name, nullif(o.title, ''), o.external_id, '') AS name, r.rule, r.team_id AS team,
    r.member_id AS member, m.language, m.email
FROM ltc.reminders AS r JOIN ltc.members AS m ON m.id = r.member_id
    LEFT JOIN ltc.leads AS l ON r.subject_kind = 'lead' AND l.id = r.subject_id
    LEFT JOIN ltc.opportunities AS o ON r.subject_kind = 'opportunity' AND o.id = r.subject_id
    LEFT JOIN ltc.customers AS c ON c.id = o.customer_id
WHERE r.id = ANY (:ids) ORDER BY r.id FOR UPDATE OF r;

-- name: open_of_message
-- The reminders that a member got in one mail of a run and that are not answered yet.
-- takes: run bigint, member bigint, kind text
-- gives: id bigint
SELECT id FROM ltc.reminders
WHERE run_id = :run AND member_id = :member AND kind = :kind AND state IN ('due', 'sent', 'escalated') ORDER BY id;

-- name: answer
-- A reminder is done, or comes again later.
-- takes: id bigint, state text, reason text, snoozed_until timestamptz?
UPDATE ltc.reminders SET state = :state, reason = :reason, snoozed_until = :snoozed_until WHERE id = :id;

-- name: record_answer
-- The event of an answer.
-- takes: subject_kind text, subject bigint, team bigint, kind text, member bigint, at timestamptz, actor text, rule text?
-- takes: reason text, detail jsonb
INSERT INTO ltc.events (
    subject_kind, subject_id, team_id, kind, to_member, effective_at, actor, rule, reason, detail)
VALUES (:subject_kind, :subject, :team, :kind, :member, :at, :actor, :rule, :reason, :detail);

-- name: log_note
-- Somebody did something about a lead or an opportunity.
-- takes: subject_kind text, subject bigint, team bigint, member bigint, at timestamptz, note text
INSERT INTO ltc.activities (subject_kind, subject_id, team_id, member_id, kind, happened_at, note)
VALUES (:subject_kind, :subject, :team, :member, 'note', :at, :note);

-- name: is_open
-- Whether a reminder still waits for an answer.
-- takes: id bigint
-- gives: is_open boolean
SELECT state IN ('due', 'sent') AS is_open FROM ltc.reminders WHERE id = :id;
