/* Nobody sees or touches another organization's people: every route as every role with every id of the other organization, and the
   answer is the one for an id that does not exist: the same page, the same head, as many statements, nothing written. The table says
   once who gets where; a route without a row in it fails. */
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

/* In the order of enum role_of_test: stranger, loner, member, auditor, helper, administrator, greeter, gone, other, both.
   l: sent to sign in. '.': the page of an address that does not exist. x: 403. o: let in. */
#define EVERYBODY  "oooooooooo"
#define SIGNED_IN  "looooooooo"
#define ANY_ROLE   "l.xoooox.o"
#define MEMBERS    "l.xoooox.o"
#define UPDATE     "l.xxooxx.o"
#define BLOCK      "l.xxooxx.o"
#define ALONE      "l.xxxoxx.x"      /* what only the administrator's role allows */
#define INVITE     "l.xxxoox.x"
#define ACTIVITY   "l.xoooxx.o"

static const struct row {
    enum method method;
    const char *path, *letters;
} rows[] = {
    {METHOD_GET, "/", EVERYBODY}, {METHOD_GET, "/healthz", EVERYBODY}, {METHOD_GET, "/metrics", ".........."},
    {METHOD_GET, "/login", EVERYBODY}, {METHOD_POST, "/login", EVERYBODY},
    {METHOD_GET, "/logout", EVERYBODY}, {METHOD_POST, "/logout", SIGNED_IN},
    {METHOD_GET, "/profile", SIGNED_IN}, {METHOD_POST, "/profile", SIGNED_IN},
    {METHOD_GET, "/profile/requests", SIGNED_IN}, {METHOD_POST, "/profile/requests", SIGNED_IN},
    {METHOD_POST, "/profile/requests/{id}/withdraw", SIGNED_IN},
    {METHOD_GET, "/password", SIGNED_IN}, {METHOD_POST, "/password", SIGNED_IN},
    {METHOD_GET, "/password/forgot", EVERYBODY}, {METHOD_POST, "/password/forgot", EVERYBODY},
    {METHOD_GET, "/password/reset", EVERYBODY}, {METHOD_POST, "/password/reset", EVERYBODY},
    {METHOD_GET, "/o/{organization}/login", EVERYBODY}, {METHOD_POST, "/o/{organization}/login", EVERYBODY},
    {METHOD_GET, "/o/{organization}/password/forgot", EVERYBODY}, {METHOD_POST, "/o/{organization}/password/forgot", EVERYBODY},
    {METHOD_GET, "/o/{organization}/signup", EVERYBODY}, {METHOD_POST, "/o/{organization}/signup", EVERYBODY},
    {METHOD_GET, "/o/{organization}/look/{file}", EVERYBODY},
    {METHOD_GET, "/reauthenticate", SIGNED_IN}, {METHOD_POST, "/reauthenticate", SIGNED_IN},
    {METHOD_GET, "/email", SIGNED_IN}, {METHOD_POST, "/email", SIGNED_IN},
    {METHOD_POST, "/email/resend", SIGNED_IN}, {METHOD_POST, "/email/cancel", SIGNED_IN},
    {METHOD_GET, "/email/confirm", EVERYBODY}, {METHOD_POST, "/email/confirm", EVERYBODY},
    {METHOD_GET, "/email/revert", EVERYBODY}, {METHOD_POST, "/email/revert", EVERYBODY},
    {METHOD_GET, "/phone", SIGNED_IN}, {METHOD_POST, "/phone", SIGNED_IN},
    {METHOD_POST, "/phone/resend", SIGNED_IN}, {METHOD_POST, "/phone/cancel", SIGNED_IN},
    {METHOD_GET, "/phone/confirm", SIGNED_IN}, {METHOD_POST, "/phone/confirm", SIGNED_IN},
    {METHOD_GET, "/sessions", SIGNED_IN}, {METHOD_POST, "/sessions/end-others", SIGNED_IN},
    {METHOD_POST, "/sessions/{id}/end", SIGNED_IN},
    {METHOD_GET, "/organizations", SIGNED_IN}, {METHOD_POST, "/organizations/{organization}/leave", SIGNED_IN},
    {METHOD_POST, "/organizations/{organization}/look", SIGNED_IN},
    {METHOD_GET, "/activity", SIGNED_IN},
    {METHOD_GET, "/username", SIGNED_IN}, {METHOD_POST, "/username", SIGNED_IN},
    {METHOD_GET, "/invitation", EVERYBODY}, {METHOD_POST, "/invitation", EVERYBODY},
    {METHOD_GET, "/invitation/signup", EVERYBODY}, {METHOD_POST, "/invitation/signup", EVERYBODY},
    {METHOD_GET, "/signup", EVERYBODY}, {METHOD_POST, "/signup", EVERYBODY},
    {METHOD_GET, "/profile/picture", SIGNED_IN}, {METHOD_POST, "/profile/picture", SIGNED_IN},
    {METHOD_GET, "/consent", SIGNED_IN}, {METHOD_POST, "/consent", SIGNED_IN},
    {METHOD_GET, "/consent/{purpose}/{version}", SIGNED_IN},
    {METHOD_GET, "/privacy", SIGNED_IN},
    {METHOD_GET, "/privacy/export", SIGNED_IN}, {METHOD_POST, "/privacy/export", SIGNED_IN},
    {METHOD_GET, "/privacy/export/{id}", SIGNED_IN},
    {METHOD_GET, "/privacy/delete", SIGNED_IN}, {METHOD_POST, "/privacy/delete", SIGNED_IN},
    {METHOD_GET, "/privacy/delete/confirm", EVERYBODY}, {METHOD_POST, "/privacy/delete/confirm", EVERYBODY},
    {METHOD_GET, "/privacy/deletion", SIGNED_IN}, {METHOD_POST, "/privacy/deletion", SIGNED_IN},

    {METHOD_GET, "/o/{organization}/desk", ANY_ROLE}, {METHOD_GET, "/o/{organization}/desk/", ANY_ROLE},
    {METHOD_GET, "/o/{organization}/desk/members", MEMBERS},
    {METHOD_GET, "/o/{organization}/desk/members/{id}", MEMBERS}, {METHOD_POST, "/o/{organization}/desk/members/{id}", UPDATE},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/block", BLOCK},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/unblock", BLOCK},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/suspend", BLOCK},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/restore", BLOCK},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/reset", UPDATE},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/verify", UPDATE},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/unlock", UPDATE},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/sessions", UPDATE},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/roles", ALONE},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/remove", ALONE},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/delete", ALONE},
    {METHOD_POST, "/o/{organization}/desk/members/{id}/keep", ALONE},
    {METHOD_GET, "/o/{organization}/desk/requests", UPDATE}, {METHOD_POST, "/o/{organization}/desk/requests/{id}", UPDATE},
    {METHOD_GET, "/o/{organization}/desk/roles", MEMBERS}, {METHOD_POST, "/o/{organization}/desk/roles", ALONE},
    {METHOD_POST, "/o/{organization}/desk/roles/{role}", ALONE}, {METHOD_POST, "/o/{organization}/desk/roles/{role}/drop", ALONE},
    {METHOD_GET, "/o/{organization}/desk/invitations", INVITE}, {METHOD_POST, "/o/{organization}/desk/invitations", INVITE},
    {METHOD_POST, "/o/{organization}/desk/invitations/{id}/resend", INVITE},
    {METHOD_POST, "/o/{organization}/desk/invitations/{id}/revoke", INVITE},
    {METHOD_GET, "/o/{organization}/desk/activity", ACTIVITY}, {METHOD_GET, "/o/{organization}/desk/activity.csv", ACTIVITY},
    {METHOD_POST, "/o/{organization}/desk/branding/mark", ALONE},
    {METHOD_GET, "/o/{organization}/desk/branding", ALONE}, {METHOD_POST, "/o/{organization}/desk/branding", ALONE},
    {METHOD_GET, "/o/{organization}/desk/branding/preview/{page}", ALONE},
    {METHOD_GET, "/o/{organization}/desk/branding/look/{colours}", ALONE},
};
enum { ROWS = sizeof rows / sizeof *rows };

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

static const struct row *row_of(const struct route *route)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].method == route->method && !strcmp(rows[i].path, route->path)) return &rows[i];
    fail_msg("who gets to %s %s? It needs a row in this test's table", route->method == METHOD_GET ? "GET" : "POST", route->path);
    return NULL;
}

static void ask(enum method method, Str path, const char *body)
{
    if (method == METHOD_GET) stage_get(stage, path.p);
    else stage_post(stage, path.p, body);
}

/* --- who gets where --- */

static void test_every_route_has_a_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < route_count; i++) (void)row_of(&routes[i]);
    for (size_t i = 0; i < ROWS; i++) {
        size_t found = 0;
        for (size_t k = 0; k < route_count; k++) found += row_of(&routes[k]) == &rows[i];
        if (found != 1) fail_msg("%s is %zu routes", rows[i].path, found);
    }
}

static void check_letter(char letter, const struct route *route, Str path, int role)
{
    int status = stage->reply.status;
    bool sign_in = text_has(stage->head, "Location: /login");
    bool right = letter == 'l' ? status == 303 && sign_in : letter == '.' ? status == 404 : letter == 'x' ? status == 403 :
                 status < 500 && !(sign_in && status == 303 && strcmp(route->name, "logout")) &&
                 (route->guard != GUARD_DESK || (status != 404 && status != 403));
    if (!right) fail_msg("%s %s as %d: %d, not %c\n%.*s", route->method == METHOD_GET ? "GET" : "POST", path.p, role, status, letter,
                         STR_ARGS(stage->reply.body));
}

static void visit_as(const struct tenant *tenant, enum role_of_test role)
{
    tenant_sign_in(&tenants, tenant, role);
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        arena_wipe(scratch);
        char letter = row_of(route)->letters[tenant == &tenants.zimt && role == BOTH ? AUDITOR : role];
        bool desk = route->guard == GUARD_DESK;
        Str path = tenant_path(scratch, route->path, desk ? tenant->name : "nowhere", desk ? tenant_own_id(tenant, route->path) : "none");
        ask(route->method, path, "");
        check_letter(letter, route, path, (int)role);
        if (!strcmp(route->name, "logout")) tenant_sign_in(&tenants, tenant, role);
    }
}

static void test_who_gets_where(void **state)
{
    (void)state;
    for (int role = 0; role < ROLES_OF_TEST; role++) {
        visit_as(&tenants.quill, (enum role_of_test)role);
        visit_as(&tenants.zimt, (enum role_of_test)role);
    }
}

/* --- ids of the other organization --- */

static struct seen see(enum method method, const struct route *route, const char *organization, Str id, const char *body)
{
    Str path = tenant_path(scratch, route->path, route->guard == GUARD_DESK ? organization : id.p, id.p), sent = STR("");
    if (method == METHOD_POST) sent = text_replaced(scratch, str_of(body), STR("ID"), id.p);
    else path = arena_print(scratch, "%s?id=%s&user_id=%s&organization=%s&after=%s", path.p, id.p, id.p, id.p, id.p);
    (void)store_work(stage->portal.db);
    ask(method, path, sent.p);
    struct seen seen = {.status = stage->reply.status, .work = store_work(stage->portal.db)};
    seen.text = stage_answer_without(stage, scratch, id);
    return seen;
}

/* The only difference that there may be: that a row was found before it turned out to be none of this organization's. */
enum { STEPS_APART = 120 };

static void compare(const struct route *route, const char *organization, const char *id, char letter)
{
    static const char body[] = "wear=yes&reason=because&note=because&decision=approve&version=1&id=ID&user_id=ID&organization=ID&roles=ID&name=ID"
                               "&permissions=read%3Amembers&field=nickname&value=x&nickname=touched&end=ID";
    if (letter == 'x') (void)see(route->method, route, organization, absent_id(scratch, id), body);      /* the first of a minute has its row */
    struct seen here = see(route->method, route, organization, str_of(id), body);
    struct seen nowhere = see(route->method, route, organization, absent_id(scratch, id), body);
    int64_t apart = here.work.steps - nowhere.work.steps;
    if (here.status != (letter == 'x' ? 403 : 404)) fail_msg("%s at %s with %s: %d (%c)\n%.*s", route->path, organization, id,
                                                              here.status, letter, STR_ARGS(here.text));
    if (!str_eq(here.text, nowhere.text))
        fail_msg("%s at %s with %s:\n%.*s\n--- and with an id of nobody:\n%.*s", route->path, organization, id, STR_ARGS(here.text),
                 STR_ARGS(nowhere.text));
    if (here.work.runs != nowhere.work.runs || apart > STEPS_APART || apart < -STEPS_APART)
        fail_msg("%s at %s with %s: %d statements and %d steps, with an id of nobody %d and %d", route->path, organization, id,
                 (int)here.work.runs, (int)here.work.steps, (int)nowhere.work.runs, (int)nowhere.work.steps);
}

static const char *places_of(const struct route *route)
{
    const char *place = strstr(route->path, route->guard == GUARD_DESK ? "/desk" : "/");
    return place ? strchr(place, '{') : NULL;
}

/* Every id that is not `tenant`'s, in every path below it. */
static size_t try_ids(const struct tenant *tenant, enum role_of_test role)
{
    size_t tried = 0;
    const struct tenant *other = tenant_other(&tenants, tenant);
    tenant_sign_in(&tenants, tenant, role);
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        if (!places_of(route) || route->guard == GUARD_OPEN) continue;
        bool member = role == BOTH && strstr(route->path, "/organizations/");    /* Robin is in both */
        char letter = route->guard == GUARD_DESK ? row_of(route)->letters[tenant == &tenants.zimt && role == BOTH ? AUDITOR : role] : 'o';
        uint64_t before = store_digest(stage->portal.db);
        for (int id = 0; id < TENANT_IDS && !member; id++, tried++) {
            if (role == OTHER && route->guard != GUARD_DESK) continue;          /* these are their own there */
            if ((role == OTHER || role == BOTH) && id == ID_ORGANIZATION) continue;     /* whose name stands on all their pages */
            arena_wipe(scratch);
            compare(route, tenant->name, other->id[id], letter);
        }
        if (store_digest(stage->portal.db) != before) fail_msg("%s as %d has changed something", route->path, (int)role);
    }
    return tried;
}

static int64_t count(const char *sql)
{
    return store_count(stage->portal.db, sql);
}

static void test_ids_of_the_other_are_nobodys(void **state)
{
    (void)state;
    size_t tried = 0;
    int64_t letters = count("SELECT COUNT(*) FROM outbox");
    for (int role = LONER; role < ROLES_OF_TEST; role++) {
        tried += try_ids(&tenants.quill, (enum role_of_test)role);
        tried += try_ids(&tenants.zimt, (enum role_of_test)role);
    }
    assert_true(tried > 2000);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), letters);
    assert_int_equal(tenants_audited_across(&tenants), 0);
}

/* The desk of the other organization is the desk of one that does not exist, whatever stands behind it in the path. */
static void test_the_other_desk_is_not_there(void **state)
{
    (void)state;
    static const enum role_of_test roles[] = {LONER, MEMBER, AUDITOR, HELPER, ADMINISTRATOR, GREETER, GONE};
    for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
        tenant_sign_in(&tenants, &tenants.quill, roles[k]);
        for (size_t i = 0; i < route_count; i++) {
            const struct route *route = &routes[i];
            if (route->guard != GUARD_DESK) continue;
            for (int own = 0; own < 2; own++) {
                arena_wipe(scratch);
                Str id = str_of(tenant_own_id(own ? &tenants.quill : &tenants.zimt, route->path));
                struct seen here = see(route->method, route, "zimt", id, "reason=because&organization=quill&id=ID");
                Str text = text_replaced(scratch, here.text, STR("zimt"), "nowh");
                struct seen nowhere = see(route->method, route, "nowh", id, "reason=because&organization=quill&id=ID");
                assert_int_equal(here.status, 404);
                if (!str_eq(text, nowhere.text)) fail_msg("%s:\n%.*s\n---\n%.*s", route->path, STR_ARGS(text), STR_ARGS(nowhere.text));
                assert_int_equal(here.work.runs, nowhere.work.runs);
            }
        }
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_route_has_a_row),
    cmocka_unit_test_setup_teardown(test_who_gets_where, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_ids_of_the_other_are_nobodys, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_the_other_desk_is_not_there, set_up, tear_down),
};

int main(void)
{
    return cmocka_run_group_tests(tests, NULL, NULL);
}
