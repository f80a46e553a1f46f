-- compatible_from: 5
-- Letters that ask customers to confirm a balance go out by themselves.

ALTER TABLE ltc.messages
    DROP CONSTRAINT message_kind,
    ADD CONSTRAINT message_kind CHECK (kind IN (
        'lead-assigned', 'reminder', 'escalation', 'renewal-alert', 'dunning-notice', 'digest', 'answer',
        'reconciliation'));
