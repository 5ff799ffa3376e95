/* The page behind the mailed link: a new password for the account that it was sent for. */
#include "account/password_change.h"
#include "account/password_reset.h"
#include "page/brand.h"
#include "page/device.h"
#include "page/gate.h"
#include "page/mailed_link.h"
#include "page/password_form.h"
#include "page/routes.h"

static const char cookie[] = "reset";

struct link {
    struct artefact artefact;
    struct user user;
};

static Error show_dead(struct exchange *exchange)
{
    mailed_link_forget(exchange, cookie);
    return exchange_say(exchange, 410, N_("This link does not work any more"),
                        exchange_text(exchange, N_("It was used already, it is too old, or a newer one was sent. Nothing was changed. "
                                                   "Ask for a new link; it comes by mail.")),
                        N_("Ask for a new link"), brand_path(exchange, "/password/forgot"));
}

/* Which link the form was filled in for: with two links open in one browser, only the newer one is in its cookie. */
static Str link_mark(struct exchange *exchange, const struct link *link)
{
    return form_token(exchange->portal, exchange->arena,
                      arena_print(exchange->arena, "reset %lld", (long long)link->artefact.id));
}

static Error show_form(struct exchange *exchange, int status, const struct link *link, struct password_form *form)
{
    struct page *page = exchange_page(exchange, "reset.tpl", N_("Choose a new password"));
    form->user = &link->user;
    part_str(page_content(page), "ADDRESS", link->artefact.value);
    part_str(page_content(page), "MARK", link_mark(exchange, link));
    brand_words(exchange, page_content(page), "reset");
    password_form_fill(exchange, page, form);
    exchange_send(exchange, page, status);
    return OK;
}

/* Whose look the page wears is the link's to say, and nobody else's. */
static Error find(struct exchange *exchange, struct link *link)
{
    Str secret = mailed_link_secret(exchange, cookie);
    Error error = password_reset_find(exchange->portal, &exchange->visit, secret, &link->artefact, &link->user);
    return error ? error : look_of(exchange->portal, exchange->arena, link->artefact.organization, &exchange->look);
}

Error reset_show(struct exchange *exchange)
{
    struct link link;
    struct password_form form = {.count = 0};
    if (mailed_link_arrived(exchange, cookie)) return OK;
    Error error = find(exchange, &link);
    if (error) return error == ERR_EXPIRED ? show_dead(exchange) : error;
    gate_begin(exchange);
    return show_form(exchange, 200, &link, &form);
}

static Error change(struct exchange *exchange, const struct link *link)
{
    Error error = password_change(exchange->portal, &exchange->visit, &link->user,
                                  form_get(&exchange->request->form, "password"), &link->artefact, catalog_code(exchange->language));
    if (error) return error == ERR_EXPIRED ? show_dead(exchange) : error;
    mailed_link_forget(exchange, cookie);
    device_renew(exchange, link->user.id);
    return password_form_done(exchange);
}

Error reset_save(struct exchange *exchange)
{
    const struct form *typed = &exchange->request->form;
    struct link link;
    struct password_form form = {.again = password_again_problem(typed)};
    exchange->reply->no_referrer = true;
    if (form_has_repeats(typed)) return exchange_error(exchange, 422);
    Error error = find(exchange, &link);
    if (error) return error == ERR_EXPIRED ? show_dead(exchange) : error;
    if (form_has(typed, STR("mark")) && !crypto_equal(form_get(typed, "mark"), link_mark(exchange, &link))) {
        form = (struct password_form){.other = exchange_text(exchange, N_("Another link was opened in this browser meanwhile. Look "
                                                                          "whose password this page changes, then type it again."))};
        return show_form(exchange, 409, &link, &form);
    }
    error = password_policy_check(exchange->portal, &exchange->visit, &link.user, form_get(typed, "password"), form.reasons,
                                  &form.count);
    if (error) return error;
    if (password_form_has_problems(&form)) return show_form(exchange, 422, &link, &form);
    return change(exchange, &link);
}
