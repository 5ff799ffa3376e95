#include "page/portrait.h"

#include "account/picture.h"
#include "base/utf8.h"

enum { MARKS_MAX = 3, JOINING_FROM = 0x0590 };

Str portrait_name(const struct exchange *exchange, const json_t *profile)
{
    return picture_name(exchange->portal->options, str_of(json_string_value(json_object_get(profile, "picture"))));
}

static bool is_sign(uint32_t character)
{
    return character < 128 && !(character >= '0' && character <= '9') && !((character | 32) >= 'a' && (character | 32) <= 'z');
}

Str portrait_letter(Str name)
{
    uint32_t character = 0;
    size_t from = 0, at = 0;
    while (utf8_next(name, &at, &character) && is_sign(character)) from = at;
    size_t end = at, marks = 0;
    while (marks++ < MARKS_MAX && utf8_next(name, &at, &character) && utf8_is_mark(character)) end = at;
    return str_first(str_after(name, from), end - from);
}

static bool joins(Str letter)
{
    uint32_t character = 0;
    size_t at = 0;
    return utf8_next(letter, &at, &character) && character >= JOINING_FROM;
}

Str portrait_initials(struct arena *arena, Str name)
{
    Str first = portrait_letter(name), last = STR("");
    (void)str_cut(&name, ' ');
    while (name.n) {
        Str letter = portrait_letter(str_cut(&name, ' '));
        if (letter.n) last = letter;
    }
    return joins(first) || joins(last) ? first : arena_join(arena, first, last);
}

void portrait_fill(const struct exchange *exchange, struct part *part, Str picture, Str person)
{
    if (picture.n) {
        part_str(part_section(part, "PORTRAIT"), "NAME", picture);
        return;
    }
    part_str(part_section(part, "INITIALS"), "LETTERS", portrait_initials(exchange->arena, person));
}
