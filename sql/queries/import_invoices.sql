-- name: create_staging
-- The invoices of a file on their way in; the ids behind are found after the COPY.
CREATE TEMP TABLE staged_invoices (
    line integer NOT NULL,
    number text COLLATE "C" NOT NULL,
    customer text COLLATE "C" NOT NULL,
    creditor text, team text, contract text COLLATE "C",
    kind text NOT NULL,
    issued_on date NOT NULL, due_on date NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL, open_minor bigint NOT NULL,
    dunning_level integer NOT NULL,
    last_notice_on date,
    discount_percent numeric, discount_until date,
    procedure text,
    customer_id bigint, creditor_id bigint, team_id bigint, contract_id bigint, sales_team_id bigint
) ON COMMIT DROP;

-- name: copy_staged
-- Invoices of the file, their values read.
-- needs: create_staging
-- copies: line integer, number text, customer text, creditor text?, team text?, contract text?, kind text
-- copies: issued_on date, due_on date, currency text, amount_minor bigint, open_minor bigint, dunning_level integer
-- copies: last_notice_on date?, discount_percent numeric?, discount_until date?, procedure text?
COPY staged_invoices (
    line, number, customer, creditor, team, contract, kind, issued_on, due_on, currency, amount_minor, open_minor,
    dunning_level, last_notice_on, discount_percent, discount_until, procedure) FROM STDIN (FORMAT binary);

-- name: reject_repeated
-- A number names one invoice; the first row of the file has it.
-- needs: create_staging
-- gives: line integer, number text, first_line integer
DELETE FROM staged_invoices AS s
USING (SELECT number, min(line) AS line FROM staged_invoices GROUP BY number HAVING count(*) > 1) AS first
WHERE s.number = first.number AND s.line <> first.line
RETURNING s.line, s.number, first.line AS first_line;

-- name: resolve
-- Customer and contract by their numbers in the file's source or in ours; the creditor by its code, or the only one.
-- needs: create_staging
-- takes: source text
UPDATE staged_invoices AS s
SET customer_id = coalesce(
        (SELECT c.id FROM ltc.customers AS c WHERE c.source = :source AND c.number = s.customer),
        (SELECT c.id FROM ltc.customers AS c WHERE c.source = 'ltc' AND c.number = s.customer)),
    contract_id = coalesce(
        (SELECT c.id FROM ltc.contracts AS c WHERE c.source = :source AND c.number = s.contract),
        (SELECT c.id FROM ltc.contracts AS c WHERE c.source = 'ltc' AND c.number = s.contract)),
    creditor_id = CASE
        WHEN s.creditor IS NOT NULL THEN (SELECT c.id FROM ltc.creditors AS c WHERE c.code = s.creditor)
        ELSE (SELECT min(c.id) FROM ltc.creditors AS c HAVING count(*) = 1)
        END;

-- name: resolve_team
-- The finance team that collects: by its code, or the creditor's; and the sales team on the chain, the contract's.
-- needs: create_staging
UPDATE staged_invoices AS s
SET team_id = CASE
        WHEN s.team IS NOT NULL THEN (SELECT t.id FROM ltc.teams AS t WHERE t.code = s.team AND t.kind = 'finance')
        ELSE (SELECT c.finance_team_id FROM ltc.creditors AS c WHERE c.id = s.creditor_id)
        END,
    sales_team_id = (SELECT c.team_id FROM ltc.contracts AS c WHERE c.id = s.contract_id);

-- name: reject_unresolved
-- Invoices that refer to what is not here.
-- needs: create_staging
-- gives: line integer, reason text, field text, value text?
DELETE FROM staged_invoices AS s
USING staged_invoices AS x CROSS JOIN LATERAL (
    SELECT v.* FROM (
        VALUES
            (x.customer_id IS NULL, 'unknown_customer', 'customer', x.customer),
            (x.creditor_id IS NULL, 'unknown_creditor', 'creditor', x.creditor),
            (x.contract IS NOT NULL AND x.contract_id IS NULL, 'unknown_contract', 'contract', x.contract),
            (x.team_id IS NULL AND x.creditor_id IS NOT NULL, 'unknown_team', 'team', x.team)) AS v (fails, reason, field, value)
    WHERE v.fails LIMIT 1) AS r
WHERE x.line = s.line
RETURNING s.line, r.reason, r.field, r.value;

-- name: reject_differing
-- An invoice that was issued does not change; a correction is a credit note.
-- needs: create_staging
-- takes: source text
-- gives: line integer, number text
DELETE FROM staged_invoices AS s USING ltc.invoices AS i
WHERE i.source = :source AND i.number = s.number
    AND (i.customer_id, i.creditor_id, i.kind, i.issued_on, i.due_on, i.currency, i.amount_minor)
    IS DISTINCT FROM (s.customer_id, s.creditor_id, s.kind, s.issued_on, s.due_on, s.currency, s.amount_minor)
RETURNING s.line, s.number;

-- name: insert_staged
-- Invoices that are not here yet; what was paid before they came is settled already.
-- needs: create_staging
-- takes: source text, file text
WITH added AS (
    INSERT INTO ltc.invoices (
        source, number, creditor_id, customer_id, contract_id, team_id, sales_team_id, kind, issued_on, due_on, currency,
        amount_minor, settled_before_minor, dunning_level, last_notice_on, discount_percent, discount_until,
        procedure)
    SELECT :source, number, creditor_id, customer_id, contract_id, team_id, sales_team_id, kind, issued_on, due_on,
        currency, amount_minor, amount_minor - open_minor, dunning_level, last_notice_on, discount_percent, discount_until,
        procedure
    FROM staged_invoices AS s
    WHERE NOT EXISTS (SELECT FROM ltc.invoices AS i WHERE i.source = :source AND i.number = s.number)
    ORDER BY s.line
    RETURNING id, number, team_id, issued_on
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, reason, detail)
SELECT 'invoice', a.id, a.team_id, 'invoice_issued', a.issued_on::timestamp AT TIME ZONE t.zone, 'imported',
    jsonb_build_object('file', :file::text, 'line', s.line)
FROM added AS a JOIN staged_invoices AS s USING (number) JOIN ltc.teams AS t ON t.id = a.team_id;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging
DROP TABLE staged_invoices;
