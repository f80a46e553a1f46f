-- compatible_from: 18
-- What is ready stands in its lanes' index under a number instead of five columns: storing a job costs the server a quarter
-- less. Two lanes that share a number by chance are told apart by their columns, and the later one waits for the other.

CREATE FUNCTION ltc_jobs.lane(queue text, kind text, version integer, team bigint, is_solo boolean) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashtextextended(kind COLLATE "C", hashtextextended(queue COLLATE "C",
    coalesce(team, 0) # (version::bigint << 40) # (is_solo::integer::bigint << 39)));

DROP INDEX ltc_jobs.jobs_ready_lane;
CREATE INDEX jobs_ready_lane ON ltc_jobs.jobs_ready (ltc_jobs.lane(queue, kind, version, team, is_solo), rank, id);

-- Claims wait behind it while it waits for its lock.
ALTER FUNCTION ltc_jobs.empty_next_slot() SET lock_timeout = '50ms';
