-- name: leads
-- How many leads are in which state, by team.
-- gives: team text?, state text, leads bigint
SELECT t.code AS team, l.state, count(*) AS leads
FROM ltc.leads AS l LEFT JOIN ltc.teams AS t ON t.id = l.team_id
GROUP BY t.code, l.state ORDER BY t.code NULLS FIRST, l.state;

-- name: reminders
-- Follow-ups that nobody answered yet.
-- gives: team text, kind text, reminders bigint
SELECT t.code AS team, r.kind, count(*) AS reminders
FROM ltc.reminders AS r JOIN ltc.teams AS t ON t.id = r.team_id WHERE r.state IN ('due', 'sent')
GROUP BY t.code, r.kind ORDER BY t.code, r.kind;

-- name: ending_contracts
-- Running contracts with an end; when notice must be given is the program's to say.
-- takes: day date, until date
-- gives: number text, customer text, team text, ends_on date, notice_period text?
SELECT c.number, k.name AS customer, t.code AS team, c.ends_on, c.notice_period
FROM ltc.contracts AS c JOIN ltc.customers AS k ON k.id = c.customer_id JOIN ltc.teams AS t ON t.id = c.team_id
WHERE c.state IN ('signed', 'performing') AND c.renewal <> 'none' AND c.ends_on BETWEEN :day AND :until;

-- name: messages
-- Messages by state.
-- gives: state text, messages bigint
SELECT state, count(*) AS messages FROM ltc.messages GROUP BY state ORDER BY state;

-- name: last_runs
-- The last run of each automation and team.
-- gives: automation text, team text?, as_of timestamptz, state text, reason text?, counts jsonb, finished_at timestamptz?
SELECT DISTINCT ON (r.automation, t.code)
    r.automation, t.code AS team, r.as_of, r.state, r.reason, r.counts, r.finished_at
FROM ltc.runs AS r LEFT JOIN ltc.teams AS t ON t.id = r.team_id
ORDER BY r.automation, t.code, r.id DESC;

-- name: open_leads
-- How many leads each owner has to work on.
-- gives: team_id bigint, owner_id bigint, leads bigint
SELECT team_id, owner_id, count(*) AS leads FROM ltc.leads WHERE state IN ('assigned', 'working')
GROUP BY team_id, owner_id;
