/* From what was sent to a change, and from what became of it back to the page. */
#include "page/profile_form.h"

enum { LONGEST_QUERY = 1000 };

/* Names of the form that are not fields of the profile. */
static bool is_ours(const struct profile_side *side, Str name)
{
    bool reason = side->actor == ACTOR_DESK && str_is(name, "reason");
    return reason || str_is(name, "csrf") || str_is(name, "version") || str_is(name, "section");
}

static bool came_before(const struct form *form, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (str_eq(form->list[i].name, form->list[index].name)) return true;
    }
    return false;
}

/* Only the boxes of a `choices` field share a name and are one value together. */
struct change profile_change(const struct exchange *exchange, const struct profile_side *side)
{
    const struct form *form = &exchange->request->form;
    struct change change;
    change_init(&change, exchange->arena, side->actor);
    for (size_t i = 0; i < form->count; i++) {
        Str name = form->list[i].name;
        const struct field *field = field_find(&exchange->portal->directory.fields, name);
        bool boxes = field && field->type == TYPE_CHOICES;
        if (is_ours(side, name) || (boxes && came_before(form, i))) continue;
        if (boxes) change_put(&change, name, profile_typed(form, field));
        else change_put_text(&change, name, form->list[i].value);
    }
    return change;
}

struct refusals profile_taken(const struct exchange *exchange, const Commit *commit)
{
    struct refusals refusals = commit->refusals;
    struct refusal *taken = ARENA_NEW(exchange->arena, struct refusal);
    *taken = *refusals.first;
    taken->kind = REFUSED_INVALID;
    taken->problem = (FieldProblem){.message = N_("Somebody else uses this already. Choose another one.")};
    refusals.first = refusals.last = taken;
    return refusals;
}

Str profile_saved_path(const struct exchange *exchange, Str path, const Commit *commit)
{
    size_t count = 0;
    const struct decided_field *fields = decided_fields(commit->decided, &count);
    struct text way = {.arena = exchange->arena};
    text_print(&way, "%.*s?saved=%s", STR_ARGS(path), count ? "" : "0");
    for (size_t i = 0; i < count && way.n < LONGEST_QUERY; i++) {
        text_print(&way, "%s%.*s", i ? "," : "", STR_ARGS(fields[i].field->name));
    }
    return text_str(&way);
}
