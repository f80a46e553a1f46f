-- name: open_by_due
-- What is owed by currency and due date as of a day, from the facts that were effective then and known at an instant.
-- takes: team bigint?, day date, known timestamptz?
-- gives: currency text, due_on date, open_minor bigint, items integer
SELECT o.currency, o.due_on, sum(o.open_minor)::bigint AS open_minor, count(*)::integer AS items
FROM (
    SELECT i.currency::text AS currency, coalesce(v.due_on, i.due_on) AS due_on,
        coalesce(v.amount_minor - v.settled_before_minor, i.amount_minor - i.settled_before_minor)
            - coalesce(a.minor, 0) AS open_minor
    FROM ltc.invoices AS i
    LEFT JOIN ltc.versions_at(:day, :known) AS v ON v.invoice_id = i.id
    LEFT JOIN (
        SELECT invoice_id, sum(amount_minor)::bigint AS minor FROM ltc.allocations
        WHERE effective_on <= :day AND (:known::timestamptz IS NULL OR recorded_at <= :known)
        GROUP BY invoice_id
    ) AS a ON a.invoice_id = i.id
    WHERE i.kind <> 'credit-note' AND i.issued_on <= :day AND (:known::timestamptz IS NULL OR i.recorded_at <= :known)
        AND (:team::bigint IS NULL OR i.team_id = :team)
) AS o
WHERE o.open_minor <> 0
GROUP BY o.currency, o.due_on
ORDER BY o.currency, o.due_on;

-- name: unallocated
-- Receipts that pay nothing yet and credit notes that are not set off, by currency. A draft is no money before it matures.
-- takes: team bigint?, day date, known timestamptz?
-- gives: currency text, minor bigint
SELECT u.currency, sum(u.minor)::bigint AS minor
FROM (
    SELECT r.currency::text AS currency, r.amount_minor - coalesce((
        SELECT sum(a.amount_minor) FROM ltc.allocations AS a
        WHERE a.receipt_id = r.id AND a.effective_on <= :day
            AND (:known::timestamptz IS NULL OR a.recorded_at <= :known)), 0) - coalesce((
        SELECT v.amount_minor FROM ltc.receipt_reversals AS v
        WHERE v.receipt_id = r.id AND v.effective_on <= :day
            AND (:known::timestamptz IS NULL OR v.recorded_at <= :known)), 0) AS minor
    FROM ltc.receipts AS r
    WHERE r.cash_on <= :day AND (:known::timestamptz IS NULL OR r.recorded_at <= :known)
        AND (:team::bigint IS NULL OR r.team_id = :team)
    UNION ALL
    SELECT i.currency::text,
        coalesce(v.amount_minor - v.settled_before_minor, i.amount_minor - i.settled_before_minor) - coalesce(a.minor, 0)
    FROM ltc.invoices AS i
    LEFT JOIN ltc.versions_at(:day, :known) AS v ON v.invoice_id = i.id
    LEFT JOIN LATERAL (
        SELECT sum(a.amount_minor) AS minor FROM ltc.allocations AS a
        WHERE (a.credit_note_id = i.id OR a.invoice_id = i.id) AND a.effective_on <= :day
            AND (:known::timestamptz IS NULL OR a.recorded_at <= :known)
    ) AS a ON true
    WHERE i.kind = 'credit-note' AND i.issued_on <= :day AND (:known::timestamptz IS NULL OR i.recorded_at <= :known)
        AND (:team::bigint IS NULL OR i.team_id = :team)
) AS u
GROUP BY u.currency HAVING sum(u.minor) <> 0
ORDER BY u.currency;
