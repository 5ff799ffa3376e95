/* Parts of import.h: a row while it is read, matched and written. */
#ifndef LATCHKEY_IMPORTING_H
#define LATCHKEY_IMPORTING_H

#include "account/apply_plan.h"
#include "account/import.h"
#include "model/user.h"

struct import_pending {           /* a row of a chunk that is not committed yet */
    Str text;                     /* the record's */
    int64_t end;
    const char *code, *flaw;      /* the reader's; NULL: none */
    struct import_row row;
    struct import_flaw *last_error;
    int64_t account;              /* that it is, or was made for it; 0: none */
    uint64_t *names;              /* a dry run's, of an account that it would make */
    size_t name_count;
    bool given_up;                /* it failed only while it was written: the chunk is done again without it */
};

struct import_touched;            /* accounts that rows of this file were found to be */

struct importing {
    struct portal *portal;
    const struct visit *visit;    /* its arena lasts a row */
    const struct import *import;
    const struct connection *connection;
    struct arena *lasting, *chunk, *scratch;   /* the import, a chunk, a row */
    struct import_pending *pending;
    size_t count;                 /* rows of the chunk before the one that is under way */
    struct import_touched *touched;
    struct import_counts counts;
};

/* Adds a flaw in the memory of the chunk. */
void import_error(struct importing *, struct import_pending *, const char *code, Str path, const char *format, ...) PRINTF_LIKE(5, 6);
void import_warn(struct importing *, struct import_pending *, const char *code, Str path, const char *message);

/* Reads the row's text. False: it has errors. *user lasts as long as the scratch arena. */
MUST_USE bool import_read_row(struct importing *, struct import_pending *, struct plan_user *user);
/* Which account it is (*user; id 0: none yet). The row gets an error when it must not be that one. */
MUST_USE Error import_match(struct importing *, struct import_pending *, const struct plan_user *, struct user *user);
/* Writes it. Inside the chunk's transaction. ERR_CONFLICT: what was written of it must be taken back; it has an error. */
MUST_USE Error import_write(struct importing *, struct import_pending *, const struct plan_user *, const struct user *user);

/* --- accounts that were met --- */

struct import_touched *import_touched_open(struct arena *lasting);
void import_touched_close(struct import_touched *);
/* Which ones: by number, a bit each. */
bool import_touched_has(const struct import_touched *, int64_t account);
void import_touched_add(struct import_touched *, int64_t account);
/* A dry run's new accounts have no number: their identifiers, as fingerprints, at most IMPORT_NAMES_MAX of them. */
enum { IMPORT_NAMES_MAX = 3000000 };
bool import_name_has(const struct import_touched *, uint64_t fingerprint);
void import_name_add(struct import_touched *, uint64_t fingerprint);

/* --- how far an import got --- */

struct import_state {
    bool done;                    /* all of it */
    int64_t end;                  /* bytes of the stream that are done */
    struct import_counts counts;
};
MUST_USE Error import_state_get(struct importing *, struct import_state *out);    /* ERR_NOT_FOUND */
/* Inside a transaction. */
MUST_USE Error import_state_put(struct importing *, const struct import_state *);

#endif
