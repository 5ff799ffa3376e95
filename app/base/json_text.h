/* JSON written into a text: what json_dumps (JSON_COMPACT) writes, byte for byte, at a fraction of its price for the plain texts
   that nearly all values are. */
#ifndef LATCHKEY_JSON_TEXT_H
#define LATCHKEY_JSON_TEXT_H

#include <jansson.h>
#include "base/arena.h"

/* Quoted and escaped; what is not UTF-8 becomes an empty text. */
void text_add_json_string(struct text *, Str);
/* Recursion is as deep as the value: for values that were bounded when they came in. */
void text_add_json(struct text *, const json_t *value);

#endif
