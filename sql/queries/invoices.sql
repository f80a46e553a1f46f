-- name: list_invoices
-- Invoices and credit notes, the longest due first: as they are, or as of a day and as known at an instant. Levels are those of now.
-- takes: team text?, customer text?, only_open boolean, overdue_on date?, day date?, known timestamptz?, most bigint
-- gives: number text, kind text, creditor text, customer text, customer_name text, issued_on date, due_on date
-- gives: currency text, amount_minor bigint, open_minor bigint, dunning_level integer, last_notice_on date?
SELECT i.number, i.kind, k.code AS creditor, c.number AS customer, c.name AS customer_name, i.issued_on, o.due_on,
    i.currency::text AS currency, o.amount_minor, o.open_minor, i.dunning_level, i.last_notice_on
FROM (
    SELECT id, due_on, amount_minor, open_minor FROM ltc.invoices WHERE :day::date IS NULL
    UNION ALL
    SELECT item_id, due_on, amount_minor, open_minor FROM ltc.open_items(:day, :known, NULL, NULL)
) AS o
JOIN ltc.invoices AS i ON i.id = o.id
JOIN ltc.creditors AS k ON k.id = i.creditor_id
JOIN ltc.customers AS c ON c.id = i.customer_id
JOIN ltc.teams AS t ON t.id = i.team_id
WHERE (:team::text IS NULL OR t.code = :team) AND (:customer::text IS NULL OR :customer IN (c.number, c.source || ':' || c.number))
    AND (NOT :only_open OR o.open_minor > 0)
    AND (:overdue_on::date IS NULL OR i.kind <> 'credit-note' AND o.open_minor > 0 AND o.due_on < :overdue_on)
ORDER BY o.due_on, i.id LIMIT :most;

-- name: show_invoice
-- An invoice by its number, of one source if that is given; `known` asks for what it said then.
-- takes: number text, source text?, known timestamptz?
-- gives: id bigint, source text, number text, kind text, creditor_id bigint, creditor text, customer_id bigint
-- gives: customer text, customer_name text, customer_procedure text?, group_code text?, contract text?, team text
-- gives: zone text, issued_on date
-- gives: due_on date, currency text, amount_minor bigint, settled_before_minor bigint, allocated_minor bigint
-- gives: open_minor bigint, dunning_level integer, last_notice_on date?, notice text?, charged_for text?
-- gives: recorded_at timestamptz
SELECT i.id, i.source, i.number, i.kind, i.creditor_id, k.code AS creditor, i.customer_id, c.number AS customer,
    c.name AS customer_name,
    CASE WHEN terms.detail IS NULL THEN c.procedure ELSE terms.detail ->> 'procedure' END AS customer_procedure,
    CASE WHEN terms.detail IS NULL THEN c.group_code ELSE terms.detail ->> 'group_code' END AS group_code,
    d.number AS contract, t.code AS team, t.zone,
    i.issued_on, coalesce(v.due_on, i.due_on) AS due_on,
    i.currency::text AS currency, coalesce(v.amount_minor, i.amount_minor) AS amount_minor, i.settled_before_minor, i.allocated_minor, i.open_minor,
    i.dunning_level, i.last_notice_on, n.number AS notice, f.number AS charged_for, i.recorded_at
FROM ltc.invoices AS i
JOIN ltc.creditors AS k ON k.id = i.creditor_id
JOIN ltc.customers AS c ON c.id = i.customer_id
JOIN ltc.teams AS t ON t.id = i.team_id
LEFT JOIN ltc.contracts AS d ON d.id = i.contract_id
LEFT JOIN ltc.versions_at('infinity', :known) AS v ON v.invoice_id = i.id
LEFT JOIN ltc.notices AS n ON n.id = i.notice_id
LEFT JOIN ltc.invoices AS f ON f.id = i.charged_for_id
LEFT JOIN LATERAL (
    SELECT e.detail FROM ltc.events AS e
    WHERE e.subject_kind = 'customer' AND e.subject_id = c.id AND e.kind = 'dunning_terms_changed' AND e.recorded_at > :known
    ORDER BY e.id LIMIT 1
) AS terms ON true
WHERE ltc.plain_number(i.number) = ltc.plain_number(:number) AND i.number = :number
    AND (:source::text IS NULL OR i.source = :source)
ORDER BY i.id;

-- name: instalments_of
-- The items of an invoice that is paid in instalments, the first due first.
-- takes: number text
-- gives: number text
SELECT number FROM ltc.invoices WHERE instalment_of = :number AND ltc.plain_number(instalment_of) = ltc.plain_number(:number)
ORDER BY due_on, id;

-- name: closings_of
-- What closed an invoice or a credit note, or a part of it, and why: a receipt, the other side of a set-off, or no money. A side
-- that is not for who asks to see has no number, only its id. `through` asks for the ledger of a day that is over, `known` for what
-- was known then.
-- takes: invoice bigint, through date?, known timestamptz?
-- gives: receipt text?, counterpart text?, effective_on date, paid_on date?, amount_minor bigint, reason text
SELECT coalesce(r.reference, 'receipt ' || a.receipt_id) AS receipt,
    CASE WHEN a.credit_note_id IS NOT NULL THEN coalesce(o.number, 'item '
        || CASE a.invoice_id WHEN :invoice THEN a.credit_note_id ELSE a.invoice_id END) END AS counterpart,
    a.effective_on, a.paid_on, a.amount_minor, a.reason
FROM ltc.allocations AS a
LEFT JOIN ltc.receipts AS r ON r.id = a.receipt_id
LEFT JOIN ltc.invoices AS o ON a.credit_note_id IS NOT NULL
    AND o.id = CASE a.invoice_id WHEN :invoice THEN a.credit_note_id ELSE a.invoice_id END
WHERE (a.invoice_id = :invoice OR a.credit_note_id = :invoice)
    AND a.effective_on <= coalesce(:through::date, 'infinity')
    AND a.recorded_at <= coalesce(:known::timestamptz, 'infinity')
ORDER BY a.id;

-- name: matured_drafts
-- Drafts of an account that have matured by a day and had paid nothing by then, as far as it was known.
-- takes: creditor bigint, customer bigint, currency text, day date, known timestamptz?
-- gives: matures_on date, amount_minor bigint
SELECT r.matures_on, r.amount_minor FROM ltc.receipts AS r
WHERE r.creditor_id = :creditor AND r.customer_id = :customer AND r.currency = :currency AND r.kind = 'draft'
    AND r.waiting IS NULL AND r.matures_on <= :day AND r.recorded_at <= coalesce(:known::timestamptz, 'infinity')
    AND NOT EXISTS (
        SELECT FROM ltc.allocations AS a
        WHERE a.receipt_id = r.id AND a.effective_on <= :day AND a.recorded_at <= coalesce(:known::timestamptz, 'infinity'))
    AND NOT EXISTS (
        SELECT FROM ltc.receipt_reversals AS v
        WHERE v.receipt_id = r.id AND v.effective_on <= :day AND v.recorded_at <= coalesce(:known::timestamptz, 'infinity'))
ORDER BY r.matures_on;

-- name: covers_of_invoice
-- Drafts that are meant for an invoice, and what became of each.
-- takes: invoice bigint, day date, known timestamptz?
-- gives: reference text, matures_on date, amount_minor bigint, is_reversed boolean, has_paid boolean
SELECT r.reference, r.matures_on, v.amount_minor, EXISTS (
        SELECT FROM ltc.receipt_reversals AS b
        WHERE b.receipt_id = r.id AND b.effective_on <= :day AND b.recorded_at <= coalesce(:known::timestamptz, 'infinity')
    ) AS is_reversed, r.matures_on <= :day AS has_paid
FROM ltc.draft_covers AS v JOIN ltc.receipts AS r ON r.id = v.receipt_id
WHERE v.invoice_id = :invoice AND v.recorded_at <= coalesce(:known::timestamptz, 'infinity') ORDER BY v.id;

-- name: notices_of
-- The notices that named an invoice, each with its computation and the decision of its run; those of the days through one that
-- is over (`through`), and as far as was known then (`known`).
-- takes: invoice bigint, through date?, known timestamptz?
-- gives: id bigint, number text?, run_date date, state text, reason text?, procedure text, days_overdue integer
-- gives: open_minor bigint, level_before integer, level integer, interest_minor bigint, compensation_minor bigint
-- gives: computation text, run bigint, configuration_version bigint?
SELECT n.id, CASE WHEN coalesce(was.to_state, n.state) <> 'proposed' THEN n.number END AS number, n.run_date,
    coalesce(was.to_state, n.state) AS state,
    CASE WHEN was.to_state IS NULL THEN n.reason WHEN was.to_state <> 'sent' THEN was.reason END AS reason,
    n.procedure, t.days_overdue, t.open_minor, t.level_before, t.level,
    t.interest_minor, t.compensation_minor, t.computation, n.run_id AS run, r.configuration_version
FROM (
    -- As it was known then is as it was first replaced afterwards.
    SELECT DISTINCT ON (i.notice_id) i.*
    FROM (
        SELECT notice_id, days_overdue, open_minor, level_before, level, interest_minor, compensation_minor, computation,
            'infinity'::timestamptz AS replaced_at
        FROM ltc.notice_items WHERE invoice_id = :invoice
        UNION ALL
        SELECT notice_id, days_overdue, open_minor, level_before, level, interest_minor, compensation_minor, computation,
            replaced_at
        FROM ltc.former_notice_items WHERE invoice_id = :invoice AND replaced_at > :known::timestamptz
    ) AS i
    ORDER BY i.notice_id, i.replaced_at
) AS t
JOIN ltc.notices AS n ON n.id = t.notice_id
JOIN ltc.runs AS r ON r.id = n.run_id
LEFT JOIN LATERAL (
    SELECT e.to_state, e.reason FROM ltc.events AS e
    WHERE e.subject_kind = 'notice' AND e.subject_id = n.id AND e.recorded_at <= :known ORDER BY e.id DESC LIMIT 1
) AS was ON true
WHERE n.created_at <= coalesce(:known::timestamptz, 'infinity')
    AND n.run_date <= coalesce(:through::date, 'infinity')
ORDER BY n.run_date, n.id;

-- name: account_items
-- Every open invoice of the account that an invoice belongs to, and that one (`including`), open or not: dunning decides about
-- accounts. `through` asks for the ledger
-- of a day that is over, `known` for what was known then: invoices, payments and levels that were recorded by that instant.
-- takes: creditor bigint, customer bigint, currency text, including bigint?, through date?, known timestamptz?
-- gives: id bigint, number text, issued_on date, due_on date, open_minor bigint, dunning_level integer
-- gives: last_notice_on date?, procedure text?, contract_procedure text?, shifts_due_date boolean, original_minor bigint
-- gives: contract_on date?, instalment_of text?
WITH item AS (
    SELECT i.*, d.starts_on AS contract_on,
        CASE WHEN terms.detail IS NULL THEN d.procedure ELSE terms.detail ->> 'procedure' END AS contract_procedure,
        coalesce((terms.detail ->> 'shifts_due_dates')::boolean, d.shifts_due_dates, false) AS shifts_due_date, o.due_on AS known_due_on, o.open_minor AS known_open_minor,
        o.amount_minor AS known_amount_minor
    FROM ltc.open_items(coalesce(:through::date, 'infinity'), :known, NULL, :customer) AS o
    JOIN ltc.invoices AS i ON i.id = o.item_id
    LEFT JOIN ltc.contracts AS d ON d.id = i.contract_id
    LEFT JOIN LATERAL (
        SELECT e.detail FROM ltc.events AS e
        WHERE e.subject_kind = 'contract' AND e.subject_id = d.id AND e.kind = 'dunning_terms_changed' AND e.recorded_at > :known
        ORDER BY e.id LIMIT 1
    ) AS terms ON true
    WHERE i.creditor_id = :creditor AND i.currency = :currency AND i.kind = 'invoice'
        AND (o.open_minor > 0 OR i.id = :including)
)
SELECT i.id, i.number, i.issued_on, i.known_due_on AS due_on, i.known_open_minor AS open_minor,
    CASE WHEN :known::timestamptz IS NULL THEN i.dunning_level
        ELSE coalesce(was.to_state::integer, later.from_state::integer, i.dunning_level) END AS dunning_level,
    CASE
        WHEN :known::timestamptz IS NULL THEN i.last_notice_on
        WHEN was.kind = 'level_reached' THEN coalesce(was.told_on, was.accepted_on, was.run_date)
        WHEN was.kind = 'level_withdrawn' THEN CASE WHEN was.falls_to_level IS NULL THEN was.last_notice_before ELSE was.falls_to_notice_on END
        WHEN later.kind IS NOT NULL THEN later.last_notice_before
        ELSE i.last_notice_on
    END AS last_notice_on,
    i.procedure, i.contract_procedure, i.shifts_due_date, i.known_amount_minor AS original_minor, i.contract_on,
    i.instalment_of
FROM item AS i
LEFT JOIN LATERAL (
    SELECT e.kind, e.to_state, n.accepted_on, n.run_date, t.last_notice_before, t.falls_to_level, t.falls_to_notice_on,
        (e.detail ->> 'last_notice_on')::date AS told_on
    FROM ltc.events AS e
    LEFT JOIN ltc.notices AS n ON n.id = (e.detail ->> 'notice')::bigint
    LEFT JOIN ltc.notice_items AS t ON t.notice_id = n.id AND t.invoice_id = i.id
    WHERE e.subject_kind = 'invoice' AND e.subject_id = i.id AND e.kind IN ('level_reached', 'level_withdrawn')
        AND e.recorded_at <= :known
    ORDER BY e.id DESC LIMIT 1
) AS was ON true
LEFT JOIN LATERAL (
    SELECT e.kind, e.from_state,
        coalesce(t.last_notice_before, (e.detail ->> 'last_notice_before')::date) AS last_notice_before
    FROM ltc.events AS e
    LEFT JOIN ltc.notice_items AS t ON t.notice_id = (e.detail ->> 'notice')::bigint AND t.invoice_id = i.id
    WHERE e.subject_kind = 'invoice' AND e.subject_id = i.id AND e.kind = 'level_reached' AND e.recorded_at > :known
    ORDER BY e.id LIMIT 1
) AS later ON true
ORDER BY i.known_due_on, i.number;

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

-- name: account_paid
-- What was paid of an account lately.
-- takes: creditor bigint, customer bigint, currency text, since date, through date?, known timestamptz?
-- gives: minor bigint
SELECT coalesce(sum(a.amount_minor), 0)::bigint AS minor
FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
WHERE i.creditor_id = :creditor AND i.customer_id = :customer AND i.currency = :currency AND i.kind = 'invoice'
    AND a.effective_on BETWEEN :since AND coalesce(:through::date, 'infinity')
    AND a.recorded_at <= coalesce(:known::timestamptz, 'infinity');

-- name: account_notices
-- The notices of an account with their states, and the day on which the customer had each; as they were known then when `known`
-- asks for it: one that came back may have been accepted again.
-- takes: creditor bigint, customer bigint, currency text, known timestamptz?
-- gives: id bigint, number text?, channel text, reason text?, run_date date, accepted_on date, state text, rejected_on date?
SELECT n.id, CASE WHEN was.to_state IS DISTINCT FROM 'proposed' THEN n.number END AS number, n.channel, n.reason, n.run_date, coalesce(
        CASE WHEN :known::timestamptz IS NOT NULL THEN (
            SELECT (e.detail ->> 'last_notice_on')::date
            FROM ltc.notice_items AS t JOIN ltc.events AS e ON e.subject_kind = 'invoice' AND e.subject_id = t.invoice_id
            WHERE t.notice_id = n.id AND e.kind = 'level_reached' AND (e.detail ->> 'notice')::bigint = n.id
                AND e.recorded_at <= :known
            ORDER BY e.id DESC LIMIT 1) END,
        n.accepted_on, n.run_date) AS accepted_on,
    CASE WHEN :known::timestamptz IS NULL THEN n.state ELSE coalesce(was.to_state, n.state) END AS state, n.rejected_on
FROM ltc.notices AS n
LEFT JOIN LATERAL (
    SELECT e.to_state FROM ltc.events AS e
    WHERE e.subject_kind = 'notice' AND e.subject_id = n.id AND e.recorded_at <= :known ORDER BY e.id DESC LIMIT 1
) AS was ON true
WHERE n.creditor_id = :creditor AND n.customer_id = :customer AND n.currency = :currency
    AND n.created_at <= coalesce(:known::timestamptz, 'infinity')
ORDER BY n.id;

-- name: account_told
-- The last notice that paid items of an account know of, by a day: it may have come from another ledger. As it was known at an instant
-- (`known`): of all items that were recorded by then, before what was noticed later.
-- takes: creditor bigint, customer bigint, currency text, day date, known timestamptz?
-- gives: noticed_on date?
SELECT max(n.noticed_on) AS noticed_on
FROM ltc.invoices AS i
LEFT JOIN LATERAL (
    SELECT e.id, coalesce(t.last_notice_before, (e.detail ->> 'last_notice_before')::date) AS noticed_on
    FROM ltc.events AS e
    LEFT JOIN ltc.notice_items AS t ON t.notice_id = (e.detail ->> 'notice')::bigint AND t.invoice_id = i.id
    WHERE e.subject_kind = 'invoice' AND e.subject_id = i.id AND e.kind = 'level_reached' AND e.recorded_at > :known
    ORDER BY e.id LIMIT 1
) AS later ON true
CROSS JOIN LATERAL (SELECT CASE WHEN later.id IS NULL THEN i.last_notice_on ELSE later.noticed_on END AS noticed_on) AS n
WHERE i.creditor_id = :creditor AND i.customer_id = :customer AND i.currency = :currency AND i.kind = 'invoice'
    AND n.noticed_on <= :day
    AND (:known::timestamptz IS NOT NULL OR i.settled_before_minor + i.allocated_minor >= i.amount_minor)
    AND i.recorded_at <= coalesce(:known::timestamptz, 'infinity');

-- name: account_credit_known
-- What a customer had paid or been credited in one currency and that was not set off, in the ledger of a day that is over
-- (`through`) or as it was known then (`known`); drafts when they have matured by a day.
-- takes: creditor bigint, customer bigint, currency text, day date, through date?, known timestamptz?
-- gives: minor bigint
WITH theirs AS (
    SELECT r.*
    FROM ltc.receipts AS r
    LEFT JOIN LATERAL (
        SELECT e.detail FROM ltc.events AS e
        WHERE e.kind = 'payer_changed' AND e.subject_id = r.id AND e.recorded_at > :known::timestamptz ORDER BY e.id LIMIT 1
    ) AS later ON true
    WHERE (r.customer_id = :customer OR :known::timestamptz IS NOT NULL AND r.id IN (
            SELECT e.subject_id FROM ltc.events AS e
            WHERE e.kind = 'payer_changed' AND e.recorded_at > :known AND (e.detail ->> 'customer')::bigint = :customer))
        AND CASE WHEN later.detail IS NULL THEN r.customer_id ELSE (later.detail ->> 'customer')::bigint END = :customer
        AND r.creditor_id = :creditor AND r.currency = :currency AND (r.kind <> 'draft' OR r.matures_on <= :day)
        AND r.cash_on <= coalesce(:through::date, 'infinity') AND r.recorded_at <= coalesce(:known::timestamptz, 'infinity')
)
SELECT (
    coalesce((
        SELECT sum(r.amount_minor - coalesce((
            SELECT sum(a.amount_minor) FROM ltc.settlements AS a
            WHERE a.receipt_id = r.id AND a.effective_on <= coalesce(:through::date, 'infinity')
                AND a.recorded_at <= coalesce(:known::timestamptz, 'infinity')), 0) - coalesce((
            SELECT sum(v.amount_minor) FROM ltc.receipt_reversals AS v
            WHERE v.receipt_id = r.id AND v.effective_on <= coalesce(:through::date, 'infinity')
                AND v.recorded_at <= coalesce(:known::timestamptz, 'infinity')), 0))
        FROM theirs AS r), 0)
    + coalesce((
        SELECT sum(o.open_minor)
        FROM ltc.open_items(coalesce(:through::date, 'infinity'), :known, NULL, :customer) AS o
        WHERE o.creditor_id = :creditor AND o.currency = :currency AND o.kind = 'credit-note'), 0)
)::bigint AS minor;
