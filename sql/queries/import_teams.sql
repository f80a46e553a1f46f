-- name: create_staging
-- The teams of a file on their way in.
CREATE TEMP TABLE staged_teams (
    line integer NOT NULL,
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    zone text NOT NULL,
    hours jsonb NOT NULL
) ON COMMIT DROP;

-- name: copy_staged
-- Teams as the file or its map gives them; often one team on many rows.
-- needs: create_staging
-- copies: line integer, code text, name text, kind text, zone text, hours jsonb
COPY staged_teams (line, code, name, kind, zone, hours) FROM STDIN (FORMAT binary);

-- name: drop_repeated
-- Rows that say the same of a team are one.
-- needs: create_staging
DELETE FROM staged_teams AS s
USING (
    SELECT line, row_number() OVER (PARTITION BY code, name, kind, zone, hours ORDER BY line) AS nth
    FROM staged_teams) AS r
WHERE r.line = s.line AND r.nth > 1;

-- name: reject_repeated
-- A code names one team; the first row of the file has it.
-- needs: create_staging
-- gives: line integer, code text, first_line integer
DELETE FROM staged_teams AS s
USING (SELECT code, min(line) AS line FROM staged_teams GROUP BY code HAVING count(*) > 1) AS first
WHERE s.code = first.code AND s.line <> first.line
RETURNING s.line, s.code, first.line AS first_line;

-- name: insert_staged
-- Teams that are not here yet; those that are belong to the configuration and stay as they are.
-- needs: create_staging
INSERT INTO ltc.teams (code, name, kind, zone, hours)
SELECT code, name, kind, zone, hours FROM staged_teams ORDER BY line
ON CONFLICT (code) DO NOTHING;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging
DROP TABLE staged_teams;
