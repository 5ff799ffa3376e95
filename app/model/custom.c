#include "model/custom.h"

#include <string.h>
#include "base/utf8.h"
#include "model/dates.h"
#include "model/pattern.h"

enum { KEY_MAX = 60, LABEL_MAX = 200, CHOICE_MAX = 200, ORDER_MAX = 100000 };

/* One definition being read. */
struct reading {
    struct arena *arena;
    struct problems *problems;
    Str place;
    const json_t *object;
    struct field *field;
};

static const char *const known_keys[] = {
    "name", "type", "section", "label", "help", "desk_label", "desk_help", "choices", "min", "max", "pattern", "required", "unique", "order",
    "owner", "desk", "operator", "source", "script",
};

static const char *const reserved_keys[] = {
    "__tenant", "_id", "blocked", "clientID", "created_at", "email", "email_verified", "globalClientID", "global_client_id",
    "identities", "lastIP", "lastLogin", "loginsCount", "metadata", "multifactor", "multifactor_last_modified", "updated_at",
    "user_id",
};

bool custom_key_is_reserved(Str key)
{
    for (size_t i = 0; i < sizeof reserved_keys / sizeof reserved_keys[0]; i++)
        if (str_is(key, reserved_keys[i]))
            return true;
    return false;
}

static bool is_key_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool custom_name_is_valid(Str name)
{
    Str key = name, container = str_cut(&key, '.');
    bool application = str_is(container, "app_metadata");
    if ((!application && !str_is(container, "user_metadata")) || !key.n || key.n > KEY_MAX)
        return false;
    for (size_t i = 0; i < key.n; i++)
        if (!is_key_character(key.p[i]))
            return false;
    return !application || !custom_key_is_reserved(key);
}

static Str text_of(const json_t *value)
{
    return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : STR_NONE;
}

static void complain(struct reading *reading, const char *key, const char *message)
{
    problem_add(reading->problems, place_at(reading->arena, reading->place, key), "%s", message);
}

static bool is_plain_text(Str text, size_t most)
{
    return str_trim(text).n && text.n <= most && utf8_is_valid(text) && !utf8_has_forbidden(text, false);
}

static void check_keys(struct reading *reading)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)reading->object, key, value) {
        bool known = false;
        for (size_t i = 0; i < sizeof known_keys / sizeof known_keys[0]; i++)
            known = known || !strcmp(key, known_keys[i]);
        if (!known)
            complain(reading, key, "a field definition has nothing of this name");
    }
}

static void read_name(struct reading *reading)
{
    reading->field->name = text_of(json_object_get(reading->object, "name"));
    if (!custom_name_is_valid(reading->field->name))
        complain(reading, "name", "a name is user_metadata.KEY or app_metadata.KEY; KEY has up to 60 letters, digits, _ and -, "
                                  "and is none of the keys that the program reserves");
}

static void read_type(struct reading *reading)
{
    Str type = text_of(json_object_get(reading->object, "type"));
    for (int i = 0; i < TYPE_OBJECT; i++) {
        if (!str_is(type, field_type_name((enum field_type)i)))
            continue;
        reading->field->type = (enum field_type)i;
        return;
    }
    complain(reading, "type", "a type is text, multiline, email, phone, username, url, date, number, boolean, choice, choices, "
                              "language, timezone or picture");
}

static void read_section(struct reading *reading)
{
    const json_t *section = json_object_get(reading->object, "section");
    reading->field->section = SECTION_MORE;
    for (int i = 0; section && i < SECTIONS; i++) {
        if (!str_is(text_of(section), section_name((enum section)i)))
            continue;
        reading->field->section = (enum section)i;
        return;
    }
    if (section)
        complain(reading, "section", "a section is account, name, contact, address, about, preferences or more");
}

static bool is_language_code(const char *code)
{
    size_t length = strlen(code);
    for (size_t i = 0; i < length; i++)
        if (!is_key_character(code[i]) || code[i] == '_')
            return false;
    return length >= 2 && length <= 35;
}

static bool are_texts(const json_t *texts)
{
    const char *code;
    json_t *text;
    json_object_foreach((json_t *)texts, code, text)
        if (!is_language_code(code) || !is_plain_text(text_of(text), LABEL_MAX))
            return false;
    return json_object_size(texts) > 0;
}

static const json_t *read_texts(struct reading *reading, const char *key, bool needed)
{
    const json_t *texts = json_object_get(reading->object, key);
    if ((texts || needed) && !are_texts(texts))
        complain(reading, key, "texts by language are needed here, each of up to 200 bytes on one line, "
                               "like { \"en\": \"Shirt size\" }");
    return texts;
}

static Str choice_value(const json_t *choice)
{
    return text_of(json_is_object(choice) ? json_object_get(choice, "value") : choice);
}

static bool choice_is_valid(const json_t *choice)
{
    if (!is_plain_text(choice_value(choice), CHOICE_MAX) || str_trim(choice_value(choice)).n != choice_value(choice).n)
        return false;
    return !json_is_object(choice) || (json_object_size(choice) == 2 && are_texts(json_object_get(choice, "label")));
}

static bool choice_is_double(const json_t *choices, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (str_eq(choice_value(json_array_get(choices, i)), choice_value(json_array_get(choices, index))))
            return true;
    return false;
}

static void read_choices(struct reading *reading)
{
    const json_t *choices = json_object_get(reading->object, "choices");
    bool takes = reading->field->type == TYPE_CHOICE || reading->field->type == TYPE_CHOICES;
    if (!takes && choices)
        complain(reading, "choices", "only a choice or choices field has them");
    if (!takes)
        return;
    size_t count = json_array_size(choices);
    if (!count || count > CUSTOM_CHOICES_MAX) {
        complain(reading, "choices", "a list of 1 to 200 choices is needed");
        return;
    }
    Str place = place_at(reading->arena, reading->place, "choices");
    for (size_t i = 0; i < count; i++) {
        if (!choice_is_valid(json_array_get(choices, i)))
            problem_add(reading->problems, place_index(reading->arena, place, i),
                        "a choice is a text of up to 200 bytes, or { \"value\": …, \"label\": { \"en\": … } }");
        else if (choice_is_double(choices, i))
            problem_add(reading->problems, place_index(reading->arena, place, i), "this choice stands there twice");
    }
    reading->field->choices = choices;
}

static bool read_limit(struct reading *reading, const char *key, int64_t *out)
{
    const json_t *limit = json_object_get(reading->object, key);
    enum field_type type = reading->field->type;
    bool counts = type == TYPE_TEXT || type == TYPE_MULTILINE || type == TYPE_CHOICES;
    if (!limit)
        return false;
    if (type == TYPE_DATE && date_days(text_of(limit), out))
        return true;
    *out = json_integer_value(limit);
    if (json_is_integer(limit) && (type == TYPE_NUMBER || (counts && *out >= 0 && *out <= CUSTOM_VALUE_BYTES)))
        return true;
    complain(reading, key, "a limit is a count up to 2048 (text, multiline, choices), a whole number (number) or a date "
                           "like \"2000-12-31\" (date); other types have none");
    return false;
}

static void read_limits(struct reading *reading)
{
    struct field *field = reading->field;
    field->has_min = read_limit(reading, "min", &field->min);
    field->has_max = read_limit(reading, "max", &field->max);
    if (field->has_min && field->has_max && field->min > field->max)
        complain(reading, "max", "the maximum is at least the minimum");
}

static bool is_single_line(enum field_type type)
{
    return type == TYPE_TEXT || type == TYPE_EMAIL || type == TYPE_PHONE || type == TYPE_USERNAME || type == TYPE_URL;
}

static void read_pattern(struct reading *reading)
{
    const json_t *pattern = json_object_get(reading->object, "pattern");
    const char *problem = "only text, email, phone, username and url fields have a pattern";
    if (!pattern)
        return;
    reading->field->pattern = text_of(pattern);
    if (!is_single_line(reading->field->type) ||
        !pattern_compile(reading->arena, reading->field->pattern, &reading->field->matcher, &problem))
        complain(reading, "pattern", problem);
}

static bool read_flag(struct reading *reading, const char *key)
{
    const json_t *flag = json_object_get(reading->object, key);
    if (flag && !json_is_boolean(flag))
        complain(reading, key, "this is true or false");
    return json_is_true(flag);
}

static void read_flags(struct reading *reading)
{
    enum field_type type = reading->field->type;
    reading->field->required = read_flag(reading, "required");
    reading->field->unique = read_flag(reading, "unique");
    if (reading->field->unique && !is_single_line(type) && type != TYPE_NUMBER && type != TYPE_DATE)
        complain(reading, "unique", "only text, email, phone, username, url, number and date fields can be unique");
}

static void read_order(struct reading *reading)
{
    const json_t *order = json_object_get(reading->object, "order");
    int64_t value = json_integer_value(order);
    if (order && (!json_is_integer(order) || value < 0 || value > ORDER_MAX))
        complain(reading, "order", "an order is a whole number from 0 to 100000");
    reading->field->order = order && value >= 0 && value <= ORDER_MAX ? (int)value : 1000;
}

static void read_levels(struct reading *reading)
{
    enum level *level = reading->field->level;
    bool application = str_starts(reading->field->name, STR("app_metadata."));
    for (int actor = 0; actor < ACTORS; actor++) {
        const char *name = actor_name((enum actor)actor);
        const json_t *value = json_object_get(reading->object, name);
        level[actor] = application && actor <= ACTOR_DESK ? LEVEL_NONE : LEVEL_EDIT;
        if (value && !level_of(text_of(value), &level[actor]))
            complain(reading, name, "a level is none, read, once or edit");
    }
    if (level[ACTOR_OWNER] > level[ACTOR_DESK])
        complain(reading, "owner", "the owner has more than the desk here");
    if (level[ACTOR_DESK] > level[ACTOR_OPERATOR])
        complain(reading, "desk", "the desk has more than the operator here");
    if (application && level[ACTOR_OWNER] > LEVEL_READ)
        complain(reading, "owner", "app_metadata is never the owner's to edit");
}

bool custom_field_read(struct arena *arena, const json_t *definition, Str place, struct problems *problems, struct field *out)
{
    struct reading reading = {.arena = arena, .problems = problems, .place = place, .object = definition, .field = out};
    size_t before = problems->count;
    if (!json_is_object(definition)) {
        problem_add(problems, place, "a field definition is an object");
        return false;
    }
    check_keys(&reading);
    read_name(&reading);
    read_type(&reading);
    read_section(&reading);
    out->labels = read_texts(&reading, "label", true);
    out->helps = read_texts(&reading, "help", false);
    out->labels_desk = read_texts(&reading, "desk_label", false);
    out->helps_desk = read_texts(&reading, "desk_help", false);
    read_choices(&reading);
    read_limits(&reading);
    read_pattern(&reading);
    read_flags(&reading);
    read_order(&reading);
    read_levels(&reading);
    return problems->count == before;
}
