#include "account/desk_acting.h"
#include "account/state.h"
#include "account/throttle.h"
#include "base/json_memory.h"

enum { AN_HOUR = 3600, TAKEN_MOST = 10 };

/* A value that somebody else has says that there is somebody: how often a desk may find that out is counted (security.md A8). */
static const struct bucket taken_bucket = {"desk-taken", AN_HOUR};

static Str taken_key(const struct desk_acting *acting)
{
    return arena_print(acting->visit.arena, "%lld", (long long)acting->desk.account);
}

static Error admit(struct desk_acting *acting)
{
    int64_t count = 0, until = 0;
    Error error = throttle_look(acting->portal, &acting->visit, &taken_bucket, taken_key(acting), &count, &until);
    if (error || until <= acting->visit.now) return error;
    *acting->out = (DeskAct){.outcome = DESK_WAIT, .seconds = until - acting->visit.now};
    return OK;
}

static Error count_taken(struct desk_acting *acting)
{
    int64_t count = 0, until = 0, now = acting->visit.now;
    Error error = throttle_count(acting->portal, &acting->visit, &taken_bucket, taken_key(acting), &count, &until);
    if (error || count < TAKEN_MOST) return error;
    return throttle_pause(acting->portal, &acting->visit, &taken_bucket, taken_key(acting), now + AN_HOUR);
}

/* No rule kept it. */
static Error audit_taken(struct desk_acting *acting, const Commit *commit)
{
    Str field = commit->refusals.first->field;
    json_t *list = json_pack("[{s:s%, s:s, s:s}]", "field", field.p, field.n, "level", level_name(LEVEL_EDIT), "rule", "field");
    return account_audit_list_refused(acting->portal, &acting->visit, ACTOR_DESK, &acting->member.user, acting->action, STR("taken"),
                                      list);
}

Error desk_acting_taken(struct desk_acting *acting, const Commit *commit)
{
    struct arena *before = json_memory_use(acting->visit.arena);
    Error error = db_begin(acting->portal->db);
    if (!error) {
        error = count_taken(acting);
        if (!error) error = audit_taken(acting, commit);
        error = portal_end(acting->portal, true, error);
    }
    json_memory_use(before);
    return error;
}

static Error save_inside(struct desk_acting *acting, Str user_id, int64_t version, struct change *change, Commit *commit)
{
    bool goes_on = false;
    Error error = desk_acting_meet(acting, "update:members", user_id, &goes_on);
    if (error || !goes_on) return error;
    if (acting->member.self) return desk_acting_refuse(acting, DESK_SELF);
    if (!desk_acting_has_reason(acting)) return OK;
    error = admit(acting);
    if (error || acting->out->outcome == DESK_WAIT) return error;
    acting->out->outcome = DESK_DONE;
    change->actor = ACTOR_DESK;
    change->guest_desk = acting->member.guest;
    error = account_commit_read(acting->portal, &acting->visit, &acting->member.user, &acting->member.subject, version, change, commit);
    return error ? error : desk_letter_address(acting, commit);
}

Error desk_save(struct portal *portal, const struct visit *visit, const struct desk *desk, Str user_id, int64_t version,
                struct change *change, Str reason, DeskAct *out, Commit *commit)
{
    struct desk_acting acting;
    *commit = (Commit){0};
    Error error = desk_acting_open(portal, visit, desk, "profile.save", reason, out, &acting);
    if (error) return error;
    error = save_inside(&acting, user_id, version, change, commit);
    if (error || !acting.own || !commit_leaves_nothing(commit)) return desk_acting_close(&acting, error);
    db_rollback(portal->db);
    return commit->outcome == COMMIT_TAKEN ? desk_acting_taken(&acting, commit) : OK;
}
