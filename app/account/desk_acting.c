#include "account/desk_acting.h"

#include "account/state.h"
#include "account/throttle.h"
#include "base/utf8.h"

/* ERR_DENIED: blocked, or about to be deleted. */
static Error check_standing(struct db *db, int64_t account)
{
    struct rows rows;
    Error error = db_select(db, STMT_account_standing, DB_ARGS(db_int(account)), &rows);
    if (error) return error;
    Error standing = ERR_NOT_FOUND;
    if (row_next(&rows)) standing = row_int(&rows, 0) || row_int(&rows, 1) ? ERR_DENIED : OK;
    error = rows_end(&rows);
    return error ? error : standing;
}

/* Who was blocked, suspended, removed or given less since the page was made has nothing left here. Their profile is not asked for: others
   wait meanwhile. */
static Error read_desk(struct desk_acting *acting, const struct desk *seen)
{
    struct user user = {.id = seen->account, .user_id = seen->user_id};
    struct portal *portal = acting->portal;
    Error error = portal_refresh(portal);
    if (!error) error = check_standing(portal->db, seen->account);
    if (!error) error = desk_enter(portal, acting->visit.arena, &user, seen->name, &acting->desk);
    if (error && error != ERR_NOT_FOUND && error != ERR_DENIED) return error;
    if (!error && acting->desk.organization == seen->organization) return OK;
    acting->desk = *seen;
    acting->desk.may = 0;
    return OK;
}

Error desk_acting_open(struct portal *portal, const struct visit *visit, const struct desk *desk, const char *action, Str reason,
                       DeskAct *out, struct desk_acting *acting)
{
    *out = (DeskAct){0};
    *acting = (struct desk_acting){.portal = portal, .visit = *visit, .action = action, .out = out,
                                   .own = !db_in_transaction(portal->db)};
    acting->visit.actor_id = desk->user_id;
    acting->visit.organization = desk->name;
    acting->visit.reason = str_trim(reason);
    Error error = acting->own ? db_begin(portal->db) : OK;
    if (!error) error = read_desk(acting, desk);
    if (error && acting->own) db_rollback(portal->db);
    return error;
}

Error desk_acting_close(struct desk_acting *acting, Error error)
{
    if (!error && acting->own) error = db_commit(acting->portal->db);
    else if (acting->own) db_rollback(acting->portal->db);
    if (error) *acting->out = (DeskAct){0};
    return error;
}

static const char *refusal_word(enum desk_outcome outcome)
{
    switch (outcome) {
    case DESK_RANK: return "rank";
    case DESK_LAST_ADMINISTRATOR: return "last administrator";
    case DESK_NEEDED: return "needed elsewhere";
    case DESK_GUEST: return "guest";
    case DESK_SELF: return "self";
    case DESK_OPERATOR: return "operator";
    case DESK_OTHER_DESK: return "elsewhere";
    case DESK_NOT_ASKED: return "asked elsewhere";
    case DESK_TOO_LATE: return "too late";
    default: return "permission";
    }
}

Error desk_acting_refuse(struct desk_acting *acting, enum desk_outcome outcome)
{
    const struct user *user = acting->member.user.id ? &acting->member.user : NULL;
    acting->out->outcome = outcome;
    return account_audit_refused(acting->portal, &acting->visit, ACTOR_DESK, user, acting->action, str_of(refusal_word(outcome)));
}

Error desk_acting_done(struct desk_acting *acting)
{
    const struct user *user = acting->member.user.id ? &acting->member.user : NULL;
    acting->out->outcome = DESK_DONE;
    return account_audit(acting->portal, &acting->visit, ACTOR_DESK, user, acting->action, acting->visit.reason);
}

Error desk_acting_may(struct desk_acting *acting, const char *permission, bool *may)
{
    *may = desk_may(&acting->desk, permission);
    return *may ? OK : desk_acting_refuse(acting, DESK_REFUSED);
}

/* Who may nothing here any more learns nothing either: not even whether there is such a member. */
Error desk_acting_meet(struct desk_acting *acting, const char *permission, Str user_id, bool *may)
{
    *may = false;
    Error found = desk_member_find(acting->portal, acting->visit.arena, &acting->desk, user_id, &acting->member);
    if (found && found != ERR_NOT_FOUND) return found;
    if (found) acting->member = (struct desk_member){0};
    Error error = desk_acting_may(acting, permission, may);
    if (error || !*may) return error;
    *may = !found && !(acting->member.may & ~acting->desk.may);
    if (found) return found;
    return *may ? OK : desk_acting_refuse(acting, DESK_RANK);
}

bool desk_acting_has_reason(struct desk_acting *acting)
{
    Str reason = acting->visit.reason;
    bool fits = utf8_is_valid(reason) && utf8_is_visible(reason) && !utf8_has_forbidden(reason, false) && utf8_length(reason) <= DESK_REASON_MAX;
    if (!fits) acting->out->outcome = DESK_REASON;
    return fits;
}

bool desk_names_role(Str roles, const char *name)
{
    while (roles.n)
        if (str_is(str_cut(&roles, ','), name)) return true;
    return false;
}

static bool is_administrator(const struct desk_member *member)
{
    return desk_names_role(member->roles, "administrator") && !member->suspended && !member->user.blocked && !member->user.deletion_at;
}

Error desk_acting_spares(struct desk_acting *acting, bool *spares)
{
    *spares = true;
    if (!is_administrator(&acting->member)) return OK;
    Error error = desk_keeps_administrator(acting->portal, acting->desk.organization, acting->member.user.id, spares);
    return error || *spares ? error : desk_acting_refuse(acting, DESK_LAST_ADMINISTRATOR);
}

Error desk_acting_spares_others(struct desk_acting *acting, bool *spares)
{
    const struct user *user = &acting->member.user;
    *spares = true;
    for (size_t i = 0; i < user->membership_count; i++) {
        const struct membership *other = &user->memberships[i];
        bool manages = !other->rules.suspended && desk_names_role(other->roles, "administrator");
        if (!manages || other->organization == acting->desk.organization || user->blocked || user->deletion_at) continue;
        Error error = desk_keeps_administrator(acting->portal, other->organization, user->id, spares);
        if (error || !*spares) return error ? error : desk_acting_refuse(acting, DESK_NEEDED);
    }
    return OK;
}

Error desk_turned_away(struct portal *portal, const struct visit *visit, const struct desk *desk)
{
    static const struct bucket bucket = {"desk-refused", 60};
    Str key = arena_print(visit->arena, "%lld %lld", (long long)desk->organization, (long long)desk->account);
    int64_t count = 0, until = 0;
    Error error = throttle_look(portal, visit, &bucket, key, &count, &until);
    if (error || count) return error;
    error = throttle_count(portal, visit, &bucket, key, &count, &until);
    return error ? error : account_audit_refused(portal, visit, ACTOR_DESK, NULL, "desk.act", STR("permission"));
}
