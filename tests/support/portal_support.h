/* A portal with accounts in it, for tests of operations and of pages. Everything here fails the running test when it cannot be
   had. */
#ifndef LATCHKEY_PORTAL_SUPPORT_H
#define LATCHKEY_PORTAL_SUPPORT_H

#include "account/portal.h"

enum { A_DAY_IN_2026 = 1767603600 };         /* 5 January: the accounts were made then */

/* Options as they are when nothing is configured, keys of its own, hashes as cheap as they come, computed on the spot. `db` holds
   what `json` (as for latchkey apply) says; every password is "correct". Ends with the arena as jansson's memory. */
void portal_make(struct portal *, struct options *, struct arena *lasting, struct db *, const char *json);
/* Keys of a master key of their own. */
const struct keys *portal_keys(struct arena *lasting);
/* What `latchkey apply` does with the file. */
void portal_apply(struct portal *, struct arena *, const char *json);
/* The account of an identifier; there must be exactly one. */
int64_t portal_account(struct portal *, struct arena *, const char *identifier);
/* The account is gone, with no more said about it than the store needs. What people do is account/erase.h. */
void portal_drop(struct portal *, const struct user *);

#endif
