-- compatible_from: 5
-- Banks' statements and their entries, what a receipt waits for, and receipts that were taken back.

-- Why a person has to look at a receipt before it pays anything; null when nobody has to.
ALTER TABLE ltc.receipts ADD waiting text COLLATE "C";
CREATE INDEX receipts_waiting ON ltc.receipts (team_id, booked_on) WHERE waiting IS NOT NULL;
-- Whose account money came from before.
CREATE INDEX receipts_iban ON ltc.receipts (iban, creditor_id, customer_id)
    WHERE customer_id IS NOT NULL AND waiting IS NULL;

-- Letters and digits of a number, in capitals: what is left of it in a reference.
CREATE FUNCTION ltc.plain_number(number text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN upper(regexp_replace(number, '[^0-9A-Za-z]', '', 'g') COLLATE "C");
CREATE INDEX invoices_plain_number ON ltc.invoices (ltc.plain_number(number));
CREATE INDEX notices_plain_number ON ltc.notices (ltc.plain_number(number)) WHERE number IS NOT NULL;

CREATE TABLE ltc.bank_statements (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    creditor_id bigint NOT NULL REFERENCES ltc.creditors,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    -- The IBAN, or another number without one; no blanks.
    account text COLLATE "C" NOT NULL,
    -- The bank's id of the statement.
    statement text COLLATE "C" NOT NULL,
    sequence text,
    created_at timestamptz,
    currency ltc.currency NOT NULL,
    -- Below zero when overdrawn.
    opening_minor bigint NOT NULL,
    opening_on date,
    closing_minor bigint NOT NULL,
    closing_on date,
    -- Booked entries of the statement, those among them that an earlier statement had too.
    entries integer NOT NULL,
    content_key text COLLATE "C" NOT NULL,
    file text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account, statement)
);
CREATE TRIGGER bank_statements_are_facts BEFORE UPDATE OR DELETE ON ltc.bank_statements
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();

-- Booked movements; those of a batch one by one.
CREATE TABLE ltc.bank_entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    statement_id bigint NOT NULL REFERENCES ltc.bank_statements,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    account text COLLATE "C" NOT NULL,
    -- The entry's place in the statement, the transaction's in the entry (0 for the entry as a whole), the file's line.
    ordinal integer NOT NULL,
    detail integer NOT NULL,
    line integer NOT NULL,
    kind text COLLATE "C" NOT NULL CONSTRAINT bank_entry_kind CHECK (
        kind IN ('receipt', 'reversal', 'refund', 'debit', 'charge')),
    booked_on date NOT NULL,
    value_on date,
    currency ltc.currency NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT bank_entry_amount CHECK (amount_minor >= 0),
    -- Taken off by a bank before; the payer paid both.
    charges_minor bigint NOT NULL CONSTRAINT bank_entry_charges CHECK (charges_minor >= 0),
    -- By which it is recognised in a later statement; the n-th of those that look the same.
    key text COLLATE "C" NOT NULL,
    occurrence integer NOT NULL,
    reference text, service_reference text, end_to_end text COLLATE "C", transaction_id text COLLATE "C",
    structured_reference text, remittance text, debtor_name text, debtor_account text COLLATE "C",
    doubt text COLLATE "C",
    receipt_id bigint REFERENCES ltc.receipts,
    UNIQUE (account, key, occurrence),
    CONSTRAINT bank_entry_receipt CHECK (kind = 'receipt' OR receipt_id IS NULL)
);
-- A receipt is one entry.
CREATE UNIQUE INDEX bank_entries_receipt ON ltc.bank_entries (receipt_id) WHERE receipt_id IS NOT NULL;
CREATE INDEX bank_entries_end_to_end ON ltc.bank_entries (account, end_to_end) WHERE kind = 'receipt';
CREATE INDEX bank_entries_reversals ON ltc.bank_entries (team_id) WHERE kind = 'reversal';
CREATE TRIGGER bank_entries_are_facts BEFORE UPDATE OR DELETE ON ltc.bank_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();

-- Receipts that were taken back, each once and whole; what they had paid is owed again.
CREATE TABLE ltc.receipt_reversals (
    receipt_id bigint PRIMARY KEY,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    currency ltc.currency NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT receipt_reversal_amount CHECK (amount_minor > 0),
    reason text NOT NULL,
    -- The bank's entry that did it; null when a person did.
    bank_entry_id bigint UNIQUE REFERENCES ltc.bank_entries,
    actor text NOT NULL DEFAULT session_user,
    effective_on date NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (receipt_id, currency) REFERENCES ltc.receipts (id, currency)
);
CREATE TRIGGER receipt_reversals_are_facts BEFORE UPDATE OR DELETE ON ltc.receipt_reversals
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();

-- A receipt that was taken back has nothing left to allocate: its amount is used up, by the reversal.
CREATE FUNCTION ltc.add_receipt_reversals() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE ltc.receipts AS r SET allocated_minor = r.allocated_minor + a.amount_minor, waiting = NULL
    FROM added AS a WHERE r.id = a.receipt_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER receipt_reversals_add AFTER INSERT ON ltc.receipt_reversals REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.add_receipt_reversals();

-- Under which references of other files a receipt of a statement came as well; one of a source, so that a second payment that
-- looks the same is not taken for it.
CREATE TABLE ltc.receipt_aliases (
    source text COLLATE "C" NOT NULL,
    reference text COLLATE "C" NOT NULL,
    receipt_id bigint NOT NULL REFERENCES ltc.receipts,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    PRIMARY KEY (source, reference),
    UNIQUE (receipt_id, source)
);

CALL ltc.protect('ltc.bank_statements', true);
CALL ltc.protect('ltc.bank_entries', true);
CALL ltc.protect('ltc.receipt_reversals', true);
CALL ltc.protect('ltc.receipt_aliases', true);
REVOKE UPDATE, DELETE ON ltc.bank_statements, ltc.bank_entries, ltc.receipt_reversals, ltc.receipt_aliases
    FROM ltc_daemon, ltc_admin;
