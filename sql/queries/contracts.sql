-- name: list_contracts
-- Contracts, those that end first first.
-- takes: team text?, customer text?, state text?, ending_until date?, most bigint
-- gives: number text, title text, customer text, customer_name text, team text, owner text?, state text
-- gives: starts_on date, ends_on date?, notice_period text?, renewal text, review_on date?, amount_minor bigint?
-- gives: currency text?
SELECT c.number, c.title, k.number AS customer, k.name AS customer_name, t.code AS team, m.code AS owner, c.state,
    c.starts_on, c.ends_on, c.notice_period, c.renewal, c.review_on, c.amount_minor, c.currency::text AS currency
FROM ltc.contracts AS c
JOIN ltc.customers AS k ON k.id = c.customer_id
JOIN ltc.teams AS t ON t.id = c.team_id
LEFT JOIN ltc.members AS m ON m.id = c.owner_id
WHERE (:team::text IS NULL OR t.code = :team) AND (:customer::text IS NULL OR k.number = :customer)
    AND (:state::text IS NULL OR c.state = :state) AND (:ending_until::date IS NULL OR c.ends_on <= :ending_until)
ORDER BY c.ends_on NULLS LAST, c.number LIMIT :most;

-- name: show_contract
-- A contract by its number.
-- takes: number text
-- gives: id bigint, number text, title text, customer text, customer_name text, team text, owner text?, state text
-- gives: starts_on date, ends_on date?, notice_period text?, renewal text, review_on date?, amount_minor bigint?
-- gives: currency text?, uplift_percent numeric?
SELECT c.id, c.number, c.title, k.number AS customer, k.name AS customer_name, t.code AS team, m.code AS owner, c.state,
    c.starts_on, c.ends_on, c.notice_period, c.renewal, c.review_on, c.amount_minor, c.currency::text AS currency,
    c.uplift_percent
FROM ltc.contracts AS c
JOIN ltc.customers AS k ON k.id = c.customer_id
JOIN ltc.teams AS t ON t.id = c.team_id
LEFT JOIN ltc.members AS m ON m.id = c.owner_id
WHERE c.number = :number;

-- name: alerts_of
-- The alerts that a contract's owner has had.
-- takes: contract bigint
-- gives: term_ends_on date, rung integer, notice_deadline date, member text, opportunity bigint?, alerted_at timestamptz
SELECT a.term_ends_on, a.rung, a.notice_deadline, m.code AS member, a.opportunity_id AS opportunity, a.alerted_at
FROM ltc.renewal_alerts AS a JOIN ltc.members AS m ON m.id = a.member_id
WHERE a.contract_id = :contract ORDER BY a.id;

-- name: invoices_of
-- What a contract was invoiced.
-- takes: contract bigint
-- gives: number text, due_on date, currency text, amount_minor bigint, open_minor bigint, dunning_level integer
SELECT number, due_on, currency::text AS currency, amount_minor, open_minor, dunning_level
FROM ltc.invoices WHERE contract_id = :contract ORDER BY due_on, number;
