-- name: create_reconciliations
-- Asks about the balances of a day: of accounts that have an open item, or moved since a first day. An account that was asked
-- about already is asked again only where another balance, or other items, are known by now, if at all. A preview
-- draws no numbers.
-- takes: first date, day date, team bigint?, customer bigint?, creditor text?, asks_again boolean, draws_numbers boolean
-- takes: actor text
-- gives: id bigint
WITH line AS (
    SELECT o.creditor_id, o.customer_id, o.currency, replace(o.kind, '-', '_') AS kind, o.number, o.issued_on AS day, o.due_on,
        CASE o.kind WHEN 'credit-note' THEN -o.open_minor ELSE o.open_minor END AS minor, o.item_id AS fact
    FROM ltc.open_items(:day, NULL, NULL, :customer) AS o
    WHERE o.open_minor <> 0
    UNION ALL
    SELECT r.creditor_id, r.customer_id, r.currency, 'receipt', r.reference, r.cash_on, NULL, -r.unspent_minor, r.receipt_id
    FROM ltc.unspent_receipts(:day, NULL, NULL, :customer) AS r
    WHERE r.unspent_minor <> 0 AND r.customer_id IS NOT NULL
), asked AS (
    SELECT creditor_id, customer_id, currency, sum(minor)::bigint AS minor, jsonb_agg(jsonb_build_object(
        'kind', kind, 'number', number, 'day', day, 'due_on', due_on, 'minor', minor) ORDER BY day, number, fact) AS items
    FROM line GROUP BY creditor_id, customer_id, currency
    UNION ALL
    SELECT m.creditor_id, m.customer_id, m.currency, 0, '[]'
    FROM ltc.ledger_movements AS m
    WHERE m.day BETWEEN :first AND :day AND m.customer_id IS NOT NULL AND NOT m.is_inside
        AND (:customer::bigint IS NULL OR m.customer_id = :customer)
        AND NOT EXISTS (
            SELECT FROM line AS l
            WHERE (l.creditor_id, l.customer_id, l.currency) = (m.creditor_id, m.customer_id, m.currency))
    GROUP BY m.creditor_id, m.customer_id, m.currency
)
INSERT INTO ltc.reconciliations (
    number, creditor_id, customer_id, currency, team_id, balance_on, revision, balance_minor, items, actor)
SELECT CASE WHEN :draws_numbers THEN ltc.next_reconciliation_number(:day)
        ELSE format('preview-%s-%s-%s', n.creditor_id, n.customer_id, n.currency) END, n.creditor_id, n.customer_id, n.currency, n.team_id, :day, n.revision, n.minor,
    n.items, :actor
FROM (
    SELECT a.*, k.finance_team_id AS team_id, coalesce(last.revision, 0) + 1 AS revision
    FROM asked AS a
    JOIN ltc.creditors AS k ON k.id = a.creditor_id
    JOIN ltc.customers AS c ON c.id = a.customer_id
    LEFT JOIN (
        SELECT DISTINCT ON (creditor_id, customer_id, currency) creditor_id, customer_id, currency, revision, items
        FROM ltc.reconciliations WHERE balance_on = :day
        ORDER BY creditor_id, customer_id, currency, revision DESC
    ) AS last ON (last.creditor_id, last.customer_id, last.currency::text) = (a.creditor_id, a.customer_id, a.currency)
    WHERE (:creditor::text IS NULL OR k.code = :creditor) AND (:team::bigint IS NULL OR k.finance_team_id = :team)
        AND a.items IS DISTINCT FROM last.items AND (last.items IS NULL OR :asks_again)
    ORDER BY k.code, c.number, a.customer_id, a.currency
    OFFSET 0
) AS n
RETURNING id;

-- name: list_reconciliations
-- Letters that asked for a balance, with the last answer; the latest day first.
-- takes: team bigint?, customer bigint?, day date?, number text?, state text?, most bigint
-- gives: id bigint, number text, creditor text, customer text, customer_name text, currency text, balance_on date
-- gives: balance_minor bigint, revision integer, state text, answered_on date?, their_minor bigint?, note text?, actor text?
-- gives: recorded_at timestamptz
SELECT s.id, s.number, k.code AS creditor, c.number AS customer, c.name AS customer_name, s.currency::text AS currency,
    s.balance_on, s.balance_minor, s.revision, s.state, s.answered_on, s.their_minor, s.note, s.actor, s.recorded_at
FROM (
    SELECT r.id, r.number, r.creditor_id, r.customer_id, r.currency, r.team_id, r.balance_on, r.balance_minor, r.revision,
        r.recorded_at, a.answered_on, a.their_minor, a.note, a.actor,
        coalesce(a.answer, CASE WHEN EXISTS (
            SELECT FROM ltc.reconciliations AS l
            WHERE (l.creditor_id, l.customer_id, l.currency, l.balance_on)
                = (r.creditor_id, r.customer_id, r.currency, r.balance_on) AND l.revision > r.revision
        ) THEN 'superseded' ELSE 'open' END) AS state
    FROM ltc.reconciliations AS r
    LEFT JOIN LATERAL (
        SELECT * FROM ltc.reconciliation_answers AS a WHERE a.reconciliation_id = r.id ORDER BY a.id DESC LIMIT 1
    ) AS a ON true
    WHERE (:team::bigint IS NULL OR r.team_id = :team) AND (:customer::bigint IS NULL OR r.customer_id = :customer)
        AND (:day::date IS NULL OR r.balance_on = :day) AND (:number::text IS NULL OR r.number = :number)
) AS s
JOIN ltc.creditors AS k ON k.id = s.creditor_id
JOIN ltc.customers AS c ON c.id = s.customer_id
WHERE :state::text IS NULL OR s.state = :state
ORDER BY s.balance_on DESC, s.id LIMIT :most;

-- name: items_of
-- What the balance of a letter is made of.
-- takes: reconciliation bigint
-- gives: items jsonb
SELECT items FROM ltc.reconciliations WHERE id = :reconciliation;

-- name: unprinted
-- Letters about a day's balances that are not printed.
-- takes: day date, team bigint?, customer bigint?, creditor text?
-- gives: id bigint
SELECT r.id
FROM ltc.reconciliations AS r JOIN ltc.creditors AS k ON k.id = r.creditor_id
WHERE r.balance_on = :day AND (:team::bigint IS NULL OR r.team_id = :team)
    AND (:customer::bigint IS NULL OR r.customer_id = :customer) AND (:creditor::text IS NULL OR k.code = :creditor)
    AND NOT EXISTS (SELECT FROM ltc.reconciliation_letters AS l WHERE l.reconciliation_id = r.id)
ORDER BY r.id;

-- name: to_print
-- All that letters say.
-- takes: reconciliations bigint[]
-- gives: id bigint, number text, balance_on date, currency text, balance_minor bigint, items jsonb
-- gives: customer_number text, customer_name text, customer_address text?, language text
-- gives: creditor_name text, creditor_address text?, creditor_tax_id text?, creditor_email text?, iban text?, account text?, bic text?
-- gives: bank text?
SELECT r.id, r.number, r.balance_on, r.currency::text AS currency, r.balance_minor, r.items, c.number AS customer_number,
    c.name AS customer_name, c.address AS customer_address, c.language, k.name AS creditor_name,
    k.address AS creditor_address, k.tax_id AS creditor_tax_id, k.email AS creditor_email, k.iban, k.account, k.bic, k.bank
FROM ltc.reconciliations AS r
JOIN ltc.customers AS c ON c.id = r.customer_id
JOIN ltc.creditors AS k ON k.id = r.creditor_id
WHERE r.id = ANY (:reconciliations)
ORDER BY r.id;

-- name: to_send
-- Letters that are sent to customers, or by somebody in the house where there is no e-mail address.
-- takes: reconciliations bigint[]
-- gives: id bigint, number text, team bigint, creditor text, creditor_name text, customer bigint, customer_number text
-- gives: customer_name text, email text?, country text?, language text, currency text, balance_minor bigint
SELECT r.id, r.number, r.team_id AS team, k.code AS creditor, k.name AS creditor_name, c.id AS customer,
    c.number AS customer_number, c.name AS customer_name, nullif(c.email, '') AS email, c.country, c.language,
    r.currency::text AS currency, r.balance_minor
FROM ltc.reconciliations AS r
JOIN ltc.customers AS c ON c.id = r.customer_id
JOIN ltc.creditors AS k ON k.id = r.creditor_id
WHERE r.id = ANY (:reconciliations)
ORDER BY r.id;

-- name: standing
-- Whether a letter still wants an answer, and whether it is printed.
-- takes: reconciliation bigint
-- gives: is_answered boolean, is_superseded boolean, is_printed boolean
SELECT EXISTS (SELECT FROM ltc.reconciliation_answers AS a WHERE a.reconciliation_id = r.id) AS is_answered,
    EXISTS (
        SELECT FROM ltc.reconciliations AS l
        WHERE (l.creditor_id, l.customer_id, l.currency, l.balance_on)
            = (r.creditor_id, r.customer_id, r.currency, r.balance_on) AND l.revision > r.revision) AS is_superseded,
    EXISTS (SELECT FROM ltc.reconciliation_letters AS l WHERE l.reconciliation_id = r.id) AS is_printed
FROM ltc.reconciliations AS r WHERE r.id = :reconciliation;

-- name: keep_letters
-- Letters that were just printed. What somebody else printed meanwhile stays: it is the same.
-- takes: reconciliations bigint[], contents bytea[]
INSERT INTO ltc.reconciliation_letters (reconciliation_id, team_id, content)
SELECT r.id, r.team_id, l.content
FROM unnest(:reconciliations::bigint[], :contents::bytea[]) AS l (id, content) JOIN ltc.reconciliations AS r ON r.id = l.id
ORDER BY r.id
ON CONFLICT DO NOTHING;

-- name: package
-- The printed letters about a day's balances.
-- takes: day date, team bigint?, customer bigint?, creditor text?
-- gives: id bigint, number text, sha256 text, bytes bigint
SELECT r.id, r.number, l.sha256, octet_length(l.content)::bigint AS bytes
FROM ltc.reconciliations AS r
JOIN ltc.reconciliation_letters AS l ON l.reconciliation_id = r.id
JOIN ltc.creditors AS k ON k.id = r.creditor_id
WHERE r.balance_on = :day AND (:team::bigint IS NULL OR r.team_id = :team)
    AND (:customer::bigint IS NULL OR r.customer_id = :customer) AND (:creditor::text IS NULL OR k.code = :creditor)
ORDER BY r.number;

-- name: content
-- A letter's bytes.
-- takes: reconciliation bigint
-- gives: content bytea
SELECT content FROM ltc.reconciliation_letters WHERE reconciliation_id = :reconciliation;

-- name: by_number
-- A letter that somebody answers, with the number of the one that came after it.
-- takes: number text
-- gives: id bigint, team bigint, zone text, currency text, balance_on date, balance_minor bigint, superseded_by text?
SELECT r.id, r.team_id AS team, t.zone, r.currency::text AS currency, r.balance_on, r.balance_minor, (
        SELECT l.number FROM ltc.reconciliations AS l
        WHERE (l.creditor_id, l.customer_id, l.currency, l.balance_on)
            = (r.creditor_id, r.customer_id, r.currency, r.balance_on) AND l.revision > r.revision
        ORDER BY l.revision DESC LIMIT 1) AS superseded_by
FROM ltc.reconciliations AS r JOIN ltc.teams AS t ON t.id = r.team_id
WHERE r.number = :number;

-- name: answer
-- What a customer answered.
-- takes: reconciliation bigint, answer text, their_minor bigint?, note text?, day date, at timestamptz, actor text
WITH answered AS (
    INSERT INTO ltc.reconciliation_answers (reconciliation_id, team_id, answer, their_minor, note, answered_on, actor)
    SELECT id, team_id, :answer, :their_minor, :note, :day, :actor FROM ltc.reconciliations WHERE id = :reconciliation
    RETURNING reconciliation_id, team_id, answer, their_minor
)
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, detail)
SELECT 'reconciliation', a.reconciliation_id, a.team_id, 'balance_' || a.answer, :at, :actor,
    jsonb_build_object('their_minor', a.their_minor)
FROM answered AS a;
