/* What a person's password must not be made of: what everybody knows about them, and the names around them. */
#ifndef LATCHKEY_PASSWORD_PERSON_H
#define LATCHKEY_PASSWORD_PERSON_H

#include "account/portal.h"

struct words {
    Str *list;
    size_t count, room;
};

/* Name, username, nickname, the part of the e-mail address before the @. */
struct words words_of_person(struct arena *, const struct user *);
/* The names of the portal, of the account's connection and of its organizations. */
MUST_USE Error words_of_place(struct portal *, struct arena *, const struct user *, struct words *out);

/* Whether the password contains one of the words, whatever their case. A word of three letters counts when it is at least a quarter
   of the password: three letters come up in random passwords by themselves; shorter ones never count. */
bool password_contains(struct arena *, Str password, const struct words *);
/* Whether the password is one of the words with nothing but digits and signs added. */
bool password_is_one_of(struct arena *, Str password, const struct words *);
/* Whatever the case. */
bool password_is_same(struct arena *, Str password, Str other);

#endif
