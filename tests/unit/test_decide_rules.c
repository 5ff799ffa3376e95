/* Decisions under rules of connections and organizations: linked accounts, whole objects, states of the account. */
#include "../support/model.h"

static const char *const custom =
    "[{'name':'user_metadata.size','type':'choice','choices':['S','M','L'],'label':{'en':'Size'}}]";

#define ADA "{'email':'ada@example.com','email_verified':false,'given_name':'Ada','name':'Ada','nickname':'ada'}"

/* D5: the rule is that of the identity the field came from, not of the one signed in with. */
static void linked_fields_stand_under_their_own_connection(void **state)
{
    struct fields fields = fields_of(*state, NULL);
    struct rule_source house = source_of(*state, "house", NULL), acme = source_of(*state, "acme-directory", "{'*':{'owner':'read'}}");
    struct owned_field owned = {.field = STR("given_name"), .connection = &acme};
    struct subject subject = {.profile = json_of(*state, ADA), .connection = &house, .owned = &owned, .owned_count = 1};
    struct refusals refusals;
    json_t *items = json_of(*state, "{'given_name':'Mallory','family_name':'King'}");
    struct change change;
    const struct decided *decided;
    change_of(&change, *state, ACTOR_OWNER, items, NULL);
    assert_int_equal(policy_decide(&fields, &subject, &change, &refusals, &decided), ERR_DENIED);
    assert_true(str_is(read_refusals(*state, &refusals), "locked given_name:connection acme-directory"));
    owned.connection = &house;
    subject.connection = &acme;
    assert_int_equal(policy_decide(&fields, &subject, &change, &refusals, &decided), ERR_DENIED);
    assert_true(str_is(read_refusals(*state, &refusals), "locked family_name:connection acme-directory"));
}

struct metadata_row {
    const char *rules, *change;
    const char *answer;
};

/* Rules speak about single keys of a whole object too. */
static void whole_objects_obey_rules_by_key(void **state)
{
    static const struct metadata_row metadata[] = {
        {"{'*':{'owner':'read','desk':'read','operator':'read'},'user_metadata.*':{'owner':'edit'}}", "{'user_metadata':{'a':2}}",
         "user_metadata.a=1>2:field"},
        {"{'user_metadata.*':{'owner':'read','desk':'read','operator':'read'}}", "{'user_metadata':{'a':2,'size':'M'}}",
         "locked user_metadata.a:connection house, locked user_metadata.size:connection house"},
        {"{'user_metadata.*':{'owner':'read','desk':'read','operator':'read'},'user_metadata.size':{}}",
         "{'user_metadata':{'size':'M'}}", "user_metadata.size=not set>\"M\":field"},
        {"{'user_metadata.a':{'owner':'none','desk':'none','operator':'none'}}", "{'user_metadata':{'a':2}}", "unknown user_metadata.a"},
        {"{'user_metadata.a':{'owner':'none','desk':'none','operator':'read'}}", "{'user_metadata':{'a':2,'c':3}}",
         "locked user_metadata.a:connection house"},
        {"{'user_metadata':{'owner':'none','desk':'none','operator':'read'}}", "{'user_metadata':{'c':3}}",
         "locked user_metadata.c:connection house"},
        {"{'user_metadata':{'owner':'none','desk':'none','operator':'none'}}", "{'user_metadata':{'c':3}}", "unknown user_metadata"},
        {"{'user_metadata.*':{'owner':'read','desk':'read','operator':'once'}}", "{'user_metadata':{'c':3}}",
         "user_metadata.c=not set>3:connection house"},
        {"{'user_metadata.*':{'owner':'read','desk':'read','operator':'once'}}", "{'user_metadata':{'a':2}}",
         "locked user_metadata.a:once"},
        {"{'user_metadata.*':{'owner':'read','desk':'read','operator':'read'}}", "{'user_metadata':[]}",
         "locked user_metadata:connection house"},
        {"{'*':{'owner':'read','desk':'read','operator':'read'}}", "{'app_metadata':{}}", "locked app_metadata:connection house"},
    };
    struct fields fields = fields_of(*state, custom);
    for (size_t i = 0; i < COUNT(metadata); i++) {
        struct rule_source house = source_of(*state, "house", metadata[i].rules);
        struct subject subject = {.profile = json_of(*state, "{'user_metadata':{'a':1}}"), .connection = &house};
        struct change change;
        struct refusals refusals;
        const struct decided *decided = NULL;
        change_of(&change, *state, ACTOR_OPERATOR, json_of(*state, metadata[i].change), NULL);
        Error error = policy_decide(&fields, &subject, &change, &refusals, &decided);
        Str answer = error ? read_refusals(*state, &refusals) : read_decided(*state, decided);
        if (!str_is(answer, metadata[i].answer))
            fail_msg("%s %s: %s", metadata[i].rules, metadata[i].change, answer.p);
    }
}

static void merged_objects_have_a_largest_size(void **state)
{
    struct fields fields = fields_of(*state, NULL);
    json_t *profile = json_object(), *metadata = json_object(), *added = json_object();
    char *large = arena_take(*state, 40000);
    memset(large, 'x', 40000);
    json_object_set_new(metadata, "a", json_stringn(large, 40000));
    json_object_set_new(profile, "user_metadata", metadata);
    json_object_set_new(added, "b", json_stringn(large, 40000));
    struct subject subject = {.profile = profile};
    struct change change;
    struct refusals refusals;
    const struct decided *decided;
    change_init(&change, *state, ACTOR_OPERATOR);
    change_put(&change, STR("user_metadata"), added);
    assert_int_equal(policy_decide(&fields, &subject, &change, &refusals, &decided), ERR_INVALID);
    assert_int_equal(refusals.first->problem.limit, 65536);
}

/* The program's own fields are written by no change, whatever a level might say. */
static void system_fields_are_written_by_no_change(void **state)
{
    struct fields fields = fields_of(*state, NULL);
    struct subject subject = {.profile = json_of(*state, ADA)};
    for (size_t i = 0; i < fields.count; i++) {
        struct field *field = (struct field *)&fields.list[i];
        struct change change;
        struct refusals refusals;
        const struct decided *decided;
        if (!field->system)
            continue;
        field->level[ACTOR_OPERATOR] = LEVEL_EDIT;
        change_init(&change, *state, ACTOR_OPERATOR);
        change_put_text(&change, field->name, STR("1"));
        assert_int_equal(policy_decide(&fields, &subject, &change, &refusals, &decided), ERR_DENIED);
    }
}

/* A proof opens nothing that is hidden: of a blocked account, or by a rule. */
static void a_proof_changes_nothing_that_is_hidden(void **state)
{
    struct fields fields = fields_of(*state, NULL);
    struct rule_source house = source_of(*state, "house", "{'email':{'owner':'none'}}");
    struct subject hidden = {.profile = json_of(*state, ADA), .connection = &house};
    struct subject blocked = {.profile = json_of(*state, ADA), .blocked = true};
    const struct subject *subjects[] = {&hidden, &blocked};
    for (size_t i = 0; i < COUNT(subjects); i++) {
        struct change change;
        struct refusals refusals;
        const struct decided *decided;
        change_of(&change, *state, ACTOR_OWNER, json_of(*state, "{}"), "email");
        assert_int_equal(policy_decide(&fields, subjects[i], &change, &refusals, &decided), OK);
        assert_true(str_is(read_decided(*state, decided), ""));
    }
}

struct state_row {
    bool invited, blocked, deletion, guest, proven;
    enum actor actor;
    const char *answer;                /* to a change of email and given_name */
};

static void states_of_the_account_decide(void **state)
{
    static const struct state_row rows[] = {
        {.actor = ACTOR_OWNER, .proven = true, .invited = true, .answer = "locked email:invitation acme"},
        {.actor = ACTOR_OWNER, .invited = true, .answer = "locked email:invitation acme"},
        {.actor = ACTOR_OWNER, .proven = true, .blocked = true, .answer = "unknown email, unknown given_name"},
        {.actor = ACTOR_OWNER, .proven = true, .deletion = true,
         .answer = "locked email:account deletion, locked given_name:account deletion"},
        {.actor = ACTOR_DESK, .deletion = true, .answer = "locked email:account deletion, locked given_name:account deletion"},
        {.actor = ACTOR_DESK, .guest = true, .answer = "locked email:organization acme, locked given_name:organization acme"},
        {.actor = ACTOR_DESK, .blocked = true,
         .answer = "email=\"ada@example.com\">\"b@example.com\":field given_name=\"Ada\">\"B\":field"},
        {.actor = ACTOR_OPERATOR, .deletion = true, .guest = true, .invited = true,
         .answer = "email=\"ada@example.com\">\"b@example.com\":field given_name=\"Ada\">\"B\":field"},
    };
    struct fields fields = fields_of(*state, NULL);
    json_t *items = json_of(*state, "{'email':'b@example.com','given_name':'B'}");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct member_of member = {.organization = source_of(*state, "acme", NULL), .invited = rows[i].invited, .home = true};
        struct subject subject = {.profile = json_of(*state, ADA), .memberships = &member, .membership_count = 1,
                                  .blocked = rows[i].blocked, .deletion = rows[i].deletion};
        struct change change;
        struct refusals refusals;
        const struct decided *decided = NULL;
        change_of(&change, *state, rows[i].actor, items, rows[i].proven ? "email" : NULL);
        change.guest_desk = rows[i].guest;
        Error error = policy_decide(&fields, &subject, &change, &refusals, &decided);
        Str answer = error ? read_refusals(*state, &refusals) : read_decided(*state, decided);
        if (!str_is(answer, rows[i].answer))
            fail_msg("row %zu: %s", i, answer.p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(linked_fields_stand_under_their_own_connection, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(whole_objects_obey_rules_by_key, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(merged_objects_have_a_largest_size, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(system_fields_are_written_by_no_change, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(a_proof_changes_nothing_that_is_hidden, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(states_of_the_account_decide, model_setup, model_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
