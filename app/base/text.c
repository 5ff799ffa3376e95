#include "base/arena.h"

#include <stdio.h>
#include <string.h>

enum { USUAL_PRINT = 64 };

/* Room for `more` bytes and a NUL behind them. What was too small stays in the arena, at most as much again as the text. */
static void text_reserve(struct text *text, size_t more)
{
    if (text->room > text->n && text->room - text->n > more)
        return;
    size_t room;
    if (__builtin_add_overflow(text->n, more, &room) || __builtin_mul_overflow(room, (size_t)2, &room) ||
        __builtin_add_overflow(room, (size_t)64, &room))
        room = SIZE_MAX;          /* more than there is: the arena says so */
    char *larger = arena_take(text->arena, room);
    if (text->n > 0)
        memcpy(larger, text->p, text->n);
    text->p = larger;
    text->room = room;
}

void text_add(struct text *text, Str more)
{
    if (more.n == 0)
        return;
    text_reserve(text, more.n);
    memcpy(text->p + text->n, more.p, more.n);
    text->n += more.n;
}

/* Mostly there is room enough for what comes, and it is formatted once. */
void text_print(struct text *text, const char *format, ...)
{
    va_list arguments;
    text_reserve(text, USUAL_PRINT);
    size_t room = text->room - text->n;
    va_start(arguments, format);
    int length = vsnprintf(text->p + text->n, room, format, arguments);
    va_end(arguments);
    if (length <= 0)
        return;
    if ((size_t)length >= room) {
        text_reserve(text, (size_t)length);
        va_start(arguments, format);
        vsnprintf(text->p + text->n, (size_t)length + 1, format, arguments);
        va_end(arguments);
    }
    text->n += (size_t)length;
}

Str text_str(struct text *text)
{
    text_reserve(text, 0);
    text->p[text->n] = '\0';
    return (Str){text->p, text->n};
}
