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

/* Leaving and signing in again must not make a guest of whom the organization invited, nor free their address. */
static Error read_marks(struct portal *portal, struct member_wish *wish)
{
    struct rows rows;
    Error error = member_returns_home(portal, wish->organization, wish->account, &wish->home);
    if (error) return error;
    error = db_select(portal->db, STMT_invitation_joined, DB_ARGS(db_int(wish->organization), db_int(wish->account)), &rows);
    if (error) return error;
    wish->invited = row_next(&rows);
    return rows_end(&rows);
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

/* Whoever signs up may write anybody's address: only who reads its mail is the person that the desk takes them for. Accounts without
   one were made by somebody else than their owner. */
static bool is_confirmed(const struct user *user)
{
    return !json_object_get(user->profile, "email") || json_is_true(json_object_get(user->profile, "email_verified"));
}

Error member_join_assigned(struct portal *portal, const struct visit *visit, const struct user *user)
{
    struct assignments all = {.count = 0};
    if (!is_confirmed(user)) return OK;
    /* What the desks see of the new member hangs on rules that may have changed with the assignment itself. */
    Error error = portal_refresh(portal);
    if (!error) error = member_assignments(portal, visit->arena, user->id, &all);
    for (size_t i = 0; !error && i < all.count; i++) {
        const struct assigning *each = &all.list[i];
        if (each->member) continue;
        struct member_wish wish = {.organization = each->organization, .account = user->id};
        error = read_marks(portal, &wish);
        if (!error) error = member_put(portal, visit, &wish);
        if (!error) error = audit_join(portal, visit, user, each->name);
    }
    return error;
}
