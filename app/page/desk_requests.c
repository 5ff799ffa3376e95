/* The queue of a help desk: what its people asked to have changed, and what was answered. */
#include "account/field_request.h"

#include "page/desk_frame.h"
#include "page/profile_form.h"
#include "page/routes.h"
#include "view/words.h"

struct queue {
    struct exchange *exchange;
    bool answered;                /* the list of what was decided */
    int64_t beyond;
    Str tried;                    /* public_id of the one that was answered in vain; empty: none */
    Str problem;                  /* why */
};

static Str queue_path(const struct queue *queue, bool answered, int64_t beyond)
{
    struct text path = {.arena = queue->exchange->arena};
    text_add(&path, desk_path(queue->exchange, "requests"));
    if (answered) text_add(&path, STR("?answered=yes"));
    if (beyond) text_print(&path, "%sbeyond=%lld", answered ? "&" : "?", (long long)beyond);
    return text_str(&path);
}

/* --- one request --- */

static void fill_value(struct exchange *exchange, const struct field *field, const json_t *value, struct part *part)
{
    Str text = profile_value_text(exchange, field, value);
    part_str(part, "DIRECTION_OF_VALUE", profile_value_direction(field));
    if (text.n) part_str(part_section(part, "HAS_VALUE"), "VALUE", text);
    else part_show(part, "IS_EMPTY");
}

static bool is_same(const json_t *one, const json_t *other)
{
    return one && other ? json_equal(one, other) : one == other;
}

/* Rules of today: what the desk may not see now, it does not read here either. */
static void fill_wish(struct exchange *exchange, const struct field_request *request, const struct desk_member *member, struct part *part)
{
    const struct field *field = request->field;
    const struct fields *fields = &exchange->portal->directory.fields;
    if (!field || policy_level(fields, field, &member->subject, ACTOR_DESK, member->guest).level == LEVEL_NONE) {
        part_str(part, "LABEL", exchange_text(exchange, N_("A field that is not kept here any more")));
        return;
    }
    const json_t *now = field_value(member->user.profile, field);
    bool pending = str_is(request->state, "pending");
    part_str(part, "LABEL", field_label_for(exchange->language, field, ACTOR_DESK));
    fill_value(exchange, field, request->old_value, part_section(part, "BEFORE"));
    fill_value(exchange, field, request->value, part_section(part, "WISHED"));
    if (pending && !is_same(now, request->old_value)) fill_value(exchange, field, now, part_section(part, "MEANWHILE"));
    if (request->note.n) part_str(part_section(part, "NOTE"), "TEXT", request->note);
}

static void fill_answer_form(const struct queue *queue, const struct field_request *request, struct part *part)
{
    struct exchange *exchange = queue->exchange;
    bool tried = str_eq(queue->tried, request->public_id);
    struct part *form = part_section(part, "ANSWER_FORM");
    part_str(form, "ID", request->public_id);
    part_str(form, "PATH", arena_join(exchange->arena, desk_path(exchange, "requests/"), request->public_id));
    if (!tried) return;
    part_str(form, "TYPED", form_get(&exchange->request->form, "note"));
    part_show(form, "IS_WRONG");
    part_str(part_section(form, "PROBLEM"), "TEXT", queue->problem);
}

static const char *state_words(Str state)
{
    if (str_is(state, "pending")) return N_("Waiting");
    return str_is(state, "approved") ? N_("Approved") : N_("Declined");
}

static void fill_request(const struct queue *queue, const struct field_request *request, const struct desk_member *member,
                         struct part *part)
{
    struct exchange *exchange = queue->exchange;
    bool pending = str_is(request->state, "pending");
    part_str(part, "PERSON_NAME", desk_person(exchange, member));
    part_str(part, "PERSON_PATH", desk_member_path(exchange, request->user_id));
    part_str(part, "STATE", exchange_text(exchange, state_words(request->state)));
    part_str(part, "DATE", catalog_date(exchange->arena, exchange->language, request->created_at, true));
    fill_wish(exchange, request, member, part);
    if (pending) part_show(part, "IS_OPEN");
    if (request->answer.n) part_str(part_section(part, "ANSWER"), "TEXT", request->answer);
    if (pending && member->self) part_show(part, "SELF");
    if (pending && !member->self) fill_answer_form(queue, request, part);
}

/* --- the list --- */

static Error add_request(const struct queue *queue, const struct field_request *request, struct part *list)
{
    struct exchange *exchange = queue->exchange;
    struct desk_member member;
    Error error = desk_member_find(exchange->portal, exchange->arena, &exchange->desk, request->user_id, &member);
    if (error) return error == ERR_NOT_FOUND ? OK : error;      /* who has just left */
    fill_request(queue, request, &member, part_section(list, "REQUEST"));
    return OK;
}

static void add_ways(const struct queue *queue, struct part *content, const struct field_request *last)
{
    if (!last && !queue->beyond) return;
    struct part *ways = part_section(content, "WAYS");
    if (queue->beyond) part_str(part_section(ways, "FIRST"), "PATH", queue_path(queue, queue->answered, 0));
    if (last) part_str(part_section(ways, "NEXT"), "PATH", queue_path(queue, queue->answered, last->id));
}

static Error add_list(const struct queue *queue, struct part *content)
{
    struct exchange *exchange = queue->exchange;
    struct field_request *list = ARENA_ARRAY(exchange->arena, struct field_request, REQUEST_PAGE);
    size_t count;
    bool more;
    Error error = field_request_list(exchange->portal, exchange->arena, &exchange->desk, !queue->answered, queue->beyond, list, REQUEST_PAGE,
                                     &count, &more);
    struct part *all = !error && count ? part_section(content, "REQUESTS") : NULL;
    for (size_t i = 0; !error && i < count; i++) error = add_request(queue, &list[i], all);
    if (error) return error;
    if (!count) part_show(content, queue->answered ? "NONE_ANSWERED" : "NONE_WAITING");
    add_ways(queue, content, more ? &list[count - 1] : NULL);
    return OK;
}

static void add_tabs(const struct queue *queue, struct part *content)
{
    part_str(content, "WAITING_PATH", queue_path(queue, false, 0));
    part_str(content, "ANSWERED_PATH", queue_path(queue, true, 0));
    part_show(content, queue->answered ? "IS_ANSWERED" : "IS_WAITING");
}

static void say_done(struct exchange *exchange, struct page *page)
{
    static const struct { const char *mark, *words; } said[] = {
        {"approved", N_("The change is made, and the person gets a mail.")},
        {"declined", N_("Nothing was changed, and the person gets a mail with your word.")},
        {"nothing", N_("It was answered or withdrawn before, so nothing was changed.")},
    };
    Str done = form_get(&exchange->request->query, "done");
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (str_is(done, said[i].mark)) exchange_notice(page, exchange_text(exchange, said[i].words));
}

static Error show(const struct queue *queue, int status)
{
    struct exchange *exchange = queue->exchange;
    Error counted = field_request_count(exchange->portal, &exchange->desk, &exchange->requests_waiting);
    if (counted) return counted;
    struct page *page = exchange_page(exchange, "desk_requests.tpl", N_("Requests"));
    struct part *content = page_content(page);
    if (queue->tried.n) {
        part_show(page_base(page), "HAS_PROBLEM");
        struct part *problem = part_section(content, "TROUBLE");
        part_str(problem, "ID", queue->tried);
        part_str(problem, "TEXT", queue->problem);
    }
    say_done(exchange, page);
    add_tabs(queue, content);
    Error error = add_list(queue, content);
    if (!error) exchange_send(exchange, page, status);
    return error;
}

Error desk_requests_show(struct exchange *exchange)
{
    const struct form *query = &exchange->request->query;
    struct queue queue = {.exchange = exchange, .answered = str_is(form_get(query, "answered"), "yes")};
    if (form_has(query, STR("beyond")) && (!str_to_int(form_get(query, "beyond"), &queue.beyond) || queue.beyond < 1))
        return exchange_error(exchange, 404);
    Error error = portal_refresh(exchange->portal);
    return error ? error : show(&queue, 200);
}

/* --- answering --- */

/* The queue from this request on, with what is wrong beside it and the word still there. */
static Error show_problem(struct exchange *exchange, const struct field_request *request, Str problem, int status)
{
    struct queue queue = {.exchange = exchange, .beyond = request->id - 1, .tried = request->public_id, .problem = problem};
    return show(&queue, status);
}

static Str commit_words(struct exchange *exchange, const Commit *commit)
{
    const struct refusal *refusal = commit->refusals.first;
    if (commit->outcome == COMMIT_TAKEN)
        return exchange_text(exchange, N_("Somebody else uses this value already, so nothing was changed. Decline, and say so."));
    if (commit->outcome != COMMIT_REFUSED || !refusal || !refusal->known)
        return exchange_text(exchange, N_("The profile was changed at this very moment, so nothing was done. Try again."));
    if (refusal->kind == REFUSED_INVALID) return field_problem(exchange->arena, exchange->language, refusal->problem);
    Str why = reason_for_desk(exchange->arena, exchange->language, refusal->verdict, refusal->known, exchange->desk.name, false);
    return exchange_fill(exchange, N_("A rule refuses this change by now: {REASON}"), "REASON", why);
}

static Error answered(struct exchange *exchange, const char *done)
{
    Str path = desk_path(exchange, "requests");
    reply_see_other(exchange->reply, arena_print(exchange->arena, "%.*s?done=%s", STR_ARGS(path), done));
    return OK;
}

static Error show_outcome(struct exchange *exchange, const struct field_request *request, bool approve, const DeskAct *act,
                          const Commit *commit)
{
    bool saved = !approve || commit->outcome == COMMIT_DONE || commit->outcome == COMMIT_UNCHANGED;
    if (act->outcome == DESK_NOTHING) return answered(exchange, "nothing");
    if (act->outcome == DESK_REASON)
        return show_problem(exchange, request, exchange_text(exchange, N_("Say why, in up to 200 characters. Nothing was done yet.")), 422);
    if (act->outcome != DESK_DONE)
        return desk_refused(exchange, act, N_("See the requests"), desk_path(exchange, "requests"));
    if (saved) return answered(exchange, approve ? "approved" : "declined");
    int status = commit->outcome == COMMIT_STALE ? 409 : commit->outcome == COMMIT_REFUSED && commit->refusals.locked ? 403 : 422;
    return show_problem(exchange, request, commit_words(exchange, commit), status);
}

Error desk_request_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    Str decision = form_get(form, "decision"), note = form_get(form, "note");
    bool approve = str_is(decision, "approve");
    struct field_request request;
    DeskAct act;
    Commit commit;
    if (form_has_repeats(form) || (!approve && !str_is(decision, "decline"))) return exchange_error(exchange, 422);
    Error error = field_request_find(exchange->portal, exchange->arena, &exchange->desk, exchange->segment[1], &request);
    if (!error)
        error = field_request_decide(exchange->portal, &exchange->visit, &exchange->desk, exchange->segment[1], approve,
                                     note.n ? note : form_get(form, "reason"), &act, &commit);
    return error ? error : show_outcome(exchange, &request, approve, &act, &commit);
}
