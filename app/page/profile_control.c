/* Which control a type of field gets, and what stands in it. */
#include "page/profile_form.h"

#include "model/dates.h"
#include "view/words.h"

struct control {
    const char *section;          /* of field.tpl */
    const char *type, *mode;      /* attributes of an input */
    bool code;                    /* written left to right and in plain letters, whatever the page's language */
    bool grouped;                 /* several controls under one legend */
};

static const struct control controls[FIELD_TYPES] = {
    [TYPE_TEXT] = {"INPUT", "text", "text", false, false},
    [TYPE_MULTILINE] = {"TEXTAREA", NULL, NULL, false, false},
    [TYPE_EMAIL] = {"INPUT", "email", "email", true, false},
    [TYPE_PHONE] = {"INPUT", "tel", "tel", true, false},
    [TYPE_USERNAME] = {"INPUT", "text", "text", true, false},
    [TYPE_URL] = {"INPUT", "url", "url", true, false},
    [TYPE_DATE] = {"INPUT", "date", "text", true, false},
    [TYPE_NUMBER] = {"INPUT", "text", "text", true, false},
    [TYPE_BOOLEAN] = {"RADIOS", NULL, NULL, false, true},
    [TYPE_CHOICE] = {"SELECT", NULL, NULL, false, false},
    [TYPE_CHOICES] = {"CHECKS", NULL, NULL, false, true},
    [TYPE_LANGUAGE] = {"SELECT", NULL, NULL, false, false},
    [TYPE_TIMEZONE] = {"INPUT", "text", "text", true, false},
    [TYPE_PICTURE] = {"INPUT", "url", "url", true, false},
    [TYPE_OBJECT] = {NULL, NULL, NULL, false, false},
};

static Str text_of(const json_t *value)
{
    return (Str){json_string_value(value), json_string_length(value)};
}

json_t *profile_typed(const struct form *form, const struct field *field)
{
    if (field->type != TYPE_CHOICES) {
        Str text = form_get_str(form, field->name);
        return json_stringn(text.p ? text.p : "", text.n);
    }
    json_t *values = json_array();
    for (size_t i = 0; i < form->count; i++) {
        const Param *param = &form->list[i];
        if (!str_eq(param->name, field->name) || param->value.n == 0) continue;
        json_array_append_new(values, json_stringn(param->value.p, param->value.n));
    }
    return values;
}

/* What the control shows: what was typed, if it was on the form that was sent, else what is stored; texts of one or many. */
static json_t *shown_value(const struct profile_form *form, const struct field *field)
{
    if (form->typed && form_has(form->typed, field->name)) return profile_typed(form->typed, field);
    json_t *stored = field_value(form->user->profile, field);
    if (!stored) return json_string("");
    if (json_is_array(stored)) return stored;
    Str text = field_text(form->exchange->arena, field, stored);
    return json_stringn(text.p, text.n);
}

static bool is_among(const json_t *shown, Str value)
{
    if (!json_is_array(shown)) return str_eq(text_of(shown), value);
    for (size_t i = 0; i < json_array_size(shown); i++) {
        if (str_eq(text_of(json_array_get(shown, i)), value)) return true;
    }
    return false;
}

static void add_option(struct part *control, struct option option, bool selected)
{
    struct part *part = part_section(control, "OPTION");
    part_str(part, "OPTION_VALUE", option.value);
    part_str(part, "OPTION_LABEL", option.label);
    if (selected) part_show(part, "IS_SELECTED");
}

/* A stored or typed value that is no choice (any more) stays pickable, so that looking at a form never loses it. */
static void add_strays(struct part *control, const struct option *options, size_t count, const json_t *shown)
{
    size_t shown_count = json_is_array(shown) ? json_array_size(shown) : 1;
    for (size_t i = 0; i < shown_count; i++) {
        Str value = text_of(json_is_array(shown) ? json_array_get(shown, i) : shown);
        bool known = value.n == 0;
        for (size_t k = 0; k < count && !known; k++) known = str_eq(options[k].value, value);
        if (!known) add_option(control, (struct option){value, value}, true);
    }
}

static void fill_options(const struct profile_form *form, const struct field *field, struct part *control, const json_t *shown)
{
    size_t count = 0;
    const struct option *options = profile_options(form->exchange, field, &count);
    for (size_t i = 0; i < count; i++) add_option(control, options[i], is_among(shown, options[i].value));
    add_strays(control, options, count, shown);
    if (is_among(shown, STR(""))) part_show(control, "IS_NOT_SET");
}

/* A date control shows nothing but a whole date; anything else that was typed or stored is kept as text. */
static const char *input_type(const struct field *field, const struct control *control, Str value)
{
    int64_t days = 0;
    return field->type == TYPE_DATE && value.n && !date_days(value, &days) ? "text" : control->type;
}

static void fill_input(const struct field *field, const struct control *control, struct part *part, Str value)
{
    bool counted = field->type == TYPE_NUMBER && field->has_min && field->min >= 0;
    part_str(part, "TYPE", str_of(input_type(field, control, value)));
    part_str(part, "MODE", counted ? STR("numeric") : str_of(control->mode));
    if (control->code) part_show(part, "IS_CODE");
    if (field->type == TYPE_TIMEZONE) part_show(part, "IS_TIMEZONE");
}

static void fill_editable(const struct profile_form *form, const struct field *field, struct part *part)
{
    const struct control *control = &controls[field->type];
    const json_t *shown = shown_value(form, field);
    struct part *frame = part_section(part_section(part, "EDITABLE"), control->grouped ? "GROUPED" : "LABELLED");
    struct part *inside = part_section(frame, control->section);
    bool own = form->side->reader == ACTOR_OWNER;      /* else a browser would fill in who types, not whom it is about */
    part_str(part, "AUTOCOMPLETE", own && field->autocomplete ? str_of(field->autocomplete) : STR("off"));
    if (!json_is_array(shown)) part_str(part, "VALUE", text_of(shown));
    if (control->type) fill_input(field, control, inside, text_of(shown));
    else if (field->type != TYPE_MULTILINE) fill_options(form, field, inside, shown);
}

bool profile_differs(const struct profile_form *form, const struct field *field)
{
    if (!form->typed || !form_has(form->typed, field->name)) return false;
    json_t *clean = NULL, *stored = field_value(form->user->profile, field);
    FieldProblem problem = {0};
    if (!field_clean(form->exchange->arena, field, profile_typed(form->typed, field), &clean, &problem)) return true;
    return clean && stored ? !json_equal(clean, stored) : clean != stored;
}

Str profile_value_direction(const struct field *field)
{
    return controls[field->type].code && field->type != TYPE_DATE ? STR("ltr") : STR("auto");
}

static void fill_stored(const struct profile_form *form, const struct field *field, struct part *part)
{
    if (!form->stale || !profile_differs(form, field)) return;
    Str now = profile_stored_text(form, field);
    struct part *stored = part_section(part, "STORED");
    part_str(stored, "DIRECTION_OF_VALUE", profile_value_direction(field));
    if (now.n) part_str(part_section(stored, "HAS_STORED"), "TEXT", now);
    else part_show(stored, "NOTHING_STORED");
}

void profile_control(const struct profile_form *form, const struct field *field, struct part *part)
{
    part_str(part, "ID", arena_join(form->exchange->arena, STR("f-"), field->name));
    part_str(part, "NAME", form->control.p ? form->control : field->name);
    part_str(part, "LABEL", profile_label(form, field));
    part_str(part, "DIRECTION_OF_VALUE", controls[field->type].code ? STR("ltr") : STR("auto"));
    if (!profile_is_editable(form, field)) {
        profile_locked(form, field, part);
        return;
    }
    fill_stored(form, field, part);
    fill_editable(form, field, part);
}
