-- Whose act it was is known without asking the audit: who blocked an account, who asked for its deletion, and which organization it belongs
-- to by origin, member or not. Words in angle brackets are the engine's own (0001_create_core.sql).

ALTER TABLE account ADD COLUMN blocked_by_id <integer> REFERENCES organization (id) ON DELETE SET NULL; -- whose desk blocked it; NULL: the operator did, or nobody [none]
UPDATE account SET blocked_by_id = (SELECT o.id FROM organization o WHERE o.name =
    (SELECT CASE u.actor WHEN 'desk' THEN u.organization END FROM audit u
     WHERE u.user_id = account.user_id AND u.action = 'account.block' AND u.outcome = 'allowed' ORDER BY u.id DESC LIMIT 1))
    WHERE blocked = 1;
DROP INDEX audit_blocks;
CREATE INDEX audit_states ON audit (user_id, organization, id) WHERE action IN ('account.block', 'account.unblock', 'membership.suspend',
    'membership.restore', 'deletion.confirm', 'deletion.keep');   -- since when a member stands as they do, and by whom

ALTER TABLE account ADD COLUMN origin_id <integer> REFERENCES organization (id) ON DELETE SET NULL; -- which organization is its home, or was the last one [none]
UPDATE account SET origin_id = COALESCE(
    (SELECT m.organization_id FROM membership m WHERE m.account_id = account.id AND m.home = 1),
    (SELECT v.organization_id FROM invitation v WHERE v.made_account_id = account.id AND v.state = 'accepted' AND NOT EXISTS
        (SELECT 1 FROM membership m WHERE m.account_id = account.id AND m.organization_id = v.organization_id) ORDER BY v.id DESC LIMIT 1))
    WHERE EXISTS (SELECT 1 FROM membership m WHERE m.account_id = account.id AND m.home = 1)
    OR EXISTS (SELECT 1 FROM invitation v WHERE v.made_account_id = account.id AND v.state = 'accepted');
CREATE INDEX account_blocked_by ON account (blocked_by_id) WHERE blocked_by_id IS NOT NULL;   -- for the end of an organization
CREATE INDEX account_by_origin ON account (origin_id) WHERE origin_id IS NOT NULL;

ALTER TABLE deletion ADD COLUMN organization_id <integer> REFERENCES organization (id) ON DELETE SET NULL; -- whose desk asked; NULL: no desk [none]
UPDATE deletion SET organization_id = (SELECT o.id FROM organization o WHERE o.name =
    (SELECT u.organization FROM audit u JOIN account a ON a.user_id = u.user_id
     WHERE a.id = deletion.account_id AND u.action = 'deletion.confirm' AND u.outcome = 'allowed' AND u.actor = 'desk'
     ORDER BY u.id DESC LIMIT 1))
    WHERE asked_by = 'desk';
