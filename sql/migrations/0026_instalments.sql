-- compatible_from: 25
-- An invoice that is paid in instalments is an item for each, `NUMBER/INSTALMENT`; a payment may name the whole.

-- The number of the invoice that the item is an instalment of.
ALTER TABLE ltc.invoices ADD instalment_of text COLLATE "C";
CREATE INDEX invoices_instalments ON ltc.invoices (ltc.plain_number(instalment_of)) WHERE instalment_of IS NOT NULL;
