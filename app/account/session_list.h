/* Where a person is signed in, and ending it there. Every act is on rows of the session's own account; ids are the public ones
   (security.md E7). */
#ifndef LATCHKEY_SESSION_LIST_H
#define LATCHKEY_SESSION_LIST_H

#include "account/device.h"
#include "account/session.h"

struct listed_session {
    Str public_id;
    Device device;
    Str peer;                     /* the network address it began from */
    int64_t created_at, last_seen_at;
    bool current;                 /* the one that asks */
    struct listed_session *next;
};

/* The live ones, the newest first. */
MUST_USE Error session_list(struct portal *, const struct visit *, const struct session *, struct listed_session **first);
/* How many the account has. */
MUST_USE Error session_count(struct portal *, const struct visit *, const struct user *, int64_t *out);
/* ERR_NOT_FOUND: the account has none with that id. Own transaction, with its audit row. */
MUST_USE Error session_end(struct portal *, const struct visit *, const struct session *, Str public_id);
/* All but the one that asks. *ended 0: there was none, nothing is written. */
MUST_USE Error session_end_others(struct portal *, const struct visit *, const struct session *, int64_t *ended);

#endif
