#include "view/plain_words.h"

#include <strings.h>

#include "base/utf8.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* A dot as in evil.example, not as in "e.V." or "2.0". */
static bool is_host_dot(Str word, size_t i)
{
    if (word.p[i] != '.' || i == 0 || i + 2 >= word.n) return false;
    char before = word.p[i - 1];
    return (is_letter(before) || (before >= '0' && before <= '9')) && is_letter(word.p[i + 1]) && is_letter(word.p[i + 2]);
}

/* Programs that show mail make links of such words by themselves. */
static bool is_address(Str word)
{
    bool web = word.n >= 4 && strncasecmp(word.p, "www.", 4) == 0, host = false;
    for (size_t i = 0; i < word.n && !web; i++) {
        host = host || is_host_dot(word, i);
        web = str_starts(str_after(word, i), STR("://")) || (host && memchr("/:?#", word.p[i], 4));
    }
    return web || str_has(word, '@');
}

Str plain_apart(struct arena *arena, Str text)
{
    struct text out = {.arena = arena};
    for (size_t i = 0; i < text.n; i++) {
        text_add(&out, (Str){text.p + i, 1});
        if (is_host_dot(text, i)) text_add(&out, STR(" "));
    }
    return text_str(&out);
}

static Str cut_to(struct arena *arena, Str word, size_t most)
{
    size_t at = 0;
    uint32_t character;
    for (size_t length = 0; length + 1 < most && utf8_next(word, &at, &character);) length++;
    return arena_print(arena, "%.*s\xe2\x80\xa6", STR_ARGS(str_first(word, at)));
}

Str plain_words(struct arena *arena, Str name, size_t most)
{
    struct text kept = {.arena = arena};
    size_t length = 0;
    while (name.p && utf8_is_valid(name)) {
        Str word = str_cut(&name, ' ');
        if (!utf8_is_visible(word) || is_address(word) || utf8_has_forbidden(word, false)) continue;
        if (!kept.n && utf8_length(word) > most) word = cut_to(arena, word, most);
        length += utf8_length(word) + (kept.n ? 1 : 0);
        if (length > most) break;
        if (kept.n) text_add(&kept, STR(" "));
        text_add(&kept, word);
    }
    return text_str(&kept);
}
