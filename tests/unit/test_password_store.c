/* Passwords as rows: when one was changed, and which came before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "account/state.h"
#include "account/user_object.h"
#include "support/portal_support.h"
#include "support/scene.h"

static struct scene scene;
static struct portal *const portal = &scene.portal;

static int set_up(void **state)
{
    (void)state;
    scene_open(&scene);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

static void set_password(Str hash, int64_t now)
{
    scene.visit.now = now;
    assert_int_equal(account_set_password(portal, &scene.visit, ACTOR_OPERATOR, &scene.ada, hash), OK);
    scene_read(&scene, &scene.ada);
}

static const char *last_reset(void)
{
    return json_string_value(json_object_get(user_object(scene.arena, &portal->directory, &scene.ada), "last_password_reset"));
}

static void test_the_first_password_is_no_change(void **state)
{
    (void)state;
    assert_int_equal(scene.ada.password_changed_at, 0);
    assert_null(json_object_get(user_object(scene.arena, &portal->directory, &scene.ada), "last_password_reset"));
    set_password(STR("second"), 1767600000);
    assert_int_equal(scene.ada.password_changed_at, 1767600000);
    assert_string_equal(last_reset(), "2026-01-05T08:00:00Z");
}

static void test_taking_the_password_away_is_a_change(void **state)
{
    (void)state;
    set_password(STR_NONE, 1767600000);
    assert_null(scene.ada.password_hash.p);
    assert_int_equal(scene.ada.password_changed_at, 1767600000);
    set_password(STR("third"), 1767600001);
    assert_int_equal(scene.ada.password_changed_at, 1767600000);
    set_password(STR("fourth"), 1767600002);
    assert_int_equal(scene.ada.password_changed_at, 1767600002);
}

static void test_a_change_is_of_one_account(void **state)
{
    (void)state;
    int64_t epoch = scene.ada.epoch;
    set_password(STR("second"), 1767600000);
    assert_int_equal(scene.ada.epoch, epoch + 1);
    scene_read(&scene, &scene.bob);
    assert_int_equal(scene.bob.password_changed_at, 0);
    assert_true(str_is(scene.bob.password_hash, "hash"));
}

/* --- earlier ones --- */

static void remember(const struct user *user, const char *hash)
{
    store_do(portal->db, STMT_password_history_add, DB_ARGS(db_int(user->id), db_text(str_of(hash)), db_int(SCENE_NOW)));
}

/* The hashes that a limit lets through, newest first. */
static Str remembered(const struct user *user, int64_t limit)
{
    struct rows rows;
    struct text text = {.arena = scene.arena};
    assert_int_equal(db_select(portal->db, STMT_password_history_list, DB_ARGS(db_int(user->id), db_int(limit)), &rows), OK);
    while (row_next(&rows)) text_print(&text, "%.*s ", STR_ARGS(row_text(&rows, 0)));
    assert_int_equal(rows_end(&rows), OK);
    return text_str(&text);
}

static void trim(const struct user *user, int64_t keep)
{
    store_do(portal->db, STMT_password_history_trim, DB_ARGS(db_int(user->id), db_int(keep)));
}

static void test_the_newest_passwords_are_listed_first(void **state)
{
    (void)state;
    remember(&scene.ada, "a");
    remember(&scene.bob, "x");
    remember(&scene.ada, "b");
    remember(&scene.ada, "c");
    assert_true(str_is(remembered(&scene.ada, 2), "c b "));
    assert_true(str_is(remembered(&scene.ada, 10), "c b a "));
    assert_int_equal(remembered(&scene.ada, 0).n, 0);
    assert_true(str_is(remembered(&scene.bob, 10), "x "));
}

static void test_only_as_many_as_the_policy_looks_back_are_kept(void **state)
{
    (void)state;
    remember(&scene.bob, "x");
    remember(&scene.ada, "a");
    remember(&scene.ada, "b");
    remember(&scene.ada, "c");
    trim(&scene.ada, 3);
    assert_true(str_is(remembered(&scene.ada, 10), "c b a "));
    trim(&scene.ada, 2);
    assert_true(str_is(remembered(&scene.ada, 10), "c b "));
    trim(&scene.ada, 0);
    assert_int_equal(remembered(&scene.ada, 10).n, 0);
    trim(&scene.ada, 0);
    assert_true(str_is(remembered(&scene.bob, 10), "x "));
}

static void test_earlier_passwords_go_with_their_account(void **state)
{
    (void)state;
    remember(&scene.ada, "a");
    remember(&scene.bob, "x");
    portal_drop(portal, &scene.ada);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM password_history"), 1);
}

int main(void)
{
#define PASSWORD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PASSWORD_TEST(test_the_first_password_is_no_change),
        PASSWORD_TEST(test_taking_the_password_away_is_a_change),
        PASSWORD_TEST(test_a_change_is_of_one_account),
        PASSWORD_TEST(test_the_newest_passwords_are_listed_first),
        PASSWORD_TEST(test_only_as_many_as_the_policy_looks_back_are_kept),
        PASSWORD_TEST(test_earlier_passwords_go_with_their_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
