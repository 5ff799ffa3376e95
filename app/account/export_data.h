/* What a person's export says, as JSON: what is theirs and what its owner may see, nothing else. No secret, no hash, nobody else's name or
   address (security.md L6). tests/unit/test_export.c holds the list of all columns of the store: what goes in, what does not, and why. */
#ifndef LATCHKEY_EXPORT_DATA_H
#define LATCHKEY_EXPORT_DATA_H

#include "account/activity.h"

/* Whether the owner sees it. */
bool export_shows(const struct portal *, const struct subject *, const struct field *);
/* The account as `latchkey import` takes it: an array of the one user (domain.md §1.1, §9.1). */
MUST_USE Error export_profile(struct portal *, const struct visit *, const struct user *, json_t **out);
/* Memberships, sessions, consents, requests, what waits for a proof, the invitation it came from, whether it is to be deleted. */
MUST_USE Error export_account(struct portal *, const struct visit *, const struct user *, json_t **out);
/* One line of the activity page. */
json_t *export_event(struct arena *, const struct activity *);
/* The person's own picture; STR_NONE: they have none here. */
MUST_USE Error export_picture(struct portal *, const struct visit *, const struct user *, Str *out);

#endif
