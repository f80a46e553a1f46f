-- compatible_from: 26
-- Where banks have no IBAN (China, the United States), an account has a number of its own kind. It stands in letters, and a
-- bank's statement names it.
ALTER TABLE ltc.creditors ADD account text COLLATE "C";
