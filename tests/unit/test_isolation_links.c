/* Mailed links of one organization's flow, opened where they do not belong: under another organization's paths, in the session of
   somebody else's administrator, with another look chosen, and when the person, the membership or the organization is not what it was
   when the mail was sent. A link says by itself whose it is; nothing beside it says otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/outbox.h"
#include "base/clock.h"
#include "support/store_support.h"
#include "support/tenants.h"

static struct tenants tenants;
static struct stage *const stage = &tenants.stage;
static char link[200];            /* the path of the newest mail's link, with its secret */

static int set_up(void **state)
{
    (void)state;
    tenants_open(&tenants);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tenants_close(&tenants);
    return 0;
}

static void expect(int status, const char *in_answer, const char *not_in_answer)
{
    Str body = stage->reply.body;
    if (stage->reply.status != status) fail_msg("answered %d, not %d\n%.*s", stage->reply.status, status, STR_ARGS(body));
    if (in_answer && !text_has(body, in_answer) && !text_has(stage->head, in_answer))
        fail_msg("not there: %s\n%.*s%.*s", in_answer, STR_ARGS(stage->head), STR_ARGS(body));
    if (not_in_answer && text_has(body, not_in_answer)) fail_msg("there: %s\n%.*s", not_in_answer, STR_ARGS(body));
}

static int64_t count(const char *sql)
{
    return store_count(stage->portal.db, sql);
}

static void change(const char *sql)
{
    char all[200];
    snprintf(all, sizeof all, "%s RETURNING 1", sql);
    (void)count(all);
}

/* Takes what waits to be sent, as the courier does, and remembers the link of the last letter of that kind. */
static void take_link(enum letter kind)
{
    struct message message;
    struct visit visit = {.arena = stage->arena, .now = clock_now(), .request_id = STR(""), .peer = STR("")};
    link[0] = '\0';
    while (!outbox_next(&stage->portal, &visit, &message)) {
        const char *found = json_string_value(json_object_get(message.payload, "link"));
        if (message.letter == kind && found) snprintf(link, sizeof link, "%s", found);
        assert_int_equal(outbox_sent(&stage->portal, &visit, &message), OK);
    }
    assert_true(link[0] == '/');
}

static void ask_for_reset(const char *path)
{
    (void)count("DELETE FROM throttle RETURNING 1");
    stage_forget(stage);
    stage_get(stage, path);
    stage_post(stage, path, "identifier=quill-member%40quill.example");
    expect(303, "sent=1", NULL);
    take_link(LETTER_password_reset);
}

/* The page behind the link, in this browser. */
static void open_link(void)
{
    char path[200];
    Str left = str_of(link);
    stage_get(stage, link);
    expect(303, "Location: ", NULL);
    Str bare = str_cut(&left, '?');
    snprintf(path, sizeof path, "%.*s", STR_ARGS(bare));
    stage_get(stage, path);
}

/* --- whose the link is --- */

/* There is one page for all links, outside of every organization: none opens below /o/. */
static void test_no_link_opens_below_an_organization(void **state)
{
    (void)state;
    static const char *const ways[] = {"/o/quill%s", "/o/zimt%s", "/o/nowhere%s", "/o/zimt/desk%s"};
    char path[300];
    ask_for_reset("/o/quill/password/forgot");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        for (int who = 0; who < 3; who++) {
            stage_forget(stage);
            if (who) tenant_sign_in(&tenants, who == 1 ? &tenants.zimt : &tenants.quill, ADMINISTRATOR);
            size_t n = strcspn(ways[i], "%");
            snprintf(path, sizeof path, "%.*s%s", (int)n, ways[i], link);
            stage_get(stage, path);
            expect(404, NULL, "quill-member");
            assert_int_equal(stage_cookie(stage, "reset").n, 0);
        }
    stage_forget(stage);
    open_link();
    expect(200, "quill-member@quill.example", NULL);
}

/* The other organization's administrator, and Robin, who chose the other look, see the link's look and no other. */
static void test_the_link_says_whose_look_it_wears(void **state)
{
    (void)state;
    ask_for_reset("/o/quill/password/forgot");
    tenant_sign_in(&tenants, &tenants.zimt, ADMINISTRATOR);
    stage_post(stage, "/organizations/zimt/look", "wear=yes");
    expect(303, NULL, NULL);
    open_link();
    expect(200, "Choose a new password – The quill guild</title>", "help@zimt.example");
    ask_for_reset("/password/forgot");
    stage_sign_in(stage, tenant_person(&tenants.quill, BOTH));
    stage_post(stage, "/organizations/quill/look", "wear=yes");
    open_link();
    expect(200, "quill-member@quill.example", "help@quill.example");
}

/* Setting the password changes the account that the mail was sent for; the session that it was opened in gets nothing of it. */
static void test_the_link_acts_on_whom_it_was_sent_to(void **state)
{
    (void)state;
    int64_t before = count("SELECT epoch FROM account WHERE user_id = 'local|zimt-admin'");
    int64_t old = count("SELECT epoch FROM account WHERE user_id = 'local|quill-member'");
    ask_for_reset("/o/zimt/password/forgot");
    tenant_sign_in(&tenants, &tenants.zimt, ADMINISTRATOR);
    open_link();
    const char *mark = strstr(stage->reply.body.p, "name=\"mark\" value=\"");
    assert_non_null(mark);
    Str rest = str_of(mark + strlen("name=\"mark\" value=\""));
    Str value = str_cut(&rest, '"');
    char body[300];
    snprintf(body, sizeof body, "mark=%.*s&password=a+kettle+upon+the+quay&password_again=a+kettle+upon+the+quay"
             "&user_id=local%%7Czimt-admin&organization=zimt", STR_ARGS(value));
    stage_post(stage, "/password/reset", body);
    expect(303, NULL, NULL);
    assert_true(count("SELECT epoch FROM account WHERE user_id = 'local|quill-member'") > old);
    assert_int_equal(count("SELECT epoch FROM account WHERE user_id = 'local|zimt-admin'"), before);
    assert_int_equal(tenants_audited_across(&tenants), 0);
}

/* --- what became of the person and of the organization meanwhile --- */

#define QUILL_MEMBER "(SELECT id FROM account WHERE user_id = 'local|quill-member')"

static const struct {
    const char *what, *sql;
    int status;
} meanwhile[] = {
    {"blocked", "UPDATE account SET blocked = 1, epoch = epoch + 1 WHERE user_id = 'local|quill-member'", 410},
    {"signed in anew everywhere", "UPDATE account SET epoch = epoch + 1 WHERE user_id = 'local|quill-member'", 410},
    {"suspended", "UPDATE membership SET suspended = 1 WHERE account_id = " QUILL_MEMBER, 200},
    {"removed", "DELETE FROM membership WHERE account_id = " QUILL_MEMBER, 200},
    {"without the organization", "DELETE FROM organization WHERE name = 'quill'", 410},
};

/* A membership that ended takes nobody's password away; a block, and the end of the organization whose flow it was, end the link. */
static void test_a_reset_after_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof meanwhile / sizeof *meanwhile; i++) {
        tenants_close(&tenants);
        tenants_open(&tenants);
        ask_for_reset("/o/quill/password/forgot");
        change(meanwhile[i].sql);
        change("UPDATE setting SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = 'generation'");
        stage_forget(stage);
        open_link();
        if (stage->reply.status != meanwhile[i].status) fail_msg("%s: %d", meanwhile[i].what, stage->reply.status);
        if (stage->reply.status == 410) expect(410, NULL, "quill-member");
        assert_false(tenant_is_named(&tenants.zimt, stage->reply.body));
    }
}

/* --- invitations --- */

static void invite(const char *who)
{
    char body[100];
    tenant_sign_in(&tenants, &tenants.quill, ADMINISTRATOR);
    snprintf(body, sizeof body, "reason=x&emails=%s", who);
    stage_post(stage, "/o/quill/desk/invitations", body);
    expect(303, NULL, NULL);
    take_link(LETTER_invitation);
}

static int64_t members(void)
{
    return count("SELECT COUNT(*) FROM membership m JOIN organization o ON o.id = m.organization_id WHERE o.name = 'quill'");
}

/* Somebody else's session, and the look of zimt, do not make an invitation of quill theirs. */
static void test_an_invitation_is_the_invited_ones(void **state)
{
    (void)state;
    static const enum role_of_test others[] = {MEMBER, ADMINISTRATOR, GONE, BOTH};
    int64_t before = members();
    invite("loner%40alone.example");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        tenant_sign_in(&tenants, &tenants.zimt, others[i]);
        stage_post(stage, "/organizations/zimt/look", "wear=yes");
        open_link();
        expect(200, "The quill guild", "loner@alone");
        stage_post(stage, "/invitation", "decision=accept&organization=zimt");
        assert_true(stage->reply.status == 403 || stage->reply.status == 409);
        assert_int_equal(members(), before);
    }
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE email = 'loner@alone.example' AND state = 'pending'"), 1);
}

/* Revoked, or its organization gone: the link is one that never was. */
static void test_an_invitation_after_changes(void **state)
{
    (void)state;
    static const char *const ends[] = {"UPDATE invitation SET state = 'revoked', token_hash = NULL WHERE email LIKE 'loner@%'",
                                       "DELETE FROM organization WHERE name = 'quill'"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        tenants_close(&tenants);
        tenants_open(&tenants);
        invite("loner%40alone.example");
        change(ends[i]);
        change("UPDATE setting SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = 'generation'");
        stage_sign_in(stage, "loner@alone.example");
        open_link();
        expect(410, NULL, "quill");
        stage_post(stage, "/invitation", "decision=accept");
        assert_true(stage->reply.status >= 400);
        assert_int_equal(count("SELECT COUNT(*) FROM membership WHERE account_id = (SELECT id FROM account WHERE user_id ="
                               " 'local|loner')"), 0);
    }
}

/* --- a link of one kind, kept under the name of another --- */

static void test_a_link_is_of_one_kind(void **state)
{
    (void)state;
    static const char *const pages[] = {"/email/confirm", "/email/revert", "/privacy/delete/confirm", "/invitation",
                                        "/invitation/signup"};
    char path[300];
    ask_for_reset("/o/quill/password/forgot");
    Str left = str_of(link);
    (void)str_cut(&left, '?');
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        tenant_sign_in(&tenants, &tenants.quill, MEMBER);
        snprintf(path, sizeof path, "%s?%.*s", pages[i], STR_ARGS(left));
        stage_get(stage, path);
        stage_get(stage, pages[i]);
        assert_true(stage->reply.status >= 400 || stage->reply.status == 303);
        stage_post(stage, pages[i], "decision=accept");
        assert_true(stage->reply.status >= 400 || stage->reply.status == 303);
    }
    stage_forget(stage);
    open_link();
    expect(200, "quill-member@quill.example", NULL);
}

#define LINK_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    LINK_TEST(test_no_link_opens_below_an_organization), LINK_TEST(test_the_link_says_whose_look_it_wears),
    LINK_TEST(test_the_link_acts_on_whom_it_was_sent_to), LINK_TEST(test_a_reset_after_changes),
    LINK_TEST(test_an_invitation_is_the_invited_ones), LINK_TEST(test_an_invitation_after_changes),
    LINK_TEST(test_a_link_is_of_one_kind),
};

int main(void)
{
    return cmocka_run_group_tests(tests, NULL, NULL);
}
