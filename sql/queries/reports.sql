-- name: billed_by_month
-- What moved the ledger through a day, by month, per customer, creditor, team or currency; and, of the month, what was billed, and what of
-- that within so many last days.
-- takes: per text, team bigint?, customer bigint?, day date, known timestamptz?, days integer
-- gives: customer_id bigint?, customer text?, customer_name text?, creditor text?, team text?, currency text, month date
-- gives: moved_minor bigint, billed_minor bigint, lately_minor bigint
SELECT m.customer_id, c.number AS customer, c.name AS customer_name, k.code AS creditor, t.code AS team, m.currency, m.month,
    m.moved_minor, m.billed_minor, m.lately_minor
FROM (
    SELECT CASE :per WHEN 'customer' THEN customer_id END AS customer_id,
        CASE :per WHEN 'creditor' THEN creditor_id END AS creditor_id, CASE :per WHEN 'team' THEN team_id END AS team_id,
        currency, date_trunc('month', day::timestamp)::date AS month, sum(minor)::bigint AS moved_minor,
        coalesce(sum(minor) FILTER (WHERE is_billed), 0)::bigint AS billed_minor,
        coalesce(sum(minor) FILTER (WHERE is_billed AND day > :day::date - :days::integer), 0)::bigint AS lately_minor
    FROM ltc.ledger_movements
    WHERE day <= :day AND recorded_at <= coalesce(:known::timestamptz, 'infinity')
        AND (:team::bigint IS NULL OR team_id = :team) AND (:customer::bigint IS NULL OR customer_id = :customer)
    GROUP BY 1, 2, 3, 4, 5
) AS m
LEFT JOIN ltc.customers AS c ON c.id = m.customer_id
LEFT JOIN ltc.creditors AS k ON k.id = m.creditor_id
LEFT JOIN ltc.teams AS t ON t.id = m.team_id
ORDER BY t.code, k.code, c.number, m.customer_id, m.currency, m.month;

-- name: accounts_of
-- The accounts of a customer that ever moved by a day, with their balances before another.
-- takes: customer bigint, creditor text?, currency text?, before date, through date, known timestamptz?
-- gives: creditor_id bigint, creditor text, creditor_name text, creditor_address text?, creditor_tax_id text?
-- gives: creditor_email text?, iban text?, account text?, bic text?, bank text?, currency text, opening_minor bigint
SELECT k.id AS creditor_id, k.code AS creditor, k.name AS creditor_name, k.address AS creditor_address,
    k.tax_id AS creditor_tax_id, k.email AS creditor_email, k.iban, k.account, k.bic, k.bank, m.currency, m.opening_minor
FROM (
    SELECT creditor_id, currency, coalesce(sum(minor) FILTER (WHERE day < :before), 0)::bigint AS opening_minor
    FROM ltc.ledger_movements
    WHERE customer_id = :customer AND day <= :through AND recorded_at <= coalesce(:known::timestamptz, 'infinity')
    GROUP BY creditor_id, currency
) AS m
JOIN ltc.creditors AS k ON k.id = m.creditor_id
WHERE (:creditor::text IS NULL OR k.code = :creditor) AND (:currency::text IS NULL OR m.currency = :currency)
ORDER BY k.code, m.currency;

-- name: movements_of
-- What moved the accounts of a customer within some days, in order. What paid is named to those who may see it. What was taken back
-- of its own day, as money that was found to be another's, never was, and is not there.
-- takes: customer bigint, first date, last date, known timestamptz?
-- gives: creditor_id bigint, currency text, day date, kind text, reference text, due_on date?, minor bigint
SELECT creditor_id, currency, day, CASE WHEN reference IS NULL THEN 'receipt' ELSE min(kind) END AS kind,
    coalesce(reference, '') AS reference, due_on, sum(minor)::bigint AS minor
FROM ltc.ledger_movements
WHERE customer_id = :customer AND day BETWEEN :first AND :last
    AND recorded_at <= coalesce(:known::timestamptz, 'infinity') AND NOT is_inside AND minor <> 0
GROUP BY creditor_id, currency, day, is_billed, reference, due_on,
    CASE WHEN kind IN ('receipt', 'draft', 'receipt_reversal') THEN 'money' ELSE kind END,
    -- Transfers and what closes without money are facts of their own each time that they change.
    CASE WHEN is_billed OR kind IN ('receipt', 'draft', 'receipt_reversal') THEN fact END
HAVING sum(minor) <> 0
ORDER BY creditor_id, currency, day, NOT is_billed, min(recorded_at), min(fact), sum(minor);

-- name: customer_to_write_to
-- A customer as letters name them.
-- takes: customer bigint
-- gives: number text, name text, address text?, language text
SELECT number, name, address, language FROM ltc.customers WHERE id = :customer;

-- name: open_by_due
-- What is owed and nobody said anything about, by due date; as of a day, from what was known at an instant.
-- takes: team bigint?, customer bigint?, day date, known timestamptz?
-- gives: currency text, due_on date, open_minor bigint
SELECT o.currency, o.due_on, sum(o.open_minor)::bigint AS open_minor
FROM ltc.open_items(:day, :known, :team, :customer) AS o
WHERE o.kind <> 'credit-note' AND o.open_minor <> 0
    AND NOT EXISTS (SELECT FROM ltc.disputes AS d WHERE d.invoice_id = o.item_id)
    AND NOT EXISTS (SELECT FROM ltc.promises AS p WHERE p.invoice_id = o.item_id)
    AND NOT EXISTS (SELECT FROM ltc.draft_covers AS v WHERE v.invoice_id = o.item_id)
    AND NOT EXISTS (
        SELECT FROM ltc.dunning_holds AS h
        WHERE h.customer_id = o.customer_id AND (h.invoice_id IS NULL OR h.invoice_id = o.item_id))
GROUP BY o.currency, o.due_on
ORDER BY o.currency, o.due_on;

-- name: open_with_words
-- What is owed and somebody said something about, or gave a draft for: item by item.
-- takes: team bigint?, customer bigint?, day date, known timestamptz?
-- gives: item bigint, customer bigint, currency text, due_on date, open_minor bigint
SELECT o.item_id AS item, o.customer_id AS customer, o.currency, o.due_on, o.open_minor
FROM ltc.open_items(:day, :known, :team, :customer) AS o
WHERE o.kind <> 'credit-note' AND o.open_minor <> 0
    AND (EXISTS (SELECT FROM ltc.disputes AS d WHERE d.invoice_id = o.item_id)
        OR EXISTS (SELECT FROM ltc.promises AS p WHERE p.invoice_id = o.item_id)
        OR EXISTS (SELECT FROM ltc.draft_covers AS v WHERE v.invoice_id = o.item_id)
        OR EXISTS (
            SELECT FROM ltc.dunning_holds AS h
            WHERE h.customer_id = o.customer_id AND (h.invoice_id IS NULL OR h.invoice_id = o.item_id)))
ORDER BY o.item_id;
