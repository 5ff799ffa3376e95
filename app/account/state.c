#include "account/state.h"

#include "account/audit.h"
#include "account/session.h"
#include "account/member_index.h"
#include "store/user_store.h"

static Error audit(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user,
                   const char *action, const char *outcome, Str reason, const json_t *list)
{
    const struct connection *connection = user ? directory_connection(&portal->directory, user->connection) : NULL;
    struct audit_entry entry = {
        .at = visit->now, .request_id = visit->request_id, .actor = str_of(actor_name(actor)), .actor_id = visit->actor_id,
        .organization = visit->organization, .connection = connection ? connection->source.name : STR_NONE,
        .user_id = user ? user->user_id : STR_NONE, .action = str_of(action), .outcome = str_of(outcome), .reason = reason,
        .peer = visit->peer, .fields = list ? str_of(json_dumps(list, JSON_COMPACT)) : STR("[]"),
    };
    bool own;
    Error error = portal_join(portal, &own);
    return error ? error : portal_end(portal, own, audit_write(portal, &entry));
}

Error account_audit(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user,
                    const char *action, Str reason)
{
    return audit(portal, visit, actor, user, action, "allowed", reason, NULL);
}

Error account_audit_list(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user,
                         const char *action, Str reason, const json_t *list)
{
    return audit(portal, visit, actor, user, action, "allowed", reason, list);
}

Error account_audit_refused(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user,
                            const char *action, Str reason)
{
    return audit(portal, visit, actor, user, action, "refused", reason, NULL);
}

Error account_audit_list_refused(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user,
                                 const char *action, Str reason, const json_t *list)
{
    return audit(portal, visit, actor, user, action, "refused", reason, list);
}

static Error end_sessions(struct portal *portal, const struct user *user)
{
    return db_run(portal->db, STMT_session_drop_of_account, DB_ARGS(db_int(user->id)), NULL);
}

Error account_end_all(struct portal *portal, const struct user *user)
{
    Error error = db_run(portal->db, STMT_account_epoch, DB_ARGS(db_int(user->id)), NULL);
    return error ? error : end_sessions(portal, user);
}

/* What the operator does to somebody stands in the activity of their home. */
static Error audit_at_home(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, const char *action,
                           Str reason)
{
    struct rows rows;
    struct visit seen = *visit;
    if (actor != ACTOR_OPERATOR || visit->organization.p) return account_audit(portal, visit, actor, user, action, reason);
    Error error = db_select(portal->db, STMT_membership_home, DB_ARGS(db_int(user->id)), &rows);
    if (error) return error;
    if (row_next(&rows)) seen.organization = arena_copy(visit->arena, row_text(&rows, 0));
    error = rows_end(&rows);
    return error ? error : account_audit(portal, &seen, actor, user, action, reason);
}

static Error block_inside(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user,
                          bool blocked, Str reason)
{
    int64_t changed = 0;
    Str desk = actor == ACTOR_DESK ? visit->organization : STR_NONE;
    Error error = db_run(portal->db, blocked ? STMT_account_block : STMT_account_unblock, DB_ARGS(db_int(user->id), db_text(desk)), &changed);
    if (!error && !blocked) error = session_forgive(portal, visit, user);
    if (error || !changed) return error;
    error = end_sessions(portal, user);
    if (!error) error = member_index_refresh(portal, visit->arena, user->id);
    if (error) return error;
    return audit_at_home(portal, visit, actor, user, blocked ? "account.block" : "account.unblock", reason);
}

Error account_block(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, bool blocked,
                    Str reason)
{
    bool own;
    Error error = portal_join(portal, &own);
    if (error) return error;
    return portal_end(portal, own, block_inside(portal, visit, actor, user, blocked, reason));
}

static Error read_name(struct portal *portal, struct arena *arena, enum statement statement, const struct user *user, Str *name)
{
    struct rows rows;
    *name = STR_NONE;
    Error error = db_select(portal->db, statement, DB_ARGS(db_int(user->id)), &rows);
    if (error) return error;
    if (row_next(&rows)) *name = arena_copy(arena, row_text(&rows, 0));
    return rows_end(&rows);
}

Error account_blocked_by(struct portal *portal, struct arena *arena, const struct user *user, Str *organization)
{
    return read_name(portal, arena, STMT_account_blocked_by, user, organization);
}

Error account_origin(struct portal *portal, struct arena *arena, const struct user *user, Str *organization)
{
    return read_name(portal, arena, STMT_account_origin, user, organization);
}

static Error password_inside(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, Str hash)
{
    Error error = db_run(portal->db, STMT_account_password, DB_ARGS(db_int(user->id), db_text(hash), db_int(visit->now)), NULL);
    if (!error) error = end_sessions(portal, user);
    if (!error) error = session_forgive(portal, visit, user);
    if (error) return error;
    return audit_at_home(portal, visit, actor, user, hash.p ? "password.set" : "password.remove", STR_NONE);
}

Error account_set_password(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, Str hash)
{
    bool own;
    Error error = portal_join(portal, &own);
    if (error) return error;
    return portal_end(portal, own, password_inside(portal, visit, actor, user, hash));
}

Error account_first_password(struct portal *portal, const struct visit *visit, int64_t account, Str hash)
{
    return db_run(portal->db, STMT_account_password, DB_ARGS(db_int(account), db_text(hash), db_int(visit->now)), NULL);
}
