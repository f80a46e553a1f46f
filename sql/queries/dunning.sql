-- name: open_items
-- What may be dunned: overdue invoices of a team, account by account, with the credit and the notice of the account
-- that stand in the way; and the open charges of earlier notices (of a `charge_kind`). What percentages are taken of is
-- added up only where some level asks for one, and what closed a part of an invoice looked up where something did.
-- `through` asks for the ledger of a day that is over: what is effective later does not count yet.
-- Preselects only; the rule is in Domain.
-- takes: team bigint, day date, through date?, with_totals boolean, total_since date, noticed_since date
-- gives: id bigint, number text, creditor bigint, customer bigint, currency text, procedure text?, contract_procedure text?
-- gives: customer_procedure text?, group_code text?, issued_on date, due_on date, shifts_due_date boolean
-- gives: open_minor bigint, dunning_level integer, last_notice_on date?, credit_minor bigint, total_minor bigint?
-- gives: blocked_by text?, noticed_on date?, has_email boolean, has_address boolean, charge_kind text?
-- gives: original_minor bigint, contract_on date?, posted_minor bigint?, is_compensated boolean?, instalment_of text?
-- gives: is_invoice_compensated boolean?, settled_by text[]?, settled_on date[]?, settled_minor bigint[]?
-- gives: corrected_on date[]?, corrected_minor bigint[]?
WITH credit AS (
    SELECT creditor_id, customer_id, currency, sum(minor)::bigint AS minor
    FROM (
        SELECT creditor_id, customer_id, currency, amount_minor - allocated_minor AS minor
        FROM ltc.receipts WHERE :through::date IS NULL AND team_id = :team AND allocated_minor < amount_minor
            AND (kind <> 'draft' OR matures_on <= :day)
        UNION ALL
        SELECT creditor_id, customer_id, currency, open_minor
        FROM ltc.invoices
        WHERE :through::date IS NULL AND team_id = :team AND kind = 'credit-note'
            AND settled_before_minor + allocated_minor < amount_minor
        UNION ALL
        SELECT creditor_id, customer_id, currency, unspent_minor
        FROM ltc.unspent_receipts(:through, NULL, :team, NULL) WHERE :through::date IS NOT NULL
        UNION ALL
        SELECT creditor_id, customer_id, currency, open_minor
        FROM ltc.open_items(:through, NULL, :team, NULL) WHERE :through::date IS NOT NULL AND kind = 'credit-note'
    ) AS c
    GROUP BY creditor_id, customer_id, currency
), total AS (
    SELECT creditor_id, customer_id, currency, sum(minor)::bigint AS minor
    FROM (
        SELECT creditor_id, customer_id, currency, open_minor AS minor
        FROM ltc.invoices
        WHERE :with_totals AND :through::date IS NULL AND team_id = :team AND kind = 'invoice'
            AND settled_before_minor + allocated_minor < amount_minor
        UNION ALL
        SELECT creditor_id, customer_id, currency, open_minor
        FROM ltc.open_items(:through, NULL, :team, NULL)
        WHERE :with_totals AND :through::date IS NOT NULL AND kind = 'invoice'
        UNION ALL
        SELECT i.creditor_id, i.customer_id, i.currency, a.amount_minor
        FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id
        WHERE :with_totals AND a.team_id = :team AND i.kind = 'invoice'
            AND a.effective_on BETWEEN :total_since AND coalesce(:through::date, 'infinity')
    ) AS t
    GROUP BY creditor_id, customer_id, currency
), posted AS (
    SELECT x.charged_for_id, sum(x.amount_minor - coalesce(n.minor, 0)) FILTER (WHERE x.kind = 'interest')::bigint AS minor,
        bool_or(x.kind = 'compensation' AND x.amount_minor > coalesce(n.minor, 0)) AS is_compensated
    FROM ltc.invoices AS x
    LEFT JOIN (
        SELECT invoice_id, sum(amount_minor) AS minor FROM ltc.allocations WHERE reason = 'not_owed' GROUP BY invoice_id
    ) AS n ON n.invoice_id = x.id
    WHERE x.team_id = :team AND x.charged_for_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM ltc.allocations AS a WHERE a.invoice_id = x.id AND a.reason = 'notice_reversed')
    GROUP BY x.charged_for_id
), corrected AS (
    SELECT invoice_id, array_agg(effective_on ORDER BY id) AS days, array_agg(minor ORDER BY id) AS minors
    FROM ltc.corrections
    WHERE team_id = :team AND minor <> 0 AND effective_on <= coalesce(:through::date, 'infinity')
    GROUP BY invoice_id
), compensated AS (
    SELECT DISTINCT f.creditor_id, f.customer_id, f.instalment_of
    FROM posted AS p JOIN ltc.invoices AS f ON f.id = p.charged_for_id
    WHERE p.is_compensated AND f.instalment_of IS NOT NULL
), notice AS (
    SELECT n.creditor_id, n.customer_id, n.currency,
        max(coalesce(n.accepted_on, n.run_date)) FILTER (WHERE n.state = 'sent') AS noticed_on,
        CASE
            WHEN bool_or(n.run_date = :day AND n.state NOT IN ('cancelled', 'reversed') OR n.rejected_on = :day)
                THEN 'notice_exists'
            WHEN bool_or(n.state IN ('proposed', 'approved', 'sending', 'uncertain', 'held')
                OR n.state = 'failed' AND n.reason IS DISTINCT FROM 'resolved_by_hand') THEN 'notice_waiting'
        END AS blocked_by
    FROM (
        SELECT creditor_id, customer_id, currency, state, reason, run_date, accepted_on, rejected_on FROM ltc.notices
        WHERE team_id = :team
        UNION ALL
        -- An item that is paid by now may have come with its last notice from another ledger.
        SELECT creditor_id, customer_id, currency, 'sent', NULL, NULL, last_notice_on, NULL FROM ltc.invoices
        WHERE team_id = :team AND last_notice_on >= :noticed_since
            AND settled_before_minor + allocated_minor >= amount_minor
    ) AS n
    WHERE (n.run_date = :day OR n.rejected_on = :day OR n.state IN ('proposed', 'approved', 'sending', 'uncertain', 'held')
            -- Unless a person gave it up.
            OR n.state = 'failed' AND n.reason IS DISTINCT FROM 'resolved_by_hand'
            OR n.state = 'sent' AND coalesce(n.accepted_on, n.run_date) >= :noticed_since)
    GROUP BY n.creditor_id, n.customer_id, n.currency
)
SELECT i.id, i.number, i.creditor_id AS creditor, i.customer_id AS customer, i.currency::text AS currency, i.procedure,
    d.procedure AS contract_procedure, c.procedure AS customer_procedure, c.group_code, i.issued_on,
    coalesce(was.due_on, i.due_on) AS due_on, coalesce(d.shifts_due_dates, false) AS shifts_due_date,
    coalesce(was.open_minor, i.open_minor) AS open_minor, i.dunning_level, i.last_notice_on,
    coalesce(credit.minor, 0) AS credit_minor, total.minor AS total_minor, notice.blocked_by,
    notice.noticed_on, c.email IS NOT NULL AS has_email, c.address IS NOT NULL AS has_address,
    CASE WHEN i.notice_id IS NOT NULL THEN i.kind END AS charge_kind,
    coalesce(was.amount_minor, i.amount_minor) AS original_minor, d.starts_on AS contract_on,
    posted.minor AS posted_minor, posted.is_compensated, i.instalment_of,
    compensated.instalment_of IS NOT NULL AS is_invoice_compensated,
    CASE WHEN i.allocated_minor > 0 OR :through::date IS NOT NULL THEN ARRAY(
        SELECT coalesce('receipt ' || a.receipt_id, 'credit note ' || a.credit_note_id, a.reason)
        FROM ltc.allocations AS a
        WHERE a.invoice_id = i.id AND a.effective_on <= coalesce(:through::date, 'infinity') ORDER BY a.id) END AS settled_by,
    CASE WHEN i.allocated_minor > 0 OR :through::date IS NOT NULL THEN ARRAY(
        SELECT coalesce(a.paid_on, a.effective_on) FROM ltc.allocations AS a
        WHERE a.invoice_id = i.id AND a.effective_on <= coalesce(:through::date, 'infinity') ORDER BY a.id) END AS settled_on,
    CASE WHEN i.allocated_minor > 0 OR :through::date IS NOT NULL THEN ARRAY(
        SELECT a.amount_minor FROM ltc.allocations AS a
        WHERE a.invoice_id = i.id AND a.effective_on <= coalesce(:through::date, 'infinity') ORDER BY a.id) END AS settled_minor,
    corrected.days AS corrected_on, corrected.minors AS corrected_minor
FROM ltc.invoices AS i
JOIN ltc.customers AS c ON c.id = i.customer_id
LEFT JOIN ltc.contracts AS d ON d.id = i.contract_id
LEFT JOIN credit ON (credit.creditor_id, credit.customer_id, credit.currency)
    = (i.creditor_id, i.customer_id, i.currency)
LEFT JOIN total ON (total.creditor_id, total.customer_id, total.currency) = (i.creditor_id, i.customer_id, i.currency)
LEFT JOIN notice ON (notice.creditor_id, notice.customer_id, notice.currency)
    = (i.creditor_id, i.customer_id, i.currency)
LEFT JOIN posted ON posted.charged_for_id = i.id
LEFT JOIN corrected ON corrected.invoice_id = i.id
LEFT JOIN compensated ON (compensated.creditor_id, compensated.customer_id, compensated.instalment_of)
    = (i.creditor_id, i.customer_id, i.instalment_of)
LEFT JOIN ltc.open_items(:through, NULL, :team, NULL) AS was ON :through::date IS NOT NULL AND was.item_id = i.id
WHERE i.team_id = :team AND i.issued_on <= :day
    AND (:through::date IS NULL AND i.settled_before_minor + i.allocated_minor < i.amount_minor
        OR :through::date IS NOT NULL AND was.open_minor > 0)
    AND (i.kind = 'invoice' AND (
            CASE WHEN :through::date IS NULL THEN i.due_on ELSE was.due_on END < :day
            -- Not overdue yet, but it was told of, in another ledger or before its due date was put off.
            OR i.last_notice_on >= :noticed_since)
        OR i.notice_id IS NOT NULL)
ORDER BY i.customer_id, i.creditor_id, i.currency, i.due_on, i.number;

-- name: store_notices
-- Notices that a run decides on, each with its lines, the charges of earlier notices that it asks for and one event with the
-- amounts seen. Lines and charges name their notice by its place. A legal number is drawn where nobody else has to approve, and
-- never in a preview. '' stands for no channel reason.
-- takes: run bigint, version bigint, day date, team bigint, draws_numbers boolean, actor text, now timestamptz
-- takes: creditors bigint[], customers bigint[], currencies text[], procedures text[], levels integer[], opens bigint[]
-- takes: charges bigint[], interests bigint[], compensations bigint[], fees bigint[], credits bigint[], pay_bys date[]
-- takes: approved boolean[], approvals text[], channels text[], channel_reasons text[], fee_computations text[]
-- takes: compensation_sources text[], item_places integer[], item_invoices bigint[], item_days integer[], item_opens bigint[]
-- takes: item_levels_before integer[], item_levels integer[], item_posted bigint[], item_interests bigint[]
-- takes: item_compensations bigint[], item_computations text[], charge_places integer[], charge_invoices bigint[]
-- takes: charge_opens bigint[]
-- gives: id bigint, is_approved boolean
WITH given AS MATERIALIZED (
    SELECT nextval('ltc.notices_id_seq') AS id, g.*
    FROM unnest(
        :creditors::bigint[], :customers::bigint[], :currencies::text[], :procedures::text[], :levels::integer[],
        :opens::bigint[], :charges::bigint[], :interests::bigint[], :compensations::bigint[], :fees::bigint[],
        :credits::bigint[], :pay_bys::date[], :approved::boolean[], :approvals::text[], :channels::text[],
        :channel_reasons::text[], :fee_computations::text[], :compensation_sources::text[])
        WITH ORDINALITY AS g (
            creditor, customer, currency, procedure, level, open, charges, interest, compensation, fee, credit, pay_by,
            is_approved, approval, channel, channel_reason, fee_computation, compensation_source, place)
), ids AS MATERIALIZED (
    SELECT array_agg(id ORDER BY place) AS of FROM given
), notices AS (
    INSERT INTO ltc.notices (
        id, number, creditor_id, customer_id, currency, run_date, team_id, procedure, level, state, reason, open_minor,
        charges_minor, interest_minor, compensation_minor, fee_minor, credit_minor, pay_by, approved_by, approved_at,
        run_id, channel, channel_reason, fee_computation, compensation_source)
    OVERRIDING SYSTEM VALUE
    SELECT id, CASE WHEN is_approved AND :draws_numbers THEN ltc.next_notice_number(:day) END, creditor, customer, currency,
        :day, :team, procedure, level, CASE WHEN is_approved THEN 'approved' ELSE 'proposed' END, approval, open, charges,
        interest, compensation, fee, credit, pay_by, CASE WHEN is_approved THEN :actor END,
        CASE WHEN is_approved THEN :now::timestamptz END, :run, channel, nullif(channel_reason, ''), fee_computation::json,
        compensation_source
    FROM given ORDER BY place
    RETURNING *
), items AS (
    INSERT INTO ltc.notice_items (
        notice_id, invoice_id, currency, team_id, days_overdue, open_minor, level_before, level, posted_minor,
        interest_minor, compensation_minor, computation)
    SELECT (SELECT ids.of FROM ids)[place], invoice, (:currencies::text[])[place], :team, days, open, level_before, level,
        posted, interest, compensation, computation::json
    FROM unnest(
        :item_places::integer[], :item_invoices::bigint[], :item_days::integer[], :item_opens::bigint[],
        :item_levels_before::integer[], :item_levels::integer[], :item_posted::bigint[], :item_interests::bigint[],
        :item_compensations::bigint[], :item_computations::text[])
        AS i (place, invoice, days, open, level_before, level, posted, interest, compensation, computation)
), earlier AS (
    INSERT INTO ltc.notice_charges (notice_id, invoice_id, currency, team_id, open_minor)
    SELECT (SELECT ids.of FROM ids)[place], invoice, (:currencies::text[])[place], :team, open
    FROM unnest(:charge_places::integer[], :charge_invoices::bigint[], :charge_opens::bigint[]) AS c (place, invoice, open)
), told AS (
    INSERT INTO ltc.events (
        subject_kind, subject_id, team_id, kind, to_state, effective_at, actor, run_id, configuration_version, rule,
        reason, detail)
    SELECT 'notice', n.id, n.team_id, 'notice_' || n.state, n.state, :now, :actor, :run, :version, n.procedure, n.reason,
        jsonb_build_object(
            'level', n.level, 'currency', n.currency, 'open_minor', n.open_minor, 'charges_minor', n.charges_minor,
            'interest_minor', n.interest_minor, 'compensation_minor', n.compensation_minor, 'fee_minor', n.fee_minor,
            'credit_minor', n.credit_minor, 'total_minor', n.total_minor)
    FROM notices AS n ORDER BY n.id
)
SELECT id, is_approved FROM given ORDER BY place;

-- name: record_notice_events
-- One event a notice for the state that it has now, with the amounts seen.
-- takes: notices bigint[], kind text, from_state text?, actor text, at timestamptz, run bigint?, version bigint?, reason text?
INSERT INTO ltc.events (
    subject_kind, subject_id, team_id, kind, from_state, to_state, effective_at, actor, run_id, configuration_version,
    rule, reason, detail)
SELECT 'notice', n.id, n.team_id, :kind, :from_state, n.state, :at, :actor, :run, :version, n.procedure,
    coalesce(:reason, n.reason), jsonb_build_object(
        'level', n.level, 'currency', n.currency, 'open_minor', n.open_minor, 'charges_minor', n.charges_minor,
        'interest_minor', n.interest_minor, 'compensation_minor', n.compensation_minor, 'fee_minor', n.fee_minor,
        'credit_minor', n.credit_minor, 'total_minor', n.total_minor)
FROM ltc.notices AS n WHERE n.id = ANY (:notices) ORDER BY n.id;

-- name: lock_notices
-- Notices that somebody decides about, in the order in which everybody locks.
-- takes: notices bigint[]
-- gives: id bigint, number text?, state text, channel text, level integer, procedure text, run_date date, team bigint
-- gives: zone text, run bigint, version bigint?, proposer text, has_email boolean, has_address boolean, open_minor bigint
-- gives: total_minor bigint, customer bigint
SELECT n.id, n.number, n.state, n.channel, n.level, n.procedure, n.run_date, n.team_id AS team, t.zone, n.run_id AS run,
    r.configuration_version AS version, r.actor AS proposer, c.email IS NOT NULL AS has_email,
    c.address IS NOT NULL AS has_address, n.open_minor, n.total_minor, n.customer_id AS customer
FROM ltc.notices AS n
JOIN ltc.customers AS c ON c.id = n.customer_id
JOIN ltc.teams AS t ON t.id = n.team_id
JOIN ltc.runs AS r ON r.id = n.run_id
WHERE n.id = ANY (:notices) ORDER BY n.id FOR UPDATE OF n;

-- name: notice_facts
-- Of what a line of a register that is about a notice speaks.
-- takes: notice bigint
-- gives: number text?, creditor text, customer text, currency text, items text[]
SELECT n.number, k.code AS creditor, c.number AS customer, n.currency::text AS currency, ARRAY(
    SELECT i.number FROM ltc.notice_items AS t JOIN ltc.invoices AS i ON i.id = t.invoice_id WHERE t.notice_id = n.id
    UNION
    -- Paid since the register was made, and no longer asked for.
    SELECT i.number FROM ltc.former_notice_items AS t JOIN ltc.invoices AS i ON i.id = t.invoice_id WHERE t.notice_id = n.id
    ) AS items
FROM ltc.notices AS n
JOIN ltc.creditors AS k ON k.id = n.creditor_id
JOIN ltc.customers AS c ON c.id = n.customer_id
WHERE n.id = :notice;

-- name: approve_notices
-- Approval draws the legal number; a preview does not.
-- takes: notices bigint[], actor text, now timestamptz, draws_numbers boolean
UPDATE ltc.notices AS n SET state = 'approved', reason = NULL, approved_by = :actor, approved_at = :now, letter = NULL,
    -- The customer has as long to pay as if it had been approved by the run.
    pay_by = n.pay_by + greatest(0, (:now::timestamptz AT TIME ZONE t.zone)::date - n.run_date),
    number = coalesce(n.number, CASE WHEN :draws_numbers THEN ltc.next_notice_number(n.run_date) END),
    -- The address may have gone since the run.
    channel = CASE WHEN n.channel = 'mail' AND c.email IS NULL THEN 'call' ELSE n.channel END,
    channel_reason = CASE WHEN n.channel = 'mail' AND c.email IS NULL THEN 'no_address' ELSE n.channel_reason END
FROM ltc.teams AS t, ltc.customers AS c
WHERE n.id = ANY (:notices) AND t.id = n.team_id AND c.id = n.customer_id;

-- name: reject_notices
-- A person says no; the account is left alone until the next day's run.
-- takes: notices bigint[], reason text?, at timestamptz
UPDATE ltc.notices AS n
SET state = 'rejected', reason = coalesce(:reason, 'rejected'), accepted_on = NULL, rejected_on = (:at::timestamptz AT TIME ZONE t.zone)::date
FROM ltc.teams AS t WHERE n.id = ANY (:notices) AND t.id = n.team_id;

-- name: notices_to_print
-- What stands at the head of a letter.
-- takes: notices bigint[]
-- gives: id bigint, number text?, state text, run_date date, pay_by date, procedure text, level integer, currency text
-- gives: fee_minor bigint, credit_minor bigint, creditor_name text, creditor_address text?, creditor_tax_id text?
-- gives: creditor_email text?, iban text?, account text?, bic text?, bank text?, customer_number text, customer_name text
-- gives: customer_address text?, language text, email text?, phone text?, creditor text, customer bigint, team bigint, reason text?
-- gives: country text?, channel text, channel_reason text?, total_minor bigint, letter text?, fee_computation text
-- gives: compensation_source text
SELECT n.id, n.number, n.state, n.run_date, n.pay_by, n.procedure, n.level, n.currency::text AS currency, n.fee_minor,
    n.credit_minor, k.name AS creditor_name, k.address AS creditor_address, k.tax_id AS creditor_tax_id,
    k.email AS creditor_email, k.iban, k.account, k.bic, k.bank, c.number AS customer_number, c.name AS customer_name,
    c.address AS customer_address, c.language, c.email, c.phone, k.code AS creditor, n.customer_id AS customer, n.team_id AS team,
    n.reason, c.country, n.channel, n.channel_reason, n.total_minor, n.letter,
    n.fee_computation, n.compensation_source
FROM ltc.notices AS n
JOIN ltc.creditors AS k ON k.id = n.creditor_id
JOIN ltc.customers AS c ON c.id = n.customer_id
WHERE n.id = ANY (:notices) ORDER BY n.id;

-- name: notice_lines
-- The lines of letters and registers, in the order in which they are printed.
-- takes: notices bigint[]
-- gives: notice bigint, invoice bigint, number text, issued_on date, due_on date, days_overdue integer
-- gives: open_minor bigint, level_before integer, level integer, posted_minor bigint, interest_minor bigint
-- gives: compensation_minor bigint, computation text
SELECT t.notice_id AS notice, t.invoice_id AS invoice, i.number, i.issued_on, i.due_on, t.days_overdue, t.open_minor,
    t.level_before, t.level, t.posted_minor, t.interest_minor, t.compensation_minor, t.computation
FROM ltc.notice_items AS t JOIN ltc.invoices AS i ON i.id = t.invoice_id
WHERE t.notice_id = ANY (:notices) ORDER BY t.notice_id, i.due_on, i.number, i.id;

-- name: notice_charges
-- The charges of earlier notices on letters, the oldest first.
-- takes: notices bigint[]
-- gives: notice bigint, id bigint, number text, kind text, invoice text?, issued_on date, due_on date, open_minor bigint
SELECT t.notice_id AS notice, i.id, i.number, i.kind, f.number AS invoice, i.issued_on, i.due_on, t.open_minor
FROM ltc.notice_charges AS t
JOIN ltc.invoices AS i ON i.id = t.invoice_id
LEFT JOIN ltc.invoices AS f ON f.id = i.charged_for_id
WHERE t.notice_id = ANY (:notices) ORDER BY t.notice_id, i.due_on, i.number, i.id;

-- name: lock_notice_items
-- What is open now of what a notice asks for; locked, so that no payment slips in between.
-- takes: notice bigint
-- gives: invoice bigint, number text, issued_on date, due_on date, open_minor bigint, level_before integer
-- gives: last_notice_on date?, procedure text?, contract_procedure text?, shifts_due_date boolean
-- gives: original_minor bigint, contract_on date?, instalment_of text?
SELECT t.invoice_id AS invoice, i.number, i.issued_on, i.due_on, i.open_minor,
    -- An earlier notice may have been reversed since.
    least(t.level_before, i.dunning_level) AS level_before, i.last_notice_on, i.procedure, d.procedure AS contract_procedure, coalesce(d.shifts_due_dates, false) AS shifts_due_date,
    i.amount_minor AS original_minor, d.starts_on AS contract_on, i.instalment_of
FROM ltc.notice_items AS t JOIN ltc.invoices AS i ON i.id = t.invoice_id
LEFT JOIN ltc.contracts AS d ON d.id = i.contract_id
WHERE t.notice_id = :notice ORDER BY i.id FOR UPDATE OF i;

-- name: account_credit
-- What a customer has paid or been credited in one currency and that is not set off; drafts when they have matured by a day.
-- takes: creditor bigint, customer bigint, currency text, day date
-- gives: minor bigint
SELECT (
    coalesce((
        SELECT sum(amount_minor - allocated_minor) FROM ltc.receipts
        WHERE creditor_id = :creditor AND customer_id = :customer AND currency = :currency
            AND (kind <> 'draft' OR matures_on <= :day)), 0)
    + coalesce((
        SELECT sum(open_minor) FROM ltc.invoices
        WHERE creditor_id = :creditor AND customer_id = :customer AND currency = :currency AND kind = 'credit-note'), 0)
)::bigint AS minor;

-- name: drop_items
-- Invoices and charges that were paid since leave the notice.
-- takes: notice bigint, keeping bigint[]
WITH charges AS (
    DELETE FROM ltc.notice_charges WHERE notice_id = :notice AND invoice_id <> ALL (:keeping)
)
DELETE FROM ltc.notice_items WHERE notice_id = :notice AND invoice_id <> ALL (:keeping);

-- name: change_items
-- An invoice that was paid in part since.
-- takes: notice bigint, invoices bigint[], opens bigint[], posted bigint[], interests bigint[], compensations bigint[]
-- takes: levels integer[], levels_before integer[], computations text[]
UPDATE ltc.notice_items AS t
SET open_minor = c.open_minor, posted_minor = c.posted_minor, interest_minor = c.interest_minor,
    compensation_minor = c.compensation_minor, level = c.level, level_before = c.level_before,
    computation = c.computation::json
FROM unnest(
    :invoices::bigint[], :opens::bigint[], :posted::bigint[], :interests::bigint[], :compensations::bigint[],
    :levels::integer[], :levels_before::integer[], :computations::text[])
    AS c (
        invoice_id, open_minor, posted_minor, interest_minor, compensation_minor, level, level_before, computation)
WHERE t.notice_id = :notice AND t.invoice_id = c.invoice_id;

-- name: change_charges
-- What is open by now of the charges of earlier notices.
-- takes: notice bigint, invoices bigint[], opens bigint[]
INSERT INTO ltc.notice_charges AS t (notice_id, invoice_id, currency, team_id, open_minor)
SELECT n.id, c.invoice_id, n.currency, n.team_id, c.open_minor
FROM unnest(:invoices::bigint[], :opens::bigint[]) AS c (invoice_id, open_minor)
JOIN ltc.notices AS n ON n.id = :notice
ON CONFLICT (notice_id, invoice_id) DO UPDATE SET open_minor = excluded.open_minor;

-- name: change_notice
-- The totals of a notice of which something was paid since.
-- takes: notice bigint, procedure text, level integer, open_minor bigint, charges_minor bigint, interest_minor bigint
-- takes: compensation_minor bigint, fee_minor bigint, credit_minor bigint, fee_computation text
-- takes: compensation_source text, reason text
UPDATE ltc.notices SET procedure = :procedure, level = :level, open_minor = :open_minor, charges_minor = :charges_minor,
    interest_minor = :interest_minor, compensation_minor = :compensation_minor, fee_minor = :fee_minor,
    credit_minor = :credit_minor, fee_computation = :fee_computation::text::json,
    compensation_source = :compensation_source, reason = :reason, letter = NULL
WHERE id = :notice;

-- name: move_deadline
-- Until when a notice that goes out now is to be paid.
-- takes: notice bigint, pay_by date
UPDATE ltc.notices SET pay_by = :pay_by, letter = NULL WHERE id = :notice AND pay_by <> :pay_by;

-- name: reach_levels
-- A level is reached when its notice was accepted, and only then. The interval counts from the day on which the customer had it:
-- their mail server, or as a person says. The event keeps the day, since a notice that comes back may be accepted again.
-- takes: notice bigint, at timestamptz, actor text, on_day date
WITH accepted AS (
    UPDATE ltc.notices SET accepted_on = :on_day WHERE id = :notice
    RETURNING id, accepted_on, procedure, run_id
), kept AS (
    UPDATE ltc.notice_items AS t
    SET last_notice_before = i.last_notice_on, falls_to_level = NULL, falls_to_notice_on = NULL
    FROM ltc.invoices AS i WHERE t.notice_id = :notice AND i.id = t.invoice_id
), reached AS (
    UPDATE ltc.invoices AS i
    SET dunning_level = greatest(i.dunning_level, t.level), last_notice_on = greatest(i.last_notice_on, n.accepted_on)
    FROM ltc.notice_items AS t, accepted AS n
    WHERE t.notice_id = :notice AND i.id = t.invoice_id
    RETURNING i.id, i.team_id, i.last_notice_on, t.level_before, t.level, n.id AS notice_id, n.procedure, n.run_id
)
INSERT INTO ltc.events (
    subject_kind, subject_id, team_id, kind, from_state, to_state, effective_at, actor, run_id, rule, reason, detail)
SELECT 'invoice', r.id, r.team_id, 'level_reached', r.level_before::text, r.level::text, :at, :actor, r.run_id,
    r.procedure, CASE WHEN r.level > r.level_before THEN 'notice_accepted' ELSE 'level_kept' END,
    jsonb_build_object('notice', r.notice_id, 'last_notice_on', r.last_notice_on)
FROM reached AS r ORDER BY r.id;

-- name: withdraw_levels
-- A notice that came back, or was reversed, reached nothing; unless a later one, or another ledger, said the same since. The next
-- later one, where it was built on this one, then falls to what was before this one when it is withdrawn in turn. One that was
-- never accepted has nothing to withdraw.
-- takes: notice bigint, at timestamptz, actor text, reason text
WITH reached AS (
    SELECT t.invoice_id, t.level, coalesce(t.falls_to_level, t.level_before) AS level_before,
        CASE WHEN t.falls_to_level IS NULL THEN t.last_notice_before ELSE t.falls_to_notice_on END AS last_notice_before,
        n.id, n.procedure, n.run_id, n.accepted_on, (
        SELECT min(l.id) FROM ltc.notice_items AS u JOIN ltc.notices AS l ON l.id = u.notice_id
        WHERE u.invoice_id = t.invoice_id AND l.state = 'sent' AND l.id > n.id) AS later
    FROM ltc.notice_items AS t JOIN ltc.notices AS n ON n.id = t.notice_id
    WHERE t.notice_id = :notice AND n.accepted_on IS NOT NULL
), inherited AS (
    UPDATE ltc.notice_items AS u
    SET falls_to_level = least(coalesce(u.falls_to_level, u.level_before), r.level_before),
        falls_to_notice_on = r.last_notice_before
    FROM reached AS r
    WHERE u.notice_id = r.later AND u.invoice_id = r.invoice_id AND coalesce(u.falls_to_level, u.level_before) <= r.level
), withdrawn AS (
    UPDATE ltc.invoices AS i SET dunning_level = r.level_before, last_notice_on = r.last_notice_before
    FROM reached AS r
    WHERE i.id = r.invoice_id AND r.later IS NULL AND i.dunning_level = r.level
        AND i.last_notice_on = greatest(r.last_notice_before, r.accepted_on)
    RETURNING i.id, i.team_id, r.level_before, r.level, r.id AS notice_id, r.procedure, r.run_id
)
INSERT INTO ltc.events (
    subject_kind, subject_id, team_id, kind, from_state, to_state, effective_at, actor, run_id, rule, reason, detail)
SELECT 'invoice', w.id, w.team_id, 'level_withdrawn', w.level::text, w.level_before::text, :at, :actor, w.run_id,
    w.procedure, :reason, jsonb_build_object('notice', w.notice_id)
FROM withdrawn AS w ORDER BY w.id;

-- name: is_in_hand
-- Whether somebody in the house was asked to post, or to do, a notice.
-- takes: notice bigint
-- gives: is_in_hand boolean
SELECT EXISTS (
    SELECT FROM ltc.messages WHERE subject_kind = 'dunning-task' AND subject_id = :notice AND state = 'accepted'
) AS is_in_hand;

-- name: hand_paper
-- Somebody in the house is given a notice to take to its customer: what it says now, unless they have just that already.
-- takes: notice bigint, at timestamptz
INSERT INTO ltc.handed_papers (notice_id, team_id, handed_on, notice, items, charges)
SELECT n.id, n.team_id, (:at::timestamptz AT TIME ZONE t.zone)::date, to_json(n),
    (SELECT coalesce(json_agg(i ORDER BY i.invoice_id), '[]') FROM ltc.notice_items AS i WHERE i.notice_id = n.id),
    (SELECT coalesce(json_agg(c ORDER BY c.invoice_id), '[]') FROM ltc.notice_charges AS c WHERE c.notice_id = n.id)
FROM ltc.notices AS n JOIN ltc.teams AS t ON t.id = n.team_id
WHERE n.id = :notice AND NOT EXISTS (
    SELECT FROM ltc.handed_papers AS p
    WHERE p.notice_id = n.id AND p.id = (SELECT max(l.id) FROM ltc.handed_papers AS l WHERE l.notice_id = n.id)
        AND ((p.notice ->> 'total_minor')::bigint, (p.notice ->> 'level')::integer, (p.notice ->> 'pay_by')::date)
            = (n.total_minor, n.level, n.pay_by));

-- name: paper_in_hand
-- What of a notice was in somebody's hands at the end of a day, for the way that it takes, and did not come back; whether it says what
-- the notice says now, and whether a later notice has taken its place, or another one of the account reached its customer since.
-- takes: notice bigint, day date
-- gives: id bigint, is_current boolean, is_superseded boolean, is_overtaken boolean
SELECT p.id,
    ((p.notice ->> 'total_minor')::bigint, (p.notice ->> 'level')::integer) = (n.total_minor, n.level) AS is_current,
    EXISTS (
        SELECT FROM ltc.notices AS l
        WHERE (l.creditor_id, l.customer_id, l.currency) = (n.creditor_id, n.customer_id, n.currency) AND l.id > n.id
            AND l.state NOT IN ('cancelled', 'rejected', 'reversed')) AS is_superseded,
    EXISTS (
        SELECT FROM ltc.notices AS l
        JOIN ltc.events AS e ON e.subject_kind = 'notice' AND e.subject_id = l.id AND e.kind = 'notice_sent'
            AND e.recorded_at > p.recorded_at
        WHERE (l.creditor_id, l.customer_id, l.currency) = (n.creditor_id, n.customer_id, n.currency) AND l.id <> n.id
            AND l.state = 'sent') AS is_overtaken
FROM ltc.notices AS n JOIN ltc.handed_papers AS p ON p.notice_id = n.id
WHERE n.id = :notice AND p.handed_on <= :day AND p.notice ->> 'channel' = n.channel AND NOT EXISTS (
    SELECT FROM ltc.events AS e
    WHERE e.subject_kind = 'notice' AND e.subject_id = n.id AND e.kind IN ('notice_returned', 'notice_sent')
        AND e.recorded_at > p.recorded_at)
ORDER BY p.id DESC LIMIT 1;

-- name: last_return
-- When a notice came back last.
-- takes: notice bigint
-- gives: day date
SELECT (b.effective_at AT TIME ZONE t.zone)::date AS day
FROM ltc.notices AS n JOIN ltc.teams AS t ON t.id = n.team_id
JOIN ltc.events AS b ON b.subject_kind = 'notice' AND b.subject_id = n.id AND b.kind = 'notice_returned'
WHERE n.id = :notice ORDER BY b.id DESC LIMIT 1;

-- name: sent_from
-- How a notice stood when it went out last.
-- takes: notice bigint
-- gives: from_state text?
SELECT from_state FROM ltc.events
WHERE subject_kind = 'notice' AND subject_id = :notice AND kind = 'notice_sent' ORDER BY id DESC LIMIT 1;

-- name: has_later_task
-- Whether somebody was asked anew to take a notice to its customer since a message asked for it.
-- takes: message bigint
-- gives: has_later boolean
SELECT EXISTS (
    SELECT FROM ltc.messages AS m JOIN ltc.messages AS l
        ON l.subject_kind = m.subject_kind AND l.subject_id = m.subject_id AND l.created_at > m.created_at
    WHERE m.id = :message AND l.state <> 'cancelled') AS has_later;

-- name: restore_paper
-- A notice says again what it said when it was handed out; nothing is on it before (`drop_items`).
-- takes: paper bigint
WITH paper AS (
    SELECT * FROM ltc.handed_papers WHERE id = :paper
), items AS (
    INSERT INTO ltc.notice_items (
        notice_id, invoice_id, currency, team_id, days_overdue, open_minor, level_before, level, interest_minor, computation,
        posted_minor, compensation_minor)
    SELECT i.notice_id, i.invoice_id, i.currency, i.team_id, i.days_overdue, i.open_minor, i.level_before, i.level,
        i.interest_minor, i.computation, i.posted_minor, i.compensation_minor
    FROM paper AS p CROSS JOIN LATERAL json_populate_recordset(NULL::ltc.notice_items, p.items) AS i
), charges AS (
    INSERT INTO ltc.notice_charges (notice_id, invoice_id, currency, team_id, open_minor)
    SELECT c.notice_id, c.invoice_id, c.currency, c.team_id, c.open_minor
    FROM paper AS p CROSS JOIN LATERAL json_populate_recordset(NULL::ltc.notice_charges, p.charges) AS c
)
UPDATE ltc.notices AS n
SET procedure = o.procedure, level = o.level, open_minor = o.open_minor, charges_minor = o.charges_minor,
    interest_minor = o.interest_minor, compensation_minor = o.compensation_minor, fee_minor = o.fee_minor,
    credit_minor = o.credit_minor, fee_computation = o.fee_computation, compensation_source = o.compensation_source,
    pay_by = o.pay_by, letter = o.letter, approved_by = o.approved_by, approved_at = o.approved_at
FROM paper AS p CROSS JOIN LATERAL json_populate_record(NULL::ltc.notices, p.notice) AS o
WHERE n.id = p.notice_id;

-- name: unsent_beside
-- Notices of the same accounts as these that have not gone out yet.
-- takes: notices bigint[]
-- gives: id bigint
SELECT u.id FROM ltc.notices AS n
JOIN ltc.notices AS u ON (u.creditor_id, u.customer_id, u.currency) = (n.creditor_id, n.customer_id, n.currency)
    AND u.state IN ('proposed', 'approved', 'held')
WHERE n.id = ANY (:notices) AND u.id <> ALL (:notices)
GROUP BY u.id ORDER BY u.id;

-- name: changed_of_team
-- What waits for a person in a team, and is to be looked at again.
-- takes: team bigint
-- gives: id bigint
SELECT id FROM ltc.changed_notices WHERE team_id = :team ORDER BY id;

-- name: changed_among
-- Which of these are to be looked at again.
-- takes: notices bigint[]
-- gives: id bigint
SELECT id FROM ltc.changed_notices WHERE id = ANY (:notices) ORDER BY id;

-- name: was_owed
-- Whether anything of what a notice asks for was open when a day began, or when it ended: money may have gone back on it.
-- takes: notice bigint, day date
-- gives: is_owed boolean
SELECT EXISTS (
    SELECT FROM ltc.notices AS n
    CROSS JOIN (VALUES (:day::date - 1), (:day::date)) AS d (day)
    CROSS JOIN LATERAL ltc.open_items(d.day, NULL, NULL, n.customer_id) AS o
    JOIN ltc.notice_items AS t ON t.notice_id = n.id AND t.invoice_id = o.item_id
    WHERE n.id = :notice AND o.open_minor > 0
) AS is_owed;

-- name: set_channel
-- A notice takes another way to its customer, with a letter of its own. Who was to take the old one is not asked any more.
-- takes: notice bigint, channel text, reason text?
WITH obsolete AS (
    UPDATE ltc.messages SET state = 'cancelled', reason = 'notice_goes_by_' || replace(:channel, '-', '_')
    WHERE subject_kind = 'dunning-task' AND subject_id = :notice AND state = 'queued'
)
UPDATE ltc.notices SET state = CASE state WHEN 'proposed' THEN state ELSE 'approved' END, channel = :channel,
    channel_reason = :reason, accepted_on = NULL,
    letter = NULL
WHERE id = :notice;

-- name: account_managers
-- Who looks after the customers of notices: the owners of the contracts that the invoices come from.
-- takes: notices bigint[]
-- gives: notice bigint, member bigint
SELECT t.notice_id AS notice, min(d.owner_id) AS member
FROM ltc.notice_items AS t
JOIN ltc.invoices AS i ON i.id = t.invoice_id
JOIN ltc.contracts AS d ON d.id = i.contract_id
WHERE t.notice_id = ANY (:notices) AND d.owner_id IS NOT NULL
GROUP BY t.notice_id;

-- name: list_notices
-- Notices, latest first.
-- takes: team text?, customer text?, state text?, run bigint?, most bigint
-- gives: id bigint, number text?, run_date date, creditor text, customer text, customer_name text, currency text
-- gives: level integer, state text, reason text?, open_minor bigint, charges_minor bigint, interest_minor bigint
-- gives: compensation_minor bigint, fee_minor bigint, credit_minor bigint, total_minor bigint, items integer
-- gives: channel text, channel_reason text?
SELECT n.id, n.number, n.run_date, k.code AS creditor, c.number AS customer, c.name AS customer_name,
    n.currency::text AS currency, n.level, n.state, n.reason, n.open_minor, n.charges_minor, n.interest_minor,
    n.compensation_minor, n.fee_minor, n.credit_minor, n.total_minor,
    (SELECT count(*)::integer FROM ltc.notice_items AS t WHERE t.notice_id = n.id) AS items, n.channel,
    n.channel_reason
FROM ltc.notices AS n
JOIN ltc.creditors AS k ON k.id = n.creditor_id
JOIN ltc.customers AS c ON c.id = n.customer_id
JOIN ltc.teams AS t ON t.id = n.team_id
WHERE (:team::text IS NULL OR t.code = :team) AND (:customer::text IS NULL OR :customer IN (c.number, c.source || ':' || c.number))
    AND (:state::text IS NULL OR n.state = :state) AND (:run::bigint IS NULL OR n.run_id = :run)
ORDER BY n.run_date DESC, n.id DESC LIMIT :most;

-- name: show_notice
-- A notice by its id or its number.
-- takes: key text
-- gives: id bigint, number text?, run_date date, pay_by date, creditor text, customer text, customer_name text
-- gives: currency text, procedure text, level integer, state text, reason text?, open_minor bigint
-- gives: charges_minor bigint, interest_minor bigint, compensation_minor bigint, fee_minor bigint, credit_minor bigint
-- gives: total_minor bigint, letter text?, approved_by text?, approved_at timestamptz?, run bigint
-- gives: configuration_version bigint?, channel text, channel_reason text?, accepted_on date?, fee_computation text
-- gives: compensation_source text
SELECT n.id, n.number, n.run_date, n.pay_by, k.code AS creditor, c.number AS customer, c.name AS customer_name,
    n.currency::text AS currency, n.procedure, n.level, n.state, n.reason, n.open_minor, n.charges_minor,
    n.interest_minor, n.compensation_minor, n.fee_minor, n.credit_minor, n.total_minor, n.letter, n.approved_by,
    n.approved_at, n.run_id AS run, r.configuration_version, n.channel, n.channel_reason, n.accepted_on,
    n.fee_computation, n.compensation_source
FROM ltc.notices AS n
JOIN ltc.creditors AS k ON k.id = n.creditor_id
JOIN ltc.customers AS c ON c.id = n.customer_id
JOIN ltc.runs AS r ON r.id = n.run_id
WHERE n.number = :key OR n.id::text = :key;

-- name: notices_by_key
-- Ids of notices that a person names by id or number, or all that wait for approval.
-- takes: keys text[], team text?
-- gives: id bigint, key text, state text
SELECT n.id, coalesce(n.number, n.id::text) AS key, n.state
FROM ltc.notices AS n JOIN ltc.teams AS t ON t.id = n.team_id
WHERE (:team::text IS NULL OR t.code = :team)
    AND CASE WHEN cardinality(:keys::text[]) = 0 THEN n.state = 'proposed'
        ELSE n.number = ANY (:keys) OR n.id::text = ANY (:keys) END
ORDER BY n.id;

-- name: keep_texts
-- The texts of letters that are handed to somebody now; one that was before stays as it was.
-- takes: notices bigint[], letters text[]
UPDATE ltc.notices AS n SET letter = l.text
FROM unnest(:notices::bigint[], :letters::text[]) AS l (notice_id, text) WHERE n.id = l.notice_id AND n.letter IS NULL;

-- name: write_message
-- What a message says, which is about to be sent.
-- takes: message bigint, subject text, body text
UPDATE ltc.messages SET subject = :subject, body = :body WHERE id = :message;

-- name: lock_notice
-- A notice that is about to be sent, with the configuration that proposed it.
-- takes: notice bigint
-- gives: id bigint, state text, run_date date, creditor bigint, creditor_code text, customer bigint, currency text
-- gives: customer_procedure text?, group_code text?, team text, total_minor bigint, run bigint, version bigint?
-- gives: configuration jsonb?, is_superseded boolean, channel text, channel_reason text?, level integer, zone text
-- gives: has_email boolean, has_address boolean, country text?
SELECT n.id, n.state, n.run_date, n.creditor_id AS creditor, k.code AS creditor_code, n.customer_id AS customer,
    n.currency::text AS currency, c.procedure AS customer_procedure, c.group_code, m.code AS team, n.total_minor,
    n.run_id AS run, r.configuration_version AS version, v.document AS configuration,
    EXISTS (
        SELECT FROM ltc.notices AS l
        WHERE (l.creditor_id, l.customer_id, l.currency) = (n.creditor_id, n.customer_id, n.currency) AND l.id > n.id
            AND l.state NOT IN ('cancelled', 'rejected', 'reversed')) AS is_superseded, n.channel, n.channel_reason, n.level,
    m.zone, c.email IS NOT NULL AS has_email, c.address IS NOT NULL AS has_address, c.country
FROM ltc.notices AS n
JOIN ltc.creditors AS k ON k.id = n.creditor_id
JOIN ltc.customers AS c ON c.id = n.customer_id
JOIN ltc.teams AS m ON m.id = n.team_id
JOIN ltc.runs AS r ON r.id = n.run_id
LEFT JOIN ltc.configuration_versions AS v ON v.id = r.configuration_version
WHERE n.id = :notice FOR UPDATE OF n;

-- name: uncertain_since
-- When the mail of a notice went out of which nobody knew whether it arrived.
-- takes: notice bigint
-- gives: at timestamptz
SELECT effective_at AS at FROM ltc.events
WHERE subject_kind = 'notice' AND subject_id = :notice AND kind = 'notice_uncertain' ORDER BY id DESC LIMIT 1;

-- name: set_notice_state
-- Where a notice stands.
-- takes: notice bigint, state text, reason text?
UPDATE ltc.notices SET state = :state, reason = :reason WHERE id = :notice;

-- name: propose_again
-- More is asked for than was approved: a person decides again. It keeps its number, under which somebody may have it already.
-- takes: notice bigint
UPDATE ltc.notices SET state = 'proposed', reason = 'higher_than_approved', approved_by = NULL, approved_at = NULL
WHERE id = :notice;

-- name: count_waiting
-- Notices of a team that wait for a person.
-- takes: team bigint
-- gives: notices bigint
SELECT count(*) AS notices FROM ltc.notices WHERE team_id = :team AND state = 'proposed';

-- name: has_package
-- Whether finance hears already of a day that was held or was not.
-- takes: team bigint, day date, was_held boolean
-- gives: has_package boolean
SELECT EXISTS (
    SELECT FROM ltc.runs AS r JOIN ltc.teams AS t ON t.id = r.team_id
    WHERE r.automation = 'dun-invoices' AND r.team_id = :team AND (r.as_of AT TIME ZONE t.zone)::date = :day
        AND (r.state = 'held') = :was_held AND r.hands_over
) AS has_package;

-- name: hand_over
-- Finance is handed a package about this run.
-- takes: run bigint
UPDATE ltc.runs SET hands_over = true WHERE id = :run;

-- name: run_to_pack
-- A run about which finance is handed a package; locked, so that it is made once.
-- takes: run bigint
-- gives: run bigint, team bigint, code text, name text, as_of timestamptz, day date, held_because text?, counts jsonb
-- gives: is_packed boolean
SELECT r.id AS run, t.id AS team, t.code, t.name, r.as_of, (r.as_of AT TIME ZONE t.zone)::date AS day,
    CASE WHEN r.state = 'held' THEN r.reason END AS held_because, r.counts,
    EXISTS (SELECT FROM ltc.artefacts AS a WHERE a.run_id = r.id AND a.name LIKE 'dunning-%.csv') AS is_packed
FROM ltc.runs AS r JOIN ltc.teams AS t ON t.id = r.team_id
WHERE r.id = :run AND r.hands_over FOR UPDATE OF r;

-- name: register_lines
-- The items of a run's notices, in the order of the register.
-- takes: run bigint
-- gives: notice bigint, legal_number text?, state text, reason text?, run_date date, channel text, channel_reason text?
-- gives: creditor text, customer text, customer_name text, notice_level integer, currency text, fee_minor bigint
-- gives: charges_minor bigint, credit_minor bigint, number text
-- gives: issued_on date, due_on date, days_overdue integer, level_before integer, level integer, open_minor bigint
-- gives: interest_minor bigint, compensation_minor bigint
SELECT n.id AS notice, n.number AS legal_number, n.state, n.reason, n.run_date, n.channel, n.channel_reason,
    k.code AS creditor, c.number AS customer, c.name AS customer_name, n.level AS notice_level, n.currency::text AS currency,
    n.fee_minor, n.charges_minor, n.credit_minor, i.number,
    i.issued_on, i.due_on, t.days_overdue, t.level_before, t.level, t.open_minor, t.interest_minor,
    t.compensation_minor
FROM ltc.notices AS n
JOIN ltc.creditors AS k ON k.id = n.creditor_id
JOIN ltc.customers AS c ON c.id = n.customer_id
JOIN ltc.notice_items AS t ON t.notice_id = n.id
JOIN ltc.invoices AS i ON i.id = t.invoice_id
WHERE n.run_id = :run ORDER BY n.id, i.due_on, i.number, i.id;

-- name: asked_by_run
-- What a run asks for.
-- takes: run bigint
-- gives: currency text, minor bigint
SELECT currency::text AS currency, sum(total_minor)::bigint AS minor FROM ltc.notices WHERE run_id = :run
GROUP BY 1 ORDER BY 1;

-- name: channels_of_run
-- The ways that a run's notices take.
-- takes: run bigint
-- gives: channel text, notices bigint
SELECT channel, count(*) AS notices FROM ltc.notices WHERE run_id = :run GROUP BY channel;

-- name: tasks_of_run
-- The first of a run's notices that somebody in the house sees to.
-- takes: run bigint, most bigint
-- gives: key text, channel text, channel_reason text?, customer text, currency text, total_minor bigint
SELECT coalesce(n.number, n.id::text) AS key, n.channel, n.channel_reason, c.number || ' ' || c.name AS customer,
    n.currency::text AS currency, n.total_minor
FROM ltc.notices AS n JOIN ltc.customers AS c ON c.id = n.customer_id
WHERE n.run_id = :run AND n.channel <> 'mail' ORDER BY n.id LIMIT :most;

-- name: keep_artefact
-- A file that is handed over; asked again, the same bytes come back.
-- takes: team bigint, run bigint, name text, media_type text, content bytea
-- gives: id bigint
INSERT INTO ltc.artefacts (team_id, run_id, name, media_type, content)
VALUES (:team, :run, :name, :media_type, :content) RETURNING id;

-- name: configuration_of
-- By which configuration a run decided.
-- takes: run bigint
-- gives: document jsonb
SELECT v.document FROM ltc.runs AS r JOIN ltc.configuration_versions AS v ON v.id = r.configuration_version
WHERE r.id = :run;

-- name: list_runs
-- Dunning runs, latest first, with what became of their notices.
-- takes: team text?, most bigint
-- gives: id bigint, team text, as_of timestamptz, actor text, state text, reason text?, configuration_version bigint?
-- gives: notices bigint, waiting bigint, sent bigint, stopped bigint
SELECT r.id, t.code AS team, r.as_of, r.actor, r.state, r.reason, r.configuration_version, n.notices, n.waiting, n.sent,
    n.stopped
FROM ltc.runs AS r
JOIN ltc.teams AS t ON t.id = r.team_id
CROSS JOIN LATERAL (
    SELECT count(*) AS notices,
        count(*) FILTER (WHERE state IN ('proposed', 'approved', 'sending', 'held', 'uncertain')) AS waiting,
        count(*) FILTER (WHERE state = 'sent') AS sent,
        count(*) FILTER (WHERE state IN ('rejected', 'cancelled', 'failed', 'bounced', 'reversed')) AS stopped
    FROM ltc.notices WHERE run_id = r.id
) AS n
WHERE r.automation = 'dun-invoices' AND (:team::text IS NULL OR t.code = :team)
ORDER BY r.id DESC LIMIT :most;
