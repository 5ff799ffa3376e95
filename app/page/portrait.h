/* Whom a page speaks of, at a glance: their picture when it is one of our own files, else their initials. What lies on other hosts is
   never loaded: it would tell them who looks. */
#ifndef LATCHKEY_PORTRAIT_H
#define LATCHKEY_PORTRAIT_H

#include "page/exchange.h"

/* The name of the profile's picture; STR_NONE: it has none, or it is not ours. */
Str portrait_name(const struct exchange *, const json_t *profile);
/* Fills the section PORTRAIT (its NAME) or INITIALS (LETTERS), whatever of both there is. */
void portrait_fill(const struct exchange *, struct part *, Str picture, Str person);
/* The first letter of a name with the marks that stand on it. Empty: a name of blanks and signs. */
Str portrait_letter(Str name);
/* Of the first and the last word; one letter in scripts that join theirs. */
Str portrait_initials(struct arena *, Str name);

#endif
