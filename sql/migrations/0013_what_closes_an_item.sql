-- compatible_from: 5
-- What closes an item beside receipts: credit notes set off, write-offs, discounts and small differences, and another ledger.
-- Bank drafts.

-- All that closes an item, or a part of it, is an allocation. One without a receipt and without a credit note closes without
-- money; its reason says why, and it is taken back by a row with the same reason and the amount below zero.
ALTER TABLE ltc.allocations
    ALTER receipt_id DROP NOT NULL,
    -- A credit note that is set off against the invoice.
    ADD credit_note_id bigint,
    ADD FOREIGN KEY (credit_note_id, currency) REFERENCES ltc.invoices (id, currency),
    ADD CONSTRAINT allocation_source CHECK (CASE num_nonnulls(receipt_id, credit_note_id)
        WHEN 0 THEN reason IN ('write_off', 'discount_taken', 'small_difference', 'closed_in_source', 'notice_reversed')
        ELSE num_nonnulls(receipt_id, credit_note_id) = 1 END),
    ADD CONSTRAINT allocation_not_itself CHECK (credit_note_id <> invoice_id);
CREATE INDEX allocations_credit_note ON ltc.allocations (credit_note_id) WHERE credit_note_id IS NOT NULL;

-- Keeps the running totals on both sides; their CHECKs refuse what would overspend a receipt or a credit note, or overpay an
-- invoice.
CREATE OR REPLACE FUNCTION ltc.add_allocations() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added AS a JOIN ltc.invoices AS i ON i.id = a.credit_note_id WHERE i.kind <> 'credit-note'
    ) THEN
        RAISE check_violation USING MESSAGE = 'only a credit note is set off';
    END IF;
    UPDATE ltc.receipts AS r SET allocated_minor = r.allocated_minor + a.amount
    FROM (SELECT receipt_id, sum(amount_minor) AS amount FROM added WHERE receipt_id IS NOT NULL GROUP BY receipt_id) AS a
    WHERE r.id = a.receipt_id;
    UPDATE ltc.invoices AS i SET allocated_minor = i.allocated_minor + a.amount
    FROM (
        SELECT id, sum(amount_minor) AS amount
        FROM (
            SELECT invoice_id AS id, amount_minor FROM added
            UNION ALL SELECT credit_note_id, amount_minor FROM added WHERE credit_note_id IS NOT NULL
        ) AS s
        GROUP BY id
    ) AS a
    WHERE i.id = a.id;
    RETURN NULL;
END
$$;

-- Bank drafts (承兑汇票): money only on the day on which they mature.
ALTER TABLE ltc.receipts
    ADD kind text COLLATE "C" NOT NULL DEFAULT 'payment' CONSTRAINT receipt_kind CHECK (kind IN ('payment', 'draft')),
    ADD matures_on date,
    -- From when on it is money: a draft's maturity, the booking of anything else.
    ADD cash_on date NOT NULL GENERATED ALWAYS AS (coalesce(matures_on, booked_on)) STORED,
    ADD CONSTRAINT receipt_maturity CHECK (
        (kind = 'draft') = (matures_on IS NOT NULL) AND coalesce(matures_on >= booked_on, true));
CREATE INDEX receipts_drafts ON ltc.receipts (team_id, matures_on) WHERE kind = 'draft' AND allocated_minor < amount_minor;

-- What a draft is meant for: not dunned until it matures, and paid by it then.
CREATE TABLE ltc.draft_covers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    receipt_id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    currency ltc.currency NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT draft_cover_amount CHECK (amount_minor > 0),
    -- Why it was taken for this invoice: an allocation's reason.
    reason text COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (receipt_id, currency) REFERENCES ltc.receipts (id, currency),
    FOREIGN KEY (invoice_id, currency) REFERENCES ltc.invoices (id, currency)
);
CREATE INDEX draft_covers_receipt ON ltc.draft_covers (receipt_id);
CREATE INDEX draft_covers_invoice ON ltc.draft_covers (invoice_id);
CREATE TRIGGER draft_covers_are_facts BEFORE UPDATE OR DELETE ON ltc.draft_covers
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();

-- Somebody gives up what is owed; above a limit somebody else agrees. Approved, it is an allocation.
CREATE TABLE ltc.write_offs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    invoice_id bigint NOT NULL,
    currency ltc.currency NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT write_off_amount CHECK (amount_minor > 0),
    reason text NOT NULL,
    -- The day for which it is booked.
    effective_on date NOT NULL,
    state text NOT NULL CONSTRAINT write_off_state CHECK (state IN ('proposed', 'approved', 'rejected', 'reversed')),
    proposed_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    -- Who decided last: approved, rejected or took it back.
    decided_by text,
    decided_at timestamptz,
    FOREIGN KEY (invoice_id, currency) REFERENCES ltc.invoices (id, currency),
    CONSTRAINT write_off_decision CHECK ((state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
);
CREATE UNIQUE INDEX write_offs_proposed ON ltc.write_offs (invoice_id) WHERE state = 'proposed';
CREATE INDEX write_offs_invoice ON ltc.write_offs (invoice_id);

-- Complete lists of what was open in another ledger on a day, a creditor each.
CREATE TABLE ltc.ledger_snapshots (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    creditor_id bigint NOT NULL REFERENCES ltc.creditors,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    day date NOT NULL,
    file text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ledger_snapshots_day ON ltc.ledger_snapshots (creditor_id, source, day);
CREATE TRIGGER ledger_snapshots_are_facts BEFORE UPDATE OR DELETE ON ltc.ledger_snapshots
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();

-- What an invoice said before a snapshot changed it; what it says now stands in the invoice itself.
CREATE TABLE ltc.invoice_versions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id bigint NOT NULL REFERENCES ltc.invoices,
    snapshot_id bigint NOT NULL REFERENCES ltc.ledger_snapshots,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    due_on date NOT NULL,
    amount_minor bigint NOT NULL,
    settled_before_minor bigint NOT NULL,
    -- From which day on it says something else.
    effective_on date NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX invoice_versions_invoice ON ltc.invoice_versions (invoice_id);
CREATE TRIGGER invoice_versions_are_facts BEFORE UPDATE OR DELETE ON ltc.invoice_versions
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();

-- The version of each invoice as of a day, as it was known at an instant (null is now), where that is not the invoice itself.
-- Days of snapshots rise, so what was not yet so then is a tail of the versions, and its first row says what was so.
CREATE FUNCTION ltc.versions_at(day date, known timestamptz)
    RETURNS TABLE (invoice_id bigint, due_on date, amount_minor bigint, settled_before_minor bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT DISTINCT ON (v.invoice_id) v.invoice_id, v.due_on, v.amount_minor, v.settled_before_minor
        FROM ltc.invoice_versions AS v
        WHERE v.effective_on > versions_at.day OR v.recorded_at > coalesce(versions_at.known, 'infinity')
        ORDER BY v.invoice_id, v.id;
    END;

CALL ltc.protect('ltc.draft_covers', true);
CALL ltc.protect('ltc.write_offs', true);
CALL ltc.protect('ltc.ledger_snapshots', true);
CALL ltc.protect('ltc.invoice_versions', true);
REVOKE UPDATE, DELETE ON ltc.draft_covers, ltc.ledger_snapshots, ltc.invoice_versions FROM ltc_daemon, ltc_admin;
REVOKE DELETE ON ltc.write_offs FROM ltc_daemon, ltc_admin;
