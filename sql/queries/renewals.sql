-- name: terms_to_alert
-- Contracts that run, with their terms and the rungs alerted before. Which rung is due is decided in Domain.
-- takes: team bigint
-- gives: id bigint, number text, title text, customer_name text, customer bigint, owner bigint?, starts_on date
-- gives: ends_on date?, notice_period text?, renewal text, review_on date?, amount_minor bigint?, currency text?
-- gives: uplift_percent numeric?, alerted_terms date[], alerted_rungs integer[], opened_terms date[]
SELECT c.id, c.number, c.title, k.name AS customer_name, c.customer_id AS customer, c.owner_id AS owner, c.starts_on,
    c.ends_on, c.notice_period, c.renewal, c.review_on, c.amount_minor, c.currency::text AS currency, c.uplift_percent,
    coalesce(a.terms, '{}') AS alerted_terms, coalesce(a.rungs, '{}') AS alerted_rungs,
    coalesce(a.opened, '{}') AS opened_terms
FROM ltc.contracts AS c
JOIN ltc.customers AS k ON k.id = c.customer_id
LEFT JOIN (
    SELECT contract_id, array_agg(term_ends_on ORDER BY id) AS terms, array_agg(rung ORDER BY id) AS rungs,
        array_agg(term_ends_on) FILTER (WHERE opportunity_id IS NOT NULL) AS opened
    FROM ltc.renewal_alerts WHERE team_id = :team GROUP BY contract_id
) AS a ON a.contract_id = c.id
WHERE c.team_id = :team AND c.state IN ('signed', 'performing')
ORDER BY c.id;

-- name: create_alert_staging
-- Alerts on their way in.
CREATE TEMPORARY TABLE IF NOT EXISTS staged_alerts (
    ordinal integer, contract_id bigint, term_ends_on date, rung integer, notice_deadline date, member_id bigint,
    opens boolean, title text, amount_minor bigint, currency text
) ON COMMIT DROP;

-- name: empty_alert_staging
-- Nothing of another team of the same transaction is left.
-- needs: create_alert_staging
TRUNCATE staged_alerts;

-- name: copy_alert
-- An alert on its way in.
-- needs: create_alert_staging
-- copies: ordinal integer, contract_id bigint, term_ends_on date, rung integer, notice_deadline date, member_id bigint
-- copies: opens boolean, title text, amount_minor bigint?, currency text?
COPY staged_alerts (
    ordinal, contract_id, term_ends_on, rung, notice_deadline, member_id, opens, title, amount_minor, currency) FROM STDIN (FORMAT binary);

-- name: open_renewals
-- A renewal opportunity a term, whose key is the contract and the term that it renews.
-- takes: team bigint, day date, at timestamptz, actor text, run bigint, version bigint
-- needs: create_alert_staging
WITH opened AS (
    INSERT INTO ltc.opportunities (
        source, external_id, title, customer_id, team_id, owner_id, stage, opened_on, amount_minor, currency)
    SELECT 'renewal', format('%s/%s', c.id, s.term_ends_on), s.title, c.customer_id, c.team_id, s.member_id, 'needs', :day,
        s.amount_minor, s.currency
    FROM staged_alerts AS s JOIN ltc.contracts AS c ON c.id = s.contract_id
    WHERE s.opens
    ORDER BY s.ordinal
    ON CONFLICT (source, external_id) DO NOTHING
    RETURNING id, team_id, owner_id, external_id
)
INSERT INTO ltc.events (
    subject_kind, subject_id, team_id, kind, to_state, to_member, effective_at, actor, run_id, configuration_version,
    rule, reason, detail)
SELECT 'opportunity', o.id, :team, 'opportunity_opened', 'needs', o.owner_id, :at, :actor, :run, :version, 'renewals',
    'renewal_due', jsonb_build_object('renewal_of', o.external_id)
FROM opened AS o;

-- name: insert_alerts
-- The alerts themselves; one for a rung of a term, ever.
-- takes: team bigint, at timestamptz, actor text, run bigint, version bigint
-- gives: contract bigint, opportunity bigint?
-- needs: create_alert_staging
WITH alerted AS (
    INSERT INTO ltc.renewal_alerts (
        contract_id, term_ends_on, rung, notice_deadline, team_id, member_id, opportunity_id, run_id, alerted_at)
    SELECT s.contract_id, s.term_ends_on, s.rung, s.notice_deadline, :team, s.member_id, o.id, :run, :at
    FROM staged_alerts AS s
    LEFT JOIN ltc.opportunities AS o
        ON s.opens AND o.source = 'renewal' AND o.external_id = format('%s/%s', s.contract_id, s.term_ends_on)
    ORDER BY s.ordinal
    ON CONFLICT (contract_id, term_ends_on, rung) DO NOTHING
    RETURNING contract_id, term_ends_on, rung, notice_deadline, member_id, opportunity_id
), recorded AS (
    INSERT INTO ltc.events (
        subject_kind, subject_id, team_id, kind, to_member, effective_at, actor, run_id, configuration_version, rule,
        reason, detail)
    SELECT 'contract', a.contract_id, :team, 'renewal_alerted', a.member_id, :at, :actor, :run, :version, 'renewals',
        'rung_reached', jsonb_build_object(
            'rung', a.rung, 'notice_deadline', a.notice_deadline, 'term_ends_on', a.term_ends_on,
            'opportunity', a.opportunity_id)
    FROM alerted AS a
)
SELECT contract_id AS contract, opportunity_id AS opportunity FROM alerted;
