/* Messages: written with what they tell about, sealed, tried again until they expire, emptied when they are done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "account/outbox.h"
#include "account/state.h"
#include "store/engine.h"
#include "store/profile.h"
#include "support/portal_support.h"
#include "support/scene.h"

enum { LIFE = 86400, MINUTE = 60 };

static struct scene scene;
static struct portal *const portal = &scene.portal;
static const struct visit *const visit = &scene.visit;

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

static Error add(enum letter letter, Str recipient, const char *link, int64_t expires_at)
{
    struct outbox_wish wish = {.letter = letter, .user = &scene.ada, .recipient = recipient, .expires_at = expires_at,
                               .payload = json_pack("{s:s}", "link", link)};
    scene_begin(&scene);
    Error error = outbox_add(portal, visit, &wish);
    scene_commit(&scene);
    return error;
}

static void put(const char *link)
{
    assert_int_equal(add(LETTER_password_reset, STR("ada@example.com"), link, SCENE_NOW + LIFE), OK);
}

static struct message next(void)
{
    struct message message;
    assert_int_equal(outbox_next(portal, visit, &message), OK);
    return message;
}

static void assert_none(void)
{
    struct message message;
    assert_int_equal(outbox_next(portal, visit, &message), ERR_NOT_FOUND);
}

static const char *link_of(const struct message *message)
{
    return json_string_value(json_object_get(message->payload, "link"));
}

static int64_t number(const char *what)
{
    return store_count(portal->db, arena_print(scene.arena, "SELECT %s FROM outbox", what).p);
}

/* --- adding --- */

static void test_a_message_comes_out_as_it_went_in(void **state)
{
    (void)state;
    struct outbox_wish wish = {.letter = LETTER_email_change, .user = &scene.ada, .organization = scene.organization,
                               .recipient = STR("new@example.com"), .language = STR("de"), .expires_at = SCENE_NOW + LIFE,
                               .payload = json_pack("{s:s, s:i}", "link", "/email/confirm?token=abc", "at", 7)};
    scene_begin(&scene);
    assert_int_equal(outbox_add(portal, visit, &wish), OK);
    scene_commit(&scene);
    struct message message = next();
    assert_int_equal(message.account, scene.ada.id);
    assert_int_equal(message.organization, scene.organization);
    assert_int_equal(message.letter, LETTER_email_change);
    assert_true(str_is(message.channel, "mail"));
    assert_true(str_is(message.recipient, "new@example.com"));
    assert_true(str_is(message.language, "de"));
    assert_true(str_is(message.state, "queued"));
    assert_int_equal(message.message_id.n, 32);
    assert_int_equal(message.attempts, 1);
    assert_int_equal(message.created_at, SCENE_NOW);
    assert_int_equal(message.expires_at, SCENE_NOW + LIFE);
    assert_string_equal(link_of(&message), "/email/confirm?token=abc");
    assert_int_equal(json_integer_value(json_object_get(message.payload, "at")), 7);
}

static void test_what_is_left_out_has_a_meaning(void **state)
{
    (void)state;
    struct outbox_wish wish = {.letter = LETTER_password_changed, .recipient = STR("ada@example.com"),
                               .expires_at = SCENE_NOW + LIFE};
    scene_begin(&scene);
    assert_int_equal(outbox_add(portal, visit, &wish), OK);
    scene_commit(&scene);
    struct message message = next();
    assert_int_equal(message.account, 0);
    assert_int_equal(message.organization, 0);
    assert_true(str_is(message.language, "en"));
    assert_int_equal(json_object_size(message.payload), 0);
}

static void test_letters_have_names(void **state)
{
    (void)state;
    for (enum letter letter = 0; letter < LETTERS; letter++) {
        enum letter found = LETTERS;
        assert_true(letter_of(str_of(letter_name(letter)), &found));
        assert_int_equal(found, letter);
    }
    enum letter none = LETTERS;
    assert_false(letter_of(STR("password"), &none));
    assert_false(letter_of(STR(""), &none));
    assert_false(letter_of(STR_NONE, &none));
    assert_int_equal(none, LETTERS);
}

static void test_a_message_exists_only_if_its_transaction_does(void **state)
{
    (void)state;
    struct outbox_wish wish = {.letter = LETTER_password_reset, .recipient = STR("ada@example.com"),
                               .expires_at = SCENE_NOW + LIFE};
    scene_begin(&scene);
    assert_int_equal(outbox_add(portal, visit, &wish), OK);
    db_rollback(portal->db);
    assert_int_equal(number("COUNT(*)"), 0);
    log_catch();
    assert_int_equal(outbox_add(portal, visit, &wish), ERR_FAULT);
    assert_true(log_caught("outside a transaction"));
    assert_int_equal(number("COUNT(*)"), 0);
    assert_none();
}

static void test_recipients_that_could_break_an_envelope_are_refused(void **state)
{
    (void)state;
    const Str mail[] = {
        STR(""), STR_NONE, STR("ada"), STR("ada@"), STR("@example.com"), STR("ada@localhost"), STR("ada@example.com\r"),
        STR("ada@example.com\n"), STR("ada@example.com\r\nBcc: eve@example.com"), STR("ada\n@example.com"), STR("ada\0@example.com"),
        STR("ada@example.com\0"), STR("ada@exam\0ple.com"), STR("<ada@example.com>"), STR("ada@example.com>"),
        STR("ada>@example.com"), STR("ada@example.com,eve@example.com"), STR("ada@example.com eve@example.com"),
        STR("ada@example.com;eve@example.com"), STR("\"ada\"@example.com"), STR("ada(x)@example.com"), STR("ada@[192.0.2.1]"),
        STR(" ada@example.com"), STR("Ada@example.com"), STR("ada@example.com>\r\nRCPT TO:<eve@example.com"), STR("+4930123456"),
        STR("ad\xff@example.com"), STR("ada@\xef\xbd\x85xample.com"),
    };
    for (size_t i = 0; i < sizeof mail / sizeof *mail; i++)
        if (add(LETTER_password_reset, mail[i], "/x", SCENE_NOW + LIFE) != ERR_INVALID) fail_msg("mail recipient %zu", i);
    static const char *const phones[] = {"", "+", "4930123456", "+49 30 123456", "+4930123456\n", "+49301234567890123",
                                         "ada@example.com", "+49301234\r\n56", "+0930123456", "+493012345a"};
    for (size_t i = 0; i < sizeof phones / sizeof *phones; i++)
        if (add(LETTER_phone_code, str_of(phones[i]), "/x", SCENE_NOW + LIFE) != ERR_INVALID) fail_msg("number %zu", i);
    assert_int_equal(number("COUNT(*)"), 0);
    assert_int_equal(add(LETTER_phone_code, STR("+4930123456"), "/x", SCENE_NOW + LIFE), OK);
    assert_true(str_is(next().channel, "sms"));
    assert_int_equal(add(LETTER_email_verify, STR("o'hara+x@b\xc3\xbc" "cher.example"), "/x", SCENE_NOW + LIFE), OK);
}

/* --- sealed --- */

static void test_a_payload_cannot_be_read_in_the_file(void **state)
{
    (void)state;
    put("/password/reset?token=SECRETSECRETSECRET");
    assert_true(scene_holds(&scene, STR("ada@example.com")));
    assert_false(scene_holds(&scene, STR("SECRETSECRET")));
    assert_false(scene_holds(&scene, STR("/password/reset")));
}

static void test_equal_payloads_are_not_seen_to_be_equal(void **state)
{
    (void)state;
    put("/same");
    put("/same");
    assert_int_equal(number("COUNT(DISTINCT payload)"), 2);
    assert_int_equal(number("COUNT(DISTINCT message_id)"), 2);
}

/* Somebody who can write rows past the statements of ours. */
static void tamper(const char *sql)
{
    assert_int_equal(engine_run(portal->db, sql), OK);
}

static void test_a_payload_is_bound_to_its_row(void **state)
{
    (void)state;
    static const char *const acts[] = {
        "UPDATE outbox SET payload = (SELECT payload FROM outbox WHERE id = 2) WHERE id = 1; DELETE FROM outbox WHERE id = 2",
        "UPDATE outbox SET recipient = 'eve@example.com' WHERE id = 1; DELETE FROM outbox WHERE id = 2",
        "UPDATE outbox SET message_id = 'x' WHERE id = 1; DELETE FROM outbox WHERE id = 2",
        "UPDATE outbox SET payload = SUBSTR(payload, 1, 20) WHERE id = 1; DELETE FROM outbox WHERE id = 2",
        "UPDATE outbox SET payload = SUBSTR(payload, 1, LENGTH(payload) - 1) WHERE id = 1; DELETE FROM outbox WHERE id = 2",
        "UPDATE outbox SET payload = SUBSTR(payload, 1, 0) WHERE id = 1; DELETE FROM outbox WHERE id = 2",
    };
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        put("/one");
        put("/two");
        tamper(acts[i]);
        log_catch();
        assert_none();
        assert_true(log_caught("cannot be opened"));
        tamper("DELETE FROM outbox");
    }
}

static void test_one_that_does_not_open_is_kept_and_keeps_nobody_waiting(void **state)
{
    (void)state;
    put("/one");
    put("/two");
    tamper("UPDATE outbox SET recipient = 'eve@example.com' WHERE id = 1");
    log_catch();
    struct message message = next();
    assert_true(log_caught("cannot be opened"));
    assert_string_equal(link_of(&message), "/two");
    tamper("UPDATE outbox SET recipient = 'ada@example.com' WHERE id = 1");
    assert_int_equal(number("last_error = 'cannot be opened with this key file' AND state = 'queued'"), 1);
    assert_int_equal(outbox_sent(portal, visit, &message), OK);
    assert_none();
    scene.visit.now += MINUTE;
    message = next();
    assert_string_equal(link_of(&message), "/one");
}

static void test_a_letter_of_a_newer_program_is_kept(void **state)
{
    (void)state;
    put("/one");
    tamper("UPDATE outbox SET kind = 'greeting'");
    log_catch();
    assert_none();
    (void)log_caught("");
    assert_int_equal(number("state = 'queued' AND LENGTH(payload) > 0"), 1);
}

static void test_sealing_and_opening(void **state)
{
    (void)state;
    struct arena *arena = scene.arena;
    Str open = STR_NONE, sealed = keys_seal(arena, portal->keys, STR("secret"), STR("row 1"));
    assert_true(keys_open_sealed(arena, portal->keys, sealed, STR("row 1"), &open));
    assert_true(str_is(open, "secret"));
    open = STR_NONE;
    assert_false(keys_open_sealed(arena, portal->keys, sealed, STR("row 2"), &open));
    assert_false(keys_open_sealed(arena, portal->keys, sealed, STR_NONE, &open));
    for (size_t n = 0; n < sealed.n; n++)
        assert_false(keys_open_sealed(arena, portal->keys, str_first(sealed, n), STR("row 1"), &open));
    for (size_t i = 0; i < sealed.n; i++) {
        char *changed = arena_cstr(arena, sealed);
        changed[i] = (char)(changed[i] ^ 1);
        assert_false(keys_open_sealed(arena, portal->keys, (Str){changed, sealed.n}, STR("row 1"), &open));
    }
    assert_null(open.p);
    assert_false(str_eq(sealed, keys_seal(arena, portal->keys, STR("secret"), STR("row 1"))));
    sealed = keys_seal(arena, portal->keys, STR_NONE, STR_NONE);
    assert_true(keys_open_sealed(arena, portal->keys, sealed, STR_NONE, &open));
    assert_int_equal(open.n, 0);
}

/* --- trying --- */

static void test_the_back_off(void **state)
{
    (void)state;
    static const int64_t minutes[] = {1, 5, 15, 60, 60, 60};
    put("/link");
    for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
        struct message message = next();
        assert_int_equal(message.attempts, i + 1);
        assert_int_equal(message.due_at, scene.visit.now + minutes[i] * MINUTE);
        assert_int_equal(outbox_failed(portal, visit, &message, STR("451 greylisted")), OK);
        scene.visit.now += minutes[i] * MINUTE - 1;
        assert_none();
        scene.visit.now += 1;
    }
    struct message last = next();
    assert_string_equal(link_of(&last), "/link");
    assert_int_equal(number("last_error = '451 greylisted'"), 1);
}

static void test_a_courier_that_dies_tries_again_with_the_same_message_id(void **state)
{
    (void)state;
    put("/link");
    struct message first = next();
    assert_none();
    db_close(portal->db);
    scene.portal.db = store_open(&scene.place, scene.write_lock);
    assert_none();
    scene.visit.now += MINUTE;
    struct message again = next();
    assert_true(str_eq(again.message_id, first.message_id));
    assert_int_equal(again.id, first.id);
    assert_int_equal(again.attempts, 2);
    assert_string_equal(link_of(&again), "/link");
}

static void test_never_after_its_expiry(void **state)
{
    (void)state;
    assert_int_equal(add(LETTER_password_reset, STR("ada@example.com"), "/link", SCENE_NOW + 2 * MINUTE), OK);
    struct message message = next();
    assert_int_equal(outbox_failed(portal, visit, &message, STR("greylisted")), OK);
    scene.visit.now = SCENE_NOW + MINUTE;
    message = next();
    assert_int_equal(message.due_at, SCENE_NOW + 2 * MINUTE);
    assert_int_equal(outbox_failed(portal, visit, &message, STR("greylisted")), OK);
    scene.visit.now = SCENE_NOW + 2 * MINUTE - 1;
    assert_none();
    assert_int_equal(number("state = 'queued'"), 1);
    scene.visit.now++;
    assert_none();
    assert_int_equal(number("state = 'dropped' AND LENGTH(payload) = 0 AND done_at = 1000120"), 1);
    assert_int_equal(number("last_error = 'expired after: greylisted'"), 1);
}

static void test_one_past_its_time_does_not_hide_the_next(void **state)
{
    (void)state;
    assert_int_equal(add(LETTER_password_reset, STR("ada@example.com"), "/dead", SCENE_NOW), OK);
    put("/alive");
    struct message message = next();
    assert_string_equal(link_of(&message), "/alive");
    assert_int_equal(number("SUM(state = 'dropped' AND last_error = 'expired')"), 1);
}

static void test_more_of_them_than_one_step_drops_hide_nothing_either(void **state)
{
    (void)state;
    put("/alive");
    assert_int_equal(add(LETTER_password_reset, STR("ada@example.com"), "/dead", SCENE_NOW), OK);
    tamper("WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 700)"
           " INSERT INTO outbox SELECT i, 'id' || i, channel, kind, account_id, organization_id, recipient, language, payload,"
           " state, attempts, due_at - 1, expires_at, created_at, done_at, last_error, elsewhere FROM n, outbox WHERE outbox.id = 2");
    struct message message = next();
    assert_string_equal(link_of(&message), "/alive");
    assert_int_equal(number("SUM(state = 'dropped')"), 500);
    assert_none();
    assert_int_equal(number("SUM(state = 'dropped')"), 699);
}

static void test_the_oldest_goes_first(void **state)
{
    (void)state;
    put("/one");
    scene.visit.now++;
    put("/two");
    struct message first = next(), second = next();
    assert_string_equal(link_of(&first), "/one");
    assert_string_equal(link_of(&second), "/two");
    assert_none();
}

static int take_all(struct scene *at, void *context)
{
    struct message message;
    int taken = 0;
    (void)context;
    while (outbox_next(&at->portal, &at->visit, &message) == OK) taken++;
    return taken > 0 ? OK : ERR_NOT_FOUND;
}

static void test_two_couriers_do_not_take_the_same(void **state)
{
    (void)state;
    int results[SCENE_RESULTS];
    for (int i = 0; i < 20; i++) put("/link");
    scene_at_once(&scene, 4, take_all, NULL, results);
    assert_int_equal(results[OK] + results[ERR_NOT_FOUND], 4);
    assert_int_equal(number("COUNT(*)"), 20);
    assert_int_equal(number("MIN(attempts)"), 1);
    assert_int_equal(number("MAX(attempts)"), 1);
}

/* --- done --- */

static void test_a_sent_one_is_emptied_and_gone_from_the_queue(void **state)
{
    (void)state;
    put("/link");
    struct message message = next();
    assert_int_equal(outbox_sent(portal, visit, &message), OK);
    assert_int_equal(number("state = 'sent' AND LENGTH(payload) = 0 AND done_at = 1000000 AND last_error = ''"), 1);
    scene.visit.now += LIFE + MINUTE;
    assert_none();
    assert_int_equal(number("state = 'sent'"), 1);
}

static void test_the_first_end_counts(void **state)
{
    (void)state;
    put("/link");
    struct message message = next();
    assert_int_equal(outbox_sent(portal, visit, &message), OK);
    assert_int_equal(outbox_dropped(portal, visit, &message, STR("by hand"), false), OK);
    assert_int_equal(outbox_failed(portal, visit, &message, STR("late")), OK);
    assert_int_equal(number("state = 'sent' AND last_error = ''"), 1);
}

static bool bounces(Str address)
{
    bool out;
    assert_int_equal(address_is_bouncing(portal, scene.arena, address, &out), OK);
    return out;
}

static void test_a_dropped_one_may_say_that_its_address_bounces(void **state)
{
    (void)state;
    put("/one");
    struct message message = next();
    assert_int_equal(outbox_dropped(portal, visit, &message, STR("dropped by hand"), false), OK);
    assert_false(bounces(STR("ada@example.com")));
    put("/two");
    message = next();
    assert_int_equal(outbox_dropped(portal, visit, &message, STR("550"), true), OK);
    assert_int_equal(number("SUM(state = 'dropped' AND LENGTH(payload) = 0 AND last_error = '550')"), 1);
    assert_true(bounces(STR("ada@example.com")));
    assert_true(bounces(STR("ADA@Example.COM")));
    assert_false(bounces(STR("bob@example.com")));
    assert_false(bounces(STR("ada@example.com.example")));
    assert_false(bounces(STR("")));
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM bouncing WHERE instr(address_hash, 'example') > 0"), 0);
}

static void test_an_address_that_takes_mail_again_bounces_no_more(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        put("/link");
        struct message message = next();
        assert_int_equal(outbox_dropped(portal, visit, &message, STR("550"), true), OK);
    }
    put("/link");
    struct message message = next();
    assert_int_equal(outbox_sent(portal, visit, &message), OK);
    assert_false(bounces(STR("ada@example.com")));
}

static void test_words_are_cut(void **state)
{
    (void)state;
    char words[1000];
    memset(words, 'x', sizeof words);
    put("/link");
    struct message message = next();
    assert_int_equal(outbox_failed(portal, visit, &message, (Str){words, sizeof words}), OK);
    assert_int_equal(number("LENGTH(last_error)"), 200);
    assert_int_equal(outbox_failed(portal, visit, &message, STR_NONE), OK);
    assert_int_equal(number("LENGTH(last_error)"), 0);
}

static void test_messages_go_with_their_account(void **state)
{
    (void)state;
    put("/link");
    struct message message = next();
    portal_drop(portal, &scene.ada);
    assert_int_equal(number("COUNT(*)"), 0);
    assert_int_equal(outbox_sent(portal, visit, &message), OK);
    assert_int_equal(outbox_failed(portal, visit, &message, STR("late")), OK);
    assert_int_equal(number("COUNT(*)"), 0);
}

static void test_only_what_was_done_a_week_ago_is_swept(void **state)
{
    (void)state;
    enum { WEEK = 7 * 86400 };
    int64_t swept = 0;
    put("/done");
    put("/queued");
    struct message message = next();
    assert_int_equal(outbox_sent(portal, visit, &message), OK);
    assert_int_equal(db_run(portal->db, STMT_outbox_sweep, DB_ARGS(db_int(SCENE_NOW + WEEK - 1)), &swept), OK);
    assert_int_equal(swept, 0);
    assert_int_equal(db_run(portal->db, STMT_outbox_sweep, DB_ARGS(db_int(SCENE_NOW + WEEK)), &swept), OK);
    assert_int_equal(swept, 1);
    assert_int_equal(number("state = 'queued'"), 1);
}

/* What goes to somebody's own address goes with the account; what concerns another account is found by its recipient as well. */
static void test_messages_are_found_by_account_or_recipient(void **state)
{
    (void)state;
    static const struct {
        const char *recipient;
        bool of_ada, elsewhere;
    } rows[] = {
        {"ada@example.com", true, false}, {"new@example.com", true, true}, {"bob@example.com", true, true}, {"bob@example.com", false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        scene_begin(&scene);
        assert_int_equal(outbox_add(portal, visit, &(struct outbox_wish){.letter = LETTER_email_change, .user = rows[i].of_ada ? &scene.ada : NULL,
                         .recipient = str_of(rows[i].recipient), .expires_at = SCENE_NOW + LIFE}), OK);
        scene_commit(&scene);
        assert_int_equal(number(arena_print(scene.arena, "SUM(elsewhere = %d AND id = %zu)", rows[i].elsewhere, i + 1).p), 1);
    }
    store_do(portal->db, STMT_erase_messages, DB_ARGS(db_text(STR("bob@example.com"))));
    assert_int_equal(number("COUNT(*)"), 2);
    store_do(portal->db, STMT_erase_messages, DB_ARGS(db_text(STR("ada@example.com"))));
    assert_int_equal(number("COUNT(*)"), 2);                  /* that one is the account's */
    scene_begin(&scene);
    assert_int_equal(profile_drop(portal->db, scene.ada.id), OK);
    scene_commit(&scene);
    assert_int_equal(number("COUNT(*)"), 0);
}

static void test_the_operator_may_hurry(void **state)
{
    (void)state;
    put("/link");
    struct message message = next();
    assert_none();
    store_do(portal->db, STMT_outbox_retry, DB_ARGS(db_int(message.id), db_int(SCENE_NOW)));
    message = next();
    assert_int_equal(message.attempts, 2);
    store_do(portal->db, STMT_outbox_retry, DB_ARGS(db_int(message.id + 1), db_int(SCENE_NOW)));
    assert_int_equal(number("due_at"), message.due_at);
}

/* What has no way waits as it is, however long it is due, and stops nothing of the other channel. */
static void test_a_channel_without_a_way_waits(void **state)
{
    (void)state;
    assert_int_equal(add(LETTER_phone_code, STR("+442079460018"), "", SCENE_NOW + LIFE), OK);
    put("a");
    scene.options.sms_url = STR("");
    assert_string_equal(link_of(&(struct message){.payload = next().payload}), "a");
    assert_none();
    assert_int_equal(number("SUM(attempts)"), 1);
    scene.options.mail_url = STR("");
    scene.visit.now += MINUTE;
    assert_none();
    assert_int_equal(number("SUM(attempts)"), 1);
    scene.options.sms_url = STR("dir:sms");
    assert_true(str_is(next().channel, "sms"));
    assert_none();
    scene.options.mail_url = STR("dir:mail");
    assert_string_equal(link_of(&(struct message){.payload = next().payload}), "a");
}

int main(void)
{
#define OUTBOX_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        OUTBOX_TEST(test_a_message_comes_out_as_it_went_in),
        OUTBOX_TEST(test_what_is_left_out_has_a_meaning),
        OUTBOX_TEST(test_letters_have_names),
        OUTBOX_TEST(test_a_channel_without_a_way_waits),
        OUTBOX_TEST(test_a_message_exists_only_if_its_transaction_does),
        OUTBOX_TEST(test_recipients_that_could_break_an_envelope_are_refused),
        OUTBOX_TEST(test_a_payload_cannot_be_read_in_the_file),
        OUTBOX_TEST(test_equal_payloads_are_not_seen_to_be_equal),
        OUTBOX_TEST(test_a_payload_is_bound_to_its_row),
        OUTBOX_TEST(test_one_that_does_not_open_is_kept_and_keeps_nobody_waiting),
        OUTBOX_TEST(test_a_letter_of_a_newer_program_is_kept),
        OUTBOX_TEST(test_sealing_and_opening),
        OUTBOX_TEST(test_the_back_off),
        OUTBOX_TEST(test_a_courier_that_dies_tries_again_with_the_same_message_id),
        OUTBOX_TEST(test_never_after_its_expiry),
        OUTBOX_TEST(test_one_past_its_time_does_not_hide_the_next),
        OUTBOX_TEST(test_more_of_them_than_one_step_drops_hide_nothing_either),
        OUTBOX_TEST(test_the_oldest_goes_first),
        OUTBOX_TEST(test_two_couriers_do_not_take_the_same),
        OUTBOX_TEST(test_a_sent_one_is_emptied_and_gone_from_the_queue),
        OUTBOX_TEST(test_the_first_end_counts),
        OUTBOX_TEST(test_a_dropped_one_may_say_that_its_address_bounces),
        OUTBOX_TEST(test_an_address_that_takes_mail_again_bounces_no_more),
        OUTBOX_TEST(test_words_are_cut),
        OUTBOX_TEST(test_messages_go_with_their_account),
        OUTBOX_TEST(test_only_what_was_done_a_week_ago_is_swept),
        OUTBOX_TEST(test_messages_are_found_by_account_or_recipient),
        OUTBOX_TEST(test_the_operator_may_hurry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
