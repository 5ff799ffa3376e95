/* Rows of sessions and throttling: what their statements promise to those who call them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "account/throttle.h"
#include "base/json_memory.h"
#include "store/profile.h"
#include "store/user_store.h"
#include "support/store_support.h"

enum { NOW = 1000000, LATER = NOW + 3600 };

static struct db *db;
static struct arena *arena;
static int64_t account;

static int set_up(void **state)
{
    (void)state;
    struct directory directory;
    const struct field *taken;
    arena = arena_open(0);
    json_memory_use(arena);
    db = store_open_memory();
    int64_t connection = store_int(db, STMT_connection_put, DB_ARGS(db_text(STR("customers")), db_text(STR("local")), db_text(STR("C")),
                                                                   db_text(STR("{}")), db_text(STR("{}"))));
    assert_int_equal(directory_load(db, arena, &directory), OK);
    const struct decided *decided = store_decide(arena, &directory.fields, NULL, "{\"email\":\"ada@example.com\"}");
    assert_int_equal(profile_add(db, arena, &directory.fields, connection, STR("local|ada"), decided, NOW, &account, &taken), OK);
    store_do(db, STMT_account_password, DB_ARGS(db_int(account), db_text(STR("hash")), db_int(NOW)));
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

/* Accounts begin at epoch 1; their password raised it to 2. */
static int64_t begin_as(const char *hash, int64_t epoch, const char *password_hash, int64_t now)
{
    int64_t begun = -1;
    Value args[] = {db_blob(str_of(hash)), db_text(arena_print(arena, "public-%s", hash)), db_int(account), db_int(epoch),
                    db_text(str_of(password_hash)), db_int(now), db_int(LATER), db_text(STR("192.0.2.1")), db_text(STR("browser"))};
    assert_int_equal(db_run(db, STMT_session_add, args, 9, &begun), OK);
    return begun;
}

static void begin(const char *hash)
{
    assert_int_equal(begin_as(hash, 2, "hash", NOW), 1);
}

static Error find(const char *hash, int64_t now, int64_t seen_after)
{
    struct session_row row;
    return user_of_session(db, arena, str_of(hash), now, seen_after, &row);
}

static bool lives(const char *hash)
{
    return find(hash, NOW + 1, NOW - 1800) == OK;
}

/* --- sessions --- */

static void test_a_session_brings_its_account(void **state)
{
    (void)state;
    struct session_row row;
    begin("one");
    assert_int_equal(user_of_session(db, arena, STR("one"), NOW + 1, NOW - 1800, &row), OK);
    assert_int_equal(row.user.id, account);
    assert_true(str_is(row.user.user_id, "local|ada"));
    assert_string_equal(json_string_value(json_object_get(row.user.profile, "email")), "ada@example.com");
    assert_true(str_is(row.public_id, "public-one"));
    assert_int_equal(row.authenticated_at, NOW);
    assert_int_equal(row.generation, 1);
}

static void test_only_the_exact_hash_is_a_session(void **state)
{
    (void)state;
    begin("one");
    static const char *const wrong[] = {"", "on", "one ", "ONE", "oneone", "public-one"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(lives(wrong[i]));
}

static void test_a_session_ends_by_time(void **state)
{
    (void)state;
    begin("one");
    assert_int_equal(find("one", LATER - 1, NOW - 1), OK);
    assert_int_equal(find("one", LATER, NOW - 1), ERR_NOT_FOUND);
    assert_int_equal(find("one", NOW + 1, NOW), ERR_NOT_FOUND);
}

static void test_a_session_dies_with_what_it_stands_on(void **state)
{
    (void)state;
    begin("one");
    store_do(db, STMT_account_rehash, DB_ARGS(db_int(account), db_text(STR("hash")), db_text(STR("better"))));
    assert_true(lives("one"));
    store_do(db, STMT_account_epoch, DB_ARGS(db_int(account)));
    assert_false(lives("one"));
    assert_int_equal(begin_as("two", 3, "better", NOW), 1);
    assert_true(lives("two"));
    store_do(db, STMT_account_block, DB_ARGS(db_int(account), db_text(STR_NONE)));
    assert_false(lives("two"));
    store_do(db, STMT_account_unblock, DB_ARGS(db_int(account), db_text(STR_NONE)));
    assert_false(lives("two"));
}

static void test_no_session_begins_on_what_changed_meanwhile(void **state)
{
    (void)state;
    assert_int_equal(begin_as("a", 1, "hash", NOW), 0);
    assert_int_equal(begin_as("b", 2, "other", NOW), 0);
    store_do(db, STMT_account_rehash, DB_ARGS(db_int(account), db_text(STR("not this")), db_text(STR("stolen"))));
    begin("c");
    store_do(db, STMT_account_block, DB_ARGS(db_int(account), db_text(STR_NONE)));
    assert_int_equal(begin_as("d", 3, "hash", NOW), 0);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM session"), 1);
}

static void test_last_use_is_written_once_a_minute(void **state)
{
    (void)state;
    int64_t changed = -1;
    begin("one");
    assert_int_equal(db_run(db, STMT_session_touch, DB_ARGS(db_blob(STR("one")), db_int(NOW + 59)), &changed), OK);
    assert_int_equal(changed, 0);
    assert_int_equal(db_run(db, STMT_session_touch, DB_ARGS(db_blob(STR("one")), db_int(NOW + 60)), &changed), OK);
    assert_int_equal(changed, 1);
    assert_int_equal(db_run(db, STMT_session_touch, DB_ARGS(db_blob(STR("one")), db_int(NOW - 500)), &changed), OK);
    assert_int_equal(changed, 0);
}

static void test_the_oldest_sessions_end_first(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    for (size_t i = 0; i < 5; i++) begin(names[i]);
    store_do(db, STMT_session_trim, DB_ARGS(db_int(account), db_int(9)));
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM session"), 5);
    store_do(db, STMT_session_trim, DB_ARGS(db_int(account), db_int(2)));
    for (size_t i = 0; i < 5; i++) assert_int_equal(lives(names[i]), i >= 3);
    store_do(db, STMT_session_trim, DB_ARGS(db_int(account + 1), db_int(0)));
    assert_true(lives("e"));
}

static void test_sessions_end_one_by_one_or_together(void **state)
{
    (void)state;
    int64_t changed = -1;
    begin("a");
    begin("b");
    begin("c");
    assert_int_equal(db_run(db, STMT_session_drop_by_public_id, DB_ARGS(db_int(account + 1), db_text(STR("public-a"))), &changed), OK);
    assert_int_equal(changed, 0);
    store_do(db, STMT_session_drop_by_public_id, DB_ARGS(db_int(account), db_text(STR("public-a"))));
    store_do(db, STMT_session_drop, DB_ARGS(db_blob(STR("b"))));
    assert_false(lives("a") || lives("b"));
    assert_true(lives("c"));
    store_do(db, STMT_session_drop_of_account, DB_ARGS(db_int(account)));
    assert_false(lives("c"));
}

static void test_sweeping_takes_the_dead_in_portions(void **state)
{
    (void)state;
    int64_t changed = -1;
    for (int i = 0; i < 600; i++) assert_int_equal(begin_as(arena_print(arena, "s%d", i).p, 2, "hash", NOW), 1);
    assert_int_equal(db_run(db, STMT_session_sweep, DB_ARGS(db_int(LATER - 1)), &changed), OK);
    assert_int_equal(changed, 0);
    assert_int_equal(db_run(db, STMT_session_sweep, DB_ARGS(db_int(LATER)), &changed), OK);
    assert_int_equal(changed, 500);
    assert_int_equal(db_run(db, STMT_session_sweep, DB_ARGS(db_int(LATER)), &changed), OK);
    assert_int_equal(changed, 100);
}

/* --- throttling --- */

static int64_t count_at(const char *bucket, int64_t now)
{
    return store_int(db, STMT_throttle_count, DB_ARGS(db_text(str_of(bucket)), db_blob(STR("key")), db_int(now), db_int(now + 100)));
}

static void look_at(int64_t now, int64_t *count, int64_t *until)
{
    struct rows rows;
    *count = *until = -1;
    assert_int_equal(db_select(db, STMT_throttle_get, DB_ARGS(db_text(STR("sign-in")), db_blob(STR("key")), db_int(now)), &rows), OK);
    while (row_next(&rows)) {
        *count = row_int(&rows, 0);
        *until = row_int(&rows, 1);
    }
    assert_int_equal(rows_end(&rows), OK);
}

static void assert_throttled(int64_t now, int64_t count, int64_t until)
{
    int64_t is_count, is_until;
    look_at(now, &is_count, &is_until);
    assert_int_equal(is_count, count);
    assert_int_equal(is_until, until);
}

static void test_counting_begins_again_after_its_time(void **state)
{
    (void)state;
    assert_throttled(NOW, -1, -1);
    for (int64_t i = 1; i <= 3; i++) assert_int_equal(count_at("sign-in", NOW + i), i);
    assert_int_equal(count_at("other", NOW), 1);
    assert_throttled(NOW + 100, 3, 0);
    assert_throttled(NOW + 101, -1, -1);
    assert_int_equal(count_at("sign-in", NOW + 101), 1);
}

static void test_a_pause_outlasts_the_count(void **state)
{
    (void)state;
    count_at("sign-in", NOW);
    store_do(db, STMT_throttle_pause, DB_ARGS(db_text(STR("sign-in")), db_blob(STR("key")), db_int(NOW + 500)));
    assert_throttled(NOW + 300, 1, NOW + 500);
    assert_int_equal(count_at("sign-in", NOW + 300), 2);
    assert_throttled(NOW + 301, 2, NOW + 500);
    store_do(db, STMT_throttle_uncount, DB_ARGS(db_text(STR("sign-in")), db_blob(STR("key"))));
    assert_throttled(NOW + 301, 1, 0);
    store_do(db, STMT_throttle_forget, DB_ARGS(db_text(STR("sign-in")), db_blob(STR("key"))));
    assert_throttled(NOW + 301, -1, -1);
    store_do(db, STMT_throttle_uncount, DB_ARGS(db_text(STR("sign-in")), db_blob(STR("key"))));
    assert_throttled(NOW + 301, -1, -1);
}

static void test_old_counts_are_swept(void **state)
{
    (void)state;
    struct throttle_walk walk = {.bucket_length = 0};
    bool more = true;
    count_at("sign-in", NOW);
    count_at("other", NOW + 50);
    assert_int_equal(throttle_sweep(db, NOW + 99, &walk, &more), OK);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM throttle"), 2);
    assert_int_equal(throttle_sweep(db, NOW + 100, &walk, &more), OK);
    assert_false(more);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM throttle"), 1);
    assert_throttled(NOW + 1, -1, -1);
}

/* However many there are: each step is bounded, none is left out, and what still counts stays. */
static void test_the_sweep_walks_over_all(void **state)
{
    (void)state;
    struct throttle_walk walk = {.bucket_length = 0};
    bool more = true;
    (void)store_count(db, "INSERT INTO throttle (bucket, key, count, paused_until, expires_at) WITH RECURSIVE n(i) AS"
                          " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) SELECT 'bucket' || (i % 3), CAST(printf('%032d', i) AS BLOB), 1, 0,"
                          " i % 10 FROM n RETURNING 1");
    for (int steps = 1; more; steps++) {
        assert_int_equal(throttle_sweep(db, 8, &walk, &more), OK);
        assert_int_equal(more, steps < 3);
        assert_true(store_count(db, "SELECT COUNT(*) FROM throttle") >= 1200 - 500 * steps);
    }
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM throttle"), 120);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM throttle WHERE expires_at <= 8"), 0);
    (void)store_count(db, "UPDATE throttle SET expires_at = 8 WHERE bucket = 'bucket0' RETURNING 1");
    assert_int_equal(throttle_sweep(db, 8, &walk, &more), OK);                    /* from the first again */
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM throttle"), 80);
}

int main(void)
{
#define ROW_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ROW_TEST(test_a_session_brings_its_account),
        ROW_TEST(test_only_the_exact_hash_is_a_session),
        ROW_TEST(test_a_session_ends_by_time),
        ROW_TEST(test_a_session_dies_with_what_it_stands_on),
        ROW_TEST(test_no_session_begins_on_what_changed_meanwhile),
        ROW_TEST(test_last_use_is_written_once_a_minute),
        ROW_TEST(test_the_oldest_sessions_end_first),
        ROW_TEST(test_sessions_end_one_by_one_or_together),
        ROW_TEST(test_sweeping_takes_the_dead_in_portions),
        ROW_TEST(test_counting_begins_again_after_its_time),
        ROW_TEST(test_a_pause_outlasts_the_count),
        ROW_TEST(test_old_counts_are_swept), ROW_TEST(test_the_sweep_walks_over_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
