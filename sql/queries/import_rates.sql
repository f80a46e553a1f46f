-- name: create_staging
-- The reference rates of a file on their way in.
CREATE TEMP TABLE staged_rates (
    line integer NOT NULL,
    code text COLLATE "C" NOT NULL,
    valid_from date NOT NULL,
    valid_through date,
    percent text NOT NULL,
    source text NOT NULL,
    published_on date
) ON COMMIT DROP;

-- name: copy_staged
-- Rates of the file, their values read.
-- needs: create_staging
-- copies: line integer, code text, valid_from date, valid_through date?, percent text, source text, published_on date?
COPY staged_rates (line, code, valid_from, valid_through, percent, source, published_on) FROM STDIN (FORMAT binary);

-- name: reject_repeated
-- A code has one rate a day; the first row of the file has it.
-- needs: create_staging
-- gives: line integer, valid_from date, first_line integer
DELETE FROM staged_rates AS s
USING (
    SELECT code, valid_from, min(line) AS line FROM staged_rates GROUP BY code, valid_from HAVING count(*) > 1
) AS first
WHERE (s.code, s.valid_from) = (first.code, first.valid_from) AND s.line <> first.line
RETURNING s.line, s.valid_from, first.line AS first_line;

-- name: reject_overlapping
-- Rates that last into the next one of their code, or begin within one: of the file, or of those here that the file does
-- not replace.
-- needs: create_staging
-- gives: line integer, valid_from date, other_from date
WITH known AS (
    SELECT code, valid_from, valid_through FROM staged_rates
    UNION ALL
    SELECT r.code, r.valid_from, r.valid_through FROM ltc.reference_rates AS r
    WHERE NOT EXISTS (SELECT FROM staged_rates AS s WHERE (s.code, s.valid_from) = (r.code, r.valid_from))
)
DELETE FROM staged_rates AS s
USING (
    SELECT x.line, min(k.valid_from) AS other_from
    FROM staged_rates AS x JOIN known AS k ON k.code = x.code AND k.valid_from <> x.valid_from
    WHERE (x.valid_through >= k.valid_from AND k.valid_from > x.valid_from)
        OR (k.valid_through >= x.valid_from AND x.valid_from > k.valid_from)
    GROUP BY x.line) AS o
WHERE o.line = s.line
RETURNING s.line, s.valid_from, o.other_from;

-- name: change_known
-- A rate that is here with other values follows the file.
-- needs: create_staging
UPDATE ltc.reference_rates AS r
SET valid_through = s.valid_through, percent = s.percent::numeric, source = s.source, published_on = s.published_on,
    recorded_at = now()
FROM staged_rates AS s
WHERE (s.code, s.valid_from) = (r.code, r.valid_from)
    AND (r.valid_through, r.percent, r.source, r.published_on)
    IS DISTINCT FROM (s.valid_through, s.percent::numeric, s.source, s.published_on);

-- name: insert_staged
-- Rates that are not here yet.
-- needs: create_staging
INSERT INTO ltc.reference_rates (code, valid_from, valid_through, percent, source, published_on)
SELECT code, valid_from, valid_through, percent::numeric, source, published_on FROM staged_rates ORDER BY line
ON CONFLICT (code, valid_from) DO NOTHING;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging
DROP TABLE staged_rates;
