-- Where the audit's chain begins is marked by the program, which has the key, at its next start (account/audit_begin.c): rows up to there
-- are from before there was a chain. From then on a store without that mark is one that somebody changed.

INSERT INTO setting (name, value) VALUES ('audit_due', '');
