/* Signing up under one address from many sides at the same moment, with nothing left when it fails, and what stands in its way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "account/outbox.h"
#include "account/signup.h"
#include "support/scene.h"

enum { MANY = 20 };

static struct scene scene;

static int set_up(void **state)
{
    (void)state;
    scene_open(&scene);
    scene.portal.hashing = (struct hashing){.cost = {8, 1}, .job_socket = -1};
    scene.options.email_link_seconds = 3600;
    scene.options.verification_mails_per_day = 5;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

static Error sign_up(const char *address, Signup *out)
{
    struct change change;
    change_init(&change, scene.arena, ACTOR_OWNER);
    change_put_text(&change, STR("email"), str_of(address));
    struct signup_wish wish = {.connection = directory_connection_named(&scene.portal.directory, STR("customers")), .change = &change,
                               .password = STR("staple battery 41 correct"), .language = STR("de")};
    return signup_make(&scene.portal, &scene.visit, &wish, out);
}

static int act(struct scene *in_child, void *context)
{
    (void)in_child;
    Signup signup;
    Error error = sign_up(context, &signup);
    return error ? SCENE_RESULTS - 2 : (int)signup.outcome;
}

static int64_t count(const char *sql)
{
    return store_count(scene.portal.db, sql);
}

static void test_one_account_for_one_address(void **state)
{
    int results[SCENE_RESULTS];
    char address[] = "grace@example.com";
    (void)state;
    scene_at_once(&scene, MANY, act, address, results);
    assert_int_equal(results[SIGNUP_DONE], MANY);
    assert_int_equal(count("SELECT COUNT(*) FROM account"), 3);
    assert_int_equal(count("SELECT COUNT(*) FROM identifier WHERE key = 'grace@example.com'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'email_verify'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'signup_exists'"), scene.options.verification_mails_per_day - 1);
    assert_int_equal(count("SELECT COUNT(*) FROM artefact WHERE purpose = 'email_verify' AND used_at = 0"), 1);
}

static void test_nothing_stays_of_what_failed(void **state)
{
    Signup signup;
    (void)state;
    int64_t audits = count("SELECT COUNT(*) FROM audit");
    scene_begin(&scene);                /* the transaction that it opens itself cannot begin */
    log_catch();
    assert_int_not_equal(sign_up("grace@example.com", &signup), OK);
    assert_true(log_caught("a transaction is open already"));
    db_rollback(scene.portal.db);
    assert_int_equal(count("SELECT COUNT(*) FROM account"), 2);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
    assert_int_equal(count("SELECT COUNT(*) FROM audit"), audits);
    assert_int_equal(sign_up("grace@example.com", &signup), OK);
    assert_int_equal(signup.outcome, SIGNUP_DONE);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM account WHERE unproven_since > 0"), 1);
}

static void test_a_bouncing_address_gets_nothing(void **state)
{
    Signup signup;
    struct message message;
    (void)state;
    assert_int_equal(sign_up("ada@example.com", &signup), OK);
    assert_int_equal(outbox_next(&scene.portal, &scene.visit, &message), OK);
    assert_int_equal(message.letter, LETTER_signup_exists);
    assert_true(str_is(message.language, "de"));
    assert_int_equal(outbox_dropped(&scene.portal, &scene.visit, &message, STR("550"), true), OK);
    assert_int_equal(sign_up("ada@example.com", &signup), OK);
    assert_int_equal(signup.outcome, SIGNUP_DONE);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE state = 'queued'"), 0);
}

static void test_where_it_is_open(void **state)
{
    (void)state;
    struct connection connection = {.strategy = STR("local"), .options = json_object()};
    assert_true(signup_is_open(&connection));
    assert_false(signup_is_open(NULL));
    connection.options = json_pack("{s:b}", "disable_signup", 1);
    assert_false(signup_is_open(&connection));
    connection.options = json_pack("{s:b}", "disable_signup", 0);
    assert_true(signup_is_open(&connection));
    connection.strategy = STR("oidc");
    assert_false(signup_is_open(&connection));
}

/* Every pair of connections and organizations, and how many ways there are: only what is enabled there and open counts. */
static void test_what_a_door_offers(void **state)
{
    struct signup_choice choice;
    (void)state;
    assert_int_equal(signup_choice_read(&scene.portal, scene.arena, 0, &choice), OK);
    size_t everywhere = choice.count;
    assert_true(everywhere > 0);
    assert_int_equal(signup_choice_read(&scene.portal, scene.arena, 4711, &choice), OK);
    assert_int_equal(choice.count, 0);
    assert_null(signup_choice_of(&choice, STR("")));
    assert_null(signup_choice_of(&choice, STR("customers")));
    store_count(scene.portal.db, "INSERT INTO organization (id, name, display_name, support_email, branding, metadata, rules)"
                                 " VALUES (4711, 'door', 'Door', '', '{}', '{}', '{}') RETURNING 1");
    store_count(scene.portal.db, "INSERT INTO organization_connection (organization_id, connection_id)"
                                 " SELECT 4711, id FROM connection WHERE name = 'customers' RETURNING 1");
    assert_int_equal(signup_choice_read(&scene.portal, scene.arena, 4711, &choice), OK);
    assert_int_equal(choice.count, 1);
    assert_ptr_equal(signup_choice_of(&choice, STR("")), directory_connection_named(&scene.portal.directory, STR("customers")));
    assert_ptr_equal(signup_choice_of(&choice, STR("customers")), choice.list[0]);
    assert_null(signup_choice_of(&choice, STR("Customers")));
}

int main(void)
{
#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SCENE_TEST(test_one_account_for_one_address),
        SCENE_TEST(test_nothing_stays_of_what_failed),
        SCENE_TEST(test_a_bouncing_address_gets_nothing),
        SCENE_TEST(test_where_it_is_open),
        SCENE_TEST(test_what_a_door_offers),
    };
    return cmocka_run_group_tests_name("signing up", tests, NULL, NULL);
}
