/* What a catalogue is made of; for the files of the catalogue alone. */
#ifndef LATCHKEY_CATALOG_DATA_H
#define LATCHKEY_CATALOG_DATA_H

#include "view/catalog.h"
#include "view/plural.h"

struct message {
    Str key;                      /* the English text, behind "context\004" where it has one */
    Str many;                     /* the English plural; STR_NONE: the message has none */
    Str text;                     /* the translation; with `many`, all forms with a NUL between two */
};

struct catalog {
    Str code, name;
    bool rtl;
    const struct message *messages;   /* ascending by key */
    size_t count;
    const uint16_t *index;        /* of messages, by a hash of the key; NO_MESSAGE: a free place */
    size_t index_mask;
    struct plural plural;
};

enum { MO_MAX_BYTES = 4 << 20, MO_MAX_MESSAGES = 20000, NO_MESSAGE = UINT16_MAX };

/* The messages of a .mo file of either byte order. Every offset is checked, texts are valid UTF-8, keys ascend strictly. */
MUST_USE bool mo_read(struct arena *, Str bytes, struct message **messages, size_t *count);
/* Makes the index: a page looks up a hundred texts. */
void message_index(struct arena *, struct catalog *);
/* NULL: not there. */
const struct message *message_find(const struct catalog *, Str key);
/* The form at `index`; STR_NONE: there are fewer. */
Str message_form(const struct message *, unsigned index);

#endif
