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

/* From before there was a chain. */
bool audit_row_is_older(const struct audit_row *);

/* A place in the chain. id 0 and a hash of zeros: its beginning. */
struct audit_point {
    int64_t id;
    unsigned char hash[SECRET_BYTES];
};
void audit_seal(const struct keys *, const struct audit_row *, unsigned char out[SECRET_BYTES]);
void audit_hash(const struct keys *, const struct audit_point *before, const struct audit_row *, unsigned char out[SECRET_BYTES]);
/* What stands in the place of the salt of a row without names: nobody else can take names out of a row, or put others into it. */
void audit_forgotten_mark(const struct keys *, const struct audit_row *, unsigned char out[SECRET_BYTES]);
/* NULL: what names people is as it was written, or was taken out by audit_forget. Else what is wrong, in words. */
const char *audit_row_flaw(const struct keys *, const struct audit_row *);

enum audit_end { AUDIT_HEAD, AUDIT_ANCHOR };
struct audit_mark {
    bool there, fits;             /* there is one; it is one of ours */
    struct audit_point point;
};
struct audit_marks {
    struct audit_mark head, anchor;
};
MUST_USE Error audit_marks_read(struct db *, const struct keys *, struct audit_marks *out);
MUST_USE Error audit_mark_put(struct db *, const struct keys *, enum audit_end, const struct audit_point *);
/* "ID:HEX", all of `text`. */
MUST_USE bool audit_point_parse(Str text, struct audit_point *out);

#endif
