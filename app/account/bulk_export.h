/* `latchkey export`: all accounts, or those of one connection, as they are shown to the operator (user_object.h): never a password, a
   hash or a token (domain.md §9.2). Before the first byte goes out, an audit row says who takes what and how many accounts. By id, page by page, each page of one state of the store: an account is always whole, one that is made
   meanwhile may be missing. Memory does not grow with the store. */
#ifndef LATCHKEY_BULK_EXPORT_H
#define LATCHKEY_BULK_EXPORT_H

#include "account/portal.h"

enum bulk_format { BULK_NDJSON, BULK_JSON, BULK_CSV };
enum { BULK_FIELDS_MAX = 30 };

struct bulk_export {
    enum bulk_format format;
    Str connection;               /* its name; STR_NONE: all */
    Str fields[BULK_FIELDS_MAX];  /* keys of the object, or of one inside it: address.locality; none: all (CSV: the usual ones) */
    size_t field_count;
    bool (*write)(void *context, Str bytes);          /* false: no more can be written */
    void (*progress)(void *context, int64_t rows);
    void *context;
};

/* Why the field cannot be a column, in words; NULL: it can. A table has no objects: name what is in them. */
const char *bulk_field_flaw(struct portal *, enum bulk_format, Str field);
/* ERR_NOT_FOUND: no such connection. ERR_BUSY, ERR_FAULT: the store, or what writes. *rows: how many were written. */
MUST_USE Error bulk_export_run(struct portal *, const struct visit *, const struct bulk_export *, int64_t *rows);

#endif
