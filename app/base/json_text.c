#include "base/json_text.h"

#include "base/json_memory.h"

static bool is_plain(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < ' ' || text.p[i] > '~' || text.p[i] == '"' || text.p[i] == '\\') return false;
    return true;
}

static void add_dumped(struct text *text, const json_t *value)
{
    struct arena *before = json_memory_use(text->arena);
    const char *dumped = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    text_add(text, dumped ? str_of(dumped) : STR("\"\""));
    json_memory_use(before);
}

void text_add_json_string(struct text *text, Str string)
{
    if (!is_plain(string)) {
        struct arena *before = json_memory_use(text->arena);
        add_dumped(text, json_stringn(string.p, string.n));
        json_memory_use(before);
        return;
    }
    text_add(text, STR("\""));
    text_add(text, string);
    text_add(text, STR("\""));
}

static void add_object(struct text *text, const json_t *object)
{
    const char *key, *comma = "";
    json_t *value;
    text_add(text, STR("{"));
    json_object_foreach((json_t *)(uintptr_t)object, key, value) {
        text_add(text, str_of(comma));
        text_add_json_string(text, str_of(key));
        text_add(text, STR(":"));
        text_add_json(text, value);
        comma = ",";
    }
    text_add(text, STR("}"));
}

static void add_array(struct text *text, const json_t *array)
{
    text_add(text, STR("["));
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i) text_add(text, STR(","));
        text_add_json(text, json_array_get(array, i));
    }
    text_add(text, STR("]"));
}

void text_add_json(struct text *text, const json_t *value)
{
    if (json_is_string(value)) text_add_json_string(text, (Str){json_string_value(value), json_string_length(value)});
    else if (json_is_true(value)) text_add(text, STR("true"));
    else if (json_is_object(value)) add_object(text, value);
    else if (json_is_array(value)) add_array(text, value);
    else add_dumped(text, value);
}
