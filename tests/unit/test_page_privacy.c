/* /privacy: what is held, where it came from, who changed it, who sees it and how long it stays: always what the rules and the rows say. */
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

/* Kim's address is Acme's directory's; Mia is acme's and a guest of nour. The rating is for the service alone. */
static const char people[] =
    "{\"fields\":["
    " {\"name\":\"user_metadata.rating\",\"type\":\"number\",\"section\":\"more\",\"owner\":\"none\",\"label\":{\"en\":\"Rating\"}},"
    " {\"name\":\"user_metadata.cost_center\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"read\",\"label\":{\"en\":\"Cost center\"}}],"
    "\"connections\":["
    " {\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\"},"
    " {\"name\":\"directory\",\"strategy\":\"oidc\",\"display_name\":\"Acme's directory\",\"fields\":{"
    "  \"email\":{\"owner\":\"read\",\"desk\":\"read\",\"reason\":{\"en\":\"Acme's directory keeps your address\"}}}}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"support_email\":\"help@acme.example\","
    "  \"fields\":{\"nickname\":{\"owner\":\"read\"}}},"
    " {\"name\":\"nour\",\"display_name\":\"دار النور\"}],"
    "\"purposes\":["
    " {\"name\":\"news\",\"version\":\"1\",\"title\":{\"en\":\"Our letter\",\"de\":\"Unser Rundbrief\",\"ar\":\"رسالتنا\"},"
    "  \"text\":{\"en\":\"Once a month.\"}}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ann\",\"email\":\"ann@example.com\",\"email_verified\":true,\"name\":\"Ann\","
    "  \"birthdate\":\"1990-02-03\",\"user_metadata\":{\"rating\":5}},"
    " {\"connection\":\"customers\",\"user_id\":\"mia\",\"email\":\"mia@example.com\",\"name\":\"Mia\",\"nickname\":\"Mi\",\"birthdate\":\"1990-02-03\","
    "  \"organizations\":[{\"name\":\"acme\",\"home\":true},{\"name\":\"nour\"}]},"
    " {\"connection\":\"directory\",\"user_id\":\"kim\",\"email\":\"kim@acme.example\",\"name\":\"Kim\"}]}";

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, people);
    store_count(stage.portal.db, "UPDATE audit SET at = 1767603600 RETURNING 1");
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
    if (text_has(stage.reply.body, words)) fail_msg("in the page: %s\n%.*s", words, STR_ARGS(stage.reply.body));
}

static void as(const char *address)
{
    stage_forget(&stage);
    stage_sign_in(&stage, address);
    stage_get(&stage, "/privacy");
    expect(200, NULL, "<h1>Your data</h1>");
}

/* The part of the page about one field: from its label to the end of its entry. */
static Str about(const char *label)
{
    Str mark = arena_print(stage.arena, "<p>%s</p>\n<p class=\"happened\">", label), body = stage.reply.body;
    const char *at = memmem(body.p, body.n, mark.p, mark.n);
    if (!at) fail_msg("nothing about %s\n%.*s", label, STR_ARGS(body));
    Str rest = {at, body.n - (size_t)(at - body.p)};
    const char *end = memmem(rest.p, rest.n, "</li>\n<li class=\"event\">", 23);
    return end ? (Str){rest.p, (size_t)(end - rest.p)} : rest;
}

static void expect_about(const char *label, const char *words)
{
    Str text = about(label);
    if (!text_has(text, words)) fail_msg("not about %s: %s\n%.*s", label, words, STR_ARGS(text));
}

/* The one row of the table that names the field. */
static void expect_row(const char *label, const char *words)
{
    size_t found = 0;
    Str rest = stage.reply.body;
    for (const char *at; (at = memmem(rest.p, rest.n, "<th scope=\"row\">", 16));) {
        rest = (Str){at + 16, rest.n - (size_t)(at + 16 - rest.p)};
        const char *end = memmem(rest.p, rest.n, "</tr>", 5);
        Str row = {rest.p, (size_t)(end - rest.p)}, names = row;
        names.n = (size_t)((const char *)memmem(row.p, row.n, "</th>", 5) - row.p);
        while (names.p) {
            if (!str_is(str_trim(str_cut(&names, ',')), label)) continue;
            found++;
            if (!text_has(row, words)) fail_msg("not in the row of %s: %s\n%.*s", label, words, STR_ARGS(row));
        }
    }
    if (found != 1) fail_msg("%s stands in %zu rows\n%.*s", label, found, STR_ARGS(stage.reply.body));
}

static void test_golden_pages(void **state)
{
    static const struct { const char *name, *who, *request; } rows[] = {
        {"privacy", "ann@example.com", "GET /privacy\n\n"},
        {"privacy_german", "mia@example.com", "GET /privacy\nAccept-Language: de\n\n"},
        {"privacy_arabic", "mia@example.com", "GET /privacy\nAccept-Language: ar\n\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        as(rows[i].who);
        stage_ask(&stage, rows[i].request);
        golden_check(rows[i].name, stage_masked(&stage));
    }
}

static void test_who_sees_it_follows_the_rules(void **state)
{
    (void)state;
    as("ann@example.com");
    expect_row("Full name", "<td>Seen by you, the operator of this portal</td>");
    as("mia@example.com");
    expect_row("Full name", "<td>Seen by you, the help desk of Acme Ltd, the help desk of دار النور, the operator of this portal</td>");
    portal_apply(&stage.portal, stage.lasting, "{\"organizations\":[{\"name\":\"acme\",\"fields\":{\"birthdate\":{\"owner\":\"none\",\"desk\":\"none\"}}}]}");
    json_memory_use(stage.arena);
    stage_get(&stage, "/privacy");
    expect_not("1990");
    expect(200, NULL, "kept for the service alone");
    store_count(stage.portal.db, "DELETE FROM membership WHERE home = 0 RETURNING 1");
    stage_get(&stage, "/privacy");
    expect(200, NULL, "Seen by you, the help desk of Acme Ltd, the operator of this portal<");
}

static void test_where_it_came_from(void **state)
{
    (void)state;
    as("ann@example.com");
    expect(200, NULL, "Full name");
    expect_row("Full name", "<td>Entered in this portal</td>");
    stage_forget(&stage);
    as("mia@example.com");
    expect_row("Full name", "<td>Entered in this portal</td>");
    expect_not("directory");
}

static void test_who_changed_it_last(void **state)
{
    (void)state;
    as("mia@example.com");
    expect_about("Full name", "Last changed on 5 January 2026 by the operator of this portal");
    stage_get(&stage, "/profile");
    stage_post(&stage, "/profile", "name=Mia+Moss");
    expect(303, "saved=name", NULL);
    stage_get(&stage, "/privacy");
    expect_about("Full name", "by you");
    expect_about("Nickname", "by the operator of this portal");
}

static void test_having_it_put_right(void **state)
{
    (void)state;
    as("mia@example.com");
    expect_about("Full name", "href=\"/profile#f-name\"");
    expect_about("Nickname", "href=\"/profile/requests?field=nickname\"");
    assert_false(text_has(about("Nickname"), "/profile#f-nickname"));
    as("ann@example.com");
    expect(200, NULL, "href=\"/privacy/export\"");
    expect(200, NULL, "href=\"/privacy/delete\"");
    expect(200, NULL, "href=\"/activity\"");
}

static void test_only_what_is_there_is_listed(void **state)
{
    (void)state;
    as("ann@example.com");
    expect(200, NULL, "ann@example.com");
    expect_not("Website");
    expect_not("Rating");
    expect(200, NULL, "There are also details that are kept for the service alone.");
    as("mia@example.com");
    expect_not("kept for the service alone");
    expect_not("ann@example.com");
}

static void test_how_long_is_what_the_options_say(void **state)
{
    (void)state;
    as("ann@example.com");
    expect(200, NULL, "Each ends 30 minutes after its last use, and after 12 hours at the latest.");
    expect(200, NULL, "14 days after you confirm it.");
    stage.options.activity_days = 1;
    stage.options.session_idle_seconds = 3600;
    stage.options.deletion_grace_seconds = 0;
    stage_get(&stage, "/privacy");
    expect(200, NULL, "<p>1 day</p>");
    expect(200, NULL, "Each ends 1 hour after");
    expect(200, NULL, "At once when you confirm it.");
}

static void test_consent_is_given_and_withdrawn_alike(void **state)
{
    (void)state;
    as("ann@example.com");
    expect(200, NULL, "You have not answered this yet.");
    expect(200, NULL, "name=\"consent.news\" value=\"yes\"");
    expect(200, NULL, "name=\"consent.news\" value=\"no\"");
    stage_post(&stage, "/consent", "version.news=1&consent.news=yes&next=/privacy?done=consent");
    expect(303, "Location: /privacy?done=consent\r\n", NULL);
    stage_get(&stage, "/privacy?done=consent");
    expect(200, NULL, "Your answer is kept.");
    expect(200, NULL, "You agreed on ");
    expect_not("name=\"consent.news\" value=\"yes\"");
    stage_post(&stage, "/consent", "version.news=1&consent.news=no&next=/privacy?done=consent");
    expect(303, "Location: /privacy?done=consent\r\n", NULL);
    stage_get(&stage, "/privacy");
    expect(200, NULL, "You said no on ");
    expect(200, NULL, "you said no, or took it back");
    expect(200, NULL, ": you agreed");
    expect(200, NULL, "href=\"/consent/news/1\"");
    as("mia@example.com");
    expect(200, NULL, "You have not answered this yet.");
    expect_not("What you said until now");
}

static void test_hostile_values_stay_values(void **state)
{
    (void)state;
    as("ann@example.com");
    for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
        json_t *profile = json_pack("{s:s,s:o}", "email", "ann@example.com", "name", json_stringn_nocheck(hostile_texts[i], strlen(hostile_texts[i])));
        Str text = profile ? str_of(json_dumps(profile, JSON_COMPACT)) : STR_NONE;
        if (!text.p) continue;
        store_count(stage.portal.db, arena_print(stage.arena, "UPDATE account SET profile = '%.*s' WHERE user_id LIKE '%%ann' RETURNING 1",
                                                 STR_ARGS(text_replaced(stage.arena, text, STR("'"), "''"))).p);
        stage_get(&stage, "/privacy");
        expect(200, NULL, NULL);
        if (hostile_is_raw(stage.reply.body, hostile_texts[i])) fail_msg("raw: %s", hostile_texts[i]);
    }
}

static void test_a_stranger_sees_nothing(void **state)
{
    (void)state;
    stage_forget(&stage);
    stage_get(&stage, "/privacy");
    expect(303, "Location: /login?next=%2Fprivacy\r\n", NULL);
    assert_int_equal(stage.reply.body.n, 0);
}

#define PRIVACY_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PRIVACY_TEST(test_golden_pages), PRIVACY_TEST(test_who_sees_it_follows_the_rules), PRIVACY_TEST(test_where_it_came_from),
        PRIVACY_TEST(test_who_changed_it_last), PRIVACY_TEST(test_having_it_put_right), PRIVACY_TEST(test_only_what_is_there_is_listed),
        PRIVACY_TEST(test_how_long_is_what_the_options_say), PRIVACY_TEST(test_consent_is_given_and_withdrawn_alike),
        PRIVACY_TEST(test_hostile_values_stay_values), PRIVACY_TEST(test_a_stranger_sees_nothing),
    };
    return cmocka_run_group_tests_name("privacy", tests, NULL, NULL);
}
