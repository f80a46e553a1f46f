-- name: create_staging
-- The opportunities of a file on their way in; the ids behind are found after the COPY.
CREATE TEMP TABLE staged_opportunities (
    line integer NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    title text NOT NULL,
    company text, folded_company text COLLATE "C",
    owner text, team text,
    product text,
    stage text NOT NULL,
    opened_on date, closed_on date,
    amount_minor bigint, currency text,
    lost_reason text,
    customer_id bigint, owner_id bigint, team_id bigint
) ON COMMIT DROP;

-- name: copy_staged
-- Opportunities of the file, their values read.
-- needs: create_staging
-- copies: line integer, external_id text, title text, company text?, folded_company text?, owner text?, team text?
-- copies: product text?, stage text, opened_on date?, closed_on date?, amount_minor bigint?, currency text?
-- copies: lost_reason text?
COPY staged_opportunities (
    line, external_id, title, company, folded_company, owner, team, product, stage, opened_on, closed_on, amount_minor,
    currency, lost_reason) FROM STDIN (FORMAT binary);

-- name: reject_repeated
-- An external id names one opportunity; the first row of the file has it.
-- needs: create_staging
-- gives: line integer, external_id text, first_line integer
DELETE FROM staged_opportunities AS s
USING (SELECT external_id, min(line) AS line FROM staged_opportunities GROUP BY external_id HAVING count(*) > 1) AS first
WHERE s.external_id = first.external_id AND s.line <> first.line
RETURNING s.line, s.external_id, first.line AS first_line;

-- name: resolve
-- A customer by its number in the file's source or in ours, or by its name when only one has it; a member by code, or
-- by name when only one has it.
-- needs: create_staging
-- takes: source text
UPDATE staged_opportunities AS s
SET customer_id = coalesce(
        (SELECT c.id FROM ltc.customers AS c WHERE c.source = :source AND c.number = s.company),
        (SELECT c.id FROM ltc.customers AS c WHERE c.source = 'ltc' AND c.number = s.company),
        (SELECT min(c.id) FROM ltc.customers AS c WHERE c.folded_name = s.folded_company HAVING count(*) = 1)),
    owner_id = coalesce(
        (SELECT m.id FROM ltc.members AS m WHERE m.code = s.owner),
        (SELECT min(m.id) FROM ltc.members AS m WHERE m.name = s.owner HAVING count(*) = 1));

-- name: resolve_team
-- A team by its code, or the one sales team of the owner.
-- needs: create_staging
UPDATE staged_opportunities AS s
SET team_id = CASE
    WHEN s.team IS NOT NULL THEN (SELECT t.id FROM ltc.teams AS t WHERE t.code = s.team AND t.kind = 'sales')
    ELSE (
        SELECT min(t.id) FROM ltc.memberships AS m JOIN ltc.teams AS t ON t.id = m.team_id AND t.kind = 'sales'
        WHERE m.member_id = s.owner_id AND m.valid_until IS NULL HAVING count(*) = 1)
    END;

-- name: reject_unresolved
-- Opportunities that refer to what is not here.
-- needs: create_staging
-- gives: line integer, reason text, field text, value text?
DELETE FROM staged_opportunities AS s
USING staged_opportunities AS x CROSS JOIN LATERAL (
    SELECT v.* FROM (
        VALUES
            (x.company IS NOT NULL AND x.customer_id IS NULL, 'unknown_customer', 'company', x.company),
            (x.owner IS NOT NULL AND x.owner_id IS NULL, 'unknown_member', 'owner', x.owner),
            (x.team_id IS NULL, 'unknown_team', 'team', x.team)) AS v (fails, reason, field, value)
    WHERE v.fails LIMIT 1) AS r
WHERE x.line = s.line
RETURNING s.line, r.reason, r.field, r.value;

-- name: change_known
-- What is open follows the file; what was won or lost here stays as it is.
-- needs: create_staging
-- takes: source text, as_of timestamptz
WITH changed AS (
    UPDATE ltc.opportunities AS o
    SET customer_id = coalesce(s.customer_id, o.customer_id), owner_id = coalesce(s.owner_id, o.owner_id),
        team_id = s.team_id, product = coalesce(s.product, o.product), stage = s.stage,
        opened_on = coalesce(s.opened_on, o.opened_on), closed_on = s.closed_on,
        amount_minor = coalesce(s.amount_minor, o.amount_minor), currency = coalesce(s.currency, o.currency),
        lost_reason = s.lost_reason
    FROM staged_opportunities AS s
        JOIN ltc.opportunities AS before ON before.source = :source AND before.external_id = s.external_id
    WHERE o.id = before.id AND before.stage NOT IN ('won', 'lost')
        AND (o.customer_id, o.owner_id, o.team_id, o.product, o.stage, o.opened_on, o.closed_on, o.amount_minor,
            o.currency, o.lost_reason)
        IS DISTINCT FROM (
            coalesce(s.customer_id, o.customer_id), coalesce(s.owner_id, o.owner_id), s.team_id,
            coalesce(s.product, o.product), s.stage, coalesce(s.opened_on, o.opened_on), s.closed_on,
            coalesce(s.amount_minor, o.amount_minor), coalesce(s.currency, o.currency), s.lost_reason)
    RETURNING o.id, o.team_id, before.stage AS from_state, o.stage AS to_state, before.owner_id AS from_member,
        o.owner_id AS to_member
)
INSERT INTO ltc.events (
    subject_kind, subject_id, team_id, kind, from_state, to_state, from_member, to_member, effective_at, reason)
SELECT 'opportunity', id, team_id, 'opportunity_changed', from_state, to_state, from_member, to_member, :as_of, 'imported'
FROM changed;

-- name: insert_staged
-- Opportunities that are not here yet, with the facts that they were opened and, some of them, closed: on the day that
-- the file gives, which begins by the clock of the team.
-- needs: create_staging
-- takes: source text, file text, as_of timestamptz
WITH added AS (
    INSERT INTO ltc.opportunities (
        source, external_id, title, customer_id, team_id, owner_id, product, stage, opened_on, closed_on, amount_minor,
        currency, lost_reason)
    SELECT :source, external_id, title, customer_id, team_id, owner_id, product, stage, opened_on, closed_on,
        amount_minor, currency, lost_reason
    FROM staged_opportunities AS s
    WHERE NOT EXISTS (
        SELECT FROM ltc.opportunities AS o WHERE o.source = :source AND o.external_id = s.external_id)
    ORDER BY s.line
    RETURNING id, external_id, team_id, owner_id, stage, opened_on, closed_on
), told AS (
    SELECT a.id, a.team_id, a.owner_id, a.stage, s.line,
        coalesce(coalesce(a.opened_on, a.closed_on)::timestamp AT TIME ZONE t.zone, :as_of) AS opened_at,
        a.closed_on::timestamp AT TIME ZONE t.zone AS closed_at
    FROM added AS a JOIN staged_opportunities AS s USING (external_id) JOIN ltc.teams AS t ON t.id = a.team_id
), closed AS (
    INSERT INTO ltc.events (
        subject_kind, subject_id, team_id, kind, to_state, from_member, effective_at, reason)
    SELECT 'opportunity', id, team_id, 'opportunity_closed', stage, owner_id, coalesce(closed_at, opened_at), 'imported'
    FROM told WHERE stage IN ('won', 'lost')
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, to_state, to_member, effective_at, reason, detail)
SELECT 'opportunity', id, team_id, 'opportunity_opened', stage, owner_id, opened_at, 'imported',
    jsonb_build_object('file', :file::text, 'line', line)
FROM told;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging
DROP TABLE staged_opportunities;
