/* Consents on /privacy: giving and withdrawing take one button each. */
#include "page/consent.h"

enum { HISTORY_MAX = 100 };

static Str text_path(const struct exchange *exchange, Str purpose, Str version)
{
    return arena_print(exchange->arena, "/consent/%.*s/%.*s", STR_ARGS(purpose), STR_ARGS(version));
}

static void add_purpose(struct exchange *exchange, const struct consent_state *state, struct part *part)
{
    const struct consent_purpose *purpose = state->purpose;
    bool given = state->answer == CONSENT_GIVEN, old = !str_eq(state->version, purpose->version);
    Str spoken;
    part_str(part, "ID", purpose->name);
    part_str(part, "LABEL", consent_words(exchange, purpose->title, &spoken));
    part_str(part, "SPOKEN", spoken);
    part_str(part, "VERSION", purpose->version);
    part_str(part, "PATH", text_path(exchange, purpose->name, purpose->version));
    part_str(part, "TEXT", consent_said(exchange, state));
    if (purpose->required) part_show(part, "IS_NEEDED");
    if (!given || old) part_show(part, "GIVE");
    if (given) part_show(part, "WITHDRAW");
    if (state->answer == CONSENT_NONE) part_show(part, "REFUSE");
}

static void add_row(struct exchange *exchange, const struct consent *consent, struct part *part)
{
    Str spoken = STR(""), date = catalog_date(exchange->arena, exchange->language, consent->at, true);
    Str title = consent->known ? consent_words(exchange, consent->known->title, &spoken) : consent->purpose;
    part_str(part, "TEXT", exchange_fill(exchange, consent->given ? N_("{DATE}: you agreed") : N_("{DATE}: you said no, or took it back"),
                                         "DATE", date));
    part_str(part, "LABEL", title);
    part_str(part, "SPOKEN", spoken);
    part_str(part, "VERSION", consent->version);
    part_str(part, "PATH", text_path(exchange, consent->purpose, consent->version));
}

static Error add_history(struct exchange *exchange, struct part *card)
{
    struct consent *list = ARENA_ARRAY(exchange->arena, struct consent, HISTORY_MAX);
    size_t count;
    Error error = consent_history(exchange->portal, exchange->arena, exchange->session.user.id, list, HISTORY_MAX, &count);
    if (error || !count) return error;
    struct part *history = part_section(card, "HISTORY");
    for (size_t i = 0; i < count; i++) add_row(exchange, &list[i], part_section(history, "ROW"));
    return OK;
}

Error consent_list(struct exchange *exchange, struct part *content)
{
    size_t count = exchange->portal->directory.purpose_count;
    if (!count) return OK;
    struct consent_state *states = ARENA_ARRAY(exchange->arena, struct consent_state, count);
    Error error = consent_states(exchange->portal, exchange->arena, exchange->session.user.id, states);
    if (error) return error;
    struct part *card = part_section(content, "CONSENTS");
    for (size_t i = 0; i < count; i++) add_purpose(exchange, &states[i], part_section(card, "PURPOSE"));
    return add_history(exchange, card);
}
