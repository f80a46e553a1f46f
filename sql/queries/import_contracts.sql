-- name: create_staging
-- The contracts of a file on their way in; the ids behind are found after the COPY.
CREATE TEMP TABLE staged_contracts (
    line integer NOT NULL,
    number text COLLATE "C" NOT NULL,
    customer text COLLATE "C" NOT NULL,
    title text,
    owner text, team text, opportunity text,
    starts_on date NOT NULL, ends_on date,
    notice_period text, renewal text,
    review_on date,
    amount_minor bigint, currency text,
    uplift_percent numeric,
    procedure text, shifts_due_dates boolean,
    customer_id bigint, owner_id bigint, team_id bigint, opportunity_id bigint
) ON COMMIT DROP;

-- name: copy_staged
-- Contracts of the file, their values read.
-- needs: create_staging
-- copies: line integer, number text, customer text, title text?, owner text?, team text?, opportunity text?
-- copies: starts_on date, ends_on date?, notice_period text?, renewal text?, review_on date?, amount_minor bigint?
-- copies: currency text?, uplift_percent numeric?, procedure text?, shifts_due_dates boolean?
COPY staged_contracts (
    line, number, customer, title, owner, team, opportunity, starts_on, ends_on, notice_period, renewal, review_on,
    amount_minor, currency, uplift_percent, procedure, shifts_due_dates) FROM STDIN (FORMAT binary);

-- name: reject_repeated
-- A number names one contract; the first row of the file has it.
-- needs: create_staging
-- gives: line integer, number text, first_line integer
DELETE FROM staged_contracts AS s
USING (SELECT number, min(line) AS line FROM staged_contracts GROUP BY number HAVING count(*) > 1) AS first
WHERE s.number = first.number AND s.line <> first.line
RETURNING s.line, s.number, first.line AS first_line;

-- name: resolve
-- A customer by its number in the file's source or in ours; a member by code, or by name when only one has it.
-- needs: create_staging
-- takes: source text
UPDATE staged_contracts AS s
SET customer_id = coalesce(
        (SELECT c.id FROM ltc.customers AS c WHERE c.source = :source AND c.number = s.customer),
        (SELECT c.id FROM ltc.customers AS c WHERE c.source = 'ltc' AND c.number = s.customer)),
    owner_id = coalesce(
        (SELECT m.id FROM ltc.members AS m WHERE m.code = s.owner),
        (SELECT min(m.id) FROM ltc.members AS m WHERE m.name = s.owner HAVING count(*) = 1)),
    opportunity_id = (
        SELECT o.id FROM ltc.opportunities AS o WHERE o.source = :source AND o.external_id = s.opportunity);

-- name: resolve_team
-- A team by its code, or the one sales team of the owner.
-- needs: create_staging
UPDATE staged_contracts AS s
SET team_id = CASE
    WHEN s.team IS NOT NULL THEN (SELECT t.id FROM ltc.teams AS t WHERE t.code = s.team)
    ELSE (
        SELECT min(t.id) FROM ltc.memberships AS m JOIN ltc.teams AS t ON t.id = m.team_id AND t.kind = 'sales'
        WHERE m.member_id = s.owner_id AND m.valid_until IS NULL HAVING count(*) = 1)
    END;

-- name: reject_unresolved
-- Contracts that refer to what is not here.
-- needs: create_staging
-- gives: line integer, reason text, field text, value text?
DELETE FROM staged_contracts AS s
USING staged_contracts AS x CROSS JOIN LATERAL (
    SELECT v.* FROM (
        VALUES
            (x.customer_id IS NULL, 'unknown_customer', 'customer', x.customer),
            (x.owner IS NOT NULL AND x.owner_id IS NULL, 'unknown_member', 'owner', x.owner),
            (x.opportunity IS NOT NULL AND x.opportunity_id IS NULL, 'unknown_subject', 'opportunity', x.opportunity),
            (x.team_id IS NULL, 'unknown_team', 'team', x.team)) AS v (fails, reason, field, value)
    WHERE v.fails LIMIT 1) AS r
WHERE x.line = s.line
RETURNING s.line, r.reason, r.field, r.value;

-- name: reject_differing
-- Whom a signed contract binds, from when and for how much does not change with a file.
-- needs: create_staging
-- takes: source text
-- gives: line integer, number text
DELETE FROM staged_contracts AS s USING ltc.contracts AS c
WHERE c.source = :source AND c.number = s.number
    AND (c.customer_id, c.starts_on, c.amount_minor, c.currency)
    IS DISTINCT FROM (
        s.customer_id, s.starts_on, coalesce(s.amount_minor, c.amount_minor), coalesce(s.currency, c.currency))
RETURNING s.line, s.number;

-- name: change_known
-- Its term, its renewal and who looks after it follow the file; what the file leaves out stays.
-- needs: create_staging
-- takes: source text, as_of timestamptz
WITH changed AS (
    UPDATE ltc.contracts AS c
    SET title = coalesce(s.title, c.title), owner_id = coalesce(s.owner_id, c.owner_id), team_id = s.team_id,
        ends_on = coalesce(s.ends_on, c.ends_on), notice_period = coalesce(s.notice_period, c.notice_period),
        renewal = coalesce(s.renewal, c.renewal), review_on = coalesce(s.review_on, c.review_on),
        uplift_percent = coalesce(s.uplift_percent, c.uplift_percent), procedure = coalesce(s.procedure, c.procedure),
        shifts_due_dates = coalesce(s.shifts_due_dates, c.shifts_due_dates)
    FROM staged_contracts AS s JOIN ltc.contracts AS before ON before.source = :source AND before.number = s.number
    WHERE c.id = before.id
        AND (c.title, c.owner_id, c.team_id, c.ends_on, c.notice_period, c.renewal, c.review_on, c.uplift_percent,
            c.procedure, c.shifts_due_dates)
        IS DISTINCT FROM (
            coalesce(s.title, c.title), coalesce(s.owner_id, c.owner_id), s.team_id, coalesce(s.ends_on, c.ends_on),
            coalesce(s.notice_period, c.notice_period), coalesce(s.renewal, c.renewal),
            coalesce(s.review_on, c.review_on), coalesce(s.uplift_percent, c.uplift_percent),
            coalesce(s.procedure, c.procedure), coalesce(s.shifts_due_dates, c.shifts_due_dates))
    RETURNING c.id, c.team_id, c.state, before.owner_id AS from_member, c.owner_id AS to_member,
        jsonb_build_object(
            'ends_on', jsonb_build_array(before.ends_on, c.ends_on),
            'notice_period', jsonb_build_array(before.notice_period, c.notice_period),
            'renewal', jsonb_build_array(before.renewal, c.renewal)) AS detail
)
INSERT INTO ltc.events (
    subject_kind, subject_id, team_id, kind, from_state, to_state, from_member, to_member, effective_at, reason, detail)
SELECT 'contract', id, team_id, 'contract_changed', state, state, from_member, to_member, :as_of, 'imported', detail
FROM changed;

-- name: insert_staged
-- Contracts that are not here yet: signed, since they come from where they are kept.
-- needs: create_staging
-- takes: source text, file text
WITH added AS (
    INSERT INTO ltc.contracts (
        source, number, title, customer_id, opportunity_id, team_id, owner_id, state, starts_on, ends_on, notice_period,
        renewal, review_on, amount_minor, currency, uplift_percent, procedure, shifts_due_dates)
    SELECT :source, number, coalesce(title, ''), customer_id, opportunity_id, team_id, owner_id, 'signed', starts_on,
        ends_on, notice_period, coalesce(renewal, 'manual'), review_on, amount_minor, currency, uplift_percent, procedure,
        coalesce(shifts_due_dates, false)
    FROM staged_contracts AS s
    WHERE NOT EXISTS (SELECT FROM ltc.contracts AS c WHERE c.source = :source AND c.number = s.number)
    ORDER BY s.line
    RETURNING id, number, team_id, owner_id, starts_on
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, to_state, to_member, effective_at, reason, detail)
SELECT 'contract', a.id, a.team_id, 'contract_signed', 'signed', a.owner_id, a.starts_on::timestamp AT TIME ZONE t.zone,
    'imported', jsonb_build_object('file', :file::text, 'line', s.line)
FROM added AS a JOIN staged_contracts AS s USING (number) JOIN ltc.teams AS t ON t.id = a.team_id;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging
DROP TABLE staged_contracts;
