/* Seeing and saving one's own profile. */
#include "account/unique_tries.h"
#include "page/profile_form.h"
#include "page/routes.h"
#include "view/words.h"

Error profile_show(struct exchange *exchange)
{
    struct subject subject;
    Error error = account_subject(exchange->portal, exchange->arena, &exchange->session.user, &subject);
    if (error) return error;
    profile_form_send(&(struct profile_form){.exchange = exchange, .side = &profile_of_owner, .user = &exchange->session.user, .subject = &subject,
                                             .saved = form_get(&exchange->request->query, "saved")}, 200);
    return OK;
}

static Error show_refused(struct exchange *exchange, const struct user *user, const struct subject *subject,
                          const struct refusals *refusals, int status)
{
    profile_form_send(&(struct profile_form){.exchange = exchange, .side = &profile_of_owner, .user = user, .subject = subject,
                                             .typed = &exchange->request->form, .refusals = refusals}, status);
    return OK;
}

static Error show_stale(struct exchange *exchange, const Commit *commit)
{
    profile_form_send(&(struct profile_form){.exchange = exchange, .side = &profile_of_owner, .user = &commit->user, .subject = &commit->subject,
                                             .typed = &exchange->request->form, .stale = true}, 409);
    return OK;
}

static Error show_taken(struct exchange *exchange, const Commit *commit)
{
    struct refusals refusals = profile_taken(exchange, commit);
    return show_refused(exchange, &commit->user, &commit->subject, &refusals, 422);
}

static Error show_saved(struct exchange *exchange, const Commit *commit)
{
    reply_see_other(exchange->reply, profile_saved_path(exchange, STR("/profile"), commit));
    return OK;
}

static Error show_wait(struct exchange *exchange, const struct field *field, int64_t seconds)
{
    const char *words = field->type == TYPE_USERNAME ? N_("Too many usernames were tried. Wait a minute, then try again.")
                                                     : N_("Too many values were tried here. Wait a minute, then try again.");
    struct refusal refusal = {.field = field->name, .known = field, .kind = REFUSED_INVALID, .problem = {.message = words}};
    struct refusals refusals = {.first = &refusal, .last = &refusal, .count = 1};
    struct subject subject;
    Error error = account_subject(exchange->portal, exchange->arena, &exchange->session.user, &subject);
    if (error) return error;
    reply_retry_after(exchange->reply, 429, seconds);
    return show_refused(exchange, &exchange->session.user, &subject, &refusals, 429);
}

Error profile_post(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    int64_t version = -1, seconds = 0;
    if (form_has(form, STR("version")) && !str_to_int(form_get(form, "version"), &version)) return exchange_error(exchange, 422);
    const struct field *tried = NULL;
    struct change change = profile_change(exchange, &profile_of_owner);
    Error error = unique_tries_admit(exchange->portal, &exchange->visit, &exchange->session.user, &change, &tried, &seconds);
    if (error) return error;
    if (seconds) return show_wait(exchange, tried, seconds);
    Commit commit = {.outcome = COMMIT_REFUSED};
    error = account_commit(exchange->portal, &exchange->visit, exchange->session.user.id, version, &change, &commit);
    if (error) return error;
    switch (commit.outcome) {
    case COMMIT_DONE:
    case COMMIT_UNCHANGED: return show_saved(exchange, &commit);
    case COMMIT_STALE: return show_stale(exchange, &commit);
    case COMMIT_TAKEN: return show_taken(exchange, &commit);
    default: break;
    }
    return show_refused(exchange, &commit.user, &commit.subject, &commit.refusals, commit.refusals.locked ? 403 : 422);
}
