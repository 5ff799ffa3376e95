#include "page/device.h"

#include "account/known_device.h"

static const char cookie_of_device[] = "device";

Str device_told(const struct exchange *exchange)
{
    Str name = cookie_name(exchange->arena, exchange->portal->options->https, cookie_of_device);
    return form_get_str(&exchange->request->cookies, name);
}

void device_keep(struct exchange *exchange, Str cookie)
{
    if (!cookie.n) return;
    reply_cookie(exchange->reply, exchange->portal->options->https, cookie_of_device, cookie, KNOWN_DEVICE_SECONDS);
}

void device_renew(struct exchange *exchange, int64_t account)
{
    device_keep(exchange, known_device_renewed(exchange->portal, &exchange->visit, account));
}
