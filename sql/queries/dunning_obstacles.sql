-- name: holds
-- Customers and invoices that are left alone; of a team, or of one customer. `known` asks for what was known then.
-- takes: team bigint?, customer bigint?, known timestamptz?
-- gives: id bigint, customer bigint, invoice bigint?, until_on date?
SELECT id, customer_id AS customer, invoice_id AS invoice, until_on
FROM ltc.dunning_holds
WHERE (:team::bigint IS NULL OR team_id = :team) AND (:customer::bigint IS NULL OR customer_id = :customer)
    AND recorded_at <= coalesce(:known::timestamptz, 'infinity')
    AND (released_at IS NULL OR released_at > coalesce(:known::timestamptz, 'infinity'))
ORDER BY id;

-- name: disputes
-- Parts of invoices that are disputed; of a team, or of one customer. `known` asks for what was known then.
-- takes: team bigint?, customer bigint?, known timestamptz?
-- gives: id bigint, invoice bigint, amount_minor bigint, until_on date
SELECT d.id, d.invoice_id AS invoice, d.amount_minor, d.until_on
FROM ltc.disputes AS d JOIN ltc.invoices AS i ON i.id = d.invoice_id
WHERE (:team::bigint IS NULL OR d.team_id = :team) AND (:customer::bigint IS NULL OR i.customer_id = :customer)
    AND d.recorded_at <= coalesce(:known::timestamptz, 'infinity')
    AND (d.closed_at IS NULL OR d.closed_at > coalesce(:known::timestamptz, 'infinity'))
ORDER BY d.id;

-- name: promises
-- Promises about invoices that are open, with what came in since, through the tolerated day, for the invoice and for what was
-- charged for it, which is paid first; the same money keeps one promise. A draft keeps one when it comes, as far as it is meant for
-- the invoice, unless it goes back. Of a team, or of one customer. `through` asks for the ledger of a day that is over, `known` for
-- what was known then.
-- takes: team bigint?, customer bigint?, tolerance integer, through date?, known timestamptz?
-- gives: id bigint, invoice bigint, amount_minor bigint, promised_on date, received_minor bigint
WITH promise AS MATERIALIZED (
    SELECT p.id, p.invoice_id, p.amount_minor, p.promised_on, p.recorded_at
    FROM ltc.promises AS p JOIN ltc.invoices AS i ON i.id = p.invoice_id
    WHERE (:team::bigint IS NULL OR p.team_id = :team) AND (:customer::bigint IS NULL OR i.customer_id = :customer)
        AND p.recorded_at <= coalesce(:known::timestamptz, 'infinity')
        AND (:known::timestamptz IS NOT NULL OR :through::date IS NOT NULL OR i.open_minor > 0)
), item AS (
    SELECT p.invoice_id AS invoice, p.invoice_id AS item FROM promise AS p
    UNION
    SELECT p.invoice_id, x.id FROM promise AS p JOIN ltc.invoices AS x ON x.charged_for_id = p.invoice_id
), settled AS (
    SELECT item.invoice, a.* FROM item JOIN ltc.allocations AS a ON a.invoice_id = item.item
    UNION ALL
    -- The fee of a notice counts for the oldest of the invoices that the same money paid.
    SELECT * FROM (
        SELECT DISTINCT ON (a.id) p.invoice_id AS invoice, a.*
        FROM promise AS p
        JOIN ltc.notice_items AS t ON t.invoice_id = p.invoice_id
        JOIN ltc.invoices AS x ON x.notice_id = t.notice_id AND x.kind = 'fee'
        JOIN ltc.allocations AS a ON a.invoice_id = x.id
        JOIN ltc.invoices AS i ON i.id = p.invoice_id
        WHERE EXISTS (
            SELECT FROM ltc.allocations AS g
            WHERE g.invoice_id = p.invoice_id AND g.receipt_id = a.receipt_id AND g.amount_minor > 0)
        ORDER BY a.id, i.due_on, i.id
    ) AS f
), came AS (
    -- What went back was not received, whenever it went; as far as it had come since the promise.
    SELECT p.id, a.invoice_id, coalesce(a.receipt_id, 0) AS receipt, coalesce(a.credit_note_id, 0) AS credit_note,
        greatest(0, sum(a.amount_minor))::bigint AS minor
    FROM promise AS p JOIN settled AS a ON a.invoice = p.invoice_id
    WHERE a.recorded_at > p.recorded_at
        -- A draft that was there before is not what was promised.
        AND NOT EXISTS (
            SELECT FROM ltc.receipts AS d WHERE d.id = a.receipt_id AND d.kind = 'draft' AND d.recorded_at <= p.recorded_at)
        AND a.reason NOT IN ('write_off', 'notice_reversed', 'not_owed')
        AND a.effective_on <= coalesce(:through::date, 'infinity')
        AND a.recorded_at <= coalesce(:known::timestamptz, 'infinity')
        AND (a.amount_minor < 0 OR coalesce(a.paid_on, a.effective_on) <= p.promised_on + :tolerance::integer)
    GROUP BY p.id, a.invoice_id, coalesce(a.receipt_id, 0), coalesce(a.credit_note_id, 0)
    UNION ALL
    SELECT p.id, v.invoice_id, v.receipt_id, 0, sum(v.amount_minor)::bigint
    FROM promise AS p
    JOIN item ON item.invoice = p.invoice_id
    JOIN ltc.draft_covers AS v ON v.invoice_id = item.item
    JOIN ltc.receipts AS d ON d.id = v.receipt_id
    WHERE d.recorded_at > p.recorded_at
        AND v.recorded_at <= coalesce(:known::timestamptz, 'infinity')
        AND d.booked_on <= least(p.promised_on + :tolerance::integer, coalesce(:through::date, 'infinity'))
        AND NOT EXISTS (
            SELECT FROM ltc.receipt_reversals AS b
            WHERE b.receipt_id = d.id AND b.recorded_at <= coalesce(:known::timestamptz, 'infinity')
                AND b.effective_on <= coalesce(:through::date, 'infinity'))
    GROUP BY p.id, v.invoice_id, v.receipt_id
), paid AS MATERIALIZED (
    -- What a draft was meant for is what it pays when it matures.
    SELECT id, invoice_id, receipt, credit_note, max(minor) AS minor FROM came GROUP BY id, invoice_id, receipt, credit_note
), received AS (
    SELECT p.id, p.invoice_id, p.amount_minor, p.promised_on, coalesce(sum(a.minor), 0)::bigint AS minor
    FROM promise AS p LEFT JOIN paid AS a ON a.id = p.id
    GROUP BY p.id, p.invoice_id, p.amount_minor, p.promised_on
), used AS (
    -- The promise for the earlier day takes its money first, and of that first what does not count for the other.
    SELECT l.id, sum(greatest(0, least(e.amount_minor, e.minor) - (e.minor - coalesce(b.minor, 0)))) AS minor
    FROM received AS e JOIN received AS l ON l.invoice_id = e.invoice_id AND (l.promised_on, l.id) > (e.promised_on, e.id)
    LEFT JOIN (
        SELECT x.id AS earlier, y.id AS later, sum(least(x.minor, y.minor)) AS minor
        FROM paid AS x JOIN paid AS y
            ON (y.invoice_id, y.receipt, y.credit_note) = (x.invoice_id, x.receipt, x.credit_note) AND y.id <> x.id
        GROUP BY x.id, y.id
    ) AS b ON (b.earlier, b.later) = (e.id, l.id)
    GROUP BY l.id
)
SELECT r.id, r.invoice_id AS invoice, r.amount_minor, r.promised_on,
    (r.minor - coalesce(u.minor, 0))::bigint AS received_minor
FROM received AS r LEFT JOIN used AS u ON u.id = r.id
ORDER BY r.id;

-- name: covers
-- What drafts are meant for that have paid nothing yet and were not taken back; of a team, or of one customer. `through` asks
-- for the ledger of a day that is over, `known` for what was known then.
-- takes: team bigint?, customer bigint?, through date?, known timestamptz?
-- gives: invoice bigint, amount_minor bigint, matures_on date
SELECT v.invoice_id AS invoice, v.amount_minor, r.matures_on
FROM ltc.draft_covers AS v JOIN ltc.receipts AS r ON r.id = v.receipt_id
WHERE (:team::bigint IS NULL OR v.team_id = :team) AND (:customer::bigint IS NULL OR r.customer_id = :customer)
    AND v.recorded_at <= coalesce(:known::timestamptz, 'infinity')
    AND NOT EXISTS (
        SELECT FROM ltc.allocations AS a
        WHERE a.receipt_id = r.id AND a.recorded_at <= coalesce(:known::timestamptz, 'infinity')
            AND a.effective_on <= coalesce(:through::date, 'infinity'))
    AND NOT EXISTS (
        SELECT FROM ltc.receipt_reversals AS b
        WHERE b.receipt_id = r.id AND b.recorded_at <= coalesce(:known::timestamptz, 'infinity')
            AND b.effective_on <= coalesce(:through::date, 'infinity'))
ORDER BY v.id;

-- name: invoice_to_dun
-- An invoice that somebody holds, disputes or promises to pay, with what of it drafts are meant for that have not paid; locked, so
-- that its parts add up.
-- takes: number text, source text?
-- gives: id bigint, source text, number text, kind text, team bigint, zone text, customer bigint, currency text, open_minor bigint
-- gives: covered_minor bigint, promises bigint
SELECT i.id, i.source, i.number, i.kind, i.team_id AS team, t.zone, i.customer_id AS customer, i.currency::text AS currency,
    i.open_minor, coalesce((
        SELECT sum(v.amount_minor) FROM ltc.draft_covers AS v JOIN ltc.receipts AS r ON r.id = v.receipt_id
        WHERE v.invoice_id = i.id AND r.allocated_minor = 0), 0)::bigint AS covered_minor, (SELECT count(*) FROM ltc.promises AS p WHERE p.invoice_id = i.id) AS promises
FROM ltc.invoices AS i JOIN ltc.teams AS t ON t.id = i.team_id
WHERE ltc.plain_number(i.number) = ltc.plain_number(:number) AND i.number = :number
    AND (:source::text IS NULL OR i.source = :source)
ORDER BY i.id FOR UPDATE OF i;

-- name: customer_to_hold
-- A customer by number, or as `source:number`, with the finance teams that collect from them.
-- takes: customer text
-- gives: id bigint, name text, team bigint?, zone text?
SELECT c.id, c.source || ':' || c.number AS name, t.id AS team, t.zone
FROM ltc.customers AS c
LEFT JOIN LATERAL (SELECT DISTINCT team_id FROM ltc.invoices WHERE customer_id = c.id) AS i ON true
LEFT JOIN ltc.teams AS t ON t.id = i.team_id
WHERE :customer IN (c.number, c.source || ':' || c.number) ORDER BY c.id, t.id;

-- name: add_hold
-- A customer or an invoice is left alone.
-- takes: team bigint, customer bigint, invoice bigint?, until_on date?, reason text, actor text
-- gives: id bigint
INSERT INTO ltc.dunning_holds (team_id, customer_id, invoice_id, until_on, reason, recorded_by)
VALUES (:team, :customer, :invoice, :until_on, :reason, :actor) RETURNING id;

-- name: release_holds
-- The holds of an invoice, or those of a whole customer, end.
-- takes: customer bigint, invoice bigint?, actor text
-- gives: id bigint, team bigint
UPDATE ltc.dunning_holds SET released_at = clock_timestamp(), released_by = :actor
WHERE customer_id = :customer AND invoice_id IS NOT DISTINCT FROM :invoice AND released_at IS NULL
RETURNING id, team_id AS team;

-- name: add_dispute
-- A part of an invoice is disputed.
-- takes: invoice bigint, amount_minor bigint, reason text, owner bigint, until_on date, actor text
-- gives: id bigint
INSERT INTO ltc.disputes (team_id, invoice_id, currency, amount_minor, reason, owner_id, until_on, recorded_by)
SELECT team_id, id, currency, :amount_minor, :reason, :owner, :until_on, :actor
FROM ltc.invoices WHERE id = :invoice RETURNING id;

-- name: close_disputes
-- The disputes of an invoice end, settled or not.
-- takes: invoice bigint, actor text
-- gives: id bigint
UPDATE ltc.disputes SET closed_at = clock_timestamp(), closed_by = :actor
WHERE invoice_id = :invoice AND closed_at IS NULL RETURNING id;

-- name: add_promise
-- A customer says when they pay.
-- takes: invoice bigint, amount_minor bigint, promised_on date, actor text
-- gives: id bigint
INSERT INTO ltc.promises (team_id, invoice_id, currency, amount_minor, promised_on, recorded_by)
SELECT team_id, id, currency, :amount_minor, :promised_on, :actor
FROM ltc.invoices WHERE id = :invoice RETURNING id;

-- name: record_obstacle
-- One event for what a person says about an invoice or a customer.
-- takes: subject_kind text, subject bigint, team bigint, kind text, actor text, at timestamptz, reason text?, detail jsonb
INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, actor, reason, detail)
VALUES (:subject_kind, :subject, :team, :kind, :at, :actor, :reason, :detail);

-- name: expired_disputes
-- Disputes that are over by a day and whose owners were not told; told now.
-- takes: team bigint, day date, now timestamptz
-- gives: id bigint, owner bigint, invoice text, customer text, currency text, amount_minor bigint, open_minor bigint
-- gives: until_on date, reason text
UPDATE ltc.disputes AS d SET told_at = :now
FROM ltc.invoices AS i JOIN ltc.customers AS c ON c.id = i.customer_id
WHERE d.team_id = :team AND d.closed_at IS NULL AND d.told_at IS NULL AND d.until_on < :day AND i.id = d.invoice_id
RETURNING d.id, d.owner_id AS owner, i.number AS invoice, c.number AS customer, d.currency::text AS currency,
    d.amount_minor, i.open_minor, d.until_on, d.reason;

-- name: member_by_code
-- Who sees to a dispute.
-- takes: code text
-- gives: id bigint
SELECT id FROM ltc.members WHERE code = :code AND is_active;

-- name: creditor_codes
-- By which the company's description calls the creditors.
-- gives: id bigint, code text
SELECT id, code FROM ltc.creditors;
