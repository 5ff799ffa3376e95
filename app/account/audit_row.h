/* What a row of the audit is bound by: its seal, its hash, and the two marks (head and anchor) at the ends of the chain. For
   account/audit*.c alone. */
#ifndef LATCHKEY_AUDIT_ROW_H
#define LATCHKEY_AUDIT_ROW_H

#include "account/crypto.h"
#include "store/user_store.h"

enum { AUDIT_SALT = 16, AUDIT_PIECE = 500, AUDIT_MARK_TEXT = 160 };

struct audit_row {
    int64_t id;
    struct audit_entry entry;
    Str salt, seal, hash;
};
/* A row of the statements audit_chain and audit_of_person; texts until the next row_next. */
struct audit_row audit_row_read(const struct rows *);

/* From before there was a chain, which begins at `beginning`. Ids are counted from 1. */
struct audit_point;
bool audit_row_is_older(const struct audit_row *, const struct audit_point *beginning);

/* A place in the chain. A hash of zeros: its beginning, behind the rows from before there was one (id 0: none). */
struct audit_point {
    int64_t id;
    unsigned char hash[SECRET_BYTES];
};
bool audit_point_is_beginning(const struct audit_point *);
bool audit_point_is(const struct audit_point *, Str hash);
void audit_seal(const struct keys *, const struct audit_row *, unsigned char out[SECRET_BYTES]);
void audit_hash(const struct keys *, const struct audit_point *before, const struct audit_row *, unsigned char out[SECRET_BYTES]);
/* What stands in the place of the salt of a row without names: nobody else can take names out of a row, or put others into it. */
void audit_forgotten_mark(const struct keys *, const struct audit_row *, unsigned char out[SECRET_BYTES]);
/* NULL: what names people is as it was written, or was taken out by audit_forget. Else what is wrong, in words. */
const char *audit_row_flaw(const struct keys *, const struct audit_row *);

/* The newest row; the last one that is no link (it was before the chain, or retention took it away: what follows hangs on it); the
   newest that is remembered outside the store (account/audit_memory.h). */
enum audit_end { AUDIT_HEAD, AUDIT_ANCHOR, AUDIT_MEMORY };
struct audit_mark {
    bool there, fits;             /* there is one; it is one of ours */
    struct audit_point point;
};
/* STR_NONE: there is none. */
struct audit_mark audit_mark_read(const struct keys *, enum audit_end, Str text);
void audit_mark_print(const struct keys *, enum audit_end, const struct audit_point *, char out[AUDIT_MARK_TEXT]);

struct audit_marks {
    struct audit_mark head, anchor;
    bool due;                     /* neither was ever put: audit_begin */
};
MUST_USE Error audit_marks_read(struct db *, const struct keys *, struct audit_marks *out);
MUST_USE Error audit_mark_put(struct db *, const struct keys *, enum audit_end, const struct audit_point *);
/* "ID:HEX", all of `text`. */
MUST_USE bool audit_point_parse(Str text, struct audit_point *out);

#endif
