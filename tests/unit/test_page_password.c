/* Passwords on pages: changing, forgetting, resetting, giving it once more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/outbox.h"
#include "account/password_change.h"
#include "base/clock.h"
#include "store/user_store.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/store_support.h"

#define NEW_ONE "password=quiet+river+42&password_again=quiet+river+42"

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
    if (in_body && !text_has(stage.reply.body, in_body)) fail_msg("not in the page: %s\n%.*s", in_body, STR_ARGS(stage.reply.body));
}

static void expect_not(const char *words)
{
    if (text_has(stage.head, words) || text_has(stage.reply.body, words)) fail_msg("in the answer: %s", words);
}

static int64_t count(const char *sql)
{
    return store_count(stage.portal.db, sql);
}

static void sign_in(const char *identifier, const char *password)
{
    char body[200];
    stage_forget(&stage);
    stage_get(&stage, "/login");
    snprintf(body, sizeof body, "identifier=%s&password=%s", identifier, password);
    stage_post(&stage, "/login", body);
}

/* The link of the newest letter of that kind, as a path with its secret. */
static Str link_in(enum letter kind)
{
    struct visit visit = {.arena = stage.arena, .now = clock_now(), .request_id = STR(""), .peer = STR("")};
    struct message message;
    Str link = STR_NONE;
    while (!outbox_next(&stage.portal, &visit, &message)) {
        if (message.letter == kind) link = str_of(json_string_value(json_object_get(message.payload, "link")));
        assert_int_equal(outbox_sent(&stage.portal, &visit, &message), OK);
    }
    return link;
}

static void forget_throttles(void)
{
    (void)count("DELETE FROM throttle RETURNING 1");
}

static void ask_for_link(const char *identifier)
{
    char body[200];
    stage_forget(&stage);
    stage_get(&stage, "/password/forgot");
    snprintf(body, sizeof body, "identifier=%s", identifier);
    stage_post(&stage, "/password/forgot", body);
    expect(303, "Location: /password/forgot?sent=1\r\n", NULL);
}

/* A browser on the page behind the link. */
static void open_link(const char *identifier, char path[200])
{
    ask_for_link(identifier);
    Str link = link_in(LETTER_password_reset);
    assert_true(link.n > 43 && link.n < 200);
    snprintf(path, 200, "%.*s", STR_ARGS(link));
    stage_get(&stage, path);
    expect(303, "Location: /password/reset\r\n", NULL);
    stage_get(&stage, "/password/reset");
    expect(200, NULL, "name=\"password_again\"");
}

/* ---- changing it ---- */

static void test_change(void **state)
{
    char other[64];
    (void)state;
    stage_sign_in(&stage, "ada");
    memcpy(other, stage.cookies.sid, sizeof other);
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/password");
    expect(200, NULL, "Use at least 10 characters.");
    expect(200, NULL, "autocomplete=\"new-password\"");
    stage_post(&stage, "/password", "current_password=correct&" NEW_ONE);
    expect(303, "Location: /login?new_password=1\r\n", NULL);
    expect(303, "Set-Cookie: sid=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", NULL);
    stage_get(&stage, "/login?new_password=1");
    expect(200, NULL, "role=\"status\" tabindex=\"-1\">Your new password is set. Sign in with it.");
    memcpy(stage.cookies.sid, other, sizeof other);
    stage_get(&stage, "/profile");
    expect(303, "Location: /login?next=%2Fprofile", NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM session"), 0);
    assert_true(str_is(link_in(LETTER_password_changed), "/password/forgot"));
    sign_in("ada", "correct");
    expect(422, NULL, NULL);
    sign_in("ada", "quiet+river+42");
    expect(303, "Location: /profile\r\n", NULL);
}

static void test_every_reason_at_once(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_post(&stage, "/password", "current_password=wrong&password=lovelace1&password_again=lovelace2");
    expect(422, NULL, "<li><a href=\"#f-current_password\">This is not your present password.</a></li>");
    expect(422, NULL, "<li><a href=\"#f-password\">Use at least 10 characters.</a></li>");
    expect(422, NULL, "<li><a href=\"#f-password\">Leave out your name, your username and your e-mail address.</a></li>");
    expect(422, NULL, "<li><a href=\"#f-password_again\">The two new passwords differ. Type the same one twice.</a></li>");
    expect_not("lovelace1");
    expect_not("value=\"wrong\"");
    stage_post(&stage, "/password", "");
    expect(422, NULL, "Enter your present password.");
    expect(422, NULL, "Use at least 10 characters.");
    stage_post(&stage, "/password", "current_password=correct&password=correct&password_again=correct");
    expect(422, NULL, "Choose one that differs from your present password.");
    stage_get(&stage, "/profile");
    expect(200, NULL, NULL);
}

/* Whether the new password is the present one is told only to who knows the present one: else it could be tried out here. */
static void test_no_oracle(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_post(&stage, "/password", "current_password=wrong&password=correct&password_again=correct");
    expect(422, NULL, "This is not your present password.");
    expect_not("Choose one that differs");
}

static void test_change_is_throttled(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    for (int i = 0; i < stage.options.login_failures; i++) {
        stage_post(&stage, "/password", "current_password=wrong&" NEW_ONE);
        expect(422, NULL, NULL);
    }
    stage_post(&stage, "/password", "current_password=correct&" NEW_ONE);
    expect(429, "Retry-After: ", "Too many wrong passwords. You can try again in ");
    stage_post(&stage, "/reauthenticate", "current_password=correct");
    expect(429, "Retry-After: ", "Too many wrong passwords. You can try again in ");
    stage_sign_in(&stage, "ada");
    stage_post(&stage, "/password", "current_password=correct&" NEW_ONE);
    expect(429, NULL, NULL);
    stage_sign_in(&stage, "grace");
    stage_post(&stage, "/password", "current_password=correct&" NEW_ONE);
    expect(303, NULL, NULL);
    assert_true(count("SELECT COUNT(*) FROM audit WHERE action = 'session.confirm' AND outcome = 'refused'") >= 10);
}

static void test_change_refuses(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_post(&stage, "/password", "current_password=correct&password=quiet+river+42&password=loud+river+42"
                                    "&password_again=quiet+river+42");
    expect(422, NULL, NULL);
    stage_ask(&stage, "POST /password\n\ncsrf=forged&current_password=correct&" NEW_ONE);
    expect(403, NULL, NULL);
    stage_ask(&stage, "POST /password\nSec-Fetch-Site: cross-site\n\ncsrf={csrf}&current_password=correct&" NEW_ONE);
    expect(403, NULL, NULL);
    stage_forget(&stage);
    stage_ask(&stage, "POST /password\n\ncurrent_password=correct&" NEW_ONE);
    expect(303, "Location: /login\r\n", NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
}

static void make_partner_keep_passwords(void)
{
    (void)store_int(stage.portal.db, STMT_connection_put,
                    DB_ARGS(db_text(STR("partner")), db_text(STR("local")), db_text(STR("Acme's directory")),
                            db_text(STR("{\"disable_self_service_change_password\":true}")), db_text(STR("{}"))));
    store_do(stage.portal.db, STMT_generation_bump, DB_NO_ARGS);
}

static void test_kept_elsewhere(void **state)
{
    (void)state;
    make_partner_keep_passwords();
    stage_sign_in(&stage, "kim@acme.example");
    stage_get(&stage, "/password");
    expect(200, NULL, "Acme&#39;s directory keeps it, so it is changed there and not here.");
    stage_post(&stage, "/password", "current_password=correct&" NEW_ONE);
    expect(403, NULL, "Your password is kept elsewhere");
}

/* ---- forgetting it ---- */

/* security.md A7: nothing tells a known account from one that is not there, is blocked, has no mailbox, or keeps its password
   elsewhere. The cookie and the form token are new for everybody. */
static void test_everybody_gets_the_same_answer(void **state)
{
    static const char *const people[] = {
        "ada%40example.com", "nobody%40example.com", "bob%40example.com", "kim%40acme.example", "ada", "nobody", "%2B4930111",
    };
    char head[4000] = "", body[20000] = "";
    (void)state;
    make_partner_keep_passwords();
    for (int round = 0; round < 2; round++) {            /* the second time all of them asked too often */
        for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
            ask_for_link(people[i]);
            if (!head[0]) snprintf(head, sizeof head, "%.*s", STR_ARGS(stage.head));
            assert_true(str_is(stage.head, head));
            assert_int_equal(stage.reply.body.n, 0);
            stage_get(&stage, "/password/forgot?sent=1");
            expect(200, NULL, "If there is an account for what you entered, a mail is on its way to it.");
            if (!body[0]) snprintf(body, sizeof body, "%.*s", STR_ARGS(stage_masked(&stage)));
            assert_true(str_is(stage_masked(&stage), body));
        }
    }
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'password_reset'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'password_elsewhere'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 2);
}

/* security.md B7: whatever might direct the mail to a second address. */
static void test_one_identifier_or_none(void **state)
{
    static const char *const bodies[] = {
        "identifier=ada%40example.com&identifier=eve%40evil.example", "identifier%5B%5D=ada%40example.com",
        "identifier=ada%40example.com&identifier%5B%5D=eve%40evil.example", "identifier=ada%40example.com&email=eve%40evil.example",
        "email=ada%40example.com&email=eve%40evil.example", "identifier=ada%40example.com%2Ceve%40evil.example",
        "identifier=ada%40example.com%3Beve%40evil.example", "identifier=ada%40example.com%0ACc%3Aeve%40evil.example",
        "identifier=ada%40example.com%0D%0ABcc%3Aeve%40evil.example", "identifier=", "",
        "identifier=%5B%22ada%40example.com%22%5D", "identifier=%22a%22%40example.com", "identifier=ada%40%5B127.0.0.1%5D",
    };
    (void)state;
    stage_get(&stage, "/password/forgot");
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        stage_post(&stage, "/password/forgot", bodies[i]);
        expect(422, NULL, NULL);
        stage_get(&stage, "/password/forgot");
    }
    stage_ask(&stage, "POST /password/forgot\nContent-Type: application/json\n\n{\"identifier\":[\"ada@example.com\",\"eve@evil.example\"]}");
    expect(415, NULL, NULL);
    stage_ask(&stage, "POST /password/forgot\n\ncsrf=forged&identifier=ada%40example.com");
    expect(403, NULL, NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
}

/* security.md B10, R4: the mail names no host but the configured one, because it holds a path alone. */
static void test_headers_direct_nothing(void **state)
{
    (void)state;
    stage_get(&stage, "/password/forgot");
    stage_ask(&stage, "POST /password/forgot\nHost: evil.example\nX-Forwarded-Host: evil.example\nX-Forwarded-Proto: javascript\n"
                      "Forwarded: host=evil.example\nX-Original-URL: //evil.example\n\ncsrf={csrf}&identifier=ada%40example.com");
    expect(303, "Location: /password/forgot?sent=1\r\n", NULL);
    expect_not("evil");
    assert_true(str_starts(link_in(LETTER_password_reset), STR("/password/reset?token=")));
}

static void test_a_network_has_to_wait(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) ask_for_link("nobody%40example.com");
    stage_get(&stage, "/password/forgot");
    stage_post(&stage, "/password/forgot", "identifier=ada%40example.com");
    expect(429, "Retry-After: ", "Many links were asked for from your network. Try again in ");
    expect(429, NULL, "value=\"ada@example.com\"");
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
}

/* ---- the page behind the link ---- */

static void test_reset(void **state)
{
    char path[200], ada[64];
    (void)state;
    stage_sign_in(&stage, "ada");
    memcpy(ada, stage.cookies.sid, sizeof ada);
    open_link("ada%40example.com", path);
    expect(200, NULL, "<bdi dir=\"ltr\">ada@example.com</bdi>");
    stage_post(&stage, "/password/reset", NEW_ONE);
    expect(303, "Location: /login?new_password=1\r\n", NULL);
    expect(303, "Set-Cookie: reset=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", NULL);
    expect_not("Set-Cookie: sid=");
    stage_get(&stage, "/profile");
    expect(303, NULL, NULL);
    memcpy(stage.cookies.sid, ada, sizeof ada);
    stage_get(&stage, "/profile");
    expect(303, NULL, NULL);
    assert_true(str_is(link_in(LETTER_password_changed), "/password/forgot"));
    sign_in("ada", "quiet+river+42");
    expect(303, "Location: /profile\r\n", NULL);
    stage_get(&stage, path);
    stage_get(&stage, "/password/reset");
    expect(410, NULL, "href=\"/password/forgot\"");
}

/* security.md B11: programs that look into mail open links; nothing comes of it. */
static void test_looking_consumes_nothing(void **state)
{
    char path[200], request[400];
    (void)state;
    open_link("ada%40example.com", path);
    for (int i = 0; i < 10; i++) {
        stage_forget(&stage);
        snprintf(request, sizeof request, "%s %s\nUser-Agent: scanner\nPurpose: prefetch\n\n", i % 2 ? "HEAD" : "GET", path);
        stage_ask(&stage, request);
        expect(303, NULL, NULL);
        stage_ask(&stage, i % 2 ? "HEAD /password/reset\n\n" : "GET /password/reset\n\n");
        expect(200, NULL, NULL);
        expect_not("sid=");
    }
    stage_get(&stage, "/password/reset");
    stage_post(&stage, "/password/reset", NEW_ONE);
    expect(303, "Location: /login?new_password=1\r\n", NULL);
}

/* security.md B12: the secret goes from the address into a cookie that no script reads, and stands on no page. */
static void test_the_secret_leaves_the_address(void **state)
{
    char path[200];
    (void)state;
    open_link("ada%40example.com", path);
    const char *secret = strstr(path, "token=") + 6;
    expect(200, "Referrer-Policy: no-referrer\r\n", NULL);
    expect_not(secret);
    stage_forget(&stage);
    stage_get(&stage, path);
    expect(303, "; Path=/; HttpOnly; SameSite=Lax; Max-Age=600\r\n", NULL);
    expect(303, "Referrer-Policy: no-referrer\r\n", NULL);
    assert_int_equal(stage.reply.body.n, 0);
    assert_true(str_is(stage_cookie(&stage, "reset"), secret));
}

static void test_reset_refuses(void **state)
{
    static const char *const bodies[] = {
        "password=short&password_again=short", "password=quiet+river+42&password_again=quiet+river+43", "", "password=quiet+river+42",
        "password=password1234&password_again=password1234", "password=correct&password_again=correct",
        NEW_ONE "&password=loud+river+42", "password=quiet+river+42&password_again=quiet+river+42&password_again=x",
    };
    char path[200];
    (void)state;
    open_link("ada%40example.com", path);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        stage_get(&stage, "/password/reset");
        stage_post(&stage, "/password/reset", bodies[i]);
        expect(422, NULL, NULL);
        expect_not("quiet river 42");
    }
    stage_ask(&stage, "POST /password/reset\n\ncsrf=forged&" NEW_ONE);
    expect(403, NULL, NULL);
    sign_in("ada", "correct");
    expect(303, NULL, NULL);
}

/* security.md B13: the form without the mail. */
static void test_reset_without_a_link(void **state)
{
    static const char *const cookies[] = {
        "reset=", "reset=x", "reset=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "typed=x; reset=\"\"",
    };
    char request[400];
    (void)state;
    stage_forget(&stage);
    stage_get(&stage, "/login");
    for (size_t i = 0; i < sizeof cookies / sizeof *cookies; i++) {
        snprintf(request, sizeof request, "GET /password/reset\nCookie: %s\n\n", cookies[i]);
        stage_ask(&stage, request);
        expect(410, NULL, "This link does not work any more");
        snprintf(request, sizeof request, "POST /password/reset\nCookie: pre=%s; %s\n\ncsrf={csrf}&" NEW_ONE, stage.cookies.pre,
                 cookies[i]);
        stage_ask(&stage, request);
        expect(410, NULL, "Ask for a new link");
    }
    stage_get(&stage, "/password/reset?token=a&token=b");
    expect(303, "Location: /password/reset\r\n", NULL);
    stage_get(&stage, "/password/reset");
    expect(410, NULL, NULL);
}

/* Two links in one browser: the form of the first never changes the password of the second. */
static void test_two_links_in_one_browser(void **state)
{
    char ada[200], grace[200], body[300];
    (void)state;
    open_link("grace%40example.com", grace);
    open_link("ada%40example.com", ada);
    const char *from = strstr(stage.reply.body.p, "name=\"mark\" value=\"") + strlen("name=\"mark\" value=\"");
    snprintf(body, sizeof body, NEW_ONE "&mark=%.*s", (int)strcspn(from, "\""), from);
    stage_get(&stage, grace);
    stage_get(&stage, "/password/reset");
    expect(200, NULL, "grace@example.com");
    stage_post(&stage, "/password/reset", body);
    expect(409, NULL, "Another link was opened in this browser meanwhile.");
    expect(409, NULL, "<bdi dir=\"ltr\">grace@example.com</bdi>");
    sign_in("grace", "correct");
    expect(303, NULL, NULL);
    stage_forget(&stage);
    stage_get(&stage, ada);
    stage_get(&stage, "/password/reset");
    stage_post(&stage, "/password/reset", body);
    expect(303, NULL, NULL);
}

/* The link belongs to the mailbox, not to whoever is signed in where it is opened. */
static void test_reset_beside_another_session(void **state)
{
    char path[200];
    (void)state;
    open_link("ada%40example.com", path);
    stage_sign_in(&stage, "grace");
    stage_get(&stage, path);
    stage_get(&stage, "/password/reset");
    expect(200, NULL, "<bdi dir=\"ltr\">ada@example.com</bdi>");
    stage_post(&stage, "/password/reset", NEW_ONE);
    expect(303, NULL, NULL);
    stage_get(&stage, "/profile");
    expect(200, NULL, "grace@example.com");
    sign_in("grace", "correct");
    expect(303, NULL, NULL);
    sign_in("ada", "quiet+river+42");
    expect(303, NULL, NULL);
}

/* ---- once more ---- */

static void make_stale(void)
{
    (void)count("UPDATE session SET authenticated_at = authenticated_at - 601 RETURNING 1");
}

static void test_reauthenticate(void **state)
{
    char old[64];
    (void)state;
    stage_sign_in(&stage, "ada");
    make_stale();
    memcpy(old, stage.cookies.sid, sizeof old);
    stage_get(&stage, "/reauthenticate?next=/profile%3Fsaved%3D0");
    expect(200, NULL, "value=\"/profile?saved=0\"");
    stage_post(&stage, "/reauthenticate", "current_password=correct&next=%2Fprofile%3Fsaved%3D0");
    expect(303, "Location: /profile?saved=0\r\n", NULL);
    expect(303, "Set-Cookie: sid=", NULL);
    assert_string_not_equal(stage.cookies.sid, old);
    assert_int_equal(count("SELECT COUNT(*) FROM session WHERE authenticated_at >= last_seen_at"), 1);
    stage_get(&stage, "/profile");
    expect(200, NULL, "Ada Lovelace");
    memcpy(stage.cookies.sid, old, sizeof old);
    stage_get(&stage, "/profile");
    expect(303, NULL, NULL);
}

static void test_reauthenticate_refuses(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    make_stale();
    stage_post(&stage, "/reauthenticate", "current_password=wrong");
    expect(422, NULL, "This is not your present password.");
    expect_not("Set-Cookie: sid");
    stage_post(&stage, "/reauthenticate", "");
    expect(422, NULL, "Enter your present password.");
    stage_post(&stage, "/reauthenticate", "current_password=correct&current_password=wrong");
    expect(422, NULL, NULL);
    stage_ask(&stage, "POST /reauthenticate\n\ncsrf=forged&current_password=correct");
    expect(403, NULL, NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM session WHERE authenticated_at >= last_seen_at"), 0);
    stage_get(&stage, "/reauthenticate");
    stage_post(&stage, "/reauthenticate", "current_password=correct&next=%2F%2Fevil.example");
    expect(303, "Location: /profile\r\n", NULL);
    stage_forget(&stage);
    stage_get(&stage, "/reauthenticate");
    expect(303, "Location: /login?next=%2Freauthenticate", NULL);
}

/* The first page of the table that asks for a fresh sign-in; all of them do it the same way. */
static const struct route *fresh_route(enum method method, bool shown)
{
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].guard != GUARD_FRESH || routes[i].method != method) continue;
        for (size_t k = 0; k < route_count; k++)
            if (routes[k].method == METHOD_GET && !strcmp(routes[k].path, routes[i].path) == shown) return &routes[i];
    }
    return NULL;
}

static void test_fresh_pages_ask_first(void **state)
{
    char way[200];
    (void)state;
    const struct route *route = fresh_route(METHOD_GET, true);
    assert_non_null(route);
    stage_sign_in(&stage, "ada");
    stage_get(&stage, route->path);
    expect(200, NULL, NULL);
    make_stale();
    stage_get(&stage, route->path);
    Str encoded = arena_print(stage.lasting, "%s", route->path + 1);
    snprintf(way, sizeof way, "Location: /reauthenticate?next=%%2F%.*s\r\n", STR_ARGS(encoded));
    expect(303, way, NULL);
    assert_int_equal(stage.reply.body.n, 0);
}

/* What was typed is there again afterwards, on that page of that session and nowhere else; secrets are not kept. */
static void test_what_was_typed_comes_back(void **state)
{
    char typed[4096], body[200];
    (void)state;
    const struct route *route = fresh_route(METHOD_POST, true);
    assert_non_null(route);
    stage_sign_in(&stage, "ada");
    make_stale();
    int64_t before = count("SELECT COUNT(*) FROM artefact") + count("SELECT COUNT(*) FROM outbox");
    stage_post(&stage, route->path, "email=countess%40example.com&username=countess&phone_number=%2B4930999&password=quiet+river+42");
    expect(303, "Location: /reauthenticate?next=%2F", NULL);
    expect_not("kept=no");
    assert_int_equal(count("SELECT COUNT(*) FROM artefact") + count("SELECT COUNT(*) FROM outbox"), before);
    snprintf(typed, sizeof typed, "%.*s", STR_ARGS(stage_cookie(&stage, "typed")));
    assert_true(typed[0] && !strstr(typed, "countess"));
    snprintf(body, sizeof body, "current_password=correct&next=%s", route->path);
    stage_get(&stage, "/reauthenticate");
    stage_post(&stage, "/reauthenticate", body);
    expect(303, NULL, NULL);
    stage_get(&stage, route->path);
    expect(200, "Set-Cookie: typed=; ", "countess");
    expect_not("quiet river 42");
    stage_get(&stage, route->path);
    expect_not("countess");
    stage_sign_in(&stage, "ada");
    snprintf(body, sizeof body, "sid=%s; typed=%s", stage.cookies.sid, "AAAA");
    char request[5000];
    snprintf(request, sizeof request, "GET %s\nCookie: sid=%s; typed=%s\n\n", route->path, stage.cookies.sid, typed);
    stage_ask(&stage, request);
    expect(200, NULL, NULL);
    expect_not("countess");
}

static void test_too_much_to_keep(void **state)
{
    char body[5000] = "email=";
    (void)state;
    const struct route *route = fresh_route(METHOD_POST, true);
    stage_sign_in(&stage, "ada");
    make_stale();
    memset(body + 6, 'a', 4000);
    stage_post(&stage, route->path, body);
    expect(303, "&kept=no\r\n", NULL);
    expect_not("Set-Cookie: typed");
    stage_get(&stage, "/reauthenticate?next=/profile&kept=no");
    expect(200, NULL, "too long to be kept");
}

/* ---- golden pages ---- */

static void test_golden(void **state)
{
    char path[200];
    (void)state;
    forget_throttles();
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/password");
    golden_check("password", stage_masked(&stage));
    stage_ask(&stage, "GET /password\nAccept-Language: ar\n\n");
    golden_check("password_arabic", stage_masked(&stage));
    stage_post(&stage, "/password", "current_password=wrong&password=ada&password_again=adas");
    golden_check("password_refused", stage_masked(&stage));
    stage_get(&stage, "/reauthenticate?next=/profile");
    golden_check("reauthenticate", stage_masked(&stage));
    stage_ask(&stage, "GET /reauthenticate?next=/profile&kept=no\nAccept-Language: de\n\n");
    golden_check("reauthenticate_german", stage_masked(&stage));
    stage_forget(&stage);
    stage_get(&stage, "/password/forgot");
    golden_check("forgot", stage_masked(&stage));
    stage_ask(&stage, "GET /password/forgot\nAccept-Language: de\n\n");
    golden_check("forgot_german", stage_masked(&stage));
    stage_post(&stage, "/password/forgot", "identifier=somebody%40");
    golden_check("forgot_refused", stage_masked(&stage));
    stage_get(&stage, "/password/forgot?sent=1");
    golden_check("forgot_sent", stage_masked(&stage));
    stage_get(&stage, "/password/reset");
    golden_check("reset_dead", stage_masked(&stage));
    open_link("ada%40example.com", path);
    const char *from = strstr(stage.reply.body.p, "name=\"mark\" value=\"") + strlen("name=\"mark\" value=\"");
    Str mark = arena_copy(stage.lasting, (Str){from, strcspn(from, "\"")});
    golden_check("reset", text_replaced(stage.arena, stage_masked(&stage), mark, "MARK"));
    stage_post(&stage, "/password/reset", "password=ada&password_again=adas");
    golden_check("reset_refused", text_replaced(stage.arena, stage_masked(&stage), mark, "MARK"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_change), TEST(test_every_reason_at_once), TEST(test_no_oracle), TEST(test_change_is_throttled),
        TEST(test_change_refuses), TEST(test_kept_elsewhere), TEST(test_everybody_gets_the_same_answer),
        TEST(test_one_identifier_or_none), TEST(test_headers_direct_nothing), TEST(test_a_network_has_to_wait), TEST(test_reset),
        TEST(test_looking_consumes_nothing), TEST(test_the_secret_leaves_the_address), TEST(test_reset_refuses),
        TEST(test_reset_without_a_link), TEST(test_two_links_in_one_browser), TEST(test_reset_beside_another_session),
        TEST(test_reauthenticate), TEST(test_reauthenticate_refuses), TEST(test_fresh_pages_ask_first),
        TEST(test_what_was_typed_comes_back), TEST(test_too_much_to_keep), TEST(test_golden),
    };
    return cmocka_run_group_tests_name("pages about passwords", tests, NULL, NULL);
}
