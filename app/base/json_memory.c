#include "base/json_memory.h"

#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>

/* Stands before every piece: whoever gives one back may do so long after another arena has become current. */
struct origin {
    _Alignas(max_align_t) bool from_arena;
};

static struct arena *current;

static void *json_take(size_t bytes)
{
    if (bytes > SIZE_MAX - sizeof(struct origin))
        return NULL;
    size_t whole = bytes + sizeof(struct origin);
    struct origin *origin = current ? arena_take(current, whole) : malloc(whole);
    if (!origin)
        return NULL;
    origin->from_arena = current != NULL;
    return origin + 1;
}

static void json_give_back(void *piece)
{
    struct origin *origin = piece ? (struct origin *)piece - 1 : NULL;
    if (origin && !origin->from_arena)
        free(origin);
}

/* Before main, so that no value is ever made by one allocator and given back to the other. */
__attribute__((constructor)) static void json_memory_install(void)
{
    json_set_alloc_funcs(json_take, json_give_back);
}

struct arena *json_memory_use(struct arena *arena)
{
    struct arena *before = current;
    current = arena;
    return before;
}
