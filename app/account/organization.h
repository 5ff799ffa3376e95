/* Organizations one by one, as the operator keeps them. What `latchkey apply` does with a whole file is account/apply.h. */
#ifndef LATCHKEY_ORGANIZATION_H
#define LATCHKEY_ORGANIZATION_H

#include "account/apply.h"

enum { ORGANIZATION_CONNECTIONS_MAX = 20 };   /* more than one may enable */

/* Connections that the organization enables, by id; at most `room`. They point into the directory. */
MUST_USE Error organization_connections(struct portal *, int64_t organization, const struct connection **out, size_t room, size_t *count);

/* One of them as an entry of a file for apply: its name, or an object where signing in over it makes people members. */
json_t *organization_connection_entry(Str name, bool assigns);

struct organization {
    int64_t id;
    Str name, display_name, support_email;
    int64_t members;
    int64_t invitations, requests, roles;   /* pending; pending; of its own. Only organization_read and organization_delete say them */
    json_t *object;               /* likewise: an entry of a file for apply, which makes the same organization again */
};
/* ERR_NOT_FOUND: there is none of that name. Inside a transaction or outside of one. */
MUST_USE Error organization_read(struct portal *, const struct visit *, Str name, struct organization *out);
/* By name, at most `room` behind the name `after` (empty: from the first). */
MUST_USE Error organization_page(struct portal *, struct arena *, Str after, struct organization *out, size_t room, size_t *count);

/* Makes one, or changes what `entry` says of one, with apply's checks; one transaction with its audit row. `entry` is as in the file for
   apply. ERR_CONFLICT: `is_new`, but there is one. ERR_NOT_FOUND: there is none to change. ERR_INVALID: problems; nothing was changed. */
MUST_USE Error organization_put(struct portal *, const struct visit *, const json_t *entry, bool is_new, struct problems *, Applied *out);
/* Takes an organization away for good: one transaction with its audit row. Its memberships, roles, invitations and requests go with it,
   never an account; its name is not given again. *out: what went. ERR_NOT_FOUND: there is none of that name. */
MUST_USE Error organization_delete(struct portal *, const struct visit *, Str name, Str reason, struct organization *out);
/* Whether an organization of that name was deleted. */
MUST_USE Error organization_is_gone(struct portal *, Str name, bool *out);

#endif
