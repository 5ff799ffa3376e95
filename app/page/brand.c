#include "page/brand.h"

#include "page/portrait.h"
#include "page/routes.h"

const struct membership *brand_worn(const struct exchange *exchange)
{
    const struct user *user = &exchange->session.user;
    if (!exchange->signed_in || !user->membership_count) return NULL;
    Str name = cookie_name(exchange->arena, exchange->portal->options->https, "look");
    Str chosen = form_get_str(&exchange->request->cookies, name);
    for (size_t i = 0; chosen.n && i < user->membership_count; i++) {
        const struct member_of *rules = &user->memberships[i].rules;
        if (str_eq(rules->organization.name, chosen)) return rules->suspended ? NULL : &user->memberships[i];
    }
    return NULL;
}

Error brand_enter(struct exchange *exchange)
{
    enum guard guard = exchange->route->guard;
    bool desk = guard == GUARD_DESK;                      /* its look comes with the membership */
    const struct membership *worn = guard != GUARD_OPEN && !desk ? brand_worn(exchange) : NULL;
    if (worn) exchange->look = look_of_membership(exchange->portal, worn);
    if (desk || !str_starts(str_of(exchange->route->path), STR("/o/"))) return OK;
    return look_named(exchange->portal, exchange->arena, exchange->segment[0], &exchange->look);
}

Str brand_path(struct exchange *exchange, const char *path)
{
    return look_path(exchange->arena, &exchange->look, path);
}

static void add_mark(struct exchange *exchange, struct part *base)
{
    Str letter = exchange->look.organization ? portrait_letter(exchange->look.display_name) : STR("");
    if (exchange->look.mark.n) part_str(part_section(base, "OWN_MARK"), "NAME", exchange->look.mark);
    else if (letter.n) part_str(part_section(base, "MONOGRAM"), "LETTER", letter);
    else part_show(base, "HAS_MARK");
}

void brand_frame(struct exchange *exchange, struct page *page)
{
    struct look *look = &exchange->look;
    struct part *base = page_base(page);
    Str version, css = look_css(exchange->arena, look, &version);
    page_everywhere(page, "PORTAL", look->display_name);
    part_str(base, "HOME", look->organization ? brand_path(exchange, "/login") : STR("/"));
    add_mark(exchange, base);
    if (look->support_email.n) part_str(part_section(base, "SUPPORT"), "ADDRESS", look->support_email);
    if (!css.n) return;
    struct part *part = part_section(base, "LOOK");
    part_str(part, "NAME", look->name);
    part_str(part, "SHEET", look->sheet.n ? look->sheet : arena_print(exchange->arena, "look/%.*s.css", STR_ARGS(version)));
}

static bool add_text(struct exchange *exchange, struct part *content, const char *section, const char *place, const char *kind)
{
    Str spoken, text = look_text(exchange->portal, &exchange->look, place, kind, catalog_code(exchange->language), &spoken);
    if (!text.n) return false;
    struct part *part = part_section(content, section);
    part_str(part, "SPOKEN", spoken);
    part_str(part, "TEXT", text);
    return true;
}

void brand_words(struct exchange *exchange, struct part *content, const char *place)
{
    if (!add_text(exchange, content, "HEADING", place, "heading")) part_show(content, "HAS_NO_HEADING");
    add_text(exchange, content, "HELP", place, "help");
}

/* A page that was made a moment ago may name the version before: it gets the colours of now, to be used once. So does an address
   with a query, because its answer may carry a cookie. */
Error look_show(struct exchange *exchange)
{
    Str version, css = look_css(exchange->arena, &exchange->look, &version);
    Str name = exchange->segment[1];
    if (!css.n || name.n != version.n + 4 || !str_ends(name, STR(".css"))) return ERR_NOT_FOUND;
    exchange->reply->type = STR("text/css; charset=utf-8");
    exchange->reply->body = css;
    exchange->reply->lasting = str_starts(name, version) && exchange->request->query.count == 0;
    return OK;
}
