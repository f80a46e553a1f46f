-- name: all
-- Every reference rate, each code's in the order of its days.
-- gives: code text, valid_from date, valid_through date?, percent text, source text, published_on date?
SELECT code, valid_from, valid_through, trim_scale(percent)::text AS percent, source, published_on
FROM ltc.reference_rates ORDER BY code, valid_from;
