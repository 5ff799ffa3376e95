/* Deleting one's own account, page by page: what is said before, what has to be given, the mailed link, the way back, and what holds
   a person up meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/deletion.h"
#include "account/erase.h"
#include "account/outbox.h"
#include "base/clock.h"
#include "page/routes.h"
#include "store/user_store.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/portal_support.h"
#include "support/store_support.h"

enum { A_DAY = 86400 };

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\"},"
    " {\"name\":\"staff\",\"strategy\":\"oidc\",\"display_name\":\"Acme's directory\"}],"
    "\"roles\":[],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"support_email\":\"help@acme.example\"},"
    " {\"name\":\"beta\",\"display_name\":\"Beta\"}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"ada@example.com\",\"email_verified\":true,\"username\":\"ada\","
    "  \"given_name\":\"Ada\",\"name\":\"Ada Lovelace\",\"organizations\":[{\"name\":\"acme\",\"home\":true,\"roles\":[\"auditor\"]},"
    "  {\"name\":\"beta\",\"invited\":true,\"roles\":[]}]},"
    " {\"connection\":\"customers\",\"user_id\":\"boss\",\"email\":\"boss@example.com\",\"email_verified\":true,"
    "  \"organizations\":[{\"name\":\"acme\",\"home\":true,\"roles\":[\"administrator\"]}]},"
    " {\"connection\":\"customers\",\"user_id\":\"nomail\",\"username\":\"nomail\"},"
    " {\"connection\":\"customers\",\"user_id\":\"eve\",\"email\":\"eve@example.com\",\"email_verified\":true}]}";

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
    if (in_body && !text_has(stage.reply.body, in_body))
        fail_msg("not in the page: %s\n%.*s", in_body, STR_ARGS(stage.reply.body));
}

static void expect_not(const char *words)
{
    if (text_has(stage.reply.body, words)) fail_msg("in the page: %s\n%.*s", words, STR_ARGS(stage.reply.body));
}

static int64_t number(const char *sql)
{
    return store_count(stage.portal.db, sql);
}

/* The next message to that recipient: its letter must be the expected one; `what` of its payload. */
static const char *sent(const char *recipient, enum letter letter, const char *what)
{
    struct visit visit = {.arena = stage.lasting, .now = clock_now()};
    struct message message;
    do {
        if (outbox_next(&stage.portal, &visit, &message) != OK) fail_msg("no %s was sent to %s", letter_name(letter), recipient);
        assert_int_equal(outbox_sent(&stage.portal, &visit, &message), OK);
    } while (!str_is(message.recipient, recipient) || message.letter != letter);
    const char *value = json_string_value(json_object_get(message.payload, what));
    return value ? arena_cstr(stage.lasting, str_of(value)) : "";
}

static void ask_for_it(const char *person, const char *confirm)
{
    stage_sign_in(&stage, person);
    stage_get(&stage, "/privacy/delete");
    expect(200, NULL, "name=\"confirm\"");
    stage_post(&stage, "/privacy/delete", arena_print(stage.lasting, "confirm=%s&current_password=correct", confirm).p);
}

static void open_link(const char *link)
{
    stage_get(&stage, link);
    expect(303, "Location: /privacy/delete/confirm\r\n", NULL);
    expect(303, "Referrer-Policy: no-referrer", NULL);
    stage_get(&stage, "/privacy/delete/confirm");
}

static const char *mark_of_page(void)
{
    const char *mark = strstr(stage.reply.body.p, "name=\"mark\" value=\"");
    assert_non_null(mark);
    return arena_print(stage.lasting, "%.*s", (int)strcspn(mark + 19, "\""), mark + 19).p;
}

/* As the page of signing in does it: whose account is to be deleted sees nothing else. */
static void sign_in_held(const char *person)
{
    stage_forget(&stage);
    stage_get(&stage, "/login");
    stage_post(&stage, "/login", arena_print(stage.lasting, "identifier=%s&password=correct", person).p);
    expect(303, NULL, NULL);
    stage_get(&stage, "/privacy/deletion");
    expect(200, NULL, NULL);
}

static void schedule(const char *person, const char *confirm)
{
    ask_for_it(person, confirm);
    expect(303, "Location: /privacy/delete?done=sent\r\n", NULL);
    open_link(sent(confirm, LETTER_deletion_ask, "link"));
    expect(200, NULL, "Yes, delete my account");
    stage_post(&stage, "/privacy/delete/confirm", arena_print(stage.lasting, "mark=%s", mark_of_page()).p);
    expect(303, "Location: /privacy/delete/confirm?done=scheduled\r\n", NULL);
}

static void golden(const char *name)
{
    Str page = stage_masked(&stage);
    const char *mark = strstr(page.p, "name=\"mark\" value=\"");
    if (mark) page = text_replaced(stage.arena, page, (Str){mark + 19, strcspn(mark + 19, "\"")}, "MARK");
    golden_check(name, page);
}

/* --- asking --- */

static void test_says_first_what_it_means(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/privacy/delete");
    expect(200, NULL, "What will be deleted");
    expect(200, NULL, "What stays, and why");
    expect(200, NULL, "<bdi>Acme Ltd</bdi>");
    expect(200, NULL, "<bdi>Beta</bdi>");
    expect(200, NULL, "Ask help@acme.example for that.");
    expect(200, NULL, "<bdi>Given name</bdi>");
    expect(200, NULL, "ada@example.com");
    assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE action LIKE 'deletion.%'"), 0);
}

static void test_refusals(void **state)
{
    static const struct { const char *body, *words; } tries[] = {
        {"confirm=&current_password=correct", "Type what stands above the field."},
        {"confirm=eve%40example.com&current_password=correct", "This is not what stands above the field."},
        {"confirm=ada%40example.com&current_password=wrong", "This is not your present password."},
        {"confirm=ada%40example.com&current_password=", "Enter your present password."},
        {"confirm=ada%40example.com", "Enter your present password."},
        {"current_password=correct", "Type what stands above the field."},
    };
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/privacy/delete");
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        stage_post(&stage, "/privacy/delete", tries[i].body);
        expect(422, NULL, tries[i].words);
        expect(422, NULL, "id=\"errors\"");
        expect_not("correct");
    }
    stage_post(&stage, "/privacy/delete", "confirm=a&confirm=b&current_password=correct");
    expect(422, NULL, NULL);
    stage_ask(&stage, "POST /privacy/delete\n\ncsrf=forged&confirm=ada%40example.com&current_password=correct");
    expect(403, NULL, NULL);
    assert_int_equal(number("SELECT COUNT(*) FROM artefact WHERE purpose = 'account_delete'"), 0);
    assert_int_equal(number("SELECT COUNT(*) FROM outbox"), 0);
    assert_int_equal(number("SELECT SUM(deletion_at) FROM account"), 0);
}

static void test_stranger_and_stale(void **state)
{
    (void)state;
    stage_get(&stage, "/privacy/delete");
    expect(303, "Location: /login?next=%2Fprivacy%2Fdelete\r\n", NULL);
    stage_sign_in(&stage, "ada");
    assert_int_equal(number("UPDATE session SET authenticated_at = authenticated_at - 100000 RETURNING 1"), 1);
    stage_get(&stage, "/privacy/delete");
    expect(303, "Location: /reauthenticate?next=%2Fprivacy%2Fdelete\r\n", NULL);
    stage_post(&stage, "/privacy/delete", "confirm=ada%40example.com&current_password=correct");
    expect(303, "Location: /reauthenticate?next=%2Fprivacy%2Fdelete\r\n", NULL);
    assert_int_equal(number("SELECT COUNT(*) FROM outbox"), 0);
}

static void test_asked_too_often(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        ask_for_it("ada", "ada@example.com");
        expect(303, "Location: /privacy/delete?done=sent\r\n", NULL);
    }
    ask_for_it("ada", "ada@example.com");
    expect(429, "Retry-After: ", "You asked several times already.");
    assert_int_equal(number("SELECT COUNT(*) FROM outbox WHERE kind = 'deletion_ask'"), 3);
}

/* --- the link --- */

static void test_link_changes_nothing_by_itself(void **state)
{
    (void)state;
    ask_for_it("ada", "ada@example.com");
    stage_get(&stage, "/privacy/delete?done=sent");
    expect(200, NULL, "A link is on its way to ada@example.com.");
    open_link(sent("ada@example.com", LETTER_deletion_ask, "link"));
    expect(200, NULL, "Yes, delete my account");
    assert_int_equal(number("SELECT SUM(deletion_at) FROM account"), 0);
    stage_get(&stage, "/profile");
    expect(200, NULL, NULL);
}

static void test_link_in_another_browser(void **state)
{
    (void)state;
    ask_for_it("ada", "ada@example.com");
    const char *link = sent("ada@example.com", LETTER_deletion_ask, "link");
    stage_sign_in(&stage, "eve@example.com");
    open_link(link);
    expect(403, NULL, "This link belongs to another account");
    stage_forget(&stage);
    open_link(link);
    stage_post(&stage, "/privacy/delete/confirm", arena_print(stage.lasting, "mark=%s", mark_of_page()).p);
    expect(303, "Location: /privacy/delete/confirm?done=scheduled\r\n", NULL);
    /* Once. */
    stage_get(&stage, link);
    stage_get(&stage, "/privacy/delete/confirm");
    expect(410, NULL, "This link does not work any more");
}

static void test_dead_links(void **state)
{
    (void)state;
    ask_for_it("ada", "ada@example.com");
    const char *first = sent("ada@example.com", LETTER_deletion_ask, "link");
    ask_for_it("ada", "ada@example.com");
    const char *second = sent("ada@example.com", LETTER_deletion_ask, "link");
    stage_forget(&stage);
    stage_get(&stage, first);
    stage_get(&stage, "/privacy/delete/confirm");
    expect(410, NULL, NULL);
    assert_int_equal(number("UPDATE account SET profile = REPLACE(profile, 'ada@example.com', 'other@example.com') WHERE id = 1 RETURNING 1"), 1);
    stage_get(&stage, second);
    stage_get(&stage, "/privacy/delete/confirm");
    expect(410, NULL, NULL);
    assert_int_equal(number("SELECT SUM(deletion_at) FROM account"), 0);
}

/* --- scheduled --- */

static void test_scheduled(void **state)
{
    (void)state;
    schedule("ada", "ada@example.com");
    stage_get(&stage, "/privacy/delete/confirm?done=scheduled");
    expect(200, NULL, "Until the day comes you can keep your account");
    assert_int_equal(number("SELECT COUNT(*) FROM session"), 0);
    assert_int_equal(number("SELECT deletion_at - (SELECT asked_at FROM deletion) FROM account WHERE id = 1"), 14 * A_DAY);
    assert_string_equal(sent("ada@example.com", LETTER_deletion_set, "link"), "/login");
    assert_int_equal(number("SELECT expires_at - (SELECT deletion_at FROM account WHERE id = 1) FROM outbox WHERE kind = 'deletion_set'"), 0);
    /* Each organization is told. */
    assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE action = 'deletion.confirm' AND organization IN ('acme', 'beta')"), 2);
    assert_int_equal(number("SELECT COUNT(*) FROM membership WHERE account_id = 1 AND state = 'deletion'"), 2);
}

static void test_every_page_is_held(void **state)
{
    size_t held = 0;
    (void)state;
    schedule("ada", "ada@example.com");
    sign_in_held("ada");
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        if (route->method != METHOD_GET || route->guard == GUARD_OPEN || route->guard == GUARD_HELD) continue;
        Str path = text_replaced(stage.lasting, str_of(route->path), STR("{organization}"), "acme");
        if (strchr(path.p, '{')) continue;
        stage_get(&stage, path.p);
        expect(303, "Location: /privacy/deletion\r\n", NULL);
        held++;
    }
    assert_true(held > 8);
    stage_get(&stage, "/privacy/deletion");
    expect(200, NULL, "Keep my account");
    stage_post(&stage, "/profile", "given_name=Augusta");
    expect(303, "Location: /privacy/deletion\r\n", NULL);
    stage_get(&stage, "/privacy/deletion");
    expect_not("class=\"places\"");
    stage_get(&stage, "/logout");
    expect(200, NULL, NULL);
    stage_post(&stage, "/logout", "");
    expect(303, NULL, NULL);
}

static void test_sign_in_leads_there(void **state)
{
    (void)state;
    schedule("ada", "ada@example.com");
    stage_get(&stage, "/login");
    stage_post(&stage, "/login", "identifier=ada&password=correct&next=%2Fsessions");
    expect(303, NULL, NULL);
    stage_get(&stage, "/sessions");
    expect(303, "Location: /privacy/deletion\r\n", NULL);
}

static void test_kept(void **state)
{
    (void)state;
    schedule("ada", "ada@example.com");
    sign_in_held("ada");
    stage_get(&stage, "/privacy/deletion");
    expect(200, NULL, "You asked for it on ");
    stage_post(&stage, "/privacy/deletion", "action=whatever");
    expect(422, NULL, NULL);
    stage_post(&stage, "/privacy/deletion", "action=keep");
    expect(303, "Location: /privacy/deletion?done=kept\r\n", NULL);
    stage_get(&stage, "/privacy/deletion?done=kept");
    expect(200, NULL, "Your account stays");
    stage_get(&stage, "/profile");
    expect(200, NULL, "Ada");
    assert_int_equal(number("SELECT COUNT(*) FROM deletion"), 0);
    assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE action = 'deletion.keep'"), 2);
    assert_int_equal(number("SELECT COUNT(*) FROM membership WHERE account_id = 1 AND state = 'active'"), 2);
    stage_get(&stage, "/privacy/deletion");
    expect(303, "Location: /profile\r\n", NULL);
    stage_post(&stage, "/privacy/deletion", "action=now");
    expect(303, "Location: /profile\r\n", NULL);
    assert_int_equal(number("SELECT SUM(deletion_at) FROM account"), 0);
}

static void test_now(void **state)
{
    bool more = true;
    (void)state;
    schedule("ada", "ada@example.com");
    sign_in_held("ada");
    stage_get(&stage, "/privacy/deletion");
    assert_int_equal(number("UPDATE session SET authenticated_at = authenticated_at - 100000 RETURNING 1"), 1);
    stage_post(&stage, "/privacy/deletion", "action=now");
    expect(303, "Location: /reauthenticate?next=%2Fprivacy%2Fdeletion\r\n", NULL);
    stage_get(&stage, "/reauthenticate?next=/privacy/deletion");
    expect(200, NULL, NULL);
    stage_post(&stage, "/reauthenticate", "current_password=correct&next=%2Fprivacy%2Fdeletion");
    expect(303, "Location: /privacy/deletion\r\n", NULL);
    stage_get(&stage, "/privacy/deletion");
    stage_post(&stage, "/privacy/deletion", "action=now");
    expect(303, "Location: /privacy/delete/confirm?done=now\r\n", NULL);
    stage_get(&stage, "/privacy/delete/confirm?done=now");
    expect(200, NULL, "Your account is being deleted");
    struct store_place place;
    store_place_make(&place);
    stage.options.key_file = arena_print(stage.lasting, "%s/key", place.folder);
    struct visit visit = {.arena = stage.lasting, .now = clock_now() + 1, .request_id = STR(""), .peer = STR(""), .actor_id = STR("courier")};
    while (more) assert_int_equal(erase_step(&stage.portal, &visit, &more), OK);
    store_place_remove(&place);
    assert_int_equal(number("SELECT COUNT(*) FROM account WHERE user_id = 'local|ada'"), 0);
    stage_get(&stage, "/login");
    stage_post(&stage, "/login", "identifier=ada&password=correct");
    expect(422, NULL, NULL);
    /* The same address begins anew. */
    portal_apply(&stage.portal, stage.lasting, "{\"users\":[{\"connection\":\"customers\",\"email\":\"ada@example.com\"}]}");
    assert_int_equal(number("SELECT COUNT(*) FROM membership m JOIN account a ON a.id = m.account_id WHERE a.profile LIKE '%ada@example.com%'"), 0);
}

static void test_too_late_to_keep(void **state)
{
    (void)state;
    schedule("ada", "ada@example.com");
    assert_int_equal(number("UPDATE account SET deletion_at = 5 WHERE id = 1 RETURNING 1"), 1);
    sign_in_held("ada");
    stage_get(&stage, "/privacy/deletion");
    expect(200, NULL, "Your account is being deleted");
    expect_not("Keep my account");
    stage_post(&stage, "/privacy/deletion", "action=keep");
    expect(409, NULL, NULL);
    assert_int_equal(number("SELECT deletion_at FROM account WHERE id = 1"), 5);
}

/* --- ways of its own --- */

static void test_without_address(void **state)
{
    (void)state;
    stage_sign_in(&stage, "nomail");
    stage_get(&stage, "/privacy/delete");
    expect(200, NULL, "You have no e-mail address here");
    stage_post(&stage, "/privacy/delete", "confirm=somebody&current_password=correct");
    expect(422, NULL, NULL);
    stage_post(&stage, "/privacy/delete", "confirm=NoMail&current_password=correct");
    expect(303, "Location: /privacy/delete/confirm?done=scheduled\r\n", NULL);
    assert_int_equal(number("SELECT COUNT(*) FROM session"), 0);
    assert_int_equal(number("SELECT COUNT(*) FROM outbox"), 0);
    sign_in_held("nomail");
    expect(200, NULL, "Keep my account");
}

static void test_only_administrator(void **state)
{
    (void)state;
    stage_sign_in(&stage, "boss@example.com");
    stage_get(&stage, "/privacy/delete");
    expect(200, NULL, "You are the only administrator of Acme Ltd.");
    expect_not("name=\"confirm\"");
    stage_post(&stage, "/privacy/delete", "confirm=boss%40example.com&current_password=correct");
    expect(409, NULL, "You are the only administrator of Acme Ltd.");
    assert_int_equal(number("SELECT COUNT(*) FROM outbox"), 0);
}

static void test_became_only_administrator(void **state)
{
    (void)state;
    portal_apply(&stage.portal, stage.lasting, "{\"users\":[{\"connection\":\"customers\",\"email\":\"eve@example.com\",\"organizations\":"
                                               "[{\"name\":\"beta\",\"roles\":[\"administrator\"]}]}]}");
    stage_sign_in(&stage, "boss@example.com");
    stage_post(&stage, "/privacy/delete", "confirm=boss%40example.com&current_password=correct");
    expect(409, NULL, NULL);
    portal_apply(&stage.portal, stage.lasting, "{\"users\":[{\"connection\":\"customers\",\"email\":\"eve@example.com\",\"organizations\":"
                                               "[{\"name\":\"acme\",\"roles\":[\"administrator\"]}]}]}");
    ask_for_it("boss@example.com", "boss@example.com");
    open_link(sent("boss@example.com", LETTER_deletion_ask, "link"));
    assert_int_equal(number("UPDATE account SET blocked = 1 WHERE user_id = 'local|eve' RETURNING 1"), 1);
    stage_post(&stage, "/privacy/delete/confirm", arena_print(stage.lasting, "mark=%s", mark_of_page()).p);
    expect(409, NULL, "You are the only administrator of Acme Ltd.");
    assert_int_equal(number("SELECT SUM(deletion_at) FROM account"), 0);
}

static void test_legal_hold(void **state)
{
    struct user user;
    struct visit visit = {.arena = stage.lasting, .now = clock_now(), .request_id = STR(""), .peer = STR(""), .actor_id = STR("cli:test")};
    (void)state;
    assert_int_equal(user_get(stage.portal.db, stage.lasting, 1, &user), OK);
    assert_int_equal(deletion_hold(&stage.portal, &visit, &user, STR("a secret case"), STR("a secret case")), OK);
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/privacy/delete");
    expect(200, NULL, "This account must be kept for now");
    expect_not("a secret case");
    stage_post(&stage, "/privacy/delete", "confirm=ada%40example.com&current_password=correct");
    expect(409, NULL, "help@portal.example");
    assert_int_equal(number("SELECT COUNT(*) FROM outbox"), 0);
}

static void test_grace(void **state)
{
    (void)state;
    assert_int_equal(number("UPDATE organization SET deletion_grace = 172800 WHERE name = 'acme' RETURNING 1"), 1);
    assert_int_equal(number("UPDATE organization SET deletion_grace = 60 WHERE name = 'beta' RETURNING 1"), 1);
    schedule("ada", "ada@example.com");
    assert_int_equal(number("SELECT deletion_at - (SELECT asked_at FROM deletion) FROM account WHERE id = 1"), 2 * A_DAY);
    /* Reminded when half of it is over, once. */
    bool more = false;
    struct visit visit = {.arena = stage.lasting, .now = clock_now(), .request_id = STR(""), .peer = STR(""), .actor_id = STR("courier")};
    assert_int_equal(deletion_remind(&stage.portal, &visit, &more), OK);
    assert_false(more);
    visit.now += A_DAY + 60;
    assert_int_equal(deletion_remind(&stage.portal, &visit, &more), OK);
    assert_true(more);
    assert_int_equal(deletion_remind(&stage.portal, &visit, &more), OK);
    assert_false(more);
    assert_int_equal(number("SELECT COUNT(*) FROM outbox WHERE kind = 'deletion_soon'"), 1);
}

static void test_no_grace(void **state)
{
    (void)state;
    stage.options.deletion_grace_seconds = 0;
    ask_for_it("eve@example.com", "eve@example.com");
    open_link(sent("eve@example.com", LETTER_deletion_ask, "link"));
    expect(200, NULL, "once you have confirmed it, your account is gone for good");
    stage_post(&stage, "/privacy/delete/confirm", arena_print(stage.lasting, "mark=%s", mark_of_page()).p);
    expect(303, "Location: /privacy/delete/confirm?done=now\r\n", NULL);
    assert_int_equal(number("SELECT COUNT(*) FROM outbox WHERE kind = 'deletion_set'"), 0);
}

/* --- as they look --- */

static void stop_the_clock(void)
{
    assert_int_equal(number("UPDATE account SET deletion_at = 4102444800 WHERE id = 1 RETURNING 1"), 1);
    assert_int_equal(number("UPDATE deletion SET asked_at = 1767603600 RETURNING 1"), 1);
}

static void test_looks(void **state)
{
    (void)state;
    stage.options.deletion_grace_seconds = 0;
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/privacy/delete");
    golden("delete");
    stage_ask(&stage, "GET /privacy/delete\nAccept-Language: de\n\n");
    golden("delete_german");
    stage_ask(&stage, "GET /privacy/delete\nAccept-Language: ar\n\n");
    golden("delete_arabic");
    stage_get(&stage, "/privacy/delete");
    stage_post(&stage, "/privacy/delete", "confirm=nobody&current_password=wrong");
    golden("delete_refused");
    stage_sign_in(&stage, "boss@example.com");
    stage_get(&stage, "/privacy/delete");
    golden("delete_administrator");
    ask_for_it("ada", "ada@example.com");
    open_link(sent("ada@example.com", LETTER_deletion_ask, "link"));
    golden("delete_confirm");
    stage.options.deletion_grace_seconds = 14 * A_DAY;
    stage_post(&stage, "/privacy/delete/confirm", arena_print(stage.lasting, "mark=%s", mark_of_page()).p);
    sign_in_held("ada");
    stop_the_clock();
    stage_get(&stage, "/privacy/deletion");
    golden("deletion");
    stage_ask(&stage, "GET /privacy/deletion\nAccept-Language: ar\n\n");
    golden("deletion_arabic");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_says_first_what_it_means), TEST(test_refusals), TEST(test_stranger_and_stale), TEST(test_asked_too_often),
        TEST(test_link_changes_nothing_by_itself), TEST(test_link_in_another_browser), TEST(test_dead_links), TEST(test_scheduled),
        TEST(test_every_page_is_held), TEST(test_sign_in_leads_there), TEST(test_kept), TEST(test_now), TEST(test_too_late_to_keep),
        TEST(test_without_address), TEST(test_only_administrator), TEST(test_became_only_administrator), TEST(test_legal_hold),
        TEST(test_grace), TEST(test_no_grace), TEST(test_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
