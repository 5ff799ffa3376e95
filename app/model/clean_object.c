#include "base/utf8.h"
#include "model/cleaning.h"
#include "model/custom.h"

enum { DEPTH_MAX = 16, KEY_BYTES_MAX = 100, OBJECT_BYTES_MAX = 65536 };

static const json_int_t EXACT_MAX = 9007199254740991;

static bool is_key(const char *key)
{
    Str text = str_of(key);
    return text.n && text.n <= KEY_BYTES_MAX && !str_has(text, '.') && !str_has(text, '$') && utf8_is_valid(text) &&
           !utf8_has_forbidden(text, false);
}

static bool are_keys(const json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
        if (!is_key(key))
            return false;
    return true;
}

static bool check_value(struct cleaning *, const json_t *value, int depth);

static bool check_inside(struct cleaning *cleaning, const json_t *container, int depth)
{
    size_t index;
    const char *key;
    json_t *inner;
    json_array_foreach(container, index, inner)
        if (!check_value(cleaning, inner, depth))
            return false;
    json_object_foreach((json_t *)container, key, inner)
        if (!check_value(cleaning, inner, depth))
            return false;
    return true;
}

/* Recursion ends at DEPTH_MAX. */
static bool check_value(struct cleaning *cleaning, const json_t *value, int depth)
{
    json_int_t number = json_integer_value(value);
    if (depth > DEPTH_MAX)
        return cleaning_refuse(cleaning, N_("Nest these data less deeply; {LIMIT} levels is the most."), DEPTH_MAX);
    if (number > EXACT_MAX || number < -EXACT_MAX)
        return cleaning_refuse(cleaning, N_("Send numbers this large as text."), 0);
    if (json_is_string(value) && !utf8_is_valid((Str){json_string_value(value), json_string_length(value)}))
        return cleaning_refuse(cleaning, N_("Some characters here cannot be kept. Type the text again."), 0);
    if (json_is_object(value) && !are_keys(value))
        return cleaning_refuse(cleaning, N_("Name keys without . and $, in up to {LIMIT} bytes."), KEY_BYTES_MAX);
    return check_inside(cleaning, value, depth + 1);
}

static bool has_reserved_key(const json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
        if (custom_key_is_reserved(str_of(key)))
            return true;
    return false;
}

/* The object as a whole; what happens to each key is the decision's business. */
bool clean_object(struct cleaning *cleaning, json_t **out)
{
    if (!json_is_object(cleaning->raw))
        return cleaning_refuse(cleaning, N_("Send this as a JSON object."), 0);
    if (!check_value(cleaning, cleaning->raw, 1))
        return false;
    if (str_starts(cleaning->field->name, STR("app_metadata")) && has_reserved_key(cleaning->raw))
        return cleaning_refuse(cleaning, N_("Use other keys: some of these are kept for the program."), 0);
    if (json_dumpb(cleaning->raw, NULL, 0, JSON_COMPACT) > OBJECT_BYTES_MAX)
        return cleaning_refuse(cleaning, N_("Keep this within {LIMIT} bytes."), OBJECT_BYTES_MAX);
    *out = json_deep_copy(cleaning->raw);
    return true;
}
