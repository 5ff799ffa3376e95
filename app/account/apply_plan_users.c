#include "account/apply_plan.h"

#include "account/password.h"
#include "account/shape.h"
#include "model/custom.h"

enum { USER_ID_MAX = 200 };

static const Str user_keys[] = {
    STR("connection"), STR("user_id"), STR("blocked"), STR("password"), STR("password_hash"), STR("custom_password_hash"),
    STR("organizations"), STR("user_metadata"), STR("app_metadata"), STR("address"),
};
enum { USER_KEYS = sizeof user_keys / sizeof user_keys[0] };

/* A user of the file while it is read. */
struct reading {
    struct planner *planner;
    struct shape entry;
    struct plan_user *user;
    json_t *seen;                 /* fields by name, so that address.locality and "address": { "locality" } are one */
};

static bool is_writable(const struct field *field)
{
    return field && !field->system && field->type != TYPE_OBJECT;
}

static void take_value(struct reading *reading, const struct field *field, const json_t *raw, Str place)
{
    struct plan_user *user = reading->user;
    json_t *clean = NULL;
    if (!plan_claim(reading->planner, reading->seen, field->name, place)) return;
    if (plan_clean(reading->planner, field, raw, place, &clean))
        user->values[user->value_count++] = (struct plan_value){field, clean};
}

/* Room for every key: one value each at most. */
static size_t count_keys(const json_t *object)
{
    size_t count = json_object_size(object) + json_object_size(json_object_get(object, "address"));
    for (size_t i = 0; i < 2; i++) count += json_object_size(json_object_get(object, plan_loose[i]));
    return count;
}

static void take_unknown(struct reading *reading, const char *key)
{
    const struct fields *fields = &reading->planner->plan->fields;
    Str *known = ARENA_ARRAY(reading->planner->arena, Str, USER_KEYS + fields->count);
    size_t n = 0;
    for (; n < USER_KEYS; n++) known[n] = user_keys[n];
    for (size_t i = 0; i < fields->count; i++)
        if (is_writable(&fields->list[i])) known[n++] = fields->list[i].name;
    shape_unknown(reading->planner->problems, shape_place(&reading->entry, key), "key", str_of(key), known, n);
}

static bool is_user_key(Str key)
{
    for (size_t i = 0; i < USER_KEYS; i++)
        if (str_eq(key, user_keys[i])) return true;
    return false;
}

static void take_fields(struct reading *reading)
{
    const char *key;
    json_t *raw;
    json_object_foreach((json_t *)reading->entry.object, key, raw) {
        if (is_user_key(str_of(key))) continue;
        const struct field *field = field_find(&reading->planner->plan->fields, str_of(key));
        if (is_writable(field)) take_value(reading, field, raw, shape_place(&reading->entry, key));
        else take_unknown(reading, key);
    }
}

static void take_address(struct reading *reading)
{
    const json_t *address = shape_dict(&reading->entry, "address");
    struct arena *arena = reading->planner->arena;
    Str place = shape_place(&reading->entry, "address");
    const char *key;
    json_t *raw;
    if (!address) return;
    json_object_foreach((json_t *)address, key, raw) {
        const struct field *field = field_find(&reading->planner->plan->fields,
                                               arena_print(arena, "address.%.*s", STR_ARGS(str_of(key))));
        Str where = place_at(arena, place, shape_shown(arena, str_of(key)).p);
        if (is_writable(field)) take_value(reading, field, raw, where);
        else problem_add(reading->planner->problems, where, "no such part of an address");
    }
}

/* What domain.md §1.4 asks of keys of metadata. */
static bool key_fits(struct reading *reading, size_t which, const char *key, Str place)
{
    struct problems *problems = reading->planner->problems;
    Str name = str_of(key);
    if (!name.n || str_has(name, '.') || str_has(name, '$')) problem_add(problems, place, "a key has no . and no $ in it");
    else if (name.n > 100) problem_add(problems, place, "a key has at most 100 characters");
    else if (which == 1 && custom_key_is_reserved(name)) problem_add(problems, place, "is a name of the program's own");
    else return true;
    return false;
}

static void take_metadata(struct reading *reading, size_t which)
{
    const json_t *metadata = shape_dict(&reading->entry, plan_loose[which]);
    struct arena *arena = reading->planner->arena;
    Str place = shape_place(&reading->entry, plan_loose[which]);
    const char *key;
    json_t *raw;
    if (!metadata) return;
    reading->user->loose[which] = json_object();
    json_object_foreach((json_t *)metadata, key, raw) {
        Str where = place_at(arena, place, shape_shown(arena, str_of(key)).p);
        if (!key_fits(reading, which, key, where)) continue;
        const struct field *field = field_find(&reading->planner->plan->fields, place_at(arena, str_of(plan_loose[which]), key));
        if (field && field->type != TYPE_OBJECT) take_value(reading, field, raw, where);
        else json_object_set(reading->user->loose[which], key, raw);
    }
}

static void take_custom_hash(struct reading *reading, const json_t *custom)
{
    reading->user->replaceable = true;
    Error error = password_hash_import(reading->planner->arena, custom, shape_place(&reading->entry, "custom_password_hash"),
                                       reading->planner->problems, &reading->user->password_hash);
    if (error) reading->user->password_hash = STR_NONE;
}

static void take_bcrypt_hash(struct reading *reading)
{
    Str hash = shape_text(&reading->entry, "password_hash", 1, 200);
    if (!hash.p) return;
    Error error = password_hash_import_bcrypt(reading->planner->arena, hash, shape_place(&reading->entry, "password_hash"),
                                              reading->planner->problems, &reading->user->password_hash);
    if (error) reading->user->password_hash = STR_NONE;
}

static void take_password(struct reading *reading)
{
    const json_t *object = reading->entry.object;
    const json_t *text = json_object_get(object, "password"), *hash = json_object_get(object, "password_hash");
    const json_t *custom = json_object_get(object, "custom_password_hash");
    if ((text != NULL) + (hash != NULL) + (custom != NULL) > 1) {
        problem_add(reading->planner->problems, reading->entry.place,
                    "password, password_hash and custom_password_hash exclude each other");
        return;
    }
    if (custom) take_custom_hash(reading, custom);
    if (hash) take_bcrypt_hash(reading);
    if (!text) return;
    Str password = json_str(text);
    if (!password.n || password.n > PASSWORD_MAX_BYTES)
        problem_add(reading->planner->problems, shape_place(&reading->entry, "password"), "must be a text of 1 to %d bytes",
                    PASSWORD_MAX_BYTES);
    else reading->user->password = password;
}

static Str take_user_id(struct reading *reading)
{
    Str id = shape_text(&reading->entry, "user_id", 1, USER_ID_MAX);
    for (size_t i = 0; i < id.n; i++) {
        if (id.p[i] > ' ' && id.p[i] < 0x7f) continue;
        problem_add(reading->planner->problems, shape_place(&reading->entry, "user_id"), "must be ASCII without blanks");
        return STR_NONE;
    }
    return id;
}

/* Two users of one file that are the same person would make the second undo what the first says. */
static void claim(struct reading *reading, const char *key, Str value)
{
    if (!value.p) return;
    Str name = arena_print(reading->planner->arena, "%.*s|%s|%.*s", STR_ARGS(reading->user->connection), key, STR_ARGS(value));
    plan_claim(reading->planner, reading->planner->identifiers, name, shape_place(&reading->entry, key));
}

static bool is_said(const struct reading *reading, const char *key)
{
    const json_t *value = json_object_get(reading->entry.object, key);
    return value && !json_is_null(value);
}

static bool has_verified_phone(const struct reading *reading)
{
    return json_is_true(json_object_get(reading->entry.object, "phone_verified"));
}

/* A person must be found again by what the entry says; a phone number is somebody's only once it is verified. */
static bool is_findable(const struct reading *reading)
{
    return is_said(reading, "user_id") || is_said(reading, "email") || is_said(reading, "username") ||
           (is_said(reading, "phone_number") && has_verified_phone(reading));
}

static bool is_identifier(const struct reading *reading, const struct field *field)
{
    if (str_is(field->name, "phone_number")) return has_verified_phone(reading);
    return field->unique || str_is(field->name, "email") || str_is(field->name, "username");
}

static void claim_identifiers(struct reading *reading)
{
    const struct plan_user *user = reading->user;
    claim(reading, "user_id", user->user_id);
    for (size_t i = 0; i < user->value_count; i++) {
        const struct field *field = user->values[i].field;
        if (user->values[i].value && is_identifier(reading, field))
            claim(reading, arena_cstr(reading->planner->arena, field->name),
                  field_key(reading->planner->arena, field, user->values[i].value));
    }
}

static Str take_connection(struct reading *reading)
{
    if (!shape_has(&reading->entry, "connection")) return STR_NONE;
    Str name = shape_text(&reading->entry, "connection", 1, PLAN_DISPLAY_NAME_MAX);
    if (!name.p) return STR_NONE;
    Str place = shape_place(&reading->entry, "connection");
    return plan_known(reading->planner, reading->planner->connections, name, place, "connection") ? name : STR_NONE;
}

static void take_person(struct reading *reading)
{
    struct plan_user *user = reading->user;
    size_t room = count_keys(reading->entry.object) + 1;
    user->values = ARENA_ARRAY(reading->planner->arena, struct plan_value, room);
    user->user_id = take_user_id(reading);
    user->blocked = shape_bool(&reading->entry, "blocked");
    take_fields(reading);
    take_address(reading);
    take_metadata(reading, 0);
    take_metadata(reading, 1);
    take_password(reading);
    if (user->connection.p) claim_identifiers(reading);
    if (!is_findable(reading))
        problem_add(reading->planner->problems, reading->entry.place,
                    "email, username, user_id or a phone_number that is verified is needed");
}

void plan_person(struct planner *planner, const json_t *object, struct plan_user *user)
{
    struct reading reading = {.planner = planner, .user = user, .seen = json_object()};
    if (shape_open(planner->problems, object, user->place, &reading.entry)) take_person(&reading);
}

static void plan_user(struct planner *planner, const json_t *value, Str place)
{
    struct plan_user *user = &planner->plan->users[planner->plan->user_count];
    struct reading reading = {.planner = planner, .user = user, .seen = json_object()};
    if (!shape_open(planner->problems, value, place, &reading.entry)) return;
    planner->plan->user_count++;
    *user = (struct plan_user){.place = place};
    user->connection = take_connection(&reading);
    take_person(&reading);
    plan_members(planner, user, shape_array(&reading.entry, "organizations"), shape_place(&reading.entry, "organizations"));
}

void plan_users(struct planner *planner, const json_t *list)
{
    size_t count = json_array_size(list);
    planner->plan->users = ARENA_ARRAY(planner->arena, struct plan_user, count + 1);
    for (size_t i = 0; i < count; i++)
        plan_user(planner, json_array_get(list, i), place_index(planner->arena, STR("users"), i));
}
