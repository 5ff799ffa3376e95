/* Where I am signed in, and what happened to my account: the pages, and what stands behind them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "account/activity.h"
#include "account/audit.h"
#include "account/session_list.h"
#include "account/state.h"
#include "base/clock.h"
#include "base/encode.h"
#include "store/user_store.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/store_support.h"

enum { A_MOMENT = 20 * 60, LONG_AGO = 1767700000 };
#define PHONE "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"

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
    if (stage.reply.status != status) fail_msg("answered %d, not %d", stage.reply.status, status);
    if (in_head && !text_has(stage.head, in_head)) fail_msg("not in the head: %s\n%.*s", in_head, STR_ARGS(stage.head));
    if (in_body && !text_has(stage.reply.body, in_body)) fail_msg("not in the page: %s\n%.*s", in_body,
        STR_ARGS(stage.reply.body));
}

static void expect_not(const char *words)
{
    if (text_has(stage.reply.body, words)) fail_msg("in the page: %s\n%.*s", words, STR_ARGS(stage.reply.body));
}

static size_t times(Str text, const char *words)
{
    size_t count = 0;
    for (const char *found = text.p; found && (found = strstr(found, words)); found++) count++;
    return count;
}

static int64_t open_sessions(void)
{
    return store_count(stage.portal.db, "SELECT COUNT(*) FROM session");
}

static int64_t told_of(const char *action)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit WHERE action = '%s'", action);
    return store_count(stage.portal.db, sql);
}

static struct visit visit_at(int64_t now, const char *peer, const char *user_agent)
{
    return (struct visit){.arena = stage.lasting, .now = now, .request_id = STR("r"), .peer = str_of(peer), .actor_id = STR(""),
                          .user_agent = str_of(user_agent)};
}

/* Another browser of that person: its cookie, and in `id` its public id. */
static Str elsewhere(const char *identifier, int64_t now, const char *peer, const char *user_agent, char id[32])
{
    struct visit visit = visit_at(now, peer, user_agent);
    SignIn result;
    struct session session;
    assert_int_equal(session_sign_in(&stage.portal, &visit, str_of(identifier), STR("correct"), STR_NONE, STR_NONE, &result), OK);
    assert_int_equal(result.outcome, SIGN_IN_OK);
    assert_int_equal(session_find(&stage.portal, &visit, result.cookie, &session), OK);
    snprintf(id, 32, "%.*s", STR_ARGS(session.public_id));
    return result.cookie;
}

static bool lives(Str cookie)
{
    struct session session;
    struct visit visit = visit_at(clock_now(), "", "");
    return session_find(&stage.portal, &visit, cookie, &session) == OK;
}

static void post_end(const char *id)
{
    struct arena *arena = arena_open(0);
    stage_post(&stage, arena_print(arena, "/sessions/%s/end", id).p, "");
    arena_close(arena);
}

/* ---- devices ---- */

static void test_devices(void **state)
{
    static const struct { const char *agent, *browser, *system; } rows[] = {
        {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox", "Linux"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome",
            "Windows"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge", "Windows"},
        {"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 OPR/121.0.0.0", "Opera",
            "Windows"},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15", "Safari",
            "macOS"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 "
            "Safari/604.1", "Chrome", "iPhone"},
        {"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/142.0 Mobile/15E148 Safari/605.1",
            "Firefox", "iPad"},
        {PHONE, "Chrome", "Android"},
        {"Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile "
            "Safari/537.36", "Samsung Internet", "Android"},
        {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome",
            "ChromeOS"},
        {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
            "Headless Chrome", "Linux"},
        {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Ubuntu Chromium/80.0.3987.87 Chrome/80.0.3987.87 "
            "Safari/537.36", "Chromium", "Linux"},
        {"Mozilla/5.0 (Linux; Android 10; HD1913) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36 EdgA/139.0",
            "Edge", "Android"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 EdgiOS/140.0 "
            "Mobile/15E148 Safari/605.1.15", "Edge", "iPhone"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0 Safari/537.36 Edge/17.17134",
            "Edge", "Windows"},
        {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36 OPR/89.0", "Opera",
            "Android"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 "
            "Safari/604.1 OPT/5.6", "Opera", "iPhone"},
        {"NotHeadlessChrome/1", NULL, NULL},
        {"curl/8.14.1", "curl", NULL}, {"(Windows)", NULL, "Windows"},
        {"", NULL, NULL}, {"-", NULL, NULL}, {"NotFirefox/1", NULL, NULL}, {"Firefox", NULL, NULL}, {"firefox/1", NULL, NULL},
        {"<script>alert(1)</script>", NULL, NULL}, {"{{DEVICE}} %s%n", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Device device = device_of(str_of(rows[i].agent));
        bool same = str_eq(str_of(device.browser), str_of(rows[i].browser)) && str_eq(str_of(device.system), str_of(rows[i].system));
        if (!same) fail_msg("%s: %s on %s", rows[i].agent, device.browser, device.system);
    }
    char endless[4096];
    memset(endless, 'x', sizeof endless);
    memcpy(endless + 2000, " Firefox/1", 10);
    assert_null(device_of((Str){endless, sizeof endless}).browser);
    assert_null(device_of(STR_NONE).browser);
}

/* ---- sessions ---- */

static void test_all_mine_are_listed_and_nobody_elses(void **state)
{
    char phone[32], graces[32];
    (void)state;
    elsewhere("grace", clock_now(), "198.51.100.66", "Mozilla/5.0 (iPad) FxiOS/1.0", graces);
    stage_sign_in(&stage, "ada");
    elsewhere("ada", clock_now() - 600, "203.0.113.9", PHONE, phone);
    stage_get(&stage, "/sessions");
    expect(200, NULL, "Chrome on Android");
    expect(200, NULL, "<bdi dir=\"ltr\">203.0.113.9</bdi>");
    expect(200, NULL, phone);
    expect(200, NULL, "A browser or program that does not say what it is");
    expect_not("198.51.100.66");
    expect_not(graces);
    expect_not("iPad");
    expect_not(stage.cookies.sid);
    assert_int_equal(times(stage.reply.body, "/end\""), 1);
}

static void test_the_dead_are_not_listed(void **state)
{
    char id[32];
    (void)state;
    int64_t now = clock_now();
    elsewhere("ada", now - stage.options.session_idle_seconds, "203.0.113.1", PHONE, id);
    elsewhere("ada", now - stage.options.session_seconds, "203.0.113.2", PHONE, id);
    Str old = elsewhere("ada", now, "203.0.113.3", PHONE, id);
    store_do(stage.portal.db, STMT_account_epoch, DB_ARGS(db_int(1)));
    assert_false(lives(old));
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/sessions");
    expect(200, NULL, "You are signed in nowhere else.");
    expect_not("203.0.113.");
    expect_not("end-others");
}

static void test_one_is_ended(void **state)
{
    char phone[32], tablet[32];
    (void)state;
    stage_sign_in(&stage, "ada");
    Str one = elsewhere("ada", clock_now(), "203.0.113.9", PHONE, phone), other = elsewhere("ada", clock_now(), "203.0.113.9", "", tablet);
    stage_get(&stage, "/sessions");
    post_end(phone);
    expect(303, "Location: /sessions?ended=one\r\n", NULL);
    assert_false(lives(one));
    assert_true(lives(other));
    assert_int_equal(told_of("session.end"), 1);
    stage_get(&stage, "/sessions?ended=one");
    expect(200, NULL, "role=\"status\" tabindex=\"-1\">You are signed out there.</p>");
    expect_not(phone);
    post_end(phone);
    expect(404, NULL, "You are not signed in there");
    assert_int_equal(told_of("session.end"), 1);
    stage_get(&stage, "/sessions?ended=%3Cb%3E");
    expect_not("id=\"notice\"");
}

static void test_nobody_elses_can_be_ended(void **state)
{
    char graces[32], upper[32];
    (void)state;
    Str cookie = elsewhere("grace", clock_now(), "203.0.113.9", PHONE, graces);
    snprintf(upper, sizeof upper, "%s", graces);
    for (char *c = upper; *c; c++) *c = (char)(*c >= 'a' && *c <= 'f' ? *c - 32 : *c);
    stage_sign_in(&stage, "ada");
    Str hash = hex_encode(stage.lasting, keys_mac(stage.lasting, stage.portal.keys, KEY_SESSION, cookie));
    const char *const ids[] = {graces, upper, "x", "%00", "%25", "1", "all", "..%2F..", "'+OR+1=1", cookie.p,
                               hash.p, arena_cstr(stage.lasting, str_first(hash, 24)), "%D9%A1"};
    int64_t before = open_sessions();
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        stage_get(&stage, "/sessions");
        post_end(ids[i]);
        if (stage.reply.status != 404 && stage.reply.status != 400) fail_msg("%s: answered %d", ids[i], stage.reply.status);
        assert_int_equal(open_sessions(), before);
    }
    assert_true(lives(cookie));
    assert_int_equal(told_of("session.end"), 0);
    stage_post(&stage, "/sessions/end-others", "user_id=local%7Cgrace&account=2");
    expect(303, "ended=none", NULL);
    assert_true(lives(cookie));
}

static void test_all_others_are_ended(void **state)
{
    char id[32];
    (void)state;
    Str graces = elsewhere("grace", clock_now(), "203.0.113.9", PHONE, id);
    stage_sign_in(&stage, "ada");
    Str one = elsewhere("ada", clock_now(), "203.0.113.9", PHONE, id), two = elsewhere("ada", clock_now(), "203.0.113.9", "", id);
    stage_post(&stage, "/sessions/end-others", "");
    expect(303, "Location: /sessions?ended=others\r\n", NULL);
    assert_false(lives(one) || lives(two));
    assert_true(lives(graces) && lives(str_of(stage.cookies.sid)));
    assert_int_equal(told_of("session.end_others"), 1);
    stage_get(&stage, "/sessions?ended=others");
    expect(200, NULL, "You are signed out everywhere else.");
    stage_post(&stage, "/sessions/end-others", "");
    expect(303, "Location: /sessions?ended=none\r\n", NULL);
    assert_int_equal(told_of("session.end_others"), 1);
    stage_get(&stage, "/sessions?ended=none");
    expect(200, NULL, "You were signed in nowhere else, so nothing was changed.");
}

static void test_ending_this_one_is_signing_out(void **state)
{
    struct session session;
    char id[32], own[32];
    (void)state;
    stage_sign_in(&stage, "ada");
    Str other = elsewhere("ada", clock_now(), "203.0.113.9", PHONE, id), cookie = arena_copy(stage.lasting, str_of(stage.cookies.sid));
    struct visit visit = visit_at(clock_now(), "", "");
    assert_int_equal(session_find(&stage.portal, &visit, cookie, &session), OK);
    snprintf(own, sizeof own, "%.*s", STR_ARGS(session.public_id));
    post_end(own);
    expect(303, "Location: /login?signed_out=1", NULL);
    expect(303, "Clear-Site-Data: ", NULL);
    assert_false(lives(cookie));
    assert_true(lives(other));
}

static void test_forged_forms_end_nothing(void **state)
{
    char id[32], theirs[64];
    (void)state;
    stage_sign_in(&stage, "grace");
    memcpy(theirs, stage.token, sizeof theirs);
    stage_sign_in(&stage, "ada");
    Str cookie = elsewhere("ada", clock_now(), "203.0.113.9", PHONE, id);
    const char *const tokens[] = {"", "csrf=", "csrf=x", theirs};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        const char *name = tokens[i] == theirs ? "csrf=" : "";
        stage_ask(&stage, arena_print(stage.lasting, "POST /sessions/%s/end\n\n%s%s", id, name, tokens[i]).p);
        expect(403, NULL, "This form can no longer be used");
        stage_ask(&stage, arena_print(stage.lasting, "POST /sessions/end-others\n\n%s%s", name, tokens[i]).p);
        expect(403, NULL, NULL);
    }
    stage_ask(&stage, arena_print(stage.lasting, "POST /sessions/%s/end\nOrigin: https://evil.example\n\ncsrf={csrf}", id).p);
    expect(403, NULL, NULL);
    stage_get(&stage, arena_print(stage.lasting, "/sessions/%s/end", id).p);
    expect(405, "Allow: POST", NULL);
    assert_true(lives(cookie));
    assert_int_equal(told_of("session.end"), 0);
}

static void test_hostile_user_agents_are_not_shown(void **state)
{
    static const char *const agents[] = {
        "\"><svg onload=alert(1)>", "</title><script>alert(1)</script>", "Firefox/1 <b>Windows</b>", "{{CSRF}}{{#OTHERS}}{{/OTHERS}}",
        "Chrome/1 \xe2\x80\xae gnirts", "%s%n%s", "'; DROP TABLE session; --", "{BROWSER}{SYSTEM}", "Safari/9 evil-marker",
    };
    (void)state;
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++) {
        stage_forget(&stage);
        stage_get(&stage, "/login");
        stage_ask(&stage, arena_print(stage.lasting, "POST /login\nUser-Agent: %s\n\ncsrf={csrf}&identifier=mia%%40example.com&password=correct",
                                      agents[i]).p);
        expect(303, "Set-Cookie: sid=", NULL);
        stage_get(&stage, "/sessions");
        expect(200, NULL, "Elsewhere");
        for (size_t k = 0; k <= i; k++) expect_not(agents[k]);
        expect_not("evil-marker");
        expect_not("<b>Windows");
    }
}

static Str masked(void)
{
    struct arena *arena = stage.arena;
    Str text = text_replaced(arena, stage_masked(&stage), STR("LAST SIGN-IN"), "A MOMENT AGO");
    const struct catalogs *catalogs = view_catalogs(stage.view);
    int64_t now = clock_now();
    for (size_t i = 0; i < catalogs->count; i++) {
        for (int64_t at = now - A_MOMENT; at <= now; at += 60)
            text = text_replaced(arena, text, catalog_date(arena, catalogs->list[i], at, true), "A MOMENT AGO");
        text = text_replaced(arena, text, catalog_date(arena, catalogs->list[i], now, true), "A MOMENT AGO");
    }
    return text;
}

static void check_sessions(const char *name, const char *request)
{
    char phone[32], bare[32];
    stage_sign_in(&stage, "ada");
    elsewhere("ada", clock_now() - 600, "203.0.113.9", PHONE, phone);
    elsewhere("ada", clock_now() - 500, "2001:db8::7", "", bare);
    stage_ask(&stage, request);
    Str text = text_replaced(stage.arena, masked(), str_of(phone), "PHONE-ID");
    golden_check(name, text_replaced(stage.arena, text, str_of(bare), "BARE-ID"));
    store_do(stage.portal.db, STMT_session_drop_of_account, DB_ARGS(db_int(1)));
}

static void test_golden_sessions(void **state)
{
    (void)state;
    check_sessions("sessions", "GET /sessions\n\n");
    check_sessions("sessions_german", "GET /sessions\nAccept-Language: de\n\n");
    check_sessions("sessions_arabic", "GET /sessions\nAccept-Language: ar\n\n");
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/sessions?ended=others");
    golden_check("sessions_alone", masked());
    post_end("0123456789abcdef01234567");
    golden_check("sessions_over", masked());
}

/* ---- activity ---- */

static void add_row(const struct audit_entry *given)
{
    struct audit_entry entry = *given;
    if (!entry.at) entry.at = LONG_AGO;
    if (!entry.user_id.p) entry.user_id = STR("local|ada");
    if (!entry.actor.p) entry.actor = STR("owner");
    if (!entry.outcome.p) entry.outcome = STR("allowed");
    assert_int_equal(db_begin(stage.portal.db), OK);
    assert_int_equal(audit_write(&stage.portal, &entry), OK);
    assert_int_equal(db_commit(stage.portal.db), OK);
}

static void commit_as(enum actor actor, const char *organization, const char *user_id, const char *const (*values)[2])
{
    struct visit visit = visit_at(LONG_AGO, "198.51.100.66", "");
    struct change change;
    struct user user;
    Commit commit;
    visit.actor_id = STR("local|the-boss");
    visit.organization = str_of(organization);
    change_init(&change, stage.lasting, actor);
    for (; (*values)[0]; values++) change_put_text(&change, str_of((*values)[0]), str_of((*values)[1]));
    assert_int_equal(user_get_by_user_id(stage.portal.db, stage.lasting, str_of(user_id), &user), OK);
    assert_int_equal(account_commit(&stage.portal, &visit, user.id, -1, &change, &commit), OK);
}

static void live_through_something(void)
{
    struct visit stranger = visit_at(LONG_AGO, "203.0.113.9", "");
    SignIn result;
    assert_int_equal(session_sign_in(&stage.portal, &stranger, STR("kim@acme.example"), STR("wrong"), STR_NONE, STR_NONE, &result), OK);
    static const char *const by_operator[][2] = {
        {"user_metadata.cost_center", "C-9"}, {"user_metadata.rating", "3"}, {"given_name", "Kimberley"}, {NULL, NULL}};
    static const char *const by_desk[][2] = {{"family_name", "Lee-Jones"}, {NULL, NULL}};
    static const char *const refused[][2] = {
        {"given_name", "Chris"}, {"website", "https://example.com"}, {"user_metadata.rating", "9"}, {"no_such_field", "1"}, {NULL, NULL}};
    static const char *const by_owner[][2] = {{"nickname", "kimmy"}, {"user_metadata.topics", "music"}, {NULL, NULL}};
    commit_as(ACTOR_OPERATOR, NULL, "local|kim", by_operator);
    commit_as(ACTOR_DESK, "acme", "local|kim", by_desk);
    commit_as(ACTOR_OWNER, NULL, "local|kim", refused);
    commit_as(ACTOR_OWNER, NULL, "local|kim", by_owner);
    Str kim = STR("local|kim");
    add_row(&(struct audit_entry){.user_id = kim, .actor = STR("operator"), .actor_id = STR("cli:the-boss"), .action = STR("account.block"),
                                  .reason = STR("you asked <us> to"), .peer = STR("198.51.100.66")});
    add_row(&(struct audit_entry){.user_id = kim, .actor = STR("system"), .action = STR("raw.code"), .peer = STR("198.51.100.66")});
    add_row(&(struct audit_entry){.user_id = kim, .actor = STR("desk"), .action = STR("raw.code"), .outcome = STR("refused"),
                                  .reason = STR("internal remark"), .peer = STR("198.51.100.66")});
}

/* Behind the oldest row. */
static const char *end_of_activity(void)
{
    Str sealed = keys_seal(stage.lasting, stage.portal.keys, STR("1"), STR("/activity"));
    return arena_print(stage.lasting, "GET /activity?before=%.*s\n\n", STR_ARGS(base64url_encode(stage.lasting, sealed))).p;
}

static void test_golden_activity(void **state)
{
    (void)state;
    live_through_something();
    stage_sign_in(&stage, "kim@acme.example");
    const struct { const char *name, *request; } rows[] = {
        {"activity", "GET /activity\n\n"}, {"activity_german", "GET /activity\nAccept-Language: de\n\n"},
        {"activity_arabic", "GET /activity\nAccept-Language: ar\n\n"}, {"activity_end", end_of_activity()},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage_ask(&stage, rows[i].request);
        golden_check(rows[i].name, masked());
    }
}

/* What a help desk did is told with the reason that it gave, and never with who it was. */
static void test_what_a_desk_did_is_told_with_its_reason(void **state)
{
    static const struct { const char *action, *words; } rows[] = {
        {"account.block", "Your account was blocked."}, {"membership.suspend", "Your membership of Acme Ltd was suspended."},
        {"membership.restore", "Your membership of Acme Ltd was restored."}, {"membership.roles", "Your roles at Acme Ltd were changed."},
        {"membership.join", "You became a member of Acme Ltd by signing in, as everybody does who signs in the way you do."},
        {"membership.drop", "Your membership of Acme Ltd ended."}, {"password.ask", "A link to a new password was mailed to you."},
        {"email.ask", "A link to confirm an e-mail address was asked for."}, {"signin.unlock", "The pause after wrong passwords was ended"},
        {"session.end_all", "You were signed out everywhere."}, {"request.approve", "Your request for a change of your profile was approved."},
        {"request.decline", "Your request for a change of your profile was declined."}, {"profile.save", "Your profile was changed."},
    };
    (void)state;
    stage_sign_in(&stage, "kim@acme.example");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str reason = arena_print(stage.lasting, "reason %zu.", i);
        add_row(&(struct audit_entry){.user_id = STR("local|kim"), .actor = STR("desk"), .actor_id = STR("local|the-boss"),
                                      .organization = STR("acme"), .action = str_of(rows[i].action), .reason = reason,
                                      .peer = STR("198.51.100.66"), .fields = STR("[{\"gives\":\"auditor\"},{\"takes\":\"help-desk\"}]")});
        stage_get(&stage, "/activity");
        expect(200, NULL, rows[i].words);
        expect(200, NULL, arena_print(stage.lasting, "Reason: <bdi>%.*s</bdi>", STR_ARGS(reason)).p);
    }
    expect(200, NULL, "By the help desk of Acme Ltd");
    expect(200, NULL, "Given: <bdi>Auditor</bdi>");
    expect(200, NULL, "Taken away: <bdi>Help desk</bdi>");
    expect_not("the-boss");
    expect_not("198.51.100.66");
}

static void test_signing_out_is_told(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_post(&stage, "/logout", "");
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/activity");
    expect(200, NULL, "You signed out.");
    expect_not("You signed out on another device.");
    expect_not("sign-out");
}

static void test_what_activity_tells(void **state)
{
    (void)state;
    live_through_something();
    stage_sign_in(&stage, "kim@acme.example");
    stage_get(&stage, "/activity");
    expect(200, NULL, "Somebody tried to sign in with a wrong password.");
    expect(200, NULL, "<bdi dir=\"ltr\">203.0.113.9</bdi>");
    expect(200, NULL, "<bdi>Given name</bdi>: Managed by Acme&#39;s directory.");
    expect(200, NULL, "<bdi>Website</bdi>: Managed by the organization Acme Ltd.");
    expect(200, NULL, "<bdi>Something that is not in your profile</bdi>");
    expect(200, NULL, "<bdi>Details that are kept for the service alone</bdi>");
    expect(200, NULL, "By the help desk of Acme Ltd");
    expect(200, NULL, "By your organization&#39;s help desk");
    expect(200, NULL, "By the operator of this portal");
    expect(200, NULL, "You became a member of Acme Ltd.");
    expect(200, NULL, "Reason: <bdi>you asked &lt;us&gt; to</bdi>");
}

/* No code, no name or address of whoever manages accounts, no remark of theirs on what was refused, no field that is not for these eyes, no value. */
static void test_what_activity_keeps_to_itself(void **state)
{
    static const char *const secrets[] = {
        "raw.code", "profile.save", "the-boss", "cli:", "internal remark", "user_metadata.", "rating", "Rating", "no_such_field",
        "C-9", "Kimberley", "kimmy", "Lee-Jones", "local|",
    };
    (void)state;
    live_through_something();
    stage_sign_in(&stage, "kim@acme.example");
    stage_get(&stage, "/activity");
    const char *list = strstr(stage.reply.body.p, "class=\"events\"");
    assert_non_null(list);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (strstr(list, secrets[i])) fail_msg("told: %s", secrets[i]);
    assert_int_equal(times(str_of(list), "198.51.100.66"), 2);      /* of what was done as the owner */
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/activity");
    expect_not("203.0.113.9");
    expect_not("wrong password");
}

static void test_older_pages(void **state)
{
    char seen[200] = {0}, path[160] = "/activity";
    (void)state;
    stage_sign_in(&stage, "ada");
    for (int i = 0; i < 120; i++)
        add_row(&(struct audit_entry){.action = STR("session.end"), .peer = arena_print(stage.lasting, "192.0.2.%d", i + 100)});
    add_row(&(struct audit_entry){.user_id = STR("local|grace"), .action = STR("session.end"), .peer = STR("not-mine")});
    int pages = 0, rows = 0;
    for (const char *older = path; older; pages++) {
        stage_get(&stage, path);
        expect(200, NULL, pages ? "Back to the newest" : "You signed out on another device.");
        expect_not("not-mine");
        assert_true(times(stage.reply.body, "class=\"event\"") <= 50);
        for (int i = 0; i < 120; i++) {
            if (!text_has(stage.reply.body, arena_print(stage.lasting, ">192.0.2.%d<", i + 100).p)) continue;
            assert_int_equal(seen[i]++, 0);
            rows++;
        }
        older = strstr(stage.reply.body.p, "/activity?before=");
        if (older) snprintf(path, sizeof path, "%.*s", (int)strcspn(older, "\""), older);
    }
    assert_int_equal(rows, 120);
    assert_int_equal(pages, 3);
    static const char *const odd[] = {"0", "7", "-1", "x", "", "1x", "99999999999999999999", "1&before=2", "%00"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        snprintf(path, sizeof path, "/activity?before=%s", odd[i]);
        stage_get(&stage, path);
        if (stage.reply.status != 404 && stage.reply.status != 400) fail_msg("%s: answered %d", odd[i], stage.reply.status);
    }
}

/* Whatever stands in a row, its reader gets the page. */
static void test_odd_rows(void **state)
{
    static const char *const fields[] = {
        "", "nothing", "{}", "[", "[1,null,[],{}]", "[{\"field\":5,\"level\":[],\"rule\":{}}]", "[{\"field\":\"nickname\"}]",
        "[{\"field\":\"nickname\",\"level\":\"read\",\"rule\":\"organization \"}]",
        "[{\"field\":\"nickname\",\"level\":\"read\",\"rule\":\"organization <b>gone</b>\"}]",
        "[{\"field\":\"nickname\",\"level\":\"read\",\"rule\":\"connection <b>gone</b>\"}]",
        "[{\"field\":\"nickname\",\"level\":\"none\",\"rule\":\"account blocked\"}]",
    };
    (void)state;
    stage_sign_in(&stage, "ada");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        add_row(&(struct audit_entry){.action = STR("profile.save"), .outcome = STR("refused"), .fields = str_of(fields[i])});
        add_row(&(struct audit_entry){.action = STR("profile.save"), .actor = STR("<i>"), .outcome = STR("<i>"),
                                      .organization = STR("<i>x</i>"), .peer = STR("<i>"), .fields = str_of(fields[i])});
        stage_get(&stage, "/activity");
        expect(200, NULL, "A change of your profile was refused");
    }
    expect_not("<b>gone");
    expect_not("<i>");
    expect(200, NULL, "Managed by the organization &lt;b&gt;gone&lt;/b&gt;.");
    expect(200, NULL, "This account is blocked.");
}

static void check_actions_of(const char *path)
{
    char line[300];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        const char *call = strstr(line, "account_audit(");
        const char *text = call ? strchr(call, '"') : NULL;
        if (!text || !strchr(text, '.')) continue;
        Str action = str_of(text + 1);
        action = str_cut(&action, '"');
        static const char *const not_told[] = {"message.retry", "message.drop",      /* nobody is left to read it */
                                               "account.import", "store.restore",       /* about nobody alone */
                                               "invitation.send", "invitation.resend", "invitation.revoke"};   /* about nobody yet */
        bool skipped = false;
        for (size_t i = 0; i < sizeof not_told / sizeof *not_told; i++) skipped = skipped || str_is(action, not_told[i]);
        if (skipped) continue;
        bool refused = strstr(line, "account_audit_refused(") != NULL;
        add_row(&(struct audit_entry){.action = action, .outcome = refused ? STR("refused") : STR("allowed"), .reason = STR("password")});
        stage_get(&stage, "/activity");
        const char *first = strstr(stage.reply.body.p, "class=\"happened\">");
        if (!first || strncmp(first + 17, "Something was", 13) == 0) fail_msg("%s: no words for %.*s", path, STR_ARGS(action));
    }
    fclose(file);
}

/* What accounts write down in one line of code has words here; the other calls are covered by the pages above. */
static void test_each_action_has_words(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    DIR *folder = opendir("app/account");
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!str_ends(str_of(entry->d_name), STR(".c"))) continue;
        check_actions_of(arena_print(stage.lasting, "app/account/%s", entry->d_name).p);
    }
    closedir(folder);
}

int main(void)
{
#define STAGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices),
        STAGE_TEST(test_all_mine_are_listed_and_nobody_elses),
        STAGE_TEST(test_the_dead_are_not_listed),
        STAGE_TEST(test_one_is_ended),
        STAGE_TEST(test_nobody_elses_can_be_ended),
        STAGE_TEST(test_all_others_are_ended),
        STAGE_TEST(test_ending_this_one_is_signing_out),
        STAGE_TEST(test_forged_forms_end_nothing),
        STAGE_TEST(test_hostile_user_agents_are_not_shown),
        STAGE_TEST(test_golden_sessions),
        STAGE_TEST(test_golden_activity),
        STAGE_TEST(test_what_a_desk_did_is_told_with_its_reason),
        STAGE_TEST(test_signing_out_is_told),
        STAGE_TEST(test_what_activity_tells),
        STAGE_TEST(test_what_activity_keeps_to_itself),
        STAGE_TEST(test_older_pages),
        STAGE_TEST(test_odd_rows),
        STAGE_TEST(test_each_action_has_words),
    };
    return cmocka_run_group_tests_name("account pages", tests, NULL, NULL);
}
