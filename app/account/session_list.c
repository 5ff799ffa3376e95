#include "account/session_list.h"

#include "account/state.h"

static struct listed_session *read_session(struct arena *arena, const struct rows *rows, const struct session *session)
{
    struct listed_session *out = ARENA_NEW(arena, struct listed_session);
    *out = (struct listed_session){
        .public_id = arena_copy(arena, row_text(rows, 0)), .created_at = row_int(rows, 1), .last_seen_at = row_int(rows, 2),
        .peer = arena_copy(arena, row_text(rows, 3)), .device = device_of(row_text(rows, 4)),
    };
    out->current = str_eq(out->public_id, session->public_id);
    return out;
}

Error session_list(struct portal *portal, const struct visit *visit, const struct session *session, struct listed_session **first)
{
    struct rows rows;
    struct listed_session **next = first;
    *first = NULL;
    int64_t seen_after = visit->now - portal->options->session_idle_seconds;
    Error error = db_select(portal->db, STMT_session_list,
                            DB_ARGS(db_int(session->user.id), db_int(visit->now), db_int(seen_after)), &rows);
    if (error) return error;
    while (row_next(&rows)) {
        *next = read_session(visit->arena, &rows, session);
        next = &(*next)->next;
    }
    return rows_end(&rows);
}

Error session_count(struct portal *portal, const struct visit *visit, const struct user *user, int64_t *out)
{
    struct rows rows;
    int64_t seen_after = visit->now - portal->options->session_idle_seconds;
    Error error = db_select(portal->db, STMT_session_count, DB_ARGS(db_int(user->id), db_int(visit->now), db_int(seen_after)), &rows);
    if (error) return error;
    if (row_next(&rows)) *out = row_int(&rows, 0);
    return rows_end(&rows);
}

/* One statement that ends sessions, with the row that tells of it. */
static Error end(struct portal *portal, const struct visit *visit, const struct session *session, enum statement statement,
                 Value which, const char *action, int64_t *ended)
{
    Error error = db_begin(portal->db);
    if (error) return error;
    error = db_run(portal->db, statement, DB_ARGS(db_int(session->user.id), which), ended);
    if (!error && *ended) error = account_audit(portal, visit, ACTOR_OWNER, &session->user, action, STR_NONE);
    if (!error && *ended) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

Error session_end(struct portal *portal, const struct visit *visit, const struct session *session, Str public_id)
{
    int64_t ended = 0;
    Error error = end(portal, visit, session, STMT_session_drop_by_public_id, db_text(public_id), "session.end", &ended);
    if (error) return error;
    return ended ? OK : ERR_NOT_FOUND;
}

Error session_end_others(struct portal *portal, const struct visit *visit, const struct session *session, int64_t *ended)
{
    *ended = 0;
    return end(portal, visit, session, STMT_session_drop_others, db_blob(session->id_hash), "session.end_others", ended);
}
