#include "page/routes.h"

#include <string.h>

const struct route routes[] = {
#define ROUTE(name, method, path, guard, csrf, handler) {name, method, path, guard, csrf, NULL, handler},
#define DESK(name, method, path, permission, csrf, handler) \
    {name, method, "/o/{organization}/desk" path, GUARD_DESK, csrf, permission, handler},
#include "page/routes.def"
#undef ROUTE
#undef DESK
};
const size_t route_count = sizeof routes / sizeof *routes;

bool route_fits(const char *pattern, Str path, Str segment[2])
{
    size_t at = 0, taken = 0;
    while (*pattern) {
        if (*pattern != '{') {
            if (at == path.n || path.p[at++] != *pattern++) return false;
            continue;
        }
        size_t begin = at;
        while (at < path.n && path.p[at] != '/') at++;
        if (at == begin || taken == 2) return false;
        segment[taken++] = (Str){path.p + begin, at - begin};
        pattern = strchr(pattern, '}') + 1;
    }
    return at == path.n;
}

const struct route *route_find(enum method method, Str path, Str segment[2], bool *known)
{
    enum method wanted = method == METHOD_HEAD ? METHOD_GET : method;
    *known = false;
    for (size_t i = 0; i < route_count; i++) {
        if (!route_fits(routes[i].path, path, segment)) continue;
        *known = true;
        if (routes[i].method == wanted) return &routes[i];
    }
    return NULL;
}

static const char *method_words(enum method method)
{
    static const char *const words[METHODS] = {
        [METHOD_GET] = "GET, HEAD", [METHOD_HEAD] = "HEAD", [METHOD_POST] = "POST",
        [METHOD_PUT] = "PUT", [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
    };
    return words[method];
}

Str route_methods(struct arena *arena, Str path)
{
    struct text methods = {.arena = arena};
    Str segment[2];
    for (size_t i = 0; i < route_count; i++) {
        if (!route_fits(routes[i].path, path, segment)) continue;
        text_print(&methods, "%s%s", methods.n ? ", " : "", method_words(routes[i].method));
    }
    return text_str(&methods);
}
