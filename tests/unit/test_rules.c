/* Rule sets: which entry speaks for a field, and what is refused when one is saved. Sentences are those of interface.md. */
#include "../support/model.h"

struct find_row {
    const char *rules, *field, *entry;   /* NULL: none speaks */
};

#define BOTH "{'*':{'owner':'read'},'user_metadata.*':{'owner':'edit'}}"

static const struct find_row finds[] = {
    {"{}", "email", NULL}, {NULL, "email", NULL},
    {"{'email':{'owner':'read'}}", "email", "email"}, {"{'email':{'owner':'read'}}", "email_verified", NULL},
    {"{'email':{'owner':'read'}}", "user_metadata.email", NULL},
    {BOTH, "email", "*"}, {BOTH, "user_metadata.size", "user_metadata.*"}, {BOTH, "user_metadata", "user_metadata.*"},
    {BOTH, "app_metadata.plan", "*"}, {BOTH, "app_metadata", "*"}, {BOTH, "address.locality", "*"},
    {"{'*':{'owner':'read'},'user_metadata.*':{'owner':'edit'},'user_metadata.size':{'owner':'none'}}", "user_metadata.size",
     "user_metadata.size"},
    {"{'*':{'owner':'read'}}", "user_metadata.size", "*"}, {"{'user_metadata.*':{'owner':'read'}}", "email", NULL},
    {"{'user_metadata':{'desk':'none','owner':'none'}}", "user_metadata.size", NULL},
};

static void the_most_exact_entry_stands_alone(void **state)
{
    for (size_t i = 0; i < COUNT(finds); i++) {
        struct rules rules = rules_of(*state, finds[i].rules);
        const struct rule *rule = rules_find(&rules, str_of(finds[i].field));
        if (finds[i].entry ? !rule || !str_is(rule->field, finds[i].entry) : rule != NULL)
            fail_msg("%s: %s", finds[i].rules, finds[i].field);
    }
}

static void actors_that_are_not_named_are_not_limited(void **state)
{
    struct rules rules = rules_of(*state, "{'*':{'owner':'none','desk':'read','source':'once','reason':{'en':'Ours'}},'email':{}}");
    const struct rule *all = rules_find(&rules, STR("name")), *email = rules_find(&rules, STR("email"));
    assert_true(all->named[ACTOR_OWNER] && all->named[ACTOR_DESK] && all->named[ACTOR_SOURCE]);
    assert_false(all->named[ACTOR_OPERATOR] || all->named[ACTOR_SCRIPT]);
    assert_int_equal(all->level[ACTOR_OWNER], LEVEL_NONE);
    assert_int_equal(all->level[ACTOR_DESK], LEVEL_READ);
    assert_int_equal(all->level[ACTOR_SOURCE], LEVEL_ONCE);
    assert_int_equal(all->level[ACTOR_OPERATOR], LEVEL_EDIT);
    assert_string_equal(json_string_value(json_object_get(all->reason, "en")), "Ours");
    assert_null(email->reason);
    for (int actor = 0; actor < ACTORS; actor++)
        assert_false(email->named[actor]);
}

struct bad {
    const char *rules, *place;
};

static const struct bad bad[] = {
    {"[]", "rules"}, {"'*'", "rules"}, {"{'email':'read'}", "rules.email"}, {"{'email':null}", "rules.email"},
    {"{'e-mail':{'owner':'read'}}", "rules.e-mail"}, {"{'Email':{'owner':'read'}}", "rules.Email"},
    {"{'password':{'owner':'none'}}", "rules.password"}, {"{'address':{'owner':'none'}}", "rules.address"},
    {"{'app_metadata.*':{'owner':'none'}}", "rules.app_metadata.*"}, {"{'address.*':{'owner':'none'}}", "rules.address.*"},
    {"{'user_metadata.':{'owner':'none'}}", "rules.user_metadata."}, {"{'':{'owner':'none'}}", "rules."},
    {"{'email':{'owners':'read'}}", "rules.email.owners"}, {"{'email':{'Owner':'read'}}", "rules.email.Owner"},
    {"{'email':{'owner':'write'}}", "rules.email.owner"}, {"{'email':{'owner':'Read'}}", "rules.email.owner"},
    {"{'email':{'owner':1}}", "rules.email.owner"}, {"{'email':{'owner':null}}", "rules.email.owner"},
    {"{'email':{'owner':['read']}}", "rules.email.owner"},
    {"{'email':{'owner':'edit','desk':'read'}}", "rules.email"}, {"{'email':{'desk':'read'}}", "rules.email"},
    {"{'email':{'owner':'read','desk':'edit','operator':'once'}}", "rules.email"},
    {"{'email':{'owner':'once','desk':'read'}}", "rules.email"}, {"{'*':{'operator':'none','desk':'none'}}", "rules.*"},
    {"{'email':{'reason':'ours'}}", "rules.email.reason"}, {"{'email':{'reason':{}}}", "rules.email.reason"},
    {"{'email':{'reason':{'en':''}}}", "rules.email.reason"}, {"{'email':{'reason':{'en':'a\\nb'}}}", "rules.email.reason"},
    {"{'email':{'reason':{'e':'x'}}}", "rules.email.reason"}, {"{'email':{'reason':{'en':5}}}", "rules.email.reason"},
};

static void bad_rules_are_named_by_place(void **state)
{
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct problems problems = {.arena = *state};
        struct rules rules = {.count = 77};
        if (rules_make(*state, json_of(*state, bad[i].rules), STR("rules"), &problems, &rules) != ERR_INVALID)
            fail_msg("%s was taken", bad[i].rules);
        if (problems.count != 1 || !str_is(problems.first->place, bad[i].place))
            fail_msg("%s: %zu problems, the first at %s: %s", bad[i].rules, problems.count, problems.first->place.p,
                     problems.first->message.p);
        assert_int_equal(rules.count, 77);
    }
}

/* "A rule that gives a weaker actor more than a stronger one is refused when it is saved": all triples, with "not named" as the
   fifth answer, that counts as not limited. */
static void only_ordered_levels_are_taken(void **state)
{
    static const char *const words[] = {"none", "read", "once", "edit", NULL};
    for (int owner = 0; owner < 5; owner++)
        for (int desk = 0; desk < 5; desk++)
            for (int operator= 0; operator< 5; operator++) {
                json_t *entry = json_object(), *rules = json_object();
                const int levels[] = {owner, desk, operator};
                static const char *const actors[] = {"owner", "desk", "operator"};
                for (int i = 0; i < 3; i++)
                    if (words[levels[i]])
                        json_object_set_new(entry, actors[i], json_string(words[levels[i]]));
                json_object_set_new(rules, "email", entry);
                struct problems problems = {.arena = *state};
                struct rules out;
                int o = owner == 4 ? 3 : owner, d = desk == 4 ? 3 : desk, p = operator == 4 ? 3 : operator;
                assert_int_equal(rules_make(*state, rules, STR("r"), &problems, &out), o <= d && d <= p ? OK : ERR_INVALID);
            }
}

static void rules_outlive_the_json_they_came_from(void **state)
{
    struct arena *own = arena_open(0), *before = json_memory_use(own);
    struct problems problems = {.arena = *state};
    struct rules rules;
    json_t *object = json_of(own, "{'email':{'owner':'read','reason':{'en':'Ours'}}}");
    assert_int_equal(rules_make(*state, object, STR("r"), &problems, &rules), OK);
    json_memory_use(before);
    arena_close(own);
    const struct rule *rule = rules_find(&rules, STR("email"));
    assert_string_equal(json_string_value(json_object_get(rule->reason, "en")), "Ours");
}

static void names_of_actors_and_levels(void **state)
{
    (void)state;
    for (int i = 0; i < ACTORS; i++) {
        enum actor actor;
        assert_true(actor_of(str_of(actor_name((enum actor)i)), &actor) && actor == (enum actor)i);
    }
    for (int i = 0; i < LEVELS; i++) {
        enum level level;
        assert_true(level_of(str_of(level_name((enum level)i)), &level) && level == (enum level)i);
    }
    enum actor actor;
    enum level level;
    assert_false(actor_of(STR("Owner"), &actor) || actor_of(STR(""), &actor) || actor_of(STR_NONE, &actor));
    assert_false(level_of(STR("write"), &level) || level_of(STR("edit "), &level) || level_of(STR_NONE, &level));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_most_exact_entry_stands_alone, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(actors_that_are_not_named_are_not_limited, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(bad_rules_are_named_by_place, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(only_ordered_levels_are_taken, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(rules_outlive_the_json_they_came_from, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(names_of_actors_and_levels, model_setup, model_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
