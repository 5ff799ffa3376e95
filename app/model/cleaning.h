/* One value being cleaned, between field_clean and the cleaners of the types. A cleaner gives the value to keep or says what
   is wrong; `text` is valid UTF-8, trimmed, not empty, and only there when the raw value is a text. */
#ifndef LATCHKEY_CLEANING_H
#define LATCHKEY_CLEANING_H

#include "base/text_marker.h"
#include "model/field.h"

struct cleaning {
    struct arena *arena;
    const struct field *field;
    const json_t *raw;
    Str text;
    FieldProblem *problem;
};

typedef bool cleaner(struct cleaning *, json_t **out);

static inline bool cleaning_refuse(struct cleaning *cleaning, const char *message, int64_t limit)
{
    *cleaning->problem = (FieldProblem){.message = message, .limit = limit};
    return false;
}

static inline bool cleaning_keep(Str text, json_t **out)
{
    *out = json_stringn(text.p, text.n);
    return true;
}

cleaner clean_text, clean_multiline, clean_url, clean_picture, clean_language, clean_timezone;   /* clean_text.c, clean_url.c … */
cleaner clean_email, clean_phone, clean_username;                                               /* identifier.c */
cleaner clean_object;                                                                           /* clean_object.c */

#endif
