-- The list of members shows their pictures as far as the organization's desk may see them. All rows are made anew for it, by the courier.

ALTER TABLE membership ADD COLUMN shown_picture TEXT NOT NULL DEFAULT ''; -- name of a row of picture; empty: none, or not for the desk [keyed]
UPDATE setting SET value = CAST(CAST(value AS <integer>) + 1 AS TEXT) WHERE name = 'rules_generation';
