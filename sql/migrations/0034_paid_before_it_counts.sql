-- compatible_from: 32
-- A payment that is recorded after another one of its item was taken back settles it only since then, so that on no day more is settled
-- than is owed: but it was paid on its own day, and what was taken back never paid. Nothing where that is the same day.
ALTER TABLE ltc.allocations ADD paid_on date CONSTRAINT allocation_paid_before_it_counts CHECK (paid_on < effective_on);

-- What of an item was paid through a day by what still stands, in minor units: of a source, what was taken back was paid last.
CREATE FUNCTION ltc.paid_by(item bigint, day date) RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(sum(least(minor, greatest(0, coalesce(before, 0)))), 0)::bigint FROM (
        SELECT sum(amount_minor) AS minor, sum(amount_minor) FILTER (WHERE coalesce(paid_on, effective_on) <= day) AS before
        FROM ltc.allocations WHERE invoice_id = item
        GROUP BY receipt_id, credit_note_id, CASE WHEN num_nonnulls(receipt_id, credit_note_id) = 0 THEN reason END
    ) AS source
$$;
GRANT EXECUTE ON FUNCTION ltc.paid_by(bigint, date) TO ltc_daemon, ltc_admin, ltc_auditor, ltc_person;

CREATE OR REPLACE VIEW ltc.unfounded_notices WITH (security_invoker = true) AS
SELECT n.id FROM ltc.notices AS n
WHERE EXISTS (SELECT FROM ltc.notice_items AS t WHERE t.notice_id = n.id) AND NOT EXISTS (
    SELECT FROM ltc.notice_items AS t JOIN ltc.invoices AS i ON i.id = t.invoice_id
    WHERE t.notice_id = n.id AND (
        i.open_minor > 0 OR i.amount_minor - i.settled_before_minor > ltc.paid_by(i.id, n.run_date - 1)));
