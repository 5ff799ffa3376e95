/* Patterns of custom fields, matched in time linear in text × pattern (Thompson's construction), whatever both are: the
   operator writes the pattern and anybody the text. Understood: literals, . (any character but a line's end), classes
   [a-z0-9_-] and [^…], escapes \d \w \s (ASCII) and \ before punctuation, * + ? {m} {m,} {m,n}, groups ( | ). The whole
   value must match; ^ at the beginning and $ at the end are accepted and change nothing. */
#ifndef LATCHKEY_PATTERN_H
#define LATCHKEY_PATTERN_H

#include "base/arena.h"

enum { PATTERN_MAX_BYTES = 200, PATTERN_MAX_REPEAT = 100, PATTERN_MAX_STATES = 2000 };

struct pattern;

/* On false, *problem says why in words for the operator. */
MUST_USE bool pattern_compile(struct arena *, Str text, const struct pattern **out, const char **problem);
bool pattern_matches(struct arena *, const struct pattern *, Str valid_utf8);

#endif
