/* Changing one's own password: the present one first. Afterwards everybody signs in again, this browser too. */
#include "account/password_change.h"
#include "page/device.h"
#include "page/password_form.h"
#include "page/routes.h"

static Error say_elsewhere(struct exchange *exchange, int status)
{
    const struct connection *connection = directory_connection(&exchange->portal->directory, exchange->session.user.connection);
    Str text = exchange_text(exchange, N_("It cannot be changed here. Ask your organization how to change it."));
    if (connection && connection->source.display_name.n) {
        text = exchange_fill(exchange, N_("{NAME} keeps it, so it is changed there and not here."), "NAME",
                             connection->source.display_name);
    }
    return exchange_say(exchange, status, N_("Your password is kept elsewhere"), text, N_("Go to your profile"), STR("/profile"));
}

/* For programs that keep passwords: whose the new one is. */
static Str known_as(const struct user *user)
{
    static const char *const names[] = {"email", "username", "phone_number"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const json_t *value = json_object_get(user->profile, names[i]);
        if (json_string_length(value)) return str_of(json_string_value(value));
    }
    return user->user_id;
}

static Error show_form(struct exchange *exchange, int status, const struct password_form *form)
{
    struct page *page = exchange_page(exchange, "password.tpl", N_("Change your password"));
    part_str(page_content(page), "IDENTIFIER", known_as(form->user));
    password_form_fill(exchange, page, form);
    exchange_send(exchange, page, status);
    return OK;
}

Error password_show(struct exchange *exchange)
{
    const struct user *user = &exchange->session.user;
    if (!password_is_kept_here(exchange->portal, user)) return say_elsewhere(exchange, 200);
    return show_form(exchange, 200, &(struct password_form){.user = user});
}

static Error show_wait(struct exchange *exchange, struct password_form *form, const SignIn *result)
{
    bool paused = result->outcome == SIGN_IN_PAUSED;
    int status = paused ? 429 : 503;
    reply_retry_after(exchange->reply, status, result->retry_after);
    form->other = paused ? password_pause_words(exchange, result->retry_after)
                         : exchange_text(exchange, N_("Too busy at the moment. Nothing was changed; try again in a few seconds."));
    return show_form(exchange, status, form);
}

/* Whether the new password is one of the earlier ones, the present one among them, is told to nobody who does not know that. */
static Error check(struct exchange *exchange, struct password_form *form, SignIn *result)
{
    const struct form *typed = &exchange->request->form;
    Str current = form_get(typed, "current_password"), password = form_get(typed, "password");
    Error error = OK;
    if (current.n) error = session_check_password(exchange->portal, &exchange->visit, &exchange->session, current, result);
    if (error || result->outcome == SIGN_IN_PAUSED || result->outcome == SIGN_IN_BUSY) return error;
    form->again = password_again_problem(typed);
    if (result->outcome == SIGN_IN_OK)
        return password_policy_check(exchange->portal, &exchange->visit, form->user, password, form->reasons, &form->count);
    form->current = current.n ? N_("This is not your present password.") : N_("Enter your present password.");
    return password_policy_look(exchange->portal, &exchange->visit, form->user, password, form->reasons, &form->count);
}

static Error change(struct exchange *exchange, const struct password_form *form)
{
    Error error = password_change(exchange->portal, &exchange->visit, form->user, form_get(&exchange->request->form, "password"),
                                  NULL, catalog_code(exchange->language));
    if (error == ERR_EXPIRED) {
        reply_see_other(exchange->reply, STR("/login"));
        return OK;
    }
    if (error) return error;
    reply_cookie(exchange->reply, exchange->portal->options->https, "sid", STR(""), -1);
    device_renew(exchange, form->user->id);
    return password_form_done(exchange);
}

Error password_save(struct exchange *exchange)
{
    struct password_form form = {.user = &exchange->session.user};
    SignIn result = {.outcome = SIGN_IN_REFUSED};
    if (form_has_repeats(&exchange->request->form)) return exchange_error(exchange, 422);
    if (!password_is_kept_here(exchange->portal, form.user)) return say_elsewhere(exchange, 403);
    Error error = check(exchange, &form, &result);
    if (error) return error;
    if (result.outcome == SIGN_IN_PAUSED || result.outcome == SIGN_IN_BUSY) return show_wait(exchange, &form, &result);
    if (password_form_has_problems(&form)) return show_form(exchange, 422, &form);
    return change(exchange, &form);
}
