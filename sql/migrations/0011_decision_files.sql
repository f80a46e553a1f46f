-- compatible_from: 5
-- Marked dunning registers that were put into the inbox, each applied once.

CREATE TABLE ltc.decision_files (
    -- Of the file's bytes, so that the same one is applied once.
    sha256 text COLLATE "C" PRIMARY KEY,
    file text NOT NULL,
    -- Who put it there: the login of the file's owner.
    actor text NOT NULL,
    -- Lines whose decision was taken, and those that were not, with their reasons.
    taken integer NOT NULL,
    rejected text[] NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER decision_files_are_facts BEFORE UPDATE OR DELETE ON ltc.decision_files
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();

CALL ltc.protect('ltc.decision_files', false);
REVOKE UPDATE, DELETE ON ltc.decision_files FROM ltc_daemon, ltc_admin;
-- A file may be about notices of several teams.
DROP POLICY person ON ltc.decision_files;
REVOKE SELECT ON ltc.decision_files FROM ltc_person;
