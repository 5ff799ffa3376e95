#include "page/hold.h"

#include "account/consent.h"
#include "base/encode.h"
#include "page/way.h"

static Str way_to_consent(struct exchange *exchange)
{
    Str here = exchange->request->method == METHOD_GET ? way_here(exchange) : STR("/profile");
    return arena_join(exchange->arena, STR("/consent?next="), percent_encode(exchange->arena, here));
}

/* When the store cannot say whether the terms were agreed to, they were not. */
static Str find_way(struct exchange *exchange, bool may_ask)
{
    bool held = false;
    if (exchange->session.user.deletion_at > 0) return STR("/privacy/deletion");
    Error error = consent_hold(exchange->portal, &exchange->visit, &exchange->session, may_ask, &held);
    return error || held ? way_to_consent(exchange) : STR_NONE;
}

Str hold_way(struct exchange *exchange)
{
    return find_way(exchange, false);
}

/* What somebody sends is never lost to a question that they may leave open: it waits for the next page. */
Str hold_first(struct exchange *exchange)
{
    return find_way(exchange, exchange->request->method == METHOD_GET);
}

bool hold_passes(const struct exchange *exchange)
{
    return !exchange->session.user.deletion_at && str_is(str_of(exchange->route->path), "/privacy/delete");
}
