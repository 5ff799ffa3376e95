#include "account/role.h"

#include "account/desk_acting.h"
#include "account/state.h"

struct making {
    struct desk_acting acting;
    RoleStep *out;
    Str full_name;
    const struct role *role;      /* that is there; NULL: none */
};

Str role_short_name(const struct role *role)
{
    Str name = role->name;
    if (role->organization) (void)str_cut(&name, ':');
    return name;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool role_name_is_fine(const struct directory *directory, Str name)
{
    const struct role *shared = directory_role(directory, 0, name);
    for (size_t i = 0; i < name.n; i++)
        if (!is_letter(name.p[i])) return false;
    return name.n > 0 && name.n <= ROLE_NAME_MAX && !shared;
}

static size_t count_own(const struct making *making)
{
    const struct directory *directory = &making->acting.portal->directory;
    size_t count = 0;
    for (size_t i = 0; i < directory->role_count; i++)
        if (directory->roles[i].organization == making->acting.desk.organization) count++;
    return count;
}

static Str permissions_json(Permissions may)
{
    json_t *list = json_array();
    for (size_t i = 0; i < permission_count; i++)
        if (may & permission_bit(permissions[i].name)) json_array_append_new(list, json_string(permissions[i].name));
    return str_of(json_dumps(list, JSON_COMPACT));
}

static Error read_count(struct rows *rows, int64_t *out)
{
    *out = row_next(rows) ? row_int(rows, 0) : 0;
    return rows_end(rows);
}

Error role_members(struct portal *portal, const struct desk *desk, const struct role *role, int64_t *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_role_count_members, DB_ARGS(db_int(desk->organization), db_int(role->id)), &rows);
    return error ? error : read_count(&rows, out);
}

/* Invitations say roles by name: another role of that name would go to whoever was promised this one. */
static Error count_invitations(const struct making *making, int64_t *out)
{
    struct rows rows;
    const struct desk_acting *acting = &making->acting;
    Error error = db_select(acting->portal->db, STMT_invitation_count_role,
                            DB_ARGS(db_int(acting->desk.organization), db_text(making->role->name), db_int(acting->visit.now)), &rows);
    return error ? error : read_count(&rows, out);
}

/* Whether somebody has the role together with one that may more than who asks: few have that one, however many have this. */
static Error reaches_higher(const struct making *making, bool *out)
{
    const struct desk_acting *acting = &making->acting;
    const struct directory *directory = &acting->portal->directory;
    Error error = OK;
    *out = false;
    for (size_t i = 0; !error && !*out && i < directory->role_count; i++) {
        const struct role *role = &directory->roles[i];
        struct rows rows;
        bool ours = role->organization == 0 || role->organization == acting->desk.organization;
        if (!ours || !(role->may & ~acting->desk.may)) continue;
        error = db_select(acting->portal->db, STMT_role_held_with,
                          DB_ARGS(db_int(acting->desk.organization), db_int(role->id), db_int(making->role->id)), &rows);
        if (error) break;
        *out = row_next(&rows);
        error = rows_end(&rows);
    }
    return error;
}

/* --- one act --- */

static Error making_open(struct portal *portal, const struct visit *visit, const struct desk *desk, const char *action, Str name, Str reason,
                         RoleStep *out, struct making *making)
{
    *out = (RoleStep){0};
    making->out = out;
    Error error = desk_acting_open(portal, visit, desk, action, reason, &out->act, &making->acting);
    if (error) return error;
    making->full_name = arena_print(visit->arena, "%.*s:%.*s", STR_ARGS(making->acting.desk.name), STR_ARGS(name));
    const struct role *role = directory_role(&portal->directory, making->acting.desk.organization, making->full_name);
    making->role = role && role->organization ? role : NULL;
    return OK;
}

static Error making_close(struct making *making, Error error)
{
    error = desk_acting_close(&making->acting, error);
    if (error) *making->out = (RoleStep){0};
    return error;
}

/* What goes in, and what was there: a role that may more than who asks is not theirs to touch. */
static Error admit(struct making *making, Permissions may, bool *goes_on)
{
    Permissions all = may | (making->role ? making->role->may : 0);
    Error error = desk_acting_may(&making->acting, "update:roles", goes_on);
    if (error || !*goes_on) return error;
    *goes_on = false;
    if (all & ~making->acting.desk.may) return desk_acting_refuse(&making->acting, DESK_RANK);
    *goes_on = desk_acting_has_reason(&making->acting);
    return OK;
}

static Error step(struct making *making, enum role_outcome outcome)
{
    making->out->outcome = outcome;
    return OK;
}

static void list_entry(json_t *list, const char *key, Str value)
{
    json_t *entry = json_object();
    json_object_set_new(entry, key, json_stringn(value.p, value.n));
    json_array_append_new(list, entry);
}

static json_t *differences(const struct making *making, Permissions may)
{
    json_t *list = json_array();
    Permissions before = making->role ? making->role->may : 0;
    list_entry(list, "role", making->full_name);
    for (size_t i = 0; i < permission_count; i++) {
        Permissions bit = permission_bit(permissions[i].name);
        if ((before ^ may) & bit) list_entry(list, may & bit ? "allows" : "forbids", str_of(permissions[i].name));
    }
    return list;
}

/* Everybody's next request reads the roles anew. */
static Error finish(struct making *making, Permissions may)
{
    struct desk_acting *acting = &making->acting;
    json_t *list = differences(making, may);
    acting->out->outcome = DESK_DONE;
    making->out->outcome = ROLE_DONE;
    Error error = db_run(acting->portal->db, STMT_generation_bump, DB_NO_ARGS, NULL);
    return error ? error : account_audit_list(acting->portal, &acting->visit, ACTOR_DESK, NULL, acting->action, acting->visit.reason, list);
}

static Error make_inside(struct making *making, Str name, Permissions may)
{
    struct desk_acting *acting = &making->acting;
    bool goes_on = false;
    int64_t changed = 0;
    Error error = admit(making, may, &goes_on);
    if (error || !goes_on) return error;
    if (!role_name_is_fine(&acting->portal->directory, name)) return step(making, ROLE_NAME);
    if (!may) return step(making, ROLE_EMPTY);
    if (making->role) return step(making, ROLE_TAKEN);
    if (count_own(making) >= ROLES_OWN_MAX) return step(making, ROLE_MANY);
    error = db_run(acting->portal->db, STMT_role_add_own,
                   DB_ARGS(db_int(acting->desk.organization), db_text(making->full_name), db_text(permissions_json(may))), &changed);
    if (error) return error;
    return changed ? finish(making, may) : step(making, ROLE_TAKEN);
}

Error role_make(struct portal *portal, const struct visit *visit, const struct desk *desk, Str name, Permissions may, Str reason, RoleStep *out)
{
    struct making making;
    Error error = making_open(portal, visit, desk, "role.save", name, reason, out, &making);
    return error ? error : making_close(&making, make_inside(&making, name, permissions_whole(may)));
}

static Error change_inside(struct making *making, Permissions may)
{
    struct desk_acting *acting = &making->acting;
    bool goes_on = false;
    Error error = admit(making, may, &goes_on);
    if (error || !goes_on) return error;
    if (!making->role) return ERR_NOT_FOUND;
    error = reaches_higher(making, &goes_on);
    if (error || goes_on) return error ? error : desk_acting_refuse(acting, DESK_RANK);
    if (!may) return step(making, ROLE_EMPTY);
    if (making->role->may == may) return step(making, ROLE_NOTHING);
    error = db_run(acting->portal->db, STMT_role_save_own,
                   DB_ARGS(db_int(acting->desk.organization), db_int(making->role->id), db_text(permissions_json(may))), NULL);
    return error ? error : finish(making, may);
}

Error role_change(struct portal *portal, const struct visit *visit, const struct desk *desk, Str name, Permissions may, Str reason,
                  RoleStep *out)
{
    struct making making;
    Error error = making_open(portal, visit, desk, "role.save", name, reason, out, &making);
    return error ? error : making_close(&making, change_inside(&making, permissions_whole(may)));
}

/* One that a member has, or was invited to, stays: nobody loses rights by an act that names only the role. */
static Error drop_inside(struct making *making)
{
    struct desk_acting *acting = &making->acting;
    bool goes_on = false;
    int64_t changed = 0;
    Error error = admit(making, 0, &goes_on);
    if (error || !goes_on) return error;
    if (!making->role) return ERR_NOT_FOUND;
    error = role_members(acting->portal, &acting->desk, making->role, &making->out->members);
    if (!error) error = count_invitations(making, &making->out->invitations);
    if (error || making->out->members || making->out->invitations) return error ? error : step(making, ROLE_USED);
    error = db_run(acting->portal->db, STMT_role_drop_own, DB_ARGS(db_int(acting->desk.organization), db_int(making->role->id)), &changed);
    if (error) return error;
    return changed ? finish(making, 0) : step(making, ROLE_USED);
}

Error role_drop(struct portal *portal, const struct visit *visit, const struct desk *desk, Str name, Str reason, RoleStep *out)
{
    struct making making;
    Error error = making_open(portal, visit, desk, "role.drop", name, reason, out, &making);
    return error ? error : making_close(&making, drop_inside(&making));
}
