#include "http/form.h"
#include "http/header.h"

enum { LIMIT_COOKIE_COUNT = 50 };

/* Values are taken as they are: other programs on the same host set cookies too, and not all of them keep to the letters of
   RFC 6265 §4.1.1. Control characters and broken UTF-8 come from nobody honest. */
static bool cookie_pair(struct arena *arena, Str pair, Param *cookie)
{
    if (!str_has(pair, '='))
        return false;
    cookie->name = str_cut(&pair, '=');
    return header_is_token(cookie->name) && !header_has_control(pair) && form_value(arena, pair, &cookie->value);
}

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
        if (!cookie_pair(arena, pair, &cookie) || form_has(&before, cookie.name) || !form_add(&cookies, cookie))
            return false;
    }
    *out = form_built(&cookies);
    return true;
}
