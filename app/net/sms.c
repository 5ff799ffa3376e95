#include "net/sms.h"

#include <jansson.h>

#include "base/utf8.h"
#include "net/folder.h"
#include "net/target.h"

enum { NUMBER_MAX = 16, TEXT_MAX = 1000, REPLY_MAX = 64 * 1024 };

static struct delivery not_sent(enum delivery_state state, Str words)
{
    return (struct delivery){.state = state, .words = words};
}

static bool is_number(Str to)
{
    for (size_t i = 1; i < to.n; i++)
        if (to.p[i] < '0' || to.p[i] > '9') return false;
    return to.n > 1 && to.n <= NUMBER_MAX && to.p[0] == '+';
}

static struct delivery into_folder(struct arena *arena, Str folder, const struct sms *sms)
{
    Str content = arena_print(arena, "To: %.*s\n\n%.*s\n", STR_ARGS(sms->to), STR_ARGS(sms->text));
    if (folder_drop(arena, folder, sms->id, ".txt", content))
        return not_sent(DELIVERY_LATER, STR("the folder of sms_url cannot be written"));
    return (struct delivery){.state = DELIVERY_SENT};
}

static struct delivery by_gateway(struct transfers *transfers, struct arena *arena, Str url, const struct sms *sms, int64_t seconds)
{
    struct delivery delivery = {.state = DELIVERY_UNDER_WAY};
    json_t *body = json_pack("{s:s%,s:s%}", "to", sms->to.p, sms->to.n, "text", sms->text.p, sms->text.n);
    const struct http_wish wish = {
        .url = url, .body = str_of(body ? json_dumps(body, JSON_COMPACT) : NULL), .most = REPLY_MAX,
        .total_seconds = seconds < SMS_SECONDS ? seconds : SMS_SECONDS,
    };
    if (!wish.body.p || transfer_http(transfers, arena, &wish, &delivery.transfer))
        return not_sent(DELIVERY_LATER, STR("the transfer could not be started"));
    return delivery;
}

struct delivery sms_begin(struct transfers *transfers, struct arena *arena, Str url, const struct sms *sms, int64_t seconds)
{
    struct target target;
    if (!target_read(url, &target)) return not_sent(DELIVERY_LATER, STR("sms_url is not set"));
    bool fits = is_number(sms->to) && sms->text.n && sms->text.n <= TEXT_MAX && utf8_is_valid(sms->text) &&
                !utf8_has_forbidden(sms->text, true);
    if (!fits) return not_sent(DELIVERY_NEVER, STR("the message cannot be written"));
    if (target.kind == TARGET_FOLDER) return into_folder(arena, target.folder, sms);
    return by_gateway(transfers, arena, url, sms, seconds);
}

static struct delivery answered(struct arena *arena, long status)
{
    if (status >= 200 && status < 300) return (struct delivery){.state = DELIVERY_SENT};
    bool for_good = status == 400 || status == 422;
    return not_sent(for_good ? DELIVERY_NEVER : DELIVERY_LATER, arena_print(arena, "the gateway answered %ld", status));
}

struct delivery sms_end(struct arena *arena, const struct transfer_result *result)
{
    switch (result->end) {
    case TRANSFER_ANSWERED: return answered(arena, result->status);
    case TRANSFER_UNREACHABLE: return not_sent(DELIVERY_LATER, STR("the gateway cannot be reached"));
    case TRANSFER_TIMED_OUT: return not_sent(DELIVERY_LATER, STR("the gateway was too slow"));
    case TRANSFER_NOT_TRUSTED: return not_sent(DELIVERY_LATER, STR("there is no TLS with a certificate to be trusted"));
    default: return not_sent(DELIVERY_LATER, STR("the connection broke off"));
    }
}
