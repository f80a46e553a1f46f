-- compatible_from: 30
-- What is replaced stays known, so that what was known at an instant is told the same later.

CREATE TABLE ltc.former_rates (
    code text COLLATE "C" NOT NULL,
    valid_from date NOT NULL,
    valid_through date,
    percent numeric(13, 9) NOT NULL,
    source text NOT NULL,
    published_on date,
    recorded_at timestamptz NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (code, valid_from, replaced_at)
);
CALL ltc.protect('ltc.former_rates', false);
CREATE TRIGGER former_rates_are_facts BEFORE UPDATE OR DELETE ON ltc.former_rates
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();

CREATE FUNCTION ltc.keep_rate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ltc.former_rates (code, valid_from, valid_through, percent, source, published_on, recorded_at)
    VALUES (OLD.code, OLD.valid_from, OLD.valid_through, OLD.percent, OLD.source, OLD.published_on, OLD.recorded_at)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ltc.keep_rate() FROM PUBLIC;
CREATE TRIGGER rates_stay_known AFTER UPDATE OR DELETE ON ltc.reference_rates FOR EACH ROW EXECUTE FUNCTION ltc.keep_rate();

-- Items of notices that were computed again.
CREATE TABLE ltc.former_notice_items (
    notice_id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    team_id bigint NOT NULL REFERENCES ltc.teams,
    days_overdue integer NOT NULL,
    open_minor bigint NOT NULL,
    level_before integer NOT NULL,
    level integer NOT NULL,
    interest_minor bigint NOT NULL,
    compensation_minor bigint NOT NULL,
    computation json NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (notice_id, invoice_id, replaced_at)
);
CREATE INDEX former_notice_items_invoice ON ltc.former_notice_items (invoice_id);
CALL ltc.protect('ltc.former_notice_items', true);
CREATE TRIGGER former_notice_items_are_facts BEFORE UPDATE OR DELETE ON ltc.former_notice_items
    FOR EACH STATEMENT EXECUTE FUNCTION ltc.refuse_change();

CREATE FUNCTION ltc.keep_notice_item() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ltc.former_notice_items (
        notice_id, invoice_id, team_id, days_overdue, open_minor, level_before, level, interest_minor, compensation_minor,
        computation)
    VALUES (
        OLD.notice_id, OLD.invoice_id, OLD.team_id, OLD.days_overdue, OLD.open_minor, OLD.level_before, OLD.level,
        OLD.interest_minor, OLD.compensation_minor, OLD.computation)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ltc.keep_notice_item() FROM PUBLIC;
CREATE TRIGGER notice_items_stay_known AFTER UPDATE OF open_minor, level_before, level, interest_minor, compensation_minor
    OR DELETE ON ltc.notice_items FOR EACH ROW EXECUTE FUNCTION ltc.keep_notice_item();

-- Whose a receipt was, where that was told, or waited, before.
CREATE FUNCTION ltc.keep_payer() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, effective_at, reason, detail)
    VALUES ('receipt', OLD.id, OLD.team_id, 'payer_changed', now(), 'changed', jsonb_build_object('customer', OLD.customer_id));
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ltc.keep_payer() FROM PUBLIC;
CREATE TRIGGER receipts_keep_payer AFTER UPDATE OF customer_id ON ltc.receipts FOR EACH ROW
    WHEN (OLD.customer_id IS DISTINCT FROM NEW.customer_id AND (OLD.customer_id IS NOT NULL OR OLD.waiting IS NOT NULL))
    EXECUTE FUNCTION ltc.keep_payer();
CREATE INDEX events_payer_changed ON ltc.events (subject_id, id) WHERE kind = 'payer_changed';
