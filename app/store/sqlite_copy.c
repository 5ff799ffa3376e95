#include "store/sqlite.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "store/engine.h"
#include "store/store_file.h"

enum { LOG_ENOUGH = 4 * 1024 * 1024, LOG_LARGE = 32 * 1024 * 1024, CUT_WAIT_MS = 500, COPY_TRIES = 100, COPY_PAUSE_MS = 50 };

/* --- backup --- */

/* All pages in one step: one reader's view of the store, however much is written meanwhile. */
static Error copy_pages(struct db *db, sqlite3 *copy)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", db->sqlite, "main");
    if (!backup) return sqlite_failure(copy, sqlite3_extended_errcode(copy), "backup");
    int code = SQLITE_BUSY;
    for (int i = 0; i < COPY_TRIES && (code == SQLITE_BUSY || code == SQLITE_LOCKED); i++) {
        if (i > 0) sqlite3_sleep(COPY_PAUSE_MS);
        code = sqlite3_backup_step(backup, -1);
    }
    int finished = sqlite3_backup_finish(backup);
    return sqlite_failure(copy, code == SQLITE_DONE ? finished : code, "backup");
}

static Error verify(sqlite3 *copy)
{
    sqlite3_stmt *check = NULL;
    int code = sqlite3_prepare_v2(copy, "PRAGMA integrity_check(1)", -1, &check, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(check);
    const char *answer = code == SQLITE_ROW ? (const char *)sqlite3_column_text(check, 0) : NULL;
    bool sound = answer && strcmp(answer, "ok") == 0;
    Error error = sqlite_failure(copy, code, "backup");
    if (!error && !sound) {
        log_line(LOG_ERROR, "the store is damaged: %s", answer ? answer : "no answer");
        error = ERR_FAULT;
    }
    sqlite3_finalize(check);
    return error;
}

Error db_verify(struct db *db)
{
    return verify(db->sqlite);
}

static Error make_copy(struct db *db, const char *path)
{
    sqlite3 *copy = NULL;
    int code = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (!copy) return ERR_BUSY;
    sqlite3_extended_result_codes(copy, 1);
    Error error = sqlite_failure(copy, code, path);
    if (!error) error = copy_pages(db, copy);
    /* One file that is complete by itself, without a log beside it. */
    if (!error) error = sqlite_failure(copy, sqlite3_exec(copy, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL), "backup");
    if (!error) error = verify(copy);
    sqlite3_close(copy);
    return error ? error : store_file_sync(path);
}

static void remove_copy(const char *path)
{
    static const char *const endings[] = {"", "-journal", "-wal", "-shm"};
    char name[4096];
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (snprintf(name, sizeof name, "%s%s", path, endings[i]) < (int)sizeof name) unlink(name);
}

Error db_backup(struct db *db, const char *path)
{
    Error error = store_file_make_new(path);
    if (error) return error;
    error = make_copy(db, path);
    if (error) remove_copy(path);
    return error;
}

/* --- checkpoints --- */

/* Before 3.51.3 two connections that checkpoint at once can lose the log's start: whoever does it holds the store's folder meanwhile.
   -1: somebody else does. A store in memory has no file and nobody else. */
static int hold_folder(const char *file)
{
    char folder[4096];
    const char *slash = strrchr(file, '/');
    size_t n = slash ? (size_t)(slash - file) : 0;
    if (n >= sizeof folder) return -1;
    memcpy(folder, slash && n ? file : slash ? "/" : ".", slash && n ? n : 1);
    folder[n ? n : 1] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
    close(fd);
    return -1;
}

static Error checkpoint(struct db *db, int mode, int *pages)
{
    const char *file = sqlite3_db_filename(db->sqlite, "main");
    bool in_memory = !file || !*file;
    int folder = in_memory ? -1 : hold_folder(file);
    if (folder < 0 && !in_memory) return ERR_BUSY;
    Error error = sqlite_failure(db->sqlite, sqlite3_wal_checkpoint_v2(db->sqlite, NULL, mode, pages, NULL), "checkpoint");
    if (folder >= 0) close(folder);
    return error;
}

/* Under steady writing the log is never all in the main file by itself, so it would only grow; begun anew, it is written over,
   which costs a commit half of what growing does. Writers stand in the queue meanwhile, so it gives up early when a reader does
   not end. */
static Error begin_log_anew(struct db *db, int mode)
{
    Error error = sqlite_queue_enter(db);
    if (error) return error;
    sqlite3_busy_timeout(db->sqlite, CUT_WAIT_MS);
    error = checkpoint(db, mode, NULL);
    sqlite3_busy_timeout(db->sqlite, SQLITE_WAIT_MS);
    sqlite_queue_leave(db);
    return error;
}

/* Asked of the journal's descriptor that this connection has: there is none while nobody has written. */
Error sqlite_log_size(struct db *db, int64_t *out)
{
    sqlite3_file *log = NULL;
    sqlite3_int64 bytes = 0;
    int code = sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (code == SQLITE_OK && log && log->pMethods) code = log->pMethods->xFileSize(log, &bytes);
    *out = bytes;
    return sqlite_failure(db->sqlite, code, "checkpoint");
}

/* A large log is kept while somebody writes, because growing anew would cost each commit of the next seconds; the engine itself keeps it
   below journal_size_limit. Its space is given back once nobody has written since it was begun anew. */
static Error cut_large_log(struct db *db)
{
    int64_t bytes = 0;
    Error error = sqlite_log_size(db, &bytes);
    return error || bytes <= LOG_LARGE ? error : begin_log_anew(db, SQLITE_CHECKPOINT_TRUNCATE);
}

static Error tend_log(struct db *db)
{
    int pages = 0;
    int64_t page_bytes = 0;
    Error error = checkpoint(db, SQLITE_CHECKPOINT_PASSIVE, &pages);
    if (!error) error = engine_int(db, "PRAGMA page_size", &page_bytes);
    if (error) return error;
    if (pages == db->log_pages) return cut_large_log(db);
    if (pages * page_bytes <= LOG_ENOUGH) return OK;
    error = begin_log_anew(db, SQLITE_CHECKPOINT_RESTART);
    if (!error) db->log_pages = pages;
    return error;
}

bool db_may_checkpoint(const struct db *db)
{
    return db->checkpoints;
}

Error db_cut_log(struct db *db)
{
    if (!db->checkpoints) return sqlite_mistake("checkpoint", "this connection was not opened for it");
    return begin_log_anew(db, SQLITE_CHECKPOINT_TRUNCATE);
}

Error db_checkpoint(struct db *db)
{
    if (!db->checkpoints) return sqlite_mistake("checkpoint", "this connection was not opened for it");
    Error error = tend_log(db);
    /* A reader or another program in the way is no error: the next round comes. */
    return error == ERR_BUSY ? OK : error;
}
