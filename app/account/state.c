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

static Error end_sessions(struct portal *portal, const struct user *user)
{
    return db_run(portal->db, STMT_session_drop_of_account, DB_ARGS(db_int(user->id)), NULL);
}

Error account_end_all(struct portal *portal, const struct user *user)
{
    Error error = db_run(portal->db, STMT_account_epoch, DB_ARGS(db_int(user->id)), NULL);
    return error ? error : end_sessions(portal, user);
}

static Error block_inside(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user,
                          bool blocked, Str reason)
{
    int64_t changed = 0;
    Error error = db_run(portal->db, STMT_account_block, DB_ARGS(db_int(user->id), db_int(blocked)), &changed);
    if (!error && !blocked) error = session_forgive(portal, visit, user);
    if (error || !changed) return error;
    error = end_sessions(portal, user);
    if (!error) error = member_index_refresh(portal, visit->arena, user->id);
    if (error) return error;
    return account_audit(portal, visit, actor, user, blocked ? "account.block" : "account.unblock", reason);
}

Error account_block(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, bool blocked,
                    Str reason)
{
    bool own;
    Error error = portal_join(portal, &own);
    if (error) return error;
    return portal_end(portal, own, block_inside(portal, visit, actor, user, blocked, reason));
}

Error account_blocked_by(struct portal *portal, struct arena *arena, const struct user *user, Str *organization)
{
    struct rows rows;
    *organization = STR_NONE;
    Error error = db_select(portal->db, STMT_audit_blocked_by, DB_ARGS(db_text(user->user_id)), &rows);
    if (error) return error;
    if (row_next(&rows) && row_text(&rows, 0).n) *organization = arena_copy(arena, row_text(&rows, 0));
    return rows_end(&rows);
}

static Error password_inside(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, Str hash)
{
    Error error = db_run(portal->db, STMT_account_password, DB_ARGS(db_int(user->id), db_text(hash), db_int(visit->now)), NULL);
    if (!error) error = end_sessions(portal, user);
    if (!error) error = session_forgive(portal, visit, user);
    if (error) return error;
    return account_audit(portal, visit, actor, user, hash.p ? "password.set" : "password.remove", STR_NONE);
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
