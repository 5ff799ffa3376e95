#include "page/routes.h"

Error home_show(struct exchange *exchange)
{
    reply_see_other(exchange->reply, STR("/profile"));
    return OK;
}

/* Reading the generation is the smallest read that proves the store answers. */
Error health_show(struct exchange *exchange)
{
    if (portal_refresh(exchange->portal)) return ERR_BUSY;
    exchange->reply->type = STR("text/plain; charset=utf-8");
    exchange->reply->body = STR("ok\n");
    return OK;
}
