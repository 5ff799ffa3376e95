/* A browser in which somebody has signed in before, told by a cookie of its own. It opens nothing: it is only that its attempts
   are counted apart from those of strangers, so that who fails somebody else's sign-in on purpose does not pause theirs. The
   cookie is sealed and says for which accounts it was given, at which epoch and when; it ends with the epoch, as sessions do (a
   new password, a changed address), or after a year. Nothing of it is kept in the store. */
#ifndef LATCHKEY_KNOWN_DEVICE_H
#define LATCHKEY_KNOWN_DEVICE_H

#include "account/portal.h"

enum { KNOWN_DEVICE_SECONDS = 365 * 86400 };

struct known_device {
    int64_t account;              /* 0: none of the cookie's accounts goes by that name */
    Str counted;                  /* what counts its attempts on that account */
};

/* Reads visit->device. Looks up the cookie's accounts and nothing else: what was typed is only compared with their names, so the
   time it takes tells nobody whether a name is somebody's. */
MUST_USE Error known_device_find(struct portal *, const struct visit *, Str name, struct known_device *out);
/* The cookie from now on: for that account too, beside the last few that signed in there. */
Str known_device_cookie(struct portal *, const struct visit *, int64_t account, int64_t epoch);

/* The same after something moved the account's epoch on, for who has just proven to be its owner. Empty: it cannot be read. */
Str known_device_renewed(struct portal *, const struct visit *, int64_t account);

#endif
