/* Inviting from the desk's page, and what the invited person sees and does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/invitation.h"
#include "account/outbox.h"
#include "base/clock.h"
#include "base/json_memory.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#define DESK "/o/acme/desk/invitations"
#define PASSWORD "password=staple+battery+41+correct&password_again=staple+battery+41+correct"

static const char place[] =
    "{\"fields\":["
    " {\"name\":\"user_metadata.team\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"edit\",\"desk\":\"edit\",\"required\":true,"
    "  \"max\":12,\"label\":{\"en\":\"Team\",\"de\":\"Gruppe\",\"ar\":\"الفريق\"}}],"
    "\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\","
    "  \"options\":{\"disable_signup\":true},\"fields\":{}},"
    " {\"name\":\"others\",\"strategy\":\"local\",\"display_name\":\"Others\",\"options\":{},\"fields\":{}}],"
    "\"roles\":[{\"name\":\"administrator\",\"permissions\":[\"read:members\",\"read:activity\",\"update:members\",\"block:members\","
    "  \"delete:members\",\"create:invitations\",\"update:roles\",\"update:branding\"]},"
    " {\"name\":\"help-desk\",\"permissions\":[\"read:members\",\"update:members\"]},"
    " {\"name\":\"greeter\",\"permissions\":[\"create:invitations\"]}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"support_email\":\"help@acme.example\","
    "  \"connections\":[\"customers\"]},"
    " {\"name\":\"beta\",\"display_name\":\"Beta\",\"connections\":[]}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"ada@acme.example\",\"name\":\"Ada Lovelace\","
    "  \"user_metadata\":{\"team\":\"Red\"},\"organizations\":[{\"name\":\"acme\",\"roles\":[\"administrator\"],\"home\":true}]},"
    " {\"connection\":\"others\",\"user_id\":\"bob\",\"email\":\"bob@example.com\",\"name\":\"Bob\",\"user_metadata\":{\"team\":\"Red\"}},"
    " {\"connection\":\"others\",\"user_id\":\"eve\",\"email\":\"eve@example.com\",\"name\":\"Eve\",\"user_metadata\":{\"team\":\"Red\"},"
    "  \"organizations\":[{\"name\":\"beta\",\"roles\":[\"administrator\"]}]},"
    " {\"connection\":\"customers\",\"user_id\":\"gil\",\"email\":\"gil@acme.example\",\"name\":\"Gil\",\"user_metadata\":{\"team\":\"Red\"},"
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"help-desk\"]}]}]}";

static struct stage stage;
static char secret[64];

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, place);
    stage.options.mail_url = STR("dir:mail");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stage_close(&stage);
    return 0;
}

/* --- helpers --- */

static void expect(int status, const char *in_head, const char *in_body)
{
    if (stage.reply.status != status) fail_msg("answered %d, not %d:\n%.*s", stage.reply.status, status, STR_ARGS(stage.reply.body));
    if (in_head && !text_has(stage.head, in_head)) fail_msg("not in the head: %s\n%.*s", in_head, STR_ARGS(stage.head));
    if (in_body && !text_has(stage.reply.body, in_body)) fail_msg("not in the page: %s\n%.*s", in_body, STR_ARGS(stage.reply.body));
}

static void expect_without(const char *words)
{
    if (text_has(stage.reply.body, words) || text_has(stage.head, words)) fail_msg("in the page: %s\n%.*s", words, STR_ARGS(stage.reply.body));
}

static int64_t count(const char *sql)
{
    return store_count(stage.portal.db, sql);
}

static int64_t members(const char *user_id)
{
    char sql[300];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM membership m JOIN account a ON a.id = m.account_id JOIN organization o ON o.id ="
             " m.organization_id WHERE o.name = 'acme' AND a.user_id = '%s'", user_id);
    return count(sql);
}

/* The link in the newest invitation's mail. */
static void read_mail(const char *address)
{
    struct message message;
    struct visit visit = {.arena = stage.arena, .now = clock_now(), .request_id = STR(""), .peer = STR(""), .user_agent = STR("")};
    secret[0] = '\0';
    while (outbox_next(&stage.portal, &visit, &message) == OK) {
        const char *link = json_string_value(json_object_get(message.payload, "link"));
        if (message.letter == LETTER_invitation && str_is(message.recipient, address)) snprintf(secret, sizeof secret, "%s", link + 18);
        assert_int_equal(outbox_sent(&stage.portal, &visit, &message), OK);
    }
    assert_true(secret[0]);
}

static void send_list(const char *body)
{
    stage_sign_in(&stage, "ada@acme.example");
    stage_get(&stage, DESK);
    expect(200, NULL, "Send invitations");
    stage_post(&stage, DESK, body);
}

static void invite(const char *address, const char *rest)
{
    char body[500];
    snprintf(body, sizeof body, "emails=%s&language=en%s", address, rest);
    send_list(body);
    expect(303, "Location: " DESK "?sent=1\r\n", NULL);
    read_mail(address);
}

static void open_link(void)
{
    char path[128];
    snprintf(path, sizeof path, "/invitation?token=%s", secret);
    stage_get(&stage, path);
    expect(303, "Location: /invitation\r\n", NULL);
    stage_get(&stage, "/invitation");
}

/* Dates are those of the moment, and names of rows are drawn. */
static Str masked(void)
{
    Str text = stage_masked(&stage);
    struct rows rows;
    const struct catalogs *catalogs = view_catalogs(stage.view);
    text = text_replaced(stage.arena, text, str_of(secret), "SECRET");
    assert_int_equal(db_select(stage.portal.db, STMT_invitation_page,
                               DB_ARGS(db_int(store_count(stage.portal.db, "SELECT id FROM organization WHERE name = 'acme'")), db_int(0),
                                       db_text(STR("")), db_int(0), db_int(50)), &rows), OK);
    while (row_next(&rows)) {
        text = text_replaced(stage.arena, text, arena_copy(stage.arena, row_text(&rows, 1)), "ID");
        for (size_t i = 0; i < catalogs->count; i++) {
            text = text_replaced(stage.arena, text, catalog_date(stage.arena, catalogs->list[i], row_int(&rows, 13), true), "SENT");
            text = text_replaced(stage.arena, text, catalog_date(stage.arena, catalogs->list[i], row_int(&rows, 14), true), "EXPIRY");
        }
        Str binding = arena_print(stage.arena, "invitation %.*s", STR_ARGS(row_text(&rows, 1)));
        text = text_replaced(stage.arena, text, form_token(&stage.portal, stage.arena, binding), "MARK");
    }
    assert_int_equal(rows_end(&rows), OK);
    return text;
}

/* --- the desk --- */

static void test_a_list_is_sent(void **state)
{
    (void)state;
    send_list("emails=new@example.com%0Anobody%0Aada@acme.example&roles=help-desk&language=de&days=3");
    expect(200, NULL, "What became of your list");
    expect(200, NULL, "This is no e-mail address.");
    expect(200, NULL, "Is a member already.");
    expect(200, NULL, "Waiting for an answer");
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'invitation' AND language = 'de'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE expires_at - sent_at = 259200 AND roles = '[\"help-desk\"]'"), 1);
    read_mail("new@example.com");
    stage_get(&stage, DESK);
    expect_without(secret);
    golden_check("desk_invitations", masked());
    stage_post(&stage, DESK, "emails=nobody");
    expect(422, NULL, "Nothing was sent.");
    expect(422, NULL, "\nnobody\n</textarea>");
}

static void test_what_does_not_fit_is_said(void **state)
{
    static const struct { const char *body; int status; const char *words; } rows[] = {
        {"emails=", 422, "one a line"}, {"emails=a@b.example&days=0", 422, "Choose 1 to 30 days."},
        {"emails=a@b.example&days=31", 422, "Choose 1 to 30 days."}, {"emails=a@b.example&days=x", 422, "Choose 1 to 30 days."},
        {"emails=a@b.example&user_metadata.team=much-too-long-for-it", 422, "f-user_metadata.team-problem"},
        {"emails=a@b.example&roles=nothing", 422, "This cannot be done"}, {"emails=a@b.example&emails=c@d.example", 422, "came twice"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        send_list(rows[i].body);
        expect(rows[i].status, NULL, rows[i].words);
    }
    assert_int_equal(count("SELECT COUNT(*) FROM invitation"), 0);
    stage.options.invitations_per_day = 1;
    send_list("emails=a@b.example%0Ac@d.example");
    expect(429, "Retry-After:", "may send 1 invitations a day");
    expect(429, NULL, "a@b.example\nc@d.example</textarea>");
    assert_int_equal(count("SELECT COUNT(*) FROM invitation"), 0);
}

static void test_whose_desk_it_is(void **state)
{
    static const char *const strangers[] = {"bob@example.com", "eve@example.com"};
    (void)state;
    invite("new@example.com", "");
    char act[200];
    snprintf(act, sizeof act, "%s", "");
    struct rows rows;
    assert_int_equal(db_select(stage.portal.db, STMT_invitation_page, DB_ARGS(db_int(1), db_int(0), db_text(STR("")), db_int(0), db_int(1)),
                               &rows), OK);
    if (row_next(&rows)) snprintf(act, sizeof act, "%.*s", STR_ARGS(row_text(&rows, 1)));
    assert_int_equal(rows_end(&rows), OK);
    char own[300], other[300];
    snprintf(own, sizeof own, DESK "/%s/revoke", act);
    snprintf(other, sizeof other, "/o/beta/desk/invitations/%s/revoke", act);
    for (size_t i = 0; i < 2; i++) {
        stage_sign_in(&stage, strangers[i]);
        stage_get(&stage, DESK);
        expect(404, NULL, NULL);
        stage_post(&stage, own, "");
        expect(404, NULL, NULL);
    }
    stage_post(&stage, other, "");
    expect(404, NULL, NULL);
    stage_sign_in(&stage, "gil@acme.example");
    stage_get(&stage, DESK);
    expect(403, NULL, NULL);
    stage_post(&stage, own, "");
    expect(403, NULL, NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'pending'"), 1);
    stage_sign_in(&stage, "ada@acme.example");
    stage_get(&stage, DESK);
    stage_post(&stage, own, "");
    expect(303, "?done=revoked", NULL);
    stage_get(&stage, DESK "?done=revoked&state=revoked");
    expect(200, NULL, "The invitation is taken back.");
    stage_get(&stage, DESK "?state=nothing");
    expect(404, NULL, NULL);
}

/* --- the invited person --- */

static void test_opening_joins_nothing(void **state)
{
    (void)state;
    invite("bob@example.com", "&roles=help-desk");
    stage_sign_in(&stage, "bob@example.com");
    open_link();
    expect(200, "Referrer-Policy: no-referrer", "You are invited to Acme Ltd");
    expect(200, NULL, "Ada Lovelace invites you to join Acme Ltd.");
    expect_without(secret[0] ? "token=" : "");
    assert_int_equal(members("local|bob"), 0);
    golden_check("invitation_mine", masked());
    stage_post(&stage, "/invitation", "decision=accept");
    expect(303, "Location: /invitation?done=joined&organization=acme\r\n", NULL);
    assert_int_equal(members("local|bob"), 1);
    stage_get(&stage, "/invitation?done=joined&organization=acme");
    expect(200, NULL, "You are a member of Acme Ltd now");
    stage_get(&stage, "/invitation?done=joined&organization=beta");
    expect(404, NULL, NULL);
    stage_get(&stage, "/email");
    expect(200, NULL, "Acme Ltd invited you under this address, so it stays.");
    open_link();
    expect(410, NULL, "This invitation does not work any more");
}

static void test_another_account(void **state)
{
    (void)state;
    invite("bob@example.com", "");
    stage_sign_in(&stage, "eve@example.com");
    open_link();
    expect(200, NULL, "Sign out and come back");
    expect_without("bob@example.com");
    expect_without("decision");
    golden_check("invitation_somebody_else", masked());
    stage_post(&stage, "/invitation", "decision=accept");
    expect(403, NULL, "so nothing was joined");
    expect_without("bob@example.com");
    assert_int_equal(members("local|eve"), 0);
    stage_post(&stage, "/logout", "next=/invitation");
    expect(303, "next=%2Finvitation", NULL);
    stage_get(&stage, "/invitation");
    expect(200, NULL, "/o/acme/login?next=%2Finvitation");
    stage_sign_in(&stage, "eve@example.com");
    open_link();
    assert_true(stage_cookie(&stage, "invitation").n > 0);
    stage_post(&stage, "/logout", "");
    assert_int_equal(stage_cookie(&stage, "invitation").n, 0);
}

static void set_deletion(const char *identifier, int64_t at)
{
    store_do(stage.portal.db, STMT_account_deletion, DB_ARGS(db_int(portal_account(&stage.portal, stage.arena, identifier)), db_int(at)));
}

/* The page is open to everybody, so nothing else asks who is held up. */
static void test_who_is_held_up_joins_nothing_before(void **state)
{
    (void)state;
    invite("bob@example.com", "");
    stage_sign_in(&stage, "bob@example.com");
    open_link();
    set_deletion("bob@example.com", INT64_MAX);
    stage_post(&stage, "/invitation", "decision=accept");
    expect(303, "Location: /privacy/deletion\r\n", NULL);
    assert_int_equal(members("local|bob"), 0);
    set_deletion("bob@example.com", 0);
    portal_apply(&stage.portal, stage.lasting, "{\"purposes\":[{\"name\":\"terms\",\"version\":\"1\",\"required\":true,"
                                               "\"title\":{\"en\":\"Terms\"},\"text\":{\"en\":\"Be kind.\"}}]}");
    json_memory_use(stage.arena);
    stage_post(&stage, "/invitation", "decision=accept");
    expect(303, "Location: /consent?next=%2Finvitation\r\n", NULL);
    assert_int_equal(members("local|bob"), 0);
    stage_post(&stage, "/consent", "consent.terms=yes&version.terms=1&next=/invitation");
    expect(303, "Location: /invitation\r\n", NULL);
    stage_post(&stage, "/invitation", "decision=accept");
    expect(303, "done=joined", NULL);
    assert_int_equal(members("local|bob"), 1);
}

/* Bob's connection is none of Acme's, and he is let in by Acme's door because he is invited. */
static void test_signing_in_on_the_way(void **state)
{
    (void)state;
    stage_forget(&stage);
    stage_get(&stage, "/o/acme/login");
    stage_post(&stage, "/o/acme/login", "identifier=bob@example.com&password=correct");
    expect(422, NULL, NULL);
    invite("bob@example.com", "");
    stage_forget(&stage);
    open_link();
    golden_check("invitation", masked());
    stage_post(&stage, "/invitation", "decision=accept");
    expect(403, NULL, "Sign in or make an account first, then accept.");
    stage_get(&stage, "/o/acme/login?next=%2Finvitation");
    stage_post(&stage, "/o/acme/login", "identifier=bob@example.com&password=correct&next=/invitation");
    expect(303, "Location: /invitation\r\n", NULL);
    stage_get(&stage, "/invitation");
    stage_post(&stage, "/invitation", "decision=accept");
    expect(303, "done=joined", NULL);
    assert_int_equal(members("local|bob"), 1);
}

static void test_making_an_account(void **state)
{
    (void)state;
    invite("new@example.com", "&user_metadata.team=Blue&given_name=New");
    stage_forget(&stage);
    open_link();
    stage_get(&stage, "/invitation/signup");
    expect(200, "Referrer-Policy: no-referrer", "new@example.com");
    expect(200, NULL, "value=\"Blue\"");
    expect(200, NULL, "value=\"New\"");
    expect_without("name=\"email\"");
    golden_check("invitation_signup", masked());
    stage_post(&stage, "/invitation/signup", "password=short&password_again=other&user_metadata.team=&given_name=New");
    expect(422, NULL, "Nothing was made yet");
    stage_post(&stage, "/invitation/signup", PASSWORD "&user_metadata.team=Green&given_name=New&email=eve@example.com");
    expect(422, NULL, NULL);
    stage_get(&stage, "/invitation/signup");
    stage_post(&stage, "/invitation/signup", PASSWORD "&user_metadata.team=Green&given_name=New");
    expect(303, "Location: /invitation\r\n", NULL);
    expect(303, "Set-Cookie: sid=", NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM membership"), 3);
    stage_get(&stage, "/invitation");
    expect(200, NULL, "Accept and join");
    stage_post(&stage, "/invitation", "decision=accept");
    expect(303, "done=joined", NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM membership WHERE home = 1 AND invited = 1"), 1);
    stage_get(&stage, "/profile");
    expect(200, NULL, "value=\"Green\"");
}

static void test_an_address_with_an_account(void **state)
{
    (void)state;
    send_list("emails=ada2@acme.example&language=en");
    portal_apply(&stage.portal, stage.lasting, "{\"users\":[{\"connection\":\"customers\",\"email\":\"ada2@acme.example\","
                                               "\"user_metadata\":{\"team\":\"Red\"}}]}");
    json_memory_use(stage.arena);
    read_mail("ada2@acme.example");
    stage_forget(&stage);
    open_link();
    stage_get(&stage, "/invitation/signup");
    stage_post(&stage, "/invitation/signup", PASSWORD "&user_metadata.team=Green");
    expect(409, NULL, "This address has an account already.");
}

static void test_declining_needs_no_account(void **state)
{
    (void)state;
    invite("new@example.com", "");
    stage_forget(&stage);
    open_link();
    stage_post(&stage, "/invitation", "decision=maybe");
    expect(422, NULL, NULL);
    stage_get(&stage, "/invitation");
    stage_post(&stage, "/invitation", "decision=decline");
    expect(303, "Location: /invitation?done=declined\r\n", NULL);
    stage_get(&stage, "/invitation?done=declined");
    expect(200, NULL, "You declined the invitation");
    open_link();
    expect(410, NULL, NULL);
    golden_check("invitation_over", masked());
    stage_get(&stage, "/invitation/signup");
    expect(410, NULL, NULL);
}

static void test_two_links_in_one_browser(void **state)
{
    char first[64];
    (void)state;
    invite("bob@example.com", "");
    snprintf(first, sizeof first, "%s", secret);
    stage_sign_in(&stage, "eve@example.com");
    stage_get(&stage, "/o/beta/desk/invitations");
    stage_post(&stage, "/o/beta/desk/invitations", "emails=bob@example.com&language=en");
    read_mail("bob@example.com");
    stage_sign_in(&stage, "bob@example.com");
    open_link();
    Str page = arena_copy(stage.lasting, stage.reply.body), at = str_of(strstr(page.p, "name=\"mark\" value=\"") + 19);
    char body[200];
    snprintf(body, sizeof body, "decision=accept&mark=%.*s", STR_ARGS(str_cut(&at, '"')));
    snprintf(secret, sizeof secret, "%s", first);
    open_link();
    stage_post(&stage, "/invitation", body);
    expect(409, NULL, "Another invitation was opened in this browser meanwhile.");
    assert_int_equal(members("local|bob"), 0);
}

static void test_german_and_arabic(void **state)
{
    static const char *const languages[][2] = {{"de", "german"}, {"ar", "arabic"}};
    (void)state;
    invite("new@example.com", "&roles=help-desk");
    for (size_t i = 0; i < 2; i++) {
        char path[40], name[40];
        stage_forget(&stage);
        snprintf(path, sizeof path, "/login?lang=%s", languages[i][0]);
        stage_get(&stage, path);
        open_link();
        snprintf(name, sizeof name, "invitation_%s", languages[i][1]);
        golden_check(name, masked());
    }
}

static void test_many_invitations_have_pages(void **state)
{
    (void)state;
    static const char *const odd[] = {"0", "1", "40", "x", ""};
    struct text body = {.arena = stage.lasting};
    char path[200] = DESK "?state=";
    int seen[40] = {0}, pages = 0;
    text_add(&body, STR("language=en&emails="));
    for (int i = 0; i < 40; i++) text_print(&body, "one%02d%%40example.net%%0A", i);
    send_list(text_str(&body).p);
    expect(303, "?sent=40", NULL);
    for (const char *older = path; older; pages++) {
        stage_get(&stage, path);
        expect(200, NULL, "one");
        for (int i = 0; i < 40; i++) seen[i] += text_has(stage.reply.body, arena_print(stage.lasting, "one%02d@", i).p);
        older = strstr(stage.reply.body.p, DESK "?state=&amp;before=");
        if (older) snprintf(path, sizeof path, DESK "?%.*s", (int)strcspn(strstr(older, "before="), "\""), strstr(older, "before="));
    }
    assert_int_equal(pages, 2);
    for (int i = 0; i < 40; i++) assert_int_equal(seen[i], 1);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        stage_get(&stage, arena_print(stage.lasting, DESK "?before=%s", odd[i]).p);
        expect(404, NULL, NULL);
    }
}

#define STAGE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_many_invitations_have_pages),
        STAGE_TEST(test_a_list_is_sent),
        STAGE_TEST(test_what_does_not_fit_is_said),
        STAGE_TEST(test_whose_desk_it_is),
        STAGE_TEST(test_opening_joins_nothing),
        STAGE_TEST(test_another_account),
        STAGE_TEST(test_who_is_held_up_joins_nothing_before),
        STAGE_TEST(test_signing_in_on_the_way),
        STAGE_TEST(test_making_an_account),
        STAGE_TEST(test_an_address_with_an_account),
        STAGE_TEST(test_declining_needs_no_account),
        STAGE_TEST(test_two_links_in_one_browser),
        STAGE_TEST(test_german_and_arabic),
    };
    return cmocka_run_group_tests_name("pages of invitations", tests, NULL, NULL);
}
