#include "account/retention.h"

#include "account/audit.h"
#include "account/state.h"
#include "store/user_store.h"

enum { A_DAY = 86400 };

Error retention_activity(struct portal *portal, const struct visit *visit, bool *more)
{
    int64_t days = portal->options->activity_days;
    *more = false;
    return days ? audit_retire(portal, visit, visit->now - days * A_DAY, more) : OK;
}

static Error find_oldest(struct portal *portal, int64_t until, int64_t *account)
{
    struct rows rows;
    *account = 0;
    Error error = db_select(portal->db, STMT_account_unproven_oldest, DB_ARGS(db_int(until)), &rows);
    if (error) return error;
    if (row_next(&rows)) *account = row_int(&rows, 0);
    return rows_end(&rows);
}

static Error stays(struct portal *portal, const struct visit *visit, const struct user *user, bool *out)
{
    struct membership *memberships;
    size_t count = 0;
    Error error = user_memberships(portal->db, visit->arena, &portal->directory.fields, user->id, &memberships, &count);
    *out = count > 0 || user->logins_count > 0 || json_is_true(json_object_get(user->profile, "email_verified"));
    return error;
}

static Error end_time(struct portal *portal, const struct visit *visit, const struct user *user)
{
    Error error = db_run(portal->db, STMT_account_deletion, DB_ARGS(db_int(user->id), db_int(visit->now)), NULL);
    if (!error) error = account_end_all(portal, user);
    return error ? error : account_audit(portal, visit, ACTOR_SCRIPT, user, "account.expire", STR("never confirmed"));
}

static Error look_inside(struct portal *portal, const struct visit *visit, int64_t until, bool *more)
{
    struct user user;
    bool kept = false;
    int64_t account = 0;
    Error error = find_oldest(portal, until, &account);
    if (error || !account) return error;
    *more = true;
    error = user_get(portal->db, visit->arena, account, &user);
    if (!error) error = stays(portal, visit, &user, &kept);
    if (error) return error;
    if (kept) return db_run(portal->db, STMT_account_unproven, DB_ARGS(db_int(account), db_int(0)), NULL);
    return end_time(portal, visit, &user);
}

Error retention_unproven(struct portal *portal, const struct visit *visit, bool *more)
{
    int64_t days = portal->options->unverified_days, account = 0, until = visit->now - days * A_DAY;
    *more = false;
    if (!days) return OK;
    Error error = find_oldest(portal, until, &account);
    if (error || !account) return error;
    error = db_begin(portal->db);
    if (error) return error;
    error = look_inside(portal, visit, until, more);
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    *more = false;
    return error;
}
