-- name: create_staging
-- The members of a file on their way in.
CREATE TEMP TABLE staged_members (
    line integer NOT NULL,
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    email text, language text,
    team text COLLATE "C" NOT NULL,
    role text NOT NULL,
    weight integer NOT NULL,
    capacity integer,
    since date NOT NULL
) ON COMMIT DROP;

-- name: copy_staged
-- Members as the file or its map gives them; one person on many rows when the file is about something else.
-- needs: create_staging
-- copies: line integer, code text, name text, email text?, language text?, team text, role text, weight integer
-- copies: capacity integer?, since date
COPY staged_members (line, code, name, email, language, team, role, weight, capacity, since) FROM STDIN (FORMAT binary);

-- name: drop_repeated
-- Rows that say the same of a person are one.
-- needs: create_staging
DELETE FROM staged_members AS s
USING (
    SELECT line, row_number() OVER (
        PARTITION BY code, team, name, email, language, role, weight, capacity, since ORDER BY line) AS nth
    FROM staged_members) AS r
WHERE r.line = s.line AND r.nth > 1;

-- name: reject_repeated
-- A person has one seat in a team; the first row of the file has it.
-- needs: create_staging
-- gives: line integer, code text, first_line integer
DELETE FROM staged_members AS s
USING (SELECT code, team, min(line) AS line FROM staged_members GROUP BY code, team HAVING count(*) > 1) AS first
WHERE s.code = first.code AND s.team = first.team AND s.line <> first.line
RETURNING s.line, s.code, first.line AS first_line;

-- name: reject_unresolved
-- Members of teams that are not here.
-- needs: create_staging
-- gives: line integer, team text
DELETE FROM staged_members AS s WHERE NOT EXISTS (SELECT FROM ltc.teams AS t WHERE t.code = s.team)
RETURNING s.line, s.team;

-- name: change_known
-- A person's name, address and language follow the file; what the file leaves out stays.
-- needs: create_staging
UPDATE ltc.members AS m
SET name = s.name, email = coalesce(s.email, m.email), language = coalesce(s.language, m.language)
FROM (SELECT DISTINCT ON (code) * FROM staged_members ORDER BY code, line) AS s
WHERE m.code = s.code
    AND (m.name, m.email, m.language)
    IS DISTINCT FROM (s.name, coalesce(s.email, m.email), coalesce(s.language, m.language));

-- name: insert_staged
-- People who are not here yet.
-- needs: create_staging
INSERT INTO ltc.members (code, name, email, language)
SELECT DISTINCT ON (code) code, name, email, coalesce(language, 'en') FROM staged_members ORDER BY code, line
ON CONFLICT (code) DO NOTHING;

-- name: insert_seats
-- Their seats; who sits in the team already keeps the seat as it is.
-- needs: create_staging
INSERT INTO ltc.memberships (team_id, member_id, role, weight, capacity, valid_from)
SELECT t.id, m.id, s.role, s.weight, s.capacity, s.since
FROM staged_members AS s JOIN ltc.teams AS t ON t.code = s.team JOIN ltc.members AS m ON m.code = s.code
ORDER BY s.line
ON CONFLICT (team_id, member_id) WHERE valid_until IS NULL DO NOTHING;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging
DROP TABLE staged_members;
