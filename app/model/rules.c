#include "model/rules.h"

#include <string.h>
#include "base/json_memory.h"
#include "base/utf8.h"

enum { ENTRIES_MAX = 500, REASON_BYTES_MAX = 500 };

static Str text_of(const json_t *value)
{
    return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : STR_NONE;
}

static bool is_reason(const json_t *reason)
{
    const char *language;
    json_t *text;
    json_object_foreach((json_t *)reason, language, text) {
        Str words = text_of(text);
        size_t length = strlen(language);
        if (length < 2 || length > 35 || !str_trim(words).n || words.n > REASON_BYTES_MAX || utf8_has_forbidden(words, false))
            return false;
    }
    return json_object_size(reason) > 0;
}

static void read_level(struct arena *arena, Str place, const char *key, const json_t *value, struct problems *problems,
                       struct rule *rule)
{
    enum actor actor;
    if (!actor_of(str_of(key), &actor))
        problem_add(problems, place_at(arena, place, key), "an entry names owner, desk, operator, source, script or reason");
    else if (!level_of(text_of(value), &rule->level[actor]))
        problem_add(problems, place_at(arena, place, key), "a level is none, read, once or edit");
    else
        rule->named[actor] = true;
}

static void check_order(Str place, const struct rule *rule, struct problems *problems)
{
    for (int actor = ACTOR_OWNER; actor < ACTOR_OPERATOR; actor++)
        if (rule->level[actor] > rule->level[actor + 1])
            problem_add(problems, place, "the %s would have more (%s) than the %s (%s)", actor_name((enum actor)actor),
                        level_name(rule->level[actor]), actor_name((enum actor)(actor + 1)), level_name(rule->level[actor + 1]));
}

static bool is_field(Str name)
{
    return str_is(name, "*") || str_is(name, "user_metadata.*") || field_may_exist(name);
}

static void read_rule(struct arena *arena, Str place, const json_t *entry, struct problems *problems, struct rule *rule)
{
    const char *key;
    json_t *value;
    size_t before = problems->count;
    for (int actor = 0; actor < ACTORS; actor++)
        rule->level[actor] = LEVEL_EDIT;
    if (!is_field(rule->field))
        problem_add(problems, place, "there is no field of this name");
    if (!json_is_object(entry)) {
        problem_add(problems, place, "an entry is an object, like { \"owner\": \"read\" }");
        return;
    }
    json_object_foreach((json_t *)entry, key, value) {
        if (strcmp(key, "reason"))
            read_level(arena, place, key, value, problems, rule);
        else if (!is_reason(value))
            problem_add(problems, place_at(arena, place, key), "a reason is texts by language, each one line of up to 500 bytes");
        else
            rule->reason = value;
    }
    if (problems->count == before)
        check_order(place, rule, problems);
}

Error rules_make(struct arena *arena, const json_t *object, Str place, struct problems *problems, struct rules *out)
{
    size_t before = problems->count, count = 0;
    const char *key;
    json_t *entry;
    if (object && (!json_is_object(object) || json_object_size(object) > ENTRIES_MAX)) {
        problem_add(problems, place, "a rule set is an object with at most %d entries", ENTRIES_MAX);
        return ERR_INVALID;
    }
    struct arena *current = json_memory_use(arena);
    json_t *copy = json_deep_copy(object);
    json_memory_use(current);
    struct rule *list = ARENA_ARRAY(arena, struct rule, json_object_size(copy) + 1);
    json_object_foreach(copy, key, entry) {
        list[count].field = str_of(key);
        read_rule(arena, place_at(arena, place, key), entry, problems, &list[count++]);
    }
    if (problems->count > before)
        return ERR_INVALID;
    *out = (struct rules){.list = list, .count = count};
    return OK;
}

static const struct rule *exact(const struct rules *rules, Str field)
{
    for (size_t i = 0; i < rules->count; i++)
        if (str_eq(rules->list[i].field, field))
            return &rules->list[i];
    return NULL;
}

const struct rule *rules_find(const struct rules *rules, Str field)
{
    const struct rule *rule = exact(rules, field);
    if (!rule && (str_is(field, "user_metadata") || str_starts(field, STR("user_metadata."))))
        rule = exact(rules, STR("user_metadata.*"));
    return rule ? rule : exact(rules, STR("*"));
}
