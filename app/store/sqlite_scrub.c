/* What a page of the file holds between its directory of cells and the cells themselves is nobody's, and the engine's secure_delete does
   not clear it: when cells move to another page, copies of them stay there. Here those bytes are zeroed, in the file, through the
   engine's own descriptor. Readers may go on, because nobody ever reads meaning into them. */
#include "store/sqlite.h"

#include <string.h>

enum { HEADER_OF_FILE = 100, PAGES_AT_ONCE = 2000, PAGE_MAX = 65536, INTERIOR_INDEX = 2, INTERIOR_TABLE = 5, LEAF_INDEX = 10, LEAF_TABLE = 13 };

static unsigned number(const unsigned char *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* The gap of a page of cells. False: it is another kind of page, or does not look as one should. */
static bool find_gap(const unsigned char *page, unsigned size, bool first, unsigned *from, unsigned *to)
{
    const unsigned char *header = page + (first ? HEADER_OF_FILE : 0);
    bool interior = header[0] == INTERIOR_INDEX || header[0] == INTERIOR_TABLE;
    if (!interior && header[0] != LEAF_INDEX && header[0] != LEAF_TABLE) return false;
    *from = (unsigned)(header - page) + (interior ? 12 : 8) + 2 * number(header + 3);
    *to = number(header + 5);
    if (*to == 0) *to = PAGE_MAX;
    return *from < *to && *to <= size;
}

static bool is_clear(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i]) return false;
    return true;
}

static int scrub_page(sqlite3_file *file, unsigned char *page, unsigned size, int64_t index)
{
    unsigned from, to;
    int code = file->pMethods->xRead(file, page, (int)size, index * size);
    if (code != SQLITE_OK || !find_gap(page, size, index == 0, &from, &to) || is_clear(page + from, to - from)) return code;
    memset(page + from, 0, to - from);
    return file->pMethods->xWrite(file, page + from, (int)(to - from), index * size + from);
}

static int scrub_pages(sqlite3_file *file, unsigned char *page, unsigned size, int64_t *next, bool *more)
{
    sqlite3_int64 bytes = 0;
    int code = file->pMethods->xFileSize(file, &bytes);
    int64_t pages = bytes / size, end = *next + PAGES_AT_ONCE;
    for (; code == SQLITE_OK && *next < pages && *next < end; ++*next) code = scrub_page(file, page, size, *next);
    *more = *next < pages;
    return code == SQLITE_OK ? file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) : code;
}

static Error page_size(struct db *db, unsigned *out)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db->sqlite, "PRAGMA page_size", -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    *out = code == SQLITE_ROW ? (unsigned)sqlite3_column_int(statement, 0) : 0;
    Error error = sqlite_failure(db->sqlite, code, "scrub");
    sqlite3_finalize(statement);
    return error || *out ? error : ERR_FAULT;
}

/* Nobody writes meanwhile, and the log is empty, so the file is all there is. What connections remember of pages is void for all others
   with the commit that the caller makes, and let go of here: else they would write the old bytes again. */
static Error scrub_inside(struct db *db, int64_t *next, bool *more)
{
    unsigned size = 0;
    sqlite3_file *file = NULL;
    Error error = page_size(db, &size);
    struct arena *arena = error ? NULL : arena_open(0);
    if (error || !arena) return error ? error : ERR_BUSY;
    int code = sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code == SQLITE_OK) code = scrub_pages(file, arena_take(arena, size), size, next, more);
    arena_close(arena);
    sqlite3_db_release_memory(db->sqlite);
    return sqlite_failure(db->sqlite, code, "scrub");
}

Error db_scrub(struct db *db, int64_t *next, bool *more)
{
    int64_t left = -1;
    *more = false;
    Error error = sqlite_queue_enter(db);
    if (error) return error;
    error = db_cut_log(db);
    sqlite3_db_release_memory(db->sqlite);
    if (!error) error = db_begin(db);
    /* Somebody outside the queue may have written in between. */
    if (!error) error = sqlite_log_size(db, &left);
    if (!error && left) error = ERR_BUSY;
    if (!error) error = scrub_inside(db, next, more);
    if (!error) error = db_run(db, STMT_erasure_scrubbed, DB_ARGS(db_int(*more)), NULL);
    if (!error) error = db_commit(db);
    else db_rollback(db);
    sqlite_queue_leave(db);
    return error;
}
