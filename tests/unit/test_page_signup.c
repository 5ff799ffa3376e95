/* Making one's own account: what is asked for, what comes of it, and that nobody learns from it who has one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/artefact.h"
#include "account/outbox.h"
#include "account/session.h"
#include "base/clock.h"
#include "store/user_store.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/store_support.h"

#define PASSWORD "password=staple+battery+41+correct&password_again=staple+battery+41+correct"
#define FINE PASSWORD "&user_metadata.team=Red"

static const char place[] =
    "{\"fields\":["
    " {\"name\":\"user_metadata.team\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"edit\",\"required\":true,\"max\":12,"
    "  \"label\":{\"en\":\"Team\",\"de\":\"Gruppe\",\"ar\":\"الفريق\"}},"
    " {\"name\":\"user_metadata.size\",\"type\":\"choice\",\"section\":\"more\",\"owner\":\"edit\",\"choices\":[\"S\",\"L\"],"
    "  \"label\":{\"en\":\"Size\"}},"
    " {\"name\":\"user_metadata.rank\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"read\",\"required\":true,"
    "  \"label\":{\"en\":\"Rank\"}}],"
    "\"connections\":["
    " {\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\",\"options\":{},\"fields\":{}},"
    " {\"name\":\"closed\",\"strategy\":\"local\",\"display_name\":\"Closed\",\"options\":{\"disable_signup\":true},\"fields\":{}},"
    " {\"name\":\"elsewhere\",\"strategy\":\"oidc\",\"display_name\":\"Elsewhere\",\"options\":{\"issuer\":\"https://id.example\","
    "  \"client_id\":\"x\"},\"fields\":{}}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"Ada@example.com\",\"email_verified\":true,"
    "  \"user_metadata\":{\"team\":\"Blue\"}},"
    " {\"connection\":\"customers\",\"user_id\":\"bob\",\"email\":\"bob@example.com\",\"blocked\":true,"
    "  \"user_metadata\":{\"team\":\"Blue\"}},"
    " {\"connection\":\"closed\",\"user_id\":\"eve\",\"email\":\"eve@example.com\",\"user_metadata\":{\"team\":\"Blue\"}}]}";

static struct stage stage;

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, place);
    stage.options.mail_url = STR("dir:mail");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stage_close(&stage);
    return 0;
}

static void expect(int status, const char *in_head, const char *in_body)
{
    if (stage.reply.status != status) fail_msg("answered %d, not %d:\n%.*s", stage.reply.status, status, STR_ARGS(stage.reply.body));
    if (in_head && !text_has(stage.head, in_head)) fail_msg("not in the head: %s\n%.*s", in_head, STR_ARGS(stage.head));
    if (in_body && !text_has(stage.reply.body, in_body)) fail_msg("not in the page: %s\n%.*s", in_body,
        STR_ARGS(stage.reply.body));
}

static int64_t count(const char *sql)
{
    return store_count(stage.portal.db, sql);
}

static int64_t accounts(void)
{
    return count("SELECT COUNT(*) FROM account");
}

static int64_t letters(void)
{
    return count("SELECT COUNT(*) FROM outbox");
}

static void visit_form(void)
{
    stage_forget(&stage);
    stage_get(&stage, "/signup?connection=customers");
    expect(200, "Set-Cookie: pre=", NULL);
}

static void sign_up(const char *address, const char *rest)
{
    struct arena *arena = arena_open(0);
    visit_form();
    stage_post(&stage, "/signup", arena_print(arena, "connection=customers&email=%s&%s", address, rest).p);
    arena_close(arena);
}

static struct visit now(void)
{
    return (struct visit){.arena = stage.arena, .now = clock_now(), .request_id = STR(""), .peer = STR("192.0.2.7"), .user_agent = STR("")};
}

static struct message next_letter(void)
{
    struct message message;
    struct visit visit = now();
    assert_int_equal(outbox_next(&stage.portal, &visit, &message), OK);
    return message;
}

static void test_an_account_is_made(void **state)
{
    struct user user;
    struct artefact artefact;
    SignIn result;
    (void)state;
    sign_up("Grace%40Example.com", FINE);
    expect(303, "Location: /signup?sent=1\r\n", NULL);
    assert_false(text_has(stage.head, "sid="));
    assert_int_equal(count("SELECT COUNT(*) FROM session"), 0);
    assert_int_equal(user_get(stage.portal.db, stage.arena, 4, &user), OK);
    assert_string_equal(json_string_value(json_object_get(user.profile, "email")), "grace@example.com");
    assert_false(json_is_true(json_object_get(user.profile, "email_verified")));
    assert_string_equal(json_string_value(json_object_get(json_object_get(user.profile, "user_metadata"), "team")), "Red");
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'account.create' AND actor = 'owner' AND outcome = 'allowed'"), 1);
    struct message message = next_letter();
    assert_int_equal(message.letter, LETTER_email_verify);
    assert_true(str_is(message.recipient, "grace@example.com"));
    Str link = str_of(json_string_value(json_object_get(message.payload, "link")));
    assert_true(str_starts(link, STR("/email/confirm?token=")));
    struct visit visit = now();
    assert_int_equal(artefact_find(&stage.portal, &visit, PURPOSE_EMAIL_VERIFY, str_after(link, 21), &artefact), OK);
    assert_int_equal(artefact.account, 4);
    assert_true(str_is(artefact.value, "grace@example.com"));
    assert_int_equal(session_sign_in(&stage.portal, &visit, STR("grace@example.com"), STR("staple battery 41 correct"), STR_NONE, STR_NONE,
                                     &result), OK);
    assert_int_equal(result.outcome, SIGN_IN_OK);
}

static void test_the_mailed_link_confirms_the_address(void **state)
{
    struct user user;
    (void)state;
    sign_up("grace%40example.com", FINE);
    struct message message = next_letter();
    char link[200];
    snprintf(link, sizeof link, "%s", json_string_value(json_object_get(message.payload, "link")));
    stage_forget(&stage);
    stage_get(&stage, link);
    while (stage.reply.status == 303) stage_get(&stage, "/email/confirm");
    stage_post(&stage, "/email/confirm", "");
    assert_int_equal(user_get(stage.portal.db, stage.arena, 4, &user), OK);
    assert_true(json_is_true(json_object_get(user.profile, "email_verified")));
}

static Str answer_to(const char *address)
{
    sign_up(address, FINE);
    Str first = arena_copy(stage.lasting, stage_masked(&stage));
    stage_get(&stage, "/signup?sent=1");
    return arena_join(stage.lasting, first, stage_masked(&stage));
}

static void test_who_has_one_already_sees_the_same(void **state)
{
    (void)state;
    Str new = answer_to("grace%40example.com");
    static const char *const known[] = {"ada%40EXAMPLE.com", "Ada%40example.com", "bob%40example.com", "grace%40example.com"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t before = accounts();
        if (!str_eq(answer_to(known[i]), new)) fail_msg("%s is answered in another way", known[i]);
        assert_int_equal(accounts(), before);
    }
    assert_int_equal(letters(), 5);
    assert_int_equal(next_letter().letter, LETTER_email_verify);
    for (int i = 0; i < 2; i++) {
        struct message message = next_letter();
        assert_int_equal(message.letter, LETTER_signup_exists);
        assert_true(str_is(message.recipient, "ada@example.com"));
        assert_true(str_is(str_of(json_string_value(json_object_get(message.payload, "link"))), "/login"));
    }
    assert_int_equal(count("SELECT MAX(epoch) FROM account WHERE user_id = 'local|ada'"), 2);
    stage_sign_in(&stage, "ada@example.com");
    stage_get(&stage, "/activity");
    expect(200, NULL, "Somebody wanted to make another account with your address; nothing was made.");
}

/* The same person may have an account of another connection: that is another source of users. */
static void test_another_connection_is_another_matter(void **state)
{
    (void)state;
    sign_up("eve%40example.com", FINE);
    assert_int_equal(accounts(), 4);
    assert_int_equal(next_letter().letter, LETTER_email_verify);
}

static void test_mailboxes_are_not_flooded(void **state)
{
    (void)state;
    for (int i = 0; i < stage.options.verification_mails_per_day + 3; i++) {
        sign_up("ada%40example.com", FINE);
        expect(303, "Location: /signup?sent=1\r\n", NULL);
    }
    assert_int_equal(letters(), stage.options.verification_mails_per_day);
}

static void test_networks_are_slowed_down(void **state)
{
    char address[40];
    (void)state;
    for (int i = 0; i < 50; i++) {
        snprintf(address, sizeof address, "p%d%%40example.com", i);
        sign_up(address, FINE);
        expect(303, NULL, NULL);
    }
    int64_t before = accounts();
    sign_up("more%40example.com", FINE);
    expect(429, "Retry-After: ", "Many accounts were made from your network.");
    expect(429, NULL, "value=\"more@example.com\"");
    sign_up("ada%40example.com", FINE);
    expect(429, NULL, NULL);
    assert_int_equal(accounts(), before);
}

static void test_what_is_wrong_is_said_at_once(void **state)
{
    (void)state;
    sign_up("nobody", "password=short&password_again=other&user_metadata.team=");
    expect(422, NULL, "<title>Problem: Make an account");
    expect(422, NULL, "href=\"#f-email\"");
    expect(422, NULL, "href=\"#f-user_metadata.team\"");
    expect(422, NULL, "href=\"#f-password\"");
    expect(422, NULL, "href=\"#f-password_again\"");
    expect(422, NULL, "value=\"nobody\"");
    assert_false(text_has(stage.reply.body, "value=\"short\""));
    sign_up("", FINE);
    expect(422, NULL, "Fill this in; it cannot stay empty.");
    sign_up("grace%40example.com", PASSWORD);
    expect(422, NULL, "href=\"#f-user_metadata.team\"");
    sign_up("grace.hopper%40example.com", "password=grace.hopper+grace.hopper&password_again=grace.hopper+grace.hopper&user_metadata.team=Red");
    expect(422, NULL, "Leave out your name, your username and your e-mail address.");
    assert_int_equal(accounts(), 3);
    assert_int_equal(letters(), 0);
}

/* Refusals do not depend on whether the address is known. */
static void test_refusals_are_alike(void **state)
{
    static const char *const rests[] = {
        "password=short&password_again=short&user_metadata.team=Red", PASSWORD "&user_metadata.team=much+too+long+a+name",
        "password=a+fine+long+secret+41&password_again=another&user_metadata.team=Red",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rests / sizeof *rests; i++) {
        sign_up("ada%40example.com", rests[i]);
        expect(422, NULL, NULL);
        Str known = text_replaced(stage.lasting, stage_masked(&stage), STR("ada@"), "who@");
        sign_up("eda%40example.com", rests[i]);
        assert_true(str_eq(text_replaced(stage.lasting, stage_masked(&stage), STR("eda@"), "who@"), known));
    }
}

static void test_nothing_else_comes_along(void **state)
{
    static const char *const more[] = {
        "email_verified=true", "email=b%40example.com", "user_metadata.rank=general", "user_metadata.size=S", "app_metadata.plan=gold",
        "user_id=local%7Cx", "blocked=false", "username=grace", "given_name=Grace", "role=admin", "organization=acme", "email[]=x%40y.example",
        "password=b", "connection=closed", "user_metadata.team=Blue", "user_metadata=%7B%7D",
    };
    (void)state;
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        struct arena *arena = arena_open(0);
        sign_up("grace%40example.com", arena_print(arena, FINE "&%s", more[i]).p);
        if (stage.reply.status != 422 && stage.reply.status != 404) fail_msg("%s: answered %d", more[i], stage.reply.status);
        arena_close(arena);
    }
    assert_int_equal(accounts(), 3);
    assert_int_equal(letters(), 0);
}

static void test_where_it_is_open(void **state)
{
    static const char *const closed[] = {"/signup?connection=closed", "/signup?connection=elsewhere", "/signup?connection=nothing",
        "/signup?connection=%3Cb%3E"};
    (void)state;
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        visit_form();
        stage_post(&stage, closed[i], "email=grace%40example.com&" FINE);
        expect(404, NULL, NULL);
        stage_get(&stage, closed[i]);
        expect(404, NULL, NULL);
    }
    assert_int_equal(accounts(), 3);
    stage_get(&stage, "/signup");
    expect(200, NULL, "name=\"connection\" value=\"customers\"");
    assert_false(text_has(stage.reply.body, "user_metadata.size") || text_has(stage.reply.body, "user_metadata.rank"));
    stage_get(&stage, "/login");
    expect(200, NULL, "<a href=\"/signup?connection=customers\">Make an account (Customers)</a>");
    assert_false(text_has(stage.reply.body, "Closed") || text_has(stage.reply.body, "Elsewhere"));
    stage_get(&stage, "/login?connection=closed");
    assert_false(text_has(stage.reply.body, "/signup"));
    stage_sign_in(&stage, "ada@example.com");
    stage_get(&stage, "/signup");
    expect(303, "Location: /profile\r\n", NULL);
}

static void test_another_language_is_the_same_form(void **state)
{
    (void)state;
    visit_form();
    expect(200, NULL, "href=\"/signup?lang=de&amp;connection=customers\"");
    sign_up("nobody", FINE);
    expect(422, NULL, "href=\"/signup?lang=de&amp;connection=customers\"");
    stage_get(&stage, "/signup?lang=de&connection=customers");
    expect(200, "Content-Language: de", "Konto anlegen");
}

static void test_forged_forms_make_nothing(void **state)
{
    (void)state;
    visit_form();
    stage_ask(&stage, "POST /signup\n\nconnection=customers&email=grace%40example.com&" FINE);
    expect(403, NULL, "This form can no longer be used");
    stage_ask(&stage, "POST /signup\nSec-Fetch-Site: cross-site\n\ncsrf={csrf}&connection=customers&email=grace%40example.com&" FINE);
    expect(403, NULL, NULL);
    stage_get(&stage, "/signup?connection=customers&email=grace%40example.com&" FINE);
    expect(200, NULL, "name=\"email\" type=\"email\" value=\"\"");
    assert_int_equal(accounts(), 3);
}

static void test_golden(void **state)
{
    static const struct { const char *name, *request; } rows[] = {
        {"signup", "GET /signup?connection=customers\n\n"},
        {"signup_german", "GET /signup?connection=customers\nAccept-Language: de\n\n"},
        {"signup_arabic", "GET /signup?connection=customers\nAccept-Language: ar\n\n"},
        {"signup_sent", "GET /signup?sent=1\n\n"},
        {"signup_refused", "POST /signup\n\ncsrf={csrf}&connection=customers&email=%22%3E%3Cb%3E&password=a&password_again=b&user_metadata.team="},
        {"signup_done", "POST /signup\n\ncsrf={csrf}&connection=customers&email=grace%40example.com&" FINE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        visit_form();
        stage_ask(&stage, rows[i].request);
        golden_check(rows[i].name, stage_masked(&stage));
    }
}

int main(void)
{
#define STAGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_an_account_is_made),
        STAGE_TEST(test_the_mailed_link_confirms_the_address),
        STAGE_TEST(test_who_has_one_already_sees_the_same),
        STAGE_TEST(test_another_connection_is_another_matter),
        STAGE_TEST(test_mailboxes_are_not_flooded),
        STAGE_TEST(test_networks_are_slowed_down),
        STAGE_TEST(test_what_is_wrong_is_said_at_once),
        STAGE_TEST(test_refusals_are_alike),
        STAGE_TEST(test_nothing_else_comes_along),
        STAGE_TEST(test_where_it_is_open),
        STAGE_TEST(test_another_language_is_the_same_form),
        STAGE_TEST(test_forged_forms_make_nothing),
        STAGE_TEST(test_golden),
    };
    return cmocka_run_group_tests_name("sign-up", tests, NULL, NULL);
}
