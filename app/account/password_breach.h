/* Whether a password is known from a data breach: in a sorted file of SHA-1 hashes (option breach_file), or to a range service that
   learns nothing but the first five hex digits of the hash (option breach_url, k-anonymity). */
#ifndef LATCHKEY_PASSWORD_BREACH_H
#define LATCHKEY_PASSWORD_BREACH_H

#include "account/portal.h"

/* Fails open: a file that cannot be read, whose lines are not hashes, a service that does not answer in time: each is logged, and
   the password counts as unknown. */
bool password_is_breached(const struct portal *, const struct visit *, Str password);

#endif
