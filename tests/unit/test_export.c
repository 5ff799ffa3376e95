/* A person's own data as a file: what is in it and what is not, for each column of the store; asking, building, being killed in the middle,
   and the end of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zip.h>

#include "account/export_work.h"
#include "account/outbox.h"
#include "base/json_memory.h"
#include "serve/packer.h"
#include "support/page_support.h"
#include "support/scene.h"

/* --- what becomes of each column of the store --- */

enum fate {
    GOES,                         /* its text stands in the file, for the person it is about */
    TOLD,                         /* a number, a time or one of a few words, which the file says in its own way */
    STAYS,                        /* never in anybody's file */
};

struct columns {
    const char *table;
    enum fate fate;
    const char *names, *why;
};

static const struct columns columns[] = {
    {"schema_version", STAYS, "version name applied_at", "the whole store's"},
    {"setting", STAYS, "name value", "the whole store's"},
    {"field_definition", STAYS, "name position definition", "the operator's"},
    {"connection", TOLD, "id name strategy", "named by the identities"},
    {"connection", STAYS, "display_name options rules", "the operator's, with secrets"},
    {"role", TOLD, "id name organization_id", "named by the memberships"},
    {"role", STAYS, "permissions", "the operator's"},
    {"organization", TOLD, "id name display_name", "named by the memberships"},
    {"organization", STAYS, "support_email branding metadata rules members deletion_grace", "the organization's"},
    {"organization_connection", STAYS, "organization_id connection_id assign_membership_on_login", "the organization's"},
    {"account", GOES, "user_id profile", "who they are, as far as the owner sees it"},
    {"account", TOLD, "connection_id blocked deletion_at created_at updated_at last_login_at logins_count password_changed_at", "facts"},
    {"account", STAYS, "id version epoch sources unproven_since blocked_by_id origin_id", "how the program keeps it"},
    {"account", STAYS, "password_hash", "a secret"},
    {"account", STAYS, "legal_hold", "what an operator writes about a dispute; that there is a hold stands in the activity"},
    {"identifier", STAYS, "connection_id field key account_id", "the profile's values once more, for looking up"},
    {"membership", TOLD, "organization_id account_id home invited suspended created_at", "memberships"},
    {"membership", STAYS, "derived shown_name shown_email shown_roles shown_picture state sort_name terms user_id", "the profile once more, for lists"},
    {"membership_role", TOLD, "organization_id account_id role_id", "roles"},
    {"session", GOES, "peer", "where somebody is signed in"},
    {"session", TOLD, "account_id created_at last_seen_at user_agent", "browser and system alone (account/device.h)"},
    {"session", STAYS, "id id_hash public_id epoch authenticated_at expires_at consented", "what a session hangs on"},
    {"throttle", STAYS, "bucket key count paused_until expires_at", "hashes that lead to nobody"},
    {"audit", GOES, "user_id reason peer", "the activity; a reason and an address only as its page shows them"},
    {"audit", TOLD, "at actor organization action outcome fields", "the activity"},
    {"audit", STAYS, "id request_id connection salt seal hash", "the chain"},
    {"audit", STAYS, "actor_id", "who manages accounts is not told"},
    {"artefact", GOES, "value", "what waits for its proof"},
    {"artefact", TOLD, "purpose account_id created_at expires_at used_at", "likewise"},
    {"artefact", STAYS, "id token_hash organization_id data epoch tries number", "what a proof hangs on"},
    {"outbox", STAYS, "id message_id channel kind account_id organization_id recipient language payload state attempts due_at expires_at "
                      "created_at done_at last_error elsewhere", "on its way to the person anyway, and sealed because of its links"},
    {"password_history", STAYS, "id account_id hash created_at", "a secret"},
    {"bouncing", STAYS, "address_hash since", "hashes of addresses"},
    {"organization_gone", STAYS, "name at", "the organizations'"},
    {"member_term", STAYS, "organization_id term sort_name account_id joined", "the profile once more, for searching"},
    {"invitation", TOLD, "organization_id state made_account_id created_at decided_at", "the one that made the account"},
    {"invitation", STAYS, "id public_id token_hash language sent_at expires_at roles", "what an invitation hangs on"},
    {"invitation", STAYS, "email email_key prefilled", "stands in the profile"},
    {"invitation", STAYS, "inviter inviter_name", "somebody else"},
    {"field_request", GOES, "old_value value note answer", "requests"},
    {"field_request", TOLD, "account_id field state created_at decided_at", "requests"},
    {"field_request", STAYS, "id public_id organization_id", "what a request hangs on"},
    {"field_request", STAYS, "decided_by", "somebody else"},
    {"picture", STAYS, "name account_id organization_id created_at", "the picture itself is in the file"},
    {"picture_gone", STAYS, "name at", "nobody's any more"},
    {"export", STAYS, "id public_id account_id language state done size tries created_at ready_at expires_at", "the file itself"},
    {"purpose", STAYS, "name position version required title text", "the operator's"},
    {"purpose_version", STAYS, "purpose version title text", "the operator's"},
    {"consent", GOES, "purpose version", "consents"},
    {"consent", TOLD, "account_id given at", "consents"},
    {"consent", STAYS, "id", "the row's"},
    {"deletion", TOLD, "account_id asked_by asked_at", "that it is to be deleted"},
    {"deletion", STAYS, "reason", "stands in the activity when the person may read it"},
    {"deletion", STAYS, "reminded_at organization_id", "how the program keeps it; which desk asked stands in the activity"},
    {"erasure", STAYS, "pseudonym user_id begun_at", "of those who are gone"},
    {"erased", STAYS, "user_hash at", "of those who are gone"},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* What a row needs so that the portal shows it; {id} and {mark} are filled in. Everything else is a marker or 1. */
struct special {
    const char *table, *name, *sql;
};

static const struct special specials[] = {
    {"picture", "organization_id", "NULL"}, {"*", "account_id", "{id}"}, {"*", "organization_id", "1"}, {"*", "expires_at", "9000000"}, {"*", "used_at", "0"},
    {"*", "language", "'en'"}, {"session", "last_seen_at", "1000000"}, {"session", "epoch", "(SELECT epoch FROM account WHERE id = {id})"},
    {"session", "user_agent", "'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'"},
    {"session", "id_hash", "CAST('{mark}' AS BLOB)"}, {"audit", "user_id", "(SELECT user_id FROM account WHERE id = {id})"},
    {"audit", "actor", "'owner'"}, {"audit", "organization", "'acme'"}, {"audit", "outcome", "'allowed'"}, {"audit", "fields", "'[]'"},
    {"audit", "action", "'profile.save'"}, {"artefact", "purpose", "'email_change'"}, {"artefact", "data", "'{\"x\":\"{mark}\"}'"},
    {"outbox", "state", "'sent'"}, {"invitation", "made_account_id", "{id}"}, {"invitation", "state", "'accepted'"},
    {"invitation", "roles", "'[]'"}, {"field_request", "field", "'given_name'"}, {"field_request", "state", "'approved'"},
    {"field_request", "value", "'\"{mark}\"'"}, {"field_request", "old_value", "'\"{mark}\"'"}, {"export", "state", "'ready'"},
    {"deletion", "asked_by", "'operator'"}, {"membership", "state", "'active'"}, {"membership", "home", "0"},
};

static const char *const filled[] = {     /* tables with rows of persons, in an order that works */
    "identifier", "membership", "session", "audit", "artefact", "outbox", "password_history", "member_term", "invitation",
    "field_request", "picture", "consent", "deletion",
};

static struct scene scene;
static struct stage stage;
static sqlite3 *raw;

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ' ') && (!at[length] || at[length] == ' ')) return true;
    return false;
}

static const struct columns *columns_of(const char *table, const char *name, size_t *count)
{
    const struct columns *found = NULL;
    *count = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        if (strcmp(columns[i].table, table) || !has_word(columns[i].names, name)) continue;
        found = &columns[i];
        ++*count;
    }
    return found;
}

typedef void Visit(const char *table, const char *name, const char *type, void *context);

static void each_column(Visit *visit, void *context)
{
    static const char sql[] = "SELECT m.name, p.name, p.type FROM sqlite_schema m JOIN pragma_table_info(m.name) p"
                              " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid";
    sqlite3_stmt *rows;
    assert_int_equal(sqlite3_prepare_v2(raw, sql, -1, &rows, NULL), SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW)
        visit((const char *)sqlite3_column_text(rows, 0), (const char *)sqlite3_column_text(rows, 1),
              (const char *)sqlite3_column_text(rows, 2), context);
    sqlite3_finalize(rows);
}

static void is_decided(const char *table, const char *name, const char *type, void *context)
{
    size_t count, *seen = context;
    (void)type;
    (void)columns_of(table, name, &count);
    if (count != 1) fail_msg("%s.%s stands %zu times in the list above: does it go into a person's export?", table, name, count);
    ++*seen;
}

static void test_every_column_is_decided(void **state)
{
    (void)state;
    size_t seen = 0, listed = 0;
    each_column(is_decided, &seen);
    for (size_t i = 0; i < COLUMNS; i++)
        for (const char *at = columns[i].names; at; at = strchr(at + 1, ' ')) listed++;
    assert_int_equal(seen, listed);        /* and nothing in the list that is not there any more */
}

/* --- files --- */

static Str read_entry(const char *path, const char *name)
{
    int code;
    zip_stat_t about;
    zip_t *zip = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    assert_non_null(zip);
    if (zip_stat(zip, name, 0, &about)) {
        zip_discard(zip);
        return STR_NONE;
    }
    char *bytes = arena_take(scene.arena, about.size + 1);
    zip_file_t *file = zip_fopen(zip, name, 0);
    assert_int_equal(zip_fread(file, bytes, about.size), about.size);
    zip_fclose(file);
    zip_discard(zip);
    return (Str){bytes, about.size};
}

static size_t files_in(const char *folder)
{
    size_t count = 0;
    DIR *open = opendir(folder);
    for (struct dirent *entry; open && (entry = readdir(open));) count += entry->d_name[0] != '.';
    if (open) closedir(open);
    return count;
}

static void clear_folder(void)
{
    DIR *open = opendir(scene.options.exports_dir.p);
    for (struct dirent *entry; open && (entry = readdir(open));)
        (void)!unlink(arena_print(scene.arena, "%s/%s", scene.options.exports_dir.p, entry->d_name).p);
    if (open) closedir(open);
}

/* --- building --- */

static struct packer *packer_of(struct portal *portal)
{
    struct packer *packer;
    assert_int_equal(packer_open(scene.arena, portal, stage.view, &packer), OK);
    return packer;
}

static struct visit visit_at(int64_t now)
{
    return (struct visit){.arena = scene.arena, .now = now, .request_id = STR(""), .peer = STR(""), .user_agent = STR(""),
                          .actor_id = STR("courier")};
}

static void build(struct portal *portal, int64_t now)
{
    bool more = true;
    struct packer *packer = packer_of(portal);
    struct arena *before = json_memory_use(scene.arena);
    struct visit visit = visit_at(now);
    for (int i = 0; more && i < 1000; i++) {
        more = false;
        assert_int_equal(packer_step(packer, &visit, &more), OK);
    }
    assert_false(more);
    packer_close(packer);
    json_memory_use(before);
}

static struct export latest(const struct user *user)
{
    struct export export = {.state = STR("none")};
    Error error = export_latest(&scene.portal, &scene.visit, user->id, &export);
    assert_true(error == OK || error == ERR_NOT_FOUND);
    return export;
}

static void ask(const struct user *user)
{
    int64_t retry_after;
    assert_int_equal(export_ask(&scene.portal, &scene.visit, user, STR("en"), &retry_after), OK);
    assert_int_equal(retry_after, 0);
}

static Str whole(const char *path)
{
    static const char *const names[] = {"index.html", "profile.json", "account.json", "activity.json"};
    struct text all = {.arena = scene.arena};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Str entry = read_entry(path, names[i]);
        assert_true(entry.n > 0);
        text_add(&all, entry);
    }
    return text_str(&all);
}

/* --- one person's markers in, another's out --- */

static void run_sql(const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(raw, sql, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s: %s", why, sql);
}

static const char *mark_of(const char *person, const char *table, const char *name)
{
    return arena_print(scene.arena, "mark.%s.%s.%s", person, table, name).p;
}

static const char *special_of(const char *table, const char *name)
{
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        if ((!strcmp(specials[i].table, table) || !strcmp(specials[i].table, "*")) && !strcmp(specials[i].name, name)) return specials[i].sql;
    return NULL;
}

struct filling {
    const char *table, *person;
    int64_t account;
    struct text names, values;
};

static void add_value(const char *table, const char *name, const char *type, void *context)
{
    struct filling *filling = context;
    if (strcmp(table, filling->table) || !strcmp(name, "id")) return;
    const char *sql = special_of(table, name), *mark = mark_of(filling->person, table, name);
    Str value = sql ? str_of(sql) : !strcmp(type, "TEXT") ? STR("'{mark}'") : !strcmp(type, "BLOB") ? STR("CAST('{mark}' AS BLOB)") : STR("1");
    value = text_replaced(scene.arena, value, STR("{mark}"), mark);
    value = text_replaced(scene.arena, value, STR("{id}"), arena_print(scene.arena, "%lld", (long long)filling->account).p);
    text_print(&filling->names, "%s%s", filling->names.n ? ", " : "", name);
    text_print(&filling->values, "%s%.*s", filling->values.n ? ", " : "", STR_ARGS(value));
}

static void fill(const char *person, int64_t account)
{
    run_sql(arena_print(scene.arena,
                        "UPDATE account SET user_id = 'local|%s', password_hash = '%s', legal_hold = '%s', deletion_at = 8000000, profile ="
                        " '{\"given_name\":\"%s\",\"app_metadata\":{\"seen\":\"never.%s\"},\"user_metadata\":{\"x\":\"never.%s\"}}'"
                        " WHERE id = %lld", mark_of(person, "account", "user_id"), mark_of(person, "account", "password_hash"),
                        mark_of(person, "account", "legal_hold"), mark_of(person, "account", "profile"), person, person,
                        (long long)account).p);
    for (size_t i = 0; i < sizeof filled / sizeof *filled; i++) {
        struct filling filling = {.table = filled[i], .person = person, .account = account, .names.arena = scene.arena,
                                  .values.arena = scene.arena};
        each_column(add_value, &filling);
        run_sql(arena_print(scene.arena, "INSERT INTO %s (%.*s) VALUES (%.*s)", filled[i], STR_ARGS(text_str(&filling.names)),
                            STR_ARGS(text_str(&filling.values))).p);
    }
}

static void is_where_it_belongs(const char *table, const char *name, const char *type, void *context)
{
    size_t count;
    const Str *all = context;
    const char *mark = mark_of("ada", table, name), *sql = special_of(table, name);
    bool marked = sql ? strstr(sql, "{mark}") != NULL : !strcmp(type, "TEXT") || !strcmp(type, "BLOB");
    bool about_people = !strcmp(table, "account");
    for (size_t i = 0; i < sizeof filled / sizeof *filled; i++) about_people = about_people || !strcmp(table, filled[i]);
    if (!marked || !about_people) return;
    const struct columns *decided = columns_of(table, name, &count);
    assert_non_null(decided);
    bool there = text_has(*all, mark);
    if (decided->fate == GOES && !there) fail_msg("%s.%s is missing in the export", table, name);
    if (decided->fate == STAYS && there) fail_msg("%s.%s stands in the export: %s", table, name, decided->why);
}

static void test_only_what_is_theirs(void **state)
{
    (void)state;
    fill("ada", scene.ada.id);
    fill("bob", scene.bob.id);
    run_sql(arena_print(scene.arena, "INSERT INTO audit (at, request_id, actor, actor_id, organization, user_id, action, outcome, reason, peer,"
                                     " fields) SELECT 5, 'r', 'desk', 'mark.bob.as.desk', 'acme', user_id, 'account.block', 'allowed',"
                                     " 'given.by.desk', 'mark.bob.address', '[]' FROM account WHERE id = %lld", (long long)scene.ada.id).p);
    scene_read(&scene, &scene.ada);
    ask(&scene.ada);
    build(&scene.portal, SCENE_NOW);
    struct export export = latest(&scene.ada);
    assert_true(str_is(export.state, "ready"));
    Str all = whole(export_path(&scene.portal, scene.arena, export.public_id, "zip").p);
    each_column(is_where_it_belongs, &all);
    assert_true(text_has(all, "given.by.desk"));
    assert_false(text_has(all, "mark.bob"));
    assert_false(text_has(all, "never."));       /* metadata that no field shows to its owner */
}

/* --- asking --- */

static int ask_five_times(struct scene *of, void *context)
{
    int made = 0;
    (void)context;
    for (int i = 0; i < 5; i++) {
        int64_t retry_after = 0;
        Error error = export_ask(&of->portal, &of->visit, &of->ada, STR("en"), &retry_after);
        if (error && error != ERR_BUSY) return SCENE_RESULTS - 1;
        made += !error && !retry_after;
    }
    return made;
}

static void test_a_hundred_at_once_give_one(void **state)
{
    (void)state;
    int results[SCENE_RESULTS];
    scene_at_once(&scene, 20, ask_five_times, NULL, results);
    assert_int_equal(results[1], 1);
    assert_int_equal(results[0], 19);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM export"), 1);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'export.ask'"), 1);
}

static void test_one_an_hour(void **state)
{
    (void)state;
    int64_t retry_after;
    ask(&scene.ada);
    build(&scene.portal, SCENE_NOW);
    struct export first = latest(&scene.ada);
    scene.visit.now += 3599;
    assert_int_equal(export_ask(&scene.portal, &scene.visit, &scene.ada, STR("en"), &retry_after), OK);
    assert_int_equal(retry_after, 1);
    ask(&scene.bob);                              /* another's hour is their own */
    scene.visit.now++;
    ask(&scene.ada);
    struct export second = latest(&scene.ada);
    assert_true(str_is(second.state, "queued"));
    assert_false(str_eq(first.public_id, second.public_id));
    scene.visit.now += 7200;                      /* and while it waits there is no other, however long it waits */
    assert_int_equal(export_ask(&scene.portal, &scene.visit, &scene.ada, STR("en"), &retry_after), OK);
    assert_true(retry_after > 0);
}

static void test_only_its_owner_gets_the_file(void **state)
{
    (void)state;
    Str path;
    ask(&scene.ada);
    struct export export = latest(&scene.ada);
    assert_int_equal(export_file(&scene.portal, &scene.visit, &scene.ada, export.public_id, &path), ERR_NOT_FOUND);
    build(&scene.portal, SCENE_NOW);
    assert_int_equal(export_file(&scene.portal, &scene.visit, &scene.bob, export.public_id, &path), ERR_NOT_FOUND);
    assert_int_equal(export_file(&scene.portal, &scene.visit, &scene.ada, STR("../key"), &path), ERR_NOT_FOUND);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'export.download'"), 0);
    assert_int_equal(export_file(&scene.portal, &scene.visit, &scene.ada, export.public_id, &path), OK);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'export.download'"), 1);
    struct stat about;
    assert_int_equal(stat(path.p, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(about.st_size, latest(&scene.ada).size);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM outbox WHERE kind = 'export_ready'"), 1);
}

/* --- ends --- */

static void sweep(int64_t now)
{
    bool more;
    struct visit visit = visit_at(now);
    assert_int_equal(export_sweep(&scene.portal, &visit, STR_NONE, &more), OK);
}

static void test_expired_ones_go(void **state)
{
    (void)state;
    Str path;
    ask(&scene.ada);
    build(&scene.portal, SCENE_NOW);
    struct export export = latest(&scene.ada);
    sweep(export.expires_at - 1);
    assert_int_equal(files_in(scene.options.exports_dir.p), 1);
    scene.visit.now = export.expires_at;
    assert_int_equal(export_file(&scene.portal, &scene.visit, &scene.ada, export.public_id, &path), ERR_NOT_FOUND);
    assert_true(str_is(latest(&scene.ada).state, "none"));
    sweep(export.expires_at);
    assert_int_equal(files_in(scene.options.exports_dir.p), 0);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM export"), 0);
}

static void test_dropped_ones_take_their_files_along(void **state)
{
    (void)state;
    ask(&scene.ada);
    ask(&scene.bob);
    build(&scene.portal, SCENE_NOW);
    build(&scene.portal, SCENE_NOW);
    FILE *other = fopen(arena_print(scene.arena, "%s/notes.txt", scene.options.exports_dir.p).p, "w");
    assert_non_null(other);
    fclose(other);
    scene_begin(&scene);
    assert_int_equal(export_drop(&scene.portal, &scene.visit, scene.ada.id), OK);
    scene_commit(&scene);
    sweep(SCENE_NOW);
    assert_int_equal(files_in(scene.options.exports_dir.p), 2);      /* bob's, and what is not ours */
    assert_true(str_is(latest(&scene.bob).state, "ready"));
}

static void test_dropped_while_it_is_built(void **state)
{
    (void)state;
    bool more = false;
    struct visit visit = visit_at(SCENE_NOW);
    ask(&scene.ada);
    struct packer *packer = packer_of(&scene.portal);
    assert_int_equal(packer_step(packer, &visit, &more), OK);
    assert_true(more);
    scene_begin(&scene);
    assert_int_equal(export_drop(&scene.portal, &scene.visit, scene.ada.id), OK);
    scene_commit(&scene);
    more = false;
    assert_int_equal(packer_step(packer, &visit, &more), OK);
    packer_close(packer);
    assert_int_equal(files_in(scene.options.exports_dir.p), 0);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM outbox WHERE kind = 'export_ready'"), 0);
}

static void test_a_folder_that_cannot_be_written(void **state)
{
    (void)state;
    bool more = false;
    struct visit visit = visit_at(SCENE_NOW);
    Str good = scene.options.exports_dir;
    ask(&scene.ada);
    scene.options.exports_dir = arena_print(scene.arena, "%s/key/nowhere", scene.place.folder);
    struct packer *packer = packer_of(&scene.portal);
    log_catch();
    assert_int_equal(packer_step(packer, &visit, &more), ERR_FAULT);
    assert_true(log_caught("could not be made"));
    packer_close(packer);
    scene.options.exports_dir = good;
    assert_true(str_is(latest(&scene.ada).state, "failed"));
    ask(&scene.ada);                              /* at once, because it is not their doing */
    build(&scene.portal, SCENE_NOW);
    assert_true(str_is(latest(&scene.ada).state, "ready"));
}

/* --- killed in the middle --- */

static void put_long_life(void)
{
    run_sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
            " INSERT INTO audit (at, request_id, actor, actor_id, user_id, action, outcome, peer, fields)"
            " SELECT i, 'r', 'owner', 'local|ada', 'local|ada', 'session.start', 'allowed', 'from.' || i || '.', '[]' FROM n");
}

/* After `steps` steps, the way a machine that loses its power ends it. */
static int die_after(struct scene *of, void *context)
{
    struct packer *packer;
    struct visit visit = visit_at(SCENE_NOW);
    if (packer_open(of->arena, &of->portal, stage.view, &packer)) return 1;
    for (int i = 0; i < *(int *)context; i++) {
        bool more = false;
        if (packer_step(packer, &visit, &more)) return 2;
    }
    _exit(0);
}

static void test_killed_in_the_middle_begins_anew(void **state)
{
    (void)state;
    put_long_life();
    for (int steps = 1; steps <= 4; steps++) {
        int results[SCENE_RESULTS];
        run_sql("DELETE FROM export; DELETE FROM outbox");
        ask(&scene.ada);
        scene_at_once(&scene, 1, die_after, &steps, results);
        assert_int_equal(results[0], 1);
        assert_true(str_is(latest(&scene.ada).state, "building"));
        build(&scene.portal, SCENE_NOW);
        struct export export = latest(&scene.ada);
        assert_true(str_is(export.state, "ready"));
        Str events = read_entry(export_path(&scene.portal, scene.arena, export.public_id, "zip").p, "activity.json");
        json_t *list = json_loadb(events.p, events.n, 0, NULL);
        assert_int_equal(json_array_size(list), 900 + (size_t)steps);      /* each asking adds its own */
        sweep(SCENE_NOW);
        assert_int_equal(files_in(scene.options.exports_dir.p), 1);
        assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM outbox WHERE kind = 'export_ready'"), 1);
    }
}

static void test_one_that_kills_its_builder_is_given_up(void **state)
{
    (void)state;
    int steps = 1;
    ask(&scene.ada);
    for (int i = 0; i < EXPORT_TRIES; i++) {
        int results[SCENE_RESULTS];
        scene_at_once(&scene, 1, die_after, &steps, results);
    }
    log_catch();
    build(&scene.portal, SCENE_NOW);
    assert_true(log_caught("could not be made"));
    assert_true(str_is(latest(&scene.ada).state, "failed"));
}

/* --- what it says --- */

static void test_what_programs_read(void **state)
{
    (void)state;
    ask(&scene.ada);
    build(&scene.portal, SCENE_NOW);
    const char *path = export_path(&scene.portal, scene.arena, latest(&scene.ada).public_id, "zip").p;
    Str profile = read_entry(path, "profile.json"), account = read_entry(path, "account.json");
    json_t *list = json_loadb(profile.p, profile.n, 0, NULL), *user = json_array_get(list, 0);
    assert_int_equal(json_array_size(list), 1);
    assert_string_equal(json_string_value(json_object_get(user, "email")), "ada@example.com");
    assert_string_equal(json_string_value(json_object_get(user, "user_id")), "local|ada");
    assert_int_equal(json_array_size(json_object_get(user, "identities")), 1);
    assert_null(json_object_get(user, "blocked"));
    assert_non_null(json_loadb(account.p, account.n, 0, NULL));
    assert_null(read_entry(path, "picture.png").p);
}

static void test_hostile_words_stay_words(void **state)
{
    (void)state;
    run_sql("UPDATE account SET profile = '{\"given_name\":\"<script>alert(1)</script>\",\"name\":\"\\\" onload=x {{TITLE}}\"}'"
            " WHERE user_id = 'local|ada'");
    ask(&scene.ada);
    build(&scene.portal, SCENE_NOW);
    Str index = read_entry(export_path(&scene.portal, scene.arena, latest(&scene.ada).public_id, "zip").p, "index.html");
    assert_false(text_has(index, "<script"));
    assert_true(text_has(index, "&lt;script&gt;"));
    assert_true(text_has(index, "{{TITLE}}"));
    assert_false(text_has(index, "\" onload"));
    assert_false(text_has(index, "http://"));     /* nothing is fetched from anywhere */
    assert_false(text_has(index, "https://"));
}

struct speech {
    const char *code, *begins;
};

static void test_in_the_persons_language(void **state)
{
    (void)state;
    static const struct speech speeches[] = {
        {"en", "<html lang=\"en\" dir=\"ltr\">"}, {"de", "<html lang=\"de\" dir=\"ltr\">"}, {"ar", "<html lang=\"ar\" dir=\"rtl\">"},
        {"tlh", "<html lang=\"en\" dir=\"ltr\">"},      /* one that was taken away meanwhile */
    };
    for (size_t i = 0; i < sizeof speeches / sizeof *speeches; i++) {
        int64_t retry_after;
        run_sql("DELETE FROM export");
        assert_int_equal(export_ask(&scene.portal, &scene.visit, &scene.ada, str_of(speeches[i].code), &retry_after), OK);
        build(&scene.portal, SCENE_NOW);
        Str index = read_entry(export_path(&scene.portal, scene.arena, latest(&scene.ada).public_id, "zip").p, "index.html");
        assert_true(text_has(index, speeches[i].begins));
    }
}

/* --- fixtures --- */

static int begin(void **state)
{
    (void)state;
    stage_open(&stage, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    stage_close(&stage);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    scene_open(&scene);
    scene.options.export_seconds = 86400;
    scene.options.session_idle_seconds = 1800;
    scene.options.display_name = STR("Latchkey");
    scene.options.exports_dir = arena_print(scene.arena, "%s/exports", scene.place.folder);
    assert_int_equal(sqlite3_open(scene.place.file, &raw), SQLITE_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sqlite3_close(raw);
    clear_folder();
    (void)!rmdir(scene.options.exports_dir.p);
    scene_close(&scene);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_column_is_decided), TEST(test_only_what_is_theirs), TEST(test_a_hundred_at_once_give_one), TEST(test_one_an_hour),
        TEST(test_only_its_owner_gets_the_file), TEST(test_expired_ones_go), TEST(test_dropped_ones_take_their_files_along),
        TEST(test_dropped_while_it_is_built), TEST(test_a_folder_that_cannot_be_written), TEST(test_killed_in_the_middle_begins_anew),
        TEST(test_one_that_kills_its_builder_is_given_up), TEST(test_what_programs_read), TEST(test_hostile_words_stay_words),
        TEST(test_in_the_persons_language),
    };
    return cmocka_run_group_tests_name("export", tests, begin, end);
}
