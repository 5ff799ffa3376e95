/* Organizations that assign membership on a connection: who signs in joins, once, in the transaction of the sign-in, and nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "account/audit.h"
#include "account/member.h"
#include "account/profile.h"
#include "account/session.h"
#include "store/sqlite.h"
#include "store/user_store.h"
#include "support/portal_support.h"
#include "support/scene.h"

/* Acme and nour assign membership to customers; beta only enables them, and assigns it to partners alone. */
static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\"},"
    " {\"name\":\"partners\",\"strategy\":\"local\",\"display_name\":\"Partners\"},"
    " {\"name\":\"others\",\"strategy\":\"local\",\"display_name\":\"Others\"}],"
    "\"organizations\":["
    " {\"name\":\"acme\",\"connections\":[{\"name\":\"customers\",\"assign_membership_on_login\":true}],"
    "  \"fields\":{\"nickname\":{\"owner\":\"read\"}}},"
    " {\"name\":\"beta\",\"connections\":[\"customers\",{\"name\":\"partners\",\"assign_membership_on_login\":true}]},"
    " {\"name\":\"nour\",\"connections\":[{\"name\":\"customers\",\"assign_membership_on_login\":true},\"others\"]}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"boss\",\"email\":\"boss@example.com\",\"email_verified\":true,"
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"administrator\"],\"home\":true},{\"name\":\"nour\"}]},"
    " {\"connection\":\"customers\",\"user_id\":\"mia\",\"email\":\"mia@example.com\",\"email_verified\":true,\"name\":\"Mia Stone\"},"
    " {\"connection\":\"customers\",\"user_id\":\"blocked\",\"email\":\"blocked@example.com\",\"email_verified\":true,\"blocked\":true},"
    " {\"connection\":\"partners\",\"user_id\":\"pia\",\"email\":\"pia@example.com\",\"email_verified\":true},"
    " {\"connection\":\"others\",\"user_id\":\"otto\",\"email\":\"otto@example.com\",\"email_verified\":true}]}";

static struct scene scene;
static struct portal *portal;

static int set_up(void **state)
{
    (void)state;
    scene_open(&scene);
    portal = &scene.portal;
    portal_close(portal);
    /* The chain begins anew, under the keys of this portal. */
    store_count(portal->db, "DELETE FROM setting WHERE name = 'audit_anchor' RETURNING 1");
    store_count(portal->db, "UPDATE setting SET name = 'audit_due' WHERE name = 'audit_head' RETURNING 1");
    portal_make(portal, &scene.options, scene.arena, portal->db, people);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

/* --- helpers --- */

static enum sign_in_outcome sign_in_at(int64_t door, const char *who, const char *password)
{
    SignIn result;
    Str address = arena_print(scene.arena, "%s@example.com", who);
    assert_int_equal(session_sign_in_at(portal, &scene.visit, door, address, str_of(password), STR_NONE, STR_NONE, &result), OK);
    assert_false(db_in_transaction(portal->db));
    return result.outcome;
}

static void sign_in(const char *who)
{
    assert_int_equal(sign_in_at(0, who, "correct"), SIGN_IN_OK);
}

static int64_t count(const char *sql)
{
    return store_count(portal->db, sql);
}

static struct user person(const char *who)
{
    struct user user;
    int64_t account = portal_account(portal, scene.arena, arena_print(scene.arena, "%s@example.com", who).p);
    assert_int_equal(user_get(portal->db, scene.arena, account, &user), OK);
    return user;
}

static const struct membership *member(const char *who, const char *organization)
{
    struct membership *list = NULL;
    size_t found = 0;
    struct user user = person(who);
    assert_int_equal(user_memberships(portal->db, scene.arena, NULL, user.id, &list, &found), OK);
    for (size_t i = 0; i < found; i++)
        if (str_is(list[i].rules.organization.name, organization)) return &list[i];
    return NULL;
}

static int64_t joined(const char *who)
{
    return count(arena_print(scene.arena, "SELECT COUNT(*) FROM audit WHERE action = 'membership.join' AND user_id = 'local|%s'"
                                          " AND actor = 'system' AND outcome = 'allowed'", who).p);
}

/* The counts of members and the index of the lists say what the memberships say. */
static void assert_counted(void)
{
    struct audit_check check;
    assert_int_equal(count("SELECT COUNT(*) FROM organization o WHERE o.members <>"
                           " (SELECT COUNT(*) FROM membership m WHERE m.organization_id = o.id)"), 0);
    assert_int_equal(count("SELECT COUNT(*) FROM membership m WHERE NOT EXISTS (SELECT 1 FROM member_term t"
                           " WHERE t.organization_id = m.organization_id AND t.account_id = m.account_id)"), 0);
    assert_int_equal(audit_verify(portal, scene.arena, STR_NONE, &check), OK);
}

static void suspend(const char *who, const char *organization)
{
    const struct membership *membership = member(who, organization);
    struct user user = person(who);
    scene_begin(&scene);
    assert_int_equal(member_put(portal, &scene.visit, &(struct member_wish){.organization = membership->organization, .account = user.id,
                                                                            .suspended = true}), OK);
    scene_commit(&scene);
}

static DeskAct leave(const char *who, const char *organization)
{
    DeskAct act;
    struct user user = person(who);
    assert_int_equal(member_leave(portal, &scene.visit, &user, str_of(organization), &act), OK);
    return act;
}

static int64_t looked(void)
{
    return sqlite3_stmt_status(portal->db->prepared[STMT_membership_assigning].statement, SQLITE_STMTSTATUS_RUN, 0);
}

/* --- joining --- */

static void test_who_signs_in_joins(void **state)
{
    (void)state;
    assert_null(member("mia", "acme"));
    sign_in("mia");
    const struct membership *acme = member("mia", "acme");
    assert_non_null(acme);
    assert_non_null(member("mia", "nour"));
    assert_true(!acme->rules.home && !acme->rules.invited && !acme->rules.suspended && !acme->roles.n);
    assert_int_equal(acme->joined_at, SCENE_NOW);
    assert_int_equal(joined("mia"), 2);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'membership.join' AND organization = 'acme'"
                           " AND connection = 'customers' AND reason = 'connection customers' AND peer = '' AND actor_id = ''"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM membership WHERE shown_name = 'Mia Stone'"), 2);
    assert_counted();
}

static void test_once_is_enough(void **state)
{
    (void)state;
    sign_in("mia");
    int64_t before = count("SELECT COUNT(*) FROM membership");
    sign_in("mia");
    sign_in("boss");
    assert_int_equal(count("SELECT COUNT(*) FROM membership"), before);
    assert_int_equal(joined("mia"), 2);
    assert_int_equal(joined("boss"), 0);
    const struct membership *acme = member("boss", "acme");
    assert_true(acme->rules.home && str_is(acme->roles, "administrator"));
    assert_counted();
}

static void set_profile(const char *who, const char *expression)
{
    count(arena_print(scene.arena, "UPDATE account SET profile = %s WHERE user_id = 'local|%s' RETURNING 1", expression, who).p);
}

/* Whoever signs up may write an address that is somebody else's. */
static void test_nobody_joins_under_an_address_that_is_not_confirmed(void **state)
{
    (void)state;
    set_profile("mia", "json_remove(profile, '$.email_verified')");
    sign_in("mia");
    set_profile("mia", "json_set(profile, '$.email_verified', json('false'))");
    sign_in("mia");
    assert_null(member("mia", "acme"));
    assert_int_equal(looked(), 0);
    set_profile("mia", "json_set(profile, '$.email_verified', json('true'))");
    sign_in("mia");
    assert_non_null(member("mia", "acme"));
    assert_int_equal(joined("mia"), 2);
    assert_counted();
}

static void test_who_has_no_address_joins(void **state)
{
    SignIn result;
    (void)state;
    portal_apply(portal, scene.arena, "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"moon\",\"username\":\"moon\"}]}");
    count("UPDATE account SET password_hash = (SELECT password_hash FROM account WHERE user_id = 'local|mia')"
          " WHERE user_id = 'local|moon' RETURNING 1");
    assert_int_equal(session_sign_in(portal, &scene.visit, STR("moon"), STR("correct"), STR_NONE, STR_NONE, &result), OK);
    assert_int_equal(result.outcome, SIGN_IN_OK);
    assert_int_equal(joined("moon"), 2);
}

static void test_nobody_joins_what_does_not_assign(void **state)
{
    (void)state;
    sign_in("mia");
    sign_in("pia");
    sign_in("otto");
    assert_null(member("mia", "beta"));
    assert_non_null(member("pia", "beta"));
    assert_null(member("pia", "acme"));
    assert_int_equal(count("SELECT COUNT(*) FROM membership m JOIN account a ON a.id = m.account_id WHERE a.user_id = 'local|otto'"), 0);
    assert_int_equal(joined("otto"), 0);
    assert_counted();
}

static void test_an_own_door_is_no_other(void **state)
{
    int64_t beta = count("SELECT id FROM organization WHERE name = 'beta'");
    (void)state;
    assert_int_equal(sign_in_at(beta, "mia", "correct"), SIGN_IN_OK);
    assert_null(member("mia", "beta"));
    assert_non_null(member("mia", "acme"));
}

static void test_who_does_not_get_in_does_not_join(void **state)
{
    int64_t before = count("SELECT COUNT(*) FROM membership");
    (void)state;
    assert_int_equal(sign_in_at(0, "mia", "wrong"), SIGN_IN_REFUSED);
    assert_int_equal(sign_in_at(0, "blocked", "correct"), SIGN_IN_BLOCKED);
    assert_int_equal(count("SELECT COUNT(*) FROM membership"), before);
}

static void test_who_is_to_be_deleted_joins_nothing(void **state)
{
    struct user mia = person("mia");
    (void)state;
    store_do(portal->db, STMT_account_deletion, DB_ARGS(db_int(mia.id), db_int(SCENE_NOW + 1000)));
    sign_in("mia");
    assert_null(member("mia", "acme"));
    store_do(portal->db, STMT_account_deletion, DB_ARGS(db_int(mia.id), db_int(0)));
    sign_in("mia");
    assert_non_null(member("mia", "acme"));
}

/* All of it or nothing: no session without the memberships that come with it. */
static void test_one_transaction(void **state)
{
    SignIn result;
    int64_t before = count("SELECT COUNT(*) FROM membership");
    (void)state;
    assert_int_equal(sqlite3_exec(portal->db->sqlite, "CREATE TRIGGER full BEFORE INSERT ON audit WHEN NEW.action = 'membership.join'"
                                                      " AND NEW.organization = 'nour' BEGIN SELECT RAISE(ABORT, 'full'); END",
                                  NULL, NULL, NULL), SQLITE_OK);
    log_catch();
    assert_int_not_equal(session_sign_in(portal, &scene.visit, STR("mia@example.com"), STR("correct"), STR_NONE, STR_NONE, &result), OK);
    assert_true(log_caught("full"));
    assert_int_equal(count("SELECT COUNT(*) FROM membership"), before);
    assert_int_equal(count("SELECT COUNT(*) FROM session"), 0);
    assert_int_equal(joined("mia"), 0);
}

static int sign_in_act(struct scene *own, void *context)
{
    SignIn result;
    (void)context;
    Error error = session_sign_in(&own->portal, &own->visit, STR("mia@example.com"), STR("correct"), STR_NONE, STR_NONE, &result);
    return error ? 1 : result.outcome == SIGN_IN_OK ? 0 : 2;
}

static void test_sign_ins_at_once_join_once(void **state)
{
    int results[SCENE_RESULTS];
    (void)state;
    scene_at_once(&scene, 6, sign_in_act, NULL, results);
    assert_int_equal(results[0], 6);
    assert_int_equal(count("SELECT COUNT(*) FROM session"), 6);
    assert_int_equal(joined("mia"), 2);
    assert_non_null(member("mia", "acme"));
    assert_counted();
}

/* --- what it costs --- */

static int64_t statements_run(void)
{
    int64_t all = 0;
    for (size_t i = 0; i < STATEMENTS; i++)
        all += sqlite3_stmt_status(portal->db->prepared[i].statement, SQLITE_STMTSTATUS_RUN, 1);
    return all;
}

static void test_nothing_to_do_costs_no_statement(void **state)
{
    (void)state;
    sign_in("otto");
    assert_int_equal(looked(), 0);
    sign_in("mia");
    assert_int_equal(looked(), 1);
    statements_run();
    sign_in("otto");
    int64_t bare = statements_run();
    sign_in("mia");
    assert_true(bare > 0);
    assert_int_equal(looked(), 0);
    assert_int_equal(statements_run(), bare);
}

/* The index holds those that assign alone: one of thousands that only enable the connection is never looked at. */
static void test_the_look_up_is_by_connection(void **state)
{
    char plan[400] = "";
    sqlite3_stmt *statement = NULL;
    Str sql = arena_print(scene.arena, "EXPLAIN QUERY PLAN %s", sqlite3_sql(portal->db->prepared[STMT_account_login].statement));
    (void)state;
    assert_int_equal(sqlite3_prepare_v2(portal->db->sqlite, sql.p, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(statement, 3);
        if (strstr(line, "SCAN")) fail_msg("%s", line);
        if (strstr(line, " e ")) snprintf(plan, sizeof plan, "%s", line);
    }
    sqlite3_finalize(statement);
    assert_non_null(strstr(plan, "organization_connection_assigning (connection_id=?)"));
}

/* --- going --- */

static void test_suspended_stays_suspended(void **state)
{
    (void)state;
    sign_in("mia");
    suspend("mia", "acme");
    sign_in("mia");
    assert_true(member("mia", "acme")->rules.suspended);
    assert_int_equal(joined("mia"), 2);
}

static void test_who_leaves_comes_back(void **state)
{
    struct assignments all;
    (void)state;
    sign_in("mia");
    struct user mia = person("mia");
    int64_t acme = member("mia", "acme")->organization;
    assert_int_equal(member_assignments(portal, scene.arena, mia.id, &all), OK);
    assert_true(member_returns(&all, acme));
    assert_false(member_returns(&all, count("SELECT id FROM organization WHERE name = 'beta'")));
    assert_int_equal(leave("mia", "acme").outcome, DESK_DONE);
    assert_null(member("mia", "acme"));
    sign_in("mia");
    assert_non_null(member("mia", "acme"));
    assert_int_equal(joined("mia"), 3);
    assert_counted();
}

static void test_who_is_removed_comes_back(void **state)
{
    DeskAct act;
    struct desk desk;
    struct user boss = person("boss");
    (void)state;
    sign_in("mia");
    assert_int_equal(desk_enter(portal, scene.arena, &boss, STR("acme"), &desk), OK);
    scene.visit.organization = desk.name;
    const struct desk_wish wish = {.act = DESK_REMOVE, .user_id = STR("local|mia"), .reason = STR("by mistake")};
    assert_int_equal(desk_act(portal, &scene.visit, &desk, &wish, &act), OK);
    scene.visit.organization = STR_NONE;
    assert_int_equal(act.outcome, DESK_DONE);
    assert_null(member("mia", "acme"));
    sign_in("mia");
    assert_non_null(member("mia", "acme"));
}

/* Leaving and signing in again would lift what the desk has laid down. */
static void test_leaving_is_no_way_out_of_a_suspension(void **state)
{
    (void)state;
    sign_in("mia");
    suspend("mia", "acme");
    assert_int_equal(leave("mia", "acme").outcome, DESK_IMPOSSIBLE);
    assert_true(member("mia", "acme")->rules.suspended);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'membership.leave' AND outcome = 'refused' AND reason = 'suspended'"
                           " AND organization = 'acme'"), 1);
    store_count(portal->db, "UPDATE organization_connection SET assign_membership_on_login = 0 RETURNING 1");
    assert_int_equal(leave("mia", "acme").outcome, DESK_DONE);
}

/* --- rules --- */

static enum commit_outcome rename_mia(const char *name)
{
    struct change change;
    Commit commit;
    change_init(&change, scene.arena, ACTOR_OWNER);
    change_put(&change, STR("nickname"), json_string(name));
    assert_int_equal(account_commit(portal, &scene.visit, person("mia").id, -1, &change, &commit), OK);
    return commit.outcome;
}

static void test_the_organizations_rules_hold_from_then_on(void **state)
{
    (void)state;
    assert_int_equal(rename_mia("Stony"), COMMIT_DONE);
    sign_in("mia");
    assert_int_equal(rename_mia("Rocky"), COMMIT_REFUSED);
    assert_int_equal(leave("mia", "acme").outcome, DESK_DONE);
    assert_int_equal(rename_mia("Rocky"), COMMIT_DONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_who_signs_in_joins), TEST(test_once_is_enough),
        TEST(test_nobody_joins_under_an_address_that_is_not_confirmed), TEST(test_who_has_no_address_joins),
        TEST(test_nobody_joins_what_does_not_assign),
        TEST(test_an_own_door_is_no_other), TEST(test_who_does_not_get_in_does_not_join),
        TEST(test_who_is_to_be_deleted_joins_nothing), TEST(test_one_transaction), TEST(test_sign_ins_at_once_join_once),
        TEST(test_nothing_to_do_costs_no_statement), TEST(test_the_look_up_is_by_connection), TEST(test_suspended_stays_suspended),
        TEST(test_who_leaves_comes_back), TEST(test_who_is_removed_comes_back), TEST(test_leaving_is_no_way_out_of_a_suspension),
        TEST(test_the_organizations_rules_hold_from_then_on),
    };
    return cmocka_run_group_tests_name("members by signing in", tests, NULL, NULL);
}
