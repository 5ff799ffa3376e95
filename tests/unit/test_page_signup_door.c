/* Making an account at an organization's door: which connections it offers, whose look page, mail and confirmation wear, and that
   the door makes nobody a member of anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/outbox.h"
#include "base/clock.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/store_support.h"

#define FINE "password=staple+battery+41+correct&password_again=staple+battery+41+correct"

/* Acme has one way to an account, nour two, plain and bare none; trade is open and no organization's. */
static const char place[] =
    "{\"fields\":[],\"roles\":[],\"connections\":["
    " {\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\",\"options\":{},\"fields\":{}},"
    " {\"name\":\"readers\",\"strategy\":\"local\",\"display_name\":\"Readers\",\"options\":{\"disable_signup\":false},\"fields\":{}},"
    " {\"name\":\"trade\",\"strategy\":\"local\",\"display_name\":\"Trade\",\"options\":{},\"fields\":{}},"
    " {\"name\":\"closed\",\"strategy\":\"local\",\"display_name\":\"Closed\",\"options\":{\"disable_signup\":true},\"fields\":{}},"
    " {\"name\":\"elsewhere\",\"strategy\":\"oidc\",\"display_name\":\"Elsewhere\",\"options\":{\"issuer\":\"https://id.example\","
    "  \"client_id\":\"x\"},\"fields\":{}}],"
    "\"organizations\":["
    " {\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"support_email\":\"help@acme.example\","
    "  \"branding\":{\"colors\":{\"primary\":\"#0a5c36\",\"page_background\":\"#f4f7f5\"}},"
    "  \"connections\":[\"customers\",\"closed\",\"elsewhere\"]},"
    " {\"name\":\"nour\",\"display_name\":\"دار النور\",\"branding\":{\"colors\":{\"primary\":\"#ffcc00\",\"page_background\":\"#fffbea\"}},"
    "  \"connections\":[\"customers\",\"readers\"]},"
    " {\"name\":\"plain\",\"display_name\":\"Plain\",\"support_email\":\"desk@plain.example\",\"connections\":[\"closed\",\"elsewhere\"]},"
    " {\"name\":\"bare\",\"display_name\":\"Bare\"}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"ada@example.com\",\"email_verified\":true,"
    "  \"organizations\":[{\"name\":\"acme\",\"home\":true}]}]}";

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

static void expect_not(const char *words)
{
    if (text_has(stage.reply.body, words)) fail_msg("in the page: %s\n%.*s", words, STR_ARGS(stage.reply.body));
}

static const char *fill(const char *format, ...) PRINTF_LIKE(1, 2);
static const char *fill(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    Str filled = arena_vprint(stage.lasting, format, values);
    va_end(values);
    return filled.p;
}

static int64_t count(const char *sql)
{
    return store_count(stage.portal.db, sql);
}

static int64_t organization(const char *name)
{
    return count(fill("SELECT id FROM organization WHERE name = '%s'", name));
}

static struct message next_letter(void)
{
    struct message message;
    struct visit visit = {.arena = stage.lasting, .now = clock_now()};
    assert_int_equal(outbox_next(&stage.portal, &visit, &message), OK);
    assert_int_equal(outbox_sent(&stage.portal, &visit, &message), OK);
    return message;
}

static const char *link_in(const struct message *message)
{
    return fill("%s", json_string_value(json_object_get(message->payload, "link")));
}

/* "" is the portal's own door. */
static void sign_up(const char *door, const char *connection, const char *address)
{
    stage_forget(&stage);
    stage_get(&stage, fill("%s/signup?connection=%s", door, connection));
    expect(200, "Set-Cookie: pre=", NULL);
    stage_post(&stage, fill("%s/signup", door), fill("connection=%s&email=%s&" FINE, connection, address));
}

/* ---- the pages as they are sent ---- */

static void test_golden(void **state)
{
    static const struct { const char *name, *request; } rows[] = {
        {"signup_acme", "GET /o/acme/signup\n\n"},
        {"signup_acme_german", "GET /o/acme/signup\nAccept-Language: de\n\n"},
        {"signup_acme_sent", "GET /o/acme/signup?sent=1\n\n"},
        {"signup_acme_refused", "POST /o/acme/signup\n\ncsrf={csrf}&email=%22%3E%3Cb%3E&password=a&password_again=b"},
        {"signup_nour_choice", "GET /o/nour/signup\n\n"},
        {"signup_nour_arabic", "GET /o/nour/signup?connection=readers\nAccept-Language: ar\n\n"},
        {"signup_plain_none", "GET /o/plain/signup\n\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage_forget(&stage);
        stage_get(&stage, "/o/acme/signup");
        stage_ask(&stage, rows[i].request);
        golden_check(rows[i].name, stage_masked(&stage));
    }
}

/* ---- what a door offers ---- */

static void test_only_its_own_open_connections(void **state)
{
    static const char *const doors[] = {"/o/acme", "/o/nour", "/o/plain", "/o/bare", ""};
    static const struct { const char *connection, *open; } rows[] = {      /* a letter a door, '.': not there */
        {"customers", "an..p"}, {"readers", ".n..p"}, {"trade", "....p"}, {"closed", "....."}, {"elsewhere", "....."},
        {"nothing", "....."}, {"%3Cb%3E", "....."}, {"CUSTOMERS", "....."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t door = 0; door < 5; door++) {
            bool open = rows[i].open[door] != '.';
            stage_forget(&stage);
            stage_get(&stage, fill("%s/signup?connection=%s", doors[door], rows[i].connection));
            expect(open ? 200 : 404, NULL, open ? fill("name=\"connection\" value=\"%s\"", rows[i].connection) : NULL);
            if (open) continue;
            int64_t before = count("SELECT COUNT(*) FROM account");
            stage_get(&stage, "/login");
            stage_post(&stage, fill("%s/signup", doors[door]),
                       fill("connection=%s&email=new%%40example.com&" FINE, rows[i].connection));
            expect(404, NULL, NULL);
            assert_int_equal(count("SELECT COUNT(*) FROM account"), before);
        }
    }
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
}

static void test_several_are_chosen_from(void **state)
{
    (void)state;
    stage_get(&stage, "/o/nour/signup");
    expect(200, NULL, "<a href=\"/o/nour/signup?connection=customers\">Make an account (Customers)</a>");
    expect(200, NULL, "<a href=\"/o/nour/signup?connection=readers\">Make an account (Readers)</a>");
    expect_not("name=\"email\"");
    expect_not("Trade");
    stage_get(&stage, "/o/nour/login");
    stage_post(&stage, "/o/nour/signup", "email=new%40example.com&" FINE);
    expect(404, NULL, NULL);
    stage_get(&stage, "/signup");
    expect(200, NULL, "<a href=\"/signup?connection=trade\">Make an account (Trade)</a>");
}

static void test_without_any_it_says_whom_to_ask(void **state)
{
    (void)state;
    stage_get(&stage, "/o/plain/signup");
    expect(404, NULL, "Plain makes the accounts of its people itself. If you have one, sign in. If you need one, ask desk@plain.example.");
    expect(404, NULL, "<a class=\"button\" href=\"/o/plain/login\">");
    stage_get(&stage, "/o/bare/signup");
    expect(404, NULL, "ask help@portal.example.");
    stage_get(&stage, "/o/nobody/signup");
    expect(404, NULL, NULL);
    expect_not("makes the accounts");
}

/* The way to it stands on the sign-in page only where it leads somewhere. */
static void test_the_sign_in_page_leads_there(void **state)
{
    (void)state;
    stage_get(&stage, "/o/acme/login");
    expect(200, NULL, "<a href=\"/o/acme/signup\">Make an account</a>");
    expect_not("Customers");
    stage_get(&stage, "/o/nour/login");
    expect(200, NULL, "<a href=\"/o/nour/signup?connection=readers\">Make an account (Readers)</a>");
    stage_get(&stage, "/o/nour/login?connection=readers");
    expect_not("connection=customers\">Make");
    stage_get(&stage, "/o/plain/login");
    expect_not("/signup");
    stage_get(&stage, "/login");
    expect(200, NULL, "<a href=\"/signup?connection=trade\">Make an account (Trade)</a>");
    expect_not("/o/");
}

/* Every address in the page leads on in the flow: a path of the organization, a file of ours, or a place on the page. */
static void check_links(const char *door)
{
    static const char *const marks[] = {"href=\"", "action=\""};
    for (size_t i = 0; i < 2; i++) {
        for (const char *found = stage.reply.body.p; (found = strstr(found, marks[i]));) {
            found += strlen(marks[i]);
            Str rest = str_of(found), link = str_cut(&rest, '"');
            if (str_starts(link, str_of(door)) || str_starts(link, STR("/static/")) || link.p[0] == '#') continue;
            fail_msg("out of %s: %.*s", door, STR_ARGS(link));
        }
    }
}

static void test_links_stay_in_the_flow(void **state)
{
    static const struct { const char *door, *page; } rows[] = {
        {"/o/acme/", "signup"}, {"/o/acme/", "signup?connection=customers"}, {"/o/acme/", "signup?sent=1"}, {"/o/nour/", "signup"},
        {"/o/nour/", "signup?connection=readers"}, {"/o/plain/", "signup"}, {"/o/acme/", "signup?connection=trade"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage_forget(&stage);
        stage_get(&stage, fill("%s%s", rows[i].door, rows[i].page));
        check_links(rows[i].door);
        expect(stage.reply.status, NULL, fill("%ssignup?lang=de", rows[i].door));
    }
    stage_get(&stage, "/o/nour/signup?connection=readers");
    expect(200, NULL, "href=\"/o/nour/signup?lang=de&amp;connection=readers\"");
    stage_post(&stage, "/o/nour/signup", "connection=readers&email=nobody&password=a&password_again=b");
    expect(422, NULL, "href=\"/o/nour/signup?lang=de&amp;connection=readers\"");
    check_links("/o/nour/");
}

/* ---- what comes of it ---- */

/* interface.md: open sign-up gives no home, and an organization's door is not its invitation. */
static void test_it_makes_nobody_a_member(void **state)
{
    (void)state;
    sign_up("/o/acme", "customers", "grace%40example.com");
    expect(303, "Location: /o/acme/signup?sent=1\r\n", NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM account"), 2);
    assert_int_equal(count("SELECT COUNT(*) FROM membership"), 1);
    assert_int_equal(count("SELECT members FROM organization WHERE name = 'acme'"), 1);
    sign_up("", "customers", "alan%40example.com");
    static const char same[] = "SELECT COUNT(*) FROM (SELECT DISTINCT actor, action, outcome, connection, organization, reason, fields"
                               " FROM audit WHERE action = 'account.create' AND actor = 'owner' AND outcome = 'allowed')";
    assert_int_equal(count(same), 1);
    /* What the organization's desk reads are the rows with its name: this is no member of it. */
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE organization IS NOT NULL AND action = 'account.create'"), 0);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'account.create' AND actor = 'owner' AND connection = 'customers'"), 2);
}

static void test_from_the_form_to_the_first_sign_in(void **state)
{
    (void)state;
    sign_up("/o/acme", "customers", "grace%40example.com");
    struct message message = next_letter();
    assert_int_equal(message.letter, LETTER_email_verify);
    assert_int_equal(message.organization, organization("acme"));
    const char *link = link_in(&message);
    stage_forget(&stage);
    stage_get(&stage, link);
    expect(303, "Location: /email/confirm\r\n", NULL);
    stage_get(&stage, "/email/confirm");
    expect(200, NULL, "<bdi>Acme Ltd</bdi>");
    expect(200, NULL, "Ask help@acme.example.");
    stage_post(&stage, "/email/confirm", "");
    expect(303, "Location: /o/acme/login?confirmed=1\r\n", NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM session"), 0);
    stage_get(&stage, "/o/acme/login?confirmed=1");
    expect(200, NULL, "Your e-mail address is confirmed. Sign in with it.");
    stage_post(&stage, "/o/acme/login", "identifier=grace%40example.com&password=staple+battery+41+correct");
    expect(303, "Location: /profile\r\n", NULL);
    stage_get(&stage, "/organizations");
    expect(200, NULL, NULL);
    expect_not("Acme Ltd");
    stage_forget(&stage);
    stage_get(&stage, link);
    stage_get(&stage, "/email/confirm");
    expect(410, NULL, NULL);
}

/* Somebody who is signed in already stays where they are. */
static void test_confirming_while_signed_in(void **state)
{
    (void)state;
    sign_up("/o/acme", "customers", "grace%40example.com");
    struct message message = next_letter();
    stage_forget(&stage);
    stage_get(&stage, "/login");
    stage_post(&stage, "/login", "identifier=grace%40example.com&password=staple+battery+41+correct");
    expect(303, "Location: /profile\r\n", NULL);
    stage_get(&stage, link_in(&message));
    stage_get(&stage, "/email/confirm");
    expect(200, NULL, "<bdi>Acme Ltd</bdi>");
    stage_post(&stage, "/email/confirm", "");
    expect(303, "Location: /email/confirm?done=verified\r\n", NULL);
    stage_get(&stage, "/o/acme/signup");
    expect(303, "Location: /profile\r\n", NULL);
}

/* Another address is confirmed on the same page: who comes by a mail of their home goes on at its door, too. */
static void test_another_address_goes_on_at_the_door(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada@example.com");
    stage_get(&stage, "/email");
    stage_post(&stage, "/email", "email=lovelace%40example.com");
    expect(303, "Location: /email?done=sent\r\n", NULL);
    struct message message = next_letter();
    assert_int_equal(message.letter, LETTER_email_change);
    stage_get(&stage, link_in(&message));
    stage_get(&stage, "/email/confirm");
    expect(200, NULL, "<bdi>Acme Ltd</bdi>");
    stage_post(&stage, "/email/confirm", "");
    expect(303, "Location: /o/acme/login?new_address=1\r\n", NULL);
    stage_get(&stage, "/o/acme/login?new_address=1");
    expect(200, NULL, "Your new e-mail address counts now.");
}

static void test_a_link_of_one_never_turns_into_anothers(void **state)
{
    static const char *const queries[] = {"organization=nour", "organization_id=2", "o=nour", "name=nour", "next=/o/nour/login"};
    (void)state;
    sign_up("/o/acme", "customers", "grace%40example.com");
    struct message message = next_letter();
    stage_forget(&stage);
    stage_get(&stage, link_in(&message));
    stage_get(&stage, "/o/nour/signup");
    expect(200, NULL, "دار النور");
    expect_not("Acme");
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        stage_get(&stage, fill("/email/confirm?%s", queries[i]));
        expect(200, NULL, "Acme Ltd");
        expect_not("دار النور");
    }
    stage_get(&stage, "/o/nour/email/confirm");
    expect(404, NULL, NULL);
    stage_get(&stage, "/email/confirm");
    stage_post(&stage, "/email/confirm", "organization=nour");
    expect(303, "Location: /o/acme/login?confirmed=1\r\n", NULL);
}

/* The portal's own door leads on as it always did, also for a connection that one organization enables. */
static void test_the_portals_own_flow_stays_its_own(void **state)
{
    (void)state;
    sign_up("", "readers", "grace%40example.com");
    expect(303, "Location: /signup?sent=1\r\n", NULL);
    struct message message = next_letter();
    assert_int_equal(message.organization, 0);
    stage_forget(&stage);
    stage_get(&stage, link_in(&message));
    stage_get(&stage, "/email/confirm");
    expect(200, NULL, "<bdi>Latchkey</bdi>");
    expect_not("دار النور");
    stage_post(&stage, "/email/confirm", "");
    expect(303, "Location: /email/confirm?done=verified\r\n", NULL);
}

/* Its links die with it, the account does not: the portal sends another link. */
static void test_an_organization_that_is_gone(void **state)
{
    (void)state;
    sign_up("/o/acme", "customers", "grace%40example.com");
    struct message message = next_letter();
    count("DELETE FROM organization WHERE name = 'acme' RETURNING 1");
    stage_forget(&stage);
    stage_get(&stage, link_in(&message));
    stage_get(&stage, "/email/confirm");
    expect(410, NULL, "<bdi>Latchkey</bdi>");
    stage_get(&stage, "/login");
    stage_post(&stage, "/login", "identifier=grace%40example.com&password=staple+battery+41+correct");
    stage_get(&stage, "/email");
    expect(200, NULL, "Send a link to confirm it");
    stage_post(&stage, "/email/resend", "");
    expect(303, "Location: /email?done=sent\r\n", NULL);
    assert_int_equal(next_letter().organization, 0);
}

static Str answer_to(const char *address)
{
    sign_up("/o/acme", "customers", address);
    Str first = arena_copy(stage.lasting, stage_masked(&stage));
    stage_get(&stage, "/o/acme/signup?sent=1");
    return arena_join(stage.lasting, first, stage_masked(&stage));
}

static void test_who_has_one_already_sees_the_same(void **state)
{
    (void)state;
    Str new = answer_to("grace%40example.com");
    assert_true(str_eq(answer_to("ADA%40example.com"), new));
    assert_int_equal(count("SELECT COUNT(*) FROM account"), 2);
    assert_int_equal(next_letter().letter, LETTER_email_verify);
    struct message message = next_letter();
    assert_int_equal(message.letter, LETTER_signup_exists);
    assert_int_equal(message.organization, organization("acme"));
    assert_true(str_is(message.recipient, "ada@example.com"));
    assert_string_equal(link_in(&message), "/o/acme/login");
    stage_forget(&stage);
    stage_get(&stage, "/o/acme/login");
    stage_post(&stage, "/o/acme/login", "identifier=ada%40example.com&password=correct");
    expect(303, "Location: /profile\r\n", NULL);
}

/* ---- limits: one count for all doors ---- */

static void test_networks_are_slowed_down_together(void **state)
{
    static const char *const doors[] = {"/o/acme", "/o/nour", ""};
    (void)state;
    for (int i = 0; i < 50; i++) {
        sign_up(doors[i % 3], "customers", fill("p%d%%40example.com", i));
        expect(303, NULL, NULL);
    }
    for (size_t i = 0; i < 3; i++) {
        sign_up(doors[i], "customers", "more%40example.com");
        expect(429, "Retry-After: ", "Many accounts were made from your network.");
    }
    check_links("/");
    sign_up("/o/acme", "customers", "more%40example.com");
    check_links("/o/acme/");
}

static void test_mailboxes_are_not_flooded_from_several_doors(void **state)
{
    static const char *const doors[] = {"/o/acme", "/o/nour", ""};
    (void)state;
    for (int i = 0; i < stage.options.verification_mails_per_day + 3; i++) {
        sign_up(doors[i % 3], "customers", "ada%40example.com");
        expect(303, NULL, NULL);
    }
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), stage.options.verification_mails_per_day);
}

static void test_forged_forms_make_nothing(void **state)
{
    static const char form[] = "connection=customers&email=grace%40example.com&" FINE;
    (void)state;
    stage_get(&stage, "/o/acme/signup");
    stage_ask(&stage, fill("POST /o/acme/signup\n\n%s", form));
    expect(403, NULL, "This form can no longer be used");
    stage_ask(&stage, fill("POST /o/acme/signup\nSec-Fetch-Site: cross-site\n\ncsrf={csrf}&%s", form));
    expect(403, NULL, NULL);
    stage_get(&stage, "/o/acme/signup");
    stage_post(&stage, "/o/acme/signup", fill("organization=nour&%s", form));
    expect(422, NULL, NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM account"), 1);
}

#define DOOR_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOOR_TEST(test_golden), DOOR_TEST(test_only_its_own_open_connections), DOOR_TEST(test_several_are_chosen_from),
        DOOR_TEST(test_without_any_it_says_whom_to_ask), DOOR_TEST(test_the_sign_in_page_leads_there),
        DOOR_TEST(test_links_stay_in_the_flow), DOOR_TEST(test_it_makes_nobody_a_member),
        DOOR_TEST(test_from_the_form_to_the_first_sign_in), DOOR_TEST(test_confirming_while_signed_in),
        DOOR_TEST(test_another_address_goes_on_at_the_door), DOOR_TEST(test_a_link_of_one_never_turns_into_anothers), DOOR_TEST(test_the_portals_own_flow_stays_its_own),
        DOOR_TEST(test_an_organization_that_is_gone), DOOR_TEST(test_who_has_one_already_sees_the_same),
        DOOR_TEST(test_networks_are_slowed_down_together), DOOR_TEST(test_mailboxes_are_not_flooded_from_several_doors),
        DOOR_TEST(test_forged_forms_make_nothing),
    };
    return cmocka_run_group_tests_name("sign-up at an organization's door", tests, NULL, NULL);
}
