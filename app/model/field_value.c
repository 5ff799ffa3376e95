#include "base/json_memory.h"
#include "base/utf8.h"
#include "model/field.h"
#include "model/identifier.h"

static json_t *set_or_null(json_t *value, enum field_type type)
{
    bool is_empty = (json_is_string(value) && !json_string_length(value)) || (json_is_array(value) && !json_array_size(value));
    if (!value || json_is_null(value) || (is_empty && type != TYPE_OBJECT))
        return NULL;
    return value;
}

/* The part before the first dot names the container. The keys of a container have no dots. */
static Str split_name(const struct field *field, Str *container)
{
    Str key = field->name;
    *container = str_cut(&key, '.');
    if (key.p)
        return key;
    *container = STR_NONE;
    return field->name;
}

json_t *field_value(const json_t *profile, const struct field *field)
{
    Str container, key = split_name(field, &container);
    const json_t *object = container.p ? json_object_getn(profile, container.p, container.n) : profile;
    return set_or_null(json_object_getn(object, key.p, key.n), field->type);
}

static void put_key(json_t *object, Str key, json_t *value)
{
    if (value)
        json_object_setn(object, key.p, key.n, value);
    else
        json_object_deln(object, key.p, key.n);
}

void field_put(json_t *profile, const struct field *field, json_t *value)
{
    Str container, key = split_name(field, &container);
    if (!container.p) {
        put_key(profile, key, value);
        return;
    }
    json_t *object = json_object_getn(profile, container.p, container.n);
    if (!json_is_object(object)) {
        if (!value)
            return;
        object = json_object();
        json_object_setn_new(profile, container.p, container.n, object);
    }
    put_key(object, key, value);
    if (!json_object_size(object))
        json_object_deln(profile, container.p, container.n);
}

static Str string_of(const json_t *value)
{
    return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : STR_NONE;
}

static Str join_choices(struct arena *arena, const json_t *values)
{
    struct text text = {.arena = arena};
    size_t index;
    json_t *value;
    json_array_foreach(values, index, value) {
        if (index)
            text_add(&text, STR(", "));
        text_add(&text, string_of(value));
    }
    return text_str(&text);
}

static Str dump(struct arena *arena, const json_t *value)
{
    struct arena *before = json_memory_use(arena);
    Str text = str_of(json_dumps(value, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_COMPACT));
    json_memory_use(before);
    return text;
}

Str field_text(struct arena *arena, const struct field *field, const json_t *value)
{
    if (!value || json_is_null(value))
        return STR("");
    if (field->type == TYPE_CHOICES && json_is_array(value))
        return join_choices(arena, value);
    if (json_is_string(value))
        return string_of(value);
    return dump(arena, value);
}

Str field_key(struct arena *arena, const struct field *field, const json_t *value)
{
    Str text = field_text(arena, field, value), kept, key;
    if (!text.n || field->type == TYPE_OBJECT || field->type == TYPE_CHOICES)
        return STR_NONE;
    if (field->type == TYPE_EMAIL)
        return email_parse(arena, text, &kept, &key) ? key : STR_NONE;
    if (field->type == TYPE_PHONE)
        return phone_parse(arena, text, &key) ? key : STR_NONE;
    if (field->type == TYPE_USERNAME)
        return username_parse(arena, text, &key) ? key : STR_NONE;
    key = utf8_fold(arena, text);
    return key.n ? key : STR_NONE;
}
