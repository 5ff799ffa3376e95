/* Words of a search: bounded, valid, each once, and the same again when they are searched for as they came out. */
#include "fuzz.h"

#include "base/utf8.h"
#include "model/search.h"

static void check_words(struct arena *arena, const Str *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Str again[2];
        FUZZ_CHECK(words[i].n && words[i].n <= SEARCH_WORD_BYTES && utf8_is_valid(words[i]) && !str_has(words[i], '\n'));
        for (size_t j = 0; j < i; j++) FUZZ_CHECK(!str_eq(words[i], words[j]));
        FUZZ_CHECK(search_words(arena, words[i], again, 2) == 1 && str_eq(again[0], words[i]));
    }
}

static void target(struct arena *arena, Str input)
{
    Str words[SEARCH_WORDS_MAX], folded = search_fold(arena, input);
    size_t count = search_words(arena, input, words, SEARCH_WORDS_MAX);
    FUZZ_CHECK(count <= SEARCH_WORDS_MAX && folded.p && folded.n <= 128 && utf8_is_valid(folded) && !str_has(folded, '\n'));
    check_words(arena, words, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
