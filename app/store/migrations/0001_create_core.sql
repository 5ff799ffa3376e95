-- The core of the store. Words in angle brackets are the engine's own: <id> a growing integer key, <lasting_id> one that is never
-- given a second time, <integer> 64 bits, <bytes> binary, <strict> typed tables. Times are seconds since 1970 UTC, JSON is text.

CREATE TABLE setting (            -- small facts of the whole store
    name TEXT PRIMARY KEY,        -- generation: one more with every change of what the operator set up
    value TEXT NOT NULL
)<strict>;
INSERT INTO setting (name, value) VALUES ('generation', '1');

CREATE TABLE field_definition (   -- the operator's own fields
    name TEXT PRIMARY KEY,
    position <integer> NOT NULL,  -- order in the apply file
    definition TEXT NOT NULL      -- JSON as in the apply file
)<strict>;

CREATE TABLE connection (         -- a source of users
    id <id>,
    name TEXT NOT NULL UNIQUE,
    strategy TEXT NOT NULL,
    display_name TEXT NOT NULL,
    options TEXT NOT NULL,        -- JSON
    rules TEXT NOT NULL           -- JSON rule set
)<strict>;

CREATE TABLE role (
    id <id>,
    name TEXT NOT NULL UNIQUE,
    permissions TEXT NOT NULL     -- JSON array of texts
)<strict>;

CREATE TABLE organization (
    id <id>,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    support_email TEXT NOT NULL,  -- empty: none
    branding TEXT NOT NULL,       -- JSON
    metadata TEXT NOT NULL,       -- JSON
    rules TEXT NOT NULL           -- JSON rule set
)<strict>;

CREATE TABLE organization_connection (
    organization_id <integer> NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
    connection_id <integer> NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    PRIMARY KEY (organization_id, connection_id)
)<strict>;
CREATE INDEX organization_connection_by_connection ON organization_connection (connection_id);

CREATE TABLE account (
    id <lasting_id>,
    user_id TEXT NOT NULL UNIQUE, -- outside name, strategy|id; never reused
    connection_id <integer> NOT NULL REFERENCES connection (id),
    profile TEXT NOT NULL,        -- JSON: every field that a change may write; written through store/profile.c alone
    sources TEXT NOT NULL,        -- JSON: field -> connection id, for fields that another identity owns
    version <integer> NOT NULL,   -- one more with every change of the profile
    epoch <integer> NOT NULL,     -- security epoch: what was made under an older one is dead
    blocked <integer> NOT NULL,   -- 0 or 1
    deletion_at <integer> NOT NULL, -- 0: not scheduled
    password_hash TEXT,           -- argon2id or an imported kind (account/password.h)
    created_at <integer> NOT NULL,
    updated_at <integer> NOT NULL,
    last_login_at <integer> NOT NULL,
    logins_count <integer> NOT NULL
)<strict>;
CREATE INDEX account_by_connection ON account (connection_id);

CREATE TABLE identifier (         -- unique values: what people sign in with, and fields defined as unique
    connection_id <integer> NOT NULL REFERENCES connection (id),
    field TEXT NOT NULL,
    key TEXT NOT NULL,            -- normalized (field_key); never shown
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    PRIMARY KEY (connection_id, field, key)
)<strict>;
CREATE INDEX identifier_by_key ON identifier (key, field);
CREATE INDEX identifier_by_account ON identifier (account_id);

CREATE TABLE membership (
    organization_id <integer> NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    home <integer> NOT NULL,      -- 1: this organization made the account
    invited <integer> NOT NULL,   -- 1: joined by invitation: the e-mail address stays
    suspended <integer> NOT NULL,
    created_at <integer> NOT NULL,
    PRIMARY KEY (account_id, organization_id)
)<strict>;
CREATE INDEX membership_by_organization ON membership (organization_id, account_id);
CREATE UNIQUE INDEX membership_one_home ON membership (account_id) WHERE home = 1;

CREATE TABLE membership_role (
    organization_id <integer> NOT NULL,
    account_id <integer> NOT NULL,
    role_id <integer> NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, organization_id, role_id),
    FOREIGN KEY (account_id, organization_id) REFERENCES membership (account_id, organization_id) ON DELETE CASCADE
)<strict>;

CREATE TABLE session (
    id <id>,
    id_hash <bytes> NOT NULL UNIQUE,    -- keyed hash of the cookie's value
    public_id TEXT NOT NULL UNIQUE,
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    epoch <integer> NOT NULL,     -- the account's when it began
    created_at <integer> NOT NULL,
    authenticated_at <integer> NOT NULL, -- the last time the password was given
    last_seen_at <integer> NOT NULL, -- to the minute
    expires_at <integer> NOT NULL,
    peer TEXT NOT NULL,
    user_agent TEXT NOT NULL
)<strict>;
CREATE INDEX session_by_account ON session (account_id, id);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE throttle (           -- counters of named buckets
    bucket TEXT NOT NULL,
    key <bytes> NOT NULL,         -- keyed hash of what is counted
    count <integer> NOT NULL,
    paused_until <integer> NOT NULL, -- 0: not paused
    expires_at <integer> NOT NULL, -- then it counts from nothing again
    PRIMARY KEY (bucket, key)
)<strict>;
CREATE INDEX throttle_by_expiry ON throttle (expires_at);

CREATE TABLE audit (              -- what was asked and what came of it; outsiders may read it
    id <id>,
    at <integer> NOT NULL,
    request_id TEXT NOT NULL,
    actor TEXT NOT NULL,          -- owner, desk, operator, source, script, system
    actor_id TEXT NOT NULL,       -- a user_id, or cli:NAME
    organization TEXT,            -- the desk's
    connection TEXT,
    user_id TEXT,                 -- whom it is about
    action TEXT NOT NULL,         -- profile.save, session.start …
    outcome TEXT NOT NULL,        -- allowed, refused
    reason TEXT,                  -- what the actor gave as a reason
    peer TEXT NOT NULL,
    fields TEXT NOT NULL          -- JSON array of { field, level, rule }; never a value
)<strict>;
CREATE INDEX audit_by_user ON audit (user_id, id);
