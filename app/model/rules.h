/* A rule set: what a connection or an organization lets each actor do to each field. Source: interface.md "Rules".
     { "email": { "owner": "read", "reason": { "en": "Acme's directory keeps your address" } }, "*": { "owner": "read" } } */
#ifndef LATCHKEY_RULES_H
#define LATCHKEY_RULES_H

#include <jansson.h>
#include "model/field.h"
#include "model/level.h"
#include "model/problem.h"

struct rule {
    Str field;                    /* an exact name, "user_metadata.*" or "*" */
    bool named[ACTORS];
    enum level level[ACTORS];     /* LEVEL_EDIT where not named: not limited */
    const json_t *reason;         /* { "en": … } or NULL */
};

struct rules {
    const struct rule *list;
    size_t count;
};

/* `object` may be NULL (no rules). Every problem is listed with its place: an unknown field, actor or level; an entry that
   gives a weaker actor more than a stronger one (an actor not named counts as not limited). */
MUST_USE Error rules_make(struct arena *, const json_t *object, Str place, struct problems *, struct rules *out);
/* The entry that speaks about the field: exact name, else user_metadata.*, else *. NULL: none. */
const struct rule *rules_find(const struct rules *, Str field);

#endif
