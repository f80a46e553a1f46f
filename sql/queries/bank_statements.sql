-- name: create_staging
-- The movements of a file's statements on their way in.
CREATE TEMP TABLE staged_bank_entries (
    statement integer NOT NULL, ordinal integer NOT NULL, detail integer NOT NULL, line integer NOT NULL,
    kind text NOT NULL, booked_on date NOT NULL, value_on date, amount_minor bigint NOT NULL,
    charges_minor bigint NOT NULL, key text COLLATE "C" NOT NULL, reference text, service_reference text,
    end_to_end text, transaction_id text, structured_reference text, remittance text, debtor_name text,
    debtor_account text COLLATE "C", doubt text, remitted text
) ON COMMIT DROP;

-- name: copy_entry
-- A movement on its way in.
-- needs: create_staging
-- copies: statement integer, ordinal integer, detail integer, line integer, kind text, booked_on date, value_on date?
-- copies: amount_minor bigint, charges_minor bigint, key text, reference text?, service_reference text?
-- copies: end_to_end text?, transaction_id text?, structured_reference text?, remittance text?, debtor_name text?
-- copies: debtor_account text?, doubt text?, remitted text?
COPY staged_bank_entries (
    statement, ordinal, detail, line, kind, booked_on, value_on, amount_minor, charges_minor, key, reference,
    service_reference, end_to_end, transaction_id, structured_reference, remittance, debtor_name, debtor_account, doubt,
    remitted)
FROM STDIN (FORMAT binary);

-- name: take_turn
-- One import of statements after the other: so the later one sees what the earlier one brought.
-- gives: turn text
SELECT pg_advisory_xact_lock(hashtext('ltc bank statements'))::text AS turn;

-- name: what_is_known
-- Whose account it is, by its IBAN or number, or by the creditor that the import was told, and what is here under this id.
-- takes: account text, statement text, creditor text?
-- gives: creditor bigint?, team bigint?, content_key text?
SELECT k.id AS creditor, k.team AS team, s.content_key
FROM (
    SELECT min(id) AS id, min(finance_team_id) AS team FROM ltc.creditors
    WHERE CASE WHEN :creditor::text IS NULL THEN :account IN (replace(iban, ' ', ''), replace(account, ' ', ''))
        ELSE code = :creditor END
    HAVING count(*) < 2
) AS k
FULL JOIN (
    SELECT content_key FROM ltc.bank_statements WHERE account = :account AND statement = :statement
) AS s ON true;

-- name: insert_statement
-- A statement whose entries lead from its opening to its closing balance.
-- takes: creditor bigint, team bigint, account text, statement text, sequence text?, created_at timestamptz?
-- takes: currency text, opening_minor bigint, opening_on date?, closing_minor bigint, closing_on date?
-- takes: entries integer, content_key text, file text
-- gives: id bigint
INSERT INTO ltc.bank_statements (
    creditor_id, team_id, account, statement, sequence, created_at, currency, opening_minor, opening_on, closing_minor,
    closing_on, entries, content_key, file)
VALUES (
    :creditor, :team, :account, :statement, :sequence, :created_at, :currency, :opening_minor, :opening_on,
    :closing_minor, :closing_on, :entries, :content_key, :file)
RETURNING id;

-- name: create_fresh
-- Movements that no statement had before.
-- needs: create_staging
CREATE TEMP TABLE fresh_bank_entries (
    LIKE staged_bank_entries, occurrence integer NOT NULL, statement_id bigint NOT NULL, account text COLLATE "C" NOT NULL,
    creditor_id bigint NOT NULL, team_id bigint NOT NULL, currency text NOT NULL, receipt_reference text NOT NULL,
    receipt_id bigint
) ON COMMIT DROP;

-- name: find_fresh
-- Those of the accepted statements that are not here yet. Of movements that look the same, the n-th is the n-th; those of
-- a statement that ended before this one began, balance by balance, or began when it had ended, are others, unless the bank's
-- reference says that they are the same.
-- needs: create_staging, create_fresh
-- takes: ordinals integer[], statements bigint[]
WITH RECURSIVE accepted AS (
    SELECT a.ordinal, b.*
    FROM unnest(:ordinals::integer[], :statements::bigint[]) AS a (ordinal, id)
    JOIN ltc.bank_statements AS b ON b.id = a.id
), near AS MATERIALIZED (
    -- A day's movements may stand in that day's statements alone.
    SELECT a.ordinal, p.id
    FROM (SELECT statement AS ordinal, min(booked_on) AS day FROM staged_bank_entries GROUP BY statement) AS d
    JOIN accepted AS a USING (ordinal)
    JOIN ltc.bank_statements AS p ON p.account = a.account AND p.closing_on >= d.day AND p.id <> a.id
), involved AS MATERIALIZED (
    SELECT b.* FROM ltc.bank_statements AS b
    WHERE b.id IN (SELECT id FROM near UNION SELECT a.id FROM accepted AS a JOIN near AS n USING (ordinal))
), member AS MATERIALIZED (
    SELECT m.id, m.key, sum(m.times)::integer AS times
    FROM (
        SELECT v.id, k.key, 1 AS times FROM involved AS v JOIN ltc.bank_entries AS k ON k.statement_id = v.id
        UNION ALL SELECT v.id, r.key, r.times FROM involved AS v JOIN ltc.bank_repeats AS r ON r.statement_id = v.id
        UNION ALL SELECT v.id, s.key, 1
        FROM involved AS v JOIN accepted AS a ON a.id = v.id JOIN staged_bank_entries AS s ON s.statement = a.ordinal
    ) AS m
    GROUP BY m.id, m.key
), follows AS MATERIALIZED (
    SELECT n.id, p.id AS before
    FROM involved AS n
    JOIN involved AS p ON p.account = n.account AND p.id <> n.id AND (
        p.closing_minor = n.opening_minor AND p.closing_on <= n.opening_on
        -- One that has all that another of the same balance has goes over the same time.
        AND (p.opening_minor <> n.opening_minor OR EXISTS (
            SELECT FROM member AS m LEFT JOIN member AS o ON (o.id, o.key) = (n.id, m.key)
            WHERE m.id = p.id AND m.times > coalesce(o.times, 0)))
        -- Pages of one statement, also while those between them are missing.
        OR p.statement ~ ' page [0-9]+$' AND n.statement ~ ' page [0-9]+$'
            AND regexp_replace(p.statement, ' page [0-9]+$', '') = regexp_replace(n.statement, ' page [0-9]+$', '')
            AND substring(p.statement FROM ' page ([0-9]+)$')::numeric < substring(n.statement FROM ' page ([0-9]+)$')::numeric
        OR n.statement ~ ' page [0-9]+$' AND p.statement = regexp_replace(n.statement, ' page [0-9]+$', ''))
), before AS (
    SELECT f.id, f.before AS other FROM follows AS f JOIN accepted AS a ON a.id = f.id
    UNION
    SELECT b.id, f.before FROM before AS b JOIN follows AS f ON f.id = b.other
), after AS (
    SELECT f.before AS id, f.id AS other FROM follows AS f JOIN accepted AS a ON a.id = f.before
    UNION
    SELECT b.id, f.id FROM after AS b JOIN follows AS f ON f.before = b.other
), earlier AS (
    SELECT a.ordinal, m.key, sum(m.times)::integer AS times
    FROM (
        SELECT * FROM before
        UNION
        -- Of the same file it is counted from the other side.
        SELECT * FROM after WHERE other NOT IN (SELECT id FROM accepted)
    ) AS b
    JOIN accepted AS a ON a.id = b.id JOIN member AS m ON m.id = b.other
    WHERE b.other <> b.id
    GROUP BY a.ordinal, m.key
), entry AS (
    SELECT statement, ordinal, min(service_reference) AS reference, min(booked_on) AS day, count(*) > 1 AS is_batch,
        sum(CASE WHEN kind IN ('receipt', 'refund') THEN amount_minor ELSE -amount_minor END) AS minor
    FROM staged_bank_entries WHERE statement = ANY (:ordinals)
    GROUP BY statement, ordinal
    HAVING min(service_reference) = max(service_reference) AND (count(*) > 1 OR min(detail) = 0)
), retold AS MATERIALIZED (
    -- A batch that came without its transactions before, or with them.
    SELECT e.statement, e.ordinal
    FROM entry AS e JOIN accepted AS b ON b.ordinal = e.statement
    WHERE EXISTS (
        SELECT FROM ltc.bank_entries AS k
        WHERE k.account = b.account AND k.service_reference = e.reference AND k.booked_on = e.day
            AND k.detail = CASE WHEN e.is_batch THEN 0 ELSE 2 END
            AND e.minor = (
                SELECT sum(CASE WHEN d.kind IN ('receipt', 'refund') THEN d.amount_minor ELSE -d.amount_minor END)
                FROM ltc.bank_entries AS d
                WHERE (d.account, d.service_reference, d.statement_id, d.ordinal)
                    = (k.account, k.service_reference, k.statement_id, k.ordinal)))
)
INSERT INTO fresh_bank_entries
SELECT DISTINCT ON (b.account, e.key, e.occurrence)
    e.statement, e.ordinal, e.detail, e.line, e.kind, e.booked_on, e.value_on, e.amount_minor, e.charges_minor, e.key,
    e.reference, e.service_reference, e.end_to_end, e.transaction_id, e.structured_reference, e.remittance,
    e.debtor_name, e.debtor_account, e.doubt, e.remitted, e.occurrence, b.id, b.account, b.creditor_id, b.team_id, b.currency,
    format('%s/%s.%s', b.statement, e.ordinal, e.detail), NULL
FROM (
    SELECT s.*, coalesce(r.times, 0)
        + (row_number() OVER (PARTITION BY s.statement, s.key ORDER BY s.ordinal, s.detail))::integer AS occurrence
    FROM staged_bank_entries AS s
    LEFT JOIN earlier AS r ON (r.ordinal, r.key) = (s.statement, s.key) AND s.service_reference IS NULL
    WHERE s.statement = ANY (:ordinals)
) AS e
JOIN accepted AS b ON b.ordinal = e.statement
WHERE NOT EXISTS (
    SELECT FROM ltc.bank_entries AS k WHERE (k.account, k.key, k.occurrence) = (b.account, e.key, e.occurrence))
    AND (e.statement, e.ordinal) NOT IN (SELECT statement, ordinal FROM retold)
ORDER BY b.account, e.key, e.occurrence, e.statement;

-- name: insert_repeats
-- What of the accepted statements an earlier one had.
-- needs: create_staging, create_fresh
-- takes: ordinals integer[], statements bigint[]
INSERT INTO ltc.bank_repeats (statement_id, key, team_id, times)
SELECT b.id, s.key, b.team_id, s.times - coalesce(f.times, 0)
FROM unnest(:ordinals::integer[], :statements::bigint[]) AS a (ordinal, id)
JOIN ltc.bank_statements AS b ON b.id = a.id
JOIN (SELECT statement, key, count(*)::integer AS times FROM staged_bank_entries GROUP BY statement, key) AS s
    ON s.statement = a.ordinal
LEFT JOIN (SELECT statement, key, count(*)::integer AS times FROM fresh_bank_entries GROUP BY statement, key) AS f
    ON (f.statement, f.key) = (s.statement, s.key)
WHERE s.times > coalesce(f.times, 0);

-- name: recognise_by_reference
-- Receipts that came by another file before: of the same day and amount, under one of the entry's references.
-- needs: create_staging, create_fresh
UPDATE fresh_bank_entries AS f SET receipt_id = known.id
FROM (
    -- One receipt is one entry, should several have its reference.
    SELECT DISTINCT ON (r.id) e.statement, e.ordinal, e.detail, r.id
    FROM fresh_bank_entries AS e
    JOIN ltc.receipts AS r
        ON (r.creditor_id, r.currency::text, r.booked_on) = (e.creditor_id, e.currency, e.booked_on)
        AND r.amount_minor IN (e.amount_minor, e.amount_minor + e.charges_minor)
        AND r.reference IN (e.service_reference, e.end_to_end, e.reference, e.transaction_id)
    WHERE e.kind = 'receipt' AND r.source <> e.account
        AND NOT EXISTS (SELECT FROM ltc.bank_entries AS k WHERE k.receipt_id = r.id)
    ORDER BY r.id, e.statement, e.ordinal, e.detail
) AS known
WHERE (f.statement, f.ordinal, f.detail) = (known.statement, known.ordinal, known.detail);

-- name: recognise_by_content
-- Or from the same account with the same words; the n-th that looks so is the n-th.
-- needs: create_staging, create_fresh
UPDATE fresh_bank_entries AS f SET receipt_id = known.id
FROM (
    SELECT e.statement, e.ordinal, e.detail, r.id
    FROM (
        SELECT *, regexp_replace(lower(remittance), '\s', '', 'g') AS words, row_number() OVER (
            PARTITION BY creditor_id, currency, booked_on, amount_minor + charges_minor, debtor_account,
                regexp_replace(lower(remittance), '\s', '', 'g') ORDER BY statement, ordinal, detail) AS nth
        FROM fresh_bank_entries
        WHERE kind = 'receipt' AND receipt_id IS NULL AND debtor_account IS NOT NULL AND remittance <> ''
    ) AS e
    JOIN (
        SELECT *, regexp_replace(lower(remittance), '\s', '', 'g') AS words, row_number() OVER (
            PARTITION BY creditor_id, currency, booked_on, amount_minor, iban,
                regexp_replace(lower(remittance), '\s', '', 'g') ORDER BY id) AS nth
        FROM ltc.receipts AS r
        WHERE iban IS NOT NULL AND remittance <> ''
            AND booked_on BETWEEN (SELECT min(booked_on) FROM fresh_bank_entries)
                AND (SELECT max(booked_on) FROM fresh_bank_entries)
            AND NOT EXISTS (SELECT FROM ltc.bank_entries AS e WHERE e.receipt_id = r.id)
            AND NOT EXISTS (SELECT FROM fresh_bank_entries AS k WHERE k.receipt_id = r.id)
            AND part_of_id IS NULL
    ) AS r ON (r.creditor_id, r.currency::text, r.booked_on, r.amount_minor, r.iban, r.words, r.nth)
        = (e.creditor_id, e.currency, e.booked_on, e.amount_minor + e.charges_minor, e.debtor_account, e.words, e.nth)
    WHERE r.source <> e.account
) AS known
WHERE (f.statement, f.ordinal, f.detail) = (known.statement, known.ordinal, known.detail);

-- name: insert_receipts
-- Money that came in and is not here yet: what the payer paid, charges that a bank took off it included.
-- needs: create_staging, create_fresh
-- takes: file text
WITH added AS (
    INSERT INTO ltc.receipts (
        source, reference, creditor_id, team_id, booked_on, currency, amount_minor, remittance, iban)
    SELECT account, receipt_reference, creditor_id, team_id, booked_on, currency, amount_minor + charges_minor,
        remittance, debtor_account
    FROM fresh_bank_entries
    WHERE kind = 'receipt' AND receipt_id IS NULL AND amount_minor + charges_minor > 0
    ORDER BY statement, ordinal, detail
    RETURNING id, source, reference, team_id, booked_on
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, reason, detail)
SELECT 'receipt', a.id, a.team_id, 'receipt_booked', a.booked_on::timestamp AT TIME ZONE t.zone, 'imported',
    jsonb_build_object('file', :file::text, 'line', f.line)
FROM added AS a
JOIN fresh_bank_entries AS f ON (f.account, f.receipt_reference) = (a.source, a.reference)
JOIN ltc.teams AS t ON t.id = a.team_id;

-- name: insert_entries
-- The fresh movements as facts, each with the receipt that it is.
-- needs: create_staging, create_fresh
INSERT INTO ltc.bank_entries (
    statement_id, team_id, account, ordinal, detail, line, kind, booked_on, value_on, currency, amount_minor,
    charges_minor, key, occurrence, reference, service_reference, end_to_end, transaction_id, structured_reference,
    remittance, debtor_name, debtor_account, doubt, remitted, receipt_id)
SELECT f.statement_id, f.team_id, f.account, f.ordinal, f.detail, f.line, f.kind, f.booked_on, f.value_on, f.currency,
    f.amount_minor, f.charges_minor, f.key, f.occurrence, f.reference, f.service_reference, f.end_to_end,
    f.transaction_id, f.structured_reference, f.remittance, f.debtor_name, f.debtor_account, f.doubt, f.remitted::jsonb,
    coalesce(f.receipt_id, r.id)
FROM fresh_bank_entries AS f
LEFT JOIN ltc.receipts AS r ON f.kind = 'receipt' AND (r.source, r.reference) = (f.account, f.receipt_reference)
ORDER BY f.statement, f.ordinal, f.detail;

-- name: add_fresh_receipts
-- The receipts that are new are to be allocated.
-- needs: create_staging, create_fresh, receipts.create_incoming
INSERT INTO incoming_receipts
SELECT r.id, r.booked_on FROM fresh_bank_entries AS f
JOIN ltc.receipts AS r ON (r.source, r.reference) = (f.account, f.receipt_reference)
WHERE f.kind = 'receipt' AND f.receipt_id IS NULL;

-- name: count_fresh
-- How many movements of each statement are new, and how many receipts of them.
-- needs: create_staging, create_fresh
-- gives: statement integer, entries integer, receipts integer
SELECT statement, count(*)::integer AS entries,
    (count(*) FILTER (WHERE kind = 'receipt' AND receipt_id IS NULL))::integer AS receipts
FROM fresh_bank_entries GROUP BY statement ORDER BY statement;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging, create_fresh
DROP TABLE staged_bank_entries, fresh_bank_entries;

-- name: unmatched_reversals
-- Entries of these statements that take money back and have not found their receipt, and earlier ones of their accounts, whose
-- receipts may come only now; with the receipts that they may mean: under the same reference of payer or bank, and not taken back
-- yet; of one of which a part went back, what stays. Those of the days through one, or all.
-- takes: statements bigint[], through date?
-- gives: entry bigint, booked_on date, amount_minor bigint, charges_minor bigint, receipt bigint?, receipt_minor bigint?
-- gives: came_in_minor bigint?, came_on date?, batch text?, is_new boolean
WITH met AS MATERIALIZED (
    SELECT e.id AS entry, e.booked_on, e.amount_minor, e.charges_minor, e.statement_id = ANY (:statements) AS is_new,
        k.receipt_id, k.amount_minor AS came_in_minor, k.booked_on AS came_on, k.statement_id || '/' || k.ordinal AS batch
    FROM ltc.bank_entries AS e
    LEFT JOIN ltc.bank_entries AS k
        ON k.account = e.account AND k.kind = 'receipt' AND k.currency = e.currency AND k.booked_on <= e.booked_on
        AND (k.statement_id, k.ordinal) <> (e.statement_id, e.ordinal)
        AND (k.end_to_end = e.end_to_end OR k.transaction_id = e.transaction_id
            -- The bank's own may be that of a whole batch.
            OR k.service_reference = e.service_reference AND num_nonnulls(e.end_to_end, e.transaction_id) = 0)
    WHERE e.kind = 'reversal' AND e.booked_on <= coalesce(:through::date, 'infinity')
        AND (e.team_id, e.account) IN (SELECT team_id, account FROM ltc.bank_statements WHERE id = ANY (:statements))
        AND NOT EXISTS (SELECT FROM ltc.dismissed_reversals AS d WHERE d.bank_entry_id = e.id)
        AND NOT EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.bank_entry_id = e.id)
)
SELECT m.entry, m.booked_on, m.amount_minor, m.charges_minor, r.id AS receipt, r.amount_minor AS receipt_minor,
    CASE r.id WHEN m.receipt_id THEN m.came_in_minor ELSE r.amount_minor END AS came_in_minor, m.came_on, m.batch,
    m.is_new
FROM met AS m
LEFT JOIN LATERAL (
    WITH RECURSIVE part AS (
        SELECT id, amount_minor FROM ltc.receipts WHERE id = m.receipt_id
        UNION ALL SELECT n.id, n.amount_minor FROM part AS p JOIN ltc.receipts AS n ON n.part_of_id = p.id
    )
    SELECT * FROM part AS p WHERE NOT EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.receipt_id = p.id)
) AS r ON true
ORDER BY m.entry, r.id;

-- name: days_of_reversals
-- On which days these statements, or earlier ones of their accounts, took back what nobody has found yet.
-- takes: statements bigint[]
-- gives: day date
SELECT DISTINCT e.booked_on AS day FROM ltc.bank_entries AS e
WHERE e.kind = 'reversal'
    AND (e.team_id, e.account) IN (SELECT team_id, account FROM ltc.bank_statements WHERE id = ANY (:statements))
    AND NOT EXISTS (SELECT FROM ltc.dismissed_reversals AS d WHERE d.bank_entry_id = e.id)
    AND NOT EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.bank_entry_id = e.id)
ORDER BY day;

-- name: open_reversals
-- Entries that took money back, and whose receipt nobody has found yet; oldest first.
-- takes: team text?, most bigint
-- gives: entry bigint, account text, statement text, booked_on date, currency text, amount_minor bigint
-- gives: end_to_end text?, service_reference text?, remittance text?
SELECT e.id AS entry, e.account, b.statement, e.booked_on, e.currency::text AS currency, e.amount_minor, e.end_to_end,
    e.service_reference, e.remittance
FROM ltc.bank_entries AS e
JOIN ltc.bank_statements AS b ON b.id = e.statement_id
JOIN ltc.teams AS t ON t.id = e.team_id
WHERE e.kind = 'reversal' AND (:team::text IS NULL OR t.code = :team)
    AND NOT EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.bank_entry_id = e.id)
    AND NOT EXISTS (SELECT FROM ltc.dismissed_reversals AS d WHERE d.bank_entry_id = e.id)
ORDER BY e.booked_on, e.id LIMIT :most;

-- name: reversal_entry
-- An entry that a person says takes receipts back.
-- takes: entry bigint
-- gives: booked_on date, is_used boolean, creditor bigint, currency text, amount_minor bigint, charges_minor bigint
SELECT e.booked_on, EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.bank_entry_id = e.id) AS is_used,
    b.creditor_id AS creditor, e.currency::text AS currency, e.amount_minor, e.charges_minor
FROM ltc.bank_entries AS e JOIN ltc.bank_statements AS b ON b.id = e.statement_id
WHERE e.id = :entry AND e.kind = 'reversal';

-- name: dismiss_reversal
-- An open entry took back what is no receipt here, as a person says.
-- takes: entry bigint, reason text, actor text
-- gives: entry bigint
INSERT INTO ltc.dismissed_reversals (bank_entry_id, team_id, reason, actor)
SELECT e.id, e.team_id, :reason, :actor FROM ltc.bank_entries AS e
WHERE e.id = :entry AND e.kind = 'reversal'
    AND NOT EXISTS (SELECT FROM ltc.receipt_reversals AS v WHERE v.bank_entry_id = e.id)
ON CONFLICT DO NOTHING
RETURNING bank_entry_id AS entry;
