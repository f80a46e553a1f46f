-- compatible_from: 5
-- The PDF of a notice's letter is kept beside the registers, each time the letter said something new.

ALTER TABLE ltc.artefacts
    ADD COLUMN notice_id bigint REFERENCES ltc.notices,
    -- Of the notice's letter as text, when this was printed: another text is another print.
    ADD COLUMN letter_sha256 text COLLATE "C",
    ADD CONSTRAINT artefact_letter CHECK ((notice_id IS NULL) = (letter_sha256 IS NULL));
CREATE UNIQUE INDEX artefacts_letter ON ltc.artefacts (notice_id, letter_sha256) WHERE notice_id IS NOT NULL;
