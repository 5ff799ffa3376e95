#include "account/email.h"
#include "account/invited.h"
#include "account/inviting.h"
#include "account/member.h"
#include "account/member_index.h"
#include "account/state.h"
#include "store/user_store.h"

struct accepting {
    struct portal *portal;
    const struct visit *visit;    /* in the name of the organization */
    struct user user;
    struct inviting inviting;
    bool member, homeless;        /* of this organization already; of none as a home */
    bool suspended;               /* that membership */
};

static Error read_memberships(struct accepting *accepting)
{
    struct membership *list = NULL;
    size_t count = 0;
    struct portal *portal = accepting->portal;
    accepting->homeless = true;
    Error error = user_memberships(portal->db, accepting->visit->arena, &portal->directory.fields, accepting->user.id, &list, &count);
    for (size_t i = 0; !error && i < count; i++) {
        if (list[i].organization == accepting->inviting.invitation.organization) {
            accepting->member = true;
            accepting->suspended = list[i].rules.suspended;
        }
        if (list[i].rules.home) accepting->homeless = false;
    }
    return error;
}

/* --- what an accepted invitation does --- */

static bool is_made_here(const struct accepting *accepting)
{
    return accepting->inviting.invitation.made_account == accepting->user.id;
}

static bool finds_home(const struct accepting *accepting)
{
    bool returns = accepting->user.origin == accepting->inviting.invitation.organization;
    return (is_made_here(accepting) || returns) && accepting->homeless;
}

/* Who made the account through this very invitation may have become a member by signing in to accept it. Who was a member before it was
   remembered where accounts come from gets their home back with another invitation. */
static bool joins(const struct accepting *accepting)
{
    return !accepting->member || finds_home(accepting);
}

static Error join(const struct accepting *accepting)
{
    const struct invitation *invitation = &accepting->inviting.invitation;
    if (!joins(accepting)) return OK;
    return member_put(accepting->portal, accepting->visit,
                      &(struct member_wish){.organization = invitation->organization, .account = accepting->user.id, .invited = true,
                                            .home = finds_home(accepting)});
}

static Error add_roles(const struct accepting *accepting)
{
    const struct invitation *invitation = &accepting->inviting.invitation;
    struct portal *portal = accepting->portal;
    Error error = OK;
    for (size_t i = 0; !error && i < json_array_size(invitation->roles); i++) {
        Str name = str_of(json_string_value(json_array_get(invitation->roles, i)));
        const struct role *role = directory_role(&portal->directory, invitation->organization, name);
        if (role) error = db_run(portal->db, STMT_membership_role_add,
                                 DB_ARGS(db_int(invitation->organization), db_int(accepting->user.id), db_int(role->id)), NULL);
    }
    return error;
}

/* The link came from that very mailbox. */
static Error verify(const struct accepting *accepting)
{
    struct change change;
    Commit commit;
    if (proving_is_verified(&email_proof, &accepting->user)) return OK;
    change_init(&change, accepting->visit->arena, ACTOR_OWNER);
    change.proven[PROOF_EMAIL] = true;
    return account_commit(accepting->portal, accepting->visit, accepting->user.id, -1, &change, &commit);
}

/* What the person could type in while making the account is theirs; what was not on that form may have no more than a preset. */
static bool is_open(const struct accepting *accepting, const struct field *field)
{
    const struct portal *portal = accepting->portal;
    const struct connection *connection = directory_connection(&portal->directory, accepting->user.connection);
    return !field_value(accepting->user.profile, field) ||
           (connection && !invitation_asks_for(portal, connection, &accepting->inviting.invitation, field));
}

static void put_values(const struct accepting *accepting, const struct refusals *but, struct change *change)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)accepting->inviting.invitation.prefilled, name, value) {
        const struct field *field = field_find(&accepting->portal->directory.fields, str_of(name));
        const struct refusal *each = but ? but->first : NULL;
        while (each && each->known != field) each = each->next;
        if (field && !each && invited_may_prefill(field) && is_open(accepting, field)) change_put(change, field->name, value);
    }
}

/* First values that cannot be kept, or are no longer the desk's to give, must not keep anybody from joining. */
static Error prefill(const struct accepting *accepting)
{
    struct refusals refused = {0};
    Commit commit = {0};
    struct visit as = *accepting->visit;
    as.actor_id = accepting->inviting.inviter;
    if (!is_made_here(accepting)) return OK;
    for (int round = 0; round < 2; round++) {
        struct change change;
        change_init(&change, accepting->visit->arena, ACTOR_DESK);
        put_values(accepting, &refused, &change);
        if (!change.count) return OK;
        Error error = account_commit(accepting->portal, &as, accepting->user.id, -1, &change, &commit);
        if (error || commit.outcome != COMMIT_REFUSED) return error;
        refused = commit.refusals;
    }
    return OK;
}

/* --- accepting --- */

static Error accept_inside(struct accepting *accepting, Str secret, enum invitation_step *out)
{
    struct portal *portal = accepting->portal;
    Error error = inviting_find(portal, accepting->visit, secret, &accepting->inviting);
    if (!error) error = user_get(portal->db, accepting->visit->arena, accepting->user.id, &accepting->user);
    if (error) return error;
    bool fits = invitation_fits(portal, accepting->visit->arena, &accepting->inviting.invitation, &accepting->user);
    if (accepting->user.blocked || !fits) return OK;
    error = read_memberships(accepting);
    if (accepting->suspended) *out = INVITATION_SUSPENDED;
    if (error || accepting->suspended) return error;
    error = inviting_close(portal, accepting->visit, &accepting->inviting, "accepted");
    if (!error) error = join(accepting);
    if (!error) error = add_roles(accepting);
    if (!error) error = verify(accepting);
    if (!error) error = prefill(accepting);
    if (!error) error = member_index_refresh(portal, accepting->visit->arena, accepting->user.id);
    if (!error) error = account_audit(portal, accepting->visit, ACTOR_OWNER, &accepting->user, "invitation.accept",
                                      accepting->inviting.invitation.public_id);
    if (!error) *out = joins(accepting) ? INVITATION_DONE : INVITATION_MEMBER;
    return error;
}

static Error finish(struct portal *portal, Error error, bool done)
{
    if (!error && done) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

/* Whose invitation it was is known before anything is written: the audit row stands in that organization's name. */
static Error look(struct portal *portal, const struct visit *visit, Str secret, struct visit *as)
{
    struct invitation invitation;
    Error error = invitation_find(portal, visit, secret, &invitation);
    return error ? error : inviting_visit(portal, visit, invitation.organization, as);
}

Error invitation_accept(struct portal *portal, const struct visit *visit, const struct user *user, Str secret,
                        enum invitation_step *out)
{
    struct visit as;
    *out = INVITATION_REFUSED;
    Error error = db_begin(portal->db);
    if (error) return error;
    struct accepting accepting = {.portal = portal, .visit = &as, .user = *user};
    error = look(portal, visit, secret, &as);
    if (!error) error = accept_inside(&accepting, secret, out);
    bool done = *out == INVITATION_DONE || *out == INVITATION_MEMBER;
    error = finish(portal, error, done);
    if (error) *out = INVITATION_REFUSED;
    if (error || done) return error;
    return inviting_refused(portal, &as, ACTOR_OWNER, user, "invitation.accept",
                            *out == INVITATION_SUSPENDED ? STR("suspended") : STR("address"));
}

Error invitation_prospect(struct portal *portal, const struct visit *visit, const struct invitation *invitation, const struct user *user,
                          struct invitation_prospect *out)
{
    struct accepting accepting = {.portal = portal, .visit = visit, .user = *user, .inviting.invitation = *invitation};
    Error error = read_memberships(&accepting);
    if (!error) *out = (struct invitation_prospect){.member = !joins(&accepting), .home = finds_home(&accepting)};
    return error;
}

static Error decline_inside(struct portal *portal, const struct visit *visit, const struct user *user, Str secret, struct visit *as,
                            enum invitation_step *out)
{
    struct inviting inviting;
    Error error = inviting_find(portal, visit, secret, &inviting);
    if (!error) error = inviting_visit(portal, visit, inviting.invitation.organization, as);
    if (error || (user && !invitation_fits(portal, visit->arena, &inviting.invitation, user))) return error;
    error = inviting_close(portal, as, &inviting, "declined");
    if (!error) error = account_audit(portal, as, ACTOR_OWNER, user, "invitation.decline", inviting.invitation.public_id);
    if (!error) *out = INVITATION_DONE;
    return error;
}

Error invitation_decline(struct portal *portal, const struct visit *visit, const struct user *user, Str secret, enum invitation_step *out)
{
    struct visit as;
    *out = INVITATION_REFUSED;
    Error error = db_begin(portal->db);
    if (error) return error;
    error = decline_inside(portal, visit, user, secret, &as, out);
    error = finish(portal, error, *out == INVITATION_DONE);
    if (error) *out = INVITATION_REFUSED;
    if (error || *out) return error;
    return inviting_refused(portal, &as, ACTOR_OWNER, user, "invitation.decline", STR("address"));
}
