/* Shared by the two halves of reading `custom_password_hash`: its JSON (password_custom.c) and the texts that some kinds keep
   everything in (password_text.c). For these files alone. */
#ifndef LATCHKEY_PASSWORD_READER_H
#define LATCHKEY_PASSWORD_READER_H

#include "account/password_custom.h"

enum { DERIVED_MAX = 512 };                  /* bytes that pbkdf2 and scrypt may give */

struct reader {
    struct arena *arena;
    Str place;
    struct problems *problems;
    const struct algorithm *algorithm;
    struct custom_hash *out;
};

/* Adds a problem at place.where (the place itself when `where` is empty). Returns false, so that a check can end with it. */
bool custom_complain(struct reader *, const char *where, const char *format, ...) PRINTF_LIKE(3, 4);

struct digest {
    const char *name;
    size_t bytes;
};
const struct digest *custom_digest(Str name);   /* NULL: not known */

/* Each reads the text of one kind, its encoding and salt apart being read already. */
bool custom_read_argon2(struct reader *, Str value);
bool custom_read_bcrypt(struct reader *, Str value);
bool custom_read_ldap(struct reader *, Str value);
bool custom_read_pbkdf2(struct reader *, Str value);

#endif
