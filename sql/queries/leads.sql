-- name: list
-- Leads, newest first; a null filter lets everything through.
-- takes: state text?, team text?, owner text?, maximum bigint
-- gives: id bigint, external_id text?, company text, state text, team text?, owner text?, region text?, product text?
-- gives: created_at timestamptz
SELECT l.id, l.external_id, l.company, l.state, t.code AS team, m.code AS owner, l.region, l.product, l.created_at
FROM ltc.leads AS l LEFT JOIN ltc.teams AS t ON t.id = l.team_id LEFT JOIN ltc.members AS m ON m.id = l.owner_id
WHERE (:state::text IS NULL OR l.state = :state) AND (:team::text IS NULL OR t.code = :team)
    AND (:owner::text IS NULL OR m.code = :owner)
ORDER BY l.created_at DESC, l.id DESC LIMIT :maximum;

-- name: show
-- All of one lead.
-- takes: id bigint
-- gives: id bigint, source text, external_id text?, company text, contact text?, email text?, phone text?
-- gives: channel text?, region text?, segment text?, product text?, budget_minor bigint?, currency text?, notes text?
-- gives: do_not_contact boolean, created_at timestamptz, state text, team_id bigint?, owner_id bigint?
SELECT id, source, external_id, company, contact, email, phone, channel, region, segment, product, budget_minor,
    currency::text AS currency, notes, do_not_contact, created_at, state, team_id, owner_id
FROM ltc.leads WHERE id = :id;

-- name: find_external
-- The lead that another program knows by this id; the newest when several sources use it.
-- takes: external_id text
-- gives: id bigint
SELECT id FROM ltc.leads WHERE external_id = :external_id ORDER BY id DESC LIMIT 1;

-- name: events
-- What happened to a lead or an opportunity, in the order in which it was recorded.
-- takes: subject_kind text, subject_id bigint
-- gives: kind text, from_state text?, to_state text?, from_member bigint?, to_member bigint?, team_id bigint?
-- gives: effective_at timestamptz, actor text, run_id bigint?, configuration_version bigint?, rule text?, reason text?
-- gives: detail jsonb
SELECT kind, from_state, to_state, from_member, to_member, team_id, effective_at, actor, run_id,
    configuration_version, rule, reason, detail
FROM ltc.events WHERE subject_kind = :subject_kind AND subject_id = :subject_id ORDER BY id;

-- name: activities
-- What people did about a lead or an opportunity.
-- takes: subject_kind text, subject_id bigint
-- gives: kind text, member text?, happened_at timestamptz, note text
SELECT a.kind, m.code AS member, a.happened_at, a.note
FROM ltc.activities AS a LEFT JOIN ltc.members AS m ON m.id = a.member_id
WHERE a.subject_kind = :subject_kind AND a.subject_id = :subject_id ORDER BY a.happened_at, a.id;

-- name: reminders
-- What owners and managers were told of a lead or an opportunity.
-- takes: subject_kind text, subject_id bigint
-- gives: id bigint, rule text, kind text, member text, occurrence timestamptz, due_at timestamptz, state text, reason text?
SELECT r.id, r.rule, r.kind, m.code AS member, r.occurrence, r.due_at, r.state, r.reason
FROM ltc.reminders AS r JOIN ltc.members AS m ON m.id = r.member_id
WHERE r.subject_kind = :subject_kind AND r.subject_id = :subject_id ORDER BY r.id;

-- name: list_reminders
-- Reminders and escalations, those due last first; a null filter lets everything through.
-- takes: state text?, team text?, member text?, maximum bigint
-- gives: id bigint, kind text, subject_kind text, subject_id bigint, name text, rule text, member text, due_at timestamptz
-- gives: state text, reason text?, team text
SELECT r.id, r.kind, r.subject_kind, r.subject_id,
    coalesce(l.company, c.name, nullif(o.title, ''), o.external_id, '') AS name, r.rule, m.code AS member, r.due_at,
    r.state, r.reason, t.code AS team
FROM ltc.reminders AS r JOIN ltc.teams AS t ON t.id = r.team_id JOIN ltc.members AS m ON m.id = r.member_id
    LEFT JOIN ltc.leads AS l ON r.subject_kind = 'lead' AND l.id = r.subject_id
    LEFT JOIN ltc.opportunities AS o ON r.subject_kind = 'opportunity' AND o.id = r.subject_id
    LEFT JOIN ltc.customers AS c ON c.id = o.customer_id
WHERE (:state::text IS NULL OR r.state = :state) AND (:team::text IS NULL OR t.code = :team)
    AND (:member::text IS NULL OR m.code = :member)
ORDER BY r.due_at DESC, r.id DESC LIMIT :maximum;

-- name: to_claim
-- A lead that somebody wants to take.
-- takes: id bigint
-- gives: id bigint, company text, state text, team bigint?, owner text?
SELECT l.id, l.company, l.state, l.team_id AS team, m.code AS owner
FROM ltc.leads AS l LEFT JOIN ltc.members AS m ON m.id = l.owner_id WHERE l.id = :id;

-- name: claim
-- A member takes a lead from the pool, with its event; one conditional UPDATE, so that two claims never both win, and no
-- more than their seat's capacity (null is no limit).
-- takes: lead bigint, member bigint, capacity integer?, at timestamptz, actor text
-- gives: id bigint
WITH claimed AS (
    UPDATE ltc.leads AS l SET state = 'assigned', owner_id = :member
    WHERE l.id = :lead AND l.state = 'pooled' AND (:capacity::integer IS NULL OR :capacity > (
        SELECT count(*) FROM ltc.leads AS o
        WHERE o.owner_id = :member AND o.team_id = l.team_id AND o.state IN ('assigned', 'working')))
    RETURNING l.id, l.team_id
)
INSERT INTO ltc.events (
    subject_kind, subject_id, team_id, kind, from_state, to_state, to_member, effective_at, actor, reason)
SELECT 'lead', id, team_id, 'lead_claimed', 'pooled', 'assigned', :member, :at, :actor, 'claimed' FROM claimed
RETURNING subject_id AS id;
