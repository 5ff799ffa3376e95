/* Pages and mails in the look of an organization: signing in, forgotten passwords and the style sheet, of two organizations that
   must not see anything of each other, and of one that says nothing about its look. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/apply.h"
#include "account/outbox.h"
#include "account/state.h"
#include "base/clock.h"
#include "base/json_memory.h"
#include "store/user_store.h"
#include "support/golden.h"
#include "support/hostile.h"
#include "support/page_support.h"
#include "support/store_support.h"
#include "view/letter.h"

static struct stage stage;

/* Ada signs in at acme by its connection, Nura at nour by hers; Ben is a member of acme, Sue a suspended one, from elsewhere. */
static const char people[] =
    "{\"fields\":[],\"roles\":[],\"connections\":["
    " {\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\",\"options\":{},\"fields\":{}},"
    " {\"name\":\"readers\",\"strategy\":\"local\",\"display_name\":\"Readers\",\"options\":{},\"fields\":{}},"
    " {\"name\":\"staff\",\"strategy\":\"local\",\"display_name\":\"Staff\",\"options\":{},\"fields\":{}}],"
    "\"organizations\":["
    " {\"name\":\"acme\",\"display_name\":\"acme ltd\",\"support_email\":\"help@acme.example\",\"connections\":[\"customers\"],"
    "  \"branding\":{\"colors\":{\"primary\":\"#0a5c36\",\"page_background\":\"#f4f7f5\"},\"texts\":{"
    "   \"login\":{\"heading\":{\"en\":\"Welcome to Acme\",\"de\":\"Willkommen bei Acme\"},"
    "    \"help\":{\"en\":\"Use the address that stands on your invoice.\"}},"
    "   \"forgot\":{\"help\":{\"en\":\"Moved house? Call our desk.\"}},"
    "   \"reset\":{\"heading\":{\"en\":\"A new password for Acme\"},\"help\":{\"en\":\"It opens the shop as well.\"}}}}},"
    " {\"name\":\"nour\",\"display_name\":\"دار النور\",\"support_email\":\"\",\"connections\":[\"readers\"],"
    "  \"branding\":{\"colors\":{\"primary\":\"#ffcc00\",\"page_background\":\"#fffbea\"},\"texts\":{"
    "   \"login\":{\"heading\":{\"ar\":\"أهلا بكم في دار النور\"}},\"reset\":{\"help\":{\"ar\":\"اسألوا أمين المكتبة.\"}}}}},"
    " {\"name\":\"plain\",\"display_name\":\"Plain\",\"connections\":[\"customers\"]}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"ada@example.com\"},"
    " {\"connection\":\"readers\",\"user_id\":\"nura\",\"email\":\"nura@example.com\"},"
    " {\"connection\":\"staff\",\"user_id\":\"ben\",\"email\":\"ben@example.com\",\"organizations\":[{\"name\":\"acme\"}]},"
    " {\"connection\":\"staff\",\"user_id\":\"sue\",\"email\":\"sue@example.com\",\"organizations\":[{\"name\":\"acme\"}]},"
    " {\"connection\":\"staff\",\"user_id\":\"eve\",\"email\":\"eve@example.com\"},"
    " {\"connection\":\"readers\",\"user_id\":\"both\",\"email\":\"both@example.com\",\"organizations\":[{\"name\":\"acme\"}]}]}";

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, people);
    int64_t suspended = store_count(stage.portal.db, "UPDATE membership SET suspended = 1 WHERE account_id ="
                                                     " (SELECT id FROM account WHERE user_id LIKE '%sue') RETURNING 1");
    assert_int_equal(suspended, 1);
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
    if (in_body && !text_has(stage.reply.body, in_body)) fail_msg("not in the page: %s\n%.*s", in_body,
        STR_ARGS(stage.reply.body));
}

static void expect_not(const char *words)
{
    if (text_has(stage.reply.body, words)) fail_msg("in the page: %s\n%.*s", words, STR_ARGS(stage.reply.body));
}

static const char *fill(const char *format, ...) PRINTF_LIKE(1, 2);
static const char *fill(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    Str filled = arena_vprint(stage.lasting, format, values);
    va_end(values);
    return filled.p;
}

static int64_t queued(void)
{
    return store_count(stage.portal.db, "SELECT COUNT(*) FROM outbox WHERE state = 'queued'");
}

static void forget_throttles(void)
{
    store_count(stage.portal.db, "DELETE FROM throttle RETURNING 1");
}

static struct message next_message(void)
{
    struct message message;
    struct visit visit = {.arena = stage.lasting, .now = clock_now()};
    assert_int_equal(outbox_next(&stage.portal, &visit, &message), OK);
    assert_int_equal(outbox_sent(&stage.portal, &visit, &message), OK);
    return message;
}

static Str payload_text(const struct message *message, const char *key)
{
    return arena_copy(stage.lasting, str_of(json_string_value(json_object_get(message->payload, key))));
}

/* A link for that person, asked for at that door ("" is the portal's). */
static const char *link_from(const char *door, const char *identifier)
{
    forget_throttles();
    stage_forget(&stage);
    stage_get(&stage, fill("%s/password/forgot", door));
    stage_post(&stage, fill("%s/password/forgot", door), fill("identifier=%s", identifier));
    expect(303, fill("Location: %s/password/forgot?sent=1\r\n", door), NULL);
    struct message message = next_message();
    assert_int_equal(message.letter, LETTER_password_reset);
    return payload_text(&message, "link").p;
}

static void open_link(const char *link)
{
    stage_get(&stage, link);
    expect(303, "Location: /password/reset\r\n", NULL);
    stage_get(&stage, "/password/reset");
}

static void sign_in_at(const char *door, const char *identifier, const char *password)
{
    stage_forget(&stage);
    stage_get(&stage, fill("%s/login", door));
    stage_post(&stage, fill("%s/login", door), fill("identifier=%s&password=%s", identifier, password));
}

/* ---- the pages as they are sent ---- */

static void test_golden_pages(void **state)
{
    static const struct { const char *name, *request; } rows[] = {
        {"look_acme_login", "GET /o/acme/login\n\n"},
        {"look_acme_login_german", "GET /o/acme/login?next=/password\nAccept-Language: de\n\n"},
        {"look_acme_login_wrong", "POST /o/acme/login\n\ncsrf={csrf}&identifier=ada%40example.com&password=wrong"},
        {"look_acme_suspended", "POST /o/acme/login\n\ncsrf={csrf}&identifier=sue%40example.com&password=correct"},
        {"look_acme_forgot", "GET /o/acme/password/forgot\n\n"},
        {"look_acme_sent", "GET /o/acme/password/forgot?sent=1\n\n"},
        {"look_nour_login", "GET /o/nour/login\n\n"},
        {"look_nour_login_arabic", "GET /o/nour/login\nAccept-Language: ar\n\n"},
        {"look_nour_forgot", "GET /o/nour/password/forgot\n\n"},
        {"look_plain_login", "GET /o/plain/login\n\n"},
        {"look_unknown", "GET /o/nobody/login\n\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage_forget(&stage);
        stage_get(&stage, "/login");
        stage_ask(&stage, rows[i].request);
        golden_check(rows[i].name, stage_masked(&stage));
    }
}

/* The mark of the form is the link's own, another one in every run. */
static void golden_reset(const char *name)
{
    const char *mark = strstr(stage.reply.body.p, "name=\"mark\" value=\"");
    assert_non_null(mark);
    Str value = str_of(mark + strlen("name=\"mark\" value=\""));
    golden_check(name, text_replaced(stage.arena, stage_masked(&stage), str_cut(&value, '"'), "MARK"));
}

static void test_golden_reset_pages(void **state)
{
    (void)state;
    open_link(link_from("/o/acme", "ada@example.com"));
    expect(200, NULL, "A new password for Acme");
    golden_reset("look_acme_reset");
    open_link(link_from("/o/nour", "nura@example.com"));
    golden_reset("look_nour_reset");
    stage_ask(&stage, "GET /password/reset\nAccept-Language: ar\n\n");
    golden_reset("look_nour_reset_arabic");
}

/* ---- whose door it is ---- */

static void test_only_its_own_people_come_in(void **state)
{
    static const struct { const char *door, *person; bool in; } rows[] = {
        {"/o/acme", "ada", true}, {"/o/acme", "ben", true}, {"/o/acme", "both", true}, {"/o/acme", "nura", false},
        {"/o/acme", "eve", false}, {"/o/nour", "nura", true}, {"/o/nour", "both", true}, {"/o/nour", "ada", false},
        {"/o/nour", "ben", false}, {"/o/plain", "ada", true}, {"/o/plain", "sue", false}, {"", "eve", true}, {"", "sue", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        forget_throttles();
        sign_in_at(rows[i].door, fill("%s@example.com", rows[i].person), "correct");
        if (rows[i].in) expect(303, "Location: /profile\r\n", NULL);
        else expect(422, NULL, "do not belong together");
        assert_int_equal(stage.cookies.sid[0] != '\0', rows[i].in);
    }
}

/* Whoever belongs elsewhere gets, to the last byte, what nobody gets. */
static void test_strangers_and_nobody_get_the_same(void **state)
{
    (void)state;
    sign_in_at("/o/acme", "eve@example.com", "correct");
    Str known = arena_copy(stage.lasting, stage_masked(&stage));
    sign_in_at("/o/acme", "abc@example.com", "correct");
    Str unknown = text_replaced(stage.arena, stage_masked(&stage), STR("abc@"), "eve@");
    assert_true(str_eq(known, unknown));
    stage_forget(&stage);
    stage_get(&stage, "/o/acme/password/forgot");
    stage_post(&stage, "/o/acme/password/forgot", "identifier=eve@example.com");
    expect(303, "Location: /o/acme/password/forgot?sent=1\r\n", NULL);
    assert_int_equal(queued(), 0);
}

static void test_a_suspended_member(void **state)
{
    (void)state;
    sign_in_at("/o/acme", "sue@example.com", "wrong");
    expect(422, NULL, "do not belong together");
    expect_not("suspended");
    sign_in_at("/o/acme", "sue@example.com", "correct");
    expect(403, NULL, "Ask help@acme.example.");
    expect(403, NULL, "<a class=\"button\" href=\"/o/acme/login\">");
    assert_int_equal(stage.cookies.sid[0], '\0');
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM audit WHERE outcome = 'refused' AND reason = 'suspended'"), 1);
    sign_in_at("", "sue@example.com", "correct");
    stage_get(&stage, "/activity");
    expect(200, NULL, "at an organization that has suspended your membership.");
}

static void block(const char *user_id, enum actor actor, const char *organization, bool blocked)
{
    struct user user;
    struct visit visit = {.arena = stage.lasting, .now = clock_now(), .request_id = STR(""), .peer = STR(""), .user_agent = STR(""),
                          .actor_id = STR("somebody"), .organization = organization ? str_of(organization) : STR_NONE};
    int64_t account = store_count(stage.portal.db, fill("SELECT id FROM account WHERE user_id = '%s'", user_id));
    assert_int_equal(user_get(stage.portal.db, stage.lasting, account, &user), OK);
    assert_int_equal(account_block(&stage.portal, &visit, actor, &user, blocked, STR("left the club")), OK);
}

/* Whom to ask is whoever blocked the account last, at whatever door; and only the right password hears of it. */
static void test_a_blocked_person_learns_whom_to_ask(void **state)
{
    static const char *const doors[] = {"/o/acme", "/o/nour", ""};
    (void)state;
    block("local|both", ACTOR_DESK, "acme", true);
    for (size_t i = 0; i < 3; i++) {
        sign_in_at(doors[i], "both@example.com", "wrong");
        expect(422, NULL, "do not belong together");
        expect_not("blocked");
        sign_in_at(doors[i], "both@example.com", "correct");
        expect(403, NULL, "acme ltd has blocked it. Nobody can sign in to it until it is unblocked. Ask help@acme.example.");
        expect(403, NULL, fill("<a class=\"button\" href=\"%s/login\">", doors[i]));
        expect_not("left the club");
    }
    block("local|both", ACTOR_DESK, "acme", false);
    block("local|both", ACTOR_DESK, "nour", true);
    sign_in_at("/o/acme", "both@example.com", "correct");
    expect(403, NULL, "دار النور has blocked it. Nobody can sign in to it until it is unblocked. Ask help@portal.example.");
    block("local|both", ACTOR_OPERATOR, NULL, false);
    block("local|both", ACTOR_OPERATOR, NULL, true);
    sign_in_at("/o/acme", "both@example.com", "correct");
    expect(403, NULL, "<p class=\"lead\">Nobody can sign in to it until it is unblocked. Ask help@portal.example.</p>");
}

/* The organization may be gone: then the portal's own desk is asked. That the audit is cut off changes nothing. */
static void test_a_blocked_person_of_nobody(void **state)
{
    static const char portals[] = "<p class=\"lead\">Nobody can sign in to it until it is unblocked. Ask help@portal.example.</p>";
    (void)state;
    block("local|both", ACTOR_DESK, "acme", true);
    store_count(stage.portal.db, "DELETE FROM organization WHERE name = 'acme' RETURNING 1");
    sign_in_at("", "both@example.com", "correct");
    expect(403, NULL, portals);
    block("local|nura", ACTOR_DESK, "nour", true);
    store_count(stage.portal.db, "DELETE FROM audit WHERE action = 'account.block' RETURNING 1");
    sign_in_at("/o/nour", "nura@example.com", "correct");
    expect(403, NULL, "دار النور has blocked it. Nobody can sign in to it until it is unblocked. Ask help@portal.example.");
}

static void test_unknown_organizations(void **state)
{
    static const char *const names[] = {"nobody", "ACME", "acm", "acme%00", "%2e%2e", "acme%2flogin", "{organization}", "'", "1"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        stage_forget(&stage);
        stage_get(&stage, fill("/o/%s/login", names[i]));
        if (stage.reply.status != 400) expect(404, NULL, NULL);
        stage_get(&stage, "/login");
        stage_post(&stage, fill("/o/%s/password/forgot", names[i]), "identifier=ada@example.com");
        if (stage.reply.status != 400) expect(404, NULL, NULL);
        expect_not("acme ltd");
    }
    assert_int_equal(queued(), 0);
}

/* ---- the flow ---- */

/* Every address in the page leads on in the flow: a path of the organization, a file of ours, or a place on the page. */
static void check_links(const char *door)
{
    static const char *const marks[] = {"href=\"", "action=\""};
    for (size_t i = 0; i < 2; i++) {
        for (const char *found = stage.reply.body.p; (found = strstr(found, marks[i]));) {
            found += strlen(marks[i]);
            Str rest = str_of(found), link = str_cut(&rest, '"');
            if (str_starts(link, str_of(door)) || str_starts(link, STR("/static/")) || link.p[0] == '#') continue;
            fail_msg("out of %s: %.*s", door, STR_ARGS(link));
        }
    }
}

static void test_links_stay_in_the_flow(void **state)
{
    static const char *const doors[] = {"/o/acme/", "/o/nour/", "/o/plain/"};
    static const char *const pages[] = {"login", "login?new_password=1", "login?lang=ar", "password/forgot", "password/forgot?sent=1"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < sizeof pages / sizeof *pages; k++) {
            stage_forget(&stage);
            stage_get(&stage, fill("%s%s", doors[i], pages[k]));
            expect(200, NULL, fill("%s%.*s?lang=de", doors[i], (int)strcspn(pages[k], "?"), pages[k]));
            check_links(doors[i]);
        }
        stage_get(&stage, fill("%slogin", doors[i]));
        stage_ask(&stage, fill("POST %slogin\n\ncsrf={csrf}&identifier=a&identifier=b", doors[i]));
        expect(422, NULL, "Go to the sign-in page");
        check_links(doors[i]);
    }
}

static void test_from_request_to_confirmation(void **state)
{
    (void)state;
    open_link(link_from("/o/acme", "ben@example.com"));
    expect(200, NULL, "<bdi>acme ltd</bdi>");
    expect(200, NULL, "Ask help@acme.example.");
    stage_post(&stage, "/password/reset", "password=purple-anvil-orbit-7&password_again=another");
    expect(422, NULL, "A new password for Acme");
    stage_post(&stage, "/password/reset", "password=purple-anvil-orbit-7&password_again=purple-anvil-orbit-7");
    expect(303, "Location: /o/acme/login?new_password=1\r\n", NULL);
    struct message message = next_message();
    assert_int_equal(message.letter, LETTER_password_changed);
    assert_string_equal(payload_text(&message, "link").p, "/o/acme/password/forgot");
    assert_int_equal(message.organization, store_count(stage.portal.db, "SELECT id FROM organization WHERE name = 'acme'"));
    stage_get(&stage, "/o/acme/login?new_password=1");
    expect(200, NULL, "Your new password is set.");
    sign_in_at("/o/acme", "ben@example.com", "purple-anvil-orbit-7");
    expect(303, "Location: /profile\r\n", NULL);
}

static void expect_look(const char *own, const char *other)
{
    expect(200, NULL, own);
    expect_not(other);
}

static void test_a_link_of_one_never_turns_into_anothers(void **state)
{
    (void)state;
    open_link(link_from("/o/acme", "both@example.com"));
    expect_look("acme ltd", "دار النور");
    stage_get(&stage, "/o/nour/password/forgot");
    expect_look("دار النور", "acme");
    static const char *const queries[] = {"organization=nour", "organization_id=2", "o=nour", "name=nour", "next=/o/nour/login"};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        stage_get(&stage, fill("/password/reset?%s", queries[i]));
        expect_look("acme ltd", "دار النور");
    }
    stage_get(&stage, "/o/nour/password/reset");
    expect(404, NULL, NULL);
    stage_get(&stage, "/password/reset");
    stage_post(&stage, "/password/reset", "organization=nour&password=short&password_again=short");
    expect(422, NULL, "acme ltd");
    expect_not("دار النور");
}

/* The newer link is the only one, and it wears what it was asked for in. */
static void test_the_newer_flow_wins(void **state)
{
    (void)state;
    const char *old = link_from("/o/acme", "both@example.com"), *young = link_from("/o/nour", "both@example.com");
    open_link(old);
    expect(410, NULL, NULL);
    expect_not("acme ltd");
    open_link(young);
    expect_look("دار النور", "acme");
    open_link(link_from("", "both@example.com"));
    expect_look("<bdi>Latchkey</bdi>", "دار النور");
    expect_not("/look/");
}

/* Pages, style sheets and mails of one hold nothing of the other, whatever was looked at before in this browser. */
static void test_nothing_of_the_other(void **state)
{
    static const char *const pages[] = {"login", "password/forgot", "password/forgot?sent=1"};
    static const char *const acmes[] = {"acme", "Acme", "#0a5c36", "invoice"}, *const nours[] = {"nour", "النور", "#ffcc00"};
    (void)state;
    stage_get(&stage, "/o/acme/login");
    for (size_t i = 0; i < 3; i++) {
        stage_get(&stage, fill("/o/nour/%s", pages[i]));
        for (size_t k = 0; k < 4; k++) expect_not(acmes[k]);
        stage_get(&stage, fill("/o/acme/%s", pages[i]));
        for (size_t k = 0; k < 3; k++) expect_not(nours[k]);
        stage_get(&stage, fill("/%s", pages[i]));
        for (size_t k = 0; k < 4; k++) expect_not(acmes[k]);
        for (size_t k = 0; k < 3; k++) expect_not(nours[k]);
    }
}

/* ---- field by field ---- */

static void test_what_is_not_said_is_the_portals(void **state)
{
    (void)state;
    stage_get(&stage, "/o/nour/login");
    expect(200, NULL, "Ask help@portal.example.");
    expect(200, NULL, "<h1>Sign in</h1>");
    stage_get(&stage, "/o/plain/login");
    expect(200, NULL, "<bdi>Plain</bdi>");
    expect(200, NULL, "aria-hidden=\"true\">P</span>");
    expect_not("/look/");
    stage_ask(&stage, "GET /o/acme/login\nAccept-Language: ar\n\n");
    expect(200, NULL, "<h1 lang=\"en\" dir=\"auto\">Welcome to Acme</h1>");
    stage_ask(&stage, "GET /o/acme/login\nAccept-Language: de\n\n");
    expect(200, NULL, "<h1 lang=\"de\" dir=\"auto\">Willkommen bei Acme</h1>");
    expect(200, NULL, "<p class=\"aside\" lang=\"en\" dir=\"auto\">Use the address that stands on your invoice.</p>");
}

/* ---- the style sheet ---- */

static Str look_link(const char *page)
{
    stage_get(&stage, page);
    const char *found = strstr(stage.reply.body.p, "/look/");
    if (!found) return STR_NONE;
    while (found[-1] != '"') found--;
    Str rest = str_of(found);
    return arena_copy(stage.lasting, str_cut(&rest, '"'));
}

static void test_style_sheet(void **state)
{
    (void)state;
    Str acme = look_link("/o/acme/login"), nour = look_link("/o/nour/login");
    assert_true(str_starts(acme, STR("/o/acme/look/")) && str_ends(acme, STR(".css")));
    stage_get(&stage, acme.p);
    expect(200, "Content-Type: text/css; charset=utf-8\r\n", "--primary: #0a5c36;");
    expect(200, "Cache-Control: public, max-age=31536000, immutable\r\n", "--page: #f4f7f5;");
    expect(200, "X-Content-Type-Options: nosniff\r\n", NULL);
    assert_false(text_has(stage.head, "Set-Cookie"));
    assert_false(text_has(stage.head, "no-store"));
    golden_check("look_acme_css", stage_masked(&stage));
    stage_get(&stage, nour.p);
    expect(200, NULL, "--on-primary: #000000;");
    golden_check("look_nour_css", stage_masked(&stage));
}

static void test_only_the_version_of_now_is_kept(void **state)
{
    (void)state;
    Str acme = look_link("/o/acme/login"), version = str_after(acme, strlen("/o/acme/look/"));
    stage_get(&stage, fill("%s?lang=de", acme.p));
    expect(200, "Cache-Control: no-store\r\n", "--primary: #0a5c36;");
    stage_get(&stage, "/o/acme/look/0123456789abcdef.css");
    expect(200, "Cache-Control: no-store\r\n", "--primary: #0a5c36;");
    stage_get(&stage, fill("/o/nour/look/%s", version.p));
    expect(200, "Cache-Control: no-store\r\n", "--primary: #ffcc00;");
    static const char *const none[] = {"/o/plain/look/0123456789abcdef.css", "/o/nobody/look/0123456789abcdef.css",
        "/o/acme/look/x.css", "/o/acme/look/0123456789abcdefcss.", "/o/acme/look/%2e%2e", "/o/acme/look"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        stage_get(&stage, none[i]);
        if (stage.reply.status != 400) expect(404, NULL, NULL);
    }
    assert_int_equal(store_count(stage.portal.db, "UPDATE organization SET branding = replace(branding, '#0a5c36', '#0a5c37')"
                                                  " WHERE name = 'acme' RETURNING 1"), 1);
    assert_false(str_eq(look_link("/o/acme/login"), acme));
}

/* What could never pass `apply` is no colour either when it lies in the store. */
static void test_hostile_colours(void **state)
{
    static const char *const colours[] = {"red;background:url(//evil)", "}</style>", "expression(1)", "#0A5C36", "#abc", "", "#000000"};
    (void)state;
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
        json_t *branding = json_pack("{s:{s:s,s:s}}", "colors", "primary", i == 6 ? "#123456" : colours[i], "page_background", colours[i]);
        Str text = str_of(json_dumps(branding, 0));
        store_int(stage.portal.db, STMT_organization_put, DB_ARGS(db_text(STR("acme")), db_text(STR("A")), db_text(STR("")),
                  db_text(text), db_text(STR("{}")), db_text(STR("{}"))));
        Str link = look_link("/o/acme/login");
        expect(200, NULL, NULL);
        assert_int_equal(link.n > 0, i == 6);
        if (i != 6) continue;
        stage_get(&stage, link.p);
        expect(200, NULL, "--page: #f4f7f7;");
    }
}

/* ---- hostile texts ---- */

static void put_acme(const char *text)
{
    json_t *words = json_pack("{s:{s:s},s:{s:s}}", "heading", "en", text, "help", "en", text);
    json_t *branding = json_pack("{s:{s:O,s:O,s:o}}", "texts", "login", words, "forgot", words, "reset", words);
    Str dumped = str_of(json_dumps(branding, 0));
    store_int(stage.portal.db, STMT_organization_put, DB_ARGS(db_text(STR("acme")), db_text(str_of(text)), db_text(str_of(text)),
              db_text(dumped), db_text(STR("{}")), db_text(STR("{}"))));
}

static void check_shown(const char *text)
{
    if (hostile_is_raw(stage.reply.body, text)) fail_msg("raw: %s", text);
    Str escaped = hostile_escaped(stage.arena, str_of(text));
    if (!text_has(stage.reply.body, escaped.p)) fail_msg("not shown as it is: %s", text);
    if (!text_has(stage.reply.body, arena_print(stage.arena, "dir=\"auto\">%s<", escaped.p).p)) fail_msg("not shown: %s", text);
}

static void test_hostile_names_and_texts(void **state)
{
    (void)state;
    const char *link = link_from("/o/acme", "ada@example.com");
    for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
        put_acme(hostile_texts[i]);
        stage_forget(&stage);
        stage_get(&stage, "/o/acme/login");
        check_shown(hostile_texts[i]);
        stage_get(&stage, "/o/acme/password/forgot");
        check_shown(hostile_texts[i]);
        open_link(link);
        expect(200, NULL, NULL);
        check_shown(hostile_texts[i]);
    }
}

static void test_names_of_signs_have_the_portals_mark(void **state)
{
    static const struct { const char *name, *mark; } rows[] = {
        {"…", "aria-hidden=\"true\">…</span>"}, {"(7) days", ">7</span>"}, {" - zoo", ">z</span>"}, {"éclair", ">é</span>"},
        {"e\u0301clair", ">e\u0301</span>"}, {"🦊 den", ">🦊</span>"}, {"--", "mark.svg\" alt=\"\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put_acme(rows[i].name);
        stage_get(&stage, "/o/acme/login");
        expect(200, NULL, NULL);
        Str body = text_replaced(stage.arena, stage.reply.body, STR("\r"), "");
        if (i < 6 && !text_has(body, rows[i].mark)) fail_msg("%s", rows[i].name);
        assert_int_equal(text_has(body, "class=\"monogram\""), i < 6);
    }
}

/* ---- what may be saved ---- */

static void refuse(const char *branding, const char *place, const char *message)
{
    struct problems problems = {.arena = stage.arena};
    struct visit visit = {.arena = stage.arena, .now = clock_now(), .request_id = STR(""), .peer = STR(""), .actor_id = STR("cli:x")};
    Applied applied;
    Str file = arena_print(stage.arena, "{\"organizations\":[{\"name\":\"acme\",\"branding\":%s}]}", branding);
    Error error = apply_run(&stage.portal, &visit, file, false, &problems, &applied);
    if (!message) {
        if (problems.count) fail_msg("%.*s: %.*s", STR_ARGS(problems.first->place), STR_ARGS(problems.first->message));
        assert_int_equal(error, OK);
        return;
    }
    assert_int_equal(error, ERR_INVALID);
    Str want = arena_print(stage.arena, "organizations[0].branding%s", place);
    for (const struct problem *each = problems.first; each; each = each->next)
        if (str_eq(each->place, want) && text_has(each->message, message)) return;
    fail_msg("%s: not refused with %s: %s", branding, want.p, message);
}

static void test_what_apply_refuses(void **state)
{
    (void)state;
    refuse("{\"colors\":{\"primary\":\"#ffcc00\",\"page_background\":\"#333333\"}}", ".colors.page_background", "4.5");
    refuse("{\"colors\":{\"primary\":\"#ffcc00\",\"page_background\":\"#777\"}}", ".colors.page_background", "too dark");
    refuse("{\"texts\":{\"profile\":{}}}", ".texts.profile", "no such key");
    refuse("{\"texts\":{\"login\":{\"title\":{}}}}", ".texts.login.title", "no such key");
    refuse("{\"texts\":{\"login\":\"Hello\"}}", ".texts.login", "object");
    refuse("{\"texts\":{\"login\":{\"heading\":\"Hello\"}}}", ".texts.login.heading", "object");
    refuse("{\"texts\":{\"login\":{\"heading\":{\"en\":7}}}}", ".texts.login.heading.en", "text");
    refuse("{\"texts\":{\"login\":{\"heading\":{\"en\":\"\"}}}}", ".texts.login.heading.en", "1 to 120");
    refuse("{\"texts\":{\"login\":{\"heading\":{\"en\":\"  \"}}}}", ".texts.login.heading.en", "blank");
    refuse("{\"texts\":{\"login\":{\"heading\":{\"e\":\"x\"}}}}", ".texts.login.heading.e", "language");
    refuse("{\"texts\":{\"login\":{\"heading\":{\"en\":\"a\\u202eb\"}}}}", ".texts.login.heading.en", "do not belong");
    refuse("{\"texts\":{\"login\":{\"help\":{\"en\":\"a\\nb\"}}}}", ".texts.login.help.en", "do not belong");
    refuse("{\"texts\":{\"reset\":{\"heading\":{\"en\":\"click https://evil.example\"}}}}", ".texts.reset.heading.en", "addresses");
    refuse("{\"texts\":{\"reset\":{\"heading\":{\"en\":\"click WWW.evil.example\"}}}}", ".texts.reset.heading.en", "addresses");
    refuse("{\"texts\":{\"reset\":{\"heading\":{\"en\":\"ask me@evil.example\"}}}}", ".texts.reset.heading.en", "addresses");
    char heading[140], help[520];
    memset(heading, 'x', sizeof heading);
    memset(help, 'x', sizeof help);
    refuse(arena_print(stage.arena, "{\"texts\":{\"reset\":{\"heading\":{\"en\":\"%.121s\"}}}}", heading).p, ".texts.reset.heading.en", "120");
    refuse(arena_print(stage.arena, "{\"texts\":{\"reset\":{\"help\":{\"en\":\"%.501s\"}}}}", help).p, ".texts.reset.help.en", "500");
    refuse(arena_print(stage.arena, "{\"texts\":{\"reset\":{\"heading\":{\"en\":\"%.120s\"},\"help\":{\"pt-BR\":\"%.500s\"}}}}", heading, help).p,
           "", NULL);
    refuse("{\"colors\":{\"primary\":\"#000\",\"page_background\":\"#ddd\"},\"texts\":{\"login\":{}}}", "", NULL);
}

/* ---- mails ---- */

static struct letter_text written(const char *organization, const struct message *message)
{
    struct look look;
    struct letter_text text;
    assert_int_equal(look_named(&stage.portal, stage.arena, str_of(organization), &look), OK);
    assert_int_equal(look.organization, message->organization);
    struct letter_facts facts = {
        .letter = STR("password_reset"), .language = catalogs_get(view_catalogs(stage.view), STR("en")), .sender = look.display_name,
        .palette = look.palette, .support_email = look.support_email, .link = STR("http://localhost:8080/password/reset?token=x"),
        .code = STR(""), .value = STR(""), .peer = STR(""),
    };
    assert_int_equal(letter_write(stage.arena, stage.view, &facts, &text), OK);
    return text;
}

static void test_mails_wear_it_too(void **state)
{
    struct message message;
    (void)state;
    stage_get(&stage, "/o/nour/password/forgot");
    stage_post(&stage, "/o/nour/password/forgot", "identifier=nura@example.com");
    message = next_message();
    struct letter_text text = written("nour", &message);
    assert_true(text_has(text.html, "bgcolor=\"#ffcc00\""));
    assert_true(text_has(text.html, "color=\"#000000\""));
    assert_true(text_has(text.html, "دار النور"));
    assert_true(text_has(text.text, "help@portal.example"));
    assert_false(text_has(text.html, "acme"));
}

#define LOOK_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOK_TEST(test_golden_pages), LOOK_TEST(test_golden_reset_pages), LOOK_TEST(test_only_its_own_people_come_in),
        LOOK_TEST(test_strangers_and_nobody_get_the_same), LOOK_TEST(test_a_suspended_member),
        LOOK_TEST(test_a_blocked_person_learns_whom_to_ask), LOOK_TEST(test_a_blocked_person_of_nobody),
        LOOK_TEST(test_unknown_organizations),
        LOOK_TEST(test_links_stay_in_the_flow), LOOK_TEST(test_from_request_to_confirmation),
        LOOK_TEST(test_a_link_of_one_never_turns_into_anothers), LOOK_TEST(test_the_newer_flow_wins),
        LOOK_TEST(test_nothing_of_the_other), LOOK_TEST(test_what_is_not_said_is_the_portals), LOOK_TEST(test_style_sheet),
        LOOK_TEST(test_only_the_version_of_now_is_kept), LOOK_TEST(test_hostile_colours), LOOK_TEST(test_hostile_names_and_texts),
        LOOK_TEST(test_names_of_signs_have_the_portals_mark), LOOK_TEST(test_what_apply_refuses), LOOK_TEST(test_mails_wear_it_too),
    };
    return cmocka_run_group_tests_name("looks", tests, NULL, NULL);
}
