/* A person's own organizations: the list, leaving, and whose look their pages wear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/golden.h"
#include "support/hostile.h"
#include "support/page_support.h"
#include "support/store_support.h"

static struct stage stage;

/* Ann is acme's only administrator and a guest of nour; Sue's membership of acme is suspended; Eve belongs nowhere. */
static const char people[] =
    "{\"fields\":[],\"connections\":["
    " {\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\",\"options\":{},\"fields\":{}}],"
    "\"roles\":[{\"name\":\"greeter\",\"permissions\":[\"create:invitations\"]}],"
    "\"organizations\":["
    " {\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"support_email\":\"help@acme.example\","
    "  \"branding\":{\"colors\":{\"primary\":\"#0a5c36\",\"page_background\":\"#f4f7f5\"}}},"
    " {\"name\":\"nour\",\"display_name\":\"دار النور\",\"branding\":{\"colors\":{\"primary\":\"#7a2e6b\",\"page_background\":\"#fbf6fa\"}}}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ann\",\"email\":\"ann@example.com\",\"name\":\"Ann\",\"organizations\":["
    "  {\"name\":\"acme\",\"roles\":[\"administrator\"],\"home\":true},{\"name\":\"nour\"}]},"
    " {\"connection\":\"customers\",\"user_id\":\"gil\",\"email\":\"gil@example.com\",\"name\":\"Gil\",\"organizations\":["
    "  {\"name\":\"nour\",\"roles\":[\"greeter\",\"auditor\"]}]},"
    " {\"connection\":\"customers\",\"user_id\":\"sue\",\"email\":\"sue@example.com\",\"name\":\"Sue\",\"organizations\":["
    "  {\"name\":\"acme\",\"roles\":[\"help-desk\"],\"home\":true},{\"name\":\"nour\"}]},"
    " {\"connection\":\"customers\",\"user_id\":\"eve\",\"email\":\"eve@example.com\",\"email_verified\":true,\"name\":\"Eve\"}]}";

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, people);
    store_count(stage.portal.db, "UPDATE membership SET created_at = 1767603600 RETURNING 1");
    assert_int_equal(store_count(stage.portal.db, "UPDATE membership SET suspended = 1 WHERE organization_id = (SELECT id FROM"
                                                  " organization WHERE name = 'acme') AND account_id = (SELECT id FROM account"
                                                  " WHERE user_id LIKE '%sue') RETURNING 1"), 1);
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

static void as(const char *who)
{
    stage_forget(&stage);
    stage_sign_in(&stage, arena_print(stage.lasting, "%s@example.com", who).p);
    stage_get(&stage, "/organizations");
    expect(200, NULL, NULL);
}

static int64_t members(const char *name)
{
    return store_count(stage.portal.db, arena_print(stage.lasting, "SELECT COUNT(*) FROM membership m JOIN organization o ON o.id ="
                                                                   " m.organization_id WHERE o.name = '%s'", name).p);
}

static void test_golden_pages(void **state)
{
    static const struct { const char *name, *who, *request; } rows[] = {
        {"organizations", "ann", "GET /organizations\n\n"},
        {"organizations_german", "gil", "GET /organizations\nAccept-Language: de\n\n"},
        {"organizations_arabic", "ann", "GET /organizations\nAccept-Language: ar\n\n"},
        {"organizations_suspended", "sue", "GET /organizations\n\n"},
        {"organizations_none", "eve", "GET /organizations\n\n"},
        {"organizations_last", "ann", "POST /organizations/acme/leave\n\ncsrf={csrf}"},
        {"organizations_left", "ann", "GET /organizations?done=left\n\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        as(rows[i].who);
        stage_ask(&stage, rows[i].request);
        golden_check(rows[i].name, stage_masked(&stage));
    }
}

static void test_who_sees_what(void **state)
{
    (void)state;
    as("ann");
    expect(200, NULL, "/o/acme/desk/\"");
    expect_not("href=\"/o/nour/desk/");
    expect(200, NULL, "/organizations/nour/look\"");
    as("sue");
    expect(200, NULL, "help@acme.example");
    expect_not("href=\"/o/acme/desk/");
    expect_not("/organizations/acme/look");
    expect(200, NULL, "/organizations/nour/look\"");
    as("eve");
    expect(200, NULL, "You belong to no organization");
    expect_not("Acme");
    stage_forget(&stage);
    stage_get(&stage, "/organizations");
    expect(303, "Location: /login?next=", NULL);
}

static void test_leaving(void **state)
{
    (void)state;
    int64_t acme = members("acme"), nour = members("nour");
    as("ann");
    stage_post(&stage, "/organizations/nour/leave", "");
    expect(303, "Location: /organizations?done=left\r\n", NULL);
    assert_int_equal(members("nour"), nour - 1);
    stage_get(&stage, "/organizations");
    expect_not("دار النور");
    stage_post(&stage, "/organizations/nour/leave", "");
    expect(404, NULL, NULL);
    stage_post(&stage, "/organizations/acme/leave", "");
    expect(409, NULL, "Make another member administrator first");
    expect(409, NULL, "/o/acme/desk/members");
    assert_int_equal(members("acme"), acme);
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'membership.leave' AND outcome = 'allowed'"), 1);
}

/* What would be refused is not offered: who is the last reads why, and what to do first. */
static void test_the_last_administrator_is_not_offered_to_leave(void **state)
{
    (void)state;
    as("ann");
    expect(200, NULL, "You are the last administrator here, and without you nobody could look after this organization.");
    expect(200, NULL, "href=\"/o/acme/desk/members\"");
    expect_not("action=\"/organizations/acme/leave\"");
    expect(200, NULL, "action=\"/organizations/nour/leave\"");
    as("gil");
    expect_not("last administrator");
    expect(200, NULL, "action=\"/organizations/nour/leave\"");
    assert_int_equal(store_count(stage.portal.db, "INSERT INTO membership_role (organization_id, account_id, role_id) SELECT"
                                                  " m.organization_id, m.account_id, r.id FROM membership m JOIN account a ON a.id ="
                                                  " m.account_id, role r WHERE r.name = 'administrator' AND a.user_id LIKE '%sue'"
                                                  " AND m.suspended = 1 RETURNING 1"), 1);
    as("ann");
    expect_not("action=\"/organizations/acme/leave\"");       /* who is suspended looks after nothing */
    store_count(stage.portal.db, "UPDATE membership SET suspended = 0 RETURNING 1");
    as("ann");
    expect(200, NULL, "action=\"/organizations/acme/leave\"");
    expect_not("last administrator");
}

/* What each organization may is said where people see their memberships. */
static void test_home_and_guest_are_told_apart(void **state)
{
    static const char home[] = "can block and delete your account. Other organizations cannot.", guest[] = "You are a guest here:";
    (void)state;
    as("ann");
    expect(200, NULL, home);
    expect(200, NULL, guest);
    as("gil");
    expect(200, NULL, guest);
    expect_not(home);
}

/* Signing in makes people members again: who leaves reads it before, and who is suspended does not get around it. */
static void test_leaving_what_one_comes_back_to(void **state)
{
    (void)state;
    as("gil");
    expect(200, NULL, "You come back only when somebody there invites you again.");
    expect_not("everybody who signs in with");
    assert_int_equal(store_count(stage.portal.db, "INSERT INTO organization_connection (organization_id, connection_id,"
                                                  " assign_membership_on_login) SELECT o.id, c.id, 1 FROM organization o, connection c"
                                                  " WHERE o.name = 'acme' RETURNING 1"), 1);
    as("eve");
    expect(200, NULL, "Acme Ltd");
    expect(200, NULL, "everybody who signs in with Customers becomes a member here: the next time you sign in, you are one again.");
    as("ann");
    expect(200, NULL, "You come back only when somebody there invites you again.");
    as("sue");
    expect(200, NULL, "action=\"/organizations/nour/leave\"");
    expect_not("action=\"/organizations/acme/leave\"");
    int64_t acme = members("acme");
    stage_post(&stage, "/organizations/acme/leave", "");
    expect(409, NULL, "Your membership is suspended");
    assert_int_equal(members("acme"), acme);
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM membership WHERE suspended = 1"), 1);
}

static void test_leaving_needs_ones_own_form(void **state)
{
    static const char *const none[] = {"/organizations/nobody/leave", "/organizations/acme/leave", "/organizations/%2e%2e/leave"};
    (void)state;
    int64_t acme = members("acme");
    as("eve");
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        stage_post(&stage, none[i], "");
        if (stage.reply.status != 400) expect(404, NULL, NULL);
    }
    as("ann");
    stage_ask(&stage, "POST /organizations/nour/leave\n\ncsrf=wrong");
    expect(403, NULL, NULL);
    stage_get(&stage, "/organizations/nour/leave");
    expect(405, NULL, NULL);
    assert_int_equal(members("acme"), acme);
    assert_int_equal(members("nour"), 3);
}

static void wear(const char *name, const char *form)
{
    stage_get(&stage, "/organizations");
    stage_post(&stage, arena_print(stage.lasting, "/organizations/%s/look", name).p, form);
}

static void test_wearing_a_look(void **state)
{
    static const char *const mine[] = {"/profile", "/sessions", "/organizations", "/activity", "/password"};
    (void)state;
    as("ann");
    expect_not("/look/");
    wear("nour", "wear=yes");
    expect(303, "Location: /organizations?done=look\r\n", NULL);
    expect(303, "Set-Cookie: look=nour; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000", NULL);
    for (size_t i = 0; i < sizeof mine / sizeof *mine; i++) {
        stage_get(&stage, mine[i]);
        if (!text_has(stage.reply.body, "href=\"/o/nour/look/")) fail_msg("%s does not wear it", mine[i]);
        expect(200, NULL, "– دار النور</title>");
    }
    stage_get(&stage, "/o/acme/login");
    expect_not("/o/nour/look/");
    wear("acme", "wear=yes");
    stage_get(&stage, "/profile");
    expect(200, NULL, "href=\"/o/acme/look/");
    wear("acme", "wear=no");
    expect(303, "Location: /organizations?done=portal\r\n", NULL);
    stage_get(&stage, "/profile");
    expect_not("/look/");
}

static void test_a_look_that_is_left_is_taken_off(void **state)
{
    (void)state;
    as("ann");
    wear("nour", "wear=yes");
    stage_get(&stage, "/organizations");
    stage_post(&stage, "/organizations/nour/leave", "");
    expect(303, "Set-Cookie: look=; ", NULL);
    stage_get(&stage, "/profile");
    expect_not("/look/");
}

/* What the browser says counts only as far as the membership goes. */
static void test_a_cookie_alone_wears_nothing(void **state)
{
    static const char *const names[] = {"acme", "nobody", "", "../acme", "acme%22%3E", "NOUR"};
    (void)state;
    as("sue");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        stage_ask(&stage, arena_print(stage.arena, "GET /profile\nCookie: sid=%s; look=%s\n\n", stage.cookies.sid, names[i]).p);
        expect(200, NULL, NULL);
        expect_not("/look/");
    }
    stage_ask(&stage, arena_print(stage.arena, "GET /profile\nCookie: sid=%s; look=nour\n\n", stage.cookies.sid).p);
    expect(200, NULL, "href=\"/o/nour/look/");
    as("eve");
    stage_ask(&stage, arena_print(stage.arena, "GET /profile\nCookie: sid=%s; look=nour\n\n", stage.cookies.sid).p);
    expect_not("/look/");
    stage_ask(&stage, "GET /login\nCookie: look=nour\n\n");
    expect_not("/look/");
}

static void test_what_cannot_be_worn(void **state)
{
    (void)state;
    as("sue");
    wear("acme", "wear=yes");
    expect(404, NULL, NULL);
    wear("nobody", "wear=yes");
    expect(404, NULL, NULL);
    wear("nour", "wear=perhaps");
    expect(422, NULL, NULL);
    wear("nour", "");
    expect(422, NULL, NULL);
    wear("nour", "wear=yes&wear=no");
    expect(422, NULL, NULL);
    assert_null(stage_cookie(&stage, "look").p);
    as("eve");
    wear("nour", "wear=yes");
    expect(404, NULL, NULL);
}

static void test_hostile_names(void **state)
{
    (void)state;
    as("ann");
    for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
        Str text = str_of(hostile_texts[i]);
        store_int(stage.portal.db, STMT_organization_put, DB_ARGS(db_text(STR("acme")), db_text(text), db_text(text),
                  db_text(STR("{}")), db_text(STR("{}")), db_text(STR("{}"))));
        stage_get(&stage, "/organizations");
        expect(200, NULL, hostile_escaped(stage.arena, text).p);
        if (hostile_is_raw(stage.reply.body, hostile_texts[i])) fail_msg("raw: %s", hostile_texts[i]);
    }
}

#define ORGANIZATIONS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ORGANIZATIONS_TEST(test_golden_pages), ORGANIZATIONS_TEST(test_who_sees_what), ORGANIZATIONS_TEST(test_leaving),
        ORGANIZATIONS_TEST(test_leaving_needs_ones_own_form), ORGANIZATIONS_TEST(test_wearing_a_look),
        ORGANIZATIONS_TEST(test_a_look_that_is_left_is_taken_off), ORGANIZATIONS_TEST(test_a_cookie_alone_wears_nothing),
        ORGANIZATIONS_TEST(test_leaving_what_one_comes_back_to),
        ORGANIZATIONS_TEST(test_the_last_administrator_is_not_offered_to_leave), ORGANIZATIONS_TEST(test_home_and_guest_are_told_apart),
        ORGANIZATIONS_TEST(test_what_cannot_be_worn), ORGANIZATIONS_TEST(test_hostile_names),
    };
    return cmocka_run_group_tests_name("organizations", tests, NULL, NULL);
}
