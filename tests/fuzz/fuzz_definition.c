/* JSON of an operator, taken as field definitions and as a rule set: refused with a place for each problem, or usable. */
#include "fuzz.h"

#include "base/json_memory.h"
#include "model/rules.h"

static void use_fields(struct arena *arena, const struct fields *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        json_t *out;
        FieldProblem problem;
        FUZZ_CHECK(field_find(fields, fields->list[i].name) == &fields->list[i]);
        FUZZ_CHECK(field_clean(arena, &fields->list[i], json_string("x"), &out, &problem) == !problem.message);
    }
}

static void target(struct arena *arena, Str input)
{
    struct arena *before = json_memory_use(arena);
    struct problems wrong_fields = {.arena = arena}, wrong_rules = {.arena = arena};
    struct fields fields;
    struct rules rules;
    json_t *json = json_loadb(input.p, input.n, JSON_REJECT_DUPLICATES, NULL);
    bool taken = json && fields_make(arena, json, &wrong_fields, &fields) == OK;
    FUZZ_CHECK(!json || taken == (wrong_fields.count == 0));
    if (taken)
        use_fields(arena, &fields);
    taken = json && rules_make(arena, json, STR("fields"), &wrong_rules, &rules) == OK;
    FUZZ_CHECK(!json || taken == (wrong_rules.count == 0));
    if (taken)
        (void)rules_find(&rules, STR("user_metadata.size"));
    json_memory_use(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
