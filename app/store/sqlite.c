#include "store/sqlite.h"

#include <time.h>

#include "base/clock.h"
#include "store/write_lock.h"

/* Of all connections of the process, so that no two transactions have the same number. */
static int64_t transactions;

/* --- the queue of writers and transactions --- */

Error sqlite_queue_enter(struct db *db)
{
    if (db->queued++ > 0) return OK;
    Error error = write_lock_take(db->write_lock, SQLITE_WAIT_MS);
    if (error) db->queued = 0;
    return error;
}

void sqlite_queue_leave(struct db *db)
{
    if (--db->queued == 0) write_lock_give(db->write_lock);
}

static int step_once(sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code;
}

/* Left to itself the engine looks at ever longer intervals, and would miss the few milliseconds for which an import lets go between
   its transactions. Of all processes of a portal only the first in the queue looks. */
static int look_again(void *deadline, int count)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    (void)count;
    if (clock_monotonic_ms() >= *(const int64_t *)deadline) return 0;
    nanosleep(&moment, NULL);
    return 1;
}

/* What the queue took of the five seconds is not waited for again. */
static Error begin_until(struct db *db, int64_t deadline)
{
    sqlite3_busy_handler(db->sqlite, look_again, &deadline);
    Error error = sqlite_failure(db->sqlite, step_once(db->begin), "begin");
    sqlite3_busy_timeout(db->sqlite, SQLITE_WAIT_MS);
    return error;
}

Error db_begin(struct db *db)
{
    if (db->transaction || db->reading) return sqlite_mistake("begin", "a transaction is open already");
    int64_t deadline = clock_monotonic_ms() + SQLITE_WAIT_MS;
    Error error = sqlite_queue_enter(db);
    if (error) return error;
    error = begin_until(db, deadline);
    db->transaction = !error;
    db->number = ++transactions;
    if (error) sqlite_queue_leave(db);
    return error;
}

Error db_commit(struct db *db)
{
    if (!db->transaction) return sqlite_mistake("commit", "there is no transaction");
    Error error = sqlite_failure(db->sqlite, step_once(db->commit), "commit");
    if (error) {
        db_rollback(db);
        return error;
    }
    db->transaction = false;
    sqlite_queue_leave(db);
    return OK;
}

void db_rollback(struct db *db)
{
    if (!db->transaction) return;
    /* After some faults (disk full) the engine has rolled back by itself. */
    if (!sqlite3_get_autocommit(db->sqlite)) step_once(db->rollback);
    db->transaction = false;
    sqlite_queue_leave(db);
}

int64_t db_transaction(const struct db *db)
{
    return db->transaction ? db->number : 0;
}

bool db_in_transaction(const struct db *db)
{
    return db->transaction || db->reading;
}

Error db_read_begin(struct db *db)
{
    if (db->transaction || db->reading) return sqlite_mistake("begin reading", "a transaction is open already");
    Error error = sqlite_failure(db->sqlite, step_once(db->begin_reading), "begin reading");
    db->reading = !error;
    return error;
}

void db_read_end(struct db *db)
{
    if (db->reading) step_once(db->commit);
    db->reading = false;
}

/* --- statements --- */

/* Gives the code of what went wrong last, once more. */
static int let_go(struct db *db, struct prepared *prepared)
{
    int code = sqlite3_reset(prepared->statement);
    sqlite3_clear_bindings(prepared->statement);
    prepared->open = false;
    if (prepared->writes != WRITES_reads) sqlite_queue_leave(db);
    return code;
}

void db_abandon(struct db *db)
{
    for (size_t i = 0; i < STATEMENTS; i++)
        if (db->prepared[i].open) let_go(db, &db->prepared[i]);
    db_read_end(db);
    db_rollback(db);
}

static int bind_one(sqlite3_stmt *statement, int place, const Value *value, sqlite3_destructor_type keep)
{
    switch (value->kind) {
    case VALUE_INT: return sqlite3_bind_int64(statement, place, value->i);
    case VALUE_TEXT: return sqlite3_bind_text64(statement, place, value->s.p, value->s.n, keep, SQLITE_UTF8);
    case VALUE_BLOB: return sqlite3_bind_blob64(statement, place, value->s.p ? value->s.p : "", value->s.n, keep);
    case VALUE_NULL: break;
    }
    return sqlite3_bind_null(statement, place);
}

/* Once the engine has lost a transaction, what was meant for its inside must not be written on its own. */
static Error start(struct db *db, enum statement id, const Value *args, size_t count, sqlite3_destructor_type keep)
{
    struct prepared *prepared = &db->prepared[id];
    const char *name = statement_texts[id].name;
    bool writes = prepared->writes != WRITES_reads;
    if (!prepared->statement) return sqlite_mistake(name, "the store was opened without statements");
    if (prepared->open) return sqlite_mistake(name, "its last rows are still open");
    if (count != prepared->count) return sqlite_mistake(name, "called with another number of parameters");
    if (writes && db->reading) return sqlite_mistake(name, "writes where only reading was begun");
    if (writes && db->transaction && sqlite3_get_autocommit(db->sqlite)) return sqlite_mistake(name, "the transaction was lost");
    Error error = writes ? sqlite_queue_enter(db) : OK;
    if (error) return error;
    prepared->open = true;
    int code = SQLITE_OK;
    for (size_t i = 0; code == SQLITE_OK && i < count; i++)
        code = bind_one(prepared->statement, prepared->place[i], &args[i], keep);
    error = sqlite_failure(db->sqlite, code, name);
    if (error) let_go(db, prepared);
    return error;
}

Error db_run(struct db *db, enum statement id, const Value *args, size_t count, int64_t *changed)
{
    Error error = start(db, id, args, count, SQLITE_STATIC);
    if (error) return error;
    struct prepared *prepared = &db->prepared[id];
    int code;
    while ((code = sqlite3_step(prepared->statement)) == SQLITE_ROW) continue;
    error = sqlite_failure(db->sqlite, code, statement_texts[id].name);
    if (changed) *changed = error ? 0 : sqlite3_changes64(db->sqlite);
    let_go(db, prepared);
    return error;
}

Error db_select(struct db *db, enum statement id, const Value *args, size_t count, struct rows *out)
{
    *out = (struct rows){.db = db, .statement = id, .row = true};
    return start(db, id, args, count, SQLITE_TRANSIENT);
}

bool row_next(struct rows *rows)
{
    if (!rows->row) return false;
    int code = sqlite3_step(rows->db->prepared[rows->statement].statement);
    rows->row = code == SQLITE_ROW;
    rows->error = sqlite_failure(rows->db->sqlite, code, statement_texts[rows->statement].name);
    return rows->row;
}

Error rows_end(struct rows *rows)
{
    struct prepared *prepared = &rows->db->prepared[rows->statement];
    while (prepared->writes != WRITES_reads && row_next(rows)) continue;
    rows->row = false;
    int code = let_go(rows->db, prepared);
    return rows->error ? rows->error : sqlite_failure(rows->db->sqlite, code, statement_texts[rows->statement].name);
}

static sqlite3_stmt *current(const struct rows *rows)
{
    return rows->db->prepared[rows->statement].statement;
}

int64_t row_int(const struct rows *rows, int column)
{
    return sqlite3_column_int64(current(rows), column);
}

Str row_text(const struct rows *rows, int column)
{
    if (row_is_null(rows, column)) return STR_NONE;
    const char *p = sqlite3_column_blob(current(rows), column);
    return (Str){p ? p : "", (size_t)sqlite3_column_bytes(current(rows), column)};
}

bool row_is_null(const struct rows *rows, int column)
{
    return sqlite3_column_type(current(rows), column) == SQLITE_NULL;
}
