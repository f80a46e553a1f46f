-- name: payments_to_match
-- What is known of receipts of which nothing is allocated yet, or of all (`again`), with what the bank told beside.
-- takes: receipts bigint[], again boolean
-- gives: id bigint, creditor bigint, customer bigint?, currency text, minor bigint, is_draft boolean, remittance text?
-- gives: structured_reference text?, debtor_name text?, doubt text?, remitted text?
SELECT r.id, r.creditor_id AS creditor, r.customer_id AS customer, r.currency::text AS currency,
    r.amount_minor AS minor, r.kind = 'draft' AS is_draft, r.remittance, e.structured_reference, e.debtor_name, e.doubt, e.remitted::text AS remitted
FROM ltc.receipts AS r
LEFT JOIN ltc.bank_entries AS e ON e.receipt_id = r.id
WHERE r.id = ANY (:receipts) AND (:again OR r.allocated_minor = 0)
ORDER BY r.id;

-- name: receipts_by_key
-- Receipts of this id, or of this reference of the bank's.
-- takes: id bigint?, reference text
-- gives: id bigint
SELECT id FROM ltc.receipts WHERE id = :id OR reference = :reference ORDER BY id;

-- name: zone_of
-- In which zone a receipt's team has its days.
-- takes: receipt bigint
-- gives: zone text
SELECT t.zone FROM ltc.receipts AS r JOIN ltc.teams AS t ON t.id = r.team_id WHERE r.id = :receipt;

-- name: invoices_by_number
-- Invoices, and invoices of notices, that a payment may name: by the letters and digits of their numbers. A notice's number names
-- all that it asks for, and that of an invoice in instalments all of them. Key by key: a ledger that was just loaded has no statistics.
-- takes: receipts bigint[], keys text[]
-- gives: receipt bigint, key text, invoice bigint, number text, names_all boolean, customer bigint, currency text
-- gives: open_minor bigint, due_on date, closed_in_source_minor bigint
SELECT k.receipt, k.key, i.id AS invoice, i.number, false AS names_all, i.customer_id AS customer,
    i.currency::text AS currency, i.open_minor, i.due_on, CASE WHEN i.allocated_minor > 0 THEN coalesce((
        SELECT sum(a.amount_minor) FROM ltc.allocations AS a
        WHERE a.invoice_id = i.id AND a.reason = 'closed_in_source'
            -- What the other ledger knew only before the money came, it did not close with it.
            AND (i.open_minor = 0 OR a.effective_on >= r.cash_on)), 0)::bigint ELSE 0 END AS closed_in_source_minor
FROM unnest(:receipts::bigint[], :keys::text[]) AS k (receipt, key)
JOIN ltc.receipts AS r ON r.id = k.receipt
CROSS JOIN LATERAL (
    SELECT * FROM ltc.invoices AS i
    WHERE ltc.plain_number(i.number) = k.key AND i.creditor_id = r.creditor_id AND i.kind <> 'credit-note' OFFSET 0
) AS i
UNION ALL
SELECT k.receipt, k.key, i.id, i.instalment_of, true, i.customer_id, i.currency::text, i.open_minor, i.due_on, 0
FROM unnest(:receipts::bigint[], :keys::text[]) AS k (receipt, key)
JOIN ltc.receipts AS r ON r.id = k.receipt
CROSS JOIN LATERAL (
    SELECT * FROM ltc.invoices AS i
    WHERE ltc.plain_number(i.instalment_of) = k.key AND i.instalment_of IS NOT NULL
        AND i.creditor_id = r.creditor_id AND i.kind <> 'credit-note'
    OFFSET 0
) AS i
WHERE NOT EXISTS (
    SELECT FROM unnest(:receipts::bigint[], :keys::text[]) AS s (receipt, key)
    JOIN ltc.invoices AS o ON ltc.plain_number(o.number) = s.key AND o.creditor_id = r.creditor_id
    WHERE s.receipt = k.receipt AND i.instalment_of = o.number)
UNION ALL
SELECT k.receipt, k.key, i.id, n.number, true, i.customer_id, i.currency::text, i.open_minor, i.due_on, 0
FROM unnest(:receipts::bigint[], :keys::text[]) AS k (receipt, key)
JOIN ltc.receipts AS r ON r.id = k.receipt
CROSS JOIN LATERAL (
    SELECT id, number FROM ltc.notices AS n
    WHERE ltc.plain_number(n.number) = k.key AND n.number IS NOT NULL AND n.creditor_id = r.creditor_id OFFSET 0
) AS n
JOIN LATERAL (
    SELECT invoice_id AS id FROM ltc.notice_items WHERE notice_id = n.id
    UNION ALL SELECT invoice_id FROM ltc.notice_charges WHERE notice_id = n.id
    UNION ALL SELECT id FROM ltc.invoices WHERE notice_id = n.id
) AS t ON true
JOIN ltc.invoices AS i ON i.id = t.id
ORDER BY receipt, due_on, number, invoice;

-- name: payers_by_account
-- The customers whose money came from the account of these receipts on a day before theirs: twenty of them at most. What came on
-- the same day says nothing, since it must not matter which of a day's files comes first.
-- takes: receipts bigint[]
-- gives: receipt bigint, customer bigint
SELECT r.id AS receipt, p.customer_id AS customer
FROM ltc.receipts AS r
CROSS JOIN LATERAL (
    -- From one customer to the next: one of them may have paid thousands of times. An account of more is no customer's.
    WITH RECURSIVE payer AS (
        SELECT 1 AS place, (
            SELECT min(k.customer_id) FROM ltc.receipts AS k
            WHERE k.iban = r.iban AND k.creditor_id = r.creditor_id AND k.customer_id IS NOT NULL AND k.waiting IS NULL
        ) AS customer_id
        UNION ALL
        SELECT b.place + 1, (
            SELECT min(k.customer_id) FROM ltc.receipts AS k
            WHERE k.iban = r.iban AND k.creditor_id = r.creditor_id AND k.customer_id > b.customer_id AND k.waiting IS NULL)
        FROM payer AS b WHERE b.customer_id IS NOT NULL AND b.place < 20
    )
    SELECT b.customer_id FROM payer AS b
    WHERE b.customer_id IS NOT NULL AND EXISTS (
        SELECT FROM ltc.receipts AS k
        WHERE k.iban = r.iban AND k.creditor_id = r.creditor_id AND k.customer_id = b.customer_id AND k.waiting IS NULL
            AND k.booked_on < r.booked_on)
    ORDER BY b.place
) AS p
WHERE r.id = ANY (:receipts) AND r.customer_id IS NULL
ORDER BY r.id, p.customer_id;

-- name: payers_by_name
-- The customers that are called as these payers are.
-- takes: receipts bigint[], names text[]
-- gives: receipt bigint, customer bigint
SELECT k.receipt, c.id AS customer
FROM unnest(:receipts::bigint[], :names::text[]) AS k (receipt, name)
JOIN ltc.customers AS c ON c.folded_name = k.name
ORDER BY k.receipt, c.id;

-- name: invoices_of_amount
-- Open invoices of these customers that owe exactly what a receipt brought, or may do so less their discount or with what is
-- decided again, which the rule computes.
-- takes: receipts bigint[], customers bigint[], reopened bigint[]
-- gives: receipt bigint, invoice bigint, number text, customer bigint, currency text, open_minor bigint, amount_minor bigint
-- gives: discount_percent text?
SELECT w.receipt, i.id AS invoice, i.number, i.customer_id AS customer, i.currency::text AS currency, i.open_minor,
    i.amount_minor, CASE WHEN i.discount_until >= w.cash_on THEN trim_scale(i.discount_percent)::text END AS discount_percent
FROM (
    SELECT k.receipt, k.customer, r.creditor_id, r.currency, r.amount_minor AS minor, r.cash_on
    FROM unnest(:receipts::bigint[], :customers::bigint[]) AS k (receipt, customer)
    JOIN ltc.receipts AS r ON r.id = k.receipt OFFSET 0
) AS w
-- Customer by customer: amounts and creditors are shared by many.
CROSS JOIN LATERAL (
    SELECT * FROM ltc.invoices AS i
    WHERE i.customer_id = w.customer AND i.creditor_id = w.creditor_id AND i.currency = w.currency
        AND i.kind <> 'credit-note' AND (
            i.open_minor = w.minor AND i.open_minor > 0
            OR i.open_minor > w.minor AND i.discount_percent > 0 AND i.discount_until >= w.cash_on
            OR i.id IN (SELECT unnest(:reopened::bigint[])))
    OFFSET 0
) AS i
ORDER BY w.receipt, i.due_on, i.number;

-- name: drafts_of_amount
-- Bank drafts whose money these receipts may be: of their amount, matured so many days before at most, not given back, and whose
-- money did not come yet; with what each was meant for and paid, or is meant for if it comes with them.
-- needs: create_designation_staging
-- takes: receipts bigint[], days integer
-- gives: receipt bigint, draft bigint, reference text, customer bigint, invoices bigint[]
SELECT r.id AS receipt, d.id AS draft, d.reference, d.customer_id AS customer, ARRAY(
        SELECT s.invoice_id FROM staged_designations AS s WHERE s.receipt_id = d.id
        UNION SELECT v.invoice_id FROM ltc.draft_covers AS v WHERE v.receipt_id = d.id
        UNION SELECT a.invoice_id FROM ltc.allocations AS a WHERE a.receipt_id = d.id) AS invoices
FROM ltc.receipts AS r
JOIN ltc.receipts AS d ON d.kind = 'draft' AND d.amount_minor = r.amount_minor AND d.creditor_id = r.creditor_id
    AND d.currency = r.currency AND d.matures_on BETWEEN r.cash_on - :days::integer AND r.cash_on
WHERE r.id = ANY (:receipts) AND r.kind = 'payment' AND d.customer_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.receipt_id = d.id OR v.draft_id = d.id)
ORDER BY r.id, d.matures_on, d.id;

-- name: cash_of_drafts
-- Payments that may be the money of drafts of these customers, which are recorded after them: of their amount, come at their maturity
-- or so many days after at most; with what each paid.
-- takes: receipts bigint[], customers bigint[], days integer
-- gives: receipt bigint, payment bigint, reference text, customer bigint, invoices bigint[]
SELECT d.id AS receipt, p.id AS payment, p.reference, p.customer_id AS customer, ARRAY(
        SELECT a.invoice_id FROM ltc.allocations AS a WHERE a.receipt_id = p.id
        GROUP BY a.invoice_id HAVING sum(a.amount_minor) > 0) AS invoices
FROM unnest(:receipts::bigint[], :customers::bigint[]) AS k (receipt, customer)
JOIN ltc.receipts AS d ON d.id = k.receipt
JOIN ltc.receipts AS p ON p.customer_id = k.customer AND p.kind = 'payment' AND p.waiting IS NULL
    AND p.amount_minor = d.amount_minor AND p.creditor_id = d.creditor_id AND p.currency = d.currency
    AND p.cash_on BETWEEN d.matures_on AND d.matures_on + :days::integer
WHERE p.allocated_minor > 0 AND NOT EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.receipt_id = p.id)
ORDER BY d.id, p.cash_on, p.id;

-- name: record_matches
-- What was found about receipts: the payer, or what they wait for, with the why of each. No customer is 0, nothing to wait
-- for is empty.
-- takes: receipts bigint[], customers bigint[], waiting text[], reasons text[], details text[], at timestamptz, actor text?
WITH found AS (
    SELECT * FROM unnest(:receipts::bigint[], :customers::bigint[], :waiting::text[], :reasons::text[], :details::text[])
        AS f (id, customer, waiting, reason, detail)
), changed AS (
    UPDATE ltc.receipts AS r SET customer_id = nullif(f.customer, 0), waiting = nullif(f.waiting, '')
    FROM found AS f WHERE r.id = f.id
    RETURNING r.id, r.team_id
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
SELECT 'receipt', c.id, c.team_id, CASE f.waiting WHEN '' THEN 'receipt_matched' ELSE 'receipt_waiting' END, :at,
    coalesce(:actor, session_user), f.reason, f.detail::jsonb
FROM changed AS c JOIN found AS f USING (id)
ORDER BY c.id;

-- name: paid_for_notice
-- Receipts that paid invoices of a notice after its run; each with the charges that the notice posted and that are open. Locked, but
-- for those that somebody else decides about.
-- takes: notice bigint
-- gives: id bigint, reference text, cash_on date, left_minor bigint, charges bigint[]
SELECT r.id, r.reference, r.cash_on, r.amount_minor - r.allocated_minor AS left_minor, c.charges
FROM (
    SELECT array_agg(id ORDER BY id) AS charges FROM ltc.invoices WHERE notice_id = :notice AND open_minor > 0
) AS c
JOIN ltc.notices AS n ON n.id = :notice AND c.charges IS NOT NULL
JOIN ltc.receipts AS r ON (r.creditor_id, r.customer_id, r.currency) = (n.creditor_id, n.customer_id, n.currency)
    AND r.waiting IS NULL AND r.allocated_minor > 0 AND r.cash_on >= n.run_date
WHERE EXISTS (
    SELECT FROM ltc.notice_items AS t JOIN ltc.allocations AS a ON a.invoice_id = t.invoice_id AND a.receipt_id = r.id
    WHERE t.notice_id = n.id GROUP BY t.invoice_id HAVING sum(a.amount_minor) > 0)
ORDER BY r.id FOR UPDATE OF r SKIP LOCKED;

-- name: paid_beside
-- What receipts paid of other debts only because nothing of a notice was left to pay, the youngest debt first.
-- takes: receipts bigint[], notice bigint
-- gives: receipt bigint, invoice bigint, minor bigint, effective_on date
SELECT a.receipt_id AS receipt, a.invoice_id AS invoice, sum(a.amount_minor)::bigint AS minor, a.effective_on
FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
WHERE a.receipt_id = ANY (:receipts) AND a.reason = 'oldest_due' AND i.notice_id IS DISTINCT FROM :notice
    AND NOT EXISTS (SELECT FROM ltc.notice_items AS t WHERE t.notice_id = :notice AND t.invoice_id = a.invoice_id)
    AND NOT EXISTS (SELECT FROM ltc.allocations AS c WHERE c.invoice_id = a.invoice_id AND c.receipt_id IS NULL)
GROUP BY a.receipt_id, a.invoice_id, a.effective_on, i.due_on HAVING sum(a.amount_minor) > 0
ORDER BY a.receipt_id, i.due_on DESC, a.invoice_id DESC;

-- name: create_incoming
-- The receipts that come together, and the day with which each is allocated: a file may bring a million.
CREATE TEMPORARY TABLE IF NOT EXISTS incoming_receipts (id bigint, day date) ON COMMIT DROP;

-- name: index_incoming
-- They are asked for day by day.
-- needs: create_incoming
CREATE INDEX IF NOT EXISTS incoming_receipts_day ON incoming_receipts (day);

-- name: empty_incoming
-- Nothing of another import of the same transaction is left.
-- needs: create_incoming
TRUNCATE incoming_receipts;

-- name: add_incoming
-- More of them, each of its booking's day, or all of one.
-- needs: create_incoming
-- takes: receipts bigint[], day date?
INSERT INTO incoming_receipts
SELECT id, coalesce(:day::date, booked_on) FROM ltc.receipts WHERE id = ANY (:receipts);

-- name: incoming_days
-- The days of them.
-- needs: create_incoming
-- gives: day date
SELECT DISTINCT day FROM incoming_receipts ORDER BY day;

-- name: incoming
-- All drafts of a day, or all others.
-- needs: create_incoming
-- takes: day date, drafts boolean
-- gives: id bigint
SELECT n.id FROM incoming_receipts AS n
CROSS JOIN LATERAL (SELECT kind FROM ltc.receipts WHERE id = n.id OFFSET 0) AS r
WHERE n.day = :day AND (r.kind = 'draft') = :drafts ORDER BY n.id;

-- name: add_perhaps_cash
-- Payments that nobody could place, or that wait for another draft, and that may be the money of drafts that come now, on a day:
-- they are looked at again.
-- needs: create_incoming
-- takes: day date, days integer
INSERT INTO incoming_receipts
SELECT DISTINCT p.id, :day::date
FROM incoming_receipts AS n
JOIN ltc.receipts AS d ON d.id = n.id AND d.kind = 'draft'
JOIN ltc.receipts AS p ON p.amount_minor = d.amount_minor AND p.creditor_id = d.creditor_id AND p.currency = d.currency
    AND p.cash_on BETWEEN d.matures_on AND d.matures_on + :days::integer
WHERE n.day = :day AND p.kind = 'payment' AND p.waiting IN ('unknown_customer', 'no_exact_amount', 'two_candidates', 'draft_cash')
    AND NOT EXISTS (SELECT FROM incoming_receipts AS o WHERE o.id = p.id);

-- name: in_account_order
-- Those of a day that may be allocated, account by account: what comes together is decided together.
-- needs: create_incoming
-- takes: day date
-- gives: id bigint, account text
SELECT r.id, format('%s %s %s', r.customer_id, r.creditor_id, r.currency) AS account
FROM incoming_receipts AS n
CROSS JOIN LATERAL (SELECT * FROM ltc.receipts WHERE id = n.id OFFSET 0) AS r
WHERE n.day = :day AND r.customer_id IS NOT NULL AND r.waiting IS NULL AND r.allocated_minor < r.amount_minor
ORDER BY r.customer_id, r.creditor_id, r.currency, r.id;

-- name: idle_after
-- Payments of the accounts of receipts that were taken back, that came on the day of it or later and of which something is left,
-- unless a person decided about them: they may pay what is owed again.
-- takes: reversed bigint[]
-- gives: id bigint
SELECT DISTINCT r.id
FROM ltc.receipt_reversals AS v JOIN ltc.receipts AS b ON b.id = v.receipt_id
JOIN ltc.receipts AS r ON (r.customer_id, r.creditor_id, r.currency) = (b.customer_id, b.creditor_id, b.currency)
    AND r.cash_on >= v.effective_on
WHERE v.receipt_id = ANY (:reversed) AND r.kind = 'payment' AND r.waiting IS NULL AND r.allocated_minor < r.amount_minor
    AND NOT EXISTS (SELECT FROM ltc.allocations AS a WHERE a.receipt_id = r.id AND a.reason = 'by_hand')
ORDER BY r.id;

-- name: create_designation_staging
-- Which invoices receipts were found to be meant for, and by what.
CREATE TEMPORARY TABLE IF NOT EXISTS staged_designations (
    receipt_id bigint, invoice_id bigint, place integer, reason text, minor bigint
) ON COMMIT DROP;

-- name: index_designation_staging
-- They are asked for by receipt.
-- needs: create_designation_staging
CREATE INDEX IF NOT EXISTS staged_designations_receipt ON staged_designations (receipt_id);

-- name: empty_designation_staging
-- Nothing of another import of the same transaction is left.
-- needs: create_designation_staging
TRUNCATE staged_designations;

-- name: copy_designation
-- An invoice that a receipt is meant for, or a part of it that it gives it.
-- needs: create_designation_staging
-- copies: receipt_id bigint, invoice_id bigint, place integer, reason text, minor bigint?
COPY staged_designations (receipt_id, invoice_id, place, reason, minor) FROM STDIN (FORMAT binary);

-- name: money_to_allocate
-- What is left of these receipts, account by account, and what drafts among them are meant for; locked in the order of their
-- ids. Of a draft that has not matured by the day, what is meant for nothing yet is left.
-- needs: create_designation_staging
-- takes: receipts bigint[], day date
-- gives: id bigint, reference text, creditor bigint, customer bigint, currency text, cash_on date, minor bigint
-- gives: remittance text?, designated bigint[], designation text?, remitted bigint[], covers bigint[], cover_minors bigint[]
-- gives: cover_reasons text[], is_held boolean
SELECT r.id, r.reference, r.creditor_id AS creditor, r.customer_id AS customer, r.currency::text AS currency, r.cash_on,
    r.amount_minor - r.allocated_minor
        - CASE WHEN r.kind = 'draft' AND r.cash_on > :day THEN coalesce(v.minor, 0) ELSE 0 END AS minor,
    r.remittance, coalesce(d.invoices, '{}') AS designated, d.reason AS designation,
    coalesce(d.minors, '{}') AS remitted, coalesce(v.invoices, '{}') AS covers,
    coalesce(v.minors, '{}') AS cover_minors, coalesce(v.reasons, '{}') AS cover_reasons,
    r.kind = 'draft' AND r.cash_on > :day AS is_held
FROM (
    SELECT * FROM ltc.receipts
    WHERE id = ANY (:receipts) AND customer_id IS NOT NULL AND waiting IS NULL AND allocated_minor < amount_minor
    ORDER BY id FOR UPDATE
) AS r
-- Receipt by receipt, since nothing is known yet of how many there are.
CROSS JOIN LATERAL (
    SELECT array_agg(invoice_id ORDER BY place) AS invoices, min(reason) AS reason,
        array_agg(coalesce(minor, -1) ORDER BY place) AS minors
    FROM staged_designations WHERE receipt_id = r.id
) AS d
CROSS JOIN LATERAL (
    SELECT array_agg(invoice_id ORDER BY id) AS invoices, array_agg(amount_minor ORDER BY id) AS minors,
        array_agg(reason::text ORDER BY id) AS reasons, sum(amount_minor)::bigint AS minor
    FROM ltc.draft_covers WHERE receipt_id = r.id
) AS v
ORDER BY r.customer_id, r.creditor_id, r.currency, r.id;

-- name: same_day_payments
-- What other receipts of the same accounts and days as these, of these customers, paid by themselves, and not by a person's
-- word, and what is left of them (`left_minor`) unless a person decided about it, with those that paid nothing (`with_rest`) or
-- without; locked.
-- Thousands of receipts come at once: a list of their ids is looked up by its hash, never searched.
-- takes: receipts bigint[], customers bigint[], with_rest boolean
-- gives: receipt bigint, reference text, creditor bigint, customer bigint, currency text, cash_on date, remittance text?
-- gives: left_minor bigint, invoice bigint?, minor bigint, reason text?, effective_on date?
WITH payer AS MATERIALIZED (
    SELECT DISTINCT n.creditor_id, k.customer AS customer_id, n.currency, n.cash_on
    FROM unnest(:receipts::bigint[], :customers::bigint[]) AS k (receipt, customer)
    JOIN ltc.receipts AS n ON n.id = k.receipt
    WHERE n.kind = 'payment'
), known AS MATERIALIZED (
    SELECT r.id
    FROM payer AS p
    -- Payer by payer: nothing is known yet of how many receipts came with this import.
    CROSS JOIN LATERAL (
        SELECT * FROM ltc.receipts AS r
        WHERE r.customer_id = p.customer_id AND r.creditor_id = p.creditor_id AND r.currency = p.currency
            AND r.cash_on = p.cash_on
        OFFSET 0
    ) AS r
    WHERE r.kind = 'payment' AND r.waiting IS NULL AND (:with_rest OR r.allocated_minor > 0)
        AND r.id NOT IN (SELECT unnest(:receipts::bigint[]))
        AND NOT EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.receipt_id = r.id)
), same_day AS (
    SELECT r.* FROM ltc.receipts AS r WHERE r.id IN (SELECT id FROM known) ORDER BY r.id FOR UPDATE OF r
)
SELECT r.id AS receipt, r.reference, r.creditor_id AS creditor, r.customer_id AS customer, r.currency::text AS currency,
    r.cash_on, r.remittance, CASE WHEN h.is_by_hand THEN 0 ELSE r.amount_minor - r.allocated_minor END AS left_minor,
    a.invoice_id AS invoice, coalesce(a.minor, 0) AS minor, a.reason, a.effective_on
FROM same_day AS r
-- Receipt by receipt: of a million that come together few were there before.
CROSS JOIN LATERAL (
    SELECT bool_or(reason = 'by_hand') AS is_by_hand FROM ltc.allocations WHERE receipt_id = r.id
) AS h
LEFT JOIN LATERAL (
    SELECT invoice_id, reason, effective_on, sum(amount_minor)::bigint AS minor, min(id) AS id FROM ltc.allocations
    WHERE receipt_id = r.id AND reason IN ('structured_reference', 'remittance', 'exact_amount', 'oldest_due')
    GROUP BY invoice_id, reason, effective_on HAVING sum(amount_minor) <> 0
) AS a ON true
ORDER BY r.id, a.id;

-- name: closed_behind_payments
-- What closed without money behind the payments of invoices.
-- takes: invoices bigint[]
-- gives: invoice bigint, minor bigint, reason text, effective_on date
SELECT invoice_id AS invoice, sum(amount_minor)::bigint AS minor, reason, effective_on
FROM ltc.allocations
WHERE invoice_id = ANY (:invoices) AND reason IN ('discount_taken', 'small_difference')
GROUP BY invoice_id, reason, effective_on HAVING sum(amount_minor) <> 0
ORDER BY invoice_id, reason, effective_on;

-- name: items_to_pay
-- The open invoices of the accounts of these receipts, and some that may be open again; locked, so that two imports
-- never pay the same debt. Drafts that have not matured by the day are meant for a part of some, and some were paid in part after
-- their discount was over. A charge belongs to the invoice that it is charged for, a notice's fee to the oldest of its invoices
-- that is open.
-- takes: receipts bigint[], reopened bigint[], day date
-- gives: id bigint, number text, creditor bigint, creditor_code text, customer bigint, currency text, issued_on date
-- gives: due_on date, amount_minor bigint, open_minor bigint, covered_minor bigint, discount_percent text?
-- gives: discount_until date?, late_minor bigint, procedure text?, contract_procedure text?, customer_procedure text?
-- gives: group_code text?, kind text, claim bigint, claim_due_on date, asked_on date?
WITH account AS MATERIALIZED (
    SELECT DISTINCT creditor_id, customer_id, currency FROM ltc.receipts WHERE id = ANY (:receipts)
)
SELECT i.id, i.number, i.creditor_id AS creditor, k.code AS creditor_code, i.customer_id AS customer,
    i.currency::text AS currency, i.issued_on, i.due_on, i.amount_minor, i.open_minor, coalesce((
        SELECT sum(v.amount_minor) FROM ltc.draft_covers AS v
        CROSS JOIN LATERAL (
            SELECT FROM ltc.receipts WHERE id = v.receipt_id AND cash_on > :day AND allocated_minor = 0 OFFSET 0) AS r
        WHERE v.invoice_id = i.id), 0)::bigint AS covered_minor,
    trim_scale(i.discount_percent)::text AS discount_percent, i.discount_until,
    CASE WHEN i.discount_until IS NULL THEN 0 ELSE i.allocated_minor - ltc.paid_by(i.id, i.discount_until) END AS late_minor,
    p.procedure, d.procedure AS contract_procedure, c.procedure AS customer_procedure, c.group_code, i.kind, p.id AS claim,
    p.due_on AS claim_due_on, n.run_date AS asked_on
FROM account AS a
-- Account by account: of a ledger that was just loaded nothing is known.
CROSS JOIN LATERAL (
    SELECT id FROM ltc.invoices
    WHERE (customer_id, creditor_id, currency) = (a.customer_id, a.creditor_id, a.currency) AND kind <> 'credit-note'
        AND (settled_before_minor + allocated_minor < amount_minor OR id IN (SELECT unnest(:reopened::bigint[])))
    OFFSET 0
) AS o
JOIN ltc.invoices AS i ON i.id = o.id
JOIN ltc.creditors AS k ON k.id = i.creditor_id
JOIN ltc.customers AS c ON c.id = i.customer_id
CROSS JOIN LATERAL (
    SELECT * FROM ltc.invoices WHERE id = CASE
        WHEN i.kind <> 'fee' THEN coalesce(i.charged_for_id, i.id)
        ELSE coalesce((
            SELECT t.invoice_id FROM ltc.notice_items AS t JOIN ltc.invoices AS x ON x.id = t.invoice_id
            WHERE t.notice_id = i.notice_id
            ORDER BY x.open_minor = 0 AND x.id <> ALL (:reopened::bigint[]), x.due_on, x.id LIMIT 1), i.id)
        END
    OFFSET 0
) AS p
LEFT JOIN ltc.contracts AS d ON d.id = p.contract_id
LEFT JOIN ltc.notices AS n ON n.id = i.notice_id
ORDER BY i.id FOR UPDATE OF i;

-- name: create_allocation_staging
-- Allocations on their way in.
CREATE TEMPORARY TABLE IF NOT EXISTS staged_allocations (
    receipt_id bigint, credit_note_id bigint, invoice_id bigint, amount_minor bigint, reason text, effective_on date, paid_on date
) ON COMMIT DROP;

-- name: empty_allocation_staging
-- Nothing of another import of the same transaction is left.
-- needs: create_allocation_staging
TRUNCATE staged_allocations;

-- name: copy_allocation
-- An allocation on its way in.
-- needs: create_allocation_staging
-- copies: receipt_id bigint?, credit_note_id bigint?, invoice_id bigint, amount_minor bigint, reason text, effective_on date
-- copies: paid_on date?
COPY staged_allocations (receipt_id, credit_note_id, invoice_id, amount_minor, reason, effective_on, paid_on)
FROM STDIN (FORMAT binary);

-- name: settled_later
-- All that settles items, and is paid out of receipts and credit notes, of which something counts later than a day: what they have, and
-- what of it is used from when on. No item is 0.
-- takes: invoices bigint[], receipts bigint[], credit_notes bigint[], days date[]
-- gives: kind text, id bigint, capacity bigint, day date, minor bigint
WITH given AS (
    SELECT * FROM unnest(:invoices::bigint[], :receipts::bigint[], :credit_notes::bigint[], :days::date[])
        AS g (invoice, receipt, credit_note, day)
), busy AS (
    SELECT 'invoice' AS kind, g.invoice AS id FROM given AS g CROSS JOIN LATERAL (
        SELECT FROM ltc.allocations AS a WHERE a.invoice_id = g.invoice AND a.effective_on > g.day LIMIT 1) AS a
    UNION
    SELECT 'receipt', g.receipt FROM given AS g CROSS JOIN LATERAL (
        SELECT FROM ltc.allocations AS a WHERE a.receipt_id = g.receipt AND a.effective_on > g.day LIMIT 1) AS a
    UNION
    SELECT 'credit-note', g.credit_note FROM given AS g CROSS JOIN LATERAL (
        SELECT FROM ltc.allocations AS a WHERE a.credit_note_id = g.credit_note AND a.effective_on > g.day LIMIT 1) AS a
)
SELECT b.kind, b.id, i.amount_minor - i.settled_before_minor AS capacity, a.effective_on AS day, a.amount_minor AS minor
FROM busy AS b JOIN ltc.invoices AS i ON i.id = b.id JOIN ltc.allocations AS a ON a.invoice_id = i.id
WHERE b.kind = 'invoice'
UNION ALL
SELECT b.kind, b.id, i.amount_minor - i.settled_before_minor, a.effective_on, a.amount_minor
FROM busy AS b JOIN ltc.invoices AS i ON i.id = b.id JOIN ltc.allocations AS a ON a.credit_note_id = i.id
WHERE b.kind = 'credit-note'
UNION ALL
SELECT b.kind, b.id, r.amount_minor, a.effective_on, a.amount_minor
FROM busy AS b JOIN ltc.receipts AS r ON r.id = b.id JOIN ltc.allocations AS a ON a.receipt_id = r.id
WHERE b.kind = 'receipt'
ORDER BY kind, id, day;

-- name: insert_allocations
-- The staged allocations as facts, each with its event at the invoice that it closes.
-- takes: at timestamptz, actor text?
-- needs: create_allocation_staging
WITH closed AS (
    INSERT INTO ltc.allocations (
        receipt_id, credit_note_id, invoice_id, team_id, currency, amount_minor, reason, effective_on, paid_on)
    SELECT s.receipt_id, s.credit_note_id, s.invoice_id, i.team_id, i.currency, s.amount_minor, s.reason, s.effective_on, s.paid_on
    FROM staged_allocations AS s
    CROSS JOIN LATERAL (SELECT team_id, currency FROM ltc.invoices WHERE id = s.invoice_id OFFSET 0) AS i
    RETURNING receipt_id, credit_note_id, invoice_id, team_id, currency, amount_minor, reason, effective_on, paid_on
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
SELECT 'invoice', c.invoice_id, c.team_id,
    CASE WHEN c.receipt_id IS NOT NULL AND c.amount_minor < 0 THEN 'payment_reversed'
        WHEN c.receipt_id IS NOT NULL THEN 'payment_allocated' WHEN c.credit_note_id IS NOT NULL THEN 'credit_note_set_off'
        WHEN c.amount_minor < 0 THEN 'item_reopened' ELSE 'item_closed' END,
    :at, coalesce(:actor, session_user), c.reason, jsonb_strip_nulls(jsonb_build_object(
        'receipt', c.receipt_id, 'credit_note', c.credit_note_id, 'currency', c.currency, 'amount_minor', c.amount_minor,
        'effective_on', c.effective_on, 'paid_on', c.paid_on))
FROM closed AS c;

-- name: insert_draft_covers
-- What drafts are meant for until they mature, each with its event at the invoice.
-- takes: receipts bigint[], invoices bigint[], minors bigint[], reasons text[], at timestamptz, actor text?
WITH covered AS (
    INSERT INTO ltc.draft_covers (receipt_id, invoice_id, team_id, currency, amount_minor, reason)
    SELECT c.receipt, c.invoice, i.team_id, i.currency, c.minor, c.reason
    FROM unnest(:receipts::bigint[], :invoices::bigint[], :minors::bigint[], :reasons::text[])
        WITH ORDINALITY AS c (receipt, invoice, minor, reason, place)
    JOIN ltc.invoices AS i ON i.id = c.invoice
    ORDER BY c.place
    RETURNING receipt_id, invoice_id, team_id, currency, amount_minor, reason
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
SELECT 'invoice', c.invoice_id, c.team_id, 'draft_received', :at, coalesce(:actor, session_user), c.reason, jsonb_build_object(
    'receipt', c.receipt_id, 'currency', c.currency, 'amount_minor', c.amount_minor, 'matures_on', r.matures_on)
FROM covered AS c JOIN ltc.receipts AS r ON r.id = c.receipt_id;

-- name: drafts_to_mature
-- Drafts that have matured by a day and have not paid yet; of a team, of a customer, or of all.
-- takes: team bigint?, customer bigint?, day date
-- gives: id bigint
SELECT id FROM ltc.receipts
WHERE kind = 'draft' AND allocated_minor < amount_minor AND allocated_minor = 0 AND matures_on <= :day
    AND customer_id IS NOT NULL AND waiting IS NULL AND (:team::bigint IS NULL OR team_id = :team)
    AND (:customer::bigint IS NULL OR customer_id = :customer)
ORDER BY id FOR UPDATE;

-- name: record_maturity
-- A draft is money now.
-- takes: receipts bigint[], at timestamptz, actor text
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
SELECT 'receipt', id, team_id, 'draft_matured', :at, :actor, 'matured', jsonb_build_object('matures_on', matures_on)
FROM ltc.receipts WHERE id = ANY (:receipts) ORDER BY id;

-- name: list_receipts
-- Money that came in, latest first.
-- takes: team text?, customer text?, unallocated boolean, only_waiting boolean, only_drafts boolean, most bigint
-- gives: id bigint, reference text, booked_on date, customer text?, customer_name text?, currency text
-- gives: amount_minor bigint, allocated_minor bigint, remittance text?, waiting text?, kind text, matures_on date?
-- gives: is_reversed boolean
SELECT r.id, r.reference, r.booked_on, c.number AS customer, c.name AS customer_name, r.currency::text AS currency,
    r.amount_minor, r.allocated_minor, r.remittance, r.waiting, r.kind, r.matures_on,
    EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.receipt_id = r.id) AS is_reversed
FROM ltc.receipts AS r
LEFT JOIN ltc.customers AS c ON c.id = r.customer_id
JOIN ltc.teams AS t ON t.id = r.team_id
WHERE (:team::text IS NULL OR t.code = :team) AND (:customer::text IS NULL OR :customer IN (c.number, c.source || ':' || c.number))
    AND (NOT :unallocated OR r.allocated_minor < r.amount_minor) AND (NOT :only_waiting OR r.waiting IS NOT NULL)
    AND (NOT :only_drafts OR r.kind = 'draft')
ORDER BY r.booked_on DESC, r.id DESC LIMIT :most;

-- name: show_receipt
-- A receipt with what the bank told of it.
-- takes: receipt bigint
-- gives: id bigint, source text, reference text, creditor text, customer text?, customer_name text?, team text
-- gives: booked_on date, currency text, amount_minor bigint, allocated_minor bigint, remittance text?, iban text?
-- gives: waiting text?, account text?, statement text?, value_on date?, charges_minor bigint?, service_reference text?
-- gives: end_to_end text?, structured_reference text?, debtor_name text?, reversed_on date?, reversal_reason text?
-- gives: kind text, matures_on date?, cash_of text?, cashed_by text?, part_of text?, parts text[]
SELECT r.id, r.source, r.reference, k.code AS creditor, c.number AS customer, c.name AS customer_name, t.code AS team,
    r.booked_on, r.currency::text AS currency, r.amount_minor, r.allocated_minor, r.remittance, r.iban, r.waiting,
    e.account, b.statement, e.value_on, e.charges_minor, e.service_reference, e.end_to_end, e.structured_reference,
    e.debtor_name, v.effective_on AS reversed_on, v.reason AS reversal_reason, r.kind, r.matures_on,
    d.reference AS cash_of, m.reference AS cashed_by, o.reference AS part_of, ARRAY(
        SELECT p.reference FROM ltc.receipts AS p WHERE p.part_of_id = r.id ORDER BY p.id) AS parts
FROM ltc.receipts AS r
JOIN ltc.creditors AS k ON k.id = r.creditor_id
JOIN ltc.teams AS t ON t.id = r.team_id
LEFT JOIN ltc.customers AS c ON c.id = r.customer_id
LEFT JOIN ltc.bank_entries AS e ON e.receipt_id = r.id
LEFT JOIN ltc.bank_statements AS b ON b.id = e.statement_id
LEFT JOIN ltc.receipt_reversals AS v ON v.receipt_id = r.id
LEFT JOIN ltc.receipts AS d ON d.id = v.draft_id
LEFT JOIN ltc.receipt_reversals AS w ON w.draft_id = r.id
LEFT JOIN ltc.receipts AS m ON m.id = w.receipt_id
LEFT JOIN ltc.receipts AS o ON o.id = r.part_of_id
WHERE r.id = :receipt;

-- name: allocations_of
-- What a receipt paid, and what was taken back of it.
-- takes: receipt bigint
-- gives: invoice text, amount_minor bigint, reason text, effective_on date
SELECT i.number AS invoice, a.amount_minor, a.reason, a.effective_on
FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
WHERE a.receipt_id = :receipt ORDER BY a.id;

-- name: covers_of
-- What a draft is meant for.
-- takes: receipt bigint
-- gives: invoice text, amount_minor bigint, reason text
SELECT i.number AS invoice, v.amount_minor, v.reason
FROM ltc.draft_covers AS v JOIN ltc.invoices AS i ON i.id = v.invoice_id
WHERE v.receipt_id = :receipt ORDER BY v.id;

-- name: story_of
-- What was decided about a receipt, with its why.
-- takes: receipt bigint
-- gives: kind text, recorded_at timestamptz, actor text, reason text?, detail jsonb
SELECT kind, recorded_at, actor, reason, detail FROM ltc.events
WHERE subject_kind = 'receipt' AND subject_id = :receipt ORDER BY id;

-- name: lock_receipt
-- A receipt that somebody decides about.
-- takes: receipt bigint
-- gives: id bigint, creditor bigint, customer bigint?, team bigint, currency text, booked_on date, amount_minor bigint
-- gives: allocated_minor bigint, waiting text?, cash_on date, is_draft boolean, covered_minor bigint
-- gives: is_reversed boolean, cashed_by bigint?, came_in_minor bigint?, rest text?
SELECT r.id, r.creditor_id AS creditor, r.customer_id AS customer, r.team_id AS team, r.currency::text AS currency,
    r.booked_on, r.amount_minor, r.allocated_minor, r.waiting, r.cash_on,
    r.kind = 'draft' AS is_draft,
    (SELECT coalesce(sum(v.amount_minor), 0) FROM ltc.draft_covers AS v WHERE v.receipt_id = r.id)::bigint AS covered_minor,
    EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.receipt_id = r.id) AS is_reversed,
    (SELECT v.receipt_id FROM ltc.receipt_reversals AS v WHERE v.draft_id = r.id) AS cashed_by,
    (SELECT k.amount_minor FROM ltc.bank_entries AS k WHERE k.receipt_id = r.id) AS came_in_minor, (
        SELECT p.reference FROM ltc.receipts AS p
        WHERE p.part_of_id = r.id AND NOT EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.receipt_id = p.id)
        ORDER BY p.id LIMIT 1) AS rest
FROM ltc.receipts AS r WHERE r.id = :receipt FOR UPDATE OF r;

-- name: lock_invoice
-- The invoice that a person names.
-- takes: number text, creditor bigint, day date
-- gives: id bigint, customer bigint, currency text, issued_on date, due_on date, amount_minor bigint, open_minor bigint
-- gives: covered_minor bigint, discount_percent text?, discount_until date?, late_minor bigint
SELECT i.id, i.customer_id AS customer, i.currency::text AS currency, i.issued_on, i.due_on, i.amount_minor, i.open_minor,
    coalesce((
        SELECT sum(v.amount_minor) FROM ltc.draft_covers AS v JOIN ltc.receipts AS r ON r.id = v.receipt_id
        WHERE v.invoice_id = i.id AND r.cash_on > :day AND r.allocated_minor = 0), 0)::bigint AS covered_minor,
    trim_scale(i.discount_percent)::text AS discount_percent, i.discount_until,
    CASE WHEN i.discount_until IS NULL THEN 0 ELSE i.allocated_minor - ltc.paid_by(i.id, i.discount_until) END AS late_minor
FROM ltc.invoices AS i WHERE i.number = :number AND i.creditor_id = :creditor AND i.kind <> 'credit-note'
ORDER BY i.id FOR UPDATE OF i;

-- name: customer_by_number
-- The customer that a person names, by the number or as `source:number`.
-- takes: name text
-- gives: id bigint, name text
SELECT id, source || ':' || number AS name FROM ltc.customers WHERE :name IN (number, source || ':' || number) ORDER BY id;

-- name: take_back_allocations
-- What a receipt paid is owed again, and with it what closed without money behind the payment: a row against each of these
-- allocations, and an event at each invoice.
-- takes: receipt bigint, day date, at timestamptz, actor text, reason text
WITH paid AS (
    SELECT receipt_id, invoice_id, team_id, currency, -sum(amount_minor) AS amount_minor, 'reversed' AS reason,
        -- What it paid only later, it did not pay before.
        greatest(:day::date, effective_on) AS effective_on
    FROM ltc.allocations WHERE receipt_id = :receipt
    GROUP BY receipt_id, invoice_id, team_id, currency, greatest(:day::date, effective_on) HAVING sum(amount_minor) <> 0
), taken AS (
    INSERT INTO ltc.allocations (receipt_id, invoice_id, team_id, currency, amount_minor, reason, effective_on)
    SELECT receipt_id, invoice_id, team_id, currency, amount_minor, reason, effective_on FROM paid
    UNION ALL
    SELECT NULL, invoice_id, team_id, currency, -sum(amount_minor), reason, greatest(:day::date, effective_on)
    FROM ltc.allocations
    WHERE reason IN ('discount_taken', 'small_difference') AND invoice_id = ANY (ARRAY(SELECT invoice_id FROM paid))
    GROUP BY invoice_id, team_id, currency, reason, greatest(:day::date, effective_on) HAVING sum(amount_minor) <> 0
    RETURNING receipt_id, invoice_id, team_id, currency, amount_minor, reason, effective_on
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
SELECT 'invoice', t.invoice_id, t.team_id, CASE WHEN t.receipt_id IS NULL THEN 'item_reopened' ELSE 'payment_reversed' END,
    :at, :actor, CASE WHEN t.receipt_id IS NULL THEN t.reason ELSE :reason END, jsonb_build_object(
        'receipt', :receipt::bigint, 'currency', t.currency, 'amount_minor', t.amount_minor, 'effective_on', t.effective_on)
FROM taken AS t;

-- name: release_allocations
-- A receipt had been taken for other money than it is: what it paid was never paid by it, nor closed behind it, and it waits for a
-- person. A row against each of these allocations, of its own day, and an event at each invoice.
-- takes: receipt bigint, at timestamptz, actor text, reason text
WITH paid AS (
    SELECT receipt_id, invoice_id, team_id, currency, -sum(amount_minor) AS amount_minor, effective_on
    FROM ltc.allocations WHERE receipt_id = :receipt
    GROUP BY receipt_id, invoice_id, team_id, currency, effective_on HAVING sum(amount_minor) <> 0
), taken AS (
    INSERT INTO ltc.allocations (receipt_id, invoice_id, team_id, currency, amount_minor, reason, effective_on)
    SELECT receipt_id, invoice_id, team_id, currency, amount_minor, 'reversed', effective_on FROM paid
    UNION ALL
    SELECT NULL, invoice_id, team_id, currency, -sum(amount_minor), reason, effective_on
    FROM ltc.allocations
    WHERE reason IN ('discount_taken', 'small_difference') AND invoice_id = ANY (ARRAY(SELECT invoice_id FROM paid))
    GROUP BY invoice_id, team_id, currency, reason, effective_on HAVING sum(amount_minor) <> 0
    RETURNING receipt_id, invoice_id, team_id, currency, amount_minor, reason, effective_on
), told AS (
    INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
    SELECT 'invoice', t.invoice_id, t.team_id,
        CASE WHEN t.receipt_id IS NULL THEN 'item_reopened' ELSE 'payment_reversed' END, :at, :actor,
        CASE WHEN t.receipt_id IS NULL THEN t.reason ELSE :reason END, jsonb_build_object(
            'receipt', :receipt::bigint, 'currency', t.currency, 'amount_minor', t.amount_minor,
            'effective_on', t.effective_on)
    FROM taken AS t
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason)
SELECT 'receipt', id, team_id, 'receipt_released', :at, :actor, :reason FROM ltc.receipts WHERE id = :receipt;

-- name: await_person
-- Nobody knows any more whose money a receipt is.
-- takes: receipt bigint
UPDATE ltc.receipts SET customer_id = NULL, waiting = 'released' WHERE id = :receipt;

-- name: paid_by
-- What a receipt has paid, in the order in which it did.
-- takes: receipt bigint
-- gives: invoice bigint, number text, creditor bigint, minor bigint
SELECT a.invoice_id AS invoice, i.number, i.creditor_id AS creditor, sum(a.amount_minor)::bigint AS minor
FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id WHERE a.receipt_id = :receipt
GROUP BY a.invoice_id, i.number, i.creditor_id HAVING sum(a.amount_minor) <> 0 ORDER BY min(a.id);

-- name: insert_part
-- A part of a receipt of which a part went back, as a receipt of its own: what stays of it (`rest`), or what went back (`returned`).
-- takes: receipt bigint, name text, minor bigint, at timestamptz, actor text
-- gives: id bigint
WITH part AS (
    INSERT INTO ltc.receipts (
        source, reference, creditor_id, team_id, booked_on, currency, amount_minor, remittance, iban, customer_id, waiting,
        part_of_id)
    SELECT source, format('%s %s', reference, :name::text) || CASE WHEN EXISTS (
            SELECT FROM ltc.receipts AS o WHERE (o.source, o.reference) = (r.source, format('%s %s', r.reference, :name::text))
        ) THEN ' #' || id ELSE '' END, creditor_id, team_id, booked_on, currency, :minor, remittance, iban,
        customer_id, waiting, id
    FROM ltc.receipts AS r WHERE id = :receipt
    RETURNING id, team_id
), told AS (
    INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
    SELECT 'receipt', id, team_id, 'receipt_booked', :at, :actor, 'part_of_a_return',
        jsonb_build_object('receipt', :receipt::bigint)
    FROM part
)
SELECT id FROM part;

-- name: insert_reversal
-- A receipt is taken back, once.
-- takes: receipt bigint, day date, at timestamptz, actor text, reason text, entry bigint?, draft bigint?
WITH reversal AS (
    INSERT INTO ltc.receipt_reversals (
        receipt_id, team_id, currency, amount_minor, reason, bank_entry_id, draft_id, actor, effective_on)
    SELECT id, team_id, currency, amount_minor, :reason, :entry, :draft, :actor, :day FROM ltc.receipts WHERE id = :receipt
    RETURNING receipt_id, team_id, amount_minor
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
SELECT 'receipt', v.receipt_id, v.team_id, 'receipt_reversed', :at, :actor, :reason, jsonb_build_object(
    'amount_minor', v.amount_minor, 'effective_on', :day::date, 'bank_entry', :entry::bigint, 'draft', :draft::bigint)
FROM reversal AS v;
