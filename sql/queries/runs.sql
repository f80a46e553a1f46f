-- name: take_lock
-- A run holds the row of its (automation, team) until its transaction ends; team 0 is the whole company.
-- takes: automation text, team bigint
-- gives: team_id bigint
INSERT INTO ltc.automation_locks (automation, team_id) VALUES (:automation, :team)
ON CONFLICT (automation, team_id) DO UPDATE SET team_id = excluded.team_id
RETURNING team_id;

-- name: begin
-- A run begins; its decisions name it.
-- takes: automation text, team bigint?, as_of timestamptz, configuration_version bigint, actor text
-- gives: id bigint
INSERT INTO ltc.runs (automation, team_id, as_of, configuration_version, actor)
VALUES (:automation, :team, :as_of, :configuration_version, :actor)
RETURNING id;

-- name: finish
-- A run ends, with what it counted.
-- takes: run bigint, state text, reason text?, counts jsonb
UPDATE ltc.runs SET state = :state, reason = :reason, counts = :counts, finished_at = clock_timestamp()
WHERE id = :run;
