#include "store/sqlite.h"

#include <errno.h>

#include "base/log.h"

/* A quota or a limit on the file's size reaches us as a failed write; the engine keeps no errno of that, so it is the last one. */
static bool is_disk_full(int code, int reason)
{
    if ((code & 0xff) == SQLITE_FULL) return true;
    return code == SQLITE_IOERR_WRITE && (reason == ENOSPC || reason == EDQUOT || reason == EFBIG);
}

static Error violated(sqlite3 *sqlite, int code, const char *what)
{
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID)
        return ERR_CONFLICT;
    log_line(LOG_ERROR, "%s: %s", what, sqlite3_errmsg(sqlite));
    return code == SQLITE_CONSTRAINT_FOREIGNKEY ? ERR_CONFLICT : ERR_FAULT;
}

/* The engine's messages name tables and columns, never values. */
Error sqlite_failure(sqlite3 *sqlite, int code, const char *what)
{
    int reason = errno;
    switch (code & 0xff) {
    case SQLITE_OK: case SQLITE_ROW: case SQLITE_DONE: return OK;
    case SQLITE_BUSY: case SQLITE_LOCKED: return ERR_BUSY;
    case SQLITE_CONSTRAINT: return violated(sqlite, code, what);
    case SQLITE_NOMEM: log_line(LOG_ERROR, "%s: out of memory", what); return ERR_BUSY;
    default: break;
    }
    if (is_disk_full(code, reason)) log_line(LOG_ERROR, "%s: the disk of the store is full; nothing was written", what);
    else log_line(LOG_ERROR, "%s: %s (code %d, errno %d)", what, sqlite3_errmsg(sqlite), code, reason);
    return ERR_FAULT;
}

Error sqlite_mistake(const char *statement, const char *what)
{
    log_line(LOG_ERROR, "statement %s: %s", statement, what);
    return ERR_FAULT;
}
