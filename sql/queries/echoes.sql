-- name: find
-- The message that has one of these Message-IDs, the first that is ours.
-- takes: message_ids text[]
-- gives: id bigint
SELECT m.id FROM unnest(:message_ids::text[]) WITH ORDINALITY AS a (message_id, place)
JOIN ltc.messages AS m ON m.message_id = a.message_id ORDER BY a.place LIMIT 1;

-- name: note
-- Something came back on a message; nothing is given when it was noted before.
-- takes: message bigint, kind text, sha256 text, sender text, subject text, body text, command text?, outcome text?
-- gives: id bigint
INSERT INTO ltc.message_echoes (message_id, team_id, kind, sha256, sender, subject, body, command, outcome)
SELECT m.id, m.team_id, :kind, :sha256, :sender, :subject, :body, :command, :outcome FROM ltc.messages AS m WHERE m.id = :message
ON CONFLICT (message_id, sha256) DO NOTHING RETURNING id;

-- name: reply_state
-- What came back on a message before: this very mail, a reply that was taken, an answer of ours to this sender.
-- takes: message bigint, sha256 text, sender text
-- gives: is_known boolean, is_used boolean, is_answered boolean
SELECT
    EXISTS (SELECT FROM ltc.message_echoes WHERE message_id = :message AND sha256 = :sha256) AS is_known,
    EXISTS (SELECT FROM ltc.message_echoes WHERE message_id = :message AND outcome = 'taken') AS is_used,
    EXISTS (
        SELECT FROM ltc.messages
        WHERE kind = 'answer' AND subject_kind = 'message' AND subject_id = :message AND recipient = :sender
    ) AS is_answered;

-- name: of_message
-- What came back on a message, oldest first.
-- takes: message bigint
-- gives: kind text, sender text, subject text, body text, received_at timestamptz, command text?, outcome text?
SELECT kind, sender, subject, body, received_at, command, outcome FROM ltc.message_echoes WHERE message_id = :message ORDER BY id;
