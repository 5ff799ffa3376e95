/* Asking for a change of a locked field and answering it: the pages of both sides, and what each refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/json_memory.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#define HERE(name, roles) "\"organizations\":[{\"name\":\"" name "\",\"roles\":[" roles "],\"home\":true}]"
#define PERSON(id, called, more) " {\"connection\":\"customers\",\"user_id\":\"" id "\",\"email\":\"" id "@example.com\"," \
    "\"name\":\"" called "\",\"username\":\"" id "\"," more "}"

static const char people[] =
    "{\"fields\":["
    " {\"name\":\"user_metadata.days\",\"type\":\"choices\",\"choices\":[{\"value\":\"mo\",\"label\":{\"en\":\"Monday\",\"de\":\"Montag\"}},"
    "  {\"value\":\"tu\",\"label\":{\"en\":\"Tuesday\",\"de\":\"Dienstag\"}}],\"section\":\"preferences\",\"owner\":\"read\","
    "  \"label\":{\"en\":\"Working days\",\"de\":\"Arbeitstage\",\"ar\":\"أيام العمل\"}},"
    " {\"name\":\"user_metadata.vip\",\"type\":\"boolean\",\"section\":\"preferences\",\"owner\":\"read\","
    "  \"label\":{\"en\":\"Guest of honour\",\"de\":\"Ehrengast\",\"ar\":\"ضيف شرف\"}}],"
    "\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\"}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"support_email\":\"help@acme.example\",\"fields\":{"
    "  \"family_name\":{\"owner\":\"read\",\"reason\":{\"en\":\"It stands on your badge.\"}},\"username\":{\"owner\":\"read\"},"
    "  \"website\":{\"owner\":\"read\",\"desk\":\"read\"},\"middle_name\":{\"owner\":\"none\"}}},"
    " {\"name\":\"beta\",\"display_name\":\"Beta\",\"fields\":{\"family_name\":{\"owner\":\"read\"}}}],"
    "\"users\":["
    PERSON("ana", "Ana Admin", HERE("acme", "\"administrator\"")) ","
    PERSON("hal", "Hal Helper", HERE("acme", "\"help-desk\"")) ","
    PERSON("aud", "Aud Itor", HERE("acme", "\"auditor\"")) ","
    PERSON("mel", "Mel Member", "\"family_name\":\"Member\"," HERE("acme", "")) ","
    PERSON("bea", "Bea Admin", HERE("beta", "\"administrator\"")) ","
    PERSON("bob", "Bob Beta", HERE("beta", "")) ","
    PERSON("sam", "Sam Stranger", "\"nickname\":\"sam\"") "]}";

static struct stage stage;

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, people);
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
    if (stage.reply.status != status) fail_msg("answered %d, not %d\n%.*s", stage.reply.status, status, STR_ARGS(stage.reply.body));
    if (in_head && !text_has(stage.head, in_head)) fail_msg("not in the head: %s\n%.*s", in_head, STR_ARGS(stage.head));
    if (in_body && !text_has(stage.reply.body, in_body)) fail_msg("not in the page: %s\n%.*s", in_body, STR_ARGS(stage.reply.body));
}

static void expect_not(const char *words)
{
    if (text_has(stage.reply.body, words)) fail_msg("in the page: %s\n%.*s", words, STR_ARGS(stage.reply.body));
}

static int64_t count(const char *sql)
{
    return store_count(stage.portal.db, sql);
}

/* What differs from run to run: when it was asked, and its id. */
static void golden(const char *name)
{
    Str text = stage_masked(&stage);
    struct rows rows;
    Str ids[8];
    size_t found = 0;
    assert_int_equal(db_select(stage.portal.db, STMT_field_request_queue, DB_ARGS(db_int(1), db_int(0), db_int(8)), &rows), OK);
    while (row_next(&rows)) ids[found++] = arena_copy(stage.arena, row_text(&rows, 1));
    assert_int_equal(rows_end(&rows), OK);
    for (size_t i = 0; i < found; i++) text = text_replaced(stage.arena, text, ids[i], "ID");
    golden_check(name, text);
}

static void as(const char *who)
{
    stage_forget(&stage);
    stage_sign_in(&stage, who);
    stage_get(&stage, "/profile/requests");
}

static void ask(const char *who, const char *field, const char *value)
{
    char body[400];
    as(who);
    snprintf(body, sizeof body, "field=%s&value=%s&note=I+married.", field, value);
    stage_post(&stage, "/profile/requests", body);
    expect(303, "Location: /profile/requests?done=asked", NULL);
}

static void expect_menu(const char *page, const char *label)
{
    stage_get(&stage, page);
    if (!label) expect_not("Requests (");
    else expect(200, NULL, arena_print(stage.arena, "\">%s</a>", label).p);
}

/* The id of the newest request. */
static char path[160];

static const char *newest(const char *before, const char *after)
{
    struct rows rows;
    int64_t highest = count("SELECT MAX(account_id) FROM field_request WHERE id = (SELECT MAX(id) FROM field_request)");
    assert_int_equal(db_select(stage.portal.db, STMT_field_request_own, DB_ARGS(db_int(highest), db_int(1)), &rows), OK);
    assert_true(row_next(&rows));
    snprintf(path, sizeof path, "%s%.*s%s", before, STR_ARGS(row_text(&rows, 1)), after);
    assert_int_equal(rows_end(&rows), OK);
    return path;
}

/* --- the person's side --- */

static void test_the_way_beside_the_lock(void **state)
{
    (void)state;
    as("mel");
    stage_get(&stage, "/profile");
    expect(200, NULL, "/profile/requests?field=family_name");
    expect_not("field=website");           /* not the desk's either */
    expect_not("field=email");             /* has a page of its own */
    expect_not("field=user_id");
    expect_not("middle_name");
    as("sam");
    stage_get(&stage, "/profile");
    expect_not("Ask for a change");        /* no home, no desk */
    ask("mel", "family_name", "Wed");
    stage_get(&stage, "/profile");
    expect(200, NULL, "You asked for a change:");
    expect(200, NULL, "Wed");
    expect_not("field=family_name");
}

static void test_the_form(void **state)
{
    (void)state;
    as("mel");
    golden("requests_none");
    stage_get(&stage, "/profile/requests?field=family_name");
    golden("request");
    stage_ask(&stage, "GET /profile/requests?field=family_name\nAccept-Language: ar\n\n");
    golden("request_arabic");
    stage_get(&stage, "/profile/requests?field=user_metadata.days");
    expect(200, NULL, "type=\"checkbox\" name=\"value\" value=\"mo\"");
    stage_get(&stage, "/profile/requests?field=user_metadata.vip");
    expect(200, NULL, "type=\"radio\" name=\"value\" value=\"true\"");
    stage_get(&stage, "/profile/requests?field=given_name");
    expect(422, NULL, "You can change this yourself");
    stage_get(&stage, "/profile/requests?field=website");
    expect(403, NULL, "No help desk can change this");
    stage_get(&stage, "/profile/requests?field=middle_name");
    expect(404, NULL, NULL);
    expect_not("middle");
    stage_get(&stage, "/profile/requests?field=%3Cscript%3E");
    expect(404, NULL, NULL);
    expect_not("<script>");
}

static void test_what_is_asked_is_checked(void **state)
{
    (void)state;
    as("mel");
    stage_post(&stage, "/profile/requests", "field=family_name&value=Member&note=%3Cb%3E");
    expect(422, NULL, "It has this value already.");
    golden("request_same");
    stage_post(&stage, "/profile/requests", "field=user_metadata.days&value=&value=mo&value=never");
    expect(422, NULL, "id=\"errors\"");
    stage_post(&stage, "/profile/requests", "field=user_metadata.days&value=&value=mo&value=tu");
    expect(303, NULL, NULL);
    stage_post(&stage, "/profile/requests", "field=family_name&value=A&value=B");
    expect(422, NULL, NULL);
    stage_post(&stage, "/profile/requests", "field=family_name");
    expect(422, NULL, NULL);
    stage_post(&stage, "/profile/requests", "field=middle_name&value=x");
    expect(422, NULL, "There is no such field in your profile.");
    stage_post(&stage, "/profile/requests", "field=nothing&value=x");
    expect(422, NULL, "There is no such field in your profile.");
    stage_post(&stage, "/profile/requests", "field=website&value=https%3A%2F%2Fexample.com");
    expect(403, NULL, NULL);
    stage_post(&stage, "/profile/requests", "field=family_name&value=New&note=%07");
    expect(422, NULL, "note-problem");
    stage_ask(&stage, "POST /profile/requests\n\nfield=family_name&value=New");
    expect(403, NULL, NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM field_request"), 1);
}

static void test_the_list_and_withdrawing(void **state)
{
    (void)state;
    ask("mel", "family_name", "Wed%20%26%20Co");
    stage_get(&stage, "/profile/requests?done=asked");
    golden("requests");
    stage_ask(&stage, "GET /profile/requests\nAccept-Language: de\n\n");
    golden("requests_german");
    as("bob");
    stage_post(&stage, newest("/profile/requests/", "/withdraw"), "");
    expect(404, NULL, "There is no such request");
    as("mel");
    stage_post(&stage, newest("/profile/requests/", "/withdraw"), "");
    expect(303, "Location: /profile/requests?done=withdrawn", NULL);
    stage_post(&stage, newest("/profile/requests/", "/withdraw"), "");
    expect(404, NULL, NULL);
    stage_get(&stage, "/profile/requests");
    expect(200, NULL, "Withdrawn");
}

static void test_a_second_request_says_that_it_replaced_the_first(void **state)
{
    (void)state;
    ask("mel", "family_name", "Wed");
    stage_get(&stage, "/profile/requests?done=asked");
    expect_not("It replaced the one");
    stage_post(&stage, "/profile/requests", "field=family_name&value=Other&note=");
    expect(303, "Location: /profile/requests?done=replaced", NULL);
    stage_get(&stage, "/profile/requests?done=replaced");
    expect(200, NULL, "It replaced the one that you had made before.");
    expect(200, NULL, "Replaced by a newer request");
    expect_not("Withdrawn");
}

/* --- the desk's side --- */

static void test_the_menu_counts_those_that_wait(void **state)
{
    (void)state;
    as("hal");
    expect_menu("/o/acme/desk/", NULL);
    ask("mel", "family_name", "Wed");
    ask("bob", "family_name", "Secret");
    as("hal");
    expect_menu("/o/acme/desk/", "Requests (1)");
    expect_menu("/o/acme/desk/requests", "Requests (1)");
    expect_menu("/o/acme/desk/requests?answered=yes", "Requests (1)");
    expect_menu("/o/acme/desk/members", NULL);
    (void)count("INSERT INTO field_request (public_id, account_id, organization_id, field, old_value, value, note, state, answer, decided_by,"
                " created_at, decided_at) SELECT public_id || n.value, account_id, organization_id, 'f' || n.value, 'null', '1', '', 'pending', '', '', 1, 0"
                " FROM field_request, json_each('[1,2,3,4,5,6,7,8,9]') n WHERE state = 'pending' RETURNING 1");
    expect_menu("/o/acme/desk/", "Requests (9+)");
    expect_menu("/o/acme/desk/requests", "Requests (9+)");
    as("aud");
    expect_menu("/o/acme/desk/", NULL);
}

static void test_the_queue(void **state)
{
    (void)state;
    as("hal");
    stage_get(&stage, "/o/acme/desk/requests");
    golden("desk_requests_none");
    ask("mel", "family_name", "Wed");
    ask("bob", "family_name", "Secret");
    as("hal");
    stage_get(&stage, "/o/acme/desk/requests");
    expect_not("Secret");
    golden("desk_requests");
    stage_ask(&stage, "GET /o/acme/desk/requests\nAccept-Language: ar\n\n");
    golden("desk_requests_arabic");
    stage_get(&stage, "/o/acme/desk/requests?beyond=x");
    expect(404, NULL, NULL);
    as("aud");
    stage_get(&stage, "/o/acme/desk/requests");
    expect(403, NULL, NULL);
    as("bea");
    stage_get(&stage, "/o/acme/desk/requests");
    expect(404, NULL, NULL);
    expect_not("Mel");
}

static void test_approving(void **state)
{
    (void)state;
    ask("mel", "family_name", "Wed");
    as("hal");
    stage_get(&stage, "/o/acme/desk/requests");
    stage_post(&stage, newest("/o/acme/desk/requests/", ""), "decision=approve&note=");
    expect(422, NULL, "Say why, in up to 200 characters.");
    golden("desk_requests_no_reason");
    stage_post(&stage, newest("/o/acme/desk/requests/", ""), "decision=maybe&note=x");
    expect(422, NULL, NULL);
    stage_post(&stage, newest("/o/acme/desk/requests/", ""), "decision=approve&note=saw+the+passport");
    expect(303, "Location: /o/acme/desk/requests?done=approved", NULL);
    stage_post(&stage, newest("/o/acme/desk/requests/", ""), "decision=decline&note=no");
    expect(303, "Location: /o/acme/desk/requests?done=nothing", NULL);
    stage_get(&stage, "/o/acme/desk/requests?answered=yes");
    expect(200, NULL, "saw the passport");
    as("mel");
    expect(200, NULL, "Approved");
    expect(200, NULL, "saw the passport");
    stage_get(&stage, "/profile");
    expect(200, NULL, "Wed");
    stage_get(&stage, "/activity");
    expect(200, NULL, "Your request for a change of your profile was approved.");
}

static void test_declining(void **state)
{
    (void)state;
    ask("mel", "family_name", "Wed");
    as("hal");
    stage_post(&stage, newest("/o/acme/desk/requests/", ""), "decision=decline&reason=no+proof");   /* the name that all acts have */
    expect(303, "Location: /o/acme/desk/requests?done=declined", NULL);
    as("mel");
    expect(200, NULL, "no proof");
    assert_int_equal(count("SELECT COUNT(*) FROM account WHERE profile LIKE '%Wed%'"), 0);
}

static void test_what_cannot_be_saved_is_said(void **state)
{
    (void)state;
    ask("mel", "username", "hal");
    as("ana");
    stage_post(&stage, newest("/o/acme/desk/requests/", ""), "decision=approve&note=ok");
    expect(422, NULL, "Somebody else uses this value already");
    portal_apply(&stage.portal, stage.lasting, "{\"organizations\":[{\"name\":\"acme\",\"fields\":{\"username\":{\"owner\":\"read\","
                                               "\"desk\":\"read\"}}}]}");
    json_memory_use(stage.arena);
    stage_post(&stage, newest("/o/acme/desk/requests/", ""), "decision=approve&note=ok");
    expect(403, NULL, "A rule refuses this change by now");
    ask("ana", "user_metadata.vip", "true");
    stage_get(&stage, "/o/acme/desk/requests");
    expect(200, NULL, "This is your own request: a colleague answers it.");
    stage_post(&stage, newest("/o/acme/desk/requests/", ""), "decision=approve&note=me");
    expect(403, NULL, "Nobody does this to themselves here.");
}

static void test_nobody_elses_requests(void **state)
{
    (void)state;
    ask("bob", "family_name", "Secret");
    as("ana");
    stage_get(&stage, "/o/acme/desk/requests");
    expect_not("Secret");
    expect_not("Bob");
    stage_post(&stage, newest("/o/acme/desk/requests/", ""), "decision=approve&note=x");
    expect(404, NULL, NULL);
    expect_not("Secret");
    stage_post(&stage, "/o/acme/desk/requests/nothing", "decision=approve&note=x");
    expect(404, NULL, NULL);
    stage_post(&stage, newest("/o/beta/desk/requests/", ""), "decision=approve&note=x");
    expect(404, NULL, NULL);
    as("aud");
    stage_post(&stage, newest("/o/acme/desk/requests/", ""), "decision=approve&note=x");
    expect(403, NULL, NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM field_request WHERE state = 'pending'"), 1);
    as("bea");
    stage_post(&stage, newest("/o/beta/desk/requests/", ""), "decision=approve&note=x");
    expect(303, NULL, NULL);
}

#define ON_A_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_STAGE(test_the_way_beside_the_lock), ON_A_STAGE(test_the_form), ON_A_STAGE(test_what_is_asked_is_checked),
        ON_A_STAGE(test_the_list_and_withdrawing), ON_A_STAGE(test_a_second_request_says_that_it_replaced_the_first),
        ON_A_STAGE(test_the_queue), ON_A_STAGE(test_the_menu_counts_those_that_wait), ON_A_STAGE(test_approving), ON_A_STAGE(test_declining),
        ON_A_STAGE(test_what_cannot_be_saved_is_said), ON_A_STAGE(test_nobody_elses_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
