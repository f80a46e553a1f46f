-- name: take_turn
-- One file after the other: so the later look sees what the earlier one applied.
-- gives: turn text
SELECT pg_advisory_xact_lock(hashtext('ltc decision files'))::text AS turn;

-- name: applied
-- What became of a file that was applied before.
-- takes: sha256 text
-- gives: taken integer, rejected text[]
SELECT taken, rejected FROM ltc.decision_files WHERE sha256 = :sha256;

-- name: note
-- A file was applied.
-- takes: sha256 text, file text, actor text, taken integer, rejected text[]
INSERT INTO ltc.decision_files (sha256, file, actor, taken, rejected) VALUES (:sha256, :file, :actor, :taken, :rejected);
