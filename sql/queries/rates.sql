-- name: all
-- Every reference rate, each code's in the order of its days; as they were known at an instant, if that is given.
-- takes: known timestamptz?
-- gives: code text, valid_from date, valid_through date?, percent text, source text, published_on date?
SELECT r.code, r.valid_from, r.valid_through, trim_scale(r.percent)::text AS percent, r.source, r.published_on
FROM (
    SELECT code, valid_from, valid_through, percent, source, published_on, recorded_at, NULL AS replaced_at
    FROM ltc.reference_rates
    UNION ALL
    SELECT code, valid_from, valid_through, percent, source, published_on, recorded_at, replaced_at
    FROM ltc.former_rates WHERE :known::timestamptz IS NOT NULL
) AS r
WHERE r.recorded_at <= coalesce(:known::timestamptz, 'infinity') AND (r.replaced_at IS NULL OR r.replaced_at > :known)
ORDER BY r.code, r.valid_from;
