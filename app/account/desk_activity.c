#include "account/desk_activity.h"

#include "account/member.h"
#include "base/json_memory.h"

enum column {                     /* of desk_activity, desk_activity_of_member, desk_activity_by */
    ROW_ID, ROW_AT, ROW_ACTOR, ROW_ACTOR_ID, ROW_ACTOR_NAME, ROW_USER_ID, ROW_USER_NAME, ROW_USER_IS_MEMBER, ROW_ACTOR_IS_MEMBER,
    ROW_ACTION, ROW_OUTCOME, ROW_REASON, ROW_FIELDS, ROW_INVITED, ROW_INVITED_ROLES
};

static Str copy(struct arena *arena, const struct rows *rows, enum column column)
{
    return row_text(rows, (int)column).n ? arena_copy(arena, row_text(rows, (int)column)) : STR("");
}

static struct desk_named read_named(struct arena *arena, const struct rows *rows, enum column id, enum column name, enum column member)
{
    return (struct desk_named){.user_id = copy(arena, rows, id), .name = copy(arena, rows, name),
                               .member = row_int(rows, (int)member) != 0};
}

static enum activity_by by_of(Str actor)
{
    if (str_is(actor, "owner")) return BY_OWNER;
    if (str_is(actor, "desk")) return BY_DESK;
    return str_is(actor, "operator") ? BY_OPERATOR : BY_SERVICE;
}

static Str text_of(const json_t *entry, const char *name)
{
    const json_t *text = json_object_get(entry, name);
    return json_is_string(text) ? (Str){json_string_value(text), json_string_length(text)} : STR_NONE;
}

static Str listed(struct arena *arena, Str list, Str name)
{
    return list.n ? arena_print(arena, "%.*s,%.*s", STR_ARGS(list), STR_ARGS(name)) : name;
}

static Permissions permission_of(const json_t *entry, const char *name)
{
    const struct permission *found = permission_find(text_of(entry, name));
    return found ? permission_bit(found->name) : 0;
}

/* False: the entry is a field's. */
static bool read_role(struct arena *arena, const json_t *entry, struct desk_event *out)
{
    Str gives = text_of(entry, "gives"), takes = text_of(entry, "takes"), role = text_of(entry, "role");
    if (gives.n) out->gives = listed(arena, out->gives, gives);
    if (role.n) out->gives = listed(arena, out->gives, role);
    if (takes.n) out->takes = listed(arena, out->takes, takes);
    out->allows |= permission_of(entry, "allows");
    out->forbids |= permission_of(entry, "forbids");
    return !json_object_get(entry, "field");
}

static void read_entry(struct portal *portal, struct arena *arena, const json_t *entry, struct desk_event *out)
{
    if (read_role(arena, entry, out)) return;
    const struct field *field = field_find(&portal->directory.fields, text_of(entry, "field"));
    if (field && field->level[ACTOR_DESK] > LEVEL_NONE) out->fields[out->count++] = field;
    else out->more_fields = true;
}

/* NULL: what stands there cannot be read, so it says nothing. */
static const json_t *read_list(struct arena *arena, Str text)
{
    struct arena *before = json_memory_use(arena);
    const json_t *list = json_loadb(text.p ? text.p : "", text.n, 0, NULL);
    json_memory_use(before);
    return list;
}

static void read_fields(struct portal *portal, struct arena *arena, const json_t *list, struct desk_event *out)
{
    size_t size = json_array_size(list);
    out->fields = ARENA_ARRAY(arena, const struct field *, size + 1);
    for (size_t i = 0; i < size; i++) read_entry(portal, arena, json_array_get(list, i), out);
}

static void read_invitation(struct arena *arena, const struct rows *rows, struct desk_event *out)
{
    const json_t *roles = read_list(arena, row_text(rows, ROW_INVITED_ROLES));
    out->invited = copy(arena, rows, ROW_INVITED);
    out->invited_roles = STR("");
    for (size_t i = 0; i < json_array_size(roles); i++) {
        const json_t *name = json_array_get(roles, i);
        out->invited_roles = listed(arena, out->invited_roles, (Str){json_string_value(name), json_string_length(name)});
    }
}

/* Somebody who tried or declined a link of this organization and is no member of it is a stranger to its desk: whose account an
   invited address belongs to is none of its business. */
static void hide_strangers(struct desk_event *event)
{
    bool declined = str_is(event->action, "invitation.decline") || str_is(event->action, "invitation.end");
    bool tried = event->by == BY_OWNER && event->refused;
    if (!event->whom.member && (tried || declined)) event->whom = (struct desk_named){.user_id = STR(""), .name = STR("")};
    if (event->by == BY_OWNER) event->who = event->whom;
    if (event->by == BY_OPERATOR || event->by == BY_SERVICE) event->who = (struct desk_named){.user_id = STR(""), .name = STR("")};
}

static void read_row(struct portal *portal, struct arena *arena, const struct rows *rows, struct desk_event *out)
{
    *out = (struct desk_event){
        .id = row_int(rows, ROW_ID), .at = row_int(rows, ROW_AT), .by = by_of(row_text(rows, ROW_ACTOR)),
        .who = read_named(arena, rows, ROW_ACTOR_ID, ROW_ACTOR_NAME, ROW_ACTOR_IS_MEMBER),
        .whom = read_named(arena, rows, ROW_USER_ID, ROW_USER_NAME, ROW_USER_IS_MEMBER), .action = copy(arena, rows, ROW_ACTION),
        .refused = !str_is(row_text(rows, ROW_OUTCOME), "allowed"), .reason = copy(arena, rows, ROW_REASON),
    };
    hide_strangers(out);
    read_fields(portal, arena, read_list(arena, row_text(rows, ROW_FIELDS)), out);
    read_invitation(arena, rows, out);
}

static Error select_rows(struct portal *portal, const struct desk *desk, const struct desk_query *query, int64_t limit, struct rows *rows)
{
    Value values[] = {
        db_text(desk->name), db_int(desk->organization), db_int(query->before ? query->before : INT64_MAX),
        db_text(query->action.p ? query->action : STR("")), db_text(query->other_action.p ? query->other_action : STR("")),
        db_int(query->from), db_int(query->to ? query->to : INT64_MAX), db_int(limit),
        db_text(query->member.n ? query->member : query->by), db_text(query->by.p ? query->by : STR("")),
    };
    if (query->member.n) return db_select(portal->db, STMT_desk_activity_of_member, values, 10, rows);
    if (query->by.n) return db_select(portal->db, STMT_desk_activity_by, values, 9, rows);
    return db_select(portal->db, STMT_desk_activity, values, 8, rows);
}

Error desk_activity_read(struct portal *portal, struct arena *arena, const struct desk *desk, const struct desk_query *query,
                         struct desk_event *out, size_t room, size_t *count, bool *older)
{
    struct rows rows;
    *count = 0;
    *older = false;
    Error error = select_rows(portal, desk, query, (int64_t)room + 1, &rows);
    if (error) return error;
    while (row_next(&rows)) {
        *older = *count == room;
        if (!*older) read_row(portal, arena, &rows, &out[(*count)++]);
    }
    return rows_end(&rows);
}

struct standing_acts {
    const char *begins, *ends;
};

Error desk_activity_since(struct portal *portal, struct arena *arena, const struct desk *desk, Str user_id, enum desk_standing standing,
                          struct desk_event *out, bool *found)
{
    static const struct standing_acts acts[] = {
        [STANDING_BLOCKED] = {"account.block", "account.unblock"},
        [STANDING_SUSPENDED] = {"membership.suspend", "membership.restore"},
        [STANDING_DELETED] = {"deletion.confirm", "deletion.keep"},
    };
    const struct standing_acts *act = &acts[standing];
    struct rows rows;
    *found = false;
    Error error = db_select(portal->db, STMT_desk_activity_since,
                            DB_ARGS(db_text(desk->name), db_int(desk->organization), db_int(INT64_MAX), db_text(str_of(act->begins)),
                                    db_text(str_of(act->ends)), db_int(0), db_int(INT64_MAX), db_int(1), db_text(user_id)), &rows);
    if (error) return error;
    if (row_next(&rows)) {
        read_row(portal, arena, &rows, out);
        *found = str_is(out->action, act->begins);
    }
    return rows_end(&rows);
}

static Error find_members(struct portal *portal, struct arena *arena, const struct desk *desk, Str typed, struct desk_named *out,
                          size_t room, size_t *count, bool *more)
{
    struct member_list list;
    Error error = member_list_read(portal, arena, desk, &(struct member_query){.q = typed, .page = 1}, &list);
    if (error) return error;
    for (*count = 0; *count < room && *count < list.count; ++*count) {
        const struct listed_member *member = &list.members[*count];
        out[*count] = (struct desk_named){.user_id = member->user_id, .name = member->name.n ? member->name : member->email, .member = true,
                                          .email = member->name.n ? member->email : STR("")};
    }
    *more = list.more || list.count > room;
    return OK;
}

Error desk_activity_find(struct portal *portal, struct arena *arena, const struct desk *desk, Str typed, struct desk_named *out,
                         size_t room, size_t *count, bool *more)
{
    *more = false;
    *count = 0;
    if (!str_has(typed, '|') && !desk_may(desk, "read:members")) return OK;
    if (!str_has(typed, '|')) return find_members(portal, arena, desk, typed, out, room, count, more);
    *count = 1;
    out[0] = (struct desk_named){.user_id = typed, .name = STR(""), .email = STR("")};
    return OK;
}
