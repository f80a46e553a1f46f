-- The database roles of ltc (DESIGN: people never own anything; the daemon owns nothing).
--
-- Roles belong to the whole server, so they stand apart from the migrations. Run by a role with CREATEROLE that owns
-- the database, as often as you like: `ltc migrate --bootstrap`.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['ltc_owner', 'ltc_migrator', 'ltc_daemon', 'ltc_admin', 'ltc_auditor', 'ltc_person'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
        EXCEPTION
            -- Two databases of one server may be set up at the same moment.
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;
END
$$;

-- A program logs in as a member of these (`CREATE ROLE ltcd LOGIN IN ROLE ltc_daemon`), or as the role itself once an
-- operator gave it LOGIN and a password or certificate.
DO $$
DECLARE
    grant_of record;
BEGIN
    FOR grant_of IN
        SELECT * FROM (VALUES
            ('ltc_owner', 'ltc_migrator'), ('ltc_daemon', 'ltc_admin'),
            ('ltc_owner', current_user::text), ('ltc_admin', current_user::text)) AS g (granted, member)
        WHERE NOT pg_has_role(member, granted, 'MEMBER')
    LOOP
        EXECUTE format('GRANT %I TO %I', grant_of.granted, grant_of.member);
    END LOOP;
    IF NOT has_database_privilege('ltc_owner', current_database(), 'CREATE') THEN
        EXECUTE format('GRANT CREATE ON DATABASE %I TO ltc_owner', current_database());
    END IF;
END
$$;
