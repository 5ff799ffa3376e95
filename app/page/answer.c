#include "base/clock.h"
#include "page/brand.h"
#include "page/device.h"
#include "page/exchange.h"
#include "page/fresh.h"
#include "page/gate.h"
#include "page/hold.h"
#include "page/language.h"
#include "page/routes.h"
#include "page/way.h"

static int status_of(Error error)
{
    switch (error) {
    case ERR_INVALID: return 422;
    case ERR_DENIED: return 403;
    case ERR_NOT_FOUND: return 404;
    case ERR_BUSY: return 503;
    default: return 500;
    }
}

static struct exchange exchange_begin(struct portal *portal, const struct view *view, const struct request *request,
                                      struct reply *reply)
{
    return (struct exchange){
        .arena = request->arena, .portal = portal, .view = view, .request = request, .reply = reply,
        .look = look_of_portal(portal),
        .visit = {.arena = request->arena, .now = clock_now(), .request_id = request->id, .peer = request->peer,
                  .user_agent = request->user_agent},
    };
}

static Error find_session(struct exchange *exchange)
{
    exchange->visit.device = device_told(exchange);
    Str name = cookie_name(exchange->arena, exchange->portal->options->https, "sid");
    Str cookie = form_get_str(&exchange->request->cookies, name);
    if (cookie.n == 0) return OK;
    Error error = session_find(exchange->portal, &exchange->visit, cookie, &exchange->session);
    exchange->signed_in = error == OK;
    if (exchange->signed_in) exchange->visit.actor_id = exchange->session.user.user_id;
    return error == ERR_SIGN_IN ? OK : error;
}

static Error send_to_login(struct exchange *exchange)
{
    bool form = exchange->request->method == METHOD_POST;
    reply_see_other(exchange->reply, form ? STR("/login") : way_to_login(exchange));
    return OK;
}

static bool is_held(struct exchange *exchange)
{
    enum guard guard = exchange->route->guard;
    bool open = guard == GUARD_OPEN || guard == GUARD_HELD || hold_passes(exchange);
    Str way = open ? STR_NONE : hold_way(exchange);
    if (way.n) reply_see_other(exchange->reply, way);
    return way.n > 0;
}

static Error refuse_forged(struct exchange *exchange)
{
    return exchange_say(exchange, 403, N_("This form can no longer be used"),
                        exchange_text(exchange, N_("It was open for too long, or another page sent it. Nothing was changed. "
                                                   "Open the page again and repeat what you did.")),
                        N_("Open the page again"), way_here(exchange));
}

/* Who is no member gets the page of an address that does not exist, in nobody's look (security.md J1). */
static Error enter_desk(struct exchange *exchange)
{
    const struct user *user = &exchange->session.user;
    Error error = desk_enter(exchange->portal, exchange->arena, user, exchange->segment[0], &exchange->desk);
    if (error == ERR_NOT_FOUND) return error;
    for (size_t i = 0; !error && i < user->membership_count; i++) {
        if (user->memberships[i].organization != exchange->desk.organization) continue;
        exchange->look = look_of_membership(exchange->portal, &user->memberships[i]);
    }
    exchange->visit.organization = exchange->desk.name;
    const char *permission = exchange->route->permission;
    if (!error && permission && !desk_may(&exchange->desk, permission)) return ERR_DENIED;
    return error;
}

static Error refuse_act(struct exchange *exchange, Error error)
{
    if (error != ERR_DENIED || exchange->route->method == METHOD_GET || !gate_token_is(exchange)) return error;
    Error written = desk_turned_away(exchange->portal, &exchange->visit, &exchange->desk);
    return written ? written : error;
}

static Error dispatch(struct exchange *exchange)
{
    const struct request *request = exchange->request;
    bool known = false;
    if (request->refused) return exchange_error(exchange, request->refused);
    exchange->route = route_find(request->method, request->path, exchange->segment, &known);
    bool figures = exchange->route && exchange->route->handler == metrics_show;
    if (request->local != figures) return exchange_error(exchange, request->local ? 400 : 404);
    if (!exchange->route) return exchange_error(exchange, known ? 405 : 404);
    Error error = brand_enter(exchange);
    if (error) return error;
    bool changes = exchange->route->method != METHOD_GET;
    if (changes && !gate_same_site(exchange)) return refuse_forged(exchange);
    if (exchange->route->csrf && !gate_is_form(exchange)) return exchange_error(exchange, 415);
    if (exchange->route->guard != GUARD_OPEN && !exchange->signed_in) return send_to_login(exchange);
    if (is_held(exchange)) return OK;
    bool desk = exchange->route->guard == GUARD_DESK;
    if (desk && (error = enter_desk(exchange))) return refuse_act(exchange, error);
    if (exchange->route->csrf && !gate_token_is(exchange)) return refuse_forged(exchange);
    if (exchange->route->guard == GUARD_FRESH && !fresh_is(exchange)) return fresh_ask(exchange);
    if (exchange->route->guard == GUARD_FRESH && !changes) fresh_recall(exchange);
    return exchange->route->handler(exchange);
}

/* A request that was refused has no cookies that can be trusted to be whole, so nobody is looked up for it. */
void page_answer(struct portal *portal, const struct view *view, const struct request *request, struct reply *reply)
{
    struct exchange exchange = exchange_begin(portal, view, request, reply);
    Error error = request->refused ? OK : find_session(&exchange);
    gate_bind(&exchange);
    language_choose(&exchange);
    if (!error) error = dispatch(&exchange);
    if (error) (void)exchange_error(&exchange, status_of(error));
}
