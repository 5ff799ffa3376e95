#include "http/header.h"

#include <string.h>

#include "base/utf8.h"

enum { CLEAN_BYTES = 256 };

bool header_has_control(Str value)
{
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
            return true;
    return false;
}

static bool is_tchar(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

bool header_is_token(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!is_tchar(text.p[i]))
            return false;
    return text.n > 0;
}

Str header_clean(struct arena *arena, Str value)
{
    struct text clean = {.arena = arena};
    size_t at = 0;
    while (at < value.n) {
        size_t from = at;
        uint32_t character;
        if (!utf8_next(value, &at, &character)) {
            at++;
            continue;
        }
        Str piece = {value.p + from, at - from};
        if (clean.n + piece.n > CLEAN_BYTES)
            break;
        if (!utf8_has_forbidden(piece, false))
            text_add(&clean, piece);
    }
    return text_str(&clean);
}

static bool same_name(Str a, const char *lower)
{
    if (a.n != strlen(lower))
        return false;
    for (size_t i = 0; i < a.n; i++) {
        char c = a.p[i] >= 'A' && a.p[i] <= 'Z' ? (char)(a.p[i] - 'A' + 'a') : a.p[i];
        if (c != lower[i])
            return false;
    }
    return true;
}

static bool take_quoted(Str *rest, Str *value)
{
    Str inside = str_after(*rest, 1);
    if (!str_has(inside, '"'))
        return false;
    *value = str_cut(&inside, '"');
    *rest = inside;
    return !header_has_control(*value);
}

static bool take_token(Str *rest, Str *value)
{
    size_t n = 0;
    while (n < rest->n && is_tchar(rest->p[n]))
        n++;
    *value = str_first(*rest, n);
    *rest = str_after(*rest, n);
    return n > 0;
}

/* Takes one `; name=value` off *rest, which is not empty. */
static bool take_param(Str *rest, Str *name, Str *value)
{
    if (rest->p[0] != ';')
        return false;
    *rest = str_trim(str_after(*rest, 1));
    if (!take_token(rest, name) || rest->n == 0 || rest->p[0] != '=')
        return false;
    *rest = str_after(*rest, 1);
    bool quoted = rest->n > 0 && rest->p[0] == '"';
    bool taken = quoted ? take_quoted(rest, value) : take_token(rest, value);
    *rest = str_trim(*rest);
    return taken;
}

bool header_param(Str params, const char *name, Str *out)
{
    *out = STR_NONE;
    Str rest = str_trim(params), found, value;
    while (rest.n > 0) {
        if (!take_param(&rest, &found, &value))
            return false;
        if (!same_name(found, name))
            continue;
        if (out->p)
            return false;
        *out = value;
    }
    return true;
}
