-- compatible_from: 32
-- Whose account money came from on an earlier day.
DROP INDEX ltc.receipts_iban;
CREATE INDEX receipts_iban ON ltc.receipts (iban, creditor_id, customer_id, booked_on)
    WHERE customer_id IS NOT NULL AND waiting IS NULL;

-- What a bank took back in part is two receipts then: what stayed, and what went back. No other file brings them.
ALTER TABLE ltc.receipts ADD part_of_id bigint REFERENCES ltc.receipts;
CREATE INDEX receipts_parts ON ltc.receipts (part_of_id) WHERE part_of_id IS NOT NULL;

-- What somebody in the house was given to take to its customer, as it was then: it may be computed again, or cancelled, before they
-- say when it went out.
CREATE TABLE ltc.handed_papers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    notice_id bigint NOT NULL REFERENCES ltc.notices,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    handed_on date NOT NULL,
    notice json NOT NULL,
    items json NOT NULL,
    charges json NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX handed_papers_notice ON ltc.handed_papers (notice_id, id);
CREATE TRIGGER handed_papers_are_facts BEFORE UPDATE OR DELETE ON ltc.handed_papers
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();
CALL ltc.protect('ltc.handed_papers', true);
REVOKE UPDATE, DELETE ON ltc.handed_papers FROM ltc_daemon, ltc_admin;

-- Notices of which, as is known by now, nothing was owed any more when the day of their run began.
CREATE VIEW ltc.unfounded_notices WITH (security_invoker = true) AS
SELECT n.id FROM ltc.notices AS n
WHERE EXISTS (SELECT FROM ltc.notice_items AS t WHERE t.notice_id = n.id) AND NOT EXISTS (
    SELECT FROM ltc.notice_items AS t JOIN ltc.invoices AS i ON i.id = t.invoice_id
    WHERE t.notice_id = n.id AND (
        i.open_minor > 0 OR i.amount_minor - i.settled_before_minor > coalesce((
            SELECT sum(a.amount_minor) FROM ltc.allocations AS a
            -- What was taken back later did not close it either.
            WHERE a.invoice_id = i.id AND (a.effective_on < n.run_date OR a.amount_minor < 0)), 0)));
GRANT SELECT ON ltc.unfounded_notices TO ltc_daemon, ltc_admin, ltc_auditor, ltc_person;
