/* What people will see before anything is saved: real pages and a real mail in colours and texts that somebody is still choosing.
   Nothing here is stored, and nothing on these pages works. */
#include "page/brand.h"
#include "page/branding_form.h"
#include "page/password_form.h"
#include "page/routes.h"
#include "view/letter.h"

static const char somebody[] = "name@example.com";

/* "#0a5c36" without its sign, twice with a dash between: the name of a style sheet of these colours alone. */
static Str sheet_of(struct exchange *exchange, const struct look *look)
{
    if (!look->palette.has_primary || !look->palette.has_page) return STR("");
    Str primary = colour_hex(exchange->arena, look->palette.primary), page = colour_hex(exchange->arena, look->palette.page);
    return arena_print(exchange->arena, "desk/branding/look/%.*s-%.*s.css", STR_ARGS(str_after(primary, 1)), STR_ARGS(str_after(page, 1)));
}

Error desk_branding_look_show(struct exchange *exchange)
{
    Str name = exchange->segment[1], version;
    struct look look = {.palette = {.has_primary = true, .has_page = true}};
    if (name.n != 17 || name.p[6] != '-' || !str_ends(name, STR(".css"))) return ERR_NOT_FOUND;
    Str primary = arena_print(exchange->arena, "#%.6s", name.p), page = arena_print(exchange->arena, "#%.6s", name.p + 7);
    bool read = colour_read(primary, &look.palette.primary) && colour_read(page, &look.palette.page);
    if (!read || !colour_is_readable_page(look.palette.page)) return ERR_NOT_FOUND;
    exchange->reply->type = STR("text/css; charset=utf-8");
    exchange->reply->body = look_css(exchange->arena, &look, &version);
    return OK;
}

static struct page *login_page(struct exchange *exchange)
{
    static const char *const empty[] = {"NEXT", "CONNECTION", "IDENTIFIER"};
    struct page *page = exchange_page(exchange, "login.tpl", N_("Sign in"));
    struct part *content = page_content(page);
    part_str(content, "PATH", exchange->request->raw_path);
    part_str(content, "FORGOT_PATH", exchange->request->raw_path);
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) part_str(content, empty[i], STR(""));
    brand_words(exchange, content, "login");
    return page;
}

static struct page *reset_page(struct exchange *exchange)
{
    struct password_form form = {.user = &exchange->session.user};
    struct page *page = exchange_page(exchange, "reset.tpl", N_("Choose a new password"));
    part_str(page_content(page), "ADDRESS", str_of(somebody));
    part_str(page_content(page), "MARK", STR(""));
    brand_words(exchange, page_content(page), "reset");
    password_form_fill(exchange, page, &form);
    return page;
}

static struct page *mail_page(struct exchange *exchange)
{
    const struct look *look = &exchange->look;
    struct page *page = exchange_page(exchange, "desk_branding_mail.tpl", N_("A mail"));
    struct letter_facts facts = {
        .letter = STR("password_reset"), .language = exchange->language, .sender = look->display_name, .sender_name = look->name, .palette = look->palette,
        .support_email = look->support_email, .code = STR(""), .value = STR(""), .peer = STR(""), .at = exchange->visit.now,
        .link = arena_print(exchange->arena, "%.*s/password/reset", STR_ARGS(exchange->portal->options->public_url)),
        .until = exchange->visit.now + exchange->portal->options->reset_link_seconds,
    };
    Str subject = STR("");
    if (letter_show(exchange->arena, &facts, page_content(page), &subject)) return NULL;
    part_str(page_content(page), "SUBJECT", subject);
    part_str(page_content(page), "ADDRESS", str_of(somebody));
    return page;
}

static struct page *page_named(struct exchange *exchange, Str name)
{
    if (str_is(name, "login")) return login_page(exchange);
    if (str_is(name, "reset")) return reset_page(exchange);
    return str_is(name, "mail") ? mail_page(exchange) : NULL;
}

/* Shown as somebody sees it who is not signed in: these are the pages before that. */
Error branding_preview(struct branding_form *form, Str name)
{
    struct exchange *exchange = form->exchange;
    if (!branding_check(exchange->arena, &form->wished)) return ERR_INVALID;
    exchange->look = branding_look(exchange->portal, exchange->arena, &exchange->desk, &form->wished);
    exchange->look.sheet = sheet_of(exchange, &exchange->look);
    exchange->signed_in = false;
    struct page *page = page_named(exchange, name);
    exchange->signed_in = true;
    if (!page) return ERR_NOT_FOUND;
    part_show(page_base(page), "IS_SAMPLE");
    exchange_notice(page, exchange_text(exchange, N_("A preview: nothing of it is saved, and nothing in it works. Close it to go on.")));
    exchange_send(exchange, page, 200);
    return OK;
}

/* Colours alone: texts out of an address would be anybody's words under the organization's name. */
Error desk_branding_preview_show(struct exchange *exchange)
{
    struct branding_form form;
    Error error = branding_form_open(exchange, &form);
    if (error) return error;
    branding_form_take_colours(&form, &exchange->request->query);
    return branding_preview(&form, exchange->segment[1]);
}
