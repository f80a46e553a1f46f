-- name: has_new
-- Whether there is anything to assign: most jobs of arriving leads find that an earlier one did it all.
-- takes: as_of timestamptz
-- gives: has_new boolean
SELECT EXISTS (SELECT FROM ltc.leads WHERE state = 'new' AND created_at <= :as_of) AS has_new;

-- name: take_new
-- The oldest new leads after a given one, held until the transaction ends; what somebody else holds is left out.
-- takes: as_of timestamptz, after_created timestamptz, after_id bigint, maximum bigint
-- gives: id bigint, external_id text?, company text, contact text?, email text?, phone text?, channel text?
-- gives: region text?, segment text?, product text?, budget_minor bigint?, currency text?, notes text?
-- gives: do_not_contact boolean, created_at timestamptz
SELECT id, external_id, company, contact, email, phone, channel, region, segment, product, budget_minor,
    currency::text AS currency, notes, do_not_contact, created_at
FROM ltc.leads
WHERE state = 'new' AND created_at <= :as_of AND (created_at, id) > (:after_created, :after_id)
ORDER BY created_at, id LIMIT :maximum
FOR UPDATE SKIP LOCKED;

-- name: open_leads
-- How many leads members have open in a team, for those whose seat has a capacity.
-- takes: teams bigint[], members bigint[]
-- gives: team_id bigint, owner_id bigint, open_leads bigint
SELECT team_id, owner_id, count(*) AS open_leads
FROM ltc.leads
WHERE state IN ('assigned', 'working') AND owner_id = ANY (:members) AND team_id = ANY (:teams)
GROUP BY team_id, owner_id;

-- name: last_turns
-- The last turn of each team's rotation: where it goes on.
-- takes: teams bigint[]
-- gives: team_id bigint, detail jsonb
SELECT e.team_id, e.detail
FROM unnest(:teams::bigint[]) AS t (id)
    CROSS JOIN LATERAL (
        SELECT team_id, detail FROM ltc.events
        WHERE team_id = t.id AND kind = 'lead_assigned' AND reason = 'next_in_rotation'
        ORDER BY id DESC LIMIT 1) AS e;

-- name: place
-- New leads get their places and each its event; 0 and '' stand for none. Only what is still new moves.
-- takes: leads bigint[], states text[], teams bigint[], owners bigint[], kinds text[], rules text[], reasons text[]
-- takes: details jsonb[], as_of timestamptz, actor text, run bigint, configuration_version bigint
-- gives: id bigint
WITH placed AS (
    SELECT * FROM unnest(
        :leads::bigint[], :states::text[], :teams::bigint[], :owners::bigint[], :kinds::text[], :rules::text[],
        :reasons::text[], :details::jsonb[])
    WITH ORDINALITY AS p (lead, state, team, owner, kind, rule, reason, detail, place)
), moved AS (
    UPDATE ltc.leads AS l SET state = p.state, team_id = p.team, owner_id = nullif(p.owner, 0)
    FROM placed AS p WHERE l.id = p.lead AND l.state = 'new'
    RETURNING l.id
)
INSERT INTO ltc.events (
    subject_kind, subject_id, team_id, kind, from_state, to_state, to_member, effective_at, actor, run_id,
    configuration_version, rule, reason, detail)
SELECT 'lead', p.lead, p.team, p.kind, 'new', p.state, nullif(p.owner, 0), :as_of, :actor, :run,
    :configuration_version, nullif(p.rule, ''), p.reason, p.detail
FROM placed AS p JOIN moved AS m ON m.id = p.lead
ORDER BY p.place
RETURNING id;
