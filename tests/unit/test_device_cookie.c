/* Guessing from everywhere at once: the cap of a name over all networks, the browsers that it does not pause, and the alarm when
   everybody's name is tried. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/known_device.h"
#include "account/session.h"
#include "account/state.h"
#include "base/encode.h"
#include "base/json_memory.h"
#include "base/log.h"
#include "store/user_store.h"
#include "support/portal_support.h"
#include "support/store_support.h"

enum { NOW = 1800000000, CAP = 12, A_YEAR = 365 * 86400, TEN_MINUTES = 600 };

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"options\":{},\"fields\":{}},"
    "{\"name\":\"partner\",\"strategy\":\"ad\",\"options\":{},\"fields\":{}}],"
    "\"users\":[{\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"ada@example.com\",\"username\":\"ada\"},"
    " {\"connection\":\"customers\",\"user_id\":\"ben\",\"email\":\"ben@example.com\"},"
    " {\"connection\":\"customers\",\"user_id\":\"mia\",\"email\":\"mia@example.com\"},"
    " {\"connection\":\"partner\",\"user_id\":\"mia\",\"email\":\"mia@example.com\"}]}";

static struct arena *lasting, *arena;
static struct options options;
static struct portal portal;
static struct visit visit;
static SignIn result;
static struct store_place place;
static pthread_mutex_t *write_lock;
static int64_t place_number;          /* every guess comes from another network */

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
    options.login_failures_per_account = CAP;
    options.spray_alarm = 0;
    place_number = 0;
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

static enum sign_in_outcome sign_in_with(Str device, const char *identifier, const char *password, const char *connection)
{
    visit.device = device;
    Error error = session_sign_in(&portal, &visit, str_of(identifier), str_of(password), str_of(connection), STR_NONE, &result);
    visit.device = STR_NONE;
    assert_int_equal(error, OK);
    assert_false(db_in_transaction(portal.db));
    assert_true((result.outcome == SIGN_IN_OK) == (result.device.n > 0));
    return result.outcome;
}

/* A stranger, from a network where nobody was before. */
static enum sign_in_outcome from_elsewhere(const char *identifier, const char *password)
{
    Str home = visit.peer;
    place_number++;
    visit.peer = arena_print(arena, "10.%d.%d.1", (int)(place_number / 250), (int)(place_number % 250));
    enum sign_in_outcome outcome = sign_in_with(STR_NONE, identifier, password, NULL);
    visit.peer = home;
    return outcome;
}

static void fail_elsewhere(const char *identifier, int64_t times)
{
    for (int64_t i = 0; i < times; i++) assert_int_equal(from_elsewhere(identifier, "wrong"), SIGN_IN_REFUSED);
}

static void expect_pause(const char *identifier, int64_t seconds)
{
    assert_int_equal(from_elsewhere(identifier, "correct"), SIGN_IN_PAUSED);
    assert_int_equal(result.retry_after, seconds);
}

static Str device_of_person(const char *identifier)
{
    assert_int_equal(sign_in_with(STR_NONE, identifier, "correct", NULL), SIGN_IN_OK);
    return result.device;
}

static struct user user_of(const char *identifier)
{
    struct user user;
    assert_int_equal(user_get(portal.db, arena, portal_account(&portal, arena, identifier), &user), OK);
    return user;
}

static bool knows(Str device, const char *identifier)
{
    struct known_device found;
    visit.device = device;
    assert_int_equal(known_device_find(&portal, &visit, identifier_key(arena, str_of(identifier)), &found), OK);
    visit.device = STR_NONE;
    return found.account != 0;
}

/* --- the cap --- */

static void test_the_cap_of_a_name(void **state)   /* O14 */
{
    static const int64_t pauses[] = {60, 300, 1500, 3600, 3600};
    (void)state;
    fail_elsewhere("ada", CAP);
    for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
        expect_pause("ada", pauses[i]);
        visit.now += pauses[i];
        fail_elsewhere("ada", 1);
    }
    visit.now += 3600;
    assert_int_equal(from_elsewhere("ada", "correct"), SIGN_IN_OK);      /* O15: never for good */
}

static void test_the_cap_is_for_whoever_it_is(void **state)   /* A1 */
{
    static const char *const names[] = {"nobody@example.com", "no name at all", "+44 20 7946 0099"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        fail_elsewhere(names[i], CAP);
        expect_pause(names[i], 60);
    }
    assert_int_equal(from_elsewhere("ada", "correct"), SIGN_IN_OK);
}

/* Three names are not three times the guesses. */
static void test_the_cap_is_the_accounts(void **state)   /* O14 */
{
    (void)state;
    fail_elsewhere("ada", CAP / 2);
    fail_elsewhere("ada@example.com", CAP - CAP / 2);
    expect_pause("ADA ", 60);
    expect_pause("ada@example.com", 60);
}

/* At one address they do not pause together: else a few guesses would tell that two names are one person's. */
static void test_names_of_one_account_do_not_pause_together(void **state)   /* A1 */
{
    (void)state;
    for (int64_t i = 0; i < options.login_failures; i++)
        assert_int_equal(sign_in_with(STR_NONE, "ada", "wrong", NULL), SIGN_IN_REFUSED);
    assert_int_equal(sign_in_with(STR_NONE, "ada", "correct", NULL), SIGN_IN_PAUSED);
    assert_int_equal(sign_in_with(STR_NONE, "ada@example.com", "wrong", NULL), SIGN_IN_REFUSED);
}

static void test_a_success_clears_the_cap(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        fail_elsewhere("ada", CAP - 1);
        assert_int_equal(from_elsewhere("ada", "correct"), SIGN_IN_OK);
    }
}

static void test_failures_of_many_days_add_up(void **state)
{
    (void)state;
    for (int i = 0; i < CAP; i++) {
        fail_elsewhere("ada", 1);
        visit.now += 86400;
    }
    visit.now -= 86400;
    expect_pause("ada", 60);
}

static void test_who_was_paused_counts_for_nothing(void **state)
{
    (void)state;
    fail_elsewhere("ada", CAP);
    for (int i = 0; i < 50; i++) assert_int_equal(from_elsewhere("ada", "wrong"), SIGN_IN_PAUSED);
    visit.now += 60;
    fail_elsewhere("ada", 1);
    expect_pause("ada", 300);
}

static int one_of_many(int number)
{
    struct portal own = portal;
    SignIn answer;
    own.db = store_open(&place, write_lock);
    own.directory_arena = NULL;
    visit.arena = arena_open(0);
    visit.peer = arena_print(visit.arena, "10.99.%d.1", number);
    json_memory_use(visit.arena);
    Error error = session_sign_in(&own, &visit, STR("ada"), STR("wrong"), STR_NONE, STR_NONE, &answer);
    db_close(own.db);
    return error ? 100 : (int)answer.outcome;
}

static void test_attempts_at_the_same_moment_are_all_counted(void **state)   /* A13 */
{
    enum { MANY = 8 };
    int counts[101] = {0}, status;
    (void)state;
    fail_elsewhere("ada", CAP - 3);
    for (int i = 0; i < MANY; i++)
        if (fork() == 0) _exit(one_of_many(i));
    for (int i = 0; i < MANY; i++) {
        assert_true(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) <= 100);
        counts[WEXITSTATUS(status)]++;
    }
    assert_int_equal(counts[SIGN_IN_REFUSED], 3);
    assert_int_equal(counts[SIGN_IN_PAUSED], MANY - 3);
}

/* --- what ends it --- */

static void test_forgiven_for_every_name(void **state)
{
    (void)state;
    struct user ada = user_of("ada");
    fail_elsewhere("ada", CAP - 1);
    fail_elsewhere("ada@example.com", 1);
    expect_pause("ada", 60);
    expect_pause("ada@example.com", 60);
    assert_int_equal(db_begin(portal.db), OK);
    assert_int_equal(session_forgive(&portal, &visit, &ada), OK);
    assert_int_equal(db_commit(portal.db), OK);
    assert_int_equal(from_elsewhere("ada", "correct"), SIGN_IN_OK);
    assert_int_equal(from_elsewhere("ada@example.com", "correct"), SIGN_IN_OK);
}

static void test_unblocking_ends_the_pause(void **state)
{
    (void)state;
    struct user ada = user_of("ada");
    fail_elsewhere("ada", CAP);
    assert_int_equal(account_block(&portal, &visit, ACTOR_OPERATOR, &ada, false, STR_NONE), OK);
    assert_int_equal(from_elsewhere("ada", "correct"), SIGN_IN_OK);
    fail_elsewhere("ada", CAP);
    assert_int_equal(account_set_password(&portal, &visit, ACTOR_OPERATOR, &ada, ada.password_hash), OK);
    assert_int_equal(from_elsewhere("ada", "correct"), SIGN_IN_OK);
}

/* --- known devices --- */

static void test_a_known_device_is_not_paused_by_others(void **state)   /* O15 */
{
    (void)state;
    Str device = device_of_person("ada");
    fail_elsewhere("ada", CAP);
    expect_pause("ada", 60);
    assert_int_equal(sign_in_with(device, "ada", "wrong", NULL), SIGN_IN_REFUSED);
    assert_int_equal(sign_in_with(device, "ada", "correct", NULL), SIGN_IN_OK);
    fail_elsewhere("ada@example.com", CAP);
    assert_int_equal(sign_in_with(device, " ADA@example.com", "correct", NULL), SIGN_IN_OK);
}

/* Nor by those behind the same address, or in the same network. */
static void test_a_known_device_is_not_paused_by_its_neighbours(void **state)   /* O15 */
{
    (void)state;
    options.login_failures_per_network = 20;
    Str device = device_of_person("ada");
    for (int i = 0; i < 10; i++) assert_int_equal(sign_in_with(STR_NONE, "ada", "wrong", NULL), SIGN_IN_REFUSED);
    for (int i = 0; i < 10; i++) assert_int_equal(sign_in_with(STR_NONE, "nobody", "wrong", NULL), SIGN_IN_REFUSED);
    assert_int_equal(sign_in_with(STR_NONE, "ada", "correct", NULL), SIGN_IN_PAUSED);
    assert_int_equal(sign_in_with(STR_NONE, "ben@example.com", "correct", NULL), SIGN_IN_PAUSED);
    assert_int_equal(sign_in_with(device, "ada", "correct", NULL), SIGN_IN_OK);
}

static void test_a_known_device_has_a_count_of_its_own(void **state)
{
    (void)state;
    Str device = device_of_person("ada");
    for (int64_t i = 0; i < options.login_failures; i++)
        assert_int_equal(sign_in_with(device, i % 2 ? "ada" : "ada@example.com", "wrong", NULL), SIGN_IN_REFUSED);
    assert_int_equal(sign_in_with(device, "ada", "correct", NULL), SIGN_IN_PAUSED);
    assert_int_equal(result.retry_after, 60);
    visit.peer = STR("198.51.100.1");
    assert_int_equal(sign_in_with(device, "ada", "correct", NULL), SIGN_IN_PAUSED);
    assert_int_equal(from_elsewhere("ada", "correct"), SIGN_IN_OK);      /* nobody else waits for it */
    visit.now += 60;
    assert_int_equal(sign_in_with(device, "ada", "correct", NULL), SIGN_IN_OK);
    assert_int_equal(sign_in_with(device, "ada", "wrong", NULL), SIGN_IN_REFUSED);
}

static void test_a_device_is_known_for_its_accounts_alone(void **state)
{
    (void)state;
    Str device = device_of_person("ada");
    assert_true(knows(device, "ada") && knows(device, "ada@example.com"));
    assert_false(knows(device, "ben@example.com") || knows(device, "nobody") || knows(device, ""));
    fail_elsewhere("ben@example.com", CAP);
    assert_int_equal(sign_in_with(device, "ben@example.com", "correct", NULL), SIGN_IN_PAUSED);
    fail_elsewhere("nobody", CAP);
    assert_int_equal(sign_in_with(device, "nobody", "correct", NULL), SIGN_IN_PAUSED);
}

/* Two accounts of one name are two people. */
static void test_a_name_in_another_connection_is_another_account(void **state)
{
    (void)state;
    Str device = device_of_person("mia@example.com");
    fail_elsewhere("mia@example.com", CAP);
    assert_int_equal(sign_in_with(device, "mia@example.com", "correct", "partner"), SIGN_IN_PAUSED);
    assert_int_equal(sign_in_with(device, "mia@example.com", "correct", "customers"), SIGN_IN_OK);
}

static void test_a_browser_of_several_people(void **state)
{
    (void)state;
    Str device = device_of_person("ada");
    assert_int_equal(sign_in_with(device, "ben@example.com", "correct", NULL), SIGN_IN_OK);
    assert_true(knows(result.device, "ada") && knows(result.device, "ben@example.com"));
    for (int i = 0; i < 20; i++)
        assert_int_equal(sign_in_with(result.device, i % 2 ? "ada" : "ben@example.com", "correct", NULL), SIGN_IN_OK);
    assert_true(knows(result.device, "ada") && knows(result.device, "ben@example.com"));
    assert_true(result.device.n < 400);
    for (int64_t account = 1000; account < 1010; account++) {
        visit.device = result.device;
        result.device = known_device_cookie(&portal, &visit, account, 0);
    }
    assert_false(knows(result.device, "ada"));
    assert_true(result.device.n < 400);
}

static void test_a_device_is_forgotten_with_the_epoch(void **state)   /* E4 */
{
    (void)state;
    Str device = device_of_person("ada");
    struct user ada = user_of("ada");
    store_do(portal.db, STMT_account_epoch, DB_ARGS(db_int(ada.id)));
    assert_false(knows(device, "ada"));
    assert_true(knows(known_device_renewed(&portal, &visit, ada.id), "ada"));
    assert_int_equal(known_device_renewed(&portal, &visit, 4711).n, 0);
    portal_drop(&portal, &ada);
    assert_false(knows(device, "ada"));
}

static void test_a_device_is_forgotten_after_a_year(void **state)
{
    (void)state;
    Str device = device_of_person("ada");
    visit.now += A_YEAR - 1;
    assert_true(knows(device, "ada"));
    visit.now += 1;
    assert_false(knows(device, "ada"));
}

static void test_only_our_own_cookie_is_one(void **state)
{
    (void)state;
    Str device = device_of_person("ada"), long_one = device;
    char text[1000];
    while (long_one.n < 5000) long_one = arena_join(arena, long_one, device);
    const Str wrong[] = {STR_NONE, STR(""), str_first(device, device.n - 1), str_after(device, 1), arena_join(arena, device, STR("A")),
                         arena_join(arena, device, device), long_one, STR("../../etc/passwd"),
                         base64url_encode(arena, keys_seal(arena, portal.keys, STR("number\n1 0 1800000000"), STR("typed")))};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (knows(wrong[i], "ada")) fail_msg("row %zu", i);
    assert_true(device.n < sizeof text);
    for (size_t i = 0; i + 1 < device.n; i++) {
        memcpy(text, device.p, device.n);
        text[i] = text[i] == 'A' ? 'B' : 'A';
        if (knows((Str){text, device.n}, "ada")) fail_msg("byte %zu", i);
    }
    assert_true(knows(device, "ada"));
}

static void test_the_cookie_tells_nothing(void **state)
{
    Str sealed;
    (void)state;
    Str first = device_of_person("ada"), second = device_of_person("ada");
    assert_false(str_eq(first, second));
    assert_true(base64url_decode(arena, first, &sealed));
    assert_null(memmem(sealed.p, sealed.n, "1800000000", 10));
    assert_int_equal(sign_in_with(first, "ada", "wrong", NULL), SIGN_IN_REFUSED);
    assert_int_equal(sign_in_with(second, "bob", "wrong", NULL), SIGN_IN_REFUSED);
}

static void test_a_confirmed_password_makes_it_known(void **state)
{
    struct session session;
    SignIn confirmed;
    (void)state;
    assert_int_equal(sign_in_with(STR_NONE, "ada", "correct", NULL), SIGN_IN_OK);
    assert_int_equal(session_find(&portal, &visit, result.cookie, &session), OK);
    assert_int_equal(session_confirm(&portal, &visit, &session, STR("wrong"), &confirmed), OK);
    assert_int_equal(confirmed.device.n, 0);
    assert_int_equal(session_confirm(&portal, &visit, &session, STR("correct"), &confirmed), OK);
    assert_true(knows(confirmed.device, "ada"));
}

/* --- the alarm --- */

static int64_t alarms(void)
{
    return store_count(portal.db,
        "SELECT COUNT(*) FROM audit WHERE action = 'signin.spray' AND actor = 'system' AND outcome = 'refused'"
        " AND reason = '5 names' AND user_id IS NULL AND actor_id || peer = '' AND fields = '[]'");
}

static void fail_names(int from, int count)
{
    for (int i = from; i < from + count; i++) fail_elsewhere(arena_print(arena, "name%d@example.com", i).p, 1);
}

static void test_the_alarm_comes_once(void **state)   /* O14: one password for everybody */
{
    int pipes[2];
    char line[4096] = "";
    (void)state;
    options.spray_alarm = 5;
    assert_int_equal(pipe(pipes), 0);
    log_to(pipes[1]);
    fail_names(0, 4);
    fail_names(0, 4);                       /* the same names again are no others */
    assert_int_equal(from_elsewhere("ada", "correct"), SIGN_IN_OK);
    assert_int_equal(alarms(), 0);
    fail_names(4, 30);
    log_to(2);
    close(pipes[1]);
    assert_true(read(pipes[0], line, sizeof line - 1) > 0);
    close(pipes[0]);
    assert_int_equal(alarms(), 1);
    assert_non_null(strstr(line, "warning"));
    assert_non_null(strstr(line, "5 different names"));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    assert_null(strstr(line, "name4") ? line : strstr(line, "10."));
}

static void test_the_alarm_comes_again_later(void **state)
{
    (void)state;
    options.spray_alarm = 5;
    log_to(-1);
    fail_names(0, 4);
    visit.now += TEN_MINUTES;
    fail_names(10, 4);
    assert_int_equal(alarms(), 0);
    fail_names(0, 1);
    assert_int_equal(alarms(), 1);
    visit.now += TEN_MINUTES;
    fail_names(0, 5);
    assert_int_equal(alarms(), 2);
    log_to(2);
}

static void test_no_alarm_where_none_is_wanted(void **state)
{
    (void)state;
    fail_names(0, 30);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'signin.spray'"), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_the_cap_of_a_name), CASE(test_the_cap_is_for_whoever_it_is), CASE(test_the_cap_is_the_accounts),
        CASE(test_names_of_one_account_do_not_pause_together),
        CASE(test_a_success_clears_the_cap), CASE(test_failures_of_many_days_add_up), CASE(test_who_was_paused_counts_for_nothing),
        CASE(test_attempts_at_the_same_moment_are_all_counted), CASE(test_forgiven_for_every_name),
        CASE(test_unblocking_ends_the_pause), CASE(test_a_known_device_is_not_paused_by_others),
        CASE(test_a_known_device_is_not_paused_by_its_neighbours), CASE(test_a_known_device_has_a_count_of_its_own),
        CASE(test_a_device_is_known_for_its_accounts_alone), CASE(test_a_name_in_another_connection_is_another_account),
        CASE(test_a_browser_of_several_people), CASE(test_a_device_is_forgotten_with_the_epoch),
        CASE(test_a_device_is_forgotten_after_a_year), CASE(test_only_our_own_cookie_is_one), CASE(test_the_cookie_tells_nothing),
        CASE(test_a_confirmed_password_makes_it_known), CASE(test_the_alarm_comes_once), CASE(test_the_alarm_comes_again_later),
        CASE(test_no_alarm_where_none_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
