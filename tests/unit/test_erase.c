/* Erasing somebody leaves nothing of them: every column that the schema declares personal is filled for one person and for another, the
   first is erased, and the bytes of every file are searched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/artefact.h"
#include "account/audit.h"
#include "account/deletion.h"
#include "account/erase.h"
#include "account/export_work.h"
#include "account/member.h"
#include "account/picture_files.h"
#include "account/profile.h"
#include "account/state.h"
#include "account/tombstone.h"
#include "base/encode.h"
#include "model/identifier.h"
#include "store/engine.h"
#include "store/migrations.h"
#include "store/user_store.h"
#include "support/scene.h"

/* --- the declarations in the schema's comments --- */

enum kind { UNDECLARED, NOTHING, KEYED, PERSONAL };

struct column {
    char table[32], name[32];
    enum kind kind;
};

static struct column columns[400];
static size_t column_count;

static enum kind kind_at_end(const char *line, size_t length)
{
    static const struct { const char *mark; enum kind kind; } marks[] = {
        {"[personal]", PERSONAL}, {"[keyed]", KEYED}, {"[none]", NOTHING},
    };
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(marks[i].mark);
        if (length >= n && memcmp(line + length - n, marks[i].mark, n) == 0) return marks[i].kind;
    }
    return UNDECLARED;
}

static void add_column(const char *table, const char *name, enum kind kind)
{
    struct column *column = &columns[column_count++];
    assert_true(column_count < sizeof columns / sizeof *columns);
    snprintf(column->table, sizeof column->table, "%s", table);
    snprintf(column->name, sizeof column->name, "%s", name);
    column->kind = kind;
}

static void read_declarations(void)
{
    char table[32] = "", name[32], type[32];
    enum kind whole = UNDECLARED;
    column_count = 0;
    for (size_t i = 0; i < migration_count; i++) {
        for (const char *line = migrations[i].sql, *end; (end = strchr(line, '\n')); line = end + 1) {
            char text[300];
            size_t length = (size_t)(end - line);
            assert_true(length < sizeof text);
            memcpy(text, line, length);
            text[length] = '\0';
            enum kind kind = kind_at_end(line, length);
            if (sscanf(text, "CREATE TABLE %31s (", table) == 1) whole = kind;
            else if (text[0] == ')') table[0] = '\0';
            else if (sscanf(text, "ALTER TABLE %31s ADD COLUMN %31s", type, name) == 2) add_column(type, name, kind);
            else if (table[0] && sscanf(text, "    %31[a-z_] %31s", name, type) == 2)
                add_column(table, name, kind != UNDECLARED ? kind : whole);
        }
    }
}

static enum kind declared(const char *table, const char *name)
{
    for (size_t i = 0; i < column_count; i++)
        if (strcmp(columns[i].table, table) == 0 && strcmp(columns[i].name, name) == 0) return columns[i].kind;
    return UNDECLARED;
}

/* --- looking into the store as it is --- */

static int64_t number(struct scene *scene, const char *format, ...)
{
    char sql[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    return store_count(scene->portal.db, sql);
}

/* The schema's own list of tables and columns, one at a time: what the engine answers is a number, so names are asked for by place. */
static void ask_name(struct scene *scene, const char *sql, char out[64])
{
    int64_t length = number(scene, "SELECT COALESCE(LENGTH(%s), 0)", sql);
    assert_in_range(length, 0, 63);
    for (int64_t i = 0; i < length; i++) out[i] = (char)number(scene, "SELECT UNICODE(SUBSTR(%s, %d, 1))", sql, (int)i + 1);
    out[length] = '\0';
}

static void each_column(struct scene *scene, void (*act)(struct scene *, const char *table, const char *column))
{
    char table[64], column[64], sql[300];
    for (int64_t t = 0;; t++) {
        snprintf(sql, sizeof sql, "(SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%%' AND name <>"
                                  " 'schema_version' ORDER BY name LIMIT 1 OFFSET %d)", (int)t);
        ask_name(scene, sql, table);
        if (!table[0]) return;
        for (int64_t c = 0;; c++) {
            snprintf(sql, sizeof sql, "(SELECT name FROM pragma_table_info('%s') WHERE cid = %d)", table, (int)c);
            ask_name(scene, sql, column);
            if (!column[0]) break;
            act(scene, table, column);
        }
    }
}

static size_t undeclared;

static void must_be_declared(struct scene *scene, const char *table, const char *column)
{
    (void)scene;
    if (declared(table, column) != UNDECLARED) return;
    print_error("%s.%s says not whether it holds personal data ([personal], [keyed], [none]; 0001_create_core.sql)\n", table, column);
    undeclared++;
}

/* --- a person all over the store --- */

#define MARK "Zyxquorn"
#define OTHER "Bertholdine"

/* Whatever names the person carries one of these, in the clear. */
static const char *const traces[] = {MARK, "zyxquorn", "local|ada", "203.0.113.77", "+4930123456", "ada@example.com", "a1b2c3badge"};
enum { TRACES = sizeof traces / sizeof *traces };

static void put(struct scene *scene, const char *sql)
{
    Error error = engine_run(scene->portal.db, sql);
    if (error) print_error("%s\n", sql);
    assert_int_equal(error, OK);
}

static void put_for(struct scene *scene, const struct user *user, const char *mark, const char *address, const char *peer)
{
    char sql[4000];
    int64_t id = user->id;
    const char *me = user->user_id.p;
    snprintf(sql, sizeof sql,
        "UPDATE account SET password_hash = 'hash-%s', legal_hold = NULL WHERE id = %d;"
        "INSERT INTO session (id_hash, public_id, account_id, epoch, created_at, authenticated_at, last_seen_at, expires_at, peer, user_agent)"
        " VALUES (x'%02x', 's%d', %d, 1, 1, 1, 1, 99999999, '%s', 'Browser %s');"
        "INSERT INTO artefact (purpose, token_hash, account_id, value, data, epoch, created_at, expires_at, used_at, tries)"
        " VALUES ('email_revert', x'%02x', %d, 'old-%s@example.com', '{\"x\":\"%s\"}', 1, 1, 99999999, 0, 0);"
        "INSERT INTO outbox (message_id, channel, kind, account_id, recipient, language, payload, state, attempts, due_at, expires_at,"
        " created_at, done_at, last_error) VALUES ('m%d', 'mail', 'email_verify', %d, '%s', 'en', x'00', 'queued', 0, 1, 99999999, 1, 0, ''),"
        " ('n%d', 'mail', 'invitation', NULL, '%s', 'en', x'00', 'queued', 0, 1, 99999999, 1, 0, ''),"
        " ('o%d', 'mail', 'invitation', NULL, 'old-%s@example.com', 'en', x'00', 'sent', 0, 1, 99999999, 1, 0, '');",
        mark, (int)id, (int)id, (int)id, (int)id, peer, mark, (int)id + 16, (int)id, mark, mark, (int)id, (int)id, address, (int)id, address,
        (int)id, mark);
    put(scene, sql);
    snprintf(sql, sizeof sql,
        "INSERT INTO password_history (account_id, hash, created_at) VALUES (%d, 'old-hash-%s', 1);"
        "INSERT INTO invitation (public_id, organization_id, email, email_key, roles, language, prefilled, inviter, inviter_name, state,"
        " made_account_id, created_at, sent_at, expires_at, decided_at) VALUES ('i%d', 1, '%s', '%s', '[]', 'en', '{\"name\":\"%s\"}', 'cli:x', '',"
        " 'declined', NULL, 1, 1, 1, 0), ('j%d', 1, 'gone-%s@example.com', 'gone-%s@example.com', '[]', 'en', '{\"name\":\"%s\"}', 'cli:x', '', 'accepted', %d,"
        " 1, 1, 1, 0), ('k%d', 1, 'third%d@example.com', 'third%d@example.com', '[]', 'en', '{}', '%s', 'By %s', 'accepted', NULL, 1, 1, 1, 0);",
        (int)id, mark, (int)id, address, address, mark, (int)id, mark, mark, mark, (int)id, (int)id, (int)id, (int)id, me, mark);
    put(scene, sql);
    snprintf(sql, sizeof sql,
        "INSERT INTO field_request (public_id, account_id, organization_id, field, old_value, value, note, state, answer, decided_by, created_at,"
        " decided_at) VALUES ('f%d', %d, 1, 'nickname', '\"%s\"', '\"%s\"', 'note %s', 'declined', 'answer %s', '%s', 1, 1);"
        "INSERT INTO export (public_id, account_id, language, state, done, size, tries, created_at, ready_at, expires_at)"
        " VALUES ('e%d', %d, 'en', 'failed', 0, 0, 0, 1, 0, 99999999);"
        "INSERT INTO consent (account_id, purpose, version, given, at) VALUES (%d, 'news', '1', 1, 1);"
        "INSERT INTO deletion (account_id, asked_by, reason, asked_at, reminded_at) VALUES (%d, 'desk', 'letter of %s', 1, 0);",
        (int)id, (int)id, mark, mark, mark, mark, me, (int)id, (int)id, (int)id, (int)id, mark);
    put(scene, sql);
}

/* More rows than the audit forgets in one transaction, by hand of the product. */
static void act_a_lot(struct scene *scene, const struct user *user, const char *mark, const char *peer, int times)
{
    struct visit visit = scene->visit;
    visit.actor_id = user->user_id;
    visit.peer = str_of(peer);
    visit.reason = str_of(mark);
    scene_begin(scene);
    for (int i = 0; i < times; i++)
        assert_int_equal(account_audit(&scene->portal, &visit, ACTOR_OWNER, user, "session.end", str_of(mark)), OK);
    visit.organization = STR("acme");
    assert_int_equal(account_audit(&scene->portal, &visit, ACTOR_DESK, &scene->bob, "session.end_all", str_of(mark)), OK);
    scene_commit(scene);
}

static void save(struct scene *scene, const struct user *user, const char *values)
{
    struct change change;
    Commit commit;
    const char *name;
    json_t *value;
    change_init(&change, scene->arena, ACTOR_OPERATOR);
    json_object_foreach(json_loads(values, 0, NULL), name, value) change_put(&change, arena_copy(scene->arena, str_of(name)), value);
    struct visit operator = scene->visit;
    operator.actor_id = STR("cli:test");
    assert_int_equal(account_commit(&scene->portal, &operator, user->id, -1, &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
}

static void join(struct scene *scene, const struct user *user)
{
    struct member_wish wish = {.organization = scene->organization, .account = user->id, .home = true};
    scene_begin(scene);
    assert_int_equal(member_put(&scene->portal, &scene->visit, &wish), OK);
    scene_commit(scene);
}

/* Names of 32 hex digits, one for each person: their picture's, their export's. */
static Str file_name(struct scene *scene, const struct user *user)
{
    return arena_print(scene->arena, "%032llx", (unsigned long long)user->id);
}

static void put_export_file(struct scene *scene, const struct user *user, const char *ending, const char *mark)
{
    FILE *file = fopen(export_path(&scene->portal, scene->arena, file_name(scene, user), ending).p, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "What is held of %s", mark) > 0);
    assert_int_equal(fclose(file), 0);
}

/* A picture; an export that is ready, and what is left of one that was cut off. They are searched for bytes, so no true ZIP or WebP. */
static void put_files(struct scene *scene, const struct user *user, const char *mark)
{
    static const char *const names[PICTURE_FILES] = {"512.webp", "512.png", "256.webp", "256.png", "64.webp", "64.png"};
    struct picture_set set = {.memory = NULL};
    for (size_t i = 0; i < PICTURE_FILES; i++)
        set.files[i] = (struct picture_file){names[i], arena_print(scene->arena, "A picture of %s", mark)};
    Str name = file_name(scene, user);
    assert_int_equal(picture_files_write(&scene->options, scene->arena, name, &set), OK);
    store_do(scene->portal.db, STMT_picture_add, DB_ARGS(db_text(name), db_int(user->id), db_null(), db_int(scene->visit.now)));
    put(scene, arena_print(scene->arena, "UPDATE export SET public_id = '%.*s', state = 'ready' WHERE account_id = %d", STR_ARGS(name),
                           (int)user->id).p);
    put_export_file(scene, user, "zip", mark);
    put_export_file(scene, user, "part", mark);
}

static void fill(struct scene *scene)
{
    assert_int_equal(mkdir(scene->options.exports_dir.p, 0700), 0);
    save(scene, &scene->ada, "{\"given_name\":\"" MARK "\",\"name\":\"" MARK " Lovelace\",\"email_verified\":true,\"phone_verified\":true,"
                             "\"user_metadata\":{\"badge\":\"a1b2c3badge\"},\"app_metadata\":{\"note\":\"" MARK "\"}}");
    save(scene, &scene->bob, "{\"given_name\":\"" OTHER "\",\"email_verified\":true}");
    join(scene, &scene->ada);
    join(scene, &scene->bob);
    scene_read(scene, &scene->ada);
    scene_read(scene, &scene->bob);
    put_for(scene, &scene->ada, MARK, "ada@example.com", "203.0.113.77");
    put_for(scene, &scene->bob, OTHER, "bob@example.com", "192.0.2.9");
    put_files(scene, &scene->ada, MARK);
    put_files(scene, &scene->bob, OTHER);
    act_a_lot(scene, &scene->ada, MARK, "203.0.113.77", 1200);
}

static const char *unfilled_tables[] = {"erasure"};       /* filled by erasing itself */

static void must_be_filled(struct scene *scene, const char *table, const char *column)
{
    int64_t found = 0;
    if (declared(table, column) != PERSONAL || strcmp(table, unfilled_tables[0]) == 0) return;
    if (strcmp(table, "account") == 0 && strcmp(column, "legal_hold") == 0) return;      /* an account that has one is not erased */
    for (size_t i = 0; i < TRACES; i++)
        found += number(scene, "SELECT COUNT(*) FROM %s WHERE INSTR(CAST(%s AS TEXT), '%s') > 0", table, column, traces[i]);
    if (!found) fail_msg("%s.%s is declared personal, and this test puts nothing of the person into it", table, column);
}

/* --- erasing --- */

static struct visit courier_visit(const struct scene *scene)
{
    struct visit visit = scene->visit;
    visit.actor_id = STR("courier");
    visit.peer = STR("");
    return visit;
}

static void erase_all(struct scene *scene, struct db *db)
{
    struct portal portal = scene->portal;
    struct visit visit = courier_visit(scene);
    portal.db = db;
    for (bool more = true; more;) assert_int_equal(erase_step(&portal, &visit, &more), OK);
    for (bool more = true; more;) assert_int_equal(picture_sweep(&portal, &visit, &more), OK);
    for (bool more = true; more;) assert_int_equal(export_sweep(&portal, &visit, STR_NONE, &more), OK);
}

/* As the courier does it: a connection that may cut the log off. */
static struct db *open_courier(struct scene *scene)
{
    struct db *db = NULL;
    struct db_options options = {.url = scene->place.file, .write_lock = scene->write_lock, .checkpoints = true};
    assert_int_equal(db_open(&options, &db), OK);
    return db;
}

static void schedule_and_erase(struct scene *scene)
{
    scene_begin(scene);
    store_do(scene->portal.db, STMT_account_deletion, DB_ARGS(db_int(scene->ada.id), db_int(scene->visit.now)));
    scene_commit(scene);
    struct db *db = open_courier(scene);
    erase_all(scene, db);
    db_close(db);
}

/* Every file of the portal: the store, its log, the key, the tombstones, pictures, exports. */
static int search_file(const char *path, const struct stat *facts, int kind, struct FTW *at)
{
    (void)at;
    if (kind != FTW_F || !facts->st_size) return 0;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = (size_t)facts->st_size;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    for (size_t i = 0; i < TRACES; i++)
        if (memmem(bytes, size, traces[i], strlen(traces[i]))) fail_msg("%s still holds \"%s\"", path, traces[i]);
    free(bytes);
    return 0;
}

static void must_hold_nothing(struct scene *scene)
{
    assert_int_equal(nftw(scene->place.folder, search_file, 16, FTW_PHYS), 0);
    assert_int_equal(access(arena_print(scene->arena, "%s/pictures/%.*s", scene->place.folder, STR_ARGS(file_name(scene, &scene->ada))).p, F_OK), -1);
}

static void must_keep_files(struct scene *scene, const struct user *user)
{
    Str bytes, name = file_name(scene, user);
    assert_int_equal(picture_read(&scene->options, scene->arena, name, "64.png", &bytes), OK);
    assert_int_equal(access(export_path(&scene->portal, scene->arena, name, "zip").p, F_OK), 0);
}

static void test_declared(void **state)
{
    struct scene scene;
    (void)state;
    read_declarations();
    scene_open(&scene);
    undeclared = 0;
    each_column(&scene, must_be_declared);
    assert_int_equal(undeclared, 0);
    /* And nothing is declared that is not there. */
    for (size_t i = 0; i < column_count; i++)
        if (number(&scene, "SELECT COUNT(*) FROM pragma_table_info('%s') WHERE name = '%s'", columns[i].table, columns[i].name) != 1)
            fail_msg("%s.%s is declared, and the store has no such column", columns[i].table, columns[i].name);
    scene_close(&scene);
}

static void test_undeclared_is_noticed(void **state)
{
    struct scene scene;
    (void)state;
    read_declarations();
    scene_open(&scene);
    put(&scene, "ALTER TABLE session ADD COLUMN nickname TEXT");
    undeclared = 0;
    each_column(&scene, must_be_declared);
    assert_int_equal(undeclared, 1);
    scene_close(&scene);
}

static void test_nothing_stays(void **state)
{
    struct scene scene;
    (void)state;
    read_declarations();
    scene_open(&scene);
    fill(&scene);
    each_column(&scene, must_be_filled);
    for (size_t i = 0; i < TRACES; i++) assert_true(scene_holds(&scene, str_of(traces[i])));
    must_keep_files(&scene, &scene.ada);
    schedule_and_erase(&scene);
    must_hold_nothing(&scene);
    must_keep_files(&scene, &scene.bob);
    assert_true(scene_holds(&scene, STR(OTHER)));
    assert_true(scene_holds(&scene, STR("bob@example.com")));
    assert_int_equal(number(&scene, "SELECT COUNT(*) FROM erasure"), 0);
    assert_int_equal(number(&scene, "SELECT COUNT(*) FROM account"), 1);
    assert_int_equal(number(&scene, "SELECT members FROM organization"), 1);
    assert_int_equal(number(&scene, "SELECT COUNT(*) FROM session"), 1);
    assert_int_equal(number(&scene, "SELECT COUNT(*) FROM audit WHERE user_id LIKE 'erased|%%' AND action = 'account.erase' AND organization ="
                                    " 'acme'"), 1);
    scene_close(&scene);
}

static void test_audit_still_holds(void **state)
{
    struct scene scene;
    struct audit_check check;
    (void)state;
    scene_open(&scene);
    fill(&scene);
    schedule_and_erase(&scene);
    assert_int_equal(audit_verify(&scene.portal, scene.arena, STR_NONE, &check), OK);
    assert_true(check.forgotten >= 1200);
    scene_close(&scene);
}

/* Grown, moved and shrunk among many others: what the engine copies from page to page must not stay behind either. */
static void test_many(void **state)
{
    enum { PEOPLE = 400 };
    struct scene scene;
    (void)state;
    scene_open(&scene);
    for (int i = 0; i < PEOPLE; i++) {
        struct change change;
        Commit commit;
        char text[160];
        const struct connection *connection = directory_connection_named(&scene.portal.directory, STR("customers"));
        change_init(&change, scene.arena, ACTOR_OPERATOR);
        snprintf(text, sizeof text, "p%d-%s@example.com", i, i % 2 ? "zyxquorn" : "other");
        change_put(&change, STR("email"), json_string(text));
        assert_int_equal(account_create(&scene.portal, &scene.visit, connection, STR_NONE, &change, &commit), OK);
        assert_int_equal(commit.outcome, COMMIT_DONE);
        snprintf(text, sizeof text, "{\"name\":\"%.*s %s\",\"nickname\":\"%s\"}", i % 40, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
                 i % 2 ? MARK : "x", i % 3 ? "n" : "");
        if (i % 5) save(&scene, &commit.user, text);
        join(&scene, &commit.user);
    }
    scene_begin(&scene);
    put(&scene, "UPDATE account SET deletion_at = 1 WHERE profile LIKE '%zyxquorn%'");
    scene_commit(&scene);
    struct db *db = open_courier(&scene);
    erase_all(&scene, db);
    db_close(db);
    assert_int_equal(number(&scene, "SELECT COUNT(*) FROM account"), PEOPLE / 2 + 2);
    assert_false(scene_holds(&scene, STR(MARK)));
    assert_false(scene_holds(&scene, STR("zyxquorn")));
    assert_true(scene_holds(&scene, STR("-other@example.com")));
    scene_close(&scene);
}

/* --- again and never again --- */

static void test_same_address_again(void **state)
{
    struct scene scene;
    struct change change;
    Commit commit;
    (void)state;
    scene_open(&scene);
    fill(&scene);
    schedule_and_erase(&scene);
    const struct connection *connection = directory_connection_named(&scene.portal.directory, STR("customers"));
    change_init(&change, scene.arena, ACTOR_OPERATOR);
    change_put(&change, STR("email"), json_string("ada@example.com"));
    /* The old name is refused, a new one is made, and nothing came along. */
    assert_int_equal(account_create(&scene.portal, &scene.visit, connection, STR("ada"), &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_STALE);
    assert_int_equal(account_create(&scene.portal, &scene.visit, connection, STR_NONE, &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
    assert_int_not_equal(commit.user.id, scene.ada.id);
    assert_null(json_object_get(commit.user.profile, "given_name"));
    assert_null(json_object_get(commit.user.profile, "user_metadata"));
    assert_int_equal(number(&scene, "SELECT COUNT(*) FROM membership WHERE account_id = %d", (int)commit.user.id), 0);
    assert_int_equal(number(&scene, "SELECT COUNT(*) FROM invitation WHERE email_key = 'ada@example.com'"), 0);
    scene_close(&scene);
}

static void copy_file(const char *from, const char *to)
{
    static char bytes[1 << 16];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, in));) assert_int_equal(fwrite(bytes, 1, n, out), n);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static void test_backup_brings_nobody_back(void **state)
{
    struct scene scene;
    size_t count = 0;
    (void)state;
    scene_open(&scene);
    fill(&scene);
    Str backup = arena_print(scene.arena, "%s/backup", scene.place.folder);
    assert_int_equal(db_backup(scene.portal.db, backup.p), OK);
    schedule_and_erase(&scene);
    portal_close(&scene.portal);
    db_close(scene.portal.db);
    unlink(arena_print(scene.arena, "%s-wal", scene.place.file).p);
    unlink(arena_print(scene.arena, "%s-shm", scene.place.file).p);
    copy_file(backup.p, scene.place.file);
    unlink(backup.p);
    assert_int_equal(db_open(&(struct db_options){.url = scene.place.file, .checkpoints = true}, &scene.portal.db), OK);
    assert_int_equal(number(&scene, "SELECT COUNT(*) FROM account"), 2);
    log_catch();
    struct visit visit = courier_visit(&scene);
    assert_int_equal(erase_restored(&scene.portal, &visit, &count), OK);
    assert_true(log_caught("erased again"));
    assert_int_equal(count, 1);
    erase_all(&scene, scene.portal.db);
    must_hold_nothing(&scene);
    assert_int_equal(number(&scene, "SELECT COUNT(*) FROM account"), 1);
    /* There is nothing to do a second time. */
    assert_int_equal(erase_restored(&scene.portal, &visit, &count), OK);
    assert_int_equal(count, 0);
    scene_close(&scene);
}

static void test_torn_tombstone(void **state)
{
    struct scene scene;
    struct tombstones missing;
    (void)state;
    scene_open(&scene);
    FILE *file = fopen(arena_print(scene.arena, "%s/key.erased", scene.place.folder).p, "w");
    fputs("0123456789abcdef", file);
    fclose(file);
    scene_begin(&scene);
    assert_int_equal(tombstone_put(&scene.portal, &scene.visit, STR("local|x"), true), OK);
    db_rollback(scene.portal.db);
    assert_int_equal(tombstones_missing(&scene.portal, scene.arena, &missing), OK);
    assert_int_equal(missing.count, 1);
    assert_true(tombstones_have(&missing, &scene.portal, scene.arena, STR("local|x")));
    assert_false(tombstones_have(&missing, &scene.portal, scene.arena, STR("local|y")));
    scene_close(&scene);
}

/* --- what keeps an account --- */

static void test_hold(void **state)
{
    struct scene scene;
    (void)state;
    scene_open(&scene);
    fill(&scene);
    assert_int_equal(deletion_hold(&scene.portal, &scene.visit, &scene.ada, STR("case 7"), STR("case 7")), OK);
    schedule_and_erase(&scene);
    assert_int_equal(number(&scene, "SELECT COUNT(*) FROM account"), 2);
    assert_true(scene_holds(&scene, STR(MARK)));
    assert_int_equal(deletion_hold(&scene.portal, &scene.visit, &scene.ada, STR_NONE, STR("over")), OK);
    schedule_and_erase(&scene);
    must_hold_nothing(&scene);
    scene_close(&scene);
}

#define PUT_OFF "SELECT COUNT(*) FROM audit WHERE action = 'account.erase' AND outcome = 'refused'"

static void test_last_administrator(void **state)
{
    struct scene scene;
    (void)state;
    scene_open(&scene);
    fill(&scene);
    put(&scene, "INSERT INTO role (name, permissions) VALUES ('administrator', '[\"read:members\"]');"
                "INSERT INTO membership_role (organization_id, account_id, role_id) SELECT 1, 1, id FROM role WHERE name = 'administrator';"
                "UPDATE setting SET value = '50' WHERE name = 'generation'");
    assert_int_equal(portal_refresh(&scene.portal), OK);
    log_catch();
    schedule_and_erase(&scene);
    assert_true(log_caught("without anybody to manage"));
    assert_int_equal(number(&scene, "SELECT COUNT(*) FROM account"), 2);
    assert_int_equal(number(&scene, "SELECT deletion_at FROM account WHERE id = 1"), SCENE_NOW + 86400);
    /* Its organization reads it in its activity, once however often the courier comes round until then. */
    assert_int_equal(number(&scene, PUT_OFF " AND organization = (SELECT name FROM organization WHERE id = 1)"), 1);
    log_catch();
    schedule_and_erase(&scene);
    assert_true(log_caught("without anybody to manage"));
    assert_int_equal(number(&scene, PUT_OFF), 1);
    put(&scene, "INSERT INTO membership_role (organization_id, account_id, role_id) SELECT 1, 2, id FROM role WHERE name = 'administrator'");
    schedule_and_erase(&scene);
    must_hold_nothing(&scene);
    scene_close(&scene);
}

/* --- killed in the middle --- */

static int killed_child(struct scene *scene, unsigned wait_us)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct portal portal = scene->portal;
        struct visit visit = courier_visit(scene);
        portal.directory_arena = NULL;
        portal.directory = (struct directory){0};
        struct db_options options = {.url = scene->place.file, .checkpoints = true};
        if (db_open(&options, &portal.db)) _exit(1);
        for (bool more = true; more;)
            if (erase_step(&portal, &visit, &more)) _exit(2);
        _exit(0);
    }
    usleep(wait_us);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 1 : 0;
}

static void test_killed(void **state)
{
    int killed = 0, whole = 0, gone = 0;
    (void)state;
    for (unsigned round = 0; round < 24; round++) {
        struct scene scene;
        scene_open(&scene);
        fill(&scene);
        put(&scene, "UPDATE account SET deletion_at = 1 WHERE id = 1");
        portal_close(&scene.portal);
        db_close(scene.portal.db);
        killed += killed_child(&scene, 5000 + round * 8000);
        assert_int_equal(db_open(&(struct db_options){.url = scene.place.file, .checkpoints = true}, &scene.portal.db), OK);
        assert_int_equal(portal_refresh(&scene.portal), OK);
        /* All of the account or none of it, with its rows. */
        int64_t accounts = number(&scene, "SELECT COUNT(*) FROM account");
        bool there = accounts == 2;
        whole += there;
        gone += !there;
        assert_int_equal(number(&scene, "SELECT COUNT(*) FROM identifier WHERE account_id = 1") > 0, there);
        assert_int_equal(number(&scene, "SELECT COUNT(*) FROM session WHERE account_id = 1"), there);
        assert_int_equal(number(&scene, "SELECT COUNT(*) FROM member_term WHERE account_id = 1") > 0, there);
        assert_int_equal(number(&scene, "SELECT members FROM organization"), accounts);
        erase_all(&scene, scene.portal.db);
        must_hold_nothing(&scene);
        scene_close(&scene);
    }
    print_message("killed %d times, %d before and %d after the account was gone\n", killed, whole, gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_declared),
        cmocka_unit_test(test_undeclared_is_noticed),
        cmocka_unit_test(test_nothing_stays),
        cmocka_unit_test(test_audit_still_holds),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_same_address_again),
        cmocka_unit_test(test_backup_brings_nobody_back),
        cmocka_unit_test(test_torn_tombstone),
        cmocka_unit_test(test_hold),
        cmocka_unit_test(test_last_administrator),
        cmocka_unit_test(test_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
