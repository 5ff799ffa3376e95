#include "page/fresh.h"

#include "base/encode.h"
#include "page/routes.h"
#include "page/way.h"

enum { COOKIE_SECONDS = 600, COOKIE_MAX = 3072, CLOCK_SLACK = 60 };

static const char cookie[] = "typed";

/* A clock that was set back a little makes no sign-in stale; one that lies in the future is none. */
bool fresh_is(const struct exchange *exchange)
{
    int64_t age = exchange->visit.now - exchange->session.authenticated_at;
    return exchange->signed_in && age >= -CLOCK_SLACK && age < exchange->portal->options->fresh_seconds;
}

/* --- what was typed --- */

/* What proves who somebody is never leaves the request that it came with. */
static bool is_kept(const Param *param)
{
    static const char *const secrets[] = {"csrf", "code", "current_password", "password", "password_again"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (str_is(param->name, secrets[i])) return false;
    return !param->file_name.p;
}

/* Sealed for one session and one page: nothing that another cookie says can be put into the form. */
static Str binding(struct exchange *exchange, Str path)
{
    return arena_print(exchange->arena, "typed\n%.*s\n%.*s", STR_ARGS(exchange->session.public_id), STR_ARGS(path));
}

static json_t *kept_fields(const struct form *form)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < form->count; i++) {
        const Param *param = &form->list[i];
        if (!is_kept(param)) continue;
        json_array_append_new(fields, json_pack("[s%s%]", param->name.p, param->name.n, param->value.p ? param->value.p : "",
                                                param->value.n));
    }
    return fields;
}

/* False: it is too much for a cookie. */
static bool keep_typed(struct exchange *exchange, Str path)
{
    json_t *fields = kept_fields(&exchange->request->form), *kept = json_object();
    if (!json_array_size(fields)) return true;
    json_object_set_new(kept, "until", json_integer(exchange->visit.now + COOKIE_SECONDS));
    json_object_set_new(kept, "fields", fields);
    Str plain = str_of(json_dumps(kept, JSON_COMPACT));
    Str sealed = keys_seal(exchange->arena, exchange->portal->keys, plain, binding(exchange, path));
    Str value = base64url_encode(exchange->arena, sealed);
    if (value.n > COOKIE_MAX) return false;
    reply_cookie(exchange->reply, exchange->portal->options->https, cookie, value, COOKIE_SECONDS);
    return true;
}

static json_t *open_cookie(struct exchange *exchange, Str value)
{
    Str sealed, plain;
    if (!base64url_decode(exchange->arena, value, &sealed)) return NULL;
    Str bound = binding(exchange, exchange->request->raw_path);
    if (!keys_open_sealed(exchange->arena, exchange->portal->keys, sealed, bound, &plain)) return NULL;
    json_t *kept = json_loadb(plain.p, plain.n, 0, NULL);
    bool late = json_integer_value(json_object_get(kept, "until")) <= exchange->visit.now;
    return late ? NULL : json_object_get(kept, "fields");
}

static Str text_at(const json_t *pair, size_t index)
{
    const json_t *text = json_array_get(pair, index);
    return (Str){json_string_value(text), json_string_length(text)};
}

void fresh_recall(struct exchange *exchange)
{
    bool https = exchange->portal->options->https;
    Str value = form_get_str(&exchange->request->cookies, cookie_name(exchange->arena, https, cookie));
    if (!value.n) return;
    json_t *fields = open_cookie(exchange, value);
    size_t count = json_array_size(fields);
    if (!count) return;
    reply_cookie(exchange->reply, https, cookie, STR(""), -1);
    Param *list = ARENA_ARRAY(exchange->arena, Param, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(fields, i);
        list[i] = (Param){.name = text_at(pair, 0), .value = text_at(pair, 1)};
    }
    exchange->typed = (struct form){.list = list, .count = count};
}

/* --- the way there --- */

/* The page of a form: the form's own address, or, when nothing is to be seen there, the nearest one above it. */
static Str page_of(const struct exchange *exchange)
{
    Str path = exchange->request->raw_path, segment[2];
    bool known;
    while (path.n > 1) {
        if (way_is_ours(path) && route_find(METHOD_GET, path, segment, &known)) return path;
        while (path.n > 1 && path.p[path.n - 1] != '/') path.n--;
        path.n--;
    }
    return STR("/");
}

Error fresh_ask(struct exchange *exchange)
{
    Str page = page_of(exchange);
    bool kept = exchange->request->method != METHOD_POST || keep_typed(exchange, page);
    reply_see_other(exchange->reply,
                    arena_print(exchange->arena, "/reauthenticate?next=%.*s%s",
                                STR_ARGS(percent_encode(exchange->arena, page)), kept ? "" : "&kept=no"));
    return OK;
}
