/* The one door: every change of a profile, from whatever side, goes through account_commit. */
#ifndef LATCHKEY_ACCOUNT_PROFILE_H
#define LATCHKEY_ACCOUNT_PROFILE_H

#include "account/portal.h"

/* What policy needs to know about an account: its connection's rules, its organizations', its state. */
MUST_USE Error account_subject(struct portal *, struct arena *, const struct user *, struct subject *out);

enum commit_outcome { COMMIT_REFUSED = 0, COMMIT_DONE, COMMIT_UNCHANGED, COMMIT_STALE, COMMIT_TAKEN };

typedef struct Commit {
    enum commit_outcome outcome;
    struct refusals refusals;     /* COMMIT_REFUSED; COMMIT_TAKEN: one, of the field whose value is somebody else's */
    const struct decided *decided;   /* COMMIT_DONE, COMMIT_UNCHANGED */
    struct user user;             /* as it is in the store now */
    struct subject subject;
} Commit;

/* What was tried could not be kept and may have been written in part: whoever has the transaction open takes it back. */
static inline bool commit_leaves_nothing(const Commit *commit)
{
    return commit->outcome == COMMIT_TAKEN || commit->outcome == COMMIT_STALE;
}

/* Reads the account anew inside the transaction, decides, writes profile, unique values and audit rows, commits. `version` is
   the one the person saw (-1: not known): another one in the store is COMMIT_STALE, nothing written. A refusal is audited too.
   Joins a transaction that is already open (apply): then the caller commits. ERR_NOT_FOUND: no such account. */
MUST_USE Error account_commit(struct portal *, const struct visit *, int64_t account, int64_t version,
                              const struct change *, Commit *out);

/* The same for who has read the account in the open transaction, with its memberships, and refreshed the directory there. */
MUST_USE Error account_commit_read(struct portal *, const struct visit *, const struct user *, const struct subject *, int64_t version,
                                   const struct change *, Commit *out);

/* Makes an account: the change sets its first fields. `wanted_id`: the part behind "strategy|", STR_NONE: made here. */
MUST_USE Error account_create(struct portal *, const struct visit *, const struct connection *, Str wanted_id,
                              const struct change *, Commit *out);

#endif
