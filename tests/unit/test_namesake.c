/* One name, several accounts: whom it means at sign-in and for a forgotten password, whoever else makes an account under it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/outbox.h"
#include "account/password_reset.h"
#include "account/session.h"
#include "base/json_memory.h"
#include "store/user_store.h"
#include "support/arena_test.h"
#include "support/portal_support.h"
#include "support/store_support.h"

enum { NOW = 1800000000 };

/* Acme enables both; whoever is of "open" made the account there. */
static const char places[] =
    "{\"connections\":[{\"name\":\"open\",\"strategy\":\"local\",\"display_name\":\"Open to all\"},"
    " {\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\"},"
    " {\"name\":\"third\",\"strategy\":\"local\"},{\"name\":\"fourth\",\"strategy\":\"local\"}],"
    "\"organizations\":[{\"name\":\"acme\",\"connections\":[\"open\",\"customers\"]}]}";
static const char clara[] =
    "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"clara\",\"email\":\"clara@example.com\",\"email_verified\":true,"
    " \"username\":\"clara\",\"organizations\":[{\"name\":\"acme\",\"home\":true}]}]}";
static const char stranger[] =
    "{\"users\":[{\"connection\":\"open\",\"user_id\":\"stranger\",\"email\":\"clara@example.com\",\"username\":\"clara\"}]}";

static struct arena *lasting, *arena;
static struct options options;
static struct portal portal;
static struct visit visit;
static SignIn result;
static int64_t acme;

static int set_up(void **state)
{
    (void)state;
    lasting = arena_open(0);
    arena = arena_open(0);
    portal_make(&portal, &options, lasting, store_open_memory(), places);
    json_memory_use(arena);
    visit = (struct visit){.arena = arena, .now = NOW, .request_id = STR("r"), .peer = STR("192.0.2.7"), .user_agent = STR("browser")};
    acme = store_count(portal.db, "SELECT id FROM organization WHERE name = 'acme'");
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
    return 0;
}

static int64_t number_of(const char *user_id)
{
    return store_count(portal.db, arena_print(arena, "SELECT id FROM account WHERE user_id = 'local|%s'", user_id).p);
}

/* The password of each is their user_id. */
static void add(const char *json, const char *user_id)
{
    Str hash;
    portal_apply(&portal, arena, json);
    assert_int_equal(argon2_hash(arena, portal.hashing.cost, str_of(user_id), &hash), OK);
    store_do(portal.db, STMT_account_password, DB_ARGS(db_int(number_of(user_id)), db_text(hash), db_int(A_DAY_IN_2026)));
}

static void confirm(const char *user_id, bool confirmed)
{
    Str sql = arena_print(arena, "UPDATE account SET profile = json_set(profile, '$.email_verified', json('%s')) WHERE user_id = 'local|%s'"
                                 " RETURNING 1", confirmed ? "true" : "false", user_id);
    assert_int_equal(store_count(portal.db, sql.p), 1);
}

static enum sign_in_outcome sign_in_to(int64_t door, const char *name, const char *password, const char *connection)
{
    Error error = session_sign_in_at(&portal, &visit, door, str_of(name), str_of(password), str_of(connection), STR_NONE, &result);
    assert_int_equal(error, OK);
    return result.outcome;
}

/* Whose session it is; NULL: nobody got in. */
static const char *who_signs_in(int64_t door, const char *name, const char *password, const char *connection)
{
    struct session session;
    if (sign_in_to(door, name, password, connection) != SIGN_IN_OK) return NULL;
    assert_int_equal(session_find(&portal, &visit, result.cookie, &session), OK);
    return arena_cstr(arena, str_after(session.user.user_id, 6));
}

static void fail_times(const char *name, int64_t times)
{
    for (int64_t i = 0; i < times; i++) assert_int_equal(sign_in_to(0, name, "wrong", NULL), SIGN_IN_REFUSED);
}

/* --- signing in --- */

static void assert_clara_stands_alone(void)
{
    const int64_t doors[] = {0, acme};
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(who_signs_in(doors[i], "clara@example.com", "clara", NULL), "clara");
        assert_null(who_signs_in(doors[i], "clara@example.com", "stranger", NULL));
    }
}

static void test_who_comes_later_takes_nobodys_address(void **state)
{
    (void)state;
    add(clara, "clara");
    add(stranger, "stranger");
    assert_clara_stands_alone();
}

static void test_who_came_first_keeps_nobodys_address(void **state)
{
    (void)state;
    add(stranger, "stranger");
    assert_string_equal(who_signs_in(0, "clara@example.com", "stranger", NULL), "stranger");
    add(clara, "clara");
    assert_clara_stands_alone();
}

static void test_a_connection_that_is_named_is_meant(void **state)
{
    (void)state;
    add(clara, "clara");
    add(stranger, "stranger");
    assert_string_equal(who_signs_in(0, "clara@example.com", "stranger", "open"), "stranger");
    assert_null(who_signs_in(0, "clara@example.com", "clara", "open"));
    assert_string_equal(who_signs_in(acme, "clara@example.com", "clara", "customers"), "clara");
    assert_null(who_signs_in(0, "clara@example.com", "clara", "nowhere"));
}

static void test_of_equals_the_password_decides(void **state)
{
    const int64_t doors[] = {0, acme};
    (void)state;
    add(stranger, "stranger");
    add(clara, "clara");
    confirm("clara", false);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(who_signs_in(doors[i], "clara@example.com", "clara", NULL), "clara");
        assert_string_equal(who_signs_in(doors[i], "clara@example.com", "stranger", NULL), "stranger");
    }
    confirm("clara", true);
    confirm("stranger", true);
    assert_string_equal(who_signs_in(0, "clara@example.com", "clara", NULL), "clara");
    assert_string_equal(who_signs_in(0, "clara@example.com", "stranger", NULL), "stranger");
}

/* Nobody confirms a username: a confirmed address beside it makes it no more theirs. */
static void test_usernames(void **state)
{
    (void)state;
    add(stranger, "stranger");
    add(clara, "clara");
    assert_string_equal(who_signs_in(0, "Clara", "clara", NULL), "clara");
    assert_string_equal(who_signs_in(0, "clara", "stranger", NULL), "stranger");
    assert_string_equal(who_signs_in(acme, "clara", "clara", NULL), "clara");
}

static void test_one_password_for_both(void **state)
{
    (void)state;
    add(stranger, "stranger");
    add(clara, "clara");
    Str hash;
    assert_int_equal(argon2_hash(arena, portal.hashing.cost, STR("same"), &hash), OK);
    const char *const both[] = {"clara", "stranger"};
    for (size_t i = 0; i < 2; i++)
        store_do(portal.db, STMT_account_password, DB_ARGS(db_int(number_of(both[i])), db_text(hash), db_int(A_DAY_IN_2026)));
    assert_string_equal(who_signs_in(0, "clara", "same", NULL), "stranger");
    assert_string_equal(who_signs_in(acme, "clara", "same", NULL), "clara");
}

static void test_a_suspended_namesake(void **state)
{
    (void)state;
    add(stranger, "stranger");
    add(clara, "clara");
    store_count(portal.db, "UPDATE membership SET suspended = 1 RETURNING 1");
    assert_int_equal(sign_in_to(acme, "clara", "clara", NULL), SIGN_IN_SUSPENDED);
    assert_int_equal(sign_in_to(acme, "clara", "stranger", NULL), SIGN_IN_OK);
}

static void test_at_most_three_are_looked_at(void **state)
{
    static const char *const connections[] = {"open", "customers", "third", "fourth"};
    static const char *const names[] = {"first", "second", "next", "last"};
    (void)state;
    for (size_t i = 4; i-- > 0;) {
        add(arena_print(arena, "{\"users\":[{\"connection\":\"%s\",\"user_id\":\"%s\",\"username\":\"moon\",\"email\":\"%s@example.com\"}]}",
                        connections[i], names[i], names[i]).p, names[i]);
    }
    for (size_t i = 1; i < 4; i++) assert_string_equal(who_signs_in(0, "moon", names[i], NULL), names[i]);
    assert_null(who_signs_in(0, "moon", names[0], NULL));
    assert_string_equal(who_signs_in(0, "moon", names[0], "open"), names[0]);
}

/* One whose password another place keeps is no reason to refuse somebody who has one here. */
static void test_who_signs_in_elsewhere(void **state)
{
    (void)state;
    add(stranger, "stranger");
    portal_apply(&portal, arena, "{\"connections\":[{\"name\":\"work\",\"strategy\":\"oidc\"}],\"users\":[{\"connection\":\"work\","
                                 "\"user_id\":\"w\",\"email\":\"clara@example.com\",\"email_verified\":true}]}");
    store_count(portal.db, "UPDATE account SET password_hash = NULL WHERE user_id = 'oidc|w' RETURNING 1");
    assert_string_equal(who_signs_in(0, "clara@example.com", "stranger", NULL), "stranger");
}

/* --- what is counted --- */

static int64_t refusals_of(const char *user_id)
{
    return store_count(portal.db, arena_print(arena, "SELECT COUNT(*) FROM audit WHERE action = 'session.start' AND outcome = 'refused'"
                                                     " AND user_id = 'local|%s'", user_id).p);
}

static void test_a_refusal_stands_in_the_activity_of_each(void **state)
{
    (void)state;
    add(stranger, "stranger");
    add(clara, "clara");
    fail_times("clara", 2);
    assert_int_equal(refusals_of("clara"), 2);
    assert_int_equal(refusals_of("stranger"), 2);
    fail_times("clara@example.com", 1);
    assert_int_equal(refusals_of("clara"), 3);
    assert_int_equal(refusals_of("stranger"), 2);
}

/* Between their guesses they sign in to their own: that sets nobody free to guess on. */
static void test_an_own_account_buys_no_guesses(void **state)
{
    (void)state;
    add(stranger, "stranger");
    add(clara, "clara");
    for (int64_t i = 0; i < options.login_failures - 1; i++) {
        fail_times("clara", 1);
        assert_int_equal(sign_in_to(0, "clara", "stranger", NULL), SIGN_IN_OK);
    }
    fail_times("clara", 1);
    assert_int_equal(sign_in_to(0, "clara", "stranger", NULL), SIGN_IN_PAUSED);
}

/* Nor where the other is not even among those who are meant: at a connection named alone, by an address that was never confirmed. */
static void test_nor_at_a_door_of_its_own(void **state)
{
    (void)state;
    add(stranger, "stranger");
    add(clara, "clara");
    for (int64_t i = 0; i < options.login_failures - 1; i++) {
        fail_times("clara@example.com", 1);
        assert_int_equal(sign_in_to(0, "clara@example.com", "stranger", "open"), SIGN_IN_OK);
    }
    fail_times("clara@example.com", 1);
    assert_int_equal(sign_in_to(0, "clara@example.com", "wrong", NULL), SIGN_IN_PAUSED);
}

static void test_nor_from_everywhere(void **state)
{
    (void)state;
    options.login_failures_per_account = 12;
    add(stranger, "stranger");
    add(clara, "clara");
    for (int i = 0; i < 12; i++) {
        visit.peer = arena_print(arena, "192.0.%d.1", i);
        fail_times("clara", 1);
        visit.peer = arena_print(arena, "192.0.%d.2", i);
        if (i < 11) assert_int_equal(sign_in_to(0, "clara", "stranger", "open"), SIGN_IN_OK);
    }
    visit.peer = STR("198.51.100.1");
    assert_int_equal(sign_in_to(0, "clara", "clara", NULL), SIGN_IN_PAUSED);
    assert_int_equal(sign_in_to(0, "clara@example.com", "clara", NULL), SIGN_IN_PAUSED);
}

/* A hasher that lets other workers take all room while it is at the first password. */
static pid_t crowded_hasher(const int queue[2], unsigned char *slots)
{
    static const int never = 0;
    pid_t pid = fork();
    if (pid != 0) return pid;
    close(queue[1]);
    struct pollfd job = {.fd = queue[0], .events = POLLIN};
    (void)!poll(&job, 1, 10000);
    slots[0] = 1;
    hashing_serve(queue[0], portal.hashing.cost, &never);
    _exit(0);
}

static void sign_in_to_the_first_alone(const char *name, const char *password)
{
    int queue[2];
    struct hashing idle = portal.hashing;
    unsigned char *slots = mmap(NULL, 2, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(slots != MAP_FAILED);
    assert_int_equal(hashing_queue(queue), OK);
    pid_t pid = crowded_hasher(queue, slots);
    close(queue[0]);
    portal.hashing.job_socket = queue[1];
    portal.hashing.slots = slots;
    portal.hashing.slot_count = 2;
    portal.hashing.own_slot = 1;
    portal.hashing.wait_ms = 10000;
    assert_int_equal(sign_in_to(0, name, password, NULL), SIGN_IN_BUSY);
    portal.hashing = idle;
    close(queue[1]);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    munmap(slots, 2);
}

/* A guess that was looked at for one of them counts, however busy it was at the other. */
static void test_a_busy_moment_is_no_free_guess(void **state)
{
    (void)state;
    options.login_failures = 3;
    add(stranger, "stranger");
    add(clara, "clara");
    for (int i = 0; i < 3; i++) sign_in_to_the_first_alone("clara", "wrong");
    assert_int_equal(sign_in_to(0, "clara", "clara", NULL), SIGN_IN_PAUSED);
}

/* A browser that its owner has used stays open to them, and to them alone. */
static void test_the_owners_browser(void **state)
{
    (void)state;
    options.login_failures = 3;
    add(stranger, "stranger");
    add(clara, "clara");
    assert_string_equal(who_signs_in(0, "clara", "clara", NULL), "clara");
    Str device = result.device;
    assert_string_equal(who_signs_in(0, "clara", "stranger", NULL), "stranger");
    fail_times("clara", 3);
    assert_int_equal(sign_in_to(0, "clara", "clara", NULL), SIGN_IN_PAUSED);
    visit.device = device;
    assert_int_equal(sign_in_to(0, "clara", "stranger", NULL), SIGN_IN_REFUSED);
    assert_string_equal(who_signs_in(0, "clara", "clara", NULL), "clara");
    fail_times("clara", 3);
    assert_int_equal(sign_in_to(0, "clara", "clara", NULL), SIGN_IN_PAUSED);
}

/* --- a forgotten password --- */

static int64_t ask(int64_t door, const char *identifier)
{
    int64_t retry_after = 0;
    struct reset_wish wish = {.identifier = str_of(identifier), .organization = door, .language = STR("en")};
    visit.now += 61;
    store_count(portal.db, "DELETE FROM outbox RETURNING 1");
    assert_int_equal(password_reset_ask(&portal, &visit, &wish, &retry_after), OK);
    assert_int_equal(retry_after, 0);
    return store_count(portal.db, "SELECT COUNT(*) FROM outbox");
}

/* The next letter's link is one to this account, and its mail goes there. */
static void expect_link(const char *user_id, const char *address, Str *which)
{
    struct message message;
    struct artefact artefact;
    struct user user;
    assert_int_equal(outbox_next(&portal, &visit, &message), OK);
    assert_int_equal(message.letter, LETTER_password_reset);
    assert_str(message.recipient, str_of(address));
    *which = str_of(json_string_value(json_object_get(message.payload, "value")));
    Str link = str_of(json_string_value(json_object_get(message.payload, "link")));
    Str secret = str_after(link, sizeof "/password/reset?token=" - 1);
    assert_int_equal(password_reset_find(&portal, &visit, secret, &artefact, &user), OK);
    assert_int_equal(user.id, number_of(user_id));
    assert_int_equal(outbox_sent(&portal, &visit, &message), OK);
}

static void test_the_link_is_the_owners(void **state)
{
    (void)state;
    add(stranger, "stranger");
    add(clara, "clara");
    Str which;
    assert_int_equal(ask(0, "clara@example.com"), 1);
    expect_link("clara", "clara@example.com", &which);
    assert_false(which.n);
    assert_int_equal(ask(acme, "clara@example.com"), 1);
    expect_link("clara", "clara@example.com", &which);
}

static void test_an_owner_without_a_password_yet(void **state)
{
    (void)state;
    add(stranger, "stranger");
    add(clara, "clara");
    store_count(portal.db, "UPDATE account SET password_hash = NULL WHERE user_id = 'local|clara' RETURNING 1");
    Str which;
    assert_int_equal(ask(0, "clara@example.com"), 1);
    expect_link("clara", "clara@example.com", &which);
}

static void test_each_of_equals_gets_a_link(void **state)
{
    (void)state;
    add(stranger, "stranger");
    add(clara, "clara");
    confirm("clara", false);
    Str which;
    assert_int_equal(ask(0, "clara@example.com"), 2);
    expect_link("stranger", "clara@example.com", &which);
    assert_str(which, STR("Open to all"));
    expect_link("clara", "clara@example.com", &which);
    assert_str(which, STR("Customers"));
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'password.ask' AND user_id IS NOT NULL"), 2);
    assert_int_equal(ask(acme, "clara@example.com"), 2);
    expect_link("clara", "clara@example.com", &which);
    expect_link("stranger", "clara@example.com", &which);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_who_comes_later_takes_nobodys_address), TEST(test_who_came_first_keeps_nobodys_address),
        TEST(test_a_connection_that_is_named_is_meant), TEST(test_of_equals_the_password_decides), TEST(test_usernames),
        TEST(test_one_password_for_both), TEST(test_a_suspended_namesake), TEST(test_at_most_three_are_looked_at),
        TEST(test_who_signs_in_elsewhere), TEST(test_a_refusal_stands_in_the_activity_of_each),
        TEST(test_an_own_account_buys_no_guesses), TEST(test_nor_at_a_door_of_its_own), TEST(test_nor_from_everywhere),
        TEST(test_a_busy_moment_is_no_free_guess),
        TEST(test_the_owners_browser),
        TEST(test_the_link_is_the_owners), TEST(test_an_owner_without_a_password_yet), TEST(test_each_of_equals_gets_a_link),
    };
    return cmocka_run_group_tests_name("namesakes", tests, NULL, NULL);
}
