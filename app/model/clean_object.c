#include <string.h>
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

/* NULL: nothing is wrong. Recursion ends at DEPTH_MAX. */
static const char *problem_of(const json_t *value, int depth)
{
    if (depth > DEPTH_MAX)
        return N_("Nest these data less deeply; {LIMIT} levels is the most.");
    if (json_is_integer(value) && (json_integer_value(value) > EXACT_MAX || json_integer_value(value) < -EXACT_MAX))
        return N_("Send numbers this large as text.");
    if (json_is_string(value) && !utf8_is_valid((Str){json_string_value(value), json_string_length(value)}))
        return N_("Some characters here cannot be kept. Type the text again.");
    const char *problem = NULL, *key;
    size_t index;
    json_t *inner;
    json_array_foreach(value, index, inner)
        if ((problem = problem_of(inner, depth + 1)))
            return problem;
    if (json_is_object(value) && !are_keys(value))
        return N_("Name keys without . and $, in up to {LIMIT} bytes.");
    json_object_foreach((json_t *)value, key, inner)
        if ((problem = problem_of(inner, depth + 1)))
            return problem;
    return NULL;
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
    const char *problem = problem_of(cleaning->raw, 1);
    if (problem)
        return cleaning_refuse(cleaning, problem, strstr(problem, "levels") ? DEPTH_MAX : KEY_BYTES_MAX);
    if (str_starts(cleaning->field->name, STR("app_metadata")) && has_reserved_key(cleaning->raw))
        return cleaning_refuse(cleaning, N_("Use other keys: some of these are kept for the program."), 0);
    if (json_dumpb(cleaning->raw, NULL, 0, JSON_COMPACT) > OBJECT_BYTES_MAX)
        return cleaning_refuse(cleaning, N_("Keep this within {LIMIT} bytes."), OBJECT_BYTES_MAX);
    *out = json_deep_copy(cleaning->raw);
    return true;
}
