#include "support/store_support.h"

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
#include <unistd.h>

#include "base/json_memory.h"
#include "base/log.h"
#include "store/engine.h"
#include "store/write_lock.h"

void store_place_make(struct store_place *place)
{
    const char *parent = getenv("TMPDIR");
    snprintf(place->folder, sizeof place->folder, "%.80s/latchkey-store-XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(place->folder)) fail_msg("no folder for the test");
    snprintf(place->file, sizeof place->file, "%s/store.db", place->folder);
}

static int remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *at)
{
    (void)facts, (void)kind, (void)at;
    return remove(path);
}

void store_place_remove(struct store_place *place)
{
    (void)nftw(place->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void store_migrate(const struct store_place *place)
{
    struct db *db = NULL;
    struct db_options options = {.url = place->file, .unprepared = true};
    log_catch();
    assert_int_equal(db_open(&options, &db), OK);
    assert_int_equal(db_migrate(db), OK);
    db_close(db);
    (void)log_caught("");
}

struct db *store_open(const struct store_place *place, pthread_mutex_t *write_lock)
{
    struct db *db = NULL;
    struct db_options options = {.url = place->file, .write_lock = write_lock};
    if (db_open(&options, &db) != OK) fail_msg("the store does not open");
    return db;
}

struct db *store_open_memory(void)
{
    struct db *db = NULL;
    struct db_options options = {.url = ":memory:"};
    log_catch();
    if (db_open(&options, &db) != OK) fail_msg("the store does not open");
    (void)log_caught("");
    return db;
}

pthread_mutex_t *store_lock(void)
{
    pthread_mutex_t *lock = mmap(NULL, sizeof *lock, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(lock != MAP_FAILED);
    assert_int_equal(write_lock_init(lock), OK);
    return lock;
}

void store_do(struct db *db, enum statement statement, const Value *args, size_t count)
{
    assert_int_equal(db_run(db, statement, args, count, NULL), OK);
}

int64_t store_int(struct db *db, enum statement statement, const Value *args, size_t count)
{
    struct rows rows;
    assert_int_equal(db_select(db, statement, args, count, &rows), OK);
    int64_t value = row_next(&rows) ? row_int(&rows, 0) : -1;
    assert_int_equal(rows_end(&rows), OK);
    return value;
}

int64_t store_count(struct db *db, const char *sql)
{
    int64_t count = -1;
    assert_int_equal(engine_int(db, sql, &count), OK);
    return count;
}

const struct decided *store_decide(struct arena *arena, const struct fields *fields, const json_t *profile, const char *values)
{
    struct arena *before = json_memory_use(arena);
    struct subject subject = {.profile = profile};
    struct change change;
    struct refusals refusals = {0};
    const struct decided *decided = NULL;
    const char *name;
    json_t *value, *list = json_loads(values, 0, NULL);
    assert_non_null(list);
    change_init(&change, arena, ACTOR_OPERATOR);
    json_object_foreach(list, name, value) change_put(&change, arena_copy(arena, str_of(name)), value);
    assert_int_equal(policy_decide(fields, &subject, &change, &refusals, &decided), OK);
    json_memory_use(before);
    return decided;
}

static FILE *caught;

void log_catch(void)
{
    if (caught) fclose(caught);
    caught = tmpfile();
    assert_non_null(caught);
    log_to(fileno(caught));
}

bool log_caught(const char *words)
{
    static char text[64 * 1024];
    log_to(2);
    rewind(caught);
    text[fread(text, 1, sizeof text - 1, caught)] = '\0';
    fclose(caught);
    caught = NULL;
    return strstr(text, words) != NULL;
}
