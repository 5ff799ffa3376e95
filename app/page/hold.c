#include "page/hold.h"

#include "account/consent.h"
#include "base/encode.h"
#include "page/way.h"

static Str way_to_consent(struct exchange *exchange)
{
    Str here = exchange->request->method == METHOD_GET ? way_here(exchange) : STR("/profile");
    return arena_join(exchange->arena, STR("/consent?next="), percent_encode(exchange->arena, here));
}

/* When the store cannot say whether the terms were agreed to, they were not. What somebody sends is never lost to a question that they
   may leave open: it waits for the next page. */
static bool asks_consent(struct exchange *exchange)
{
    bool held = false, may_ask = exchange->request->method == METHOD_GET;
    return consent_hold(exchange->portal, &exchange->visit, &exchange->session, may_ask, &held) || held;
}

Str hold_way(struct exchange *exchange)
{
    if (exchange->session.user.deletion_at > 0) return STR("/privacy/deletion");
    return asks_consent(exchange) ? way_to_consent(exchange) : STR_NONE;
}

bool hold_passes(const struct exchange *exchange)
{
    return !exchange->session.user.deletion_at && str_is(str_of(exchange->route->path), "/privacy/delete");
}
