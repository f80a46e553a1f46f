-- name: create_staging
-- The rows of a file of leads on their way in. COPY goes here, because it is refused on a table with row security.
CREATE TEMP TABLE staged_leads (
    line integer NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    company text NOT NULL,
    contact text, email text, phone text,
    channel text, region text, segment text, product text,
    budget_minor bigint, currency text,
    notes text,
    do_not_contact boolean NOT NULL,
    created_at timestamptz NOT NULL,
    email_key text COLLATE "C",
    phone_key text COLLATE "C"
) ON COMMIT DROP;

-- name: copy_staged
-- Leads of the file, their values read and their identities folded.
-- needs: create_staging
-- copies: line integer, external_id text, company text, contact text?, email text?, phone text?, channel text?
-- copies: region text?, segment text?, product text?, budget_minor bigint?, currency text?, notes text?
-- copies: do_not_contact boolean, created_at timestamptz, email_key text?, phone_key text?
COPY staged_leads (
    line, external_id, company, contact, email, phone, channel, region, segment, product, budget_minor, currency, notes,
    do_not_contact, created_at, email_key, phone_key) FROM STDIN (FORMAT binary);

-- name: analyze_staging
-- Without figures the planner takes the staging table for small and loops over it.
-- needs: create_staging
ANALYZE staged_leads;

-- name: reject_repeated
-- An external id names one lead; the first row of the file has it.
-- needs: create_staging
-- gives: line integer, external_id text, first_line integer
DELETE FROM staged_leads AS s
USING (SELECT external_id, min(line) AS line FROM staged_leads GROUP BY external_id HAVING count(*) > 1) AS first
WHERE s.external_id = first.external_id AND s.line <> first.line
RETURNING s.line, s.external_id, first.line AS first_line;

-- name: drop_known
-- Leads that arrived before: nothing about them changes, their life goes on here.
-- needs: create_staging
-- takes: source text
DELETE FROM staged_leads AS s USING ltc.leads AS l WHERE l.source = :source AND l.external_id = s.external_id;

-- name: reject_repeated_email
-- An e-mail address belongs to one live lead; the first row of the file has it.
-- needs: create_staging
-- gives: line integer, email text?, first_line integer
DELETE FROM staged_leads AS s
USING (SELECT email_key, min(line) AS line FROM staged_leads GROUP BY email_key HAVING count(*) > 1) AS first
WHERE s.email_key = first.email_key AND s.line <> first.line
RETURNING s.line, s.email, first.line AS first_line;

-- name: reject_known_email
-- An e-mail address that a live lead already has.
-- needs: create_staging
-- gives: line integer, email text?, lead bigint
DELETE FROM staged_leads AS s USING ltc.identities AS i
WHERE i.scope = 'company' AND i.kind = 'email' AND i.value = s.email_key AND i.is_exclusive AND i.is_live
RETURNING s.line, s.email, i.lead_id AS lead;

-- name: insert_staged
-- What is left is new: the leads, what they are recognised by, and the fact that they arrived.
-- needs: create_staging
-- takes: source text, file text
WITH added AS (
    INSERT INTO ltc.leads (
        source, external_id, company, contact, email, phone, channel, region, segment, product, budget_minor, currency,
        notes, do_not_contact, created_at)
    SELECT :source, external_id, company, contact, email, phone, channel, region, segment, product, budget_minor,
        currency, notes, do_not_contact, created_at
    FROM staged_leads
    RETURNING id, external_id
), arrived AS (
    SELECT a.id, s.line, s.created_at, s.email_key, s.phone_key
    FROM added AS a JOIN staged_leads AS s USING (external_id)
), identified AS (
    INSERT INTO ltc.identities (kind, value, is_exclusive, lead_id)
    SELECT 'email', email_key, true, id FROM arrived WHERE email_key IS NOT NULL
    UNION ALL
    SELECT 'phone', phone_key, false, id FROM arrived WHERE phone_key IS NOT NULL
)
INSERT INTO ltc.events (subject_kind, subject_id, kind, to_state, effective_at, reason, detail)
SELECT 'lead', id, 'lead_arrived', 'new', created_at, 'imported', jsonb_build_object('file', :file::text, 'line', line)
FROM arrived;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging
DROP TABLE staged_leads;

-- name: lead_with_email
-- The live lead that has an e-mail address.
-- takes: email_key text
-- gives: id bigint, external_id text?, company text
SELECT l.id, l.external_id, l.company
FROM ltc.identities AS i JOIN ltc.leads AS l ON l.id = i.lead_id
WHERE i.scope = 'company' AND i.kind = 'email' AND i.value = :email_key AND i.is_exclusive AND i.is_live;

-- name: add_lead
-- One lead that a person or another program brings: the same rows as an import writes.
-- takes: source text, external_id text?, company text, contact text?, email text?, phone text?, channel text?
-- takes: region text?, segment text?, product text?, budget_minor bigint?, currency text?, notes text?
-- takes: do_not_contact boolean, created_at timestamptz, email_key text?, phone_key text?, reason text
-- gives: id bigint
WITH added AS (
    INSERT INTO ltc.leads (
        source, external_id, company, contact, email, phone, channel, region, segment, product, budget_minor, currency,
        notes, do_not_contact, created_at)
    VALUES (
        :source, :external_id, :company, :contact, :email, :phone, :channel, :region, :segment, :product, :budget_minor,
        :currency::text, :notes, :do_not_contact, :created_at)
    RETURNING id, created_at
), identified AS (
    INSERT INTO ltc.identities (kind, value, is_exclusive, lead_id)
    SELECT k.kind, k.value, k.kind = 'email', added.id
    FROM added CROSS JOIN (VALUES ('email', :email_key::text), ('phone', :phone_key::text)) AS k (kind, value)
    WHERE k.value IS NOT NULL
), told AS (
    INSERT INTO ltc.events (subject_kind, subject_id, kind, to_state, effective_at, reason)
    SELECT 'lead', id, 'lead_arrived', 'new', created_at, :reason FROM added
)
SELECT id FROM added;
