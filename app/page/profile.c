/* Seeing and saving one's own profile. */
#include "account/username.h"
#include "page/profile_form.h"
#include "page/routes.h"
#include "view/words.h"

Error profile_show(struct exchange *exchange)
{
    struct subject subject;
    Error error = account_subject(exchange->portal, exchange->arena, &exchange->session.user, &subject);
    if (error) return error;
    profile_form_send(&(struct profile_form){.exchange = exchange, .user = &exchange->session.user, .subject = &subject,
                                             .saved = form_get(&exchange->request->query, "saved")}, 200);
    return OK;
}

/* Names of the form that are not fields of the profile. */
static bool is_ours(Str name)
{
    return str_is(name, "csrf") || str_is(name, "version") || str_is(name, "section");
}

static bool came_before(const struct form *form, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (str_eq(form->list[i].name, form->list[index].name)) return true;
    }
    return false;
}

/* Everything that was sent becomes the change, also twice: what does not exist, repeats or is not this person's to write is
   refused by the policy, not left away here. Only the boxes of a `choices` field share a name and are one value together. */
static struct change read_change(const struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    struct change change;
    change_init(&change, exchange->arena, ACTOR_OWNER);
    for (size_t i = 0; i < form->count; i++) {
        Str name = form->list[i].name;
        const struct field *field = field_find(&exchange->portal->directory.fields, name);
        bool boxes = field && field->type == TYPE_CHOICES;
        if (is_ours(name) || (boxes && came_before(form, i))) continue;
        if (boxes) change_put(&change, name, profile_typed(form, field));
        else change_put_text(&change, name, form->list[i].value);
    }
    return change;
}

static Error show_refused(struct exchange *exchange, const struct user *user, const struct subject *subject,
                          const struct refusals *refusals, int status)
{
    profile_form_send(&(struct profile_form){.exchange = exchange, .user = user, .subject = subject,
                                             .typed = &exchange->request->form, .refusals = refusals}, status);
    return OK;
}

static Error show_stale(struct exchange *exchange, const Commit *commit)
{
    profile_form_send(&(struct profile_form){.exchange = exchange, .user = &commit->user, .subject = &commit->subject,
                                             .typed = &exchange->request->form, .stale = true}, 409);
    return OK;
}

static Error show_taken(struct exchange *exchange, const Commit *commit)
{
    struct refusals refusals = commit->refusals;
    struct refusal *taken = ARENA_NEW(exchange->arena, struct refusal);
    *taken = *refusals.first;
    taken->kind = REFUSED_INVALID;
    taken->problem = (FieldProblem){.message = N_("Somebody else uses this already. Choose another one.")};
    refusals.first = refusals.last = taken;
    return show_refused(exchange, &commit->user, &commit->subject, &refusals, 422);
}

static Error show_saved(struct exchange *exchange, const Commit *commit)
{
    size_t count = 0;
    const struct decided_field *fields = decided_fields(commit->decided, &count);
    struct text way = {.arena = exchange->arena};
    text_add(&way, STR("/profile?saved="));
    for (size_t i = 0; i < count && way.n < 1000; i++) {
        text_print(&way, "%s%.*s", i ? "," : "", STR_ARGS(fields[i].field->name));
    }
    reply_see_other(exchange->reply, text_str(&way));
    return OK;
}

/* A username that cannot be had says that somebody has it: so tries here count as on the page that is made for it. */
static Error admit_username(struct exchange *exchange, int64_t *seconds)
{
    const struct form *form = &exchange->request->form;
    *seconds = 0;
    if (!form_has(form, STR("username")) || form_repeats(form, STR("username"))) return OK;
    return username_admit(exchange->portal, &exchange->visit, &exchange->session.user, form_get(form, "username"), seconds);
}

static Error show_wait(struct exchange *exchange, int64_t seconds)
{
    const struct field *field = field_find(&exchange->portal->directory.fields, STR("username"));
    struct refusal refusal = {.field = field->name, .known = field, .kind = REFUSED_INVALID,
        .problem = {.message = N_("Too many usernames were tried. Wait a minute, then try again.")}};
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
    Error error = admit_username(exchange, &seconds);
    if (error) return error;
    if (seconds) return show_wait(exchange, seconds);
    struct change change = read_change(exchange);
    Commit commit = {.outcome = COMMIT_REFUSED};
    error = account_commit(exchange->portal, &exchange->visit, exchange->session.user.id, version, &change, &commit);
    if (error) return error;
    switch (commit.outcome) {
    case COMMIT_DONE: return show_saved(exchange, &commit);
    case COMMIT_UNCHANGED: reply_see_other(exchange->reply, STR("/profile?saved=0")); return OK;
    case COMMIT_STALE: return show_stale(exchange, &commit);
    case COMMIT_TAKEN: return show_taken(exchange, &commit);
    default: break;
    }
    return show_refused(exchange, &commit.user, &commit.subject, &commit.refusals, commit.refusals.locked ? 403 : 422);
}
