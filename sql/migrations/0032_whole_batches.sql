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

-- What a notice charged for days on which, as a payment that was recorded late shows, nothing was owed any more.
ALTER TABLE ltc.allocations
    DROP CONSTRAINT allocation_source,
    ADD CONSTRAINT allocation_source CHECK (CASE num_nonnulls(receipt_id, credit_note_id)
        WHEN 0 THEN reason IN (
            'write_off', 'discount_taken', 'small_difference', 'closed_in_source', 'notice_reversed', 'not_owed')
        ELSE num_nonnulls(receipt_id, credit_note_id) = 1 END);
CREATE INDEX allocations_not_owed ON ltc.allocations (invoice_id) WHERE reason = 'not_owed';

-- By how much, and from which day on, lists of a ledger that leads corrected the amounts of invoices.
CREATE VIEW ltc.corrections WITH (security_invoker = true) AS
SELECT v.id, v.invoice_id, v.team_id, v.effective_on, v.recorded_at,
    lead(v.amount_minor, 1, i.amount_minor) OVER (PARTITION BY v.invoice_id ORDER BY v.id) - v.amount_minor AS minor
FROM ltc.invoice_versions AS v JOIN ltc.invoices AS i ON i.id = v.invoice_id;
GRANT SELECT ON ltc.corrections TO ltc_daemon, ltc_admin, ltc_auditor, ltc_person;
