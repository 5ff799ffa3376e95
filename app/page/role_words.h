/* Roles in words that people read. */
#ifndef LATCHKEY_ROLE_WORDS_H
#define LATCHKEY_ROLE_WORDS_H

#include "page/exchange.h"

/* The built-in roles in the page's language; another one by its own name, without the organization's in front. */
Str role_words(struct exchange *, Str name);

#endif
