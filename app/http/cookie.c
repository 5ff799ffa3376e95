#include "http/form.h"
#include "http/header.h"

enum { LIMIT_COOKIE_COUNT = 200 };

/* Values are taken as they are: other programs on the same host and on hosts beside it set cookies too, and not all of them keep to
   the letters of RFC 6265 §4.1.1. */
static bool cookie_pair(struct arena *arena, Str pair, Param *cookie)
{
    if (!str_has(pair, '='))
        return false;
    cookie->name = str_cut(&pair, '=');
    return header_is_token(cookie->name) && !header_has_control(pair) && form_value(arena, pair, &cookie->value);
}

/* A second one of these was planted by somebody (security.md E2). */
static bool is_ours(Str name)
{
    return str_starts(name, STR("__Host-")) || str_is(name, "sid");
}

/* What cannot be read is another program's, and no reason to keep a person out. */
bool cookies_parse(struct arena *arena, Str header, struct form *out)
{
    struct form_builder cookies = {.arena = arena, .most = LIMIT_COOKIE_COUNT};
    if (header.n > LIMIT_COOKIES)
        return false;
    while (header.n > 0) {
        Str pair = str_trim(str_cut(&header, ';'));
        if (pair.n == 0)
            continue;
        Param cookie = {0};
        struct form before = form_built(&cookies);
        if (!cookie_pair(arena, pair, &cookie))
            continue;
        bool again = form_has(&before, cookie.name);
        if (again ? is_ours(cookie.name) : !form_add(&cookies, cookie))
            return false;
    }
    *out = form_built(&cookies);
    return true;
}
