/* The pages of a help desk about one member and about roles: who sees what, what each act answers, and that nobody else's members
   are there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/state.h"
#include "base/json_memory.h"
#include "base/json_memory.h"
#include "store/user_store.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#define HERE(name, roles) "\"organizations\":[{\"name\":\"" name "\",\"roles\":[" roles "],\"home\":true}]"
#define PERSON(id, called, more) " {\"connection\":\"customers\",\"user_id\":\"" id "\",\"email\":\"" id "@example.com\"," \
    "\"name\":\"" called "\"," more "}"

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\"}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"support_email\":\"help@acme.example\","
    "  \"fields\":{\"website\":{\"owner\":\"read\",\"desk\":\"read\"}}},{\"name\":\"beta\",\"display_name\":\"Beta\"}],"
    "\"users\":["
    PERSON("ana", "Ana Admin", HERE("acme", "\"administrator\"")) ","
    PERSON("abe", "Abe Admin", HERE("acme", "\"administrator\"")) ","
    PERSON("hal", "Hal Helper", HERE("acme", "\"help-desk\"")) ","
    PERSON("aud", "Aud Itor", HERE("acme", "\"auditor\"")) ","
    PERSON("mel", "Mel Member", "\"given_name\":\"Mel\"," HERE("acme", "")) ","
    PERSON("bea", "Bea Admin", HERE("beta", "\"administrator\"")) ","
    PERSON("gus", "Gus Guest", "\"organizations\":[{\"name\":\"beta\",\"home\":true},{\"name\":\"acme\"}]") ","
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

#define MEMBER(id) "/o/acme/desk/members/local%7C" id

static void sign_in(const char *name)
{
    char address[64];
    snprintf(address, sizeof address, "%s@example.com", name);
    stage_sign_in(&stage, address);
}

/* "21 November 2026, 13:05 UTC" is "A TIME": day, month, year and hour stand before it. */
static Str masked(void)
{
    struct text out = {.arena = stage.arena};
    Str rest = text_replaced(stage.arena, stage_masked(&stage), STR("LAST SIGN-IN"), "A TIME");
    const char *end;
    while ((end = memmem(rest.p, rest.n, " UTC", 4))) {
        const char *at = end;
        for (int blanks = 0; at > rest.p && (blanks < 3 || (at[-1] >= '0' && at[-1] <= '9')); at--) blanks += at[-1] == ' ';
        text_add(&out, str_first(rest, (size_t)(at - rest.p)));
        text_add(&out, STR("A TIME"));
        rest = str_after(rest, (size_t)(end - rest.p) + 4);
    }
    text_add(&out, rest);
    return text_str(&out);
}

/* --- the page --- */

static void test_who_sees_the_page(void **state)
{
    static const struct { const char *who; int status; } rows[] = {
        {"ana", 200}, {"hal", 200}, {"aud", 200}, {"mel", 403}, {"gus", 403}, {"bea", 404}, {"sam", 404},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sign_in(rows[i].who);
        stage_get(&stage, MEMBER("mel"));
        if (rows[i].status == 200) expect(200, NULL, "Mel Member");
        else expect(rows[i].status, NULL, NULL);
        if (rows[i].status == 404) expect_not("Acme");
    }
    stage_forget(&stage);
    stage_get(&stage, MEMBER("mel"));
    expect(303, "Location: /login?next=", NULL);
}

static void test_who_is_no_member_is_not_there(void **state)
{
    static const char *const paths[] = {MEMBER("bea"), MEMBER("sam"), MEMBER("nobody"), "/o/beta/desk/members/local%7Cgus",
                                        "/o/nowhere/desk/", "/o/beta/desk/", "/o/acme/desk/nothing"};
    (void)state;
    sign_in("ana");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        stage_get(&stage, paths[i]);
        expect(404, NULL, "There is no such page");
        expect_not("Bea");
        expect_not("Gus");
    }
    stage_get(&stage, "/profile");
    stage_post(&stage, MEMBER("bea") "/block", "reason=mine");
    expect(404, NULL, NULL);
    stage_post(&stage, "/o/beta/desk/members/local%7Cmel/block", "reason=mine");
    expect(404, NULL, NULL);
}

static void test_golden_pages(void **state)
{
    (void)state;
    sign_in("ana");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, NULL);
    golden_check("desk_member", masked());
    stage_get(&stage, MEMBER("gus"));
    golden_check("desk_member_guest", masked());
    stage_get(&stage, MEMBER("ana"));
    golden_check("desk_member_self", masked());
    stage_get(&stage, "/o/acme/desk/roles");
    golden_check("desk_roles", masked());
    stage_get(&stage, "/o/acme/desk/");
    golden_check("desk_home", masked());
    sign_in("aud");
    stage_get(&stage, MEMBER("mel"));
    golden_check("desk_member_auditor", masked());
    sign_in("hal");
    stage_get(&stage, MEMBER("ana"));
    golden_check("desk_member_rank", masked());
}

static void test_only_what_one_may_is_offered(void **state)
{
    (void)state;
    sign_in("ana");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "id=\"block\"");
    expect(200, NULL, "id=\"remove\"");
    expect(200, NULL, "name=\"roles\"");
    expect_not("id=\"suspend\"");
    expect_not("id=\"unblock\"");
    stage_get(&stage, MEMBER("gus"));
    expect(200, NULL, "id=\"suspend\"");
    expect_not("id=\"block\"");
    expect_not("id=\"reset\"");
    expect_not("name=\"given_name\"");
    sign_in("hal");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "name=\"given_name\"");
    expect(200, NULL, "name=\"email\"");
    expect(200, NULL, "id=\"reset\"");
    expect_not("name=\"roles\"");
    expect_not("id=\"remove\"");
    expect_not("name=\"website\"");
    sign_in("aud");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "mel@example.com");
    expect_not("<details id=");
    expect_not("name=\"given_name\"");
}

/* The page is about somebody else: nothing on it takes who reads it for the member. */
static void assert_remove_says(const char *member, const char *words)
{
    stage_get(&stage, member);
    expect(200, NULL, "id=\"remove\"");
    expect(200, NULL, words);
    expect_not("To have them back, invite them again.");
}

/* Who is removed comes back by signing in: the page says so, and what keeps the person out instead. */
static void test_removing_who_comes_back(void **state)
{
    (void)state;
    sign_in("ana");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "To have them back, invite them again.");
    assert_int_equal(store_count(stage.portal.db, "INSERT INTO organization_connection (organization_id, connection_id,"
                                                  " assign_membership_on_login) SELECT o.id, c.id, 1 FROM organization o, connection c"
                                                  " WHERE o.name = 'acme' RETURNING 1"), 1);
    assert_remove_says(MEMBER("mel"), "everybody who signs in with Customers becomes a member again. Block the account instead");
    assert_remove_says(MEMBER("gus"), "everybody who signs in with Customers becomes a member again. Suspend the membership instead");
    stage_post(&stage, MEMBER("gus") "/suspend", "reason=because");
    assert_remove_says(MEMBER("gus"), "becomes a member again, and the suspension is gone. Leave the membership suspended");
    sign_in("bea");
    stage_get(&stage, "/o/beta/desk/members/local%7Cgus");
    expect(200, NULL, "To have them back, invite them again.");
}

static void test_it_speaks_about_the_member(void **state)
{
    static const char *const to_the_owner[] = {"About you", "More about you", "Your name", "picture of you", "your public profile", "Your own pages",
                                               "you have confirmed", "You can sign in"};
    (void)state;
    sign_in("ana");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "About the person");
    expect(200, NULL, "A new address counts at once and gets a mail with the link that confirms it.");
    for (size_t i = 0; i < sizeof to_the_owner / sizeof *to_the_owner; i++) expect_not(to_the_owner[i]);
    sign_in("mel");
    stage_get(&stage, "/profile");
    expect(200, NULL, "About you");
    expect(200, NULL, "Your name as others see it.");
}

static size_t place_of(const char *words)
{
    const char *at = memmem(stage.reply.body.p, stage.reply.body.n, words, strlen(words));
    if (!at) fail_msg("not in the page: %s", words);
    return (size_t)(at - stage.reply.body.p);
}

static void test_at_a_glance(void **state)
{
    (void)state;
    sign_in("ana");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "<dd>Never yet</dd>");
    expect(200, NULL, "<dd><bdi dir=\"ltr\">mel@example.com</bdi> <span class=\"mark open\">Not confirmed yet</span></dd>");
    expect(200, NULL, "<dd><bdi>Acme Ltd</bdi></dd>");
    assert_true(place_of("<dl class=\"glance\">") < place_of("id=\"reset\""));
    assert_true(place_of("id=\"reset\"") < place_of("name=\"given_name\""));      /* what is done most stands above the form */
    assert_true(place_of("name=\"given_name\"") < place_of("id=\"block\""));      /* what is grave, behind it */
    expect(200, NULL, "href=\"#grave-heading\"");
    stage_get(&stage, MEMBER("gus"));
    expect(200, NULL, "<dd><bdi>Elsewhere</bdi></dd>");
    expect_not("Beta");
    stage_get(&stage, MEMBER("ana"));
    expect_not("Never yet");
    portal_apply(&stage.portal, stage.lasting, "{\"organizations\":[{\"name\":\"acme\",\"fields\":{"
                 "\"email\":{\"owner\":\"none\",\"desk\":\"none\"},\"last_login\":{\"owner\":\"none\",\"desk\":\"none\"}}}]}");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "Mel Member");
    expect_not("mel@example.com");
    expect_not("Last sign-in");
}

/* --- how it stands with them: since when, by whom and why --- */

static void test_since_when_by_whom_and_why(void **state)
{
    (void)state;
    sign_in("ana");
    stage_get(&stage, MEMBER("mel"));
    expect_not("Since ");
    stage_post(&stage, MEMBER("mel") "/block", "reason=lost+%3Cphone%3E");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "Blocked</span> Since ");
    expect(200, NULL, ". By Ana Admin. Reason: <bdi>lost &lt;phone&gt;</bdi></dd>");
    stage_post(&stage, MEMBER("mel") "/unblock", "reason=found+it");
    stage_post(&stage, MEMBER("gus") "/suspend", "reason=on+leave");
    stage_get(&stage, MEMBER("mel"));
    expect_not("Since ");
    stage_get(&stage, MEMBER("gus"));
    expect(200, NULL, "Suspended</span> Since ");
    expect(200, NULL, ". By Ana Admin. Reason: <bdi>on leave</bdi></dd>");
    stage_post(&stage, MEMBER("mel") "/delete", "reason=asked+for+it");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "About to be deleted</span> Since ");
    expect(200, NULL, ". By Ana Admin. Reason: <bdi>asked for it</bdi></dd>");
    sign_in("aud");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "Reason: <bdi>asked for it</bdi></dd>");
}

static void test_what_the_operator_blocked(void **state)
{
    (void)state;
    struct user user;
    struct visit visit = {.arena = stage.lasting, .now = 1767700000, .request_id = STR(""), .peer = STR("192.0.2.66"), .actor_id = STR("cli:root")};
    static const char *const both[] = {"local|mel", "local|gus"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(user_get_by_user_id(stage.portal.db, stage.lasting, str_of(both[i]), &user), OK);
        assert_int_equal(account_block(&stage.portal, &visit, ACTOR_OPERATOR, &user, true, STR("a court order")), OK);
    }
    sign_in("ana");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, ". By the operator of this portal. Reason: <bdi>a court order</bdi></dd>");
    expect_not("root");
    expect_not("192.0.2.66");
    stage_get(&stage, MEMBER("gus"));              /* whose home it is not: only that it is so */
    expect(200, NULL, "Blocked</span></dd>");
    expect_not("a court order");
}

static void test_who_may_not_read_the_activity(void **state)
{
    (void)state;
    portal_apply(&stage.portal, stage.lasting, "{\"roles\":[{\"name\":\"auditor\",\"permissions\":[\"read:members\"]}]}");
    sign_in("ana");
    stage_post(&stage, MEMBER("mel") "/block", "reason=secret+reason");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "href=\"/o/acme/desk/activity?member=local%7Cmel\"");
    stage_get(&stage, "/o/acme/desk/activity?member=local%7Cmel");
    expect(200, NULL, "The account of Mel Member was blocked.");
    sign_in("aud");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "Blocked</span></dd>");
    expect_not("secret reason");
    expect_not("/desk/activity");
}

static void mistype(const char *name, int times)
{
    char body[100];
    stage_forget(&stage);
    for (int i = 0; i < times; i++) {
        stage_get(&stage, "/login");
        snprintf(body, sizeof body, "identifier=%s%%40example.com&password=wrong", name);
        stage_post(&stage, "/login", body);
    }
}

static void test_a_pause_is_seen_and_ended(void **state)
{
    (void)state;
    mistype("mel", 2);
    sign_in("ana");
    stage_get(&stage, MEMBER("mel"));
    expect_not("Paused until");
    stage_post(&stage, MEMBER("mel") "/unlock", "reason=called+us");
    expect(303, "?done=no-pause", NULL);
    stage_get(&stage, MEMBER("mel") "?done=no-pause");
    expect(200, NULL, "There was no pause, so nothing was changed.");
    mistype("mel", 20);
    mistype("gus", 20);
    sign_in("ana");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "<span class=\"mark open\">Paused until ");
    stage_get(&stage, MEMBER("hal"));
    expect_not("Paused until");
    stage_get(&stage, MEMBER("gus"));              /* for his home's desk to see */
    expect_not("Paused until");
    stage_post(&stage, MEMBER("mel") "/unlock", "reason=called+us");
    expect(303, "?done=unlock", NULL);
    stage_get(&stage, MEMBER("mel"));
    expect_not("Paused until");
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'signin.unlock' AND reason = 'called us'"), 1);
}

static void test_open_sessions_are_counted(void **state)
{
    (void)state;
    sign_in("mel");
    stage_forget(&stage);
    sign_in("mel");
    stage_forget(&stage);
    sign_in("gus");
    stage_forget(&stage);
    sign_in("ana");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "<dt>Open sessions</dt><dd>2</dd>");
    stage_get(&stage, MEMBER("hal"));
    expect(200, NULL, "<dt>Open sessions</dt><dd>0</dd>");
    stage_get(&stage, MEMBER("gus"));
    expect_not("Open sessions");
    stage_post(&stage, MEMBER("mel") "/sessions", "reason=lost+phone");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "<dt>Open sessions</dt><dd>0</dd>");
}

static void test_the_way_to_the_desk(void **state)
{
    (void)state;
    sign_in("hal");
    expect(200, NULL, "<a href=\"/o/acme/desk/\">Help desk of Acme Ltd</a>");
    stage_get(&stage, "/o/acme/desk/");
    expect(200, NULL, "<a href=\"/o/acme/desk/members\">Members</a>");
    expect_not("/o/acme/desk/branding");
    expect_not("/o/acme/desk/invitations");
    sign_in("mel");
    expect_not("/desk/");
}

/* --- acts --- */

static void test_every_act_by_everybody(void **state)
{
    static const char *const acts[] = {"block", "unblock", "suspend", "restore", "reset", "verify", "unlock", "sessions", "roles", "remove"};
    static const struct { const char *who; int status; } rows[] = {{"aud", 403}, {"mel", 403}, {"gus", 403}, {"bea", 404}, {"sam", 404}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sign_in(rows[i].who);
        for (size_t k = 0; k < sizeof acts / sizeof *acts; k++) {
            char path[100];
            snprintf(path, sizeof path, "%s/%s", MEMBER("mel"), acts[k]);
            stage_post(&stage, path, "reason=because");
            expect(rows[i].status, NULL, NULL);
        }
        stage_post(&stage, MEMBER("mel"), "reason=because&given_name=X");
        expect(rows[i].status, NULL, NULL);
    }
    sign_in("hal");
    stage_post(&stage, MEMBER("mel") "/remove", "reason=because");
    expect(403, NULL, NULL);
    stage_post(&stage, MEMBER("mel") "/roles", "reason=because&roles=administrator");
    expect(403, NULL, NULL);
    stage_post(&stage, MEMBER("ana") "/block", "reason=because");
    expect(403, NULL, "may do more here than you");
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM account WHERE blocked = 1 OR profile LIKE '%\"X\"%'"), 0);
}

static void test_acts_answer(void **state)
{
    static const struct { const char *path, *next; } rows[] = {
        {MEMBER("mel") "/block", "?done=block"}, {MEMBER("mel") "/block", "?done=nothing"}, {MEMBER("mel") "/unblock", "?done=unblock"},
        {MEMBER("mel") "/reset", "?done=reset"}, {MEMBER("mel") "/verify", "?done=verify"}, {MEMBER("mel") "/unlock", "?done=no-pause"},
        {MEMBER("mel") "/sessions", "?done=sessions"}, {MEMBER("gus") "/suspend", "?done=suspend"},
        {MEMBER("gus") "/restore", "?done=restore"}, {MEMBER("gus") "/remove", "/o/acme/desk/?done=remove"},
    };
    (void)state;
    sign_in("ana");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage_post(&stage, rows[i].path, "reason=asked+by+phone");
        expect(303, rows[i].next, NULL);
    }
    stage_post(&stage, MEMBER("mel") "/reset", "reason=once+more");
    expect(429, "Retry-After", "Nothing was changed. You can ask for it again in ");
    stage_post(&stage, MEMBER("ana") "/block", "reason=me");
    expect(403, NULL, "Nobody does this to themselves");
    stage_get(&stage, "/o/acme/desk/?done=remove");
    expect(200, NULL, "invite them again");
}

static void test_undoing_is_offered(void **state)
{
    (void)state;
    sign_in("ana");
    stage_post(&stage, MEMBER("mel") "/block", "reason=lost+phone");
    stage_get(&stage, MEMBER("mel") "?done=block");
    expect(200, NULL, "<details id=\"unblock\" open>");
    expect(200, NULL, "You can undo it below");
    expect_not("id=\"block\"");
    golden_check("desk_member_blocked", masked());
}

static void test_a_reason_is_asked_for(void **state)
{
    (void)state;
    sign_in("ana");
    stage_post(&stage, MEMBER("mel") "/block", "reason=++");
    expect(422, NULL, "<details id=\"block\" open>");
    expect(422, NULL, "href=\"#reason-block\"");
    golden_check("desk_member_no_reason", masked());
    stage_post(&stage, MEMBER("mel") "/roles", "roles=auditor");
    expect(422, NULL, "value=\"auditor\" checked");
    stage_post(&stage, MEMBER("mel"), "given_name=Melanie");
    expect(422, NULL, "value=\"Melanie\"");
    expect(422, NULL, "href=\"#reason-save\"");
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM account WHERE profile LIKE '%Melanie%' OR blocked = 1"), 0);
}

static void test_the_last_administrator(void **state)
{
    (void)state;
    sign_in("ana");
    stage_post(&stage, MEMBER("abe") "/roles", "reason=steps+down&roles=auditor");
    expect(303, "?done=roles", NULL);
    stage_post(&stage, MEMBER("ana") "/roles", "reason=me+too");
    expect(409, NULL, "This is the last administrator");
}

/* --- saving --- */

static void test_saving(void **state)
{
    (void)state;
    sign_in("hal");
    stage_post(&stage, MEMBER("mel"), "reason=her+passport&given_name=Melanie&email=melanie%40example.com");
    expect(303, "Location: " MEMBER("mel") "?saved=", NULL);
    stage_get(&stage, MEMBER("mel") "?saved=given_name");
    expect(200, NULL, "Saved: ");
    stage_post(&stage, MEMBER("mel"), "reason=again&given_name=Melanie");
    expect(303, "?saved=0", NULL);
    stage_post(&stage, MEMBER("mel"), "reason=again&version=1&given_name=Mia");
    expect(409, NULL, "This profile was changed elsewhere");
    golden_check("desk_member_stale", masked());
    stage_post(&stage, MEMBER("mel"), "reason=again&website=https%3A%2F%2Fmel.example");
    expect(403, NULL, "Managed by the organization Acme Ltd.");
    expect_not("Acme Ltd. Ask");
    stage_post(&stage, MEMBER("mel"), "reason=again&blocked=true");
    expect(403, NULL, NULL);
    stage_post(&stage, MEMBER("mel"), "reason=again&no_such_field=1");
    expect(422, NULL, "There is no such field in this profile.");
    stage_post(&stage, MEMBER("mel"), "reason=again&email=sam%40example.com");
    expect(422, NULL, "Somebody else uses this already");
    stage_post(&stage, MEMBER("gus"), "reason=again&given_name=Gustav");
    expect(403, NULL, "Only the help desk of this person");
    stage_post(&stage, MEMBER("hal"), "reason=again&given_name=Harald");
    expect(403, NULL, "Nobody does this to themselves");
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM account WHERE profile LIKE '%Gustav%' OR profile LIKE '%Harald%'"
                                                  " OR profile LIKE '%Mia%'"), 0);
}

static void test_a_forged_form(void **state)
{
    (void)state;
    sign_in("ana");
    stage_ask(&stage, "POST " MEMBER("mel") "/block\nSec-Fetch-Site: cross-site\n\nreason=mine");
    expect(403, NULL, NULL);
    stage_ask(&stage, "POST " MEMBER("mel") "/block\n\ncsrf=forged&reason=mine");
    expect(403, NULL, NULL);
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM account WHERE blocked = 1"), 0);
}

/* Whoever reads the mail gets the account: the desk sees where it goes, as far as it sees the address at all. */
static void test_a_mailed_link_names_its_address(void **state)
{
    (void)state;
    sign_in("hal");
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "A mail goes to mel@example.com. The old password stays until a new one is chosen; you never see either. Nobody has confirmed"
                      " this address yet: make sure that it is theirs.");
    expect(200, NULL, "A mail goes to mel@example.com. Links that were mailed for it before no longer work.");
    portal_apply(&stage.portal, stage.lasting, "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"mel\",\"email_verified\":true}]}");
    json_memory_use(stage.arena);
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "A mail goes to mel@example.com. The old password stays");
    expect_not("Nobody has confirmed this address");
    portal_apply(&stage.portal, stage.lasting, "{\"organizations\":[{\"name\":\"acme\",\"fields\":{\"email\":{\"owner\":\"none\",\"desk\":\"none\"}}}]}");
    json_memory_use(stage.arena);
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "A mail goes to the address of this account.");
    expect_not("mel@example.com");
}

/* --- roles --- */

static void test_roles_pages(void **state)
{
    (void)state;
    sign_in("ana");
    stage_post(&stage, "/o/acme/desk/roles", "name=front-office&permissions=read%3Amembers&permissions=update%3Amembers&reason=new");
    expect(303, "/o/acme/desk/roles?done=made", NULL);
    stage_get(&stage, "/o/acme/desk/roles?done=made");
    expect(200, NULL, "front-office");
    expect_not("acme:front-office");
    golden_check("desk_roles_own", masked());
    stage_get(&stage, MEMBER("mel"));
    expect(200, NULL, "value=\"acme:front-office\"");
    stage_post(&stage, MEMBER("mel") "/roles", "reason=starts&roles=acme%3Afront-office");
    expect(303, "?done=roles", NULL);
    stage_post(&stage, "/o/acme/desk/roles/front-office/drop", "reason=no");
    expect(409, NULL, "Members have this role");
    stage_post(&stage, "/o/acme/desk/roles/front-office", "reason=less&permissions=read%3Amembers");
    expect(303, "?done=changed", NULL);
    stage_post(&stage, "/o/acme/desk/roles/front-office", "reason=none");
    expect(422, NULL, "Tick at least one thing");
    stage_post(&stage, "/o/acme/desk/roles", "name=promised&permissions=read%3Amembers&reason=new");
    store_count(stage.portal.db, "INSERT INTO invitation (public_id, organization_id, email, email_key, roles, language, prefilled, inviter,"
                " inviter_name, state, created_at, sent_at, expires_at, decided_at) SELECT 'i', id, 'a@b.example', 'a@b.example',"
                " '[\"acme:promised\"]', 'en', '{}', 'cli:x', '', 'pending', 1, 1, 99999999999, 0 FROM organization WHERE name = 'acme'"
                " RETURNING 1");
    stage_post(&stage, "/o/acme/desk/roles/promised/drop", "reason=no");
    expect(409, NULL, "Invitations that nobody answered yet give this role.");
    stage_post(&stage, "/o/acme/desk/roles", "name=Bad+Name&permissions=read%3Amembers&reason=new");
    expect(422, NULL, "value=\"Bad Name\"");
    stage_post(&stage, "/o/acme/desk/roles", "name=fine&permissions=fly&reason=new");
    expect(422, NULL, NULL);
    stage_post(&stage, "/o/acme/desk/roles/nothing", "reason=new&permissions=read%3Amembers");
    expect(404, NULL, NULL);
    sign_in("hal");
    stage_get(&stage, "/o/acme/desk/roles");
    expect(200, NULL, "Administrator");
    expect_not("<form method=\"post\" action=\"/o/acme/desk/roles");
    stage_post(&stage, "/o/acme/desk/roles", "name=mine&permissions=read%3Amembers&reason=new");
    expect(403, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_who_sees_the_page), TEST(test_who_is_no_member_is_not_there), TEST(test_golden_pages),
        TEST(test_since_when_by_whom_and_why), TEST(test_what_the_operator_blocked), TEST(test_who_may_not_read_the_activity),
        TEST(test_a_pause_is_seen_and_ended), TEST(test_open_sessions_are_counted),
        TEST(test_only_what_one_may_is_offered), TEST(test_removing_who_comes_back), TEST(test_it_speaks_about_the_member), TEST(test_at_a_glance),
        TEST(test_the_way_to_the_desk), TEST(test_every_act_by_everybody),
        TEST(test_acts_answer), TEST(test_undoing_is_offered), TEST(test_a_reason_is_asked_for), TEST(test_the_last_administrator),
        TEST(test_saving), TEST(test_a_forged_form), TEST(test_a_mailed_link_names_its_address), TEST(test_roles_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
