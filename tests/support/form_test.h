/* "name=value|name=value@file": what a parser kept, to compare at a glance. */
#ifndef LATCHKEY_FORM_TEST_H
#define LATCHKEY_FORM_TEST_H

#include "http/request.h"

static inline Str shown(struct arena *arena, const struct form *form)
{
    struct text text = {.arena = arena};
    for (size_t i = 0; i < form->count; i++) {
        text_print(&text, "%s%.*s=%.*s", i > 0 ? "|" : "", STR_ARGS(form->list[i].name), STR_ARGS(form->list[i].value));
        if (form->list[i].file_name.p)
            text_print(&text, "@%.*s", STR_ARGS(form->list[i].file_name));
    }
    return text_str(&text);
}

#endif
