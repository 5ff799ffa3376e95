/* Accept-Language: a catalogue of ours or none, and the same one when the header comes again in capitals. */
#include "fuzz.h"

#include "view/catalog_data.h"

static const char *const codes[] = {"en", "ar", "de", "pt-BR", "zh-Hant-TW"};
enum { LANGUAGES = sizeof codes / sizeof *codes };

static bool is_ours(const struct catalogs *catalogs, const struct catalog *found)
{
    for (size_t i = 0; i < catalogs->count; i++)
        if (catalogs->list[i] == found) return true;
    return false;
}

static void target(struct arena *arena, Str input)
{
    struct catalog *list[LANGUAGES];
    for (size_t i = 0; i < LANGUAGES; i++) {
        list[i] = ARENA_NEW(arena, struct catalog);
        list[i]->code = str_of(codes[i]);
    }
    struct catalogs catalogs = {.list = list, .count = LANGUAGES};
    const struct catalog *found = catalogs_accept(&catalogs, input);
    FUZZ_CHECK(!found || is_ours(&catalogs, found));
    char *capitals = arena_cstr(arena, input);
    for (size_t i = 0; i < input.n; i++)
        if (capitals[i] >= 'a' && capitals[i] <= 'z') capitals[i] = (char)(capitals[i] - 32);
    FUZZ_CHECK(catalogs_accept(&catalogs, (Str){capitals, input.n}) == found);
    const struct catalog *named = catalogs_get(&catalogs, input);
    FUZZ_CHECK(!named || catalog_code(named).n == input.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
