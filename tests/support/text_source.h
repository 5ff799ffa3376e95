/* A request written as text, for tests: lines "NAME: value" with the FastCGI names, an empty line, the body. */
#ifndef LATCHKEY_TEXT_SOURCE_H
#define LATCHKEY_TEXT_SOURCE_H

#include <string.h>

#include "http/request.h"

enum { TEXT_SOURCE_PARAMS = 40 };

struct text_source {
    Str names[TEXT_SOURCE_PARAMS];
    const char *values[TEXT_SOURCE_PARAMS];
    size_t count;
    Str body;                     /* what has not been read yet */
};

static inline const char *text_source_param(void *self, const char *name)
{
    struct text_source *text = self;
    for (size_t i = 0; i < text->count; i++)
        if (str_is(text->names[i], name))
            return text->values[i];
    return NULL;
}

static inline bool text_source_repeats(void *self, const char *name)
{
    struct text_source *text = self;
    int count = 0;
    for (size_t i = 0; i < text->count; i++)
        count += str_is(text->names[i], name);
    return count > 1;
}

/* Seven bytes at a time, so that a reader that takes one read for the whole body is found out. */
static inline size_t text_source_read(void *self, char *into, size_t room)
{
    struct text_source *text = self;
    Str piece = str_first(text->body, room < 7 ? room : 7);
    if (piece.n > 0)
        memcpy(into, piece.p, piece.n);
    text->body = str_after(text->body, piece.n);
    return piece.n;
}

static inline struct http_source text_source(struct arena *arena, Str request, struct text_source *text)
{
    *text = (struct text_source){.count = 0};
    while (request.n > 0) {
        Str line = str_cut(&request, '\n');
        if (line.n == 0)
            break;
        Str name = str_cut(&line, ':');
        if (text->count == TEXT_SOURCE_PARAMS)
            continue;
        text->names[text->count] = name;
        text->values[text->count++] = arena_cstr(arena, str_after(line, line.n > 0 && line.p[0] == ' ' ? 1 : 0));
    }
    text->body = request;
    return (struct http_source){
        .param = text_source_param, .read = text_source_read, .self = text, .repeats = text_source_repeats};
}

#endif
