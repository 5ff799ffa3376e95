/* What the courier does with exports (account/export.h): takes one, says how far it is, ends it, sweeps. It alone builds, one at a
   time, so one that stands as building without its builder was cut off in the middle and is taken again. */
#ifndef LATCHKEY_EXPORT_WORK_H
#define LATCHKEY_EXPORT_WORK_H

#include "account/export.h"

enum { EXPORT_TRIES = 10 };

struct export export_of_row(struct arena *, const struct rows *);     /* of a statement with EXPORT_COLUMNS */
/* exports_dir/NAME.ENDING, NUL-terminated. */
Str export_path(struct portal *, struct arena *, Str public_id, const char *ending);

/* The oldest that waits, building from now on. ERR_NOT_FOUND: none. One that was tried EXPORT_TRIES times in vain has failed. */
MUST_USE Error export_take(struct portal *, const struct visit *, struct export *out);
/* ERR_NOT_FOUND: it is wanted no more. */
MUST_USE Error export_progress(struct portal *, const struct visit *, const struct export *, int64_t done);
/* Its file is in its place: one transaction with the letter that says so. ERR_NOT_FOUND: it is wanted no more, and the file with it. */
MUST_USE Error export_ready(struct portal *, const struct visit *, const struct export *, const struct user *, int64_t size);
MUST_USE Error export_give_up(struct portal *, const struct visit *, const struct export *);
/* Ends those whose time is over, and removes files that no row stands for; `building` may be STR_NONE. *more: call again. */
MUST_USE Error export_sweep(struct portal *, const struct visit *, Str building, bool *more);

#endif
