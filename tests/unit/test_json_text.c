/* base/json_text.h: what it writes is what jansson writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../support/arena_test.h"
#include "base/json_memory.h"
#include "base/json_text.h"

static Str written(struct arena *arena, const json_t *value)
{
    struct text text = {.arena = arena};
    text_add_json(&text, value);
    return text_str(&text);
}

static void test_every_kind_of_value(void **state)
{
    struct arena *arena = *state;
    static const char *const rows[] = {
        "{}", "[]", "true", "false", "null", "0", "-9007199254740991", "1.5", "1e300", "\"\"", "\"plain\"", "{\"a\":{}}", "[[],[1,true]]",
        "{\"b\":1,\"a\":[\"x\",null,{\"c\":false}],\"user_metadata\":{\"k\":\"v\"}}", "{\"\":\"\"}", "{\"q\\\"k\":\"v\"}",
        "\"a\\\"b\\\\c/d\"", "\"\\u0000\\u001f\\u007f\"", "\"\\n\\t\\r\\b\\f\"", "\"ü€😀\"", "\"\\u2028\\u202e\"", "{\"ключ\":\"значение\"}",
    };
    struct arena *before = json_memory_use(arena);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const json_t *value = json_loads(rows[i], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(value);
        assert_str(written(arena, value), str_of(json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT)));
    }
    json_memory_use(before);
}

static void test_every_byte_of_a_text(void **state)
{
    struct arena *arena = *state;
    struct arena *before = json_memory_use(arena);
    for (int c = 0; c < 0x80; c++) {
        const char bytes[] = {'a', (char)c, 'z'};
        struct text text = {.arena = arena};
        text_add_json_string(&text, (Str){bytes, sizeof bytes});
        assert_str(text_str(&text), str_of(json_dumps(json_stringn(bytes, sizeof bytes), JSON_ENCODE_ANY | JSON_COMPACT)));
    }
    json_memory_use(before);
}

static void test_what_is_no_utf8_is_an_empty_text(void **state)
{
    static const char *const rows[] = {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\xaf"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct text text = {.arena = *state};
        text_add_json_string(&text, str_of(rows[i]));
        assert_str(text_str(&text), STR("\"\""));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_every_kind_of_value),
        WITH_ARENA(test_every_byte_of_a_text),
        WITH_ARENA(test_what_is_no_utf8_is_an_empty_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
