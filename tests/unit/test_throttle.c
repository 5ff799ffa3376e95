/* Guessing passwords: how many guesses are ever looked at, who is paused for how long, and what a busy portal does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/session.h"
#include "account/state.h"
#include "account/throttle.h"
#include "base/json_memory.h"
#include "store/user_store.h"
#include "support/portal_support.h"
#include "support/store_support.h"

enum { NOW = 1800000000 };

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"options\":{},\"fields\":{}}],"
    "\"users\":[{\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"ada@example.com\",\"username\":\"ada\"},"
    " {\"connection\":\"customers\",\"user_id\":\"ben\",\"email\":\"ben@example.com\"}]}";

static struct arena *lasting, *arena;
static struct options options;
static struct portal portal;
static struct visit visit;
static SignIn result;
static struct store_place place;
static pthread_mutex_t *write_lock;

static int set_up(void **state)
{
    (void)state;
    lasting = arena_open(0);
    arena = arena_open(0);
    store_place_make(&place);
    store_migrate(&place);
    write_lock = store_lock();
    portal_make(&portal, &options, lasting, store_open(&place, write_lock), people);
    json_memory_use(arena);
    visit = (struct visit){.arena = arena, .now = NOW, .request_id = STR(""), .peer = STR("192.0.2.7"), .user_agent = STR("")};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    portal_close(&portal);
    db_close(portal.db);
    json_memory_use(NULL);
    arena_close(arena);
    arena_close(lasting);
    store_place_remove(&place);
    return 0;
}

static enum sign_in_outcome sign_in(const char *identifier, const char *password)
{
    Error error = session_sign_in(&portal, &visit, str_of(identifier), str_of(password), STR_NONE, STR_NONE, &result);
    assert_int_equal(error, OK);
    return result.outcome;
}

static void fail_times(const char *identifier, int64_t times)
{
    for (int64_t i = 0; i < times; i++) assert_int_equal(sign_in(identifier, "wrong"), SIGN_IN_REFUSED);
}

static void expect_pause(const char *identifier, int64_t seconds)
{
    assert_int_equal(sign_in(identifier, "correct"), SIGN_IN_PAUSED);
    assert_int_equal(result.retry_after, seconds);
}

/* --- pauses --- */

static void test_the_ladder(void **state)
{
    static const int64_t pauses[] = {60, 300, 600, 600, 600};
    (void)state;
    fail_times("ada", options.login_failures);
    for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
        expect_pause("ada", pauses[i]);
        visit.now += pauses[i] - 1;
        expect_pause("ada", 1);
        visit.now += 1;
        fail_times("ada", 1);
    }
}

static void test_a_pause_longer_than_the_ladder(void **state)
{
    (void)state;
    options.login_pause_seconds = 3600;
    fail_times("ada", options.login_failures);
    expect_pause("ada", 3600);
}

static void test_a_pause_is_for_whoever_it_is(void **state)   /* A1: an unknown name pauses as a known one does */
{
    (void)state;
    fail_times("nobody@example.com", options.login_failures);
    expect_pause("nobody@example.com", 60);
    fail_times("no name at all", options.login_failures);
    expect_pause("no name at all", 60);
}

static void test_the_right_password_forgets(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        fail_times("ada", options.login_failures - 1);
        assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
    }
}

static void test_a_count_is_over_after_a_day(void **state)
{
    (void)state;
    fail_times("ada", options.login_failures - 1);
    visit.now += 86400;
    fail_times("ada", options.login_failures - 1);
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
}

static void test_others_are_not_paused(void **state)   /* O15 */
{
    (void)state;
    fail_times("ada", options.login_failures);
    expect_pause("ADA ", 60);
    assert_int_equal(sign_in("ben@example.com", "correct"), SIGN_IN_OK);
    visit.peer = STR("192.0.2.8");
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
}

/* The names of one account are one account's from all addresses together, and what a sign-in by one of them forgives is all of it. */
static void test_three_names_are_not_three_times_the_guesses(void **state)
{
    (void)state;
    options.login_failures_per_account = 12;
    for (int i = 0; i < 12; i++) {
        visit.peer = arena_print(arena, "192.0.%d.1", i);
        fail_times(i % 2 ? "ada" : "ada@example.com", 1);
        if (i == 5) assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
    }
    assert_int_equal(sign_in("ben@example.com", "correct"), SIGN_IN_OK);
    fail_times("ada", 6);
    visit.peer = STR("198.51.100.1");
    expect_pause("ada", 60);
    expect_pause("ada@example.com", 60);
}

static void test_names_of_nobody_pause_everywhere(void **state)
{
    (void)state;
    options.login_failures_per_account = 12;
    for (int i = 0; i < 12; i++) {
        visit.peer = arena_print(arena, "192.0.%d.1", i);
        fail_times("nobody@example.com", 1);
    }
    visit.peer = STR("198.51.100.1");
    expect_pause("nobody@example.com", 60);
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
}

/* Whoever has one address of IPv6 has 2^64 of them. */
static void test_a_fresh_address_of_the_same_network_does_not_help(void **state)   /* O14 */
{
    (void)state;
    for (int64_t i = 0; i < options.login_failures; i++) {
        visit.peer = arena_print(arena, "2001:db8:1:2::%llx", (unsigned long long)i + 1);
        fail_times("ada", 1);
    }
    visit.peer = STR("2001:db8:1:2:ffff::1");
    expect_pause("ada", 60);
    visit.peer = STR("2001:db8:1:3::1");
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
}

static void test_one_password_for_many_names(void **state)   /* O14: spraying */
{
    (void)state;
    options.login_failures_per_network = 5;
    for (int i = 0; i < 5; i++) {
        visit.peer = arena_print(arena, "192.0.2.%d", i + 1);
        fail_times(arena_print(arena, "name%d@example.com", i).p, 1);
    }
    expect_pause("ada", 600);
    visit.peer = STR("192.0.3.1");
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
    visit.peer = STR("192.0.2.1");
    visit.now += 600;
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
}

static void test_networks(void **state)
{
    static const char *const rows[][2] = {
        {"192.0.2.7", "192.0.2.0/24"}, {"255.255.255.255", "255.255.255.0/24"}, {"::ffff:192.0.2.7", "192.0.2.0/24"},
        {"2001:db8::1", "2001:0db8:0000:0000::/64"}, {"2001:db8:0:0:ffff::", "2001:0db8:0000:0000::/64"},
        {"", "unknown"}, {"192.0.2", "unknown"}, {"fe80::1%eth0", "unknown"}, {"example.com", "unknown"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str network = throttle_network(arena, str_of(rows[i][0]));
        if (!str_is(network, rows[i][1])) fail_msg("%s: %.*s", rows[i][0], STR_ARGS(network));
    }
}

static void test_the_table_names_nobody(void **state)
{
    (void)state;
    fail_times("ada@example.com", 1);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM throttle"), 5);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM throttle WHERE length(key) = 32"), 5);
}

/* --- many at once --- */

static int one_of_many(const char *password)
{
    struct portal own = portal;
    own.db = store_open(&place, write_lock);
    SignIn answer;
    visit.arena = arena_open(0);
    json_memory_use(visit.arena);
    own.directory_arena = NULL;
    Error error = session_sign_in(&own, &visit, STR("ada"), str_of(password), STR_NONE, STR_NONE, &answer);
    db_close(own.db);
    return error ? 100 : (int)answer.outcome;
}

static void test_attempts_at_the_same_moment_are_all_counted(void **state)   /* A13 */
{
    enum { MANY = 8 };
    (void)state;
    int counts[101] = {0}, status;
    fail_times("ada", options.login_failures - 3);
    for (int i = 0; i < MANY; i++)
        if (fork() == 0) _exit(one_of_many("wrong"));
    for (int i = 0; i < MANY; i++) {
        assert_true(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) <= 100);
        counts[WEXITSTATUS(status)]++;
    }
    assert_int_equal(counts[SIGN_IN_REFUSED], 3);
    assert_int_equal(counts[SIGN_IN_PAUSED], MANY - 3);
}

/* --- busy, and what happens meanwhile --- */

static void test_busy_costs_nothing(void **state)
{
    static unsigned char slots[2] = {1, 0};
    (void)state;
    struct hashing idle = portal.hashing;
    portal.hashing.job_socket = 0;
    portal.hashing.slots = slots;
    portal.hashing.slot_count = 2;
    portal.hashing.own_slot = 1;
    for (int64_t i = 0; i < 2 * options.login_failures; i++) {
        assert_int_equal(sign_in("ada", "correct"), SIGN_IN_BUSY);
        assert_true(result.retry_after > 0);
    }
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'session.start'"), 0);
    portal.hashing = idle;
    fail_times("ada", options.login_failures - 1);
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
}

static void set_hash(const char *password, HashCost cost)
{
    Str hash;
    assert_int_equal(argon2_hash(arena, cost, str_of(password), &hash), OK);
    int64_t ada = portal_account(&portal, arena, "ada");
    store_do(portal.db, STMT_account_password, DB_ARGS(db_int(ada), db_text(hash), db_int(A_DAY_IN_2026)));
}

static Str stored_hash(void)
{
    struct user user;
    assert_int_equal(user_get(portal.db, arena, portal_account(&portal, arena, "ada"), &user), OK);
    return user.password_hash;
}

static void test_an_old_hash_is_made_new(void **state)
{
    (void)state;
    set_hash("correct", (HashCost){16, 1});
    Str old = stored_hash();
    int64_t epoch = store_count(portal.db, "SELECT epoch FROM account WHERE user_id = 'local|ada'");
    fail_times("ada", 1);
    assert_true(str_eq(stored_hash(), old));
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
    Str first = result.cookie, made = stored_hash();
    assert_true(argon2_is_current(made, portal.hashing.cost));
    assert_int_equal(store_count(portal.db, "SELECT epoch FROM account WHERE user_id = 'local|ada'"), epoch);
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
    assert_true(str_eq(stored_hash(), made));
    struct session session;
    assert_int_equal(session_find(&portal, &visit, first, &session), OK);
}

/* A hasher that lets something happen to the account before it answers. */
static pid_t slow_hasher(const int queue[2], void (*meanwhile)(void))
{
    static const int never = 0;
    pid_t pid = fork();
    if (pid != 0) return pid;
    close(queue[1]);
    struct pollfd job = {.fd = queue[0], .events = POLLIN};
    (void)!poll(&job, 1, 10000);
    portal.db = store_open(&place, write_lock);
    meanwhile();
    db_close(portal.db);
    hashing_serve(queue[0], portal.hashing.cost, &never);
    _exit(0);
}

static void sign_in_while(void (*meanwhile)(void))
{
    static unsigned char slots[2];
    int queue[2];
    struct hashing idle = portal.hashing;
    assert_int_equal(hashing_queue(queue), OK);
    pid_t pid = slow_hasher(queue, meanwhile);
    close(queue[0]);
    portal.hashing.job_socket = queue[1];
    portal.hashing.slots = slots;
    portal.hashing.slot_count = 2;
    portal.hashing.wait_ms = 10000;
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_BUSY);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM session"), 0);
    assert_int_equal(store_count(portal.db, "SELECT SUM(logins_count) FROM account"), 0);
    close(queue[1]);
    waitpid(pid, NULL, 0);
    portal.hashing = idle;
}

static void block_ada(void)
{
    store_do(portal.db, STMT_account_block, DB_ARGS(db_int(portal_account(&portal, arena, "ada")), db_text(STR_NONE)));
}

static void change_password(void)
{
    set_hash("another", portal.hashing.cost);
}

static void delete_ada(void)
{
    store_do(portal.db, STMT_profile_delete, DB_ARGS(db_int(portal_account(&portal, arena, "ada"))));
}

/* As a sign-in beside this one does. */
static void rehash(void)
{
    Str hash;
    assert_int_equal(argon2_hash(arena, portal.hashing.cost, STR("correct"), &hash), OK);
    store_do(portal.db, STMT_account_rehash,
             DB_ARGS(db_int(portal_account(&portal, arena, "ada")), db_text(stored_hash()), db_text(hash)));
}

static void test_no_session_on_a_hash_made_new_meanwhile(void **state)
{
    (void)state;
    sign_in_while(rehash);
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
}

static void test_no_session_when_blocked_meanwhile(void **state)
{
    (void)state;
    sign_in_while(block_ada);
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_BLOCKED);
}

static void test_no_session_on_a_password_replaced_meanwhile(void **state)
{
    (void)state;
    sign_in_while(change_password);
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_REFUSED);
}

static void test_no_session_when_deleted_meanwhile(void **state)
{
    (void)state;
    sign_in_while(delete_ada);
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_REFUSED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_the_ladder), CASE(test_a_pause_longer_than_the_ladder), CASE(test_a_pause_is_for_whoever_it_is),
        CASE(test_the_right_password_forgets), CASE(test_a_count_is_over_after_a_day), CASE(test_others_are_not_paused), CASE(test_three_names_are_not_three_times_the_guesses),
        CASE(test_names_of_nobody_pause_everywhere),
        CASE(test_a_fresh_address_of_the_same_network_does_not_help), CASE(test_one_password_for_many_names), CASE(test_networks),
        CASE(test_the_table_names_nobody), CASE(test_attempts_at_the_same_moment_are_all_counted), CASE(test_busy_costs_nothing),
        CASE(test_an_old_hash_is_made_new), CASE(test_no_session_on_a_hash_made_new_meanwhile),
        CASE(test_no_session_when_blocked_meanwhile), CASE(test_no_session_on_a_password_replaced_meanwhile),
        CASE(test_no_session_when_deleted_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
