/* What is held about a person: their fields with a value, where they came from and who sees them, and for each who changed it last.
   Nothing here is written by hand: it is what the rules decide and what the audit says. */
#include "account/activity.h"
#include "account/field_request.h"
#include "page/privacy.h"
#include "view/words.h"

enum { LOOKED_BACK = 300 };       /* acts that are searched for the last change of a field */

struct held {
    struct profile_form *form;
    const struct activity *acts;
    size_t act_count;
    Str support;                  /* whom to ask about what is kept for the service alone */
};

static void add_name(struct exchange *exchange, struct text *names, Str name)
{
    if (names->n) text_add(names, exchange_text(exchange, N_(", ")));
    text_add(names, name);
}

/* --- who sees it --- */

static bool sees(const struct held *held, const struct field *field, enum actor actor, bool guest)
{
    const struct fields *fields = &held->form->exchange->portal->directory.fields;
    return policy_level(fields, field, held->form->subject, actor, guest).level > LEVEL_NONE;
}

static Str audience(const struct held *held, const struct field *field)
{
    struct exchange *exchange = held->form->exchange;
    const struct subject *subject = held->form->subject;
    struct text names = {.arena = exchange->arena};
    add_name(exchange, &names, exchange_text(exchange, N_("you")));
    for (size_t i = 0; i < subject->membership_count; i++) {
        const struct rule_source *organization = &subject->memberships[i].organization;
        if (!sees(held, field, ACTOR_DESK, !subject->memberships[i].home)) continue;
        Str name = organization->display_name.n ? organization->display_name : organization->name;
        add_name(exchange, &names, exchange_fill(exchange, N_("the help desk of {NAME}"), "NAME", name));
    }
    if (sees(held, field, ACTOR_OPERATOR, false)) add_name(exchange, &names, exchange_text(exchange, N_("the operator of this portal")));
    return exchange_fill(exchange, N_("Seen by {NAMES}"), "NAMES", text_str(&names));
}

/* --- where it came from --- */

static Str origin(const struct held *held, const struct field *field)
{
    struct exchange *exchange = held->form->exchange;
    const struct subject *subject = held->form->subject;
    const struct rule_source *source = subject->connection;
    const struct connection *own = directory_connection(&exchange->portal->directory, held->form->user->connection);
    bool local = own && str_is(own->strategy, "local");
    if (field->system) return exchange_text(exchange, N_("Kept by the portal itself"));
    for (size_t i = 0; i < subject->owned_count; i++) {
        if (!str_eq(subject->owned[i].field, field->name)) continue;
        source = subject->owned[i].connection;
        local = false;
    }
    if (local || !source) return exchange_text(exchange, N_("Entered in this portal"));
    return exchange_fill(exchange, N_("From {NAME}"), "NAME", source->display_name.n ? source->display_name : source->name);
}

/* --- who changed it last --- */

static bool touches(const struct activity *act, const struct field *field)
{
    if (act->refused || (!str_is(act->action, "profile.save") && !str_is(act->action, "account.create"))) return false;
    for (size_t i = 0; i < act->count; i++)
        if (act->fields[i].field == field) return true;
    return false;
}

static const char *changed_words(const struct activity *act)
{
    switch (act->by) {
    case BY_OWNER: return N_("Last changed on {DATE} by you");
    case BY_DESK: return N_("Last changed on {DATE} by the help desk of {NAME}");
    case BY_OPERATOR: return N_("Last changed on {DATE} by the operator of this portal");
    default: return N_("Last changed on {DATE} by a directory or a service");
    }
}

static Str change(const struct held *held, const struct field *field)
{
    struct exchange *exchange = held->form->exchange;
    for (size_t i = 0; i < held->act_count; i++) {
        const struct activity *act = &held->acts[i];
        if (!touches(act, field)) continue;
        Str date = catalog_date(exchange->arena, exchange->language, act->at, false);
        Str name = act->organization.n ? act->organization : exchange_text(exchange, N_("an organization"));
        return catalog_fill(exchange->arena, exchange_text(exchange, changed_words(act)), "DATE", date, "NAME", name, NULL);
    }
    return STR_NONE;
}

/* --- having it put right --- */

static void add_way(const struct held *held, const struct field *field, struct part *part)
{
    struct profile_form *form = held->form;
    Verdict verdict = profile_verdict(form, field);
    if (!field->system && (profile_is_editable(form, field) || (field->proof != PROOF_NONE && verdict.level >= LEVEL_ONCE))) {
        part_str(part_section(part, "CHANGE"), "NAME", field->name);
        return;
    }
    if (field_request_may(&form->exchange->portal->directory.fields, field, form->subject) == REQUEST_DONE) {
        part_str(part_section(part, "ASK"), "ASKED", field->name);
        return;
    }
    Str why = field->system ? STR_NONE : profile_reason(form, verdict, field);   /* its origin says it */
    if (why.n) part_str(part_section(part, "KEPT"), "REASON", why);
}

/* --- who sees what, said once for all fields of which the same is true --- */

struct group {
    Str origin, audience;
    struct text names;
};

static bool is_held(const struct held *held, const struct field *field)
{
    return profile_is_shown(held->form, field) && profile_stored_text(held->form, field).n > 0;
}

static struct group *group_of(const struct held *held, const struct field *field, struct group *groups, size_t *count)
{
    Str from = origin(held, field), seen = audience(held, field);
    for (size_t i = 0; i < *count; i++)
        if (str_eq(groups[i].origin, from) && str_eq(groups[i].audience, seen)) return &groups[i];
    groups[*count] = (struct group){.origin = from, .audience = seen, .names = {.arena = held->form->exchange->arena}};
    return &groups[(*count)++];
}

static void add_table(const struct held *held, struct part *content)
{
    struct exchange *exchange = held->form->exchange;
    const struct fields *fields = &exchange->portal->directory.fields;
    struct group *groups = ARENA_ARRAY(exchange->arena, struct group, fields->count + 1);
    size_t count = 0;
    int64_t all = 0;
    for (int which = 0; which < SECTIONS; which++)
        for (size_t i = 0; i < fields->count; i++) {
            const struct field *field = &fields->list[i];
            if (field->section != (enum section)which || !is_held(held, field)) continue;
            add_name(exchange, &group_of(held, field, groups, &count)->names, field_label(exchange->language, field));
            all++;
        }
    Str words = catalog_plural(exchange->language, "{N} detail about you is held here.", "{N} details about you are held here.", all);
    part_str(content, "COUNTED", catalog_fill(exchange->arena, words, "N", arena_print(exchange->arena, "%lld", (long long)all), NULL));
    for (size_t i = 0; i < count; i++) {
        struct part *row = part_section(content, "GROUP");
        part_str(row, "NAMES", text_str(&groups[i].names));
        part_str(row, "ORIGIN", groups[i].origin);
        part_str(row, "SEEN", groups[i].audience);
    }
}

/* --- one by one --- */

static void add_field(const struct held *held, const struct field *field, struct part *section)
{
    struct exchange *exchange = held->form->exchange;
    struct part *part = part_section(section, "FIELD");
    Str changed = change(held, field);
    part_str(part, "LABEL", field_label(exchange->language, field));
    part_str(part, "VALUE", profile_stored_text(held->form, field));
    part_str(part, "DIRECTION_OF_VALUE", profile_value_direction(field));
    if (changed.n) part_str(part_section(part, "CHANGED"), "TEXT", changed);
    add_way(held, field, part);
}

static void add_section(const struct held *held, enum section which, struct part *content)
{
    struct exchange *exchange = held->form->exchange;
    const struct fields *fields = &exchange->portal->directory.fields;
    struct part *section = NULL;
    int64_t count = 0;
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->list[i].section != which || !is_held(held, &fields->list[i])) continue;
        if (!section) section = part_section(content, "SECTION");
        add_field(held, &fields->list[i], section);
        count++;
    }
    if (!section) return;
    part_str(section, "SECTION_NAME", str_of(section_name(which)));
    part_str(section, "SECTION_TITLE", exchange_text(exchange, section_title(which)));
    part_int(section, "COUNT", count);
}

/* That something is kept which its owner may not see is no secret (the activity page says so too); what it is stays one. */
static void add_hidden(const struct held *held, struct part *content)
{
    struct exchange *exchange = held->form->exchange;
    const struct fields *fields = &exchange->portal->directory.fields;
    bool hidden = false;
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        if (field->system || field->type == TYPE_OBJECT || profile_verdict(held->form, field).level > LEVEL_NONE) continue;
        hidden = hidden || field_value(held->form->user->profile, field) != NULL;
    }
    if (!hidden) return;
    part_str(part_section(content, "HIDDEN"), "TEXT", held->support.n
        ? exchange_fill(exchange, N_("There are also details that are kept for the service alone. Ask {ADDRESS} what they are."), "ADDRESS", held->support)
        : exchange_text(exchange, N_("There are also details that are kept for the service alone. Ask the operator what they are.")));
}

Error privacy_held(struct profile_form *form, struct part *content)
{
    struct exchange *exchange = form->exchange;
    struct activity *acts = ARENA_ARRAY(exchange->arena, struct activity, LOOKED_BACK);
    struct held held = {.form = form, .acts = acts, .support = exchange->look.support_email};
    bool older;
    Error error = activity_read(exchange->portal, &exchange->visit, form->user, 0, acts, LOOKED_BACK, &held.act_count, &older);
    if (error) return error;
    add_table(&held, content);
    for (int which = 0; which < SECTIONS; which++) add_section(&held, (enum section)which, content);
    add_hidden(&held, content);
    return OK;
}
