-- name: post_charges
-- What an accepted notice charges becomes owed until its pay-by date: its fee, and for each of its invoices the interest
-- not posted before and compensation. Numbered after the notice: DN-2026-000001-F1, -I1, -I2, -C1; one that is accepted
-- again after it came back goes on counting.
-- takes: notice bigint, at timestamptz, actor text
WITH charge AS (
    SELECT 'fee' AS kind, NULL::bigint AS charged_for_id, fee_minor AS minor, NULL::date AS due_on, '' AS number
    FROM ltc.notices WHERE id = :notice
    UNION ALL
    SELECT c.kind, i.id, c.minor, i.due_on, i.number
    FROM ltc.notice_items AS t
    JOIN ltc.invoices AS i ON i.id = t.invoice_id
    CROSS JOIN LATERAL (VALUES ('interest', t.interest_minor), ('compensation', t.compensation_minor)) AS c (kind, minor)
    WHERE t.notice_id = :notice
), posted AS (
    INSERT INTO ltc.invoices (
        number, creditor_id, customer_id, team_id, kind, issued_on, due_on, currency, amount_minor, charged_for_id,
        notice_id)
    SELECT format('%s-%s%s', n.number, upper(left(c.kind, 1)), (
            SELECT count(*) FROM ltc.invoices AS e WHERE e.notice_id = n.id AND e.kind = c.kind)
            + row_number() OVER (PARTITION BY c.kind ORDER BY c.due_on, c.number, c.charged_for_id)),
        n.creditor_id, n.customer_id, n.team_id, c.kind, n.accepted_on, greatest(n.pay_by, n.accepted_on), n.currency,
        c.minor, c.charged_for_id, n.id
    FROM charge AS c JOIN ltc.notices AS n ON n.id = :notice
    WHERE c.minor > 0
    ORDER BY c.kind, c.due_on, c.number, c.charged_for_id
    RETURNING id, team_id, kind, currency, amount_minor, charged_for_id, notice_id
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
SELECT 'invoice', p.id, p.team_id, 'charge_posted', :at, :actor, p.kind, jsonb_build_object(
    'notice', p.notice_id, 'invoice', p.charged_for_id, 'currency', p.currency, 'amount_minor', p.amount_minor)
FROM posted AS p ORDER BY p.id;

-- name: reverse_charges
-- A notice that came back, or was reversed, charged nothing: what closed its charges so far is taken back, so that money is
-- unallocated again, and each is closed whole. From the day in its team's zone, but not before it was posted, nor before what closed
-- it counted.
-- takes: notice bigint, at timestamptz, actor text, reason text
WITH charge AS (
    SELECT c.id, c.team_id, c.currency, c.amount_minor,
        greatest(c.issued_on, (:at::timestamptz AT TIME ZONE t.zone)::date, (
            SELECT max(a.effective_on) FROM ltc.allocations AS a WHERE a.invoice_id = c.id)) AS day
    FROM ltc.invoices AS c JOIN ltc.teams AS t ON t.id = c.team_id
    WHERE c.notice_id = :notice AND NOT EXISTS (
        SELECT FROM ltc.allocations AS a WHERE a.invoice_id = c.id AND a.reason = 'notice_reversed')
    ORDER BY c.id FOR UPDATE OF c
), closing AS (
    SELECT c.id, a.receipt_id, a.credit_note_id,
        CASE WHEN num_nonnulls(a.receipt_id, a.credit_note_id) = 0 THEN a.reason ELSE 'reversed' END AS reason,
        -sum(a.amount_minor)::bigint AS minor
    FROM charge AS c JOIN ltc.allocations AS a ON a.invoice_id = c.id
    GROUP BY 1, 2, 3, 4 HAVING sum(a.amount_minor) <> 0
    UNION ALL
    SELECT id, NULL, NULL, 'notice_reversed', amount_minor FROM charge
), taken AS (
    INSERT INTO ltc.allocations (
        receipt_id, credit_note_id, invoice_id, team_id, currency, amount_minor, reason, effective_on)
    SELECT o.receipt_id, o.credit_note_id, c.id, c.team_id, c.currency, o.minor, o.reason, c.day
    FROM closing AS o JOIN charge AS c ON c.id = o.id
    RETURNING receipt_id, invoice_id, team_id, currency, amount_minor, reason, effective_on
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
SELECT 'invoice', t.invoice_id, t.team_id,
    CASE t.reason WHEN 'notice_reversed' THEN 'charge_reversed' ELSE 'payment_reversed' END, :at, :actor, :reason,
    jsonb_build_object(
        'notice', :notice::bigint, 'receipt', t.receipt_id, 'currency', t.currency, 'amount_minor', t.amount_minor,
        'effective_on', t.effective_on)
FROM taken AS t ORDER BY t.invoice_id;

-- name: withdraw_write_offs
-- What was given up of a notice's charges, or waits to be, was never owed: an approved write-off is taken back with its charge, a
-- proposal is refused.
-- takes: notice bigint, at timestamptz, actor text, reason text
WITH withdrawn AS (
    UPDATE ltc.write_offs AS w
    SET state = CASE w.state WHEN 'approved' THEN 'reversed' ELSE 'rejected' END, decided_by = :actor, decided_at = :at
    FROM ltc.invoices AS c
    WHERE c.notice_id = :notice AND w.invoice_id = c.id AND w.state IN ('proposed', 'approved')
    RETURNING w.id, w.invoice_id, w.team_id, w.state, w.currency, w.amount_minor
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
SELECT 'invoice', w.invoice_id, w.team_id, 'write_off_' || w.state, :at, :actor, :reason, jsonb_build_object(
    'write_off', w.id, 'notice', :notice::bigint, 'currency', w.currency, 'amount_minor', w.amount_minor)
FROM withdrawn AS w ORDER BY w.id;

-- name: not_owed_after_all
-- Charges for the delay of items that are owed again, or of the items of these charges, that were closed since those were paid, and fees
-- of notices about them; with the day from which on they are owed.
-- takes: items bigint[]
-- gives: charge bigint, minor bigint, day date
SELECT c.id AS charge, sum(a.amount_minor)::bigint AS minor, greatest(max(a.effective_on), (
    SELECT max(b.effective_on) FROM ltc.allocations AS b WHERE b.invoice_id = f.id AND b.amount_minor < 0)) AS day
FROM (SELECT DISTINCT coalesce(charged_for_id, id) AS id FROM ltc.invoices WHERE id = ANY (:items)) AS n
JOIN ltc.invoices AS f ON f.id = n.id
JOIN ltc.invoices AS c ON c.charged_for_id = n.id
JOIN ltc.allocations AS a ON a.invoice_id = c.id AND a.reason = 'not_owed'
WHERE f.open_minor > 0
GROUP BY c.id, f.id HAVING sum(a.amount_minor) > 0
UNION ALL
SELECT c.id, sum(a.amount_minor)::bigint, greatest(max(a.effective_on), (
    SELECT max(b.effective_on) FROM ltc.notice_items AS t JOIN ltc.allocations AS b ON b.invoice_id = t.invoice_id
    WHERE t.notice_id = c.notice_id AND b.amount_minor < 0))
FROM (
    SELECT notice_id FROM ltc.notice_items WHERE invoice_id = ANY (:items)
    UNION SELECT notice_id FROM ltc.invoices WHERE id = ANY (:items) AND notice_id IS NOT NULL
) AS n
JOIN ltc.invoices AS c ON c.notice_id = n.notice_id AND c.kind = 'fee'
JOIN ltc.allocations AS a ON a.invoice_id = c.id AND a.reason = 'not_owed'
WHERE NOT EXISTS (SELECT FROM ltc.unfounded_notices AS u WHERE u.id = c.notice_id)
GROUP BY c.id HAVING sum(a.amount_minor) > 0
ORDER BY charge;

-- name: paid_items_of
-- Invoices of a notice that are paid by now.
-- takes: notice bigint
-- gives: id bigint
SELECT i.id FROM ltc.notice_items AS t JOIN ltc.invoices AS i ON i.id = t.invoice_id
WHERE t.notice_id = :notice AND i.open_minor = 0 ORDER BY i.id;

-- name: unfounded_fees
-- Open fees of notices about items of which nothing was owed any more when the notice was made.
-- takes: items bigint[]
-- gives: charge bigint, open_minor bigint, issued_on date
SELECT c.id AS charge, c.open_minor, c.issued_on
FROM (
    SELECT notice_id FROM ltc.notice_items WHERE invoice_id = ANY (:items)
    UNION SELECT notice_id FROM ltc.invoices WHERE id = ANY (:items) AND notice_id IS NOT NULL
) AS n
JOIN ltc.invoices AS c ON c.notice_id = n.notice_id AND c.kind = 'fee' AND c.open_minor > 0
WHERE EXISTS (SELECT FROM ltc.unfounded_notices AS u WHERE u.id = c.notice_id)
ORDER BY c.id;

-- name: charged_too_long
-- Open charges for the delay of items (or of the items of these charges) that are paid by now, and were so in part before the
-- charges were posted, or whose rates were corrected since, or all (`every`); the latest first.
-- takes: items bigint[], every boolean
-- gives: invoice bigint, number text, source text, team text, charge bigint, kind text, open_minor bigint, issued_on date
SELECT f.id AS invoice, f.number, f.source, t.code AS team, c.id AS charge, c.kind, c.open_minor, c.issued_on
FROM (SELECT DISTINCT coalesce(charged_for_id, id) AS id FROM ltc.invoices WHERE id = ANY (:items)) AS n
JOIN ltc.invoices AS c ON c.charged_for_id = n.id
JOIN ltc.invoices AS f ON f.id = n.id
JOIN ltc.teams AS t ON t.id = f.team_id
WHERE f.open_minor = 0 AND c.open_minor > 0 AND (:every OR EXISTS (
    SELECT FROM ltc.allocations AS a WHERE a.invoice_id = f.id AND a.amount_minor > 0 AND coalesce(a.paid_on, a.effective_on) < c.issued_on)
    OR EXISTS (
        SELECT FROM ltc.reference_rates AS q WHERE q.recorded_at > c.recorded_at AND q.valid_from < c.issued_on))
ORDER BY f.id, c.id DESC;

-- name: account_charges
-- Every charge of an account; open and reversed in the ledger of a day that is over (`through`), or as it was known then (`known`).
-- takes: creditor bigint, customer bigint, currency text, through date?, known timestamptz?
-- gives: id bigint, number text, kind text, charged_for bigint?, invoice text?, instalment_of text?, issued_on date
-- gives: due_on date, amount_minor bigint, open_minor bigint, is_reversed boolean, not_owed_minor bigint
SELECT c.id, c.number, c.kind, c.charged_for_id AS charged_for, f.number AS invoice, f.instalment_of, c.issued_on, c.due_on,
    c.amount_minor, c.amount_minor - coalesce(a.minor, 0) AS open_minor, coalesce(a.is_reversed, false) AS is_reversed,
    coalesce(a.not_owed_minor, 0) AS not_owed_minor
FROM ltc.invoices AS c
LEFT JOIN ltc.invoices AS f ON f.id = c.charged_for_id
LEFT JOIN LATERAL (
    SELECT sum(amount_minor) FILTER (WHERE reason = 'not_owed')::bigint AS not_owed_minor,
        sum(amount_minor) FILTER (WHERE effective_on <= coalesce(:through::date, 'infinity'))::bigint AS minor,
        bool_or(reason = 'notice_reversed') AS is_reversed
    FROM ltc.allocations
    WHERE invoice_id = c.id AND recorded_at <= coalesce(:known::timestamptz, 'infinity')
) AS a ON true
WHERE c.creditor_id = :creditor AND c.customer_id = :customer AND c.currency = :currency AND c.notice_id IS NOT NULL
    AND c.recorded_at <= coalesce(:known::timestamptz, 'infinity')
ORDER BY c.id;

-- name: lock_account_charges
-- The open charges of an account, so that no payment slips in between.
-- takes: creditor bigint, customer bigint, currency text
-- gives: id bigint
SELECT id FROM ltc.invoices
WHERE creditor_id = :creditor AND customer_id = :customer AND currency = :currency AND notice_id IS NOT NULL
    AND settled_before_minor + allocated_minor < amount_minor
ORDER BY id FOR UPDATE;

-- name: account_settlements
-- What closed parts of the invoices of an account, in the order in which it was recorded, and when it was paid; by a day that is
-- over (`through`), and as far as it was known then (`known`).
-- takes: creditor bigint, customer bigint, currency text, including bigint?, through date?, known timestamptz?
-- gives: invoice bigint, source text, paid_on date, amount_minor bigint
SELECT a.invoice_id AS invoice,
    coalesce('receipt ' || a.receipt_id, 'credit note ' || a.credit_note_id, a.reason) AS source,
    coalesce(a.paid_on, a.effective_on) AS paid_on, a.amount_minor
FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
WHERE i.creditor_id = :creditor AND i.customer_id = :customer AND i.currency = :currency AND i.kind = 'invoice'
    AND (:known::timestamptz IS NOT NULL OR :through::date IS NOT NULL OR i.open_minor > 0
        OR i.id = :including)
    AND a.effective_on <= coalesce(:through::date, 'infinity')
    AND a.recorded_at <= coalesce(:known::timestamptz, 'infinity')
ORDER BY a.id;

-- name: account_corrections
-- By how much lists of a ledger that leads corrected the amounts of the invoices of an account, in the order in which they came; by
-- a day that is over (`through`), and as far as it was known then (`known`).
-- takes: invoices bigint[], through date?, known timestamptz?
-- gives: invoice bigint, effective_on date, minor bigint
SELECT invoice_id AS invoice, effective_on, minor FROM ltc.corrections
WHERE invoice_id = ANY (:invoices) AND minor <> 0 AND effective_on <= coalesce(:through::date, 'infinity')
    AND recorded_at <= coalesce(:known::timestamptz, 'infinity')
ORDER BY id;

-- name: charges_of
-- The charges that notices posted for an invoice, or that one notice posted; fees too. In the ledger of a day that is over
-- (`through`), and as they were known then (`known`).
-- takes: invoice bigint?, notice bigint?, through date?, known timestamptz?
-- gives: number text, kind text, notice text?, invoice text?, issued_on date, due_on date, amount_minor bigint
-- gives: open_minor bigint, is_reversed boolean
SELECT c.number, c.kind, n.number AS notice, f.number AS invoice, c.issued_on, c.due_on, c.amount_minor,
    c.amount_minor - coalesce(a.minor, 0) AS open_minor, coalesce(a.is_reversed, false) AS is_reversed
FROM ltc.invoices AS c
JOIN ltc.notices AS n ON n.id = c.notice_id
LEFT JOIN ltc.invoices AS f ON f.id = c.charged_for_id
LEFT JOIN LATERAL (
    SELECT sum(amount_minor)::bigint AS minor, bool_or(reason = 'notice_reversed') AS is_reversed
    FROM ltc.allocations
    WHERE invoice_id = c.id AND effective_on <= coalesce(:through::date, 'infinity')
        AND recorded_at <= coalesce(:known::timestamptz, 'infinity')
) AS a ON true
WHERE (c.charged_for_id = :invoice OR c.notice_id = :notice) AND c.issued_on <= coalesce(:through::date, 'infinity')
    AND c.recorded_at <= coalesce(:known::timestamptz, 'infinity')
ORDER BY c.id;
