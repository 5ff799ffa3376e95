#include "model/problem.h"

#include <stdarg.h>

enum { PROBLEMS_KEPT = 200 };

void problem_add(struct problems *problems, Str place, const char *format, ...)
{
    if (problems->count++ >= PROBLEMS_KEPT)
        return;
    struct problem *problem = ARENA_NEW(problems->arena, struct problem);
    problem->place = arena_copy(problems->arena, place);
    va_list arguments;
    va_start(arguments, format);
    problem->message = arena_vprint(problems->arena, format, arguments);
    va_end(arguments);
    if (problems->last)
        problems->last->next = problem;
    else
        problems->first = problem;
    problems->last = problem;
}

Str place_at(struct arena *arena, Str place, const char *key)
{
    if (!place.n)
        return arena_copy(arena, str_of(key));
    return arena_print(arena, "%.*s.%s", STR_ARGS(place), key);
}

Str place_index(struct arena *arena, Str place, size_t index)
{
    return arena_print(arena, "%.*s[%zu]", STR_ARGS(place), index);
}
