#include "account/export.h"

#include "account/export_work.h"
#include "account/state.h"
#include "base/encode.h"

enum { AN_HOUR = 3600, NAME_BYTES = 16 };

static Error export_read(struct portal *portal, struct arena *arena, enum statement statement, const Value *args, size_t count,
                         struct export *out)
{
    struct rows rows;
    Error error = db_select(portal->db, statement, args, count, &rows);
    if (error) return error;
    bool found = row_next(&rows);
    if (found) *out = export_of_row(arena, &rows);
    error = rows_end(&rows);
    return error || found ? error : ERR_NOT_FOUND;
}

Error export_latest(struct portal *portal, const struct visit *visit, int64_t account, struct export *out)
{
    return export_read(portal, visit->arena, STMT_export_latest, DB_ARGS(db_int(account), db_int(visit->now)), out);
}

Error export_drop(struct portal *portal, const struct visit *visit, int64_t account)
{
    (void)visit;
    return db_run(portal->db, STMT_export_drop, DB_ARGS(db_int(account)), NULL);
}

/* One that failed is not held against whoever asked for it. */
static bool counts(const struct export *last, int64_t now, int64_t *retry_after)
{
    bool waits = str_is(last->state, "queued") || str_is(last->state, "building");
    if (str_is(last->state, "failed")) return false;
    if (last->created_at + AN_HOUR > now) *retry_after = last->created_at + AN_HOUR - now;
    else if (waits) *retry_after = 1;
    return *retry_after > 0;
}

static Error ask_inside(struct portal *portal, const struct visit *visit, const struct user *user, Str language, int64_t *retry_after)
{
    struct export last;
    Error error = export_latest(portal, visit, user->id, &last);
    if (error && error != ERR_NOT_FOUND) return error;
    if (!error && counts(&last, visit->now, retry_after)) return OK;
    error = export_drop(portal, visit, user->id);
    Str name = hex_encode(visit->arena, crypto_random(visit->arena, NAME_BYTES));
    int64_t until = visit->now + portal->options->export_seconds;
    if (!error)
        error = db_run(portal->db, STMT_export_add, DB_ARGS(db_text(name), db_int(user->id), db_text(language), db_int(visit->now),
                                                            db_int(until)), NULL);
    return error ? error : account_audit(portal, visit, ACTOR_OWNER, user, "export.ask", STR_NONE);
}

Error export_ask(struct portal *portal, const struct visit *visit, const struct user *user, Str language, int64_t *retry_after)
{
    *retry_after = 0;
    Error error = db_begin(portal->db);
    if (error) return error;
    error = ask_inside(portal, visit, user, language, retry_after);
    if (!error && !*retry_after) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

Error export_file(struct portal *portal, const struct visit *visit, const struct user *user, Str public_id, Str *path)
{
    struct export export;
    Error error = db_begin(portal->db);
    if (error) return error;
    error = export_read(portal, visit->arena, STMT_export_get,
                        DB_ARGS(db_int(user->id), db_text(public_id), db_int(visit->now)), &export);
    if (!error) error = account_audit(portal, visit, ACTOR_OWNER, user, "export.download", STR_NONE);
    if (!error) error = db_commit(portal->db);
    else db_rollback(portal->db);
    if (!error) *path = export_path(portal, visit->arena, export.public_id, "zip");
    return error;
}
