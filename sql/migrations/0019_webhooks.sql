-- compatible_from: 5
-- Members hear what they are told in a chat as well. Where a chat is only the daemons know, by its name.

CREATE TABLE ltc.webhooks (
    code text COLLATE "C" PRIMARY KEY,
    format text COLLATE "C" NOT NULL CONSTRAINT webhook_format CHECK (
        format IN ('generic', 'slack', 'wecom', 'dingtalk', 'feishu'))
);
CALL ltc.protect('ltc.webhooks', false);

ALTER TABLE ltc.members ADD webhook text COLLATE "C" REFERENCES ltc.webhooks;

-- The recipient of a message to a webhook is the webhook's name.
ALTER TABLE ltc.messages
    ADD channel text COLLATE "C" NOT NULL DEFAULT 'mail' CONSTRAINT message_channel CHECK (channel IN ('mail', 'webhook'));
