PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;
INSERT INTO schema_version VALUES(1,'create_core',1767600000);
CREATE TABLE setting (            -- small facts of the whole store
    name TEXT PRIMARY KEY,        -- generation: one more with every change of what the operator set up
    value TEXT NOT NULL
) STRICT;
INSERT INTO setting VALUES('generation','1');
CREATE TABLE field_definition (   -- the operator's own fields
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,  -- order in the apply file
    definition TEXT NOT NULL      -- JSON as in the apply file
) STRICT;
INSERT INTO field_definition VALUES('shirt_size',0,'{"name":"shirt_size","type":"text"}');
CREATE TABLE connection (         -- a source of users
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    strategy TEXT NOT NULL,
    display_name TEXT NOT NULL,
    options TEXT NOT NULL,        -- JSON
    rules TEXT NOT NULL           -- JSON rule set
) STRICT;
INSERT INTO connection VALUES(1,'customers','local','Customers','{}','{}');
CREATE TABLE role (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    permissions TEXT NOT NULL     -- JSON array of texts
) STRICT;
INSERT INTO role VALUES(1,'help-desk','["read:members"]');
CREATE TABLE organization (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    support_email TEXT NOT NULL,  -- empty: none
    branding TEXT NOT NULL,       -- JSON
    metadata TEXT NOT NULL,       -- JSON
    rules TEXT NOT NULL           -- JSON rule set
) STRICT;
INSERT INTO organization VALUES(1,'acme','Acme Ltd','help@acme.example','{}','{}','{}');
CREATE TABLE organization_connection (
    organization_id INTEGER NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
    connection_id INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    PRIMARY KEY (organization_id, connection_id)
) STRICT;
INSERT INTO organization_connection VALUES(1,1);
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL UNIQUE, -- outside name, strategy|id; never reused
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    profile TEXT NOT NULL,        -- JSON: every field that a change may write; written through store/profile.c alone
    sources TEXT NOT NULL,        -- JSON: field -> connection id, for fields that another identity owns
    version INTEGER NOT NULL,   -- one more with every change of the profile
    epoch INTEGER NOT NULL,     -- security epoch: what was made under an older one is dead
    blocked INTEGER NOT NULL,   -- 0 or 1
    deletion_at INTEGER NOT NULL, -- 0: not scheduled
    password_hash TEXT,           -- argon2id or an imported kind (account/password.h)
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_login_at INTEGER NOT NULL,
    logins_count INTEGER NOT NULL
) STRICT;
INSERT INTO account VALUES(7,'local|ada',1,'{"email":"ada@example.com","email_verified":true,"given_name":"Ada"}','{}',3,2,0,0,'hash',1767600001,1767600002,1767600003,4);
CREATE TABLE identifier (         -- unique values: what people sign in with, and fields defined as unique
    connection_id INTEGER NOT NULL REFERENCES connection (id),
    field TEXT NOT NULL,
    key TEXT NOT NULL,            -- normalized (field_key); never shown
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    PRIMARY KEY (connection_id, field, key)
) STRICT;
INSERT INTO identifier VALUES(1,'email','ada@example.com',7);
CREATE TABLE membership (
    organization_id INTEGER NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    home INTEGER NOT NULL,      -- 1: this organization made the account
    invited INTEGER NOT NULL,   -- 1: joined by invitation: the e-mail address stays
    suspended INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, organization_id)
) STRICT;
INSERT INTO membership VALUES(1,7,1,0,0,1767600005);
CREATE TABLE membership_role (
    organization_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    role_id INTEGER NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, organization_id, role_id),
    FOREIGN KEY (account_id, organization_id) REFERENCES membership (account_id, organization_id) ON DELETE CASCADE
) STRICT;
INSERT INTO membership_role VALUES(1,7,1);
CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    id_hash BLOB NOT NULL UNIQUE,    -- keyed hash of the cookie's value
    public_id TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL,     -- the account's when it began
    created_at INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL, -- the last time the password was given
    last_seen_at INTEGER NOT NULL, -- to the minute
    expires_at INTEGER NOT NULL,
    peer TEXT NOT NULL,
    user_agent TEXT NOT NULL
) STRICT;
INSERT INTO session VALUES(1,X'01020304','public',7,2,1767600006,1767600006,1767600007,1767643206,'192.0.2.1','browser');
CREATE TABLE throttle (           -- counters of named buckets
    bucket TEXT NOT NULL,
    key BLOB NOT NULL,         -- keyed hash of what is counted
    count INTEGER NOT NULL,
    paused_until INTEGER NOT NULL, -- 0: not paused
    expires_at INTEGER NOT NULL, -- then it counts from nothing again
    PRIMARY KEY (bucket, key)
) STRICT;
INSERT INTO throttle VALUES('sign-in',X'0a0b',2,0,1767686400);
CREATE TABLE audit (              -- what was asked and what came of it; outsiders may read it
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
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
) STRICT;
INSERT INTO audit VALUES(1,1767600006,'r','owner','local|ada',NULL,'customers','local|ada','session.start','allowed',NULL,'192.0.2.1','[]');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('account',9);
CREATE INDEX organization_connection_by_connection ON organization_connection (connection_id);
CREATE INDEX account_by_connection ON account (connection_id);
CREATE INDEX identifier_by_key ON identifier (key, field);
CREATE INDEX identifier_by_account ON identifier (account_id);
CREATE INDEX membership_by_organization ON membership (organization_id, account_id);
CREATE UNIQUE INDEX membership_one_home ON membership (account_id) WHERE home = 1;
CREATE INDEX session_by_account ON session (account_id, id);
CREATE INDEX session_by_expiry ON session (expires_at);
CREATE INDEX throttle_by_expiry ON throttle (expires_at);
CREATE INDEX audit_by_user ON audit (user_id, id);
COMMIT;
