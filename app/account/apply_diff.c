#include "account/apply_diff.h"

#include <string.h>

#include "account/shape.h"

static bool sounds_secret(const char *key)
{
    static const char *const words[] = {"secret", "password", "private_key", "token", "api_key", "credential"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasestr(key, words[i])) return true;
    return false;
}

static json_t *masked(const json_t *value)
{
    const char *key;
    json_t *member;
    if (json_is_object(value)) {
        json_t *copy = json_object();
        json_object_foreach((json_t *)value, key, member)
            json_object_set_new(copy, key, sounds_secret(key) ? json_string("********") : masked(member));
        return copy;
    }
    if (!json_is_array(value)) return (json_t *)value;
    json_t *copy = json_array();
    for (size_t i = 0; i < json_array_size(value); i++) json_array_append_new(copy, masked(json_array_get(value, i)));
    return copy;
}

static void add_value(struct diff *diff, const char *key, const json_t *value)
{
    const json_t *shown = sounds_secret(key) ? json_string("********") : masked(value);
    text_add_safe(&diff->lines, str_of(json_dumps(shown, JSON_COMPACT | JSON_ENCODE_ANY)));
}

static void add_head(struct diff *diff, char sign, Str place, const char *key)
{
    text_print(&diff->lines, "%c ", sign);
    text_add_safe(&diff->lines, place);
    text_add(&diff->lines, STR("."));
    text_add_safe(&diff->lines, str_of(key));
    text_add(&diff->lines, STR(": "));
}

bool diff_value(struct diff *diff, Str place, const char *key, const json_t *before, const json_t *after)
{
    if (before == after || (before && after && json_equal(before, after))) return false;
    add_head(diff, before && after ? '~' : after ? '+' : '-', place, key);
    if (before) add_value(diff, key, before);
    if (before && after) text_add(&diff->lines, STR(" -> "));
    if (after) add_value(diff, key, after);
    text_add(&diff->lines, STR("\n"));
    *(before && after ? &diff->changed : after ? &diff->added : &diff->removed) += 1;
    return true;
}

static json_t *json_of(Str text)
{
    return text.n ? json_stringn(text.p, text.n) : NULL;
}

bool diff_text(struct diff *diff, Str place, const char *key, Str before, Str after)
{
    return diff_value(diff, place, key, json_of(before), json_of(after));
}

bool diff_keys(struct diff *diff, Str place, const char *key, const json_t *before, const json_t *after)
{
    struct arena *arena = diff->lines.arena;
    Str inside = arena_print(arena, "%.*s.%s", STR_ARGS(place), key);
    const char *name;
    json_t *value;
    bool differs = false;
    json_object_foreach((json_t *)after, name, value)
        differs |= diff_value(diff, inside, name, json_object_get(before, name), value);
    json_object_foreach((json_t *)before, name, value)
        if (!json_object_get(after, name)) differs |= diff_value(diff, inside, name, value, NULL);
    return differs;
}

void diff_secret(struct diff *diff, Str place, const char *key, bool had_one)
{
    add_head(diff, had_one ? '~' : '+', place, key);
    text_add(&diff->lines, had_one ? STR("******** -> ********\n") : STR("********\n"));
    *(had_one ? &diff->changed : &diff->added) += 1;
}
