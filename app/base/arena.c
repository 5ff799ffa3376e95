#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
enum { GAP = 16 };                /* poisoned bytes between two pieces, so that running over the end is seen */
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
enum { GAP = 0 };
#endif

enum { ALIGNMENT = 16, FIRST_BLOCK = 256 * 1024, NEXT_BLOCK = 512 * 1024 };

/* Blocks come zeroed and untouched pages cost nothing, so the first can be roomy. */
struct block {
    struct block *older;
    size_t size, used;
    _Alignas(ALIGNMENT) char bytes[];
};

struct arena {
    struct block *first, *current;
    size_t limit, used;
    jmp_buf *exhausted;
};

static struct block *block_open(size_t size, struct block *older)
{
    if (size > SIZE_MAX - sizeof(struct block))
        return NULL;
    struct block *block = calloc(1, sizeof(struct block) + size);
    if (!block)
        return NULL;
    block->older = older;
    block->size = size;
    POISON(block->bytes, size);
    return block;
}

static void block_clear(struct block *block)
{
    UNPOISON(block->bytes, block->size);
    explicit_bzero(block->bytes, block->used);
    block->used = 0;
}

static void block_close(struct block *block)
{
    block_clear(block);
    free(block);
}

/* Never returns: the caller of arena_take relies on memory being there. */
static _Noreturn void arena_exhaust(struct arena *arena)
{
    if (arena->exhausted)
        longjmp(*arena->exhausted, 1);
    log_line(LOG_ERROR, "out of memory after %zu bytes (limit %zu)", arena->used, arena->limit);
    _exit(3);
}

static struct block *arena_grow(struct arena *arena, size_t room)
{
    struct block *block = block_open(room > NEXT_BLOCK ? room : NEXT_BLOCK, arena->current);
    if (!block)
        arena_exhaust(arena);
    arena->current = block;
    return block;
}

struct arena *arena_open(size_t limit)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    arena->limit = limit;
    arena->first = arena->current = block_open(FIRST_BLOCK, NULL);
    if (!arena->first) {
        free(arena);
        return NULL;
    }
    return arena;
}

void arena_wipe(struct arena *arena)
{
    while (arena->current != arena->first) {
        struct block *block = arena->current;
        arena->current = block->older;
        block_close(block);
    }
    block_clear(arena->first);
    POISON(arena->first->bytes, arena->first->size);
    arena->used = 0;
}

void arena_close(struct arena *arena)
{
    if (!arena)
        return;
    arena_wipe(arena);
    block_close(arena->first);
    free(arena);
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}

void arena_on_exhausted(struct arena *arena, jmp_buf *exhausted)
{
    arena->exhausted = exhausted;
}

void *arena_take(struct arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX / 2 || (arena->limit != 0 && bytes > arena->limit - arena->used))
        arena_exhaust(arena);
    size_t room = (bytes + GAP + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct block *block = arena->current;
    if (room > block->size - block->used)
        block = arena_grow(arena, room);
    char *piece = block->bytes + block->used;
    block->used += room;
    arena->used += bytes;
    UNPOISON(piece, bytes);
    return piece;
}

void *arena_take_array(struct arena *arena, size_t size, size_t count)
{
    size_t bytes;
    if (__builtin_mul_overflow(size, count, &bytes))
        arena_exhaust(arena);
    return arena_take(arena, bytes);
}

char *arena_cstr(struct arena *arena, Str text)
{
    if (text.n == SIZE_MAX)
        arena_exhaust(arena);
    char *copy = arena_take(arena, text.n + 1);
    if (text.n > 0)
        memcpy(copy, text.p, text.n);
    return copy;
}

Str arena_copy(struct arena *arena, Str text)
{
    return (Str){arena_cstr(arena, text), text.n};
}

/* Most texts are short: formatted once, beside the arena, and not left lying there. */
Str arena_vprint(struct arena *arena, const char *format, va_list arguments)
{
    char usual[128];
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(usual, sizeof usual, format, again);
    va_end(again);
    if (length < 0)
        return arena_copy(arena, STR(""));
    char *text = arena_take(arena, (size_t)length + 1);
    if ((size_t)length < sizeof usual)
        memcpy(text, usual, (size_t)length);
    else
        vsnprintf(text, (size_t)length + 1, format, arguments);
    explicit_bzero(usual, sizeof usual);
    return (Str){text, (size_t)length};
}

Str arena_print(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    Str text = arena_vprint(arena, format, arguments);
    va_end(arguments);
    return text;
}

Str arena_join(struct arena *arena, Str a, Str b)
{
    struct text both = {.arena = arena};
    text_add(&both, a);
    text_add(&both, b);
    return text_str(&both);
}
