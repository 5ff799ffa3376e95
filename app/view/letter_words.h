/* What each letter says, in English, as texts for the catalogue. For view/letter.c. */
#ifndef LATCHKEY_LETTER_WORDS_H
#define LATCHKEY_LETTER_WORDS_H

#include <stdbool.h>

#include "base/str.h"

enum { LETTER_PARAGRAPHS = 4 };

struct wording {
    const char *name, *title;     /* no title: a short message */
    const char *before[LETTER_PARAGRAPHS];
    bool tells_when;              /* and from where, behind the first paragraph */
    const char *button;
    const char *after[LETTER_PARAGRAPHS];
};

/* NULL: there is no such letter. */
const struct wording *letter_wording(Str name);

#endif
