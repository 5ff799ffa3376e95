-- What a mailed link or code writes: it lies where its secret's hash says, so that no index of its own leads there, and a message to an
-- account's own address is found by the account alone. Links and codes of before are over; whoever waits for one asks for another.
-- Who blocked an account is one seek. Words in angle brackets are the engine's own (0001_create_core.sql).

DROP TABLE artefact;
CREATE TABLE artefact (           -- one row for each mailed link, code, pending value or half-done flow
    id <id>,                      -- the first 63 bits of token_hash: by its secret it is found without an index of its own [keyed]
    purpose TEXT NOT NULL,        -- artefact.h; a secret of one purpose is nothing for another [none]
    token_hash <bytes> NOT NULL,  -- keyed hash of purpose and secret (a code: of account, purpose and code) [keyed]
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE, -- [keyed]
    organization_id <integer> REFERENCES organization (id) ON DELETE CASCADE,   -- whose look the flow wears [none]
    value TEXT NOT NULL,          -- the exact value it proves; empty: none [personal]
    data TEXT NOT NULL,           -- JSON: what the flow needs to go on [personal]
    epoch <integer> NOT NULL,     -- the account's when it was made [none]
    created_at <integer> NOT NULL, -- [none]
    expires_at <integer> NOT NULL, -- [none]
    used_at <integer> NOT NULL,   -- 0: not yet; a cancelled or replaced one counts as used [none]
    tries <integer> NOT NULL,     -- wrong codes so far [none]
    number <integer> NOT NULL DEFAULT 1   -- the higher the newer, among those of its account and purpose [none]
)<strict>;
CREATE INDEX artefact_by_account ON artefact (account_id, purpose);

ALTER TABLE outbox ADD COLUMN elsewhere <integer> NOT NULL DEFAULT 1; -- 0: to the account's own address or number [none]
DROP INDEX outbox_by_recipient;
CREATE INDEX outbox_by_recipient ON outbox (recipient) WHERE elsewhere = 1;

CREATE INDEX audit_blocks ON audit (user_id, id) WHERE action = 'account.block';
