/* Asking the person at the terminal. */
#ifndef LATCHKEY_PROMPT_H
#define LATCHKEY_PROMPT_H

#include "base/arena.h"

bool prompt_is_possible(void);    /* stdin is a terminal */
/* One line of stdin without its end, at most `most` bytes; the question stands on stderr when stdin is a terminal. With
   `hidden`, what is typed is not shown. ERR_INVALID: longer, or with a NUL. ERR_NOT_FOUND: the input ended. */
MUST_USE Error prompt_line(struct arena *, const char *question, bool hidden, size_t most, Str *out);
/* A new password: twice at a terminal, once from elsewhere. ERR_CONFLICT: the two differ. */
MUST_USE Error prompt_password(struct arena *, const char *question, Str *out);

#endif
