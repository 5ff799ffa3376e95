/* Stores of earlier versions: what is in them is there afterwards, and the schema is the one that a new store has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/json_memory.h"
#include "store/user_store.h"
#include "support/store_support.h"

static struct store_place place;
static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    store_place_make(&place);
    arena = arena_open(0);
    json_memory_use(arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    json_memory_use(NULL);
    arena_close(arena);
    store_place_remove(&place);
    return 0;
}

static void raw_run(const char *sql)
{
    sqlite3 *raw = NULL;
    assert_int_equal(sqlite3_open(place.file, &raw), SQLITE_OK);
    if (sqlite3_exec(raw, sql, NULL, NULL, NULL) != SQLITE_OK) fail_msg("%s", sqlite3_errmsg(raw));
    sqlite3_close(raw);
}

/* A store as version 1 left it, with a row in every table: sqlite3's .dump of it. */
static void put_version_1(void)
{
    enum { ROOM = 64 * 1024 };
    char *sql = arena_take(arena, ROOM);
    FILE *file = fopen("tests/support/store_version_1.sql", "rb");
    assert_non_null(file);
    size_t n = fread(sql, 1, ROOM - 1, file);
    fclose(file);
    assert_true(n > 0 && n < ROOM - 1);
    raw_run(sql);
    assert_int_equal(chmod(place.file, 0600), 0);
}

static int64_t raw_int(const char *sql)
{
    sqlite3 *raw = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(place.file, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(raw, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(raw);
    return value;
}

static int64_t rows_of(struct db *db, const char *table)
{
    return store_count(db, arena_print(arena, "SELECT COUNT(*) FROM \"%s\"", table).p);
}

static void test_an_older_store_is_not_served(void **state)
{
    (void)state;
    struct db *db = NULL;
    put_version_1();
    log_catch();
    assert_int_equal(db_open(&(struct db_options){.url = place.file}, &db), ERR_FAULT);
    assert_true(log_caught("has schema version 1, this program needs"));
    assert_int_equal(raw_int("SELECT MAX(version) FROM schema_version"), 1);
}

static void test_nothing_is_lost_on_the_way_from_version_1(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "field_definition", "connection", "role", "organization", "organization_connection", "account", "identifier",
        "membership", "membership_role", "session", "throttle", "audit",
    };
    static const char *const made[] = {"artefact", "outbox", "password_history", "bouncing"};
    put_version_1();
    store_migrate(&place);
    struct db *db = store_open(&place, NULL);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) assert_int_equal(rows_of(db, tables[i]), 1);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) assert_int_equal(rows_of(db, made[i]), 0);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM setting WHERE name = 'generation'"), 1);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM organization WHERE members = 1"), 1);
    assert_int_equal(store_int(db, STMT_member_outdated, DB_ARGS(db_int(1), db_int(10))) > 0, 1);   /* the courier makes its row */
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(store_count(db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM schema_version"), db_schema_newest());
    db_close(db);
}

static void test_accounts_and_sessions_of_version_1_go_on(void **state)
{
    (void)state;
    struct user user;
    struct session_row session;
    put_version_1();
    store_migrate(&place);
    struct db *db = store_open(&place, NULL);
    assert_int_equal(user_get_by_user_id(db, arena, STR("local|ada"), &user), OK);
    assert_int_equal(user.id, 7);
    assert_int_equal(user.version, 3);
    assert_int_equal(user.epoch, 2);
    assert_int_equal(user.logins_count, 4);
    assert_int_equal(user.password_changed_at, 0);
    assert_true(str_is(user.password_hash, "hash"));
    assert_string_equal(json_string_value(json_object_get(user.profile, "given_name")), "Ada");
    assert_int_equal(user_of_session(db, arena, STR("\x01\x02\x03\x04"), 1767600008, 1767600000, &session), OK);
    assert_int_equal(session.user.id, 7);
    store_do(db, STMT_artefact_add, DB_ARGS(db_text(STR("email_verify")), db_blob(STR("h")), db_int(7), db_int(1),
                                            db_text(STR("v")), db_text(STR("{}")), db_int(2), db_int(1), db_int(2), db_int(3)));
    db_close(db);
}

static void test_ids_are_not_given_a_second_time(void **state)
{
    (void)state;
    put_version_1();
    store_migrate(&place);
    struct db *db = store_open(&place, NULL);
    Value eve[] = {db_text(STR("local|eve")), db_int(1), db_text(STR("{}")), db_int(1)};
    assert_int_equal(db_run(db, STMT_profile_insert, eve, 4, NULL), OK);
    assert_int_equal(store_int(db, STMT_account_id_of, eve, 1), 10);
    db_close(db);
}

/* What an older version knew from the audit alone. */
static void test_who_blocked_and_where_accounts_belong_is_known_afterwards(void **state)
{
    (void)state;
    put_version_1();
    raw_run("INSERT INTO organization VALUES (2, 'beta', 'Beta', '', '{}', '{}', '{}');"
            "INSERT INTO account SELECT id + 13, 'local|' || (id + 13), 1, profile, sources, version, epoch, 1, 0, password_hash, 1, 1, 1, 1"
            "  FROM account;"
            "INSERT INTO account SELECT id + 1, 'local|' || (id + 1), 1, profile, sources, version, epoch, blocked, 0, password_hash, 1, 1, 1, 1"
            "  FROM account WHERE id = 20;"
            "INSERT INTO account SELECT id + 2, 'local|' || (id + 2), 1, profile, sources, version, epoch, 0, 0, password_hash, 1, 1, 1, 1"
            "  FROM account WHERE id = 20;"
            "INSERT INTO membership VALUES (2, 20, 0, 0, 0, 5)");
    static const struct { const char *actor, *organization, *who, *outcome; } blocks[] = {
        {"desk", "'beta'", "local|20", "allowed"}, {"desk", "'acme'", "local|20", "allowed"}, {"desk", "'beta'", "local|20", "refused"},
        {"desk", "'beta'", "local|21", "allowed"}, {"operator", "'beta'", "local|21", "allowed"}, {"desk", "'acme'", "local|22", "allowed"},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        raw_run(arena_print(arena, "INSERT INTO audit VALUES (%zu, 1, 'r', '%s', 'local|desk', %s, NULL, '%s', 'account.block', '%s', 'why',"
                                   " '', '[]')", i + 2, blocks[i].actor, blocks[i].organization, blocks[i].who, blocks[i].outcome).p);
    store_migrate(&place);
    struct db *db = store_open(&place, NULL);
    assert_int_equal(store_count(db, "SELECT blocked_by_id FROM account WHERE id = 20"), 1);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM account WHERE id <> 20 AND blocked_by_id IS NULL"), 3);
    assert_int_equal(store_count(db, "SELECT origin_id FROM account WHERE id = 7"), 1);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM account WHERE id <> 7 AND origin_id IS NULL"), 3);
    db_close(db);
}

/* Comments may be put better later; nothing else of a migration that was shipped is ever edited. */
static Str without_comments(Str sql)
{
    struct text out = {.arena = arena};
    while (sql.n) {
        Str line = str_cut(&sql, '\n');
        for (size_t i = 0; i + 1 < line.n; i++)
            if (line.p[i] == '-' && line.p[i + 1] == '-') line.n = i;
        line = str_trim(line);
        text_add(&out, line);
    }
    return text_str(&out);
}

static Str schema_of(const char *file)
{
    sqlite3 *raw = NULL;
    sqlite3_stmt *statement = NULL;
    struct text out = {.arena = arena};
    assert_int_equal(sqlite3_open(file, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(raw, "SELECT name || ': ' || sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name", -1,
                                        &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        text_add(&out, without_comments(str_of((const char *)sqlite3_column_text(statement, 0))));
        text_add(&out, STR("\n"));
    }
    sqlite3_finalize(statement);
    sqlite3_close(raw);
    return text_str(&out);
}

static void test_the_schema_is_that_of_a_new_store(void **state)
{
    (void)state;
    struct store_place made;
    put_version_1();
    store_migrate(&place);
    store_place_make(&made);
    store_migrate(&made);
    assert_string_equal(arena_cstr(arena, schema_of(place.file)), arena_cstr(arena, schema_of(made.file)));
    store_place_remove(&made);
}

static void test_a_step_that_fails_leaves_the_store_as_it_was(void **state)
{
    (void)state;
    struct db *db = NULL;
    put_version_1();
    raw_run("CREATE TABLE bouncing (somebody_else TEXT)");
    assert_int_equal(db_open(&(struct db_options){.url = place.file, .unprepared = true}, &db), OK);
    log_catch();
    assert_int_equal(db_migrate(db), ERR_FAULT);
    assert_true(log_caught("nothing of it stays"));
    db_close(db);
    assert_int_equal(raw_int("SELECT MAX(version) FROM schema_version"), 1);
    assert_int_equal(raw_int("SELECT COUNT(*) FROM sqlite_master WHERE name IN ('artefact', 'outbox')"), 0);
    raw_run("DROP TABLE bouncing");
    store_migrate(&place);
    db_close(store_open(&place, NULL));
}

int main(void)
{
#define MIGRATION_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        MIGRATION_TEST(test_an_older_store_is_not_served),
        MIGRATION_TEST(test_nothing_is_lost_on_the_way_from_version_1),
        MIGRATION_TEST(test_accounts_and_sessions_of_version_1_go_on),
        MIGRATION_TEST(test_ids_are_not_given_a_second_time),
        MIGRATION_TEST(test_who_blocked_and_where_accounts_belong_is_known_afterwards),
        MIGRATION_TEST(test_the_schema_is_that_of_a_new_store),
        MIGRATION_TEST(test_a_step_that_fails_leaves_the_store_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
