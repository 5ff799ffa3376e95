/* Organizations that have everybody as a member who signs in over a connection of theirs. */
#include "account/audit.h"
#include "account/member.h"

struct found {
    struct assigning organization;
    struct found *next;
};

static Error read_found(struct portal *portal, struct arena *arena, int64_t account, struct found **next, size_t *count)
{
    struct rows rows;
    *count = 0;
    Error error = db_select(portal->db, STMT_membership_assigning, DB_ARGS(db_int(account)), &rows);
    if (error) return error;
    while (row_next(&rows)) {
        *next = ARENA_NEW(arena, struct found);
        (*next)->organization = (struct assigning){.organization = row_int(&rows, 0), .name = arena_copy(arena, row_text(&rows, 1)),
                                                   .member = row_int(&rows, 2) != 0};
        next = &(*next)->next;
        ++*count;
    }
    return rows_end(&rows);
}

Error member_assignments(struct portal *portal, struct arena *arena, int64_t account, struct assignments *out)
{
    struct found *first = NULL;
    Error error = read_found(portal, arena, account, &first, &out->count);
    struct assigning *list = ARENA_ARRAY(arena, struct assigning, out->count + 1);
    for (size_t i = 0; first; first = first->next) list[i++] = first->organization;
    out->list = list;
    return error;
}

bool member_returns(const struct assignments *assignments, int64_t organization)
{
    for (size_t i = 0; i < assignments->count; i++)
        if (assignments->list[i].organization == organization) return true;
    return false;
}

/* The person did nothing but sign in: it is the organization's rule that acts. */
static Error audit_join(struct portal *portal, const struct visit *visit, const struct user *user, Str organization)
{
    const struct connection *connection = directory_connection(&portal->directory, user->connection);
    Str name = connection ? connection->source.name : STR("");
    struct audit_entry entry = {
        .at = visit->now, .request_id = visit->request_id, .actor = STR("system"), .actor_id = STR(""), .organization = organization,
        .connection = name, .user_id = user->user_id, .action = STR("membership.join"), .outcome = STR("allowed"),
        .reason = arena_print(visit->arena, "connection %.*s", STR_ARGS(name)), .peer = STR(""), .fields = STR("[]"),
    };
    return audit_write(portal, &entry);
}

Error member_join_assigned(struct portal *portal, const struct visit *visit, const struct user *user)
{
    struct assignments all = {.count = 0};
    /* What the desks see of the new member hangs on rules that may have changed with the assignment itself. */
    Error error = portal_refresh(portal);
    if (!error) error = member_assignments(portal, visit->arena, user->id, &all);
    for (size_t i = 0; !error && i < all.count; i++) {
        const struct assigning *each = &all.list[i];
        if (each->member) continue;
        error = member_put(portal, visit, &(struct member_wish){.organization = each->organization, .account = user->id});
        if (!error) error = audit_join(portal, visit, user, each->name);
    }
    return error;
}
