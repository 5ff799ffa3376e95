-- A page of a list of members is read without their accounts, which lie all over the store.

ALTER TABLE membership ADD COLUMN user_id TEXT NOT NULL DEFAULT ''; -- the account's [personal]
UPDATE membership SET user_id = (SELECT a.user_id FROM account a WHERE a.id = membership.account_id);
