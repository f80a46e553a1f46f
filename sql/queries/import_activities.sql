-- name: create_staging
-- The activities of a file on their way in; the ids behind are found after the COPY.
CREATE TEMP TABLE staged_activities (
    line integer NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    subject_kind text NOT NULL,
    subject text COLLATE "C" NOT NULL,
    member text,
    kind text NOT NULL,
    happened_at timestamptz NOT NULL,
    note text NOT NULL,
    subject_id bigint, member_id bigint, team_id bigint
) ON COMMIT DROP;

-- name: copy_staged
-- Activities of the file, their values read.
-- needs: create_staging
-- copies: line integer, external_id text, subject_kind text, subject text, member text?, kind text
-- copies: happened_at timestamptz, note text
COPY staged_activities (line, external_id, subject_kind, subject, member, kind, happened_at, note)
FROM STDIN (FORMAT binary);

-- name: reject_repeated
-- An external id names one activity; the first row of the file has it.
-- needs: create_staging
-- gives: line integer, external_id text, first_line integer
DELETE FROM staged_activities AS s
USING (SELECT external_id, min(line) AS line FROM staged_activities GROUP BY external_id HAVING count(*) > 1) AS first
WHERE s.external_id = first.external_id AND s.line <> first.line
RETURNING s.line, s.external_id, first.line AS first_line;

-- name: resolve
-- What the activity was about, by its key in the file's source or in ours, with its team; a member by code, or by name
-- when only one has it.
-- needs: create_staging
-- takes: source text
UPDATE staged_activities AS s
SET (subject_id, team_id) = (
        SELECT k.id, k.team_id
        FROM (
            SELECT 'lead' AS kind, source, external_id AS key, id, team_id FROM ltc.leads
            UNION ALL
            SELECT 'opportunity', source, external_id, id, team_id FROM ltc.opportunities
            UNION ALL
            SELECT 'contract', source, number, id, team_id FROM ltc.contracts
            UNION ALL
            SELECT 'customer', source, number, id, NULL FROM ltc.customers) AS k
        WHERE k.kind = s.subject_kind AND k.source IN (:source, 'ltc') AND k.key = s.subject
        ORDER BY k.source = :source DESC LIMIT 1),
    member_id = coalesce(
        (SELECT m.id FROM ltc.members AS m WHERE m.code = s.member),
        (SELECT min(m.id) FROM ltc.members AS m WHERE m.name = s.member HAVING count(*) = 1));

-- name: reject_unresolved
-- Activities that refer to what is not here.
-- needs: create_staging
-- gives: line integer, reason text, field text, value text?
DELETE FROM staged_activities AS s
USING staged_activities AS x CROSS JOIN LATERAL (
    SELECT v.* FROM (
        VALUES
            (x.subject_id IS NULL, 'unknown_subject', 'subject', x.subject),
            (x.member IS NOT NULL AND x.member_id IS NULL, 'unknown_member', 'member', x.member)) AS v (fails, reason, field, value)
    WHERE v.fails LIMIT 1) AS r
WHERE x.line = s.line
RETURNING s.line, r.reason, r.field, r.value;

-- name: insert_staged
-- Activities that are not here yet; what happened does not change.
-- needs: create_staging
-- takes: source text
INSERT INTO ltc.activities (
    source, external_id, subject_kind, subject_id, team_id, member_id, kind, happened_at, note)
SELECT :source, external_id, subject_kind, subject_id, team_id, member_id, kind, happened_at, note
FROM staged_activities AS s
WHERE NOT EXISTS (SELECT FROM ltc.activities AS a WHERE a.source = :source AND a.external_id = s.external_id)
ORDER BY s.line;

-- name: drop_staging
-- Makes room for another file in the same transaction.
-- needs: create_staging
DROP TABLE staged_activities;
