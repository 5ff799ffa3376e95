#include "account/password_strength.h"

#include <zxcvbn.h>

#include "base/utf8.h"

enum { LENGTH_MAX = 100, WORDS_MAX = 30 };

/* In bits, each the logarithm of how many guesses are made before. */
static const double common_bits = 9, easy_bits = 27;

/* Words are looked for whatever the case of the password; they themselves must be small. */
static const char *as_word(struct arena *arena, Str text)
{
    return arena_cstr(arena, utf8_ascii_lower(arena, str_first(text, LENGTH_MAX)));
}

/* A single entry of the dictionary of common passwords, names and words, also with 3 for e and the like. */
static bool is_one_entry(const ZxcMatch_t *match, size_t length)
{
    bool whole = match && !match->Next && match->Begin == 0 && (size_t)match->Length == length;
    return whole && (match->Type == DICTIONARY_MATCH || match->Type == DICT_LEET_MATCH);
}

enum guess password_guess(struct arena *arena, Str password, const Str *words, size_t count)
{
    const char *list[WORDS_MAX + 1] = {NULL};
    ZxcMatch_t *matches = NULL;
    for (size_t i = 0; i < count && i < WORDS_MAX; i++) list[i] = as_word(arena, words[i]);
    const char *text = arena_cstr(arena, str_first(password, LENGTH_MAX));
    size_t length = password.n < LENGTH_MAX ? password.n : LENGTH_MAX;
    double bits = ZxcvbnMatch(text, list, &matches);
    bool entry = is_one_entry(matches, length);
    ZxcvbnFreeInfo(matches);
    if (entry || bits < common_bits) return GUESS_COMMON;
    return bits < easy_bits ? GUESS_EASY : GUESS_HARD;
}
