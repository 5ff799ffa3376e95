#include "page/language.h"

#include "base/encode.h"
#include "page/way.h"

enum { A_YEAR = 365 * 24 * 3600 };

static const struct catalog *language_of_cookie(const struct exchange *exchange, const struct catalogs *catalogs)
{
    Str name = cookie_name(exchange->arena, exchange->portal->options->https, "lang");
    return catalogs_get(catalogs, form_get_str(&exchange->request->cookies, name));
}

static const struct catalog *language_of_profile(const struct exchange *exchange, const struct catalogs *catalogs)
{
    if (!exchange->signed_in) return NULL;
    const struct field *locale = field_find(&exchange->portal->directory.fields, STR("locale"));
    if (!locale) return NULL;
    json_t *value = field_value(exchange->session.user.profile, locale);
    return value ? catalogs_accept(catalogs, field_text(exchange->arena, locale, value)) : NULL;
}

static const struct catalog *language_preset(const struct exchange *exchange, const struct catalogs *catalogs)
{
    const struct catalog *preset = catalogs_get(catalogs, exchange->portal->options->default_language);
    return preset ? preset : catalogs->list[0];
}

void language_choose(struct exchange *exchange)
{
    const struct catalogs *catalogs = view_catalogs(exchange->view);
    const struct options *options = exchange->portal->options;
    const struct catalog *language = catalogs_get(catalogs, form_get(&exchange->request->query, "lang"));
    if (language) reply_cookie(exchange->reply, options->https, "lang", catalog_code(language), A_YEAR);
    if (!language) language = language_of_cookie(exchange, catalogs);
    if (!language) language = catalogs_accept(catalogs, exchange->request->accept_language);
    if (!language) language = language_of_profile(exchange, catalogs);
    exchange->language = language ? language : language_preset(exchange, catalogs);
}

/* What a page was opened with and needs to be the same page again. No connection has a longer name, and what a stranger sends must not
   come back many times as large. */
enum { KEPT_MOST = LIMIT_PATH };
static void keep(struct exchange *exchange, struct text *link, const char *name, Str value)
{
    if (value.n && value.n <= KEPT_MOST) text_print(link, "&%s=%.*s", name, STR_ARGS(percent_encode(exchange->arena, value)));
}

Str language_link(struct exchange *exchange, Str here, Str code)
{
    const struct request *request = exchange->request;
    const struct form *from = request->method == METHOD_POST ? &request->form : &request->query;
    struct text link = {.arena = exchange->arena};
    text_print(&link, "%.*s?lang=%.*s", STR_ARGS(here), STR_ARGS(code));
    keep(exchange, &link, "next", way_next(request));
    keep(exchange, &link, "connection", form_get(from, "connection"));
    return text_str(&link);
}
