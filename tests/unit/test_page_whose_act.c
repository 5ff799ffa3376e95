/* What people read of acts that are not theirs to undo, and of a deletion that somebody else asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "account/deletion.h"
#include "account/state.h"
#include "base/json_memory.h"
#include "store/user_store.h"
#include "support/page_support.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#define AT(roles) "\"organizations\":[{\"name\":\"acme\",\"roles\":[" roles "],\"home\":true}]"
#define PERSON(id, connection, more) "{\"connection\":\"" connection "\",\"user_id\":\"" id "\",\"name\":\"" id " Person\"," more "}"
#define MAIL(id) "\"email\":\"" id "@example.com\","
#define ACME(more) "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\"" more "}]"

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\"},{\"name\":\"directory\",\"strategy\":\"ad\"}]," ACME("") ","
    "\"users\":[" PERSON("ana", "customers", MAIL("ana") AT("\"administrator\"")) "," PERSON("hal", "customers", MAIL("hal") AT("\"help-desk\"")) ","
    PERSON("aud", "customers", MAIL("aud") AT("\"auditor\"")) "," PERSON("mel", "customers", MAIL("mel") AT("")) ","
    PERSON("nom", "customers", "\"username\":\"nomail\"," AT("")) "," PERSON("kim", "directory", MAIL("kim") AT("")) "]}";

#define MEMBER(id) "/o/acme/desk/members/local%7C" id

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

static void post(const char *path, const char *body)
{
    stage_post(&stage, path, body);
}

static void get(const char *path, const char *words)
{
    stage_get(&stage, path);
    expect(200, NULL, words);
}

/* An operator at the command line. */
static void as_operator(Error (*act)(const struct visit *, const struct user *))
{
    struct user mel;
    const struct visit visit = {.arena = stage.lasting, .now = A_DAY_IN_2026, .request_id = STR("r"), .actor_id = STR("cli:root"), .peer = STR("")};
    struct arena *before = json_memory_use(stage.lasting);
    assert_int_equal(user_get_by_user_id(stage.portal.db, stage.lasting, STR("local|mel"), &mel), OK);
    assert_int_equal(act(&visit, &mel), OK);
    json_memory_use(before);
}

static Error blocks(const struct visit *visit, const struct user *user)
{
    return account_block(&stage.portal, visit, ACTOR_OPERATOR, user, true, STR("fraud"));
}

static Error holds(const struct visit *visit, const struct user *user)
{
    return deletion_hold(&stage.portal, visit, user, STR("case 7 of the police"), STR("case 7"));
}

static void no_grace(void)
{
    portal_apply(&stage.portal, stage.lasting, "{" ACME(",\"deletion_grace\":0") "}");
}

/* --- blocked by the operator --- */

static void test_a_desk_reads_whom_to_ask(void **state)
{
    (void)state;
    as_operator(blocks);
    stage.options.support_email = STR("");
    stage_sign_in(&stage, "hal@example.com");
    get(MEMBER("mel"), "The operator of this portal blocked this account, and only they can unblock it. Ask them.");
    expect_not("id=\"unblock\"");
    stage.options.support_email = STR("root@example.org");
    get(MEMBER("mel"), "only they can unblock it. Ask root@example.org.");
    post(MEMBER("mel") "/unblock", "reason=please");
    expect(409, NULL, "Blocked by the operator");
    expect(409, NULL, "only they can unblock it. Ask root@example.org.");
    expect_not("fraud");
    assert_int_equal(store_count(stage.portal.db, "SELECT blocked FROM account WHERE user_id = 'local|mel'"), 1);
    stage_sign_in(&stage, "aud@example.com");
    get(MEMBER("mel"), NULL);
    expect_not("only they can unblock it");
}

static void test_a_desk_unblocks_its_own(void **state)
{
    (void)state;
    stage_sign_in(&stage, "hal@example.com");
    get(MEMBER("mel"), "id=\"block\"");
    post(MEMBER("mel") "/block", "reason=lost+phone");
    expect(303, "?done=block", NULL);
    get(MEMBER("mel"), "id=\"unblock\"");
    expect_not("only they can unblock it");
    post(MEMBER("mel") "/unblock", "reason=found+it");
    expect(303, "?done=unblock", NULL);
}

/* --- what an act lacks --- */

static void test_each_act_says_what_it_lacks(void **state)
{
    static const struct { const char *path, *words; } rows[] = {
        {MEMBER("nom") "/reset", "There is no e-mail address here that a mail can go to."},
        {MEMBER("nom") "/verify", "There is no e-mail address here that a mail can go to."},
        {"/o/acme/desk/members/ad%7Ckim/reset", "that service keeps the password."},
        {MEMBER("mel") "/reset", "This account is blocked, so no link is sent."},
        {MEMBER("mel") "/verify", "This account is blocked, so no link is sent."},
        {MEMBER("nom") "/roles", "There is no role of that name here"},
    };
    (void)state;
    as_operator(blocks);
    assert_int_equal(store_count(stage.portal.db, "UPDATE account SET password_hash = NULL WHERE user_id = 'ad|kim' RETURNING 1"), 1);
    stage_sign_in(&stage, "ana@example.com");
    get(MEMBER("mel"), NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        post(rows[i].path, "reason=because&roles=no-such-role");
        expect(422, NULL, rows[i].words);
        expect(422, NULL, "Nothing was changed.");
    }
}

/* --- deleting --- */

static void test_deleting_and_taking_it_back(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ana@example.com");
    get(MEMBER("mel"), "can keep their account until");
    expect(200, NULL, "A mail tells them so.");
    expect_not("id=\"confirm-delete\"");
    expect_not("id=\"keep\"");
    get(MEMBER("nom"), "There is no address for a mail: tell them yourself.");
    post(MEMBER("mel") "/delete", "reason=asked+by+letter");
    expect(303, "Location: " MEMBER("mel") "?done=delete", NULL);
    get(MEMBER("mel") "?done=delete", "and you can take it back below.");
    expect(200, NULL, "<details id=\"keep\" open>");
    expect_not("id=\"delete\"");
    post(MEMBER("mel") "/keep", "");
    expect(422, NULL, "id=\"reason-keep-problem\"");
    stage_sign_in(&stage, "hal@example.com");
    get(MEMBER("mel"), NULL);
    expect_not("id=\"keep\"");
    post(MEMBER("mel") "/keep", "reason=mistake");
    expect(403, NULL, NULL);
    stage_sign_in(&stage, "ana@example.com");
    get(MEMBER("mel"), NULL);
    post(MEMBER("mel") "/keep", "reason=mistake");
    expect(303, "?done=keep", NULL);
    get(MEMBER("mel") "?done=keep", "The account stays. Nothing of it was deleted.");
    expect(200, NULL, "id=\"delete\"");
}

static void test_the_person_reads_who_asked(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ana@example.com");
    get(MEMBER("mel"), NULL);
    post(MEMBER("mel") "/delete", "reason=asked+%3Cby%3E+letter");
    expect(303, NULL, NULL);
    stage_sign_in(&stage, "mel@example.com");
    get("/privacy/deletion", "The help desk of Acme Ltd asked for this on");
    expect(200, NULL, "Their reason: asked &lt;by&gt; letter");
    expect_not("You asked for it");
    post("/privacy/deletion", "action=keep");
    expect(303, "?done=kept", NULL);
    stage_sign_in(&stage, "ana@example.com");
    get(MEMBER("mel"), NULL);
    post(MEMBER("mel") "/keep", "reason=late");
    expect(303, "?done=nothing", NULL);
}

static void test_what_the_person_asked_for_is_not_the_desks(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ana@example.com");
    get(MEMBER("mel"), NULL);
    post(MEMBER("mel") "/delete", "reason=letter");
    assert_int_equal(store_count(stage.portal.db, "UPDATE deletion SET asked_by = 'owner', organization_id = NULL RETURNING 1"), 1);
    get(MEMBER("mel"), NULL);
    expect_not("id=\"keep\"");
    post(MEMBER("mel") "/keep", "reason=please+stay");
    expect(409, NULL, "The person can keep the account by signing in.");
    stage_sign_in(&stage, "mel@example.com");
    get("/privacy/deletion", "You asked for it on");
    expect_not("Their reason");
}

static void test_without_grace(void **state)
{
    (void)state;
    no_grace();
    stage_sign_in(&stage, "ana@example.com");
    get(MEMBER("mel"), "everything is deleted at once, for good");
    expect_not("can keep their account until");
    expect(200, NULL, "id=\"confirm-delete\"");
    expect(200, NULL, "<bdi dir=\"ltr\">mel@example.com</bdi>");
    post(MEMBER("mel") "/delete", "reason=asked+by+letter&confirm=%3Cmax%3E");
    expect(422, NULL, "<a href=\"#confirm-delete\">");
    expect(422, NULL, "id=\"confirm-delete-problem\"");
    expect(422, NULL, "value=\"&lt;max&gt;\"");
    expect(422, NULL, "value=\"asked by letter\"");
    expect_not("id=\"reason-delete-problem\"");
    post(MEMBER("mel") "/delete", "confirm=mel%40example.com");
    expect(422, NULL, "id=\"reason-delete-problem\"");
    expect_not("id=\"confirm-delete-problem\"");
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM account WHERE deletion_at > 0"), 0);
    post(MEMBER("mel") "/delete", "reason=asked+by+letter&confirm=mel%40example.com");
    expect(303, "Location: /o/acme/desk/?done=delete", NULL);
    get("/o/acme/desk/?done=delete", "The account is being deleted. Nobody can take that back.");
    get(MEMBER("mel"), NULL);
    expect_not("id=\"keep\"");
    post(MEMBER("mel") "/keep", "reason=oh+no");
    expect(409, NULL, "The time to keep this account is over");
}

static void test_a_hold_is_told_without_its_reason(void **state)
{
    (void)state;
    as_operator(holds);
    stage_sign_in(&stage, "ana@example.com");
    get(MEMBER("mel"), NULL);
    expect_not("case 7");
    post(MEMBER("mel") "/delete", "reason=asked+by+letter");
    expect(409, NULL, "The operator of this portal keeps it, and does not say here why.");
    expect_not("case 7");
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM account WHERE deletion_at > 0"), 0);
}

int main(void)
{
#define PAGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PAGE_TEST(test_a_desk_reads_whom_to_ask), PAGE_TEST(test_a_desk_unblocks_its_own), PAGE_TEST(test_each_act_says_what_it_lacks),
        PAGE_TEST(test_deleting_and_taking_it_back), PAGE_TEST(test_the_person_reads_who_asked),
        PAGE_TEST(test_what_the_person_asked_for_is_not_the_desks), PAGE_TEST(test_without_grace),
        PAGE_TEST(test_a_hold_is_told_without_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
