/* One reading of everything that is set up outside the store: configuration, languages, templates, keys. Children share its
   memory. A reload makes a new one beside the old. */
#ifndef LATCHKEY_GENERATION_H
#define LATCHKEY_GENERATION_H

#include "account/portal.h"
#include "view/view.h"

struct generation {
    struct arena *arena;
    struct options options;
    struct catalogs catalogs;
    struct view *view;
    struct keys *keys;
    Str decoy;                    /* struct hashing's */
    int queue[2];                 /* of hashing_queue; -1: not open */
};

/* The part that touches nothing: configuration, languages, templates. Goes on after a problem, so that all are listed; *out is
   there, in the arena, whatever comes back. */
MUST_USE Error generation_read(struct arena *, const char *config_file, struct problems *, struct generation **out);
/* The rest, as the user who serves: keys and store are made where there are none, the store's schema is brought up to date,
   the queue of the hashers opened. Faults are logged. */
MUST_USE Error generation_prepare(struct generation *);
/* Gives back everything, the arena too. NULL is fine. */
void generation_close(struct generation *);

HashCost options_hash_cost(const struct options *);

#endif
