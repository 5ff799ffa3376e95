#include "store/sqlite.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/engine.h"
#include "store/store_file.h"

enum { LARGEST_VALUE = 4 * 1024 * 1024, LONGEST_SQL = 100 * 1000, CHECKPOINT_PAGES = 1000 };

/* --- the engine's part of migrations --- */

const char *engine_word(Str name)
{
    static const struct { const char *name, *word; } words[] = {
        {"id", "INTEGER PRIMARY KEY"}, {"lasting_id", "INTEGER PRIMARY KEY AUTOINCREMENT"},
        {"integer", "INTEGER"}, {"bytes", "BLOB"}, {"strict", " STRICT"},
        {"strict_clustered", " STRICT, WITHOUT ROWID"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(name, words[i].name)) return words[i].word;
    return NULL;
}

Error engine_run(struct db *db, const char *sql)
{
    return sqlite_failure(db->sqlite, sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL), "store");
}

Error engine_int(struct db *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db->sqlite, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    if (code == SQLITE_ROW) *out = sqlite3_column_int64(statement, 0);
    Error error = sqlite_failure(db->sqlite, code, "store");
    sqlite3_finalize(statement);
    return error;
}

/* Asked of the file: what the connection remembers of the schema is not looked up again before a statement runs. */
Error engine_has_table(struct db *db, const char *name, bool *out)
{
    char sql[128];
    int64_t count = 0;
    sqlite3_snprintf(sizeof sql, sql, "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = %Q", name);
    Error error = engine_int(db, sql, &count);
    *out = count > 0;
    return error;
}

/* --- opening --- */

/* Nobody asks the engine how much memory it has, and counting it takes a lock at every piece. Before main: later it may have begun. */
__attribute__((constructor)) static void stop_counting(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static void set_limits(sqlite3 *sqlite, bool checkpoints)
{
    sqlite3_extended_result_codes(sqlite, 1);
    sqlite3_busy_timeout(sqlite, SQLITE_WAIT_MS);
    sqlite3_limit(sqlite, SQLITE_LIMIT_LENGTH, LARGEST_VALUE);
    sqlite3_limit(sqlite, SQLITE_LIMIT_SQL_LENGTH, LONGEST_SQL);
    sqlite3_limit(sqlite, SQLITE_LIMIT_VARIABLE_NUMBER, MOST_PARAMETERS);
    sqlite3_limit(sqlite, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    /* Checkpoints are made when they are asked for, by one connection at a time (sqlite_copy.c). */
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, checkpoints ? 0 : 1, NULL);
    sqlite3_wal_autocheckpoint(sqlite, 0);
}

/* Turning the log on asks for the whole file for a moment, and does not wait for it by itself. */
static Error start_log(struct db *db)
{
    int code = SQLITE_BUSY;
    for (int64_t until = clock_monotonic_ms() + SQLITE_WAIT_MS; code == SQLITE_BUSY && clock_monotonic_ms() < until;) {
        code = sqlite3_exec(db->sqlite, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if (code == SQLITE_BUSY) sqlite3_sleep(10);
    }
    return sqlite_failure(db->sqlite, code, "store");
}

static Error set_cache(struct db *db, int kib)
{
    char sql[64];
    sqlite3_snprintf(sizeof sql, sql, "PRAGMA cache_size = -%d", kib);
    return engine_run(db, sql);
}

static Error set_up(struct db *db, const struct db_options *options)
{
    set_limits(db->sqlite, options->checkpoints);
    Error error = start_log(db);
    if (!error)
        error = engine_run(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
                               "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 67108864;"
                               "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;");
    if (!error && options->cache_kib) error = set_cache(db, options->cache_kib);
    return error ? error : sqlite_prepare_transactions(db);
}

static Error check_version(struct db *db)
{
    int64_t version = 0;
    Error error = db_schema_version(db, &version);
    if (error || version == db_schema_newest()) return error;
    log_line(LOG_ERROR, "the store has schema version %" PRId64 ", this program needs %" PRId64, version, db_schema_newest());
    return ERR_FAULT;
}

static Error open_parts(struct db *db, const struct db_options *options)
{
    bool memory = strcmp(options->url, ":memory:") == 0;
    Error error = memory ? OK : store_file_prepare(options->url);
    if (error) return error;
    int code = sqlite3_open_v2(options->url, &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (!db->sqlite) return ERR_BUSY;
    error = code == SQLITE_OK ? set_up(db, options) : sqlite_failure(db->sqlite, code, options->url);
    if (!error && memory) error = db_migrate(db);
    if (!error && !options->unprepared) error = check_version(db);
    if (!error && !options->unprepared) error = sqlite_prepare_all(db);
    return error;
}

Error db_open(const struct db_options *options, struct db **out)
{
    struct arena *arena = arena_open(0);
    if (!arena) return ERR_BUSY;
    struct db *db = ARENA_NEW(arena, struct db);
    *db = (struct db){.arena = arena, .write_lock = options->write_lock, .checkpoints = options->checkpoints};
    Error error = open_parts(db, options);
    if (!error) {
        *out = db;
        return OK;
    }
    log_line(LOG_ERROR, "the store %s cannot be opened%s", options->url, error == ERR_BUSY ? ": it is locked" : "");
    db_close(db);
    return error;
}

void db_close(struct db *db)
{
    if (!db) return;
    db_abandon(db);
    for (sqlite3_stmt *each; (each = db->sqlite ? sqlite3_next_stmt(db->sqlite, NULL) : NULL);) sqlite3_finalize(each);
    sqlite3_close(db->sqlite);
    arena_close(db->arena);
}
