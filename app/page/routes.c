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
    Str expected = str_of(pattern);
    size_t taken = 0;
    while (expected.p && path.p) {
        Str want = str_cut(&expected, '/'), have = str_cut(&path, '/');
        if (want.n == 0 || want.p[0] != '{') {
            if (!str_eq(want, have)) return false;
            continue;
        }
        if (have.n == 0 || taken == 2) return false;
        segment[taken++] = have;
    }
    return !expected.p && !path.p;
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
