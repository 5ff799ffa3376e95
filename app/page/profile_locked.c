/* Fields that a person reads: the value, why it stays as it is, and whom to ask. */
#include "page/profile_form.h"

#include "account/email.h"
#include "account/phone.h"
#include "page/portrait.h"
#include "view/words.h"

/* Whether an address was confirmed is said beside it. */
static const struct {
    const char *address, *confirmed;
} confirmations[] = {{"email", "email_verified"}, {"phone_number", "phone_verified"}};
enum { CONFIRMATIONS = sizeof confirmations / sizeof *confirmations };

static bool is_locked(const struct profile_form *form, const struct field *field)
{
    return field && profile_is_shown(form, field) && !profile_is_editable(form, field);
}

const struct field *profile_marked(const struct profile_form *form, const struct field *field)
{
    const struct fields *fields = &form->exchange->portal->directory.fields;
    for (size_t i = 0; i < CONFIRMATIONS; i++) {
        if (!str_is(field->name, confirmations[i].confirmed) || !is_locked(form, field)) continue;
        const struct field *address = field_find(fields, str_of(confirmations[i].address));
        return is_locked(form, address) ? address : NULL;
    }
    return NULL;
}

static void fill_mark(const struct profile_form *form, const struct field *field, struct part *value)
{
    for (size_t i = 0; i < CONFIRMATIONS; i++) {
        if (!str_is(field->name, confirmations[i].address)) continue;
        const struct field *confirmed = field_find(&form->exchange->portal->directory.fields, str_of(confirmations[i].confirmed));
        if (!confirmed || !profile_marked(form, confirmed)) return;
        bool done = json_is_true(field_value(form->user->profile, confirmed));
        struct part *mark = part_section(value, "MARK");
        part_str(mark, "MARKED", confirmed->name);
        part_str(mark, "TEXT", exchange_text(form->exchange, done ? N_("Confirmed") : N_("Not confirmed yet")));
        if (!done) part_show(mark, "IS_OPEN");
    }
}

/* An address, a number or a picture that its owner may change has a page of its own for that. */
static bool has_way(const struct profile_form *form, const struct field *field)
{
    return form->side->actor == ACTOR_OWNER && profile_has_page(field) && profile_verdict(form, field).level >= LEVEL_ONCE;
}

static Str reason_of(const struct profile_form *form, const struct field *field)
{
    Str *kept = &form->reasons[field - form->exchange->portal->directory.fields.list];
    if (!kept->p) *kept = profile_reason(form, profile_verdict(form, field), field);
    return *kept;
}

/* The field that stands before (-1) or after (1) this one in its section. */
static const struct field *neighbour(const struct profile_form *form, const struct field *field, int step)
{
    const struct fields *fields = &form->exchange->portal->directory.fields;
    const struct field *end = step < 0 ? fields->list : fields->list + fields->count - 1;
    for (const struct field *each = field; each != end;) {
        each += step;
        if (each->section != field->section) return NULL;
        if (profile_is_shown(form, each) && !profile_marked(form, each)) return each;
    }
    return NULL;
}

/* The neighbour, if it is locked for the same reason. */
static const struct field *companion(const struct profile_form *form, const struct field *field, int step, Str reason)
{
    const struct field *other = neighbour(form, field, step);
    return is_locked(form, other) && !has_way(form, other) && str_eq(reason_of(form, other), reason) ? other : NULL;
}

static void add_reason(const struct profile_form *form, const struct field *first, Str reason, struct part *locked)
{
    part_str(locked, "WHY", arena_print(form->exchange->arena, "f-%.*s-why", STR_ARGS(first->name)));
    part_str(locked, "REASON", reason);
}

/* Locked fields in a row with one reason say it once, above the first of them; each is tied to it all the same. */
static void fill_reason(const struct profile_form *form, const struct field *field, struct part *locked)
{
    Str reason = reason_of(form, field);
    const struct field *first = field, *before = companion(form, field, -1, reason);
    bool grouped = before || companion(form, field, 1, reason);
    for (; before; before = companion(form, before, -1, reason)) first = before;
    add_reason(form, first, reason, locked);
    if (grouped) part_show(locked, "IS_GROUPED");
    else part_show(locked, "IS_ALONE");
    if (grouped && first == field) part_show(locked, "IS_FIRST");
}

static void fill_way(const struct profile_form *form, const struct field *field, struct part *locked)
{
    bool picture = field->type == TYPE_PICTURE;
    add_reason(form, field, picture ? exchange_text(form->exchange, N_("It is shown beside your name.")) : reason_of(form, field), locked);
    Str path = field->proof == PROOF_PHONE ? STR("/phone") : STR("/email");
    part_str(part_section(locked, "CHANGE"), "PATH", picture ? STR("/profile/picture") : path);
}

/* What waits for its proof, and what comes back. When it cannot be read the profile is shown all the same; the page of the field
   says what is wrong. */
static void fill_pending(const struct profile_form *form, const struct field *field, struct part *locked)
{
    struct exchange *exchange = form->exchange;
    const struct proof_kind *kind = field->proof == PROOF_PHONE ? &phone_proof : &email_proof;
    struct proof_state state = {.value = profile_stored_text(form, field)};
    Error error = proving_pending(exchange->portal, &exchange->visit, kind, form->user, &state);
    if (!error && state.bouncing) part_show(locked, "BOUNCING");
    if (error || !state.pending) return;
    if (state.pending_bouncing) part_show(locked, "PENDING_BOUNCING");
    struct part *part = part_section(locked, "PENDING");
    Str since = catalog_date(exchange->arena, exchange->language, state.pending_since, true);
    part_str(part, "PENDING_VALUE", state.pending_value);
    part_str(part, "PENDING_SINCE", exchange_fill(exchange, N_("since {SINCE}"), "SINCE", since));
    part_str(part, "CANCEL", arena_join(exchange->arena, STR("cancel-"), field->name));
}

void profile_locked(const struct profile_form *form, const struct field *field, struct part *part)
{
    struct part *locked = part_section(part, "LOCKED");
    Str value = profile_stored_text(form, field);
    Str picture = str_is(field->name, "picture") ? portrait_name(form->exchange, form->user->profile) : STR_NONE;
    if (picture.n) {
        part_str(part_section(locked, "PORTRAIT"), "NAME", picture);
    } else if (value.n) {
        struct part *shown = part_section(locked, "HAS_VALUE");
        part_str(shown, "VALUE", value);
        part_str(shown, "DIRECTION_OF_VALUE", profile_value_direction(field));
        fill_mark(form, field, shown);
    } else {
        part_show(locked, "IS_EMPTY");
    }
    if (has_way(form, field)) fill_way(form, field, locked);
    else fill_reason(form, field, locked);
    if (field->proof != PROOF_NONE && form->side->actor == ACTOR_OWNER) fill_pending(form, field, locked);
    if (form->side->actor == ACTOR_OWNER) profile_request_way(form, field, locked);
    if (!profile_differs(form, field)) return;
    Str typed = profile_value_text(form->exchange, field, profile_typed(form->typed, field));
    part_str(part_section(locked, "TYPED"), "TEXT", typed);
}
