-- compatible_from: 5
-- A run of dunning draws fifty thousand numbers.

-- The same numbers, by an expression that becomes a part of the statement that asks for them.
CREATE OR REPLACE FUNCTION ltc.next_notice_number(day date) RETURNS text LANGUAGE sql VOLATILE
RETURN 'DN-' || to_char(day, 'YYYY') || '-' || to_char(nextval('ltc.notice_numbers'), 'FM9999999999999000000');
