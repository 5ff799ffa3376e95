/* A backup takes the store's place: killed or refused by the disk at every step that changes a name, one of the two stores lies there,
   whole, with what its log held. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json_memory.h"
#include "command/command.h"
#include "store/store_file.h"
#include "support/store_support.h"

enum { STEPS_MAX = 200, WAS_KILLED = 77, MODE_NONE = 0, MODE_FAIL, MODE_KILL };

/* Only the child that restores is disturbed. */
static int mode, steps_left;

static bool is_hit(void)
{
    if (mode == MODE_NONE || --steps_left > 0 || steps_left < 0) return false;
    if (mode == MODE_KILL) _exit(WAS_KILLED);
    errno = EIO;
    return true;
}

/* In the place of the C library's, for the store's engine as well. */
int rename(const char *from, const char *to)
{
    return is_hit() ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int link(const char *from, const char *to)
{
    return is_hit() ? -1 : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
    return is_hit() ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

static struct store_place place;
static char config[200], backup[200];

static void write_config(void)
{
    FILE *file = fopen(config, "we");
    assert_non_null(file);
    fprintf(file, "public_url = \"http://localhost:8080\";\ndatabase = \"%s\";\nkey_file = \"%s/key\";\n", place.file, place.folder);
    assert_int_equal(fclose(file), 0);
}

/* What `work` does in a process of its own, which ends without giving anything back: the log stays beside the store. */
static int in_child(int (*work)(void))
{
    pid_t pid = fork();
    int status = 0;
    assert_true(pid >= 0);
    if (pid == 0) {
        int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(quiet, STDOUT_FILENO);
        dup2(quiet, STDERR_FILENO);
        _exit(work());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int run(int (*run_command)(struct command *, int, char **), const char *name)
{
    char *words[] = {(char *)(uintptr_t)name, backup, NULL};
    struct command command = {.arena = arena_open(0), .config_file = config};
    return command.arena ? run_command(&command, 2, words) : EXIT_FAULT;
}

static int back_up(void)
{
    return run(command_backup, "backup");
}

static int restore(void)
{
    return run(command_restore, "restore");
}

static off_t size_of(const char *ending)
{
    char path[240];
    struct stat facts;
    snprintf(path, sizeof path, "%s%s", place.file, ending);
    return stat(path, &facts) == 0 ? facts.st_size : -1;
}

#define MARK(value) "INSERT INTO setting (name, value) VALUES ('mark', '" value "')" \
                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value RETURNING 0"

static int mark_in_log(void)
{
    struct db *db = store_open(&place, store_lock());
    return store_count(db, MARK("2")) != 0;
}

static void mark_in_file(const char *sql)
{
    struct db *db = NULL;
    const struct db_options options = {.url = place.file, .checkpoints = true};
    assert_int_equal(db_open(&options, &db), OK);
    assert_int_equal(store_count(db, sql), 0);
    assert_int_equal(db_cut_log(db), OK);
    db_close(db);
    assert_true(size_of("-wal") <= 0);
}

/* A backup in which the mark is 1; in the store it is 2, and only the log says so: without it, it would be 3. */
static void begin(void)
{
    store_place_make(&place);
    snprintf(config, sizeof config, "%s/conf", place.folder);
    snprintf(backup, sizeof backup, "%s/backup.db", place.folder);
    write_config();
    store_migrate(&place);
    mark_in_file(MARK("1"));
    assert_int_equal(in_child(back_up), EXIT_DONE);
    mark_in_file(MARK("3"));
    assert_int_equal(in_child(mark_in_log), 0);
    assert_true(size_of("-wal") > 0);
}

static int64_t mark_of(const char *file)
{
    struct db *db = NULL;
    const struct db_options options = {.url = file};
    assert_int_equal(db_open(&options, &db), OK);
    assert_int_equal(db_verify(db), OK);
    int64_t mark = store_count(db, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'mark'");
    db_close(db);
    return mark;
}

/* The path of the one that is kept, with a log or without; none: false. */
static bool find_kept(char *out, size_t room)
{
    DIR *folder = opendir(place.folder);
    bool found = false;
    assert_non_null(folder);
    for (struct dirent *each = readdir(folder); each; each = readdir(folder)) {
        size_t n = strlen(each->d_name);
        if (!strstr(each->d_name, ".before-") || strcmp(each->d_name + n - 4, "-wal") == 0 || strcmp(each->d_name + n - 4, "-shm") == 0) continue;
        found = true;
        snprintf(out, room, "%s/%s", place.folder, each->d_name);
    }
    closedir(folder);
    return found;
}

/* 1: the backup's, and the old one is kept; 2: the old one. */
static int64_t must_be_whole(void)
{
    char kept[400];
    int64_t mark = mark_of(place.file);
    if (mark != 1 && mark != 2) fail_msg("the store has lost its log: it says %lld", (long long)mark);
    if (mark == 2) return mark;
    assert_true(find_kept(kept, sizeof kept));
    assert_int_equal(mark_of(kept), 2);
    return mark;
}

static void test_undisturbed(void **state)
{
    (void)state;
    begin();
    assert_int_equal(in_child(restore), EXIT_DONE);
    assert_int_equal(must_be_whole(), 1);
    assert_true(size_of(".restoring") < 0);
    store_place_remove(&place);
}

/* Until no step is left that could be hit. */
static int disturb(int how, int step, int64_t *mark)
{
    begin();
    mode = how;
    steps_left = step;
    int code = in_child(restore);
    mode = MODE_NONE;
    *mark = must_be_whole();
    store_place_remove(&place);
    return code;
}

static void test_killed_at_each_step(void **state)
{
    int64_t mark = 2, before = 2;
    int step = 1, code = WAS_KILLED;
    (void)state;
    for (; code == WAS_KILLED; step++) {
        assert_true(step < STEPS_MAX);
        code = disturb(MODE_KILL, step, &mark);
        assert_true(mark <= before);             /* once it is the new one it stays so */
        before = mark;
    }
    assert_int_equal(code, EXIT_DONE);
    assert_int_equal(mark, 1);
    assert_true(step > 6);
}

/* What cannot be done is said, and then the old store is where it was. */
static void test_refused_at_each_step(void **state)
{
    int refused = 0;
    int64_t mark;
    (void)state;
    for (int step = 1; step <= 16; step++) {
        int code = disturb(MODE_FAIL, step, &mark);
        assert_int_equal(mark, code == EXIT_DONE ? 1 : 2);
        refused += code != EXIT_DONE;
    }
    assert_true(refused >= 2);
}

/* A store that nothing can read any more is why somebody restores: it is kept as it is. */
static void test_a_damaged_store_is_kept(void **state)
{
    char kept[400];
    (void)state;
    begin();
    int file = open(place.file, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(file, "no store", 8, 0), 8);
    close(file);
    assert_int_equal(in_child(restore), EXIT_DONE);
    assert_int_equal(mark_of(place.file), 1);
    assert_true(find_kept(kept, sizeof kept));
    store_place_remove(&place);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static bool says(const char *path, const char *text)
{
    char found[20] = "";
    FILE *file = fopen(path, "re");
    if (!file) return text == NULL;
    found[fread(found, 1, sizeof found - 1, file)] = 0;
    fclose(file);
    return text && strcmp(found, text) == 0;
}

static int replace(void)
{
    char kept[240];
    snprintf(kept, sizeof kept, "%s.kept", place.file);
    return store_file_replace(place.file, backup, kept) ? 1 : 0;
}

/* A log that could not be emptied is never beside another store than its own, and comes back with it. */
static void test_a_log_goes_with_its_store(void **state)
{
    char log[240], kept[240], kept_log[260];
    int refused = 0;
    (void)state;
    for (int step = 1; step <= 8; step++) {
        store_place_make(&place);
        snprintf(backup, sizeof backup, "%s/backup.db", place.folder);
        snprintf(log, sizeof log, "%s-wal", place.file);
        snprintf(kept, sizeof kept, "%s.kept", place.file);
        snprintf(kept_log, sizeof kept_log, "%s-wal", kept);
        write_text(place.file, "old");
        write_text(log, "log");
        write_text(backup, "new");
        mode = MODE_FAIL;
        steps_left = step;
        int code = in_child(replace);
        mode = MODE_NONE;
        refused += code;
        assert_true(says(place.file, code ? "old" : "new") && says(log, code ? "log" : NULL));
        assert_true(says(kept, code ? NULL : "old") && says(kept_log, code ? NULL : "log"));
        store_place_remove(&place);
    }
    assert_int_equal(refused, 5);
}

static void test_a_store_in_use_is_left_alone(void **state)
{
    (void)state;
    begin();
    struct db *db = store_open(&place, store_lock());
    assert_int_equal(store_count(db, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'mark'"), 2);
    assert_int_equal(in_child(restore), EXIT_REFUSED);
    assert_int_equal(store_count(db, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'mark'"), 2);
    db_close(db);
    assert_int_equal(mark_of(place.file), 2);
    store_place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_undisturbed), cmocka_unit_test(test_killed_at_each_step),
        cmocka_unit_test(test_refused_at_each_step),
        cmocka_unit_test(test_a_damaged_store_is_kept), cmocka_unit_test(test_a_log_goes_with_its_store), cmocka_unit_test(test_a_store_in_use_is_left_alone),
    };
    unsetenv("LATCHKEY_BUILD");              /* for pages' tests, and no option of the program */
    return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
