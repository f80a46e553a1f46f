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
