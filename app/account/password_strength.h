/* How hard a password is to guess: the one door to zxcvbn. */
#ifndef LATCHKEY_PASSWORD_STRENGTH_H
#define LATCHKEY_PASSWORD_STRENGTH_H

#include "base/arena.h"

enum guess {
    GUESS_COMMON,                 /* one of those that are tried first, or next to it */
    GUESS_EASY,                   /* some hundred million tries find it */
    GUESS_HARD
};

/* `words`: what somebody would try for this person first: names, addresses, the organization's and the portal's name. Only the
   first 100 bytes of the password and of each word count, and the first 30 words: the estimate takes time with the square. */
enum guess password_guess(struct arena *, Str password, const Str *words, size_t count);

#endif
