/* The e-mail address: asking for another one, confirming it from its mailbox, taking the change back from the one before. */
#include "account/email.h"

#include "page/brand.h"
#include "page/gate.h"
#include "page/mailed_link.h"
#include "page/proof_page.h"
#include "page/routes.h"
#include "view/words.h"

#define CONFIRM_COOKIE "email-link"
#define REVERT_COOKIE "revert-link"

const struct proof_page email_page = {
    .kind = &email_proof, .path = "/email", .input = "email",
    .title = N_("E-mail address"),
    .lead = N_("You can sign in with it, and we write to it when something about your account changes."),
    .now = N_("Your address now"),
    .verify = N_("Send a link to confirm it"),
    .pending = N_("Asked for on {SINCE}. Open the link in the mail that went there; it works until {UNTIL}. "
                  "What counts now stays until then."),
    .resend = N_("Send the link again"),
    .change = N_("Change your address"), .add = N_("Add an address"),
    .label = N_("New e-mail address"),
    .help = N_("We send a link to it. Once you have opened the link, the new address counts and you sign in again."),
    .send = N_("Send link"),
    .trouble = N_("Is your old mailbox gone?"),
    .trouble_text = N_("You do not need it: only the new mailbox has to answer. If you cannot reach that one either, ask your "
                       "organization."),
    .trouble_ask = N_("You do not need it: only the new mailbox has to answer. If you cannot reach that one either, ask {ADDRESS}."),
    .sent = N_("A link is on its way to {VALUE}. Open it there."),
};

Error email_show(struct exchange *exchange)
{
    return proof_page_show(exchange, &email_page);
}

Error email_save(struct exchange *exchange)
{
    return proof_page_save(exchange, &email_page, STR("/email?done=sent"));
}

Error email_resend(struct exchange *exchange)
{
    return proof_page_resend(exchange, &email_page, STR("/email?done=sent"));
}

Error email_cancel(struct exchange *exchange)
{
    return proof_page_cancel(exchange, &email_page);
}

/* --- links --- */

static Error say_dead(struct exchange *exchange, const char *cookie)
{
    mailed_link_forget(exchange, cookie);
    return exchange_say(exchange, 410, N_("This link does not work any more"),
                        exchange_text(exchange, N_("It was used already, is too old, or a newer one took its place. "
                                                   "Nothing was changed.")),
                        exchange->signed_in ? N_("Go to your e-mail address") : N_("Go to the sign-in page"),
                        exchange->signed_in ? STR("/email") : STR("/login"));
}

/* Somebody else is signed in here: which account the click is meant for would be a guess. */
static bool is_somebody_else(const struct exchange *exchange, const EmailLink *link)
{
    return exchange->signed_in && exchange->session.user.id != link->user.id;
}

static Error say_somebody_else(struct exchange *exchange)
{
    return exchange_say(exchange, 403, N_("This link belongs to another account"),
                        exchange_text(exchange, N_("You are signed in to one account, and the link was made for another. "
                                                   "Sign out, then open the link again.")),
                        N_("Sign out"), STR("/logout"));
}

/* Nothing that was open goes on, not even here. */
static void end_own_session(struct exchange *exchange)
{
    if (exchange->signed_in) reply_cookie(exchange->reply, exchange->portal->options->https, "sid", STR(""), -1);
}

/* Which link the button was shown for: with two links open in one browser, only the newer one is in its cookie. */
static Str link_mark(struct exchange *exchange, const EmailLink *link)
{
    return form_token(exchange->portal, exchange->arena,
                      arena_print(exchange->arena, "e-mail link %lld", (long long)link->artefact.id));
}

static bool is_other_link(struct exchange *exchange, const EmailLink *link)
{
    const struct form *form = &exchange->request->form;
    return form_has(form, STR("mark")) && !crypto_equal(form_get(form, "mark"), link_mark(exchange, link));
}

/* Whose look the pages of a link wear is the link's to say, and nobody else's. */
static Error wear_look(struct exchange *exchange, const EmailLink *link)
{
    return look_of(exchange->portal, exchange->arena, link->artefact.organization, &exchange->look);
}

struct question {
    const char *title, *text, *help, *label;
};

static Error ask_question(struct exchange *exchange, const struct question *question, const EmailLink *link, int status)
{
    Error error = wear_look(exchange, link);
    if (error) return error;
    gate_begin(exchange);
    struct page *page = exchange_page(exchange, "mailed_link.tpl", question->title);
    struct part *content = page_content(page);
    part_str(content, "TITLE", exchange_text(exchange, question->title));
    part_str(content, "TEXT", exchange_text(exchange, question->text));
    part_str(content, "HELP", exchange_text(exchange, question->help));
    part_str(content, "LABEL", exchange_text(exchange, question->label));
    part_str(content, "VALUE", link->artefact.value);
    part_str(content, "MARK", link_mark(exchange, link));
    part_str(content, "PATH", str_of(exchange->route->path));
    exchange_send(exchange, page, status);
    return OK;
}

static const struct question verify_question = {
    N_("Confirm your e-mail address"), N_("Is this your address, and did you ask for this mail?"),
    N_("If you did not ask for it, close this page; nothing happens."), N_("Confirm this address"),
};
static const struct question change_question = {
    N_("Confirm your e-mail address"), N_("Is this your address, and did you ask for this mail?"),
    N_("Then it becomes the address of your account, and all devices are signed out. If you did not ask for it, close this page; "
       "nothing happens."),
    N_("Confirm this address"),
};
static const struct question revert_question = {
    N_("Take back the change of address"), N_("Did somebody else change the address of your account?"),
    N_("This address counts again then, and all devices are signed out. If you changed it yourself, close this page; nothing "
       "happens."),
    N_("This was not me: take it back"),
};

static Error say_changed(struct exchange *exchange)
{
    return exchange_say(exchange, 200, N_("Your new e-mail address counts now"),
                        exchange_text(exchange, N_("All devices were signed out. Sign in again; the new address is the one to use.")),
                        N_("Go to the sign-in page"), STR("/login"));
}

static Error say_verified(struct exchange *exchange)
{
    return exchange_say(exchange, 200, N_("Your e-mail address is confirmed"),
                        exchange_text(exchange, N_("Thank you. There is nothing more to do.")),
                        N_("Go to your profile"), STR("/profile"));
}

Error email_confirm_show(struct exchange *exchange)
{
    EmailLink link;
    if (mailed_link_arrived(exchange, CONFIRM_COOKIE)) return OK;
    Str done = form_get(&exchange->request->query, "done");
    if (str_is(done, "changed")) return say_changed(exchange);
    if (str_is(done, "verified")) return say_verified(exchange);
    Error error = email_link(exchange->portal, &exchange->visit, mailed_link_secret(exchange, CONFIRM_COOKIE), &link);
    if (error == ERR_EXPIRED) return say_dead(exchange, CONFIRM_COOKIE);
    if (error) return error;
    if (is_somebody_else(exchange, &link)) return say_somebody_else(exchange);
    return ask_question(exchange, link.changes ? &change_question : &verify_question, &link, 200);
}

static Error refuse_link(struct exchange *exchange, const Step *step)
{
    const struct field *field = field_find(&exchange->portal->directory.fields, STR("email"));
    Str text = exchange_text(exchange, N_("The address until now stays. If you have another account with this one, sign in there."));
    if (step->outcome == STEP_REFUSED) text = reason_text(exchange->arena, exchange->language, step->verdict, field);
    return exchange_say(exchange, step->outcome == STEP_REFUSED ? 403 : 409,
                        N_("This address cannot be used for this account"), text, N_("Go to the sign-in page"),
                        brand_path(exchange, "/login"));
}

/* Who came by a mail of an organization goes on at its door, which says what was done. */
static Str way_on(struct exchange *exchange, const Step *step)
{
    bool stays = exchange->signed_in && !step->changed;
    if (!exchange->look.organization || stays)
        return step->changed ? STR("/email/confirm?done=changed") : STR("/email/confirm?done=verified");
    return brand_path(exchange, step->changed ? "/login?new_address=1" : "/login?confirmed=1");
}

static Error confirmed(struct exchange *exchange, const Step *step)
{
    mailed_link_forget(exchange, CONFIRM_COOKIE);
    if (step->changed) end_own_session(exchange);
    reply_see_other(exchange->reply, way_on(exchange, step));
    return OK;
}

Error email_confirm_save(struct exchange *exchange)
{
    EmailLink link;
    Step step;
    exchange->reply->no_referrer = true;
    Str secret = mailed_link_secret(exchange, CONFIRM_COOKIE);
    Error error = email_link(exchange->portal, &exchange->visit, secret, &link);
    if (error == ERR_EXPIRED) return say_dead(exchange, CONFIRM_COOKIE);
    if (error) return error;
    if (is_somebody_else(exchange, &link)) return say_somebody_else(exchange);
    if (is_other_link(exchange, &link))
        return ask_question(exchange, link.changes ? &change_question : &verify_question, &link, 409);
    error = wear_look(exchange, &link);
    if (!error) error = email_confirm(exchange->portal, &exchange->visit, secret, catalog_code(exchange->language), &step);
    if (error == ERR_EXPIRED) return say_dead(exchange, CONFIRM_COOKIE);
    if (error) return error;
    return step.outcome == STEP_DONE ? confirmed(exchange, &step) : refuse_link(exchange, &step);
}

static Error say_reverted(struct exchange *exchange)
{
    return exchange_say(exchange, 200, N_("Your old e-mail address counts again"),
                        exchange_text(exchange, N_("All devices were signed out. Whoever changed the address may know your password: "
                                                   "set a new one now.")),
                        N_("Set a new password"), STR("/password/forgot"));
}

Error email_revert_show(struct exchange *exchange)
{
    EmailLink link;
    if (mailed_link_arrived(exchange, REVERT_COOKIE)) return OK;
    if (str_is(form_get(&exchange->request->query, "done"), "reverted")) return say_reverted(exchange);
    Error error = email_revert_link(exchange->portal, &exchange->visit, mailed_link_secret(exchange, REVERT_COOKIE), &link);
    if (error == ERR_EXPIRED) return say_dead(exchange, REVERT_COOKIE);
    if (error) return error;
    if (is_somebody_else(exchange, &link)) return say_somebody_else(exchange);
    return ask_question(exchange, &revert_question, &link, 200);
}

Error email_revert_save(struct exchange *exchange)
{
    EmailLink link;
    Step step;
    exchange->reply->no_referrer = true;
    Str secret = mailed_link_secret(exchange, REVERT_COOKIE);
    Error error = email_revert_link(exchange->portal, &exchange->visit, secret, &link);
    if (!error && is_somebody_else(exchange, &link)) return say_somebody_else(exchange);
    if (!error && is_other_link(exchange, &link)) return ask_question(exchange, &revert_question, &link, 409);
    if (!error) error = email_revert(exchange->portal, &exchange->visit, secret, &step);
    if (error == ERR_EXPIRED) return say_dead(exchange, REVERT_COOKIE);
    if (error) return error;
    if (step.outcome != STEP_DONE) return refuse_link(exchange, &(Step){.outcome = STEP_UNUSABLE});
    mailed_link_forget(exchange, REVERT_COOKIE);
    end_own_session(exchange);
    reply_see_other(exchange->reply, STR("/email/revert?done=reverted"));
    return OK;
}
