/* The phone number: a code of six digits, ten minutes, five tries; and the username's tries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account/email.h"
#include "account/phone.h"
#include "account/profile.h"
#include "account/proving_limit.h"
#include "account/state.h"
#include "account/username.h"
#include "base/log.h"
#include "store/user_store.h"
#include "support/scene.h"

enum { TEN_MINUTES = 600, AN_HOUR = 3600, A_DAY = 86400 };

static struct scene scene;
static struct portal *const portal = &scene.portal;
static struct visit *const visit = &scene.visit;
static struct session here;

static void put(const struct user *user, const char *values)
{
    struct change change;
    Commit commit;
    const char *name;
    json_t *value;
    change_init(&change, scene.arena, ACTOR_OPERATOR);
    json_object_foreach(json_loads(values, 0, NULL), name, value) change_put(&change, str_of(name), value);
    assert_int_equal(account_commit(portal, visit, user->id, -1, &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
}

static struct session begin_session(const char *name, struct user *user)
{
    scene_read(&scene, user);
    store_do(portal->db, STMT_session_add,
             DB_ARGS(db_blob(str_of(name)), db_text(str_of(name)), db_int(user->id), db_int(user->epoch), db_text(user->password_hash),
                     db_int(visit->now), db_int(visit->now + A_DAY), db_text(STR("")), db_text(STR(""))));
    return (struct session){.id_hash = str_of(name), .public_id = str_of(name), .user = *user};
}

static int set_up(void **state)
{
    (void)state;
    scene_open(&scene);
    scene.options.code_seconds = TEN_MINUTES;
    scene.options.resend_seconds = 60;
    scene.options.sms_per_day = 3;
    scene.options.sms_per_day_in_all = 1000;
    scene.options.proofs_per_hour = 10;
    scene.options.proofs_per_network = 100;
    scene.options.code_tries_per_hour = 10;
    scene.options.username_tries_per_minute = 10;
    here = begin_session("here", &scene.ada);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

/* --- what the tests look at --- */

static Step ask(const struct user *user, const char *typed)
{
    Step step;
    assert_int_equal(proving_ask(portal, visit, &phone_proof, user->id, str_of(typed), STR("en"), &step), OK);
    return step;
}

static Str texted(const char *number)
{
    struct message message;
    if (outbox_next(portal, visit, &message) != OK) fail_msg("no message for %s", number);
    assert_int_equal(message.letter, LETTER_phone_code);
    assert_true(str_is(message.channel, "sms") && str_is(message.recipient, number));
    assert_int_equal(message.expires_at, visit->now + TEN_MINUTES);
    assert_null(json_object_get(message.payload, "link"));
    assert_int_equal(outbox_sent(portal, visit, &message), OK);
    Str code = arena_copy(scene.arena, str_of(json_string_value(json_object_get(message.payload, "code"))));
    assert_int_equal(code.n, 6);
    return code;
}

static Str asked(const struct user *user, const char *typed, const char *number)
{
    assert_int_equal(ask(user, typed).outcome, STEP_DONE);
    return texted(number);
}

static Step enter(const struct session *session, Str code, Error expected)
{
    Step step;
    assert_int_equal(phone_confirm(portal, visit, session, code, STR("de"), &step), expected);
    assert_false(db_in_transaction(portal->db));
    return step;
}

static Str wrong(Str code)
{
    return arena_print(scene.arena, "%.5s%c", code.p, code.p[5] == '9' ? '0' : code.p[5] + 1);
}

static void number_is(const struct user *user, const char *number, bool verified)
{
    struct user now = *user;
    scene_read(&scene, &now);
    assert_true(str_is(proving_value(portal, scene.arena, "phone_number", &now), number));
    assert_int_equal(proving_is_verified(&phone_proof, &now), verified);
}

static void no_message(void)
{
    struct message message;
    assert_int_equal(outbox_next(portal, visit, &message), ERR_NOT_FOUND);
}

/* The notice goes to the mailbox and holds neither the number nor a secret. */
static void told(const char *address, const char *language)
{
    struct message message;
    assert_int_equal(outbox_next(portal, visit, &message), OK);
    assert_int_equal(message.letter, LETTER_phone_changed);
    assert_true(str_is(message.recipient, address) && str_is(message.language, language));
    assert_null(json_object_get(message.payload, "value"));
    assert_string_equal(json_string_value(json_object_get(message.payload, "link")), "/password/forgot");
    assert_int_equal(outbox_sent(portal, visit, &message), OK);
    no_message();
}

static int64_t sessions(const struct user *user)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM session WHERE account_id = %lld", (long long)user->id);
    return store_count(portal->db, sql);
}

/* --- the code --- */

static void test_the_code_makes_the_number_the_accounts(void **state)
{
    struct session_row row;
    (void)state;
    (void)begin_session("elsewhere", &scene.ada);
    Str code = asked(&scene.ada, "+44 (20) 7946-0018", "+442079460018");
    number_is(&scene.ada, "+4930123456", false);
    int64_t epoch = scene.ada.epoch;
    assert_int_equal(enter(&here, code, OK).outcome, STEP_DONE);
    number_is(&scene.ada, "+442079460018", true);
    scene_read(&scene, &scene.ada);
    assert_int_equal(scene.ada.epoch, epoch + 1);
    assert_int_equal(sessions(&scene.ada), 1);
    assert_int_equal(user_of_session(portal->db, scene.arena, STR("here"), visit->now, 0, &row), OK);
    told("ada@example.com", "de");
    (void)enter(&here, code, ERR_EXPIRED);
    no_message();
}

static void test_five_tries(void **state)
{
    (void)state;
    Str code = asked(&scene.ada, "+442079460018", "+442079460018");
    for (int64_t left = 4; left > 0; left--) {
        Step step = enter(&here, wrong(code), OK);
        assert_int_equal(step.outcome, STEP_WRONG_CODE);
        assert_int_equal(step.tries, left);
    }
    (void)enter(&here, wrong(code), ERR_EXPIRED);
    (void)enter(&here, code, ERR_EXPIRED);
    number_is(&scene.ada, "+4930123456", false);
}

static int enter_wrong(struct scene *own, void *context)
{
    Step step;
    Error error = phone_confirm(&own->portal, &own->visit, &here, *(Str *)context, STR("en"), &step);
    if (error == ERR_EXPIRED) return 1;
    return error ? 5 : step.outcome == STEP_WRONG_CODE ? 0 : step.outcome == STEP_WAIT ? 2 : 3;
}

static void test_five_tries_at_once(void **state)
{
    int results[SCENE_RESULTS];
    (void)state;
    Str code = asked(&scene.ada, "+442079460018", "+442079460018"), other = wrong(code);
    scene_at_once(&scene, 30, enter_wrong, &other, results);
    assert_int_equal(results[0], 4);
    assert_int_equal(results[0] + results[1] + results[2], 30);
    number_is(&scene.ada, "+4930123456", false);
}

/* Asking for new codes does not bring new tries without end. */
static void test_tries_of_an_hour(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        Str code = asked(&scene.ada, "+442079460018", "+442079460018");
        for (int i = 0; i < 4; i++) assert_int_equal(enter(&here, wrong(code), OK).outcome, STEP_WRONG_CODE);
        (void)enter(&here, wrong(code), ERR_EXPIRED);
        visit->now += 60;
    }
    Str code = asked(&scene.ada, "+442079460018", "+442079460018");
    Step step = enter(&here, code, OK);
    assert_int_equal(step.outcome, STEP_WAIT);
    assert_true(step.seconds > 0 && step.seconds <= AN_HOUR);
    number_is(&scene.ada, "+4930123456", false);
}

static void test_a_code_dies(void **state)
{
    (void)state;
    struct session bobs = begin_session("bob", &scene.bob);
    Str first = asked(&scene.ada, "+442079460018", "+442079460018");
    (void)enter(&bobs, first, ERR_EXPIRED);
    Str second = asked(&scene.ada, "+442079460019", "+442079460019");
    if (!str_eq(first, second)) assert_int_equal(enter(&here, first, OK).outcome, STEP_WRONG_CODE);
    assert_int_equal(proving_cancel(portal, visit, &phone_proof, &scene.ada), OK);
    (void)enter(&here, second, ERR_EXPIRED);
    visit->now += 60;
    Str third = asked(&scene.ada, "+442079460018", "+442079460018");
    assert_int_equal(account_block(portal, visit, ACTOR_OPERATOR, &scene.ada, true, STR_NONE), OK);
    (void)enter(&here, third, ERR_EXPIRED);
    assert_int_equal(account_block(portal, visit, ACTOR_OPERATOR, &scene.ada, false, STR_NONE), OK);
    Str fourth = asked(&scene.ada, "+442079460019", "+442079460019");
    put(&scene.ada, "{\"phone_number\":\"+4930999999\"}");
    (void)enter(&here, fourth, ERR_EXPIRED);
    Str fifth = asked(&scene.ada, "+442079460017", "+442079460017");
    visit->now += TEN_MINUTES;
    (void)enter(&here, fifth, ERR_EXPIRED);
    number_is(&scene.ada, "+4930999999", false);
}

static void test_a_proven_number_is_nobody_elses(void **state)
{
    (void)state;
    put(&scene.bob, "{\"phone_number\":\"+442079460018\",\"phone_verified\":true}");
    Str code = asked(&scene.ada, "+442079460018", "+442079460018");
    assert_int_equal(enter(&here, code, OK).outcome, STEP_UNUSABLE);
    number_is(&scene.ada, "+4930123456", false);
    put(&scene.bob, "{\"phone_verified\":false}");
    assert_int_equal(enter(&here, code, OK).outcome, STEP_DONE);
    number_is(&scene.ada, "+442079460018", true);
}

static void test_the_own_number_is_verified_by_its_code(void **state)
{
    (void)state;
    Str code = asked(&scene.ada, "+49 30 123456", "+4930123456");
    assert_int_equal(enter(&here, code, OK).outcome, STEP_DONE);
    number_is(&scene.ada, "+4930123456", true);
    told("ada@example.com", "de");
    visit->now += 60;
    assert_int_equal(ask(&scene.ada, "+4930123456").outcome, STEP_INVALID);
    no_message();
}

static void test_numbers_that_are_none(void **state)
{
    static const char *const odd[] = {
        "", "123", "020 7946 0018", "+", "+0442079460018", "tel:+442079460018", "+44 (0)20 7946 0018", "+4420794600180018001800180018",
        "\xef\xbc\x8b" "442079460018", "+44207946001a", "+44\n2079460018", "+442079460018;ext=1", "++442079460018",
    };
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        Step step = ask(&scene.ada, odd[i]);
        if (step.outcome != STEP_INVALID || !step.problem.message) fail_msg("%s: %d", odd[i], step.outcome);
    }
    no_message();
}

static void test_a_number_gets_three_a_day_whoever_asks(void **state)
{
    (void)state;
    (void)asked(&scene.ada, "+442079460018", "+442079460018");
    assert_int_equal(ask(&scene.bob, "+442079460018").outcome, STEP_WAIT);
    for (int i = 0; i < 2; i++) {
        visit->now += 60;
        (void)asked(i ? &scene.bob : &scene.ada, "+442079460018", "+442079460018");
    }
    visit->now += 60;
    Step step = ask(&scene.ada, "+442079460018");
    assert_int_equal(step.outcome, STEP_WAIT);
    assert_int_equal(step.seconds, A_DAY - 60);
    no_message();
}

static void test_countries(void **state)   /* C15 */
{
    static const struct { const char *codes, *number; bool reached; } rows[] = {
        {"44", "+442079460018", true}, {"49 44 1", "+442079460018", true}, {"  44  ", "+442079460018", true},
        {"49", "+442079460018", false}, {"4", "+442079460018", true}, {"42", "+442079460018", false}, {"1", "+18765550123", true},
        {"1876", "+18765550123", true}, {"1876", "+12125550123", false}, {"", "+882160000000", true}, {" ", "+882160000000", true},
        {"44 49 1", "+882160000000", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        scene.options.sms_countries = str_of(rows[i].codes);
        if (proof_limit_reaches(&scene.options, &phone_proof, str_of(rows[i].number)) != rows[i].reached)
            fail_msg("%s, %s", rows[i].codes, rows[i].number);
    }
    assert_true(proof_limit_reaches(&scene.options, &email_proof, STR("ada@example.com")));
}

static void test_no_code_to_other_countries(void **state)   /* C15 */
{
    (void)state;
    scene.options.sms_countries = STR("49 1");
    int64_t counted = store_count(portal->db, "SELECT COUNT(*) FROM throttle");
    Step step = ask(&scene.ada, "+44 20 7946 0018");
    assert_int_equal(step.outcome, STEP_INVALID);
    assert_non_null(strstr(step.problem.message, "numbers of this country"));
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM throttle"), counted);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM artefact"), 0);
    no_message();
    (void)asked(&scene.ada, "+1 212 555 0123", "+12125550123");
    /* Nor when the rule came after the code that is asked for again. */
    scene.options.sms_countries = STR("49");
    visit->now += 60;
    assert_int_equal(proving_resend(portal, visit, &phone_proof, scene.ada.id, STR("en"), &step), OK);
    assert_int_equal(step.outcome, STEP_INVALID);
    no_message();
}

/* What the log says while `act` asks for codes. */
static char *log_of(void (*act)(void))
{
    static char text[4096];
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    log_to(pipes[1]);
    act();
    log_to(2);
    close(pipes[1]);
    ssize_t got = read(pipes[0], text, sizeof text - 1);
    close(pipes[0]);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

static void use_up_the_day(void)
{
    for (int i = 0; i < 3; i++) {
        Str number = arena_print(scene.arena, "+4420794600%d", 20 + i);
        (void)asked(i % 2 ? &scene.bob : &scene.ada, number.p, number.p);
    }
}

static void ask_too_late(void)
{
    for (int i = 0; i < 3; i++) assert_int_equal(ask(&scene.bob, "+442079460030").outcome, STEP_WAIT);
}

static void test_the_day_has_so_many_codes_for_all(void **state)   /* C15 */
{
    enum { TOMORROW = 12 * A_DAY };
    (void)state;
    scene.options.sms_per_day_in_all = 3;
    visit->now = TOMORROW - 1000;
    char *log = log_of(use_up_the_day);
    assert_non_null(strstr(log, " warning "));
    assert_non_null(strstr(log, "sms_per_day_in_all"));
    assert_ptr_equal(strchr(log, '\n'), log + strlen(log) - 1);
    assert_null(strstr(log, "+44"));
    assert_string_equal(log_of(ask_too_late), "");
    Step step = ask(&scene.bob, "+442079460030");
    assert_int_equal(step.outcome, STEP_WAIT);
    assert_int_equal(step.seconds, 1000);
    no_message();
    visit->now = TOMORROW;
    (void)asked(&scene.bob, "+442079460030", "+442079460030");
}

static int ask_own(struct scene *own, void *context)
{
    Step step;
    (void)context;
    Str typed = arena_print(own->arena, "+4420794%05d", (int)getpid() % 100000);
    Error error = proving_ask(&own->portal, &own->visit, &phone_proof, own->ada.id, typed, STR("en"), &step);
    return error ? 5 : step.outcome == STEP_DONE ? 0 : step.outcome == STEP_WAIT ? 1 : 2;
}

static void test_the_budget_is_shared(void **state)
{
    int results[SCENE_RESULTS];
    (void)state;
    scene.options.sms_per_day_in_all = 4;
    scene.options.proofs_per_hour = 1000;
    log_to(-1);
    scene_at_once(&scene, 10, ask_own, NULL, results);
    log_to(2);
    assert_int_equal(results[0], 4);
    assert_int_equal(results[1], 6);
}

static void test_a_locked_number(void **state)
{
    Step step;
    (void)state;
    Str code = asked(&scene.ada, "+442079460018", "+442079460018");
    store_do(portal->db, STMT_connection_put,
             DB_ARGS(db_text(STR("customers")), db_text(STR("local")), db_text(STR("Customers")), db_text(STR("{}")),
                     db_text(STR("{\"phone_number\":{\"owner\":\"read\"}}"))));
    store_do(portal->db, STMT_generation_bump, DB_NO_ARGS);
    assert_int_equal(ask(&scene.ada, "+442079460019").outcome, STEP_REFUSED);
    assert_int_equal(enter(&here, code, OK).outcome, STEP_REFUSED);
    assert_int_equal(phone_remove(portal, visit, &here, STR("en"), &step), OK);
    assert_int_equal(step.outcome, STEP_REFUSED);
    number_is(&scene.ada, "+4930123456", false);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM audit WHERE action = 'profile.save' AND outcome = 'refused'"), 3);
}

static void test_removing(void **state)
{
    Step step;
    (void)state;
    put(&scene.ada, "{\"phone_verified\":true}");
    (void)begin_session("elsewhere", &scene.ada);
    assert_int_equal(phone_remove(portal, visit, &here, STR("en"), &step), OK);
    assert_int_equal(step.outcome, STEP_DONE);
    number_is(&scene.ada, "", false);
    told("ada@example.com", "en");
    assert_int_equal(sessions(&scene.ada), 1);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM identifier WHERE field = 'phone_number'"), 0);
}

/* --- the username --- */

static Step name(const char *typed)
{
    Step step;
    scene_read(&scene, &scene.ada);
    assert_int_equal(username_change(portal, visit, &scene.ada, str_of(typed), &step), OK);
    return step;
}

static void test_usernames(void **state)
{
    (void)state;
    put(&scene.bob, "{\"username\":\"bob\"}");
    assert_int_equal(name(" Countess ").outcome, STEP_DONE);
    scene_read(&scene, &scene.ada);
    assert_true(str_is(proving_value(portal, scene.arena, "username", &scene.ada), "countess"));
    assert_int_equal(name("COUNTESS").outcome, STEP_NOTHING);
    assert_int_equal(name("BOB").outcome, STEP_UNUSABLE);
    static const char *const odd[] = {"bob@example.com", "j\xc3\xb6hn", "a b", "0123456789abcdef", "+442079460018"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) assert_int_equal(name(odd[i]).outcome, STEP_INVALID);
}

static void test_usernames_that_look_like_anothers(void **state)
{
    static const char *const alike[] = {"m00nlight", "moon1ight", "rnoonlight", "M00NLIGHT", "rno0n1ight"};
    (void)state;
    put(&scene.bob, "{\"username\":\"moonlight\"}");
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) assert_int_equal(name(alike[i]).outcome, STEP_UNUSABLE);
    assert_int_equal(name("moonlights").outcome, STEP_DONE);
    put(&scene.bob, "{\"username\":\"m00n1ight\"}");
    assert_int_equal(name("moonlight").outcome, STEP_UNUSABLE);
    put(&scene.bob, "{\"username\":\"sunlight\"}");
    assert_int_equal(name("moonlight").outcome, STEP_DONE);
    assert_int_equal(name("m00nlight").outcome, STEP_DONE);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM identifier WHERE field = 'username look'"), 2);
    int64_t account = 0;
    size_t count = 0;
    assert_int_equal(users_by_identifier(portal->db, scene.arena, STR("moonlight"), 0, &account, 1, &count), OK);
    assert_int_equal(count, 0);
}

static void test_trying_usernames(void **state)
{
    (void)state;
    put(&scene.bob, "{\"username\":\"bob\"}");
    for (int i = 0; i < 10; i++) assert_int_equal(name("bob").outcome, STEP_UNUSABLE);
    Step step = name("bob");
    assert_int_equal(step.outcome, STEP_WAIT);
    assert_int_equal(step.seconds, 60);
    assert_int_equal(name("free").outcome, STEP_WAIT);
    visit->now += 60;
    assert_int_equal(name("free").outcome, STEP_DONE);
    for (int i = 0; i < 20; i++) assert_int_equal(name("free").outcome, STEP_NOTHING);
}

#define WITH_SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCENE(test_the_code_makes_the_number_the_accounts), WITH_SCENE(test_five_tries), WITH_SCENE(test_five_tries_at_once),
        WITH_SCENE(test_tries_of_an_hour), WITH_SCENE(test_a_code_dies), WITH_SCENE(test_a_proven_number_is_nobody_elses),
        WITH_SCENE(test_the_own_number_is_verified_by_its_code), WITH_SCENE(test_numbers_that_are_none),
        WITH_SCENE(test_a_number_gets_three_a_day_whoever_asks), WITH_SCENE(test_countries),
        WITH_SCENE(test_no_code_to_other_countries),
        WITH_SCENE(test_the_day_has_so_many_codes_for_all),
        WITH_SCENE(test_the_budget_is_shared),
        WITH_SCENE(test_a_locked_number), WITH_SCENE(test_removing),
        WITH_SCENE(test_usernames), WITH_SCENE(test_usernames_that_look_like_anothers),
        WITH_SCENE(test_trying_usernames),
    };
    return cmocka_run_group_tests_name("phone", tests, NULL, NULL);
}
