/* The phone number: asking for a code, entering it, removing the number. */
#include "account/phone.h"

#include "page/proof_page.h"
#include "page/routes.h"

const struct proof_page phone_page = {
    .kind = &phone_proof, .path = "/phone", .code_path = "/phone/confirm", .input = "tel",
    .title = N_("Phone number"),
    .lead = N_("You can sign in with it once it is confirmed."),
    .now = N_("Your number now"),
    .verify = N_("Send a code to confirm it"),
    .pending = N_("Asked for on {SINCE}. Enter the code from the message that went there; it works until {UNTIL}. "
                  "What counts now stays until then."),
    .resend = N_("Send the code again"),
    .change = N_("Change your number"), .add = N_("Add a number"),
    .label = N_("New phone number"),
    .help = N_("With its country code, like +44 20 7946 0018. We send a code to it; your other devices are signed out once it is "
               "confirmed."),
    .send = N_("Send code"),
    .trouble = N_("Is your old number gone?"),
    .trouble_text = N_("You do not need it: only the new number gets a code. If you cannot receive one, ask your organization."),
    .trouble_ask = N_("You do not need it: only the new number gets a code. If you cannot receive one, ask {ADDRESS}."),
    .sent = N_("A code is on its way to {VALUE}."),
};

Error phone_show(struct exchange *exchange)
{
    return proof_page_show(exchange, &phone_page);
}

static Error remove_number(struct exchange *exchange)
{
    Step step;
    Error error = phone_remove(exchange->portal, &exchange->visit, &exchange->session, catalog_code(exchange->language), &step);
    if (error) return error;
    if (step.outcome != STEP_DONE) return proof_page_refused(exchange, &phone_page, &step);
    reply_see_other(exchange->reply, STR("/phone?done=removed"));
    return OK;
}

Error phone_save(struct exchange *exchange)
{
    if (str_is(form_get(&exchange->request->form, "action"), "remove")) return remove_number(exchange);
    return proof_page_save(exchange, &phone_page, STR("/phone/confirm"));
}

Error phone_resend(struct exchange *exchange)
{
    return proof_page_resend(exchange, &phone_page, STR("/phone/confirm"));
}

Error phone_cancel(struct exchange *exchange)
{
    return proof_page_cancel(exchange, &phone_page);
}

/* Without a code that waits there is nothing to enter; the page before says how it stands. */
static Error show_code(struct exchange *exchange, int status, Str problem)
{
    struct proof_state state;
    Error error = proving_state(exchange->portal, &exchange->visit, &phone_proof, &exchange->session.user, &state);
    if (error) return error;
    if (!state.pending) {
        reply_see_other(exchange->reply, STR("/phone"));
        return OK;
    }
    struct page *page = exchange_page(exchange, "phone_confirm.tpl", N_("Confirm your number"));
    struct part *content = page_content(page);
    part_str(content, "VALUE", state.pending_value);
    proof_page_wait(exchange, content, state.wait);
    if (problem.n) {
        part_str(part_section(content, "PROBLEM"), "TEXT", problem);
        part_show(page_base(page), "HAS_PROBLEM");
    }
    exchange_send(exchange, page, status);
    return OK;
}

Error phone_confirm_show(struct exchange *exchange)
{
    return show_code(exchange, 200, STR_NONE);
}

static Error show_wrong_code(struct exchange *exchange, int64_t tries)
{
    Str words = catalog_plural(exchange->language, "This is not the code. You have {N} try left.",
                               "This is not the code. You have {N} tries left.", tries);
    Str number = arena_print(exchange->arena, "%lld", (long long)tries);
    return show_code(exchange, 422, catalog_fill(exchange->arena, words, "N", number, NULL));
}

static Error say_dead(struct exchange *exchange)
{
    return exchange_say(exchange, 422, N_("This code does not work any more"),
                        exchange_text(exchange, N_("It was tried too often, is too old, or was used already. Nothing was changed. "
                                                   "Ask for a new one.")),
                        N_("Go to your phone number"), STR("/phone"));
}

static Error say_wait(struct exchange *exchange, int64_t seconds)
{
    reply_retry_after(exchange->reply, 429, seconds);
    return exchange_say(exchange, 429, N_("Too many tries"),
                        exchange_text(exchange, N_("Too many codes were tried for your account. Wait an hour, then ask for a new one.")),
                        N_("Go to your phone number"), STR("/phone"));
}

/* People copy codes with the blanks or the hyphen that a message shows. */
static Str only_digits(struct arena *arena, Str typed)
{
    struct text digits = {.arena = arena};
    for (size_t i = 0; i < typed.n; i++)
        if (typed.p[i] != ' ' && typed.p[i] != '-') text_add(&digits, (Str){typed.p + i, 1});
    return text_str(&digits);
}

Error phone_confirm_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    Step step;
    if (form_repeats(form, STR("code"))) return exchange_error(exchange, 422);
    Str code = only_digits(exchange->arena, str_first(form_get(form, "code"), 20));
    if (!code.n) return show_code(exchange, 422, exchange_text(exchange, N_("Enter the six digits from the message.")));
    Error error = phone_confirm(exchange->portal, &exchange->visit, &exchange->session, code, catalog_code(exchange->language),
                                &step);
    if (error == ERR_EXPIRED) return say_dead(exchange);
    if (error) return error;
    switch (step.outcome) {
    case STEP_DONE: reply_see_other(exchange->reply, STR("/phone?done=confirmed")); return OK;
    case STEP_WRONG_CODE: return show_wrong_code(exchange, step.tries);
    case STEP_WAIT: return say_wait(exchange, step.seconds);
    default: return proof_page_refused(exchange, &phone_page, &step);
    }
}
