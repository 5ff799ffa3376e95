/* What is remembered of the audit outside the store: a file beside the key file (its name with ".audit" behind it) that holds one place
   in the chain under a MAC. Who can write the store, but neither has the key nor reaches that file, cannot put an older store, a shorter
   chain or none in the place of one that went further. For account/audit*.c alone. */
#ifndef LATCHKEY_AUDIT_MEMORY_H
#define LATCHKEY_AUDIT_MEMORY_H

#include "account/audit_row.h"
#include "account/portal.h"

/* out->there false: there is no such file. ERR_FAULT (logged): it cannot be read. */
MUST_USE Error audit_memory_read(const struct portal *, struct arena *, struct audit_mark *out);
/* Whole and on disk, or as it was before. */
MUST_USE Error audit_memory_put(const struct portal *, struct arena *, const struct audit_point *);

#endif
