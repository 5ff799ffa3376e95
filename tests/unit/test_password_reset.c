/* A forgotten password below the pages: who gets which letter how often, what kills a link, what a new password ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/outbox.h"
#include "account/password_change.h"
#include "account/password_policy.h"
#include "account/password_reset.h"
#include "account/profile.h"
#include "account/session.h"
#include "account/state.h"
#include "account/throttle.h"
#include "store/user_store.h"
#include "support/portal_support.h"
#include "support/scene.h"

static struct scene scene;
static struct portal *const portal = &scene.portal;

static int set_up(void **state)
{
    (void)state;
    scene_open(&scene);
    portal->hashing = (struct hashing){.cost = {8, 1}, .job_socket = -1};
    scene.options.reset_mails_per_hour = 3;
    scene.options.reset_requests_per_network = 20;
    scene.options.reset_link_seconds = 1800;
    scene.options.session_seconds = 43200;
    scene.options.session_idle_seconds = 1800;
    scene.options.sessions_per_person = 20;
    scene.options.login_failures = 3;
    scene.options.login_pause_seconds = 60;
    scene.options.login_failures_per_network = 100;
    scene.options.login_failures_per_account = 100;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

static int64_t count(const char *sql)
{
    return store_count(portal->db, sql);
}

static Error ask_for(const char *identifier, int64_t *retry_after)
{
    struct reset_wish wish = {.identifier = str_of(identifier), .language = STR("de")};
    return password_reset_ask(portal, &scene.visit, &wish, retry_after);
}

static void ask(const char *identifier)
{
    int64_t retry_after;
    assert_int_equal(ask_for(identifier, &retry_after), OK);
    assert_int_equal(retry_after, 0);
}

/* The next message of the queue; its link's secret, if it has one. */
static struct message letter(Str *secret)
{
    struct message message;
    assert_int_equal(outbox_next(portal, &scene.visit, &message), OK);
    Str link = str_of(json_string_value(json_object_get(message.payload, "link")));
    *secret = str_starts(link, STR("/password/reset?token=")) ? str_after(link, strlen("/password/reset?token=")) : STR_NONE;
    return message;
}

/* Everything that waits is sent on the way. */
static Str link_for(const char *identifier)
{
    Str secret;
    scene.visit.now += 61;
    ask(identifier);
    struct message message;
    do {
        message = letter(&secret);
        assert_int_equal(outbox_sent(portal, &scene.visit, &message), OK);
    } while (message.letter != LETTER_password_reset);
    assert_int_equal(secret.n, 43);
    return secret;
}

static Error find(Str secret)
{
    struct artefact artefact;
    struct user user;
    return password_reset_find(portal, &scene.visit, secret, &artefact, &user);
}

static Error reset_with(Str secret, const char *password)
{
    struct artefact artefact;
    struct user user;
    Error error = password_reset_find(portal, &scene.visit, secret, &artefact, &user);
    return error ? error : password_change(portal, &scene.visit, &user, str_of(password), &artefact, STR("en"));
}

static void operator_sets(struct user *user, const char *field, json_t *value)
{
    struct change change;
    Commit commit;
    change_init(&change, scene.arena, ACTOR_OPERATOR);
    change_put(&change, str_of(field), value);
    assert_int_equal(account_commit(portal, &scene.visit, user->id, -1, &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
}

/* ---- which letter ---- */

static void test_the_link(void **state)
{
    Str secret;
    (void)state;
    ask(" ADA@Example.com ");
    struct message message = letter(&secret);
    assert_int_equal(message.letter, LETTER_password_reset);
    assert_true(str_is(message.recipient, "ada@example.com"));
    assert_true(str_is(message.language, "de"));
    assert_int_equal(message.expires_at, scene.visit.now + 1800);
    assert_int_equal(find(secret), OK);
    assert_false(scene_holds(&scene, secret));
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'password.ask' AND user_id = 'local|ada'"), 1);
}

/* The person's own language goes before that of the page on which anybody may have asked. */
static void test_the_language(void **state)
{
    Str secret;
    (void)state;
    operator_sets(&scene.ada, "locale", json_string("ar"));
    ask("ada@example.com");
    assert_true(str_is(letter(&secret).language, "ar"));
}

static void test_a_password_that_is_kept_elsewhere(void **state)
{
    Str secret;
    (void)state;
    (void)store_int(portal->db, STMT_connection_put,
                    DB_ARGS(db_text(STR("customers")), db_text(STR("oidc")), db_text(STR("Directory")), db_text(STR("{}")),
                            db_text(STR("{}"))));
    store_do(portal->db, STMT_generation_bump, DB_NO_ARGS);
    assert_int_equal(account_set_password(portal, &scene.visit, ACTOR_OPERATOR, &scene.ada, STR_NONE), OK);
    ask("ada@example.com");
    struct message message = letter(&secret);
    assert_int_equal(message.letter, LETTER_password_elsewhere);
    assert_null(json_object_get(message.payload, "link"));
    assert_int_equal(count("SELECT COUNT(*) FROM artefact"), 0);
}

static void test_a_first_password(void **state)
{
    (void)state;
    assert_int_equal(account_set_password(portal, &scene.visit, ACTOR_OPERATOR, &scene.ada, STR_NONE), OK);
    assert_int_equal(reset_with(link_for("ada@example.com"), "first quiet river"), OK);
    scene_read(&scene, &scene.ada);
    assert_true(scene.ada.password_hash.n > 0);
}

/* The same writes and no letter. */
static void test_nobody_gets_a_letter(void **state)
{
    (void)state;
    struct message message;
    ask("nobody@example.com");
    assert_int_equal(count("SELECT COUNT(*) FROM throttle"), 2);
    assert_int_equal(account_block(portal, &scene.visit, ACTOR_OPERATOR, &scene.ada, true, STR_NONE), OK);
    ask("ada@example.com");
    operator_sets(&scene.bob, "username", json_string("bob"));
    operator_sets(&scene.bob, "email", json_null());
    ask("bob");
    assert_int_equal(outbox_next(portal, &scene.visit, &message), ERR_NOT_FOUND);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'password.ask'"), 3);
}

/* One wrong refusal of a mail server must not lock the owner out. */
static void test_a_bounce_locks_nobody_out(void **state)
{
    Str secret;
    (void)state;
    ask("bob@example.com");
    struct message message = letter(&secret);
    assert_int_equal(outbox_dropped(portal, &scene.visit, &message, STR("550"), true), OK);
    scene.visit.now += 61;
    ask("bob@example.com");
    message = letter(&secret);
    assert_int_equal(message.letter, LETTER_password_reset);
}

/* security.md B7, B8: what only looks like the address finds nobody; two addresses are none. */
static void test_look_alikes(void **state)
{
    static const char *const alike[] = {
        "\u0430da@example.com", "ada@example\u3002com", "ada\uff20example.com", "a\u200bda@example.com", "ad\u00ada@example.com",
        "\u24d0da@example.com", "ada@example.com,eve@evil.example", "ada@example.com;eve@evil.example",
        "ada@example.com\nCc: eve@evil.example", "ada@example.com eve@evil.example", "<ada@example.com>", "\"ada\"@example.com",
        "ada@example.com.", "ada@@example.com", "",
    };
    int64_t retry_after;
    (void)state;
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        scene.visit.now += 200;
        Error error = ask_for(alike[i], &retry_after);
        if (error != OK && error != ERR_INVALID) fail_msg("%s: %d", alike[i], error);
    }
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
}

/* ---- how often ---- */

static void test_once_a_minute_thrice_an_hour_ten_times_a_day(void **state)
{
    int64_t begun = scene.visit.now;
    (void)state;
    ask("ada@example.com");
    ask("ada@example.com");
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 1);
    for (int i = 0; i < 10; i++) {
        scene.visit.now += 61;
        ask("ada@example.com");
    }
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 3);
    for (int hour = 1; hour < 20; hour++) {
        scene.visit.peer = arena_print(scene.arena, "198.51.%d.1", hour);
        scene.visit.now = begun + hour * 3601;
        ask("ada@example.com");
    }
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 10);
    ask("bob@example.com");
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 11);
}

/* By whatever name: an account is counted, not what was typed. */
static void test_another_name_is_the_same_account(void **state)
{
    (void)state;
    operator_sets(&scene.ada, "username", json_string("ada"));
    ask("ada@example.com");
    ask("ada");
    ask("+49 30 123456");
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 1);
}

static void test_twenty_an_hour_from_a_network(void **state)
{
    char identifier[32];
    int64_t retry_after;
    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(identifier, sizeof identifier, "nobody%d@example.com", i);
        scene.visit.peer = arena_print(scene.arena, "192.0.2.%d", i);
        ask(identifier);
    }
    assert_int_equal(ask_for("ada@example.com", &retry_after), OK);
    assert_int_equal(retry_after, 3600);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
    scene.visit.peer = STR("198.51.100.1");
    ask("ada@example.com");
    scene.visit.peer = STR("192.0.2.1");
    scene.visit.now += 3601;
    ask("bob@example.com");
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 2);
}

/* ---- what kills a link ---- */

static void test_twice(void **state)
{
    (void)state;
    Str secret = link_for("ada@example.com");
    assert_int_equal(reset_with(secret, "first quiet river"), OK);
    assert_int_equal(reset_with(secret, "second quiet river"), ERR_EXPIRED);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'password.reset'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'password_changed'"), 1);
}

static Str raced;

static int race(struct scene *with, void *context)
{
    struct artefact artefact;
    struct user user;
    (void)context;
    Error error = password_reset_find(&with->portal, &with->visit, raced, &artefact, &user);
    if (!error) error = password_change(&with->portal, &with->visit, &user, STR("first quiet river"), &artefact, STR("en"));
    return (int)error;
}

static void test_fifty_at_the_same_moment(void **state)
{
    int results[SCENE_RESULTS];
    (void)state;
    raced = link_for("ada@example.com");
    scene_at_once(&scene, 50, race, NULL, results);
    assert_int_equal(results[OK], 1);
    assert_int_equal(results[ERR_EXPIRED], 49);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'password.reset'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'password_changed'"), 1);
    assert_int_equal(count("SELECT epoch FROM account WHERE user_id = 'local|ada'"), scene.ada.epoch + 1);
}

static void test_late(void **state)
{
    (void)state;
    Str secret = link_for("ada@example.com");
    scene.visit.now += 1799;
    assert_int_equal(find(secret), OK);
    scene.visit.now += 1;
    assert_int_equal(find(secret), ERR_EXPIRED);
    assert_int_equal(reset_with(secret, "first quiet river"), ERR_EXPIRED);
}

/* The page was open in time, the button was pressed too late. */
static void test_late_between_looking_and_taking(void **state)
{
    struct artefact artefact;
    struct user user;
    (void)state;
    Str secret = link_for("ada@example.com");
    assert_int_equal(password_reset_find(portal, &scene.visit, secret, &artefact, &user), OK);
    scene.visit.now += 1801;
    assert_int_equal(password_change(portal, &scene.visit, &user, STR("first quiet river"), &artefact, STR("en")), ERR_EXPIRED);
    scene_read(&scene, &scene.ada);
    assert_true(str_is(scene.ada.password_hash, "hash"));
}

static void test_a_newer_one(void **state)
{
    (void)state;
    Str older = link_for("ada@example.com"), newer = link_for("ada@example.com");
    assert_int_equal(find(older), ERR_EXPIRED);
    assert_int_equal(find(newer), OK);
}

static void test_what_happens_to_the_account(void **state)
{
    (void)state;
    Str secret = link_for("ada@example.com");
    assert_int_equal(account_block(portal, &scene.visit, ACTOR_OPERATOR, &scene.ada, true, STR_NONE), OK);
    assert_int_equal(find(secret), ERR_EXPIRED);
    assert_int_equal(account_block(portal, &scene.visit, ACTOR_OPERATOR, &scene.ada, false, STR_NONE), OK);
    assert_int_equal(find(secret), ERR_EXPIRED);
    secret = link_for("ada@example.com");
    scene_read(&scene, &scene.ada);
    assert_int_equal(password_change(portal, &scene.visit, &scene.ada, STR("first quiet river"), NULL, STR("en")), OK);
    assert_int_equal(find(secret), ERR_EXPIRED);
    secret = link_for("bob@example.com");
    portal_drop(portal, &scene.bob);
    assert_int_equal(find(secret), ERR_EXPIRED);
}

/* Somebody with the right to it gave the account another address: the old mailbox opens nothing any more. */
static void test_another_address(void **state)
{
    (void)state;
    Str secret = link_for("ada@example.com");
    operator_sets(&scene.ada, "email", json_string("countess@example.com"));
    assert_int_equal(find(secret), ERR_EXPIRED);
    operator_sets(&scene.ada, "email", json_string("ada@example.com"));
    scene_read(&scene, &scene.ada);
    struct artefact artefact;
    struct user user;
    secret = link_for("ada@example.com");
    assert_int_equal(password_reset_find(portal, &scene.visit, secret, &artefact, &user), OK);
    operator_sets(&scene.ada, "email", json_string("countess@example.com"));
    assert_int_equal(password_change(portal, &scene.visit, &user, STR("first quiet river"), &artefact, STR("en")), ERR_EXPIRED);
}

static void test_wrong_secrets(void **state)
{
    (void)state;
    Str secret = link_for("ada@example.com");
    assert_int_equal(find(STR("")), ERR_EXPIRED);
    assert_int_equal(find(STR_NONE), ERR_EXPIRED);
    assert_int_equal(find(str_first(secret, 42)), ERR_EXPIRED);
    assert_int_equal(find(arena_join(scene.arena, secret, STR("="))), ERR_EXPIRED);
    char *flipped = arena_cstr(scene.arena, secret);
    flipped[5] = flipped[5] == 'A' ? 'B' : 'A';
    assert_int_equal(find(str_of(flipped)), ERR_EXPIRED);
    Str verify;
    struct artefact_wish wish = {.purpose = PURPOSE_EMAIL_VERIFY, .user = &scene.ada, .value = STR("ada@example.com"), .seconds = 60};
    scene_begin(&scene);
    assert_int_equal(artefact_make(portal, &scene.visit, &wish, &verify), OK);
    scene_commit(&scene);
    assert_int_equal(find(verify), ERR_EXPIRED);
    assert_int_equal(find(secret), OK);
}

/* ---- what a new password ends ---- */

static Error sign_in(const char *identifier, const char *password, SignIn *out)
{
    return session_sign_in(portal, &scene.visit, str_of(identifier), str_of(password), STR_NONE, STR_NONE, out);
}

static void test_sessions_end(void **state)
{
    SignIn first, second;
    struct session session;
    (void)state;
    assert_int_equal(password_change(portal, &scene.visit, &scene.ada, STR("first quiet river"), NULL, STR("en")), OK);
    assert_int_equal(sign_in("ada@example.com", "first quiet river", &first), OK);
    assert_int_equal(sign_in("ada@example.com", "first quiet river", &second), OK);
    assert_int_equal(session_find(portal, &scene.visit, first.cookie, &session), OK);
    assert_int_equal(reset_with(link_for("ada@example.com"), "second quiet river"), OK);
    assert_int_equal(session_find(portal, &scene.visit, first.cookie, &session), ERR_SIGN_IN);
    assert_int_equal(session_find(portal, &scene.visit, second.cookie, &session), ERR_SIGN_IN);
    assert_int_equal(count("SELECT COUNT(*) FROM session"), 0);
    assert_int_equal(sign_in("ada@example.com", "first quiet river", &first), OK);
    assert_int_equal(first.outcome, SIGN_IN_REFUSED);
    assert_int_equal(sign_in("ada@example.com", "second quiet river", &first), OK);
    assert_int_equal(first.outcome, SIGN_IN_OK);
}

/* Who locked themselves out by trying gets in at once with the new one; whoever tries elsewhere goes on waiting. */
static void test_the_pause_ends_here(void **state)
{
    SignIn result;
    (void)state;
    for (int i = 0; i < 4; i++) assert_int_equal(sign_in("ada@example.com", "wrong", &result), OK);
    assert_int_equal(result.outcome, SIGN_IN_PAUSED);
    scene.visit.peer = STR("203.0.113.9");
    for (int i = 0; i < 4; i++) assert_int_equal(sign_in("ada@example.com", "wrong", &result), OK);
    assert_int_equal(result.outcome, SIGN_IN_PAUSED);
    scene.visit.peer = STR("192.0.2.1");
    assert_int_equal(password_change(portal, &scene.visit, &scene.ada, STR("first quiet river"), NULL, STR("en")), OK);
    assert_int_equal(sign_in("ada@example.com", "first quiet river", &result), OK);
    assert_int_equal(result.outcome, SIGN_IN_OK);
    scene.visit.peer = STR("203.0.113.9");
    assert_int_equal(sign_in("ada@example.com", "first quiet river", &result), OK);
    assert_int_equal(result.outcome, SIGN_IN_PAUSED);
}

static void test_the_notice(void **state)
{
    Str secret;
    (void)state;
    assert_int_equal(password_change(portal, &scene.visit, &scene.ada, STR("first quiet river"), NULL, STR("ar")), OK);
    struct message message = letter(&secret);
    assert_int_equal(message.letter, LETTER_password_changed);
    assert_true(str_is(message.recipient, "ada@example.com") && str_is(message.language, "ar"));
    assert_int_equal(json_integer_value(json_object_get(message.payload, "at")), scene.visit.now);
    assert_string_equal(json_string_value(json_object_get(message.payload, "peer")), "192.0.2.1");
    assert_string_equal(json_string_value(json_object_get(message.payload, "link")), "/password/forgot");
}

/* Two forms that were open at the same time: the later one acts on an account that is not any more what it was. */
static void test_the_slower_change_loses(void **state)
{
    (void)state;
    assert_int_equal(password_change(portal, &scene.visit, &scene.ada, STR("first quiet river"), NULL, STR("en")), OK);
    assert_int_equal(password_change(portal, &scene.visit, &scene.ada, STR("second quiet river"), NULL, STR("en")), ERR_EXPIRED);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'password_changed'"), 1);
}

/* security.md B16: everything that somebody may have left who registered another person's address. */
static void test_a_pre_registrant_is_out(void **state)
{
    Str code, verify;
    SignIn thief;
    struct session session;
    (void)state;
    assert_int_equal(password_change(portal, &scene.visit, &scene.ada, STR("thief quiet river"), NULL, STR("en")), OK);
    assert_int_equal(sign_in("ada@example.com", "thief quiet river", &thief), OK);
    scene_read(&scene, &scene.ada);
    struct message message = letter(&code);
    assert_int_equal(outbox_sent(portal, &scene.visit, &message), OK);
    struct artefact_wish revert = {.purpose = PURPOSE_EMAIL_REVERT, .user = &scene.ada, .value = STR("thief@example.com"),
                                   .seconds = 86400};
    scene_begin(&scene);
    assert_int_equal(artefact_make(portal, &scene.visit, &revert, &verify), OK);
    scene_commit(&scene);
    assert_int_equal(reset_with(link_for("ada@example.com"), "owner quiet river"), OK);
    scene_read(&scene, &scene.ada);
    assert_true(json_is_true(json_object_get(scene.ada.profile, "email_verified")));
    assert_null(json_object_get(scene.ada.profile, "phone_number"));
    assert_int_equal(session_find(portal, &scene.visit, thief.cookie, &session), ERR_SIGN_IN);
    struct artefact artefact;
    assert_int_equal(artefact_find(portal, &scene.visit, PURPOSE_EMAIL_REVERT, verify, &artefact), ERR_EXPIRED);
    assert_int_equal(sign_in("ada@example.com", "thief quiet river", &thief), OK);
    assert_int_equal(thief.outcome, SIGN_IN_REFUSED);
}

/* Whose address was proven long ago keeps what is theirs, also the way back from a change of address. */
static void test_a_verified_owner_keeps_everything(void **state)
{
    Str secret;
    struct artefact artefact;
    (void)state;
    operator_sets(&scene.ada, "email_verified", json_true());
    scene_read(&scene, &scene.ada);
    struct artefact_wish revert = {.purpose = PURPOSE_EMAIL_REVERT, .user = &scene.ada, .value = STR("old@example.com"),
                                   .seconds = 86400};
    scene_begin(&scene);
    assert_int_equal(artefact_make(portal, &scene.visit, &revert, &secret), OK);
    scene_commit(&scene);
    assert_int_equal(reset_with(link_for("ada@example.com"), "owner quiet river"), OK);
    scene_read(&scene, &scene.ada);
    assert_string_equal(json_string_value(json_object_get(scene.ada.profile, "phone_number")), "+4930123456");
    assert_int_equal(artefact_find(portal, &scene.visit, PURPOSE_EMAIL_REVERT, secret, &artefact), OK);
}

/* Changing it with the present one proves no mailbox. */
static void test_a_change_verifies_nothing(void **state)
{
    (void)state;
    assert_int_equal(password_change(portal, &scene.visit, &scene.ada, STR("first quiet river"), NULL, STR("en")), OK);
    scene_read(&scene, &scene.ada);
    assert_false(json_is_true(json_object_get(scene.ada.profile, "email_verified")));
    assert_non_null(json_object_get(scene.ada.profile, "phone_number"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_link), TEST(test_the_language), TEST(test_a_password_that_is_kept_elsewhere), TEST(test_a_first_password),
        TEST(test_nobody_gets_a_letter), TEST(test_a_bounce_locks_nobody_out), TEST(test_look_alikes), TEST(test_once_a_minute_thrice_an_hour_ten_times_a_day),
        TEST(test_another_name_is_the_same_account), TEST(test_twenty_an_hour_from_a_network), TEST(test_twice),
        TEST(test_fifty_at_the_same_moment), TEST(test_late), TEST(test_late_between_looking_and_taking), TEST(test_a_newer_one),
        TEST(test_what_happens_to_the_account), TEST(test_another_address), TEST(test_wrong_secrets), TEST(test_sessions_end),
        TEST(test_the_pause_ends_here), TEST(test_the_notice), TEST(test_the_slower_change_loses),
        TEST(test_a_pre_registrant_is_out), TEST(test_a_verified_owner_keeps_everything), TEST(test_a_change_verifies_nothing),
    };
    return cmocka_run_group_tests_name("forgotten passwords", tests, NULL, NULL);
}
