-- compatible_from: 5
-- What keeps invoices from being dunned, and how a notice goes out.

-- An invoice's own procedure, and what its contract says; the company's description names the others.
ALTER TABLE ltc.invoices ADD procedure text COLLATE "C";
ALTER TABLE ltc.contracts
    ADD procedure text COLLATE "C",
    -- A due date on a free day is the next working day.
    ADD shifts_due_dates boolean NOT NULL DEFAULT false;

-- Somebody wants a customer, or one invoice, to be left alone.
CREATE TABLE ltc.dunning_holds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    customer_id bigint NOT NULL REFERENCES ltc.customers,
    -- Null is all of the customer's.
    invoice_id bigint REFERENCES ltc.invoices,
    -- The last day; null is until it is released.
    until_on date,
    reason text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    released_by text,
    released_at timestamptz,
    CONSTRAINT hold_release CHECK ((released_by IS NULL) = (released_at IS NULL))
);
CREATE INDEX dunning_holds_customer ON ltc.dunning_holds (customer_id);
CREATE INDEX dunning_holds_invoice ON ltc.dunning_holds (invoice_id) WHERE invoice_id IS NOT NULL;

-- A part of an invoice that the customer does not accept, and who sees to it.
CREATE TABLE ltc.disputes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    invoice_id bigint NOT NULL,
    currency ltc.currency NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT dispute_amount CHECK (amount_minor > 0),
    reason text NOT NULL,
    owner_id bigint NOT NULL REFERENCES ltc.members,
    -- The last day on which the part is left alone; afterwards the owner is told, and dunning goes on.
    until_on date NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    closed_by text,
    closed_at timestamptz,
    -- When the owner was told that it is over.
    told_at timestamptz,
    FOREIGN KEY (invoice_id, currency) REFERENCES ltc.invoices (id, currency),
    CONSTRAINT dispute_closed CHECK ((closed_by IS NULL) = (closed_at IS NULL))
);
CREATE INDEX disputes_invoice ON ltc.disputes (invoice_id);
CREATE INDEX disputes_running ON ltc.disputes (team_id, until_on) WHERE closed_at IS NULL AND told_at IS NULL;

-- A customer's word to pay; kept or broken follows from what came in.
CREATE TABLE ltc.promises (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    invoice_id bigint NOT NULL,
    currency ltc.currency NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT promise_amount CHECK (amount_minor > 0),
    promised_on date NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (invoice_id, currency) REFERENCES ltc.invoices (id, currency)
);
CREATE INDEX promises_invoice ON ltc.promises (invoice_id);

ALTER TABLE ltc.notices
    ADD channel text COLLATE "C" NOT NULL DEFAULT 'mail' CONSTRAINT notice_channel CHECK (
        channel IN ('mail', 'letter', 'call', 'account-manager', 'stop-deliveries', 'legal')),
    -- Why it is not the first choice of its level: no_address, bounced, returned.
    ADD channel_reason text COLLATE "C",
    -- When the customer had it: posted, called, taken by their mail server.
    ADD accepted_on date;
CREATE INDEX notices_run ON ltc.notices (run_id);
-- What the invoice said before, for when the notice comes back or is reversed.
ALTER TABLE ltc.notice_items ADD last_notice_before date;
-- They waited for an e-mail address; the next run sees to the invoices another way.
UPDATE ltc.notices SET state = 'cancelled', reason = 'superseded' WHERE state = 'held' AND reason = 'no_address';

-- Not sent before this instant: the next working day of the team and of the customer's country.
ALTER TABLE ltc.messages ADD not_before timestamptz;

CALL ltc.protect('ltc.dunning_holds', true);
CALL ltc.protect('ltc.disputes', true);
CALL ltc.protect('ltc.promises', true);
