-- name: create_staging
-- The invoices of a file on their way in; the ids behind are found after the COPY.
CREATE TEMP TABLE staged_invoices (
    line integer NOT NULL,
    number text COLLATE "C" NOT NULL,
    instalment_of text COLLATE "C",
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
    -- The invoice that a credit note corrects.
    credits text COLLATE "C",
    customer_id bigint, creditor_id bigint, team_id bigint, contract_id bigint, sales_team_id bigint
) ON COMMIT DROP;

-- name: index_staging
-- By their numbers rows are looked for from each other.
-- needs: create_staging
CREATE INDEX staged_invoices_number ON staged_invoices (number);

-- name: copy_staged
-- Invoices of the file, their values read.
-- needs: create_staging
-- copies: line integer, number text, instalment_of text?, customer text, creditor text?, team text?, contract text?, kind text
-- copies: issued_on date, due_on date, currency text, amount_minor bigint, open_minor bigint, dunning_level integer
-- copies: last_notice_on date?, discount_percent numeric?, discount_until date?, procedure text?, credits text?
COPY staged_invoices (
    line, number, instalment_of, customer, creditor, team, contract, kind, issued_on, due_on, currency, amount_minor, open_minor,
    dunning_level, last_notice_on, discount_percent, discount_until, procedure, credits)
FROM STDIN (FORMAT binary);

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
-- takes: source text
-- gives: line integer, reason text, field text, value text?
DELETE FROM staged_invoices AS s
USING staged_invoices AS x CROSS JOIN LATERAL (
    SELECT v.* FROM (
        VALUES
            (x.customer_id IS NULL, 'unknown_customer', 'customer', x.customer),
            (x.creditor_id IS NULL, 'unknown_creditor', 'creditor', x.creditor),
            (x.contract IS NOT NULL AND x.contract_id IS NULL, 'unknown_contract', 'contract', x.contract),
            (x.team_id IS NULL AND x.creditor_id IS NOT NULL, 'unknown_team', 'team', x.team),
            (x.team_id <> (SELECT c.finance_team_id FROM ltc.creditors AS c WHERE c.id = x.creditor_id), 'other_team', 'team',
                x.team),
            (x.credits IS NOT NULL AND NOT EXISTS (
                SELECT FROM staged_invoices AS y WHERE y.number = x.credits AND y.kind = 'invoice'
            ) AND NOT EXISTS (
                SELECT FROM staged_invoices AS y WHERE y.instalment_of = x.credits AND y.kind = 'invoice'
            ) AND NOT EXISTS (
                SELECT FROM ltc.invoices AS i
                WHERE i.number = x.credits AND i.source IN (:source, 'ltc') AND i.kind <> 'credit-note'
            ) AND NOT EXISTS (
                SELECT FROM ltc.invoices AS i
                WHERE ltc.plain_number(i.instalment_of) = ltc.plain_number(x.credits) AND i.instalment_of = x.credits
                    AND i.source IN (:source, 'ltc') AND i.kind <> 'credit-note'
            ), 'unknown_invoice', 'credits', x.credits)) AS v (fails, reason, field, value)
    WHERE v.fails LIMIT 1) AS r
WHERE x.line = s.line
RETURNING s.line, r.reason, r.field, r.value;

-- name: reject_differing
-- An invoice that was issued does not change; a correction is a credit note. What was paid here since is no difference. A complete
-- list of another ledger may change the amount, what is open, and when it is due.
-- needs: create_staging
-- takes: source text, is_snapshot boolean
-- gives: line integer, number text, is_other_creditor boolean
DELETE FROM staged_invoices AS s USING ltc.invoices AS i
WHERE i.source = :source AND i.number = s.number
    AND ((i.customer_id, i.creditor_id, i.kind, i.issued_on, i.currency)
        IS DISTINCT FROM (s.customer_id, s.creditor_id, s.kind, s.issued_on, s.currency)
    OR NOT :is_snapshot AND (
        (i.due_on, i.amount_minor, i.discount_percent, i.discount_until)
            IS DISTINCT FROM (s.due_on, s.amount_minor, s.discount_percent, s.discount_until)
        OR s.amount_minor - s.open_minor <> i.settled_before_minor + coalesce((
            SELECT sum(a.amount_minor) FROM ltc.allocations AS a
            WHERE a.invoice_id = i.id AND a.reason = 'closed_in_source'), 0)))
RETURNING s.line, s.number, i.creditor_id <> s.creditor_id AS is_other_creditor;

-- name: reject_instalments
-- A number is that of an invoice or of its instalments, which are one customer's, creditor's and currency's: in the file, where the
-- first row says which, and beside what is here, unless a complete list says that this is over.
-- needs: create_staging
-- takes: source text, is_snapshot boolean
-- gives: line integer, number text
DELETE FROM staged_invoices AS s
WHERE s.line IN (
    SELECT greatest(x.line, y.line) FROM staged_invoices AS x JOIN staged_invoices AS y ON y.number = x.instalment_of
    UNION ALL
    SELECT x.line FROM staged_invoices AS x
    JOIN (
        SELECT DISTINCT ON (instalment_of) instalment_of, customer_id, creditor_id, currency, kind
        FROM staged_invoices WHERE instalment_of IS NOT NULL ORDER BY instalment_of, line) AS first USING (instalment_of)
    WHERE (x.customer_id, x.creditor_id, x.currency, x.kind)
        IS DISTINCT FROM (first.customer_id, first.creditor_id, first.currency, first.kind)
    UNION ALL
    SELECT x.line FROM staged_invoices AS x
    JOIN ltc.invoices AS i ON (i.source, i.number) = (:source, x.instalment_of) WHERE NOT :is_snapshot
    UNION ALL
    SELECT x.line FROM staged_invoices AS x
    JOIN ltc.invoices AS i ON ltc.plain_number(i.instalment_of) = ltc.plain_number(coalesce(x.instalment_of, x.number))
        AND i.instalment_of = coalesce(x.instalment_of, x.number) AND i.source = :source
    WHERE CASE WHEN x.instalment_of IS NULL THEN NOT :is_snapshot
        ELSE (x.customer_id, x.creditor_id, x.currency, x.kind)
            IS DISTINCT FROM (i.customer_id, i.creditor_id, i.currency::text, i.kind) END)
RETURNING s.line, s.number;

-- name: reject_of_another_source
-- A creditor gives a number once: an invoice that came from another source is not owed twice.
-- needs: create_staging
-- takes: source text
-- gives: line integer, number text, source text
DELETE FROM staged_invoices AS s USING ltc.invoices AS i
WHERE ltc.plain_number(i.number) = ltc.plain_number(s.number) AND i.number = s.number AND i.creditor_id = s.creditor_id
    AND i.source <> :source
    AND NOT EXISTS (SELECT FROM ltc.invoices AS o WHERE o.source = :source AND o.number = s.number)
RETURNING s.line, s.number, i.source;

-- name: insert_staged
-- Invoices that are not here yet; what was paid before they came is settled already.
-- needs: create_staging
-- takes: source text, file text
WITH added AS (
    INSERT INTO ltc.invoices (
        source, number, instalment_of, creditor_id, customer_id, contract_id, team_id, sales_team_id, kind, issued_on, due_on,
        currency, amount_minor, settled_before_minor, dunning_level, last_notice_on, discount_percent, discount_until,
        procedure)
    SELECT :source, number, instalment_of, creditor_id, customer_id, contract_id, team_id, sales_team_id, kind, issued_on, due_on,
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

-- name: credit_notes_to_set_off
-- Credit notes of the file that name the invoice which they correct, and were never set off; with what both have. One that is in
-- instalments is corrected from the first on.
-- needs: create_staging
-- takes: source text
-- gives: credit_note bigint, invoice bigint, credit_minor bigint, open_minor bigint, effective_on date
SELECT c.id AS credit_note, i.id AS invoice, c.open_minor AS credit_minor, i.open_minor,
    greatest(c.issued_on, i.issued_on) AS effective_on
FROM staged_invoices AS s
JOIN ltc.invoices AS c ON (c.source, c.number) = (:source, s.number) AND c.kind = 'credit-note'
CROSS JOIN LATERAL (
    SELECT n.* FROM ltc.invoices AS n WHERE n.number = s.credits
    UNION ALL
    SELECT n.* FROM ltc.invoices AS n
    WHERE ltc.plain_number(n.instalment_of) = ltc.plain_number(s.credits) AND n.instalment_of = s.credits
) AS i
WHERE i.kind <> 'credit-note' AND (i.creditor_id, i.customer_id, i.currency) = (c.creditor_id, c.customer_id, c.currency)
    AND i.source = CASE WHEN EXISTS (
        SELECT FROM ltc.invoices AS o WHERE (o.source, o.number) = (:source, s.credits)
        UNION ALL
        SELECT FROM ltc.invoices AS o
        WHERE ltc.plain_number(o.instalment_of) = ltc.plain_number(s.credits) AND o.instalment_of = s.credits AND o.source = :source
    ) THEN :source ELSE 'ltc' END
    AND NOT EXISTS (SELECT FROM ltc.allocations AS a WHERE a.credit_note_id = c.id)
ORDER BY s.line, i.due_on, i.id;

-- name: reject_credits
-- A credit note of another customer, creditor or currency than the invoice that it names, here or in the file.
-- needs: create_staging
-- takes: source text
-- gives: line integer, credits text
DELETE FROM staged_invoices AS s
USING staged_invoices AS x CROSS JOIN LATERAL (
    SELECT * FROM (
        SELECT i.creditor_id, i.customer_id, i.currency::text AS currency, (i.source = :source)::integer AS rank
        FROM ltc.invoices AS i
        WHERE i.number = x.credits AND i.source IN (:source, 'ltc') AND i.kind <> 'credit-note'
        UNION ALL
        SELECT i.creditor_id, i.customer_id, i.currency::text AS currency, (i.source = :source)::integer AS rank
        FROM ltc.invoices AS i
        WHERE ltc.plain_number(i.instalment_of) = ltc.plain_number(x.credits) AND i.instalment_of = x.credits
            AND i.source IN (:source, 'ltc') AND i.kind <> 'credit-note'
        UNION ALL
        SELECT y.creditor_id, y.customer_id, y.currency, 2
        FROM staged_invoices AS y WHERE x.credits IN (y.number, y.instalment_of) AND y.kind = 'invoice'
    ) AS named ORDER BY rank DESC LIMIT 1
) AS i
WHERE x.line = s.line AND x.credits IS NOT NULL
    AND (i.creditor_id, i.customer_id, i.currency) IS DISTINCT FROM (s.creditor_id, s.customer_id, s.currency)
RETURNING s.line, s.credits;

-- name: snapshot_creditors
-- The creditors of a complete list: when the last one was, what is open here that was issued by its day, and what of it the list
-- would close: what is not in it, or stands there with nothing open. One that is named has a list also when no row is its.
-- needs: create_staging
-- takes: source text, creditor text?, day date
-- gives: id bigint, code text, last_on date?, open_items bigint, absent bigint
SELECT k.id, k.code,
    (SELECT max(n.day) FROM ltc.ledger_snapshots AS n WHERE (n.creditor_id, n.source) = (k.id, :source)) AS last_on,
    count(i.id) AS open_items, 
    count(i.id) FILTER (WHERE s.line IS NULL OR s.open_minor = 0) AS absent
FROM ltc.creditors AS k
LEFT JOIN ltc.invoices AS i ON i.creditor_id = k.id AND i.source = :source AND i.kind IN ('invoice', 'credit-note')
    AND i.open_minor > 0 AND i.issued_on <= :day
LEFT JOIN staged_invoices AS s ON s.number = i.number
WHERE k.code = :creditor OR k.id IN (SELECT creditor_id FROM staged_invoices)
GROUP BY k.id, k.code
ORDER BY k.code;

-- name: snapshot_rows
-- Items that are here, as the list and as this ledger have them, where the two may differ.
-- needs: create_staging
-- takes: source text, day date
-- gives: line integer, invoice bigint, amount_minor bigint, open_minor bigint, due_on date, here_amount_minor bigint
-- gives: here_due_on date, settled_minor bigint, closed_minor bigint, allocated_minor bigint, closed_in_source_minor bigint
SELECT s.line, i.id AS invoice, s.amount_minor, s.open_minor, s.due_on, i.amount_minor AS here_amount_minor,
    i.due_on AS here_due_on, i.settled_before_minor AS settled_minor, a.closed_minor, i.allocated_minor,
    a.closed_in_source_minor
FROM staged_invoices AS s
JOIN ltc.invoices AS i ON (i.source, i.number) = (:source, s.number)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount_minor) FILTER (WHERE effective_on <= :day), 0)::bigint AS closed_minor,
        coalesce(sum(amount_minor) FILTER (WHERE reason = 'closed_in_source'), 0)::bigint AS closed_in_source_minor
    FROM ltc.allocations WHERE invoice_id = i.id OR credit_note_id = i.id
) AS a
WHERE (s.amount_minor, s.due_on) <> (i.amount_minor, i.due_on)
    OR i.amount_minor - i.settled_before_minor - a.closed_minor <> s.open_minor
ORDER BY s.line;

-- name: create_change_staging
-- What the rows of a complete list change on items that are here.
CREATE TEMP TABLE staged_changes (
    line integer NOT NULL, invoice_id bigint NOT NULL, amount_minor bigint NOT NULL, due_on date NOT NULL,
    settled_minor bigint NOT NULL, closing_minor bigint NOT NULL
) ON COMMIT DROP;

-- name: copy_change
-- A change that the rule found.
-- needs: create_change_staging
-- copies: line integer, invoice_id bigint, amount_minor bigint, due_on date, settled_minor bigint, closing_minor bigint
COPY staged_changes (line, invoice_id, amount_minor, due_on, settled_minor, closing_minor) FROM STDIN (FORMAT binary);

-- name: insert_snapshot
-- A complete list of a creditor's was taken.
-- takes: source text, creditor bigint, day date, file text
INSERT INTO ltc.ledger_snapshots (source, creditor_id, team_id, day, file)
SELECT :source, id, finance_team_id, :day, :file FROM ltc.creditors WHERE id = :creditor;

-- name: close_in_source
-- What the other ledger closed, or opened again: a row each with its event. First what opens, so that no running total is
-- passed meanwhile.
-- needs: create_change_staging
-- takes: day date, opens boolean, at timestamptz, file text
WITH closed AS (
    INSERT INTO ltc.allocations (invoice_id, team_id, currency, amount_minor, reason, effective_on)
    SELECT i.id, i.team_id, i.currency, c.closing_minor, 'closed_in_source', :day
    FROM staged_changes AS c JOIN ltc.invoices AS i ON i.id = c.invoice_id
    WHERE CASE WHEN :opens THEN c.closing_minor < 0 ELSE c.closing_minor > 0 END
    RETURNING invoice_id, team_id, currency, amount_minor
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, reason, detail)
SELECT 'invoice', c.invoice_id, c.team_id, CASE WHEN :opens THEN 'item_reopened' ELSE 'item_closed' END, :at,
    'closed_in_source', jsonb_build_object('currency', c.currency, 'amount_minor', c.amount_minor, 'effective_on', :day::date,
        'file', :file::text)
FROM closed AS c;

-- name: change_items
-- New versions: what the items said before is kept, with the day from which on they say something else.
-- needs: create_change_staging
-- takes: source text, day date, at timestamptz, file text
WITH changed AS (
    SELECT c.*, i.team_id, i.creditor_id, i.currency, i.due_on AS old_due_on, i.amount_minor AS old_amount_minor,
        i.settled_before_minor AS old_settled_minor
    FROM staged_changes AS c JOIN ltc.invoices AS i ON i.id = c.invoice_id
    WHERE (c.due_on, c.amount_minor, c.settled_minor) <> (i.due_on, i.amount_minor, i.settled_before_minor)
), kept AS (
    INSERT INTO ltc.invoice_versions (
        invoice_id, snapshot_id, team_id, due_on, amount_minor, settled_before_minor, effective_on)
    SELECT c.invoice_id, n.id, c.team_id, c.old_due_on, c.old_amount_minor, c.old_settled_minor, :day
    FROM changed AS c
    JOIN (
        SELECT creditor_id, max(id) AS id FROM ltc.ledger_snapshots WHERE source = :source AND day = :day GROUP BY creditor_id
    ) AS n USING (creditor_id)
), updated AS (
    UPDATE ltc.invoices AS i
    SET due_on = c.due_on, amount_minor = c.amount_minor, settled_before_minor = c.settled_minor
    FROM changed AS c WHERE i.id = c.invoice_id
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, reason, detail)
SELECT 'invoice', c.invoice_id, c.team_id, 'invoice_changed', :at, 'changed_in_source', jsonb_strip_nulls(jsonb_build_object(
    'currency', c.currency, 'file', :file::text, 'line', c.line, 'effective_on', :day::date,
    'due_on', CASE WHEN c.due_on <> c.old_due_on THEN jsonb_build_array(c.old_due_on, c.due_on) END,
    'amount_minor', CASE WHEN c.amount_minor <> c.old_amount_minor
        THEN jsonb_build_array(c.old_amount_minor, c.amount_minor) END,
    'settled_before_minor', CASE WHEN c.settled_minor <> c.old_settled_minor
        THEN jsonb_build_array(c.old_settled_minor, c.settled_minor) END))
FROM changed AS c;

-- name: take_levels
-- Levels and last notices that the other ledger knows and this one does not; none is lowered.
-- needs: create_staging
-- takes: source text, at timestamptz, file text
-- gives: id bigint
WITH before AS (
    SELECT i.id, i.dunning_level, i.last_notice_on
    FROM staged_invoices AS s JOIN ltc.invoices AS i ON (i.source, i.number) = (:source, s.number)
    WHERE s.dunning_level > i.dunning_level OR s.last_notice_on > coalesce(i.last_notice_on, '-infinity')
), raised AS (
    UPDATE ltc.invoices AS i
    SET dunning_level = greatest(i.dunning_level, s.dunning_level),
        last_notice_on = greatest(i.last_notice_on, s.last_notice_on)
    FROM staged_invoices AS s JOIN before AS b ON true
    WHERE i.id = b.id AND (i.source, i.number) = (:source, s.number)
    RETURNING i.id, i.team_id, i.dunning_level, i.last_notice_on
), recorded AS (
    INSERT INTO ltc.events (
        subject_kind, subject_id, team_id, kind, from_state, to_state, effective_at, reason, detail)
    SELECT 'invoice', r.id, r.team_id, 'level_reached', b.dunning_level::text, r.dunning_level::text, :at, 'known_in_source',
        jsonb_strip_nulls(jsonb_build_object('file', :file::text, 'last_notice_on', r.last_notice_on,
            'last_notice_before', b.last_notice_on))
    FROM raised AS r JOIN before AS b USING (id)
)
SELECT id FROM raised;

-- name: stage_absent
-- What is open here, was issued by the day, and is not in the list, is closed there.
-- needs: create_staging, create_change_staging
-- takes: source text, creditors bigint[], day date
INSERT INTO staged_changes (line, invoice_id, amount_minor, due_on, settled_minor, closing_minor)
SELECT 0, i.id, i.amount_minor, i.due_on, i.settled_before_minor, i.open_minor
FROM ltc.invoices AS i
WHERE i.creditor_id = ANY (:creditors) AND i.source = :source AND i.kind IN ('invoice', 'credit-note')
    AND i.open_minor > 0 AND i.issued_on <= :day
    AND NOT EXISTS (SELECT FROM staged_invoices AS s WHERE s.number = i.number);

-- name: drop_change_staging
-- Makes room for another file in the same transaction.
-- needs: create_change_staging
DROP TABLE staged_changes;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging
DROP TABLE staged_invoices;
