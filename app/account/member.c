#include "account/member.h"

#include "account/member_index.h"
#include "account/state.h"
#include "store/user_store.h"

static Error look_before(struct db *db, const struct member_wish *wish, bool *found, bool *home)
{
    struct rows rows;
    Error error = db_select(db, STMT_membership_get, DB_ARGS(db_int(wish->organization), db_int(wish->account)), &rows);
    if (error) return error;
    *found = row_next(&rows);
    *home = *found && row_int(&rows, 0);
    return rows_end(&rows);
}

/* Who leaves comes back to the home they had; but what is taken from an organization that keeps the member is not given back by itself. */
static Error keep_origin(struct db *db, const struct member_wish *wish, bool was_home)
{
    if (wish->home == was_home) return OK;
    return db_run(db, STMT_account_origin_set, DB_ARGS(db_int(wish->account), wish->home ? db_int(wish->organization) : db_null()), NULL);
}

Error member_returns_home(struct portal *portal, int64_t organization, int64_t account, bool *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_membership_returns, DB_ARGS(db_int(organization), db_int(account)), &rows);
    if (error) return error;
    *out = row_next(&rows);
    return rows_end(&rows);
}

Error member_put(struct portal *portal, const struct visit *visit, const struct member_wish *wish)
{
    bool found = false, was_home = false;
    Error error = look_before(portal->db, wish, &found, &was_home);
    if (!error)
        error = db_run(portal->db, STMT_membership_put,
                       DB_ARGS(db_int(wish->organization), db_int(wish->account), db_int(wish->home), db_int(wish->invited),
                               db_int(wish->suspended), db_int(visit->now)), NULL);
    if (!error) error = keep_origin(portal->db, wish, was_home);
    if (!error && !found) error = db_run(portal->db, STMT_member_count, DB_ARGS(db_int(wish->organization), db_int(1)), NULL);
    return error ? error : member_index_refresh(portal, visit->arena, wish->account);
}

Error member_drop(struct portal *portal, const struct visit *visit, int64_t organization, int64_t account)
{
    int64_t dropped = 0;
    Error error = member_index_drop(portal, account, organization);
    if (!error) error = db_run(portal->db, STMT_membership_drop, DB_ARGS(db_int(organization), db_int(account)), &dropped);
    if (!error && !dropped) return ERR_NOT_FOUND;
    /* What other organizations' desks see may have hung on the rules of this one. */
    return error ? error : member_index_refresh(portal, visit->arena, account);
}

static Error find_membership(struct portal *portal, const struct visit *visit, const struct user *user, Str name, struct membership *out)
{
    struct membership *list = NULL;
    size_t count = 0;
    Error error = user_memberships(portal->db, visit->arena, &portal->directory.fields, user->id, &list, &count);
    if (error) return error;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(list[i].rules.organization.name, name)) continue;
        *out = list[i];
        return OK;
    }
    return ERR_NOT_FOUND;
}

/* Leaving must not be the way out of a suspension. */
static Error may_not_return(struct portal *portal, const struct visit *visit, const struct user *user, const struct membership *membership,
                            bool *out)
{
    struct assignments all = {.count = 0};
    Error error = membership->rules.suspended ? member_assignments(portal, visit->arena, user->id, &all) : OK;
    *out = member_returns(&all, membership->organization);
    return error;
}

/* Somebody whose going changes nothing may always go, even where no administrator can act any more. */
Error member_may_go(struct portal *portal, int64_t organization, int64_t account, bool *out)
{
    bool before = false, after = false;
    Error error = desk_keeps_administrator(portal, organization, 0, &before);
    if (!error) error = desk_keeps_administrator(portal, organization, account, &after);
    *out = after || !before;
    return error;
}

static Error leave_inside(struct portal *portal, const struct visit *visit, const struct user *user, Str name, DeskAct *out)
{
    struct membership membership = {.organization = 0};
    bool may = false, held = false;
    struct visit there = *visit;
    there.organization = name;
    Error error = find_membership(portal, visit, user, name, &membership);
    if (!error) error = may_not_return(portal, visit, user, &membership, &held);
    if (!error) error = member_may_go(portal, membership.organization, user->id, &may);
    if (error) return error;
    if (held) {
        out->outcome = DESK_IMPOSSIBLE;
        return account_audit_refused(portal, &there, ACTOR_OWNER, user, "membership.leave", STR("suspended"));
    }
    if (!may) {
        out->outcome = DESK_LAST_ADMINISTRATOR;
        return account_audit_refused(portal, &there, ACTOR_OWNER, user, "membership.leave", STR("last administrator"));
    }
    error = member_drop(portal, visit, membership.organization, user->id);
    if (!error) error = account_audit(portal, &there, ACTOR_OWNER, user, "membership.leave", STR_NONE);
    if (!error) out->outcome = DESK_DONE;
    return error;
}

Error member_leave(struct portal *portal, const struct visit *visit, const struct user *user, Str organization, DeskAct *out)
{
    *out = (DeskAct){0};
    Error error = db_begin(portal->db);
    return error ? error : portal_end(portal, true, leave_inside(portal, visit, user, organization, out));
}
