-- name: list_customers
-- Customers by number, with what they owe, whatever its currency, counted in invoices.
-- takes: team text?, text text?, most bigint
-- gives: number text, name text, country text?, language text, email text?, leads integer, contracts integer
-- gives: open_invoices integer, dunning_level integer
SELECT c.number, c.name, c.country, c.language, c.email,
    (SELECT count(*)::integer FROM ltc.leads AS l WHERE l.customer_id = c.id) AS leads,
    (SELECT count(*)::integer FROM ltc.contracts AS d WHERE d.customer_id = c.id) AS contracts,
    o.items AS open_invoices, o.level AS dunning_level
FROM ltc.customers AS c
CROSS JOIN LATERAL (
    SELECT count(*)::integer AS items, coalesce(max(i.dunning_level), 0) AS level
    FROM ltc.invoices AS i WHERE i.customer_id = c.id AND i.kind = 'invoice' AND i.open_minor > 0
) AS o
WHERE (:text::text IS NULL OR c.number = :text OR c.folded_name LIKE '%' || lower(:text) || '%')
    AND (:team::text IS NULL OR EXISTS (
        SELECT FROM ltc.customer_teams AS s JOIN ltc.teams AS t ON t.id = s.team_id
        WHERE s.customer_id = c.id AND t.code = :team))
ORDER BY c.number LIMIT :most;

-- name: show_customer
-- A customer by number, or as `source:number`.
-- takes: customer text
-- gives: id bigint, source text, number text, name text, language text, email text?, phone text?, address text?, country text?
-- gives: group_code text?, payment_terms_days integer?, procedure text?, teams text[]
SELECT c.id, c.source, c.number, c.name, c.language, c.email, c.phone, c.address, c.country, c.group_code, c.payment_terms_days,
    c.procedure, ARRAY(
        SELECT t.code::text FROM ltc.customer_teams AS s JOIN ltc.teams AS t ON t.id = s.team_id
        WHERE s.customer_id = c.id ORDER BY t.code) AS teams
FROM ltc.customers AS c WHERE :customer IN (c.number, c.source || ':' || c.number) ORDER BY c.id;

-- name: leads_of
-- The leads that a customer came from.
-- takes: customer bigint
-- gives: id bigint, company text, state text, team text?, owner text?, created_at timestamptz
SELECT l.id, l.company, l.state, t.code AS team, m.name AS owner, l.created_at
FROM ltc.leads AS l LEFT JOIN ltc.teams AS t ON t.id = l.team_id LEFT JOIN ltc.members AS m ON m.id = l.owner_id
WHERE l.customer_id = :customer ORDER BY l.created_at, l.id;

-- name: opportunities_of
-- What is or was being sold to a customer.
-- takes: customer bigint
-- gives: id bigint, title text, stage text, owner text?, amount_minor bigint?, currency text?, opened_on date?
-- gives: closed_on date?
SELECT o.id, o.title, o.stage, m.name AS owner, o.amount_minor, o.currency::text AS currency, o.opened_on, o.closed_on
FROM ltc.opportunities AS o LEFT JOIN ltc.members AS m ON m.id = o.owner_id
WHERE o.customer_id = :customer ORDER BY o.opened_on NULLS FIRST, o.id;
