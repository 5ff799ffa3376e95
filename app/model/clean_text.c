#include <string.h>
#include "base/utf8.h"
#include "model/cleaning.h"
#include "model/zones.h"

enum { MARKS_IN_A_ROW_MAX = 100, LANGUAGE_MAX = 35 };

/* A browser sends CR LF where a person pressed Enter. A lone CR stays and is refused as a control character. */
static Str line_ends(struct arena *arena, Str text)
{
    char *out = arena_take(arena, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '\r' || i + 1 == text.n || text.p[i + 1] != '\n')
            out[n++] = text.p[i];
    return (Str){out, n};
}

/* A tower of accents draws over the lines above and below it. */
static bool has_tower(Str text)
{
    size_t at = 0, row = 0;
    uint32_t character;
    while (utf8_next(text, &at, &character)) {
        row = utf8_is_mark(character) ? row + 1 : 0;
        if (row > MARKS_IN_A_ROW_MAX)
            return true;
    }
    return false;
}

static bool check_length(struct cleaning *cleaning, Str text)
{
    const struct field *field = cleaning->field;
    int64_t length = (int64_t)utf8_length(text);
    if (field->has_max && length > field->max)
        return cleaning_refuse(cleaning, N_("Keep this within {LIMIT} characters."), field->max);
    if (field->has_min && length < field->min)
        return cleaning_refuse(cleaning, N_("Use more characters; {LIMIT} is the least."), field->min);
    return true;
}

static bool clean_characters(struct cleaning *cleaning, bool lines, json_t **out)
{
    if (!lines && memchr(cleaning->text.p, '\n', cleaning->text.n))
        return cleaning_refuse(cleaning, N_("Put this on one line."), 0);
    if (utf8_has_forbidden(cleaning->text, lines))
        return cleaning_refuse(cleaning, N_("Remove the characters that cannot be seen. Typing the text anew helps."), 0);
    Str text = utf8_nfc(cleaning->arena, cleaning->text);
    if (!text.n || has_tower(text))
        return cleaning_refuse(cleaning, N_("Remove some of the accents that stand on one letter."), 0);
    return check_length(cleaning, text) && cleaning_keep(text, out);
}

bool clean_text(struct cleaning *cleaning, json_t **out)
{
    return clean_characters(cleaning, false, out);
}

bool clean_multiline(struct cleaning *cleaning, json_t **out)
{
    cleaning->text = line_ends(cleaning->arena, cleaning->text);
    return clean_characters(cleaning, true, out);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_all(Str part, bool letters, bool numbers)
{
    for (size_t i = 0; i < part.n; i++)
        if (!(letters && is_letter(part.p[i])) && !(numbers && is_digit(part.p[i])))
            return false;
    return true;
}

static bool is_region(Str part)
{
    return (part.n == 2 && is_all(part, true, false)) || (part.n == 3 && is_all(part, false, true));
}

static bool is_variant(Str part)
{
    return is_all(part, true, true) && ((part.n >= 5 && part.n <= 8) || (part.n == 4 && is_digit(part.p[0])));
}

static char raise(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

enum subtag { SUBTAG_LANGUAGE, SUBTAG_SCRIPT, SUBTAG_REGION, SUBTAG_VARIANT, SUBTAG_WRONG };

/* Subtags come in order, so `before` decides what the next one can be (RFC 5646 §2.1, without extensions). */
static enum subtag subtag_of(Str part, enum subtag before)
{
    if (before < SUBTAG_SCRIPT && part.n == 4 && is_all(part, true, false))
        return SUBTAG_SCRIPT;
    if (before < SUBTAG_REGION && is_region(part))
        return SUBTAG_REGION;
    return is_variant(part) ? SUBTAG_VARIANT : SUBTAG_WRONG;
}

/* RFC 5646 §2.1.1: the way it is usually written. */
static void write_subtag(struct text *tag, struct arena *arena, enum subtag kind, Str part)
{
    char *letters = arena_cstr(arena, utf8_ascii_lower(arena, part));
    size_t capitals = kind == SUBTAG_REGION ? part.n : kind == SUBTAG_SCRIPT ? 1 : 0;
    for (size_t i = 0; i < capitals; i++)
        letters[i] = raise(letters[i]);
    if (kind != SUBTAG_LANGUAGE)
        text_add(tag, STR("-"));
    text_add(tag, (Str){letters, part.n});
}

static bool canonical_language(struct arena *arena, Str rest, Str *out)
{
    struct text tag = {.arena = arena};
    enum subtag kind = SUBTAG_LANGUAGE;
    Str part = str_cut(&rest, '-');
    if ((part.n != 2 && part.n != 3) || !is_all(part, true, false))
        return false;
    write_subtag(&tag, arena, SUBTAG_LANGUAGE, part);
    while (rest.p) {
        part = str_cut(&rest, '-');
        kind = subtag_of(part, kind);
        if (kind == SUBTAG_WRONG)
            return false;
        write_subtag(&tag, arena, kind, part);
    }
    *out = text_str(&tag);
    return true;
}

/* OpenID Connect Core §5.1 asks to accept de_AT as well. */
bool clean_language(struct cleaning *cleaning, json_t **out)
{
    char *typed = arena_cstr(cleaning->arena, cleaning->text);
    for (size_t i = 0; i < cleaning->text.n; i++)
        typed[i] = typed[i] == '_' ? '-' : typed[i];
    Str tag;
    if (cleaning->text.n > LANGUAGE_MAX || !canonical_language(cleaning->arena, (Str){typed, cleaning->text.n}, &tag))
        return cleaning_refuse(cleaning, N_("Enter a language code, like en, de-AT or ar."), 0);
    return cleaning_keep(tag, out);
}

bool clean_timezone(struct cleaning *cleaning, json_t **out)
{
    Str zone;
    if (!zone_find(cleaning->text, &zone))
        return cleaning_refuse(cleaning, N_("Choose a time zone from the list, like Europe/Berlin."), 0);
    return cleaning_keep(zone, out);
}
