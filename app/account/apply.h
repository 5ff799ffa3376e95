/* `latchkey apply`: makes fields, connections, roles, organizations, purposes and users as a JSON file says (interface.md "The file for
   `latchkey apply`"). Lists are upserted by name: what the file does not speak about stays, entries and keys alike. Null takes
   a user's field away; rule sets, options, branding and lists inside an entry are replaced by what the file says.

   Two steps. apply_check is pure and says everything that is wrong with the file itself; apply_run asks the store too, and
   writes all of it in one transaction or nothing. Users' fields are written through account/profile.h, as the operator. */
#ifndef LATCHKEY_APPLY_H
#define LATCHKEY_APPLY_H

#include "account/portal.h"

enum { APPLY_MAX_BYTES = 64 << 20 };

struct plan;                      /* a checked file (apply_plan.h) */

/* What exists already; objects by name, each may be NULL. */
struct apply_known {
    const json_t *definitions;    /* field objects */
    const json_t *connections;    /* name: strategy */
    const json_t *roles, *organizations;   /* name: true */
    const json_t *gone;           /* names of deleted organizations: true; never given again */
    const json_t *purposes;       /* name: true */
};

/* ERR_INVALID: every problem is listed with its place. Nothing of `json` needs to outlive the call. */
MUST_USE Error apply_check(struct arena *, Str json, const struct apply_known *, struct problems *, struct plan **out);

typedef struct Applied {
    Str lines;                    /* one difference a line, secrets masked; empty: no changes */
    size_t added, changed, removed;
} Applied;

/* With `dry_run` the same happens and is taken back. ERR_INVALID: problems, nothing changed. ERR_BUSY: the store or memory.
   Joins a transaction that is already open: then the caller ends it, and reads the directory anew where it was taken back. */
MUST_USE Error apply_run(struct portal *, const struct visit *, Str json, bool dry_run, struct problems *, Applied *out);

#endif
