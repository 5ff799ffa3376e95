/* Small change for tests of the model: JSON from literals, fields with the operator's own, rule sets. */
#ifndef LATCHKEY_TEST_MODEL_H
#define LATCHKEY_TEST_MODEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/json_memory.h"
#include "model/policy.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static inline int model_setup(void **state)
{
    struct arena *arena = arena_open(0);
    *state = arena;
    json_memory_use(arena);
    return arena ? 0 : -1;
}

static inline int model_teardown(void **state)
{
    json_memory_use(NULL);
    arena_close(*state);
    return 0;
}

/* ' stands for " so that literals stay readable. */
static inline json_t *json_of(struct arena *arena, const char *text)
{
    char *copy = arena_cstr(arena, str_of(text));
    json_error_t error;
    for (char *p = copy; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    json_t *value = json_loads(copy, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (!value)
        fail_msg("test data: %s in %s", error.text, text);
    return value;
}

static inline const char *dump_of(const json_t *value)
{
    return value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS) : "not set";
}

static inline struct fields fields_of(struct arena *arena, const char *custom)
{
    struct problems problems = {.arena = arena};
    struct fields fields;
    if (fields_make(arena, custom ? json_of(arena, custom) : NULL, &problems, &fields) != OK)
        fail_msg("test fields: %s: %s", problems.first->place.p, problems.first->message.p);
    return fields;
}

static inline const struct field *field_of(const struct fields *fields, const char *name)
{
    const struct field *field = field_find(fields, str_of(name));
    if (!field)
        fail_msg("no field %s", name);
    return field;
}

static inline struct rules rules_of(struct arena *arena, const char *object)
{
    struct problems problems = {.arena = arena};
    struct rules rules;
    if (rules_make(arena, object ? json_of(arena, object) : NULL, STR("rules"), &problems, &rules) != OK)
        fail_msg("test rules: %s: %s", problems.first->place.p, problems.first->message.p);
    return rules;
}

static inline struct rule_source source_of(struct arena *arena, const char *name, const char *rules)
{
    return (struct rule_source){.name = str_of(name), .display_name = str_of(name), .rules = rules_of(arena, rules)};
}

/* A decided change, refusals: as one line of text. */
static inline Str read_decided(struct arena *arena, const struct decided *decided)
{
    struct text text = {.arena = arena};
    size_t count;
    const struct decided_field *list = decided_fields(decided, &count);
    for (size_t i = 0; i < count; i++)
        text_print(&text, "%s%.*s=%s>%s:%.*s", i ? " " : "", STR_ARGS(list[i].field->name), dump_of(list[i].before),
                   dump_of(list[i].after), STR_ARGS(verdict_rule(arena, list[i].verdict)));
    return text_str(&text);
}

static inline Str read_refusals(struct arena *arena, const struct refusals *refusals)
{
    static const char *const kinds[] = {"unknown", "locked", "invalid"};
    struct text text = {.arena = arena};
    for (const struct refusal *refusal = refusals->first; refusal; refusal = refusal->next) {
        text_print(&text, "%s%s %.*s", refusal == refusals->first ? "" : ", ", kinds[refusal->kind], STR_ARGS(refusal->field));
        if (refusal->kind == REFUSED_LOCKED)
            text_print(&text, ":%.*s", STR_ARGS(verdict_rule(arena, refusal->verdict)));
        assert_true((refusal->known == NULL) == (refusal->kind == REFUSED_UNKNOWN));
        assert_true((refusal->problem.message != NULL) == (refusal->kind == REFUSED_INVALID));
    }
    return text_str(&text);
}

static inline void change_of(struct change *change, struct arena *arena, enum actor actor, json_t *items, const char *proven)
{
    const char *field;
    json_t *value;
    change_init(change, arena, actor);
    json_object_foreach(items, field, value)
        change_put(change, str_of(field), value);
    change->proven[PROOF_EMAIL] = proven && !strcmp(proven, "email");
    change->proven[PROOF_PHONE] = proven && !strcmp(proven, "phone");
}

#endif
