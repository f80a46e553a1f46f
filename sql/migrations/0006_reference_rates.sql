-- compatible_from: 5
-- Reference rates by day, that statutory interest rests on. A notice keeps the rate that it used in its computation, so a
-- corrected rate changes no notice that exists.

CREATE TABLE ltc.reference_rates (
    code text COLLATE "C" NOT NULL CONSTRAINT reference_rates_code CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    valid_from date NOT NULL,
    -- The last day for which it is known to hold; null is until the next one.
    valid_through date,
    -- A year, and below zero at times.
    percent numeric(13, 9) NOT NULL,
    source text NOT NULL,
    published_on date,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (code, valid_from),
    CONSTRAINT reference_rates_days CHECK (valid_through >= valid_from)
);

CALL ltc.protect('ltc.reference_rates', false);
