-- name: ageing
-- What is owed as of a day by age, `per` customer, creditor, team or currency; and, without a bucket, the receipts that pay
-- nothing yet and the credit notes that are not set off. From the facts that were effective then and known at an instant.
-- Age is that of the due date, or of the issue for what is overdue; `bounds` are the first days of the buckets.
-- takes: per text, by_issue boolean, bounds integer[], team bigint?, customer bigint?, day date, known timestamptz?
-- gives: customer_id bigint?, customer text?, customer_name text?, creditor text?, team text?, currency text
-- gives: bucket integer?, minor bigint, items integer
WITH part AS (
    SELECT o.team_id, o.creditor_id, o.customer_id, o.currency,
        CASE WHEN o.kind <> 'credit-note' THEN width_bucket(
            CASE WHEN :by_issue AND o.due_on < :day THEN greatest(1, :day - o.issued_on) ELSE :day - o.due_on END,
            :bounds::integer[]) END AS bucket,
        o.open_minor AS minor, CASE WHEN o.kind = 'credit-note' THEN 0 ELSE 1 END AS items
    FROM ltc.open_items(:day, :known, :team, :customer) AS o
    WHERE o.open_minor <> 0
    UNION ALL
    SELECT r.team_id, r.creditor_id, r.customer_id, r.currency, NULL, r.unspent_minor, 0
    FROM ltc.unspent_receipts(:day, :known, :team, :customer) AS r
    WHERE r.unspent_minor <> 0
), summed AS (
    SELECT CASE :per WHEN 'customer' THEN customer_id END AS customer_id,
        CASE :per WHEN 'creditor' THEN creditor_id END AS creditor_id,
        CASE :per WHEN 'team' THEN team_id END AS team_id,
        currency, bucket, sum(minor)::bigint AS minor, sum(items)::integer AS items
    FROM part GROUP BY 1, 2, 3, 4, 5
)
SELECT s.customer_id, c.number AS customer, c.name AS customer_name, k.code AS creditor, t.code AS team, s.currency,
    s.bucket, s.minor, s.items
FROM summed AS s
LEFT JOIN ltc.customers AS c ON c.id = s.customer_id
LEFT JOIN ltc.creditors AS k ON k.id = s.creditor_id
LEFT JOIN ltc.teams AS t ON t.id = s.team_id
ORDER BY t.code, k.code, c.number, s.customer_id, s.currency, s.bucket;
