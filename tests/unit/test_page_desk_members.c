/* The list of an organization's members: what it finds, how it pages, what it refuses, and that it holds nobody else's people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/member.h"
#include "base/json_memory.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#define HERE(name, roles) "\"organizations\":[{\"name\":\"" name "\",\"roles\":[" roles "],\"home\":true}]"
#define PERSON(id, called, more) " {\"connection\":\"customers\",\"user_id\":\"" id "\",\"email\":\"" id "@example.com\"," \
    "\"name\":\"" called "\"," more "}"

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\"},"
    " {\"name\":\"partner\",\"strategy\":\"local\",\"display_name\":\"Partner's directory\"},"
    " {\"name\":\"hidden\",\"strategy\":\"local\",\"display_name\":\"Hidden directory\"}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"connections\":[\"customers\",\"partner\"]},"
    " {\"name\":\"beta\",\"display_name\":\"Beta\",\"connections\":[\"hidden\"]}],"
    "\"users\":["
    PERSON("ana", "Ana Admin", HERE("acme", "\"administrator\"")) ","
    PERSON("hal", "Hal Helper", HERE("acme", "\"help-desk\"")) ","
    PERSON("aud", "Aud Itor", HERE("acme", "\"auditor\"")) ","
    PERSON("mel", "Mel <b>Müller</b>", HERE("acme", "")) ","
    PERSON("bill", "Bill Blocked", "\"blocked\":true," HERE("acme", "")) ","
    " {\"connection\":\"partner\",\"user_id\":\"pia\",\"email\":\"pia@partner.example\",\"name\":\"Pia Partner\"," HERE("acme", "") "},"
    PERSON("bea", "Bea Admin", HERE("beta", "\"administrator\"")) ","
    PERSON("sam", "Sam Stranger", "\"nickname\":\"sam\"") "]}";

static struct stage stage;

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

static void expect(int status, const char *in_body)
{
    if (stage.reply.status != status) fail_msg("answered %d, not %d\n%.*s", stage.reply.status, status, STR_ARGS(stage.reply.body));
    if (in_body && !text_has(stage.reply.body, in_body)) fail_msg("not in the page: %s\n%.*s", in_body, STR_ARGS(stage.reply.body));
}

static void expect_not(const char *words)
{
    if (text_has(stage.reply.body, words)) fail_msg("in the page: %s\n%.*s", words, STR_ARGS(stage.reply.body));
}

static void as(const char *who)
{
    char address[64];
    snprintf(address, sizeof address, "%s@example.com", who);
    stage_forget(&stage);
    stage_sign_in(&stage, address);
}

static void test_pages(void **state)
{
    (void)state;
    as("hal");
    stage_get(&stage, "/o/acme/desk/members");
    golden_check("desk_members", stage_masked(&stage));
    stage_ask(&stage, "GET /o/acme/desk/members?q=mul&sort=-joined\nAccept-Language: de\n\n");
    golden_check("desk_members_german", stage_masked(&stage));
    stage_ask(&stage, "GET /o/acme/desk/members?role=auditor\nAccept-Language: ar\n\n");
    golden_check("desk_members_arabic", stage_masked(&stage));
    stage_get(&stage, "/o/acme/desk/members?q=nobody%20%22%3Cb%3E");
    golden_check("desk_members_nobody", stage_masked(&stage));
}

/* The picture in the list: only one of our own, for those who may see the field; else what the name begins with. */
static void test_pictures(void **state)
{
#define OWN "0123456789abcdef0123456789abcdef"
    (void)state;
    portal_apply(&stage.portal, stage.lasting,
                 "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"mel\",\"picture\":\"http://localhost:8080/pictures/" OWN "/256.webp\"},"
                 "{\"connection\":\"customers\",\"user_id\":\"hal\",\"picture\":\"https://elsewhere.example/hal.png\"},"
                 "{\"connection\":\"customers\",\"user_id\":\"bea\",\"picture\":\"http://localhost:8080/pictures/fedcba9876543210fedcba9876543210/256.webp\"}]}");
    as("aud");
    stage_get(&stage, "/o/acme/desk/members");
    expect(200, "<img class=\"portrait\" src=\"/pictures/" OWN "/64.webp\" alt=\"\"");
    expect(200, "aria-hidden=\"true\">HH</span>");
    expect_not("elsewhere.example");
    expect_not("fedcba9876543210");
    stage_get(&stage, "/o/acme/desk/members/local%7Cmel");
    expect(200, "/pictures/" OWN "/256.webp");
    portal_apply(&stage.portal, stage.lasting, "{\"organizations\":[{\"name\":\"acme\",\"fields\":{\"picture\":{\"desk\":\"none\",\"owner\":\"none\"}}}]}");
    stage_get(&stage, "/o/acme/desk/members");
    expect(200, "Mel &lt;b&gt;");
    expect_not("/pictures/");
    stage_get(&stage, "/o/acme/desk/members/local%7Cmel");
    expect(200, "Mel &lt;b&gt;");
    expect_not("/pictures/");
}

struct search {
    const char *query, *found;    /* NULL: nobody */
    const char *not_found;        /* NULL: whoever else */
};

static void test_what_is_found(void **state)
{
    static const struct search searches[] = {
        {"q=MUL", "M\xc3\xbcller", "Hal Helper"}, {"q=hal", "Hal Helper", "Ana Admin"}, {"q=he+ha", "Hal Helper", "Ana Admin"},
        {"q=pia%40par", "Pia Partner", "Hal Helper"}, {"q=bea", NULL, "Bea Admin"}, {"q=sam", NULL, "Sam Stranger"},
        {"role=administrator", "Ana Admin", "Mel"}, {"state=blocked", "Bill Blocked", "Ana Admin"}, {"state=active", "Ana Admin", "Bill Blocked"},
        {"connection=partner", "Pia Partner", "Ana Admin"}, {"connection=hidden", NULL, "Ana Admin"}, {"connection=nowhere", NULL, "Ana Admin"},
        {"q=%25&role=", NULL, "Ana Admin"}, {"q=", "Ana Admin", NULL}, {"sort=-name", "Ana Admin", NULL},
    };
    (void)state;
    as("aud");
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++) {
        char path[200];
        snprintf(path, sizeof path, "/o/acme/desk/members?%s", searches[i].query);
        stage_get(&stage, path);
        expect(200, searches[i].found ? searches[i].found : "No member fits.");
        if (searches[i].not_found) expect_not(searches[i].not_found);
        expect_not("<b>M");
        expect_not("Hidden directory");
    }
}

static void test_what_is_no_query(void **state)
{
    static const char *const wrong[] = {"sort=age", "page=0", "page=x", "page=-1", "page=99999999999999999999", "after=x",
                                        "after=%00", "role=nothing", "state=gone"};
    (void)state;
    as("hal");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char path[200];
        snprintf(path, sizeof path, "/o/acme/desk/members?%s", wrong[i]);
        stage_get(&stage, path);
        if (stage.reply.status != 422 && stage.reply.status != 400) fail_msg("%s: %d", wrong[i], stage.reply.status);
    }
    stage_get(&stage, "/o/acme/desk/members?page=7");
    expect(200, "The list ends before this page.");
}

static void test_only_who_may(void **state)
{
    static const struct {
        const char *who;
        int status;
    } tries[] = {{"ana", 200}, {"hal", 200}, {"aud", 200}, {"mel", 403}, {"bea", 404}, {"sam", 404}};
    (void)state;
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        as(tries[i].who);
        stage_get(&stage, "/o/acme/desk/members?q=a");
        if (stage.reply.status != tries[i].status) fail_msg("%s: %d", tries[i].who, stage.reply.status);
        if (tries[i].status != 200) expect_not("Ana Admin");
    }
    stage_forget(&stage);
    stage_get(&stage, "/o/acme/desk/members");
    assert_int_equal(stage.reply.status, 303);
}

static void add_many(int count)
{
    struct text json = {.arena = stage.lasting};
    text_add(&json, STR("{\"users\":["));
    for (int i = 0; i < count; i++)
        text_print(&json, "%s{\"connection\":\"customers\",\"email\":\"n%03d@example.com\",\"name\":\"Number %03d\","
                   "\"organizations\":[{\"name\":\"acme\"}]}", i ? "," : "", i, i);
    text_add(&json, STR("]}"));
    portal_apply(&stage.portal, stage.lasting, text_str(&json).p);
    json_memory_use(stage.arena);
}

/* Follows a link of the page to the end: how many members were listed in all, and on how many pages. */
static size_t follow(const char *rel, size_t *pages)
{
    size_t listed = 0;
    char mark[32], way[2000];
    snprintf(mark, sizeof mark, "\" rel=\"%s\"", rel);
    for (*pages = 1;; ++*pages) {
        for (const char *at = stage.reply.body.p; (at = strstr(at, "<th scope=\"row\">")); at++) listed++;
        const char *end = strstr(stage.reply.body.p, mark);
        if (!end) return listed;
        const char *begin = end;
        while (begin[-1] != '"') begin--;
        size_t n = 0;
        for (const char *p = begin; p < end; p++)
            if (!strncmp(p, "&amp;", 5)) { way[n++] = '&'; p += 4; } else way[n++] = *p;
        way[n] = '\0';
        stage_get(&stage, way);
        expect(200, NULL);
        assert_true(*pages < 20);
    }
}

static void test_paging(void **state)
{
    (void)state;
    enum { MANY = 100, ALL = MANY + 6 };
    size_t pages;
    add_many(MANY);
    as("hal");
    stage_get(&stage, "/o/acme/desk/members");
    expect(200, "106 members");
    assert_int_equal(follow("next", &pages), ALL);
    assert_int_equal(pages, (ALL + MEMBER_PAGE - 1) / MEMBER_PAGE);
    assert_int_equal(follow("prev", &pages), ALL);
    stage_get(&stage, "/o/acme/desk/members?q=number&sort=-joined&state=active");
    assert_int_equal(follow("next", &pages), MANY);
    stage_get(&stage, "/o/acme/desk/members?page=3");
    expect(200, "25 members on this page.");
}

#define ON_A_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_STAGE(test_pages), ON_A_STAGE(test_pictures), ON_A_STAGE(test_what_is_found), ON_A_STAGE(test_what_is_no_query), ON_A_STAGE(test_only_who_may),
        ON_A_STAGE(test_paging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
