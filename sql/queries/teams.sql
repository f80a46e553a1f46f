-- name: list_teams
-- The teams that work.
-- gives: id bigint, code text, name text, kind text, zone text, calendar_id bigint?, hours jsonb
SELECT id, code, name, kind, zone, calendar_id, hours FROM ltc.teams WHERE is_active;

-- name: list_calendars
-- What each calendar says of a plain week.
-- gives: id bigint, code text, weekend integer[]
SELECT id, code, weekend FROM ltc.calendars;

-- name: list_calendar_days
-- Holidays and make-up days.
-- gives: calendar_id bigint, day date, is_working boolean, name text
SELECT calendar_id, day, is_working, name FROM ltc.calendar_days;

-- name: list_members
-- Everybody who was ever named: a lead or an alert of last year still has its owner.
-- gives: id bigint, code text, name text, email text?, language text
SELECT id, code, name, email, language FROM ltc.members;

-- name: list_absences
-- When members are away.
-- gives: member_id bigint, starts_at timestamptz, ends_at timestamptz
SELECT member_id, starts_at, ends_at FROM ltc.absences ORDER BY starts_at;

-- name: list_seats
-- Who sits where on the business day of an instant, which is each team's own.
-- takes: as_of timestamptz
-- gives: team_id bigint, member_id bigint, role text, weight integer, capacity integer?
SELECT s.team_id, s.member_id, s.role, s.weight, s.capacity
FROM ltc.memberships AS s
JOIN ltc.teams AS t ON t.id = s.team_id AND t.is_active
JOIN ltc.members AS m ON m.id = s.member_id AND m.is_active
WHERE s.valid_from <= (:as_of AT TIME ZONE t.zone)::date
    AND (s.valid_until IS NULL OR s.valid_until > (:as_of AT TIME ZONE t.zone)::date);
