#include "page/gate.h"

#include "base/encode.h"

static Str own_origin(const struct exchange *exchange)
{
    const struct options *options = exchange->portal->options;
    return arena_join(exchange->arena, options->https ? STR("https://") : STR("http://"), options->host);
}

bool gate_same_site(const struct exchange *exchange)
{
    const struct request *request = exchange->request;
    if (request->fetch_site.p) return str_is(request->fetch_site, "same-origin") || str_is(request->fetch_site, "none");
    if (request->origin.p) return str_eq(request->origin, own_origin(exchange));
    return true;
}

static bool takes_files(const struct route *route)
{
    return str_is(str_of(route->name), "picture") || str_is(str_of(route->name), "desk_mark");
}

bool gate_is_form(const struct exchange *exchange)
{
    const struct request *request = exchange->request;
    Str type = request->content_type;
    if (request->body.n == 0 && type.n == 0) return true;
    /* The bytes of a file are checked by nobody but those who ask for one. */
    for (size_t i = 0; i < request->form.count && !takes_files(exchange->route); i++) {
        if (request->form.list[i].file_name.p) return false;
    }
    return str_is(type, "application/x-www-form-urlencoded") || str_is(type, "multipart/form-data");
}

/* Only a value that we could have made counts: an attacker's short or odd cookie binds nothing. */
static Str pre_session(const struct exchange *exchange)
{
    Str name = cookie_name(exchange->arena, exchange->portal->options->https, "pre");
    Str value = form_get_str(&exchange->request->cookies, name), bytes;
    if (!base64url_decode(exchange->arena, value, &bytes) || bytes.n != SECRET_BYTES) return STR_NONE;
    return value;
}

void gate_bind(struct exchange *exchange)
{
    exchange->token_binding = exchange->signed_in ? hex_encode(exchange->arena, exchange->session.id_hash) : pre_session(exchange);
}

void gate_begin(struct exchange *exchange)
{
    if (exchange->token_binding.n) return;
    exchange->token_binding = base64url_encode(exchange->arena, crypto_random(exchange->arena, SECRET_BYTES));
    reply_cookie(exchange->reply, exchange->portal->options->https, "pre", exchange->token_binding, 0);
}

static bool token_fits(struct exchange *exchange, Str binding)
{
    Str token = form_get(&exchange->request->form, "csrf");
    return binding.n && token.n && form_token_is(exchange->portal, exchange->arena, binding, token);
}

bool gate_token_is(struct exchange *exchange)
{
    if (token_fits(exchange, exchange->token_binding)) return true;
    return exchange->route->guard == GUARD_OPEN && token_fits(exchange, pre_session(exchange));
}
