-- Proofs (mailed links, codes, pending values) and what is to be sent.

CREATE TABLE artefact (           -- one row for each mailed link, code, pending value or half-done flow
    id <id>,                      -- [none]
    purpose TEXT NOT NULL,        -- artefact.h; a secret of one purpose is nothing for another [none]
    token_hash <bytes> NOT NULL UNIQUE,   -- keyed hash of purpose and secret (a code: of account, purpose and code) [keyed]
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE, -- [keyed]
    organization_id <integer> REFERENCES organization (id) ON DELETE CASCADE,   -- whose look the flow wears [none]
    value TEXT NOT NULL,          -- the exact value it proves; empty: none [personal]
    data TEXT NOT NULL,           -- JSON: what the flow needs to go on [personal]
    epoch <integer> NOT NULL,     -- the account's when it was made [none]
    created_at <integer> NOT NULL, -- [none]
    expires_at <integer> NOT NULL, -- [none]
    used_at <integer> NOT NULL,   -- 0: not yet; a cancelled or replaced one counts as used [none]
    tries <integer> NOT NULL      -- wrong codes so far [none]
)<strict>;
CREATE INDEX artefact_by_account ON artefact (account_id, purpose);
CREATE INDEX artefact_by_expiry ON artefact (expires_at);

CREATE TABLE outbox (             -- messages, written in the transaction of what they tell about
    id <id>,                      -- [none]
    message_id TEXT NOT NULL,     -- random, the same at every try; nothing is looked up by it [none]
    channel TEXT NOT NULL,        -- mail, sms [none]
    kind TEXT NOT NULL,           -- which letter (account/outbox.h) [none]
    account_id <integer> REFERENCES account (id) ON DELETE CASCADE, -- [keyed]
    organization_id <integer> REFERENCES organization (id) ON DELETE SET NULL, -- [none]
    recipient TEXT NOT NULL,      -- [personal]
    language TEXT NOT NULL,       -- [none]
    payload <bytes> NOT NULL,     -- sealed JSON: it holds the link's secret; emptied when sent or dropped [keyed]
    state TEXT NOT NULL,          -- queued, sent, dropped [none]
    attempts <integer> NOT NULL,  -- [none]
    due_at <integer> NOT NULL,    -- [none]
    expires_at <integer> NOT NULL,    -- never sent after that: its link would be dead [none]
    created_at <integer> NOT NULL, -- [none]
    done_at <integer> NOT NULL,   -- 0: not yet [none]
    last_error TEXT NOT NULL      -- status class and our own words, never the server's text [none]
)<strict>;
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_by_account ON outbox (account_id);

CREATE TABLE password_history (   -- earlier passwords' hashes, as many as the policy looks back
    id <id>,                      -- [none]
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE, -- [keyed]
    hash TEXT NOT NULL,           -- [personal]
    created_at <integer> NOT NULL -- [none]
)<strict>;
CREATE INDEX password_history_by_account ON password_history (account_id, id);

CREATE TABLE bouncing (           -- addresses that a mail server refused for good [none]
    address_hash <bytes> PRIMARY KEY,  -- keyed hash of the address
    since <integer> NOT NULL
)<strict>;

ALTER TABLE account ADD COLUMN password_changed_at <integer> NOT NULL DEFAULT 0;   -- 0: never since it was made [none]
