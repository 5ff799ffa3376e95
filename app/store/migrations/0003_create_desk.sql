-- Organizations as their help desks see them: member lists that stay fast, invitations, requests for locked fields, and an audit
-- whose rows hang together. Words in angle brackets are the engine's own (0001_create_core.sql).

ALTER TABLE role ADD COLUMN organization_id <integer> REFERENCES organization (id) ON DELETE CASCADE; -- [none]
    -- NULL: every organization's; else its own, and its name is ORGANIZATION:NAME
CREATE INDEX membership_role_by_role ON membership_role (role_id, organization_id);   -- a role goes: who has it?
ALTER TABLE organization ADD COLUMN members <integer> NOT NULL DEFAULT 0;   -- how many rows of membership it has [none]
UPDATE organization SET members = (SELECT COUNT(*) FROM membership m WHERE m.organization_id = organization.id);

CREATE TABLE organization_gone (  -- names that are never given again: old links, mails and audit rows carry them [none]
    name TEXT PRIMARY KEY,
    at <integer> NOT NULL
)<strict>;

-- What the list of members shows and is searched by, as the organization's own rules let its desk see it: made from profile, rules
-- and roles (account/member_index.c) whenever one of them changes, and made anew where `derived` is another generation than the
-- setting rules_generation.
INSERT INTO setting (name, value) VALUES ('rules_generation', '1');
ALTER TABLE membership ADD COLUMN derived <integer> NOT NULL DEFAULT 0; -- [none]
ALTER TABLE membership ADD COLUMN shown_name TEXT NOT NULL DEFAULT '';     -- empty: none, or not for the desk [personal]
ALTER TABLE membership ADD COLUMN shown_email TEXT NOT NULL DEFAULT ''; -- [personal]
ALTER TABLE membership ADD COLUMN shown_roles TEXT NOT NULL DEFAULT '';    -- names, comma-separated [none]
ALTER TABLE membership ADD COLUMN state TEXT NOT NULL DEFAULT 'active';    -- active, suspended, blocked, deletion [none]
ALTER TABLE membership ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';      -- folded name, else address, else user_id [personal]
ALTER TABLE membership ADD COLUMN terms TEXT NOT NULL DEFAULT '';          -- its rows of member_term, one a line [personal]
CREATE INDEX membership_by_name ON membership (organization_id, sort_name, account_id);
CREATE INDEX membership_by_age ON membership (organization_id, created_at, account_id);
CREATE INDEX membership_to_derive ON membership (derived);

CREATE TABLE member_term (        -- w:WORD (folded; of name, username, address), b:BEGINNING of one (its first one to three letters),
                                  -- r:ROLE id, s:STATE (all but active), c:CONNECTION id
    organization_id <integer> NOT NULL, -- [none]
    term TEXT NOT NULL,           -- [personal]
    sort_name TEXT NOT NULL,      -- [personal]
    account_id <integer> NOT NULL, -- [keyed]
    PRIMARY KEY (organization_id, term, sort_name, account_id)
)<strict_clustered>;                -- no foreign key: an index for it would double the table; membership.terms says what to remove

CREATE TABLE invitation (
    id <lasting_id>,              -- [none]
    public_id TEXT NOT NULL UNIQUE, -- [none]
    organization_id <integer> NOT NULL REFERENCES organization (id) ON DELETE CASCADE, -- [none]
    email TEXT NOT NULL,          -- whose mailbox gets the link [personal]
    email_key TEXT NOT NULL,      -- [personal]
    token_hash <bytes> UNIQUE,    -- keyed hash; NULL: nothing opens it any more. The secret stands in the invited mailbox alone. [keyed]
    roles TEXT NOT NULL,          -- JSON array of role names [none]
    language TEXT NOT NULL,       -- [none]
    prefilled TEXT NOT NULL,      -- JSON: first values of an account that it makes [personal]
    inviter TEXT NOT NULL,        -- user_id, or cli:NAME [personal]
    inviter_name TEXT NOT NULL,   -- as the mail and the page say it [personal]
    state TEXT NOT NULL,          -- pending, accepted, declined, revoked, expired; pending past expires_at counts as expired [none]
    made_account_id <integer> REFERENCES account (id) ON DELETE SET NULL,   -- the account that was made through it [keyed]
    created_at <integer> NOT NULL, -- [none]
    sent_at <integer> NOT NULL,   -- [none]
    expires_at <integer> NOT NULL, -- [none]
    decided_at <integer> NOT NULL -- 0: not yet [none]
)<strict>;
CREATE INDEX invitation_by_organization ON invitation (organization_id, id);
CREATE UNIQUE INDEX invitation_one_pending ON invitation (organization_id, email_key) WHERE state = 'pending';
CREATE INDEX invitation_by_account ON invitation (made_account_id);

CREATE TABLE field_request (      -- a person asks their home's desk for a change of a field that is locked for them
    id <lasting_id>,              -- [none]
    public_id TEXT NOT NULL UNIQUE, -- [none]
    account_id <integer> NOT NULL REFERENCES account (id) ON DELETE CASCADE, -- [keyed]
    organization_id <integer> NOT NULL REFERENCES organization (id) ON DELETE CASCADE, -- [none]
    field TEXT NOT NULL,          -- [none]
    old_value TEXT NOT NULL,      -- JSON; null: not set [personal]
    value TEXT NOT NULL,          -- JSON, cleaned [personal]
    note TEXT NOT NULL,           -- [personal]
    state TEXT NOT NULL,          -- pending, approved, declined, withdrawn [none]
    answer TEXT NOT NULL,         -- the desk's word [personal]
    decided_by TEXT NOT NULL,     -- user_id; empty: nobody yet [personal]
    created_at <integer> NOT NULL, -- [none]
    decided_at <integer> NOT NULL -- 0: not yet [none]
)<strict>;
CREATE UNIQUE INDEX field_request_one_pending ON field_request (account_id, field) WHERE state = 'pending';
CREATE INDEX field_request_by_organization ON field_request (organization_id, state, id);
CREATE INDEX field_request_decided ON field_request (organization_id, id) WHERE decided_by <> '';
CREATE INDEX field_request_by_account ON field_request (account_id, id);

-- Each row of the audit carries a keyed hash over the row before it and itself (account/audit.h); audit_head is the newest. What can
-- name a person is hashed apart with a salt of the row's own, so that an erased person can be taken out and the chain still holds.
ALTER TABLE audit ADD COLUMN salt <bytes>;      -- or the mark of a row whose names were taken out [keyed]
ALTER TABLE audit ADD COLUMN seal <bytes>;      -- keyed hash over salt, actor_id, user_id, reason, peer, fields [keyed]
ALTER TABLE audit ADD COLUMN hash <bytes>;      -- NULL: from before there was a chain [keyed]
CREATE INDEX audit_by_organization ON audit (organization, id) WHERE organization IS NOT NULL;
CREATE INDEX audit_by_desk ON audit (actor_id, id) WHERE actor = 'desk';
