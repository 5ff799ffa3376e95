#include "page/mailed_link.h"

#include "base/encode.h"

enum { COOKIE_SECONDS = 600 };

static bool is_secret(struct arena *arena, Str text)
{
    Str bytes;
    return base64url_decode(arena, text, &bytes) && bytes.n == SECRET_BYTES;
}

void mailed_link_forget(struct exchange *exchange, const char *cookie)
{
    reply_cookie(exchange->reply, exchange->portal->options->https, cookie, STR(""), -1);
}

/* What could never be a secret is not kept, and neither is the one that came before it: the page says that the link is dead. */
bool mailed_link_arrived(struct exchange *exchange, const char *cookie)
{
    const struct form *query = &exchange->request->query;
    exchange->reply->no_referrer = true;
    if (!form_has(query, STR("token"))) return false;
    Str token = form_get(query, "token");
    if (is_secret(exchange->arena, token)) {
        reply_cookie(exchange->reply, exchange->portal->options->https, cookie, token, COOKIE_SECONDS);
    } else {
        mailed_link_forget(exchange, cookie);
    }
    reply_see_other(exchange->reply, str_of(exchange->route->path));
    return true;
}

Str mailed_link_secret(const struct exchange *exchange, const char *cookie)
{
    Str name = cookie_name(exchange->arena, exchange->portal->options->https, cookie);
    return form_get_str(&exchange->request->cookies, name);
}

void mailed_link_keep(struct exchange *exchange, const char *cookie)
{
    Str secret = mailed_link_secret(exchange, cookie);
    if (secret.n) reply_cookie(exchange->reply, exchange->portal->options->https, cookie, secret, COOKIE_SECONDS);
}
