-- What the demo shows, read from the tables: one part at a time, chosen by the variable `part`.
SELECT :'part' = 'company' AS company, :'part' = 'runs' AS runs, :'part' = 'customer' AS customer, :'part' = 'paid' AS paid,
    :'part' = 'sent' AS sent, :'part' = 'ageing' AS ageing, :'part' = 'letter' AS letter, :'part' = 'register' AS register \gset

\if :company
SELECT format('%7s  %s', to_char(n, 'FM999,999'), what)
FROM (VALUES
    (1, (SELECT count(*) FROM ltc.teams), (SELECT 'teams in ' || count(DISTINCT zone) || ' time zones, '
        || (SELECT count(*) FROM ltc.members) || ' members, ' || (SELECT count(*) FROM ltc.creditors) || ' creditors'
        FROM ltc.teams)),
    (2, (SELECT count(*) FROM ltc.leads), 'leads, just imported'),
    (3, (SELECT count(*) FROM ltc.opportunities), 'opportunities'),
    (4, (SELECT count(*) FROM ltc.contracts), 'contracts'),
    (5, (SELECT count(*) FROM ltc.invoices), 'invoices of ' || (SELECT count(*) FROM ltc.customers) || ' customers')
) AS v (place, n, what) ORDER BY place;
\endif

\if :runs
SELECT format('%-19s %-13s %s', r.automation, coalesce(t.code, ''),
    (SELECT string_agg(value || ' ' || replace(key, '_', ' '), ', ' ORDER BY value::integer DESC)
     FROM jsonb_each_text(r.counts) WHERE key NOT LIKE 'skipped\_%' AND value <> '0'))
FROM ltc.runs AS r LEFT JOIN ltc.teams AS t ON t.id = r.team_id
WHERE EXISTS (SELECT FROM jsonb_each_text(r.counts) WHERE value <> '0') ORDER BY r.id;
SELECT format('%s messages wait', count(*)) FROM ltc.messages WHERE state IN ('queued', 'held');
\endif

\if :customer
SELECT format('Lead %s: %s, %s, %s %s', l.external_id, l.contact, l.product, to_char(l.budget_minor / 100.0, 'FM999,999,990.00'),
    l.currency) FROM ltc.leads AS l WHERE l.external_id = 'L-10001';
SELECT format('  → %s of %s, by the rule “%s”', m.name, t.name, e.rule)
FROM ltc.events AS e JOIN ltc.leads AS l ON l.id = e.subject_id JOIN ltc.members AS m ON m.id = e.to_member
JOIN ltc.teams AS t ON t.id = e.team_id
WHERE e.subject_kind = 'lead' AND e.kind = 'lead_assigned' AND l.external_id = 'L-10001';
SELECT format('      %s: %s, %s open leads', m.name, replace(c ->> 'reason', '_', ' '), c ->> 'open_leads')
FROM ltc.events AS e JOIN ltc.leads AS l ON l.id = e.subject_id
CROSS JOIN LATERAL jsonb_array_elements(e.detail -> 'candidates') AS c JOIN ltc.members AS m ON m.id = (c ->> 'member')::bigint
WHERE e.subject_kind = 'lead' AND e.kind = 'lead_assigned' AND l.external_id = 'L-10001';
SELECT format('Opportunity %s: %s, %s on %s by %s, %s %s', o.external_id, o.title, o.stage, o.closed_on, m.name,
    to_char(o.amount_minor / 100.0, 'FM999,999,990.00'), o.currency)
FROM ltc.opportunities AS o JOIN ltc.members AS m ON m.id = o.owner_id WHERE o.external_id = 'O-10001';
SELECT format('Contract %s: %s, until %s, notice %s', c.number, c.title, c.ends_on, c.notice_period)
FROM ltc.contracts AS c WHERE c.number = 'K-10001';
SELECT format('  → alert to %s: notice must be given by %s (the %s-day rung)', m.name, a.notice_deadline, a.rung)
FROM ltc.renewal_alerts AS a JOIN ltc.contracts AS c ON c.id = a.contract_id JOIN ltc.members AS m ON m.id = a.member_id
WHERE c.number = 'K-10001';
SELECT format('Invoice %s: %s %s, due %s, level %s since %s', i.number, to_char(i.open_minor / 100.0, 'FM999,999,990.00'),
    i.currency, i.due_on, i.dunning_level, i.last_notice_on) FROM ltc.invoices AS i WHERE i.number = 'R-10001';
SELECT line FROM (
    SELECT n.*, x.days_overdue, x.open_minor AS item_open, x.interest_minor AS item_interest, x.computation AS c
    FROM ltc.notices AS n JOIN ltc.notice_items AS x ON x.notice_id = n.id JOIN ltc.invoices AS i ON i.id = x.invoice_id
    WHERE i.number = 'R-10001'
) AS n
CROSS JOIN LATERAL (VALUES
    (1, format('  → letter at level %s, %s: %s days overdue', n.level, n.state, n.days_overdue)),
    -- At one agreed rate from the first day to the last: one segment.
    (2, format('      %s × %s %% × %s = %s → %s interest (%s)', to_char(n.item_open / 100.0, 'FM999,999,990.00'),
        c #>> '{segments,0,rate,percent}', c #>> '{segments,0,fraction}', c ->> 'exact',
        to_char(n.item_interest / 100.0, 'FM990.00'), c ->> 'source')),
    (3, format('      %s open + %s interest + %s fee = %s %s', to_char(n.open_minor / 100.0, 'FM999,999,990.00'),
        to_char(n.interest_minor / 100.0, 'FM990.00'), to_char(n.fee_minor / 100.0, 'FM990.00'),
        to_char(n.total_minor / 100.0, 'FM999,999,990.00'), n.currency))
) AS l (place, line) ORDER BY n.id, place;
\endif

\if :paid
SELECT format('%s pays %s %s: “%s”', c.name, to_char(r.amount_minor / 100.0, 'FM999,999,990.00'), r.currency, r.remittance)
FROM ltc.receipts AS r JOIN ltc.customers AS c ON c.id = r.customer_id WHERE r.reference = 'BANK-0303-17';
SELECT format('Invoice %s: %s %s open', i.number, to_char(i.open_minor / 100.0, 'FM999,999,990.00'), i.currency)
FROM ltc.invoices AS i WHERE i.number = 'R-10001';
SELECT format('Its letter is %s, waiting to be sent', n.state)
FROM ltc.notices AS n JOIN ltc.notice_items AS x ON x.notice_id = n.id JOIN ltc.invoices AS i ON i.id = x.invoice_id
WHERE i.number = 'R-10001';
\endif

\if :sent
SELECT format('%7s  messages %s', count(*), state) FROM ltc.messages GROUP BY state ORDER BY count(*) DESC;
SELECT format('%7s  the letter to 华光精密仪器: %s, because %s', '', n.state, n.reason)
FROM ltc.notices AS n JOIN ltc.customers AS c ON c.id = n.customer_id WHERE c.number = 'C-10001';
\endif

\if :ageing
-- The buckets from what is open; the ledger from what was charged, less what was settled and allocated: two ways to one sum.
WITH items AS (
    SELECT id, currency, sign * amount_minor AS charged, sign * settled_before_minor AS settled, sign * open_minor AS minor,
        date '2026-03-03' - due_on AS overdue
    FROM (SELECT *, CASE kind WHEN 'invoice' THEN 1 ELSE -1 END AS sign FROM ltc.invoices) AS i
), ledger AS (
    SELECT i.currency, sum(charged - settled) - coalesce((SELECT sum(amount_minor) FROM ltc.allocations AS a
        WHERE a.currency = i.currency), 0) AS minor
    FROM items AS i GROUP BY i.currency
), ageing AS (
    SELECT currency, sum(minor) AS total, ARRAY[
        sum(minor) FILTER (WHERE overdue <= 0), sum(minor) FILTER (WHERE overdue BETWEEN 1 AND 30),
        sum(minor) FILTER (WHERE overdue BETWEEN 31 AND 60), sum(minor) FILTER (WHERE overdue BETWEEN 61 AND 90),
        sum(minor) FILTER (WHERE overdue > 90)] AS buckets
    FROM items GROUP BY currency
), lines AS (
    SELECT '' AS currency, format('     %12s %12s %12s %12s %12s %14s', 'not due', '1-30', '31-60', '61-90', 'over 90', 'sum') AS line
    UNION ALL
    SELECT a.currency, format('%s  %12s %12s %12s %12s %12s %14s', a.currency, b[1], b[2], b[3], b[4], b[5], s)
        || CASE WHEN a.total = l.minor THEN ' = ledger' ELSE ' ≠ ledger ' || l.minor END
    FROM ageing AS a JOIN ledger AS l USING (currency)
    CROSS JOIN LATERAL (SELECT array_agg(to_char(coalesce(n, 0) / 100.0, 'FM99,999,990.00') ORDER BY place) AS b,
        to_char(a.total / 100.0, 'FM999,999,990.00') AS s FROM unnest(a.buckets) WITH ORDINALITY AS u (n, place)) AS t
)
SELECT line FROM lines ORDER BY currency;
\endif

\if :letter
SELECT number FROM ltc.notices WHERE state = 'sent' ORDER BY level DESC, id LIMIT 1;
\endif

\if :register
SELECT run_id FROM ltc.artefacts WHERE media_type LIKE 'text/csv%' ORDER BY id DESC LIMIT 1;
\endif
