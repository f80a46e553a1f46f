-- name: current_version
-- The configuration in force.
-- gives: id bigint, document jsonb, applied_at timestamptz, applied_by text
SELECT id, document, applied_at, applied_by FROM ltc.configuration_versions ORDER BY id DESC LIMIT 1;
