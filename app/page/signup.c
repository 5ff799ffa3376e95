/* Making one's own account, at the portal's door or an organization's. Who gets one and who has one already see the very same page
   (security.md A6). */
#include "base/encode.h"
#include "page/brand.h"
#include "page/gate.h"
#include "page/password_form.h"
#include "page/routes.h"
#include "page/signup_form.h"

static Error show_sent(struct exchange *exchange)
{
    Str text = exchange_text(exchange, N_("A mail is on its way to the address that you entered. It tells you how to go on. "
                                          "When nothing comes, look among the unwanted mail, then try again."));
    return exchange_say(exchange, 200, N_("Look into your mailbox"), text, N_("Go to the sign-in page"),
                        brand_path(exchange, "/login"));
}

static Error go_on(struct exchange *exchange, Str path)
{
    reply_see_other(exchange->reply, path);
    return OK;
}

/* --- where --- */

void signup_link(struct exchange *exchange, const struct signup_choice *choice, const struct connection *connection,
                 struct part *part)
{
    Str path = brand_path(exchange, "/signup"), name = connection->source.name;
    bool only = exchange->look.organization && choice->count == 1;
    if (!only) path = arena_join(exchange->arena, arena_join(exchange->arena, path, STR("?connection=")),
                                 percent_encode(exchange->arena, name));
    if (connection->source.display_name.n) name = connection->source.display_name;
    part_str(part, "PATH", path);
    part_str(part, "LABEL", only ? exchange_text(exchange, N_("Make an account"))
                                 : exchange_fill(exchange, N_("Make an account ({NAME})"), "NAME", name));
}

static Error show_choice(struct exchange *exchange, const struct signup_choice *choice)
{
    struct page *page = exchange_page(exchange, "signup_choice.tpl", N_("Make an account"));
    part_str(page_content(page), "LOGIN_PATH", brand_path(exchange, "/login"));
    for (size_t i = 0; i < choice->count; i++)
        signup_link(exchange, choice, choice->list[i], part_section(page_content(page), "SIGNUP"));
    exchange_send(exchange, page, 200);
    return OK;
}

static Error show_none(struct exchange *exchange)
{
    const struct look *look = &exchange->look;
    const char *words = look->support_email.n
                            ? N_("{NAME} makes the accounts of its people itself. If you have one, sign in. If you need one, ask {ADDRESS}.")
                            : N_("{NAME} makes the accounts of its people itself. If you have one, sign in. If you need one, ask there.");
    Str text = catalog_fill(exchange->arena, exchange_text(exchange, words), "NAME", look->display_name, "ADDRESS",
                            look->support_email, NULL);
    return exchange_say(exchange, 404, N_("You cannot make an account here"), text, N_("Go to the sign-in page"),
                        brand_path(exchange, "/login"));
}

/* Named by the form or by the address; without a name the only one there is, or all of them to choose from. Without a connection in
   *out the answer is given already. */
static Error find(struct exchange *exchange, const struct connection **out)
{
    struct signup_choice choice;
    Str name = form_get(&exchange->request->form, "connection");
    if (!name.n) name = form_get(&exchange->request->query, "connection");
    Error error = portal_refresh(exchange->portal);
    if (!error) error = signup_choice_read(exchange->portal, exchange->arena, exchange->look.organization, &choice);
    if (error) return error;
    *out = signup_choice_of(&choice, name);
    if (*out) return OK;
    if (!choice.count) return show_none(exchange);
    bool choosing = !name.n && exchange->request->method != METHOD_POST;
    return choosing ? show_choice(exchange, &choice) : exchange_error(exchange, 404);
}

Error signup_show(struct exchange *exchange)
{
    const struct connection *connection = NULL;
    if (exchange->signed_in) return go_on(exchange, STR("/profile"));
    if (form_has(&exchange->request->query, STR("sent"))) return show_sent(exchange);
    Error error = find(exchange, &connection);
    if (error || !connection) return error;
    gate_begin(exchange);
    return signup_form_show(&(struct signup_form){.exchange = exchange, .connection = connection}, 200);
}

static Error show_wait(struct signup_form *form, int64_t seconds)
{
    struct exchange *exchange = form->exchange;
    reply_retry_after(exchange->reply, 429, seconds);
    form->other = exchange_text(exchange, N_("Many accounts were made from your network. Try again in a minute."));
    return signup_form_show(form, 429);
}

Error signup_save(struct exchange *exchange)
{
    const struct form *typed = &exchange->request->form;
    const struct connection *connection = NULL;
    if (exchange->signed_in) return go_on(exchange, STR("/profile"));
    Error error = find(exchange, &connection);
    if (error || !connection) return error;
    struct signup_form form = {.exchange = exchange, .connection = connection, .again = password_again_problem(typed)};
    if (!signup_form_is_closed(&form)) return exchange_error(exchange, 422);
    struct change change = signup_form_read(&form);
    struct signup_wish wish = {.connection = connection, .organization = exchange->look.organization, .change = &change,
                               .password = form_get(typed, "password"), .language = catalog_code(exchange->language)};
    Signup signup;
    error = form.again ? signup_check(exchange->portal, &exchange->visit, &wish, &signup)
                       : signup_make(exchange->portal, &exchange->visit, &wish, &signup);
    if (error) return error;
    form.signup = &signup;
    if (signup.outcome == SIGNUP_WAIT) return show_wait(&form, signup.retry_after);
    if (form.again || signup.outcome == SIGNUP_REFUSED) return signup_form_show(&form, 422);
    return go_on(exchange, brand_path(exchange, "/signup?sent=1"));
}
