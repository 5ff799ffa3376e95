/* Values as people read them, and the lists they pick from. */
#include "model/dates.h"
#include "page/profile_form.h"

enum { A_DAY = 24 * 3600 };

static Str text_of(const json_t *value)
{
    return (Str){json_string_value(value), json_string_length(value)};
}

static struct option choice_option(const struct exchange *exchange, const json_t *choice)
{
    const json_t *value = json_is_object(choice) ? json_object_get(choice, "value") : choice;
    Str text = {json_string_value(value), json_string_length(value)};
    Str label = json_is_object(choice) ? catalog_pick(exchange->language, json_object_get(choice, "label"), STR("en")) : STR_NONE;
    return (struct option){text, label.n ? label : text};
}

static struct option *choice_options(const struct exchange *exchange, const struct field *field, size_t *count)
{
    *count = json_array_size(field->choices);
    struct option *options = ARENA_ARRAY(exchange->arena, struct option, *count + 1);
    for (size_t i = 0; i < *count; i++) options[i] = choice_option(exchange, json_array_get(field->choices, i));
    return options;
}

static struct option *language_options(const struct exchange *exchange, size_t *count)
{
    const struct catalogs *catalogs = view_catalogs(exchange->view);
    *count = catalogs->count;
    struct option *options = ARENA_ARRAY(exchange->arena, struct option, *count + 1);
    for (size_t i = 0; i < *count; i++) {
        options[i] = (struct option){catalog_code(catalogs->list[i]), catalog_name(catalogs->list[i])};
    }
    return options;
}

static struct option *boolean_options(const struct exchange *exchange, size_t *count)
{
    *count = 2;
    struct option *options = ARENA_ARRAY(exchange->arena, struct option, 3);
    options[0] = (struct option){STR("true"), catalog_text(exchange->language, N_("Yes"))};
    options[1] = (struct option){STR("false"), catalog_text(exchange->language, N_("No"))};
    return options;
}

struct option *profile_options(const struct exchange *exchange, const struct field *field, size_t *count)
{
    if (field->type == TYPE_BOOLEAN) return boolean_options(exchange, count);
    if (field->type == TYPE_LANGUAGE) return language_options(exchange, count);
    return choice_options(exchange, field, count);
}

static bool has_options(enum field_type type)
{
    return type == TYPE_BOOLEAN || type == TYPE_CHOICE || type == TYPE_CHOICES || type == TYPE_LANGUAGE;
}

static Str label_of(const struct option *options, size_t count, Str value)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(options[i].value, value)) return options[i].label;
    }
    return value;
}

static Str choices_text(const struct exchange *exchange, const struct option *options, size_t count, const json_t *values)
{
    struct text all = {.arena = exchange->arena};
    for (size_t i = 0; i < json_array_size(values); i++) {
        if (i) text_add(&all, catalog_text(exchange->language, N_(", ")));
        text_add(&all, label_of(options, count, text_of(json_array_get(values, i))));
    }
    return text_str(&all);
}

static Str date_text(const struct exchange *exchange, const struct field *field, const json_t *value)
{
    int64_t days = 0;
    Str text = field_text(exchange->arena, field, value);
    return date_days(text, &days) ? catalog_date(exchange->arena, exchange->language, days * A_DAY, false) : text;
}

Str profile_value_text(const struct exchange *exchange, const struct field *field, const json_t *value)
{
    size_t count = 0;
    if (!value) return STR("");
    if (field->type == TYPE_DATE) return date_text(exchange, field, value);
    if (!has_options(field->type)) return field_text(exchange->arena, field, value);
    const struct option *options = profile_options(exchange, field, &count);
    if (json_is_array(value)) return choices_text(exchange, options, count, value);
    return label_of(options, count, field_text(exchange->arena, field, value));
}

static Str time_text(const struct exchange *exchange, int64_t seconds)
{
    return seconds > 0 ? catalog_date(exchange->arena, exchange->language, seconds, true) : STR("");
}

/* What the program itself keeps stands in the account's row, not in its profile. */
static Str kept_text(const struct profile_form *form, Str name)
{
    const struct user *user = form->user;
    if (str_is(name, "user_id")) return user->user_id;
    if (str_is(name, "created_at")) return time_text(form->exchange, user->created_at);
    if (str_is(name, "updated_at")) return time_text(form->exchange, user->updated_at);
    if (str_is(name, "last_login")) return time_text(form->exchange, user->last_login_at);
    if (str_is(name, "blocked")) return exchange_text(form->exchange, user->blocked ? N_("Yes") : N_("No"));
    if (str_is(name, "logins_count")) return arena_print(form->exchange->arena, "%lld", (long long)user->logins_count);
    return STR("");
}

Str profile_stored_text(const struct profile_form *form, const struct field *field)
{
    if (field->system) return kept_text(form, field->name);
    return profile_value_text(form->exchange, field, field_value(form->user->profile, field));
}
