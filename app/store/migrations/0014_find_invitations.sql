-- A help desk finds whom it invited by address.

CREATE INDEX invitation_by_address ON invitation (organization_id, email_key, id);
