-- The core of the store. Words in angle brackets are the engine's own: <id> a growing integer key, <lasting_id> one that is never
-- given a second time, <integer> 64 bits, <bytes> binary, <strict> typed tables. Times are seconds since 1970 UTC, JSON is text.
-- Each column says at its end what it holds of people, and erasing somebody is tested against that: [personal] what names or describes
-- somebody, [keyed] what leads to them only with this store or its key, [none]. A table's own mark counts for all its columns.

CREATE TABLE setting (            -- small facts of the whole store [none]
    name TEXT PRIMARY KEY,        -- generation: one more with every change of what the operator set up
    value TEXT NOT NULL
)<strict>;
INSERT INTO setting (name, value) VALUES ('generation', '1');

CREATE TABLE field_definition (   -- the operator's own fields [none]
    name TEXT PRIMARY KEY,
    position <integer> NOT NULL,  -- order in the apply file
    definition TEXT NOT NULL      -- JSON as in the apply file
)<strict>;

CREATE TABLE connection (         -- a source of users [none]
    id <id>,
    name TEXT NOT NULL UNIQUE,
    strategy TEXT NOT NULL,
    display_name TEXT NOT NULL,
    options TEXT NOT NULL,        -- JSON
    rules TEXT NOT NULL           -- JSON rule set
)<strict>;

CREATE TABLE role (               -- [none]
    id <id>,
    name TEXT NOT NULL UNIQUE,
    permissions TEXT NOT NULL     -- JSON array of texts
)<strict>;

CREATE TABLE organization (       -- [none]
    id <id>,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    support_email TEXT NOT NULL,  -- empty: none
    branding TEXT NOT NULL,       -- JSON
    metadata TEXT NOT NULL,       -- JSON
    rules TEXT NOT NULL           -- JSON rule set
)<strict>;

CREATE TABLE organization_connection ( -- [none]
    organization_id <integer> NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
    connection_id <integer> NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    PRIMARY KEY (organization_id, connection_id)
)<strict>;
CREATE INDEX organization_connection_by_connection ON organization_connection (connection_id);

CREATE TABLE account (
    id <lasting_id>,              -- [keyed]
    user_id TEXT NOT NULL UNIQUE, -- outside name, strategy|id; never reused [personal]
    connection_id <integer> NOT NULL REFERENCES connection (id), -- [none]
    profile TEXT NOT NULL,        -- JSON: every field that a change may write; written through store/profile.c alone [personal]
    sources TEXT NOT NULL,        -- JSON: field -> connection id, for fields that another identity owns [none]
    version <integer> NOT NULL,   -- one more with every change of the profile [none]
    epoch <integer> NOT NULL,     -- security epoch: what was made under an older one is dead [none]
    blocked <integer> NOT NULL,   -- 0 or 1 [none]
    deletion_at <integer> NOT NULL, -- 0: not scheduled [none]
    password_hash TEXT,           -- argon2id or an imported kind (account/password.h) [personal]
    created_at <integer> NOT NULL, -- [none]
    updated_at <integer> NOT NULL, -- [none]
    last_login_at <integer> NOT NULL, -- [none]
    logins_count <integer> NOT NULL -- [none]
)<strict>;
CREATE INDEX account_by_connection ON account (connection_id);

CREATE TABLE identifier (         -- unique values: what people sign in with, and fields defined as unique
    connection_id <integer> NOT NULL REFERENCES connection (id), -- [none]
    field TEXT NOT NULL,          -- [none]
    key TEXT NOT NULL,            -- normalized (field_key); never shown [personal]
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE, -- [keyed]
    PRIMARY KEY (connection_id, field, key)
)<strict>;
CREATE INDEX identifier_by_key ON identifier (key, field);
CREATE INDEX identifier_by_account ON identifier (account_id);

CREATE TABLE membership (
    organization_id <integer> NOT NULL REFERENCES organization (id) ON DELETE CASCADE, -- [none]
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE, -- [keyed]
    home <integer> NOT NULL,      -- 1: this organization made the account [none]
    invited <integer> NOT NULL,   -- 1: joined by invitation: the e-mail address stays [none]
    suspended <integer> NOT NULL, -- [none]
    created_at <integer> NOT NULL, -- [none]
    PRIMARY KEY (account_id, organization_id)
)<strict>;
CREATE INDEX membership_by_organization ON membership (organization_id, account_id);
CREATE UNIQUE INDEX membership_one_home ON membership (account_id) WHERE home = 1;

CREATE TABLE membership_role (    -- [none]
    organization_id <integer> NOT NULL,
    account_id <integer> NOT NULL,
    role_id <integer> NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, organization_id, role_id),
    FOREIGN KEY (account_id, organization_id) REFERENCES membership (account_id, organization_id) ON DELETE CASCADE
)<strict>;

CREATE TABLE session (
    id <id>,                      -- [none]
    id_hash <bytes> NOT NULL UNIQUE,    -- keyed hash of the cookie's value [keyed]
    public_id TEXT NOT NULL UNIQUE, -- [keyed]
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE, -- [keyed]
    epoch <integer> NOT NULL,     -- the account's when it began [none]
    created_at <integer> NOT NULL, -- [none]
    authenticated_at <integer> NOT NULL, -- the last time the password was given [none]
    last_seen_at <integer> NOT NULL, -- to the minute [none]
    expires_at <integer> NOT NULL, -- [none]
    peer TEXT NOT NULL,           -- [personal]
    user_agent TEXT NOT NULL      -- [personal]
)<strict>;
CREATE INDEX session_by_account ON session (account_id, id);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE throttle (           -- counters of named buckets [none]
    bucket TEXT NOT NULL,
    key <bytes> NOT NULL,         -- keyed hash of what is counted
    count <integer> NOT NULL,
    paused_until <integer> NOT NULL, -- 0: not paused
    expires_at <integer> NOT NULL, -- then it counts from nothing again
    PRIMARY KEY (bucket, key)
)<strict>;
CREATE INDEX throttle_by_expiry ON throttle (expires_at);

CREATE TABLE audit (              -- what was asked and what came of it; outsiders may read it
    id <id>,                      -- [none]
    at <integer> NOT NULL,        -- [none]
    request_id TEXT NOT NULL,     -- [none]
    actor TEXT NOT NULL,          -- owner, desk, operator, source, script, system [none]
    actor_id TEXT NOT NULL,       -- a user_id, or cli:NAME [personal]
    organization TEXT,            -- the desk's [none]
    connection TEXT,              -- [none]
    user_id TEXT,                 -- whom it is about [personal]
    action TEXT NOT NULL,         -- profile.save, session.start … [none]
    outcome TEXT NOT NULL,        -- allowed, refused [none]
    reason TEXT,                  -- what the actor gave as a reason [personal]
    peer TEXT NOT NULL,           -- [personal]
    fields TEXT NOT NULL          -- JSON array of { field, level, rule }; never a value [none]
)<strict>;
CREATE INDEX audit_by_user ON audit (user_id, id);
