/* Fields that a person reads: the value, why it stays as it is, and whom to ask. */
#include "page/profile_form.h"
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

static Str reason_of(const struct profile_form *form, const struct field *field)
{
    Str *kept = &form->reasons[field - form->exchange->portal->directory.fields.list];
    if (!kept->p) *kept = reason_text(form->exchange->arena, form->exchange->language, profile_verdict(form, field), field);
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
    return is_locked(form, other) && str_eq(reason_of(form, other), reason) ? other : NULL;
}

/* Locked fields in a row with one reason say it once, above the first of them; each is tied to it all the same. */
static void fill_reason(const struct profile_form *form, const struct field *field, struct part *locked)
{
    Str reason = reason_of(form, field);
    const struct field *first = field, *before = companion(form, field, -1, reason);
    bool grouped = before || companion(form, field, 1, reason);
    for (; before; before = companion(form, before, -1, reason)) first = before;
    part_str(locked, "WHY", arena_print(form->exchange->arena, "f-%.*s-why", STR_ARGS(first->name)));
    part_str(locked, "REASON", reason);
    if (grouped) part_show(locked, "IS_GROUPED");
    else part_show(locked, "IS_ALONE");
    if (grouped && first == field) part_show(locked, "IS_FIRST");
}

void profile_locked(const struct profile_form *form, const struct field *field, struct part *part)
{
    struct part *locked = part_section(part, "LOCKED");
    Str value = profile_stored_text(form, field);
    if (value.n) {
        struct part *shown = part_section(locked, "HAS_VALUE");
        part_str(shown, "VALUE", value);
        part_str(shown, "DIRECTION_OF_VALUE", profile_value_direction(field));
        fill_mark(form, field, shown);
    } else {
        part_show(locked, "IS_EMPTY");
    }
    fill_reason(form, field, locked);
    if (!profile_differs(form, field)) return;
    Str typed = profile_value_text(form->exchange, field, profile_typed(form->typed, field));
    part_str(part_section(locked, "TYPED"), "TEXT", typed);
}
