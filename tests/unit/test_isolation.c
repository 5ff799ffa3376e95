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
#include <strings.h>

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
    {METHOD_GET, "/", EVERYBODY}, {METHOD_GET, "/healthz", EVERYBODY},
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

static const struct tenant *other_of(const struct tenant *tenant)
{
    return tenant == &tenants.quill ? &tenants.zimt : &tenants.quill;
}

static bool is_desk(const struct route *route)
{
    return route->guard == GUARD_DESK;
}

static Str filled(const char *path, const char *organization, const char *id)
{
    Str text = text_replaced(scratch, str_of(path), STR("{organization}"), organization);
    static const char *const places[] = {"{id}", "{role}", "{page}", "{colours}", "{file}", "{purpose}", "{version}"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) text = text_replaced(scratch, text, str_of(places[i]), id);
    return text;
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

/* The organization's own id of the kind that the path wants. */
static const char *own_id(const struct tenant *tenant, const char *path)
{
    if (strstr(path, "/members/")) return tenant->id[ID_MEMBER];
    if (strstr(path, "/invitations/")) return tenant->id[ID_INVITATION];
    if (strstr(path, "/roles/")) return tenant->id[ID_ROLE];
    if (strstr(path, "/preview/")) return "login";
    if (strstr(path, "/branding/look/")) return "0a5c36-ffffff.css";
    return tenant->id[ID_REQUEST];
}

static void check_letter(char letter, const struct route *route, Str path, int role)
{
    int status = stage->reply.status;
    bool sign_in = text_has(stage->head, "Location: /login");
    bool right = letter == 'l' ? status == 303 && sign_in : letter == '.' ? status == 404 : letter == 'x' ? status == 403 :
                 status < 500 && !(sign_in && status == 303 && strcmp(route->name, "logout")) &&
                 (!is_desk(route) || (status != 404 && status != 403));
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
        Str path = filled(route->path, is_desk(route) ? tenant->name : "nowhere", is_desk(route) ? own_id(tenant, route->path) : "none");
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

/* The last answer, without what differs from run to run and without the id that was asked for. */
static Str answer_without(struct arena *kept, Str id)
{
    Str text = text_replaced(stage->arena, stage_masked(stage), id, "ID");
    text = text_replaced(stage->arena, text, percent_encode(stage->arena, id), "ID");
    return arena_copy(kept, text);
}

struct seen {
    int status;
    Str text;
    struct work work;
};

static struct seen see(enum method method, const struct route *route, const char *organization, Str id, const char *body)
{
    Str path = filled(route->path, is_desk(route) ? organization : id.p, id.p), sent = STR("");
    if (method == METHOD_POST) sent = text_replaced(scratch, str_of(body), STR("ID"), id.p);
    else path = arena_print(scratch, "%s?id=%s&user_id=%s&organization=%s&after=%s", path.p, id.p, id.p, id.p, id.p);
    (void)store_work(stage->portal.db);
    ask(method, path, sent.p);
    struct seen seen = {.status = stage->reply.status, .work = store_work(stage->portal.db)};
    seen.text = answer_without(scratch, id);
    return seen;
}

/* The only difference that there may be: that a row was found before it turned out to be none of this organization's. */
enum { STEPS_APART = 120 };

static void compare(const struct route *route, const char *organization, const char *id, char letter)
{
    static const char body[] = "wear=yes&reason=because&note=because&decision=approve&version=1&id=ID&user_id=ID&organization=ID&roles=ID&name=ID"
                               "&permissions=read%3Amembers&field=nickname&value=x&nickname=touched&end=ID";
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
    const char *place = strstr(route->path, is_desk(route) ? "/desk" : "/");
    return place ? strchr(place, '{') : NULL;
}

/* Every id that is not `tenant`'s, in every path below it. */
static size_t try_ids(const struct tenant *tenant, enum role_of_test role)
{
    size_t tried = 0;
    const struct tenant *other = other_of(tenant);
    tenant_sign_in(&tenants, tenant, role);
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        if (!places_of(route) || route->guard == GUARD_OPEN) continue;
        bool member = role == BOTH && strstr(route->path, "/organizations/");    /* Robin is in both */
        char letter = is_desk(route) ? row_of(route)->letters[tenant == &tenants.zimt && role == BOTH ? AUDITOR : role] : 'o';
        uint64_t before = store_digest(stage->portal.db);
        for (int id = 0; id < TENANT_IDS && !member; id++, tried++) {
            if (role == OTHER && !is_desk(route)) continue;          /* these are their own there */
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

static int64_t audited_across(void)
{
    return count("SELECT COUNT(*) FROM audit WHERE (organization = 'quill' AND user_id || reason || fields LIKE '%zimt%')"
                 " OR (organization = 'zimt' AND user_id || reason || fields LIKE '%quill%')"
                 " OR (organization = 'quill' AND actor_id LIKE '%zimt%') OR (organization = 'zimt' AND actor_id LIKE '%quill%')");
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
    assert_int_equal(audited_across(), 0);
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
            if (!is_desk(route)) continue;
            for (int own = 0; own < 2; own++) {
                arena_wipe(scratch);
                Str id = str_of(own_id(own ? &tenants.quill : &tenants.zimt, route->path));
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

/* --- lists, searches, counts, tables --- */

/* Whether a text names anything of that organization: its word, or an id that was made by chance. */
static bool names(const struct tenant *tenant, Str text)
{
    static const enum tenant_id chance[] = {ID_INVITATION, ID_REQUEST, ID_SESSION, ID_EXPORT, ID_PICTURE};
    for (size_t i = 0; i < sizeof chance / sizeof *chance; i++)
        if (text_has(text, tenant->id[chance[i]])) return true;
    for (size_t i = 0, n = strlen(tenant->name); i + n <= text.n; i++)
        if (!strncasecmp(text.p + i, tenant->name, n)) return true;
    return false;
}

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
    seen.text = answer_without(scratch, str_of(word));
    return seen;
}

static void search_for_the_other(const struct tenant *tenant, enum role_of_test role)
{
    const struct tenant *other = other_of(tenant);
    tenant_sign_in(&tenants, tenant, role);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        arena_wipe(scratch);
        const char *nobody = absent_id(scratch, other->name).p;
        struct seen here = answer_to(asked(tenant, questions[i], other->name), other->name);
        struct seen nowhere = answer_to(asked(tenant, questions[i], nobody), nobody);
        if (!str_eq(here.text, nowhere.text) || here.status != nowhere.status)
            fail_msg("%s as %d: %d\n%.*s\n---\n%.*s", questions[i], (int)role, here.status, STR_ARGS(here.text), STR_ARGS(nowhere.text));
        if (names(other, here.text)) fail_msg("%s as %d names the other\n%.*s", questions[i], (int)role, STR_ARGS(here.text));
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
                if (!is_desk(&routes[i]) || routes[i].method != METHOD_GET) continue;
                stage_get(stage, filled(routes[i].path, tenant->name, own_id(tenant, routes[i].path)).p);
                shown += stage->reply.status == 200;
                if (names(other_of(tenant), stage->reply.body) || names(other_of(tenant), stage->head))
                    fail_msg("%s at %s\n%.*s", routes[i].path, tenant->name, STR_ARGS(stage->reply.body));
            }
        }
    }
    assert_true(shown > 30);
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
    assert_false(names(&tenants.zimt, text));
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
        if (!is_desk(&routes[i]) || routes[i].method != METHOD_POST) continue;
        for (int id = 0; id < TENANT_IDS; id++) {
            arena_wipe(scratch);
            Str body = text_replaced(scratch, str_of(carried), STR("ID"), tenants.zimt.id[id]);
            Str path = filled(routes[i].path, "quill", own_id(&tenants.quill, routes[i].path));
            stage_post(stage, arena_print(scratch, "%s?organization=zimt&id=%s", path.p, tenants.zimt.id[id]).p, body.p + 1);
            assert_true(stage->reply.status < 500);
        }
        if (tenant_digest(stage->portal.db, &tenants.zimt) != before) fail_msg("%s has changed the other", routes[i].path);
    }
    assert_int_equal(count("SELECT COUNT(*) FROM session WHERE account_id IN (SELECT id FROM account WHERE user_id LIKE '%zimt%')"), others);
    assert_int_equal(audited_across(), 0);
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

/* --- a person in two organizations --- */

static void expect(int status, const char *in_body, const char *not_in_body)
{
    Str body = stage->reply.body;
    if (stage->reply.status != status) fail_msg("answered %d, not %d\n%.*s", stage->reply.status, status, STR_ARGS(body));
    if (in_body && !text_has(body, in_body)) fail_msg("not there: %s\n%.*s", in_body, STR_ARGS(body));
    if (not_in_body && text_has(body, not_in_body)) fail_msg("there: %s\n%.*s", not_in_body, STR_ARGS(body));
}

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
        assert_false(names(other_of(both[i]), stage->reply.body));
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

static void test_only_the_home_acts_on_the_account(void **state)
{
    (void)state;
    static const char *const acts[] = {"", "/block", "/unblock", "/reset", "/verify", "/unlock", "/sessions"};
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
        if (names(&tenants.quill, stage->reply.body)) fail_msg("%s: %.*s", pages[i], STR_ARGS(stage->reply.body));
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
    cmocka_unit_test(test_every_route_has_a_row),
    cmocka_unit_test_setup_teardown(test_who_gets_where, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_ids_of_the_other_are_nobodys, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_the_other_desk_is_not_there, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_searches_find_nobody_of_the_other, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_no_page_names_the_other, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_cursors_of_the_other, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_only_the_path_says_whom, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_invited_addresses_tell_nothing, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_what_is_hidden_is_not_searched_either, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_only_the_home_acts_on_the_account, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_a_membership_is_its_own_organizations, set_up, tear_down),
};

int main(void)
{
    return cmocka_run_group_tests(tests, NULL, NULL);
}
