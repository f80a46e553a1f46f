-- compatible_from: 5
-- Packs of files for lawyers, kept beside the letters.

ALTER TABLE ltc.artefacts
    -- The notice with which it is handed over to a lawyer.
    ADD handed_over_with bigint REFERENCES ltc.notices;
CREATE INDEX artefacts_handed_over ON ltc.artefacts (handed_over_with) WHERE handed_over_with IS NOT NULL;
