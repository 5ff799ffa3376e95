/* Making one's own account. Who gets one and who has one already see the very same page (security.md A6). */
#include "page/gate.h"
#include "page/password_form.h"
#include "page/routes.h"
#include "page/signup_form.h"

/* Named by the form or by the address; without a name it is the one that is open, if there is exactly one. NULL: none. */
static const struct connection *wanted(const struct exchange *exchange)
{
    const struct directory *directory = &exchange->portal->directory;
    Str name = form_get(&exchange->request->form, "connection");
    if (!name.n) name = form_get(&exchange->request->query, "connection");
    const struct connection *found = NULL;
    if (name.n) {
        found = directory_connection_named(directory, name);
        return signup_is_open(found) ? found : NULL;
    }
    for (size_t i = 0; i < directory->connection_count; i++) {
        if (!signup_is_open(&directory->connections[i])) continue;
        if (found) return NULL;
        found = &directory->connections[i];
    }
    return found;
}

static Error show_sent(struct exchange *exchange)
{
    Str text = exchange_text(exchange, N_("A mail is on its way to the address that you entered. It tells you how to go on. "
                                          "When nothing comes, look among the unwanted mail, then try again."));
    return exchange_say(exchange, 200, N_("Look into your mailbox"), text, N_("Go to the sign-in page"), STR("/login"));
}

static Error go_on(struct exchange *exchange, Str path)
{
    reply_see_other(exchange->reply, path);
    return OK;
}

Error signup_show(struct exchange *exchange)
{
    if (exchange->signed_in) return go_on(exchange, STR("/profile"));
    if (form_has(&exchange->request->query, STR("sent"))) return show_sent(exchange);
    Error error = portal_refresh(exchange->portal);
    if (error) return error;
    const struct connection *connection = wanted(exchange);
    if (!connection) return exchange_error(exchange, 404);
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
    if (exchange->signed_in) return go_on(exchange, STR("/profile"));
    Error error = portal_refresh(exchange->portal);
    if (error) return error;
    const struct connection *connection = wanted(exchange);
    if (!connection) return exchange_error(exchange, 404);
    struct signup_form form = {.exchange = exchange, .connection = connection, .again = password_again_problem(typed)};
    if (!signup_form_is_closed(&form)) return exchange_error(exchange, 422);
    struct change change = signup_form_read(&form);
    struct signup_wish wish = {.connection = connection, .change = &change, .password = form_get(typed, "password"),
                               .language = catalog_code(exchange->language)};
    Signup signup;
    error = form.again ? signup_check(exchange->portal, &exchange->visit, &wish, &signup)
                       : signup_make(exchange->portal, &exchange->visit, &wish, &signup);
    if (error) return error;
    form.signup = &signup;
    if (signup.outcome == SIGNUP_WAIT) return show_wait(&form, signup.retry_after);
    if (form.again || signup.outcome == SIGNUP_REFUSED) return signup_form_show(&form, 422);
    return go_on(exchange, STR("/signup?sent=1"));
}
