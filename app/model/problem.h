/* A list of what is wrong with somebody's input, each with its place ("users[3].email"), so that all is said at once. */
#ifndef LATCHKEY_PROBLEM_H
#define LATCHKEY_PROBLEM_H

#include "base/arena.h"

struct problem {
    Str place, message;
    struct problem *next;
};

struct problems {
    struct arena *arena;
    struct problem *first, *last;
    size_t count;                 /* all; only the first 200 are kept */
};

void problem_add(struct problems *, Str place, const char *format, ...) PRINTF_LIKE(3, 4);
Str place_at(struct arena *, Str place, const char *key);            /* "users[3]" + "email" → "users[3].email" */
Str place_index(struct arena *, Str place, size_t index);            /* "users" + 3 → "users[3]" */

#endif
