/* Accounts, sessions, memberships and what the operator set up, as rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json_memory.h"
#include "store/engine.h"
#include "store/profile.h"
#include "store/user_store.h"
#include "support/store_support.h"

enum { NOW = 1000000 };

static struct db *db;
static struct arena *arena;
static struct directory directory;
static int64_t customers, partners;

static int64_t put_connection(const char *name)
{
    return store_int(db, STMT_connection_put, DB_ARGS(db_text(str_of(name)), db_text(STR("local")), db_text(STR("Shown")),
                                                      db_text(STR("{\"a\":1}")), db_text(STR("{\"email\":{\"owner\":\"read\"}}"))));
}

static int64_t put_organization(const char *name, const char *support_email, const char *rules)
{
    return store_int(db, STMT_organization_put, DB_ARGS(db_text(str_of(name)), db_text(STR("Shown")), db_text(str_of(support_email)),
                                                        db_text(STR("{}")), db_text(STR("{}")), db_text(str_of(rules))));
}

static void load(void)
{
    assert_int_equal(directory_load(db, arena, &directory), OK);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(0);
    json_memory_use(arena);
    db = store_open_memory();
    customers = put_connection("customers");
    partners = put_connection("partners");
    store_do(db, STMT_field_definition_put, DB_ARGS(db_text(STR("user_metadata.badge")), db_int(0),
        db_text(STR("{\"name\":\"user_metadata.badge\",\"type\":\"text\",\"unique\":true,\"label\":{\"en\":\"Badge\"}}"))));
    load();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    db_close(db);
    json_memory_use(NULL);
    arena_close(arena);
    return 0;
}

static const char *taken_name(const struct field *taken)
{
    return taken ? arena_cstr(arena, taken->name) : "";
}

static Error try_add(int64_t connection, const char *user_id, const char *values, int64_t *id, const struct field **taken)
{
    const struct decided *decided = store_decide(arena, &directory.fields, NULL, values);
    assert_int_equal(db_begin(db), OK);
    Error error = profile_add(db, arena, &directory.fields, connection, str_of(user_id), decided, NOW, id, taken);
    if (!error) return db_commit(db);
    db_rollback(db);
    return error;
}

static int64_t add(const char *user_id, const char *values)
{
    int64_t id = 0;
    const struct field *taken = NULL;
    if (try_add(customers, user_id, values, &id, &taken) != OK) fail_msg("%s cannot be added: %s", user_id, taken_name(taken));
    return id;
}

static struct user get(int64_t id)
{
    struct user user;
    assert_int_equal(user_get(db, arena, id, &user), OK);
    return user;
}

static Error save(const struct user *user, const char *values, const struct field **taken)
{
    const struct decided *decided = store_decide(arena, &directory.fields, user->profile, values);
    assert_int_equal(db_begin(db), OK);
    Error error = profile_save(db, arena, &directory.fields, user, decided, NOW + 1, taken);
    if (!error) return db_commit(db);
    db_rollback(db);
    return error;
}

static int64_t found(const char *typed, int64_t connection)
{
    int64_t accounts[4];
    size_t count = 0;
    Str key = identifier_key(arena, str_of(typed));
    if (!key.n) return 0;
    assert_int_equal(users_by_identifier(db, arena, key, connection, accounts, 4, &count), OK);
    return count ? accounts[0] : 0;
}

/* --- accounts and profiles --- */

static void test_an_account_comes_back_as_it_was_made(void **state)
{
    (void)state;
    int64_t id = add("local|ada", "{\"email\":\"Ada@Example.com\",\"given_name\":\"Ada\",\"user_metadata.badge\":\"B1\"}");
    struct user user = get(id);
    assert_true(str_is(user.user_id, "local|ada"));
    assert_int_equal(user.connection, customers);
    assert_string_equal(json_string_value(json_object_get(user.profile, "given_name")), "Ada");
    assert_int_equal(user.version, 1);
    assert_int_equal(user.epoch, 1);
    assert_false(user.blocked);
    assert_null(user.password_hash.p);
    assert_null(user.sources);
    assert_int_equal(user.created_at, NOW);
    struct user again;
    assert_int_equal(user_get_by_user_id(db, arena, STR("local|ada"), &again), OK);
    assert_int_equal(again.id, id);
    assert_int_equal(user_get(db, arena, id + 1, &again), ERR_NOT_FOUND);
    assert_int_equal(user_get_by_user_id(db, arena, STR("local|Ada"), &again), ERR_NOT_FOUND);
    assert_int_equal(user_get_by_user_id(db, arena, STR("' OR 1 = 1 --"), &again), ERR_NOT_FOUND);
}

static void test_unique_values_are_unique_within_a_connection(void **state)
{
    (void)state;
    static const struct { const char *values, *taken; } rows[] = {
        {"{\"email\":\"ADA@example.COM\"}", "email"}, {"{\"username\":\"ADA\"}", "username"},
        {"{\"user_metadata.badge\":\"b1\"}", "user_metadata.badge"}, {"{\"email\":\"bob@example.com\"}", NULL},
        {"{\"phone_number\":\"+442079460018\",\"phone_verified\":true}", "phone_number"},
        {"{\"phone_number\":\"+442079460018\"}", NULL}, {"{\"given_name\":\"Ada\"}", NULL},
    };
    int64_t id = add("local|ada", "{\"email\":\"ada@example.com\",\"username\":\"ada\",\"user_metadata.badge\":\"B1\","
                                  "\"phone_number\":\"+442079460018\",\"phone_verified\":true}");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct field *taken = NULL;
        int64_t other = 0;
        Error error = try_add(customers, arena_print(arena, "local|%zu", i).p, rows[i].values, &other, &taken);
        assert_int_equal(error, rows[i].taken ? ERR_CONFLICT : OK);
        assert_string_equal(taken_name(taken), rows[i].taken ? rows[i].taken : "");
        assert_int_equal(try_add(partners, arena_print(arena, "oidc|%zu", i).p, rows[i].values, &other, &taken), OK);
        if (!error) continue;
        struct user gone;
        assert_int_equal(user_get_by_user_id(db, arena, arena_print(arena, "local|%zu", i), &gone), ERR_NOT_FOUND);
    }
    assert_int_equal(found("ada@example.com", customers), id);
}

static void test_a_user_id_is_never_given_twice(void **state)
{
    (void)state;
    const struct field *taken = NULL;
    int64_t first = add("local|ada", "{}"), id = 0;
    assert_int_equal(try_add(partners, "local|ada", "{}", &id, &taken), ERR_CONFLICT);
    assert_null(taken);
    assert_int_equal(profile_drop(db, first), OK);
    assert_true(add("local|bob", "{}") > first);
}

static void test_saving_raises_the_version_and_refuses_an_old_one(void **state)
{
    (void)state;
    const struct field *taken = NULL;
    struct user seen = get(add("local|ada", "{\"given_name\":\"Ada\"}"));
    assert_int_equal(save(&seen, "{\"given_name\":\"Augusta\"}", &taken), OK);
    assert_int_equal(save(&seen, "{\"given_name\":\"Lost\"}", &taken), ERR_CONFLICT);
    assert_null(taken);
    struct user now = get(seen.id);
    assert_int_equal(now.version, 2);
    assert_int_equal(now.updated_at, NOW + 1);
    assert_string_equal(json_string_value(json_object_get(now.profile, "given_name")), "Augusta");
    now.id = 4711;
    assert_int_equal(save(&now, "{\"given_name\":\"Nobody\"}", &taken), ERR_CONFLICT);
}

static void test_unique_values_move_with_the_profile(void **state)
{
    (void)state;
    const struct field *taken = NULL;
    int64_t ada = add("local|ada", "{\"email\":\"ada@example.com\"}"), bob = add("local|bob", "{\"email\":\"bob@example.com\"}");
    struct user user = get(ada);
    assert_int_equal(save(&user, "{\"email\":\"bob@example.com\",\"given_name\":\"Ada\"}", &taken), ERR_CONFLICT);
    assert_string_equal(taken_name(taken), "email");
    user = get(ada);
    assert_int_equal(user.version, 1);
    assert_int_equal(save(&user, "{\"email\":\"lovelace@example.com\"}", &taken), OK);
    assert_int_equal(found("ada@example.com", 0), 0);
    assert_int_equal(found("Lovelace@EXAMPLE.com", 0), ada);
    user = get(bob);
    assert_int_equal(save(&user, "{\"email\":\"ada@example.com\"}", &taken), OK);
    assert_int_equal(found("ada@example.com", 0), bob);
}

static void test_a_phone_number_counts_once_it_is_proven(void **state)
{
    (void)state;
    const struct field *taken = NULL;
    struct user user = get(add("local|ada", "{\"phone_number\":\"+442079460018\"}"));
    assert_int_equal(found("+442079460018", 0), 0);
    assert_int_equal(save(&user, "{\"phone_verified\":true}", &taken), OK);
    assert_int_equal(found("+442079460018", 0), user.id);
    user = get(user.id);
    assert_int_equal(save(&user, "{\"phone_verified\":false}", &taken), OK);
    assert_int_equal(found("+442079460018", 0), 0);
}

static void test_people_are_found_by_what_they_type(void **state)
{
    (void)state;
    const struct field *taken = NULL;
    int64_t other = 0, accounts[2];
    size_t count = 0;
    int64_t ada = add("local|ada", "{\"email\":\"ada@example.com\",\"username\":\"ada\",\"user_metadata.badge\":\"grace\"}");
    assert_int_equal(try_add(partners, "oidc|ada", "{\"email\":\"ada@example.com\"}", &other, &taken), OK);
    assert_int_equal(found("ada", 0), ada);
    assert_int_equal(found("grace", 0), 0);
    assert_int_equal(found("ada@example.com", partners), other);
    assert_int_equal(found("ada@example.com", 999), 0);
    Str key = identifier_key(arena, STR("ada@example.com"));
    assert_int_equal(users_by_identifier(db, arena, key, 0, accounts, 2, &count), OK);
    assert_int_equal(count, 2);
    assert_int_equal(accounts[0], ada);
    assert_int_equal(users_by_identifier(db, arena, key, 0, accounts, 1, &count), OK);
    assert_int_equal(count, 1);
}

static void test_a_field_that_became_unique_is_indexed(void **state)
{
    (void)state;
    const struct field *taken = NULL;
    struct user ada = get(add("local|ada", "{\"user_metadata.badge\":\"B1\"}")), bob;
    assert_int_equal(engine_run(db, "DELETE FROM identifier"), OK);
    bob = get(add("local|bob", "{\"user_metadata.badge\":\"b1\"}"));
    assert_int_equal(profile_index(db, arena, &directory.fields, &bob, &taken), OK);
    assert_int_equal(profile_index(db, arena, &directory.fields, &ada, &taken), ERR_CONFLICT);
    assert_string_equal(taken_name(taken), "user_metadata.badge");
}

static void test_deleting_takes_all_that_hangs_on_the_account(void **state)
{
    (void)state;
    int64_t ada = add("local|ada", "{\"email\":\"ada@example.com\"}"), acme = put_organization("acme", "", "{}");
    store_do(db, STMT_account_password, DB_ARGS(db_int(ada), db_text(STR("hash")), db_int(NOW)));
    store_do(db, STMT_session_add, DB_ARGS(db_blob(STR("h")), db_text(STR("p")), db_int(ada), db_int(2), db_text(STR("hash")),
                                           db_int(NOW), db_int(NOW + 9), db_text(STR("")), db_text(STR(""))));
    store_do(db, STMT_membership_put, DB_ARGS(db_int(acme), db_int(ada), db_int(1), db_int(0), db_int(0), db_int(NOW)));
    assert_int_equal(store_count(db, "SELECT (SELECT COUNT(*) FROM session) + (SELECT COUNT(*) FROM membership)"), 2);
    assert_int_equal(profile_drop(db, ada), OK);
    assert_int_equal(profile_drop(db, ada), ERR_NOT_FOUND);
    assert_int_equal(store_count(db, "SELECT (SELECT COUNT(*) FROM session) + (SELECT COUNT(*) FROM membership)"
                                     " + (SELECT COUNT(*) FROM identifier)"), 0);
}

static void test_pages_of_accounts_go_through_all_once(void **state)
{
    (void)state;
    struct user users[2];
    size_t count = 0, seen = 0;
    for (int i = 0; i < 5; i++) add(arena_print(arena, "local|%d", i).p, "{}");
    for (int64_t after = 0; user_page(db, arena, after, users, 2, &count) == OK && count; seen += count) {
        assert_true(users[0].id > after);
        after = users[count - 1].id;
    }
    assert_int_equal(seen, 5);
}

static void test_a_broken_profile_is_a_fault_not_an_empty_one(void **state)
{
    (void)state;
    struct user user;
    int64_t id = add("local|ada", "{}");
    static const char *const broken[] = {"", "[]", "{\"a\":", "null"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_int_equal(engine_run(db, arena_print(arena, "UPDATE account SET profile = '%s'", broken[i]).p), OK);
        log_catch();
        assert_int_equal(user_get(db, arena, id, &user), ERR_FAULT);
        assert_true(log_caught("local|ada"));
    }
}

/* --- memberships and the directory --- */

static void test_memberships_come_with_roles_and_rules(void **state)
{
    (void)state;
    struct membership *list;
    size_t count = 0;
    int64_t ada = add("local|ada", "{}");
    int64_t acme = put_organization("acme", "help@acme.example", "{\"email\":{\"owner\":\"read\"}}"), beta = put_organization("beta", "", "{}");
    int64_t desk = store_int(db, STMT_role_put, DB_ARGS(db_text(STR("help-desk")), db_text(STR("[]"))));
    int64_t boss = store_int(db, STMT_role_put, DB_ARGS(db_text(STR("administrator")), db_text(STR("[]"))));
    assert_int_equal(user_memberships(db, arena, &directory.fields, ada, &list, &count), OK);
    assert_int_equal(count, 0);
    store_do(db, STMT_membership_put, DB_ARGS(db_int(beta), db_int(ada), db_int(0), db_int(0), db_int(1), db_int(NOW)));
    store_do(db, STMT_membership_put, DB_ARGS(db_int(acme), db_int(ada), db_int(1), db_int(1), db_int(0), db_int(NOW)));
    store_do(db, STMT_membership_role_add, DB_ARGS(db_int(acme), db_int(ada), db_int(desk)));
    store_do(db, STMT_membership_role_add, DB_ARGS(db_int(acme), db_int(ada), db_int(boss)));
    store_do(db, STMT_membership_role_add, DB_ARGS(db_int(acme), db_int(ada), db_int(boss)));
    assert_int_equal(user_memberships(db, arena, &directory.fields, ada, &list, &count), OK);
    assert_int_equal(count, 2);
    assert_true(str_is(list[0].rules.organization.name, "acme"));
    assert_true(str_is(list[0].rules.organization.support_email, "help@acme.example"));
    assert_int_equal(list[0].rules.organization.rules.count, 1);
    assert_true(list[0].rules.home && list[0].rules.invited && !list[0].rules.suspended);
    assert_true(str_is(list[0].roles, "help-desk,administrator"));
    assert_true(str_is(list[1].roles, ""));
    assert_true(list[1].rules.suspended && !list[1].rules.home);
    assert_int_equal(list[1].rules.organization.rules.count, 0);
    Value second_home[] = {db_int(beta), db_int(ada), db_int(1), db_int(0), db_int(0), db_int(NOW)};
    assert_int_equal(db_run(db, STMT_membership_put, second_home, 6, NULL), ERR_CONFLICT);
    put_organization("acme", "", "{\"email\":{\"nobody\":\"read\"}}");
    log_catch();
    assert_int_equal(user_memberships(db, arena, &directory.fields, ada, &list, &count), ERR_FAULT);
    assert_true(log_caught("acme"));
}

static void test_putting_again_changes_and_keeps_the_id(void **state)
{
    (void)state;
    int64_t acme = put_organization("acme", "", "{}");
    assert_int_equal(put_organization("acme", "help@acme.example", "{}"), acme);
    assert_int_equal(put_connection("customers"), customers);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM connection"), 2);
    assert_int_equal(store_int(db, STMT_organization_get, DB_ARGS(db_text(STR("acme")))), acme);
    assert_int_equal(store_int(db, STMT_connection_get, DB_ARGS(db_text(STR("nobody")))), -1);
}

static Str support_email(int64_t connection)
{
    load();
    return directory_connection(&directory, connection)->source.support_email;
}

static void test_a_connection_knows_whom_to_ask(void **state)
{
    (void)state;
    int64_t acme = put_organization("acme", "help@acme.example", "{}"), beta = put_organization("beta", "help@beta.example", "{}");
    assert_true(str_is(support_email(customers), ""));
    store_do(db, STMT_organization_connection_add, DB_ARGS(db_int(acme), db_int(customers), db_int(0)));
    assert_true(str_is(support_email(customers), "help@acme.example"));
    assert_true(str_is(support_email(partners), ""));
    store_do(db, STMT_organization_connection_add, DB_ARGS(db_int(beta), db_int(customers), db_int(0)));
    assert_true(str_is(support_email(customers), ""));
    store_do(db, STMT_organization_connection_clear, DB_ARGS(db_int(beta)));
    assert_true(str_is(support_email(customers), "help@acme.example"));
    const struct connection *named = directory_connection_named(&directory, STR("customers"));
    assert_int_equal(named->source.rules.count, 1);
    assert_int_equal(json_integer_value(json_object_get(named->options, "a")), 1);
    assert_non_null(field_find(&directory.fields, STR("user_metadata.badge")));
}

static void test_the_generation_tells_of_changes(void **state)
{
    (void)state;
    int64_t generation = 0;
    store_do(db, STMT_generation_bump, DB_NO_ARGS);
    assert_int_equal(directory_generation(db, &generation), OK);
    assert_int_equal(generation, directory.generation + 1);
    load();
    assert_int_equal(directory.generation, generation);
}

static void test_a_directory_that_cannot_be_read_is_a_fault(void **state)
{
    (void)state;
    struct directory out;
    static const char *const broken[] = {"{\"name\":\"user_metadata.x\",\"type\":\"no such type\"}", "[]", "{"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        store_do(db, STMT_field_definition_put, DB_ARGS(db_text(STR("user_metadata.x")), db_int(1), db_text(str_of(broken[i]))));
        log_catch();
        assert_int_equal(directory_load(db, arena, &out), ERR_FAULT);
        assert_true(log_caught("definition"));
    }
    assert_int_equal(engine_run(db, "DELETE FROM field_definition; DELETE FROM setting"), OK);
    log_catch();
    assert_int_equal(directory_load(db, arena, &out), ERR_FAULT);
    assert_true(log_caught("no generation"));
}

int main(void)
{
#define ROW_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ROW_TEST(test_an_account_comes_back_as_it_was_made),
        ROW_TEST(test_unique_values_are_unique_within_a_connection),
        ROW_TEST(test_a_user_id_is_never_given_twice),
        ROW_TEST(test_saving_raises_the_version_and_refuses_an_old_one),
        ROW_TEST(test_unique_values_move_with_the_profile),
        ROW_TEST(test_a_phone_number_counts_once_it_is_proven),
        ROW_TEST(test_people_are_found_by_what_they_type),
        ROW_TEST(test_a_field_that_became_unique_is_indexed),
        ROW_TEST(test_deleting_takes_all_that_hangs_on_the_account),
        ROW_TEST(test_pages_of_accounts_go_through_all_once),
        ROW_TEST(test_a_broken_profile_is_a_fault_not_an_empty_one),
        ROW_TEST(test_memberships_come_with_roles_and_rules),
        ROW_TEST(test_putting_again_changes_and_keeps_the_id),
        ROW_TEST(test_a_connection_knows_whom_to_ask),
        ROW_TEST(test_the_generation_tells_of_changes),
        ROW_TEST(test_a_directory_that_cannot_be_read_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
