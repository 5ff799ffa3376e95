#include "account/deletion.h"
#include "account/desk_acting.h"
#include "account/email.h"
#include "account/member.h"
#include "account/password_reset.h"
#include "account/sign_in_lift.h"
#include "account/state.h"

struct kind {
    const char *permission, *action;
    bool home;                    /* the whole account, so only its home's desk */
    bool other;                   /* nobody does that to themself */
    bool takes;                   /* somebody who could act here cannot any more */
    Error (*carry_out)(struct desk_acting *);
};

static Error nothing(struct desk_acting *acting)
{
    acting->out->outcome = DESK_NOTHING;
    return OK;
}

static Error impossible(struct desk_acting *acting)
{
    acting->out->outcome = DESK_IMPOSSIBLE;
    return OK;
}

/* --- the account --- */

static Error set_blocked(struct desk_acting *acting, bool blocked)
{
    const struct user *user = &acting->member.user;
    if (user->blocked == blocked) return nothing(acting);
    acting->out->outcome = DESK_DONE;
    Error error = account_block(acting->portal, &acting->visit, ACTOR_DESK, user, blocked, acting->visit.reason);
    return error ? error : desk_letter_send(acting, blocked ? LETTER_blocked : LETTER_unblocked, STR_NONE);
}

static Error block(struct desk_acting *acting)
{
    return set_blocked(acting, true);
}

static Error unblock(struct desk_acting *acting)
{
    return set_blocked(acting, false);
}

static Error reset(struct desk_acting *acting)
{
    bool possible = false;
    struct visit unplaced = acting->visit;
    unplaced.peer = STR("");      /* the member is not told from where the desk works */
    Error error = password_reset_send(acting->portal, &unplaced, &acting->member.user, acting->desk.organization, &possible,
                                      &acting->out->seconds);
    if (error) return error;
    if (!possible) return impossible(acting);
    if (!acting->out->seconds) return desk_acting_done(acting);
    acting->out->outcome = DESK_WAIT;
    return OK;
}

static Error verify(struct desk_acting *acting)
{
    Step step;
    if (acting->member.user.blocked) return impossible(acting);
    Error error = proving_offer(acting->portal, &acting->visit, &email_proof, acting->member.user.id, &step);
    if (error) return error;
    acting->out->seconds = step.seconds;
    acting->out->outcome = step.outcome == STEP_DONE ? DESK_DONE : step.outcome == STEP_WAIT ? DESK_WAIT : DESK_IMPOSSIBLE;
    if (proving_is_verified(&email_proof, &acting->member.user)) acting->out->outcome = DESK_NOTHING;
    return OK;
}

static Error unlock(struct desk_acting *acting)
{
    Error error = sign_in_lift(acting->portal, &acting->visit, &acting->member.user);
    return error ? error : desk_acting_done(acting);
}

static Error end_sessions(struct desk_acting *acting)
{
    Error error = account_end_all(acting->portal, &acting->member.user);
    return error ? error : desk_acting_done(acting);
}

/* --- the membership --- */

static Error set_suspended(struct desk_acting *acting, bool suspended)
{
    const struct desk_member *member = &acting->member;
    if (member->suspended == suspended) return nothing(acting);
    struct member_wish wish = {.organization = acting->desk.organization, .account = member->user.id, .home = member->home,
                               .invited = member->invited, .suspended = suspended};
    Error error = member_put(acting->portal, &acting->visit, &wish);
    if (!error) error = desk_letter_send(acting, suspended ? LETTER_suspended : LETTER_restored, STR_NONE);
    return error ? error : desk_acting_done(acting);
}

static Error suspend(struct desk_acting *acting)
{
    return set_suspended(acting, true);
}

static Error restore(struct desk_acting *acting)
{
    return set_suspended(acting, false);
}

static Error drop(struct desk_acting *acting)
{
    Error error = member_drop(acting->portal, &acting->visit, acting->desk.organization, acting->member.user.id);
    if (!error) error = desk_letter_send(acting, LETTER_removed, STR_NONE);
    return error ? error : desk_acting_done(acting);
}

/* For somebody who asked in another way, by letter or at the counter. The row of what was done is deletion_schedule's. */
static Error delete_account(struct desk_acting *acting)
{
    Deletion deletion;
    Error error = deletion_schedule(acting->portal, &acting->visit, ACTOR_DESK, &acting->member.user, acting->visit.reason, &deletion);
    if (error) return error;
    switch (deletion.outcome) {
    case DELETION_SCHEDULED: acting->out->outcome = DESK_DONE; break;
    case DELETION_NOTHING: acting->out->outcome = DESK_NOTHING; break;
    case DELETION_ADMINISTRATOR: acting->out->outcome = DESK_LAST_ADMINISTRATOR; break;
    default: acting->out->outcome = DESK_IMPOSSIBLE;
    }
    return OK;
}

static const struct kind kinds[DESK_ACTS] = {
    [DESK_BLOCK] = {"block:members", "account.block", true, true, true, block},
    [DESK_UNBLOCK] = {"block:members", "account.unblock", true, false, false, unblock},
    [DESK_SUSPEND] = {"block:members", "membership.suspend", false, true, true, suspend},
    [DESK_RESTORE] = {"block:members", "membership.restore", false, false, false, restore},
    [DESK_RESET] = {"update:members", "password.ask", true, false, false, reset},
    [DESK_VERIFY] = {"update:members", "email.ask", true, false, false, verify},
    [DESK_UNLOCK] = {"update:members", "signin.unlock", true, false, false, unlock},
    [DESK_END_SESSIONS] = {"update:members", "session.end_all", true, false, false, end_sessions},
    [DESK_DELETE] = {"delete:members", "deletion.confirm", true, true, true, delete_account},
    [DESK_REMOVE] = {"delete:members", "membership.drop", false, true, true, drop},
};

static Error act_inside(struct desk_acting *acting, const struct kind *kind, Str user_id)
{
    bool goes_on = false;
    Error error = desk_acting_meet(acting, kind->permission, user_id, &goes_on);
    if (error || !goes_on) return error;
    if (kind->home && acting->member.guest) return desk_acting_refuse(acting, DESK_GUEST);
    if (kind->other && acting->member.self) return desk_acting_refuse(acting, DESK_SELF);
    if (!desk_acting_has_reason(acting)) return OK;
    error = kind->takes ? desk_acting_spares(acting, &goes_on) : OK;
    return error || !goes_on ? error : kind->carry_out(acting);
}

Error desk_act(struct portal *portal, const struct visit *visit, const struct desk *desk, enum desk_act act, Str user_id, Str reason,
               DeskAct *out)
{
    struct desk_acting acting;
    Error error = desk_acting_open(portal, visit, desk, kinds[act].action, reason, out, &acting);
    return error ? error : desk_acting_close(&acting, act_inside(&acting, &kinds[act], user_id));
}
