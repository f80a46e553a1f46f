-- compatible_from: 31
-- One entry of the bank may take several receipts back: a batch, a sum of returns.
ALTER TABLE ltc.receipt_reversals DROP CONSTRAINT receipt_reversals_bank_entry_id_key;
CREATE INDEX receipt_reversals_entry ON ltc.receipt_reversals (bank_entry_id) WHERE bank_entry_id IS NOT NULL;

-- Entries that took money back of no receipt that is here, as a person said: it came before this ledger began, or in another.
CREATE TABLE ltc.dismissed_reversals (
    bank_entry_id bigint PRIMARY KEY REFERENCES ltc.bank_entries,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    reason text NOT NULL,
    actor text NOT NULL DEFAULT session_user,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER dismissed_reversals_are_facts BEFORE UPDATE OR DELETE ON ltc.dismissed_reversals
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();
CALL ltc.protect('ltc.dismissed_reversals', true);
REVOKE UPDATE, DELETE ON ltc.dismissed_reversals FROM ltc_daemon, ltc_admin;

-- What a payer gives each of several documents: [{"document": number, "minor": amount}].
ALTER TABLE ltc.bank_entries ADD remitted jsonb;

-- A batch may come once with its transactions and once without.
CREATE INDEX bank_entries_references ON ltc.bank_entries (account, service_reference) WHERE service_reference IS NOT NULL;
