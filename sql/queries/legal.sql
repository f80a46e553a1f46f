-- name: to_hand_over
-- Notices of a run that go to a lawyer.
-- takes: run bigint
-- gives: id bigint
SELECT id FROM ltc.notices
WHERE run_id = :run AND channel = 'legal' AND number IS NOT NULL
    AND state NOT IN ('proposed', 'rejected', 'cancelled', 'reversed')
ORDER BY id;

-- name: claim
-- A notice and the account that it is about.
-- takes: notice bigint
-- gives: id bigint, number text?, channel text, state text, run_date date, pay_by date, level integer, creditor bigint
-- gives: creditor_name text, creditor_address text?, creditor_tax_id text?, customer bigint, customer_number text
-- gives: customer_name text, customer_address text?, customer_email text?, currency text, open_minor bigint
-- gives: charges_minor bigint, interest_minor bigint, compensation_minor bigint, fee_minor bigint, credit_minor bigint
-- gives: total_minor bigint, run bigint, team text
SELECT n.id, n.number, n.channel, n.state, n.run_date, n.pay_by, n.level, n.creditor_id AS creditor,
    k.name AS creditor_name, k.address AS creditor_address, k.tax_id AS creditor_tax_id, n.customer_id AS customer,
    c.number AS customer_number, c.name AS customer_name, c.address AS customer_address, c.email AS customer_email,
    n.currency::text AS currency, n.open_minor, n.charges_minor, n.interest_minor, n.compensation_minor, n.fee_minor,
    n.credit_minor, n.total_minor,
    n.run_id AS run, t.code AS team
FROM ltc.notices AS n
JOIN ltc.teams AS t ON t.id = n.team_id
JOIN ltc.creditors AS k ON k.id = n.creditor_id
JOIN ltc.customers AS c ON c.id = n.customer_id
WHERE n.id = :notice;

-- name: letters_before
-- The account's notices that the customer had, and the one that goes to the lawyer, oldest first.
-- takes: notice bigint
-- gives: id bigint
SELECT l.id
FROM ltc.notices AS n
JOIN ltc.notices AS l ON (l.creditor_id, l.customer_id, l.currency) = (n.creditor_id, n.customer_id, n.currency)
WHERE n.id = :notice AND l.id <= n.id AND (l.id = n.id OR l.accepted_on IS NOT NULL AND l.state <> 'reversed')
ORDER BY l.id;

-- name: claimed_invoices
-- What the notice asks for, with the contracts that it rests on.
-- takes: notice bigint
-- gives: number text, contract text?, issued_on date, due_on date, amount_minor bigint, open_minor bigint
-- gives: days_overdue integer, level integer, interest_minor bigint, compensation_minor bigint, computation text
SELECT i.number, d.number AS contract, i.issued_on, i.due_on, i.amount_minor, t.open_minor, t.days_overdue, t.level,
    t.interest_minor, t.compensation_minor, t.computation
FROM ltc.notice_items AS t
JOIN ltc.invoices AS i ON i.id = t.invoice_id
LEFT JOIN ltc.contracts AS d ON d.id = i.contract_id
WHERE t.notice_id = :notice ORDER BY i.due_on, i.number, i.id;

-- name: account_log
-- What became of the account's notices and of the claimed invoices: decisions, deliveries, answers, promises, disputes, holds.
-- takes: notice bigint
-- gives: at timestamptz, about text, what text, from_state text?, to_state text?, actor text, reason text?, detail text
WITH claim AS (SELECT * FROM ltc.notices WHERE id = :notice),
account AS (
    SELECT n.id, coalesce(n.number, n.id::text) AS name FROM ltc.notices AS n JOIN claim AS c
        ON (n.creditor_id, n.customer_id, n.currency) = (c.creditor_id, c.customer_id, c.currency)
), subjects AS (
    SELECT 'notice' AS kind, id, name FROM account
    UNION ALL
    SELECT 'invoice', i.id, i.number FROM ltc.notice_items AS t JOIN ltc.invoices AS i ON i.id = t.invoice_id
    WHERE t.notice_id = :notice
    UNION ALL
    SELECT 'customer', u.id, u.number FROM claim AS c JOIN ltc.customers AS u ON u.id = c.customer_id
), log AS (
    SELECT e.effective_at AS at, s.kind || ' ' || s.name AS about, e.kind AS what, e.from_state, e.to_state, e.actor,
        e.reason, e.detail::text AS detail
    FROM subjects AS s JOIN ltc.events AS e ON (e.subject_kind, e.subject_id) = (s.kind, s.id)
    WHERE e.kind ~ '^(notice|level|dunning|payment|promise|dispute|hold)'
    UNION ALL
    SELECT coalesce(m.accepted_at, m.created_at), 'notice ' || a.name, 'mail_' || m.state, NULL, NULL, 'ltcd', m.reason,
        concat_ws(': ', m.recipient, m.answer)
    FROM account AS a JOIN ltc.messages AS m ON m.subject_kind = 'notice' AND m.subject_id = a.id
    UNION ALL
    SELECT h.received_at, 'notice ' || a.name, 'mail_' || h.kind, NULL, NULL, h.sender, NULL,
        concat_ws(': ', h.subject, h.body)
    FROM account AS a
    JOIN ltc.messages AS m ON m.subject_kind = 'notice' AND m.subject_id = a.id
    JOIN ltc.message_echoes AS h ON h.message_id = m.id
)
SELECT at, about, what, from_state, to_state, actor, reason, detail FROM log ORDER BY at, about, what, detail;

-- name: movements
-- Everything that moved an account, in the order of its days: what is owed is above zero, what pays it below. Their sum is
-- what the ledger says is owed.
-- takes: creditor bigint, customer bigint, currency text
-- gives: day date, what text, document text, amount_minor bigint
SELECT day, what, document, amount_minor
FROM (
    SELECT 0 AS place, issued_on AS day, kind AS what, number AS document,
        CASE kind WHEN 'credit-note' THEN -amount_minor ELSE amount_minor END AS amount_minor
    FROM ltc.invoices WHERE (creditor_id, customer_id, currency) = (:creditor, :customer, :currency)
    UNION ALL
    SELECT 1, issued_on, 'settled_before', number,
        CASE kind WHEN 'credit-note' THEN settled_before_minor ELSE -settled_before_minor END
    FROM ltc.invoices
    WHERE (creditor_id, customer_id, currency) = (:creditor, :customer, :currency) AND settled_before_minor > 0
    UNION ALL
    SELECT 2, cash_on, kind, reference, -amount_minor
    FROM ltc.receipts WHERE (creditor_id, customer_id, currency) = (:creditor, :customer, :currency)
    UNION ALL
    SELECT 3, v.effective_on, 'reversal', r.reference, v.amount_minor
    FROM ltc.receipt_reversals AS v JOIN ltc.receipts AS r ON r.id = v.receipt_id
    WHERE (r.creditor_id, r.customer_id, r.currency) = (:creditor, :customer, :currency)
    UNION ALL
    SELECT 4, a.effective_on, a.reason, i.number,
        CASE i.kind WHEN 'credit-note' THEN a.amount_minor ELSE -a.amount_minor END
    FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
    WHERE (i.creditor_id, i.customer_id, i.currency) = (:creditor, :customer, :currency)
        AND a.receipt_id IS NULL AND a.credit_note_id IS NULL
) AS m
ORDER BY day, place, document COLLATE "C", amount_minor;

-- name: keep_pack
-- The files of a notice's pack. What somebody else made meanwhile stays.
-- takes: notice bigint, names text[], media_types text[], contents bytea[]
INSERT INTO ltc.artefacts (team_id, run_id, handed_over_with, name, media_type, content)
SELECT n.team_id, n.run_id, n.id, f.name, f.media_type, f.content
FROM ltc.notices AS n
CROSS JOIN unnest(:names::text[], :media_types::text[], :contents::bytea[]) WITH ORDINALITY
    AS f (name, media_type, content, place)
WHERE n.id = :notice ORDER BY f.place
ON CONFLICT DO NOTHING;

-- name: kept_pack
-- The files of a notice's pack, the index first.
-- takes: notice bigint
-- gives: id bigint, name text, media_type text, sha256 text, bytes bigint
SELECT id, name, media_type, sha256, octet_length(content)::bigint AS bytes
FROM ltc.artefacts WHERE handed_over_with = :notice ORDER BY id;

-- name: attach_pack
-- A notice's pack goes with the message about it.
-- takes: message bigint, notice bigint
INSERT INTO ltc.message_attachments (message_id, artefact_id, team_id)
SELECT m.id, a.id, m.team_id FROM ltc.messages AS m JOIN ltc.artefacts AS a ON a.handed_over_with = :notice
WHERE m.id = :message
ON CONFLICT DO NOTHING;
