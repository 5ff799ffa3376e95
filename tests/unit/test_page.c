/* What pages do: signing in and out, languages, saving, and the words for what is locked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "page/way.h"
#include "support/page_support.h"
#include "support/store_support.h"
#include "view/words.h"

static struct stage stage;

static void expect(int status, const char *in_head, const char *in_body)
{
    if (stage.reply.status != status) fail_msg("answered %d, not %d", stage.reply.status, status);
    if (in_head && !text_has(stage.head, in_head)) fail_msg("not in the head: %s\n%.*s", in_head, STR_ARGS(stage.head));
    if (in_body && !text_has(stage.reply.body, in_body)) fail_msg("not in the page: %s\n%.*s", in_body,
        STR_ARGS(stage.reply.body));
}

static void visit_login(void)
{
    stage_forget(&stage);
    stage_get(&stage, "/login");
}

/* ---- signing in and out ---- */

static void test_sign_in_and_out(void **state)
{
    char old[64];
    (void)state;
    visit_login();
    expect(200, "Set-Cookie: pre=", "name=\"password\"");
    stage_post(&stage, "/login", "identifier=+ADA%40example.com+&password=correct");
    expect(303, "Location: /profile\r\n", NULL);
    expect(303, "Set-Cookie: sid=", NULL);
    stage_get(&stage, "/profile");
    expect(200, "Cache-Control: no-store", "Ada Lovelace");
    memcpy(old, stage.cookies.sid, sizeof old);
    stage_post(&stage, "/logout", "");
    expect(303, "Clear-Site-Data: \"cache\",\"storage\"", NULL);
    memcpy(stage.cookies.sid, old, sizeof old);
    stage_get(&stage, "/profile");
    expect(303, "Location: /login?next=%2Fprofile", NULL);
    stage_get(&stage, "/logout");
    expect(303, "Location: /login\r\n", NULL);
}

/* Who has signed in here before is not paused by those who fail elsewhere, also after signing out (security.md O15). */
static void test_the_device_is_known(void **state)
{
    char device[4096];
    (void)state;
    visit_login();
    stage_post(&stage, "/login", "identifier=ada&password=wrong");
    assert_int_equal(stage_cookie(&stage, "device").n, 0);
    stage_post(&stage, "/login", "identifier=ada&password=correct");
    expect(303, "Set-Cookie: device=", NULL);
    expect(303, "; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000", NULL);
    stage_get(&stage, "/profile");
    stage_post(&stage, "/logout", "");
    expect(303, "Set-Cookie: sid=; ", NULL);
    expect(303, "Set-Cookie: pre=; ", NULL);
    assert_null(strstr(stage.head.p, "Set-Cookie: device"));
    snprintf(device, sizeof device, "%s", stage_cookie(&stage, "device").p);
    assert_true(device[0] != '\0');
    for (int i = 0; i < 10; i++) {
        stage_forget(&stage);
        visit_login();
        stage_post(&stage, "/login", "identifier=ada&password=wrong");
        assert_int_equal(stage.reply.status, 422);
    }
    stage_post(&stage, "/login", "identifier=ada&password=correct");
    expect(429, "Retry-After: ", NULL);
    snprintf(stage.cookies.others[0].name, sizeof stage.cookies.others[0].name, "device");
    snprintf(stage.cookies.others[0].value, sizeof stage.cookies.others[0].value, "%s", device);
    stage_post(&stage, "/login", "identifier=ada&password=correct");
    expect(303, "Location: /profile\r\n", NULL);
}

static void test_a_new_sign_in_replaces_the_session(void **state)
{
    char old[64];
    (void)state;
    stage_sign_in(&stage, "ada");
    memcpy(old, stage.cookies.sid, sizeof old);
    visit_login();
    memcpy(stage.cookies.sid, old, sizeof old);
    stage_post(&stage, "/login", "identifier=grace&password=correct");
    expect(303, "Set-Cookie: sid=", NULL);
    assert_string_not_equal(stage.cookies.sid, old);
    stage_get(&stage, "/profile");
    expect(200, NULL, "grace@example.com");
    memcpy(stage.cookies.sid, old, sizeof old);
    stage_get(&stage, "/profile");
    expect(303, NULL, NULL);
}

/* Nothing says whether the account is there, blocked, or without a password. */
static void test_refusals_at_the_door_are_alike(void **state)
{
    static const char *const wrong[] = {
        "identifier=ada%40example.com&password=wrong", "identifier=who%40example.com&password=wrong",
        "identifier=bob%40example.com&password=wrong",
        "identifier=ada%40example.com&password=correct+", "identifier=ada%40example.com&password=Correct",
        "identifier=ada%40example.com&password=correct&connection=partner",
        "identifier=ada%40example.com&password=correct&connection=nowhere",
    };
    (void)state;
    char first[20000] = "";
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        visit_login();
        stage_post(&stage, "/login", wrong[i]);
        expect(422, NULL, "do not belong together");
        assert_false(text_has(stage.head, "sid="));
        assert_false(text_has(stage.reply.body, "value=\"wrong\""));
        const char *from = strstr(stage.reply.body.p, "id=\"errors\""), *to = strstr(from, "name=\"csrf\"");
        if (!first[0]) snprintf(first, sizeof first, "%.*s", (int)(to - from), from);
        assert_int_equal(strncmp(from, first, strlen(first)), 0);
    }
}

static void test_other_names_at_the_door_mean_nothing(void **state)
{
    (void)state;
    visit_login();
    stage_post(&stage, "/login", "identifier=ada&password=wrong&user_id=local%7Cada&mfa=ok&amr%5B%5D=otp&signed_in=1");
    expect(422, NULL, "do not belong together");
    stage_post(&stage, "/login", "identifier=ada&identifier=grace&password=correct");
    expect(422, NULL, NULL);
    stage_post(&stage, "/login", "identifier=ada&password=correct&mfa=ok&mfa=no");
    expect(422, NULL, NULL);
    stage_get(&stage, "/login?identifier=ada&password=correct");
    expect(200, NULL, "id=\"f-identifier\" name=\"identifier\" type=\"text\" value=\"\"");
    stage_get(&stage, "/profile");
    expect(303, NULL, NULL);
}

static void test_blocked_and_paused(void **state)
{
    (void)state;
    visit_login();
    stage_post(&stage, "/login", "identifier=bob%40example.com&password=correct");
    expect(403, NULL, "This account is blocked");
    expect(403, NULL, "help@portal.example");
    for (int i = 0; i < stage.options.login_failures; i++) {
        visit_login();
        stage_post(&stage, "/login", "identifier=nobody&password=wrong");
        expect(422, NULL, NULL);
    }
    stage_post(&stage, "/login", "identifier=nobody&password=wrong");
    expect(429, "Retry-After: ", "Signing in here pauses for ");
    expect(429, NULL, "value=\"nobody\"");
    stage_post(&stage, "/login", "identifier=ada&password=correct");
    expect(303, NULL, NULL);
}

static void test_after_signing_in(void **state)
{
    static const struct { const char *next, *location; } ways[] = {
        {"%2Fprofile%3Fsaved%3D0", "Location: /profile?saved=0\r\n"}, {"%2Flogout", "Location: /logout\r\n"},
        {"https%3A%2F%2Fevil.example", "Location: /profile\r\n"}, {"%2F%2Fevil.example", "Location: /profile\r\n"},
        {"%2F%5Cevil.example", "Location: /profile\r\n"}, {"%2F%09%2Fevil.example", "Location: /profile\r\n"},
        {"%2Fa%2F%2Fb", "Location: /profile\r\n"}, {"%2F%0D%0ASet-Cookie%3A+a", "Location: /profile\r\n"}, {"profile",
            "Location: /profile\r\n"},
        {"javascript%3Aalert(1)", "Location: /profile\r\n"}, {"", "Location: /profile\r\n"}, {"%2F%C3%BC",
            "Location: /profile\r\n"},
    };
    char body[300];
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        visit_login();
        snprintf(body, sizeof body, "identifier=ada&password=correct&next=%s", ways[i].next);
        stage_post(&stage, "/login", body);
        expect(303, ways[i].location, NULL);
    }
    assert_false(way_is_ours(STR("")));
    assert_true(way_is_ours(STR("/")));
}

/* ---- languages ---- */

static void test_languages(void **state)
{
    (void)state;
    stage_forget(&stage);
    stage_ask(&stage, "GET /login\nAccept-Language: fr, de-CH;q=0.8, ar;q=0.7\n\n");
    expect(200, "Content-Language: de", "lang=\"de\" dir=\"ltr\"");
    stage_ask(&stage, "GET /login?lang=ar\nAccept-Language: de\n\n");
    expect(200, "Set-Cookie: lang=ar; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000", "lang=\"ar\" dir=\"rtl\"");
    stage_ask(&stage, "GET /login\nAccept-Language: de\n\n");
    expect(200, "Content-Language: ar", NULL);
    stage_ask(&stage, "GET /login?lang=xx\nAccept-Language: de\n\n");
    expect(200, "Content-Language: ar", NULL);
    assert_false(text_has(stage.head, "Set-Cookie: lang"));
    stage_forget(&stage);
    stage_ask(&stage, "GET /login\nAccept-Language: xx, *;q=0\n\n");
    expect(200, "Content-Language: en", NULL);
}

static void test_language_of_the_profile(void **state)
{
    (void)state;
    stage_sign_in(&stage, "mia@example.com");
    expect(200, "Content-Language: en", NULL);
    stage_post(&stage, "/profile", "locale=ar");
    stage_get(&stage, "/profile");
    expect(200, "Content-Language: ar", "lang=\"ar\" dir=\"rtl\"");
    stage_ask(&stage, "GET /profile\nAccept-Language: de\n\n");
    expect(200, "Content-Language: de", NULL);
    stage_get(&stage, "/profile");
    stage_post(&stage, "/profile", "locale=");
    expect(303, NULL, NULL);
}

/* ---- saving ---- */

static void test_saving(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_post(&stage, "/profile", "section=name&version=1&given_name=Augusta&address.locality=London&user_metadata.shirt_size=L"
                                   "&user_metadata.newsletter=true&user_metadata.topics=&user_metadata.topics=music&user_metadata.topics=travel");
    expect(303, "Location: /profile?saved=", NULL);
    stage_get(&stage, "/profile?saved=given_name,address.locality");
    expect(200, NULL, "role=\"status\" tabindex=\"-1\">Saved: Given name, Town or city.");
    expect(200, NULL, "value=\"Augusta\"");
    expect(200, NULL, "<option value=\"L\" selected>Large</option>");
    expect(200, NULL, "name=\"user_metadata.topics\" value=\"travel\" checked>");
    expect(200, NULL, "name=\"user_metadata.newsletter\" value=\"true\" checked>");
    stage_post(&stage, "/profile", "user_metadata.topics=&user_metadata.newsletter=&given_name=Ada");
    expect(303, "saved=user_metadata.topics,user_metadata.newsletter,given_name\r\n", NULL);
    stage_get(&stage, "/profile");
    assert_false(text_has(stage.reply.body, "name=\"user_metadata.topics\" value=\"music\" checked>"));
    expect(200, NULL, "name=\"user_metadata.newsletter\" value=\"\" checked>");
    stage_post(&stage, "/profile", "given_name=Ada&section=name");
    expect(303, "Location: /profile?saved=0\r\n", NULL);
}

static void test_nothing_typed_is_lost(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_post(&stage, "/profile",
        "website=nowhere&middle_name=King&user_metadata.topics=&user_metadata.topics=sports&zoneinfo=Mars%2FBase&birthdate=31.12.1999");
    expect(422, NULL, "<title>Problem: Your profile");
    expect(422, NULL, "<li><a href=\"#f-website\">Website: Enter a whole web address, like https://example.com.</a></li>");
    expect(422, NULL, "aria-describedby=\"f-website-help f-website-problem\" aria-invalid=\"true\"");
    expect(422, NULL, "value=\"King\"");
    expect(422, NULL, "value=\"Mars/Base\"");
    expect(422, NULL, "type=\"text\" value=\"31.12.1999\"");
    expect(422, NULL, "value=\"sports\" checked");
    stage_get(&stage, "/profile");
    assert_false(text_has(stage.reply.body, "value=\"King\""));
}

static void test_the_later_tab_is_told(void **state)
{
    (void)state;
    stage_sign_in(&stage, "grace");
    stage_post(&stage, "/profile", "version=1&gender=first");
    expect(303, NULL, NULL);
    stage_get(&stage, "/profile");
    stage_post(&stage, "/profile", "version=1&gender=second&middle_name=Murray");
    expect(409, NULL, "Your profile was changed elsewhere");
    expect(409, NULL, "value=\"second\"");
    expect(409, NULL, "Stored now: <bdi dir=\"auto\">first</bdi>");
    expect(409, NULL, "Stored now: Not set");
    expect(409, NULL, "name=\"version\" value=\"2\"");
    stage_post(&stage, "/profile", "version=2&gender=second&middle_name=Murray");
    expect(303, NULL, NULL);
    stage_get(&stage, "/profile");
    stage_post(&stage, "/profile", "version=1&gender=second");
    expect(303, "saved=0", NULL);
    static const char *const odd[] = {"version=&gender=x", "version=1x&gender=x", "version=3&version=3&gender=x",
        "version=99999999999999999999&gender=x"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        stage_get(&stage, "/profile");
        stage_post(&stage, "/profile", odd[i]);
        expect(422, NULL, NULL);
    }
}

static void test_taken_and_repeated(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_post(&stage, "/profile", "username=GRACE&middle_name=King");
    expect(422, NULL, "Somebody else uses this already.");
    expect(422, NULL, "value=\"King\"");
    stage_post(&stage, "/profile", "middle_name=a&middle_name=b");
    expect(422, NULL, "<bdi>middle_name</bdi>: This came more than once.");
    stage_post(&stage, "/profile", "not_there=1");
    expect(422, NULL, "<bdi>not_there</bdi>: There is no such field in your profile.");
}

static void test_filled_in_once(void **state)
{
    (void)state;
    stage_sign_in(&stage, "kim@acme.example");
    expect(200, NULL, "You can fill this in once. After that it stays.");
    stage_post(&stage, "/profile", "user_metadata.employee_number=4711");
    expect(303, NULL, NULL);
    stage_get(&stage, "/profile");
    expect(200, NULL, "This could be filled in once, and it was.");
    assert_false(text_has(stage.reply.body, "name=\"user_metadata.employee_number\""));
    stage_post(&stage, "/profile", "user_metadata.employee_number=4712");
    expect(403, NULL, "You typed: <bdi>4712</bdi>");
}

/* A field that is locked while the form is open: the rule at the moment of saving counts, and the page says so. */
static void test_what_is_shown(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    expect(200, NULL, "Changes only after you prove that the new address is yours.");
    assert_false(text_has(stage.reply.body, "name=\"email\"") || text_has(stage.reply.body, "name=\"phone_number\""));
    stage_sign_in(&stage, "kim@acme.example");
    static const char *const hidden[] = {"rating", "Rating", "app_metadata", "name=\"email\"", "name=\"given_name\"",
        "name=\"website\"", "name=\"blocked\""};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) assert_false(text_has(stage.reply.body, hidden[i]));
    expect(200, NULL, "Acme&#39;s directory keeps your address. Ask help@acme.example.");
    expect(200, NULL, "Managed by Acme&#39;s directory. Ask help@acme.example.");
    expect(200, NULL, "Managed by the organization Acme Ltd. Ask help@acme.example.");
    stage_ask(&stage, "GET /profile\nAccept-Language: de\n\n");
    expect(200, NULL, "Acmes Verzeichnis führt Ihre Adresse. Fragen Sie help@acme.example.");
}

/* ---- words ---- */

static void test_words(void **state)
{
    static const struct { enum rule_kind rule; enum level level; const char *words; } rows[] = {
        {RULE_FIELD, LEVEL_EDIT, ""},
        {RULE_FIELD, LEVEL_READ, "Kept by the service. Ask help@a.example."},
        {RULE_FIELD, LEVEL_NONE, "Kept for the service alone; not shown. Ask help@a.example."},
        {RULE_FIELD, LEVEL_ONCE, "You can fill this in once. After that it stays."},
        {RULE_CONNECTION, LEVEL_READ, "Managed by Source. Ask help@a.example."},
        {RULE_CONNECTION, LEVEL_ONCE, "You can fill this in once. After that it stays."},
        {RULE_ORGANIZATION, LEVEL_READ, "Managed by the organization Source. Ask help@a.example."},
        {RULE_INVITATION, LEVEL_READ, "You joined Source by invitation, so this address stays as it is. Ask help@a.example."},
        {RULE_ACCOUNT_BLOCKED, LEVEL_NONE, "This account is blocked. Ask help@a.example."},
        {RULE_ONCE, LEVEL_READ, "This could be filled in once, and it was. Ask help@a.example."},
        {RULE_PROOF, LEVEL_EDIT, "Changes only after you prove that the new address is yours."},
    };
    (void)state;
    const struct catalog *english = view_catalogs(stage.view)->list[0];
    const struct field *field = field_find(&stage.portal.directory.fields, STR("email"));
    struct rule_source source = {.name = STR("source"), .display_name = STR("Source")};
    Verdict verdict = {.source = &source, .support_email = STR("help@a.example")};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        verdict.rule = rows[i].rule;
        verdict.level = rows[i].level;
        Str words = reason_text(stage.arena, english, verdict, field);
        if (!str_is(words, rows[i].words)) fail_msg("%zu: %.*s", i, STR_ARGS(words));
    }
    verdict = (Verdict){.rule = RULE_CONNECTION, .level = LEVEL_READ, .source = &source, .reason = json_pack("{s:s}", "en",
        "Why not? ")};
    assert_true(str_is(reason_text(stage.arena, english, verdict, field), "Why not?"));
    verdict.reason = json_pack("{s:s}", "de", "Darum");
    assert_true(str_is(reason_text(stage.arena, english, verdict, field), "Darum."));
}

static int begin(void **state)
{
    (void)state;
    stage_open(&stage, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    stage_close(&stage);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign_in_and_out), cmocka_unit_test(test_the_device_is_known),
        cmocka_unit_test(test_a_new_sign_in_replaces_the_session),
        cmocka_unit_test(test_refusals_at_the_door_are_alike), cmocka_unit_test(test_other_names_at_the_door_mean_nothing),
        cmocka_unit_test(test_after_signing_in), cmocka_unit_test(test_languages), cmocka_unit_test(test_language_of_the_profile),
        cmocka_unit_test(test_nothing_typed_is_lost), cmocka_unit_test(test_saving), cmocka_unit_test(test_the_later_tab_is_told),
        cmocka_unit_test(test_taken_and_repeated), cmocka_unit_test(test_filled_in_once), cmocka_unit_test(test_what_is_shown),
        cmocka_unit_test(test_words), cmocka_unit_test(test_blocked_and_paused),
    };
    return cmocka_run_group_tests_name("page", tests, begin, end);
}
