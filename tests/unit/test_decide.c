/* The one door: what becomes of a change. Rows are changes as JSON objects; what comes back is read as one line of text. */
#include "../support/model.h"

static const char *const custom =
    "[{'name':'user_metadata.size','type':'choice','choices':['S','M','L'],'label':{'en':'Size'}},"
    " {'name':'user_metadata.age','type':'number','min':0,'max':150,'label':{'en':'Age'}},"
    " {'name':'user_metadata.badge','type':'text','required':true,'owner':'once','label':{'en':'Badge'}},"
    " {'name':'user_metadata.secret','type':'text','owner':'none','desk':'none','operator':'none','label':{'en':'Secret'}},"
    " {'name':'app_metadata.plan','type':'choice','choices':['free','gold'],'label':{'en':'Plan'}}]";

#define ADA "{'email':'ada@example.com','email_verified':true,'given_name':'Ada','name':'Ada','nickname':'ada'}"
#define META "{'name':'Ada','user_metadata':{'a':1,'b':{'x':1},'age':30,'badge':'B7','secret':'s'},'app_metadata':{'plan':'free'}}"

struct row {
    enum actor actor;
    const char *profile, *change;      /* profile NULL: an account about to be made */
    Error error;
    const char *answer;                /* "field=before>after:rule …", or refusals "unknown f, locked f:rule, invalid f" */
    const char *proven;                /* "email", "phone" */
};

static const struct row rows[] = {
    /* --- what is allowed --- */
    {ACTOR_OWNER, ADA, "{}", OK, "", NULL},
    {ACTOR_OWNER, ADA, "{'given_name':'Augusta'}", OK, "given_name='Ada'>'Augusta':field", NULL},
    {ACTOR_OWNER, ADA, "{'given_name':' Augusta ','family_name':'King'}", OK,
     "given_name='Ada'>'Augusta':field family_name=not set>'King':field", NULL},
    {ACTOR_OWNER, ADA, "{'given_name':''}", OK, "given_name='Ada'>not set:field", NULL},
    {ACTOR_OWNER, ADA, "{'given_name':null}", OK, "given_name='Ada'>not set:field", NULL},
    {ACTOR_OWNER, ADA, "{'given_name':'Ada','family_name':''}", OK, "", NULL},
    {ACTOR_OWNER, ADA, "{'address.locality':'Bath'}", OK, "address.locality=not set>'Bath':field", NULL},
    {ACTOR_OWNER, ADA, "{'user_metadata.size':'M'}", OK, "user_metadata.size=not set>'M':field", NULL},
    {ACTOR_DESK, ADA, "{'family_name':'King'}", OK, "family_name=not set>'King':field", NULL},
    {ACTOR_SOURCE, ADA, "{'email_verified':false}", OK, "email_verified=true>false:field", NULL},
    {ACTOR_SCRIPT, META, "{'app_metadata':{'plan':'gold'}}", OK, "app_metadata.plan='free'>'gold':field", NULL},
    /* --- e-mail and phone change only through proof --- */
    {ACTOR_OWNER, ADA, "{'email':'new@example.com'}", ERR_DENIED, "locked email:proof", NULL},
    {ACTOR_OWNER, ADA, "{'email':'ada@example.com'}", ERR_DENIED, "locked email:proof", NULL},
    {ACTOR_OWNER, ADA, "{'email':''}", ERR_DENIED, "locked email:proof", NULL},
    {ACTOR_OWNER, ADA, "{'phone_number':'+442079460018'}", ERR_DENIED, "locked phone_number:proof", NULL},
    {ACTOR_OWNER, ADA, "{'email':'new@example.com'}", ERR_DENIED, "locked email:proof", "phone"},
    {ACTOR_OWNER, ADA, "{'email':'New@Example.com'}", OK, "email='ada@example.com'>'new@example.com':proof", "email"},
    {ACTOR_OWNER, ADA, "{'phone_number':'+44 20 7946 0018'}", OK,
     "phone_number=not set>'+442079460018':proof phone_verified=not set>true:proof", "phone"},
    {ACTOR_OWNER, "{'email':'a@example.com','email_verified':false}", "{}", OK, "email_verified=false>true:proof", "email"},
    {ACTOR_OWNER, "{'name':'x'}", "{}", OK, "", "email"},
    {ACTOR_DESK, ADA, "{'email':'new@example.com'}", OK,
     "email='ada@example.com'>'new@example.com':field email_verified=true>false:field", NULL},
    {ACTOR_OPERATOR, ADA, "{'email':'new@example.com'}", OK,
     "email='ada@example.com'>'new@example.com':field email_verified=true>false:field", NULL},
    {ACTOR_OPERATOR, ADA, "{'email':'new@example.com','email_verified':true}", OK, "email='ada@example.com'>'new@example.com':field", NULL},
    {ACTOR_OPERATOR, ADA, "{'email_verified':true,'email':'new@example.com'}", OK, "email='ada@example.com'>'new@example.com':field", NULL},
    {ACTOR_OPERATOR, ADA, "{'email':'ADA@example.com'}", OK, "", NULL},
    {ACTOR_OPERATOR, ADA, "{'email':null}", OK, "email='ada@example.com'>not set:field email_verified=true>not set:field", NULL},
    {ACTOR_OPERATOR, ADA, "{'phone_number':'+442079460018'}", OK,
     "phone_number=not set>'+442079460018':field phone_verified=not set>false:field", NULL},
    /* --- never the owner's; internal; hidden and not there are the same (D1, D2) --- */
    {ACTOR_OWNER, ADA, "{'email_verified':true}", ERR_DENIED, "locked email_verified:field", NULL},
    {ACTOR_OWNER, ADA, "{'user_id':'local|1'}", ERR_DENIED, "locked user_id:field", NULL},
    {ACTOR_OWNER, ADA, "{'created_at':'1970-01-01'}", ERR_DENIED, "locked created_at:field", NULL},
    {ACTOR_OWNER, ADA, "{'logins_count':0}", ERR_DENIED, "locked logins_count:field", NULL},
    {ACTOR_OPERATOR, ADA, "{'user_id':'local|1'}", ERR_DENIED, "locked user_id:field", NULL},
    {ACTOR_OPERATOR, ADA, "{'blocked':true}", ERR_DENIED, "locked blocked:field", NULL},
    {ACTOR_OWNER, ADA, "{'blocked':false}", ERR_INVALID, "unknown blocked", NULL},
    {ACTOR_OWNER, ADA, "{'app_metadata':{'plan':'gold'}}", ERR_INVALID, "unknown app_metadata", NULL},
    {ACTOR_OWNER, ADA, "{'app_metadata':{}}", ERR_INVALID, "unknown app_metadata", NULL},
    {ACTOR_OWNER, ADA, "{'app_metadata.plan':'gold'}", ERR_INVALID, "unknown app_metadata.plan", NULL},
    {ACTOR_DESK, ADA, "{'app_metadata.plan':'gold'}", ERR_INVALID, "unknown app_metadata.plan", NULL},
    {ACTOR_OWNER, ADA, "{'app_metadata.roles':'x'}", ERR_INVALID, "unknown app_metadata.roles", NULL},
    {ACTOR_OWNER, ADA, "{'user_metadata':{'size':'M'}}", ERR_INVALID, "unknown user_metadata", NULL},
    {ACTOR_OWNER, ADA, "{'user_metadata.foo':'x'}", ERR_INVALID, "unknown user_metadata.foo", NULL},
    {ACTOR_OPERATOR, ADA, "{'user_metadata.foo':'x'}", ERR_INVALID, "unknown user_metadata.foo", NULL},
    {ACTOR_OWNER, ADA, "{'user_metadata.secret':'x'}", ERR_INVALID, "unknown user_metadata.secret", NULL},
    /* --- values --- */
    {ACTOR_OWNER, ADA, "{'birthdate':'2001-02-29'}", ERR_INVALID, "invalid birthdate", NULL},
    {ACTOR_OWNER, ADA, "{'user_metadata.age':'old'}", ERR_INVALID, "invalid user_metadata.age", NULL},
    {ACTOR_OWNER, META, "{'user_metadata.badge':'B8'}", ERR_DENIED, "locked user_metadata.badge:once", NULL},
    {ACTOR_OWNER, META, "{'user_metadata.badge':'B7'}", ERR_DENIED, "locked user_metadata.badge:once", NULL},
    {ACTOR_OWNER, ADA, "{'user_metadata.badge':'B7'}", OK, "user_metadata.badge=not set>'B7':field", NULL},
    {ACTOR_DESK, META, "{'user_metadata.badge':''}", ERR_INVALID, "invalid user_metadata.badge", NULL},
    {ACTOR_DESK, META, "{'user_metadata.badge':null}", ERR_INVALID, "invalid user_metadata.badge", NULL},
    /* --- all offenders are named, nothing else happens --- */
    {ACTOR_OWNER, ADA, "{'given_name':'X','role':'admin','email':'x@y.z','birthdate':'now','blocked':false}", ERR_DENIED,
     "unknown role, locked email:proof, invalid birthdate, unknown blocked", NULL},
    {ACTOR_OWNER, ADA, "{'given_name':'X','role':'admin','birthdate':'now'}", ERR_INVALID, "unknown role, invalid birthdate", NULL},
    /* --- whole objects (domain 1.1 – 1.5) --- */
    {ACTOR_OPERATOR, META, "{'user_metadata':{'b':{'y':2}}}", OK, "user_metadata.b={'x':1}>{'y':2}:field", NULL},
    {ACTOR_OPERATOR, META, "{'user_metadata':{'a':null}}", OK, "user_metadata.a=1>not set:field", NULL},
    {ACTOR_OPERATOR, META, "{'user_metadata':{'a':1,'new':[]}}", OK, "user_metadata.new=not set>[]:field", NULL},
    {ACTOR_OPERATOR, META, "{'user_metadata':{'age':'31','size':'L'}}", OK,
     "user_metadata.age=30>31:field user_metadata.size=not set>'L':field", NULL},
    {ACTOR_OPERATOR, META, "{'user_metadata':{'age':'old','size':'XL','z':1}}", ERR_INVALID,
     "invalid user_metadata.age, invalid user_metadata.size", NULL},
    {ACTOR_OPERATOR, META, "{'user_metadata':{'secret':'x'}}", ERR_INVALID, "unknown user_metadata.secret", NULL},
    {ACTOR_OPERATOR, META, "{'user_metadata':{}}", ERR_INVALID, "invalid user_metadata.badge", NULL},
    {ACTOR_OPERATOR, "{'user_metadata':{'a':1,'secret':'s'}}", "{'user_metadata':{}}", OK, "user_metadata.a=1>not set:field", NULL},
    {ACTOR_OPERATOR, "{'user_metadata':{'a':1}}", "{'user_metadata':null}", OK, "user_metadata.a=1>not set:field", NULL},
    {ACTOR_OPERATOR, META, "{'app_metadata':{}}", OK, "app_metadata.plan='free'>not set:field", NULL},
    {ACTOR_OPERATOR, META, "{'user_metadata':{'fav.color':'red'}}", ERR_INVALID, "invalid user_metadata", NULL},
    {ACTOR_OPERATOR, META, "{'user_metadata':'x'}", ERR_INVALID, "invalid user_metadata", NULL},
    {ACTOR_OPERATOR, META, "{'app_metadata':{'user_id':'x'}}", ERR_INVALID, "invalid app_metadata", NULL},
    {ACTOR_OPERATOR, META, "{'user_metadata':{'age':31},'user_metadata.age':32}", ERR_INVALID, "unknown user_metadata.age", NULL},
    {ACTOR_OPERATOR, META, "{'user_metadata.age':32,'user_metadata':{'age':31}}", ERR_INVALID, "unknown user_metadata.age", NULL},
    /* --- a new account is called something (domain 2.1, 2.2) --- */
    {ACTOR_OPERATOR, NULL, "{}", OK, "", NULL},
    {ACTOR_OPERATOR, NULL, "{'email':'ada@example.com'}", OK,
     "email=not set>'ada@example.com':field email_verified=not set>false:field name=not set>'ada':field nickname=not set>'ada':field",
     NULL},
    {ACTOR_OPERATOR, NULL, "{'email':'a@example.com','email_verified':true,'given_name':'Ada','family_name':'King'}", OK,
     "email=not set>'a@example.com':field email_verified=not set>true:field given_name=not set>'Ada':field "
     "family_name=not set>'King':field name=not set>'Ada King':field nickname=not set>'a':field", NULL},
    {ACTOR_OPERATOR, NULL, "{'username':'AdA','nickname':'Countess'}", OK,
     "username=not set>'ada':field nickname=not set>'Countess':field name=not set>'Countess':field", NULL},
    {ACTOR_OPERATOR, NULL, "{'username':'ada'}", OK,
     "username=not set>'ada':field name=not set>'ada':field nickname=not set>'ada':field", NULL},
    {ACTOR_OPERATOR, NULL, "{'name':'A. K.','given_name':'Ada'}", OK, "name=not set>'A. K.':field given_name=not set>'Ada':field", NULL},
    {ACTOR_OWNER, NULL, "{'email':'a@example.com','name':'A'}", OK,   /* signing up: unverified, but not refused */
     "email=not set>'a@example.com':field name=not set>'A':field email_verified=not set>false:field nickname=not set>'a':field", NULL},
    {ACTOR_OWNER, NULL, "{'email':'a@example.com','email_verified':true}", ERR_DENIED, "locked email_verified:field", NULL},
    {ACTOR_OWNER, NULL, "{'email':'a@example.com','app_metadata':{'plan':'gold'}}", ERR_INVALID, "unknown app_metadata", NULL},
};

static const char *with_quotes(struct arena *arena, const char *text)
{
    char *copy = arena_cstr(arena, str_of(text));
    for (char *p = copy; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    return copy;
}

/* A refused change leaves nothing behind, and the profile handed in is never written to, whatever comes of it. */
static void check_row(struct arena *arena, const struct fields *fields, const struct row *row)
{
    struct rule_source house = source_of(arena, "house", NULL);
    json_t *profile = row->profile ? json_of(arena, row->profile) : NULL, *as_it_was = json_deep_copy(profile);
    struct subject subject = {.profile = profile, .connection = &house};
    struct change change;
    struct refusals refusals;
    const struct decided *decided = NULL;
    change_of(&change, arena, row->actor, json_of(arena, row->change), row->proven);
    Error error = policy_decide(fields, &subject, &change, &refusals, &decided);
    Str answer = decided ? read_decided(arena, decided) : read_refusals(arena, &refusals);
    if (error != row->error || !str_is(answer, with_quotes(arena, row->answer)))
        fail_msg("%s %s: %d %s", actor_name(row->actor), row->change, (int)error, answer.p);
    assert_true((decided != NULL) == (error == OK) && (refusals.count == 0) == (error == OK));
    assert_true(refusals.locked == (error == ERR_DENIED));
    assert_true(!profile || json_equal(profile, as_it_was));
}

static void changes_come_out_as_they_should(void **state)
{
    struct fields fields = fields_of(*state, custom);
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(*state, &fields, &rows[i]);
}

/* "@" stands for the name. Upper case is tried as well: names are exact. */
static Str spell(struct arena *arena, const char *spelling, const char *name)
{
    Str rest = str_of(spelling), head = str_cut(&rest, '@');
    Str spelled = arena_print(arena, "%.*s%s%.*s", STR_ARGS(head), name, STR_ARGS(rest));
    char *letters = arena_cstr(arena, spelled);
    for (size_t i = 0; *spelling == '!' && i < spelled.n; i++)
        letters[i] = letters[i] >= 'a' && letters[i] <= 'z' ? (char)(letters[i] - 'a' + 'A') : letters[i];
    return *spelling == '!' ? (Str){letters + 1, spelled.n - 1} : spelled;
}

/* D1, D2: every spelling of a field that is locked, hidden or internal, with a value that would be taken. */
static void no_spelling_gets_past(void **state)
{
    static const char *const names[] = {"email_verified", "user_id", "blocked", "app_metadata", "app_metadata.plan", "created_at",
                                        "user_metadata.secret", "logins_count", "updated_at", "last_login", "phone_verified"};
    static const char *const spellings[] = {"@", "!@", "@ ", " @", "@\n", "profile.@", "profile[@]", "@[]", "@[0]", "[@]", "@.", ".@",
                                            "user_metadata.@", "app_metadata.@", "address.@", "__proto__.@", "$@", "@%00"};
    struct fields fields = fields_of(*state, custom);
    json_t *profile = json_of(*state, META);
    struct subject subject = {.profile = profile};
    for (size_t i = 0; i < COUNT(names); i++)
        for (size_t j = 0; j < COUNT(spellings); j++) {
            struct change change;
            struct refusals refusals;
            const struct decided *decided = NULL;
            Str name = spell(*state, spellings[j], names[i]);
            change_init(&change, *state, ACTOR_OWNER);
            change_put_text(&change, STR("given_name"), STR("Mallory"));
            change_put_text(&change, name, STR("true"));
            Error error = policy_decide(&fields, &subject, &change, &refusals, &decided);
            if (!error || decided || refusals.count != 1 || (j > 0 && refusals.first->kind != REFUSED_UNKNOWN))
                fail_msg("\"%.*s\" got past", STR_ARGS(name));
        }
    assert_true(json_equal(profile, json_of(*state, META)));
}

static Error decide_pairs(struct arena *arena, const struct fields *fields, const struct subject *subject, const char *pairs[][2],
                          size_t count, struct refusals *refusals)
{
    struct change change;
    const struct decided *decided;
    change_init(&change, arena, ACTOR_OWNER);
    for (size_t i = 0; i < count; i++)
        change_put_text(&change, str_of(pairs[i][0]), str_of(pairs[i][1]));
    return policy_decide(fields, subject, &change, refusals, &decided);
}

static void a_name_given_twice_is_refused(void **state)
{
    struct fields fields = fields_of(*state, custom);
    struct subject subject = {.profile = json_of(*state, ADA)};
    struct refusals refusals;
    const char *twice[][2] = {{"given_name", "A"}, {"family_name", "B"}, {"given_name", "A"}, {"given_name", "C"}};
    assert_int_equal(decide_pairs(*state, &fields, &subject, twice, COUNT(twice), &refusals), ERR_INVALID);
    assert_true(str_is(read_refusals(*state, &refusals), "unknown given_name, unknown given_name"));
    const char *locked_twice[][2] = {{"email", "a@example.com"}, {"email", "b@example.com"}};
    assert_int_equal(decide_pairs(*state, &fields, &subject, locked_twice, COUNT(locked_twice), &refusals), ERR_DENIED);
    assert_true(str_is(read_refusals(*state, &refusals), "locked email:proof, unknown email"));
}

static void names_of_unknown_fields_are_capped(void **state)
{
    struct fields fields = fields_of(*state, NULL);
    struct subject subject = {.profile = json_of(*state, "{}")};
    struct refusals refusals;
    char name[1000] = "x";
    for (size_t i = 1; i + 2 < sizeof name; i += 2)
        memcpy(name + i, "\u00e4", 2);
    const char *pairs[][2] = {{name, "1"}};
    assert_int_equal(decide_pairs(*state, &fields, &subject, pairs, 1, &refusals), ERR_INVALID);
    assert_int_equal(refusals.first->field.n, 99);      /* never half a character */
}

static void five_thousand_fields_are_all_refused(void **state)
{
    struct fields fields = fields_of(*state, NULL);
    struct subject subject = {.profile = json_of(*state, "{}")};
    struct change change;
    struct refusals refusals;
    const struct decided *decided;
    change_init(&change, *state, ACTOR_OWNER);
    for (int i = 0; i < 5000; i++)
        change_put_text(&change, arena_print(*state, "attribute_%d", i), STR("x"));
    assert_int_equal(policy_decide(&fields, &subject, &change, &refusals, &decided), ERR_INVALID);
    assert_int_equal(refusals.count, 5000);
}

static void bytes_that_are_no_text_are_refused_not_lost(void **state)
{
    struct fields fields = fields_of(*state, NULL);
    struct subject subject = {.profile = json_of(*state, ADA)};
    struct refusals refusals;
    const char *pairs[][2] = {{"given_name", "\xc3\x28"}};
    assert_int_equal(decide_pairs(*state, &fields, &subject, pairs, 1, &refusals), ERR_INVALID);
    assert_int_equal(refusals.first->kind, REFUSED_INVALID);
}

static void the_decided_profile_is_the_whole_new_one(void **state)
{
    struct fields fields = fields_of(*state, custom);
    struct subject subject = {.profile = json_of(*state, META)};
    struct change change;
    struct refusals refusals;
    const struct decided *decided;
    change_of(&change, *state, ACTOR_OPERATOR,
              json_of(*state, "{'user_metadata':{'a':null,'c':[1]},'app_metadata.plan':null,'address.country':'UK','name':'A'}"), NULL);
    assert_int_equal(policy_decide(&fields, &subject, &change, &refusals, &decided), OK);
    assert_int_equal(decided_actor(decided), ACTOR_OPERATOR);
    assert_true(json_equal(decided_profile(decided), json_of(*state, "{'name':'A','address':{'country':'UK'},'user_metadata':"
                           "{'b':{'x':1},'c':[1],'age':30,'badge':'B7','secret':'s'}}")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(changes_come_out_as_they_should, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(no_spelling_gets_past, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(a_name_given_twice_is_refused, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(names_of_unknown_fields_are_capped, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(five_thousand_fields_are_all_refused, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(bytes_that_are_no_text_are_refused_not_lost, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(the_decided_profile_is_the_whole_new_one, model_setup, model_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
