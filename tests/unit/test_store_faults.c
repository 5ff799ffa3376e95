/* The store when the disk is full; backups; checkpoints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/store_support.h"

enum { BIG = 64 * 1024, MOST = 1000 };

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

static Str big_text(void)
{
    static char text[BIG];
    memset(text, 'x', sizeof text);
    return (Str){text, sizeof text};
}

static Error put(struct db *db, int number)
{
    char name[32];
    snprintf(name, sizeof name, "user_metadata.f%d", number);
    return db_run(db, STMT_field_definition_put, DB_ARGS(db_text(str_of(name)), db_int(number), db_text(big_text())), NULL);
}

static int64_t kept(struct db *db)
{
    return store_count(db, "SELECT COUNT(*) FROM field_definition");
}

/* --- a full disk --- */

#define EXPECT(condition) do { if (!(condition)) { fprintf(stderr, "line %d\n", __LINE__); _exit(1); } } while (0)

/* Writes until nothing more goes in: what was acknowledged is there and can be read, a transaction is lost as a whole, and none of
   its later statements is written by itself. */
static _Noreturn void fill(void)
{
    struct db *db = store_open(&place, NULL);
    Error error = OK;
    int written = 0;
    log_catch();
    while (!error && written < MOST)
        if ((error = put(db, written)) == OK) written++;
    EXPECT(error == ERR_FAULT);
    EXPECT(log_caught("the disk of the store is full"));
    EXPECT(kept(db) == written);
    log_catch();
    EXPECT(db_begin(db) == OK);
    store_do(db, STMT_generation_bump, DB_NO_ARGS);
    for (int i = 0; !(error = put(db, MOST + i)) && i < MOST;) i++;
    EXPECT(error == ERR_FAULT);
    error = db_run(db, STMT_generation_bump, DB_NO_ARGS, NULL);
    if (!error) error = db_commit(db);
    EXPECT(error == ERR_FAULT);
    db_rollback(db);
    EXPECT(!db_in_transaction(db));
    EXPECT(kept(db) == written);
    EXPECT(store_int(db, STMT_generation_get, DB_NO_ARGS) == 1);
    (void)log_caught("");
    db_close(db);
    _exit(written > 0 ? 0 : 1);
}

static void assert_child_succeeds(pid_t child)
{
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

static void test_a_file_that_must_not_grow(void **state)
{
    (void)state;
    store_migrate(&place);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){1024 * 1024, 1024 * 1024});
        fill();
    }
    assert_child_succeeds(child);
    struct db *db = store_open(&place, NULL);
    assert_int_equal(store_count(db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    assert_true(kept(db) > 0);
    assert_int_equal(put(db, 5000), OK);
    db_close(db);
}

static void test_a_file_system_without_room(void **state)
{
    (void)state;
    if (geteuid() != 0) skip();
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            mount("none", place.folder, "tmpfs", 0, "size=1m,mode=700") != 0)
            _exit(42);
        store_migrate(&place);
        fill();
    }
    int status = -1;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 42) skip();
    assert_int_equal(status, 0);
}

/* --- backups --- */

static void backup_path(char path[200])
{
    snprintf(path, 200, "%s/copy.db", place.folder);
}

static void test_a_backup_is_whole_and_private(void **state)
{
    (void)state;
    char path[200];
    struct stat file;
    backup_path(path);
    store_migrate(&place);
    struct db *db = store_open(&place, NULL);
    for (int i = 0; i < 10; i++) assert_int_equal(put(db, i), OK);
    assert_int_equal(db_backup(db, path), OK);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(put(db, 11), OK);
    assert_int_equal(db_backup(db, path), ERR_CONFLICT);
    db_close(db);
    struct db *copy = NULL;
    assert_int_equal(db_open(&(struct db_options){.url = path}, &copy), OK);
    assert_int_equal(kept(copy), 10);
    db_close(copy);
}

static void test_a_backup_of_a_store_that_is_written_to(void **state)
{
    (void)state;
    char path[200];
    store_migrate(&place);
    pid_t child = fork();
    if (child == 0) {
        struct db *writer = store_open(&place, NULL);
        for (int i = 0;; i = (i + 1) % 50)
            if (put(writer, i) != OK) _exit(1);
    }
    struct db *db = store_open(&place, NULL);
    for (int i = 0; i < 5; i++) {
        snprintf(path, sizeof path, "%s/copy%d.db", place.folder, i);
        assert_int_equal(db_backup(db, path), OK);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    db_close(db);
}

static void test_a_backup_that_fails_leaves_no_file(void **state)
{
    (void)state;
    char path[200];
    backup_path(path);
    store_migrate(&place);
    struct db *db = store_open(&place, NULL);
    for (int i = 0; i < 20; i++) assert_int_equal(put(db, i), OK);
    pid_t child = fork();
    if (child == 0) {
        struct db *own = store_open(&place, NULL);
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){256 * 1024, 256 * 1024});
        log_catch();
        Error error = db_backup(own, path);
        _exit(error == ERR_FAULT && access(path, F_OK) != 0 ? 0 : 1);
    }
    assert_child_succeeds(child);
    log_catch();
    assert_int_equal(db_backup(db, "/nowhere/at/all/copy.db"), ERR_FAULT);
    (void)log_caught("");
    db_close(db);
}

static void test_a_damaged_store_gives_no_backup(void **state)
{
    (void)state;
    char path[200];
    backup_path(path);
    store_migrate(&place);
    struct db *keeper = NULL;
    assert_int_equal(db_open(&(struct db_options){.url = place.file, .checkpoints = true}, &keeper), OK);
    for (int i = 0; i < 20; i++) assert_int_equal(put(keeper, i), OK);
    db_close(keeper);
    sqlite3 *raw = NULL;
    assert_int_equal(sqlite3_open(place.file, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage ="
                                       " (SELECT rootpage FROM sqlite_master WHERE name = 'audit_by_user')"
                                       " WHERE name = 'session_by_expiry'; PRAGMA writable_schema = OFF;", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
    struct db *db = store_open(&place, NULL);
    log_catch();
    assert_int_equal(db_backup(db, path), ERR_FAULT);
    assert_true(log_caught("the store is damaged"));
    assert_int_not_equal(access(path, F_OK), 0);
    db_close(db);
}

/* --- checkpoints --- */

static off_t log_bytes(void)
{
    char path[200];
    struct stat file;
    snprintf(path, sizeof path, "%s-wal", place.file);
    return stat(path, &file) == 0 ? file.st_size : -1;
}

static void test_a_large_log_is_written_over_and_cut_when_it_is_calm(void **state)
{
    (void)state;
    store_migrate(&place);
    struct db *db = store_open(&place, NULL), *courier = NULL;
    assert_int_equal(db_open(&(struct db_options){.url = place.file, .checkpoints = true}, &courier), OK);
    assert_int_equal(put(db, 1), OK);
    off_t small = log_bytes();
    assert_true(small > 0);
    assert_int_equal(db_checkpoint(courier), OK);
    assert_int_equal(log_bytes(), small);
    assert_int_equal(db_begin(db), OK);
    for (int i = 0; i < 600; i++) assert_int_equal(put(db, i), OK);
    assert_int_equal(db_commit(db), OK);
    assert_true(log_bytes() > 32 * 1024 * 1024);
    struct rows rows;
    assert_int_equal(db_select(db, STMT_field_definition_list, DB_NO_ARGS, &rows), OK);
    assert_true(row_next(&rows));
    assert_int_equal(put(courier, 700), OK);
    assert_int_equal(db_checkpoint(courier), OK);
    assert_true(log_bytes() > 32 * 1024 * 1024);
    assert_int_equal(rows_end(&rows), OK);
    assert_int_equal(db_checkpoint(courier), OK);
    off_t large = log_bytes();
    assert_int_equal(put(db, 701), OK);
    assert_int_equal(log_bytes(), large);                     /* begun anew, written over */
    for (int i = 0; i < 100; i++) assert_int_equal(put(db, 800 + i), OK);
    assert_int_equal(db_checkpoint(courier), OK);
    assert_int_equal(log_bytes(), large);
    assert_int_equal(db_checkpoint(courier), OK);             /* nobody wrote since */
    assert_int_equal(log_bytes(), 0);
    assert_int_equal(kept(db), 702);
    db_close(db);
    db_close(courier);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_a_file_that_must_not_grow),
        STORE_TEST(test_a_file_system_without_room),
        STORE_TEST(test_a_backup_is_whole_and_private),
        STORE_TEST(test_a_backup_of_a_store_that_is_written_to),
        STORE_TEST(test_a_backup_that_fails_leaves_no_file),
        STORE_TEST(test_a_damaged_store_gives_no_backup),
        STORE_TEST(test_a_large_log_is_written_over_and_cut_when_it_is_calm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
