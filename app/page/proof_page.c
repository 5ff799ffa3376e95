#include "page/proof_page.h"

#include "page/waiting.h"
#include "view/words.h"

struct showing {
    struct exchange *exchange;
    const struct proof_page *words;
    struct proof_state state;
    Str typed;
    const char *problem_section;  /* LINKED beside the control, or NOT_LINKED; NULL: no problem */
    Str problem;
};

static bool may_change(const struct proof_state *state)
{
    return state->verdict.level >= LEVEL_ONCE;
}

/* --- filling --- */

void proof_page_wait(struct exchange *exchange, struct part *content, int64_t seconds)
{
    if (seconds <= 0) return;
    struct part *part = part_section(content, "WAIT");
    part_int(part, "SECONDS", seconds);
    part_str(part, "TEXT", waiting_words(exchange, seconds));
    part_str(part, "WORDS", exchange_text(exchange, N_("You can ask for it again in {TIME}.")));
}

static void add_now(const struct showing *showing, struct part *content)
{
    const struct proof_state *state = &showing->state;
    struct exchange *exchange = showing->exchange;
    part_str(content, "NOW_TITLE", exchange_text(exchange, showing->words->now));
    if (!state->value.n) {
        part_show(content, "IS_EMPTY");
    } else {
        part_str(part_section(content, "HAS_VALUE"), "VALUE", state->value);
        part_show(content, state->verified ? "VERIFIED" : "UNVERIFIED");
        if (state->bouncing) part_show(content, "BOUNCING");
    }
    if (!may_change(state)) {
        Str reason = reason_text(exchange->arena, exchange->language, state->verdict, state->field);
        part_str(part_section(content, "LOCKED"), "REASON", reason);
    }
    if (state->pending || state->verified || !state->value.n) return;
    part_str(part_section(content, "VERIFY"), "VERIFY_LABEL", exchange_text(exchange, showing->words->verify));
}

static void add_pending(const struct showing *showing, struct part *content)
{
    const struct proof_state *state = &showing->state;
    struct exchange *exchange = showing->exchange;
    if (!state->pending) return;
    struct part *part = part_section(content, "PENDING");
    Str since = catalog_date(exchange->arena, exchange->language, state->pending_since, true);
    Str until = catalog_date(exchange->arena, exchange->language, state->pending_until, true);
    Str text = exchange_text(exchange, showing->words->pending);
    part_str(part, "PENDING_VALUE", state->pending_value);
    if (state->pending_bouncing) part_show(part, "PENDING_BOUNCING");
    part_str(part, "PENDING_TEXT", catalog_fill(exchange->arena, text, "SINCE", since, "UNTIL", until, NULL));
    part_str(part, "RESEND_LABEL", exchange_text(exchange, showing->words->resend));
    if (showing->words->code_path) part_str(part_section(part, "CODE"), "CODE_PATH", str_of(showing->words->code_path));
}

static void add_change(const struct showing *showing, struct part *content)
{
    const struct proof_page *words = showing->words;
    struct exchange *exchange = showing->exchange;
    if (!may_change(&showing->state)) return;
    struct part *part = part_section(content, "CHANGE");
    part_str(part, "CHANGE_TITLE", exchange_text(exchange, showing->state.value.n ? words->change : words->add));
    part_str(part, "LABEL", exchange_text(exchange, words->label));
    part_str(part, "HELP", exchange_text(exchange, words->help));
    part_str(part, "SEND_LABEL", exchange_text(exchange, words->send));
    part_str(part, "TYPE", str_of(words->input));
    part_str(part, "TYPED", showing->typed);
    bool wrong = showing->problem_section && showing->problem_section[0] == 'L';
    if (wrong) part_str(part_section(part, "IS_WRONG"), "TEXT", showing->problem);
    if (words->kind->proof == PROOF_PHONE && showing->state.value.n) part_show(content, "REMOVE");
}

static void add_trouble(const struct showing *showing, struct part *content)
{
    struct exchange *exchange = showing->exchange;
    if (!may_change(&showing->state)) return;
    Str address = showing->state.verdict.support_email;
    if (!address.n) address = exchange->portal->options->support_email;
    Str text = exchange_text(exchange, showing->words->trouble_text);
    if (address.n) text = exchange_fill(exchange, showing->words->trouble_ask, "ADDRESS", address);
    struct part *part = part_section(content, "TROUBLE");
    part_str(part, "TROUBLE_TITLE", exchange_text(exchange, showing->words->trouble));
    part_str(part, "TROUBLE_TEXT", text);
}

static void add_problem(const struct showing *showing, struct page *page)
{
    if (!showing->problem_section) return;
    struct part *problem = part_section(page_content(page), "PROBLEM");
    part_str(problem, "TEXT", showing->problem);
    part_show(problem, showing->problem_section);
    part_show(page_base(page), "HAS_PROBLEM");
}

/* The address of the page says what was done; it is said only while it is so. */
static void add_notice(const struct showing *showing, struct page *page)
{
    const struct proof_state *state = &showing->state;
    struct exchange *exchange = showing->exchange;
    Str done = form_get(&exchange->request->query, "done");
    Str value = state->pending ? state->pending_value : state->value;
    if (str_is(done, "sent") && (state->pending || !state->verified))
        exchange_notice(page, exchange_fill(exchange, showing->words->sent, "VALUE", value));
    else if (str_is(done, "cancelled") && !state->pending)
        exchange_notice(page, exchange_text(exchange, N_("Cancelled. Nothing was changed.")));
    else if (str_is(done, "confirmed") && state->verified)
        exchange_notice(page, exchange_fill(exchange, N_("Confirmed: {VALUE}."), "VALUE", state->value));
    else if (str_is(done, "removed") && !state->value.n)
        exchange_notice(page, exchange_text(exchange, N_("Your number is removed.")));
}

static void send_page(const struct showing *showing, int status)
{
    struct exchange *exchange = showing->exchange;
    struct page *page = exchange_page(exchange, "proof.tpl", showing->words->title);
    struct part *content = page_content(page);
    part_str(content, "TITLE", exchange_text(exchange, showing->words->title));
    part_str(content, "LEAD", exchange_text(exchange, showing->words->lead));
    part_str(content, "PATH", str_of(showing->words->path));
    part_str(content, "NAME", str_of(showing->words->kind->field));
    add_notice(showing, page);
    add_problem(showing, page);
    add_now(showing, content);
    add_pending(showing, content);
    add_change(showing, content);
    add_trouble(showing, content);
    proof_page_wait(exchange, content, showing->state.wait);
    exchange_send(exchange, page, status);
}

/* --- answering --- */

static Error begin(struct exchange *exchange, const struct proof_page *words, struct showing *showing)
{
    *showing = (struct showing){.exchange = exchange, .words = words};
    return proving_state(exchange->portal, &exchange->visit, words->kind, &exchange->session.user, &showing->state);
}

/* Whoever may not see the field has no such page. */
Error proof_page_show(struct exchange *exchange, const struct proof_page *words)
{
    struct showing showing;
    Error error = begin(exchange, words, &showing);
    if (error) return error;
    if (showing.state.verdict.level == LEVEL_NONE) return ERR_NOT_FOUND;
    showing.typed = form_get(&exchange->typed, words->kind->field);
    send_page(&showing, 200);
    return OK;
}

static int status_of(const Step *step)
{
    switch (step->outcome) {
    case STEP_REFUSED: return step->verdict.level == LEVEL_NONE ? 422 : 403;
    case STEP_WAIT: return 429;
    default: return 422;
    }
}

static Str words_of(struct exchange *exchange, const struct proof_state *state, const Step *step)
{
    switch (step->outcome) {
    case STEP_WAIT: return waiting_words(exchange, step->seconds);
    case STEP_INVALID: return field_problem(exchange->arena, exchange->language, step->problem);
    case STEP_NOTHING: return exchange_text(exchange, N_("There is nothing to confirm."));
    case STEP_UNUSABLE: return exchange_text(exchange, N_("This cannot be used for your account. Nothing was changed."));
    default: return reason_text(exchange->arena, exchange->language, step->verdict, state->field);
    }
}

Error proof_page_refused(struct exchange *exchange, const struct proof_page *words, const Step *step)
{
    struct showing showing;
    Error error = begin(exchange, words, &showing);
    if (error) return error;
    if (showing.state.verdict.level == LEVEL_NONE) return exchange_error(exchange, 422);
    bool beside = step->outcome == STEP_INVALID && may_change(&showing.state);
    showing.typed = form_get(&exchange->request->form, words->kind->field);
    showing.problem = words_of(exchange, &showing.state, step);
    showing.problem_section = beside ? "LINKED" : "NOT_LINKED";
    if (step->outcome == STEP_WAIT) reply_retry_after(exchange->reply, 429, step->seconds);
    send_page(&showing, status_of(step));
    return OK;
}

static Error answer(struct exchange *exchange, const struct proof_page *words, const Step *step, Str sent_way)
{
    if (step->outcome != STEP_DONE) return proof_page_refused(exchange, words, step);
    reply_see_other(exchange->reply, sent_way);
    return OK;
}

Error proof_page_save(struct exchange *exchange, const struct proof_page *words, Str sent_way)
{
    const struct form *form = &exchange->request->form;
    Str name = str_of(words->kind->field);
    Step step;
    if (!form_has(form, name) || form_repeats(form, name)) return exchange_error(exchange, 422);
    for (size_t i = 0; i < form->count; i++) {
        Str given = form->list[i].name;
        if (!str_eq(given, name) && !str_is(given, "csrf")) return exchange_error(exchange, 422);
    }
    Error error = proving_ask(exchange->portal, &exchange->visit, words->kind, exchange->session.user.id,
                              form_get_str(form, name), catalog_code(exchange->language), &step);
    return error ? error : answer(exchange, words, &step, sent_way);
}

Error proof_page_resend(struct exchange *exchange, const struct proof_page *words, Str sent_way)
{
    Step step;
    Error error = proving_resend(exchange->portal, &exchange->visit, words->kind, exchange->session.user.id,
                                 catalog_code(exchange->language), &step);
    return error ? error : answer(exchange, words, &step, sent_way);
}

Error proof_page_cancel(struct exchange *exchange, const struct proof_page *words)
{
    Error error = proving_cancel(exchange->portal, &exchange->visit, words->kind, &exchange->session.user);
    if (error) return error;
    reply_see_other(exchange->reply, arena_print(exchange->arena, "%s?done=cancelled", words->path));
    return OK;
}
