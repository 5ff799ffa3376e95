/* First line: a standard field's name; the rest: what is typed into it. What is kept must be valid and be kept again as it is. */
#include "fuzz.h"

#include "base/json_memory.h"
#include "base/utf8.h"
#include "model/field.h"
#include "model/problem.h"

static void clean_twice(struct arena *arena, const struct field *field, const json_t *raw)
{
    json_t *once, *twice;
    FieldProblem problem;
    if (!field_clean(arena, field, raw, &once, &problem)) {
        FUZZ_CHECK(problem.message && !once);
        return;
    }
    if (!once)
        return;
    FUZZ_CHECK(field_clean(arena, field, once, &twice, &problem) && json_equal(once, twice));
    FUZZ_CHECK(!json_is_string(once) || !utf8_has_forbidden((Str){json_string_value(once), json_string_length(once)}, true));
    (void)field_key(arena, field, once);
}

static void target(struct arena *arena, Str typed)
{
    struct arena *before = json_memory_use(arena);
    struct problems problems = {.arena = arena};
    struct fields fields;
    Str name = str_cut(&typed, '\n'), text = typed.p ? typed : STR("");
    FUZZ_CHECK(fields_make(arena, NULL, &problems, &fields) == OK);
    const struct field *field = field_find(&fields, name);
    if (field) {
        clean_twice(arena, field, json_stringn_nocheck(text.p, text.n));
        clean_twice(arena, field, json_loadb(text.p, text.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL));
    }
    (void)identifier_key(arena, text);
    json_memory_use(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
