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
    "  \"max\":12,\"label\":{\"en\":\"Team\",\"de\":\"Gruppe\",\"ar\":\"الفريق\"}},"
    " {\"name\":\"user_metadata.size\",\"type\":\"choice\",\"section\":\"more\",\"owner\":\"edit\",\"desk\":\"edit\","
    "  \"choices\":[\"L\",\"XL\"],\"label\":{\"en\":\"Size\"}}],"
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
    " {\"connection\":\"others\",\"user_id\":\"hal\",\"email\":\"hal@example.com\",\"name\":\"Hal\",\"user_metadata\":{\"team\":\"Red\"}},"
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
    expect(422, NULL, "Nothing was sent yet");
    expect(422, NULL, "See below what became of each line.");
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

/* Nothing of a table goes out, and nothing that was typed is lost, while a line of it cannot be read as it was meant. */
static void test_a_table_that_does_not_fit(void **state)
{
    static const struct { const char *table, *words; } rows[] = {
        {"email,shirt%0Aa@b.example,XL", "Line 1: no column is called &quot;shirt&quot;."},
        {"email,email_verified%0Aa@b.example,true", "Line 1: an invitation cannot fill in &quot;email_verified&quot;."},
        {"email,gruppe,TEAM%0Aa@b.example,Red,Blue", "Line 1: the column &quot;TEAM&quot; is there twice."},
        {"email%0Aa@b.example,Ann", "Line 2: &quot;Ann&quot; stands in a column that the first line does not name."},
        {"email,Team%0Aa@b.example,Red%0Anobody,Blue", "Line 3: this is no e-mail address: &quot;nobody&quot;."},
        {"email,Team%0A,Blue", "Line 2: the e-mail address is missing."},
        {"a@b.example,Ann", "Line 1: this is no e-mail address: &quot;Ann&quot;."},
        {"email,Team%0Aa@b.example,much-too-long-for-it", "Line 2, Team: &quot;much-too-long-for-it&quot; does not fit. Keep this within 12 characters."},
        {"email,user_metadata.size%0Aa@b.example,XXL", "&quot;XXL&quot; does not fit. Choose one of these: L, XL."},
        {"email,roles%0Aa@b.example,boss", "Line 2: there is no role of the name &quot;boss&quot;."},
        {"email,language%0Aa@b.example,fr", "Line 2: mails are not written in &quot;fr&quot;. Choose one of these: en ar de."},
        {"email,Team%0Aa@b.example,%22Red", "Line 2: a quotation mark is opened and not closed"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char body[300];
        snprintf(body, sizeof body, "emails=%s%%0Ac@d.example", rows[i].table);
        send_list(body);
        expect(422, NULL, rows[i].words);
        expect(422, NULL, "<a href=\"#f-emails\">");
        expect(422, NULL, "\nc@d.example</textarea>");
    }
    assert_int_equal(count("SELECT COUNT(*) FROM invitation") + count("SELECT COUNT(*) FROM outbox"), 0);
    golden_check("desk_invitations_refused", masked());
    send_list("emails=email,GRUPPE,Roles,language%0Aa@b.example,Red,help-desk,de%0Ac@d.example,,,%0A&roles=greeter&language=en");
    expect(303, "?sent=2", NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE email = 'a@b.example' AND language = 'de' AND roles = '[\"help-desk\"]'"
                           " AND prefilled = '{\"user_metadata.team\":\"Red\"}'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE email = 'c@d.example' AND language = 'en' AND roles = '[\"greeter\"]'"), 1);
}

/* What was too much today stays in the box with the line that names its columns. */
static void test_what_is_left_of_a_table(void **state)
{
    (void)state;
    stage.options.invitations_per_address_per_day = 1;
    invite("a@b.example", "");
    count("UPDATE invitation SET state = 'declined', token_hash = NULL RETURNING 1");
    send_list("emails=email,Team%0Aa@b.example,Red%0Ac@d.example,Blue");
    expect(200, NULL, "Was invited too often today.");
    expect(200, NULL, "\nemail,Team\na@b.example,Red\n</textarea>");
}

static void test_invitations_are_found(void **state)
{
    (void)state;
    invite("ann@b.example", "");
    invite("anna@xn--bcher-kva.example", "");
    invite("zoe@b.example", "");
    count("UPDATE invitation SET state = 'accepted', token_hash = NULL WHERE email = 'ann@b.example' RETURNING 1");
    stage_get(&stage, DESK "?q=%20ANN%20");
    expect(200, NULL, "ann@b.example</bdi> <span class=\"mark\">Accepted");
    expect(200, NULL, "<span class=\"mark open\">Waiting for an answer");
    expect_without("zoe@b.example");
    stage_get(&stage, DESK "?q=anna@b%C3%BCcher.example");
    expect(200, NULL, "bücher.example");
    expect_without("ann@b.example");
    static const char *const nothing[] = {"nn", "b.example", "%25", "_nn", "%C3%A4", "ann@b.example2"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        char path[100];
        snprintf(path, sizeof path, DESK "?q=%s", nothing[i]);
        stage_get(&stage, path);
        expect(200, NULL, "Nobody was invited under an address that begins so.");
    }
    for (int i = 0; i <= INVITATION_PAGE; i++)
        store_count(stage.portal.db, arena_print(stage.arena, "INSERT INTO invitation (public_id, organization_id, email, email_key, roles, language,"
                    " prefilled, inviter, inviter_name, state, created_at, sent_at, expires_at, decided_at) SELECT 'p%d', organization_id,"
                    " 'many%d@b.example', 'many%d@b.example', roles, language, prefilled, inviter, inviter_name, 'revoked', 1, 1, 1, 1 FROM"
                    " invitation WHERE email = 'zoe@b.example' RETURNING 1", i, i, i).p);
    stage_get(&stage, DESK "?q=many");
    expect(200, NULL, "There are more. Type more of the address.");
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'revoked'"), INVITATION_PAGE + 1);
}

static void test_a_mail_that_came_back_is_said(void **state)
{
    struct message message;
    (void)state;
    send_list("emails=gone@b.example");
    stage_get(&stage, DESK);
    expect_without("The mail came back");
    struct visit visit = {.arena = stage.arena, .now = clock_now(), .request_id = STR(""), .peer = STR(""), .user_agent = STR("")};
    assert_int_equal(outbox_next(&stage.portal, &visit, &message), OK);
    assert_int_equal(outbox_dropped(&stage.portal, &visit, &message, STR("550 no such user"), true), OK);
    stage_get(&stage, DESK);
    expect(200, NULL, "<span class=\"mark open\">The mail came back</span>");
    expect(200, NULL, "Sent on ");
    expect(200, NULL, "Works until ");
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
    expect(200, NULL, "The invitation is taken back. Its link is dead. To undo that, press");
    snprintf(own, sizeof own, DESK "/%s/resend", act);
    expect(200, NULL, own);
    stage_post(&stage, own, "");
    expect(303, "?done=resent", NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'pending' AND decided_at = 0"), 1);
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
    expect(200, NULL, "You joined Acme Ltd by invitation, so this address stays as it is.");
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
    expect(403, NULL, "so nothing was changed");
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
    expect(200, NULL, "Acme Ltd becomes the home of your account: its help desk sees your profile and changes it as far as the rules allow,");
    expect(200, NULL, "this stays as it is in the whole portal: E-mail address. To have it changed later, ask the help desk of Acme Ltd.");
    expect_without("suspend or end your membership");
    stage_post(&stage, "/invitation", "decision=accept");
    expect(303, "done=joined", NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM membership WHERE home = 1 AND invited = 1"), 1);
    stage_get(&stage, "/profile");
    expect(200, NULL, "value=\"Green\"");
}

static void apply(const char *text)
{
    portal_apply(&stage.portal, stage.lasting, text);
    json_memory_use(stage.arena);
}

#define HAL(more) "{\"users\":[{\"connection\":\"others\",\"user_id\":\"hal\",\"email\":\"hal@example.com\"," \
                  "\"user_metadata\":{\"team\":\"Red\"}," more "}]}"

/* Whoever has a home elsewhere can have what is locked changed there; who acts for the new organization cannot, and leaves. */
static void test_the_way_out_is_said_before(void **state)
{
    static const struct { const char *hal, *form, *words; } rows[] = {
        {HAL("\"name\":\"Hal\""), "", "To change it later, leave Acme Ltd."},
        {HAL("\"organizations\":[{\"name\":\"beta\",\"home\":true}]"), "", "To have it changed later, ask the help desk of Beta."},
        {HAL("\"organizations\":[{\"name\":\"beta\",\"home\":true}]"), "&roles=help-desk", "To change it later, leave Acme Ltd."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apply(rows[i].hal);
        invite("hal@example.com", rows[i].form);
        stage_sign_in(&stage, "hal@example.com");
        open_link();
        expect(200, NULL, "Its help desk can suspend or end your membership there, and changes nothing in your account.");
        expect(200, NULL, "Once you have joined, this stays as it is in the whole portal: E-mail address.");
        expect(200, NULL, rows[i].words);
        stage_post(&stage, "/invitation", "decision=decline");
        expect(303, "done=declined", NULL);
        store_count(stage.portal.db, "DELETE FROM invitation RETURNING 1");
    }
}

/* What the organization's rules keep from its desk and close for its members is said field by field; what the invited person does not see
   themself is not spoken of. */
static void test_fields_are_named_before(void **state)
{
    static const struct { const char *rules; const char *seen, *stays; } rows[] = {
        {"\"phone_number\":{\"owner\":\"read\"},\"user_metadata.team\":{\"owner\":\"none\",\"desk\":\"none\"}",
         "Acme Ltd sees your whole profile then, except: Team.", "E-mail address · Phone number · Team. To change it later, leave Acme Ltd."},
        {"\"name\":{\"owner\":\"read\"},\"email\":{\"owner\":\"edit\"},\"*\":{\"owner\":\"none\",\"desk\":\"none\"}",
         "Of your profile, Acme Ltd sees then: Full name · E-mail address.", "in the whole portal: Full name · Given name · "},
        {"\"*\":{\"owner\":\"none\",\"desk\":\"none\"}", "Acme Ltd sees nothing of your profile then.", "E-mail address"},
        {"\"email\":{\"owner\":\"edit\"}", "Acme Ltd sees your whole profile then.", NULL},
    };
    (void)state;
    invite("bob@example.com", "");
    stage_sign_in(&stage, "bob@example.com");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apply(arena_print(stage.lasting, "{\"organizations\":[{\"name\":\"acme\",\"fields\":{%s}}]}", rows[i].rules).p);
        open_link();
        expect(200, NULL, rows[i].seen);
        if (rows[i].stays) expect(200, NULL, rows[i].stays);
        else expect_without("stays as it is in the whole portal");
    }
    apply("{\"fields\":[{\"name\":\"app_metadata.mark\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"none\",\"desk\":\"read\","
          "\"label\":{\"en\":\"Our mark\"}}],\"organizations\":[{\"name\":\"acme\",\"fields\":{\"*\":{\"owner\":\"read\"},"
          "\"gender\":{\"desk\":\"none\",\"owner\":\"none\"}}}]}");
    open_link();
    expect(200, NULL, "except: Gender.");
    expect_without("Our mark");
}

static void test_a_member_reads_that_nothing_else_changes(void **state)
{
    (void)state;
    invite("bob@example.com", "&roles=help-desk");
    assert_int_equal(store_count(stage.portal.db, "INSERT INTO membership (organization_id, account_id, home, invited, suspended, created_at)"
                                                  " SELECT o.id, a.id, 0, 0, 0, 1 FROM organization o, account a WHERE o.name = 'acme' AND"
                                                  " a.user_id LIKE '%bob' RETURNING 1"), 1);
    stage_sign_in(&stage, "bob@example.com");
    open_link();
    expect(200, NULL, "You are a member there already.");
    expect_without("your profile then");
    expect_without("stays as it is");
}

/* Who has no address of their own, or does not see it, reads that instead. */
static void test_another_account_without_an_address(void **state)
{
    (void)state;
    invite("bob@example.com", "");
    stage_sign_in(&stage, "eve@example.com");
    open_link();
    expect(200, NULL, "<bdi dir=\"ltr\">eve@example.com</bdi>");
    expect(200, NULL, "ask Acme Ltd to invite its address.");
    apply("{\"connections\":[{\"name\":\"others\",\"strategy\":\"local\",\"options\":{},\"fields\":{\"email\":{\"owner\":\"none\"}}}]}");
    stage_get(&stage, "/invitation");
    expect(200, NULL, "the account that you are signed in with has none.");
    expect_without("eve@example.com");
}

static void test_no_desk_fills_in_what_its_rules_keep(void **state)
{
    (void)state;
    apply("{\"organizations\":[{\"name\":\"acme\",\"fields\":{\"birthdate\":{\"owner\":\"read\",\"desk\":\"read\"}}}]}");
    send_list("emails=email,birthdate%0Aa@b.example,2001-02-03");
    expect(422, NULL, "Line 1: an invitation cannot fill in &quot;birthdate&quot;.");
    expect_without("<code>birthdate</code>");
    send_list("emails=a@b.example&birthdate=2001-02-03");
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE prefilled LIKE '%2001%'"), 0);
}

static void test_a_second_account_is_not_made(void **state)
{
    (void)state;
    invite("new@example.com", "");
    stage_forget(&stage);
    open_link();
    expect(200, NULL, "/invitation/signup");
    stage_get(&stage, "/invitation/signup");
    stage_post(&stage, "/invitation/signup", PASSWORD "&user_metadata.team=Green");
    expect(303, "Location: /invitation\r\n", NULL);
    int64_t accounts = count("SELECT COUNT(*) FROM account");
    stage_forget(&stage);
    open_link();
    expect(200, NULL, "Sign in with the address that this mail came to.");
    expect_without("/invitation/signup");
    stage_post(&stage, "/invitation/signup", PASSWORD "&user_metadata.team=Green");
    expect(409, NULL, "This address has an account already. Go back to the invitation and sign in.");
    stage_get(&stage, "/invitation/signup");
    expect(303, "Location: /invitation\r\n", NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM account"), accounts);
}

static void test_nobody_else_declines(void **state)
{
    (void)state;
    invite("bob@example.com", "");
    stage_sign_in(&stage, "eve@example.com");
    open_link();
    stage_post(&stage, "/invitation", "decision=decline");
    expect(403, NULL, "This invitation is for another e-mail address than your account has, so nothing was changed.");
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'pending'"), 1);
    stage_sign_in(&stage, "bob@example.com");
    open_link();
    stage_post(&stage, "/invitation", "decision=decline");
    expect(303, "done=declined", NULL);
}

static void test_who_may_invite_nobody_any_more(void **state)
{
    (void)state;
    invite("bob@example.com", "");
    assert_int_equal(count("DELETE FROM membership_role WHERE account_id = (SELECT id FROM account WHERE user_id = 'local|ada') RETURNING 1"), 1);
    assert_int_equal(count("INSERT INTO membership_role (organization_id, account_id, role_id) SELECT m.organization_id, m.account_id, r.id"
                           " FROM membership m JOIN account a ON a.id = m.account_id AND a.user_id = 'local|gil', role r"
                           " WHERE r.name = 'greeter' RETURNING 1"), 1);
    stage_sign_in(&stage, "gil@acme.example");
    stage_get(&stage, DESK);
    expect(200, NULL, "Who sent it may not invite any more, so its link does not work.");
    stage_sign_in(&stage, "bob@example.com");
    open_link();
    expect(410, NULL, "Nothing was changed. Acme Ltd can send you a new one: ask help@acme.example.");
    expect_without("Ada");
    assert_int_equal(count("UPDATE organization SET support_email = '' RETURNING 1"), 1);
    stage.options.support_email = STR("");
    open_link();
    expect(410, NULL, "Nothing was changed. Acme Ltd can send you a new one: ask there.");
}

static void test_a_suspended_member_accepts_nothing(void **state)
{
    (void)state;
    invite("bob@example.com", "");
    assert_int_equal(count("INSERT INTO membership (organization_id, account_id, home, invited, suspended, created_at, user_id)"
                           " SELECT o.id, a.id, 0, 0, 1, 1, a.user_id FROM organization o, account a WHERE o.name = 'acme'"
                           " AND a.user_id = 'local|bob' RETURNING 1"), 1);
    stage_sign_in(&stage, "bob@example.com");
    open_link();
    stage_post(&stage, "/invitation", "decision=accept");
    expect(403, NULL, "Your membership there is suspended, so nothing was changed.");
    stage_get(&stage, "/activity");
    expect(200, NULL, "You could not accept the invitation of Acme Ltd while your membership is suspended.");
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
        STAGE_TEST(test_a_table_that_does_not_fit),
        STAGE_TEST(test_what_is_left_of_a_table),
        STAGE_TEST(test_invitations_are_found),
        STAGE_TEST(test_a_mail_that_came_back_is_said),
        STAGE_TEST(test_whose_desk_it_is),
        STAGE_TEST(test_opening_joins_nothing),
        STAGE_TEST(test_the_way_out_is_said_before),
        STAGE_TEST(test_fields_are_named_before),
        STAGE_TEST(test_a_member_reads_that_nothing_else_changes),
        STAGE_TEST(test_another_account_without_an_address),
        STAGE_TEST(test_another_account),
        STAGE_TEST(test_who_is_held_up_joins_nothing_before),
        STAGE_TEST(test_signing_in_on_the_way),
        STAGE_TEST(test_making_an_account),
        STAGE_TEST(test_an_address_with_an_account),
        STAGE_TEST(test_no_desk_fills_in_what_its_rules_keep),
        STAGE_TEST(test_a_second_account_is_not_made),
        STAGE_TEST(test_nobody_else_declines),
        STAGE_TEST(test_who_may_invite_nobody_any_more),
        STAGE_TEST(test_a_suspended_member_accepts_nothing),
        STAGE_TEST(test_declining_needs_no_account),
        STAGE_TEST(test_two_links_in_one_browser),
        STAGE_TEST(test_german_and_arabic),
    };
    return cmocka_run_group_tests_name("pages of invitations", tests, NULL, NULL);
}
