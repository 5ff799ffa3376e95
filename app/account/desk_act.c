#include "account/deletion.h"
#include "account/desk_acting.h"
#include "account/email.h"
#include "account/invitation.h"
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

static Error end_with(struct desk_acting *acting, enum desk_outcome outcome)
{
    acting->out->outcome = outcome;
    return OK;
}

/* --- the account --- */

static Error set_blocked(struct desk_acting *acting, bool blocked)
{
    const struct user *user = &acting->member.user;
    if (user->blocked == blocked) return end_with(acting, DESK_NOTHING);
    acting->out->outcome = DESK_DONE;
    Error error = account_block(acting->portal, &acting->visit, ACTOR_DESK, user, blocked, acting->visit.reason);
    return error ? error : desk_letter_send(acting, blocked ? LETTER_blocked : LETTER_unblocked, STR_NONE);
}

static Error block(struct desk_acting *acting)
{
    return set_blocked(acting, true);
}

/* What the operator shut is not opened from here, nor what another organization's desk did before the account came to this one. */
static Error unblock(struct desk_acting *acting)
{
    const struct user *user = &acting->member.user;
    if (user->blocked && !user->blocked_by) return desk_acting_refuse(acting, DESK_OPERATOR);
    if (user->blocked && user->blocked_by != acting->desk.organization) return desk_acting_refuse(acting, DESK_OTHER_DESK);
    return set_blocked(acting, false);
}

/* --- its password, its address, its sessions --- */

/* Why nothing can be mailed; DESK_DONE: it can. */
static enum desk_outcome obstacle_to_mail(const struct desk_acting *acting)
{
    const struct user *user = &acting->member.user;
    if (user->blocked) return DESK_BLOCKED;
    return proving_value(acting->portal, acting->visit.arena, "email", user).n ? DESK_DONE : DESK_NO_ADDRESS;
}

static Error reset(struct desk_acting *acting)
{
    bool possible = false;
    enum desk_outcome obstacle = obstacle_to_mail(acting);
    struct visit unplaced = acting->visit;
    unplaced.peer = STR("");      /* the member is not told from where the desk works */
    if (obstacle != DESK_DONE) return end_with(acting, obstacle);
    Error error = password_reset_send(acting->portal, &unplaced, &acting->member.user, acting->desk.organization, &possible,
                                      &acting->out->seconds);
    if (error) return error;
    if (!possible) return end_with(acting, DESK_NO_PASSWORD);
    return acting->out->seconds ? end_with(acting, DESK_WAIT) : desk_acting_done(acting);
}

static Error verify(struct desk_acting *acting)
{
    Step step;
    enum desk_outcome obstacle = obstacle_to_mail(acting);
    if (obstacle != DESK_DONE) return end_with(acting, obstacle);
    if (proving_is_verified(&email_proof, &acting->member.user)) return end_with(acting, DESK_NOTHING);
    Error error = proving_offer(acting->portal, &acting->visit, &email_proof, acting->member.user.id, &step);
    if (error) return error;
    acting->out->seconds = step.seconds;
    return end_with(acting, step.outcome == STEP_DONE ? DESK_DONE : step.outcome == STEP_WAIT ? DESK_WAIT : DESK_NO_ADDRESS);
}

static Error unlock(struct desk_acting *acting)
{
    int64_t paused_until = 0;
    Error error = sign_in_paused(acting->portal, &acting->visit, &acting->member.user, &paused_until);
    if (!error) error = sign_in_lift(acting->portal, &acting->visit, &acting->member.user);
    if (error) return error;
    return paused_until ? desk_acting_done(acting) : end_with(acting, DESK_NOTHING);
}

static Error end_sessions(struct desk_acting *acting)
{
    Error error = account_end_all(acting->portal, &acting->member.user);
    if (!error) error = desk_letter_send(acting, LETTER_signed_out, STR_NONE);
    return error ? error : desk_acting_done(acting);
}

/* --- the membership --- */

/* What was sent before must not be the way back. */
static Error withdraw_invitations(struct desk_acting *acting)
{
    return invitation_withdraw(acting->portal, &acting->visit, ACTOR_DESK, acting->desk.organization, &acting->member.user);
}

static Error set_suspended(struct desk_acting *acting, bool suspended)
{
    const struct desk_member *member = &acting->member;
    if (member->suspended == suspended) return end_with(acting, DESK_NOTHING);
    struct member_wish wish = {.organization = acting->desk.organization, .account = member->user.id, .home = member->home,
                               .invited = member->invited, .suspended = suspended};
    Error error = member_put(acting->portal, &acting->visit, &wish);
    if (!error && suspended) error = withdraw_invitations(acting);
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
    if (!error) error = withdraw_invitations(acting);
    if (!error) error = desk_letter_send(acting, LETTER_removed, STR_NONE);
    return error ? error : desk_acting_done(acting);
}

/* --- the end of the account --- */

Str desk_deletion_phrase(const struct portal *portal, struct arena *arena, const struct desk_member *member)
{
    const struct fields *fields = &portal->directory.fields;
    const struct field *field = field_find(fields, STR("email"));
    const json_t *email = field ? field_value(member->user.profile, field) : NULL;
    bool seen = email && policy_level(fields, field, &member->subject, ACTOR_DESK, member->guest).level > LEVEL_NONE;
    return seen ? arena_copy(arena, str_of(json_string_value(email))) : member->user.user_id;
}

/* Where nobody has time to take it back, nobody does it by a slip. */
static Error is_confirmed(const struct desk_acting *acting, bool *out)
{
    int64_t grace = 0;
    struct arena *arena = acting->visit.arena;
    Error error = deletion_grace(acting->portal, acting->member.user.id, &grace);
    *out = grace > 0 || deletion_confirms(arena, desk_deletion_phrase(acting->portal, arena, &acting->member), acting->confirm);
    return error;
}

/* For somebody who asked in another way, by letter or at the counter. The row of what was done is deletion_schedule's. */
static Error delete_account(struct desk_acting *acting)
{
    Deletion deletion;
    bool confirmed = false;
    Error error = is_confirmed(acting, &confirmed);
    if (error || !confirmed) return error ? error : end_with(acting, DESK_CONFIRM);
    error = deletion_schedule(acting->portal, &acting->visit, ACTOR_DESK, &acting->member.user, acting->visit.reason, &deletion);
    if (error) return error;
    switch (deletion.outcome) {
    case DELETION_SCHEDULED:
        acting->out->at_once = deletion.at <= acting->visit.now;
        return end_with(acting, DESK_DONE);
    case DELETION_ADMINISTRATOR: return end_with(acting, DESK_LAST_ADMINISTRATOR);
    case DELETION_HOLD: return end_with(acting, DESK_HELD);
    default: return end_with(acting, DESK_NOTHING);
    }
}

/* What the person decided about their own account is theirs to take back. */
static Error keep(struct desk_acting *acting)
{
    Deletion deletion;
    struct deletion_state state;
    Error error = deletion_state(acting->portal, acting->visit.arena, acting->member.user.id, &state);
    if (error || !state.at) return error ? error : end_with(acting, DESK_NOTHING);
    if (state.organization != acting->desk.organization) return desk_acting_refuse(acting, DESK_NOT_ASKED);
    error = deletion_keep(acting->portal, &acting->visit, ACTOR_DESK, &acting->member.user, acting->visit.reason, &deletion);
    if (error || deletion.outcome != DELETION_KEPT) return error ? error : desk_acting_refuse(acting, DESK_TOO_LATE);
    acting->out->outcome = DESK_DONE;
    return desk_letter_send(acting, LETTER_deletion_kept, STR_NONE);
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
    [DESK_KEEP] = {"delete:members", "deletion.keep", true, true, false, keep},
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
    if (!error && goes_on && kind->takes && kind->home) error = desk_acting_spares_others(acting, &goes_on);
    return error || !goes_on ? error : kind->carry_out(acting);
}

Error desk_act(struct portal *portal, const struct visit *visit, const struct desk *desk, const struct desk_wish *wish, DeskAct *out)
{
    struct desk_acting acting;
    const struct kind *kind = &kinds[wish->act];
    Error error = desk_acting_open(portal, visit, desk, kind->action, wish->reason, out, &acting);
    acting.confirm = wish->confirm;
    return error ? error : desk_acting_close(&acting, act_inside(&acting, kind, wish->user_id));
}
