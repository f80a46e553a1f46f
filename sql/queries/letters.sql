-- name: kept_letter
-- The PDF of a notice's letter as it reads now.
-- takes: notice bigint
-- gives: id bigint, name text
SELECT a.id, a.name FROM ltc.notices AS n JOIN ltc.artefacts AS a ON a.notice_id = n.id
WHERE n.id = :notice AND a.letter_sha256 = encode(sha256(convert_to(n.letter, 'UTF8')), 'hex');

-- name: keep_letters
-- Letters that were just printed. What somebody else printed meanwhile stays: it is the same.
-- takes: notices bigint[], contents bytea[]
INSERT INTO ltc.artefacts (team_id, run_id, notice_id, letter_sha256, name, media_type, content)
SELECT n.team_id, n.run_id, n.id, encode(sha256(convert_to(n.letter, 'UTF8')), 'hex'),
    coalesce(n.number, 'notice-' || n.id) || CASE WHEN o.prints > 0 THEN '-' || o.prints + 1 ELSE '' END || '.pdf',
    'application/pdf', l.content
FROM unnest(:notices::bigint[], :contents::bytea[]) AS l (notice_id, content)
JOIN ltc.notices AS n ON n.id = l.notice_id
CROSS JOIN LATERAL (SELECT count(*) AS prints FROM ltc.artefacts AS a WHERE a.notice_id = n.id) AS o
ORDER BY n.id
ON CONFLICT DO NOTHING;

-- name: unprinted
-- Approved notices of a run whose letter, as it reads now, is not printed; of the latest run that left files if none is
-- named.
-- takes: run bigint?, team text?
-- gives: notice bigint
SELECT n.id AS notice
FROM ltc.notices AS n JOIN ltc.teams AS t ON t.id = n.team_id
WHERE (:team::text IS NULL OR t.code = :team) AND n.run_id = coalesce(:run, (
        SELECT max(l.id) FROM ltc.runs AS l JOIN ltc.teams AS u ON u.id = l.team_id
        WHERE l.hands_over AND (:team::text IS NULL OR u.code = :team)))
    AND n.number IS NOT NULL AND n.state NOT IN ('proposed', 'rejected', 'cancelled')
    AND NOT EXISTS (
        SELECT FROM ltc.artefacts AS a
        WHERE a.notice_id = n.id AND a.letter_sha256 = encode(sha256(convert_to(n.letter, 'UTF8')), 'hex'))
ORDER BY n.id;

-- name: attach_letter
-- The letter goes with its message; an earlier print of it does not.
-- takes: message bigint, artefact bigint
WITH earlier AS (
    DELETE FROM ltc.message_attachments AS t USING ltc.artefacts AS a
    WHERE t.message_id = :message AND a.id = t.artefact_id AND a.notice_id IS NOT NULL AND a.id <> :artefact
)
INSERT INTO ltc.message_attachments (message_id, artefact_id, team_id)
SELECT m.id, :artefact, m.team_id FROM ltc.messages AS m WHERE m.id = :message
ON CONFLICT DO NOTHING;

-- name: package_of
-- Whose package it is: a run's that has one, or that of the latest that does.
-- takes: run bigint?, team text?
-- gives: run bigint, team text, day date
SELECT r.id AS run, t.code AS team, (r.as_of AT TIME ZONE t.zone)::date AS day
FROM ltc.runs AS r JOIN ltc.teams AS t ON t.id = r.team_id
WHERE r.automation = 'dun-invoices' AND (:run::bigint IS NULL OR r.id = :run)
    AND (:team::text IS NULL OR t.code = :team) AND r.hands_over
ORDER BY r.id DESC LIMIT 1;

-- name: package
-- The files of a run, or of the latest run that left some: the register first, then the letters.
-- takes: run bigint?, team text?
-- gives: id bigint, run bigint, name text, media_type text, sha256 text, bytes bigint
SELECT a.id, a.run_id AS run, a.name, a.media_type, a.sha256, octet_length(a.content)::bigint AS bytes
FROM ltc.artefacts AS a JOIN ltc.teams AS t ON t.id = a.team_id
WHERE (:team::text IS NULL OR t.code = :team) AND a.run_id = coalesce(:run, (
    SELECT max(l.id) FROM ltc.runs AS l JOIN ltc.teams AS u ON u.id = l.team_id
    WHERE l.hands_over AND (:team::text IS NULL OR u.code = :team)))
ORDER BY a.notice_id NULLS FIRST, a.id;

-- name: content
-- A kept file's bytes.
-- takes: artefact bigint
-- gives: content bytea
SELECT content FROM ltc.artefacts WHERE id = :artefact;

-- name: piece
-- So many of a kept file's bytes, from one of them on; the first is 1.
-- takes: artefact bigint, first integer, count integer
-- gives: content bytea
SELECT substring(content FROM :first::integer FOR :count::integer) AS content FROM ltc.artefacts WHERE id = :artefact;

-- name: create_pieces
-- Pieces of a file that is too long to be sent at once; two statements, since they may be made several times.
CREATE TEMPORARY TABLE IF NOT EXISTS file_pieces (place integer, content bytea) ON COMMIT DROP;

-- name: empty_pieces
-- Nothing of another file is left.
-- needs: create_pieces
TRUNCATE file_pieces;

-- name: copy_piece
-- A piece of a file.
-- needs: create_pieces
-- copies: place integer, content bytea
COPY file_pieces (place, content) FROM STDIN (FORMAT binary);

-- name: keep_pieces
-- The file that the pieces make; asked again, the same bytes come back. What somebody else kept meanwhile stays, and its id is
-- told.
-- takes: team bigint, run bigint, name text, media_type text
-- gives: id bigint
-- needs: create_pieces
INSERT INTO ltc.artefacts (team_id, run_id, name, media_type, content)
SELECT :team, :run, :name, :media_type, string_agg(p.content, ''::bytea ORDER BY p.place) FROM file_pieces AS p
ON CONFLICT (run_id, name) DO UPDATE SET name = excluded.name
RETURNING id;

-- name: bare_registers
-- Registers of a run, or of the latest run that left files, of which no workbook is kept.
-- takes: run bigint?, team text?
-- gives: id bigint, run bigint, team bigint, name text, day date
SELECT a.id, a.run_id AS run, a.team_id AS team, a.name, (r.as_of AT TIME ZONE t.zone)::date AS day
FROM ltc.artefacts AS a JOIN ltc.teams AS t ON t.id = a.team_id JOIN ltc.runs AS r ON r.id = a.run_id
WHERE (:team::text IS NULL OR t.code = :team) AND a.name LIKE 'dunning-%.csv'
    AND a.run_id = coalesce(:run, (
        SELECT max(l.id) FROM ltc.runs AS l JOIN ltc.teams AS u ON u.id = l.team_id
        WHERE l.hands_over AND (:team::text IS NULL OR u.code = :team)))
    AND NOT EXISTS (
        SELECT FROM ltc.artefacts AS w WHERE w.run_id = a.run_id AND w.name = replace(a.name, '.csv', '.xlsx'))
ORDER BY a.id;

-- name: attach_workbooks
-- The workbooks of the registers that go with a message go with it too.
-- takes: message bigint
INSERT INTO ltc.message_attachments (message_id, artefact_id, team_id)
SELECT t.message_id, w.id, t.team_id
FROM ltc.message_attachments AS t
JOIN ltc.artefacts AS a ON a.id = t.artefact_id
JOIN ltc.artefacts AS w ON w.run_id = a.run_id AND w.name = replace(a.name, '.csv', '.xlsx') AND w.name <> a.name
WHERE t.message_id = :message
ON CONFLICT DO NOTHING;
