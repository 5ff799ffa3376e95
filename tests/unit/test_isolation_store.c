/* The tenant predicate stands in the SQL, in every statement that has one, and each can be missed: every example below is run as it
   is written and with each of its predicates taken away. As written, the other organization makes no difference; without, the example
   must show one, or it shows nothing. A statement with a tenant predicate and without an example fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/fence.h"
#include "store/sqlite.h"
#include "support/store_support.h"
#include "support/tenants.h"

/* Parameters in order, as seen from quill. Words: quill (its id), its-name, robin, zimt-member, zimt-gone, quill-admin and stray
   (accounts; stray is of zimt's own directory), zimt-role, help-desk (roles), shared and foreign (terms that both have, and that
   zimt-member has), sorted (the latter's place), request, robins-request, invitation (public ids); 'text; numbers. */
static const struct example {
    enum statement statement;
    const char *parameters;
    bool all;                     /* it tells of all organizations, by account or name: that zimt makes a difference is right */
    const char *second_lock;      /* a predicate that only repeats what another one says: this text of it */
} examples[] = {
    {STMT_account_get_of_organization, "quill 'local|zimt-member", false, NULL},
    {STMT_erasure_was_put_off, "robin 'local|robin77 its-name", false, NULL},
    {STMT_audit_newest_of_person, "999999 100 'local|quill-member its-name", false, NULL},
    {STMT_audit_newest_of_organization, "999999 100 its-name", false, NULL},
    {STMT_desk_activity, "its-name quill 999999 ' ' 0 9999999999 100", false, NULL},
    {STMT_desk_activity_of_member, "its-name quill 999999 ' ' 0 9999999999 100 'local|quill-member '", false, NULL},
    /* An act of that kind names no invitation. */
    {STMT_desk_activity_since, "its-name quill 999999 'account.block 'account.unblock 0 9999999999 100 'local|quill-member", false,
     "v.organization_id = $2"},
    {STMT_desk_activity_by, "its-name quill 999999 ' ' 0 9999999999 100 'local|robin77", false, NULL},
    {STMT_role_save_own, "quill zimt-role '[]", false, NULL},
    /* Nobody of another organization can have a role of one's own. */
    {STMT_role_drop_own, "quill zimt-role", false, "g.organization_id = $1"},
    {STMT_role_count_members, "quill help-desk", false, NULL},
    {STMT_role_held_with, "quill apart apart", false, NULL},
    {STMT_role_held_with, "quill help-desk auditor", false, NULL},
    {STMT_organization_look, "quill", false, NULL},
    {STMT_organization_rules, "quill", false, NULL},
    {STMT_organization_admits, "quill zimt-gone 0", false, NULL},
    {STMT_organization_admits, "quill stray 0", false, NULL},
    {STMT_organization_brand, "quill 'x 'y '{}", false, NULL},
    {STMT_organization_show, "its-name 0", false, NULL},
    {STMT_organization_drop, "quill", false, NULL},
    {STMT_organization_connection_list, "quill", false, NULL},
    {STMT_organization_connection_clear, "quill", false, NULL},
    {STMT_membership_list, "robin", true, NULL},
    {STMT_field_request_count, "quill 10", false, NULL},
    {STMT_membership_home, "robin", true, NULL},
    {STMT_membership_assigning, "quill-admin", true, NULL},
    {STMT_account_login, "quill-admin 0", true, NULL},
    {STMT_membership_get, "quill zimt-member", false, NULL},
    {STMT_membership_returns, "quill returning", false, NULL},
    {STMT_account_origin, "returning", true, NULL},
    {STMT_desk_counts, "quill 0", false, NULL},
    {STMT_membership_drop, "quill zimt-member", false, NULL},
    {STMT_membership_role_list, "quill robin", false, NULL},
    {STMT_membership_administrator, "quill quill-admin", false, NULL},
    {STMT_membership_role_clear, "quill robin", false, NULL},
    {STMT_member_total, "quill", false, NULL},
    {STMT_member_count, "quill 1", false, NULL},
    {STMT_member_terms, "robin quill", false, NULL},
    {STMT_member_shown, "quill zimt-member", false, NULL},
    {STMT_member_show, "quill zimt-member 1 's 't 'n 'e 'r 'active 'p", false, NULL},
    {STMT_member_term_drop, "quill foreign sorted zimt-member", false, NULL},
    {STMT_member_term_clear, "quill", false, NULL},
    {STMT_member_by_name, "quill ' 0 100", false, NULL},
    {STMT_member_by_name_down, "quill 'zzzz 0 100", false, NULL},
    {STMT_member_by_age, "quill 0 0 100", false, NULL},
    {STMT_member_by_age_down, "quill 9999999999 0 100", false, NULL},
    {STMT_member_by_term, "quill ' 0 100 shared", false, NULL},
    {STMT_member_by_term_down, "quill 'zzzz 0 100 shared", false, NULL},
    {STMT_member_by_term_age, "quill 0 0 100 shared", false, NULL},
    {STMT_member_by_term_age_down, "quill 9999999999 0 100 shared", false, NULL},
    {STMT_member_places, "quill shared ' 0 100 0", false, NULL},
    {STMT_member_places_down, "quill shared 'zzzz 0 100 0", false, NULL},
    {STMT_member_places_by_age, "quill shared 0 0 100 0", false, NULL},
    {STMT_member_places_by_age_down, "quill shared 9999999999 0 100 0", false, NULL},
    {STMT_member_one, "quill zimt-member", false, NULL},
    {STMT_member_found, "quill ' 'zzzz 1000", false, NULL},
    {STMT_member_word, "quill 'w:z 'w:zz", false, NULL},
    {STMT_member_name_at, "quill 12", false, NULL},
    {STMT_member_age_at, "quill 12", false, NULL},
    {STMT_member_name_at_down, "quill 12", false, NULL},
    {STMT_member_age_at_down, "quill 12", false, NULL},
    {STMT_field_request_queue, "quill 0 100", false, NULL},
    {STMT_field_request_decided, "quill 999999 100", false, NULL},
    {STMT_field_request_get, "quill request", false, NULL},
    {STMT_field_request_get, "quill robins-request", false, NULL},
    {STMT_invitation_get, "quill invitation", false, NULL},
    {STMT_invitation_page, "quill 0 ' 0 100", false, NULL},
    {STMT_invitation_search, "quill ' '~ 100", false, NULL},
    {STMT_invitation_member, "quill 'zimt-member@zimt.example", false, NULL},
    {STMT_invitation_pending, "quill 'guest@zimt.example", false, NULL},
    {STMT_invitation_expire, "quill 'guest@zimt.example 9999999999", false, NULL},
    {STMT_invitation_withdraw, "stray quill 0", false, NULL},
    {STMT_invitation_inherit, "quill 'over@zimt.example 'quill-over", false, NULL},
    {STMT_invitation_inherit, "quill 'over@quill.example invitation", false, NULL},
    {STMT_invitation_joined, "quill zimt-member", false, NULL},
    {STMT_invitation_count_role, "quill 'apart 0", false, NULL},
    {STMT_deletion_grace, "robin", true, NULL},
    {STMT_deletion_grace_put, "quill 5", false, NULL},
    {STMT_picture_gone_of_organization, "quill 5", false, NULL},
    {STMT_picture_drop_of_organization, "quill", false, NULL},
};
enum { EXAMPLES = sizeof examples / sizeof *examples, MOST_PLACES = 6 };

/* Statements on tables whose rows are an organization's, that name none. */
static const struct apart {
    enum statement statement;
    const char *why;
} apart[] = {
    {STMT_member_hide, "a person's, everywhere"},
    {STMT_field_request_replace, "a person's own"}, {STMT_field_request_withdraw, "a person's own"},
    {STMT_field_request_field, "a person's own"}, {STMT_field_request_counts, "a person's own"},
    {STMT_field_request_own, "a person's own"}, {STMT_field_request_waiting, "a person's own"},
    {STMT_export_invitations, "a person's own"},
    {STMT_field_request_decide, "the row that field_request_get found, in the same transaction"},
    {STMT_invitation_renew, "the row that invitation_get found, in the same transaction"},
    {STMT_invitation_close, "the row that invitation_get or invitation_find found, in the same transaction"},
    {STMT_invitation_made, "the row that invitation_find found, in the same transaction"},
    {STMT_invitation_find, "by its secret"}, {STMT_invitation_outgrown, "a person's own"},
    {STMT_held_memberships, "for the operator"}, {STMT_held_requests, "for the operator"}, {STMT_held_invitations, "for the operator"},
    {STMT_connection_list, "for the directory"}, {STMT_member_outdated, "for the courier"},
    {STMT_invitation_end_as_of, "for the courier"}, {STMT_restore_invitations, "for the operator"},
    {STMT_erase_invitations, "a person who goes"}, {STMT_erase_invitation_of, "a person who goes"},
    {STMT_erase_inviter, "a person who goes"}, {STMT_erase_decider, "a person who goes"},
};

static struct tenants tenants;
static sqlite3 *sqlite;

/* As the program prepared it. */
static const char *sql_of(enum statement statement)
{
    return sqlite3_sql(tenants.stage.portal.db->prepared[statement].statement);
}

/* --- the store: everything that a missing predicate could mix up --- */

static void run(const char *sql)
{
    char *problem = NULL;
    if (sqlite3_exec(sqlite, sql, NULL, NULL, &problem) != SQLITE_OK) fail_msg("%s: %s", sql, problem);
}

#define ACCOUNT(name) "(SELECT id FROM account WHERE user_id = 'local|" name "')"
#define ORGANIZATION_ID(name) "(SELECT id FROM organization WHERE name = '" name "')"
#define JOIN(who, where) "INSERT INTO membership (organization_id, account_id, home, invited, suspended, created_at, user_id) VALUES (" \
    ORGANIZATION_ID(where) ", " ACCOUNT(who) ", 0, 0, 0, 5, 'local|" who "')"
#define REQUEST(id, who, where, field, decider) \
    "INSERT INTO field_request (public_id, account_id, organization_id, field, old_value, value, note, state, answer, decided_by," \
    " created_at, decided_at) VALUES ('" id "', " ACCOUNT(who) ", " ORGANIZATION_ID(where) ", '" field "', 'null', '1', '', CASE '" decider "' WHEN '' THEN 'pending' ELSE 'declined' END, '', '" decider "', 5, 5)"

#define INVITATION(id, where, email, roles, state, account) \
    "INSERT INTO invitation (public_id, organization_id, email, email_key, roles, language, prefilled, inviter, inviter_name, state," \
    " made_account_id, created_at, sent_at, expires_at, decided_at) VALUES ('" id "', " ORGANIZATION_ID(where) ", '" email "', '" email \
    "', '" roles "', 'en', '{}', '', '', '" state "', " account ", 5, 5, 9999999999, 0)"

static int set_up(void **state)
{
    (void)state;
    tenants_open(&tenants);
    sqlite = tenants.stage.portal.db->sqlite;
    run(JOIN("zimt-admin", "quill"));
    run(JOIN("quill-gone", "zimt"));
    run(JOIN("quill-member", "zimt"));
    /* Whose home was in quill; zimt has them as a guest, who is no reason to stay away. */
    run("INSERT INTO account (user_id, connection_id, profile, sources, version, epoch, blocked, deletion_at, created_at, updated_at,"
        " last_login_at, logins_count, origin_id) SELECT 'local|returning', id, '{}', '{}', 1, 1, 0, 0, 1, 1, 1, 0, " ORGANIZATION_ID("quill")
        " FROM connection WHERE name = 'customers'");
    run(JOIN("returning", "zimt"));
    run("UPDATE organization SET deletion_grace = id");
    run("UPDATE membership SET derived = (SELECT derived FROM membership WHERE derived > 0 LIMIT 1) WHERE derived = 0");
    run(REQUEST("robin-at-quill", "robin77", "quill", "nickname", ""));
    run(REQUEST("robin-answered", "robin77", "quill", "website", "local|quill-admin"));
    run(REQUEST("zimt-answered", "zimt-member", "zimt", "website", "local|zimt-admin"));
    run("INSERT INTO account (user_id, connection_id, profile, sources, version, epoch, blocked, deletion_at, created_at, updated_at,"
        " last_login_at, logins_count) SELECT 'local|stray', id, '{}', '{}', 1, 1, 0, 0, 1, 1, 1, 0 FROM connection"
        " WHERE name = 'zimt-directory'");
    run("INSERT INTO identifier (connection_id, field, key, account_id) SELECT connection_id, 'email', 'guest@zimt.example', id"
        " FROM account WHERE user_id = 'local|stray'");
    tenant_sign_in(&tenants, &tenants.quill, BOTH);
    stage_post(&tenants.stage, "/o/quill/desk/members/local%7Cquill-member/sessions", "reason=because");
    assert_int_equal(tenants.stage.reply.status, 303);
    run("INSERT INTO audit SELECT id + 1000, at, request_id, actor, actor_id, 'zimt', connection, user_id, action, outcome, reason, peer,"
        " fields, salt, seal, hash FROM audit WHERE actor_id = 'local|robin77' AND organization = 'quill'");
    run("INSERT INTO audit SELECT id + 1000, at, request_id, actor, actor_id, organization, connection, 'local|robin77', 'account.erase',"
        " 'refused', reason, peer, fields, salt, seal, hash FROM audit WHERE actor_id = 'local|robin77' AND organization = 'zimt'");
    run("INSERT INTO audit SELECT id + 7000, at, request_id, actor, actor_id, organization, connection, user_id, 'account.block', 'allowed',"
        " reason, peer, fields, salt, seal, hash FROM audit WHERE actor_id = 'local|robin77' AND action = 'session.end_all'");
    run("INSERT INTO audit SELECT id + 3000, at, request_id, actor, actor_id, organization, connection, user_id, 'invitation.resend',"
        " 'allowed', (SELECT public_id FROM invitation WHERE organization_id = " ORGANIZATION_ID("zimt") "), peer, fields, salt, seal, hash"
        " FROM audit WHERE actor_id = 'local|robin77' AND organization = 'quill'");
    run("UPDATE organization_connection SET assign_membership_on_login = 1");
    run("INSERT INTO role (name, permissions) VALUES ('apart', '[]')");
    run("INSERT INTO membership_role (organization_id, account_id, role_id) SELECT " ORGANIZATION_ID("zimt") ", " ACCOUNT("zimt-member")
        ", id FROM role WHERE name = 'apart'");
    run(INVITATION("zimt-joined", "zimt", "joined@zimt.example", "[]", "accepted", ACCOUNT("zimt-member")));
    run(INVITATION("zimt-promised", "zimt", "promised@zimt.example", "[\"apart\"]", "pending", "NULL"));
    run(INVITATION("zimt-over", "zimt", "over@zimt.example", "[]", "revoked", ACCOUNT("zimt-member")));
    run(INVITATION("quill-over", "quill", "over@quill.example", "[]", "revoked", ACCOUNT("quill-member")));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tenants_close(&tenants);
    return 0;
}

/* --- parameters --- */

static const struct word {
    const char *word, *sql;
} words[] = {
    {"quill", "SELECT id FROM organization WHERE name = 'quill'"}, {"its-name", "SELECT 'quill'"},
    {"robin", "SELECT " ACCOUNT("robin77")}, {"zimt-member", "SELECT " ACCOUNT("zimt-member")},
    {"zimt-gone", "SELECT " ACCOUNT("zimt-gone")}, {"quill-admin", "SELECT " ACCOUNT("quill-admin")},
    {"stray", "SELECT " ACCOUNT("stray")}, {"returning", "SELECT " ACCOUNT("returning")},
    {"zimt-role", "SELECT id FROM role WHERE organization_id = " ORGANIZATION_ID("zimt")},
    {"help-desk", "SELECT id FROM role WHERE name = 'help-desk'"}, {"auditor", "SELECT id FROM role WHERE name = 'auditor'"},
    {"apart", "SELECT id FROM role WHERE name = 'apart'"},
    {"shared", "SELECT term FROM member_term WHERE account_id = " ACCOUNT("robin77") " AND term LIKE 'w:%' GROUP BY term"
               " HAVING COUNT(*) = 2"},
    {"foreign", "SELECT term FROM member_term WHERE account_id = " ACCOUNT("zimt-member") " LIMIT 1"},
    {"sorted", "SELECT sort_name FROM member_term WHERE account_id = " ACCOUNT("zimt-member") " LIMIT 1"},
    {"request", "SELECT public_id FROM field_request WHERE organization_id = " ORGANIZATION_ID("zimt") " AND state = 'pending'"},
    {"robins-request", "SELECT 'robin-at-quill'"},
    {"invitation", "SELECT public_id FROM invitation WHERE organization_id = " ORGANIZATION_ID("zimt")},
};

static void bind_word(sqlite3_stmt *statement, int place, const char *word)
{
    size_t at = 0;
    while (at < sizeof words / sizeof *words && strcmp(words[at].word, word)) at++;
    if (at == sizeof words / sizeof *words) fail_msg("what is %s?", word);
    sqlite3_stmt *found;
    assert_int_equal(sqlite3_prepare_v2(sqlite, words[at].sql, -1, &found, NULL), SQLITE_OK);
    if (sqlite3_step(found) != SQLITE_ROW) fail_msg("there is no %s", word);
    assert_int_equal(sqlite3_bind_value(statement, place, sqlite3_column_value(found, 0)), SQLITE_OK);
    sqlite3_finalize(found);
}

static void bind_all(sqlite3_stmt *statement, const char *parameters)
{
    char copy[200], name[16], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", parameters);
    int number = 1;
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest), number++) {
        snprintf(name, sizeof name, "$%d", number);
        int place = sqlite3_bind_parameter_index(statement, name);
        if (!place) continue;     /* it went with the predicate */
        if (*word == '\'') sqlite3_bind_text(statement, place, word + 1, -1, SQLITE_TRANSIENT);
        else if (isdigit((unsigned char)*word)) sqlite3_bind_int64(statement, place, strtoll(word, NULL, 10));
        else bind_word(statement, place, word);
    }
}

/* --- what a statement says and does --- */

struct outcome {
    uint64_t rows, other;         /* what it answers; what the other organization has afterwards */
    int changed;
};

static bool same(const struct outcome *a, const struct outcome *b)
{
    return a->rows == b->rows && a->other == b->other && a->changed == b->changed;
}

static uint64_t mixed(uint64_t digest, const void *bytes, int n)
{
    for (int i = 0; i < n; i++) digest = (digest ^ ((const unsigned char *)bytes)[i]) * 1099511628211u;
    return (digest ^ 0xff) * 1099511628211u;
}

/* All is undone again. */
static struct outcome try_out(const char *sql, const char *parameters, bool without_zimt)
{
    sqlite3_stmt *statement;
    struct outcome outcome = {.rows = 14695981039346656037u};
    run("SAVEPOINT try");
    if (sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(sqlite));
    bind_all(statement, parameters);
    if (without_zimt) {
        run("DELETE FROM member_term WHERE organization_id = " ORGANIZATION_ID("zimt"));
        run("DELETE FROM audit WHERE organization = 'zimt'");
        run("DELETE FROM organization WHERE name = 'zimt'");
    }
    int before = sqlite3_total_changes(sqlite), code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const void *value = sqlite3_column_blob(statement, i);
            outcome.rows = mixed(outcome.rows, value, sqlite3_column_bytes(statement, i));
        }
    if (code != SQLITE_DONE) fail_msg("%s: %s", sql, sqlite3_errmsg(sqlite));
    outcome.changed = sqlite3_total_changes(sqlite) - before;
    sqlite3_finalize(statement);
    outcome.other = tenant_digest(tenants.stage.portal.db, &tenants.zimt);
    run("ROLLBACK TO try");
    run("RELEASE try");
    return outcome;
}

/* --- predicates --- */

struct place {
    size_t from, to;
};

static bool is_of_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* Where `sql` compares with an organization, or asks for the home, in one of the ways in which it can be written. */
static size_t find_places(const char *sql, struct place places[MOST_PLACES])
{
    static const char *const ways[] = {"organization_id = ", "organization = $", "o.id = $", "m.home = "};
    bool own = strstr(sql, "UPDATE organization SET") || strstr(sql, "FROM organization WHERE");
    size_t count = 0;
    for (size_t at = 0; sql[at]; at++) {
        size_t n = 0;
        for (size_t i = 0; !n && i < sizeof ways / sizeof *ways; i++)
            if (!strncmp(sql + at, ways[i], strlen(ways[i]))) n = strlen(ways[i]);
        if (!n && own && !strncmp(sql + at, "WHERE id = $", 12)) {
            at += strlen("WHERE ");
            n = strlen("id = $");
        }
        if (!n || (at && isalnum((unsigned char)sql[at - 1]))) continue;
        struct place place = {at, at + n};
        while (place.from && is_of_name(sql[place.from - 1])) place.from--;
        while (is_of_name(sql[place.to])) place.to++;
        assert_true(count < MOST_PLACES);
        places[count++] = place;
        at = place.to - 1;
    }
    return count;
}

static void without(const char *sql, const struct place *place, char *out, size_t room)
{
    int n = snprintf(out, room, "%.*s1 = 1%s", (int)place->from, sql, sql + place->to);
    assert_true(n > 0 && (size_t)n < room);
}

/* --- the tests --- */

static void test_every_tenant_predicate_has_an_example(void **state)
{
    (void)state;
    struct place places[MOST_PLACES];
    size_t with = 0;
    for (size_t i = 0; i < STATEMENTS; i++) {
        if (!find_places(sql_of((enum statement)i), places)) continue;
        size_t at = 0;
        while (at < EXAMPLES && examples[at].statement != (enum statement)i) at++;
        if (at == EXAMPLES) fail_msg("%s keeps organizations apart: it needs an example here", statement_texts[i].name);
        with++;
    }
    assert_true(with > 50);
}

static bool is_of_organizations(const char *sql)
{
    static const char *const tables[] = {"membership", "membership_role", "member_term", "invitation", "field_request",
                                         "organization_connection"};
    static const char *const uses[] = {"FROM", "JOIN", "UPDATE"};
    char phrase[64];
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (size_t k = 0; k < sizeof uses / sizeof *uses; k++) {
            int n = snprintf(phrase, sizeof phrase, "%s %s", uses[k], tables[i]);
            const char *found = strstr(sql, phrase);
            if (found && !is_of_name(found[n])) return true;
        }
    return false;
}

static void test_who_names_no_organization_is_known(void **state)
{
    (void)state;
    struct place places[MOST_PLACES];
    for (size_t i = 0; i < STATEMENTS; i++) {
        const char *sql = sql_of((enum statement)i);
        if (!is_of_organizations(sql) || find_places(sql, places)) continue;
        size_t at = 0;
        while (at < sizeof apart / sizeof *apart && apart[at].statement != (enum statement)i) at++;
        if (at == sizeof apart / sizeof *apart) fail_msg("%s names no organization; whose rows does it mean?", statement_texts[i].name);
    }
}

static void test_the_other_organization_makes_no_difference(void **state)
{
    (void)state;
    uint64_t before = tenant_digest(tenants.stage.portal.db, &tenants.zimt);
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct example *example = &examples[i];
        struct outcome with = try_out(sql_of(example->statement), example->parameters, false);
        struct outcome alone = try_out(sql_of(example->statement), example->parameters, true);
        bool told_apart = with.other == before && (example->all || (with.rows == alone.rows && with.changed == alone.changed));
        if (!told_apart) fail_msg("%s: %s", statement_texts[example->statement].name, example->parameters);
    }
}

/* Robin asked at quill, and zimt is the home by now: no statement of quill's desk knows of that. */
static void test_requests_are_the_homes(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        enum statement statement = examples[i].statement;
        if (!strstr(sql_of(statement), "field_request") || statement == STMT_organization_show) continue;
        struct outcome with = try_out(sql_of(statement), examples[i].parameters, false);
        run("SAVEPOINT robin");
        run("DELETE FROM field_request WHERE public_id LIKE 'robin-%'");
        const char *asked = strstr(examples[i].parameters, "robins") ? "quill 'x" : examples[i].parameters;
        struct outcome never = try_out(sql_of(statement), asked, false);
        run("ROLLBACK TO robin");
        run("RELEASE robin");
        if (with.rows != never.rows) fail_msg("%s: %s", statement_texts[statement].name, examples[i].parameters);
    }
}

/* Whether an example of this statement tells that the predicate is gone. */
static bool is_told(enum statement statement, const struct place *place)
{
    char mutant[2000];
    const char *sql = sql_of(statement);
    without(sql, place, mutant, sizeof mutant);
    for (size_t i = 0; i < EXAMPLES; i++) {
        if (examples[i].statement != statement) continue;
        const char *lock = examples[i].second_lock;
        if (lock && !strncmp(sql + place->from, lock, place->to - place->from)) return true;
        struct outcome whole = try_out(sql, examples[i].parameters, false), less = try_out(mutant, examples[i].parameters, false);
        if (!same(&whole, &less)) return true;
    }
    return false;
}

static void test_each_predicate_is_missed(void **state)
{
    (void)state;
    size_t told = 0, untold = 0;
    for (size_t i = 0; i < STATEMENTS; i++) {
        struct place places[MOST_PLACES];
        const char *sql = sql_of((enum statement)i);
        size_t count = find_places(sql, places);
        for (size_t k = 0; k < count; k++, told++) {
            if (is_told((enum statement)i, &places[k])) continue;
            print_error("%s: nothing tells when %.*s is missing\n", statement_texts[i].name, (int)(places[k].to - places[k].from),
                        sql + places[k].from);
            untold++;
        }
    }
    assert_int_equal(untold, 0);
    assert_true(told > 70);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_tenant_predicate_has_an_example),
    cmocka_unit_test(test_who_names_no_organization_is_known),
    cmocka_unit_test(test_the_other_organization_makes_no_difference),
    cmocka_unit_test(test_requests_are_the_homes),
    cmocka_unit_test(test_each_predicate_is_missed),
};

int main(void)
{
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
