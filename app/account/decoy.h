/* What a password is checked against when the name is nobody's. Hashes that were brought along (bcrypt, PBKDF2 …) may take many times as
   long as our own, so one decoy for all would tell who has an account: each name gets the hash of some account, chosen under a key,
   so that names of nobody take as long, in the same proportions, as those of somebody, and the same name the same each time. */
#ifndef LATCHKEY_DECOY_H
#define LATCHKEY_DECOY_H

#include "account/portal.h"

/* STR_NONE: nobody thereabouts has a password. Two reads of a few rows. Only for hashing_deny. */
MUST_USE Error decoy_find(struct portal *, struct arena *, Str name, Str *hash);

#endif
