/* The table of standard fields, and field definitions of the operator: what they become, and every way they are refused. */
#include "../support/model.h"

#include "model/custom.h"

static void standard_fields_are_all_there(void **state)
{
    static const char *const names[] = {
        "user_id", "email", "email_verified", "username", "phone_number", "phone_verified", "name", "given_name", "middle_name",
        "family_name", "nickname", "picture", "profile", "website", "gender", "birthdate", "zoneinfo", "locale",
        "address.street_address", "address.locality", "address.region", "address.postal_code", "address.country", "user_metadata",
        "app_metadata", "blocked", "created_at", "updated_at", "last_login", "logins_count",
    };
    struct fields fields = fields_of(*state, NULL);
    assert_int_equal(fields.count, COUNT(names));
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct field *field = field_of(&fields, names[i]);
        assert_true(field->standard && field->label && field->label[0]);
        assert_true(field_may_exist(field->name));
    }
    static const char *const others[] = {"", "Given_Name", "given_name ", "address", "address.planet", "password", "roles", "*",
                                         "user_metadata.", "app_metadata.user_id", "identities"};
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_null(field_find(&fields, str_of(others[i])));
        assert_false(field_may_exist(str_of(others[i])));
    }
    assert_null(field_find(&fields, STR_NONE));
    assert_null(field_find(&fields, STR("given_name\0")));
}

/* interface.md: what is never the owner's to edit, and what only a proof changes. */
static void standard_levels_are_as_promised(void **state)
{
    static const char *const never[] = {"app_metadata", "blocked", "user_id", "email_verified", "phone_verified", "created_at",
                                        "updated_at", "last_login", "logins_count", "user_metadata"};
    struct fields fields = fields_of(*state, NULL);
    for (size_t i = 0; i < COUNT(never); i++)
        assert_true(field_of(&fields, never[i])->level[ACTOR_OWNER] <= LEVEL_READ);
    for (size_t i = 0; i < fields.count; i++) {
        const struct field *field = &fields.list[i];
        assert_true(field->level[ACTOR_OWNER] <= field->level[ACTOR_DESK] && field->level[ACTOR_DESK] <= field->level[ACTOR_OPERATOR]);
        for (int actor = 0; field->system && actor < ACTORS; actor++)
            assert_true(field->level[actor] <= LEVEL_READ);
    }
    assert_int_equal(field_of(&fields, "email")->proof, PROOF_EMAIL);
    assert_int_equal(field_of(&fields, "phone_number")->proof, PROOF_PHONE);
    assert_int_equal(field_of(&fields, "app_metadata")->level[ACTOR_DESK], LEVEL_NONE);
    assert_int_equal(field_of(&fields, "blocked")->level[ACTOR_OWNER], LEVEL_NONE);
}

static void fields_stand_in_the_order_of_the_pages(void **state)
{
    struct fields fields = fields_of(*state, "[{'name':'user_metadata.b','type':'text','section':'name','order':15,'label':{'en':'B'}},"
                                             " {'name':'user_metadata.a','type':'text','section':'name','order':15,'label':{'en':'A'}}]");
    for (size_t i = 1; i < fields.count; i++) {
        const struct field *a = &fields.list[i - 1], *b = &fields.list[i];
        assert_true(a->section <= b->section);
        assert_true(a->section != b->section || a->order < b->order || (a->order == b->order && str_compare(a->name, b->name) < 0));
        assert_true(str_compare(fields.by_name[i - 1]->name, fields.by_name[i]->name) < 0);
    }
    const struct field *name = field_of(&fields, "name");
    assert_true(str_is(name[1].name, "user_metadata.a") && str_is(name[2].name, "user_metadata.b"));
}

static void a_definition_becomes_a_field(void **state)
{
    struct fields fields = fields_of(*state,
        "[{'name':'user_metadata.shirt_size','type':'choice','choices':['S','M'],'section':'preferences','required':true,"
        "  'label':{'en':'Shirt size','de':'Hemdgr\u00f6\u00dfe'},'help':{'en':'As printed inside'},'owner':'once','order':5},"
        " {'name':'app_metadata.plan','type':'text','label':{'en':'Plan'},'unique':true,'max':20,'pattern':'[a-z]+'},"
        " {'name':'app_metadata.seen','type':'date','label':{'en':'Seen'},'owner':'read','desk':'read','min':'1970-01-02'}]");
    const struct field *size = field_of(&fields, "user_metadata.shirt_size"), *plan = field_of(&fields, "app_metadata.plan");
    assert_int_equal(size->type, TYPE_CHOICE);
    assert_int_equal(size->section, SECTION_PREFERENCES);
    assert_int_equal(size->level[ACTOR_OWNER], LEVEL_ONCE);
    assert_int_equal(size->level[ACTOR_DESK], LEVEL_EDIT);
    assert_true(size->required && !size->unique && !size->standard && !size->system && size->order == 5);
    assert_string_equal(json_string_value(json_object_get(size->labels, "de")), "Hemdgr\u00f6\u00dfe");
    assert_string_equal(json_string_value(json_object_get(size->helps, "en")), "As printed inside");
    assert_int_equal(plan->level[ACTOR_OWNER], LEVEL_NONE);
    assert_int_equal(plan->level[ACTOR_DESK], LEVEL_NONE);
    assert_int_equal(plan->level[ACTOR_OPERATOR], LEVEL_EDIT);
    assert_int_equal(plan->level[ACTOR_SCRIPT], LEVEL_EDIT);
    assert_int_equal(plan->section, SECTION_MORE);
    assert_true(plan->unique && plan->has_max && plan->max == 20 && !plan->has_min && plan->matcher);
    assert_int_equal(field_of(&fields, "app_metadata.seen")->min, 1);
}

#define TEXT(rest) "[{'name':'user_metadata.x','type':'text','label':{'en':'X'}" rest "}]"
#define TYPE(type, rest) "[{'name':'user_metadata.x','type':'" type "','label':{'en':'X'}" rest "}]"
#define NAME(name) "[{'name':'" name "','type':'text','label':{'en':'X'}}]"
#define A60 "aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbb"

struct bad {
    const char *definitions, *place;
};

static const struct bad bad[] = {
    {"{}", "fields"}, {"'x'", "fields"}, {"[1]", "fields[0]"}, {"[null]", "fields[0]"},
    {NAME("shirt"), "fields[0].name"}, {NAME("given_name"), "fields[0].name"}, {NAME("user_metadata"), "fields[0].name"},
    {NAME("user_metadata."), "fields[0].name"}, {NAME("user_metadata.a.b"), "fields[0].name"},
    {NAME("user_metadata.a$"), "fields[0].name"}, {NAME("user_metadata.a b"), "fields[0].name"},
    {NAME("user_metadata.\u00e4"), "fields[0].name"}, {NAME("User_metadata.a"), "fields[0].name"},
    {NAME("user_metadata.*"), "fields[0].name"}, {NAME("user_metadata." A60 "x"), "fields[0].name"},
    {NAME("app_metadata.user_id"), "fields[0].name"}, {NAME("app_metadata.email_verified"), "fields[0].name"},
    {NAME("app_metadata._id"), "fields[0].name"}, {"[{'type':'text','label':{'en':'X'}}]", "fields[0].name"},
    {"[{'name':7,'type':'text','label':{'en':'X'}}]", "fields[0].name"},
    {TYPE("colour", ""), "fields[0].type"}, {TYPE("object", ""), "fields[0].type"}, {TYPE("Text", ""), "fields[0].type"},
    {"[{'name':'user_metadata.x','label':{'en':'X'}}]", "fields[0].type"},
    {TEXT(",'section':'secrets'"), "fields[0].section"}, {TEXT(",'section':1"), "fields[0].section"},
    {"[{'name':'user_metadata.x','type':'text'}]", "fields[0].label"},
    {"[{'name':'user_metadata.x','type':'text','label':'X'}]", "fields[0].label"},
    {"[{'name':'user_metadata.x','type':'text','label':{}}]", "fields[0].label"},
    {"[{'name':'user_metadata.x','type':'text','label':{'en':''}}]", "fields[0].label"},
    {"[{'name':'user_metadata.x','type':'text','label':{'en':' '}}]", "fields[0].label"},
    {"[{'name':'user_metadata.x','type':'text','label':{'e':'X'}}]", "fields[0].label"},
    {"[{'name':'user_metadata.x','type':'text','label':{'en':'a\\nb'}}]", "fields[0].label"},
    {TEXT(",'help':'x'"), "fields[0].help"}, {TEXT(",'choices':['a']"), "fields[0].choices"},
    {TYPE("choice", ""), "fields[0].choices"}, {TYPE("choice", ",'choices':[]"), "fields[0].choices"},
    {TYPE("choices", ",'choices':'a'"), "fields[0].choices"}, {TYPE("choice", ",'choices':[1]"), "fields[0].choices[0]"},
    {TYPE("choice", ",'choices':['a','a']"), "fields[0].choices[1]"}, {TYPE("choice", ",'choices':['']"), "fields[0].choices[0]"},
    {TYPE("choice", ",'choices':[' a']"), "fields[0].choices[0]"},
    {TYPE("choice", ",'choices':['a',{'value':'b'}]"), "fields[0].choices[1]"},
    {TYPE("choice", ",'choices':[{'value':'b','label':{'en':'B'},'x':1}]"), "fields[0].choices[0]"},
    {TEXT(",'min':-1"), "fields[0].min"}, {TEXT(",'max':2049"), "fields[0].max"}, {TEXT(",'max':'9'"), "fields[0].max"},
    {TEXT(",'max':1.5"), "fields[0].max"}, {TEXT(",'min':5,'max':4"), "fields[0].max"}, {TYPE("email", ",'max':9"), "fields[0].max"},
    {TYPE("date", ",'min':5"), "fields[0].min"}, {TYPE("date", ",'min':'2001-02-30'"), "fields[0].min"},
    {TYPE("date", ",'min':'2001-02-02','max':'2001-02-01'"), "fields[0].max"},
    {TEXT(",'pattern':'('"), "fields[0].pattern"}, {TEXT(",'pattern':''"), "fields[0].pattern"},
    {TEXT(",'pattern':5"), "fields[0].pattern"}, {TYPE("number", ",'pattern':'1'"), "fields[0].pattern"},
    {TEXT(",'required':1"), "fields[0].required"}, {TEXT(",'unique':'yes'"), "fields[0].unique"},
    {TYPE("boolean", ",'unique':true"), "fields[0].unique"}, {TYPE("choice", ",'choices':['a'],'unique':true"), "fields[0].unique"},
    {TEXT(",'order':-1"), "fields[0].order"}, {TEXT(",'order':'1'"), "fields[0].order"}, {TEXT(",'order':100001"), "fields[0].order"},
    {TEXT(",'owner':'write'"), "fields[0].owner"}, {TEXT(",'owner':3"), "fields[0].owner"}, {TEXT(",'desk':'read'"), "fields[0].owner"},
    {TEXT(",'owner':'read','operator':'read'"), "fields[0].desk"},
    {"[{'name':'app_metadata.x','type':'text','label':{'en':'X'},'owner':'edit','desk':'edit'}]", "fields[0].owner"},
    {"[{'name':'app_metadata.x','type':'text','label':{'en':'X'},'owner':'read'}]", "fields[0].owner"},
    {TEXT(",'requierd':true"), "fields[0].requierd"}, {TEXT(",'system':true"), "fields[0].system"},
    {TEXT(",'proof':'email'"), "fields[0].proof"},
    {"[{'name':'user_metadata.x','type':'text','label':{'en':'X'}},{'name':'user_metadata.x','type':'date','label':{'en':'X'}}]",
     "fields[1]"},
};

static void bad_definitions_are_named_by_place(void **state)
{
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct problems problems = {.arena = *state};
        struct fields fields;
        if (fields_make(*state, json_of(*state, bad[i].definitions), &problems, &fields) != ERR_INVALID)
            fail_msg("%s was taken", bad[i].definitions);
        if (problems.count != 1 || !str_is(problems.first->place, bad[i].place))
            fail_msg("%s: %zu problems, the first at %s: %s", bad[i].definitions, problems.count, problems.first->place.p,
                     problems.first->message.p);
    }
}

static void all_problems_are_said_at_once(void **state)
{
    struct problems problems = {.arena = *state};
    struct fields fields;
    json_t *custom = json_of(*state, "[{'name':'x','type':'y','label':1},{'name':'user_metadata.ok','type':'text','label':{'en':'X'}},"
                                     " {'name':'user_metadata.z','type':'text','label':{'en':'Z'},'owner':'all','colour':'red'}]");
    assert_int_equal(fields_make(*state, custom, &problems, &fields), ERR_INVALID);
    assert_int_equal(problems.count, 5);
}

static json_t *many(size_t count, bool choices)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        char name[40];
        snprintf(name, sizeof name, "user_metadata.f%zu", i);
        json_array_append_new(list, choices ? json_string(name) : json_pack("{s:s, s:s, s:{s:s}}", "name", name, "type", "text",
                                                                            "label", "en", "X"));
    }
    return list;
}

static void there_are_at_most_two_hundred(void **state)
{
    struct problems problems = {.arena = *state};
    struct fields fields;
    assert_int_equal(fields_make(*state, many(CUSTOM_FIELDS_MAX, false), &problems, &fields), OK);
    assert_int_equal(fields_make(*state, many(CUSTOM_FIELDS_MAX + 1, false), &problems, &fields), ERR_INVALID);
    assert_int_equal(problems.count, 1);
    json_t *definition = json_of(*state, TYPE("choice", ""));
    json_object_set_new(json_array_get(definition, 0), "choices", many(CUSTOM_CHOICES_MAX, true));
    assert_int_equal(fields_make(*state, definition, &problems, &fields), OK);
    json_object_set_new(json_array_get(definition, 0), "choices", many(CUSTOM_CHOICES_MAX + 1, true));
    assert_int_equal(fields_make(*state, definition, &problems, &fields), ERR_INVALID);
}

static void problems_keep_the_first_two_hundred(void **state)
{
    struct problems problems = {.arena = *state};
    for (size_t i = 0; i < 250; i++)
        problem_add(&problems, place_index(*state, STR("users"), i), "number %zu", i);
    size_t kept = 0;
    for (const struct problem *problem = problems.first; problem; problem = problem->next)
        kept++;
    assert_int_equal(problems.count, 250);
    assert_int_equal(kept, 200);
    assert_true(str_is(problems.first->place, "users[0]") && str_is(problems.last->message, "number 199"));
    assert_true(str_is(place_at(*state, STR("users[3]"), "email"), "users[3].email"));
    assert_true(str_is(place_at(*state, STR_NONE, "email"), "email"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(standard_fields_are_all_there, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(standard_levels_are_as_promised, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(fields_stand_in_the_order_of_the_pages, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(a_definition_becomes_a_field, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(bad_definitions_are_named_by_place, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(all_problems_are_said_at_once, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(there_are_at_most_two_hundred, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(problems_keep_the_first_two_hundred, model_setup, model_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
