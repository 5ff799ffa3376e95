/* Invitations that end because of what becomes of a person, not of an answer. */
#include "account/inviting.h"
#include "account/state.h"

struct ended {
    Str public_id, organization;
    struct ended *next;
};

static Error read_ended(const struct visit *visit, struct rows *rows, Str organization, struct ended **next)
{
    while (row_next(rows)) {
        *next = ARENA_NEW(visit->arena, struct ended);
        **next = (struct ended){.public_id = arena_copy(visit->arena, row_text(rows, 0)),
                                .organization = organization.n ? organization : arena_copy(visit->arena, row_text(rows, 1))};
        next = &(*next)->next;
    }
    return rows_end(rows);
}

static Error audit_ended(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user, const char *action,
                         const struct ended *first)
{
    Error error = OK;
    for (const struct ended *each = first; each && !error; each = each->next) {
        struct visit there = *visit;
        there.organization = each->organization;
        error = account_audit(portal, &there, actor, user, action, each->public_id);
    }
    return error;
}

Error invitation_withdraw(struct portal *portal, const struct visit *visit, enum actor actor, int64_t organization, const struct user *user)
{
    struct rows rows;
    struct ended *first = NULL;
    Error error = db_select(portal->db, STMT_invitation_withdraw, DB_ARGS(db_int(user->id), db_int(organization), db_int(visit->now)), &rows);
    if (!error) error = read_ended(visit, &rows, visit->organization, &first);
    return error ? error : audit_ended(portal, visit, actor, NULL, "invitation.revoke", first);
}

Error invitation_outgrown(struct portal *portal, const struct visit *visit, enum actor actor, const struct user *user)
{
    struct rows rows;
    struct ended *first = NULL;
    Error error = db_select(portal->db, STMT_invitation_outgrown, DB_ARGS(db_int(user->id), db_int(visit->now)), &rows);
    if (!error) error = read_ended(visit, &rows, STR_NONE, &first);
    return error ? error : audit_ended(portal, visit, actor, user, "invitation.end", first);
}
