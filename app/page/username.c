/* The username on a page of its own. */
#include "account/username.h"

#include "account/profile.h"
#include "page/routes.h"
#include "page/waiting.h"
#include "view/words.h"

static Str field_now(const struct exchange *exchange, const struct field *field)
{
    const json_t *value = field_value(exchange->session.user.profile, field);
    return value ? field_text(exchange->arena, field, value) : STR("");
}

static void add_notice(struct exchange *exchange, struct page *page, Str now)
{
    Str done = form_get(&exchange->request->query, "done");
    if (str_is(done, "saved") && now.n) exchange_notice(page, exchange_fill(exchange, N_("Your username is {VALUE}."), "VALUE", now));
    else if (str_is(done, "same")) exchange_notice(page, exchange_text(exchange, N_("Nothing to save: nothing was different.")));
}

static void add_form(struct exchange *exchange, struct part *content, const struct field *field, Str typed, Str problem)
{
    struct part *part = part_section(content, "CHANGE");
    part_str(part, "TYPED", typed);
    part_str(part, "HELP", field_help(exchange->language, field));
    if (problem.n) part_str(part_section(part, "IS_WRONG"), "TEXT", problem);
}

static Error show(struct exchange *exchange, int status, Str typed, Str problem)
{
    const struct fields *fields = &exchange->portal->directory.fields;
    const struct field *field = field_find(fields, STR("username"));
    struct subject subject;
    Error error = account_subject(exchange->portal, exchange->arena, &exchange->session.user, &subject);
    if (error) return error;
    Verdict verdict = policy_level(fields, field, &subject, ACTOR_OWNER, false);
    if (verdict.level == LEVEL_NONE) return status == 200 ? ERR_NOT_FOUND : ERR_INVALID;
    struct page *page = exchange_page(exchange, "username.tpl", N_("Username"));
    struct part *content = page_content(page);
    Str now = field_now(exchange, field);
    add_notice(exchange, page, now);
    if (now.n) part_str(part_section(content, "HAS_VALUE"), "VALUE", now);
    else part_show(content, "IS_EMPTY");
    if (problem.n) {
        part_str(part_section(content, "PROBLEM"), "TEXT", problem);
        part_show(page_base(page), "HAS_PROBLEM");
    }
    if (verdict.level >= LEVEL_ONCE) add_form(exchange, content, field, typed.p ? typed : now, problem);
    else part_str(part_section(content, "LOCKED"), "REASON", reason_text(exchange->arena, exchange->language, verdict, field));
    exchange_send(exchange, page, status);
    return OK;
}

Error username_show(struct exchange *exchange)
{
    return show(exchange, 200, STR_NONE, STR_NONE);
}

static Error show_wait(struct exchange *exchange, Str typed, int64_t seconds)
{
    reply_retry_after(exchange->reply, 429, seconds);
    return show(exchange, 429, typed, exchange_text(exchange, N_("Too many usernames were tried. Wait a minute, then try again.")));
}

static Error show_refused(struct exchange *exchange, Str typed, const Step *step)
{
    const struct field *field = field_find(&exchange->portal->directory.fields, STR("username"));
    return show(exchange, step->verdict.level == LEVEL_NONE ? 422 : 403, typed,
                reason_text(exchange->arena, exchange->language, step->verdict, field));
}

Error username_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    Step step;
    for (size_t i = 0; i < form->count; i++) {
        Str name = form->list[i].name;
        if (form_repeats(form, name) || (!str_is(name, "username") && !str_is(name, "csrf"))) return exchange_error(exchange, 422);
    }
    if (!form_has(form, STR("username"))) return exchange_error(exchange, 422);
    Str typed = form_get(form, "username");
    Error error = username_change(exchange->portal, &exchange->visit, &exchange->session.user, typed, &step);
    if (error) return error;
    switch (step.outcome) {
    case STEP_DONE: reply_see_other(exchange->reply, STR("/username?done=saved")); return OK;
    case STEP_NOTHING: reply_see_other(exchange->reply, STR("/username?done=same")); return OK;
    case STEP_WAIT: return show_wait(exchange, typed, step.seconds);
    case STEP_INVALID: return show(exchange, 422, typed, field_problem(exchange->arena, exchange->language, step.problem));
    case STEP_UNUSABLE:
        return show(exchange, 422, typed, exchange_text(exchange, N_("Somebody else uses this already. Choose another one.")));
    default: return show_refused(exchange, typed, &step);
    }
}
