-- Who has a word, role, state or connection stands ready in the order of joining as well as in that of names: the page of any such list
-- is read as it stands in an index, in an organization of any size. Terms are now also a:WORD for words that signs part (addresses, double
-- names), whose first piece is a w:WORD like others, and s:active. All rows are made anew for it, by the courier. Words in angle brackets
-- are the engine's own (0001_create_core.sql).

ALTER TABLE member_term ADD COLUMN joined <integer> NOT NULL DEFAULT 0;   -- membership.created_at [none]
UPDATE member_term SET joined = COALESCE((SELECT m.created_at FROM membership m
    WHERE m.account_id = member_term.account_id AND m.organization_id = member_term.organization_id), 0);
CREATE INDEX member_term_by_age ON member_term (organization_id, term, joined, account_id);
UPDATE setting SET value = CAST(CAST(value AS <integer>) + 1 AS TEXT) WHERE name = 'rules_generation';
