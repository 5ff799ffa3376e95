/* Building lists of names and values; shared by the parsers of forms, multipart bodies and cookies. */
#ifndef LATCHKEY_FORM_H
#define LATCHKEY_FORM_H

#include "http/request.h"

struct form_builder {
    struct arena *arena;
    Param *list;
    size_t count, room, most;
};

MUST_USE bool form_add(struct form_builder *, Param);                /* false: more than `most` */
struct form form_built(const struct form_builder *);
/* A name as a form may have it: 1 to LIMIT_FORM_NAME bytes of clean UTF-8. */
bool form_name_is_fine(Str name);
/* Valid UTF-8 without NUL, each CR LF made LF. */
MUST_USE bool form_value(struct arena *, Str raw, Str *out);

#endif
