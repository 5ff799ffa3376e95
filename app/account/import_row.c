#include "account/importing.h"

#include "account/shape.h"
#include "base/json_memory.h"
#include "base/utf8.h"
#include "model/identifier.h"

enum { KEYS_MAX = 400, METADATA_KEYS_MAX = 10000, FACTORS_MAX = 10 };

/* What exports say beside what a row may set (domain.md §1.1): who wrote it knows more than who reads it may decide. */
static const char *const read_only[] = {
    "identities", "created_at", "updated_at", "last_login", "last_ip", "logins_count", "last_password_reset", "multifactor",
    "multifactor_last_modified", "blocked_for", "memberships", "organizations", "sessions", "consents", "activity", "connection",
};

static struct import_flaw *new_flaw(struct importing *importing, const char *code, Str path, Str message)
{
    struct import_flaw *flaw = ARENA_NEW(importing->chunk, struct import_flaw);
    *flaw = (struct import_flaw){.code = code, .path = arena_copy(importing->chunk, path.p ? path : STR("")), .message = message};
    return flaw;
}

static void add_error(struct importing *importing, struct import_pending *pending, const char *code, Str path, Str message)
{
    struct import_flaw *flaw = new_flaw(importing, code, path, message);
    if (pending->last_error) pending->last_error->next = flaw;
    else pending->row.errors = flaw;
    pending->last_error = flaw;
}

void import_error(struct importing *importing, struct import_pending *pending, const char *code, Str path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    Str message = arena_vprint(importing->chunk, format, arguments);
    va_end(arguments);
    add_error(importing, pending, code, path, message);
}

void import_warn(struct importing *importing, struct import_pending *pending, const char *code, Str path, const char *message)
{
    struct import_flaw *flaw = new_flaw(importing, code, path, arena_copy(importing->chunk, str_of(message)));
    flaw->next = (struct import_flaw *)(uintptr_t)pending->row.warnings;
    pending->row.warnings = flaw;
}

/* --- what kind of mistake a problem is --- */

static const json_t *value_at(const json_t *record, Str path)
{
    while (record && path.n) {
        Str key = str_cut(&path, '.');
        record = json_object_getn(record, key.p, key.n);
    }
    return record;
}

static bool is_of_kind(const json_t *value, enum field_type type)
{
    switch (type) {
    case TYPE_BOOLEAN: return json_is_boolean(value);
    case TYPE_NUMBER: return json_is_number(value);
    case TYPE_CHOICES: return json_is_array(value);
    case TYPE_OBJECT: return json_is_object(value);
    default: return json_is_string(value);
    }
}

static const char *code_of_limits(const struct field *field, const json_t *value)
{
    bool is_number = json_is_number(value);
    double size = is_number ? json_number_value(value)
                : json_is_array(value) ? (double)json_array_size(value) : (double)utf8_length(json_str(value));
    if (field->type == TYPE_DATE) return "FORMAT";
    if (field->has_max && size > (double)field->max) return is_number ? "MAXIMUM" : "MAX_LENGTH";
    if (field->has_min && size < (double)field->min) return is_number ? "MINIMUM" : "MIN_LENGTH";
    return field->type == TYPE_CHOICE || field->type == TYPE_CHOICES ? "ENUM_MISMATCH" : field->pattern.n ? "PATTERN" : "FORMAT";
}

static const char *code_of(struct importing *importing, const json_t *record, Str path)
{
    const json_t *value = value_at(record, path);
    const struct field *field = field_find(&importing->portal->directory.fields, path);
    if (!path.n) return "ANY_OF_MISSING";
    if (!value) return "FORMAT";
    if (str_is(path, "blocked")) return "INVALID_TYPE";
    if (str_is(path, "user_id") || str_is(path, "password_hash")) return json_is_string(value) ? "FORMAT" : "INVALID_TYPE";
    if (str_is(path, "address")) return "INVALID_TYPE";
    if (!field) return "FORMAT";
    return is_of_kind(value, field->type) ? code_of_limits(field, value) : "INVALID_TYPE";
}

/* --- factors for a second step of sign-in: checked, not yet kept --- */

static bool is_base32(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!((text.p[i] >= 'A' && text.p[i] <= 'Z') || (text.p[i] >= '2' && text.p[i] <= '7'))) return false;
    return text.n > 0;
}

static bool is_factor(struct importing *importing, const json_t *factor)
{
    const json_t *totp = json_object_get(factor, "totp"), *phone = json_object_get(factor, "phone"), *email = json_object_get(factor, "email");
    Str secret = json_str(json_object_get(totp, "secret")), number = json_str(json_object_get(phone, "value"));
    Str address = json_str(json_object_get(email, "value")), clean, key;
    if (json_object_size(factor) != 1 || json_object_size(totp ? totp : phone ? phone : email) != 1) return false;
    if (totp) return is_base32(secret);
    if (phone) return number.n > 0 && number.p[0] == '+' && phone_parse(importing->scratch, number, &clean) && str_eq(clean, number);
    return address.n > 0 && email_parse(importing->scratch, address, &clean, &key);
}

static void check_factors(struct importing *importing, struct import_pending *pending, const json_t *factors)
{
    Str path = STR("mfa_factors");
    size_t count = json_array_size(factors);
    if (!factors || json_is_null(factors)) return;
    if (!json_is_array(factors)) import_error(importing, pending, "INVALID_TYPE", path, "must be a list");
    else if (count < 1) import_error(importing, pending, "ARRAY_LENGTH_SHORT", path, "must have 1 to %d entries", FACTORS_MAX);
    else if (count > FACTORS_MAX) import_error(importing, pending, "ARRAY_LENGTH_LONG", path, "must have 1 to %d entries", FACTORS_MAX);
    else import_warn(importing, pending, "MFA_FACTORS", path, "is not kept: this version has no second step at sign-in");
    for (size_t i = 0; i < count && count <= FACTORS_MAX; i++)
        if (!is_factor(importing, json_array_get(factors, i)))
            import_error(importing, pending, "MFA_FACTORS_FAILED", place_index(importing->scratch, path, i),
                         "must be one of totp { secret }, phone { value } and email { value }");
}

/* --- the record --- */

/* An object of an export says its user_id with the provider before it, and says so in its identities; else the provider is put before
   it whatever it is (domain.md §9.1, case 9.10). */
static json_t *own_id(struct arena *arena, const json_t *record)
{
    const json_t *identity = json_array_get(json_object_get(record, "identities"), 0), *id = json_object_get(identity, "user_id");
    Str whole = json_str(json_object_get(record, "user_id")), provider = json_str(json_object_get(identity, "provider"));
    if (!provider.p || !json_is_string(id)) return NULL;
    Str both = arena_print(arena, "%.*s|%.*s", STR_ARGS(provider), STR_ARGS(json_str(id)));
    return str_eq(whole, both) ? (json_t *)id : NULL;
}

static bool is_read_only(const char *key)
{
    for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++)
        if (!strcmp(key, read_only[i])) return true;
    return false;
}

static json_t *without_read_only(struct arena *arena, const json_t *record)
{
    json_t *row = json_object(), *value, *id = own_id(arena, record);
    const char *key;
    json_object_foreach((json_t *)record, key, value)
        if (!is_read_only(key) && strcmp(key, "mfa_factors") != 0 && strcmp(key, "password") != 0) json_object_set(row, key, value);
    if (id) json_object_set(row, "user_id", id);
    return row;
}

/* More keys than any user has would only cost time and memory. */
static bool is_bounded(const json_t *record)
{
    return json_object_size(record) <= KEYS_MAX && json_object_size(json_object_get(record, "address")) <= KEYS_MAX &&
           json_object_size(json_object_get(record, "user_metadata")) <= METADATA_KEYS_MAX &&
           json_object_size(json_object_get(record, "app_metadata")) <= METADATA_KEYS_MAX;
}

static void name_row(struct importing *importing, struct import_pending *pending, const json_t *record)
{
    static const char *const keys[] = {"email", "username", "phone_number", "user_id"};
    pending->row.name = STR("");
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !pending->row.name.n; i++) {
        Str name = json_str(json_object_get(record, keys[i]));
        if (name.n) pending->row.name = shape_shown(importing->chunk, name);
    }
}

static bool parse(struct importing *importing, struct import_pending *pending, json_t **out)
{
    struct problems problems = {.arena = importing->scratch};
    if (shape_parse(&problems, pending->text, IMPORT_RECORD_MAX, out)) {
        import_error(importing, pending, "FORMAT", STR(""), "%.*s", STR_ARGS(problems.first->message));
        return false;
    }
    if (!json_is_object(*out)) import_error(importing, pending, "OBJECT_REQUIRED", STR(""), "must be an object");
    else if (!is_bounded(*out)) import_error(importing, pending, "MAX_LENGTH", STR(""), "has more keys than are kept of anybody");
    return !pending->row.errors;
}

static void check_passwords(struct importing *importing, struct import_pending *pending, const json_t *record, json_t *row)
{
    if (json_object_get(record, "password"))
        import_error(importing, pending, "FORMAT", STR("password"), "is not taken as text here; send password_hash or custom_password_hash");
    if (!json_object_get(record, "password_hash") || !json_object_get(record, "custom_password_hash")) return;
    import_error(importing, pending, "NOT_PASSED", STR("custom_password_hash"), "password_hash and custom_password_hash exclude each other");
    json_object_del(row, "password_hash");
    json_object_del(row, "custom_password_hash");
}

bool import_read_row(struct importing *importing, struct import_pending *pending, struct plan_user *user)
{
    struct plan plan = {.fields = importing->portal->directory.fields};
    struct problems problems = {.arena = importing->scratch};
    struct planner planner = {.arena = importing->scratch, .problems = &problems, .plan = &plan};
    json_t *record = NULL;
    *user = (struct plan_user){.place = STR("")};
    if (!parse(importing, pending, &record)) return false;
    json_t *row = without_read_only(importing->scratch, record);
    name_row(importing, pending, row);
    check_passwords(importing, pending, record, row);
    check_factors(importing, pending, json_object_get(record, "mfa_factors"));
    plan_person(&planner, row, user);
    for (const struct problem *problem = problems.first; problem; problem = problem->next)
        import_error(importing, pending, code_of(importing, row, problem->place), problem->place, "%.*s", STR_ARGS(problem->message));
    return !pending->row.errors;
}
