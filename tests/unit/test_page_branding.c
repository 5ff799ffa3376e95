/* The desk's page for its organization's look: who may, what is refused, two people at once, previews that store nothing. */
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

static const char people[] =
    "{\"fields\":[],\"connections\":["
    " {\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\",\"options\":{},\"fields\":{}}],"
    "\"roles\":[{\"name\":\"designer\",\"permissions\":[\"update:branding\"]}],"
    "\"organizations\":["
    " {\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"support_email\":\"help@acme.example\",\"branding\":{"
    "  \"colors\":{\"primary\":\"#0a5c36\",\"page_background\":\"#f4f7f5\"},"
    "  \"texts\":{\"login\":{\"heading\":{\"en\":\"Welcome to Acme\"}}}}},"
    " {\"name\":\"nour\",\"display_name\":\"Nour\"}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ann\",\"email\":\"ann@example.com\",\"name\":\"Ann\",\"organizations\":["
    "  {\"name\":\"acme\",\"roles\":[\"administrator\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"dan\",\"email\":\"dan@example.com\",\"name\":\"Dan\",\"organizations\":["
    "  {\"name\":\"acme\",\"roles\":[\"designer\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"hal\",\"email\":\"hal@example.com\",\"name\":\"Hal\",\"organizations\":["
    "  {\"name\":\"acme\",\"roles\":[\"help-desk\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"aud\",\"email\":\"aud@example.com\",\"name\":\"Aud\",\"organizations\":["
    "  {\"name\":\"acme\",\"roles\":[\"auditor\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"mem\",\"email\":\"mem@example.com\",\"name\":\"Mem\",\"organizations\":["
    "  {\"name\":\"acme\",\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"nia\",\"email\":\"nia@example.com\",\"name\":\"Nia\",\"organizations\":["
    "  {\"name\":\"nour\",\"roles\":[\"administrator\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"eve\",\"email\":\"eve@example.com\",\"name\":\"Eve\"}]}";

#define PAGE "/o/acme/desk/branding"

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, people);
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
    stage_get(&stage, PAGE);
}

/* The version that the page on the stage was made from. */
static const char *version(void)
{
    const char *found = strstr(stage.reply.body.p, "name=\"version\" value=\"");
    assert_non_null(found);
    return arena_print(stage.lasting, "%.16s", found + strlen("name=\"version\" value=\"")).p;
}

static void save(const char *rest)
{
    stage_post(&stage, PAGE, arena_print(stage.lasting, "version=%s&%s", version(), rest).p);
}

static Str stored(void)
{
    struct rows rows;
    assert_int_equal(db_select(stage.portal.db, STMT_organization_get, DB_ARGS(db_text(STR("acme"))), &rows), OK);
    assert_true(row_next(&rows));
    Str all = arena_print(stage.lasting, "%.*s %.*s %.*s", STR_ARGS(row_text(&rows, 1)), STR_ARGS(row_text(&rows, 2)),
                          STR_ARGS(row_text(&rows, 3)));
    assert_int_equal(rows_end(&rows), OK);
    return all;
}

static void test_golden_pages(void **state)
{
    static const struct { const char *name, *request; } rows[] = {
        {"branding", "GET " PAGE "\n\n"},
        {"branding_german", "GET " PAGE "?saved=1\nAccept-Language: de\n\n"},
        {"branding_arabic", "GET " PAGE "\nAccept-Language: ar\n\n"},
        {"branding_refused", "POST " PAGE "\n\ncsrf={csrf}&version=0&display_name=&support_email=x&primary=red&page_background=%23333"
                             "&texts.login.heading.en=a%40b&reason="},
        {"branding_stale", "POST " PAGE "\n\ncsrf={csrf}&version=0&display_name=Mine&reason=why"},
        {"branding_preview_login", "GET " PAGE "/preview/login?primary=%23ffcc00&page_background=%23fffbea\n\n"},
        {"branding_preview_reset", "GET " PAGE "/preview/reset\n\n"},
        {"branding_look", "GET " PAGE "/look/ffcc00-fffbea.css\n\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        as("ann");
        stage_ask(&stage, rows[i].request);
        golden_check(rows[i].name, stage_masked(&stage));
    }
}

static void test_who_may(void **state)
{
    static const struct { const char *who; int status; } rows[] = {
        {"ann", 200}, {"dan", 200}, {"hal", 403}, {"aud", 403}, {"mem", 403}, {"nia", 404}, {"eve", 404},
    };
    static const char *const pages[] = {PAGE, PAGE "/preview/login", PAGE "/preview/reset", PAGE "/preview/mail", PAGE "/look/ffcc00-fffbea.css"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str before = stored();
        as(rows[i].who);
        for (size_t page = 0; page < sizeof pages / sizeof *pages; page++) {
            stage_get(&stage, pages[page]);
            if (stage.reply.status != rows[i].status) fail_msg("%s at %s: %d", rows[i].who, pages[page], stage.reply.status);
            if (rows[i].status == 404) expect_not("Acme");
        }
        if (rows[i].status == 200) continue;
        stage_get(&stage, "/profile");
        stage_post(&stage, PAGE, "version=0&display_name=Taken&reason=why");
        expect(rows[i].status, NULL, NULL);
        stage_post(&stage, PAGE, "preview=login&display_name=Taken");
        expect(rows[i].status, NULL, NULL);
        assert_true(str_eq(before, stored()));
    }
    stage_forget(&stage);
    stage_get(&stage, PAGE);
    expect(303, "Location: /login", NULL);
}

static void test_saving(void **state)
{
    (void)state;
    as("dan");
    save("display_name=Acme+%26+Sons&primary=%23123&page_background=%23FFFBEA&texts.login.help.de=Zeile%0D%0Azwei&reason=New+mark");
    expect(303, "Location: " PAGE "?saved=1\r\n", NULL);
    Str now = stored();
    assert_true(text_has(now, "Acme & Sons help@acme.example"));
    assert_true(text_has(now, "#112233") && text_has(now, "#fffbea") && text_has(now, "Zeile zwei") && text_has(now, "Welcome to Acme"));
    stage_get(&stage, PAGE "?saved=1");
    expect(200, NULL, "Your members see it from now on");
    expect(200, NULL, "Acme &amp; Sons");
    save("reason=again");
    expect(303, "Location: " PAGE "?saved=0\r\n", NULL);
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'branding.save' AND organization = 'acme'"
                                                  " AND reason = 'New mark' AND actor = 'desk'"), 1);
}

static void test_what_is_refused(void **state)
{
    static const struct { const char *form, *words; } rows[] = {
        {"display_name=+&reason=x", "your members know you by it"},
        {"display_name=a%E2%80%AEb&reason=x", "turn the text around"},
        {"display_name=a%01b&reason=x", NULL},
        {"support_email=nobody&reason=x", "like help@example.com"},
        {"primary=red&reason=x", "Write a colour as #"},
        {"primary=%230a5c36%3Bbackground%3Aurl(%2F%2Fevil)&reason=x", "Write a colour as #"},
        {"primary=%23000%7D%3C%2Fstyle%3E&reason=x", "Write a colour as #"},
        {"primary=&reason=x", "The two colours belong together"},
        {"page_background=%23333333&reason=x", "too dark for the text on it"},
        {"texts.login.heading.en=see+https%3A%2F%2Fevil.example&reason=x", "holds no addresses"},
        {"texts.reset.help.ar=a%E2%81%A6b&reason=x", "turn the text around"},
        {"display_name=Other", "Say in a few words why"},
        {"display_name=Other&reason=++", "Say in a few words why"},
        {"display_name=Other&reason=x&reason=y", NULL},
        {"display_name=Other&reason=x&css=body%7B%7D", NULL},
        {"display_name=Other&reason=x&texts.login.heading.xx=a", NULL},
        {"display_name=Other&reason=x&texts.profile.heading.en=a", NULL},
    };
    (void)state;
    Str before = stored();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        as("ann");
        save(rows[i].form);
        expect(422, NULL, rows[i].words);
        if (!str_eq(before, stored())) fail_msg("saved: %s", rows[i].form);
    }
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'branding.save'"), 0);
}

static void test_what_is_too_long(void **state)
{
    static const struct { const char *name; int most; } rows[] = {
        {"display_name", 255}, {"texts.login.heading.en", 120}, {"texts.forgot.help.de", 500}, {"reason", 200},
    };
    char much[502];
    (void)state;
    memset(much, 'x', sizeof much);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool reason = str_is(str_of(rows[i].name), "reason");
        for (int more = 1; more >= 0; more--) {
            as("ann");
            const char *rest = reason ? "&display_name=Fourth" : "&reason=x";
            save(arena_print(stage.lasting, "%s=%.*s%s", rows[i].name, rows[i].most + more, much, rest).p);
            if (more) expect(422, NULL, reason ? "a few words why" : "This is too long");
            else expect(303, "saved=1", NULL);
        }
    }
}

static void test_html_is_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
        Str text = str_of(hostile_texts[i]);
        as("ann");
        Str pair = form_pair(stage.lasting, "texts.login.help.en", text);
        stage_post(&stage, PAGE, arena_print(stage.lasting, "preview=login&%.*s", STR_ARGS(pair)).p);
        if (hostile_is_raw(stage.reply.body, hostile_texts[i])) fail_msg("raw: %s", hostile_texts[i]);
        if (stage.reply.status != 422) expect(200, NULL, "A preview: nothing of it is saved");
        as("ann");
        save(arena_print(stage.lasting, "%.*s&reason=x", STR_ARGS(pair)).p);
        if (hostile_is_raw(stage.reply.body, hostile_texts[i])) fail_msg("raw: %s", hostile_texts[i]);
    }
}

static void test_the_second_of_two_sees_both(void **state)
{
    (void)state;
    as("ann");
    const char *seen = version();
    as("dan");
    save("display_name=Of+Dan&reason=first");
    expect(303, NULL, NULL);
    as("ann");
    stage_post(&stage, PAGE, arena_print(stage.lasting, "version=%s&display_name=Of+Ann&reason=second", seen).p);
    expect(409, NULL, "Somebody else saved this meanwhile");
    expect(409, NULL, "value=\"Of Ann\"");
    expect(409, NULL, "Stored now: <bdi>Of Dan</bdi>");
    expect(409, NULL, "value=\"second\"");
    assert_true(text_has(stored(), "Of Dan"));
    save("display_name=Of+Ann&reason=second");
    expect(303, "saved=1", NULL);
    assert_true(text_has(stored(), "Of Ann"));
}

static void test_the_verdict(void **state)
{
    (void)state;
    as("ann");
    expect(200, NULL, "Words on buttons: white, 8.0:1");
    save("primary=%23ffcc00&page_background=%23fffbea");
    expect(422, NULL, "Words on buttons: black, 13.8:1");
    expect(422, NULL, "too light for them, so they are #");
    as("ann");
    save("primary=%23ffcc00&page_background=%23777777");
    expect(422, NULL, "too little. It takes 4.5:1");
    as("ann");
    save("primary=&page_background=");
    expect(422, NULL, "The portal&#39;s own colours are used");
}

static void test_previews_store_nothing(void **state)
{
    static const char *const pages[] = {"login", "reset", "mail"};
    (void)state;
    Str before = stored();
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        as("ann");
        Str form = arena_join(stage.lasting, arena_print(stage.lasting, "preview=%s", pages[i]),
                              STR("&version=0&display_name=Brand+New&primary=%23ffcc00&page_background=%23fffbea&reason="
                                  "&texts.login.heading.en=Come+in&texts.reset.heading.en=Start+anew&support_email=ask%40new.example"));
        stage_post(&stage, PAGE, form.p);
        expect(200, NULL, "<div inert>");
        expect(200, NULL, "Brand New");
        expect(200, NULL, "ask@new.example");
        expect(200, NULL, "href=\"/o/acme/desk/branding/look/ffcc00-fffbea.css\"");
        expect_not("Sign out");
        if (i < 2) expect(200, NULL, i == 0 ? "Come in" : "Start anew");
        assert_true(str_eq(before, stored()));
    }
    stage_get(&stage, PAGE "/look/ffcc00-fffbea.css");
    expect(200, "Content-Type: text/css; charset=utf-8\r\n", "--primary: #ffcc00;");
    expect(200, "Cache-Control: no-store\r\n", NULL);
}

static void test_hostile_previews(void **state)
{
    static const struct { const char *path; int status; } rows[] = {
        {PAGE "/preview/profile", 404}, {PAGE "/preview/Login", 404}, {PAGE "/preview/login?primary=red", 422},
        {PAGE "/preview/login?primary=%23ffcc00&page_background=%23000000", 422}, {PAGE "/preview/login?primary=", 422},
        {PAGE "/look/ffcc00.css", 404}, {PAGE "/look/ffcc00-333333.css", 404}, {PAGE "/look/FFCC00-fffbea.css", 404},
        {PAGE "/look/ffcc0g-fffbea.css", 404}, {PAGE "/look/ffcc00-fffbea.js", 404}, {PAGE "/look/ffcc00-fffbea.css.css", 404},
    };
    (void)state;
    as("ann");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage_get(&stage, rows[i].path);
        if (stage.reply.status != rows[i].status) fail_msg("%s: %d", rows[i].path, stage.reply.status);
    }
    stage_get(&stage, PAGE "/preview/login?display_name=Injected");
    expect(200, NULL, NULL);
    expect_not("Injected");
    stage_get(&stage, PAGE);
    stage_post(&stage, PAGE, "preview=profile");
    expect(404, NULL, NULL);
    as("ann");
    stage_post(&stage, PAGE, "preview=login&primary=red");
    expect(422, NULL, "Write a colour as #");
    stage_ask(&stage, "POST " PAGE "\n\ncsrf=wrong&preview=login&display_name=x");
    expect(403, NULL, NULL);
}

#define BRANDING_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BRANDING_TEST(test_golden_pages), BRANDING_TEST(test_who_may), BRANDING_TEST(test_saving), BRANDING_TEST(test_what_is_refused),
        BRANDING_TEST(test_what_is_too_long), BRANDING_TEST(test_html_is_text), BRANDING_TEST(test_the_second_of_two_sees_both),
        BRANDING_TEST(test_the_verdict), BRANDING_TEST(test_previews_store_nothing), BRANDING_TEST(test_hostile_previews),
    };
    return cmocka_run_group_tests_name("branding pages", tests, NULL, NULL);
}
