/* A clock that goes back, leaps ahead, or stood still while the program did not run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "account/clock_watch.h"
#include "support/scene.h"

enum { AN_HOUR = 3600, A_DAY = 86400, A_YEAR = 365 * A_DAY, IDLE = 1800 };

static struct clock_watch watch;
static int64_t running_ms;

static int set_up(void **state)
{
    static struct scene scene;
    scene_open(&scene);
    scene.options.session_idle_seconds = IDLE;
    watch = (struct clock_watch){.highest = 0};
    running_ms = 5000;
    log_catch();
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    scene_close(*state);
    return 0;
}

static bool look(struct scene *scene, int64_t now)
{
    bool more = true;
    assert_int_equal(clock_watch_look(&watch, scene->portal.db, &scene->options, now, running_ms, &more), OK);
    assert_false(db_in_transaction(scene->portal.db));
    return more;
}

/* A second passes for the machine; what its clock says then is the test's. */
static bool look_later(struct scene *scene, int64_t now)
{
    running_ms += 1000;
    return look(scene, now);
}

/* Step by step, a bounded number of them, as the courier does. */
static void pay_all(struct scene *scene, int64_t now)
{
    size_t steps = 0;
    for (bool more = look_later(scene, now); more; steps++) {
        assert_true(steps < 20);
        more = look_later(scene, now);
    }
}

static bool doubts(void)
{
    return clock_watch_doubts(&watch, running_ms);
}

static int64_t stored(struct scene *scene)
{
    return store_int(scene->portal.db, STMT_clock_get, DB_NO_ARGS);
}

static void add_session(struct scene *scene, const char *id, int64_t last_seen_at, int64_t expires_at)
{
    Str sql = arena_print(scene->arena, "INSERT INTO session (id_hash, public_id, account_id, epoch, created_at, authenticated_at,"
                          " last_seen_at, expires_at, peer, user_agent) VALUES (CAST('%s' AS BLOB), '%s', %lld, 1, 0, 0, %lld, %lld, '', '')"
                          " RETURNING id", id, id, (long long)scene->ada.id, (long long)last_seen_at, (long long)expires_at);
    store_count(scene->portal.db, sql.p);
}

static void add_secrets(struct scene *scene, const char *id, int64_t expires_at)
{
    long long account = scene->ada.id, organization = scene->organization, end = expires_at;
    store_count(scene->portal.db, arena_print(scene->arena, "INSERT INTO artefact (purpose, token_hash, account_id, value, data, epoch,"
                " created_at, expires_at, used_at, tries) VALUES ('p', CAST('%s' AS BLOB), %lld, '', '{}', 1, 0, %lld, 0, 0) RETURNING id",
                id, account, end).p);
    store_count(scene->portal.db, arena_print(scene->arena, "INSERT INTO invitation (public_id, organization_id, email, email_key,"
                " token_hash, roles, language, prefilled, inviter, inviter_name, state, created_at, sent_at, expires_at, decided_at) VALUES"
                " ('%s', %lld, '%s', '%s', CAST('%s' AS BLOB), '[]', 'en', '{}', '', '', 'pending', 0, 0, %lld, 0) RETURNING id",
                id, organization, id, id, id, end).p);
}

static int64_t count(struct scene *scene, const char *table, const char *where)
{
    return store_count(scene->portal.db, arena_print(scene->arena, "SELECT COUNT(*) FROM %s WHERE %s", table, where).p);
}

static void test_a_clock_that_goes_on_is_only_written_down(void **state)
{
    struct scene *scene = *state;
    add_session(scene, "idle", SCENE_NOW - 2 * IDLE, SCENE_NOW + A_DAY);
    assert_false(look(scene, SCENE_NOW));
    assert_int_equal(stored(scene), SCENE_NOW);
    for (int i = 1; i <= 59; i++) assert_false(look_later(scene, SCENE_NOW + i));
    assert_int_equal(stored(scene), SCENE_NOW);
    assert_false(look_later(scene, SCENE_NOW + 60));
    assert_int_equal(stored(scene), SCENE_NOW + 60);
    assert_false(doubts());
    assert_int_equal(count(scene, "session", "public_id = 'idle'"), 1);
    assert_false(log_caught("the clock"));
}

static void test_set_back_it_revives_nothing(void **state)
{
    struct scene *scene = *state;
    const int64_t back = SCENE_NOW - 2 * AN_HOUR;
    look(scene, SCENE_NOW);
    add_session(scene, "idle", SCENE_NOW - IDLE, SCENE_NOW + A_DAY);
    add_session(scene, "expired", SCENE_NOW - 1, SCENE_NOW);
    add_session(scene, "lives", SCENE_NOW - 60, SCENE_NOW + AN_HOUR);
    add_secrets(scene, "over", SCENE_NOW);
    add_secrets(scene, "open", SCENE_NOW + 1);
    pay_all(scene, back);
    assert_int_equal(count(scene, "session", "public_id IN ('idle', 'expired')"), 0);
    assert_int_equal(count(scene, "session", "public_id = 'lives'"), 1);
    assert_int_equal(count(scene, "session", arena_print(scene->arena, "last_seen_at > %lld", (long long)back).p), 0);
    assert_int_equal(count(scene, "artefact", "token_hash = CAST('over' AS BLOB)"), 0);
    assert_int_equal(count(scene, "artefact", "token_hash = CAST('open' AS BLOB)"), 1);
    assert_int_equal(count(scene, "invitation", "public_id = 'over' AND state = 'expired' AND token_hash IS NULL"), 1);
    assert_int_equal(count(scene, "invitation", "public_id = 'open' AND state = 'pending'"), 1);
    assert_int_equal(stored(scene), back);
    assert_true(log_caught("7201 seconds back"));
}

/* Nothing of it is said about less than a minute, and all of it is done. */
static void test_a_few_seconds_back_count_too(void **state)
{
    struct scene *scene = *state;
    look(scene, SCENE_NOW);
    add_session(scene, "expired", SCENE_NOW, SCENE_NOW - 1);
    pay_all(scene, SCENE_NOW - 3);
    assert_int_equal(count(scene, "session", "public_id = 'expired'"), 0);
    assert_false(log_caught("the clock"));
}

static void test_the_program_starts_after_it_was_set_back(void **state)
{
    struct scene *scene = *state;
    look(scene, SCENE_NOW);
    add_session(scene, "expired", SCENE_NOW, SCENE_NOW);
    watch = (struct clock_watch){.highest = 0};
    running_ms = 77;
    pay_all(scene, SCENE_NOW - A_DAY);
    assert_int_equal(count(scene, "session", "public_id = 'expired'"), 0);
    assert_int_equal(stored(scene), SCENE_NOW - A_DAY);
    assert_true(log_caught("86400 seconds back"));
}

static void test_many_are_ended_in_steps(void **state)
{
    struct scene *scene = *state;
    look(scene, SCENE_NOW);
    store_count(scene->portal.db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) INSERT INTO session"
                " (id_hash, public_id, account_id, epoch, created_at, authenticated_at, last_seen_at, expires_at, peer, user_agent)"
                " SELECT CAST('m' || i AS BLOB), 'm' || i, (SELECT MIN(id) FROM account), 1, 0, 0, 0, 0, '', '' FROM n RETURNING 1");
    assert_true(look_later(scene, SCENE_NOW - 10));
    assert_int_equal(count(scene, "session", "public_id LIKE 'm%'"), 700);
    pay_all(scene, SCENE_NOW - 9);
    assert_int_equal(count(scene, "session", "public_id LIKE 'm%'"), 0);
    assert_int_equal(stored(scene), SCENE_NOW - 9);
    assert_false(log_caught("the clock"));
}

static void test_a_leap_is_doubted_for_an_hour(void **state)
{
    struct scene *scene = *state;
    const int64_t leapt = SCENE_NOW + 10LL * A_YEAR;
    look(scene, SCENE_NOW);
    assert_false(look_later(scene, leapt));
    assert_true(doubts());
    assert_int_equal(stored(scene), SCENE_NOW);
    assert_true(log_caught("leapt"));
    running_ms += 3599 * 1000;
    assert_true(doubts());
    running_ms += 1000;
    assert_false(doubts());
    look(scene, leapt + 3600);
    assert_false(doubts());
    assert_int_equal(stored(scene), leapt + 3600);
}

static void test_set_right_after_a_leap_nothing_is_in_doubt(void **state)
{
    struct scene *scene = *state;
    look(scene, SCENE_NOW);
    add_session(scene, "before", SCENE_NOW, SCENE_NOW + A_DAY);
    add_secrets(scene, "open", SCENE_NOW + A_DAY);
    look_later(scene, SCENE_NOW + A_YEAR);
    add_session(scene, "meanwhile", SCENE_NOW + A_YEAR, SCENE_NOW + A_YEAR + A_DAY);
    pay_all(scene, SCENE_NOW + 2);
    assert_false(doubts());
    assert_int_equal(stored(scene), SCENE_NOW + 2);
    assert_int_equal(count(scene, "session", "public_id = 'before'"), 1);
    assert_int_equal(count(scene, "artefact", "token_hash = CAST('open' AS BLOB)"), 1);
    assert_int_equal(count(scene, "invitation", "public_id = 'open' AND state = 'pending'"), 1);
    Str lasting = arena_print(scene->arena, "public_id = 'meanwhile' AND (last_seen_at > %lld OR expires_at > %lld)",
                              (long long)SCENE_NOW + 2, (long long)SCENE_NOW + 2 + scene->options.session_seconds);
    assert_int_equal(count(scene, "session", lasting.p), 0);
    assert_true(log_caught("seconds back"));
}

static void test_less_than_an_hour_ahead_is_told_and_believed(void **state)
{
    struct scene *scene = *state;
    look(scene, SCENE_NOW);
    look_later(scene, SCENE_NOW + 1 + AN_HOUR);
    assert_false(doubts());
    assert_true(log_caught("3600 seconds ahead"));
}

static void test_a_machine_that_slept_is_not_doubted(void **state)
{
    struct scene *scene = *state;
    look(scene, SCENE_NOW);
    running_ms += 3LL * A_DAY * 1000;
    look(scene, SCENE_NOW + 3 * A_DAY);
    assert_false(doubts());
    assert_false(log_caught("the clock"));
}

static void test_after_a_rest_only_a_long_one_is_doubted(void **state)
{
    struct scene *scene = *state;
    look(scene, SCENE_NOW);
    watch = (struct clock_watch){.highest = 0};
    assert_true(doubts());
    look(scene, SCENE_NOW + AN_HOUR);
    assert_false(doubts());
    watch = (struct clock_watch){.highest = 0};
    look(scene, SCENE_NOW + 2 * AN_HOUR + 1);
    assert_true(doubts());
    assert_true(log_caught("leapt 3601 seconds"));
}

#define WATCH_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(test_a_clock_that_goes_on_is_only_written_down),
        WATCH_TEST(test_set_back_it_revives_nothing),
        WATCH_TEST(test_a_few_seconds_back_count_too),
        WATCH_TEST(test_the_program_starts_after_it_was_set_back),
        WATCH_TEST(test_many_are_ended_in_steps),
        WATCH_TEST(test_a_leap_is_doubted_for_an_hour),
        WATCH_TEST(test_set_right_after_a_leap_nothing_is_in_doubt),
        WATCH_TEST(test_less_than_an_hour_ahead_is_told_and_believed),
        WATCH_TEST(test_a_machine_that_slept_is_not_doubted),
        WATCH_TEST(test_after_a_rest_only_a_long_one_is_doubted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
