-- Whoever signs in over a connection may become a member of organizations that enable it. Every sign-in asks whether there is one left, so
-- only those that assign stand in the index: at a connection that none assigns on, one seek finds nothing. Words in angle brackets are the
-- engine's own (0001_create_core.sql).

ALTER TABLE organization_connection ADD COLUMN assign_membership_on_login <integer> NOT NULL DEFAULT 0; -- 0 or 1 [none]
CREATE INDEX organization_connection_assigning ON organization_connection (connection_id, organization_id)
    WHERE assign_membership_on_login = 1;
