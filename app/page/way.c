#include "page/way.h"

#include "base/encode.h"
#include "page/routes.h"

/* Browsers read "//host", "/\host" and "/<tab>/host" as another site's address, and a header must not be broken by it: so
   only visible ASCII is let through. */
bool way_is_ours(Str path)
{
    if (path.n == 0 || path.n > LIMIT_PATH || path.p[0] != '/') return false;
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        if (c <= ' ' || c > '~' || c == '\\' || c == '"' || c == '<' || c == '>') return false;
        if (c == '/' && i + 1 < path.n && path.p[i + 1] == '/') return false;
    }
    return true;
}

Str way_next(const struct request *request)
{
    const struct form *from = request->method == METHOD_POST ? &request->form : &request->query;
    Str next = form_get(from, "next");
    return way_is_ours(next) ? next : STR_NONE;
}

Str way_here(const struct exchange *exchange)
{
    Str segment[2];
    bool known = false;
    if (exchange->request->refused || !route_find(METHOD_GET, exchange->request->path, segment, &known)) return STR("/");
    return way_is_ours(exchange->request->raw_path) ? exchange->request->raw_path : STR("/");
}

Str way_to_login(const struct exchange *exchange)
{
    Str here = way_here(exchange);
    if (str_is(here, "/")) return STR("/login");
    return arena_join(exchange->arena, STR("/login?next="), percent_encode(exchange->arena, here));
}
