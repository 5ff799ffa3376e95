/* Values that come as JSON (API, apply), whole objects, where values live in a profile, keys and texts of values. */
#include "../support/model.h"
#include "model/zones.h"

static const char *const custom =
    "[{'name':'user_metadata.age','type':'number','min':0,'max':150,'label':{'en':'Age'}},"
    " {'name':'user_metadata.balance','type':'number','label':{'en':'Balance'}},"
    " {'name':'user_metadata.news','type':'boolean','label':{'en':'News'}},"
    " {'name':'user_metadata.size','type':'choice','choices':['S','M',{'value':'L','label':{'en':'Large'}}],'label':{'en':'Size'}},"
    " {'name':'user_metadata.colors','type':'choices','choices':['red','green','blue'],'max':2,'label':{'en':'Colours'}},"
    " {'name':'user_metadata.pets','type':'choices','choices':['cat','dog','owl'],'min':2,'label':{'en':'Pets'}},"
    " {'name':'user_metadata.badge','type':'text','unique':true,'label':{'en':'Badge'}}]";

#define WHOLE "Enter a whole number in digits, like 42."
#define TEXT "Enter this as text."
#define YES_OR_NO "Choose yes or no."
#define AMONG "Choose among the answers in the list."
#define OBJECT "Send this as a JSON object."
#define KEYS "Name keys without . and $"
#define D4 "{'a':{'a':{'a':{'a':"
#define END4 "}}}}"

/* `kept`: JSON of what stays, "not set", or NULL when it is refused with a message that begins with `says`. */
struct json_row {
    const char *field, *raw, *kept, *says;
    int64_t limit;
};

static const struct json_row rows[] = {
    {"given_name", "null", "not set", NULL, 0},
    {"given_name", "1", NULL, TEXT, 0},                                       /* D7 */
    {"given_name", "true", NULL, TEXT, 0},
    {"given_name", "{}", NULL, TEXT, 0},
    {"given_name", "[]", NULL, TEXT, 0},
    {"given_name", "['Ada']", NULL, TEXT, 0},
    {"email", "['a@example.com']", NULL, TEXT, 0},
    {"email", "{'$ne':''}", NULL, TEXT, 0},
    {"birthdate", "19901231", NULL, TEXT, 0},
    {"locale", "false", NULL, TEXT, 0},
    {"user_metadata.size", "['S']", NULL, TEXT, 0},
    {"user_metadata.age", "42", "42", NULL, 0},
    {"user_metadata.age", "'42'", "42", NULL, 0},
    {"user_metadata.age", "' 42 '", "42", NULL, 0},
    {"user_metadata.age", "0", "0", NULL, 0},
    {"user_metadata.age", "-0", "0", NULL, 0},
    {"user_metadata.age", "''", "not set", NULL, 0},
    {"user_metadata.age", "-1", NULL, "Enter {LIMIT} or a larger number.", 0},
    {"user_metadata.age", "151", NULL, "Enter {LIMIT} or a smaller number.", 150},
    {"user_metadata.age", "1.5", NULL, WHOLE, 0},
    {"user_metadata.age", "1.0", NULL, WHOLE, 0},
    {"user_metadata.age", "'1.5'", NULL, WHOLE, 0},
    {"user_metadata.age", "'+1'", NULL, WHOLE, 0},
    {"user_metadata.age", "'0x10'", NULL, WHOLE, 0},
    {"user_metadata.age", "'1e2'", NULL, WHOLE, 0},
    {"user_metadata.age", "'NaN'", NULL, WHOLE, 0},
    {"user_metadata.age", "'1 2'", NULL, WHOLE, 0},
    {"user_metadata.age", "true", NULL, WHOLE, 0},
    {"user_metadata.age", "{}", NULL, WHOLE, 0},
    {"user_metadata.age", "[1]", NULL, WHOLE, 0},
    {"user_metadata.balance", "9007199254740991", "9007199254740991", NULL, 0},
    {"user_metadata.balance", "-9007199254740991", "-9007199254740991", NULL, 0},
    {"user_metadata.balance", "9007199254740993", NULL, WHOLE, 0},
    {"user_metadata.balance", "'18446744073709551616'", NULL, WHOLE, 0},
    {"user_metadata.balance", "'-9223372036854775808'", NULL, WHOLE, 0},
    {"user_metadata.news", "true", "true", NULL, 0},
    {"user_metadata.news", "false", "false", NULL, 0},
    {"user_metadata.news", "'true'", "true", NULL, 0},
    {"user_metadata.news", "'false'", "false", NULL, 0},
    {"user_metadata.news", "''", "not set", NULL, 0},
    {"user_metadata.news", "'on'", NULL, YES_OR_NO, 0},
    {"user_metadata.news", "'1'", NULL, YES_OR_NO, 0},
    {"user_metadata.news", "'TRUE'", NULL, YES_OR_NO, 0},
    {"user_metadata.news", "1", NULL, YES_OR_NO, 0},
    {"user_metadata.news", "[]", NULL, YES_OR_NO, 0},
    {"email_verified", "'yes'", NULL, YES_OR_NO, 0},
    {"user_metadata.colors", "['blue','red']", "['red','blue']", NULL, 0},
    {"user_metadata.colors", "'green'", "['green']", NULL, 0},
    {"user_metadata.colors", "['','green']", "['green']", NULL, 0},
    {"user_metadata.colors", "['red','red']", "['red']", NULL, 0},
    {"user_metadata.colors", "[]", "not set", NULL, 0},
    {"user_metadata.colors", "['']", "not set", NULL, 0},
    {"user_metadata.colors", "['red','green','blue']", NULL, "Choose fewer answers; {LIMIT} is the most.", 2},
    {"user_metadata.colors", "['black']", NULL, AMONG, 0},
    {"user_metadata.colors", "'red,green'", NULL, AMONG, 0},
    {"user_metadata.colors", "[['red']]", NULL, AMONG, 0},
    {"user_metadata.colors", "[null]", NULL, AMONG, 0},
    {"user_metadata.colors", "{'red':true}", NULL, AMONG, 0},
    {"user_metadata.colors", "1", NULL, AMONG, 0},
    {"user_metadata.pets", "['cat','owl']", "['cat','owl']", NULL, 0},
    {"user_metadata.pets", "['cat']", NULL, "Choose more answers; {LIMIT} is the least.", 2},
    {"user_metadata", "{}", "{}", NULL, 0},
    {"user_metadata", "{'a':1,'b':{'c':[1,'x',null]}}", "{'a':1,'b':{'c':[1,'x',null]}}", NULL, 0},
    {"user_metadata", "{'fav':'a.b$c'}", "{'fav':'a.b$c'}", NULL, 0},
    {"user_metadata", "{'fav.color':'red'}", NULL, KEYS, 100},                /* domain 1.4 */
    {"user_metadata", "{'$where':'1'}", NULL, KEYS, 100},
    {"user_metadata", "{'a':{'b.c':1}}", NULL, KEYS, 100},
    {"user_metadata", "{'a':[{'$b':1}]}", NULL, KEYS, 100},
    {"user_metadata", "{'':1}", NULL, KEYS, 100},
    {"user_metadata", "{'a\\nb':1}", NULL, KEYS, 100},
    {"user_metadata", "{'n':9007199254740993}", NULL, "Send numbers this large as text.", 0},
    {"user_metadata", D4 D4 D4 "{'a':{'a':{'a':1}}}" END4 END4 END4, D4 D4 D4 "{'a':{'a':{'a':1}}}" END4 END4 END4, NULL, 0},
    {"user_metadata", D4 D4 D4 D4 "1" END4 END4 END4 END4, NULL, "Nest these data less deeply", 16},
    {"user_metadata", "[]", NULL, OBJECT, 0},
    {"user_metadata", "'x'", NULL, OBJECT, 0},
    {"user_metadata", "5", NULL, OBJECT, 0},
    {"app_metadata", "{'plan':'gold'}", "{'plan':'gold'}", NULL, 0},
    {"app_metadata", "{'user_id':'x'}", NULL, "Use other keys", 0},           /* domain 1.5 */
    {"app_metadata", "{'email_verified':true}", NULL, "Use other keys", 0},
    {"app_metadata", "{'plan':{'user_id':'x'}}", "{'plan':{'user_id':'x'}}", NULL, 0},
    {"user_metadata", "{'user_id':'x'}", "{'user_id':'x'}", NULL, 0},
};

static void values_are_kept_or_refused(void **state)
{
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, custom);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct json_row *row = &rows[i];
        json_t *out = NULL;
        FieldProblem problem;
        bool kept = field_clean(arena, field_of(&fields, row->field), json_of(arena, row->raw), &out, &problem);
        if (kept != (row->kept != NULL))
            fail_msg("%s <- %s: %s", row->field, row->raw, kept ? "was kept" : problem.message);
        if (!kept && (strncmp(problem.message, row->says, strlen(row->says)) != 0 || problem.limit != row->limit))
            fail_msg("%s <- %s: \"%s\" %lld", row->field, row->raw, problem.message, (long long)problem.limit);
        if (!kept)
            continue;
        bool unset = !strcmp(row->kept, "not set");
        if (unset ? out != NULL : !json_equal(out, json_of(arena, row->kept)))
            fail_msg("%s <- %s: kept %s", row->field, row->raw, dump_of(out));
    }
}

static json_t *object_of_bytes(struct arena *arena, size_t bytes)
{
    json_t *object = json_object();
    char *text = arena_take(arena, bytes);
    memset(text, 'x', bytes);
    json_object_set_new(object, "a", json_stringn(text, bytes - strlen("{\"a\":\"\"}")));
    return object;
}

static void objects_have_a_largest_size(void **state)
{
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, NULL);
    const struct field *field = field_of(&fields, "user_metadata");
    json_t *out;
    FieldProblem problem;
    assert_true(field_clean(arena, field, object_of_bytes(arena, 65536), &out, &problem));
    assert_false(field_clean(arena, field, object_of_bytes(arena, 65537), &out, &problem));
    assert_string_equal(problem.message, "Keep this within {LIMIT} bytes.");
    assert_int_equal(problem.limit, 65536);
}

static void a_list_of_a_thousand_answers_is_refused(void **state)
{
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, custom);
    json_t *answers = json_array(), *out;
    FieldProblem problem;
    for (int i = 0; i < 1000; i++)
        json_array_append_new(answers, json_string("red"));
    assert_false(field_clean(arena, field_of(&fields, "user_metadata.colors"), answers, &out, &problem));
}

static void cleaning_leaves_the_input_alone(void **state)
{
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, custom);
    json_t *raw = json_of(arena, "{'a':{'b':1}}"), *out;
    FieldProblem problem;
    assert_true(field_clean(arena, field_of(&fields, "user_metadata"), raw, &out, &problem));
    json_object_set_new(out, "a", json_null());
    assert_true(json_equal(raw, json_of(arena, "{'a':{'b':1}}")));
}

static void values_live_one_level_deep(void **state)
{
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, custom);
    const struct field *town = field_of(&fields, "address.locality"), *post = field_of(&fields, "address.postal_code");
    json_t *profile = json_of(arena, "{'given_name':'Ada'}");
    assert_null(field_value(profile, town));
    field_put(profile, town, json_string("Bath"));
    field_put(profile, post, json_string("BA1"));
    assert_true(json_equal(profile, json_of(arena, "{'given_name':'Ada','address':{'locality':'Bath','postal_code':'BA1'}}")));
    assert_string_equal(json_string_value(field_value(profile, town)), "Bath");
    field_put(profile, town, NULL);
    field_put(profile, post, NULL);
    field_put(profile, post, NULL);
    assert_true(json_equal(profile, json_of(arena, "{'given_name':'Ada'}")));
    field_put(profile, field_of(&fields, "given_name"), NULL);
    assert_true(json_equal(profile, json_of(arena, "{}")));
}

static void empty_counts_as_not_set(void **state)
{
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, custom);
    json_t *profile = json_of(arena, "{'given_name':'','family_name':null,'address':'x','email_verified':false,"
                                     " 'user_metadata':{'colors':[],'age':0}}");
    assert_null(field_value(profile, field_of(&fields, "given_name")));
    assert_null(field_value(profile, field_of(&fields, "family_name")));
    assert_null(field_value(profile, field_of(&fields, "address.locality")));
    assert_null(field_value(profile, field_of(&fields, "user_metadata.colors")));
    assert_null(field_value(NULL, field_of(&fields, "given_name")));
    assert_non_null(field_value(profile, field_of(&fields, "email_verified")));
    assert_non_null(field_value(profile, field_of(&fields, "user_metadata.age")));
    field_put(profile, field_of(&fields, "address.locality"), json_string("Bath"));
    assert_true(json_equal(json_object_get(profile, "address"), json_of(arena, "{'locality':'Bath'}")));
}

struct text_row {
    const char *field, *value, *text;
};

static void values_read_as_text(void **state)
{
    static const struct text_row texts[] = {
        {"given_name", "'Ada'", "Ada"}, {"user_metadata.age", "42", "42"}, {"user_metadata.news", "false", "false"},
        {"user_metadata.colors", "['red','blue']", "red, blue"}, {"user_metadata.colors", "[]", ""}, {"given_name", "null", ""},
        {"user_metadata", "{'b':1,'a':[]}", "{\"a\":[],\"b\":1}"},
    };
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, custom);
    for (size_t i = 0; i < COUNT(texts); i++) {
        Str text = field_text(arena, field_of(&fields, texts[i].field), json_of(arena, texts[i].value));
        assert_true(str_is(text, texts[i].text));
    }
    assert_true(str_is(field_text(arena, field_of(&fields, "given_name"), NULL), ""));
}

static void unique_values_are_compared_by_key(void **state)
{
    static const struct text_row keys[] = {
        {"email", "'ada@B\u00dcCHER.example'", ""},         /* upper case beyond ASCII is no domain name */
        {"email", "'ada@b\u00fccher.example'", "ada@xn--bcher-kva.example"},
        {"email", "'ADA@xn--bcher-KVA.example'", "ada@xn--bcher-kva.example"},
        {"email", "'x@fa\u00df.de'", "x@xn--fa-hia.de"},    /* never x@fass.de */
        {"phone_number", "'+442079460018'", "+442079460018"},
        {"username", "'AdA'", "ada"},
        {"user_metadata.badge", "'\uff21dA'", "ada"},
        {"user_metadata.badge", "'Stra\u00dfe'", "strasse"},
        {"user_metadata.badge", "'a\u200bb'", "ab"},
        {"user_metadata.age", "42", "42"},
        {"user_metadata.colors", "['red']", ""},
        {"user_metadata.badge", "''", ""},
    };
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, custom);
    for (size_t i = 0; i < COUNT(keys); i++) {
        Str key = field_key(arena, field_of(&fields, keys[i].field), json_of(arena, keys[i].value));
        if (!str_is(key, keys[i].text))
            fail_msg("%s %s: key \"%.*s\"", keys[i].field, keys[i].value, STR_ARGS(key));
    }
    assert_null(field_key(arena, field_of(&fields, "email"), NULL).p);
    assert_null(field_key(arena, field_of(&fields, "user_metadata.colors"), json_of(arena, "['red']")).p);
}

/* B8, C10: what is typed at sign-in finds exactly the stored form, nothing that merely looks like it. */
static void identifiers_are_found_by_key(void **state)
{
    static const char *const keys[][2] = {
        {"Ada@Example.com", "ada@example.com"}, {" ada@example.com\n", "ada@example.com"},
        {"ada@b\u00fccher.example", "ada@xn--bcher-kva.example"}, {"AdA", "ada"}, {"+44 20 7946 0018", "+442079460018"},
        {"averylongusernamethatanoldsystemhad", "averylongusernamethatanoldsystemhad"},
        {"mi\u212ae@example.org", NULL}, {"m\u0131ke@example.org", NULL}, {"mike@example\u3002org", NULL},
        {"mike\uff20example.org", NULL}, {"mi\u017fe", NULL}, {"mike@", NULL}, {"@", NULL}, {"", NULL}, {" ", NULL},
        {"two words", NULL}, {"a@b@c.example", NULL}, {"\xff", NULL}, {"ada@\xff.example", NULL},
    };
    struct arena *arena = *state;
    for (size_t i = 0; i < COUNT(keys); i++) {
        Str key = identifier_key(arena, str_of(keys[i][0]));
        if (keys[i][1] ? !str_is(key, keys[i][1]) : key.p != NULL)
            fail_msg("%s: key \"%.*s\"", keys[i][0], STR_ARGS(key));
    }
    assert_null(identifier_key(arena, STR("ada@example.com\0.org")).p);
    assert_null(identifier_key(arena, STR_NONE).p);
}

static void zones_are_a_sorted_closed_list(void **state)
{
    (void)state;
    size_t count;
    const char *const *zones = zone_list(&count);
    assert_in_range(count, 400, 450);
    for (size_t i = 0; i < count; i++) {
        Str present;
        assert_true(zone_find(str_of(zones[i]), &present));
        assert_string_equal(present.p, zones[i]);
        assert_true(i == 0 || strcmp(zones[i - 1], zones[i]) < 0);
    }
    Str none;
    assert_false(zone_find(STR_NONE, &none));
}

static void old_zone_names_lead_to_present_ones(void **state)
{
#define ZONE(name)
#define ALIAS(old, present) {old, present},
    static const char *const aliases[][2] = {
#include "model/zones.def"
    };
#undef ALIAS
#undef ZONE
    (void)state;
    for (size_t i = 0; i < COUNT(aliases); i++) {
        Str present, itself;
        assert_true(zone_find(str_of(aliases[i][0]), &present));
        assert_string_equal(present.p, aliases[i][1]);
        assert_true(zone_find(present, &itself) && str_eq(present, itself));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_are_kept_or_refused, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(objects_have_a_largest_size, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(a_list_of_a_thousand_answers_is_refused, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(cleaning_leaves_the_input_alone, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(values_live_one_level_deep, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(empty_counts_as_not_set, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(values_read_as_text, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(unique_values_are_compared_by_key, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(identifiers_are_found_by_key, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(zones_are_a_sorted_closed_list, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(old_zone_names_lead_to_present_ones, model_setup, model_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
