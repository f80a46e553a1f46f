-- name: prepare_ledger
-- The ledger of migrations, and the one row that those who migrate at the same time queue for.
DO $$
BEGIN
    -- IF NOT EXISTS does not help two who come at the same moment.
    PERFORM pg_advisory_xact_lock(7303013);
    IF to_regclass('ltc.migrations') IS NULL THEN
        CREATE SCHEMA IF NOT EXISTS ltc;
        GRANT USAGE ON SCHEMA ltc TO ltc_daemon, ltc_admin, ltc_auditor, ltc_person;
        CREATE TABLE ltc.migrations (
            version integer PRIMARY KEY,
            name text NOT NULL,
            sha256 text NOT NULL,
            -- The oldest program that still works on a database of this version.
            compatible_from integer NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now(),
            applied_by text NOT NULL DEFAULT session_user);
        GRANT SELECT ON ltc.migrations TO ltc_daemon, ltc_admin, ltc_auditor, ltc_person;
        CREATE TABLE ltc.migration_lock (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row));
        INSERT INTO ltc.migration_lock DEFAULT VALUES;
    END IF;
END
$$;

-- name: ledger_exists
-- Whether this database was ever migrated.
-- gives: is_there boolean
SELECT to_regclass('ltc.migrations') IS NOT NULL AS is_there;

-- name: take_lock
-- A row lock, since session locks leak through a transaction pooler.
-- gives: only_row boolean
SELECT only_row FROM ltc.migration_lock FOR UPDATE;

-- name: applied
-- What was applied, oldest first.
-- gives: version integer, name text, sha256 text, compatible_from integer
SELECT version, name, sha256, compatible_from FROM ltc.migrations ORDER BY version;

-- name: record
-- A migration is done; its text is from now on what it was.
-- takes: version integer, name text, sha256 text, compatible_from integer
INSERT INTO ltc.migrations (version, name, sha256, compatible_from)
VALUES (:version, :name, :sha256, :compatible_from);

-- name: fingerprint
-- SHA-256 in hex of each text, in order, by the server's own function.
-- takes: texts text[]
-- gives: sha256 text
SELECT encode(sha256(convert_to(t, 'UTF8')), 'hex') AS sha256
FROM unnest(:texts::text[]) WITH ORDINALITY AS given (t, place) ORDER BY place;

-- name: has_roles
-- Whether the bootstrap file was run on this server, and whether this login may act as the owner.
-- gives: exist boolean, may_migrate boolean
SELECT count(*) = 6 AS exist,
    coalesce(bool_or(rolname = 'ltc_owner' AND pg_has_role(oid, 'MEMBER')), false) AS may_migrate
FROM pg_catalog.pg_roles
WHERE rolname IN ('ltc_owner', 'ltc_migrator', 'ltc_daemon', 'ltc_admin', 'ltc_auditor', 'ltc_person');
