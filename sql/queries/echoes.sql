-- name: find
-- The message that has one of these Message-IDs, the first that is ours.
-- takes: message_ids text[]
-- gives: id bigint
SELECT m.id FROM unnest(:message_ids::text[]) WITH ORDINALITY AS a (message_id, place)
JOIN ltc.messages AS m ON m.message_id = a.message_id ORDER BY a.place LIMIT 1;

-- name: note
-- Something came back on a message; nothing is given when it was noted before.
-- takes: message bigint, kind text, sha256 text, sender text, subject text, body text
-- gives: id bigint
INSERT INTO ltc.message_echoes (message_id, team_id, kind, sha256, sender, subject, body)
SELECT m.id, m.team_id, :kind, :sha256, :sender, :subject, :body FROM ltc.messages AS m WHERE m.id = :message
ON CONFLICT (message_id, sha256) DO NOTHING RETURNING id;

-- name: of_message
-- What came back on a message, oldest first.
-- takes: message bigint
-- gives: kind text, sender text, subject text, body text, received_at timestamptz
SELECT kind, sender, subject, body, received_at FROM ltc.message_echoes WHERE message_id = :message ORDER BY id;
