/* What a desk is shown and what it finds, when another organization's names, addresses, places in lists and ids are asked for; that the
   path alone says whom an act is about; and a person who belongs to two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "page/routes.h"
#include "support/store_support.h"
#include "support/tenants.h"

static struct tenants tenants;
static struct stage *const stage = &tenants.stage;
static struct arena *scratch;     /* a request's texts; the stage wipes its own with each */

static int set_up(void **state)
{
    (void)state;
    tenants_open(&tenants);
    scratch = arena_open(0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(scratch);
    tenants_close(&tenants);
    return 0;
}

static int64_t count(const char *sql)
{
    return store_count(stage->portal.db, sql);
}

static void expect(int status, const char *in_body, const char *not_in_body)
{
    Str body = stage->reply.body;
    if (stage->reply.status != status) fail_msg("answered %d, not %d\n%.*s", stage->reply.status, status, STR_ARGS(body));
    if (in_body && !text_has(body, in_body)) fail_msg("not there: %s\n%.*s", in_body, STR_ARGS(body));
    if (not_in_body && text_has(body, not_in_body)) fail_msg("there: %s\n%.*s", not_in_body, STR_ARGS(body));
}

/* --- lists, searches, counts, tables --- */

/* Everything that a desk can be asked to show, filled in with what is the other organization's. */
static const char *const questions[] = {
    "members?q=%s", "members?role=%s", "members?role=%s%%3A%s-keeper", "members?connection=%s", "members?connection=%s-directory",
    "members?q=%s&sort=-name", "members?q=%s&state=active", "members?q=%s-member%%40%s.example", "members?q=%s-1", "members?after=%s",
    "activity?member=%s", "activity?by=%s-admin", "activity?member=local%%7C%s-member", "activity.csv?member=%s",
    "activity.csv?by=local%%7C%s-admin", "invitations?state=%s", "invitations?q=%s", "requests?user_id=local%%7C%s-member",
    "roles?q=%s", "branding/preview/login?heading=%s",
};

static Str asked(const struct tenant *tenant, const char *question, const char *word)
{
    Str path = text_replaced(scratch, str_of(question), STR("%s"), word);
    return arena_print(scratch, "/o/%s/desk/%s", tenant->name, text_replaced(scratch, path, STR("%%"), "%").p);
}

static struct seen answer_to(Str path, const char *word)
{
    (void)store_work(stage->portal.db);
    stage_get(stage, path.p);
    struct seen seen = {.status = stage->reply.status, .work = store_work(stage->portal.db)};
    seen.text = stage_answer_without(stage, scratch, str_of(word));
    return seen;
}

static void search_for_the_other(const struct tenant *tenant, enum role_of_test role)
{
    const struct tenant *other = tenant_other(&tenants, tenant);
    tenant_sign_in(&tenants, tenant, role);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        arena_wipe(scratch);
        const char *nobody = absent_id(scratch, other->name).p;
        struct seen here = answer_to(asked(tenant, questions[i], other->name), other->name);
        struct seen nowhere = answer_to(asked(tenant, questions[i], nobody), nobody);
        if (!str_eq(here.text, nowhere.text) || here.status != nowhere.status)
            fail_msg("%s as %d: %d\n%.*s\n---\n%.*s", questions[i], (int)role, here.status, STR_ARGS(here.text), STR_ARGS(nowhere.text));
        if (tenant_is_named(other, here.text)) fail_msg("%s as %d names the other\n%.*s", questions[i], (int)role, STR_ARGS(here.text));
        assert_int_equal(here.work.runs, nowhere.work.runs);
    }
}

static void test_searches_find_nobody_of_the_other(void **state)
{
    (void)state;
    static const enum role_of_test roles[] = {AUDITOR, HELPER, ADMINISTRATOR, GREETER};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        search_for_the_other(&tenants.quill, roles[i]);
        search_for_the_other(&tenants.zimt, roles[i]);
    }
}

/* Robin reads both, and even so nothing of one stands in the pages of the other. */
static void test_no_page_names_the_other(void **state)
{
    (void)state;
    size_t shown = 0;
    static const enum role_of_test roles[] = {AUDITOR, HELPER, ADMINISTRATOR, GREETER};
    for (int turn = 0; turn < 2; turn++) {
        const struct tenant *tenant = turn ? &tenants.zimt : &tenants.quill;
        for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
            tenant_sign_in(&tenants, tenant, roles[k]);
            for (size_t i = 0; i < route_count; i++) {
                arena_wipe(scratch);
                if (routes[i].guard != GUARD_DESK || routes[i].method != METHOD_GET) continue;
                stage_get(stage, tenant_path(scratch, routes[i].path, tenant->name, tenant_own_id(tenant, routes[i].path)).p);
                shown += stage->reply.status == 200;
                const struct tenant *other = tenant_other(&tenants, tenant);
                if (tenant_is_named(other, stage->reply.body) || tenant_is_named(other, stage->head))
                    fail_msg("%s at %s\n%.*s", routes[i].path, tenant->name, STR_ARGS(stage->reply.body));
            }
        }
    }
    assert_true(shown > 30);
}

/* What fits people of both: roles, states and connections that both have, words that stand in names of both. */
static void test_what_fits_both_shows_only_ones_own(void **state)
{
    (void)state;
    static const char *const shared[] = {
        "members?role=help-desk", "members?role=administrator", "members?state=suspended", "members?connection=customers", "members?q=mem",
        "members?q=mem%20ber", "members?q=un", "members?q=mac", "members?sort=-name", "members?sort=joined", "members?sort=-joined",
        "members?q=ber&role=", "members?page=1&role=auditor&sort=-name", "invitations?state=pending", "requests?answered=yes",
        "activity?act=membership.suspend", "activity?member=mem", "activity.csv?act=membership.suspend", "activity.csv?by=admin",
    };
    for (int turn = 0; turn < 2; turn++) {
        const struct tenant *tenant = turn ? &tenants.zimt : &tenants.quill;
        tenant_sign_in(&tenants, tenant, ADMINISTRATOR);
        for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
            arena_wipe(scratch);
            stage_get(stage, arena_print(scratch, "/o/%s/desk/%s", tenant->name, shared[i]).p);
            expect(200, tenant->name, NULL);
            if (tenant_is_named(tenant_other(&tenants, tenant), stage->reply.body))
                fail_msg("%s at %s\n%.*s", shared[i], tenant->name, STR_ARGS(stage->reply.body));
        }
    }
}

/* A place in one list is no place in another: it may be refused, or be anywhere, but nobody else stands there. */
static void test_cursors_of_the_other(void **state)
{
    (void)state;
    char cursor[4096], sql[400];
    tenant_sign_in(&tenants, &tenants.zimt, ADMINISTRATOR);
    for (int i = 0; i < 30; i++) {
        snprintf(sql, sizeof sql, "INSERT INTO account (user_id, connection_id, profile, sources, version, epoch, blocked, deletion_at,"
                 " created_at, updated_at, last_login_at, logins_count) SELECT 'local|zimt-%02d', connection_id, '{}', '{}', 1, 1, 0, 0,"
                 " 1, 1, 1, 0 FROM account WHERE user_id = 'local|zimt-member' RETURNING id", i);
        Value organization = db_int(tenants.zimt.organization), account = db_int(count(sql));
        store_do(stage->portal.db, STMT_membership_put, DB_ARGS(organization, account, db_int(1), db_int(0), db_int(0), db_int(1)));
    }
    stage_get(stage, "/o/zimt/desk/members");
    const char *after = strstr(stage->reply.body.p, "after=");
    assert_non_null(after);
    Str rest = str_of(after + 6);
    snprintf(cursor, sizeof cursor, "/o/quill/desk/members?page=2&after=%.*s", STR_ARGS(str_cut(&rest, '"')));
    tenant_sign_in(&tenants, &tenants.quill, ADMINISTRATOR);
    stage_get(stage, cursor);
    assert_true(stage->reply.status == 200 || stage->reply.status == 422);
    Str text = text_replaced(stage->arena, stage->reply.body, str_of(strstr(cursor, "after=") + 6), "");
    assert_false(tenant_is_named(&tenants.zimt, text));
}

/* --- ids in the query and in the body --- */

static const char carried[] =
    "&id=ID&user_id=ID&account=ID&member=ID&organization=zimt&organization_id=2&public_id=ID&connection=zimt-directory&role=ID"
    "&reason=because&note=because&decision=decline&permissions=read%3Amembers&version=1&nickname=touched&email=x%40zimt.example";

/* Whatever else a form brings: the path alone says whom an act is about. */
static void test_only_the_path_says_whom(void **state)
{
    (void)state;
    uint64_t before = tenant_digest(stage->portal.db, &tenants.zimt);
    int64_t others = count("SELECT COUNT(*) FROM session WHERE account_id IN (SELECT id FROM account WHERE user_id LIKE '%zimt%')");
    tenant_sign_in(&tenants, &tenants.quill, ADMINISTRATOR);
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].guard != GUARD_DESK || routes[i].method != METHOD_POST) continue;
        for (int id = 0; id < TENANT_IDS; id++) {
            arena_wipe(scratch);
            Str body = text_replaced(scratch, str_of(carried), STR("ID"), tenants.zimt.id[id]);
            Str path = tenant_path(scratch, routes[i].path, "quill", tenant_own_id(&tenants.quill, routes[i].path));
            stage_post(stage, arena_print(scratch, "%s?organization=zimt&id=%s", path.p, tenants.zimt.id[id]).p, body.p + 1);
            assert_true(stage->reply.status < 500);
        }
        if (tenant_digest(stage->portal.db, &tenants.zimt) != before) fail_msg("%s has changed the other", routes[i].path);
    }
    assert_int_equal(count("SELECT COUNT(*) FROM session WHERE account_id IN (SELECT id FROM account WHERE user_id LIKE '%zimt%')"), others);
    assert_int_equal(tenants_audited_across(&tenants), 0);
    assert_true(count("SELECT COUNT(*) FROM audit WHERE organization = 'quill' AND outcome = 'allowed'") > 5);
}

/* --- the other organization's member is invited --- */

static struct work invite(const char *who)
{
    (void)store_work(stage->portal.db);
    stage_post(stage, "/o/quill/desk/invitations", who);
    struct work work = store_work(stage->portal.db);
    if (stage->reply.status != 303 || !text_has(stage->head, "Location: /o/quill/desk/invitations?"))
        fail_msg("%s: %d\n%.*s", who, stage->reply.status, STR_ARGS(stage->reply.body));
    return work;
}

/* That an address has an account, or a membership elsewhere, is nothing that inviting it could tell. */
static void test_invited_addresses_tell_nothing(void **state)
{
    (void)state;
    static const char *const known[] = {"zimt-member%40zimt.example", "zimt-admin%40zimt.example", "loner%40alone.example"};
    tenant_sign_in(&tenants, &tenants.quill, ADMINISTRATOR);
    int64_t letters = count("SELECT COUNT(*) FROM outbox"), before = count("SELECT COUNT(*) FROM invitation");
    struct work unknown = invite("reason=x&emails=nobody-here%40zimt.example");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char body[100];
        snprintf(body, sizeof body, "reason=x&emails=%s", known[i]);
        assert_int_equal(invite(body).runs, unknown.runs);
    }
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), letters + 4);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation"), before + 4);
    assert_int_equal(count("SELECT COUNT(DISTINCT state || roles || language || prefilled || inviter || decided_at) FROM invitation"
                           " WHERE email NOT LIKE 'guest@%'"), 1);
}

/* --- files --- */

/* Of all who can sign in, only whose data it is gets the bytes; their own administrator does not either. */
static void test_a_file_is_its_owners(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++)
        for (int role = LONER; role < ROLES_OF_TEST; role++)
            for (int own = 0; own < 2; own++) {
                const struct tenant *tenant = turn ? &tenants.zimt : &tenants.quill;
                const struct tenant *whose = own ? tenant : tenant_other(&tenants, tenant);
                char words[64];
                arena_wipe(scratch);
                tenant_sign_in(&tenants, tenant, (enum role_of_test)role);
                stage_get(stage, arena_print(scratch, "/privacy/export/%s", whose->id[ID_EXPORT]).p);
                int status = stage->reply.status;
                Str text = stage_answer_without(stage, scratch, STR("-"));
                snprintf(words, sizeof words, "these bytes are %s's", whose->name);
                assert_int_equal(status, own && role == MEMBER ? 200 : 404);
                assert_int_equal(text_has(text, words), own && role == MEMBER);
            }
}

/* --- a person in two organizations --- */

#define ROBIN "members/local%7Crobin77"

/* Rules of one organization tighten for all: what one hides, the other's desk sees as little, and none finds the person by it. */
static void test_what_is_hidden_is_not_searched_either(void **state)
{
    (void)state;
    static const struct tenant *const both[] = {&tenants.quill, &tenants.zimt};
    for (size_t i = 0; i < 2; i++) {
        char path[100];
        tenant_sign_in(&tenants, both[i], ADMINISTRATOR);
        snprintf(path, sizeof path, "/o/%s/desk/%s", both[i]->name, "members/local%7Crobin77");
        stage_get(stage, path);
        expect(200, "Robin Common", "unrobin77");
        expect(200, "robin77@common.example", "R-77");
        assert_false(tenant_is_named(tenant_other(&tenants, both[i]), stage->reply.body));
        snprintf(path, sizeof path, "/o/%s/desk/members?q=%s", both[i]->name, "unrobin77");
        stage_get(stage, path);
        expect(200, NULL, "Robin Common");
        snprintf(path, sizeof path, "/o/%s/desk/members?q=robin77", both[i]->name);
        stage_get(stage, path);
        expect(200, "Robin Common", NULL);
    }
    stage_get(stage, "/o/zimt/desk/members/local%7Czimt-member");
    expect(200, "unzimt-member", "zimt-1");
    stage_get(stage, "/o/zimt/desk/members?q=unzimt-mem");
    expect(200, "zimt Mem Ber", NULL);
}

/* Who reads the mail of an account gets a new password for it, and acts where that account acts. */
static void test_no_desk_takes_over_who_acts_elsewhere(void **state)
{
    (void)state;
    static const enum role_of_test roles[] = {HELPER, ADMINISTRATOR};
    for (size_t i = 0; i < 2; i++) {
        tenant_sign_in(&tenants, &tenants.zimt, roles[i]);
        stage_get(stage, "/o/zimt/desk/" ROBIN);
        expect(200, "This person has duties elsewhere", "name=\"email\"");
        expect(200, "name=\"nickname\"", NULL);
        stage_post(stage, "/o/zimt/desk/" ROBIN, "reason=because&version=1&email=mine%40zimt.example");
        expect(403, "This person has duties elsewhere", NULL);
        stage_get(stage, "/o/zimt/desk/members/local%7Czimt-member");
        expect(200, "name=\"email\"", "This person has duties elsewhere");
    }
    assert_int_equal(count("SELECT COUNT(*) FROM identifier WHERE key = 'mine@zimt.example'"), 0);
}

/* An act that somebody's roles do not allow has its row in their organization, a forged one has none. */
static void test_what_is_not_allowed_is_written_down(void **state)
{
    (void)state;
    static const char rows[] = "SELECT COUNT(*) FROM audit WHERE organization = 'quill' AND action = 'desk.act' AND outcome = 'refused'"
                               " AND reason = 'permission' AND actor_id LIKE '%quill-audit'";
    tenant_sign_in(&tenants, &tenants.quill, AUDITOR);
    stage_post(stage, "/o/quill/desk/members/local%7Cquill-member/block", "reason=because");
    expect(403, NULL, NULL);
    assert_int_equal(count(rows), 1);
    stage_post(stage, "/o/quill/desk/members/local%7Cquill-member/unblock", "reason=because");
    expect(403, NULL, NULL);
    assert_int_equal(count(rows), 1);     /* nobody fills the chain with these */
    stage_ask(stage, "POST /o/quill/desk/members/local%7Cquill-member/block\n\nreason=because&csrf=forged");
    expect(403, NULL, NULL);
    stage_post(stage, "/o/zimt/desk/members/local%7Czimt-member/block", "reason=because");
    expect(404, NULL, NULL);
    assert_int_equal(count(rows), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE organization = 'zimt' AND action = 'desk.act'"), 0);
}

static void test_only_the_home_acts_on_the_account(void **state)
{
    (void)state;
    static const char *const acts[] = {"", "/block", "/unblock", "/reset", "/verify", "/unlock", "/sessions", "/delete", "/keep"};
    char path[100];
    stage_sign_in(stage, "robin77@common.example");
    tenant_sign_in(&tenants, &tenants.quill, ADMINISTRATOR);
    uint64_t before = store_digest(stage->portal.db);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        snprintf(path, sizeof path, "/o/quill/desk/%s%s", "members/local%7Crobin77", acts[i]);
        stage_post(stage, path, "reason=because&version=1&nickname=touched");
        expect(403, NULL, NULL);
    }
    assert_true(store_digest(stage->portal.db) == before);
    assert_int_equal(count("SELECT COUNT(*) FROM session WHERE account_id = (SELECT id FROM account WHERE user_id = 'local|robin77')"), 1);
    tenant_sign_in(&tenants, &tenants.zimt, ADMINISTRATOR);
    stage_post(stage, "/o/zimt/desk/" ROBIN "/block", "reason=because");
    expect(303, NULL, NULL);
    assert_int_equal(count("SELECT blocked FROM account WHERE user_id = 'local|robin77'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM session WHERE account_id = (SELECT id FROM account WHERE user_id = 'local|robin77')"), 0);
}

static void test_a_membership_is_its_own_organizations(void **state)
{
    (void)state;
    tenant_sign_in(&tenants, &tenants.quill, ADMINISTRATOR);
    stage_post(stage, "/o/quill/desk/" ROBIN "/suspend", "reason=because-of-quill");
    expect(303, NULL, NULL);
    tenant_sign_in(&tenants, &tenants.zimt, ADMINISTRATOR);
    static const char *const pages[] = {"/o/zimt/desk/" ROBIN, "/o/zimt/desk/members?state=suspended", "/o/zimt/desk/activity",
                                        "/o/zimt/desk/activity.csv", "/o/zimt/desk/roles"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        stage_get(stage, pages[i]);
        expect(200, NULL, "because-of");
        if (tenant_is_named(&tenants.quill, stage->reply.body)) fail_msg("%s: %.*s", pages[i], STR_ARGS(stage->reply.body));
    }
    stage_get(stage, "/o/zimt/desk/members?state=suspended&q=robin");
    expect(200, NULL, "Robin Common");
    stage_sign_in(stage, "robin77@common.example");
    stage_get(stage, "/o/quill/desk/members");
    expect(403, NULL, "local%7C");
    stage_get(stage, "/o/zimt/desk/members");
    expect(200, "Robin Common", NULL);
    stage_get(stage, "/activity");
    expect(200, "because-of-quill", NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_searches_find_nobody_of_the_other, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_no_page_names_the_other, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_what_fits_both_shows_only_ones_own, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_cursors_of_the_other, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_only_the_path_says_whom, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_invited_addresses_tell_nothing, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_a_file_is_its_owners, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_what_is_hidden_is_not_searched_either, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_no_desk_takes_over_who_acts_elsewhere, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_what_is_not_allowed_is_written_down, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_only_the_home_acts_on_the_account, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_a_membership_is_its_own_organizations, set_up, tear_down),
};

int main(void)
{
    return cmocka_run_group_tests(tests, NULL, NULL);
}
