/* Catalogues: whatever file is taken can be asked anything afterwards. */
#include "fuzz.h"

#include <string.h>

#include "view/catalog_data.h"

static void ask_message(struct arena *arena, const struct catalog *catalog, const struct message *message)
{
    Str text;
    FUZZ_CHECK(message_find(catalog, message->key) == message);
    FUZZ_CHECK(catalog_find(catalog, message->key, &text) == (message->text.n > 0));
    const char *key = arena_cstr(arena, message->key);
    static const int64_t amounts[] = {0, 1, 2, 3, 11, 100, -1, INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        Str form = catalog_plural(catalog, key, "many", amounts[i]);
        FUZZ_CHECK(form.p && form.n <= message->text.n + strlen(key) + strlen("many"));
        catalog_fill(arena, form, "N", STR("7"), "NAME", STR("{N}"), NULL);
    }
}

static void target(struct arena *arena, Str input)
{
    const struct catalog *catalog = catalog_read(arena, STR("de"), input);
    if (!catalog) return;
    for (size_t i = 0; i < catalog->count && i < 100; i++) ask_message(arena, catalog, &catalog->messages[i]);
    for (uint64_t n = 0; n < 300; n++) FUZZ_CHECK(plural_form(&catalog->plural, n) < catalog->plural.forms);
    FUZZ_CHECK(catalog_date(arena, catalog, 1794190980, true).p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
