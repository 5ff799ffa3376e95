-- What people may do with their own data: pictures, exports, consent, deletion with a way back. Words in angle brackets are the
-- engine's own (0001_create_core.sql).

CREATE TABLE picture (            -- files pictures_dir/NAME/{64,256,512}.{webp,png}; a row and its files come and go together
    name TEXT PRIMARY KEY,        -- 32 random hex digits [keyed]
    account_id <integer> UNIQUE REFERENCES account (id) ON DELETE CASCADE, -- whose it is; NULL: an organization's mark [keyed]
    organization_id <integer> UNIQUE REFERENCES organization (id) ON DELETE CASCADE, -- [none]
    created_at <integer> NOT NULL -- [none]
)<strict>;

CREATE TABLE picture_gone (       -- files that no row stands for any more: the courier removes them [none]
    name TEXT PRIMARY KEY,
    at <integer> NOT NULL
)<strict>;

CREATE TABLE export (             -- a person's own data as a ZIP file; one a person at a time
    id <id>,                      -- [none]
    public_id TEXT NOT NULL UNIQUE, -- [keyed]
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE, -- [keyed]
    language TEXT NOT NULL,       -- [none]
    state TEXT NOT NULL,          -- queued, building, ready, failed [none]
    done <integer> NOT NULL,      -- per cent [none]
    size <integer> NOT NULL,      -- bytes; 0: not ready [none]
    tries <integer> NOT NULL,     -- how often it was begun [none]
    created_at <integer> NOT NULL, -- [none]
    ready_at <integer> NOT NULL,  -- 0: not yet [none]
    expires_at <integer> NOT NULL -- then row and file go [none]
)<strict>;
CREATE INDEX export_by_account ON export (account_id, id);
CREATE INDEX export_waiting ON export (state, id);
CREATE INDEX export_by_expiry ON export (expires_at);

CREATE TABLE purpose (            -- terms and purposes that the operator asks consent for [none]
    name TEXT PRIMARY KEY,
    position <integer> NOT NULL,
    version TEXT NOT NULL,
    required <integer> NOT NULL,  -- 1: holds up a sign-in until it is given
    title TEXT NOT NULL,          -- JSON by language
    text TEXT NOT NULL            -- JSON by language
)<strict>;
CREATE TABLE purpose_version (    -- every version of a text that somebody may have agreed to [none]
    purpose TEXT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,          -- JSON by language
    text TEXT NOT NULL,           -- JSON by language
    PRIMARY KEY (purpose, version)
)<strict>;
INSERT INTO setting (name, value) VALUES ('purposes_generation', '1');   -- one more with every change of a purpose

CREATE TABLE consent (            -- the history: nothing here is ever changed, a later row counts
    id <id>,                      -- [none]
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE, -- [keyed]
    purpose TEXT NOT NULL,        -- [none]
    version TEXT NOT NULL,        -- [none]
    given <integer> NOT NULL,     -- 1: given, 0: refused or withdrawn, 2: asked and left open [none]
    at <integer> NOT NULL         -- [none]
)<strict>;
CREATE INDEX consent_by_account ON consent (account_id, purpose, id);
ALTER TABLE session ADD COLUMN consented <integer> NOT NULL DEFAULT 0;   -- the purposes_generation under which nothing held it up [none]

ALTER TABLE account ADD COLUMN unproven_since <integer> NOT NULL DEFAULT 0;   -- when open sign-up made it; 0: it stays, however it was made [none]
CREATE INDEX account_by_unproven ON account (unproven_since) WHERE unproven_since > 0;

CREATE TABLE deletion (           -- an account that is to be erased (account.deletion_at: when)
    account_id <integer> PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE, -- [keyed]
    asked_by TEXT NOT NULL,       -- owner, desk, operator [none]
    reason TEXT NOT NULL,         -- [personal]
    asked_at <integer> NOT NULL,  -- [none]
    reminded_at <integer> NOT NULL -- 0: not yet [none]
)<strict>;
CREATE TABLE erasure (            -- accounts that are gone, while their names are left in the audit, or their bytes in the log
    pseudonym TEXT PRIMARY KEY,   -- what stands in the audit in their place [none]
    user_id TEXT NOT NULL,        -- empty: the audit is done, the store's log is not yet cut off [personal]
    begun_at <integer> NOT NULL   -- [none]
)<strict>;
CREATE TABLE erased (             -- user_ids that are never given again (account/tombstone.h) [none]
    user_hash <bytes> PRIMARY KEY,
    at <integer> NOT NULL
)<strict>;
CREATE INDEX outbox_by_recipient ON outbox (recipient);
CREATE INDEX invitation_by_email ON invitation (email_key);
CREATE INDEX invitation_by_inviter ON invitation (inviter);
CREATE INDEX field_request_by_decider ON field_request (decided_by) WHERE decided_by <> '';
CREATE INDEX account_by_deletion ON account (deletion_at) WHERE deletion_at > 0;
ALTER TABLE account ADD COLUMN legal_hold TEXT;   -- why it must be kept; NULL: no hold [personal]
ALTER TABLE organization ADD COLUMN deletion_grace <integer>;   -- seconds; NULL: the option's [none]
