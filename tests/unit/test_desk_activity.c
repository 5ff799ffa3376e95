/* What a help desk reads of what was done: only its own organization's rows, in words, found by what was done, by whom and to whom,
   page by page, and as a table in which nothing is calculated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "account/audit.h"
#include "account/desk.h"
#include "account/member_index.h"
#include "account/profile.h"
#include "account/role.h"
#include "account/state.h"
#include "base/json_memory.h"
#include "store/fence.h"
#include "store/sqlite.h"
#include "store/user_store.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/portal_support.h"
#include "support/store_support.h"

enum { LONG_AGO = 1767700000, A_DAY = 86400 };      /* 6 January 2026 */

static const char people[] =
    "{\"fields\":[{\"name\":\"app_metadata.note\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"none\",\"desk\":\"none\","
    "  \"label\":{\"en\":\"Secret note\"}}],"
    "\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\",\"options\":{},\"fields\":{}}],"
    "\"roles\":[],\"organizations\":["
    " {\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"connections\":[],\"fields\":{}},"
    " {\"name\":\"nour\",\"display_name\":\"Nour\",\"connections\":[],\"fields\":{}}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"adm\",\"email\":\"adm@acme.example\",\"name\":\"Adam Boss\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"administrator\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"aud\",\"email\":\"aud@acme.example\",\"name\":\"Audra Tor\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"auditor\"]}]},"
    " {\"connection\":\"customers\",\"user_id\":\"hel\",\"email\":\"hel@acme.example\",\"name\":\"Helga Desk\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"help-desk\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"mia\",\"email\":\"mia@acme.example\",\"name\":\"Mia Member\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[],\"home\":true},{\"name\":\"nour\",\"roles\":[]}]},"
    " {\"connection\":\"customers\",\"user_id\":\"mio\",\"email\":\"mio@acme.example\",\"name\":\"Mio Member\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"nor\",\"email\":\"nor@nour.example\",\"name\":\"Nora Boss\","
    "  \"organizations\":[{\"name\":\"nour\",\"roles\":[\"administrator\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"str\",\"email\":\"stranger@example.com\",\"name\":\"Stranger Danger\"}]}";

static struct stage stage;

static int set_up(void **state)
{
    struct visit visit = {.now = LONG_AGO, .request_id = STR(""), .peer = STR("")};
    bool more = true;
    (void)state;
    stage_open(&stage, people);
    visit.arena = stage.lasting;
    while (more) assert_int_equal(member_index_mend(&stage.portal, &visit, 100, &more), OK);
    assert_int_equal(db_begin(stage.portal.db), OK);
    assert_int_equal(db_commit(stage.portal.db), OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stage_close(&stage);
    return 0;
}

static void add(const struct audit_entry *given)
{
    struct audit_entry entry = *given;
    if (!entry.at) entry.at = LONG_AGO;
    if (!entry.actor.p) entry.actor = STR("desk");
    if (!entry.actor_id.p) entry.actor_id = STR("local|hel");
    if (!entry.organization.p) entry.organization = STR("acme");
    if (!entry.outcome.p) entry.outcome = STR("allowed");
    if (!entry.peer.p) entry.peer = STR("192.0.2.66");
    assert_int_equal(db_begin(stage.portal.db), OK);
    assert_int_equal(audit_write(&stage.portal, &entry), OK);
    assert_int_equal(db_commit(stage.portal.db), OK);
}

static void add_some(void)
{
    add(&(struct audit_entry){.action = STR("account.block"), .user_id = STR("local|mia"), .reason = STR("lost her <phone>")});
    add(&(struct audit_entry){.action = STR("profile.save"), .user_id = STR("local|mia"), .reason = STR("she wrote to us"),
        .fields = STR("[{\"field\":\"nickname\",\"level\":\"edit\",\"rule\":\"field\"},{\"field\":\"app_metadata.note\"}]"), .at = LONG_AGO + A_DAY});
    add(&(struct audit_entry){.action = STR("membership.roles"), .user_id = STR("local|mio"), .reason = STR("new task"),
        .fields = STR("[{\"gives\":\"auditor\"},{\"takes\":\"help-desk\"}]"), .at = LONG_AGO + 2 * A_DAY});
    add(&(struct audit_entry){.action = STR("account.block"), .user_id = STR("local|mio"), .outcome = STR("refused"), .reason = STR("rank"),
        .actor_id = STR("local|aud"), .at = LONG_AGO + 3 * A_DAY});
    add(&(struct audit_entry){.action = STR("membership.leave"), .user_id = STR("local|gone"), .actor = STR("owner"),
        .actor_id = STR("local|gone"), .at = LONG_AGO + 4 * A_DAY});
    add(&(struct audit_entry){.action = STR("invitation.accept"), .user_id = STR("local|str"), .actor = STR("owner"),
        .actor_id = STR("local|str"), .outcome = STR("refused"), .reason = STR("address"), .at = LONG_AGO + 5 * A_DAY});
    add(&(struct audit_entry){.action = STR("invitation.send"), .reason = STR("0123456789abcdef"), .at = LONG_AGO + 6 * A_DAY});
    add(&(struct audit_entry){.action = STR("account.unblock"), .organization = STR("nour"), .actor_id = STR("local|nor"),
        .user_id = STR("local|mia"), .reason = STR("nours own business")});
    add(&(struct audit_entry){.action = STR("member.remove"), .actor = STR("operator"), .actor_id = STR("cli:root"),
        .user_id = STR("local|mio"), .at = LONG_AGO + 7 * A_DAY});
}

/* Of the rows that `apply` made at the beginning nothing is asked here. */
static Str page(const char *path)
{
    Str body = stage_get(&stage, path);
    assert_int_equal(stage.reply.status, 200);
    return body;
}

static void test_it_is_for_those_who_may_read_it(void **state)
{
    (void)state;
    static const struct { const char *person; int status; } rows[] = {
        {"aud@acme.example", 200}, {"hel@acme.example", 200}, {"mia@acme.example", 403}, {"nor@nour.example", 404},
        {"stranger@example.com", 404},
    };
    static const char *const paths[] = {"/o/acme/desk/activity", "/o/acme/desk/activity.csv"};
    add_some();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage_sign_in(&stage, rows[i].person);
        for (size_t k = 0; k < 2; k++) {
            Str body = stage_get(&stage, paths[k]);
            if (stage.reply.status != rows[i].status) fail_msg("%s for %s: %d", paths[k], rows[i].person, stage.reply.status);
            assert_int_equal(text_has(body, "she wrote to us"), rows[i].status == 200);
        }
    }
    stage_forget(&stage);
    stage_get(&stage, paths[0]);
    assert_int_equal(stage.reply.status, 303);
}

static void test_acts_are_told_in_words(void **state)
{
    (void)state;
    add_some();
    stage_sign_in(&stage, "aud@acme.example");
    Str body = page("/o/acme/desk/activity");
    static const char *const words[] = {
        "The account of Mia Member was blocked.", "lost her &lt;phone&gt;", "By Helga Desk", "The profile of Mia Member was changed.",
        "Nickname", "Something that no help desk sees", "The roles of Mio Member were changed.", "Given: Auditor", "Taken away: Help desk",
        "Refused: Block an account", "It concerns somebody, or a role, that may do more.", "local|gone left the organization.",
        "Refused: Accept an invitation", "By somebody who is no member", "An invitation was sent.", "By the operator of this portal",
        "/o/acme/desk/members/local%7Cmia",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!text_has(body, words[i])) fail_msg("the page lacks: %s\n%.*s", words[i], STR_ARGS(body));
}

static void test_nothing_else_is_told(void **state)
{
    (void)state;
    static const char *const paths[] = {"/o/acme/desk/activity", "/o/acme/desk/activity.csv",
        "/o/acme/desk/activity?member=local%7Cmia", "/o/acme/desk/activity.csv?member=local%7Cmia", "/o/acme/desk/activity?by=local%7Cnor",
        "/o/acme/desk/activity?act=account.unblock", "/o/acme/desk/activity.csv?by=local%7Cnor"};
    static const char *const secrets[] = {"192.0.2.66", "nours own business", "Nora", "was unblocked", "cli:root", "local|str", "local%7Cstr",
                                          "Stranger", "Secret note", "app_metadata", "0123456789abcdef", "nour"};
    add_some();
    stage_sign_in(&stage, "aud@acme.example");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        Str body = page(paths[i]);
        for (size_t k = 0; k < sizeof secrets / sizeof *secrets; k++) {
            bool typed = !strcmp(secrets[k], "nour") || strstr(paths[i], "nor");
            if (!typed && text_has(body, secrets[k])) fail_msg("%s tells %s", paths[i], secrets[k]);
        }
        assert_false(text_has(body, "nours own business"));
    }
}

/* --- who did what to whom --- */

static struct visit visit_of(const char *actor)
{
    return (struct visit){.arena = stage.lasting, .now = LONG_AGO + 8 * A_DAY, .request_id = STR(""), .peer = STR("192.0.2.66"),
                          .actor_id = str_of(actor)};
}

static struct user person(const char *user_id)
{
    struct user user;
    assert_int_equal(user_get_by_user_id(stage.portal.db, stage.lasting, str_of(user_id), &user), OK);
    return user;
}

static struct desk desk_of(const char *user_id)
{
    struct desk desk;
    struct user user = person(user_id);
    assert_int_equal(desk_enter(&stage.portal, stage.lasting, &user, STR("acme"), &desk), OK);
    return desk;
}

/* The table of these acts, as the auditor of that organization reads it. */
static Str told(const char *act)
{
    stage_sign_in(&stage, "aud@acme.example");
    return arena_copy(stage.lasting, page(arena_print(stage.lasting, "/o/acme/desk/activity.csv?act=%s", act).p));
}

static void assert_told(const char *act, const char *words)
{
    Str table = told(act);
    if (!text_has(table, words)) fail_msg("%s lacks: %s\n%.*s", act, words, STR_ARGS(table));
}

static void assert_whole_chain(void)
{
    struct audit_check check;
    assert_int_equal(audit_verify(&stage.portal, stage.lasting, STR_NONE, &check), OK);
}

/* As an administrator invites in the page; its public id, which is all that the audit has of it. */
static Str invite(void)
{
    struct rows rows;
    stage_sign_in(&stage, "adm@acme.example");
    stage_post(&stage, "/o/acme/desk/invitations", "emails=%3Dnew%40example.org&roles=auditor&roles=help-desk&language=en");
    assert_int_equal(db_select(stage.portal.db, STMT_audit_newest_of_organization,
                               DB_ARGS(db_int(INT64_MAX), db_int(1), db_text(STR("acme"))), &rows), OK);
    assert_true(row_next(&rows));
    assert_true(str_is(row_text(&rows, 8), "invitation.send"));
    Str public_id = arena_copy(stage.lasting, row_text(&rows, 10));
    assert_int_equal(rows_end(&rows), OK);
    return public_id;
}

static void test_invitations_name_whom_and_which_roles(void **state)
{
    (void)state;
    static const struct { const char *act, *words; } rows[] = {
        {"invitation.send", "\"An invitation was sent to =new@example.org.\",\"Done\",\"By Adam Boss\""},
        {"invitation.resend", "\"An invitation was sent again to =new@example.org.\""},
        {"invitation.revoke", "\"The invitation to =new@example.org was revoked.\""},
        {"invitation.decline", "\"The invitation to =new@example.org was declined.\""},
        {"invitation.accept", "\"Mia Member accepted an invitation.\""},
        {"invitation.accept", "\"Invited address: =new@example.org; Roles: Auditor, Help desk\""},
    };
    Str public_id = invite();
    for (size_t i = 1; i < sizeof rows / sizeof *rows; i++)
        add(&(struct audit_entry){.action = str_of(rows[i].act), .reason = public_id,
                                  .user_id = i < 4 ? STR_NONE : STR("local|mia"), .actor = i < 4 ? STR("desk") : STR("owner")});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_told(rows[i].act, rows[i].words);
        assert_told(rows[i].act, "Roles: Auditor, Help desk");
        assert_false(text_has(told(rows[i].act), public_id.p));
    }
    assert_whole_chain();
}

/* Rows of before, of an invitation that is gone, or that is another organization's, say what they know. */
static void test_an_invitation_that_is_not_there_is_not_named(void **state)
{
    (void)state;
    Str public_id = invite();
    add(&(struct audit_entry){.action = STR("invitation.accept"), .user_id = STR("local|mia"), .actor = STR("owner")});
    add(&(struct audit_entry){.action = STR("role.drop"), .reason = public_id});
    assert_told("invitation.accept", "\"Mia Member accepted an invitation.\",\"Done\",\"By Mia Member\",\"local|mia\",\"Mia Member\","
                                     "\"local|mia\",\"\",\"\"");
    assert_false(text_has(told("role.drop"), "new@example.org"));
    assert_int_equal(store_count(stage.portal.db, "UPDATE invitation SET organization_id = (SELECT id FROM organization WHERE name = 'nour')"
                                                  " RETURNING 1"), 1);
    assert_told("invitation.send", "\"An invitation was sent.\"");
    assert_false(text_has(told("invitation.send"), "new@example.org"));
    stage_sign_in(&stage, "nor@nour.example");
    assert_false(text_has(page("/o/nour/desk/activity"), "new@example.org"));
}

static void test_requests_name_the_field(void **state)
{
    (void)state;
    static const char *const acts[] = {"request.make", "request.withdraw", "request.approve", "request.decline"};
    for (size_t i = 0; i < 4; i++) {
        add(&(struct audit_entry){.action = str_of(acts[i]), .user_id = STR("local|mia"), .actor = i < 2 ? STR("owner") : STR("desk"),
                                  .fields = STR("[{\"field\":\"nickname\"}]")});
        assert_told(acts[i], "\"Nickname\"");
    }
    add(&(struct audit_entry){.action = STR("request.make"), .user_id = STR("local|mia"), .fields = STR("[{\"field\":\"app_metadata.note\"}]")});
    assert_told("request.make", "\"Something that no help desk sees\"");
    assert_false(text_has(told("request.make"), "Secret note"));
}

static void test_roles_name_what_they_allow(void **state)
{
    (void)state;
    struct visit visit = visit_of("local|adm");
    struct desk desk = desk_of("local|adm");
    RoleStep step;
    Permissions first = permission_bit("read:members") | permission_bit("read:activity");
    Permissions then = permission_bit("read:members") | permission_bit("update:branding");
    struct arena *before = json_memory_use(stage.lasting);
    assert_int_equal(role_make(&stage.portal, &visit, &desk, STR("front"), first, STR("needed"), &step), OK);
    assert_told("role.save", "Role: front; Now allowed: See the members and their profiles");
    assert_int_equal(role_change(&stage.portal, &visit, &desk, STR("front"), then, STR("changed"), &step), OK);
    json_memory_use(stage.lasting);
    assert_told("role.save", "\"Role: front; Now allowed: Change how sign-in pages and mails look; No longer allowed: Read what was done here, and by whom\"");
    assert_int_equal(role_drop(&stage.portal, &visit, &desk, STR("front"), STR("over"), &step), OK);
    json_memory_use(before);
    assert_told("role.drop", "No longer allowed: See the members");
    assert_whole_chain();
}

static void operator_saves(struct visit *visit, const char *user_id)
{
    struct change change;
    Commit commit;
    change_init(&change, stage.lasting, ACTOR_OPERATOR);
    change_put_text(&change, STR("nickname"), STR("hush"));
    assert_int_equal(account_commit(&stage.portal, visit, person(user_id).id, -1, &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
}

static void test_the_operators_acts_stand_in_the_homes_activity(void **state)
{
    (void)state;
    static const struct { const char *act, *words; } rows[] = {
        {"account.block", "The account of Mia Member was blocked."}, {"account.unblock", "The account of Mia Member was unblocked."},
        {"password.set", "A new password was set for Mia Member."}, {"password.remove", "The password of Mia Member was taken away."},
        {"profile.save", "The profile of Mia Member was changed."},
    };
    struct visit visit = visit_of("cli:root");
    static const char *const everybody[] = {"local|mia", "local|str"};
    for (size_t i = 0; i < 2; i++) {
        struct user user = person(everybody[i]);
        assert_int_equal(account_block(&stage.portal, &visit, ACTOR_OPERATOR, &user, true, STR("a court order")), OK);
        assert_int_equal(account_block(&stage.portal, &visit, ACTOR_OPERATOR, &user, false, STR_NONE), OK);
        assert_int_equal(account_set_password(&stage.portal, &visit, ACTOR_OPERATOR, &user, STR_NONE), OK);
        assert_int_equal(account_set_password(&stage.portal, &visit, ACTOR_OPERATOR, &user, STR("$argon2id$of-nothing")), OK);
        operator_saves(&visit, everybody[i]);
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str table = told(rows[i].act);
        assert_told(rows[i].act, arena_print(stage.lasting, "\"%s\",\"Done\",\"By the operator of this portal\",\"\"", rows[i].words).p);
        assert_false(text_has(table, "192.0.2.66") || text_has(table, "root") || text_has(table, "local|str") || text_has(table, "hush"));
    }
    assert_told("account.block", "\"a court order\"");
    stage_sign_in(&stage, "nor@nour.example");
    Str other = page("/o/nour/desk/activity.csv");          /* she is a member there, too, but not at home */
    assert_false(text_has(other, "blocked") || text_has(other, "a court order") || text_has(other, "password"));
    assert_whole_chain();
}

/* --- what it costs --- */

static void assert_plan(enum statement statement, const char *words)
{
    sqlite3_stmt *plan;
    bool found = false;
    struct db *db = stage.portal.db;
    const char *sql = arena_print(stage.lasting, "EXPLAIN QUERY PLAN %s", sqlite3_sql(db->prepared[statement].statement)).p;
    assert_int_equal(sqlite3_prepare_v2(db->sqlite, sql, -1, &plan, NULL), SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(plan, 3);
        if (strstr(line, "SCAN ") || strstr(line, "TEMP B-TREE")) fail_msg("%s: %s", statement_texts[statement].name, line);
        found = found || strstr(line, words);
    }
    sqlite3_finalize(plan);
    if (!found) fail_msg("%s does not use %s", statement_texts[statement].name, words);
}

/* However much was done in the organization, and however often somebody was turned away. */
static void test_what_is_read_is_sought(void **state)
{
    (void)state;
    assert_plan(STMT_desk_activity, "audit_by_organization (organization=? AND id<?)");
    assert_plan(STMT_desk_activity_of_member, "audit_by_user (user_id=? AND id<?)");
    assert_plan(STMT_desk_activity_by, "audit_by_desk (actor_id=? AND id<?)");
    assert_plan(STMT_desk_activity_since, "audit_states (user_id=? AND organization=? AND id<?)");
    assert_plan(STMT_desk_activity, "sqlite_autoindex_invitation_1 (public_id=?)");
}

/* How many of the rows that add_some wrote are on the page. */
static void assert_found(const char *query, const char *const *found, const char *const *others)
{
    Str body = page(arena_print(stage.lasting, "/o/acme/desk/activity.csv%s", query).p);
    for (; *found; found++)
        if (!text_has(body, *found)) fail_msg("%s lacks %s", query, *found);
    for (; *others; others++)
        if (text_has(body, *others)) fail_msg("%s has %s", query, *others);
}
#define WORDS(...) (const char *const[]){__VA_ARGS__, NULL}

static void test_the_filter_finds_what_was_done(void **state)
{
    (void)state;
    add_some();
    stage_sign_in(&stage, "hel@acme.example");
    assert_found("?act=account.block", WORDS("Mia Member was blocked", "Refused: Block"), WORDS("roles of", "was changed", "left"));
    assert_found("?act=membership.drop", WORDS("membership of Mio Member ended"), WORDS("blocked"));
    assert_found("?member=local%7Cmia", WORDS("was blocked", "was changed"), WORDS("Mio", "left"));
    assert_found("?member=mio", WORDS("roles of Mio", "Refused: Block"), WORDS("Mia", "left"));
    assert_found("?member=mio%40acme.example", WORDS("roles of Mio"), WORDS("Mia"));
    assert_found("?member=local%7Cgone", WORDS("left"), WORDS("Mia", "Mio"));
    assert_found("?by=audra", WORDS("Refused: Block"), WORDS("was blocked", "roles of"));
    assert_found("?by=audra&member=mia", WORDS("Member"), WORDS("Refused: Block", "was blocked"));
    assert_found("?by=helga&member=mia", WORDS("was blocked"), WORDS("Mio"));
    assert_found("?from=2026-01-07&to=2026-01-08", WORDS("profile of Mia", "roles of Mio"), WORDS("was blocked", "Refused", "left"));
    assert_found("?from=2026-01-07&act=account.block", WORDS("Refused: Block"), WORDS("was blocked"));
    assert_found("?act=&member=&by=&from=&to=", WORDS("was blocked", "left", "roles of"), WORDS("Nora"));
}

static void test_what_fits_several_is_asked_again(void **state)
{
    (void)state;
    add_some();
    stage_sign_in(&stage, "aud@acme.example");
    Str body = page("/o/acme/desk/activity?member=mi");
    assert_true(text_has(body, "Several people fit"));
    assert_true(text_has(body, "member=local%7Cmia") && text_has(body, "member=local%7Cmio"));
    assert_false(text_has(body, "was blocked"));
    body = page("/o/acme/desk/activity?member=nora");
    assert_true(text_has(body, "Nobody here fits"));
    body = page("/o/acme/desk/activity?member=stranger");
    assert_true(text_has(body, "Nobody here fits"));
    stage_get(&stage, "/o/acme/desk/activity.csv?member=mi");
    assert_int_equal(stage.reply.status, 422);
}

/* Who may read what was done, but not the list of members, has no list to search: they must know whom they mean. */
static void test_without_the_list_people_are_found_by_user_id_alone(void **state)
{
    (void)state;
    static const char *const asked[] = {"mi", "mia", "Mia%20Member", "mia%40acme.example", "m", "local"};
    portal_apply(&stage.portal, stage.lasting,
                 "{\"roles\":[{\"name\":\"reader\",\"permissions\":[\"read:activity\"]}],\"users\":[{\"connection\":\"customers\","
                 "\"user_id\":\"aud\",\"email\":\"aud@acme.example\",\"organizations\":[{\"name\":\"acme\",\"roles\":[\"reader\"]}]}]}");
    add_some();
    stage_sign_in(&stage, "aud@acme.example");
    stage_get(&stage, "/o/acme/desk/members");
    assert_int_equal(stage.reply.status, 403);
    for (size_t i = 0; i < 2 * sizeof asked / sizeof *asked; i++) {
        Str body = page(arena_print(stage.lasting, "/o/acme/desk/activity?%s=%s", i % 2 ? "by" : "member", asked[i / 2]).p);
        assert_true(text_has(body, "Nobody here fits") && text_has(body, "give the whole user_id"));
        assert_false(text_has(body, "mio@acme.example") || text_has(body, "Mio Member") || text_has(body, "Several"));
    }
    assert_true(text_has(page("/o/acme/desk/activity?member=local%7Cmia"), "was blocked"));
    assert_true(text_has(page("/o/acme/desk/activity?by=local%7Chel"), "was blocked"));
}

/* Whoever knows a stranger's user_id does not learn with it that they tried a link of the organization. */
static void test_a_stranger_is_not_found_by_their_user_id(void **state)
{
    (void)state;
    add_some();
    stage_sign_in(&stage, "aud@acme.example");
    assert_true(text_has(page("/o/acme/desk/activity?act=invitation.accept"), "somebody who is no member"));
    add(&(struct audit_entry){.actor = STR("owner"), .actor_id = STR("local|str"), .user_id = STR("local|str"), .action = STR("invitation.decline"),
                              .organization = STR("acme")});
    add(&(struct audit_entry){.actor = STR("desk"), .actor_id = STR("local|hel"), .user_id = STR("local|str"), .action = STR("invitation.end"),
                              .organization = STR("acme")});
    static const char *const lists[] = {"?act=invitation.decline", "?act=invitation.end", ".csv"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        assert_false(text_has(page(arena_print(stage.lasting, "/o/acme/desk/activity%s", lists[i]).p), "local|str"));
    assert_found("?member=local%7Cstr", WORDS("Member"), WORDS("nvitation"));
    assert_true(text_has(page("/o/acme/desk/activity?member=local%7Cstr"), "Nothing that fits was done here"));
    assert_found("?member=local%7Cgone", WORDS("left"), WORDS("Mia"));
}

static void test_a_filter_is_checked_like_any_input(void **state)
{
    (void)state;
    static const struct { const char *query; int status; } rows[] = {
        {"?act=account.destroy", 404}, {"?act=%25", 404}, {"?before=0", 404}, {"?before=8", 404}, {"?before=-1", 404}, {"?before=x", 404},
        {"?before=99999999999999999999", 404}, {"?from=yesterday", 422}, {"?to=2026-02-30", 422}, {"?from=2026-13-01", 422},
        {"?member='%20OR%201=1%20--", 200}, {"?by=%7C'%20OR%201=1%20--", 200}, {"?member=%22%3E%3Cscript%3E", 200},
    };
    add_some();
    stage_sign_in(&stage, "aud@acme.example");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str body = stage_get(&stage, arena_print(stage.lasting, "/o/acme/desk/activity%s", rows[i].query).p);
        if (stage.reply.status != rows[i].status) fail_msg("%s: %d", rows[i].query, stage.reply.status);
        assert_false(text_has(body, "was blocked") || text_has(body, "><script>"));
    }
    assert_true(text_has(stage_get(&stage, "/o/acme/desk/activity?from=yesterday"), "Write the day as"));
}

static void test_pages_follow_each_other_without_a_gap(void **state)
{
    (void)state;
    size_t seen = 0;
    Str path = STR("/o/acme/desk/activity?act=role.save");
    for (int i = 0; i < 120; i++) {
        add(&(struct audit_entry){.action = STR("role.save"), .reason = arena_print(stage.lasting, "number %03d.", i)});
        add(&(struct audit_entry){.action = STR("role.save"), .organization = STR("nour"), .reason = STR("of another")});
    }
    stage_sign_in(&stage, "aud@acme.example");
    for (int pages = 0; path.n; pages++) {
        Str body = page(path.p);
        assert_true(pages < 3);
        assert_false(text_has(body, "of another"));
        for (int i = 0; i < 120; i++) seen += text_has(body, arena_print(stage.lasting, "number %03d.", i).p);
        const char *older = memmem(body.p, body.n, "before=", 7);
        char next[300] = "", own[300];
        if (older) snprintf(next, sizeof next, "/o/acme/desk/activity?act=role.save&%.*s", (int)strcspn(older, "\""), older);
        path = arena_copy(stage.lasting, str_of(next));
        if (!older) continue;
        snprintf(own, sizeof own, "/activity?%.*s", (int)strcspn(older, "\""), older);
        stage_get(&stage, own);
        assert_int_equal(stage.reply.status, 404);     /* a place of one list is none in another */
    }
    assert_int_equal(seen, 120);
}

static void test_the_table_is_safe_to_open(void **state)
{
    (void)state;
    static const char *const hostile[] = {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0", "＝1+1", "＋1", "－1", "＠A1"};
    /* Programs that take other signs for the end of a cell. */
    static const struct { const char *reason, *written; } split[] = {
        {"x;=cmd|' /C calc'!A0", "x;'=cmd|' /C calc'!A0"}, {"a; @A1;＝B1", "a; '@A1;'＝B1"}, {"a\t+1", "a\t'+1"}, {"a\n-1", "a\n'-1"},
        {" =1", " '=1"}, {"a;\"=1\"", "a;\"\"'=1\"\""}, {"a=b; c-d, e@f", "a=b; c-d, e@f"},
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        add(&(struct audit_entry){.action = STR("role.drop"), .reason = str_of(hostile[i])});
    add(&(struct audit_entry){.action = STR("role.drop"), .reason = STR("say \"no\", twice\nplease")});
    for (size_t i = 0; i < sizeof split / sizeof *split; i++)
        add(&(struct audit_entry){.action = STR("role.drop"), .reason = str_of(split[i].reason)});
    stage_sign_in(&stage, "aud@acme.example");
    Str body = page("/o/acme/desk/activity.csv?act=role.drop");
    assert_true(str_starts(body, STR("\xef\xbb\xbf\"Time (UTC)\",\"What\"")));
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        if (!text_has(body, arena_print(stage.lasting, ",\"'%s\",", hostile[i]).p)) fail_msg("%s is not made safe", hostile[i]);
    for (size_t i = 0; i < sizeof split / sizeof *split; i++)
        if (!text_has(body, arena_print(stage.lasting, ",\"%s\",", split[i].written).p)) fail_msg("%s is not made safe", split[i].reason);
    assert_true(text_has(body, ",\"say \"\"no\"\", twice\nplease\","));
    assert_true(text_has(stage.head, "Content-Type: text/csv; charset=utf-8"));
    assert_true(text_has(stage.head, "Content-Disposition: attachment; filename=\"activity-acme.csv\""));
    assert_true(text_has(stage.head, "X-Content-Type-Options: nosniff"));
    assert_true(text_has(stage.head, "Cache-Control: no-store") || text_has(stage.head, "no-store"));
}

static void test_the_table_is_bounded_and_says_so(void **state)
{
    (void)state;
    assert_int_equal(db_begin(stage.portal.db), OK);
    for (int i = 0; i < 10001; i++)
        assert_int_equal(audit_write(&stage.portal, &(struct audit_entry){
            .at = LONG_AGO, .actor = STR("desk"), .actor_id = STR("local|hel"), .organization = STR("acme"), .action = STR("role.drop"),
            .outcome = STR("allowed"), .reason = i ? STR("x") : STR("the oldest")}), OK);
    assert_int_equal(db_commit(stage.portal.db), OK);
    stage_sign_in(&stage, "aud@acme.example");
    Str body = page("/o/acme/desk/activity.csv?act=role.drop");
    size_t lines = 0;
    for (Str rest = body; rest.n; str_cut(&rest, '\n')) lines++;
    assert_int_equal(lines, 1 + 10000 + 1);
    assert_false(text_has(body, "the oldest"));
    assert_true(text_has(body, "There is more than fits here"));
}

static void test_golden(void **state)
{
    (void)state;
    add_some();
    static const struct { const char *name, *request; } goldens[] = {
        {"desk_activity", "GET /o/acme/desk/activity?to=2026-01-14\n\n"},
        {"desk_activity_german", "GET /o/acme/desk/activity?act=account.block\nAccept-Language: de\n\n"},
        {"desk_activity_arabic", "GET /o/acme/desk/activity?member=mi\nAccept-Language: ar\n\n"},
        {"desk_activity_nothing", "GET /o/acme/desk/activity?act=branding.save&from=nonsense\n\n"},
        {"desk_activity_table", "GET /o/acme/desk/activity.csv?to=2026-01-14\n\n"},
    };
    for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
        stage_sign_in(&stage, "aud@acme.example");
        stage_ask(&stage, goldens[i].request);
        golden_check(goldens[i].name, stage_masked(&stage));
    }
}

int main(void)
{
#define PAGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PAGE_TEST(test_it_is_for_those_who_may_read_it),
        PAGE_TEST(test_acts_are_told_in_words),
        PAGE_TEST(test_nothing_else_is_told),
        PAGE_TEST(test_the_filter_finds_what_was_done),
        PAGE_TEST(test_what_fits_several_is_asked_again),
        PAGE_TEST(test_without_the_list_people_are_found_by_user_id_alone),
        PAGE_TEST(test_a_stranger_is_not_found_by_their_user_id),
        PAGE_TEST(test_a_filter_is_checked_like_any_input),
        PAGE_TEST(test_pages_follow_each_other_without_a_gap),
        PAGE_TEST(test_the_table_is_safe_to_open),
        PAGE_TEST(test_the_table_is_bounded_and_says_so),
        PAGE_TEST(test_invitations_name_whom_and_which_roles),
        PAGE_TEST(test_an_invitation_that_is_not_there_is_not_named),
        PAGE_TEST(test_requests_name_the_field),
        PAGE_TEST(test_what_is_read_is_sought),
        PAGE_TEST(test_roles_name_what_they_allow),
        PAGE_TEST(test_the_operators_acts_stand_in_the_homes_activity),
        PAGE_TEST(test_golden),
    };
    return cmocka_run_group_tests_name("desk activity", tests, NULL, NULL);
}
