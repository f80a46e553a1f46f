-- name: create_staging
-- The customers of a file on their way in.
CREATE TEMP TABLE staged_customers (
    line integer NOT NULL,
    number text COLLATE "C" NOT NULL,
    name text NOT NULL,
    folded_name text COLLATE "C" NOT NULL,
    team text COLLATE "C",
    language text, email text, phone text, address text, country text, group_code text,
    payment_terms_days integer,
    procedure text
) ON COMMIT DROP;

-- name: copy_staged
-- Customers of the file, their names folded.
-- needs: create_staging
-- copies: line integer, number text, name text, folded_name text, team text?, language text?, email text?, phone text?
-- copies: address text?, country text?, group_code text?, payment_terms_days integer?, procedure text?
COPY staged_customers (
    line, number, name, folded_name, team, language, email, phone, address, country, group_code, payment_terms_days,
    procedure) FROM STDIN (FORMAT binary);

-- name: reject_repeated
-- A number names one customer; the first row of the file has it.
-- needs: create_staging
-- gives: line integer, number text, first_line integer
DELETE FROM staged_customers AS s
USING (SELECT number, min(line) AS line FROM staged_customers GROUP BY number HAVING count(*) > 1) AS first
WHERE s.number = first.number AND s.line <> first.line
RETURNING s.line, s.number, first.line AS first_line;

-- name: reject_unresolved
-- Customers of teams that are not here.
-- needs: create_staging
-- gives: line integer, team text?
DELETE FROM staged_customers AS s
WHERE s.team IS NOT NULL AND NOT EXISTS (SELECT FROM ltc.teams AS t WHERE t.code = s.team)
RETURNING s.line, s.team;

-- name: change_known
-- Master data follows the file; what the file leaves out stays.
-- needs: create_staging
-- takes: source text
UPDATE ltc.customers AS c
SET name = s.name, folded_name = s.folded_name, language = coalesce(s.language, c.language),
    email = coalesce(s.email, c.email), phone = coalesce(s.phone, c.phone), address = coalesce(s.address, c.address),
    country = coalesce(s.country, c.country), group_code = coalesce(s.group_code, c.group_code),
    payment_terms_days = coalesce(s.payment_terms_days, c.payment_terms_days),
    procedure = coalesce(s.procedure, c.procedure)
FROM staged_customers AS s
WHERE c.source = :source AND c.number = s.number
    AND (c.name, c.language, c.email, c.phone, c.address, c.country, c.group_code, c.payment_terms_days, c.procedure)
    IS DISTINCT FROM (
        s.name, coalesce(s.language, c.language), coalesce(s.email, c.email), coalesce(s.phone, c.phone),
        coalesce(s.address, c.address), coalesce(s.country, c.country), coalesce(s.group_code, c.group_code),
        coalesce(s.payment_terms_days, c.payment_terms_days), coalesce(s.procedure, c.procedure));

-- name: insert_staged
-- Customers that are not here yet.
-- needs: create_staging
-- takes: source text
INSERT INTO ltc.customers (
    source, number, name, folded_name, language, email, phone, address, country, group_code, payment_terms_days,
    procedure)
SELECT :source, number, name, folded_name, coalesce(language, 'en'), email, phone, address, country, group_code,
    payment_terms_days, procedure
FROM staged_customers ORDER BY line
ON CONFLICT (source, number) DO NOTHING;

-- name: insert_teams
-- The teams that work with them.
-- needs: create_staging
-- takes: source text
INSERT INTO ltc.customer_teams (customer_id, team_id)
SELECT c.id, t.id
FROM staged_customers AS s
    JOIN ltc.customers AS c ON c.source = :source AND c.number = s.number
    JOIN ltc.teams AS t ON t.code = s.team
ON CONFLICT DO NOTHING;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging
DROP TABLE staged_customers;
