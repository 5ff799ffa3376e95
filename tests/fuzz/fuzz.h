/* What every fuzz target needs: an arena of its own for each input, and a check that ends the process. */
#ifndef LATCHKEY_FUZZ_H
#define LATCHKEY_FUZZ_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In every build, also where NDEBUG would take assert() away. */
#define FUZZ_CHECK(condition)                                                                   \
    do {                                                                                        \
        if (!(condition)) {                                                                     \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);      \
            abort();                                                                            \
        }                                                                                       \
    } while (0)

/* Bounded like a request's arena: a parser that eats more than this for one input has no bound. */
enum { FUZZ_ARENA = 32 * 1024 * 1024 };

static inline int fuzz_in_arena(const uint8_t *data, size_t size, void (*target)(struct arena *, Str input))
{
    struct arena *arena = arena_open(FUZZ_ARENA);
    FUZZ_CHECK(arena != NULL);
    target(arena, (Str){(const char *)data, size});
    arena_close(arena);
    return 0;
}

#endif
