-- compatible_from: 5
-- What comes back on a message: bounces, delays, replies.

CREATE TABLE ltc.message_echoes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id bigint NOT NULL REFERENCES ltc.messages,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    kind text NOT NULL CONSTRAINT echo_kind CHECK (kind IN ('failed', 'delayed', 'reply')),
    -- Of the mail as it came in, so that the same one is taken once.
    sha256 text COLLATE "C" NOT NULL,
    sender text NOT NULL,
    subject text NOT NULL,
    -- The server's status and words, or what somebody wrote.
    body text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (message_id, sha256)
);
CALL ltc.protect('ltc.message_echoes', true);
