/* An organization's branding as data: what may stand in it, and saving it from its desk with lock, permission, reason and audit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "account/branding.h"
#include "base/json_memory.h"
#include "store/user_store.h"
#include "support/portal_support.h"
#include "support/store_support.h"

static const char people[] =
    "{\"fields\":[],\"roles\":[],\"connections\":["
    " {\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\",\"options\":{},\"fields\":{}}],"
    "\"organizations\":["
    " {\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"support_email\":\"help@acme.example\",\"branding\":{"
    "  \"logo_url\":\"https://acme.example/mark.svg\",\"colors\":{\"primary\":\"#0a5c36\",\"page_background\":\"#f4f7f5\"},"
    "  \"texts\":{\"login\":{\"heading\":{\"en\":\"Welcome to Acme\",\"fr\":\"Bienvenue\"}}}}},"
    " {\"name\":\"nour\",\"display_name\":\"Nour\",\"branding\":{\"colors\":{\"primary\":\"#7a2e6b\",\"page_background\":\"#fbf6fa\"}}}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ann\",\"email\":\"ann@example.com\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"administrator\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"hal\",\"email\":\"hal@example.com\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"help-desk\"],\"home\":true}]}]}";

static const Str languages[] = {STR("en"), STR("de")};
static struct arena *lasting;
static struct portal portal;
static struct options options;
static struct visit visit;

static int set_up(void **state)
{
    (void)state;
    lasting = arena_open(0);
    portal_make(&portal, &options, lasting, store_open_memory(), people);
    visit = (struct visit){.arena = lasting, .now = A_DAY_IN_2026, .request_id = STR("r"), .peer = STR("192.0.2.1")};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    json_memory_use(NULL);
    portal_close(&portal);
    db_close(portal.db);
    arena_close(lasting);
    return 0;
}

static struct desk desk_of(const char *identifier)
{
    struct user user;
    struct desk desk;
    assert_int_equal(user_get(portal.db, lasting, portal_account(&portal, lasting, identifier), &user), OK);
    assert_int_equal(desk_enter(&portal, lasting, &user, STR("acme"), &desk), OK);
    visit.actor_id = desk.user_id;
    visit.organization = desk.name;
    return desk;
}

static struct branding opened(const struct desk *desk)
{
    struct branding branding;
    assert_int_equal(branding_read(&portal, lasting, desk->organization, languages, 2, &branding), OK);
    return branding;
}

static struct branding_entry *entry(struct branding *branding, const char *name)
{
    for (size_t i = 0; i < branding->count; i++)
        if (str_is(branding->entries[i].name, name)) return &branding->entries[i];
    fail_msg("no entry %s", name);
    return NULL;
}

static void put(struct branding *branding, const char *name, const char *value)
{
    entry(branding, name)->value = str_of(value);
}

static int64_t audited(const char *outcome)
{
    const char *sql = str_is(str_of(outcome), "allowed")
        ? "SELECT COUNT(*) FROM audit WHERE action = 'branding.save' AND outcome = 'allowed' AND actor = 'desk' AND organization = 'acme'"
        : "SELECT COUNT(*) FROM audit WHERE action = 'branding.save' AND outcome = 'refused' AND actor = 'desk' AND reason = 'permission'";
    return store_count(portal.db, sql);
}

static int64_t generation(void)
{
    int64_t now = 0;
    assert_int_equal(directory_generation(portal.db, &now), OK);
    return now;
}

/* ---- what may stand in it ---- */

static void test_colours(void **state)
{
    static const struct { const char *text, *kept; } rows[] = {
        {"#0a5c36", "#0a5c36"}, {"#0A5C36", "#0a5c36"}, {"#Abc", "#aabbcc"}, {"0a5c36", NULL}, {"#0a5c3", NULL}, {"#0a5c366", NULL},
        {"", NULL}, {"#", NULL}, {"red", NULL}, {"#ggg", NULL}, {"#12345\xc3\xa9", NULL}, {"rgb(0,0,0)", NULL}, {"#0a5c36;", NULL},
        {"#000;}<", NULL}, {"# 12345", NULL}, {"#-12345", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str kept = branding_colour(lasting, str_of(rows[i].text));
        if (!str_eq(kept, str_of(rows[i].kept))) fail_msg("%s gave %.*s", rows[i].text, STR_ARGS(kept));
    }
    assert_null(branding_colour(lasting, (Str){"#00\0000", 7}).p);
    assert_int_equal(branding_page_fault(STR("#f4f7f5")), BRANDING_FINE);
    assert_int_equal(branding_page_fault(STR("#777777")), BRANDING_TOO_DARK);
    assert_int_equal(branding_page_fault(STR("#000000")), BRANDING_TOO_DARK);
    assert_int_equal(branding_page_fault(STR("white")), BRANDING_NO_COLOUR);
}

static void test_texts(void **state)
{
    static const struct { const char *text; bool heading; enum branding_fault fault; } rows[] = {
        {"Welcome", true, BRANDING_FINE}, {"<b>Hi</b>", true, BRANDING_FINE}, {"أهلًا بكم", true, BRANDING_FINE},
        {"", true, BRANDING_BLANK}, {"  ", false, BRANDING_BLANK}, {"\u200b", false, BRANDING_BLANK}, {"\u3164 \u2800", true, BRANDING_BLANK}, {"12345678901", true, BRANDING_TOO_LONG},
        {"éééééééééé", true, BRANDING_FINE}, {"ééééééééééé", true, BRANDING_TOO_LONG},
        {"a\nb", false, BRANDING_CHARACTERS}, {"a\tb", false, BRANDING_CHARACTERS}, {"a\x7f", false, BRANDING_CHARACTERS},
        {"a\xe2\x80\xae" "b", false, BRANDING_CHARACTERS}, {"a\xe2\x81\xa6" "b", true, BRANDING_CHARACTERS},
        {"\xff", true, BRANDING_CHARACTERS}, {"x://y", true, BRANDING_ADDRESS}, {"x://y", false, BRANDING_FINE},
        {"me@you", true, BRANDING_ADDRESS}, {"me@you", false, BRANDING_FINE}, {"WWW.evil", true, BRANDING_ADDRESS},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum branding_fault fault = branding_text_fault(str_of(rows[i].text), 10, rows[i].heading);
        if (fault != rows[i].fault) fail_msg("row %zu: %d", i, (int)fault);
    }
}

static void test_what_is_wrong_is_said_of_each(void **state)
{
    (void)state;
    struct desk desk = desk_of("ann@example.com");
    struct branding branding = opened(&desk);
    assert_true(branding_check(lasting, &branding));
    put(&branding, "display_name", "\u200b \u3164");
    put(&branding, "support_email", "nobody");
    put(&branding, "primary", "");
    put(&branding, "texts.reset.heading.de", "a@b");
    assert_false(branding_check(lasting, &branding));
    assert_int_equal(entry(&branding, "display_name")->fault, BRANDING_BLANK);
    assert_int_equal(entry(&branding, "support_email")->fault, BRANDING_NO_EMAIL);
    assert_int_equal(entry(&branding, "primary")->fault, BRANDING_ALONE);
    assert_int_equal(entry(&branding, "page_background")->fault, BRANDING_FINE);
    assert_int_equal(entry(&branding, "texts.reset.heading.de")->fault, BRANDING_ADDRESS);
    put(&branding, "display_name", " Acme ");
    put(&branding, "support_email", "");
    put(&branding, "page_background", "");
    put(&branding, "texts.reset.heading.de", "");
    assert_true(branding_check(lasting, &branding));
    assert_true(str_is(entry(&branding, "display_name")->value, "Acme"));
}

/* ---- saving ---- */

static void test_saves_and_keeps_what_it_does_not_show(void **state)
{
    DeskAct act;
    bool stale;
    (void)state;
    struct desk desk = desk_of("ann@example.com");
    struct branding branding = opened(&desk);
    int64_t before = generation();
    put(&branding, "primary", "#123");
    put(&branding, "texts.login.heading.en", "Hello \"there\" </style>");
    put(&branding, "texts.reset.help.de", "Neu");
    assert_int_equal(branding_save(&portal, &visit, &desk, &branding, STR(" A new mark "), &act, &stale), OK);
    assert_int_equal(act.outcome, DESK_DONE);
    assert_false(stale);
    assert_int_equal(generation(), before + 1);
    assert_int_equal(audited("allowed"), 1);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM audit WHERE reason = 'A new mark'"), 1);
    struct branding now = opened(&desk);
    assert_true(str_is(entry(&now, "primary")->value, "#112233"));
    assert_true(str_is(entry(&now, "texts.login.heading.en")->value, "Hello \"there\" </style>"));
    assert_true(str_is(entry(&now, "texts.reset.help.de")->value, "Neu"));
    assert_false(str_eq(now.version, branding.version));
    assert_string_equal(json_string_value(json_object_get(now.stored, "logo_url")), "https://acme.example/mark.svg");
    const json_t *heading = json_object_get(json_object_get(json_object_get(now.stored, "texts"), "login"), "heading");
    assert_string_equal(json_string_value(json_object_get(heading, "fr")), "Bienvenue");
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM organization WHERE name = 'nour' AND branding LIKE '%#7a2e6b%'"), 1);
}

static void test_takes_away(void **state)
{
    DeskAct act;
    bool stale;
    (void)state;
    struct desk desk = desk_of("ann@example.com");
    struct branding branding = opened(&desk);
    put(&branding, "primary", "");
    put(&branding, "page_background", "");
    put(&branding, "support_email", "");
    put(&branding, "texts.login.heading.en", "");
    assert_int_equal(branding_save(&portal, &visit, &desk, &branding, STR("tidy"), &act, &stale), OK);
    assert_int_equal(act.outcome, DESK_DONE);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM organization WHERE name = 'acme' AND support_email = '' AND branding ="
        " '{\"logo_url\":\"https://acme.example/mark.svg\",\"texts\":{\"login\":{\"heading\":{\"fr\":\"Bienvenue\"}}}}'"), 1);
}

static void test_nothing_to_save(void **state)
{
    DeskAct act;
    bool stale;
    (void)state;
    struct desk desk = desk_of("ann@example.com");
    struct branding branding = opened(&desk);
    int64_t before = generation();
    assert_int_equal(branding_save(&portal, &visit, &desk, &branding, STR("why"), &act, &stale), OK);
    assert_int_equal(act.outcome, DESK_NOTHING);
    assert_int_equal(generation(), before);
    assert_int_equal(audited("allowed"), 0);
}

static void test_refuses_without_a_reason(void **state)
{
    DeskAct act;
    bool stale;
    char much[202];
    memset(much, 'x', sizeof much);
    const Str reasons[] = {STR(""), STR("   "), STR("a\xe2\x80\xae"), STR("a\nb"), {much, 201}};
    (void)state;
    struct desk desk = desk_of("ann@example.com");
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        struct branding branding = opened(&desk);
        put(&branding, "display_name", "Other");
        assert_int_equal(branding_save(&portal, &visit, &desk, &branding, reasons[i], &act, &stale), OK);
        assert_int_equal(act.outcome, DESK_REASON);
    }
    struct branding branding = opened(&desk);
    assert_true(str_is(entry(&branding, "display_name")->value, "Acme Ltd"));
    put(&branding, "display_name", "Other");
    assert_int_equal(branding_save(&portal, &visit, &desk, &branding, (Str){much, 200}, &act, &stale), OK);
    assert_int_equal(act.outcome, DESK_DONE);
}

static void test_refuses_what_is_wrong(void **state)
{
    DeskAct act;
    bool stale;
    (void)state;
    struct desk desk = desk_of("ann@example.com");
    struct branding branding = opened(&desk);
    put(&branding, "page_background", "#333333");
    assert_int_equal(branding_save(&portal, &visit, &desk, &branding, STR("why"), &act, &stale), ERR_INVALID);
    assert_int_equal(entry(&branding, "page_background")->fault, BRANDING_TOO_DARK);
    assert_int_equal(audited("allowed"), 0);
}

/* Whoever saved first is not overwritten unseen; who has seen it may. */
static void test_the_second_of_two_is_told(void **state)
{
    DeskAct act;
    bool stale;
    (void)state;
    struct desk desk = desk_of("ann@example.com");
    struct branding mine = opened(&desk), theirs = opened(&desk);
    put(&mine, "display_name", "Mine");
    put(&theirs, "display_name", "Theirs");
    assert_int_equal(branding_save(&portal, &visit, &desk, &theirs, STR("first"), &act, &stale), OK);
    assert_int_equal(branding_save(&portal, &visit, &desk, &mine, STR("second"), &act, &stale), OK);
    assert_true(stale);
    assert_int_equal(audited("allowed"), 1);
    struct branding now = opened(&desk);
    assert_true(str_is(entry(&now, "display_name")->value, "Theirs"));
    mine.version = now.version;
    assert_int_equal(branding_save(&portal, &visit, &desk, &mine, STR("second"), &act, &stale), OK);
    assert_false(stale);
    assert_int_equal(act.outcome, DESK_DONE);
}

static void save_refused(struct desk *desk)
{
    DeskAct act;
    bool stale;
    struct branding branding = opened(desk);
    put(&branding, "display_name", "Taken over");
    assert_int_equal(branding_save(&portal, &visit, desk, &branding, STR("why"), &act, &stale), OK);
    assert_int_equal(act.outcome, DESK_REFUSED);
    struct branding now = opened(desk);
    assert_true(str_is(entry(&now, "display_name")->value, "Acme Ltd"));
}

/* The permission counts as it is now, not as it was when the page was made. */
static void test_refuses_whoever_may_not(void **state)
{
    (void)state;
    struct desk desk = desk_of("hal@example.com");
    save_refused(&desk);
    desk.may |= permission_bit("update:branding");
    save_refused(&desk);
    assert_int_equal(audited("refused"), 2);
    desk = desk_of("ann@example.com");
    store_do(portal.db, STMT_account_block, DB_ARGS(db_int(desk.account), db_text(STR_NONE)));
    save_refused(&desk);
    store_do(portal.db, STMT_account_unblock, DB_ARGS(db_int(desk.account), db_text(STR_NONE)));
    store_do(portal.db, STMT_membership_role_clear, DB_ARGS(db_int(desk.organization), db_int(desk.account)));
    save_refused(&desk);
    assert_int_equal(audited("refused"), 4);
}

#define BRANDING_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BRANDING_TEST(test_colours), BRANDING_TEST(test_texts), BRANDING_TEST(test_what_is_wrong_is_said_of_each),
        BRANDING_TEST(test_saves_and_keeps_what_it_does_not_show), BRANDING_TEST(test_takes_away), BRANDING_TEST(test_nothing_to_save),
        BRANDING_TEST(test_refuses_without_a_reason), BRANDING_TEST(test_refuses_what_is_wrong),
        BRANDING_TEST(test_the_second_of_two_is_told), BRANDING_TEST(test_refuses_whoever_may_not),
    };
    return cmocka_run_group_tests_name("branding", tests, NULL, NULL);
}
