/* Signing in and out. One answer for a wrong password, an unknown account and an account without a password (security.md A1). */
#include <string.h>

#include "base/encode.h"
#include "page/brand.h"
#include "page/device.h"
#include "page/gate.h"
#include "page/routes.h"
#include "page/signup_form.h"
#include "page/way.h"

static Str after_login(struct exchange *exchange)
{
    Str next = way_next(exchange->request);
    return next.n ? next : STR("/profile");
}

/* Where people can make their own account at this door; of the named connection alone when one is named. */
static Error add_signups(struct exchange *exchange, struct part *content, Str named)
{
    struct signup_choice choice;
    struct part *signups = NULL;
    Error error = signup_choice_read(exchange->portal, exchange->arena, exchange->look.organization, &choice);
    for (size_t i = 0; !error && i < choice.count; i++) {
        if (named.n && !str_eq(named, choice.list[i]->source.name)) continue;
        if (!signups) signups = part_section(content, "SIGNUPS");
        signup_link(exchange, &choice, choice.list[i], part_section(signups, "SIGNUP"));
    }
    return error;
}

static Error login_page(struct exchange *exchange, struct page **out)
{
    const struct request *request = exchange->request;
    bool again = request->method == METHOD_POST;
    const struct form *from = again ? &request->form : &request->query;
    struct page *page = *out = exchange_page(exchange, "login.tpl", N_("Sign in"));
    struct part *content = page_content(page);
    part_str(content, "NEXT", way_next(request));
    part_str(content, "CONNECTION", form_get(from, "connection"));
    part_str(content, "PATH", brand_path(exchange, "/login"));
    part_str(content, "FORGOT_PATH", brand_path(exchange, "/password/forgot"));
    brand_words(exchange, content, "login");
    if (again) part_str(content, "IDENTIFIER", form_get(from, "identifier"));
    return add_signups(exchange, content, form_get(from, "connection"));
}

static Error login_again(struct exchange *exchange, int status, Str problem)
{
    struct page *page;
    Error error = login_page(exchange, &page);
    if (error) return error;
    part_show(page_base(page), "HAS_PROBLEM");
    part_str(part_section(page_content(page), "PROBLEM"), "TEXT", problem);
    exchange_send(exchange, page, status);
    return OK;
}

/* The address of the page says what the person has just done. */
static void add_notice(struct exchange *exchange, struct page *page)
{
    static const struct { const char *done, *words; } notices[] = {
        {"signed_out", N_("You are signed out.")},
        {"new_password", N_("Your new password is set. Sign in with it.")},
        {"confirmed", N_("Your e-mail address is confirmed. Sign in with it.")},
        {"new_address", N_("Your new e-mail address counts now. All devices were signed out; sign in with it.")},
    };
    for (size_t i = 0; i < sizeof notices / sizeof *notices; i++) {
        if (!form_has(&exchange->request->query, str_of(notices[i].done))) continue;
        exchange_notice(page, exchange_text(exchange, notices[i].words));
        return;
    }
}

Error login_show(struct exchange *exchange)
{
    if (exchange->signed_in) {
        reply_see_other(exchange->reply, after_login(exchange));
        return OK;
    }
    gate_begin(exchange);
    struct page *page;
    Error error = login_page(exchange, &page);
    if (error) return error;
    add_notice(exchange, page);
    exchange_send(exchange, page, 200);
    return OK;
}

static Str wait_words(struct exchange *exchange, int64_t seconds)
{
    bool minutes = seconds > 90;
    int64_t count = minutes ? (seconds + 59) / 60 : seconds;
    Str words = minutes ? catalog_plural(exchange->language, "Too many tries. Signing in here pauses for {N} minute.",
                                         "Too many tries. Signing in here pauses for {N} minutes.", count)
                        : catalog_plural(exchange->language, "Too many tries. Signing in here pauses for {N} second.",
                                         "Too many tries. Signing in here pauses for {N} seconds.", count);
    Str number = arena_print(exchange->arena, "%lld", (long long)count);
    return catalog_fill(exchange->arena, words, "N", number, NULL);
}

static Error login_paused(struct exchange *exchange, int64_t seconds)
{
    reply_retry_after(exchange->reply, 429, seconds);
    return login_again(exchange, 429, wait_words(exchange, seconds));
}

static Error login_busy(struct exchange *exchange, int64_t seconds)
{
    reply_retry_after(exchange->reply, 503, seconds > 0 ? seconds : 2);
    return login_again(exchange, 503,
                       exchange_text(exchange, N_("Many people are signing in just now. Try again in a few seconds.")));
}

/* The right password was given, so its owner may know who it was that blocked the account and whom to ask about it. */
static Error login_blocked(struct exchange *exchange, Str by)
{
    struct look blocker = look_of_portal(exchange->portal);
    Error error = by.n ? look_named(exchange->portal, exchange->arena, by, &blocker) : OK;
    if (error && error != ERR_NOT_FOUND) return error;
    Str support = blocker.support_email.n ? blocker.support_email : exchange->look.support_email;
    const char *words = N_("Nobody can sign in to it until it is unblocked. Ask your organization.");
    if (support.n) words = N_("Nobody can sign in to it until it is unblocked. Ask {ADDRESS}.");
    if (blocker.organization) words = N_("{NAME} has blocked it. Nobody can sign in to it until it is unblocked. Ask there.");
    if (blocker.organization && support.n)
        words = N_("{NAME} has blocked it. Nobody can sign in to it until it is unblocked. Ask {ADDRESS}.");
    Str text = catalog_fill(exchange->arena, exchange_text(exchange, words), "NAME", blocker.display_name, "ADDRESS", support, NULL);
    return exchange_say(exchange, 403, N_("This account is blocked"), text, N_("Go to the sign-in page"),
                        brand_path(exchange, "/login"));
}

static Error login_suspended(struct exchange *exchange)
{
    const struct look *look = &exchange->look;
    Str text = exchange_text(exchange, N_("It was suspended for now, so you cannot sign in here. Ask your organization."));
    if (look->support_email.n) {
        text = exchange_fill(exchange, N_("It was suspended for now, so you cannot sign in here. Ask {ADDRESS}."), "ADDRESS",
                             look->support_email);
    }
    return exchange_say(exchange, 403, N_("Your membership is suspended"), text, N_("Go to the sign-in page"),
                        brand_path(exchange, "/login"));
}

static Error login_done(struct exchange *exchange, const SignIn *result)
{
    reply_cookie(exchange->reply, exchange->portal->options->https, "sid", result->cookie, 0);
    device_keep(exchange, result->device);
    reply_see_other(exchange->reply, after_login(exchange));
    return OK;
}

Error login_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    /* Nothing but these names means anything here; others are left alone (security.md A18), but one sent twice has no one value. */
    if (form_has_repeats(form)) return exchange_error(exchange, 422);
    Str identifier = str_trim(form_get(form, "identifier")), password = form_get(form, "password");
    if (identifier.n == 0 || password.n == 0) {
        return login_again(exchange, 422, exchange_text(exchange, N_("Enter your e-mail address or username and your password.")));
    }
    Str name = cookie_name(exchange->arena, exchange->portal->options->https, "sid");
    Str connection = form_get(form, "connection");
    SignIn result = {.outcome = SIGN_IN_REFUSED};
    Error error = session_sign_in_at(exchange->portal, &exchange->visit, exchange->look.organization, identifier, password,
                                     connection.n ? connection : STR_NONE, form_get_str(&exchange->request->cookies, name), &result);
    if (error) return error == ERR_BUSY ? login_busy(exchange, 0) : error;
    switch (result.outcome) {
    case SIGN_IN_OK: return login_done(exchange, &result);
    case SIGN_IN_BLOCKED: return login_blocked(exchange, result.blocked_by);
    case SIGN_IN_SUSPENDED: return login_suspended(exchange);
    case SIGN_IN_PAUSED: return login_paused(exchange, result.retry_after);
    case SIGN_IN_BUSY: return login_busy(exchange, result.retry_after);
    default: break;
    }
    return login_again(exchange, 422, exchange_text(exchange, N_("This e-mail address or username and this password do not belong "
                                                                 "together. Check both and try again.")));
}

Error logout_show(struct exchange *exchange)
{
    if (!exchange->signed_in) {
        reply_see_other(exchange->reply, STR("/login"));
        return OK;
    }
    exchange_send(exchange, exchange_page(exchange, "logout.tpl", N_("Sign out")), 200);
    return OK;
}

/* The browser is told to forget everything of this site but one cookie: that somebody has signed in with it before, which opens
   nothing, but keeps others from pausing the next sign-in here. "cookies" of Clear-Site-Data would take that, too, so the others
   are ended by name. The language's is among them: it goes along in the address. Who signs out to answer an invitation with another
   account keeps that. */
static void forget_all_but_the_device(struct exchange *exchange, Str next)
{
    static const char *const names[] = {"sid", "pre", "lang", "look", "typed", "reset", "email-link", "revert-link", "delete-link",
                                        "invitation"};
    bool https = exchange->portal->options->https;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(next, "/invitation") && !strcmp(names[i], "invitation")) continue;
        if (form_has(&exchange->request->cookies, cookie_name(exchange->arena, https, names[i])))
            reply_cookie(exchange->reply, https, names[i], STR(""), -1);
    }
    exchange->reply->clear_site_data = true;
}

Error logout_save(struct exchange *exchange)
{
    Str name = cookie_name(exchange->arena, exchange->portal->options->https, "sid");
    Error error = session_sign_out(exchange->portal, &exchange->visit, form_get_str(&exchange->request->cookies, name));
    if (error) return error;
    Str language = catalog_code(exchange->language), next = way_next(exchange->request);
    forget_all_but_the_device(exchange, next);
    Str path = arena_print(exchange->arena, "/login?signed_out=1&lang=%.*s", STR_ARGS(language));
    Str on = next.n ? arena_join(exchange->arena, STR("&next="), percent_encode(exchange->arena, next)) : STR("");
    reply_see_other(exchange->reply, arena_join(exchange->arena, path, on));
    return OK;
}
