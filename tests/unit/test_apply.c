/* `latchkey apply`: what a file makes of a store, and what it must not. */
#include "support/model.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#include <sys/stat.h>

#include "account/apply.h"
#include "account/hashing.h"
#include "base/log.h"
#include "store/user_store.h"

/* A store in memory with its portal; everything lasts as long as one test. */
struct bench {
    struct arena *arena;
    struct portal portal;
    struct visit visit;
    struct problems problems;
    Applied applied;
};

static int setup(void **state)
{
    struct arena *arena = arena_open(0);
    if (!arena || crypto_start()) return -1;
    struct bench *bench = ARENA_NEW(arena, struct bench);
    json_memory_use(arena);
    bench->arena = arena;
    static const struct options options;
    bench->portal = (struct portal){.options = &options, .db = store_open_memory(), .keys = portal_keys(arena), .hashing = {.cost = {1024, 1}, .job_socket = -1}};
    bench->visit = (struct visit){.arena = arena, .now = 1800000000, .request_id = STR(""), .peer = STR(""), .user_agent = STR(""),
                                  .actor_id = STR("cli:tester")};
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = bench->arena;
    portal_close(&bench->portal);
    db_close(bench->portal.db);
    json_memory_use(NULL);
    arena_close(arena);
    return 0;
}

static Str quoted(struct arena *arena, const char *text)
{
    char *copy = arena_cstr(arena, str_of(text));
    for (char *p = copy; *p; p++)
        if (*p == '\'') *p = '"';
    return str_of(copy);
}

static Error apply_bytes(struct bench *bench, Str json, bool dry_run)
{
    bench->problems = (struct problems){.arena = bench->arena};
    bench->applied = (Applied){.lines = STR_NONE};
    return apply_run(&bench->portal, &bench->visit, json, dry_run, &bench->problems, &bench->applied);
}

static void apply(struct bench *bench, const char *json)
{
    Error error = apply_bytes(bench, quoted(bench->arena, json), false);
    const struct problem *first = bench->problems.first;
    if (error) fail_msg("refused: %s: %s in %s", first ? first->place.p : "", first ? first->message.p : "no problem", json);
}

static bool has_problem(const struct bench *bench, const char *place, const char *words)
{
    for (const struct problem *problem = bench->problems.first; problem; problem = problem->next)
        if (str_is(problem->place, place) && strstr(problem->message.p, words)) return true;
    return false;
}

static void expect_problem(struct bench *bench, const char *place, const char *words)
{
    if (has_problem(bench, place, words)) return;
    for (const struct problem *problem = bench->problems.first; problem; problem = problem->next)
        print_message("  %s: %s\n", problem->place.p, problem->message.p);
    fail_msg("no problem says \"%s\" at %s", words, place);
}

static void refuse(struct bench *bench, const char *json, const char *place, const char *words)
{
    if (apply_bytes(bench, quoted(bench->arena, json), false) != ERR_INVALID) fail_msg("not refused: %s", json);
    expect_problem(bench, place, words);
}

static bool says(const struct bench *bench, const char *line)
{
    return bench->applied.lines.n && strstr(bench->applied.lines.p, line);
}

static struct user user_named(struct bench *bench, const char *identifier)
{
    int64_t accounts[2];
    size_t count = 0;
    struct user user = {.id = 0};
    Str key = identifier_key(bench->arena, str_of(identifier));
    assert_int_equal(users_by_identifier(bench->portal.db, bench->arena, key, 0, accounts, 2, &count), OK);
    if (count != 1) fail_msg("%zu accounts are known as %s", count, identifier);
    assert_int_equal(user_get(bench->portal.db, bench->arena, accounts[0], &user), OK);
    return user;
}

static const char *value_of(struct bench *bench, const struct user *user, const char *name)
{
    return dump_of(field_value(user->profile, field_of(&bench->portal.directory.fields, name)));
}

#define COUNT_ROWS(bench, rest) store_count((bench)->portal.db, "SELECT COUNT(*) FROM " rest)
#define CUSTOMERS "'connections':[{'name':'customers','strategy':'local'}]"

static const char whole[] =
    "{'fields':[{'name':'user_metadata.size','type':'choice','choices':['S','M'],'label':{'en':'Size'}}],"
    "'connections':[{'name':'customers','strategy':'local','display_name':'Customers','options':{'disable_signup':true}},"
    "{'name':'directory','strategy':'oidc','fields':{'*':{'owner':'read'},'email':{'owner':'read','reason':{'en':'Theirs'}}}}],"
    "'roles':[{'name':'greeter','permissions':['update:members','read:members','read:members']}],"
    "'organizations':[{'name':'acme','display_name':'Acme Ltd','support_email':'Help@acme.example','connections':['directory'],"
    "'branding':{'colors':{'primary':'#0A5','page_background':'#F4F7F5'}},'metadata':{'country':'GB'},"
    "'fields':{'user_metadata.size':{'owner':'read'}}}],"
    "'users':[{'connection':'customers','email':'Ada@Example.com','email_verified':true,'username':'Ada','given_name':'Ada',"
    "'address':{'locality':'Bristol'},'user_metadata':{'size':'M','free':[1,2]},'app_metadata':{'plan':'x'},'password':'correct horse',"
    "'organizations':[{'name':'acme','roles':['greeter'],'invited':true}]},"
    "{'connection':'directory','user_id':'77','email':'bo@acme.example','blocked':true}]}";

static void test_a_file_makes_what_it_says(void **state)
{
    struct bench *bench = *state;
    apply(bench, whole);
    struct user ada = user_named(bench, "ada@example.com"), bo = user_named(bench, "bo@acme.example");
    assert_string_equal(value_of(bench, &ada, "email"), "\"ada@example.com\"");
    assert_string_equal(value_of(bench, &ada, "email_verified"), "true");
    assert_string_equal(value_of(bench, &ada, "address.locality"), "\"Bristol\"");
    assert_string_equal(value_of(bench, &ada, "user_metadata"), "{\"free\":[1,2],\"size\":\"M\"}");
    assert_string_equal(value_of(bench, &ada, "app_metadata"), "{\"plan\":\"x\"}");
    assert_true(str_starts(ada.password_hash, STR("$argon2id$")));
    assert_true(str_is(bo.user_id, "oidc|77"));
    assert_true(bo.blocked && !ada.blocked && !bo.password_hash.p);
    assert_int_equal(COUNT_ROWS(bench, "organization_connection"), 1);
    assert_int_equal(COUNT_ROWS(bench, "organization WHERE support_email = 'help@acme.example'"
                                       " AND branding LIKE '%#00aa55%' AND branding LIKE '%#f4f7f5%'"), 1);
    assert_int_equal(COUNT_ROWS(bench, "role WHERE permissions = '[\"read:members\",\"update:members\"]'"), 1);
    assert_int_equal(COUNT_ROWS(bench, "membership WHERE home = 1 AND invited = 1"), 1);
}

static void test_the_second_time_changes_nothing(void **state)
{
    struct bench *bench = *state;
    apply(bench, whole);
    int64_t rows = COUNT_ROWS(bench, "audit"), generation = bench->portal.directory.generation;
    struct user before = user_named(bench, "ada");
    apply(bench, whole);
    assert_int_equal(bench->applied.lines.n, 0);
    assert_int_equal(bench->applied.added + bench->applied.changed + bench->applied.removed, 0);
    assert_int_equal(COUNT_ROWS(bench, "audit"), rows);
    assert_int_equal(bench->portal.directory.generation, generation);
    struct user after = user_named(bench, "ada");
    assert_int_equal(after.version, before.version);
    assert_int_equal(after.epoch, before.epoch);
}

static void test_a_dry_run_says_what_the_run_does_and_leaves_nothing(void **state)
{
    struct bench *bench = *state;
    Str json = quoted(bench->arena, whole);
    assert_int_equal(apply_bytes(bench, json, true), OK);
    Str foretold = bench->applied.lines;
    assert_int_equal(COUNT_ROWS(bench, "account"), 0);
    assert_int_equal(COUNT_ROWS(bench, "role"), 0);
    assert_int_equal(COUNT_ROWS(bench, "audit"), 0);
    assert_int_equal(bench->portal.directory.connection_count, 0);
    assert_int_equal(apply_bytes(bench, json, false), OK);
    assert_string_equal(bench->applied.lines.p, foretold.p);
    assert_true(bench->applied.lines.n > 0);
    apply(bench, "{'users':[{'connection':'customers','username':'ada','nickname':'A','given_name':null}]}");
    assert_true(says(bench, "- users.customers/ada.given_name: \"Ada\"\n"));
    assert_int_equal(bench->applied.removed, 1);
}

static void test_every_problem_is_listed_with_its_place(void **state)
{
    struct bench *bench = *state;
    refuse(bench,
           "{'purpose':[],'fields':[{'name':'user_metadata.x','type':'texst','label':{'en':'X'}}],"
           "'connections':[{'name':'Customers','strategy':'local'},{'name':'a','strategy':'lcal','fields':{'emial':{'owner':'read'}}},"
           "{'name':'b'},{'name':'c','strategy':'local','options':[],'display_name':''},{'name':'c','strategy':'local'}],"
           "'roles':[{'name':'r','permissions':['read:member',5]}],"
           "'organizations':[{'name':'o','display_nam':'O','display_name':'\u200b \u3164','branding':{'colors':{'primary':'red'}},'support_email':'nobody',"
           "'metadata':{'k':1},'connections':['nowhere'],'deletion_grace':2592001},3],"
           "'users':[{'connection':'d','emial':'a@example.com'},"
           "{'connection':'c','email':'a@','blocked':'yes','user_metadata':[],'app_metadata':{'a.b':1,'user_id':2},"
           "'password':'x','password_hash':'y','organizations':[{'name':'p'},{'nam':'o'},{'name':'o','roles':['boss'],'home':1}]},"
           "{'connection':'c','email':'same@example.com'},{'connection':'c','email':'Same@Example.com'}]}",
           "purpose", "no such key");
    static const char *const expected[][2] = {
        {"fields[0].type", "a type is"}, {"connections[0].name", "small letters"}, {"connections[1].strategy", "did you mean local?"},
        {"connections[1].fields.emial", "field"}, {"connections[2]", "strategy is needed"}, {"connections[3].options", "object"},
        {"connections[3].display_name", "1 to 255"}, {"connections[4]", "the same as in connections[3]"},
        {"roles[0].permissions[0]", "did you mean read:members?"}, {"roles[0].permissions[1]", "must be a text"},
        {"organizations[0].display_name", "can be seen"}, {"organizations[0].display_nam", "did you mean display_name?"}, {"organizations[0].branding.colors.primary", "colour"},
        {"organizations[0].branding.colors", "page_background is needed"}, {"organizations[0].support_email", ""},
        {"organizations[0].metadata.k", "must be a text"}, {"organizations[0].connections[0]", "no such connection"},
        {"organizations[0].deletion_grace", "0 to 2592000"},
        {"organizations[1]", "must be an object"}, {"users[0].connection", "no such connection"},
        {"users[0].emial", "no such key; did you mean email?"}, {"users[0]", "is needed"}, {"users[1].email", ""},
        {"users[1].blocked", "true or false"}, {"users[1].user_metadata", "must be an object"},
        {"users[1].app_metadata.a.b", "no ."}, {"users[1].app_metadata.user_id", "the program's own"},
        {"users[1]", "exclude each other"}, {"users[1].organizations[0].name", "no such organization"},
        {"users[1].organizations[1].nam", "did you mean name?"}, {"users[1].organizations[1]", "name is needed"},
        {"users[1].organizations[2].roles[0]", "no such role"}, {"users[1].organizations[2].home", "true or false"},
        {"users[3].email", "the same as in users[2].email"},
    };
    for (size_t i = 0; i < COUNT(expected); i++) expect_problem(bench, expected[i][0], expected[i][1]);
    assert_int_equal(COUNT_ROWS(bench, "connection"), 0);
}

static void test_keys_of_the_program_are_no_keys_of_a_user(void **state)
{
    static const char *const keys[] = {"created_at", "updated_at", "last_login", "logins_count", "identities", "version", "epoch",
                                       "Email", "email[]", "user_metadata.nowhere", "address.planet", "__proto__", "sources", ""};
    struct bench *bench = *state;
    apply(bench, "{" CUSTOMERS "}");
    for (size_t i = 0; i < COUNT(keys); i++) {
        Str json = arena_print(bench->arena, "{'users':[{'connection':'customers','username':'u','%s':'1'}]}", keys[i]);
        refuse(bench, json.p, arena_print(bench->arena, "users[0].%s", keys[i]).p, "no such key");
    }
    assert_int_equal(COUNT_ROWS(bench, "account"), 0);
}

static void test_all_or_nothing_when_the_store_objects(void **state)
{
    struct bench *bench = *state;
    apply(bench, "{" CUSTOMERS ",'users':[{'connection':'customers','username':'first','email':'first@example.com'}]}");
    int64_t generation = bench->portal.directory.generation;
    refuse(bench,
           "{'connections':[{'name':'more','strategy':'local'}],'users':["
           "{'connection':'customers','username':'second','email':'second@example.com'},"
           "{'connection':'customers','username':'third','user_id':'3','email':'FIRST@example.com','organizations':[]},"
           "{'connection':'more','email':'fine@example.com'},"
           "{'connection':'customers','email':'other@example.com','username':'first','user_id':'4'}]}",
           "users[1].email", "another account");
    expect_problem(bench, "users[3].username", "another account");
    assert_int_equal(COUNT_ROWS(bench, "account"), 1);
    assert_int_equal(COUNT_ROWS(bench, "connection"), 1);
    assert_int_equal(bench->portal.directory.generation, generation);
    assert_null(directory_connection_named(&bench->portal.directory, STR("more")));
}

static void test_two_entries_for_one_account_are_refused(void **state)
{
    struct bench *bench = *state;
    apply(bench, "{" CUSTOMERS ",'users':[{'connection':'customers','username':'u','email':'u@example.com'}]}");
    refuse(bench, "{'users':[{'connection':'customers','username':'u','nickname':'A'},"
                  "{'connection':'customers','email':'u@example.com','nickname':'B'}]}", "users[1]", "the same account as users[0]");
    refuse(bench, "{'users':[{'connection':'customers','username':'n','email':'n@example.com'},"
                  "{'connection':'customers','email':'n@example.com','nickname':'B'}]}", "users[1].email", "the same as in users[0]");
}

static void test_a_user_id_of_another_connection_is_refused(void **state)
{
    struct bench *bench = *state;
    apply(bench, "{'connections':[{'name':'a','strategy':'local'},{'name':'b','strategy':'local'}],"
                 "'users':[{'connection':'a','user_id':'1','username':'one'}]}");
    refuse(bench, "{'users':[{'connection':'b','user_id':'1','username':'other'}]}", "users[0]", "another connection");
    assert_int_equal(COUNT_ROWS(bench, "account"), 1);
}

static void test_a_rule_that_gives_the_weaker_more_is_refused(void **state)
{
    struct bench *bench = *state;
    refuse(bench, "{'connections':[{'name':'c','strategy':'local','fields':{'email':{'owner':'edit','desk':'read'}}}]}",
           "connections[0].fields.email", "");
    refuse(bench, "{'organizations':[{'name':'o','fields':{'*':{'desk':'edit','operator':'read'}}}]}", "organizations[0].fields.*", "");
    refuse(bench, "{'fields':[{'name':'user_metadata.x','type':'text','label':{'en':'X'},'owner':'edit','desk':'none'}]}",
           "fields[0].owner", "");
}

static void test_the_operator_keeps_rules_too(void **state)
{
    struct bench *bench = *state;
    const char *user = "{'users':[{'connection':'c','email':'a@example.com','nickname':'Al'}]}";
    apply(bench, "{'connections':[{'name':'c','strategy':'local'}],'users':[{'connection':'c','email':'a@example.com','nickname':'Al'}]}");
    apply(bench, "{'connections':[{'name':'c','fields':{'nickname':{'owner':'read','desk':'read','operator':'read'}}}]}");
    apply(bench, user);
    assert_int_equal(bench->applied.lines.n, 0);
    refuse(bench, "{'users':[{'connection':'c','email':'a@example.com','nickname':'Bo','given_name':'Bo'}]}", "users[0].nickname",
           "connection c");
    struct user kept = user_named(bench, "a@example.com");
    assert_string_equal(value_of(bench, &kept, "nickname"), "\"Al\"");
    assert_string_equal(value_of(bench, &kept, "given_name"), "not set");
}

static void test_what_is_not_said_stays(void **state)
{
    struct bench *bench = *state;
    apply(bench, whole);
    apply(bench, "{'connections':[{'name':'directory','display_name':'Dir'}],'organizations':[{'name':'acme','metadata':{}}],"
                 "'users':[{'connection':'customers','email':'ada@example.com','family_name':'King',"
                 "'user_metadata':{'free':null,'more':{'a':1}}}]}");
    struct user ada = user_named(bench, "ada");
    assert_string_equal(value_of(bench, &ada, "given_name"), "\"Ada\"");
    assert_string_equal(value_of(bench, &ada, "user_metadata"), "{\"more\":{\"a\":1},\"size\":\"M\"}");
    assert_int_equal(COUNT_ROWS(bench, "connection WHERE display_name = 'Dir' AND rules LIKE '%Theirs%' AND strategy = 'oidc'"), 1);
    assert_int_equal(COUNT_ROWS(bench, "organization WHERE display_name = 'Acme Ltd' AND metadata = '{}' AND branding LIKE '%#00aa55%'"), 1);
    assert_int_equal(COUNT_ROWS(bench, "organization_connection"), 1);
    assert_int_equal(COUNT_ROWS(bench, "membership_role"), 1);
    assert_true(says(bench, "- organizations.acme.metadata.country: \"GB\"\n"));
}

static void test_connections_may_assign_membership(void **state)
{
    struct bench *bench = *state;
    static const char assigns[] = "{'organizations':[{'name':'acme','connections':["
                                  "{'name':'customers','assign_membership_on_login':true},'directory']}]}";
    apply(bench, whole);
    int64_t generation = store_int(bench->portal.db, STMT_generation_get, DB_NO_ARGS);
    assert_int_equal(apply_bytes(bench, quoted(bench->arena, assigns), true), OK);
    assert_true(says(bench, "~ organizations.acme.connections: [\"directory\"] ->"
                            " [{\"name\":\"customers\",\"assign_membership_on_login\":true},\"directory\"]\n"));
    assert_int_equal(COUNT_ROWS(bench, "organization_connection WHERE assign_membership_on_login = 1"), 0);
    apply(bench, assigns);
    assert_int_equal(COUNT_ROWS(bench, "organization_connection e JOIN connection c ON c.id = e.connection_id"
                                       " WHERE (c.name = 'customers') = e.assign_membership_on_login"), 2);
    assert_true(store_int(bench->portal.db, STMT_generation_get, DB_NO_ARGS) > generation);
    apply(bench, assigns);
    assert_int_equal(bench->applied.lines.n, 0);
    apply(bench, "{'organizations':[{'name':'acme','connections':['directory',{'assign_membership_on_login':true,'name':'customers'},"
                 "{'name':'directory','assign_membership_on_login':false}]}]}");
    assert_int_equal(bench->applied.lines.n, 0);
    apply(bench, "{'organizations':[{'name':'acme','connections':[{'name':'directory'},'customers']}]}");
    assert_int_equal(COUNT_ROWS(bench, "organization_connection WHERE assign_membership_on_login = 1"), 0);
    assert_int_equal(COUNT_ROWS(bench, "organization_connection"), 2);
}

static void test_what_an_enabled_connection_is_not(void **state)
{
    struct bench *bench = *state;
    static const struct { const char *entry, *place, *words; } cases[] = {
        {"5", "", "must be the name of a connection, or an object"}, {"null", "", "must be the name"},
        {"{}", "", "name is needed"}, {"{'name':''}", ".name", "1 to"}, {"{'name':5}", ".name", "must be a text"},
        {"{'name':'nowhere'}", ".name", "no such connection"}, {"{'name':'custmers'}", ".name", "did you mean customers?"},
        {"{'name':'customers','assign_membership_on_login':1}", ".assign_membership_on_login", "true or false"},
        {"{'name':'customers','assign_membership':true}", ".assign_membership", "no such key"},
    };
    apply(bench, whole);
    for (size_t i = 0; i < COUNT(cases); i++) {
        Str place = arena_print(bench->arena, "organizations[0].connections[1]%s", cases[i].place);
        refuse(bench, arena_print(bench->arena, "{'organizations':[{'name':'acme','connections':['directory',%s]}]}", cases[i].entry).p,
               place.p, cases[i].words);
    }
    refuse(bench, "{'organizations':[{'name':'acme','connections':['directory',{'name':'directory','assign_membership_on_login':true}]}]}",
           "organizations[0].connections[1]", "with another assign_membership_on_login");
    assert_int_equal(COUNT_ROWS(bench, "organization_connection"), 1);
}

static void test_a_time_of_grace(void **state)
{
    struct bench *bench = *state;
    static const char *const wrong[] = {"-1", "2592001", "1.5", "'60'", "true", "[]", "9223372036854775807"};
    apply(bench, "{'organizations':[{'name':'acme'},{'name':'beta','deletion_grace':0}]}");
    assert_true(says(bench, "+ organizations.beta.deletion_grace: 0\n"));
    assert_int_equal(COUNT_ROWS(bench, "organization WHERE (name = 'acme') = (deletion_grace IS NULL)"), 2);
    apply(bench, "{'organizations':[{'name':'acme','deletion_grace':2592000}]}");
    assert_true(says(bench, "+ organizations.acme.deletion_grace: 2592000\n"));
    apply(bench, "{'organizations':[{'name':'acme','deletion_grace':60},{'name':'beta','display_name':'Beta'}]}");
    assert_true(says(bench, "~ organizations.acme.deletion_grace: 2592000 -> 60\n"));
    assert_int_equal(COUNT_ROWS(bench, "organization WHERE name = 'beta' AND deletion_grace = 0"), 1);
    for (size_t i = 0; i < COUNT(wrong); i++)
        refuse(bench, arena_print(bench->arena, "{'organizations':[{'name':'acme','deletion_grace':%s}]}", wrong[i]).p,
               "organizations[0].deletion_grace", "0 to 2592000");
    assert_int_equal(COUNT_ROWS(bench, "organization WHERE name = 'acme' AND deletion_grace = 60"), 1);
    apply(bench, "{'organizations':[{'name':'acme','deletion_grace':60}]}");
    assert_int_equal(bench->applied.lines.n, 0);
    apply(bench, "{'organizations':[{'name':'acme','deletion_grace':null}]}");
    assert_true(says(bench, "- organizations.acme.deletion_grace: 60\n"));
    assert_int_equal(COUNT_ROWS(bench, "organization WHERE name = 'acme' AND deletion_grace IS NULL"), 1);
    apply(bench, "{'organizations':[{'name':'acme','deletion_grace':null}]}");
    assert_int_equal(bench->applied.lines.n, 0);
}

static void test_a_strategy_stays(void **state)
{
    struct bench *bench = *state;
    apply(bench, "{" CUSTOMERS "}");
    refuse(bench, "{'connections':[{'name':'customers','strategy':'oidc'}]}", "connections[0].strategy", "stays local");
}

static void test_an_address_without_its_flag_is_unverified(void **state)
{
    struct bench *bench = *state;
    apply(bench, "{" CUSTOMERS ",'users':[{'connection':'customers','username':'u','email':'a@example.com','email_verified':true}]}");
    apply(bench, "{'users':[{'connection':'customers','username':'u','email':'b@example.com','email_verified':true}]}");
    struct user user = user_named(bench, "u");
    assert_string_equal(value_of(bench, &user, "email_verified"), "true");
    apply(bench, "{'users':[{'connection':'customers','username':'u','email':'c@example.com'}]}");
    user = user_named(bench, "u");
    assert_string_not_equal(value_of(bench, &user, "email_verified"), "true");
}

static void test_matching_goes_by_id_then_address_then_name(void **state)
{
    struct bench *bench = *state;
    apply(bench, "{" CUSTOMERS ",'users':[{'connection':'customers','user_id':'1','email':'a@example.com','username':'aa'}]}");
    apply(bench, "{'users':[{'connection':'customers','user_id':'1','email':'b@example.com'}]}");
    apply(bench, "{'users':[{'connection':'customers','email':'b@example.com','username':'bb'}]}");
    apply(bench, "{'users':[{'connection':'customers','email':'c@example.com','username':'BB','phone_number':'+49 30 123456',"
                 "'phone_verified':true}]}");
    apply(bench, "{'users':[{'connection':'customers','phone_number':'+4930123456','phone_verified':true,'nickname':'C'}]}");
    assert_int_equal(COUNT_ROWS(bench, "account"), 1);
    struct user user = user_named(bench, "c@example.com");
    assert_true(str_is(user.user_id, "local|1"));
    assert_string_equal(value_of(bench, &user, "nickname"), "\"C\"");
    refuse(bench, "{'users':[{'connection':'customers','phone_number':'+4930123457'}]}", "users[0]", "is needed");
    refuse(bench, "{'users':[{'connection':'customers','email':null,'nickname':'C'}]}", "users[0]", "is needed");
}

static int64_t home_of(struct bench *bench)
{
    return COUNT_ROWS(bench, "membership WHERE home = 1") == 1
               ? store_count(bench->portal.db, "SELECT organization_id FROM membership WHERE home = 1") : 0;
}

#define TWO_ORGANIZATIONS "{" CUSTOMERS ",'organizations':[{'name':'first'},{'name':'second'}],'users':[{'connection':'customers','username':'u','organizations':["

static void test_homes(void **state)
{
    static const struct { const char *entries; int64_t home; } cases[] = {
        {"{'name':'first'},{'name':'second'}", 0},
        {"{'name':'first'},{'name':'second','invited':true}", 2},
        {"{'name':'first','invited':true},{'name':'second','invited':true}", 0},
        {"{'name':'first','invited':true},{'name':'second','home':true}", 2},
        {"{'name':'first','invited':true,'home':false},{'name':'second'}", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(teardown(state) | setup(state), 0);
        struct bench *bench = *state;
        Str json = arena_print(bench->arena, TWO_ORGANIZATIONS "%s]}]}", cases[i].entries);
        apply(bench, json.p);
        if (home_of(bench) != cases[i].home) fail_msg("home %lld: %s", (long long)home_of(bench), cases[i].entries);
        apply(bench, json.p);
        assert_int_equal(bench->applied.lines.n, 0);
    }
}

static void test_a_home_moves_only_when_it_is_said(void **state)
{
    struct bench *bench = *state;
    apply(bench, TWO_ORGANIZATIONS "{'name':'first','home':true}]}]}");
    apply(bench, "{'users':[{'connection':'customers','username':'u','organizations':[{'name':'second','invited':true}]}]}");
    assert_int_equal(home_of(bench), 1);
    apply(bench, "{'users':[{'connection':'customers','username':'u','organizations':[{'name':'second','home':true},{'name':'first'}]}]}");
    assert_int_equal(home_of(bench), 2);
    assert_true(says(bench, "- users.customers/u.organizations.first.home: true\n"));
    refuse(bench, "{'users':[{'connection':'customers','username':'u','organizations':[{'name':'second','home':true},"
                  "{'name':'first','home':true}]}]}", "users[0].organizations", "one home");
    apply(bench, "{'users':[{'connection':'customers','username':'u','organizations':[{'name':'second','home':false}]}]}");
    assert_int_equal(home_of(bench), 0);
}

static void test_roles_of_a_membership_are_what_the_list_says(void **state)
{
    struct bench *bench = *state;
    apply(bench, TWO_ORGANIZATIONS "{'name':'first','roles':['auditor','help-desk']}]}]}");
    assert_int_equal(COUNT_ROWS(bench, "membership_role"), 2);
    apply(bench, "{'users':[{'connection':'customers','username':'u','organizations':[{'name':'first','roles':['administrator']}]}]}");
    assert_int_equal(COUNT_ROWS(bench, "membership_role"), 1);
    apply(bench, "{'users':[{'connection':'customers','username':'u','organizations':[{'name':'first','invited':true}]}]}");
    assert_int_equal(COUNT_ROWS(bench, "membership_role"), 1);
    apply(bench, "{'users':[{'connection':'customers','username':'u','organizations':[{'name':'first','roles':[]}]}]}");
    assert_int_equal(COUNT_ROWS(bench, "membership_role"), 0);
    assert_int_equal(COUNT_ROWS(bench, "membership"), 1);
}

static void test_built_in_roles_are_there_and_can_be_redefined(void **state)
{
    struct bench *bench = *state;
    apply(bench, "{}");
    assert_int_equal(COUNT_ROWS(bench, "role"), 3);
    assert_int_equal(COUNT_ROWS(bench, "role WHERE name = 'auditor' AND permissions = '[\"read:members\",\"read:activity\"]'"), 1);
    apply(bench, "{'roles':[{'name':'auditor','permissions':['read:members']}]}");
    apply(bench, "{}");
    assert_int_equal(bench->applied.lines.n, 0);
    assert_int_equal(COUNT_ROWS(bench, "role WHERE name = 'auditor' AND permissions = '[\"read:members\"]'"), 1);
}

static void test_a_role_about_members_reads_them(void **state)
{
    struct bench *bench = *state;
    static const char file[] = "{'roles':[{'name':'blocker','permissions':['create:invitations','block:members']},"
                               "{'name':'greeter','permissions':['create:invitations']}]}";
    apply(bench, file);
    assert_int_equal(COUNT_ROWS(bench, "role WHERE permissions = '[\"block:members\",\"create:invitations\",\"read:members\"]'"), 1);
    assert_int_equal(COUNT_ROWS(bench, "role WHERE permissions = '[\"create:invitations\"]'"), 1);
    apply(bench, file);
    assert_int_equal(bench->applied.lines.n, 0);
}

static void test_passwords_are_masked_and_hashed(void **state)
{
    struct bench *bench = *state;
    apply(bench, "{'connections':[{'name':'customers','strategy':'local','options':{'client_secret':'tell-nobody','api':{'token':'hush'}}}],"
                 "'users':[{'connection':'customers','username':'u','password':'swordfish'}]}");
    assert_true(says(bench, "+ users.customers/u.password: ********\n"));
    assert_false(says(bench, "swordfish") || says(bench, "argon2") || says(bench, "tell-nobody") || says(bench, "hush"));
    struct user before = user_named(bench, "u");
    apply(bench, "{'users':[{'connection':'customers','username':'u','password':'trombone'}]}");
    assert_true(says(bench, "~ users.customers/u.password: ******** -> ********\n"));
    struct user after = user_named(bench, "u");
    Str rehash;
    assert_int_equal(hashing_verify(&bench->portal.hashing, bench->arena, after.password_hash, STR("trombone"), &rehash), OK);
    assert_int_equal(hashing_verify(&bench->portal.hashing, bench->arena, after.password_hash, STR("swordfish"), &rehash), ERR_DENIED);
    assert_int_equal(after.epoch, before.epoch + 1);
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE fields LIKE '%swordfish%' OR reason LIKE '%swordfish%'"), 0);
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE action = 'password.set'"), 2);
}

#define BCRYPT(text) "$2b$10$" text
static const char first_hash[] = BCRYPT("abcdefghijklmnopqrstuuHqAbcdefghijklmnopqrstuvwxyz012");

static void test_an_imported_hash_never_replaces_a_password(void **state)
{
    struct bench *bench = *state;
    apply(bench, "{" CUSTOMERS ",'users':[{'connection':'customers','username':'u','password':'swordfish'}]}");
    struct user before = user_named(bench, "u");
    Str json = arena_print(bench->arena, "{'users':[{'connection':'customers','username':'u','password_hash':'%s'},"
                                         "{'connection':'customers','username':'v','password_hash':'%s'}]}", first_hash, first_hash);
    apply(bench, json.p);
    assert_true(str_eq(user_named(bench, "u").password_hash, before.password_hash));
    assert_true(str_is(user_named(bench, "v").password_hash, first_hash));
    apply(bench, json.p);
    assert_int_equal(bench->applied.lines.n, 0);
    refuse(bench, "{'users':[{'connection':'customers','username':'u','password_hash':'$1$weak'}]}", "users[0].password_hash", "");
}

static void test_blocking_ends_what_is_open(void **state)
{
    struct bench *bench = *state;
    apply(bench, "{" CUSTOMERS ",'users':[{'connection':'customers','username':'u','password':'p'}]}");
    struct user user = user_named(bench, "u");
    store_do(bench->portal.db, STMT_session_add,
             DB_ARGS(db_blob(STR("h")), db_text(STR("p")), db_int(user.id), db_int(user.epoch), db_text(user.password_hash),
                     db_int(1800000000), db_int(1800009999), db_text(STR("")), db_text(STR(""))));
    assert_int_equal(COUNT_ROWS(bench, "session"), 1);
    apply(bench, "{'users':[{'connection':'customers','username':'u','blocked':true}]}");
    assert_true(user_named(bench, "u").blocked);
    assert_int_equal(user_named(bench, "u").epoch, user.epoch + 1);
    assert_int_equal(COUNT_ROWS(bench, "session"), 0);
    apply(bench, "{'users':[{'connection':'customers','username':'u'}]}");
    assert_true(user_named(bench, "u").blocked);
    apply(bench, "{'users':[{'connection':'customers','username':'u','blocked':false}]}");
    assert_false(user_named(bench, "u").blocked);
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE action IN ('account.block', 'account.unblock') AND actor = 'operator'"), 2);
}

static void test_every_write_went_through_the_door(void **state)
{
    struct bench *bench = *state;
    apply(bench, whole);
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE action = 'account.create' AND outcome = 'allowed'"), 2);
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE actor <> 'operator' OR actor_id <> 'cli:tester'"), 0);
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE action = 'account.create' AND fields LIKE '%given_name%'"
                                       " AND fields LIKE '%user_metadata.size%' AND fields NOT LIKE '%Bristol%'"), 1);
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE action = 'member.add' AND organization = 'acme'"), 1);
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE action = 'apply' AND reason LIKE '%2 users%'"), 1);
    apply(bench, "{'users':[{'connection':'customers','username':'ada','given_name':'Augusta'}]}");
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE action = 'profile.save' AND fields LIKE '%given_name%'"), 1);
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE action = 'apply'"), 2);
}

static void test_the_generation_moves_with_the_directory_alone(void **state)
{
    struct bench *bench = *state;
    apply(bench, "{" CUSTOMERS "}");
    int64_t generation = bench->portal.directory.generation;
    apply(bench, "{'users':[{'connection':'customers','username':'u'}]}");
    assert_int_equal(bench->portal.directory.generation, generation);
    apply(bench, "{'connections':[{'name':'customers','display_name':'Our customers'}]}");
    assert_int_equal(bench->portal.directory.generation, generation + 1);
}

#define CARD(unique) "{'fields':[{'name':'user_metadata.card','type':'text','label':{'en':'Card'},'unique':" unique "}]}"

static void test_a_field_that_becomes_unique(void **state)
{
    struct bench *bench = *state;
    apply(bench, CARD("false"));
    apply(bench, "{" CUSTOMERS ",'users':[{'connection':'customers','username':'u','user_metadata':{'card':'A1'}},"
                 "{'connection':'customers','username':'v','user_metadata':{'card':'a1'}}]}");
    refuse(bench, CARD("true"), "fields[0].unique", "the same value");
    assert_int_equal(COUNT_ROWS(bench, "identifier WHERE field = 'user_metadata.card'"), 0);
    apply(bench, "{'users':[{'connection':'customers','username':'v','user_metadata':{'card':'B2'}}]}");
    apply(bench, CARD("true"));
    assert_int_equal(COUNT_ROWS(bench, "identifier WHERE field = 'user_metadata.card'"), 2);
    refuse(bench, "{'users':[{'connection':'customers','username':'w','user_metadata':{'card':'b2'}}]}",
           "users[0].user_metadata.card", "another account");
    apply(bench, CARD("false"));
    assert_int_equal(COUNT_ROWS(bench, "identifier WHERE field = 'user_metadata.card'"), 0);
}

static void test_hostile_json(void **state)
{
    struct bench *bench = *state;
    static const char nul[] = "{\"users\":\0[]}";
    static const struct { Str json; const char *place; } cases[] = {
        {STR(""), "1:"}, {STR("{"), "1:"}, {STR("{\n  \"users\": [}"), "2:"}, {STR("[]"), "file"}, {STR("{\"a\":1,\n\"a\":2}"), "2:"},
        {STR("{\"users\":\"\\u0000\"}"), "1:"}, {{nul, sizeof nul - 1}, "1:"}, {STR("{\"\xff\":1}"), "1:"}, {STR("{}\n{}"), "2:"},
        {STR("{\"users\":[1e999]}"), "1:"}, {STR("{\"users\":[99999999999999999999]}"), "1:"}, {STR("{\"\\ud800\":1}"), "1:"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(apply_bytes(bench, cases[i].json, false), ERR_INVALID);
        assert_int_equal(bench->problems.count, 1);
        if (!str_starts(bench->problems.first->place, str_of(cases[i].place)))
            fail_msg("case %zu is at %s: %s", i, bench->problems.first->place.p, bench->problems.first->message.p);
    }
    struct text deep = {.arena = bench->arena};
    text_add(&deep, STR("{\"users\":"));
    for (int i = 0; i < 100; i++) text_add(&deep, STR("["));
    for (int i = 0; i < 100; i++) text_add(&deep, STR("]"));
    text_add(&deep, STR("}"));
    assert_int_equal(apply_bytes(bench, text_str(&deep), false), ERR_INVALID);
    expect_problem(bench, "file", "nested deeper");
    for (int i = 0; i < 100000; i++) text_add(&deep, STR("["));
    assert_int_equal(apply_bytes(bench, text_str(&deep), false), ERR_INVALID);
    assert_int_equal(apply_bytes(bench, (Str){deep.p, APPLY_MAX_BYTES + 1}, false), ERR_INVALID);
    expect_problem(bench, "file", "larger than 64 MB");
}

static void test_messages_give_no_secret_and_no_orders_to_the_terminal(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(apply_bytes(bench, STR("{\"users\":[{\"password\":\"swordfish\" \"x\"}]}"), false), ERR_INVALID);
    assert_null(strstr(bench->problems.first->message.p, "swordfish"));
    assert_int_equal(apply_bytes(bench, STR("{\"e\\u001b[2J\\u202evil\":1}"), false), ERR_INVALID);
    expect_problem(bench, "e\\u001b[2J\\u202evil", "no such key");
}

static void test_many_problems_are_counted(void **state)
{
    struct bench *bench = *state;
    struct text text = {.arena = bench->arena};
    text_add(&text, STR("{\"users\":["));
    for (int i = 0; i < 1000; i++) text_add(&text, i ? STR(",0") : STR("0"));
    text_add(&text, STR("]}"));
    assert_int_equal(apply_bytes(bench, text_str(&text), false), ERR_INVALID);
    assert_int_equal(bench->problems.count, 1000);
}

static void test_the_demo_applies(void **state)
{
    struct bench *bench = *state;
    FILE *file = fopen("app/demo/demo.json", "re");
    if (!file) skip();
    char *json = arena_take(bench->arena, 100000);
    size_t n = fread(json, 1, 99999, file);
    fclose(file);
    assert_int_equal(apply_bytes(bench, (Str){json, n}, false), OK);
    assert_true(COUNT_ROWS(bench, "account") >= 6 && COUNT_ROWS(bench, "connection") >= 3 && COUNT_ROWS(bench, "organization") >= 2);
    assert_int_equal(apply_bytes(bench, (Str){json, n}, true), OK);
    assert_int_equal(bench->applied.lines.n, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_file_makes_what_it_says), TEST(test_the_second_time_changes_nothing),
        TEST(test_a_dry_run_says_what_the_run_does_and_leaves_nothing), TEST(test_every_problem_is_listed_with_its_place),
        TEST(test_keys_of_the_program_are_no_keys_of_a_user), TEST(test_all_or_nothing_when_the_store_objects),
        TEST(test_two_entries_for_one_account_are_refused), TEST(test_a_user_id_of_another_connection_is_refused), TEST(test_a_rule_that_gives_the_weaker_more_is_refused),
        TEST(test_the_operator_keeps_rules_too), TEST(test_what_is_not_said_stays), TEST(test_a_time_of_grace),
        TEST(test_connections_may_assign_membership), TEST(test_what_an_enabled_connection_is_not),
        TEST(test_a_strategy_stays),
        TEST(test_an_address_without_its_flag_is_unverified), TEST(test_matching_goes_by_id_then_address_then_name),
        TEST(test_homes), TEST(test_a_home_moves_only_when_it_is_said), TEST(test_roles_of_a_membership_are_what_the_list_says),
        TEST(test_built_in_roles_are_there_and_can_be_redefined), TEST(test_a_role_about_members_reads_them), TEST(test_passwords_are_masked_and_hashed),
        TEST(test_an_imported_hash_never_replaces_a_password), TEST(test_blocking_ends_what_is_open),
        TEST(test_every_write_went_through_the_door), TEST(test_the_generation_moves_with_the_directory_alone),
        TEST(test_a_field_that_becomes_unique), TEST(test_hostile_json),
        TEST(test_messages_give_no_secret_and_no_orders_to_the_terminal), TEST(test_many_problems_are_counted),
        TEST(test_the_demo_applies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
