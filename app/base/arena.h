/* One arena per request (and one for the process): everything is taken from it and given back at once.
   arena_take never returns NULL: when memory or the arena's limit runs out it jumps to `exhausted` if the owner set it
   (the worker then answers 503), else it ends the process with a line on stderr. Memory is zeroed. Wiping poisons under
   ASan and clears what was used, so that secrets do not outlive their request. */
#ifndef LATCHKEY_ARENA_H
#define LATCHKEY_ARENA_H

#include <setjmp.h>
#include <stdarg.h>
#include "base/str.h"

struct arena;

struct arena *arena_open(size_t limit);          /* limit in bytes; 0: none. NULL when memory is out */
void arena_close(struct arena *);                /* NULL is fine */
void arena_wipe(struct arena *);                 /* keeps the first block for the next request */
size_t arena_used(const struct arena *);         /* bytes handed out since the last wipe */
void arena_on_exhausted(struct arena *, jmp_buf *);

void *arena_take(struct arena *, size_t bytes) __attribute__((malloc, returns_nonnull));
#define ARENA_NEW(arena, type) ((type *)arena_take((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_take_array((arena), sizeof(type), (count)))
void *arena_take_array(struct arena *, size_t size, size_t count) __attribute__((returns_nonnull)); /* checks overflow */

Str arena_copy(struct arena *, Str);             /* the copy is NUL-terminated */
char *arena_cstr(struct arena *, Str);           /* NUL-terminated; NULs inside stay inside */
Str arena_print(struct arena *, const char *format, ...) PRINTF_LIKE(2, 3);   /* NUL-terminated */
Str arena_vprint(struct arena *, const char *format, va_list) __attribute__((nonnull(2))) PRINTF_LIKE(2, 0);
Str arena_join(struct arena *, Str a, Str b);

/* A text that grows inside an arena. Start from {.arena = a}. */
struct text {
    struct arena *arena;
    char *p;
    size_t n, room;
};
void text_add(struct text *, Str);
void text_print(struct text *, const char *format, ...) PRINTF_LIKE(2, 3);
Str text_str(struct text *);                     /* NUL-terminated behind its length */

#endif
