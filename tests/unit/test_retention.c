/* What goes by itself when its time is over, beside rows that stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "account/audit.h"
#include "account/erase.h"
#include "account/retention.h"
#include "account/state.h"
#include "store/user_store.h"
#include "support/scene.h"

enum { A_DAY = 86400 };

static int set_up(void **state)
{
    static struct scene scene;
    scene_open(&scene);
    scene.options.activity_days = 0;
    scene.options.unverified_days = 7;
    scene.visit.now = SCENE_NOW + 30 * A_DAY;
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    scene_close(*state);
    return 0;
}

static int64_t count(struct scene *scene, const char *sql)
{
    return store_count(scene->portal.db, sql);
}

/* As the courier does: step by step, a bounded number of them. */
static size_t steps(struct scene *scene, Error (*act)(struct portal *, const struct visit *, bool *more))
{
    size_t n = 0;
    for (bool more = true; more; n++) {
        assert_true(n < 100);
        assert_int_equal(act(&scene->portal, &scene->visit, &more), OK);
        assert_false(db_in_transaction(scene->portal.db));
    }
    return n;
}

static void unproven(struct scene *scene, const struct user *user, int64_t since)
{
    store_do(scene->portal.db, STMT_account_unproven, DB_ARGS(db_int(user->id), db_int(since)));
    store_count(scene->portal.db, "DELETE FROM membership RETURNING 1");
    store_count(scene->portal.db, "UPDATE account SET profile = '{\"email\":\"x@example.com\",\"email_verified\":false}', logins_count = 0,"
                                  " last_login_at = 0 RETURNING 1");
}

static int64_t accounts(struct scene *scene)
{
    return count(scene, "SELECT COUNT(*) FROM account");
}

static void test_an_account_that_nobody_confirmed_goes(void **state)
{
    struct scene *scene = *state;
    int64_t before = accounts(scene);
    unproven(scene, &scene->bob, SCENE_NOW);
    steps(scene, retention_unproven);
    assert_int_equal(count(scene, "SELECT COUNT(*) FROM account WHERE deletion_at > 0"), 1);
    assert_int_equal(count(scene, "SELECT COUNT(*) FROM audit WHERE action = 'account.expire' AND actor = 'script'"), 1);
    steps(scene, erase_step);
    assert_int_equal(accounts(scene), before - 1);
    struct user user;
    assert_int_equal(user_get(scene->portal.db, scene->arena, scene->bob.id, &user), ERR_NOT_FOUND);
    assert_int_equal(user_get(scene->portal.db, scene->arena, scene->ada.id, &user), OK);
}

static void expect_kept(struct scene *scene, bool looked_at)
{
    int64_t before = accounts(scene);
    steps(scene, retention_unproven);
    steps(scene, erase_step);
    assert_int_equal(accounts(scene), before);
    assert_int_equal(count(scene, "SELECT COUNT(*) FROM audit WHERE action = 'account.expire'"), 0);
    assert_int_equal(count(scene, "SELECT COUNT(*) FROM account WHERE unproven_since > 0"), looked_at ? 0 : 1);
}

static void test_its_time_is_not_over(void **state)
{
    struct scene *scene = *state;
    unproven(scene, &scene->bob, scene->visit.now - 7 * A_DAY + 1);
    expect_kept(scene, false);
}

static void test_a_confirmed_address_stays(void **state)
{
    struct scene *scene = *state;
    unproven(scene, &scene->bob, SCENE_NOW);
    count(scene, "UPDATE account SET profile = '{\"email\":\"x@example.com\",\"email_verified\":true}' RETURNING 1");
    expect_kept(scene, true);
}

static void test_who_signed_in_stays(void **state)
{
    struct scene *scene = *state;
    unproven(scene, &scene->bob, SCENE_NOW);
    store_do(scene->portal.db, STMT_account_login, DB_ARGS(db_int(scene->bob.id), db_int(SCENE_NOW + 1)));
    expect_kept(scene, true);
}

static void test_a_member_stays(void **state)
{
    struct scene *scene = *state;
    unproven(scene, &scene->bob, SCENE_NOW);
    assert_int_equal(count(scene, "INSERT INTO membership (organization_id, account_id, home, invited, suspended, created_at)"
                                  " SELECT o.id, a.id, 0, 0, 0, 1 FROM organization o, account a WHERE a.unproven_since > 0 RETURNING 1"), 1);
    expect_kept(scene, true);
}

static void test_under_a_hold_it_waits(void **state)
{
    struct scene *scene = *state;
    unproven(scene, &scene->bob, SCENE_NOW);
    count(scene, "UPDATE account SET legal_hold = 'a dispute' RETURNING 1");
    expect_kept(scene, false);
    count(scene, "UPDATE account SET legal_hold = NULL RETURNING 1");
    steps(scene, retention_unproven);
    assert_int_equal(count(scene, "SELECT COUNT(*) FROM account WHERE deletion_at > 0"), 1);
}

static void test_other_accounts_are_never_looked_at(void **state)
{
    struct scene *scene = *state;
    unproven(scene, &scene->bob, 0);
    int64_t before = accounts(scene);
    assert_int_equal(steps(scene, retention_unproven), 1);
    assert_int_equal(accounts(scene), before);
}

static void test_nought_days_keep_all(void **state)
{
    struct scene *scene = *state;
    unproven(scene, &scene->bob, SCENE_NOW);
    scene->options.unverified_days = 0;
    expect_kept(scene, false);
}

/* --- activity --- */

static void act(struct scene *scene, int64_t at)
{
    struct visit visit = scene->visit;
    visit.now = at;
    scene_begin(scene);
    assert_int_equal(account_audit(&scene->portal, &visit, ACTOR_OWNER, &scene->ada, "session.end", STR("sign-out")), OK);
    scene_commit(scene);
}

static void test_old_activity_goes_and_the_chain_holds(void **state)
{
    struct scene *scene = *state;
    struct audit_check check;
    act(scene, SCENE_NOW);
    act(scene, SCENE_NOW + 29 * A_DAY);
    scene->options.activity_days = 10;
    steps(scene, retention_activity);
    assert_int_equal(count(scene, "SELECT COUNT(*) FROM audit WHERE at < 1000000 + 20 * 86400"), 0);
    assert_int_equal(count(scene, "SELECT COUNT(*) FROM audit WHERE action = 'session.end'"), 1);
    assert_int_equal(audit_verify(&scene->portal, scene->arena, STR_NONE, &check), OK);
    int64_t rows = count(scene, "SELECT COUNT(*) FROM audit");
    steps(scene, retention_activity);
    assert_int_equal(count(scene, "SELECT COUNT(*) FROM audit"), rows);
}

static void test_nought_days_of_activity_keep_all(void **state)
{
    struct scene *scene = *state;
    act(scene, SCENE_NOW);
    int64_t rows = count(scene, "SELECT COUNT(*) FROM audit");
    assert_int_equal(steps(scene, retention_activity), 1);
    assert_int_equal(count(scene, "SELECT COUNT(*) FROM audit"), rows);
}

#define RETENTION_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RETENTION_TEST(test_an_account_that_nobody_confirmed_goes), RETENTION_TEST(test_its_time_is_not_over),
        RETENTION_TEST(test_a_confirmed_address_stays), RETENTION_TEST(test_who_signed_in_stays), RETENTION_TEST(test_a_member_stays),
        RETENTION_TEST(test_under_a_hold_it_waits), RETENTION_TEST(test_other_accounts_are_never_looked_at),
        RETENTION_TEST(test_nought_days_keep_all), RETENTION_TEST(test_old_activity_goes_and_the_chain_holds),
        RETENTION_TEST(test_nought_days_of_activity_keep_all),
    };
    return cmocka_run_group_tests_name("retention", tests, NULL, NULL);
}
