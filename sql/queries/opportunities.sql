-- name: list
-- Opportunities, newest first; a null filter lets everything through.
-- takes: stage text?, team text?, owner text?, maximum bigint
-- gives: id bigint, external_id text?, title text, customer text?, product text?, stage text, team text, owner text?
-- gives: opened_on date?, closed_on date?, amount_minor bigint?, currency text?
SELECT o.id, o.external_id, o.title, c.name AS customer, o.product, o.stage, t.code AS team, m.code AS owner, o.opened_on,
    o.closed_on, o.amount_minor, o.currency::text AS currency
FROM ltc.opportunities AS o JOIN ltc.teams AS t ON t.id = o.team_id LEFT JOIN ltc.members AS m ON m.id = o.owner_id
    LEFT JOIN ltc.customers AS c ON c.id = o.customer_id
WHERE (:stage::text IS NULL OR o.stage = :stage) AND (:team::text IS NULL OR t.code = :team)
    AND (:owner::text IS NULL OR m.code = :owner)
ORDER BY o.opened_on DESC NULLS LAST, o.id DESC LIMIT :maximum;

-- name: show
-- All of one opportunity.
-- takes: id bigint
-- gives: id bigint, external_id text?, title text, customer text?, lead_id bigint?, product text?, stage text, team text
-- gives: owner text?, opened_on date?, closed_on date?, amount_minor bigint?, currency text?, lost_reason text?
SELECT o.id, o.external_id, o.title, c.name AS customer, o.lead_id, o.product, o.stage, t.code AS team, m.code AS owner,
    o.opened_on, o.closed_on, o.amount_minor, o.currency::text AS currency, o.lost_reason
FROM ltc.opportunities AS o JOIN ltc.teams AS t ON t.id = o.team_id LEFT JOIN ltc.members AS m ON m.id = o.owner_id
    LEFT JOIN ltc.customers AS c ON c.id = o.customer_id
WHERE o.id = :id;
