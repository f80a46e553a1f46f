-- compatible_from: 27
-- What a customer or a contract said about dunning stays known: why an invoice was dunned, or not, is told the same when it has
-- changed since.
CREATE FUNCTION ltc.keep_dunning_terms() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, reason, detail)
    SELECT TG_ARGV[0], OLD.id, (to_jsonb(OLD) ->> 'team_id')::bigint, 'dunning_terms_changed', now(), 'changed',
        jsonb_object_agg(t.key, t.value)
    FROM jsonb_each(to_jsonb(OLD)) AS t WHERE t.key IN ('procedure', 'group_code', 'shifts_due_dates');
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ltc.keep_dunning_terms() FROM PUBLIC;
CREATE TRIGGER customers_keep_terms AFTER UPDATE OF procedure, group_code ON ltc.customers FOR EACH ROW
    WHEN ((OLD.procedure, OLD.group_code) IS DISTINCT FROM (NEW.procedure, NEW.group_code))
    EXECUTE FUNCTION ltc.keep_dunning_terms('customer');
CREATE TRIGGER contracts_keep_terms AFTER UPDATE OF procedure, shifts_due_dates ON ltc.contracts FOR EACH ROW
    WHEN ((OLD.procedure, OLD.shifts_due_dates) IS DISTINCT FROM (NEW.procedure, NEW.shifts_due_dates))
    EXECUTE FUNCTION ltc.keep_dunning_terms('contract');
