#include "account/field_request.h"

#include "account/requesting.h"
#include "account/state.h"
#include "base/encode.h"
#include "base/json_memory.h"
#include "base/utf8.h"
#include "store/user_store.h"

enum { ID_BYTES = 12, A_DAY = 86400 };

/* --- rows --- */

enum request_column {             /* FIELD_REQUEST_ROWS */
    REQUEST_ID, REQUEST_PUBLIC_ID, REQUEST_USER_ID, REQUEST_FIELD, REQUEST_OLD_VALUE, REQUEST_VALUE, REQUEST_TEXT, REQUEST_STATE,
    REQUEST_ANSWER, REQUEST_CREATED_AT, REQUEST_DECIDED_AT
};

static const json_t *value_of(Str text)
{
    const json_t *value = json_loadb(text.p ? text.p : "", text.n, JSON_DECODE_ANY, NULL);
    return json_is_null(value) ? NULL : value;
}

void requesting_read(const struct portal *portal, struct arena *arena, const struct rows *rows, struct field_request *out)
{
    struct arena *before = json_memory_use(arena);
    *out = (struct field_request){
        .id = row_int(rows, REQUEST_ID), .public_id = arena_copy(arena, row_text(rows, REQUEST_PUBLIC_ID)),
        .user_id = arena_copy(arena, row_text(rows, REQUEST_USER_ID)), .name = arena_copy(arena, row_text(rows, REQUEST_FIELD)),
        .old_value = value_of(row_text(rows, REQUEST_OLD_VALUE)), .value = value_of(row_text(rows, REQUEST_VALUE)),
        .note = arena_copy(arena, row_text(rows, REQUEST_TEXT)), .state = arena_copy(arena, row_text(rows, REQUEST_STATE)),
        .answer = arena_copy(arena, row_text(rows, REQUEST_ANSWER)), .created_at = row_int(rows, REQUEST_CREATED_AT),
        .decided_at = row_int(rows, REQUEST_DECIDED_AT),
    };
    out->field = field_find(&portal->directory.fields, out->name);
    json_memory_use(before);
}

static Error read_own(struct portal *portal, struct arena *arena, enum statement statement, int64_t account, struct field_request *out,
                      size_t room, size_t *count)
{
    struct rows rows;
    *count = 0;
    Value values[] = {db_int(account), db_int((int64_t)room)};
    Error error = db_select(portal->db, statement, values, statement == STMT_field_request_own ? 2 : 1, &rows);
    if (error) return error;
    while (*count < room && row_next(&rows)) requesting_read(portal, arena, &rows, &out[(*count)++]);
    return rows_end(&rows);
}

Error field_request_of(struct portal *portal, struct arena *arena, int64_t account, struct field_request *out, size_t room, size_t *count)
{
    return read_own(portal, arena, STMT_field_request_own, account, out, room, count);
}

Error field_request_waiting(struct portal *portal, struct arena *arena, int64_t account, struct field_request *out, size_t room,
                            size_t *count)
{
    return read_own(portal, arena, STMT_field_request_waiting, account, out, room, count);
}

/* --- asking --- */

struct request_making {
    struct portal *portal;
    struct visit visit;           /* with the name of the home, whose activity has the row too */
    struct user user;
    struct subject subject;
    const struct field *field;
    const struct membership *home;
    RequestStep *out;
};

static const struct member_of *home_of(const struct subject *subject)
{
    for (size_t i = 0; i < subject->membership_count; i++)
        if (subject->memberships[i].home) return &subject->memberships[i];
    return NULL;
}

enum request_outcome field_request_may(const struct fields *fields, const struct field *field, const struct subject *subject)
{
    enum level own = policy_level(fields, field, subject, ACTOR_OWNER, false).level;
    if (own == LEVEL_NONE || field->type == TYPE_OBJECT) return REQUEST_REFUSED;
    if (own >= LEVEL_ONCE && !field->system) return REQUEST_OPEN;
    if (field->system || !home_of(subject)) return REQUEST_NOBODY;
    return policy_level(fields, field, subject, ACTOR_DESK, false).level >= LEVEL_ONCE ? REQUEST_DONE : REQUEST_NOBODY;
}

json_t *requesting_list(Str field)
{
    json_t *list = json_array(), *entry = json_object();
    json_object_set_new(entry, "field", json_stringn(field.p, field.n));
    json_array_append_new(list, entry);
    return list;
}

static Error step(struct request_making *making, enum request_outcome outcome)
{
    making->out->outcome = outcome;
    return OK;
}

/* With memberships, because the request belongs to the home as it is inside this transaction. */
static Error read_person(struct request_making *making, int64_t account)
{
    struct membership *list = NULL;
    struct portal *portal = making->portal;
    struct user *user = &making->user;
    Error error = portal_refresh(portal);
    if (!error) error = user_get(portal->db, making->visit.arena, account, user);
    if (!error) error = user_memberships(portal->db, making->visit.arena, &portal->directory.fields, account, &list, &user->membership_count);
    if (error) return error;
    user->memberships = list;
    user->has_memberships = true;
    for (size_t i = 0; i < user->membership_count; i++)
        if (list[i].rules.home) making->home = &list[i];
    if (making->home) making->visit.organization = making->home->rules.organization.name;
    return account_subject(portal, making->visit.arena, user, &making->subject);
}

static bool note_is_fine(Str note)
{
    return utf8_is_valid(note) && !utf8_has_forbidden(note, true) && utf8_length(note) <= REQUEST_NOTE_MAX;
}

/* The same question that approving will ask: what the desk could not save needs no queue. *after: the clean value; NULL: away with it. */
static enum request_outcome decide_value(struct request_making *making, json_t *raw, json_t **after)
{
    struct change change;
    struct refusals refusals = {0};
    const struct decided *decided;
    size_t count = 0;
    change_init(&change, making->visit.arena, ACTOR_DESK);
    change_put(&change, making->field->name, raw);
    Error error = policy_decide(&making->portal->directory.fields, &making->subject, &change, &refusals, &decided);
    if (error) {
        making->out->problem = refusals.first->problem;
        making->out->verdict = refusals.first->verdict;
        return refusals.locked ? REQUEST_NOBODY : REQUEST_INVALID;
    }
    const struct decided_field *fields = decided_fields(decided, &count);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].field != making->field) continue;
        *after = fields[i].after;
        return REQUEST_DONE;
    }
    return REQUEST_SAME;
}

static Error admit(struct request_making *making, bool *many)
{
    struct rows rows;
    Error error = db_select(making->portal->db, STMT_field_request_counts,
                            DB_ARGS(db_int(making->user.id), db_int(making->visit.now - A_DAY)), &rows);
    if (error) return error;
    *many = row_next(&rows) && (row_int(&rows, 0) >= REQUESTS_PENDING_MAX || row_int(&rows, 1) >= REQUESTS_A_DAY);
    return rows_end(&rows);
}

static Str json_text(const json_t *value)
{
    return value ? str_of(json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY)) : STR("null");
}

static Error write(struct request_making *making, const json_t *after, Str note)
{
    struct arena *arena = making->visit.arena;
    struct db *db = making->portal->db;
    Str name = making->field->name, public_id = base64url_encode(arena, crypto_random(arena, ID_BYTES));
    const json_t *old = field_value(making->user.profile, making->field);
    int64_t replaced = 0;
    Error error = db_run(db, STMT_field_request_replace, DB_ARGS(db_int(making->user.id), db_text(name), db_int(making->visit.now)),
                         &replaced);
    if (!error)
        error = db_run(db, STMT_field_request_add,
                       DB_ARGS(db_text(public_id), db_int(making->user.id), db_int(making->home->organization), db_text(name),
                               db_text(json_text(old)), db_text(json_text(after)), db_text(note), db_int(making->visit.now)), NULL);
    if (error) return error;
    making->out->outcome = REQUEST_DONE;
    making->out->replaced = replaced > 0;
    return account_audit_list(making->portal, &making->visit, ACTOR_OWNER, &making->user, "request.make", STR_NONE, requesting_list(name));
}

static Error make_inside(struct request_making *making, int64_t account, Str name, const json_t *raw, Str note)
{
    json_t *after = NULL;
    bool many = false;
    Error error = read_person(making, account);
    const struct fields *fields = &making->portal->directory.fields;
    if (error || !(making->field = field_find(fields, name))) return error;
    making->out->verdict = policy_level(fields, making->field, &making->subject, ACTOR_OWNER, false);
    enum request_outcome outcome = field_request_may(fields, making->field, &making->subject);
    if (outcome != REQUEST_DONE) return step(making, outcome);
    if (!note_is_fine(note)) return step(making, REQUEST_NOTE);
    outcome = decide_value(making, (json_t *)raw, &after);
    if (outcome != REQUEST_DONE) return step(making, outcome);
    error = admit(making, &many);
    if (error || many) return error ? error : step(making, REQUEST_MANY);
    return write(making, after, note);
}

Error field_request_make(struct portal *portal, const struct visit *visit, int64_t account, Str field, const json_t *value, Str note,
                         RequestStep *out)
{
    struct request_making making = {.portal = portal, .visit = *visit, .out = out};
    *out = (RequestStep){0};
    Error error = db_begin(portal->db);
    if (error) return error;
    struct arena *before = json_memory_use(visit->arena);
    error = portal_end(portal, true, make_inside(&making, account, field, value, note.p ? str_trim(note) : STR("")));
    json_memory_use(before);
    return error;
}

/* --- taking it back --- */

static Error withdraw_inside(struct request_making *making, int64_t account, Str public_id)
{
    struct rows rows;
    int64_t changed = 0;
    Str field = STR("");
    struct db *db = making->portal->db;
    Error error = read_person(making, account);
    if (!error) error = db_run(db, STMT_field_request_withdraw,
                               DB_ARGS(db_int(account), db_text(public_id), db_int(making->visit.now)), &changed);
    if (error || !changed) return error ? error : ERR_NOT_FOUND;
    error = db_select(db, STMT_field_request_field, DB_ARGS(db_int(account), db_text(public_id)), &rows);
    if (error) return error;
    if (row_next(&rows)) field = arena_copy(making->visit.arena, row_text(&rows, 0));
    error = rows_end(&rows);
    if (error) return error;
    return account_audit_list(making->portal, &making->visit, ACTOR_OWNER, &making->user, "request.withdraw", STR_NONE,
                              requesting_list(field));
}

Error field_request_withdraw(struct portal *portal, const struct visit *visit, int64_t account, Str public_id)
{
    struct request_making making = {.portal = portal, .visit = *visit};
    Error error = db_begin(portal->db);
    if (error) return error;
    struct arena *before = json_memory_use(visit->arena);
    error = portal_end(portal, true, withdraw_inside(&making, account, public_id));
    json_memory_use(before);
    return error;
}
