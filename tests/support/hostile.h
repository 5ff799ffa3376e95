/* Texts that would be markup, orders to the template engine or formats, if somebody forgot to escape them. */
#ifndef LATCHKEY_TEST_HOSTILE_H
#define LATCHKEY_TEST_HOSTILE_H

#include "base/arena.h"

enum { HOSTILE_TEXTS = 40 };
extern const char *const hostile_texts[HOSTILE_TEXTS];

/* The text as a page must show it. */
Str hostile_escaped(struct arena *, Str);
/* Whether a page holds it as markup: only of texts that would be some. */
bool hostile_is_raw(Str body, const char *text);

#endif
