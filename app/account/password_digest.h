/* What OpenSSL computes for imported hashes: digests, HMAC, PBKDF2, scrypt. It has a library context of its own, in which the
   old digests (md4, whirlpool) exist when OpenSSL's legacy provider is installed; nothing else in the program sees them. */
#ifndef LATCHKEY_PASSWORD_DIGEST_H
#define LATCHKEY_PASSWORD_DIGEST_H

#include "account/password_custom.h"

bool digest_is_available(struct arena *, Str name);
/* The bytes that `password` (already in its encoding) gives with the parameters of the hash; ERR_BUSY: memory is out. */
MUST_USE Error digest_compute(struct arena *, const struct custom_hash *, Str password, Str *out);

#endif
