#include "account/queue.h"

#include "account/state.h"

enum queue_column {               /* of outbox_queue */
    QUEUE_ID, QUEUE_ATTEMPTS, QUEUE_CREATED_AT, QUEUE_DUE_AT, QUEUE_EXPIRES_AT, QUEUE_MESSAGE_ID, QUEUE_CHANNEL, QUEUE_RECIPIENT,
    QUEUE_LETTER, QUEUE_STATE, QUEUE_LAST_ERROR
};

static Str copy(struct arena *arena, const struct rows *rows, enum queue_column column)
{
    return arena_copy(arena, row_text(rows, (int)column));
}

static struct queued read_row(struct arena *arena, const struct rows *rows)
{
    return (struct queued){
        .id = row_int(rows, QUEUE_ID), .attempts = row_int(rows, QUEUE_ATTEMPTS), .created_at = row_int(rows, QUEUE_CREATED_AT),
        .due_at = row_int(rows, QUEUE_DUE_AT), .expires_at = row_int(rows, QUEUE_EXPIRES_AT),
        .message_id = copy(arena, rows, QUEUE_MESSAGE_ID), .channel = copy(arena, rows, QUEUE_CHANNEL),
        .recipient = copy(arena, rows, QUEUE_RECIPIENT), .letter = copy(arena, rows, QUEUE_LETTER),
        .state = copy(arena, rows, QUEUE_STATE), .last_error = copy(arena, rows, QUEUE_LAST_ERROR),
    };
}

Error queue_page(struct portal *portal, struct arena *arena, int64_t after, bool all, struct queued *out, size_t room, size_t *count)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_outbox_queue,
                            DB_ARGS(db_int(after), all ? db_null() : db_text(STR("queued")), db_int((int64_t)room)), &rows);
    if (error) return error;
    for (*count = 0; *count < room && row_next(&rows); (*count)++) out[*count] = read_row(arena, &rows);
    return rows_end(&rows);
}

/* The statement changes the one row that still waits, or none. */
static Error act(struct portal *portal, const struct visit *visit, const char *action, enum statement statement, const Value *args,
                 size_t arg_count)
{
    int64_t changed = 0;
    Error error = db_begin(portal->db);
    if (error) return error;
    error = db_run(portal->db, statement, args, arg_count, &changed);
    if (!error && !changed) error = ERR_NOT_FOUND;
    if (!error) error = account_audit(portal, visit, ACTOR_OPERATOR, NULL, action, STR_NONE);
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

Error queue_retry(struct portal *portal, const struct visit *visit, int64_t id)
{
    return act(portal, visit, "message.retry", STMT_outbox_retry, DB_ARGS(db_int(id), db_int(visit->now)));
}

Error queue_drop(struct portal *portal, const struct visit *visit, int64_t id)
{
    Str words = arena_print(visit->arena, "dropped by %.*s", STR_ARGS(visit->actor_id));
    return act(portal, visit, "message.drop", STMT_outbox_finish,
               DB_ARGS(db_int(id), db_text(STR("dropped")), db_int(visit->now), db_text(words)));
}
