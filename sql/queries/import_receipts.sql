-- name: create_staging
-- The receipts of a file on their way in; the ids behind are found after the COPY.
CREATE TEMP TABLE staged_receipts (
    line integer NOT NULL,
    reference text COLLATE "C" NOT NULL,
    creditor text, customer text COLLATE "C",
    booked_on date NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    remittance text, iban text,
    kind text NOT NULL, matures_on date,
    customer_id bigint, creditor_id bigint, team_id bigint
) ON COMMIT DROP;

-- name: copy_staged
-- Receipts of the file, their values read.
-- needs: create_staging
-- copies: line integer, reference text, creditor text?, customer text?, booked_on date, currency text
-- copies: amount_minor bigint, remittance text?, iban text?, kind text, matures_on date?
COPY staged_receipts (
    line, reference, creditor, customer, booked_on, currency, amount_minor, remittance, iban, kind, matures_on)
FROM STDIN (FORMAT binary);

-- name: reject_repeated
-- A reference names one receipt; the first row of the file has it.
-- needs: create_staging
-- gives: line integer, reference text, first_line integer
DELETE FROM staged_receipts AS s
USING (SELECT reference, min(line) AS line FROM staged_receipts GROUP BY reference HAVING count(*) > 1) AS first
WHERE s.reference = first.reference AND s.line <> first.line
RETURNING s.line, s.reference, first.line AS first_line;

-- name: resolve
-- The customer by its number in the file's source, in ours, or in the only one that has it; the creditor by its code, or the only one.
-- needs: create_staging
-- takes: source text
UPDATE staged_receipts AS s
SET customer_id = coalesce(
        (SELECT c.id FROM ltc.customers AS c WHERE c.source = :source AND c.number = s.customer),
        (SELECT c.id FROM ltc.customers AS c WHERE c.source = 'ltc' AND c.number = s.customer),
        (SELECT min(c.id) FROM ltc.customers AS c WHERE c.number = s.customer HAVING count(*) = 1)),
    (creditor_id, team_id) = (
        SELECT min(c.id), min(c.finance_team_id) FROM ltc.creditors AS c
        WHERE s.creditor IS NULL OR c.code = s.creditor HAVING count(*) = 1);

-- name: reject_unresolved
-- Receipts that refer to what is not here. A customer that is not said is found later, by allocation.
-- needs: create_staging
-- gives: line integer, reason text, field text, value text?
DELETE FROM staged_receipts AS s
USING staged_receipts AS x CROSS JOIN LATERAL (
    SELECT v.* FROM (
        VALUES
            (x.customer IS NOT NULL AND x.customer_id IS NULL, 'unknown_customer', 'customer', x.customer),
            (x.creditor_id IS NULL, 'unknown_creditor', 'creditor', x.creditor)) AS v (fails, reason, field, value)
    WHERE v.fails LIMIT 1) AS r
WHERE x.line = s.line
RETURNING s.line, r.reason, r.field, r.value;

-- name: reject_differing
-- Money that came in is a fact: under the same reference, its own or another name of it, it cannot be another sum.
-- needs: create_staging
-- takes: source text
-- gives: line integer, reference text
DELETE FROM staged_receipts AS s USING (
    SELECT r.reference AS name, r.* FROM ltc.receipts AS r WHERE r.source = :source
    UNION ALL
    SELECT a.reference, r.* FROM ltc.receipt_aliases AS a JOIN ltc.receipts AS r ON r.id = a.receipt_id WHERE a.source = :source
) AS r
LEFT JOIN ltc.bank_entries AS e ON e.receipt_id = r.id
WHERE r.name = s.reference
    AND (r.creditor_id, r.booked_on, r.currency, r.amount_minor, r.kind, r.matures_on)
    IS DISTINCT FROM (s.creditor_id, s.booked_on, s.currency,
        -- A table may say what was booked, where the payer paid charges beside.
        CASE s.amount_minor WHEN e.amount_minor THEN r.amount_minor ELSE s.amount_minor END, s.kind, s.matures_on)
RETURNING s.line, s.reference;

-- name: recognise_by_reference
-- Receipts that a bank's statement brought before: of the same day and amount, under one of the references of its entry.
-- needs: create_staging
-- takes: source text
INSERT INTO ltc.receipt_aliases (source, reference, receipt_id, team_id)
SELECT DISTINCT ON (r.id) :source, s.reference, r.id, r.team_id
FROM staged_receipts AS s
JOIN ltc.receipts AS r
    ON (r.creditor_id, r.currency::text, r.booked_on) = (s.creditor_id, s.currency, s.booked_on)
JOIN ltc.bank_entries AS e ON e.receipt_id = r.id AND e.account = r.source
    AND s.amount_minor IN (e.amount_minor, e.amount_minor + e.charges_minor)
    AND s.reference IN (e.service_reference, e.end_to_end, e.reference, e.transaction_id)
ORDER BY r.id, s.line
ON CONFLICT DO NOTHING;

-- name: recognise_by_content
-- Or from the same account with the same words; of those that look the same, the n-th is the n-th.
-- needs: create_staging
-- takes: source text
INSERT INTO ltc.receipt_aliases (source, reference, receipt_id, team_id)
SELECT :source, s.reference, r.id, r.team_id
FROM (
    SELECT *, regexp_replace(lower(remittance), '\s', '', 'g') AS words, row_number() OVER (
        PARTITION BY creditor_id, currency, booked_on, amount_minor, iban,
            regexp_replace(lower(remittance), '\s', '', 'g') ORDER BY line) AS nth
    FROM staged_receipts AS s
    WHERE iban IS NOT NULL AND remittance <> ''
        AND NOT EXISTS (SELECT FROM ltc.receipt_aliases AS a WHERE (a.source, a.reference) = (:source, s.reference))
        AND NOT EXISTS (SELECT FROM ltc.receipts AS r WHERE (r.source, r.reference) = (:source, s.reference))
) AS s
JOIN (
    SELECT *, regexp_replace(lower(remittance), '\s', '', 'g') AS words, row_number() OVER (
        PARTITION BY creditor_id, currency, booked_on, amount_minor, iban,
            regexp_replace(lower(remittance), '\s', '', 'g') ORDER BY id) AS nth
    FROM ltc.receipts AS r
    WHERE iban IS NOT NULL AND remittance <> ''
        AND booked_on BETWEEN (SELECT min(booked_on) FROM staged_receipts)
            AND (SELECT max(booked_on) FROM staged_receipts)
        AND EXISTS (SELECT FROM ltc.bank_entries AS e WHERE e.receipt_id = r.id AND e.account = r.source)
        AND NOT EXISTS (SELECT FROM ltc.receipt_aliases AS a WHERE (a.receipt_id, a.source) = (r.id, :source))
) AS r ON (r.creditor_id, r.currency::text, r.booked_on, r.amount_minor, r.iban, r.words, r.nth)
    = (s.creditor_id, s.currency, s.booked_on, s.amount_minor, s.iban, s.words, s.nth);

-- name: drop_known
-- What is another name of a receipt that is here is no receipt of its own.
-- needs: create_staging
-- takes: source text
DELETE FROM staged_receipts AS s
USING ltc.receipt_aliases AS a WHERE (a.source, a.reference) = (:source, s.reference);

-- name: insert_staged
-- Receipts that are not here yet.
-- needs: create_staging
-- takes: source text, file text
-- gives: id bigint
WITH added AS (
    INSERT INTO ltc.receipts (
        source, reference, creditor_id, customer_id, team_id, booked_on, currency, amount_minor, remittance, iban,
        kind, matures_on)
    SELECT :source, reference, creditor_id, customer_id, team_id, booked_on, currency, amount_minor, remittance, iban, kind,
        matures_on
    FROM staged_receipts AS s
    WHERE NOT EXISTS (SELECT FROM ltc.receipts AS r WHERE r.source = :source AND r.reference = s.reference)
    ORDER BY s.line
    RETURNING id, reference, team_id, booked_on
), recorded AS (
    INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, reason, detail)
    SELECT 'receipt', a.id, a.team_id, 'receipt_booked', a.booked_on::timestamp AT TIME ZONE t.zone, 'imported',
        jsonb_build_object('file', :file::text, 'line', s.line)
    FROM added AS a JOIN staged_receipts AS s USING (reference) JOIN ltc.teams AS t ON t.id = a.team_id
)
SELECT id FROM added ORDER BY id;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging
DROP TABLE staged_receipts;
