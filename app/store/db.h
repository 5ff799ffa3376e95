/* The store driver: one connection to one engine, every statement of stmts.def prepared when it is opened.
   SQL is written once in the dialect that SQLite and PostgreSQL share ($1 …, RETURNING, ON CONFLICT); what differs stays
   behind this header. Open after fork only: a connection is never shared between processes. */
#ifndef LATCHKEY_DB_H
#define LATCHKEY_DB_H

#include <pthread.h>
#include "base/arena.h"

struct db;

enum statement {
#define STATEMENT(name, writes, sql) STMT_##name,
#include "store/stmts.def"
#undef STATEMENT
    STATEMENTS
};

struct db_options {
    const char *url;              /* a file's path (SQLite); ":memory:" for tests: a store of its own, migrated when it is opened */
    pthread_mutex_t *write_lock;  /* process-shared and robust: writers queue here; NULL: the engine's own waiting only */
    bool checkpoints;             /* this connection may checkpoint the log (the courier's, an import's); others never do */
    int cache_kib;                /* pages kept in memory; 0: the engine's own measure */
    bool unprepared;              /* no statements: for migrations */
};

/* Makes the file when there is none. ERR_FAULT: it cannot be opened, its schema is older (migrate it with .unprepared) or
   newer than this program, or a statement does not prepare; ERR_BUSY: others keep it locked. The reason is logged. */
MUST_USE Error db_open(const struct db_options *, struct db **out);
void db_close(struct db *);       /* NULL is fine; an open transaction is rolled back */
/* After work that was cut off in its middle (an exhausted arena jumps): ends the rows and the transaction that it left open. */
void db_abandon(struct db *);

/* Brings the schema to this program's version, each migration in a transaction of its own. Refuses a newer schema. */
MUST_USE Error db_migrate(struct db *);
MUST_USE Error db_schema_version(struct db *, int64_t *out);   /* 0: empty */
int64_t db_schema_newest(void);

/* What a statement takes. */
typedef struct Value {
    enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB } kind;
    int64_t i;
    Str s;
} Value;
static inline Value db_null(void) { return (Value){.kind = VALUE_NULL}; }
static inline Value db_int(int64_t i) { return (Value){.kind = VALUE_INT, .i = i}; }
static inline Value db_text(Str s) { return (Value){.kind = s.p ? VALUE_TEXT : VALUE_NULL, .s = s}; }   /* STR_NONE: NULL */
static inline Value db_blob(Str s) { return (Value){.kind = VALUE_BLOB, .s = s}; }
#define DB_ARGS(...) (const Value[]){__VA_ARGS__}, sizeof((const Value[]){__VA_ARGS__}) / sizeof(Value)
#define DB_NO_ARGS NULL, 0

/* Transactions: one at a time, for writing (BEGIN IMMEDIATE). db_begin waits at most 5 s: ERR_BUSY. db_commit on failure
   has rolled back. db_rollback without a transaction does nothing. */
MUST_USE Error db_begin(struct db *);
MUST_USE Error db_commit(struct db *);
void db_rollback(struct db *);
/* A number of the transaction for writing that is open, another for each; 0: none is. */
int64_t db_transaction(const struct db *);
bool db_in_transaction(const struct db *);             /* also of one that only reads */
/* What is read between these two is of one state of the store, which is locked once for all of it. Nothing can be written there
   (ERR_FAULT). db_read_end without db_read_begin does nothing. */
MUST_USE Error db_read_begin(struct db *);
void db_read_end(struct db *);

/* Runs a statement for its effect; rows are passed over. ERR_CONFLICT: a unique value exists already, or something that the
   row points at does not. *changed may be NULL. Outside a transaction it is one of its own. */
MUST_USE Error db_run(struct db *, enum statement, const Value *args, size_t count, int64_t *changed);

/* Rows of a statement, in order. One open result a statement; after OK rows_end must be called, and says whether all went well.
     struct rows rows;
     if ((error = db_select(db, STMT_x, DB_ARGS(db_int(1)), &rows))) return error;
     while (row_next(&rows)) … row_int(&rows, 0) …
     return rows_end(&rows);                                                                    */
struct rows {
    struct db *db;
    enum statement statement;
    Error error;
    bool row;                     /* there may be a next one */
};
MUST_USE Error db_select(struct db *, enum statement, const Value *args, size_t count, struct rows *);
bool row_next(struct rows *);
MUST_USE Error rows_end(struct rows *);
int64_t row_int(const struct rows *, int column);              /* 0 when NULL */
Str row_text(const struct rows *, int column);                 /* until the next row_next; STR_NONE when NULL; blobs too */
bool row_is_null(const struct rows *, int column);

/* A consistent copy of the running store in `path` (which must not exist), verified. ERR_CONFLICT: it exists. */
MUST_USE Error db_backup(struct db *, const char *path);
/* Whether the whole store is sound. ERR_FAULT: it is not; logged. */
MUST_USE Error db_verify(struct db *);
/* Moves the log into the main file as far as readers allow. Only where .checkpoints was set. */
MUST_USE Error db_checkpoint(struct db *);
/* All of the log, and nothing is left of it: bytes that were overwritten or deleted stand in no file any more. Waits half a second for
   readers: ERR_BUSY, try again. Only where .checkpoints was set. */
MUST_USE Error db_cut_log(struct db *);
bool db_may_checkpoint(const struct db *);
/* The same, and then what the engine leaves behind in the file's pages when it moves rows: a piece of the file at a time, from page
   *next on (0: the first). *more: call again. Ends with a write, so that no connection goes on with what it remembers. */
MUST_USE Error db_scrub(struct db *, int64_t *next, bool *more);

#endif
