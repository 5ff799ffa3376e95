/* The pages of the e-mail address, the phone number and the username, with the links and codes that lead on from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/outbox.h"
#include "base/clock.h"
#include "base/log.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/store_support.h"

static struct stage stage;

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, NULL);
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
    if (stage.reply.status != status) fail_msg("answered %d, not %d\n%.*s", stage.reply.status, status, STR_ARGS(stage.reply.body));
    if (in_head && !text_has(stage.head, in_head)) fail_msg("not in the head: %s\n%.*s", in_head, STR_ARGS(stage.head));
    if (in_body && !text_has(stage.reply.body, in_body)) fail_msg("not in the page: %s\n%.*s", in_body,
        STR_ARGS(stage.reply.body));
}

static void expect_not(const char *words)
{
    if (text_has(stage.reply.body, words)) fail_msg("in the page: %s\n%.*s", words, STR_ARGS(stage.reply.body));
}

/* The next message to that recipient: `what` of its payload. */
static const char *sent(const char *recipient, const char *what)
{
    struct visit visit = {.arena = stage.lasting, .now = clock_now()};
    struct message message;
    for (;;) {
        if (outbox_next(&stage.portal, &visit, &message) != OK) fail_msg("nothing was sent to %s", recipient);
        assert_int_equal(outbox_sent(&stage.portal, &visit, &message), OK);
        if (str_is(message.recipient, recipient)) break;
    }
    const char *value = json_string_value(json_object_get(message.payload, what));
    if (!value) fail_msg("the message to %s has no %s", recipient, what);
    return arena_cstr(stage.lasting, str_of(value));
}

static size_t messages(void)
{
    return (size_t)store_count(stage.portal.db, "SELECT COUNT(*) FROM outbox WHERE state = 'queued'");
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

static void open_link(const char *link)
{
    stage_get(&stage, link);
    expect(303, "Referrer-Policy: no-referrer", NULL);
    char path[40];
    snprintf(path, sizeof path, "%.*s", (int)strcspn(link, "?"), link);
    expect(303, fill("Location: %s\r\n", path), NULL);
    stage_get(&stage, path);
}

static const char *asked(const char *person, const char *address)
{
    stage_sign_in(&stage, person);
    stage_get(&stage, "/email");
    expect(200, NULL, "name=\"email\"");
    stage_post(&stage, "/email", fill("email=%s", address));
    expect(303, "Location: /email?done=sent\r\n", NULL);
    return sent(address, "link");
}

/* What tells times and waits is made the same in every run. */
static void stop_the_clock(void)
{
    assert_int_equal(store_count(stage.portal.db, "UPDATE artefact SET created_at = 1767603600, expires_at = 4102444800 RETURNING 1"), 1);
    assert_true(store_count(stage.portal.db, "DELETE FROM throttle RETURNING 1") <= 1);
}

static void golden(const char *name)
{
    Str page = stage_masked(&stage);
    const char *mark = strstr(page.p, "name=\"mark\" value=\"");
    if (mark) page = text_replaced(stage.arena, page, (Str){mark + 19, strcspn(mark + 19, "\"")}, "MARK");
    golden_check(name, page);
}

/* --- the address --- */

static void test_changing(void **state)
{
    (void)state;
    const char *link = asked("ada", "new@example.com");
    stage_get(&stage, "/email?done=sent");
    expect(200, NULL, "A link is on its way to new@example.com.");
    expect(200, NULL, "data-countdown=\"");
    expect(200, NULL, "You can ask for it again in ");
    expect(200, NULL, "<bdi dir=\"ltr\">ada@example.com</bdi>");
    stop_the_clock();
    stage_get(&stage, "/email");
    golden("email_pending");
    stage_get(&stage, "/profile");
    golden("profile_pending");
    char old[64];
    snprintf(old, sizeof old, "%s", stage.cookies.sid);
    stage_forget(&stage);
    open_link(link);
    golden("email_confirm");
    stage_post(&stage, "/email/confirm", "");
    expect(303, "Location: /email/confirm?done=changed\r\n", NULL);
    assert_int_equal(stage_cookie(&stage, "email-link").n, 0);
    stage_get(&stage, "/email/confirm?done=changed");
    golden("email_changed");
    snprintf(stage.cookies.sid, sizeof stage.cookies.sid, "%s", old);
    stage_get(&stage, "/profile");
    expect(303, "Location: /login", NULL);
    stage_sign_in(&stage, "new@example.com");
    expect(200, NULL, "new@example.com");
}

static void test_the_link_is_looked_at_by_a_scanner_first(void **state)
{
    (void)state;
    const char *link = asked("ada", "new@example.com");
    for (int i = 0; i < 10; i++) {
        stage_forget(&stage);
        stage_ask(&stage, fill("%s %s\n\n", i % 2 ? "HEAD" : "GET", link));
        expect(303, "Location: /email/confirm\r\n", NULL);
        assert_false(text_has(stage.head, "sid="));
        assert_false(text_has(stage.head, "Location: /email/confirm?"));
        if (i % 2) continue;
        stage_get(&stage, "/email/confirm");
        expect(200, "Referrer-Policy: no-referrer", "Confirm this address");
    }
    stage_forget(&stage);
    open_link(link);
    stage_post(&stage, "/email/confirm", "");
    expect(303, "done=changed", NULL);
}

static void test_a_link_is_dead(void **state)
{
    static const char *const odd[] = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%00", "a%0d%0ab", "a&token=b"};
    (void)state;
    const char *first = asked("ada", "one@example.com");
    const char *second = asked("ada", "two@example.com");
    stage_forget(&stage);
    open_link(first);
    golden("email_dead");
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        stage_get(&stage, fill("/email/confirm?token=%s", odd[i]));
        if (stage.reply.status == 400) continue;
        expect(303, "Location: /email/confirm\r\n", NULL);
        stage_get(&stage, "/email/confirm");
        expect(410, NULL, "This link does not work any more");
        stage_get(&stage, "/login");
        stage_post(&stage, "/email/confirm", "");
        expect(410, NULL, "Nothing was changed");
    }
    open_link(second);
    stage_post(&stage, "/email/confirm", "email=other%40example.com&token=x");
    expect(303, "done=changed", NULL);
    open_link(second);
    expect(410, NULL, NULL);
    stage_sign_in(&stage, "two@example.com");
}

static void test_somebody_else_is_signed_in(void **state)
{
    (void)state;
    const char *link = asked("ada", "new@example.com");
    stage_sign_in(&stage, "grace");
    open_link(link);
    golden("email_somebody_else");
    stage_post(&stage, "/email/confirm", "");
    expect(403, NULL, "This link belongs to another account");
    stage_forget(&stage);
    open_link(link);
    expect(200, NULL, "new@example.com");
}

/* Who is signed in here is neither signed out nor taken for the one whose address it was. */
static void test_taking_back_while_somebody_else_is_signed_in(void **state)
{
    (void)state;
    const char *link = asked("ada", "new@example.com");
    open_link(link);
    stage_post(&stage, "/email/confirm", "");
    expect(303, "done=changed", NULL);
    const char *back = sent("ada@example.com", "link");
    stage_sign_in(&stage, "grace");
    open_link(back);
    expect(403, NULL, "This link belongs to another account");
    stage_post(&stage, "/email/revert", "");
    expect(403, NULL, "This link belongs to another account");
    assert_false(text_has(stage.head, "Set-Cookie: sid=;"));
    stage_get(&stage, "/profile");
    expect(200, NULL, NULL);
    stage_forget(&stage);
    open_link(back);
    stage_post(&stage, "/email/revert", "");
    expect(303, "Location: /email/revert?done=reverted\r\n", NULL);
}

static void test_taking_the_change_back(void **state)
{
    (void)state;
    const char *link = asked("ada", "evil@example.com");
    open_link(link);
    stage_post(&stage, "/email/confirm", "");
    expect(303, "Set-Cookie: sid=;", NULL);
    const char *back = sent("ada@example.com", "link");
    const char *again = asked("evil@example.com", "worse@example.com");
    open_link(again);
    stage_post(&stage, "/email/confirm", "");
    expect(303, "done=changed", NULL);
    stage_sign_in(&stage, "worse@example.com");
    char evil[64];
    snprintf(evil, sizeof evil, "%s", stage.cookies.sid);
    stage_forget(&stage);
    open_link(back);
    golden("email_revert");
    stage_post(&stage, "/email/revert", "");
    expect(303, "Location: /email/revert?done=reverted\r\n", NULL);
    stage_get(&stage, "/email/revert?done=reverted");
    golden("email_reverted");
    snprintf(stage.cookies.sid, sizeof stage.cookies.sid, "%s", evil);
    stage_get(&stage, "/profile");
    expect(303, "Location: /login", NULL);
    stage_forget(&stage);
    open_link(back);
    expect(410, NULL, NULL);
    stage_sign_in(&stage, "ada@example.com");
}

/* Two links in one browser: the button of the page that stands there confirms what that page shows, or asks again. */
static void test_the_button_belongs_to_its_link(void **state)
{
    char mark[80] = "";
    (void)state;
    const char *adas = asked("ada", "one@example.com"), *graces = asked("grace", "two@example.com");
    stage_forget(&stage);
    open_link(adas);
    sscanf(strstr(stage.reply.body.p, "name=\"mark\" value=\""), "name=\"mark\" value=\"%79[^\"]", mark);
    open_link(graces);
    stage_post(&stage, "/email/confirm", fill("mark=%s", mark));
    expect(409, NULL, "two@example.com");
    sscanf(strstr(stage.reply.body.p, "name=\"mark\" value=\""), "name=\"mark\" value=\"%79[^\"]", mark);
    stage_post(&stage, "/email/confirm", fill("mark=%s", mark));
    expect(303, "done=changed", NULL);
    stage_sign_in(&stage, "ada@example.com");
    stage_sign_in(&stage, "two@example.com");
}

static void test_an_address_that_is_taken_meanwhile(void **state)
{
    (void)state;
    const char *link = asked("ada", "grace@example.com");
    open_link(link);
    expect(200, NULL, "grace@example.com");
    stage_post(&stage, "/email/confirm", "");
    golden("email_unusable");
    stage_get(&stage, "/email");
    expect(200, NULL, "<bdi dir=\"ltr\">ada@example.com</bdi>");
}

/* Whether the address is free is not to be seen in anything that the asker gets. */
static void test_free_and_taken_addresses_are_answered_alike(void **state)
{
    static const char *const addresses[] = {"free1@example.com", "grace@example.com"};
    Str pages[2];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        (void)asked("ada", addresses[i]);
        Str head = text_replaced(stage.lasting, stage.head, stage.request.id, "REQUEST");
        stop_the_clock();
        stage_get(&stage, "/email?done=sent");
        Str page = text_replaced(stage.lasting, stage_masked(&stage), str_of(addresses[i]), "ADDRESS");
        pages[i] = arena_join(stage.lasting, head, page);
        stage_post(&stage, "/email/cancel", "");
        expect(303, "Location: /email?done=cancelled\r\n", NULL);
        assert_int_equal(store_count(stage.portal.db, "DELETE FROM artefact RETURNING 1"), 1);
    }
    assert_true(str_eq(pages[0], pages[1]));
}

static void test_resending(void **state)
{
    (void)state;
    const char *first = asked("ada", "new@example.com");
    stage_get(&stage, "/email");
    stage_post(&stage, "/email/resend", "to=evil%40example.com&email=evil%40example.com");
    expect(429, "Retry-After: ", "You can ask for it again in ");
    assert_int_equal(messages(), 0);
    stop_the_clock();
    stage_post(&stage, "/email/resend", "to=evil%40example.com&email=evil%40example.com");
    expect(303, "Location: /email?done=sent\r\n", NULL);
    const char *second = sent("new@example.com", "link");
    assert_int_equal(messages(), 0);
    assert_string_not_equal(first, second);
    stage_post(&stage, "/email/cancel", "");
    stage_get(&stage, "/email?done=cancelled");
    expect(200, NULL, "Cancelled. Nothing was changed.");
    expect_not("new@example.com");
    stage_post(&stage, "/email/resend", "");
    expect(422, NULL, "There is nothing to confirm.");
}

static void test_verifying(void **state)
{
    (void)state;
    stage_sign_in(&stage, "grace");
    stage_get(&stage, "/email");
    golden("email_unverified");
    stage_post(&stage, "/email/resend", "");
    expect(303, "Location: /email?done=sent\r\n", NULL);
    const char *link = sent("grace@example.com", "link");
    open_link(link);
    golden("email_verify");
    stage_post(&stage, "/email/confirm", "");
    expect(303, "Location: /email/confirm?done=verified\r\n", NULL);
    stage_get(&stage, "/email/confirm?done=verified");
    golden("email_verified");
    stage_get(&stage, "/email");
    expect(200, NULL, "Confirmed.");
}

static void test_what_cannot_be_asked_for(void **state)
{
    static const char *const odd[] = {
        "email=a%40example.com&email=b%40example.com", "email[]=a%40example.com", "", "email=a%40example.com&email_verified=true",
        "email=a%40example.com&to=b%40example.com", "email=a%40example.com%0aCc:b%40example.com", "email=a%40example.com%2Cb%40example.com",
        "email=m%C4%B1ke%40example.com", "email=nobody", "email=", "EMAIL=a%40example.com",
    };
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/email");
    golden("email");
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        stage_get(&stage, "/email");
        stage_post(&stage, "/email", odd[i]);
        if (stage.reply.status != 422) fail_msg("%s: %d", odd[i], stage.reply.status);
    }
    stage_get(&stage, "/email");
    stage_post(&stage, "/email", "email=nobody%3Cb%3E");
    golden("email_invalid");
    assert_int_equal(messages(), 0);
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM artefact"), 0);
}

static void test_who_may_not_change_it(void **state)
{
    (void)state;
    stage_sign_in(&stage, "kim@acme.example");
    stage_get(&stage, "/email");
    golden("email_locked");
    stage_post(&stage, "/email", "email=kim%40private.example");
    expect(403, NULL, "directory keeps your address");
    expect_not("name=\"email\"");
    stage_sign_in(&stage, "mia@example.com");
    stage_get(&stage, "/email");
    expect(200, NULL, "You joined Acme Ltd by invitation, so this address stays as it is.");
    stage_post(&stage, "/email", "email=mia%40private.example");
    expect(403, NULL, "You joined Acme Ltd by invitation, so this address stays as it is.");
    stage_get(&stage, "/profile");
    expect_not("href=\"/email\"");
    expect(200, NULL, "href=\"/phone\"");
    assert_int_equal(messages(), 0);
}

static void test_an_old_sign_in_is_asked_again(void **state)
{
    (void)state;
    static const char *const paths[] = {"/email", "/phone"};
    for (size_t i = 0; i < 2; i++) {
        stage_sign_in(&stage, "ada");
        assert_true(store_count(stage.portal.db, "UPDATE session SET authenticated_at = authenticated_at - 601 RETURNING 1") == 1);
        stage_post(&stage, paths[i], i ? "phone_number=%2B442079460018" : "email=new%40example.com");
        expect(303, fill("Location: /reauthenticate?next=%%2F%s", paths[i] + 1), NULL);
    }
    assert_int_equal(messages(), 0);
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM artefact"), 0);
    stage_post(&stage, "/email/resend", "");
    expect(422, NULL, NULL);
}

static void test_what_was_typed_comes_back(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    assert_int_equal(store_count(stage.portal.db, "UPDATE session SET authenticated_at = authenticated_at - 601 RETURNING 1"), 1);
    stage_post(&stage, "/email", "email=new%40example.com");
    stage_get(&stage, "/reauthenticate?next=%2Femail");
    expect(200, NULL, NULL);
    stage_post(&stage, "/reauthenticate", "next=%2Femail&current_password=correct");
    expect(303, "Location: /email", NULL);
    stage_get(&stage, "/email");
    expect(200, NULL, "value=\"new@example.com\"");
}

static void test_an_address_that_sends_mail_back(void **state)
{
    struct visit visit = {.arena = stage.lasting, .now = clock_now()};
    struct message message;
    (void)state;
    stage_sign_in(&stage, "grace");
    stage_post(&stage, "/email/resend", "");
    assert_int_equal(outbox_next(&stage.portal, &visit, &message), OK);
    assert_int_equal(outbox_dropped(&stage.portal, &visit, &message, STR("5xx"), true), OK);
    stage_get(&stage, "/email");
    expect(200, NULL, "Mail to this address comes back. Check it, or change it.");
    stage_get(&stage, "/profile");
    expect(200, NULL, "Mail to this address comes back. Check it, or change it.");
    stage_get(&stage, "/email");
    stage_post(&stage, "/email", "email=gone%40example.com");
    assert_int_equal(outbox_next(&stage.portal, &visit, &message), OK);
    assert_int_equal(outbox_dropped(&stage.portal, &visit, &message, STR("5xx"), true), OK);
    stage_get(&stage, "/profile");
    expect(200, NULL, "Mail to the new address comes back.");
    stage_get(&stage, "/email");
    expect(200, NULL, "Mail to the new address comes back.");
    stage_sign_in(&stage, "ada");
    expect_not("comes back");
}

static void test_languages(void **state)
{
    (void)state;
    (void)asked("ada", "new@example.com");
    stop_the_clock();
    stage_ask(&stage, "GET /email\nAccept-Language: de\n\n");
    golden("email_german");
    stage_ask(&stage, "GET /email\nAccept-Language: ar\n\n");
    golden("email_arabic");
    stage_ask(&stage, "GET /phone\nAccept-Language: ar\n\n");
    golden("phone_arabic");
    stage_ask(&stage, "GET /username\nAccept-Language: de\n\n");
    golden("username_german");
}

/* --- the number --- */

static const char *code_for(const char *person, const char *typed, const char *number)
{
    stage_sign_in(&stage, person);
    stage_get(&stage, "/phone");
    stage_post(&stage, "/phone", fill("phone_number=%s", typed));
    expect(303, "Location: /phone/confirm\r\n", NULL);
    return sent(number, "code");
}

static void test_a_country_without_codes(void **state)   /* C15 */
{
    (void)state;
    stage.options.sms_countries = STR("49 1");
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/phone");
    stage_post(&stage, "/phone", "phone_number=%2B442079460018");
    expect(422, NULL, "We cannot send codes to numbers of this country.");
    expect(422, NULL, "value=\"+442079460018\"");
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM outbox"), 0);
    stage_post(&stage, "/phone", "phone_number=%2B12125550123");
    expect(303, "Location: /phone/confirm\r\n", NULL);
}

static void test_the_codes_of_a_day(void **state)   /* C15 */
{
    (void)state;
    stage.options.sms_per_day_in_all = 1;
    log_to(-1);
    (void)code_for("ada", "%2B442079460018", "+442079460018");
    log_to(2);
    stage_sign_in(&stage, "grace");
    stage_get(&stage, "/phone");
    stage_post(&stage, "/phone", "phone_number=%2B442079460019");
    expect(429, "Retry-After: ", "You can ask for it again in ");
}

static void test_a_number(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/phone");
    golden("phone");
    const char *code = code_for("ada", "%2B44+20+7946+0018", "+442079460018");
    stage_get(&stage, "/phone/confirm");
    expect(200, NULL, "data-countdown=\"");
    stop_the_clock();
    stage_get(&stage, "/phone/confirm");
    golden("phone_confirm");
    stage_get(&stage, "/phone");
    golden("phone_pending");
    stage_post(&stage, "/phone/confirm", "code=");
    expect(422, NULL, "Enter the six digits from the message.");
    stage_post(&stage, "/phone/confirm", fill("code=%s&code=1", code));
    expect(422, NULL, NULL);
    stage_post(&stage, "/phone/confirm", fill("code=x%s", code));
    golden("phone_wrong");
    stage_post(&stage, "/phone/confirm", fill("code=+%.3s-%s+&phone_number=1", code, code + 3));
    expect(303, "Location: /phone?done=confirmed\r\n", NULL);
    stage_get(&stage, "/phone?done=confirmed");
    golden("phone_confirmed");
    stage_get(&stage, "/phone/confirm");
    expect(303, "Location: /phone\r\n", NULL);
    stage_post(&stage, "/phone", "action=remove");
    expect(303, "Location: /phone?done=removed\r\n", NULL);
    stage_get(&stage, "/phone?done=removed");
    expect(200, NULL, "Your number is removed.");
    expect_not("+442079460018");
}

static void test_guessing_a_code(void **state)
{
    (void)state;
    const char *code = code_for("ada", "%2B442079460018", "+442079460018");
    stage_get(&stage, "/phone/confirm");
    for (int i = 4; i > 0; i--) {
        stage_post(&stage, "/phone/confirm", "code=none");
        expect(422, NULL, fill("You have %d %s left.", i, i == 1 ? "try" : "tries"));
    }
    stage_post(&stage, "/phone/confirm", "code=none");
    golden("phone_dead");
    stage_post(&stage, "/phone/confirm", fill("code=%s", code));
    expect(422, NULL, "This code does not work any more");
    stage_post(&stage, "/phone/resend", "");
    expect(422, NULL, NULL);
    assert_int_equal(messages(), 0);
}

static void test_numbers_that_cannot_be(void **state)
{
    static const char *const odd[] = {"phone_number=020", "phone_number=", "", "phone_number=%2B442079460018&phone_number=%2B442079460019",
        "phone_number=%2B442079460018&phone_verified=true", "action=other"};
    (void)state;
    stage_sign_in(&stage, "grace");
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        stage_get(&stage, "/phone");
        stage_post(&stage, "/phone", odd[i]);
        if (stage.reply.status != 422) fail_msg("%s: %d", odd[i], stage.reply.status);
    }
    assert_int_equal(messages(), 0);
}

/* --- the username --- */

static void test_a_username(void **state)
{
    static const char *const odd[] = {"", "username=a&username=b", "username=x&email=a%40b.de", "username=a%40b.de", "username=j%C3%B6"};
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/username");
    golden("username");
    stage_post(&stage, "/username", "username=Grace");
    golden("username_taken");
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        stage_get(&stage, "/username");
        stage_post(&stage, "/username", odd[i]);
        if (stage.reply.status != 422) fail_msg("%s: %d", odd[i], stage.reply.status);
    }
    stage_get(&stage, "/username");
    stage_post(&stage, "/username", "username=+Countess+");
    expect(303, "Location: /username?done=saved\r\n", NULL);
    stage_get(&stage, "/username?done=saved");
    expect(200, NULL, "Your username is countess.");
    stage_post(&stage, "/username", "username=countess");
    expect(303, "Location: /username?done=same\r\n", NULL);
    stage_sign_in(&stage, "countess");
}

/* The profile's form and the page of its own fill the same bucket. */
static void test_trying_usernames(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    for (int i = 0; i < 5; i++) {
        stage_get(&stage, "/username");
        stage_post(&stage, "/username", "username=grace");
        expect(422, NULL, "Somebody else uses this already.");
        stage_get(&stage, "/profile");
        stage_post(&stage, "/profile", "username=grace&nickname=x");
        expect(422, NULL, "Somebody else uses this already.");
    }
    stage_post(&stage, "/profile", "username=grace&nickname=x");
    expect(429, "Retry-After: ", "Too many usernames were tried.");
    expect(429, NULL, "value=\"grace\"");
    stage_post(&stage, "/profile", "username=ada&nickname=x");
    expect(303, NULL, NULL);
    stage_get(&stage, "/username");
    stage_post(&stage, "/username", "username=free");
    expect(429, "Retry-After: ", "Too many usernames were tried.");
}

/* What an operator made unique tells as much as a username does. */
static void test_trying_other_unique_values(void **state)
{
    (void)state;
    stage_sign_in(&stage, "grace");
    stage_get(&stage, "/profile");
    stage_post(&stage, "/profile", "user_metadata.badge=12345");
    expect(303, NULL, NULL);
    stage_forget(&stage);
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/profile");
    for (int i = 0; i < 9; i++) {
        stage_post(&stage, "/profile", i % 2 ? "user_metadata.badge=12345" : fill("user_metadata.badge=2000%d", i));
        if (i % 2) expect(422, NULL, "Somebody else uses this already.");
        else expect(303, NULL, NULL);
    }
    stage_post(&stage, "/profile", "user_metadata.badge=20008&nickname=x");
    expect(303, NULL, NULL);
    stage_post(&stage, "/profile", "user_metadata.badge=30000");
    expect(303, NULL, NULL);
    stage_post(&stage, "/profile", "user_metadata.badge=12345");
    expect(429, "Retry-After: ", "Too many values were tried here.");
    expect(429, NULL, "value=\"12345\"");
    stage_post(&stage, "/username", "username=free");
    expect(429, "Retry-After: ", "Too many usernames were tried.");
    stage_post(&stage, "/profile", "user_metadata.badge=30000&nickname=y");
    expect(303, NULL, NULL);
}

#define WITH_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STAGE(test_changing), WITH_STAGE(test_the_link_is_looked_at_by_a_scanner_first), WITH_STAGE(test_a_link_is_dead),
        WITH_STAGE(test_somebody_else_is_signed_in), WITH_STAGE(test_taking_back_while_somebody_else_is_signed_in),
        WITH_STAGE(test_taking_the_change_back),
        WITH_STAGE(test_the_button_belongs_to_its_link), WITH_STAGE(test_an_address_that_is_taken_meanwhile), WITH_STAGE(test_free_and_taken_addresses_are_answered_alike),
        WITH_STAGE(test_resending), WITH_STAGE(test_verifying), WITH_STAGE(test_what_cannot_be_asked_for),
        WITH_STAGE(test_who_may_not_change_it), WITH_STAGE(test_an_old_sign_in_is_asked_again),
        WITH_STAGE(test_what_was_typed_comes_back), WITH_STAGE(test_an_address_that_sends_mail_back), WITH_STAGE(test_languages),
        WITH_STAGE(test_a_country_without_codes), WITH_STAGE(test_the_codes_of_a_day), WITH_STAGE(test_a_number),
        WITH_STAGE(test_guessing_a_code), WITH_STAGE(test_numbers_that_cannot_be), WITH_STAGE(test_a_username),
        WITH_STAGE(test_trying_usernames), WITH_STAGE(test_trying_other_unique_values),
    };
    return cmocka_run_group_tests_name("mailbox pages", tests, NULL, NULL);
}
