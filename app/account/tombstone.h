/* Who was erased stays erased: a keyed hash of each user_id, in the store and in an append-only file beside the key file (its name with
   ".erased" behind it). The file is no part of a backup, so that a backup which brings somebody back is told of it
   (erase_restored), and a user_id that was given once is never given again. */
#ifndef LATCHKEY_TOMBSTONE_H
#define LATCHKEY_TOMBSTONE_H

#include "account/portal.h"

/* Inside the transaction that erases: the file has it, on disk, before anything of the account is gone. `file` false: into the store
   alone, when the file had it already. */
MUST_USE Error tombstone_put(struct portal *, const struct visit *, Str user_id, bool file);
/* Whether somebody was erased who was called so. */
MUST_USE Error tombstone_is(struct portal *, struct arena *, Str user_id, bool *out);

/* What the file says and the store does not know: 32 bytes each, in order. A line that was cut off by a power loss is passed over. */
struct tombstones {
    Str *list;
    size_t count;
};
MUST_USE Error tombstones_missing(struct portal *, struct arena *, struct tombstones *out);
bool tombstones_have(const struct tombstones *, struct portal *, struct arena *, Str user_id);
/* The store knows all of them from now on. Inside a transaction. */
MUST_USE Error tombstones_settle(struct portal *, const struct visit *, const struct tombstones *);

#endif
