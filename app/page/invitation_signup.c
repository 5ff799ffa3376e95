/* Making an account through an invitation: the address is the invited one, and nothing is joined yet. */
#include "account/session.h"
#include "page/brand.h"
#include "page/device.h"
#include "page/gate.h"
#include "page/invited.h"
#include "page/mailed_link.h"
#include "page/password_form.h"
#include "page/routes.h"
#include "page/signup_form.h"

static Error go_back(struct exchange *exchange)
{
    reply_see_other(exchange->reply, STR("/invitation"));
    return OK;
}

/* Without a connection in the form the answer is given already. */
static Error begin(struct exchange *exchange, struct signup_form *form, struct invitation *invitation)
{
    exchange->reply->no_referrer = true;
    *form = (struct signup_form){.exchange = exchange, .invitation = invitation};
    Error error = invited_find(exchange, invitation);
    if (error) return error == ERR_EXPIRED ? invited_say_over(exchange, invitation) : error;
    if (exchange->signed_in) return go_back(exchange);
    error = invitation_connection(exchange->portal, invitation->organization, &form->connection);
    if (error || !form->connection) return error ? error : go_back(exchange);
    form->mark = invited_mark(exchange, invitation);
    return OK;
}

Error invitation_signup_show(struct exchange *exchange)
{
    struct invitation invitation;
    struct signup_form form;
    Error error = begin(exchange, &form, &invitation);
    if (error || !form.connection) return error;
    if (invitation.made_account) return go_back(exchange);
    gate_begin(exchange);
    return signup_form_show(&form, 200);
}

/* The password was typed a moment ago, so nobody has to type it again; where that does not work, the sign-in page asks. */
static Error sign_in(struct exchange *exchange, const struct signup_form *form)
{
    SignIn result = {.outcome = SIGN_IN_REFUSED};
    Str name = cookie_name(exchange->arena, exchange->portal->options->https, "sid");
    Error error = session_sign_in(exchange->portal, &exchange->visit, form->invitation->email,
                                  form_get(&exchange->request->form, "password"), form->connection->source.name,
                                  form_get_str(&exchange->request->cookies, name), &result);
    if (error && error != ERR_BUSY) return error;
    if (error || result.outcome != SIGN_IN_OK) {
        reply_see_other(exchange->reply, arena_join(exchange->arena, brand_path(exchange, "/login"), STR("?next=%2Finvitation")));
        return OK;
    }
    reply_cookie(exchange->reply, exchange->portal->options->https, "sid", result.cookie, 0);
    device_keep(exchange, result.device);
    return go_back(exchange);
}

static Error refuse(struct signup_form *form, int status, const char *words)
{
    form->other = exchange_text(form->exchange, words);
    return signup_form_show(form, status);
}

static Error save(struct signup_form *form, Signup *signup)
{
    struct exchange *exchange = form->exchange;
    struct change change = signup_form_read(form);
    struct signup_wish wish = {.connection = form->connection, .change = &change,
                               .password = form_get(&exchange->request->form, "password"),
                               .language = catalog_code(exchange->language)};
    if (form->again) return signup_check(exchange->portal, &exchange->visit, &wish, signup);
    Str secret = mailed_link_secret(exchange, "invitation");
    return invitation_sign_up(exchange->portal, &exchange->visit, secret, &wish, signup);
}

Error invitation_signup_save(struct exchange *exchange)
{
    struct invitation invitation;
    struct signup_form form;
    Signup signup = {.outcome = SIGNUP_REFUSED};
    Error error = begin(exchange, &form, &invitation);
    if (error || !form.connection) return error;
    if (!signup_form_is_closed(&form)) return exchange_error(exchange, 422);
    if (invited_is_other(exchange, &invitation))
        return refuse(&form, 409, N_("Another invitation was opened in this browser meanwhile. Look which one this is, then answer it."));
    form.again = password_again_problem(&exchange->request->form);
    error = save(&form, &signup);
    if (error) return error == ERR_EXPIRED ? invited_say_over(exchange, NULL) : error;
    form.signup = &signup;
    if (signup.outcome == SIGNUP_EXISTS)
        return refuse(&form, 409, N_("This address has an account already. Go back to the invitation and sign in."));
    if (form.again || signup.outcome == SIGNUP_REFUSED) return signup_form_show(&form, 422);
    return sign_in(exchange, &form);
}
