/* What happened to an account, as its owner may read it: from the audit table, without the names and addresses of whoever manages
   accounts (security.md L6), and without fields that the owner does not see. */
#ifndef LATCHKEY_ACTIVITY_H
#define LATCHKEY_ACTIVITY_H

#include "account/portal.h"

enum activity_by {
    BY_OWNER,                     /* or whoever was there in their place: the row has the address */
    BY_DESK,                      /* `organization`'s, if it is known */
    BY_OPERATOR,
    BY_SERVICE,                   /* a directory, a script, the program itself */
};

struct activity_field {
    const struct field *field;
    Verdict verdict;              /* the rule that refused, without its own words; its `source` has a name alone */
};

struct activity {
    int64_t id, at;
    enum activity_by by;
    Str action;                   /* "profile.save" */
    bool refused;
    Str reason;                   /* of the owner's act: ours, like "password"; of what a desk or operator did: what they gave */
    Str organization;             /* its display name; empty: none */
    Str peer;                     /* the address it came from; BY_OWNER alone, else empty */
    struct activity_field *fields;
    size_t count;
    bool more_fields;             /* there were others, which do not exist or are not for these eyes */
    Str gives, takes;             /* names of roles, with commas between */
};

/* At most `room` of them, the newest first; `before` 0: from the newest, else those older than the one with that id. *older:
   there are more. All in the visit's arena. */
MUST_USE Error activity_read(struct portal *, const struct visit *, const struct user *, int64_t before, struct activity *out,
                             size_t room, size_t *count, bool *older);

#endif
