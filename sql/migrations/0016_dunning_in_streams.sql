-- compatible_from: 5
-- A run of dunning stores what it decided; letters, mails, registers and digests are written when they are first wanted.

-- The text as it was first handed to somebody; until then it follows from the notice.
ALTER TABLE ltc.notices ALTER letter DROP NOT NULL;
-- Null until the message is sent: what it is about writes it then.
ALTER TABLE ltc.messages ALTER body DROP NOT NULL;
-- Finance is handed a package about the run.
ALTER TABLE ltc.runs ADD hands_over boolean NOT NULL DEFAULT false;
UPDATE ltc.runs SET hands_over = true WHERE id IN (SELECT run_id FROM ltc.artefacts WHERE notice_id IS NULL);
-- A run draws its notices' ids before it stores them, so that their items need no look-up.
GRANT USAGE ON SEQUENCE ltc.notices_id_seq TO ltc_daemon, ltc_admin;

-- An item is of its notice's team: one look-up says so where there were two, and more than they did.
ALTER TABLE ltc.notices ADD CONSTRAINT notices_id_currency_team UNIQUE (id, currency, team_id);
ALTER TABLE ltc.notice_items
    ADD CONSTRAINT notice_items_notice FOREIGN KEY (notice_id, currency, team_id)
        REFERENCES ltc.notices (id, currency, team_id),
    DROP CONSTRAINT notice_items_notice_id_currency_fkey,
    DROP CONSTRAINT notice_items_team_id_fkey;
-- Credit notes are few among the open items, and each run looks for them.
CREATE INDEX invoices_credit ON ltc.invoices (team_id)
    WHERE kind = 'credit-note' AND settled_before_minor + allocated_minor < amount_minor;
