-- compatible_from: 5
-- Packs of files for lawyers, kept beside the letters; answers by mail.

ALTER TABLE ltc.artefacts
    -- The notice with which it is handed over to a lawyer.
    ADD handed_over_with bigint REFERENCES ltc.notices;
CREATE INDEX artefacts_handed_over ON ltc.artefacts (handed_over_with) WHERE handed_over_with IS NOT NULL;

-- People answer by mail what they are told.
ALTER TABLE ltc.message_echoes
    -- What a member's reply asks for, as it was read: done, snooze 3d; and what became of it: taken, or why not.
    ADD command text,
    ADD outcome text COLLATE "C";
ALTER TABLE ltc.messages
    DROP CONSTRAINT message_kind,
    ADD CONSTRAINT message_kind CHECK (kind IN (
        'lead-assigned', 'reminder', 'escalation', 'renewal-alert', 'dunning-notice', 'digest', 'answer'));
-- Somebody wants to hear of it again then; the manager hears of it no earlier.
ALTER TABLE ltc.reminders ADD snoozed_until timestamptz;
