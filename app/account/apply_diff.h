/* What `latchkey apply` changes, one line a difference:
     + roles.auditor.permissions: ["read:members"]
     ~ organizations.acme.display_name: "Acme" -> "Acme Ltd"
     - users.customers/ada@example.com.nickname: "Ada"
   Passwords and hashes are never shown; nor are values of keys that sound like secrets. */
#ifndef LATCHKEY_APPLY_DIFF_H
#define LATCHKEY_APPLY_DIFF_H

#include <jansson.h>
#include "base/arena.h"

struct diff {
    struct text lines;
    size_t added, changed, removed;
};

/* NULL: not there. Nothing is written when both are equal; true when they differ. */
bool diff_value(struct diff *, Str place, const char *key, const json_t *before, const json_t *after);
bool diff_text(struct diff *, Str place, const char *key, Str before, Str after);    /* empty and STR_NONE: not there */
/* Key by key of two objects. */
bool diff_keys(struct diff *, Str place, const char *key, const json_t *before, const json_t *after);
/* Something whose values are nobody's business. */
void diff_secret(struct diff *, Str place, const char *key, bool had_one);

#endif
