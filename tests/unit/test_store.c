/* The store's driver: opening, migrations, statements, transactions, the queue of writers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/engine.h"
#include "store/store_file.h"
#include "store/write_lock.h"
#include "support/store_support.h"

static struct store_place place;

static int set_up(void **state)
{
    (void)state;
    store_place_make(&place);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_place_remove(&place);
    return 0;
}

static sqlite3 *raw_open(void)
{
    sqlite3 *raw = NULL;
    assert_int_equal(sqlite3_open(place.file, &raw), SQLITE_OK);
    return raw;
}

static void raw_run(const char *sql)
{
    sqlite3 *raw = raw_open();
    assert_int_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
}

static Error try_open(struct db_options options)
{
    struct db *db = NULL;
    log_catch();
    Error error = db_open(&options, &db);
    (void)log_caught("");
    db_close(db);
    return error;
}

static void count_up(struct db *db, const char *bucket)
{
    store_do(db, STMT_throttle_count, DB_ARGS(db_text(str_of(bucket)), db_blob(STR("k")), db_int(1), db_int(100)));
}

static int64_t counted(struct db *db, const char *bucket)
{
    return store_int(db, STMT_throttle_get, DB_ARGS(db_text(str_of(bucket)), db_blob(STR("k")), db_int(1)));
}

/* --- opening --- */

static void test_a_new_file_is_private(void **state)
{
    (void)state;
    store_migrate(&place);
    struct stat file;
    assert_int_equal(stat(place.file, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
}

static void test_a_file_that_others_read_is_refused(void **state)
{
    (void)state;
    store_migrate(&place);
    assert_int_equal(chmod(place.file, 0640), 0);
    assert_int_equal(try_open((struct db_options){.url = place.file}), OK);
    assert_int_equal(chmod(place.file, 0644), 0);
    assert_int_equal(try_open((struct db_options){.url = place.file}), ERR_FAULT);
}

static void test_what_is_no_store_is_refused(void **state)
{
    (void)state;
    assert_int_equal(try_open((struct db_options){.url = place.folder, .unprepared = true}), ERR_FAULT);
    assert_int_equal(try_open((struct db_options){.url = "/nowhere/at/all/store.db", .unprepared = true}), ERR_FAULT);
    FILE *file = fopen(place.file, "w");
    for (int i = 0; i < 1000; i++) fputs("This is a letter, not a store.\n", file);
    fclose(file);
    chmod(place.file, 0600);
    assert_int_equal(try_open((struct db_options){.url = place.file, .unprepared = true}), ERR_FAULT);
}

static void test_network_file_systems_are_refused(void **state)
{
    (void)state;
    static const unsigned long remote[] = {0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x65735546, 0xffffffffff534d42};
    static const unsigned long local[] = {0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630};
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++) assert_true(filesystem_is_remote(remote[i]));
    for (size_t i = 0; i < sizeof local / sizeof *local; i++) assert_false(filesystem_is_remote(local[i]));
}

static void test_the_engine_is_set_for_durability(void **state)
{
    (void)state;
    static const struct { const char *sql; int64_t value; } rows[] = {
        {"SELECT journal_mode = 'wal' FROM pragma_journal_mode", 1}, {"PRAGMA synchronous", 2}, {"PRAGMA foreign_keys", 1},
        {"PRAGMA secure_delete", 1}, {"PRAGMA trusted_schema", 0}, {"PRAGMA cell_size_check", 1},
        {"PRAGMA journal_size_limit", 67108864}, {"PRAGMA busy_timeout", 5000}, {"PRAGMA wal_autocheckpoint", 0},
    };
    store_migrate(&place);
    struct db *db = store_open(&place, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) assert_int_equal(store_count(db, rows[i].sql), rows[i].value);
    log_catch();
    assert_int_equal(engine_run(db, "ATTACH ':memory:' AS other"), ERR_FAULT);
    assert_int_equal(engine_run(db, "SELECT \"no such column\" FROM setting"), ERR_FAULT);
    assert_true(log_caught("too many attached"));
    db_close(db);
}

/* --- migrations --- */

static void test_migrating_makes_the_schema_once(void **state)
{
    (void)state;
    assert_int_equal(try_open((struct db_options){.url = place.file}), ERR_FAULT);
    store_migrate(&place);
    store_migrate(&place);
    struct db *db = store_open(&place, NULL);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM schema_version"), db_schema_newest());
    int64_t version = 0;
    assert_int_equal(db_schema_version(db, &version), OK);
    assert_int_equal(version, db_schema_newest());
    assert_int_equal(store_int(db, STMT_generation_get, DB_NO_ARGS), 1);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 0"
                                     " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"), 0);
    db_close(db);
}

static void test_a_newer_schema_is_refused(void **state)
{
    (void)state;
    store_migrate(&place);
    raw_run("INSERT INTO schema_version VALUES (9999, 'from_the_future', 1)");
    assert_int_equal(try_open((struct db_options){.url = place.file}), ERR_FAULT);
    struct db *db = NULL;
    assert_int_equal(db_open(&(struct db_options){.url = place.file, .unprepared = true}, &db), OK);
    log_catch();
    assert_int_equal(db_migrate(db), ERR_FAULT);
    assert_true(log_caught("a newer program made it"));
    db_close(db);
}

static _Noreturn void migrate_and_end(void)
{
    struct db *db = NULL;
    struct db_options options = {.url = place.file, .unprepared = true};
    log_catch();
    Error error = db_open(&options, &db);
    if (!error) error = db_migrate(db);
    _exit(error == OK ? 0 : 1);
}

static void test_migrating_at_the_same_time(void **state)
{
    (void)state;
    pid_t children[4];
    for (size_t i = 0; i < 4; i++)
        if ((children[i] = fork()) == 0) migrate_and_end();
    for (size_t i = 0; i < 4; i++) {
        int status = -1;
        waitpid(children[i], &status, 0);
        assert_int_equal(status, 0);
    }
    struct db *db = store_open(&place, NULL);
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM schema_version"), db_schema_newest());
    db_close(db);
}

static void test_migrating_survives_being_killed(void **state)
{
    (void)state;
    for (useconds_t wait = 0; wait < 30000; wait += 1500) {
        pid_t child = fork();
        if (child == 0) migrate_and_end();
        usleep(wait);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        store_migrate(&place);
        db_close(store_open(&place, NULL));
        store_place_remove(&place);
        store_place_make(&place);
    }
}

/* --- statements and transactions --- */

static void test_misuse_is_a_fault_and_harms_nothing(void **state)
{
    (void)state;
    struct db *db = store_open_memory();
    struct rows rows, again;
    log_catch();
    assert_int_equal(db_run(db, STMT_session_drop, DB_NO_ARGS, NULL), ERR_FAULT);
    assert_int_equal(db_select(db, STMT_generation_get, DB_NO_ARGS, &rows), OK);
    assert_int_equal(db_select(db, STMT_generation_get, DB_NO_ARGS, &again), ERR_FAULT);
    assert_int_equal(rows_end(&rows), OK);
    assert_int_equal(db_commit(db), ERR_FAULT);
    assert_int_equal(db_begin(db), OK);
    assert_int_equal(db_begin(db), ERR_FAULT);
    assert_int_equal(db_commit(db), OK);
    assert_int_equal(db_checkpoint(db), ERR_FAULT);
    assert_true(log_caught("another number of parameters"));
    db_rollback(db);
    assert_false(db_in_transaction(db));
    assert_int_equal(store_int(db, STMT_generation_get, DB_NO_ARGS), 1);
    db_close(db);
}

static void test_what_is_read_together_is_of_one_state(void **state)
{
    (void)state;
    store_migrate(&place);
    struct db *reader = store_open(&place, NULL), *writer = store_open(&place, NULL);
    assert_int_equal(db_read_begin(reader), OK);
    assert_int_equal(store_int(reader, STMT_generation_get, DB_NO_ARGS), 1);
    store_do(writer, STMT_generation_bump, DB_NO_ARGS);
    assert_int_equal(store_int(reader, STMT_generation_get, DB_NO_ARGS), 1);
    log_catch();
    assert_int_equal(db_run(reader, STMT_generation_bump, DB_NO_ARGS, NULL), ERR_FAULT);
    assert_int_equal(db_begin(reader), ERR_FAULT);
    assert_int_equal(db_read_begin(reader), ERR_FAULT);
    assert_true(log_caught("only reading was begun"));
    db_read_end(reader);
    db_read_end(reader);
    assert_int_equal(store_int(reader, STMT_generation_get, DB_NO_ARGS), 2);
    assert_int_equal(db_read_begin(reader), OK);
    db_abandon(reader);
    store_do(reader, STMT_generation_bump, DB_NO_ARGS);
    assert_int_equal(store_int(writer, STMT_generation_get, DB_NO_ARGS), 3);
    db_close(reader);
    db_close(writer);
}

static void test_values_come_back_as_they_went_in(void **state)
{
    (void)state;
    struct db *db = store_open_memory();
    struct rows rows;
    Str nul = {"a\0b'\"\xc3\xa9", 7};
    store_do(db, STMT_field_definition_put, DB_ARGS(db_text(nul), db_int(INT64_MIN), db_text(STR(""))));
    assert_int_equal(db_select(db, STMT_field_definition_list, DB_NO_ARGS, &rows), OK);
    assert_true(row_next(&rows));
    assert_true(str_eq(row_text(&rows, 0), nul));
    assert_true(row_int(&rows, 1) == INT64_MIN);
    assert_int_equal(row_text(&rows, 2).n, 0);
    assert_non_null(row_text(&rows, 2).p);
    assert_false(row_next(&rows));
    assert_false(row_next(&rows));
    assert_int_equal(rows_end(&rows), OK);
    db_close(db);
}

static void test_a_transaction_is_all_or_nothing(void **state)
{
    (void)state;
    struct db *db = store_open_memory();
    assert_int_equal(db_begin(db), OK);
    assert_true(db_in_transaction(db));
    count_up(db, "a");
    db_rollback(db);
    assert_int_equal(counted(db, "a"), -1);
    assert_int_equal(db_begin(db), OK);
    count_up(db, "a");
    assert_int_equal(db_commit(db), OK);
    assert_int_equal(counted(db, "a"), 1);
    db_close(db);
}

static void test_work_cut_off_in_its_middle_leaves_nothing_open(void **state)
{
    (void)state;
    store_migrate(&place);
    pthread_mutex_t *lock = store_lock();
    struct db *db = store_open(&place, lock), *other = store_open(&place, lock);
    struct rows rows;
    assert_int_equal(db_begin(db), OK);
    count_up(db, "a");
    assert_int_equal(db_select(db, STMT_generation_get, DB_NO_ARGS, &rows), OK);
    assert_true(row_next(&rows));
    db_abandon(db);
    assert_false(db_in_transaction(db));
    count_up(other, "b");
    assert_int_equal(counted(db, "a"), -1);
    assert_int_equal(counted(db, "b"), 1);
    db_close(db);
    db_close(other);
}

static void test_conflicts_have_their_own_answer(void **state)
{
    (void)state;
    struct db *db = store_open_memory();
    Value member[] = {db_int(7), db_int(8), db_int(0), db_int(0), db_int(0), db_int(1)};
    log_catch();
    assert_int_equal(db_run(db, STMT_membership_put, member, 6, NULL), ERR_CONFLICT);
    assert_true(log_caught("FOREIGN KEY"));
    log_catch();
    Value no_position[] = {db_text(STR("a")), db_null(), db_text(STR("{}"))};
    Value word_as_position[] = {db_text(STR("a")), db_text(STR("abc")), db_text(STR("{}"))};
    assert_int_equal(db_run(db, STMT_field_definition_put, no_position, 3, NULL), ERR_FAULT);
    assert_int_equal(db_run(db, STMT_field_definition_put, word_as_position, 3, NULL), ERR_FAULT);
    (void)log_caught("");
    assert_int_equal(store_count(db, "SELECT COUNT(*) FROM field_definition"), 0);
    db_close(db);
}

/* --- several writers --- */

static void test_another_program_that_writes_makes_us_busy_not_broken(void **state)
{
    (void)state;
    store_migrate(&place);
    struct db *db = store_open(&place, NULL);
    sqlite3 *raw = raw_open();
    assert_int_equal(sqlite3_exec(raw, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    int64_t started = clock_monotonic_ms();
    assert_int_equal(db_begin(db), ERR_BUSY);
    assert_in_range(clock_monotonic_ms() - started, 4000, 7000);
    assert_false(db_in_transaction(db));
    assert_int_equal(counted(db, "a"), -1);
    assert_int_equal(sqlite3_exec(raw, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
    count_up(db, "a");
    assert_int_equal(counted(db, "a"), 1);
    db_close(db);
}

static void test_writers_wait_in_the_queue(void **state)
{
    (void)state;
    pthread_mutex_t *lock = store_lock();
    assert_int_equal(write_lock_take(lock, 10), OK);
    pid_t child = fork();
    if (child == 0) _exit(write_lock_take(lock, 50) == ERR_BUSY ? 0 : 1);
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    write_lock_give(lock);
    assert_int_equal(write_lock_take(lock, 10), OK);
    write_lock_give(lock);
    assert_int_equal(write_lock_take(NULL, 10), OK);
}

enum { WRITERS = 4, ROUNDS = 50 };

static void test_nothing_is_lost_between_writers(void **state)
{
    (void)state;
    store_migrate(&place);
    pthread_mutex_t *lock = store_lock();
    pid_t children[WRITERS];
    for (size_t i = 0; i < WRITERS; i++) {
        if ((children[i] = fork()) != 0) continue;
        struct db *db = store_open(&place, lock);
        for (int round = 0; round < ROUNDS; round++) count_up(db, "shared");
        _exit(0);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        int status = -1;
        waitpid(children[i], &status, 0);
        assert_int_equal(status, 0);
    }
    struct db *db = store_open(&place, lock);
    assert_int_equal(counted(db, "shared"), WRITERS * ROUNDS);
    db_close(db);
}

static void test_a_writer_that_dies_blocks_nobody(void **state)
{
    (void)state;
    store_migrate(&place);
    pthread_mutex_t *lock = store_lock();
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct db *db = store_open(&place, lock);
        if (db_begin(db) != OK) _exit(1);
        count_up(db, "half");
        if (write(ready[1], "!", 1) != 1) _exit(1);
        pause();
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    struct db *db = store_open(&place, lock);
    log_catch();
    assert_int_equal(db_begin(db), OK);
    assert_true(log_caught("died while it wrote"));
    assert_int_equal(counted(db, "half"), -1);
    count_up(db, "whole");
    assert_int_equal(db_commit(db), OK);
    assert_int_equal(counted(db, "whole"), 1);
    db_close(db);
    close(ready[0]);
    close(ready[1]);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_a_new_file_is_private),
        STORE_TEST(test_a_file_that_others_read_is_refused),
        STORE_TEST(test_what_is_no_store_is_refused),
        STORE_TEST(test_network_file_systems_are_refused),
        STORE_TEST(test_the_engine_is_set_for_durability),
        STORE_TEST(test_migrating_makes_the_schema_once),
        STORE_TEST(test_a_newer_schema_is_refused),
        STORE_TEST(test_migrating_at_the_same_time),
        STORE_TEST(test_migrating_survives_being_killed),
        STORE_TEST(test_misuse_is_a_fault_and_harms_nothing),
        STORE_TEST(test_what_is_read_together_is_of_one_state),
        STORE_TEST(test_values_come_back_as_they_went_in),
        STORE_TEST(test_a_transaction_is_all_or_nothing),
        STORE_TEST(test_work_cut_off_in_its_middle_leaves_nothing_open),
        STORE_TEST(test_conflicts_have_their_own_answer),
        STORE_TEST(test_another_program_that_writes_makes_us_busy_not_broken),
        STORE_TEST(test_writers_wait_in_the_queue),
        STORE_TEST(test_nothing_is_lost_between_writers),
        STORE_TEST(test_a_writer_that_dies_blocks_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
