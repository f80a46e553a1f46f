-- compatible_from: 5
-- The ledger as open items and as movements, from which every report is made; letters that ask customers to confirm a balance.

-- What closes items, from the day on which, and the instant since which, all of its sides are there: so that it counts on both
-- sides or on none.
CREATE VIEW ltc.settlements WITH (security_invoker = true) AS
SELECT a.id, a.invoice_id, a.credit_note_id, a.receipt_id, a.currency, a.amount_minor, a.reason,
    greatest(a.effective_on, i.issued_on, n.issued_on, r.cash_on) AS effective_on,
    greatest(a.recorded_at, i.recorded_at, n.recorded_at, r.recorded_at) AS recorded_at,
    i.kind, i.number, i.team_id, i.creditor_id, i.customer_id,
    -- Whose receipt or credit note it is.
    coalesce(r.team_id, n.team_id) AS source_team_id, coalesce(r.creditor_id, n.creditor_id) AS source_creditor_id,
    CASE WHEN r.id IS NULL THEN n.customer_id ELSE r.customer_id END AS source_customer_id,
    coalesce(r.reference, n.number) AS source
FROM ltc.allocations AS a
JOIN ltc.invoices AS i ON i.id = a.invoice_id
LEFT JOIN ltc.invoices AS n ON n.id = a.credit_note_id
LEFT JOIN ltc.receipts AS r ON r.id = a.receipt_id;

-- Invoices, charges and credit notes with what is open of them as of a day, from what was known at an instant (null is now);
-- of a team, of a customer, or of all.
CREATE FUNCTION ltc.open_items(day date, known timestamptz, team bigint, customer bigint)
    RETURNS TABLE (
        item_id bigint, kind text, number text, team_id bigint, creditor_id bigint, customer_id bigint, currency text,
        issued_on date, due_on date, amount_minor bigint, open_minor bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT i.id, i.kind, i.number, i.team_id, i.creditor_id, i.customer_id, i.currency::text, i.issued_on,
            coalesce(v.due_on, i.due_on), coalesce(v.amount_minor, i.amount_minor),
            coalesce(v.amount_minor - v.settled_before_minor, i.amount_minor - i.settled_before_minor)
                - coalesce(s.minor, 0)
        FROM ltc.invoices AS i
        LEFT JOIN ltc.versions_at(open_items.day, open_items.known) AS v ON v.invoice_id = i.id
        LEFT JOIN (
            SELECT x.item_id, sum(x.amount_minor)::bigint AS minor
            FROM (
                SELECT a.invoice_id AS item_id, a.amount_minor FROM ltc.settlements AS a
                WHERE a.effective_on <= open_items.day AND a.recorded_at <= coalesce(open_items.known, 'infinity')
                    AND (open_items.team IS NULL OR a.team_id = open_items.team)
                    AND (open_items.customer IS NULL OR a.customer_id = open_items.customer)
                UNION ALL
                SELECT a.credit_note_id, a.amount_minor FROM ltc.settlements AS a
                WHERE a.credit_note_id IS NOT NULL
                    AND a.effective_on <= open_items.day AND a.recorded_at <= coalesce(open_items.known, 'infinity')
                    AND (open_items.team IS NULL OR a.source_team_id = open_items.team)
                    AND (open_items.customer IS NULL OR a.source_customer_id = open_items.customer)
            ) AS x
            GROUP BY x.item_id
        ) AS s ON s.item_id = i.id
        WHERE i.issued_on <= open_items.day AND i.recorded_at <= coalesce(open_items.known, 'infinity')
            AND (open_items.team IS NULL OR i.team_id = open_items.team)
            AND (open_items.customer IS NULL OR i.customer_id = open_items.customer);
    END;

-- Receipts with what is left of them, in the same way. A bank draft is money from the day on which it matures.
CREATE FUNCTION ltc.unspent_receipts(day date, known timestamptz, team bigint, customer bigint)
    RETURNS TABLE (
        receipt_id bigint, reference text, team_id bigint, creditor_id bigint, customer_id bigint, currency text,
        cash_on date, amount_minor bigint, unspent_minor bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT r.id, r.reference, r.team_id, r.creditor_id, r.customer_id, r.currency::text, r.cash_on, r.amount_minor,
            r.amount_minor - coalesce(s.minor, 0) - coalesce(v.amount_minor, 0)
        FROM ltc.receipts AS r
        LEFT JOIN (
            SELECT a.receipt_id, sum(a.amount_minor)::bigint AS minor FROM ltc.settlements AS a
            WHERE a.receipt_id IS NOT NULL AND a.effective_on <= unspent_receipts.day
                AND a.recorded_at <= coalesce(unspent_receipts.known, 'infinity')
                AND (unspent_receipts.team IS NULL OR a.source_team_id = unspent_receipts.team)
                AND (unspent_receipts.customer IS NULL OR a.source_customer_id = unspent_receipts.customer)
            GROUP BY a.receipt_id
        ) AS s ON s.receipt_id = r.id
        LEFT JOIN ltc.receipt_reversals AS v ON v.receipt_id = r.id AND v.effective_on <= unspent_receipts.day
            AND v.recorded_at <= coalesce(unspent_receipts.known, 'infinity')
        WHERE r.cash_on <= unspent_receipts.day AND r.recorded_at <= coalesce(unspent_receipts.known, 'infinity')
            AND (unspent_receipts.team IS NULL OR r.team_id = unspent_receipts.team)
            AND (unspent_receipts.customer IS NULL OR r.customer_id = unspent_receipts.customer);
    END;

-- Everything that moves what is owed, above zero where more is owed. The sum of an account's movements is its balance, and the
-- sum of its open items less its unspent receipts and credit notes.
CREATE VIEW ltc.ledger_movements WITH (security_invoker = true) AS
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
-- Money or credit of one team, creditor or customer that closed what is owed to, or by, another: it moves from here
SELECT a.effective_on, a.recorded_at, a.source_team_id, a.source_creditor_id, a.source_customer_id, a.currency::text,
    'transfer', a.number, NULL, a.id, false,
    (a.creditor_id, a.customer_id) IS NOT DISTINCT FROM (a.source_creditor_id, a.source_customer_id), a.amount_minor
FROM ltc.settlements AS a
WHERE (a.receipt_id IS NOT NULL OR a.credit_note_id IS NOT NULL)
    AND (a.team_id, a.creditor_id, a.customer_id)
        IS DISTINCT FROM (a.source_team_id, a.source_creditor_id, a.source_customer_id)
UNION ALL
-- to there.
SELECT a.effective_on, a.recorded_at, a.team_id, a.creditor_id, a.customer_id, a.currency::text,
    'transfer', a.source, NULL, a.id, false,
    (a.creditor_id, a.customer_id) IS NOT DISTINCT FROM (a.source_creditor_id, a.source_customer_id), -a.amount_minor
FROM ltc.settlements AS a
WHERE (a.receipt_id IS NOT NULL OR a.credit_note_id IS NOT NULL)
    AND (a.team_id, a.creditor_id, a.customer_id)
        IS DISTINCT FROM (a.source_team_id, a.source_creditor_id, a.source_customer_id);

GRANT SELECT ON ltc.settlements, ltc.ledger_movements TO ltc_daemon, ltc_admin, ltc_auditor, ltc_person;

-- Letters that ask a customer to confirm the balance of an account on a day. What was asked is a fact; when the account turns
-- out to have been another one, the next revision asks again.
CREATE TABLE ltc.reconciliations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text COLLATE "C" NOT NULL UNIQUE,
    creditor_id bigint NOT NULL REFERENCES ltc.creditors,
    customer_id bigint NOT NULL REFERENCES ltc.customers,
    currency ltc.currency NOT NULL,
    -- The creditor's finance team.
    team_id bigint NOT NULL REFERENCES ltc.teams,
    balance_on date NOT NULL,
    revision integer NOT NULL CONSTRAINT reconciliation_revision CHECK (revision >= 1),
    -- Above zero when the customer owes.
    balance_minor bigint NOT NULL,
    -- What it is made of: [{"kind", "number", "day", "due_on", "minor"}, …].
    items jsonb NOT NULL,
    actor text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (creditor_id, customer_id, currency, balance_on, revision)
);
CREATE INDEX reconciliations_day ON ltc.reconciliations (balance_on, team_id);
CREATE INDEX reconciliations_customer ON ltc.reconciliations (customer_id);
CREATE SEQUENCE ltc.reconciliation_numbers;
GRANT USAGE ON SEQUENCE ltc.reconciliation_numbers TO ltc_daemon, ltc_admin;
-- `RC-2026-000123`, with the year of the balance: unique, rising, and with gaps.
CREATE FUNCTION ltc.next_reconciliation_number(day date) RETURNS text LANGUAGE sql VOLATILE
RETURN (
    SELECT format('RC-%s-%s', to_char(day, 'YYYY'), lpad(d.digits, greatest(6, length(d.digits)), '0'))
    FROM (SELECT nextval('ltc.reconciliation_numbers')::text AS digits OFFSET 0) AS d);

-- The printed letter, so that the same bytes come back.
CREATE TABLE ltc.reconciliation_letters (
    reconciliation_id bigint PRIMARY KEY REFERENCES ltc.reconciliations,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    content bytea NOT NULL,
    sha256 text COLLATE "C" NOT NULL GENERATED ALWAYS AS (encode(sha256(content), 'hex')) STORED,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

-- What customers answered; the last answer holds.
CREATE TABLE ltc.reconciliation_answers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reconciliation_id bigint NOT NULL REFERENCES ltc.reconciliations,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    answer text COLLATE "C" NOT NULL CONSTRAINT reconciliation_answer CHECK (answer IN ('confirmed', 'differs')),
    -- The balance by the customer's books, and what they say about the difference.
    their_minor bigint,
    note text,
    answered_on date NOT NULL,
    actor text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reconciliation_difference CHECK (
        (answer = 'differs') = (their_minor IS NOT NULL) AND (answer = 'differs') = (note IS NOT NULL))
);
CREATE INDEX reconciliation_answers_of ON ltc.reconciliation_answers (reconciliation_id);

CREATE TRIGGER reconciliations_are_facts BEFORE UPDATE OR DELETE ON ltc.reconciliations
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();
CREATE TRIGGER reconciliation_letters_are_facts BEFORE UPDATE OR DELETE ON ltc.reconciliation_letters
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();
CREATE TRIGGER reconciliation_answers_are_facts BEFORE UPDATE OR DELETE ON ltc.reconciliation_answers
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();
CALL ltc.protect('ltc.reconciliations', true);
CALL ltc.protect('ltc.reconciliation_letters', true);
CALL ltc.protect('ltc.reconciliation_answers', true);
REVOKE UPDATE, DELETE ON ltc.reconciliations, ltc.reconciliation_letters, ltc.reconciliation_answers FROM ltc_daemon, ltc_admin;
