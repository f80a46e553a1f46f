-- compatible_from: 29
-- To what an item falls when its notice is withdrawn, where the notice before was withdrawn since; null is what was before the
-- notice. What the notice said stays as it was said.
ALTER TABLE ltc.notice_items
    ADD falls_to_level smallint CONSTRAINT fall_level CHECK (falls_to_level >= 0),
    ADD falls_to_notice_on date;

-- What waits for a person, for approval or to be taken to its customer, and of which something was recorded since it was last looked
-- at: what its items owe, or what somebody said of them or of the customer.
CREATE VIEW ltc.changed_notices WITH (security_invoker = true) AS
SELECT n.id, n.team_id
FROM ltc.notices AS n
CROSS JOIN LATERAL (
    SELECT max(e.recorded_at) AS at FROM ltc.events AS e WHERE e.subject_kind = 'notice' AND e.subject_id = n.id
) AS looked
WHERE (n.state = 'proposed' OR n.state = 'approved' AND n.channel <> 'mail') AND (
    EXISTS (
        SELECT FROM ltc.notice_items AS t JOIN ltc.invoices AS i ON i.id = t.invoice_id
        WHERE t.notice_id = n.id AND (
            i.open_minor <> t.open_minor
            OR EXISTS (
                SELECT FROM ltc.events AS e
                WHERE e.subject_kind = 'invoice' AND e.subject_id = i.id AND e.recorded_at > looked.at)))
    OR EXISTS (
        SELECT FROM ltc.events AS e
        WHERE e.subject_kind = 'customer' AND e.subject_id = n.customer_id AND e.recorded_at > looked.at));
GRANT SELECT ON ltc.changed_notices TO ltc_daemon, ltc_admin, ltc_auditor, ltc_person;

-- On which day of its team somebody said no: nothing is proposed again on it.
ALTER TABLE ltc.notices ADD rejected_on date;

-- What a paid invoice says of the last notice of its account still counts: it may have come from another ledger.
CREATE INDEX invoices_noticed ON ltc.invoices (team_id, last_notice_on)
    WHERE last_notice_on IS NOT NULL AND settled_before_minor + allocated_minor >= amount_minor;
