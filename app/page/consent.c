/* Agreeing to terms and purposes: the questions that are open, their answers, and what a no means. */
#include "page/consent.h"

#include "base/encode.h"
#include "page/routes.h"
#include "page/way.h"

struct asking {
    struct exchange *exchange;
    struct consent_state *states; /* of all purposes */
    Str next;
    const struct form *typed;     /* NULL: nothing yet */
    bool stale;                   /* a text is another one than the one that was answered */
};

/* --- words --- */

Str consent_words(const struct exchange *exchange, const json_t *texts, Str *spoken)
{
    const Str wanted[] = {catalog_code(exchange->language), exchange->portal->options->default_language, STR("en")};
    const char *code;
    const json_t *text;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        *spoken = wanted[i];
        text = json_object_getn(texts, wanted[i].p ? wanted[i].p : "", wanted[i].n);
        if (json_string_length(text)) return (Str){json_string_value(text), json_string_length(text)};
    }
    json_object_foreach((json_t *)(uintptr_t)texts, code, text) {
        *spoken = str_of(code);
        return (Str){json_string_value(text), json_string_length(text)};
    }
    return STR_NONE;
}

Str consent_said(struct exchange *exchange, const struct consent_state *state)
{
    Str date = catalog_date(exchange->arena, exchange->language, state->at, true);
    bool old = !str_eq(state->version, state->purpose->version);
    switch (state->answer) {
    case CONSENT_GIVEN:
        return exchange_fill(exchange, old ? N_("You agreed on {DATE}, to an earlier version.") : N_("You agreed on {DATE}."), "DATE", date);
    case CONSENT_REFUSED:
        return exchange_fill(exchange, old ? N_("You said no on {DATE}, to an earlier version.") : N_("You said no on {DATE}."), "DATE", date);
    default: return exchange_text(exchange, N_("You have not answered this yet."));
    }
}

static Str form_name(const struct exchange *exchange, const char *kind, const struct consent_purpose *purpose)
{
    return arena_print(exchange->arena, "%s.%.*s", kind, STR_ARGS(purpose->name));
}

static Str answer_to(const struct asking *asking, const struct consent_purpose *purpose)
{
    return asking->typed ? form_get_str(asking->typed, form_name(asking->exchange, "consent", purpose)) : STR_NONE;
}

static bool is_missing(const struct asking *asking, const struct consent_state *state)
{
    return asking->typed && consent_holds_up(state) && !answer_to(asking, state->purpose).n;
}

/* --- the questions --- */

static void fill_question(const struct asking *asking, const struct consent_state *state, struct part *part)
{
    struct exchange *exchange = asking->exchange;
    const struct consent_purpose *purpose = state->purpose;
    Str spoken, answer = answer_to(asking, purpose);
    part_str(part, "ID", purpose->name);
    part_str(part, "LABEL", consent_words(exchange, purpose->title, &spoken));
    part_str(part, "TITLE_SPOKEN", spoken);
    part_str(part, "CONSENT_TEXT", consent_words(exchange, purpose->text, &spoken));
    part_str(part, "SPOKEN", spoken);
    part_str(part, "VERSION", purpose->version);
    part_str(part, "HELP", exchange_text(exchange, purpose->required ? N_("Needed to go on.") : N_("Your choice. You can leave it open.")));
    if (state->answer != CONSENT_NONE) part_str(part_section(part, "SAID"), "TEXT", consent_said(exchange, state));
    if (str_is(answer, "yes")) part_show(part, "IS_YES");
    if (str_is(answer, "no")) part_show(part, "IS_NO");
    if (!is_missing(asking, state)) return;
    part_show(part, "IS_WRONG");
    part_str(part_section(part, "PROBLEM"), "TEXT", exchange_text(exchange, N_("Choose one of the two.")));
}

static struct part *add_summary(struct page *page, const char *kind)
{
    part_show(page_base(page), "HAS_PROBLEM");
    return part_section(part_section(page_content(page), "PROBLEMS"), kind);
}

static void add_missing(const struct asking *asking, struct page *page, struct part **summary, const struct consent_purpose *purpose)
{
    Str spoken;
    if (!*summary) *summary = add_summary(page, "IS_REFUSED");
    struct part *item = part_section(*summary, "ITEM");
    part_str(item, "ID", purpose->name);
    part_str(item, "LABEL", consent_words(asking->exchange, purpose->title, &spoken));
}

static Error show(const struct asking *asking, int status)
{
    struct exchange *exchange = asking->exchange;
    const struct directory *directory = &exchange->portal->directory;
    struct part *summary = NULL;
    bool held = false;
    for (size_t i = 0; i < directory->purpose_count; i++) held = held || consent_holds_up(&asking->states[i]);
    const char *title = held ? N_("Before you go on") : N_("A question for you");
    struct page *page = exchange_page(exchange, "consent.tpl", title);
    struct part *content = page_content(page);
    part_str(content, "TITLE", exchange_text(exchange, title));
    part_str(content, "LEAD", exchange_text(exchange, held ? N_("Read this and answer. What you say is kept with its date, and you can change it later under \"Your data\".")
                                                          : N_("Answer it or leave it open. You can change your answer at any time under \"Your data\".")));
    part_str(content, "NEXT", asking->next);
    if (asking->stale) (void)add_summary(page, "IS_STALE");
    for (size_t i = 0; i < directory->purpose_count; i++) {
        const struct consent_state *state = &asking->states[i];
        if (!consent_is_due(state)) continue;
        fill_question(asking, state, part_section(content, "QUESTION"));
        if (!asking->stale && is_missing(asking, state)) add_missing(asking, page, &summary, state->purpose);
    }
    if (!held) part_show(content, "LATER");
    exchange_send(exchange, page, status);
    return OK;
}

/* --- a no to what is needed --- */

static Error show_refused(const struct asking *asking)
{
    struct exchange *exchange = asking->exchange;
    struct page *page = exchange_page(exchange, "consent_refused.tpl", N_("You cannot go on without this"));
    struct part *content = page_content(page);
    for (size_t i = 0; i < exchange->portal->directory.purpose_count; i++) {
        const struct consent_state *state = &asking->states[i];
        Str spoken;
        if (!consent_holds_up(state) || state->answer != CONSENT_REFUSED) continue;
        struct part *part = part_section(content, "REFUSED");
        part_str(part, "LABEL", consent_words(exchange, state->purpose->title, &spoken));
        part_str(part, "SPOKEN", spoken);
        part_str(part, "TEXT", consent_said(exchange, state));
    }
    part_str(content, "PATH", arena_join(exchange->arena, STR("/consent?next="), percent_encode(exchange->arena, asking->next)));
    exchange_send(exchange, page, 200);
    return OK;
}

static bool is_refused(const struct asking *asking)
{
    for (size_t i = 0; i < asking->exchange->portal->directory.purpose_count; i++)
        if (consent_holds_up(&asking->states[i]) && asking->states[i].answer == CONSENT_REFUSED) return true;
    return false;
}

/* --- the pages --- */

static Error begin(struct exchange *exchange, struct asking *out)
{
    Str next = way_next(exchange->request);
    *out = (struct asking){.exchange = exchange, .next = next.n ? next : STR("/profile"),
                           .states = ARENA_ARRAY(exchange->arena, struct consent_state, exchange->portal->directory.purpose_count + 1)};
    return consent_states(exchange->portal, exchange->arena, exchange->session.user.id, out->states);
}

Error consent_show(struct exchange *exchange)
{
    struct asking asking;
    Error error = begin(exchange, &asking);
    if (error) return error;
    if (form_has(&exchange->request->query, STR("refused")) && is_refused(&asking)) return show_refused(&asking);
    for (size_t i = 0; i < exchange->portal->directory.purpose_count; i++)
        if (consent_is_due(&asking.states[i])) return show(&asking, 200);
    reply_see_other(exchange->reply, asking.next);
    return OK;
}

/* Only names of purposes that there are, and yes or no. */
static bool is_readable(const struct asking *asking)
{
    const struct form *form = asking->typed;
    for (size_t i = 0; i < form->count; i++) {
        Str name = form->list[i].name, kind = str_cut(&name, '.');
        if (!str_is(kind, "consent")) continue;
        Str value = form_get_str(form, form->list[i].name);
        if (!directory_purpose(&asking->exchange->portal->directory, name)) return false;
        if (!str_is(value, "yes") && !str_is(value, "no")) return false;
    }
    return !form_has_repeats(form);
}

/* What is wished, in the directory's order. Nobody agrees to a text that they have not seen. "Not now" leaves open what may be left open,
   whatever was chosen above it. */
static size_t read_wishes(struct asking *asking, struct consent_wish *out)
{
    const struct directory *directory = &asking->exchange->portal->directory;
    bool later = form_has(asking->typed, STR("later"));
    size_t count = 0;
    for (size_t i = 0; i < directory->purpose_count; i++) {
        const struct consent_purpose *purpose = &directory->purposes[i];
        Str version = form_get_str(asking->typed, form_name(asking->exchange, "version", purpose)), answer = answer_to(asking, purpose);
        if (version.n && !str_eq(version, purpose->version)) asking->stale = true;
        if (later && !purpose->required) answer = STR("");
        if (!answer.n && (!version.n || purpose->required)) continue;
        out[count++] = (struct consent_wish){.purpose = purpose, .give = str_is(answer, "yes"), .leave_open = !answer.n};
    }
    return count;
}

static bool lacks_answer(const struct asking *asking)
{
    for (size_t i = 0; i < asking->exchange->portal->directory.purpose_count; i++)
        if (is_missing(asking, &asking->states[i])) return true;
    return false;
}

static Str way_on(const struct asking *asking, const struct consent_wish *wishes, size_t count)
{
    struct arena *arena = asking->exchange->arena;
    for (size_t i = 0; i < count; i++)
        if (wishes[i].purpose->required && !wishes[i].give)
            return arena_join(arena, STR("/consent?refused=1&next="), percent_encode(arena, asking->next));
    return asking->next;
}

Error consent_post(struct exchange *exchange)
{
    struct asking asking;
    Error error = begin(exchange, &asking);
    if (error) return error;
    asking.typed = &exchange->request->form;
    if (!is_readable(&asking)) return exchange_error(exchange, 422);
    struct consent_wish *wishes = ARENA_ARRAY(exchange->arena, struct consent_wish, exchange->portal->directory.purpose_count + 1);
    size_t count = read_wishes(&asking, wishes);
    if (asking.stale) return show(&asking, 409);
    if (lacks_answer(&asking)) return show(&asking, 422);
    error = consent_save(exchange->portal, &exchange->visit, &exchange->session.user, wishes, count);
    if (!error) reply_see_other(exchange->reply, way_on(&asking, wishes, count));
    return error;
}

/* A version's text, also of one that does not count any more. */
Error consent_text_show(struct exchange *exchange)
{
    const json_t *title, *text;
    Str spoken;
    Error error = consent_text(exchange->portal, exchange->arena, exchange->segment[0], exchange->segment[1], &title, &text);
    if (error) return error;
    struct page *page = exchange_page(exchange, "consent_text.tpl", N_("What you were asked"));
    struct part *content = page_content(page);
    part_str(content, "LABEL", consent_words(exchange, title, &spoken));
    part_str(content, "TITLE_SPOKEN", spoken);
    part_str(content, "CONSENT_TEXT", consent_words(exchange, text, &spoken));
    part_str(content, "SPOKEN", spoken);
    part_str(content, "VERSION", exchange->segment[1]);
    exchange_send(exchange, page, 200);
    return OK;
}
