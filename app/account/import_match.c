#include "account/importing.h"

#include "store/profile.h"
#include "store/user_store.h"

enum { CLAIMS_MAX = 128 };

/* A row's claims and, for each, whose they are in the store. */
struct owners {
    struct profile_claim claims[CLAIMS_MAX];
    int64_t accounts[CLAIMS_MAX];
    size_t count;
    int64_t by_user_id;           /* 0: nobody, or it is not said */
};

static json_t *said_profile(const struct plan_user *wanted)
{
    json_t *profile = json_object();
    for (size_t i = 0; i < wanted->value_count; i++)
        if (wanted->values[i].value) field_put(profile, wanted->values[i].field, wanted->values[i].value);
    return profile;
}

static Error owner_of(struct importing *importing, const struct profile_claim *claim, int64_t *account)
{
    struct rows rows;
    *account = 0;
    Error error = db_select(importing->portal->db, STMT_identifier_get,
                            DB_ARGS(db_int(importing->connection->id), db_text(claim->name), db_text(claim->key)), &rows);
    if (error) return error;
    if (row_next(&rows)) *account = row_int(&rows, 0);
    return rows_end(&rows);
}

static Error find_user_id(struct importing *importing, struct import_pending *pending, const struct plan_user *wanted,
                          struct owners *owners, struct user *user)
{
    Str user_id = arena_print(importing->scratch, "%.*s|%.*s", STR_ARGS(importing->connection->strategy), STR_ARGS(wanted->user_id));
    Error error = user_get_by_user_id(importing->portal->db, importing->scratch, user_id, user);
    if (error == ERR_NOT_FOUND) *user = (struct user){.id = 0};
    else if (error) return error;
    owners->by_user_id = user->id;
    if (user->id && user->connection != importing->connection->id)
        import_error(importing, pending, "CONFLICT", STR("user_id"), "another connection has an account of this user_id");
    return OK;
}

/* The first of: user_id, e-mail address, username, verified phone number. */
static int64_t choose(const struct owners *owners)
{
    static const char *const order[] = {"email", "username", "phone_number"};
    if (owners->by_user_id) return owners->by_user_id;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (size_t j = 0; j < owners->count; j++)
            if (owners->accounts[j] && str_is(owners->claims[j].name, order[i])) return owners->accounts[j];
    return 0;
}

static const char *code_of(const struct field *field)
{
    if (str_is(field->name, "email")) return "CONFLICT_EMAIL";
    return str_is(field->name, "username") ? "CONFLICT_USERNAME" : "CONFLICT";
}

static bool was_touched(const struct importing *importing, int64_t account)
{
    for (size_t i = 0; i < importing->count; i++)
        if (importing->pending[i].account == account) return true;
    return import_touched_has(importing->touched, account);
}

static uint64_t fingerprint(const struct importing *importing, Str name, Str key)
{
    unsigned char mac[SECRET_BYTES];
    Str parts[] = {STR("import"), name, key};
    uint64_t value;
    keys_mac_parts(importing->portal->keys, KEY_THROTTLE, parts, sizeof parts / sizeof *parts, mac);
    memcpy(&value, mac, sizeof value);
    return value;
}

/* A dry run takes back what it makes, so what earlier chunks would have made is known by its names alone. */
static bool dry_name_is_taken(struct importing *importing, Str name, Str key)
{
    return importing->import->dry_run && import_name_has(importing->touched, fingerprint(importing, name, key));
}

static void say_double(struct importing *importing, struct import_pending *pending, Str path)
{
    import_error(importing, pending, "DUPLICATED_USER", path, "an earlier row of the file is the same account");
}

/* What is somebody else's cannot become this account's. */
static void check_claims(struct importing *importing, struct import_pending *pending, const struct owners *owners, int64_t account)
{
    for (size_t i = 0; i < owners->count; i++) {
        const struct profile_claim *claim = &owners->claims[i];
        int64_t owner = owners->accounts[i];
        bool own_name = str_eq(claim->name, claim->field->name);
        if (owner && owner != account && was_touched(importing, owner)) say_double(importing, pending, claim->field->name);
        else if (owner && owner != account)
            import_error(importing, pending, code_of(claim->field), claim->field->name,
                         own_name ? "another account of this connection has this value" : "looks like the username of another account");
        else if (!owner && dry_name_is_taken(importing, claim->name, claim->key)) say_double(importing, pending, claim->field->name);
        if (pending->row.errors) return;
    }
}

static void check_account(struct importing *importing, struct import_pending *pending, const struct owners *owners, int64_t account)
{
    const char *code = "CONFLICT";
    Str path = STR("user_id");
    for (size_t i = 0; account != owners->by_user_id && i < owners->count; i++)
        if (owners->accounts[i] == account) {
            code = code_of(owners->claims[i].field);
            path = owners->claims[i].field->name;
            break;
        }
    if (was_touched(importing, account)) say_double(importing, pending, path);
    else if (!importing->import->upsert) import_error(importing, pending, code, path, "there is an account with this value; --upsert changes it");
}

static Error find_owners(struct importing *importing, struct import_pending *pending, const struct plan_user *wanted,
                         struct owners *owners, struct user *user)
{
    const struct fields *fields = &importing->portal->directory.fields;
    owners->by_user_id = 0;
    owners->count = profile_claims(importing->scratch, fields, said_profile(wanted), owners->claims, CLAIMS_MAX);
    Error error = wanted->user_id.p ? find_user_id(importing, pending, wanted, owners, user) : OK;
    for (size_t i = 0; !error && i < owners->count; i++) error = owner_of(importing, &owners->claims[i], &owners->accounts[i]);
    return error;
}

/* What a dry run would make, for the chunks after this one. */
static void name_account(struct importing *importing, struct import_pending *pending, const struct plan_user *wanted,
                         const struct owners *owners)
{
    pending->names = ARENA_ARRAY(importing->chunk, uint64_t, owners->count + 1);
    for (size_t i = 0; i < owners->count; i++)
        pending->names[pending->name_count++] = fingerprint(importing, owners->claims[i].name, owners->claims[i].key);
    if (wanted->user_id.p) pending->names[pending->name_count++] = fingerprint(importing, STR("user_id"), wanted->user_id);
}

Error import_match(struct importing *importing, struct import_pending *pending, const struct plan_user *wanted, struct user *user)
{
    struct owners *owners = ARENA_NEW(importing->scratch, struct owners);
    *user = (struct user){.id = 0};
    Error error = find_owners(importing, pending, wanted, owners, user);
    if (error) return error;
    int64_t account = choose(owners);
    if (account && account != user->id) error = user_get(importing->portal->db, importing->scratch, account, user);
    if (error || pending->row.errors) return error;
    if (account) check_account(importing, pending, owners, account);
    else if (wanted->user_id.p && dry_name_is_taken(importing, STR("user_id"), wanted->user_id)) say_double(importing, pending, STR("user_id"));
    if (!pending->row.errors) check_claims(importing, pending, owners, account);
    if (!pending->row.errors && !account && importing->import->dry_run) name_account(importing, pending, wanted, owners);
    /* Whatever comes of this row: a later one that means the same account is a double. */
    pending->account = account;
    return OK;
}
