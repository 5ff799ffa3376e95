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
static bool asks_consent(struct exchange *exchange)
{
    bool held = false;
    return consent_hold(exchange->portal, &exchange->visit, &exchange->session, &held) || held;
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
