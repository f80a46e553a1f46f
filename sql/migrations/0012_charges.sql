-- compatible_from: 5
-- What an accepted notice charges is owed like an invoice: its fee, and the interest and compensation of each of its invoices.

ALTER TABLE ltc.invoices
    DROP CONSTRAINT invoice_kind,
    ADD CONSTRAINT invoice_kind CHECK (kind IN ('invoice', 'credit-note', 'fee', 'interest', 'compensation')),
    -- The invoice that is charged for; null for the fee, which is for the whole notice.
    ADD charged_for_id bigint,
    -- The notice whose acceptance posted it.
    ADD notice_id bigint,
    ADD FOREIGN KEY (charged_for_id, currency) REFERENCES ltc.invoices (id, currency),
    ADD FOREIGN KEY (notice_id, currency) REFERENCES ltc.notices (id, currency),
    ADD CONSTRAINT invoice_charge CHECK (
        (kind IN ('fee', 'interest', 'compensation')) = (notice_id IS NOT NULL)
        AND (kind IN ('interest', 'compensation')) = (charged_for_id IS NOT NULL));
CREATE INDEX invoices_charges ON ltc.invoices (charged_for_id) WHERE charged_for_id IS NOT NULL;
CREATE INDEX invoices_notice ON ltc.invoices (notice_id) WHERE notice_id IS NOT NULL;

-- A charge whose notice came back or was reversed is closed without money for this reason, whole: it was never owed.
CREATE INDEX allocations_notice_reversed ON ltc.allocations (invoice_id) WHERE reason = 'notice_reversed';

ALTER TABLE ltc.notices
    DROP total_minor,
    -- Open charges of earlier notices.
    ADD charges_minor bigint NOT NULL DEFAULT 0 CONSTRAINT notice_charges CHECK (charges_minor >= 0),
    ADD compensation_minor bigint NOT NULL DEFAULT 0 CONSTRAINT notice_compensation CHECK (compensation_minor >= 0),
    ADD total_minor bigint NOT NULL GENERATED ALWAYS AS (
        open_minor + charges_minor + interest_minor + compensation_minor + fee_minor - credit_minor) STORED,
    -- How the fee came about where it is more than a fixed sum, and the rule that compensation rests on.
    ADD fee_computation jsonb NOT NULL DEFAULT '{}',
    ADD compensation_source text NOT NULL DEFAULT '';

-- The computation is of all interest since the due date; interest_minor is what of it was not posted before.
ALTER TABLE ltc.notice_items
    ADD posted_minor bigint NOT NULL DEFAULT 0 CONSTRAINT notice_item_posted CHECK (posted_minor >= 0),
    ADD compensation_minor bigint NOT NULL DEFAULT 0 CONSTRAINT notice_item_compensation CHECK (compensation_minor >= 0);

-- The charges of earlier notices that a notice asks for too.
CREATE TABLE ltc.notice_charges (
    notice_id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    currency ltc.currency NOT NULL,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    open_minor bigint NOT NULL CONSTRAINT notice_charge_open CHECK (open_minor > 0),
    PRIMARY KEY (notice_id, invoice_id),
    FOREIGN KEY (notice_id, currency) REFERENCES ltc.notices (id, currency),
    FOREIGN KEY (invoice_id, currency) REFERENCES ltc.invoices (id, currency)
);
CREATE INDEX notice_charges_invoice ON ltc.notice_charges (invoice_id);
CALL ltc.protect('ltc.notice_charges', true);
