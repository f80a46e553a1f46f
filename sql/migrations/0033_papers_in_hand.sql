-- compatible_from: 32
-- Whose account money came from on an earlier day.
DROP INDEX ltc.receipts_iban;
CREATE INDEX receipts_iban ON ltc.receipts (iban, creditor_id, customer_id, booked_on)
    WHERE customer_id IS NOT NULL AND waiting IS NULL;

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
