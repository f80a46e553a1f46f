-- compatible_from: 28
-- Which movements of a statement an earlier one had too, so that what is in a statement is known, and not only what it brought:
-- of two statements of which one ends where the other begins, none of the movements are the same.
CREATE TABLE ltc.bank_repeats (
    statement_id bigint NOT NULL REFERENCES ltc.bank_statements,
    key text COLLATE "C" NOT NULL,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    times integer NOT NULL CONSTRAINT bank_repeat_times CHECK (times > 0),
    PRIMARY KEY (statement_id, key)
);
CREATE TRIGGER bank_repeats_are_facts BEFORE UPDATE OR DELETE ON ltc.bank_repeats
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();
CREATE INDEX bank_entries_statement ON ltc.bank_entries (statement_id);

CALL ltc.protect('ltc.bank_repeats', true);
REVOKE UPDATE, DELETE ON ltc.bank_repeats FROM ltc_daemon, ltc_admin;
