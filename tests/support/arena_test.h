/* What tests of parsers share: an arena for each test, comparing texts, and texts in awkward sizes. Include after cmocka.h. */
#ifndef LATCHKEY_ARENA_TEST_H
#define LATCHKEY_ARENA_TEST_H

#include <string.h>

#include "base/arena.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define assert_str(actual, expected) assert_str_at((actual), (expected), __LINE__)
#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, arena_setup, arena_teardown)

static inline void assert_str_at(Str actual, Str expected, int line)
{
    if (!str_eq(actual, expected))
        fail_msg("line %d: got \"%.*s\", expected \"%.*s\"", line, STR_ARGS(actual), STR_ARGS(expected));
}

static inline int arena_setup(void **state)
{
    *state = arena_open(0);
    return *state ? 0 : -1;
}

static inline int arena_teardown(void **state)
{
    arena_close(*state);
    return 0;
}

static inline Str repeated(struct arena *arena, const char *piece, size_t times)
{
    struct text text = {.arena = arena};
    for (size_t i = 0; i < times; i++)
        text_add(&text, str_of(piece));
    return text_str(&text);
}

/* An exact copy on its own, so that reading one byte too far is seen. */
static inline Str alone(struct arena *arena, Str text)
{
    char *copy = arena_take(arena, text.n);
    if (text.n > 0)
        memcpy(copy, text.p, text.n);
    return (Str){copy, text.n};
}

#endif
