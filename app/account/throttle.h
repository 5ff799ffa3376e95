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
MUST_USE Error throttle_pause(struct portal *, const struct visit *, const struct bucket *, Str key, int64_t until);
MUST_USE Error throttle_forget(struct portal *, const struct visit *, const struct bucket *, Str key);
/* Takes one count and the pause back: the attempt was not evaluated after all. */
MUST_USE Error throttle_uncount(struct portal *, const struct visit *, const struct bucket *, Str key);
/* The network of an address: /24 of IPv4 (also mapped in IPv6), /64 of IPv6. */
Str throttle_network(struct arena *, Str peer);

#endif
