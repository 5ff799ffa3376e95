/* serve/sender: from the outbox into a folder; what it says, what is never sent, and that one bad message stops no other. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/outbox.h"
#include "base/clock.h"
#include "base/json_memory.h"
#include "serve/sender.h"
#include "store/user_store.h"
#include "support/page_support.h"
#include "support/store_support.h"

enum { MESSAGES = 40 };

static struct stage stage;
static struct store_place place;
static struct generation generation;
static struct sender *sender;
static Str messages[MESSAGES];
static size_t message_count;

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, NULL);
    store_place_make(&place);
    log_catch();
    stage.options.public_url = STR("https://account.example.com");
    stage.options.mail_url = arena_print(stage.lasting, "dir:%s", place.folder);
    stage.options.sms_url = stage.options.mail_url;
    stage.options.mail_from = STR("Example <no-reply@example.com>");
    stage.options.display_name = STR("Portal");
    generation = (struct generation){.options = stage.options, .keys = (struct keys *)(uintptr_t)stage.portal.keys, .view = stage.view};
    sender = NULL;
    message_count = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sender_close(sender);
    store_place_remove(&place);
    stage_close(&stage);
    return 0;
}

static struct outbox_wish a_wish(enum letter letter)
{
    static struct user user;
    json_memory_use(stage.lasting);
    assert_int_equal(user_get_by_user_id(stage.portal.db, stage.lasting, STR("local|ada"), &user), OK);
    json_t *payload = json_pack("{s:s,s:s,s:s,s:i}", "link", "/password/reset?token=abc", "value", "new@example.com", "peer",
                                "192.0.2.7", "at", 1795229580);
    return (struct outbox_wish){.letter = letter, .user = &user, .recipient = STR("ada@example.com"), .language = STR("en"),
                                .expires_at = clock_now() + 600, .payload = payload};
}

static void put(const struct outbox_wish *wish)
{
    struct visit visit = {.arena = stage.lasting, .now = clock_now(), .actor_id = STR("test")};
    json_memory_use(stage.lasting);
    assert_int_equal(db_begin(stage.portal.db), OK);
    assert_int_equal(outbox_add(&stage.portal, &visit, wish), OK);
    assert_int_equal(db_commit(stage.portal.db), OK);
}

static void read_messages(void)
{
    struct dirent **entries = NULL;
    int n = scandir(place.folder, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char buffer[20000];
        Str path = arena_print(stage.lasting, "%s/%s", place.folder, entries[i]->d_name);
        FILE *file = entries[i]->d_name[0] == '.' ? NULL : fopen(path.p, "r");
        if (file) {
            assert_true(message_count < MESSAGES);
            messages[message_count++] = arena_copy(stage.lasting, (Str){buffer, fread(buffer, 1, sizeof buffer, file)});
            fclose(file);
        }
        free(entries[i]);
    }
    free(entries);
}

static void send_all(void)
{
    if (!sender) assert_int_equal(sender_open(stage.lasting, &generation, stage.portal.db, &sender), OK);
    while (sender_round(sender, true, 1)) continue;
    assert_false(sender_is_busy(sender));
    message_count = 0;
    read_messages();
    json_memory_use(stage.lasting);
}

static int64_t in_state(const char *state)
{
    return store_count(stage.portal.db, arena_print(stage.lasting, "SELECT count(*) FROM outbox WHERE state = '%s'", state).p);
}

static void a_message_is_sent_once(void **state)
{
    (void)state;
    struct outbox_wish wish = a_wish(LETTER_password_reset);
    put(&wish);
    send_all();
    send_all();
    assert_int_equal(message_count, 1);
    assert_true(text_has(messages[0], "To: ada@example.com\r\n"));
    assert_true(text_has(messages[0], "Subject: Portal: Choose a new password\r\n"));
    assert_true(text_has(messages[0], "https://account.example.com/password/reset?token=3Dabc"));
    assert_true(text_has(messages[0], "From: 192.0.2.7"));
    assert_int_equal(in_state("sent"), 1);
    assert_int_equal(store_count(stage.portal.db, "SELECT sum(length(payload)) FROM outbox"), 0);
}

static void it_wears_the_organizations_name_and_speaks_the_readers_language(void **state)
{
    (void)state;
    struct outbox_wish wish = a_wish(LETTER_password_changed);
    wish.organization = store_count(stage.portal.db, "SELECT id FROM organization WHERE name = 'acme'");
    wish.language = STR("de");
    put(&wish);
    send_all();
    assert_int_equal(message_count, 1);
    assert_true(text_has(messages[0], "Content-Language: de\r\n"));
    assert_true(text_has(messages[0], "help@acme.example"));
    assert_true(text_has(messages[0], "Acme Ltd"));
    assert_false(text_has(messages[0], "Portal"));
}

static void a_language_that_is_gone_falls_back(void **state)
{
    (void)state;
    struct outbox_wish wish = a_wish(LETTER_password_reset);
    wish.language = STR("tlh");
    put(&wish);
    send_all();
    assert_int_equal(message_count, 1);
    assert_true(text_has(messages[0], "Content-Language: en\r\n"));
}

static void domains_go_out_in_ascii(void **state)
{
    (void)state;
    struct outbox_wish wish = a_wish(LETTER_password_reset);
    wish.recipient = STR("ada@b\xc3\xbc" "cher.example");
    put(&wish);
    send_all();
    assert_int_equal(message_count, 1);
    assert_true(text_has(messages[0], "To: ada@xn--bcher-kva.example\r\n"));
}

/* The message keeps the field's name; what it is called is the operator's, in the reader's language. */
static void a_field_is_named_as_the_reader_knows_it(void **state)
{
    (void)state;
    static const char *const fields[] = {"family_name", "no_such_field"};
    static const char *const languages[] = {"en", "de"};
    for (size_t i = 0; i < 3; i++) {
        struct outbox_wish wish = a_wish(LETTER_request_declined);
        wish.language = str_of(languages[i % 2]);
        json_object_set_new(wish.payload, "field", json_string(fields[i / 2]));
        put(&wish);
    }
    send_all();
    assert_int_equal(message_count, 3);
    size_t english = 0, german = 0, neither = 0;
    for (size_t i = 0; i < 3; i++) {
        bool last = text_has(messages[i], "Family name"), name = text_has(messages[i], "Familienname");
        english += last;
        german += name;
        neither += !last && !name && !text_has(messages[i], "no_such_field") && !text_has(messages[i], "{FIELD}");
    }
    assert_true(english == 1 && german == 1 && neither == 1);
}

static void a_code_goes_to_the_phone(void **state)
{
    (void)state;
    struct outbox_wish wish = a_wish(LETTER_phone_code);
    wish.recipient = STR("+442079460018");
    wish.payload = json_pack("{s:s}", "code", "123456");
    put(&wish);
    send_all();
    assert_int_equal(message_count, 1);
    assert_true(text_has(messages[0], "To: +442079460018\n\n123456 is your code for Portal."));
}

static void nothing_goes_past_its_time(void **state)
{
    (void)state;
    struct outbox_wish wish = a_wish(LETTER_password_reset);
    wish.expires_at = clock_now();
    put(&wish);
    send_all();
    assert_int_equal(message_count, 0);
    assert_int_equal(in_state("dropped"), 1);
}

static void a_letter_without_its_link_stops_no_other(void **state)
{
    (void)state;
    struct outbox_wish poor = a_wish(LETTER_password_reset), good = a_wish(LETTER_password_reset);
    static const char *const links[] = {"", "https://evil.example/", "//evil.example/x?token=1", "password/reset"};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        poor.payload = json_pack("{s:s}", "link", links[i]);
        put(&poor);
    }
    put(&good);
    send_all();
    for (size_t i = 0; i < message_count; i++) assert_false(text_has(messages[i], "//evil.example/\r"));
    assert_true(message_count >= 1);
    assert_true(text_has(messages[message_count - 1], "https://account.example.com/password/reset?token=3Dabc"));
    assert_int_equal(in_state("queued"), 0);
}

static void many_go_in_several_rounds(void **state)
{
    (void)state;
    struct outbox_wish wish = a_wish(LETTER_password_reset);
    for (int i = 0; i < 35; i++) put(&wish);
    assert_int_equal(sender_open(stage.lasting, &generation, stage.portal.db, &sender), OK);
    assert_true(sender_round(sender, true, 1));   /* the courier's other chores come in between */
    assert_true(in_state("queued") > 0);
    send_all();
    assert_int_equal(message_count, 35);
    assert_int_equal(in_state("sent"), 35);
}

static void without_a_way_messages_wait(void **state)
{
    (void)state;
    struct outbox_wish wish = a_wish(LETTER_password_reset);
    put(&wish);
    generation.options.mail_url = generation.options.sms_url = STR("");
    send_all();
    assert_int_equal(store_count(stage.portal.db, "SELECT attempts FROM outbox"), 0);
    sender_close(sender);
    sender = NULL;
    generation.options.sms_url = stage.options.sms_url;
    send_all();
    assert_int_equal(message_count, 0);
    assert_int_equal(in_state("queued"), 1);
    assert_int_equal(store_count(stage.portal.db, "SELECT attempts FROM outbox"), 0);
}

static void a_password_that_cannot_be_read_means_later(void **state)
{
    (void)state;
    struct outbox_wish wish = a_wish(LETTER_password_reset);
    put(&wish);
    generation.options.mail_password_file = STR("/nonexistent/password");
    send_all();
    assert_int_equal(message_count, 0);
    assert_int_equal(in_state("queued"), 1);
    assert_true(log_caught("/nonexistent/password"));
}

static void the_log_holds_neither_addresses_nor_secrets(void **state)
{
    (void)state;
    struct outbox_wish wish = a_wish(LETTER_email_change);
    put(&wish);
    log_catch();
    send_all();
    assert_int_equal(message_count, 1);
    assert_false(log_caught("example.com"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_message_is_sent_once),
        TEST(it_wears_the_organizations_name_and_speaks_the_readers_language),
        TEST(a_language_that_is_gone_falls_back),
        TEST(domains_go_out_in_ascii),
        TEST(a_field_is_named_as_the_reader_knows_it),
        TEST(a_code_goes_to_the_phone),
        TEST(nothing_goes_past_its_time),
        TEST(a_letter_without_its_link_stops_no_other),
        TEST(many_go_in_several_rounds),
        TEST(without_a_way_messages_wait),
        TEST(a_password_that_cannot_be_read_means_later),
        TEST(the_log_holds_neither_addresses_nor_secrets),
    };
    return cmocka_run_group_tests_name("sender", tests, NULL, NULL);
}
