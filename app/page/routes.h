/* The table of pages and how a path finds its row. */
#ifndef LATCHKEY_ROUTES_H
#define LATCHKEY_ROUTES_H

#include "page/exchange.h"

#define ROUTE(name, method, path, guard, csrf, handler) Error handler(struct exchange *);
#define DESK(name, method, path, permission, csrf, handler) Error handler(struct exchange *);
#include "page/routes.def"
#undef ROUTE
#undef DESK

/* Whether a path fits a route's pattern; {…} takes exactly one segment that is not empty, at most two of them. */
bool route_fits(const char *pattern, Str path, Str segment[2]);
/* The row that answers; HEAD is answered by GET's. NULL with *known false: no such path; with *known true: another method. */
const struct route *route_find(enum method, Str path, Str segment[2], bool *known);
/* The methods of a path for an Allow header: "GET, HEAD, POST". Empty: no such path. */
Str route_methods(struct arena *, Str path);

#endif
