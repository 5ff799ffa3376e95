/* Password hashes of every kind that is imported (domain.md §9.1), kept as one text each:
     $argon2id$… $argon2i$…           PHC, as is (argon2d is refused)
     $2a$ $2b$ $2y$…                  bcrypt, as is (72 bytes count; a longer password never matches a bcrypt hash made here)
     {"algorithm":"pbkdf2","hash":{…},…}   any other custom_password_hash, as the JSON object it came in
   A hash that is not argon2id of the current cost is made new at the next sign-in. */
#ifndef LATCHKEY_PASSWORD_H
#define LATCHKEY_PASSWORD_H

#include <jansson.h>
#include "account/crypto.h"
#include "model/problem.h"

enum { PASSWORD_MAX_BYTES = 1024, PASSWORD_HASH_MAX_BYTES = 4096 };

/* Checks `custom_password_hash` or `password_hash` of an apply or import file and gives the text to keep. */
MUST_USE Error password_hash_import(struct arena *, const json_t *custom, Str place, struct problems *, Str *out);
MUST_USE Error password_hash_import_bcrypt(struct arena *, Str hash, Str place, struct problems *, Str *out);

/* OK, ERR_DENIED (does not match, or the hash is of no known kind), ERR_BUSY (memory). Heavy: runs in a hasher. */
MUST_USE Error password_verify(struct arena *, Str hash, Str password);
/* A hash of the current cost for a password nobody has: verified for unknown accounts, so that they take as long. */
MUST_USE Error password_decoy(struct arena *, HashCost, Str *out);

#endif
