-- What every act writes: the end of the audit lies in its key's own order, and counters are not kept in the order of their ends as well
-- (account/throttle.h: they are swept by walking over them). Whose an identifier is stands in its index. Words in angle brackets are the engine's own (0001_create_core.sql).

ALTER TABLE setting RENAME TO setting_before;
CREATE TABLE setting (            -- small facts of the whole store [none]
    name TEXT PRIMARY KEY,        -- generation: one more with every change of what the operator set up
    value TEXT NOT NULL
)<strict_clustered>;
INSERT INTO setting SELECT name, value FROM setting_before;
DROP TABLE setting_before;

DROP INDEX throttle_by_expiry;

DROP INDEX identifier_by_key;
CREATE INDEX identifier_by_key ON identifier (key, field, connection_id, account_id);
