#include "store/sqlite.h"

struct watch {
    enum writes found;
};

static int observe(void *context, int action, const char *table, const char *column, const char *schema, const char *trigger)
{
    struct watch *watch = context;
    (void)schema, (void)trigger;
    enum writes kind;
    switch (action) {
    case SQLITE_SELECT: case SQLITE_READ: case SQLITE_FUNCTION: case SQLITE_RECURSIVE: case SQLITE_TRANSACTION: return SQLITE_OK;
    case SQLITE_INSERT: kind = fence_kind(table, NULL, true); break;
    case SQLITE_DELETE: kind = fence_kind(table, NULL, false); break;
    case SQLITE_UPDATE: kind = fence_kind(table, column, false); break;
    default: return SQLITE_DENY;      /* no statement of ours changes the schema, attaches a file or sets a pragma */
    }
    if (kind > watch->found) watch->found = kind;
    return SQLITE_OK;
}

static Error place_parameters(const struct statement_text *text, struct prepared *out)
{
    int count = sqlite3_bind_parameter_count(out->statement);
    if (count > MOST_PARAMETERS) return sqlite_mistake(text->name, "has too many parameters");
    for (int i = 1; i <= count; i++) {
        char name[8] = "$";
        sqlite3_snprintf(sizeof name, name, "$%d", i);
        out->place[i - 1] = sqlite3_bind_parameter_index(out->statement, name);
        if (!out->place[i - 1]) return sqlite_mistake(text->name, "its parameters are not $1, $2 … without a gap");
    }
    out->count = (size_t)count;
    return OK;
}

static Error prepare(struct db *db, const struct statement_text *text, struct watch *watch, struct prepared *out)
{
    const char *tail = "";
    watch->found = WRITES_reads;
    int code = sqlite3_prepare_v3(db->sqlite, text->sql, -1, SQLITE_PREPARE_PERSISTENT, &out->statement, &tail);
    if (code != SQLITE_OK) return sqlite_mistake(text->name, sqlite3_errmsg(db->sqlite));
    if (!out->statement || *tail) return sqlite_mistake(text->name, "is not one statement");
    if (watch->found != text->writes || (watch->found == WRITES_reads) != (sqlite3_stmt_readonly(out->statement) != 0))
        return sqlite_mistake(text->name, "does not write what its row in stmts.def says");
    out->writes = text->writes;
    return place_parameters(text, out);
}

Error fence_check(struct db *db, const struct statement_text *text)
{
    struct prepared trial = {0};
    struct watch watch;
    sqlite3_set_authorizer(db->sqlite, observe, &watch);
    Error error = prepare(db, text, &watch, &trial);
    sqlite3_set_authorizer(db->sqlite, NULL, NULL);
    sqlite3_finalize(trial.statement);
    return error;
}

Error sqlite_prepare_transactions(struct db *db)
{
    struct { const char *sql; sqlite3_stmt **into; } list[] = {
        {"BEGIN IMMEDIATE", &db->begin}, {"BEGIN", &db->begin_reading}, {"COMMIT", &db->commit}, {"ROLLBACK", &db->rollback},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        int code = sqlite3_prepare_v3(db->sqlite, list[i].sql, -1, SQLITE_PREPARE_PERSISTENT, list[i].into, NULL);
        if (code != SQLITE_OK) return sqlite_failure(db->sqlite, code, list[i].sql);
    }
    return OK;
}

/* The authorizer is set once around them all: each time it is set, what was prepared before would be prepared anew. */
Error sqlite_prepare_all(struct db *db)
{
    struct watch watch;
    Error error = OK;
    sqlite3_set_authorizer(db->sqlite, observe, &watch);
    for (size_t i = 0; !error && i < STATEMENTS; i++)
        error = prepare(db, &statement_texts[i], &watch, &db->prepared[i]);
    sqlite3_set_authorizer(db->sqlite, NULL, NULL);
    return error;
}
