-- compatible_from: 1
-- Lead to cash on one page: who works here, what they sell, what is owed, and every decision with its why.
--
-- Conventions. Ids are bigint identities; ids from elsewhere are unique per (source, id). Instants are timestamptz,
-- business days are date, zones are names. States are text with a named CHECK. Money is bigint minor units beside its
-- ISO 4217 currency. Keys compare in "C"; folding is done by the program. Facts (events, receipts, allocations) are
-- append-only: `effective_*` says when they hold, `recorded_at` when they became known.

CREATE DOMAIN ltc.currency AS text COLLATE "C" CONSTRAINT currency_is_iso4217 CHECK (VALUE ~ '^[A-Z]{3}$');

-- Configuration ------------------------------------------------------------------------------------------------------

CREATE TABLE ltc.configuration_versions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document jsonb NOT NULL,
    sha256 text COLLATE "C" NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL DEFAULT session_user
);

CREATE TABLE ltc.switches (
    name text COLLATE "C" PRIMARY KEY,
    is_on boolean NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text NOT NULL DEFAULT session_user
);

CREATE TABLE ltc.calendars (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE,
    -- ISO weekdays that are free every week: {6,7}.
    weekend integer[] NOT NULL DEFAULT '{6,7}'
);

-- Holidays, and the make-up days on which a weekend is worked.
CREATE TABLE ltc.calendar_days (
    calendar_id bigint NOT NULL REFERENCES ltc.calendars ON DELETE CASCADE,
    day date NOT NULL,
    is_working boolean NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (calendar_id, day)
);

-- Teams and members --------------------------------------------------------------------------------------------------

CREATE TABLE ltc.teams (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE,
    name text NOT NULL,
    kind text NOT NULL CONSTRAINT team_kind CHECK (kind IN ('sales', 'contracts', 'delivery', 'finance')),
    zone text NOT NULL,
    calendar_id bigint REFERENCES ltc.calendars,
    -- {"1": ["09:00-12:00", "13:00-18:00"], …} by ISO weekday, in the team's zone.
    hours jsonb NOT NULL,
    is_active boolean NOT NULL DEFAULT true
);

CREATE TABLE ltc.members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE,
    name text NOT NULL,
    email text,
    language text NOT NULL DEFAULT 'en',
    -- The database login of the person, when they have one.
    login text COLLATE "C" UNIQUE,
    is_active boolean NOT NULL DEFAULT true
);

-- Who belonged to which team when. Open ended while valid_until is null; the day itself is no longer valid.
CREATE TABLE ltc.memberships (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    member_id bigint NOT NULL REFERENCES ltc.members,
    role text NOT NULL CONSTRAINT membership_role CHECK (role IN ('member', 'manager', 'approver')),
    -- Share of the rotation; 0 takes no leads.
    weight integer NOT NULL DEFAULT 1 CONSTRAINT membership_weight CHECK (weight >= 0),
    -- Most open leads at a time; null is no limit.
    capacity integer CONSTRAINT membership_capacity CHECK (capacity >= 0),
    valid_from date NOT NULL,
    valid_until date,
    CONSTRAINT membership_range CHECK (valid_until > valid_from)
);
CREATE UNIQUE INDEX memberships_current ON ltc.memberships (team_id, member_id) WHERE valid_until IS NULL;
CREATE INDEX memberships_member ON ltc.memberships (member_id);

CREATE TABLE ltc.absences (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- `configuration` when the company's file names it: the next file that does not takes it away.
    source text COLLATE "C" NOT NULL DEFAULT 'ltc',
    member_id bigint NOT NULL REFERENCES ltc.members,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason text NOT NULL DEFAULT '',
    CONSTRAINT absence_range CHECK (ends_at > starts_at)
);
CREATE INDEX absences_member ON ltc.absences (member_id, ends_at);

-- The teams of the person who is logged in. session_user, unlike a setting, cannot be chosen by the one who asks.
CREATE FUNCTION ltc.my_teams() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT s.team_id
    FROM ltc.memberships AS s JOIN ltc.members AS m ON m.id = s.member_id
    WHERE m.login = session_user AND m.is_active AND s.valid_until IS NULL;
END;
REVOKE ALL ON FUNCTION ltc.my_teams() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ltc.my_teams() TO ltc_daemon, ltc_admin, ltc_auditor, ltc_person;

-- Row-level security and grants of one table; called once for each, and a test lists the tables without.
CREATE PROCEDURE ltc.protect(relation regclass, holds_team_rows boolean)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO ltc_daemon, ltc_admin', relation);
    EXECUTE format('GRANT SELECT ON %s TO ltc_auditor, ltc_person', relation);
    EXECUTE format('CREATE POLICY daemon ON %s TO ltc_daemon USING (true) WITH CHECK (true)', relation);
    EXECUTE format('CREATE POLICY admin ON %s TO ltc_admin USING (true) WITH CHECK (true)', relation);
    EXECUTE format('CREATE POLICY auditor ON %s FOR SELECT TO ltc_auditor USING (true)', relation);
    EXECUTE format(
        'CREATE POLICY person ON %s FOR SELECT TO ltc_person USING (%s)', relation,
        CASE WHEN holds_team_rows THEN 'team_id = ANY (ARRAY(SELECT ltc.my_teams()))' ELSE 'true' END);
END
$$;

-- Customers ----------------------------------------------------------------------------------------------------------

CREATE TABLE ltc.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL DEFAULT 'ltc',
    number text COLLATE "C" NOT NULL,
    name text NOT NULL,
    -- Folded for look-ups: case, width and punctuation do not count.
    folded_name text COLLATE "C" NOT NULL,
    language text NOT NULL DEFAULT 'en',
    email text,
    phone text,
    address text,
    country text COLLATE "C",
    group_code text COLLATE "C",
    payment_terms_days integer CONSTRAINT customer_terms CHECK (payment_terms_days BETWEEN 0 AND 3650),
    procedure text COLLATE "C",
    UNIQUE (source, number)
);
CREATE INDEX customers_folded_name ON ltc.customers (folded_name);

-- Customers belong to the company; these teams work with them.
CREATE TABLE ltc.customer_teams (
    customer_id bigint NOT NULL REFERENCES ltc.customers,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    PRIMARY KEY (customer_id, team_id)
);

-- Automation runs and decisions --------------------------------------------------------------------------------------

CREATE TABLE ltc.runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    automation text COLLATE "C" NOT NULL,
    team_id bigint REFERENCES ltc.teams,
    as_of timestamptz NOT NULL,
    configuration_version bigint REFERENCES ltc.configuration_versions,
    actor text NOT NULL DEFAULT session_user,
    state text NOT NULL DEFAULT 'running' CONSTRAINT run_state CHECK (state IN ('running', 'done', 'held', 'failed')),
    reason text,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    counts jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX runs_recent ON ltc.runs (automation, team_id, as_of DESC);

-- A run locks its own row, never the team's: people go on working on the team meanwhile. Team 0 is "all".
CREATE TABLE ltc.automation_locks (
    automation text COLLATE "C" NOT NULL,
    team_id bigint NOT NULL,
    PRIMARY KEY (automation, team_id)
);

-- Every change of owner or state, once, for good: who, when, by which rule of which configuration, and why.
CREATE TABLE ltc.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_kind text COLLATE "C" NOT NULL,
    subject_id bigint NOT NULL,
    team_id bigint REFERENCES ltc.teams,
    kind text COLLATE "C" NOT NULL,
    from_state text, to_state text,
    from_member bigint REFERENCES ltc.members, to_member bigint REFERENCES ltc.members,
    effective_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL DEFAULT session_user,
    run_id bigint REFERENCES ltc.runs,
    configuration_version bigint REFERENCES ltc.configuration_versions,
    rule text,
    reason text COLLATE "C",
    -- The why: candidates passed over with a reason code each, dates and amounts seen. No personal values.
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX events_subject ON ltc.events (subject_kind, subject_id, id);
-- Caps are counted from here.
CREATE INDEX events_assigned ON ltc.events (team_id, to_member, effective_at) WHERE kind = 'lead_assigned';
-- Where a team's rotation stands is in its last turn.
CREATE INDEX events_turns ON ltc.events (team_id, id)
    WHERE kind = 'lead_assigned' AND reason = 'next_in_rotation';

CREATE FUNCTION ltc.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are facts: reverse them with a new row', TG_TABLE_NAME USING ERRCODE = 'LTC01';
END
$$;
CREATE TRIGGER events_are_facts BEFORE UPDATE OR DELETE ON ltc.events
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();

-- Stage one: leads ---------------------------------------------------------------------------------------------------

CREATE TABLE ltc.leads (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL DEFAULT 'ltc',
    external_id text COLLATE "C",
    company text NOT NULL,
    contact text, email text, phone text,
    channel text, region text, segment text, product text,
    budget_minor bigint CONSTRAINT lead_budget CHECK (budget_minor >= 0),
    currency ltc.currency,
    notes text,
    do_not_contact boolean NOT NULL DEFAULT false,
    -- When the lead came in; the clock of the first response starts here.
    created_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'new' CONSTRAINT lead_state CHECK (
        state IN ('new', 'pooled', 'assigned', 'working', 'qualified', 'disqualified', 'merged')),
    team_id bigint REFERENCES ltc.teams,
    owner_id bigint REFERENCES ltc.members,
    customer_id bigint REFERENCES ltc.customers,
    UNIQUE (source, external_id),
    CONSTRAINT lead_budget_has_currency CHECK ((budget_minor IS NULL) = (currency IS NULL)),
    -- A live lead has an owner or lies in a pool, never both.
    CONSTRAINT lead_has_owner_or_pool CHECK (
        CASE state
            WHEN 'new' THEN owner_id IS NULL
            WHEN 'pooled' THEN owner_id IS NULL AND team_id IS NOT NULL
            WHEN 'assigned' THEN owner_id IS NOT NULL AND team_id IS NOT NULL
            WHEN 'working' THEN owner_id IS NOT NULL AND team_id IS NOT NULL
            ELSE true
        END)
);
CREATE INDEX leads_new ON ltc.leads (created_at, id) WHERE state = 'new';
CREATE INDEX leads_pooled ON ltc.leads (team_id, created_at, id) WHERE state = 'pooled';
CREATE INDEX leads_owned ON ltc.leads (owner_id) WHERE state IN ('assigned', 'working');
CREATE INDEX leads_customer ON ltc.leads (customer_id) WHERE customer_id IS NOT NULL;

-- What a lead is recognised by. Exclusive kinds (an e-mail address) belong to one live lead; a switchboard's
-- telephone number does not.
CREATE TABLE ltc.identities (
    scope text COLLATE "C" NOT NULL DEFAULT 'company',
    kind text COLLATE "C" NOT NULL CONSTRAINT identity_kind CHECK (kind IN ('email', 'phone')),
    value text COLLATE "C" NOT NULL,
    is_exclusive boolean NOT NULL,
    is_live boolean NOT NULL DEFAULT true,
    lead_id bigint NOT NULL REFERENCES ltc.leads,
    PRIMARY KEY (lead_id, scope, kind, value)
);
CREATE UNIQUE INDEX identities_exclusive ON ltc.identities (scope, kind, value) WHERE is_exclusive AND is_live;
CREATE INDEX identities_value ON ltc.identities (kind, value);

-- Stage two: opportunities -------------------------------------------------------------------------------------------

CREATE TABLE ltc.opportunities (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL DEFAULT 'ltc',
    external_id text COLLATE "C",
    title text NOT NULL DEFAULT '',
    customer_id bigint REFERENCES ltc.customers,
    lead_id bigint REFERENCES ltc.leads,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    owner_id bigint REFERENCES ltc.members,
    product text,
    stage text NOT NULL CONSTRAINT opportunity_stage CHECK (
        stage IN ('needs', 'solution', 'proposal', 'negotiation', 'won', 'lost', 'suspended')),
    opened_on date,
    closed_on date,
    amount_minor bigint CONSTRAINT opportunity_amount CHECK (amount_minor >= 0),
    currency ltc.currency,
    lost_reason text,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (source, external_id),
    CONSTRAINT opportunity_amount_has_currency CHECK ((amount_minor IS NULL) = (currency IS NULL)),
    CONSTRAINT opportunity_closes CHECK (closed_on IS NULL OR stage IN ('won', 'lost')),
    CONSTRAINT opportunity_lost_reason CHECK (lost_reason IS NULL OR stage = 'lost')
);
CREATE INDEX opportunities_open ON ltc.opportunities (team_id, owner_id) WHERE stage NOT IN ('won', 'lost');
CREATE INDEX opportunities_customer ON ltc.opportunities (customer_id);
CREATE INDEX opportunities_lead ON ltc.opportunities (lead_id) WHERE lead_id IS NOT NULL;

-- What people did: the calls, mails and meetings that answer a follow-up.
CREATE TABLE ltc.activities (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL DEFAULT 'ltc',
    external_id text COLLATE "C",
    subject_kind text COLLATE "C" NOT NULL CONSTRAINT activity_subject CHECK (
        subject_kind IN ('lead', 'opportunity', 'contract', 'customer')),
    subject_id bigint NOT NULL,
    team_id bigint REFERENCES ltc.teams,
    member_id bigint REFERENCES ltc.members,
    kind text COLLATE "C" NOT NULL CONSTRAINT activity_kind CHECK (kind IN ('call', 'email', 'meeting', 'visit', 'note')),
    happened_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    note text NOT NULL DEFAULT '',
    UNIQUE (source, external_id)
);
CREATE INDEX activities_subject ON ltc.activities (subject_kind, subject_id, happened_at);

-- Stage three: contracts ---------------------------------------------------------------------------------------------

CREATE TABLE ltc.contracts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL DEFAULT 'ltc',
    number text COLLATE "C" NOT NULL,
    title text NOT NULL DEFAULT '',
    customer_id bigint NOT NULL REFERENCES ltc.customers,
    opportunity_id bigint REFERENCES ltc.opportunities,
    renews_contract_id bigint REFERENCES ltc.contracts,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    owner_id bigint REFERENCES ltc.members,
    state text NOT NULL CONSTRAINT contract_state CHECK (
        state IN ('draft', 'review', 'approved', 'signed', 'performing', 'completed', 'closed', 'void')),
    starts_on date NOT NULL,
    -- The last day of the term; null is open-ended.
    ends_on date,
    -- `90d`, `3m`, `3m-eom` as written in the contract.
    notice_period text COLLATE "C" CONSTRAINT contract_notice_period CHECK (notice_period ~ '^[0-9]+(d|w|m|m-eom)$'),
    renewal text NOT NULL DEFAULT 'manual' CONSTRAINT contract_renewal CHECK (
        renewal IN ('auto', 'manual', 'evergreen', 'none')),
    review_on date,
    amount_minor bigint CONSTRAINT contract_amount CHECK (amount_minor >= 0),
    currency ltc.currency,
    uplift_percent numeric(9, 4),
    UNIQUE (source, number),
    CONSTRAINT contract_term CHECK (ends_on >= starts_on),
    CONSTRAINT contract_amount_has_currency CHECK ((amount_minor IS NULL) = (currency IS NULL))
);
CREATE INDEX contracts_ending ON ltc.contracts (team_id, ends_on) WHERE state IN ('signed', 'performing');
CREATE INDEX contracts_customer ON ltc.contracts (customer_id);

-- One row for each rung of the ladder that was reached, for each term.
CREATE TABLE ltc.renewal_alerts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract_id bigint NOT NULL REFERENCES ltc.contracts,
    term_ends_on date NOT NULL,
    -- Days before the notice deadline.
    rung integer NOT NULL,
    notice_deadline date NOT NULL,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    member_id bigint NOT NULL REFERENCES ltc.members,
    opportunity_id bigint REFERENCES ltc.opportunities,
    run_id bigint REFERENCES ltc.runs,
    alerted_at timestamptz NOT NULL,
    UNIQUE (contract_id, term_ends_on, rung)
);

-- Stage five: receivables --------------------------------------------------------------------------------------------

-- The legal entity to which money is owed.
CREATE TABLE ltc.creditors (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE,
    name text NOT NULL,
    tax_id text,
    address text,
    country text COLLATE "C",
    email text,
    iban text COLLATE "C",
    bic text COLLATE "C",
    bank text,
    finance_team_id bigint NOT NULL REFERENCES ltc.teams
);

CREATE TABLE ltc.invoices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL DEFAULT 'ltc',
    number text COLLATE "C" NOT NULL,
    creditor_id bigint NOT NULL REFERENCES ltc.creditors,
    customer_id bigint NOT NULL REFERENCES ltc.customers,
    contract_id bigint REFERENCES ltc.contracts,
    -- The finance team that collects it.
    team_id bigint NOT NULL REFERENCES ltc.teams,
    -- The sales team whose contract it comes from; it may read it.
    sales_team_id bigint REFERENCES ltc.teams,
    kind text NOT NULL DEFAULT 'invoice' CONSTRAINT invoice_kind CHECK (kind IN ('invoice', 'credit-note')),
    issued_on date NOT NULL,
    due_on date NOT NULL,
    currency ltc.currency NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT invoice_amount CHECK (amount_minor > 0),
    -- Paid before the invoice came to this ledger (imported with its open amount).
    settled_before_minor bigint NOT NULL DEFAULT 0 CONSTRAINT invoice_settled CHECK (settled_before_minor >= 0),
    -- Running total of its allocations, kept by a trigger.
    allocated_minor bigint NOT NULL DEFAULT 0 CONSTRAINT invoice_allocated CHECK (allocated_minor >= 0),
    -- What is still owed; a credit note's is what may still be set off.
    open_minor bigint NOT NULL GENERATED ALWAYS AS (amount_minor - settled_before_minor - allocated_minor) STORED,
    -- The level reached: its notice was accepted for delivery. 0 is none.
    dunning_level integer NOT NULL DEFAULT 0 CONSTRAINT invoice_level CHECK (dunning_level BETWEEN 0 AND 9),
    last_notice_on date,
    discount_percent numeric(7, 4) CONSTRAINT invoice_discount CHECK (discount_percent BETWEEN 0 AND 100),
    discount_until date,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (source, number),
    UNIQUE (id, currency),
    CONSTRAINT invoice_not_overpaid CHECK (settled_before_minor + allocated_minor <= amount_minor)
);
CREATE INDEX invoices_open ON ltc.invoices (team_id, customer_id, due_on) WHERE settled_before_minor + allocated_minor < amount_minor;
CREATE INDEX invoices_customer ON ltc.invoices (customer_id);
CREATE INDEX invoices_contract ON ltc.invoices (contract_id) WHERE contract_id IS NOT NULL;

CREATE TABLE ltc.receipts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL DEFAULT 'ltc',
    reference text COLLATE "C" NOT NULL,
    creditor_id bigint NOT NULL REFERENCES ltc.creditors,
    customer_id bigint REFERENCES ltc.customers,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    booked_on date NOT NULL,
    currency ltc.currency NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT receipt_amount CHECK (amount_minor > 0),
    allocated_minor bigint NOT NULL DEFAULT 0 CONSTRAINT receipt_allocated CHECK (allocated_minor >= 0),
    remittance text,
    iban text COLLATE "C",
    recorded_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (source, reference),
    UNIQUE (id, currency),
    CONSTRAINT receipt_not_overspent CHECK (allocated_minor <= amount_minor)
);
CREATE INDEX receipts_customer ON ltc.receipts (customer_id);

-- Which receipt paid which invoice; a reversal is a row with a negative amount. The shared currency in both foreign
-- keys is what stops a payment in one currency from settling an invoice in another.
CREATE TABLE ltc.allocations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    receipt_id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    currency ltc.currency NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT allocation_amount CHECK (amount_minor <> 0),
    reason text COLLATE "C" NOT NULL,
    effective_on date NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (receipt_id, currency) REFERENCES ltc.receipts (id, currency),
    FOREIGN KEY (invoice_id, currency) REFERENCES ltc.invoices (id, currency)
);
CREATE INDEX allocations_receipt ON ltc.allocations (receipt_id);
CREATE INDEX allocations_invoice ON ltc.allocations (invoice_id);
CREATE TRIGGER allocations_are_facts BEFORE UPDATE OR DELETE ON ltc.allocations
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();

-- Keeps the running totals, whose CHECKs refuse what would overspend a receipt or overpay an invoice.
CREATE FUNCTION ltc.add_allocations() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE ltc.receipts AS r SET allocated_minor = r.allocated_minor + a.amount
    FROM (SELECT receipt_id, sum(amount_minor) AS amount FROM added GROUP BY receipt_id) AS a WHERE r.id = a.receipt_id;
    UPDATE ltc.invoices AS i SET allocated_minor = i.allocated_minor + a.amount
    FROM (SELECT invoice_id, sum(amount_minor) AS amount FROM added GROUP BY invoice_id) AS a WHERE i.id = a.invoice_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER allocations_add AFTER INSERT ON ltc.allocations REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.add_allocations();

-- Messages and what is handed over -----------------------------------------------------------------------------------

-- What leaves the house: written in the transaction of the decision, sent by the daemon.
CREATE TABLE ltc.messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- RFC 5322 Message-ID without brackets, the same on every attempt.
    message_id text COLLATE "C" NOT NULL UNIQUE,
    kind text COLLATE "C" NOT NULL CONSTRAINT message_kind CHECK (
        kind IN ('lead-assigned', 'reminder', 'escalation', 'renewal-alert', 'dunning-notice', 'digest')),
    team_id bigint NOT NULL REFERENCES ltc.teams,
    subject_kind text COLLATE "C" NOT NULL,
    subject_id bigint NOT NULL,
    member_id bigint REFERENCES ltc.members,
    customer_id bigint REFERENCES ltc.customers,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    language text NOT NULL DEFAULT 'en',
    state text NOT NULL DEFAULT 'queued' CONSTRAINT message_state CHECK (
        state IN ('queued', 'sending', 'accepted', 'held', 'failed', 'bounced', 'uncertain', 'cancelled')),
    reason text COLLATE "C",
    -- The server's last answer, for people.
    answer text,
    attempts integer NOT NULL DEFAULT 0,
    run_id bigint REFERENCES ltc.runs,
    created_at timestamptz NOT NULL DEFAULT now(),
    accepted_at timestamptz
);
CREATE INDEX messages_waiting ON ltc.messages (id) WHERE state IN ('queued', 'sending', 'held', 'uncertain');
CREATE INDEX messages_subject ON ltc.messages (subject_kind, subject_id);

-- Registers, digests, letters: kept, so that asking again gives the same bytes.
CREATE TABLE ltc.artefacts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    run_id bigint NOT NULL REFERENCES ltc.runs,
    name text COLLATE "C" NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    sha256 text COLLATE "C" NOT NULL GENERATED ALWAYS AS (encode(sha256(content), 'hex')) STORED,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (run_id, name)
);

CREATE TABLE ltc.message_attachments (
    message_id bigint NOT NULL REFERENCES ltc.messages,
    artefact_id bigint NOT NULL REFERENCES ltc.artefacts,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    PRIMARY KEY (message_id, artefact_id)
);

-- Follow-ups ---------------------------------------------------------------------------------------------------------

CREATE TABLE ltc.reminders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    subject_kind text COLLATE "C" NOT NULL CONSTRAINT reminder_subject CHECK (subject_kind IN ('lead', 'opportunity')),
    subject_id bigint NOT NULL,
    rule text COLLATE "C" NOT NULL,
    -- The instant from which the rule counts (an assignment, the last activity): the same again is the same reminder.
    occurrence timestamptz NOT NULL,
    kind text NOT NULL CONSTRAINT reminder_kind CHECK (kind IN ('reminder', 'escalation', 'warning')),
    -- Whom it concerns, and who is told.
    owner_id bigint NOT NULL REFERENCES ltc.members,
    member_id bigint NOT NULL REFERENCES ltc.members,
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'due' CONSTRAINT reminder_state CHECK (
        state IN ('due', 'sent', 'acknowledged', 'escalated', 'cancelled')),
    reason text COLLATE "C",
    run_id bigint REFERENCES ltc.runs,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (subject_kind, subject_id, rule, occurrence, kind)
);
CREATE INDEX reminders_open ON ltc.reminders (team_id, due_at) WHERE state IN ('due', 'sent');

-- Dunning ------------------------------------------------------------------------------------------------------------

CREATE TABLE ltc.notices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The legal number, drawn at approval.
    number text COLLATE "C" UNIQUE,
    creditor_id bigint NOT NULL REFERENCES ltc.creditors,
    customer_id bigint NOT NULL REFERENCES ltc.customers,
    currency ltc.currency NOT NULL,
    run_date date NOT NULL,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    procedure text COLLATE "C" NOT NULL,
    level integer NOT NULL CONSTRAINT notice_level CHECK (level BETWEEN 1 AND 9),
    state text NOT NULL CONSTRAINT notice_state CHECK (state IN (
        'proposed', 'approved', 'sending', 'sent', 'held', 'rejected', 'cancelled', 'failed', 'bounced', 'uncertain',
        'reversed')),
    reason text COLLATE "C",
    open_minor bigint NOT NULL CONSTRAINT notice_open CHECK (open_minor > 0),
    interest_minor bigint NOT NULL DEFAULT 0 CONSTRAINT notice_interest CHECK (interest_minor >= 0),
    fee_minor bigint NOT NULL DEFAULT 0 CONSTRAINT notice_fee CHECK (fee_minor >= 0),
    -- Credit of the customer that is not allocated yet; less than what is open, or there would be no notice.
    credit_minor bigint NOT NULL DEFAULT 0 CONSTRAINT notice_credit CHECK (credit_minor >= 0 AND credit_minor < open_minor),
    total_minor bigint NOT NULL GENERATED ALWAYS AS (open_minor + interest_minor + fee_minor - credit_minor) STORED,
    pay_by date NOT NULL,
    letter text NOT NULL,
    approved_by text,
    approved_at timestamptz,
    run_id bigint NOT NULL REFERENCES ltc.runs,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (id, currency)
);
-- One live notice for a customer, a creditor, a currency and a day; a rejected one holds until the next day's run.
CREATE UNIQUE INDEX notices_live ON ltc.notices (creditor_id, customer_id, currency, run_date)
    WHERE state NOT IN ('cancelled', 'reversed');
CREATE INDEX notices_waiting ON ltc.notices (team_id) WHERE state IN ('proposed', 'approved', 'held', 'uncertain');
CREATE INDEX notices_customer ON ltc.notices (customer_id);
CREATE SEQUENCE ltc.notice_numbers;
GRANT USAGE ON SEQUENCE ltc.notice_numbers TO ltc_daemon, ltc_admin;
-- `DN-2026-000123`: unique, rising, and with gaps, which the law allows for notices.
CREATE FUNCTION ltc.next_notice_number(day date) RETURNS text LANGUAGE sql VOLATILE
RETURN (
    SELECT format('DN-%s-%s', to_char(day, 'YYYY'), lpad(d.digits, greatest(6, length(d.digits)), '0'))
    FROM (SELECT nextval('ltc.notice_numbers')::text AS digits OFFSET 0) AS d);

CREATE TABLE ltc.notice_items (
    notice_id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    currency ltc.currency NOT NULL,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    days_overdue integer NOT NULL,
    open_minor bigint NOT NULL CONSTRAINT notice_item_open CHECK (open_minor > 0),
    -- The level that the invoice had, and the one that it has once the notice is accepted for delivery.
    level_before integer NOT NULL,
    level integer NOT NULL CONSTRAINT notice_item_level CHECK (level >= level_before),
    interest_minor bigint NOT NULL DEFAULT 0 CONSTRAINT notice_item_interest CHECK (interest_minor >= 0),
    -- The computation as it is shown: dates, rate, days, exact and rounded.
    computation jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (notice_id, invoice_id),
    FOREIGN KEY (notice_id, currency) REFERENCES ltc.notices (id, currency),
    FOREIGN KEY (invoice_id, currency) REFERENCES ltc.invoices (id, currency)
);
CREATE INDEX notice_items_invoice ON ltc.notice_items (invoice_id);

-- Who may see what ---------------------------------------------------------------------------------------------------

CALL ltc.protect('ltc.configuration_versions', false);
CALL ltc.protect('ltc.switches', false);
CALL ltc.protect('ltc.calendars', false);
CALL ltc.protect('ltc.calendar_days', false);
CALL ltc.protect('ltc.teams', false);
CALL ltc.protect('ltc.members', false);
CALL ltc.protect('ltc.memberships', true);
CALL ltc.protect('ltc.absences', false);
CALL ltc.protect('ltc.customers', false);
CALL ltc.protect('ltc.customer_teams', true);
CALL ltc.protect('ltc.automation_locks', true);
CALL ltc.protect('ltc.runs', true);
CALL ltc.protect('ltc.events', true);
CALL ltc.protect('ltc.leads', true);
CALL ltc.protect('ltc.identities', false);
CALL ltc.protect('ltc.opportunities', true);
CALL ltc.protect('ltc.activities', true);
CALL ltc.protect('ltc.contracts', true);
CALL ltc.protect('ltc.renewal_alerts', true);
CALL ltc.protect('ltc.creditors', false);
CALL ltc.protect('ltc.invoices', true);
CALL ltc.protect('ltc.receipts', true);
CALL ltc.protect('ltc.allocations', true);
CALL ltc.protect('ltc.messages', true);
CALL ltc.protect('ltc.artefacts', true);
CALL ltc.protect('ltc.message_attachments', true);
CALL ltc.protect('ltc.reminders', true);
CALL ltc.protect('ltc.notices', true);
CALL ltc.protect('ltc.notice_items', true);

-- Identities are found by everybody's automations, but seen by those who may see the lead.
DROP POLICY person ON ltc.identities;
CREATE POLICY person ON ltc.identities FOR SELECT TO ltc_person
    USING (EXISTS (SELECT FROM ltc.leads AS l WHERE l.id = lead_id));
-- The sales team on the chain reads the invoices of its contracts.
CREATE POLICY chain ON ltc.invoices FOR SELECT TO ltc_person
    USING (sales_team_id = ANY (ARRAY(SELECT ltc.my_teams())));
REVOKE UPDATE, DELETE ON ltc.events, ltc.allocations FROM ltc_daemon, ltc_admin;
REVOKE EXECUTE ON PROCEDURE ltc.protect(regclass, boolean) FROM PUBLIC;
