/* `custom_password_hash` of an import file (domain.md §9.1), read into one shape. The schema is closed and everything is bounded,
   so that no imported hash can make a sign-in cost more than a few seconds or 1 GiB. Pure reading: nothing is computed. */
#ifndef LATCHKEY_PASSWORD_CUSTOM_H
#define LATCHKEY_PASSWORD_CUSTOM_H

#include <jansson.h>
#include "base/arena.h"
#include "model/problem.h"

enum password_family { FAMILY_ARGON2, FAMILY_BCRYPT, FAMILY_DIGEST, FAMILY_HMAC, FAMILY_PBKDF2, FAMILY_SCRYPT };

enum password_encoding { ENCODING_UTF8, ENCODING_ASCII, ENCODING_LATIN1, ENCODING_UTF16LE };

struct custom_hash {
    enum password_family family;
    enum password_encoding encoding;   /* of the password's characters, before anything is computed */
    Str value;                         /* argon2, bcrypt: the text; else the bytes that have to come out */
    Str digest;                        /* digest, hmac, pbkdf2: "sha256" … */
    Str salt, key;                     /* bytes; empty when there is none */
    bool salt_suffix;
    int64_t iterations;                /* pbkdf2 */
    int64_t cost, block_size, parallelization;   /* scrypt */
};

/* Problems have places like "users[3].custom_password_hash.hash.value". */
MUST_USE Error custom_hash_read(struct arena *, const json_t *custom, Str place, struct problems *, struct custom_hash *out);
/* "$2a$", "$2b$" or "$2y$", cost 04 to 16, 60 characters. */
bool bcrypt_is_bounded(Str hash);

#endif
