/* Counters of named buckets, kept in the store: shared by all workers, surviving restarts, bounded because each row expires and
   is swept. A key is stored as keyed hash: the table tells nobody's address. */
#ifndef LATCHKEY_THROTTLE_H
#define LATCHKEY_THROTTLE_H

#include "account/portal.h"

struct bucket {
    const char *name;
    int64_t window;               /* seconds after the first count until it starts anew */
};

/* Counts one more, atomically, and tells the count that this call made and until when the key is paused (0: not). */
MUST_USE Error throttle_count(struct portal *, const struct visit *, const struct bucket *, Str key, int64_t *count,
                              int64_t *paused_until);
/* Without counting. */
MUST_USE Error throttle_look(struct portal *, const struct visit *, const struct bucket *, Str key, int64_t *count,
                             int64_t *paused_until);
/* Counts one more and pauses. */
MUST_USE Error throttle_count_paused(struct portal *, const struct visit *, const struct bucket *, Str key, int64_t until);
MUST_USE Error throttle_pause(struct portal *, const struct visit *, const struct bucket *, Str key, int64_t until);
MUST_USE Error throttle_forget(struct portal *, const struct visit *, const struct bucket *, Str key);
/* Takes one count and the pause back: the attempt was not evaluated after all. */
MUST_USE Error throttle_uncount(struct portal *, const struct visit *, const struct bucket *, Str key);
/* For the courier: looks at the next counters behind `walk` (zeros: from the first) and takes away what ended until `now`, in a bounded
   piece. No index by their ends: each count would write it as well. *more: call again; false: the walk begins anew. */
struct throttle_walk {
    char bucket[32], key[32];
    size_t bucket_length, key_length;
};
MUST_USE Error throttle_sweep(struct db *, int64_t now, struct throttle_walk *, bool *more);
/* The network of an address: /24 of IPv4 (also mapped in IPv6), /64 of IPv6. */
Str throttle_network(struct arena *, Str peer);

#endif
