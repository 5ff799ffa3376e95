/* Writes catalogues as msgfmt does, for tests: rows of key and text, in ascending order, ended by a NULL key. */
#ifndef LATCHKEY_TEST_MO_H
#define LATCHKEY_TEST_MO_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct mo_row {
    const char *key;              /* with "context\004" in front, if any */
    const char *text;
    const char *many;             /* plural rows: text holds the forms with '|' between two */
};

#define MO_HEADER(plural) "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: " plural "\n"
#define MO_PLURAL_EN "nplurals=2; plural=(n != 1);"

static inline void mo_number(struct text *out, size_t number, bool big_endian)
{
    unsigned char bytes[4];
    for (int i = 0; i < 4; i++) bytes[big_endian ? 3 - i : i] = (unsigned char)(number >> (8 * i));
    text_add(out, (Str){(const char *)bytes, sizeof bytes});
}

static inline Str mo_key(struct arena *arena, const struct mo_row *row)
{
    if (!row->many) return str_of(row->key);
    return arena_join(arena, arena_join(arena, str_of(row->key), STR("\0")), str_of(row->many));
}

static inline Str mo_text(struct arena *arena, const struct mo_row *row)
{
    Str text = arena_copy(arena, str_of(row->text));
    for (char *c = (char *)(uintptr_t)text.p; row->many && *c; c++)
        if (*c == '|') *c = '\0';
    return text;
}

static inline Str mo_write(struct arena *arena, const struct mo_row *rows, bool big_endian)
{
    size_t count = 0;
    while (rows[count].key) count++;
    struct text out = {.arena = arena}, texts = {.arena = arena}, tables = {.arena = arena};
    size_t head[] = {0x950412de, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count};
    for (size_t i = 0; i < 7; i++) mo_number(&out, head[i], big_endian);
    for (size_t i = 0; i < 2 * count; i++) {
        Str piece = i < count ? mo_key(arena, &rows[i]) : mo_text(arena, &rows[i - count]);
        mo_number(&tables, piece.n, big_endian);
        mo_number(&tables, 28 + 16 * count + texts.n, big_endian);
        text_add(&texts, piece);
        text_add(&texts, STR("\0"));
    }
    text_add(&out, text_str(&tables));
    text_add(&out, text_str(&texts));
    return text_str(&out);
}

/* Files in a folder of the test's own, which is removed at its end. */
static inline const char *folder_make(struct arena *arena)
{
    char *path = arena_cstr(arena, STR("/tmp/latchkey-test-XXXXXX"));
    return mkdtemp(path);
}

static inline void folder_put(struct arena *arena, const char *folder, const char *name, Str bytes)
{
    FILE *file = fopen(arena_print(arena, "%s/%s", folder, name).p, "wb");
    if (!file || fwrite(bytes.p, 1, bytes.n, file) != bytes.n || fclose(file) != 0) abort();
}

#endif
