/* Nobody joins without having read what the organization sees and may do then, and what they themselves can no longer change. */
#include "page/invited.h"
#include "view/words.h"

struct terms {
    struct exchange *exchange;
    Str name;                     /* of the organization */
    struct subject before, after; /* without and with the membership */
    struct invitation_prospect prospect;
};

/* --- both sides of the answer --- */

static void add_membership(struct terms *terms, const struct invitation *invitation)
{
    size_t count = terms->before.membership_count;
    struct member_of *list = ARENA_ARRAY(terms->exchange->arena, struct member_of, count + 1);
    for (size_t i = 0; i < count; i++) list[i] = terms->before.memberships[i];
    list[count] = *invitation->joins;
    list[count].home = terms->prospect.home;
    list[count].acts = json_array_size(invitation->roles) > 0;
    terms->after = terms->before;
    terms->after.memberships = list;
    terms->after.membership_count = count + 1;
}

static enum level level(const struct terms *terms, const struct field *field, const struct subject *subject, enum actor actor)
{
    return policy_level(&terms->exchange->portal->directory.fields, field, subject, actor, false).level;
}

/* What its owner does not see is not spoken of. */
static bool is_of_profile(const struct terms *terms, const struct field *field)
{
    return !field->system && field->type != TYPE_OBJECT && level(terms, field, &terms->before, ACTOR_OWNER) > LEVEL_NONE;
}

static bool is_seen_there(const struct terms *terms, const struct field *field)
{
    return level(terms, field, &terms->after, ACTOR_DESK) >= LEVEL_READ;
}

static bool is_lost(const struct terms *terms, const struct field *field)
{
    return level(terms, field, &terms->before, ACTOR_OWNER) >= LEVEL_ONCE && level(terms, field, &terms->after, ACTOR_OWNER) < LEVEL_ONCE;
}

/* --- lists of fields --- */

struct picked {
    Str labels;                   /* with points between */
    size_t count;
};

static struct picked pick(const struct terms *terms, bool (*wanted)(const struct terms *, const struct field *), bool is)
{
    struct exchange *exchange = terms->exchange;
    const struct fields *fields = &exchange->portal->directory.fields;
    struct text labels = {.arena = exchange->arena};
    struct picked picked = {.count = 0};
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        if (!is_of_profile(terms, field) || wanted(terms, field) != is) continue;
        if (picked.count++) text_add(&labels, STR(" · "));
        text_add(&labels, field_label(exchange->language, field));
    }
    picked.labels = text_str(&labels);
    return picked;
}

static Str say(const struct terms *terms, const char *english, Str fields)
{
    struct exchange *exchange = terms->exchange;
    return catalog_fill(exchange->arena, exchange_text(exchange, english), "NAME", terms->name, "FIELDS", fields, NULL);
}

/* --- the sentences --- */

static Str seen_words(const struct terms *terms)
{
    struct picked seen = pick(terms, is_seen_there, true), hidden = pick(terms, is_seen_there, false);
    if (!hidden.count) return say(terms, N_("{NAME} sees your whole profile then."), STR(""));
    if (!seen.count) return say(terms, N_("{NAME} sees nothing of your profile then."), STR(""));
    if (hidden.count < seen.count) return say(terms, N_("{NAME} sees your whole profile then, except: {FIELDS}."), hidden.labels);
    return say(terms, N_("Of your profile, {NAME} sees then: {FIELDS}."), seen.labels);
}

static void add_rights(const struct terms *terms, struct part *accept)
{
    struct part *part = part_section(accept, "TERMS");
    if (!terms->prospect.home) part_str(part, "SEES", seen_words(terms));
    part_str(part, "MAY", terms->prospect.home
        ? say(terms, N_("{NAME} becomes the home of your account: its help desk sees your profile and changes it as far as the rules allow, sends "
                        "you links, signs you out, and can block and delete your account."), STR(""))
        : say(terms, N_("Its help desk can suspend or end your membership there, and changes nothing in your account."), STR("")));
}

static bool desk_opens_all(const struct terms *terms)
{
    const struct fields *fields = &terms->exchange->portal->directory.fields;
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        if (!is_of_profile(terms, field) || !is_lost(terms, field)) continue;
        if (policy_level(fields, field, &terms->after, ACTOR_DESK, false).level < LEVEL_ONCE) return false;
    }
    return true;
}

static const struct rule_source *home_of(const struct subject *subject)
{
    for (size_t i = 0; i < subject->membership_count; i++)
        if (subject->memberships[i].home) return &subject->memberships[i].organization;
    return NULL;
}

static Str way_out(const struct terms *terms)
{
    const struct rule_source *home = home_of(&terms->after);
    if (!home || !desk_opens_all(terms)) return say(terms, N_("To change it later, leave {NAME}."), STR(""));
    return exchange_fill(terms->exchange, N_("To have it changed later, ask the help desk of {NAME}."), "NAME",
                         home->display_name.n ? home->display_name : home->name);
}

static void add_locks(const struct terms *terms, struct part *accept)
{
    struct picked lost = pick(terms, is_lost, true);
    if (!lost.count) return;
    struct part *part = part_section(accept, "LOCKS");
    part_str(part, "STAYS", say(terms, N_("Once you have joined, this stays as it is in the whole portal: {FIELDS}."), lost.labels));
    part_str(part, "WAY", way_out(terms));
}

Error invited_terms(struct exchange *exchange, const struct invitation *invitation, struct part *accept)
{
    const struct user *user = &exchange->session.user;
    struct terms terms = {.exchange = exchange};
    terms.name = exchange->look.display_name.n ? exchange->look.display_name : exchange->look.name;
    Error error = invitation_prospect(exchange->portal, &exchange->visit, invitation, user, &terms.prospect);
    if (!error) error = account_subject(exchange->portal, exchange->arena, user, &terms.before);
    if (error) return error;
    if (terms.prospect.member) {
        part_show(accept, "MEMBER");
        return OK;
    }
    add_membership(&terms, invitation);
    add_rights(&terms, accept);
    add_locks(&terms, accept);
    return OK;
}
