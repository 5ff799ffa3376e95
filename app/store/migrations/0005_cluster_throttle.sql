-- Each count writes one page of the store, not two: the counters lie in their own key's order. Words in angle brackets are the engine's own
-- (0001_create_core.sql).

ALTER TABLE throttle RENAME TO throttle_before;
CREATE TABLE throttle (           -- counters of named buckets [none]
    bucket TEXT NOT NULL,
    key <bytes> NOT NULL,         -- keyed hash of what is counted
    count <integer> NOT NULL,
    paused_until <integer> NOT NULL, -- 0: not paused
    expires_at <integer> NOT NULL, -- then it counts from nothing again
    PRIMARY KEY (bucket, key)
)<strict_clustered>;
INSERT INTO throttle SELECT bucket, key, count, paused_until, expires_at FROM throttle_before;
DROP TABLE throttle_before;
CREATE INDEX throttle_by_expiry ON throttle (expires_at);
