#include "account/importing.h"

enum { FIRST_BITS = 8192, FIRST_NAMES = 65536 };

struct import_touched {
    struct arena *bits_arena, *names_arena;
    unsigned char *bits;
    size_t bytes;
    uint64_t *names;              /* open addressing; 0: free */
    size_t room, count;
};

struct import_touched *import_touched_open(struct arena *lasting)
{
    return ARENA_NEW(lasting, struct import_touched);
}

void import_touched_close(struct import_touched *touched)
{
    if (!touched) return;
    arena_close(touched->bits_arena);
    arena_close(touched->names_arena);
}

/* --- accounts of the store: their numbers are dense, so a bit each is little --- */

bool import_touched_has(const struct import_touched *touched, int64_t account)
{
    size_t at = (size_t)account / 8;
    return account > 0 && at < touched->bytes && (touched->bits[at] >> (account % 8) & 1);
}

static void grow_bits(struct import_touched *touched, size_t needed)
{
    size_t bytes = touched->bytes ? touched->bytes : FIRST_BITS;
    while (bytes <= needed) bytes *= 2;
    struct arena *arena = arena_open(0);
    if (!arena) return;
    unsigned char *bits = ARENA_ARRAY(arena, unsigned char, bytes);
    if (touched->bytes) memcpy(bits, touched->bits, touched->bytes);
    arena_close(touched->bits_arena);
    touched->bits_arena = arena;
    touched->bits = bits;
    touched->bytes = bytes;
}

void import_touched_add(struct import_touched *touched, int64_t account)
{
    size_t at = (size_t)account / 8;
    if (account <= 0) return;
    if (at >= touched->bytes) grow_bits(touched, at);
    if (at < touched->bytes) touched->bits[at] |= (unsigned char)(1u << (account % 8));
}

/* --- names of accounts that a dry run does not make --- */

static size_t place_of(const uint64_t *names, size_t room, uint64_t name)
{
    size_t at = (size_t)name & (room - 1);
    while (names[at] && names[at] != name) at = (at + 1) & (room - 1);
    return at;
}

static void grow_names(struct import_touched *touched)
{
    size_t room = touched->room ? touched->room * 2 : FIRST_NAMES;
    struct arena *arena = arena_open(0);
    if (!arena) return;
    uint64_t *names = ARENA_ARRAY(arena, uint64_t, room);
    for (size_t i = 0; i < touched->room; i++)
        if (touched->names[i]) names[place_of(names, room, touched->names[i])] = touched->names[i];
    arena_close(touched->names_arena);
    touched->names_arena = arena;
    touched->names = names;
    touched->room = room;
}

bool import_name_has(const struct import_touched *touched, uint64_t fingerprint)
{
    uint64_t name = fingerprint | 1;
    return touched->room && touched->names[place_of(touched->names, touched->room, name)] == name;
}

void import_name_add(struct import_touched *touched, uint64_t fingerprint)
{
    uint64_t name = fingerprint | 1;
    if (touched->count >= IMPORT_NAMES_MAX) return;
    if (touched->count * 4 >= touched->room * 3) grow_names(touched);
    if (touched->count * 4 >= touched->room * 3) return;
    size_t at = place_of(touched->names, touched->room, name);
    touched->count += touched->names[at] == 0;
    touched->names[at] = name;
}
