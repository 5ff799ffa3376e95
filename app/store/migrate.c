#include <inttypes.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/engine.h"
#include "store/migrations.h"

int64_t db_schema_newest(void)
{
    return migrations[migration_count - 1].number;
}

Error db_schema_version(struct db *db, int64_t *out)
{
    bool begun = false;
    *out = 0;
    Error error = engine_has_table(db, "schema_version", &begun);
    if (error || !begun) return error;
    return engine_int(db, "SELECT COALESCE(MAX(version), 0) FROM schema_version", out);
}

/* Puts the engine's words in the place of <id>, <bytes> …; anything else in angle brackets stays. */
static Str translate(struct arena *arena, Str sql)
{
    struct text out = {.arena = arena};
    while (sql.n) {
        text_add(&out, str_cut(&sql, '<'));
        if (!sql.p) break;
        Str rest = sql;
        Str name = str_cut(&rest, '>');
        const char *word = rest.p ? engine_word(name) : NULL;
        text_add(&out, word ? str_of(word) : STR("<"));
        if (word) sql = rest;
    }
    return text_str(&out);
}

static Error note_version(struct db *db, struct arena *arena, const struct migration *step)
{
    Str row = arena_print(arena, "INSERT INTO schema_version (version, name, applied_at) VALUES (%d, '%s', %" PRId64 ")",
                          step->number, step->name, clock_now());
    return engine_run(db, row.p);
}

static Error apply(struct db *db, struct arena *arena, const struct migration *step)
{
    static const char table[] =
        "CREATE TABLE IF NOT EXISTS schema_version "
        "(version <integer> NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at <integer> NOT NULL)<strict>";
    Error error = engine_run(db, translate(arena, str_of(table)).p);
    if (!error) error = engine_run(db, translate(arena, str_of(step->sql)).p);
    if (!error) error = note_version(db, arena, step);
    return error;
}

/* Another process may be migrating too: whoever gets the transaction second finds the step done. */
static Error migrate_one(struct db *db, struct arena *arena, const struct migration *step)
{
    int64_t version = 0;
    Error error = db_begin(db);
    if (error) return error;
    error = db_schema_version(db, &version);
    if (!error && version < step->number) {
        error = apply(db, arena, step);
        if (!error) error = db_commit(db);
        if (!error) log_line(LOG_INFO, "the store is at schema version %d now (%s)", step->number, step->name);
        else log_line(LOG_ERROR, "migration %d (%s) failed; nothing of it stays", step->number, step->name);
    }
    db_rollback(db);
    return error;
}

static Error refuse_newer(struct db *db)
{
    int64_t version = 0;
    Error error = db_schema_version(db, &version);
    if (error || version <= db_schema_newest()) return error;
    log_line(LOG_ERROR, "the store has schema version %" PRId64 ", this program knows %" PRId64
             ": a newer program made it; nothing was changed", version, db_schema_newest());
    return ERR_FAULT;
}

Error db_migrate(struct db *db)
{
    Error error = refuse_newer(db);
    struct arena *arena = error ? NULL : arena_open(0);
    if (!error && !arena) error = ERR_FAULT;
    for (size_t i = 0; !error && i < migration_count; i++) {
        int64_t version = 0;
        error = db_schema_version(db, &version);
        if (!error && version < migrations[i].number) error = migrate_one(db, arena, &migrations[i]);
    }
    arena_close(arena);
    return error ? error : refuse_newer(db);
}
