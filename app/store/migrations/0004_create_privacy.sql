-- What people may do with their own data: pictures, exports, consent, deletion with a way back. Words in angle brackets are the
-- engine's own (0001_create_core.sql).

CREATE TABLE picture (            -- files pictures_dir/NAME/{64,256,512}.{webp,png}; a row and its files come and go together
    name TEXT PRIMARY KEY,        -- 32 random hex digits
    account_id <integer> UNIQUE REFERENCES account (id) ON DELETE CASCADE,             -- whose it is; NULL: an organization's mark
    organization_id <integer> UNIQUE REFERENCES organization (id) ON DELETE CASCADE,
    created_at <integer> NOT NULL
)<strict>;

CREATE TABLE picture_gone (       -- files that no row stands for any more: the courier removes them
    name TEXT PRIMARY KEY,
    at <integer> NOT NULL
)<strict>;

CREATE TABLE export (             -- a person's own data as a ZIP file; one a person at a time
    id <id>,
    public_id TEXT NOT NULL UNIQUE,
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    state TEXT NOT NULL,          -- queued, building, ready, failed
    done <integer> NOT NULL,      -- per cent
    size <integer> NOT NULL,      -- bytes; 0: not ready
    created_at <integer> NOT NULL,
    ready_at <integer> NOT NULL,  -- 0: not yet
    expires_at <integer> NOT NULL -- then row and file go
)<strict>;
CREATE INDEX export_by_account ON export (account_id, id);
CREATE INDEX export_by_expiry ON export (expires_at);

CREATE TABLE purpose (            -- terms and purposes that the operator asks consent for
    name TEXT PRIMARY KEY,
    position <integer> NOT NULL,
    version TEXT NOT NULL,
    required <integer> NOT NULL,  -- 1: holds up a sign-in until it is given
    title TEXT NOT NULL,          -- JSON by language
    text TEXT NOT NULL            -- JSON by language
)<strict>;
INSERT INTO setting (name, value) VALUES ('purposes_generation', '1');   -- one more with every change of a purpose

CREATE TABLE consent (            -- the history: nothing here is ever changed, a later row counts
    id <id>,
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    version TEXT NOT NULL,
    given <integer> NOT NULL,     -- 1: given, 0: refused or withdrawn
    at <integer> NOT NULL
)<strict>;
CREATE INDEX consent_by_account ON consent (account_id, purpose, id);
ALTER TABLE session ADD COLUMN consented <integer> NOT NULL DEFAULT 0;   -- the purposes_generation whose questions were answered

CREATE TABLE deletion (           -- an account that is to be erased (account.deletion_at: when)
    account_id <integer> PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    asked_by TEXT NOT NULL,       -- owner, desk, operator
    reason TEXT NOT NULL,
    asked_at <integer> NOT NULL,
    reminded_at <integer> NOT NULL -- 0: not yet
)<strict>;
CREATE TABLE erasure (            -- accounts that are gone, while something of them is left: names in the audit, then bytes in the log
    pseudonym TEXT PRIMARY KEY,   -- what stands in the audit in their place
    user_id TEXT NOT NULL,        -- empty: the audit is done, the store's log is not yet cut off
    begun_at <integer> NOT NULL
)<strict>;
CREATE TABLE erased (             -- user_ids that are never given again; the file beside the key (account/tombstone.h) outlives this store
    user_hash <bytes> PRIMARY KEY,
    at <integer> NOT NULL
)<strict>;
CREATE INDEX outbox_by_recipient ON outbox (recipient);
CREATE INDEX invitation_by_email ON invitation (email_key);
CREATE INDEX invitation_by_inviter ON invitation (inviter);
CREATE INDEX field_request_by_decider ON field_request (decided_by) WHERE decided_by <> '';
CREATE INDEX account_by_deletion ON account (deletion_at) WHERE deletion_at > 0;
ALTER TABLE account ADD COLUMN legal_hold TEXT;   -- why it must be kept; NULL: no hold
ALTER TABLE organization ADD COLUMN deletion_grace <integer>;   -- seconds; NULL: the option's
