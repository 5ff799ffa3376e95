/* The page that asks for consent: who is held up by it and who is not, what can be answered, what a no means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/json_memory.h"
#include "page/routes.h"
#include "support/golden.h"
#include "support/hostile.h"
#include "support/page_support.h"
#include "support/portal_support.h"
#include "support/store_support.h"

static struct stage stage;

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\"}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\"}],"
    "\"users\":[{\"connection\":\"customers\",\"user_id\":\"ann\",\"email\":\"ann@example.com\",\"name\":\"Ann\","
    "\"organizations\":[{\"name\":\"acme\",\"roles\":[\"administrator\"],\"home\":true}]}]}";

#define TERMS(version) \
    "{\"name\":\"terms\",\"version\":\"" version "\",\"required\":true," \
    "\"title\":{\"en\":\"Terms of use\",\"de\":\"Nutzungsbedingungen\",\"ar\":\"شروط الاستخدام\"}," \
    "\"text\":{\"en\":\"Be kind.\\nPay on time.\",\"de\":\"Seien Sie freundlich.\",\"ar\":\"كن لطيفًا.\"}}"
#define NEWS \
    "{\"name\":\"news\",\"version\":\"1\",\"title\":{\"en\":\"Our letter\"},\"text\":{\"en\":\"Once a month.\"}}"

static void apply(const char *purposes)
{
    portal_apply(&stage.portal, stage.lasting, arena_print(stage.lasting, "{\"purposes\":[%s]}", purposes).p);
    json_memory_use(stage.arena);
}

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, people);
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
    if (stage.reply.status != status) fail_msg("answered %d, not %d\n%.*s%.*s", stage.reply.status, status, STR_ARGS(stage.head), STR_ARGS(stage.reply.body));
    if (in_head && !text_has(stage.head, in_head)) fail_msg("not in the head: %s\n%.*s", in_head, STR_ARGS(stage.head));
    if (in_body && !text_has(stage.reply.body, in_body)) fail_msg("not in the page: %s\n%.*s", in_body, STR_ARGS(stage.reply.body));
}

static void expect_not(const char *words)
{
    if (text_has(stage.reply.body, words)) fail_msg("in the page: %s\n%.*s", words, STR_ARGS(stage.reply.body));
}

static void as_ann(void)
{
    stage_forget(&stage);
    stage_sign_in(&stage, "ann@example.com");
}

static int64_t rows(void)
{
    return store_count(stage.portal.db, "SELECT COUNT(*) FROM consent");
}

/* --- pages --- */

static void test_golden_pages(void **state)
{
    static const struct { const char *name, *request; } asked[] = {
        {"consent", "GET /consent?next=%2Fprofile\n\n"},
        {"consent_german", "GET /consent\nAccept-Language: de\n\n"},
        {"consent_arabic", "GET /consent\nAccept-Language: ar\n\n"},
        {"consent_missing", "POST /consent\n\ncsrf={csrf}&version.terms=1&version.news=1&consent.news=yes"},
        {"consent_stale", "POST /consent\n\ncsrf={csrf}&version.terms=0&consent.terms=yes"},
        {"consent_text", "GET /consent/terms/1\n\n"},
    };
    (void)state;
    apply(TERMS("1") "," NEWS);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        as_ann();
        stage_ask(&stage, asked[i].request);
        golden_check(asked[i].name, stage_masked(&stage));
    }
    assert_int_equal(rows(), 0);
}

static void test_nothing_is_chosen_before(void **state)
{
    (void)state;
    apply(TERMS("1") "," NEWS);
    as_ann();
    stage_get(&stage, "/consent");
    expect(200, NULL, "name=\"consent.terms\" value=\"yes\"");
    expect_not(" checked");
}

/* --- being held up --- */

static bool passes(const struct route *route)
{
    bool open = route->guard == GUARD_OPEN || route->guard == GUARD_HELD;
    return open || !strcmp(route->path, "/privacy/delete");
}

static const char *path_of(const struct route *route)
{
    Str path = text_replaced(stage.lasting, str_of(route->path), STR("{organization}"), "acme");
    return arena_cstr(stage.lasting, path);
}

static void test_every_page_leads_to_the_question(void **state)
{
    (void)state;
    size_t held = 0;
    apply(TERMS("1") "," NEWS);
    as_ann();
    int64_t versions = store_count(stage.portal.db, "SELECT SUM(version) FROM account");
    for (size_t i = 0; i < route_count; i++) {
        if (passes(&routes[i])) continue;
        if (routes[i].method == METHOD_GET) stage_get(&stage, path_of(&routes[i]));
        else stage_post(&stage, path_of(&routes[i]), "name=Eve");
        expect(303, "Location: /consent?next=%2F", NULL);
        assert_int_equal(stage.reply.body.n, 0);
        held++;
    }
    assert_true(held > 30);
    assert_int_equal(store_count(stage.portal.db, "SELECT SUM(version) FROM account"), versions);
}

static void test_ways_out_stay_open(void **state)
{
    (void)state;
    apply(TERMS("1"));
    as_ann();
    stage_get(&stage, "/privacy/delete");
    expect(200, NULL, NULL);
    stage_get(&stage, "/consent");
    expect_not("href=\"/sessions\"");
    stage_post(&stage, "/logout", "");
    expect(303, "Location: /login", NULL);
}

static void test_a_deletion_comes_first(void **state)
{
    (void)state;
    apply(TERMS("1"));
    as_ann();
    store_count(stage.portal.db, "UPDATE account SET deletion_at = 99999999999 RETURNING 1");
    stage_get(&stage, "/profile");
    expect(303, "Location: /privacy/deletion\r\n", NULL);
    stage_get(&stage, "/privacy/delete");
    expect(303, "Location: /privacy/deletion\r\n", NULL);
}

#define QUESTION "We have a new question for you."

/* Through the form, and no page was seen since. */
static void just_signed_in(void)
{
    stage_forget(&stage);
    stage_get(&stage, "/login");
    stage_post(&stage, "/login", "identifier=ann%40example.com&password=correct");
    expect(303, "Location: /profile\r\n", NULL);
}

static void test_an_optional_purpose_holds_nobody_up(void **state)
{
    (void)state;
    apply(NEWS);
    just_signed_in();
    stage_get(&stage, "/sessions");
    expect(200, NULL, QUESTION);
    stage_get(&stage, "/sessions");
    expect(200, NULL, NULL);
    expect_not(QUESTION);
    stage_get(&stage, "/consent?next=/sessions");
    expect(200, NULL, "name=\"later\"");
    expect_not(" checked");
    assert_int_equal(rows(), 0);
    just_signed_in();
    stage_get(&stage, "/profile");
    expect(200, NULL, "href=\"/consent?next=%2Fprofile\"");
}

static void test_a_new_question_is_asked_once(void **state)
{
    static const struct { const char *said; int64_t given; } ways[] = {
        {"version.news=1&consent.news=yes&next=/sessions", 1}, {"version.news=1&consent.news=no&next=/sessions", 0},
        {"version.news=1&later=yes&next=/sessions", 2}, {"version.news=1&next=/sessions", 2},
        {"version.news=1&consent.news=yes&later=yes&next=/sessions", 2},
    };
    (void)state;
    apply(NEWS);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        store_count(stage.portal.db, "DELETE FROM consent RETURNING 1");
        just_signed_in();
        stage_get(&stage, "/sessions");
        expect(200, NULL, QUESTION);
        stage_get(&stage, "/consent?next=%2Fsessions");
        stage_post(&stage, "/consent", ways[i].said);
        expect(303, "Location: /sessions\r\n", NULL);
        assert_int_equal(rows(), 1);
        assert_int_equal(store_count(stage.portal.db, "SELECT given FROM consent"), ways[i].given);
        just_signed_in();
        stage_get(&stage, "/sessions");
        expect(200, NULL, NULL);
        expect_not(QUESTION);
        stage_get(&stage, "/consent?next=/sessions");
        expect(303, "Location: /sessions\r\n", NULL);
    }
}

static void test_nobody_is_asked_in_the_middle(void **state)
{
    (void)state;
    just_signed_in();
    stage_get(&stage, "/profile");
    expect(200, NULL, NULL);
    apply(NEWS);
    stage_get(&stage, "/profile");
    expect(200, NULL, NULL);
    expect_not(QUESTION);
    just_signed_in();
    stage_get(&stage, "/consent");
    expect(200, NULL, "name=\"later\"");
    expect_not(QUESTION);
}

/* "Not now" is for what may be left open. */
static void test_terms_cannot_be_put_off(void **state)
{
    (void)state;
    apply(TERMS("1") "," NEWS);
    just_signed_in();
    stage_get(&stage, "/consent");
    expect_not("name=\"later\"");
    stage_post(&stage, "/consent", "version.terms=1&version.news=1&later=yes");
    expect(422, NULL, "Choose yes or no");
    assert_int_equal(rows(), 0);
    stage_post(&stage, "/consent", "version.terms=1&version.news=1&later=yes&consent.terms=yes");
    expect(303, "Location: /profile\r\n", NULL);
    stage_get(&stage, "/profile");
    expect(200, NULL, NULL);
}

static void test_answering_goes_on_where_it_began(void **state)
{
    (void)state;
    apply(TERMS("1") "," NEWS);
    as_ann();
    stage_get(&stage, "/activity");
    expect(303, "Location: /consent?next=%2Factivity\r\n", NULL);
    stage_get(&stage, "/consent?next=%2Factivity");
    expect(200, NULL, "name=\"next\" value=\"/activity\"");
    stage_post(&stage, "/consent", "version.terms=1&version.news=1&consent.terms=yes&next=/activity");
    expect(303, "Location: /activity\r\n", NULL);
    stage_get(&stage, "/activity");
    expect(200, NULL, "You agreed to something that you were asked.");
    assert_int_equal(store_count(stage.portal.db, "SELECT consented > 0 FROM session"), 1);
    /* A text that was only corrected asks nobody; a new version asks again. */
    apply("{\"name\":\"terms\",\"version\":\"1\",\"title\":{\"en\":\"Our terms\"}}");
    stage_get(&stage, "/profile");
    expect(200, NULL, NULL);
    apply(TERMS("2"));
    stage_get(&stage, "/profile");
    expect(303, "Location: /consent?next=%2Fprofile\r\n", NULL);
    stage_get(&stage, "/consent");
    expect(200, NULL, "to an earlier version");
    expect_not("Our letter");
}

static void test_strange_ways_on_are_not_followed(void **state)
{
    (void)state;
    apply(TERMS("1"));
    as_ann();
    stage_post(&stage, "/consent", "consent.terms=yes&next=https://evil.example/");
    expect(303, "Location: /profile\r\n", NULL);
}

/* --- a no --- */

static void test_a_no_says_what_it_means(void **state)
{
    (void)state;
    apply(TERMS("1"));
    as_ann();
    stage_post(&stage, "/consent", "version.terms=1&consent.terms=no&next=/activity");
    expect(303, "Location: /consent?refused=1&next=%2Factivity\r\n", NULL);
    stage_get(&stage, "/consent?refused=1&next=%2Factivity");
    expect(200, NULL, "href=\"/privacy/delete\"");
    expect(200, NULL, "action=\"/logout\"");
    expect(200, NULL, "href=\"/consent?next=%2Factivity\"");
    stage_get(&stage, "/profile");
    expect(303, "Location: /consent", NULL);
    stage_post(&stage, "/consent", "version.terms=1&consent.terms=yes&next=/activity");
    expect(303, "Location: /activity\r\n", NULL);
    stage_get(&stage, "/consent?refused=1");
    expect(303, "Location: /profile\r\n", NULL);
    assert_int_equal(rows(), 2);
}

static void test_taking_it_back_holds_every_session_up(void **state)
{
    char elsewhere[64];
    (void)state;
    apply(TERMS("1"));
    as_ann();
    stage_post(&stage, "/consent", "consent.terms=yes");
    stage_get(&stage, "/profile");
    expect(200, NULL, NULL);
    memcpy(elsewhere, stage.cookies.sid, sizeof elsewhere);
    as_ann();
    stage_get(&stage, "/privacy");
    expect(200, NULL, "name=\"consent.terms\" value=\"no\"");
    stage_post(&stage, "/consent", "version.terms=1&consent.terms=no&next=/privacy?done=consent");
    expect(303, "Location: /consent?refused=1&next=", NULL);
    memcpy(stage.cookies.sid, elsewhere, sizeof elsewhere);
    stage_get(&stage, "/profile");
    expect(303, "Location: /consent", NULL);
}

/* --- what cannot be said --- */

static void test_what_is_no_answer(void **state)
{
    static const char *const none[] = {
        "consent.terms=perhaps", "consent.terms=", "consent.terms=yes&consent.terms=no", "consent.nothing=yes", "consent.=yes", "consent=yes&consent.terms=YES",
        "consent.terms=yes&consent.other=no",
    };
    (void)state;
    apply(TERMS("1"));
    as_ann();
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        stage_post(&stage, "/consent", none[i]);
        if (stage.reply.status != 422) fail_msg("%d for %s", stage.reply.status, none[i]);
    }
    stage_post(&stage, "/consent", "");
    expect(422, NULL, "Choose one of the two.");
    stage_post(&stage, "/consent", "consent.terms=yes&version.terms=0");
    expect(409, NULL, "The text was changed meanwhile");
    for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
        stage_post(&stage, "/consent", arena_print(stage.arena, "%.*s", STR_ARGS(form_pair(stage.arena, "consent.terms", str_of(hostile_texts[i])))).p);
        expect(422, NULL, NULL);
    }
    stage_ask(&stage, "POST /consent\n\nconsent.terms=yes");
    expect(403, NULL, NULL);
    assert_int_equal(rows(), 0);
}

static void test_texts_that_are_not_there(void **state)
{
    static const char *const none[] = {"/consent/terms/2", "/consent/nothing/1", "/consent/terms/%27%20OR%201", "/consent/terms/%00"};
    (void)state;
    apply(TERMS("1"));
    as_ann();
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        stage_get(&stage, none[i]);
        if (stage.reply.status != 404 && stage.reply.status != 400) fail_msg("%d for %s", stage.reply.status, none[i]);
    }
    stage_forget(&stage);
    stage_get(&stage, "/consent/terms/1");
    expect(303, "Location: /login", NULL);
}

static void test_hostile_words_stay_words(void **state)
{
    (void)state;
    as_ann();
    for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
        Str text = str_of(hostile_texts[i]), json = str_of(json_dumps(json_pack("{s:s%}", "en", text.p, text.n), JSON_COMPACT));
        if (json.p == NULL) continue;
        store_do(stage.portal.db, STMT_purpose_put, DB_ARGS(db_text(STR("terms")), db_int(0), db_text(STR("1")), db_int(1), db_text(json), db_text(json)));
        store_do(stage.portal.db, STMT_generation_bump, DB_NO_ARGS);
        stage_get(&stage, "/consent");
        expect(200, NULL, NULL);
        if (hostile_is_raw(stage.reply.body, hostile_texts[i])) fail_msg("raw: %s", hostile_texts[i]);
    }
}

/* A page of somebody who has answered costs what it cost before there was anything to answer. */
static void test_the_answer_is_looked_up_once(void **state)
{
    (void)state;
    apply(TERMS("1"));
    as_ann();
    stage_post(&stage, "/consent", "consent.terms=yes");
    stage_get(&stage, "/profile");
    expect(200, NULL, NULL);
    store_count(stage.portal.db, "DELETE FROM consent RETURNING 1");
    stage_get(&stage, "/profile");
    expect(200, NULL, NULL);
    as_ann();
    stage_get(&stage, "/profile");
    expect(303, "Location: /consent", NULL);
}

#define CONSENT_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSENT_TEST(test_golden_pages), CONSENT_TEST(test_nothing_is_chosen_before), CONSENT_TEST(test_every_page_leads_to_the_question),
        CONSENT_TEST(test_ways_out_stay_open), CONSENT_TEST(test_a_deletion_comes_first),
        CONSENT_TEST(test_an_optional_purpose_holds_nobody_up), CONSENT_TEST(test_a_new_question_is_asked_once),
        CONSENT_TEST(test_nobody_is_asked_in_the_middle), CONSENT_TEST(test_terms_cannot_be_put_off), CONSENT_TEST(test_answering_goes_on_where_it_began),
        CONSENT_TEST(test_strange_ways_on_are_not_followed), CONSENT_TEST(test_a_no_says_what_it_means),
        CONSENT_TEST(test_taking_it_back_holds_every_session_up), CONSENT_TEST(test_what_is_no_answer),
        CONSENT_TEST(test_texts_that_are_not_there), CONSENT_TEST(test_hostile_words_stay_words),
        CONSENT_TEST(test_the_answer_is_looked_up_once),
    };
    return cmocka_run_group_tests_name("consent pages", tests, NULL, NULL);
}
