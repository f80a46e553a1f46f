-- name: list_invoices
-- Invoices and credit notes, the longest due first.
-- takes: team text?, customer text?, only_open boolean, overdue_on date?, most bigint
-- gives: number text, kind text, creditor text, customer text, customer_name text, issued_on date, due_on date
-- gives: currency text, amount_minor bigint, open_minor bigint, dunning_level integer, last_notice_on date?
SELECT i.number, i.kind, k.code AS creditor, c.number AS customer, c.name AS customer_name, i.issued_on, i.due_on,
    i.currency::text AS currency, i.amount_minor, i.open_minor, i.dunning_level, i.last_notice_on
FROM ltc.invoices AS i
JOIN ltc.creditors AS k ON k.id = i.creditor_id
JOIN ltc.customers AS c ON c.id = i.customer_id
JOIN ltc.teams AS t ON t.id = i.team_id
WHERE (:team::text IS NULL OR t.code = :team) AND (:customer::text IS NULL OR c.number = :customer)
    AND (NOT :only_open OR i.open_minor > 0)
    AND (:overdue_on::date IS NULL OR i.kind = 'invoice' AND i.open_minor > 0 AND i.due_on < :overdue_on)
ORDER BY i.due_on, i.id LIMIT :most;

-- name: show_invoice
-- An invoice by its number.
-- takes: number text
-- gives: id bigint, source text, number text, kind text, creditor_id bigint, creditor text, customer_id bigint
-- gives: customer text, customer_name text, customer_procedure text?, group_code text?, contract text?, team text
-- gives: zone text, issued_on date
-- gives: due_on date, currency text, amount_minor bigint, settled_before_minor bigint, allocated_minor bigint
-- gives: open_minor bigint, dunning_level integer, last_notice_on date?
SELECT i.id, i.source, i.number, i.kind, i.creditor_id, k.code AS creditor, i.customer_id, c.number AS customer,
    c.name AS customer_name, c.procedure AS customer_procedure, c.group_code, d.number AS contract, t.code AS team, t.zone,
    i.issued_on, i.due_on,
    i.currency::text AS currency, i.amount_minor, i.settled_before_minor, i.allocated_minor, i.open_minor,
    i.dunning_level, i.last_notice_on
FROM ltc.invoices AS i
JOIN ltc.creditors AS k ON k.id = i.creditor_id
JOIN ltc.customers AS c ON c.id = i.customer_id
JOIN ltc.teams AS t ON t.id = i.team_id
LEFT JOIN ltc.contracts AS d ON d.id = i.contract_id
WHERE i.number = :number;

-- name: payments_of
-- What paid an invoice, and why it was taken for it.
-- takes: invoice bigint
-- gives: reference text, effective_on date, amount_minor bigint, reason text
SELECT r.reference, a.effective_on, a.amount_minor, a.reason
FROM ltc.allocations AS a JOIN ltc.receipts AS r ON r.id = a.receipt_id
WHERE a.invoice_id = :invoice ORDER BY a.id;

-- name: notices_of
-- The notices that named an invoice, each with its computation and the decision of its run.
-- takes: invoice bigint
-- gives: id bigint, number text?, run_date date, state text, reason text?, procedure text, days_overdue integer
-- gives: open_minor bigint, level_before integer, level integer, interest_minor bigint, computation jsonb, run bigint
-- gives: configuration_version bigint?
SELECT n.id, n.number, n.run_date, n.state, n.reason, n.procedure, t.days_overdue, t.open_minor, t.level_before, t.level,
    t.interest_minor, t.computation, n.run_id AS run, r.configuration_version
FROM ltc.notice_items AS t
JOIN ltc.notices AS n ON n.id = t.notice_id
JOIN ltc.runs AS r ON r.id = n.run_id
WHERE t.invoice_id = :invoice ORDER BY n.run_date, n.id;

-- name: account_items
-- Every open invoice of the account that an invoice belongs to: dunning decides about accounts.
-- takes: creditor bigint, customer bigint, currency text
-- gives: id bigint, number text, issued_on date, due_on date, open_minor bigint, dunning_level integer
-- gives: last_notice_on date?, procedure text?, contract_procedure text?, shifts_due_date boolean
SELECT i.id, i.number, i.issued_on, i.due_on, i.open_minor, i.dunning_level, i.last_notice_on, i.procedure,
    d.procedure AS contract_procedure, coalesce(d.shifts_due_dates, false) AS shifts_due_date
FROM ltc.invoices AS i LEFT JOIN ltc.contracts AS d ON d.id = i.contract_id
WHERE i.creditor_id = :creditor AND i.customer_id = :customer AND i.currency = :currency AND i.kind = 'invoice'
    AND i.open_minor > 0
ORDER BY i.due_on, i.number;

-- name: account_total
-- What percentages of an account are taken of: all that is open, and what was paid of it lately.
-- takes: creditor bigint, customer bigint, currency text, since date
-- gives: minor bigint
SELECT (
    coalesce((
        SELECT sum(open_minor) FROM ltc.invoices
        WHERE creditor_id = :creditor AND customer_id = :customer AND currency = :currency AND kind = 'invoice'), 0)
    + coalesce((
        SELECT sum(a.amount_minor) FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
        WHERE i.creditor_id = :creditor AND i.customer_id = :customer AND i.currency = :currency AND i.kind = 'invoice'
            AND a.effective_on >= :since), 0)
)::bigint AS minor;

-- name: notices_in_the_way
-- Notices of an account that wait or were made today.
-- takes: creditor bigint, customer bigint, currency text, day date
-- gives: id bigint, run_date date, state text
SELECT id, run_date, state FROM ltc.notices
WHERE creditor_id = :creditor AND customer_id = :customer AND currency = :currency
    AND (state IN ('proposed', 'approved', 'sending', 'held', 'uncertain')
        OR run_date = :day AND state NOT IN ('cancelled', 'reversed'))
ORDER BY id;

-- name: noticed_on
-- The day of the last notice of an account that was accepted.
-- takes: creditor bigint, customer bigint, currency text
-- gives: run_date date?
SELECT max(run_date) AS run_date FROM ltc.notices
WHERE creditor_id = :creditor AND customer_id = :customer AND currency = :currency AND state = 'sent';
