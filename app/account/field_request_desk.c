#include "account/field_request.h"

#include "account/desk_acting.h"
#include "account/outbox.h"
#include "account/proving.h"
#include "account/requesting.h"
#include "account/state.h"
#include "base/json_memory.h"

/* --- the queue --- */

Error field_request_list(struct portal *portal, struct arena *arena, const struct desk *desk, bool pending, int64_t beyond,
                         struct field_request *out, size_t room, size_t *count, bool *more)
{
    struct rows rows;
    *count = 0;
    *more = false;
    int64_t from = !pending && beyond == 0 ? INT64_MAX : beyond;
    Error error = db_select(portal->db, pending ? STMT_field_request_queue : STMT_field_request_decided,
                            DB_ARGS(db_int(desk->organization), db_int(from), db_int((int64_t)room + 1)), &rows);
    if (error) return error;
    while (row_next(&rows)) {
        *more = *count == room;
        if (!*more) requesting_read(portal, arena, &rows, &out[(*count)++]);
    }
    return rows_end(&rows);
}

Error field_request_count(struct portal *portal, const struct desk *desk, int64_t *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_field_request_count, DB_ARGS(db_int(desk->organization), db_int(REQUESTS_COUNTED)), &rows);
    if (error) return error;
    if (row_next(&rows)) *out = row_int(&rows, 0);
    return rows_end(&rows);
}

Error field_request_find(struct portal *portal, struct arena *arena, const struct desk *desk, Str public_id, struct field_request *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_field_request_get, DB_ARGS(db_int(desk->organization), db_text(public_id)), &rows);
    if (error) return error;
    bool found = row_next(&rows);
    if (found) requesting_read(portal, arena, &rows, out);
    error = rows_end(&rows);
    return error ? error : found ? OK : ERR_NOT_FOUND;
}

/* --- deciding --- */

struct deciding {
    struct desk_acting *acting;
    struct field_request request;
    bool approve;
    Commit *commit;
};

static Error tell(struct deciding *deciding)
{
    Str field = deciding->request.name;
    if (deciding->approve) return desk_letter_approved(deciding->acting, deciding->commit, field);
    return desk_letter_decided(deciding->acting, LETTER_request_declined, field);
}

/* The row of the change itself is desk_save's; this one says that somebody asked for it. */
static Error write(struct deciding *deciding)
{
    struct desk_acting *acting = deciding->acting;
    int64_t decided = 0;
    Error error = db_run(acting->portal->db, STMT_field_request_decide,
                         DB_ARGS(db_int(deciding->request.id), db_text(deciding->approve ? STR("approved") : STR("declined")),
                                 db_text(acting->visit.reason), db_text(acting->desk.user_id), db_int(acting->visit.now)), &decided);
    if (error || !decided) return error ? error : ERR_FAULT;
    error = tell(deciding);
    if (error) return error;
    acting->out->outcome = DESK_DONE;
    return account_audit_list(acting->portal, &acting->visit, ACTOR_DESK, &acting->member.user, acting->action, acting->visit.reason,
                              requesting_list(deciding->request.name));
}

static Error save(struct deciding *deciding, bool *goes_on)
{
    struct change change;
    struct desk_acting *acting = deciding->acting;
    *goes_on = false;
    change_init(&change, acting->visit.arena, ACTOR_DESK);
    change_put(&change, deciding->request.name, deciding->request.value ? (json_t *)deciding->request.value : json_null());
    Error error = desk_save(acting->portal, &acting->visit, &acting->desk, acting->member.user.user_id, -1, &change,
                            acting->visit.reason, acting->out, deciding->commit);
    if (error || acting->out->outcome != DESK_DONE) return error;
    *goes_on = deciding->commit->outcome == COMMIT_DONE || deciding->commit->outcome == COMMIT_UNCHANGED;
    return OK;
}

static Error answer_with(struct deciding *deciding, enum desk_outcome outcome)
{
    deciding->acting->out->outcome = outcome;
    return OK;
}

static Error decide_inside(struct deciding *deciding, Str public_id)
{
    struct desk_acting *acting = deciding->acting;
    bool goes_on = false;
    Error error = desk_acting_may(acting, "update:members", &goes_on);
    if (error || !goes_on) return error;
    error = field_request_find(acting->portal, acting->visit.arena, &acting->desk, public_id, &deciding->request);
    if (!error) error = desk_acting_meet(acting, "update:members", deciding->request.user_id, &goes_on);
    if (error || !goes_on) return error;
    if (acting->member.guest) return desk_acting_refuse(acting, DESK_GUEST);
    if (acting->member.self) return desk_acting_refuse(acting, DESK_SELF);
    if (!str_is(deciding->request.state, "pending")) return answer_with(deciding, DESK_NOTHING);
    if (!desk_acting_has_reason(acting)) return OK;
    if (!deciding->approve) return write(deciding);
    if (!deciding->request.field) return answer_with(deciding, DESK_NO_FIELD);
    error = save(deciding, &goes_on);
    return error || !goes_on ? error : write(deciding);
}

Error field_request_decide(struct portal *portal, const struct visit *visit, const struct desk *desk, Str public_id, bool approve,
                           Str answer, DeskAct *out, Commit *commit)
{
    struct desk_acting acting;
    *commit = (Commit){0};
    Error error = desk_acting_open(portal, visit, desk, approve ? "request.approve" : "request.decline", answer, out, &acting);
    if (error) return error;
    struct deciding deciding = {.acting = &acting, .approve = approve, .commit = commit};
    struct arena *before = json_memory_use(visit->arena);
    error = decide_inside(&deciding, public_id);
    json_memory_use(before);
    if (error || !commit_leaves_nothing(commit)) return desk_acting_close(&acting, error);
    db_rollback(portal->db);
    return commit->outcome == COMMIT_TAKEN ? desk_acting_taken(&acting, commit) : OK;
}
