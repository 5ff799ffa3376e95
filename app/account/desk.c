#include "account/desk.h"

#include "store/user_store.h"

static const struct membership *membership_in(const struct membership *list, size_t count, Str organization)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].rules.organization.name, organization)) return &list[i];
    return NULL;
}

static Error memberships_of(struct portal *portal, struct arena *arena, const struct user *user, const struct membership **list,
                            size_t *count)
{
    struct membership *read = NULL;
    *list = user->memberships;
    *count = user->membership_count;
    if (user->has_memberships) return OK;
    Error error = user_memberships(portal->db, arena, &portal->directory.fields, user->id, &read, count);
    *list = read;
    return error;
}

Error desk_enter(struct portal *portal, struct arena *arena, const struct user *user, Str organization, struct desk *out)
{
    const struct membership *list;
    size_t count;
    Error error = memberships_of(portal, arena, user, &list, &count);
    if (error) return error;
    const struct membership *own = membership_in(list, count, organization);
    if (!own) return ERR_NOT_FOUND;
    *out = (struct desk){
        .organization = own->organization, .name = own->rules.organization.name,
        .display_name = own->rules.organization.display_name, .account = user->id, .user_id = user->user_id,
        .may = own->rules.suspended ? 0 : directory_permissions(&portal->directory, own->roles),
    };
    return out->may ? OK : ERR_DENIED;
}

bool desk_may(const struct desk *desk, const char *permission)
{
    return (desk->may & permission_bit(permission)) != 0;
}

Error desk_count(struct portal *portal, const struct visit *visit, const struct desk *desk, struct desk_counts *out)
{
    struct rows rows;
    *out = (struct desk_counts){0};
    Error error = db_select(portal->db, STMT_desk_counts, DB_ARGS(db_int(desk->organization), db_int(visit->now)), &rows);
    if (error) return error;
    if (row_next(&rows))
        *out = (struct desk_counts){.members = row_int(&rows, 0), .invitations = row_int(&rows, 1), .requests = row_int(&rows, 2)};
    return rows_end(&rows);
}

static void fill_member(struct portal *portal, const struct desk *desk, const struct membership *membership,
                        struct desk_member *out)
{
    out->home = membership->rules.home;
    out->guest = !out->home;
    out->invited = membership->rules.invited;
    out->suspended = membership->rules.suspended;
    out->self = out->user.id == desk->account;
    out->roles = membership->roles;
    out->may = directory_permissions(&portal->directory, membership->roles);
    out->joined_at = membership->joined_at;
}

Error desk_member_find(struct portal *portal, struct arena *arena, const struct desk *desk, Str user_id, struct desk_member *out)
{
    *out = (struct desk_member){0};
    Error error = user_get_of_organization(portal->db, arena, desk->organization, user_id, &out->user);
    if (error) return error;
    struct membership *list = NULL;
    error = user_memberships(portal->db, arena, &portal->directory.fields, out->user.id, &list, &out->user.membership_count);
    if (error) return error;
    out->user.memberships = list;
    out->user.has_memberships = true;
    const struct membership *membership = membership_in(list, out->user.membership_count, desk->name);
    if (!membership) return ERR_NOT_FOUND;
    fill_member(portal, desk, membership, out);
    return account_subject(portal, arena, &out->user, &out->subject);
}
