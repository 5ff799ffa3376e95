#include "page/exchange.h"

#include "base/encode.h"
#include "base/log.h"
#include "page/brand.h"
#include "page/desk_frame.h"
#include "page/hold.h"
#include "page/language.h"
#include "page/portrait.h"
#include "page/routes.h"
#include "page/way.h"

struct place {
    const char *path, *label;
};

/* The side list. */
static const struct place places[] = {
    {"/profile", N_("Profile")},
    {"/password", N_("Password")},
    {"/sessions", N_("Sessions")},
    {"/organizations", N_("Organizations")},
    {"/activity", N_("Activity")},
    {"/privacy", N_("Your data")},
};

Str exchange_text(struct exchange *exchange, const char *english)
{
    return catalog_text(exchange->language, english);
}

Str exchange_fill(struct exchange *exchange, const char *english, const char *name, Str value)
{
    return catalog_fill(exchange->arena, exchange_text(exchange, english), name, value, NULL);
}

/* What a person is called at the top of each page: the first of these that their profile has. */
static Str person_name(const struct exchange *exchange)
{
    static const char *const names[] = {"name", "given_name", "nickname", "username", "email", "phone_number"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct field *field = field_find(&exchange->portal->directory.fields, str_of(names[i]));
        json_t *value = field ? field_value(exchange->session.user.profile, field) : NULL;
        if (value) return field_text(exchange->arena, field, value);
    }
    return exchange->session.user.user_id;
}

static void add_languages(struct exchange *exchange, struct part *base)
{
    const struct catalogs *catalogs = view_catalogs(exchange->view);
    Str here = way_here(exchange);
    for (size_t i = 0; i < catalogs->count; i++) {
        const struct catalog *each = catalogs->list[i];
        struct part *part = part_section(base, "LANGUAGE");
        part_str(part, "CODE", catalog_code(each));
        part_str(part, "LANGUAGE_NAME", catalog_name(each));
        part_str(part, "LINK", language_link(exchange, here, catalog_code(each)));
        if (each == exchange->language) part_show(part, "IS_CURRENT");
    }
}

static void add_places(struct exchange *exchange, struct part *base)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct part *part = part_section(base, "PLACE");
        part_str(part, "PATH", str_of(places[i].path));
        part_str(part, "LABEL", exchange_text(exchange, places[i].label));
        if (exchange->route && str_is(str_of(places[i].path), exchange->route->path)) part_show(part, "IS_HERE");
    }
}

/* Once a sign-in, on whatever page comes first, unless that is where it would lead. */
static void add_question(struct exchange *exchange, struct part *base)
{
    Str way = arena_join(exchange->arena, STR("/consent?next="), percent_encode(exchange->arena, way_here(exchange)));
    bool is_there = exchange->route && exchange->route->guard == GUARD_HELD;
    if (exchange->session.asks && !is_there) part_str(part_section(base, "QUESTION"), "PATH", way);
}

static void add_person(struct exchange *exchange, struct part *base)
{
    if (!exchange->signed_in) return;
    struct part *part = part_section(base, "SIGNED_IN");
    part_str(part, "PERSON", person_name(exchange));
    portrait_fill(exchange, part, portrait_name(exchange, exchange->session.user.profile), person_name(exchange));
    if (hold_way(exchange).n) return;
    part_show(base, "HAS_PLACES");
    add_question(exchange, base);
    if (exchange->desk.may) {
        part_str(base, "HOME", desk_path(exchange, ""));
        desk_places(exchange, base);
        return;
    }
    add_places(exchange, base);
    desk_doors(exchange, base);
}

struct page *exchange_page(struct exchange *exchange, const char *template_name, const char *title)
{
    struct page *page = page_open(exchange->view, exchange->arena, exchange->language, template_name);
    struct part *base = page_base(page);
    page_everywhere(page, "CSRF", form_token(exchange->portal, exchange->arena, exchange->token_binding));
    part_str(base, "CODE", catalog_code(exchange->language));
    part_str(base, "DIRECTION", catalog_rtl(exchange->language) ? STR("rtl") : STR("ltr"));
    part_str(base, "TITLE", exchange_text(exchange, title));
    brand_frame(exchange, page);
    add_person(exchange, base);
    add_languages(exchange, base);
    return page;
}

void exchange_notice(struct page *page, Str text)
{
    part_str(part_section(page_base(page), "NOTICE"), "TEXT", text);
}

/* The words for a page that could not be made are not from a template, because templates are what failed. */
void exchange_send(struct exchange *exchange, struct page *page, int status)
{
    struct reply *reply = exchange->reply;
    reply->status = status;
    reply->body = page_render(page);
    reply_header(reply, "Content-Language", catalog_code(exchange->language));
    if (reply->body.p) return;
    reply->status = 500;
    reply->type = STR("text/plain; charset=utf-8");
    reply->body = exchange_text(exchange, N_("Something went wrong on our side. Try again in a moment."));
}

Error exchange_say(struct exchange *exchange, int status, const char *title, Str text, const char *way, Str way_path)
{
    struct page *page = exchange_page(exchange, "error.tpl", title);
    struct part *content = page_content(page);
    part_str(content, "TITLE", exchange_text(exchange, title));
    part_str(content, "TEXT", text);
    if (status >= 500) part_str(part_section(content, "FAULT"), "REQUEST_ID", exchange->request->id);
    if (way) {
        struct part *part = part_section(content, "WAY");
        part_str(part, "PATH", way_path);
        part_str(part, "LABEL", exchange_text(exchange, way));
    }
    exchange_send(exchange, page, status);
    return OK;
}

struct error_words {
    int status;
    const char *title, *text;
};

static const struct error_words error_words[] = {
    {400, N_("This request cannot be read"),
     N_("Its address, its form or its cookies are damaged. Go back, load the page anew and try once more.")},
    {403, N_("You may not do this"), N_("A rule keeps you from it, so nothing was changed.")},
    {404, N_("There is no such page"), N_("Check the address, or start again from the page below.")},
    {405, N_("This address works in another way"), N_("Nothing was changed. Start again from the page below.")},
    {413, N_("That is too much at once"), N_("Nothing was changed. Send less, or a smaller file, and try again. A picture may have 2 MB.")},
    {415, N_("This kind of content is not understood here"), N_("Nothing was changed. Send the form from its page.")},
    {422, N_("Something in the form does not fit"),
     N_("A part of it came twice or was not readable, so nothing was changed. Go back, load the page anew and try once more.")},
    {429, N_("Too many tries"), N_("Wait a moment, then try again.")},
    {500, N_("Something went wrong on our side"),
     N_("Try again in a moment. If it happens again, tell us the number below.")},
    {503, N_("Too busy at the moment"), N_("Nothing is lost. Try again in a few seconds.")},
};

static const struct error_words *words_of(int status)
{
    const struct error_words *internal = NULL;
    for (size_t i = 0; i < sizeof error_words / sizeof *error_words; i++) {
        if (error_words[i].status == status) return &error_words[i];
        if (error_words[i].status == 500) internal = &error_words[i];
    }
    return internal;
}

Error exchange_error(struct exchange *exchange, int status)
{
    const struct error_words *words = words_of(status);
    if (words->status == 405) {
        Str methods = route_methods(exchange->arena, exchange->request->path);
        reply_header(exchange->reply, "Allow", methods.n ? methods : STR("GET, HEAD, POST"));
    }
    if (words->status == 503) reply_retry_after(exchange->reply, 503, 2);
    if (words->status == 429) reply_retry_after(exchange->reply, 429, 60);
    return exchange_say(exchange, words->status, words->title, exchange_text(exchange, words->text),
                        exchange->signed_in ? N_("Go to your profile") : N_("Go to the sign-in page"),
                        exchange->signed_in ? STR("/profile") : brand_path(exchange, "/login"));
}
