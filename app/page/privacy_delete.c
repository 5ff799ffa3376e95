/* Deleting one's own account: what will go and what stays, the typed confirmation, the mailed link. */
#include "account/deletion.h"
#include "page/gate.h"
#include "page/mailed_link.h"
#include "page/password_form.h"
#include "page/routes.h"
#include "view/words.h"

#define LINK_COOKIE "delete-link"

struct asking {
    struct exchange *exchange;
    Str phrase, typed;
    const char *confirm, *current;   /* what is wrong with what was typed; NULL: nothing */
    Str other;                       /* what is wrong with none of them; empty: nothing */
};

/* --- what goes and what stays --- */

static void add_fields(struct exchange *exchange, struct part *content)
{
    const struct fields *fields = &exchange->portal->directory.fields;
    const json_t *profile = exchange->session.user.profile;
    struct subject subject;
    struct part *last = NULL;
    if (account_subject(exchange->portal, exchange->arena, &exchange->session.user, &subject)) return;
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        if (!field_value(profile, field)) continue;
        if (policy_level(fields, field, &subject, ACTOR_OWNER, false).level == LEVEL_NONE) continue;
        if (last) part_show(last, "MORE");
        last = part_section(content, "FIELD");
        part_str(last, "LABEL", field_label(exchange->language, field));
    }
}

static void add_organizations(struct exchange *exchange, struct part *content)
{
    const struct user *user = &exchange->session.user;
    for (size_t i = 0; i < user->membership_count; i++) {
        const struct rule_source *organization = &user->memberships[i].rules.organization;
        struct part *part = part_section(content, "ORGANIZATION");
        part_str(part, "ID", organization->name);
        part_str(part, "NAME", organization->display_name.n ? organization->display_name : organization->name);
        part_str(part, "KEEPS", organization->support_email.n
                     ? exchange_fill(exchange, N_("What it keeps about you in its own programs is not deleted here. Ask {ADDRESS} for that."),
                                     "ADDRESS", organization->support_email)
                     : exchange_text(exchange, N_("What it keeps about you in its own programs is not deleted here. Ask it for that.")));
    }
}

static void add_connection(struct exchange *exchange, struct part *content)
{
    const struct connection *connection = directory_connection(&exchange->portal->directory, exchange->session.user.connection);
    if (!connection || str_is(connection->strategy, "local")) return;
    Str name = connection->source.display_name.n ? connection->source.display_name : connection->source.name;
    part_str(part_section(content, "CONNECTION"), "TEXT",
             exchange_fill(exchange, N_("Your identity at {NAME}: it is kept there, not here. Ask there to have it deleted."), "NAME", name));
}

static Str when_words(struct exchange *exchange, int64_t grace)
{
    if (!grace) return exchange_text(exchange, N_("There is no time to think it over here: once you have confirmed it, your account is gone for good."));
    Str date = catalog_date(exchange->arena, exchange->language, exchange->visit.now + grace, true);
    return exchange_fill(exchange, N_("If you confirm it today, it is deleted on {DATE}. Until then you can sign in and keep it."), "DATE", date);
}

/* --- the form, or what stands in its way --- */

static void add_obstacle(struct exchange *exchange, const Deletion *obstacle, struct part *content)
{
    bool hold = obstacle->outcome == DELETION_HOLD;
    Str support = exchange->look.support_email;
    struct part *part = part_section(content, "OBSTACLE");
    part_str(part, "TITLE", exchange_text(exchange, hold ? N_("This account must be kept for now")
                                                         : N_("Somebody else must be able to manage the organization first")));
    if (!hold) {
        part_str(part, "TEXT", exchange_fill(exchange, N_("You are the only administrator of {NAME}. Give that role to somebody else there, "
                                                          "then come back."), "NAME", obstacle->organization));
        struct part *way = part_section(part, "WAY");
        part_str(way, "PATH", STR("/organizations"));
        part_str(way, "LABEL", exchange_text(exchange, N_("Go to your organizations")));
        return;
    }
    part_str(part, "TEXT", support.n ? exchange_fill(exchange, N_("The operator must keep it for legal reasons. Ask {ADDRESS} for how long, and "
                                                                  "to have it deleted after that."), "ADDRESS", support)
                                     : exchange_text(exchange, N_("The operator must keep it for legal reasons. Ask them for how long, and to "
                                                                  "have it deleted after that.")));
}

static void add_problem(struct page *page, struct part **summary, const char *name, Str text)
{
    if (!text.n) return;
    if (!*summary) {
        part_show(page_base(page), "HAS_PROBLEM");
        *summary = part_section(page_content(page), "PROBLEMS");
    }
    struct part *item = part_section(*summary, "ITEM");
    struct part *line = part_section(item, name ? "LINKED" : "NOT_LINKED");
    if (name) part_str(line, "NAME", str_of(name));
    part_str(line, "TEXT", text);
}

static void add_problems(struct asking *asking, struct page *page, struct part *form)
{
    struct part *summary = NULL;
    Str confirm = asking->confirm ? exchange_text(asking->exchange, asking->confirm) : STR("");
    Str current = asking->current ? exchange_text(asking->exchange, asking->current) : STR("");
    add_problem(page, &summary, "confirm", confirm);
    add_problem(page, &summary, "current_password", current);
    add_problem(page, &summary, NULL, asking->other);
    if (!confirm.n) return;
    part_show(form, "IS_CONFIRM_WRONG");
    part_str(part_section(form, "CONFIRM"), "TEXT", confirm);
}

static void add_password(struct asking *asking, struct part *form)
{
    if (!asking->exchange->session.user.password_hash.n) return;
    struct part *part = part_section(form, "HAS_PASSWORD");
    if (!asking->current) return;
    part_show(part, "IS_CURRENT_WRONG");
    part_str(part_section(part, "CURRENT"), "TEXT", exchange_text(asking->exchange, asking->current));
}

static void add_form(struct asking *asking, struct page *page)
{
    struct exchange *exchange = asking->exchange;
    bool mailed = json_string_length(json_object_get(exchange->session.user.profile, "email")) > 0;
    struct part *form = part_section(page_content(page), "FORM");
    part_str(form, "NEXT", mailed ? exchange_text(exchange, N_("A link goes to your e-mail address. Nothing is deleted before you open it and "
                                                               "confirm it there."))
                                  : exchange_text(exchange, N_("You have no e-mail address here, so nothing is mailed: what you type here counts, "
                                                               "and you are signed out everywhere.")));
    part_str(form, "LABEL", exchange_text(exchange, N_("Type this to confirm it:")));
    part_str(form, "PHRASE", asking->phrase);
    part_str(form, "TYPED", asking->typed);
    part_str(form, "SUBMIT", exchange_text(exchange, mailed ? N_("Send the link") : N_("Delete my account")));
    add_password(asking, form);
    add_problems(asking, page, form);
}

static Error show(struct asking *asking, int status)
{
    struct exchange *exchange = asking->exchange;
    const struct user *user = &exchange->session.user;
    Deletion obstacle;
    int64_t grace = 0;
    Error error = deletion_obstacle(exchange->portal, exchange->arena, user, &obstacle);
    if (!error) error = deletion_grace(exchange->portal, user->id, &grace);
    if (error) return error;
    struct page *page = exchange_page(exchange, "privacy_delete.tpl", N_("Delete your account"));
    struct part *content = page_content(page);
    part_str(content, "WHEN", when_words(exchange, grace));
    add_fields(exchange, content);
    add_organizations(exchange, content);
    add_connection(exchange, content);
    if (obstacle.outcome == DELETION_NOTHING) add_form(asking, page);
    else add_obstacle(exchange, &obstacle, content);
    exchange_send(exchange, page, obstacle.outcome == DELETION_NOTHING || status == 200 ? status : 409);
    return OK;
}

static struct asking asking_of(struct exchange *exchange, const struct form *typed)
{
    return (struct asking){.exchange = exchange, .phrase = deletion_phrase(exchange->arena, &exchange->session.user),
                           .typed = form_get(typed, "confirm")};
}

Error privacy_delete_show(struct exchange *exchange)
{
    struct asking asking = asking_of(exchange, &exchange->typed);
    if (!str_is(form_get(&exchange->request->query, "done"), "sent")) return show(&asking, 200);
    return exchange_say(exchange, 200, N_("Look into your mailbox"),
                        exchange_fill(exchange, N_("A link is on its way to {VALUE}. Your account stays as it is until you open the link and confirm "
                                                   "it there."), "VALUE", asking.phrase),
                        N_("Go to your profile"), STR("/profile"));
}

/* --- asking --- */

static Error check(struct asking *asking, SignIn *result)
{
    struct exchange *exchange = asking->exchange;
    Str password = form_get(&exchange->request->form, "current_password");
    bool fits = deletion_phrase_is(exchange->arena, &exchange->session.user, asking->typed);
    if (!fits) asking->confirm = asking->typed.n ? N_("This is not what stands above the field.") : N_("Type what stands above the field.");
    if (!exchange->session.user.password_hash.n) return OK;
    if (!password.n) asking->current = N_("Enter your present password.");
    if (!password.n) return OK;
    Error error = session_check_password(exchange->portal, &exchange->visit, &exchange->session, password, result);
    if (!error && result->outcome == SIGN_IN_REFUSED) asking->current = N_("This is not your present password.");
    return error;
}

static Error show_wait(struct asking *asking, int status, int64_t seconds, Str words)
{
    reply_retry_after(asking->exchange->reply, status, seconds);
    asking->other = words;
    return show(asking, status);
}

static Error ask(struct asking *asking)
{
    Deletion out;
    struct exchange *exchange = asking->exchange;
    Error error = deletion_ask(exchange->portal, &exchange->visit, &exchange->session.user, catalog_code(exchange->language), &out);
    if (error) return error;
    switch (out.outcome) {
    case DELETION_ASKED: reply_see_other(exchange->reply, STR("/privacy/delete?done=sent")); return OK;
    case DELETION_SCHEDULED:
        reply_cookie(exchange->reply, exchange->portal->options->https, "sid", STR(""), -1);
        reply_see_other(exchange->reply, STR("/privacy/delete/confirm?done=scheduled"));
        return OK;
    case DELETION_WAIT:
        return show_wait(asking, 429, out.seconds, exchange_text(exchange, N_("You asked several times already. Look into your mailbox, or try "
                                                                              "again in an hour.")));
    default: return show(asking, 409);
    }
}

Error privacy_delete_save(struct exchange *exchange)
{
    struct asking asking = asking_of(exchange, &exchange->request->form);
    SignIn result = {.outcome = SIGN_IN_OK};
    if (form_has_repeats(&exchange->request->form)) return exchange_error(exchange, 422);
    Error error = check(&asking, &result);
    if (error) return error;
    if (result.outcome == SIGN_IN_PAUSED)
        return show_wait(&asking, 429, result.retry_after, password_pause_words(exchange, result.retry_after));
    if (result.outcome == SIGN_IN_BUSY)
        return show_wait(&asking, 503, result.retry_after, exchange_text(exchange, N_("Too busy at the moment. Nothing was changed; try again in "
                                                                                     "a few seconds.")));
    return asking.confirm || asking.current ? show(&asking, 422) : ask(&asking);
}

/* --- the mailed link --- */

static Error say_dead(struct exchange *exchange)
{
    mailed_link_forget(exchange, LINK_COOKIE);
    return exchange_say(exchange, 410, N_("This link does not work any more"),
                        exchange_text(exchange, N_("It was used already, is too old, or a newer one took its place. "
                                                   "Nothing was changed.")),
                        exchange->signed_in ? N_("Go to your profile") : N_("Go to the sign-in page"),
                        exchange->signed_in ? STR("/profile") : STR("/login"));
}

static Error say_done(struct exchange *exchange, Str done)
{
    if (str_is(done, "now"))
        return exchange_say(exchange, 200, N_("Your account is being deleted"),
                            exchange_text(exchange, N_("It is gone within moments. Everybody is signed out.")), NULL, STR(""));
    return exchange_say(exchange, 200, N_("Your account will be deleted"),
                        exchange_text(exchange, N_("You are signed out everywhere. Until the day comes you can keep your account: sign in, there you "
                                                   "see the day as well.")),
                        N_("Go to the sign-in page"), STR("/login"));
}

/* Whose link it is shows only in its mailbox; somebody else who is signed in here would be deleting in the wrong name. */
static Error refuse_other(struct exchange *exchange)
{
    return exchange_say(exchange, 403, N_("This link belongs to another account"),
                        exchange_text(exchange, N_("You are signed in to one account, and the link was made for another. "
                                                   "Sign out, then open the link again.")),
                        N_("Sign out"), STR("/logout"));
}

static Str link_mark(struct exchange *exchange, const struct artefact *artefact)
{
    return form_token(exchange->portal, exchange->arena, arena_print(exchange->arena, "delete link %lld", (long long)artefact->id));
}

static Error ask_once_more(struct exchange *exchange, const struct artefact *artefact, int64_t account, int status)
{
    int64_t grace = 0;
    Error error = look_of(exchange->portal, exchange->arena, artefact->organization, &exchange->look);
    if (!error) error = deletion_grace(exchange->portal, account, &grace);
    if (error) return error;
    gate_begin(exchange);
    struct page *page = exchange_page(exchange, "mailed_link.tpl", N_("Delete your account"));
    struct part *content = page_content(page);
    part_str(content, "TITLE", exchange_text(exchange, N_("Delete your account")));
    part_str(content, "TEXT", when_words(exchange, grace));
    part_str(content, "HELP", exchange_text(exchange, N_("If you did not ask for it, close this page and choose a new password; nothing happens.")));
    part_str(content, "LABEL", exchange_text(exchange, N_("Yes, delete my account")));
    part_str(content, "VALUE", artefact->value);
    part_str(content, "MARK", link_mark(exchange, artefact));
    part_str(content, "PATH", str_of(exchange->route->path));
    exchange_send(exchange, page, status);
    return OK;
}

Error privacy_delete_confirm_show(struct exchange *exchange)
{
    struct artefact artefact;
    struct user user;
    if (mailed_link_arrived(exchange, LINK_COOKIE)) return OK;
    Str done = form_get(&exchange->request->query, "done");
    if (done.n) return say_done(exchange, done);
    Error error = deletion_find(exchange->portal, &exchange->visit, mailed_link_secret(exchange, LINK_COOKIE), &artefact, &user);
    if (error == ERR_EXPIRED) return say_dead(exchange);
    if (error) return error;
    if (exchange->signed_in && exchange->session.user.id != user.id) return refuse_other(exchange);
    return ask_once_more(exchange, &artefact, user.id, 200);
}

static Error say_obstacle(struct exchange *exchange, const Deletion *out)
{
    mailed_link_forget(exchange, LINK_COOKIE);
    if (out->outcome == DELETION_ADMINISTRATOR)
        return exchange_say(exchange, 409, N_("Somebody else must be able to manage the organization first"),
                            exchange_fill(exchange, N_("You are the only administrator of {NAME}. Give that role to somebody else there, "
                                                       "then come back."), "NAME", out->organization),
                            N_("Go to your organizations"), STR("/organizations"));
    if (out->outcome == DELETION_HOLD)
        return exchange_say(exchange, 409, N_("This account must be kept for now"),
                            exchange_text(exchange, N_("The operator must keep it for legal reasons. Ask them for how long, and to have it deleted "
                                                       "after that.")),
                            N_("Go to your profile"), STR("/profile"));
    return say_done(exchange, STR("scheduled"));
}

Error privacy_delete_confirm_save(struct exchange *exchange)
{
    struct artefact artefact;
    struct user user;
    Deletion out;
    exchange->reply->no_referrer = true;
    Str secret = mailed_link_secret(exchange, LINK_COOKIE);
    Error error = deletion_find(exchange->portal, &exchange->visit, secret, &artefact, &user);
    if (!error && exchange->signed_in && exchange->session.user.id != user.id) return refuse_other(exchange);
    if (!error && !crypto_equal(form_get(&exchange->request->form, "mark"), link_mark(exchange, &artefact)))
        return ask_once_more(exchange, &artefact, user.id, 409);
    if (!error) error = deletion_confirm(exchange->portal, &exchange->visit, secret, &out);
    if (error == ERR_EXPIRED) return say_dead(exchange);
    if (error) return error;
    if (out.outcome != DELETION_SCHEDULED) return say_obstacle(exchange, &out);
    mailed_link_forget(exchange, LINK_COOKIE);
    if (exchange->signed_in) reply_cookie(exchange->reply, exchange->portal->options->https, "sid", STR(""), -1);
    reply_see_other(exchange->reply, out.at > exchange->visit.now ? STR("/privacy/delete/confirm?done=scheduled")
                                                                 : STR("/privacy/delete/confirm?done=now"));
    return OK;
}
