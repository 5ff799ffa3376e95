#include "account/export_data.h"

#include "account/consent.h"
#include "account/deletion.h"
#include "account/field_request.h"
#include "account/picture.h"
#include "account/profile.h"
#include "account/session_list.h"
#include "account/user_object.h"
#include "base/clock.h"

enum { ROWS_MAX = 1000 };         /* of what a person makes one by one, the newest */

static void put_text(json_t *object, const char *name, Str text)
{
    if (text.n) json_object_set_new(object, name, json_stringn(text.p, text.n));
}

static void put_time(struct arena *arena, json_t *object, const char *name, int64_t seconds)
{
    if (seconds) put_text(object, name, clock_iso(arena, seconds));
}

static void put_flag(json_t *object, const char *name, bool flag)
{
    json_object_set_new(object, name, json_boolean(flag));
}

/* --- the profile --- */

bool export_shows(const struct portal *portal, const struct subject *subject, const struct field *field)
{
    return policy_level(&portal->directory.fields, field, subject, ACTOR_OWNER, false).level > LEVEL_NONE;
}

/* Only what a field names that its owner sees: what an operator wrote into metadata without defining it is for programs alone. */
static json_t *seen_profile(const struct portal *portal, const struct subject *subject, const json_t *profile)
{
    const struct fields *fields = &portal->directory.fields;
    json_t *seen = json_object();
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        json_t *value = field->system || !export_shows(portal, subject, field) ? NULL : field_value(profile, field);
        if (value) field_put(seen, field, json_deep_copy(value));
    }
    return seen;
}

Error export_profile(struct portal *portal, const struct visit *visit, const struct user *user, json_t **out)
{
    struct subject subject;
    struct user seen = *user;
    Error error = account_subject(portal, visit->arena, user, &subject);
    if (error) return error;
    seen.profile = seen_profile(portal, &subject, user->profile);
    json_t *object = user_object(visit->arena, &portal->directory, &seen);
    const struct fields *fields = &portal->directory.fields;
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        if (field->system && !export_shows(portal, &subject, field)) json_object_deln(object, field->name.p, field->name.n);
    }
    *out = json_array();
    json_array_append_new(*out, object);
    return OK;
}

/* --- what else is kept of an account --- */

static json_t *memberships_of(struct arena *arena, const struct user *user)
{
    json_t *list = json_array();
    for (size_t i = 0; i < user->membership_count; i++) {
        const struct membership *membership = &user->memberships[i];
        json_t *entry = json_object(), *roles = json_array();
        Str rest = membership->roles;
        while (rest.n) {
            Str role = str_cut(&rest, ',');
            json_array_append_new(roles, json_stringn(role.p, role.n));
        }
        put_text(entry, "organization", membership->rules.organization.name);
        put_text(entry, "display_name", membership->rules.organization.display_name);
        put_flag(entry, "home", membership->rules.home);
        put_flag(entry, "invited", membership->rules.invited);
        put_flag(entry, "suspended", membership->rules.suspended);
        json_object_set_new(entry, "roles", roles);
        put_time(arena, entry, "joined_at", membership->joined_at);
        json_array_append_new(list, entry);
    }
    return list;
}

static Error add_sessions(struct portal *portal, const struct visit *visit, const struct user *user, json_t *object)
{
    struct session nowhere = {.user = *user, .public_id = STR("")};
    struct listed_session *first;
    Error error = session_list(portal, visit, &nowhere, &first);
    if (error) return error;
    json_t *list = json_array();
    for (const struct listed_session *each = first; each; each = each->next) {
        json_t *entry = json_object();
        put_text(entry, "browser", str_of(each->device.browser));
        put_text(entry, "system", str_of(each->device.system));
        put_text(entry, "address", each->peer);
        put_time(visit->arena, entry, "signed_in_at", each->created_at);
        put_time(visit->arena, entry, "last_used_at", each->last_seen_at);
        json_array_append_new(list, entry);
    }
    json_object_set_new(object, "sessions", list);
    return OK;
}

static Error add_consents(struct portal *portal, const struct visit *visit, const struct user *user, json_t *object)
{
    struct consent *consents = ARENA_ARRAY(visit->arena, struct consent, ROWS_MAX);
    size_t count;
    Error error = consent_history(portal, visit->arena, user->id, consents, ROWS_MAX, &count);
    if (error) return error;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *entry = json_object();
        put_text(entry, "purpose", consents[i].purpose);
        put_text(entry, "version", consents[i].version);
        put_flag(entry, "given", consents[i].given);
        put_time(visit->arena, entry, "at", consents[i].at);
        json_array_append_new(list, entry);
    }
    json_object_set_new(object, "consents", list);
    return OK;
}

static void put_value(json_t *entry, const char *name, const json_t *value)
{
    if (value) json_object_set_new(entry, name, json_deep_copy(value));
}

/* Who decided is not said, as on the page; a field that its owner may not see any more takes its values along. */
static Error add_requests(struct portal *portal, const struct visit *visit, const struct user *user, json_t *object)
{
    struct subject subject;
    struct field_request *requests = ARENA_ARRAY(visit->arena, struct field_request, ROWS_MAX);
    size_t count;
    Error error = account_subject(portal, visit->arena, user, &subject);
    if (!error) error = field_request_of(portal, visit->arena, user->id, requests, ROWS_MAX, &count);
    if (error) return error;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct field_request *request = &requests[i];
        json_t *entry = json_object();
        if (request->field && !export_shows(portal, &subject, request->field)) continue;
        put_text(entry, "field", request->name);
        put_value(entry, "old_value", request->old_value);
        put_value(entry, "value", request->value);
        put_text(entry, "note", request->note);
        put_text(entry, "state", request->state);
        put_text(entry, "answer", request->answer);
        put_time(visit->arena, entry, "asked_at", request->created_at);
        put_time(visit->arena, entry, "decided_at", request->decided_at);
        json_array_append_new(list, entry);
    }
    json_object_set_new(object, "requests", list);
    return OK;
}

static Error add_proofs(struct portal *portal, const struct visit *visit, const struct user *user, json_t *object)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_export_proofs, DB_ARGS(db_int(user->id), db_int(visit->now)), &rows);
    if (error) return error;
    json_t *list = json_array();
    while (row_next(&rows)) {
        json_t *entry = json_object();
        put_text(entry, "for", row_text(&rows, 0));
        put_text(entry, "value", row_text(&rows, 1));
        put_time(visit->arena, entry, "asked_at", row_int(&rows, 2));
        put_time(visit->arena, entry, "until", row_int(&rows, 3));
        json_array_append_new(list, entry);
    }
    json_object_set_new(object, "waiting_for_proof", list);
    return rows_end(&rows);
}

static Error add_invitations(struct portal *portal, const struct visit *visit, const struct user *user, json_t *object)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_export_invitations, DB_ARGS(db_int(user->id)), &rows);
    if (error) return error;
    json_t *list = json_array();
    while (row_next(&rows)) {
        json_t *entry = json_object();
        put_text(entry, "organization", row_text(&rows, 0));
        put_text(entry, "display_name", row_text(&rows, 1));
        put_time(visit->arena, entry, "invited_at", row_int(&rows, 2));
        put_time(visit->arena, entry, "accepted_at", row_int(&rows, 3));
        json_array_append_new(list, entry);
    }
    json_object_set_new(object, "invitations", list);
    return rows_end(&rows);
}

static Error add_deletion(struct portal *portal, const struct visit *visit, const struct user *user, json_t *object)
{
    struct deletion_state state;
    Error error = deletion_state(portal, visit->arena, user->id, &state);
    if (error || !state.at) return error;
    json_t *entry = json_object();
    put_time(visit->arena, entry, "at", state.at);
    put_time(visit->arena, entry, "asked_at", state.asked_at);
    put_text(entry, "asked_by", state.asked_by);
    json_object_set_new(object, "deletion", entry);
    return OK;
}

Error export_account(struct portal *portal, const struct visit *visit, const struct user *user, json_t **out)
{
    static Error (*const adds[])(struct portal *, const struct visit *, const struct user *, json_t *) = {
        add_sessions, add_consents, add_requests, add_proofs, add_invitations, add_deletion,
    };
    Error error = OK;
    *out = json_object();
    put_text(*out, "user_id", user->user_id);
    put_time(visit->arena, *out, "exported_at", visit->now);
    json_object_set_new(*out, "memberships", memberships_of(visit->arena, user));
    for (size_t i = 0; !error && i < sizeof adds / sizeof *adds; i++) error = adds[i](portal, visit, user, *out);
    return error;
}

/* --- what happened --- */

static json_t *fields_of(const struct activity *activity)
{
    json_t *list = json_array();
    for (size_t i = 0; i < activity->count; i++)
        json_array_append_new(list, json_stringn(activity->fields[i].field->name.p, activity->fields[i].field->name.n));
    return list;
}

json_t *export_event(struct arena *arena, const struct activity *activity)
{
    static const char *const by[] = {[BY_OWNER] = "owner", [BY_DESK] = "desk", [BY_OPERATOR] = "operator", [BY_SERVICE] = "service"};
    json_t *entry = json_object();
    put_time(arena, entry, "at", activity->at);
    put_text(entry, "what", activity->action);
    put_flag(entry, "refused", activity->refused);
    put_text(entry, "by", str_of(by[activity->by]));
    put_text(entry, "organization", activity->organization);
    put_text(entry, "reason", activity->reason);
    put_text(entry, "address", activity->peer);
    put_text(entry, "roles_given", activity->gives);
    put_text(entry, "roles_taken", activity->takes);
    if (activity->count) json_object_set_new(entry, "fields", fields_of(activity));
    return entry;
}

/* --- the picture --- */

Error export_picture(struct portal *portal, const struct visit *visit, const struct user *user, Str *out)
{
    struct subject subject;
    *out = STR_NONE;
    const struct field *field = field_find(&portal->directory.fields, STR("picture"));
    Error error = account_subject(portal, visit->arena, user, &subject);
    const json_t *value = error || !field || !export_shows(portal, &subject, field) ? NULL : field_value(user->profile, field);
    if (error || !value) return error;
    Str name = picture_name(portal->options, (Str){json_string_value(value), json_string_length(value)});
    if (!name.n) return OK;
    error = picture_read(portal->options, visit->arena, name, "512.png", out);
    return error == ERR_NOT_FOUND ? OK : error;
}
