/* {NAME} in a text: a capital letter, then capitals, digits and underscores. */
#ifndef LATCHKEY_PLACEHOLDER_H
#define LATCHKEY_PLACEHOLDER_H

#include "base/str.h"

/* Finds the next one from *from on: its name, where it begins, and moves *from behind it. */
MUST_USE bool placeholder_next(Str text, size_t *from, size_t *begin, Str *name);
/* Every placeholder of `a` is in `b` too. */
bool placeholders_within(Str a, Str b);

#endif
