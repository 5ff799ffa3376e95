/* The marks of a template: {{NAME}}, {{#NAME}}, {{/NAME}}, {{>NAME}}, {{! … }}, {{%…}}, {{_("…")}}, {{static "…"}}. */
#ifndef LATCHKEY_MARK_H
#define LATCHKEY_MARK_H

#include "base/arena.h"

enum mark_kind {
    MARK_UNKNOWN, MARK_VALUE, MARK_SECTION, MARK_END, MARK_INCLUDE, MARK_COMMENT, MARK_PRAGMA, MARK_TEXT, MARK_STATIC
};

struct mark {
    enum mark_kind kind;
    Str name;                     /* the text inside the quotes of _("…"), as it is written */
    Str modifiers;                /* "u" of {{NAME:u}}, "p" of {{NAME:p}}; STR_NONE: none */
    size_t length;                /* with its braces; an unknown mark's are at least its two */
};

/* The mark that `text` begins with; `text` begins with "{{". */
struct mark mark_read(Str text);
/* What a text means: \" and \\ without their backslash. False: another escape stands in it. */
MUST_USE bool mark_text(struct arena *, Str written, Str *out);

#endif
