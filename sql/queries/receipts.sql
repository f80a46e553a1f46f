-- name: find_payers
-- Receipts that name no customer, but invoices of one customer only.
-- takes: receipts bigint[]
UPDATE ltc.receipts AS r SET customer_id = f.customer_id
FROM (
    SELECT r.id, min(i.customer_id) AS customer_id
    FROM ltc.receipts AS r
    CROSS JOIN LATERAL regexp_split_to_table(upper(r.remittance), '[^[:alnum:]-]+') AS t (token)
    JOIN ltc.invoices AS i ON upper(i.number) = t.token AND i.creditor_id = r.creditor_id AND i.currency = r.currency
    WHERE r.id = ANY (:receipts) AND r.customer_id IS NULL
    GROUP BY r.id HAVING min(i.customer_id) = max(i.customer_id)
) AS f
WHERE r.id = f.id;

-- name: money_to_allocate
-- What is left of these receipts, account by account; locked in the order of their ids.
-- takes: receipts bigint[]
-- gives: id bigint, reference text, creditor bigint, customer bigint, currency text, booked_on date, minor bigint
-- gives: remittance text?
SELECT r.id, r.reference, r.creditor_id AS creditor, r.customer_id AS customer, r.currency::text AS currency,
    r.booked_on, r.amount_minor - r.allocated_minor AS minor, r.remittance
FROM (
    SELECT * FROM ltc.receipts
    WHERE id = ANY (:receipts) AND customer_id IS NOT NULL AND allocated_minor < amount_minor
    ORDER BY id FOR UPDATE
) AS r
ORDER BY r.customer_id, r.creditor_id, r.currency, r.id;

-- name: items_to_pay
-- The open invoices of the accounts of these receipts; locked, so that two imports never pay the same debt.
-- takes: receipts bigint[]
-- gives: id bigint, number text, creditor bigint, customer bigint, currency text, issued_on date, due_on date
-- gives: open_minor bigint
SELECT i.id, i.number, i.creditor_id AS creditor, i.customer_id AS customer, i.currency::text AS currency, i.issued_on,
    i.due_on, i.open_minor
FROM ltc.invoices AS i
WHERE i.kind = 'invoice' AND i.settled_before_minor + i.allocated_minor < i.amount_minor
    AND EXISTS (
        SELECT FROM ltc.receipts AS r
        WHERE r.id = ANY (:receipts)
            AND (r.creditor_id, r.customer_id, r.currency) = (i.creditor_id, i.customer_id, i.currency))
ORDER BY i.id FOR UPDATE;

-- name: create_allocation_staging
-- Allocations on their way in.
CREATE TEMPORARY TABLE IF NOT EXISTS staged_allocations (
    receipt_id bigint, invoice_id bigint, amount_minor bigint, reason text, effective_on date
) ON COMMIT DROP;

-- name: empty_allocation_staging
-- Nothing of another import of the same transaction is left.
-- needs: create_allocation_staging
TRUNCATE staged_allocations;

-- name: copy_allocation
-- An allocation on its way in.
-- needs: create_allocation_staging
-- copies: receipt_id bigint, invoice_id bigint, amount_minor bigint, reason text, effective_on date
COPY staged_allocations (receipt_id, invoice_id, amount_minor, reason, effective_on) FROM STDIN (FORMAT binary);

-- name: insert_allocations
-- The staged allocations as facts, each with its event at the invoice that it pays.
-- takes: at timestamptz, actor text?
-- needs: create_allocation_staging
WITH paid AS (
    INSERT INTO ltc.allocations (receipt_id, invoice_id, team_id, currency, amount_minor, reason, effective_on)
    SELECT s.receipt_id, s.invoice_id, i.team_id, i.currency, s.amount_minor, s.reason, s.effective_on
    FROM staged_allocations AS s JOIN ltc.invoices AS i ON i.id = s.invoice_id
    RETURNING receipt_id, invoice_id, team_id, currency, amount_minor, reason, effective_on
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
SELECT 'invoice', p.invoice_id, p.team_id, 'payment_allocated', :at, coalesce(:actor, session_user), p.reason, jsonb_build_object(
    'receipt', p.receipt_id, 'currency', p.currency, 'amount_minor', p.amount_minor, 'effective_on', p.effective_on)
FROM paid AS p;

-- name: list_receipts
-- Money that came in, latest first.
-- takes: team text?, customer text?, unallocated boolean, most bigint
-- gives: id bigint, reference text, booked_on date, customer text?, customer_name text?, currency text
-- gives: amount_minor bigint, allocated_minor bigint, remittance text?
SELECT r.id, r.reference, r.booked_on, c.number AS customer, c.name AS customer_name, r.currency::text AS currency,
    r.amount_minor, r.allocated_minor, r.remittance
FROM ltc.receipts AS r
LEFT JOIN ltc.customers AS c ON c.id = r.customer_id
JOIN ltc.teams AS t ON t.id = r.team_id
WHERE (:team::text IS NULL OR t.code = :team) AND (:customer::text IS NULL OR c.number = :customer)
    AND (NOT :unallocated OR r.allocated_minor < r.amount_minor)
ORDER BY r.booked_on DESC, r.id DESC LIMIT :most;
