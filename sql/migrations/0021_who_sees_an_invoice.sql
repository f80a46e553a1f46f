-- compatible_from: 5
-- Who may see an invoice sees what is left of it, and why it is or is not dunned: a sales team reads those of its contracts.
-- The money of a bank draft that a statement brings.

-- What closes an item is seen from either side: by who sees the item, and by who sees the receipt or the credit note.
CREATE POLICY chain ON ltc.allocations FOR SELECT TO ltc_person USING (
    EXISTS (SELECT FROM ltc.invoices AS i WHERE i.id = invoice_id)
    OR EXISTS (SELECT FROM ltc.invoices AS n WHERE n.id = credit_note_id)
    OR EXISTS (SELECT FROM ltc.receipts AS r WHERE r.id = receipt_id));
CREATE POLICY chain ON ltc.invoice_versions FOR SELECT TO ltc_person
    USING (EXISTS (SELECT FROM ltc.invoices AS i WHERE i.id = invoice_id));
CREATE POLICY chain ON ltc.disputes FOR SELECT TO ltc_person
    USING (EXISTS (SELECT FROM ltc.invoices AS i WHERE i.id = invoice_id));
CREATE POLICY chain ON ltc.promises FOR SELECT TO ltc_person
    USING (EXISTS (SELECT FROM ltc.invoices AS i WHERE i.id = invoice_id));
-- A hold of a customer counts for each of their invoices.
CREATE POLICY chain ON ltc.dunning_holds FOR SELECT TO ltc_person USING (EXISTS (
    SELECT FROM ltc.invoices AS i
    WHERE i.customer_id = dunning_holds.customer_id AND i.id = coalesce(dunning_holds.invoice_id, i.id)));

-- As before; and where who asks sees one side only, that side still adds up. What is written down with an allocation counts
-- from when its sides are there, so a receipt that is not seen delays nothing.
CREATE OR REPLACE VIEW ltc.settlements WITH (security_invoker = true) AS
SELECT a.id, a.invoice_id, a.credit_note_id, a.receipt_id, a.currency, a.amount_minor, a.reason,
    greatest(a.effective_on, i.issued_on, n.issued_on, r.cash_on) AS effective_on,
    greatest(a.recorded_at, i.recorded_at, n.recorded_at, r.recorded_at) AS recorded_at,
    i.kind, i.number, i.team_id, i.creditor_id, i.customer_id,
    -- Whose receipt or credit note it is.
    coalesce(r.team_id, n.team_id) AS source_team_id, coalesce(r.creditor_id, n.creditor_id) AS source_creditor_id,
    CASE WHEN r.id IS NULL THEN n.customer_id ELSE r.customer_id END AS source_customer_id,
    coalesce(r.reference, n.number) AS source
FROM ltc.allocations AS a
LEFT JOIN ltc.invoices AS i ON i.id = a.invoice_id
LEFT JOIN ltc.invoices AS n ON n.id = a.credit_note_id
LEFT JOIN ltc.receipts AS r ON r.id = a.receipt_id;

-- Everything that moves what is owed, above zero where more is owed. The sum of an account's movements is its balance, and the
-- sum of its open items less its unspent receipts and credit notes.
CREATE OR REPLACE VIEW ltc.ledger_movements WITH (security_invoker = true) AS
WITH said AS (
    -- What invoices said when they came, and each time that a snapshot changed them.
    SELECT v.invoice_id, v.id AS version, v.amount_minor - v.settled_before_minor AS minor, v.effective_on, v.recorded_at,
        row_number() OVER w AS place, lead(v.amount_minor - v.settled_before_minor) OVER w AS next_minor
    FROM ltc.invoice_versions AS v
    WINDOW w AS (PARTITION BY v.invoice_id ORDER BY v.id)
)
SELECT i.issued_on AS day, i.recorded_at, i.team_id, i.creditor_id, i.customer_id, i.currency::text AS currency,
    replace(i.kind, '-', '_') AS kind, i.number AS reference, coalesce(v.due_on, i.due_on) AS due_on, i.id AS fact,
    -- Whether it was billed, and did not just close something.
    true AS is_billed,
    -- Whether it stays inside of one account, and so is on no statement.
    false AS is_inside,
    CASE i.kind WHEN 'credit-note' THEN -1 ELSE 1 END
        * coalesce(s.minor, i.amount_minor - i.settled_before_minor) AS minor
FROM ltc.invoices AS i
LEFT JOIN (SELECT * FROM said WHERE place = 1) AS s ON s.invoice_id = i.id
LEFT JOIN ltc.invoice_versions AS v ON v.id = s.version
UNION ALL
SELECT greatest(s.effective_on, i.issued_on), greatest(s.recorded_at, i.recorded_at), i.team_id, i.creditor_id, i.customer_id,
    i.currency::text, 'correction', i.number, NULL, i.id, true, false,
    CASE i.kind WHEN 'credit-note' THEN -1 ELSE 1 END
        * (coalesce(s.next_minor, i.amount_minor - i.settled_before_minor) - s.minor)
FROM said AS s JOIN ltc.invoices AS i ON i.id = s.invoice_id
UNION ALL
SELECT r.cash_on, r.recorded_at, r.team_id, r.creditor_id, r.customer_id, r.currency::text,
    CASE r.kind WHEN 'draft' THEN 'draft' ELSE 'receipt' END, r.reference, NULL, r.id, false, false, -r.amount_minor
FROM ltc.receipts AS r
UNION ALL
SELECT greatest(v.effective_on, r.cash_on), greatest(v.recorded_at, r.recorded_at), r.team_id, r.creditor_id, r.customer_id,
    r.currency::text, 'receipt_reversal', r.reference, NULL, r.id, false, false, v.amount_minor
FROM ltc.receipt_reversals AS v JOIN ltc.receipts AS r ON r.id = v.receipt_id
UNION ALL
-- Closed without money; a credit note, too, may be closed.
SELECT a.effective_on, a.recorded_at, a.team_id, a.creditor_id, a.customer_id, a.currency::text, a.reason, a.number, NULL, a.id,
    false, false, CASE a.kind WHEN 'credit-note' THEN a.amount_minor ELSE -a.amount_minor END
FROM ltc.settlements AS a WHERE a.receipt_id IS NULL AND a.credit_note_id IS NULL
UNION ALL
-- Money or credit of one team, creditor or customer that closed what is owed to, or by, another: it moves from here, as far
-- as who asks sees either side,
SELECT a.effective_on, a.recorded_at, a.source_team_id, a.source_creditor_id, a.source_customer_id, a.currency::text,
    'transfer', a.number, NULL, a.id, false,
    (a.creditor_id, a.customer_id) IS NOT DISTINCT FROM (a.source_creditor_id, a.source_customer_id), a.amount_minor
FROM ltc.settlements AS a
WHERE (a.receipt_id IS NOT NULL OR a.credit_note_id IS NOT NULL) AND a.source_team_id IS NOT NULL
    AND (a.team_id, a.creditor_id, a.customer_id)
        IS DISTINCT FROM (a.source_team_id, a.source_creditor_id, a.source_customer_id)
UNION ALL
-- to there.
SELECT a.effective_on, a.recorded_at, a.team_id, a.creditor_id, a.customer_id, a.currency::text,
    'transfer', a.source, NULL, a.id, false,
    (a.creditor_id, a.customer_id) IS NOT DISTINCT FROM (a.source_creditor_id, a.source_customer_id), -a.amount_minor
FROM ltc.settlements AS a
WHERE (a.receipt_id IS NOT NULL OR a.credit_note_id IS NOT NULL) AND a.team_id IS NOT NULL
    AND (a.team_id, a.creditor_id, a.customer_id)
        IS DISTINCT FROM (a.source_team_id, a.source_creditor_id, a.source_customer_id);

-- A receipt of a statement that was the money of a draft is taken back: the draft paid already. One such receipt a draft.
ALTER TABLE ltc.receipt_reversals ADD draft_id bigint REFERENCES ltc.receipts;
CREATE UNIQUE INDEX receipt_reversals_draft ON ltc.receipt_reversals (draft_id) WHERE draft_id IS NOT NULL;
CREATE INDEX receipts_drafts_amount ON ltc.receipts (amount_minor, creditor_id) WHERE kind = 'draft';
