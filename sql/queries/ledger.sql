-- name: lock_item
-- An item that a person names; of any kind.
-- takes: number text, source text?
-- gives: id bigint, source text, number text, kind text, team bigint, zone text, creditor bigint, customer bigint, currency text
-- gives: issued_on date, open_minor bigint
SELECT i.id, i.source, i.number, i.kind, i.team_id AS team, t.zone, i.creditor_id AS creditor, i.customer_id AS customer,
    i.currency::text AS currency, i.issued_on, i.open_minor
FROM ltc.invoices AS i JOIN ltc.teams AS t ON t.id = i.team_id
WHERE ltc.plain_number(i.number) = ltc.plain_number(:number) AND i.number = :number
    AND (:source::text IS NULL OR i.source = :source)
ORDER BY i.id FOR UPDATE OF i;

-- name: record_decision
-- One event for what a person decides about an item.
-- takes: invoice bigint, team bigint, kind text, actor text, at timestamptz, reason text?, detail jsonb
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
VALUES ('invoice', :invoice, :team, :kind, :at, :actor, :reason, :detail);

-- name: add_write_off
-- A write-off that waits for somebody else, or is done.
-- takes: invoice bigint, amount_minor bigint, reason text, effective_on date, state text, actor text, decided_at timestamptz?
-- gives: id bigint
INSERT INTO ltc.write_offs (
    team_id, invoice_id, currency, amount_minor, reason, effective_on, state, proposed_by, decided_by, decided_at)
SELECT team_id, id, currency, :amount_minor, :reason, :effective_on, :state, :actor,
    CASE WHEN :decided_at::timestamptz IS NOT NULL THEN :actor END, :decided_at
FROM ltc.invoices WHERE id = :invoice
RETURNING id;

-- name: write_offs_of
-- The write-offs of an invoice, those that only wait and those that were refused among them; `known` asks for those of then.
-- takes: invoice bigint, known timestamptz?
-- gives: id bigint, amount_minor bigint, reason text, effective_on date, state text, proposed_by text, decided_by text?
SELECT w.id, w.amount_minor, w.reason, w.effective_on,
    CASE WHEN :known::timestamptz IS NULL THEN w.state ELSE coalesce(was.state, 'proposed') END AS state, w.proposed_by,
    CASE WHEN :known::timestamptz IS NULL OR was.state <> 'proposed' THEN w.decided_by END AS decided_by
FROM ltc.write_offs AS w
LEFT JOIN LATERAL (
    SELECT substring(e.kind FROM '^write_off_(.*)$') AS state FROM ltc.events AS e
    WHERE e.subject_kind = 'invoice' AND e.subject_id = w.invoice_id AND e.kind LIKE 'write\_off\_%'
        AND e.detail ->> 'write_off' = w.id::text AND e.recorded_at <= :known
    ORDER BY e.id DESC LIMIT 1
) AS was ON true
WHERE w.invoice_id = :invoice AND w.recorded_at <= coalesce(:known::timestamptz, 'infinity') ORDER BY w.id;

-- name: decide_write_off
-- Where a write-off stands, by whom.
-- takes: id bigint, state text, actor text, at timestamptz
UPDATE ltc.write_offs SET state = :state, decided_by = :actor, decided_at = :at WHERE id = :id;

-- name: list_write_offs
-- Write-offs, the latest first.
-- takes: team text?, state text?, most bigint
-- gives: id bigint, invoice text, customer text, customer_name text, currency text, amount_minor bigint, open_minor bigint
-- gives: reason text, effective_on date, state text, proposed_by text, decided_by text?
SELECT w.id, i.number AS invoice, c.number AS customer, c.name AS customer_name, w.currency::text AS currency,
    w.amount_minor, i.open_minor, w.reason, w.effective_on, w.state, w.proposed_by, w.decided_by
FROM ltc.write_offs AS w
JOIN ltc.invoices AS i ON i.id = w.invoice_id
JOIN ltc.customers AS c ON c.id = i.customer_id
JOIN ltc.teams AS t ON t.id = w.team_id
WHERE (:team::text IS NULL OR t.code = :team) AND (:state::text IS NULL OR w.state = :state)
ORDER BY w.id DESC LIMIT :most;

-- name: set_off_between
-- What of a credit note is set off against an invoice, and since when.
-- takes: credit_note bigint, invoice bigint
-- gives: minor bigint, since date?
SELECT coalesce(sum(amount_minor), 0)::bigint AS minor, max(effective_on) FILTER (WHERE amount_minor > 0) AS since
FROM ltc.allocations WHERE credit_note_id = :credit_note AND invoice_id = :invoice;
