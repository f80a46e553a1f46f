-- name: post
-- Messages that a decision comes to, in its transaction; 0 and '' stand for none.
-- takes: kinds text[], teams bigint[], subject_kinds text[], subject_ids bigint[], members bigint[], customers bigint[]
-- takes: recipients text[], subjects text[], bodies text[], languages text[], runs bigint[]
-- gives: id bigint
INSERT INTO ltc.messages (
    message_id, kind, team_id, subject_kind, subject_id, member_id, customer_id, recipient, subject, body, language,
    run_id)
SELECT gen_random_uuid() || '@ltc', kind, team, subject_kind, subject_id, nullif(member, 0), nullif(customer, 0),
    recipient, subject, nullif(body, ''), language, nullif(run, 0)
FROM unnest(
    :kinds::text[], :teams::bigint[], :subject_kinds::text[], :subject_ids::bigint[], :members::bigint[],
    :customers::bigint[], :recipients::text[], :subjects::text[], :bodies::text[], :languages::text[], :runs::bigint[])
    WITH ORDINALITY AS m (
        kind, team, subject_kind, subject_id, member, customer, recipient, subject, body, language, run, place)
ORDER BY place
RETURNING id;

-- name: post_to_webhooks
-- The same messages to those of their members who have a webhook, each a message of its own. What a gate writes goes with
-- its papers, by mail alone.
-- takes: messages bigint[]
-- gives: id bigint, not_before timestamptz?
INSERT INTO ltc.messages (
    message_id, channel, kind, team_id, subject_kind, subject_id, member_id, recipient, subject, body, language, run_id,
    not_before)
SELECT gen_random_uuid() || '@ltc', 'webhook', m.kind, m.team_id, m.subject_kind, m.subject_id, m.member_id, p.webhook,
    m.subject, m.body, m.language, m.run_id, m.not_before
FROM ltc.messages AS m JOIN ltc.members AS p ON p.id = m.member_id
WHERE m.id = ANY (:messages) AND p.webhook IS NOT NULL AND m.body IS NOT NULL
ORDER BY m.id
RETURNING id, not_before;

-- name: attach
-- Kept files that go with messages.
-- takes: messages bigint[], artefacts bigint[]
INSERT INTO ltc.message_attachments (message_id, artefact_id, team_id)
SELECT a.message, a.artefact, m.team_id
FROM unnest(:messages::bigint[], :artefacts::bigint[]) AS a (message, artefact) JOIN ltc.messages AS m ON m.id = a.message;

-- name: switch
-- Whether something that people can stop is on; nothing said is on.
-- takes: name text
-- gives: is_on boolean
SELECT coalesce((SELECT s.is_on FROM ltc.switches AS s WHERE s.name = :name), true) AS is_on;

-- name: switch_stays
-- The same, and it stays so until this transaction ends.
-- takes: name text
-- gives: is_on boolean
SELECT s.is_on FROM ltc.switches AS s WHERE s.name = :name FOR SHARE;

-- name: set_switch
-- Somebody stops or resumes something.
-- takes: name text, is_on boolean
INSERT INTO ltc.switches (name, is_on) VALUES (:name, :is_on)
ON CONFLICT (name) DO UPDATE SET is_on = excluded.is_on, changed_at = now(), changed_by = session_user;

-- name: take_turn_to_tell
-- One after the other tells people about a run, so that the later sees that it was told.
-- takes: run bigint
-- gives: turn text
SELECT pg_advisory_xact_lock(hashtext('ltc stuck notice'), (:run::bigint % 2147483647)::integer)::text AS turn;

-- name: about_subject
-- Messages about a subject.
-- takes: subject_kind text, subject bigint
-- gives: id bigint
SELECT id FROM ltc.messages WHERE subject_kind = :subject_kind AND subject_id = :subject;

-- name: answer_of
-- What a server, or what looked at it before, said of a message.
-- takes: id bigint
-- gives: answer text?
SELECT answer FROM ltc.messages WHERE id = :id;

-- name: take
-- A message under lock, before and after it is sent.
-- takes: id bigint
-- gives: id bigint, message_id text, channel text, kind text, team_id bigint, subject_kind text, subject_id bigint
-- gives: member_id bigint?, customer_id bigint?, recipient text, recipient_name text?, webhook_format text?, subject text
-- gives: body text?, language text, state text, attempts integer, created_at timestamptz, not_before timestamptz?
SELECT m.id, m.message_id, m.channel, m.kind, m.team_id, m.subject_kind, m.subject_id, m.member_id, m.customer_id,
    m.recipient, coalesce(p.name, c.name) AS recipient_name, w.format AS webhook_format, m.subject, m.body, m.language,
    m.state, m.attempts, m.created_at, m.not_before
FROM ltc.messages AS m
    LEFT JOIN ltc.webhooks AS w ON m.channel = 'webhook' AND w.code = m.recipient
    LEFT JOIN ltc.members AS p ON p.id = m.member_id
    LEFT JOIN ltc.customers AS c ON c.id = m.customer_id
WHERE m.id = :id FOR UPDATE OF m;

-- name: attachments
-- The files that go with a message, without their bytes: a run's, with the place that they have in its package, or a letter of
-- reconciliation.
-- takes: message bigint
-- gives: artefact bigint?, letter bigint?, name text, media_type text, bytes bigint, sha256 text, run bigint?, place text?
SELECT f.artefact, f.letter, f.name, f.media_type, f.bytes, f.sha256, f.run, f.place
FROM (
    SELECT a.id AS artefact, NULL::bigint AS letter, a.name, a.media_type, octet_length(a.content)::bigint AS bytes, a.sha256,
        a.run_id AS run, format('%s/%s-run-%s', u.code, (r.as_of AT TIME ZONE u.zone)::date, r.id) AS place
    FROM ltc.message_attachments AS t
    JOIN ltc.artefacts AS a ON a.id = t.artefact_id
    JOIN ltc.runs AS r ON r.id = a.run_id
    LEFT JOIN ltc.teams AS u ON u.id = r.team_id
    WHERE t.message_id = :message
    UNION ALL
    SELECT NULL, r.id, r.number || '.pdf', 'application/pdf', octet_length(l.content)::bigint, l.sha256, NULL, NULL
    FROM ltc.messages AS m
    JOIN ltc.reconciliations AS r ON m.subject_kind = 'reconciliation' AND r.id = m.subject_id
    JOIN ltc.reconciliation_letters AS l ON l.reconciliation_id = r.id
    WHERE m.id = :message
) AS f
ORDER BY f.artefact, f.letter;

-- name: begin_sending
-- From here until an outcome is written nobody knows whether the mail went out.
-- takes: id bigint
UPDATE ltc.messages SET state = 'sending', attempts = attempts + 1, reason = NULL WHERE id = :id;

-- name: settle
-- What became of a message.
-- takes: id bigint, state text, reason text?, answer text?
UPDATE ltc.messages
SET state = :state, reason = :reason, answer = :answer,
    accepted_at = CASE WHEN :state = 'accepted' THEN clock_timestamp() WHEN :state = 'bounced' THEN accepted_at END
WHERE id = :id;

-- name: waiting
-- What waits to be sent, for those whose job is gone (sending was paused, or held by the settings).
-- gives: id bigint, channel text, not_before timestamptz?
SELECT id, channel, not_before FROM ltc.messages WHERE state IN ('queued', 'sending') ORDER BY id;

-- name: delay
-- Messages that wait for a day on which they may go.
-- takes: messages bigint[], not_before timestamptz
UPDATE ltc.messages SET not_before = :not_before WHERE id = ANY (:messages);

-- name: reminder_sent
-- The reminder reached its member's mailbox.
-- takes: id bigint
UPDATE ltc.reminders SET state = 'sent' WHERE id = :id AND state = 'due';

-- name: reminders_sent
-- The reminders of a run that went to a member in one mail.
-- takes: run bigint, member bigint, kind text
UPDATE ltc.reminders SET state = 'sent' WHERE run_id = :run AND member_id = :member AND kind = :kind AND state = 'due';

-- name: list
-- Messages, newest first; a null filter lets everything through.
-- takes: state text?, kind text?, channel text?, team text?, maximum bigint
-- gives: id bigint, channel text, kind text, team text, recipient text, subject text, state text, reason text?, attempts integer
-- gives: created_at timestamptz
SELECT m.id, m.channel, m.kind, t.code AS team, m.recipient, m.subject, m.state, m.reason, m.attempts, m.created_at
FROM ltc.messages AS m JOIN ltc.teams AS t ON t.id = m.team_id
WHERE (:state::text IS NULL OR m.state = :state) AND (:kind::text IS NULL OR m.kind = :kind)
    AND (:channel::text IS NULL OR m.channel = :channel) AND (:team::text IS NULL OR t.code = :team)
ORDER BY m.id DESC LIMIT :maximum;

-- name: show
-- All of one message.
-- takes: id bigint
-- gives: id bigint, message_id text, channel text, kind text, team text, subject_kind text, subject_id bigint, recipient text
-- gives: subject text, body text?, language text, state text, reason text?, answer text?, attempts integer, run_id bigint?
-- gives: created_at timestamptz, accepted_at timestamptz?, attachments text[]
SELECT m.id, m.message_id, m.channel, m.kind, t.code AS team, m.subject_kind, m.subject_id, m.recipient, m.subject, m.body,
    m.language, m.state, m.reason, m.answer, m.attempts, m.run_id, m.created_at, m.accepted_at,
    ARRAY(SELECT a.name FROM ltc.message_attachments AS l JOIN ltc.artefacts AS a ON a.id = l.artefact_id
        WHERE l.message_id = m.id ORDER BY a.id)
        || ARRAY(SELECT r.number || '.pdf' FROM ltc.reconciliations AS r
            JOIN ltc.reconciliation_letters AS l ON l.reconciliation_id = r.id
            WHERE m.subject_kind = 'reconciliation' AND r.id = m.subject_id) AS attachments
FROM ltc.messages AS m JOIN ltc.teams AS t ON t.id = m.team_id
WHERE m.id = :id;
