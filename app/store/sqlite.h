/* The one door to sqlite3.h: what the files of the SQLite driver (store/sqlite*.c) share. Nobody else includes it. */
#ifndef LATCHKEY_SQLITE_H
#define LATCHKEY_SQLITE_H

#include <sqlite3.h>

#include "store/db.h"
#include "store/fence.h"

enum { SQLITE_WAIT_MS = 5000, MOST_PARAMETERS = 16 };

struct prepared {
    sqlite3_stmt *statement;
    enum writes writes;
    bool open;
    size_t count;
    int place[MOST_PARAMETERS];       /* where the engine keeps $1, $2 …: it numbers them as they appear */
};

struct db {
    struct arena *arena;
    sqlite3 *sqlite;
    struct prepared prepared[STATEMENTS];
    sqlite3_stmt *begin, *begin_reading, *commit, *rollback;
    pthread_mutex_t *write_lock;
    int queued;                       /* how many of this connection's writes stand on the lock: the first takes it */
    bool checkpoints, transaction, reading;
    int64_t number;                   /* of the transaction */
    int log_pages;                /* when the log was begun anew the last time: as many again means that nobody wrote since */
};

/* The Error for a result code of the engine; a fault is logged, `what` was being done. */
MUST_USE Error sqlite_failure(sqlite3 *, int code, const char *what);
/* Logs what is wrong with a statement of ours; ERR_FAULT. */
MUST_USE Error sqlite_mistake(const char *statement, const char *what);
/* BEGIN and the like; every statement of stmts.def. */
MUST_USE Error sqlite_prepare_transactions(struct db *);
MUST_USE Error sqlite_prepare_all(struct db *);
/* How many bytes of the log lie beside the file. */
MUST_USE Error sqlite_log_size(struct db *, int64_t *out);
/* The place in the queue of writers, to be left again. */
MUST_USE Error sqlite_queue_enter(struct db *);
void sqlite_queue_leave(struct db *);

#endif
