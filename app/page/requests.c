/* Asking the help desk for a change of a field that a rule locks: the form for one field, and what was asked before. */
#include "account/field_request.h"

#include "base/encode.h"
#include "page/profile_form.h"
#include "page/routes.h"
#include "view/words.h"

enum { SHOWN_MAX = 50 };

struct asking {
    struct exchange *exchange;
    const struct user *user;
    struct subject subject;
    const struct field *field;    /* NULL: the list alone */
    struct form typed;            /* what was sent, `value` under the field's own name; empty: nothing yet */
    Str note;
    struct refusals refusals;     /* at most one, of the value */
    Str problem, note_problem;    /* empty: none */
};

/* --- beside a locked field --- */

static const struct field_request *waiting_of(const struct profile_form *form, const struct field *field)
{
    struct waiting_requests *waiting = form->waiting;
    struct exchange *exchange = form->exchange;
    if (!waiting->read) {
        struct field_request *list = ARENA_ARRAY(exchange->arena, struct field_request, REQUESTS_PENDING_MAX);
        Error error = field_request_waiting(exchange->portal, exchange->arena, form->user->id, list, REQUESTS_PENDING_MAX, &waiting->count);
        if (error) waiting->count = 0;      /* the page is shown all the same; that of the requests says what is wrong */
        waiting->list = list;
        waiting->read = true;
    }
    for (size_t i = 0; i < waiting->count; i++)
        if (waiting->list[i].field == field) return &waiting->list[i];
    return NULL;
}

static Str since(struct exchange *exchange, int64_t at)
{
    return exchange_fill(exchange, N_("since {SINCE}"), "SINCE", catalog_date(exchange->arena, exchange->language, at, true));
}

void profile_request_way(const struct profile_form *form, const struct field *field, struct part *locked)
{
    struct exchange *exchange = form->exchange;
    if (field_request_may(&exchange->portal->directory.fields, field, form->subject) != REQUEST_DONE) return;
    const struct field_request *request = waiting_of(form, field);
    if (!request) {
        part_str(part_section(locked, "ASK"), "ASKED", field->name);
        return;
    }
    struct part *part = part_section(locked, "ASKED_FOR");
    part_str(part, "SINCE", since(exchange, request->created_at));
    part_str(part, "DIRECTION_OF_VALUE", profile_value_direction(field));
    if (request->value) part_str(part_section(part, "HAS_WISH"), "WISH", profile_value_text(exchange, field, request->value));
    else part_show(part, "EMPTY_WISH");
}

/* --- what was asked --- */

static const char *state_words(Str state)
{
    if (str_is(state, "pending")) return N_("Waiting for the help desk");
    if (str_is(state, "approved")) return N_("Approved");
    if (str_is(state, "replaced")) return N_("Replaced by a newer request");
    return str_is(state, "declined") ? N_("Declined") : N_("Withdrawn");
}

/* A field that its owner may not see any more says nothing here either. */
static bool is_seen(const struct asking *asking, const struct field *field)
{
    const struct fields *fields = &asking->exchange->portal->directory.fields;
    return field && policy_level(fields, field, &asking->subject, ACTOR_OWNER, false).level > LEVEL_NONE;
}

static void fill_value(struct exchange *exchange, const struct field_request *request, const json_t *value, struct part *part)
{
    Str text = profile_value_text(exchange, request->field, value);
    part_str(part, "DIRECTION_OF_VALUE", profile_value_direction(request->field));
    if (text.n) part_str(part_section(part, "HAS_VALUE"), "VALUE", text);
    else part_show(part, "IS_EMPTY");
}

static void fill_request(const struct asking *asking, const struct field_request *request, struct part *part)
{
    struct exchange *exchange = asking->exchange;
    bool pending = str_is(request->state, "pending");
    part_str(part, "LABEL", field_label(exchange->language, request->field));
    part_str(part, "STATE", exchange_text(exchange, state_words(request->state)));
    if (pending) part_show(part, "IS_OPEN");
    part_str(part, "DATE", catalog_date(exchange->arena, exchange->language, request->created_at, true));
    fill_value(exchange, request, request->old_value, part_section(part, "BEFORE"));
    fill_value(exchange, request, request->value, part_section(part, "WISHED"));
    if (request->note.n) part_str(part_section(part, "NOTE"), "TEXT", request->note);
    if (request->answer.n) part_str(part_section(part, "ANSWER"), "TEXT", request->answer);
    if (pending) part_str(part_section(part, "WITHDRAW"), "ID", request->public_id);
}

static Error add_requests(const struct asking *asking, struct part *content)
{
    struct exchange *exchange = asking->exchange;
    struct field_request *list = ARENA_ARRAY(exchange->arena, struct field_request, SHOWN_MAX);
    struct part *all = NULL;
    size_t count;
    Error error = field_request_of(exchange->portal, exchange->arena, asking->user->id, list, SHOWN_MAX, &count);
    if (error) return error;
    for (size_t i = 0; i < count; i++) {
        if (!is_seen(asking, list[i].field)) continue;
        if (!all) all = part_section(content, "REQUESTS");
        fill_request(asking, &list[i], part_section(all, "REQUEST"));
    }
    if (!all) part_show(content, "NOTHING");
    return OK;
}

/* --- the form --- */

static Str home_name(const struct subject *subject)
{
    for (size_t i = 0; i < subject->membership_count; i++) {
        const struct rule_source *organization = &subject->memberships[i].organization;
        if (subject->memberships[i].home) return organization->display_name.n ? organization->display_name : organization->name;
    }
    return STR("");
}

/* The control is the desk's: what it could save, with what is stored in it. */
static void add_form(const struct asking *asking, struct part *content)
{
    struct exchange *exchange = asking->exchange;
    struct profile_form form = {.exchange = exchange, .side = &profile_of_request, .user = asking->user, .subject = &asking->subject,
                                .control = STR("value")};
    struct part *part = part_section(content, "ASK");
    if (asking->typed.count) form.typed = &asking->typed;
    if (asking->refusals.first) form.refusals = &asking->refusals;
    profile_form_decide(&form);
    part_str(part, "LABEL", field_label(exchange->language, asking->field));
    part_str(part, "FIELD_NAME", asking->field->name);
    part_str(part, "WHO", exchange_fill(exchange, N_("The help desk of {NAME} sees what you ask for, decides, and tells you by mail."),
                                        "NAME", home_name(&asking->subject)));
    Str now = profile_stored_text(&form, asking->field);
    part_str(part, "DIRECTION_OF_VALUE", profile_value_direction(asking->field));
    if (now.n) part_str(part_section(part, "HAS_VALUE"), "VALUE", now);
    else part_show(part, "IS_EMPTY");
    profile_field(&form, asking->field, part);
    part_str(part, "NOTE", asking->note);
    if (!asking->note_problem.n) return;
    part_show(part, "IS_NOTE_WRONG");
    part_str(part_section(part, "NOTE_PROBLEM"), "TEXT", asking->note_problem);
}

/* --- the page --- */

static void say_done(struct exchange *exchange, struct page *page)
{
    Str done = form_get(&exchange->request->query, "done");
    if (str_is(done, "asked")) exchange_notice(page, exchange_text(exchange, N_("Your request is with the help desk.")));
    if (str_is(done, "replaced"))
        exchange_notice(page, exchange_text(exchange, N_("Your request is with the help desk. It replaced the one that you had made "
                                                         "before.")));
    if (str_is(done, "withdrawn")) exchange_notice(page, exchange_text(exchange, N_("Your request is withdrawn.")));
}

static void add_problem(const struct asking *asking, struct page *page)
{
    struct exchange *exchange = asking->exchange;
    const struct refusal *refusal = asking->refusals.first;
    Str words = asking->problem.n ? asking->problem : asking->note_problem;
    if (refusal) words = field_problem(exchange->arena, exchange->language, refusal->problem);
    if (!words.n) return;
    part_show(page_base(page), "HAS_PROBLEM");
    struct part *problem = part_section(page_content(page), "PROBLEM");
    part_str(problem, "TEXT", words);
    if (asking->problem.n) {
        part_show(problem, "NOT_LINKED");
        return;
    }
    Str target = refusal ? arena_join(exchange->arena, STR("f-"), asking->field->name) : STR("note");
    part_str(part_section(problem, "LINKED"), "TARGET", target);
}

static Error show(const struct asking *asking, int status)
{
    struct exchange *exchange = asking->exchange;
    struct page *page = exchange_page(exchange, "requests.tpl", asking->field ? N_("Ask for a change") : N_("Your requests"));
    struct part *content = page_content(page);
    add_problem(asking, page);
    say_done(exchange, page);
    part_show(content, asking->field ? "IS_ASKING" : "IS_LIST");
    if (asking->field) add_form(asking, content);
    Error error = add_requests(asking, content);
    if (!error) exchange_send(exchange, page, status);
    return error;
}

static Error open_asking(struct exchange *exchange, struct asking *out)
{
    *out = (struct asking){.exchange = exchange, .user = &exchange->session.user};
    Error error = portal_refresh(exchange->portal);
    return error ? error : account_subject(exchange->portal, exchange->arena, out->user, &out->subject);
}

static Error say_nobody(struct exchange *exchange, const struct field *field, Verdict verdict)
{
    Str why = reason_text(exchange->arena, exchange->language, verdict, field);
    if (!why.n) why = exchange_text(exchange, N_("It is kept by the service itself."));
    return exchange_say(exchange, 403, N_("No help desk can change this"), why, N_("Back to your profile"), STR("/profile"));
}

static Error say_open(struct exchange *exchange)
{
    return exchange_say(exchange, 422, N_("You can change this yourself"),
                        exchange_text(exchange, N_("There is no need to ask: it is yours to change. Nothing was sent.")),
                        N_("Back to your profile"), STR("/profile"));
}

static Error say_unknown(struct exchange *exchange)
{
    return exchange_say(exchange, 422, N_("There is no such field"), exchange_text(exchange, N_("There is no such field in your profile.")),
                        N_("Back to your profile"), STR("/profile"));
}

Error requests_show(struct exchange *exchange)
{
    struct asking asking;
    const struct fields *fields = &exchange->portal->directory.fields;
    Str name = form_get(&exchange->request->query, "field");
    Error error = open_asking(exchange, &asking);
    if (error || !name.n) return error ? error : show(&asking, 200);
    asking.field = field_find(fields, name);
    if (!asking.field) return exchange_error(exchange, 404);
    switch (field_request_may(fields, asking.field, &asking.subject)) {
    case REQUEST_DONE: return show(&asking, 200);
    case REQUEST_OPEN: return say_open(exchange);
    case REQUEST_NOBODY:
        return say_nobody(exchange, asking.field, policy_level(fields, asking.field, &asking.subject, ACTOR_OWNER, false));
    default: return exchange_error(exchange, 404);
    }
}

/* --- asking --- */

static struct form renamed(struct arena *arena, const struct form *form, Str name)
{
    Param *list = ARENA_ARRAY(arena, Param, form->count + 1);
    for (size_t i = 0; i < form->count; i++) {
        list[i] = form->list[i];
        if (str_is(list[i].name, "value")) list[i].name = name;
        else list[i].name = STR("");
    }
    return (struct form){.list = list, .count = form->count};
}

static Error show_problem(struct asking *asking, const RequestStep *step)
{
    struct exchange *exchange = asking->exchange;
    struct refusal refusal = {.field = asking->field->name, .known = asking->field, .kind = REFUSED_INVALID, .problem = step->problem};
    if (step->outcome == REQUEST_SAME) refusal.problem.message = N_("It has this value already. Enter what it should become.");
    if (step->outcome == REQUEST_SAME || step->outcome == REQUEST_INVALID)
        asking->refusals = (struct refusals){.first = &refusal, .last = &refusal, .count = 1};
    if (step->outcome == REQUEST_NOTE)
        asking->note_problem = exchange_text(exchange, N_("Write at most 500 characters of plain text."));
    if (step->outcome == REQUEST_MANY)
        asking->problem = exchange_text(exchange, N_("You have asked for many changes already. Withdraw some below, or wait until they are "
                                                     "answered. Nothing was sent."));
    return show(asking, 422);
}

static bool is_one_each(const struct form *form, const struct field *field)
{
    bool boxes = field && field->type == TYPE_CHOICES;
    return form_has(form, STR("value")) && (boxes || !form_repeats(form, STR("value"))) && !form_repeats(form, STR("field")) &&
           !form_repeats(form, STR("note"));
}

Error request_save(struct exchange *exchange)
{
    struct asking asking;
    RequestStep step;
    const struct form *form = &exchange->request->form;
    Str name = form_get(form, "field");
    Error error = open_asking(exchange, &asking);
    if (error) return error;
    asking.field = field_find(&exchange->portal->directory.fields, name);
    asking.note = form_get(form, "note");
    if (!is_one_each(form, asking.field)) return exchange_error(exchange, 422);
    if (!asking.field) return say_unknown(exchange);
    asking.typed = renamed(exchange->arena, form, asking.field->name);
    error = field_request_make(exchange->portal, &exchange->visit, asking.user->id, name, profile_typed(&asking.typed, asking.field),
                               asking.note, &step);
    if (error) return error;
    switch (step.outcome) {
    case REQUEST_DONE:
        reply_see_other(exchange->reply, step.replaced ? STR("/profile/requests?done=replaced") : STR("/profile/requests?done=asked"));
        return OK;
    case REQUEST_REFUSED: return say_unknown(exchange);
    case REQUEST_OPEN: return say_open(exchange);
    case REQUEST_NOBODY: return say_nobody(exchange, asking.field, step.verdict);
    default: return show_problem(&asking, &step);
    }
}

Error request_withdraw_save(struct exchange *exchange)
{
    Error error = field_request_withdraw(exchange->portal, &exchange->visit, exchange->session.user.id, exchange->segment[0]);
    if (error == ERR_NOT_FOUND)
        return exchange_say(exchange, 404, N_("There is no such request"),
                            exchange_text(exchange, N_("It was answered or withdrawn already, or it was never yours. Nothing was changed.")),
                            N_("See your requests"), STR("/profile/requests"));
    if (!error) reply_see_other(exchange->reply, STR("/profile/requests?done=withdrawn"));
    return error;
}
