/* A forgotten password: asking for a link. Everybody gets the same answer, whatever is known of whom (security.md A7). */
#include "account/password_reset.h"
#include "page/brand.h"
#include "page/gate.h"
#include "page/routes.h"

static Error show_form(struct exchange *exchange, int status, Str problem)
{
    struct page *page = exchange_page(exchange, "forgot.tpl", N_("Forgotten your password?"));
    struct part *content = page_content(page);
    part_str(content, "PATH", brand_path(exchange, "/password/forgot"));
    part_str(content, "LOGIN_PATH", brand_path(exchange, "/login"));
    brand_words(exchange, content, "forgot");
    if (exchange->request->method == METHOD_POST)
        part_str(content, "IDENTIFIER", form_get(&exchange->request->form, "identifier"));
    if (problem.n) {
        part_show(page_base(page), "HAS_PROBLEM");
        part_show(content, "IS_WRONG");
        part_str(part_section(content, "PROBLEM"), "TEXT", problem);
    }
    exchange_send(exchange, page, status);
    return OK;
}

static Error show_sent(struct exchange *exchange)
{
    int64_t minutes = (exchange->portal->options->reset_link_seconds + 59) / 60;
    Str words = catalog_plural(exchange->language,
                               "If there is an account for what you entered, a mail is on its way to it. Its link works once, for "
                               "{N} minute. When nothing comes, look among the unwanted mail, then ask again.",
                               "If there is an account for what you entered, a mail is on its way to it. Its link works once, for "
                               "{N} minutes. When nothing comes, look among the unwanted mail, then ask again.", minutes);
    Str number = arena_print(exchange->arena, "%lld", (long long)minutes);
    return exchange_say(exchange, 200, N_("Look into your mailbox"),
                        catalog_fill(exchange->arena, words, "N", number, NULL), N_("Go to the sign-in page"),
                        brand_path(exchange, "/login"));
}

Error forgot_show(struct exchange *exchange)
{
    if (form_has(&exchange->request->query, STR("sent"))) return show_sent(exchange);
    gate_begin(exchange);
    return show_form(exchange, 200, STR_NONE);
}

/* Nothing but one identifier: a second address, a list, another name for it — none of them may direct a mail (security.md B7). */
static bool is_closed(const struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        Str name = form->list[i].name;
        if ((!str_is(name, "csrf") && !str_is(name, "identifier")) || form_repeats(form, name)) return false;
    }
    return true;
}

static Error show_wait(struct exchange *exchange, int64_t seconds)
{
    int64_t minutes = (seconds + 59) / 60;
    Str words = catalog_plural(exchange->language, "Many links were asked for from your network. Try again in {N} minute.",
                               "Many links were asked for from your network. Try again in {N} minutes.", minutes);
    Str number = arena_print(exchange->arena, "%lld", (long long)minutes);
    reply_retry_after(exchange->reply, 429, seconds);
    return show_form(exchange, 429, catalog_fill(exchange->arena, words, "N", number, NULL));
}

Error forgot_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    int64_t retry_after = 0;
    if (!is_closed(form)) return exchange_error(exchange, 422);
    struct reset_wish wish = {.identifier = form_get(form, "identifier"), .organization = exchange->look.organization,
                              .language = catalog_code(exchange->language)};
    Error error = password_reset_ask(exchange->portal, &exchange->visit, &wish, &retry_after);
    if (error == ERR_INVALID) {
        return show_form(exchange, 422, exchange_text(exchange, N_("Enter one e-mail address, like name@example.com, or one "
                                                                   "username.")));
    }
    if (error) return error;
    if (retry_after) return show_wait(exchange, retry_after);
    reply_see_other(exchange->reply, brand_path(exchange, "/password/forgot?sent=1"));
    return OK;
}
