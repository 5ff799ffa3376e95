#include "base/utf8.h"

#include <string.h>
#include <utf8proc.h>

/* Unicode table 3-7: what the second byte may be depends on the first, and that alone keeps overlong forms, surrogates and
   characters above U+10FFFF out. */
struct lead {
    unsigned char from, to;       /* first byte */
    unsigned char least, most;    /* second byte */
    unsigned char more;           /* bytes behind the first */
    unsigned char mask;           /* bits of the first byte that belong to the character */
};

static const struct lead leads[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 1, 0x1f}, {0xe0, 0xe0, 0xa0, 0xbf, 2, 0x0f}, {0xe1, 0xec, 0x80, 0xbf, 2, 0x0f},
    {0xed, 0xed, 0x80, 0x9f, 2, 0x0f}, {0xee, 0xef, 0x80, 0xbf, 2, 0x0f}, {0xf0, 0xf0, 0x90, 0xbf, 3, 0x07},
    {0xf1, 0xf3, 0x80, 0xbf, 3, 0x07}, {0xf4, 0xf4, 0x80, 0x8f, 3, 0x07},
};

static const struct lead *lead_of(unsigned char first)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (first >= leads[i].from && first <= leads[i].to)
            return &leads[i];
    return NULL;
}

bool utf8_next(Str text, size_t *at, uint32_t *character)
{
    if (*at >= text.n)
        return false;
    const unsigned char *bytes = (const unsigned char *)text.p + *at;
    if (bytes[0] < 0x80) {
        *character = bytes[0];
        *at += 1;
        return true;
    }
    const struct lead *lead = lead_of(bytes[0]);
    if (!lead || text.n - *at <= lead->more || bytes[1] < lead->least || bytes[1] > lead->most)
        return false;
    uint32_t value = bytes[0] & lead->mask;
    for (size_t i = 1; i <= lead->more; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return false;
        value = value << 6 | (bytes[i] & 0x3f);
    }
    *character = value;
    *at += (size_t)lead->more + 1;
    return true;
}

/* Eight bytes at a time: most of what people type is ASCII, and of that hardly anything has to be asked. */
bool utf8_is_ascii(Str text)
{
    uint64_t eight, bits = 0;
    size_t at = 0;
    for (; text.n - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, text.p + at, sizeof eight);
        bits |= eight;
    }
    for (; at < text.n; at++)
        bits |= (unsigned char)text.p[at];
    return !(bits & 0x8080808080808080u);
}

bool utf8_is_valid(Str text)
{
    if (utf8_is_ascii(text))
        return true;
    size_t at = 0;
    uint32_t character;
    while (utf8_next(text, &at, &character))
        continue;
    return at == text.n;
}

size_t utf8_length(Str valid)
{
    size_t length = 0;
    for (size_t i = 0; i < valid.n; i++)
        length += (valid.p[i] & 0xc0) != 0x80;
    return length;
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

/* Overrides and isolates could make a stored text reorder what stands around it. */
static bool is_bidi_control(uint32_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_noncharacter(uint32_t c)
{
    return (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe || c == 0xfeff;
}

bool utf8_has_forbidden(Str valid, bool lines)
{
    size_t at = 0;
    uint32_t c;
    while (at < valid.n) {
        if (valid.p[at] >= ' ' && valid.p[at] < 0x7f) {
            at++;
            continue;
        }
        if (!utf8_next(valid, &at, &c))
            return true;
        if (!(lines && c == '\n') && (is_control(c) || is_bidi_control(c) || is_noncharacter(c)))
            return true;
    }
    return false;
}

enum { FIRST_MARK = 0x300 };

bool utf8_is_mark(uint32_t character)
{
    if (character < FIRST_MARK)
        return false;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)character);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
}

Str utf8_ascii_lower(struct arena *arena, Str text)
{
    char *lower = arena_cstr(arena, text);
    for (size_t i = 0; i < text.n; i++)
        if (lower[i] >= 'A' && lower[i] <= 'Z')
            lower[i] = (char)(lower[i] - 'A' + 'a');
    return (Str){lower, text.n};
}

/* utf8proc's own two steps, with the arena in the place of its malloc. */
static Str utf8_map(struct arena *arena, Str valid, utf8proc_option_t options)
{
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)(valid.p ? valid.p : "");
    utf8proc_ssize_t count = utf8proc_decompose(bytes, (utf8proc_ssize_t)valid.n, NULL, 0, options);
    if (count < 0)
        return STR_NONE;
    utf8proc_int32_t *buffer = ARENA_ARRAY(arena, utf8proc_int32_t, (size_t)count + 1);
    count = utf8proc_decompose(bytes, (utf8proc_ssize_t)valid.n, buffer, count, options);
    utf8proc_ssize_t length = count < 0 ? count : utf8proc_reencode(buffer, count, options);
    return length < 0 ? STR_NONE : (Str){(const char *)buffer, (size_t)length};
}

Str utf8_fold(struct arena *arena, Str valid)
{
    if (utf8_is_ascii(valid))
        return utf8_ascii_lower(arena, valid);
    return utf8_map(arena, valid, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
}

Str utf8_fold_bare(struct arena *arena, Str valid)
{
    if (utf8_is_ascii(valid))
        return utf8_ascii_lower(arena, valid);
    return utf8_map(arena, valid, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE |
                                  UTF8PROC_STRIPMARK);
}

/* Fillers are letters that are made not to be seen, and these are symbols without a shape of their own. */
static bool leaves_ink(uint32_t c)
{
    static const uint32_t blanks[] = {0x2800, 0xfffc, 0x1d159};
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++)
        if (c == blanks[i])
            return false;
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)c);
    return !property->ignorable && property->category >= UTF8PROC_CATEGORY_LU && property->category <= UTF8PROC_CATEGORY_SO &&
           !utf8_is_mark(c);
}

bool utf8_is_visible(Str valid)
{
    size_t at = 0;
    uint32_t c;
    while (utf8_next(valid, &at, &c))
        if (c < 0x80 ? c > ' ' && c < 0x7f : leaves_ink(c))
            return true;
    return false;
}

bool utf8_is_letter(uint32_t character)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)character);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

Str utf8_nfc(struct arena *arena, Str valid)
{
    if (utf8_is_ascii(valid))
        return arena_copy(arena, valid);
    return utf8_map(arena, valid, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}
