/* Reading a JSON file with a closed schema: what is missing, of the wrong kind or unknown becomes a problem with its place. */
#ifndef LATCHKEY_SHAPE_H
#define LATCHKEY_SHAPE_H

#include <jansson.h>
#include "model/problem.h"

enum { SHAPE_DEPTH = 32 };

/* Parses text of at most `most` bytes. Syntax errors, duplicate keys, NULs and nesting deeper than SHAPE_DEPTH are one problem
   with "line:column" as its place (never with the text around it, which may be a password). Memory: json_memory_use. */
MUST_USE Error shape_parse(struct problems *, Str text, size_t most, json_t **out);

struct shape {                    /* an object of the file */
    struct problems *problems;
    const json_t *object;
    Str place;
};

MUST_USE bool shape_open(struct problems *, const json_t *value, Str place, struct shape *out);
/* Every key that is not in `known` is a problem, with the name that may have been meant. */
void shape_closed(const struct shape *, const Str *known, size_t count);
Str shape_place(const struct shape *, const char *key);
/* "no such WHAT; did you mean …?", with the known name that is nearest to what was written, if one is near. */
void shape_unknown(struct problems *, Str place, const char *what, Str written, const Str *known, size_t count);

/* The value of a key, or nothing (NULL, STR_NONE, -1) when it is absent or when it was a problem.
   Texts are measured in code points and hold no control characters. */
Str shape_text(const struct shape *, const char *key, size_t least, size_t most);
/* A text of at most that many, in which something can be seen. */
Str shape_name(const struct shape *, const char *key, size_t most);
int shape_bool(const struct shape *, const char *key);
const json_t *shape_array(const struct shape *, const char *key);
const json_t *shape_dict(const struct shape *, const char *key);
MUST_USE bool shape_has(const struct shape *, const char *key);  /* adds "is needed" when it is absent */

Str json_str(const json_t *text);                                /* STR_NONE for anything but a text */
/* A key or text of the file as it may stand in a message: at most 60 bytes of it, safe for a terminal. */
Str shape_shown(struct arena *, Str);
/* Control characters, and those that turn the direction of what follows, become \uNNNN: a terminal must not take what people
   typed for orders. */
void text_add_safe(struct text *, Str valid);

#endif
