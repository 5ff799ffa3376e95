/* Loops over the tables: every route as a stranger, with a forged token, from another site, with other methods; every field
   with hostile texts in every page that shows it; every locked, hidden or internal name in every spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "page/routes.h"
#include "store/user_store.h"
#include "support/hostile.h"
#include "support/page_support.h"
#include "support/store_support.h"

static struct stage stage;

static int64_t audits(const char *outcome)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit WHERE outcome = '%s'", outcome);
    return store_count(stage.portal.db, sql);
}

static int64_t versions(void)
{
    return store_count(stage.portal.db, "SELECT SUM(version) FROM account");
}

static int64_t sessions(void)
{
    return store_count(stage.portal.db, "SELECT COUNT(*) FROM session");
}

static void ask(const char *method, const char *path, const char *lines, const char *body)
{
    struct arena *arena = arena_open(0);
    Str asked = text_replaced(arena, str_of(path), STR("{organization}"), "acme");
    stage_ask(&stage, arena_print(arena, "%s %s\n%s\n%s", method, asked.p, lines, body).p);
    arena_close(arena);
}

/* ---- routes ---- */

static void test_stranger_is_sent_to_sign_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].guard == GUARD_OPEN) continue;
        stage_forget(&stage);
        ask(routes[i].method == METHOD_GET ? "GET" : "POST", routes[i].path, "", "");
        assert_int_equal(stage.reply.status, 303);
        assert_true(text_has(stage.head, "Location: /login"));
        assert_int_equal(stage.reply.body.n, 0);
    }
}

static void test_made_up_session_is_none(void **state)
{
    static const char *const cookies[] = {
        "sid=", "sid=x", "sid=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "SID=%s", "sid=%s0", "sid= %sx", "__Host-sid=%s",
        "sid=%.40s",
    };
    char line[200], value[100];
    (void)state;
    stage_sign_in(&stage, "ada");
    for (size_t i = 0; i < sizeof cookies / sizeof *cookies; i++) {
        const char *mark = strstr(cookies[i], "%s") ? "%s" : strstr(cookies[i], "%.40s") ? "%.40s" : NULL;
        size_t before = mark ? (size_t)(strstr(cookies[i], mark) - cookies[i]) : strlen(cookies[i]);
        snprintf(value, sizeof value, "%.*s", mark && strlen(mark) > 2 ? 40 : 64, mark ? stage.cookies.sid : "");
        snprintf(line, sizeof line, "Cookie: %.*s%s%s\n", (int)before, cookies[i], value,
            mark ? cookies[i] + before + strlen(mark) : "");
        ask("GET", "/profile", line, "");
        assert_int_equal(stage.reply.status, 303);
    }
    snprintf(line, sizeof line, "Cookie: sid=%s; sid=%s\n", stage.cookies.sid, stage.cookies.sid);
    ask("GET", "/profile", line, "");
    assert_int_equal(stage.reply.status, 400);
}

/* Behind a desk there is nothing for who does not stand there, whatever token they bring; test_isolation.c has those who do. */
static int refusal_of(const struct route *route)
{
    return route->guard == GUARD_DESK ? 404 : 403;
}

static void test_forged_token_changes_nothing(void **state)
{
    static const char *const bodies[] = {"", "csrf=", "csrf=x", "csrf=%s0", "csrf=%s&csrf=%s", "CSRF=%s", "csrf[]=%s"};
    char other[64], body[400];
    (void)state;
    stage_sign_in(&stage, "grace");
    memcpy(other, stage.token, sizeof other);
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].method == METHOD_GET) continue;
        assert_true(routes[i].csrf);
        stage_sign_in(&stage, "ada");
        int64_t before = versions(), open = sessions();
        for (size_t k = 0; k < sizeof bodies / sizeof *bodies; k++) {
            const char *token = stage.token, *rest = strstr(bodies[k], "%s");
            const char *last = rest ? strstr(rest + 2, "%s") : NULL;
            snprintf(body, sizeof body, "%.*s%s%.*s%s&nickname=forged&identifier=ada&password=correct",
                     rest ? (int)(rest - bodies[k]) : (int)strlen(bodies[k]), bodies[k], rest ? token : "",
                     last ? (int)(last - rest - 2) : rest ? (int)strlen(rest + 2) : 0, rest ? rest + 2 : "", last ? token : "");
            ask("POST", routes[i].path, "", body);
            assert_int_equal(stage.reply.status, refusal_of(&routes[i]));
        }
        snprintf(body, sizeof body, "csrf=%s&nickname=forged&identifier=ada&password=correct", other);
        ask("POST", routes[i].path, "", body);
        assert_int_equal(stage.reply.status, refusal_of(&routes[i]));
        assert_int_equal(versions(), before);
        assert_int_equal(sessions(), open);
    }
}

static void test_other_sites_are_refused(void **state)
{
    static const char *const lines[] = {
        "Sec-Fetch-Site: cross-site\n", "Sec-Fetch-Site: same-site\n", "Sec-Fetch-Site: same-origin, none\n",
        "Sec-Fetch-Site: \n",
        "Origin: https://evil.example\n", "Origin: null\n", "Origin: http://localhost:8081\n", "Origin: https://localhost:8080\n",
        "Origin: http://localhost:8080.evil.example\n", "Sec-Fetch-Site: cross-site\nOrigin: http://localhost:8080\n",
    };
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].method == METHOD_GET) continue;
        stage_sign_in(&stage, "ada");
        int64_t open = sessions();
        for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) {
            ask("POST", routes[i].path, lines[k], "csrf={csrf}");
            assert_int_equal(stage.reply.status, 403);
        }
        assert_int_equal(sessions(), open);
    }
    ask("POST", "/profile", "Sec-Fetch-Site: same-origin\nOrigin: http://localhost:8080\n", "csrf={csrf}");
    assert_int_equal(stage.reply.status, 303);
    ask("POST", "/profile", "Origin: http://localhost:8080\n", "csrf={csrf}");
    assert_int_equal(stage.reply.status, 303);
}

static void test_methods(void **state)
{
    static const char *const methods[] = {"PUT", "PATCH", "DELETE", "TRACE", "get", "PURGE"};
    (void)state;
    stage_sign_in(&stage, "ada");
    for (size_t i = 0; i < route_count; i++) {
        for (size_t k = 0; k < sizeof methods / sizeof *methods; k++) {
            ask(methods[k], routes[i].path, "", "");
            assert_int_equal(stage.reply.status, 405);
            assert_true(text_has(stage.head, "\r\nAllow: "));
        }
        if (routes[i].method != METHOD_GET) continue;
        ask("GET", routes[i].path, "", "");
        int status = stage.reply.status;
        ask("HEAD", routes[i].path, "", "");
        assert_int_equal(stage.reply.status, status);
    }
    ask("POST", "/healthz", "", "csrf={csrf}");
    assert_int_equal(stage.reply.status, 405);
    ask("GET", "/profile", "X-HTTP-Method-Override: POST\n", "");
    assert_int_equal(stage.reply.status, 200);
}

static void test_patterns(void **state)
{
    Str segment[2];
    (void)state;
    assert_true(route_fits("/o/{name}/desk/{id}", STR("/o/acme/desk/local|1"), segment));
    assert_true(str_is(segment[0], "acme") && str_is(segment[1], "local|1"));
    static const char *const others[] = {"/o/acme/desk/", "/o//desk/1", "/o/acme/desk/1/", "/o/acme/desk/1/2", "/o/acme", "",
        "/"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(route_fits("/o/{name}/desk/{id}", str_of(others[i]), segment));
}

/* What is echoed into links does not grow: an answer many times as large as the question would be a lever. */
static void test_no_answer_grows_with_the_question(void **state)
{
    static const char *const paths[] = {"/nothing", "/login", "/o/acme/login", "/password/forgot"};
    char *value = arena_take(stage.lasting, 60001);
    (void)state;
    memset(value, '"', 60000);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        ask("POST", paths[i], "", arena_print(stage.lasting, "connection=%s", value).p);
        if (stage.reply.body.n > 40000) fail_msg("%s: %zu bytes", paths[i], stage.reply.body.n);
    }
}

/* ---- hostile texts ---- */

static void check_shown(const char *field, const char *payload, bool literally)
{
    if (hostile_is_raw(stage.reply.body, payload)) fail_msg("%s: raw %s", field, payload);
    if (!literally || text_has(stage.reply.body, hostile_escaped(stage.arena, str_of(payload)).p)) return;
    fail_msg("%s: %s is not shown as it is", field, payload);
}

/* Kept or refused, in the form that comes back or in the saved profile: never markup. */
static void post_payload(const char *field, const char *payload)
{
    struct arena *arena = arena_open(0);
    Str pair = form_pair(arena, field, str_of(payload));
    stage_post(&stage, "/profile", pair.p);
    arena_close(arena);
    if (stage.reply.status != 303) check_shown(field, payload, true);
    else {
        stage_get(&stage, "/profile");
        assert_int_equal(stage.reply.status, 200);
        check_shown(field, payload, true);
    }
}

static void test_hostile_texts_in_every_field(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    const struct fields *fields = &stage.portal.directory.fields;
    size_t asked = 0;
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        if (field->system || field->level[ACTOR_OWNER] != LEVEL_EDIT || field->proof != PROOF_NONE) continue;
        if (field->type == TYPE_CHOICES || field->type == TYPE_BOOLEAN) continue;       /* boxes show no text of the person's */
        char name[100];
        snprintf(name, sizeof name, "%.*s", STR_ARGS(field->name));
        for (size_t k = 0; k < HOSTILE_TEXTS; k++, asked++) {
            stage_get(&stage, "/profile");
            post_payload(name, hostile_texts[k]);
        }
    }
    assert_true(asked > 500);
}

/* A text that lies in the store already, whoever put it there, shown where it is locked and as the person's name. */
static void test_hostile_texts_from_elsewhere(void **state)
{
    (void)state;
    for (size_t k = 0; k < HOSTILE_TEXTS; k++) {
        stage_sign_in(&stage, "grace");
        struct arena *arena = arena_open(0);
        Str pair = form_pair(arena, "name", str_of(hostile_texts[k]));
        stage_post(&stage, "/profile", pair.p);
        assert_int_equal(stage.reply.status, 303);
        stage_get(&stage, "/nothing");
        check_shown("person", hostile_texts[k], true);
        stage_get(&stage, "/logout");
        check_shown("person", hostile_texts[k], true);
        arena_close(arena);
    }
}

static void test_hostile_texts_at_the_door(void **state)
{
    (void)state;
    for (size_t k = 0; k < HOSTILE_TEXTS; k++) {
        struct arena *arena = arena_open(0);
        Str text = str_of(hostile_texts[k]);
        stage_forget(&stage);
        stage_get(&stage, arena_print(arena, "/login?%s&%s", form_pair(arena, "next", text).p, form_pair(arena, "connection",
            text).p).p);
        check_shown("connection", hostile_texts[k], true);
        stage_post(&stage, "/login", form_pair(arena, "identifier", text).p);
        check_shown("identifier", hostile_texts[k], true);
        stage_sign_in(&stage, "ada");
        stage_get(&stage, arena_print(arena, "/profile?%s", form_pair(arena, "saved", text).p).p);
        check_shown("saved", hostile_texts[k], false);
        stage_post(&stage, "/profile", arena_print(arena, "%s=1", form_pair(arena, hostile_texts[k], STR("")).p).p);
        check_shown("name of a field", hostile_texts[k], false);
        arena_close(arena);
    }
}

/* ---- over-posting ---- */

static const char *const internals[] = {
    "user_id", "blocked", "created_at", "updated_at", "last_login", "logins_count", "email_verified", "phone_verified",
    "user_metadata", "app_metadata",
    "app_metadata.plan", "user_metadata.rating", "user_metadata.cost_center", "user_metadata.nothing", "email", "phone_number",
    "password", "password_hash",
    "role", "roles", "org_id", "organizations", "is_admin", "security_epoch", "epoch", "connection", "connection_id", "id",
    "sources", "deletion_at", "identities",
    "__proto__", "constructor", "_method", "profile", "metadata.app.plan",
};

static void refuse(const char *name, const char *body)
{
    int64_t before = versions();
    stage_get(&stage, "/profile");
    stage_post(&stage, "/profile", body);
    if (stage.reply.status != 403 && stage.reply.status != 422) fail_msg("%s: answered %d", name, stage.reply.status);
    assert_int_equal(versions(), before);
}

static void refuse_spellings(const char *name)
{
    static const char *const spellings[] = {
        "%s=true", "%s=true&%s=false", "nickname=x&%s=true", "%s[]=true", "%s[x]=true", "profile.%s=true", "profile[%s]=true",
        "user_metadata.%s.x=1", "%s.x=1", " %s=1",
        "%s =1", "%s%%2ex=1", "%s%%20=1",
    };
    char body[600], upper[100];
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        struct arena *arena = arena_open(0);
        struct text text = {.arena = arena};
        for (const char *c = spellings[i]; *c; c++) {
            if (c[0] == '%' && c[1] == 's') text_add(&text, str_of(name));
            else if (c[0] == '%' && c[1] == '%') text_add(&text, STR("%"));
            else text_add(&text, c[0] == ' ' ? STR("+") : (Str){c, 1});
            if (c[0] == '%') c++;
        }
        refuse(name, text_str(&text).p);
        arena_close(arena);
    }
    snprintf(upper, sizeof upper, "%s", name);
    upper[0] = (char)(upper[0] == '_' ? 'X' : upper[0] - 32);
    snprintf(body, sizeof body, "%s=true", upper);
    refuse(upper, body);
}

static void test_over_posting(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    int64_t refused = audits("refused");
    for (size_t i = 0; i < sizeof internals / sizeof *internals; i++) refuse_spellings(internals[i]);
    assert_true(audits("refused") > refused);
}

/* What a rule of the connection or of an organization locks, beside what the field itself does. */
static void test_over_posting_of_locked_fields(void **state)
{
    static const char *const locked[] = {"given_name", "family_name", "email", "website"};
    (void)state;
    stage_sign_in(&stage, "kim@acme.example");
    for (size_t i = 0; i < sizeof locked / sizeof *locked; i++) {
        char body[200];
        snprintf(body, sizeof body, "nickname=changed&%s=changed", locked[i]);
        refuse(locked[i], body);
        assert_int_equal(stage.reply.status, 403);
        assert_true(text_has(stage.reply.body, "Ask help@acme.example."));
        refuse_spellings(locked[i]);
    }
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
        cmocka_unit_test(test_stranger_is_sent_to_sign_in), cmocka_unit_test(test_made_up_session_is_none),
        cmocka_unit_test(test_forged_token_changes_nothing), cmocka_unit_test(test_other_sites_are_refused),
        cmocka_unit_test(test_methods), cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_no_answer_grows_with_the_question), cmocka_unit_test(test_over_posting),
        cmocka_unit_test(test_over_posting_of_locked_fields), cmocka_unit_test(test_hostile_texts_at_the_door),
        cmocka_unit_test(test_hostile_texts_in_every_field), cmocka_unit_test(test_hostile_texts_from_elsewhere),
    };
    return cmocka_run_group_tests_name("page rules", tests, begin, end);
}
