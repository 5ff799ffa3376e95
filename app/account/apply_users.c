#include "account/applying.h"

#include "account/hashing.h"
#include "account/profile.h"
#include "account/shape.h"
#include "account/state.h"
#include "store/user_store.h"

/* A user of the file and, where there is one, the account that it is. */
struct upsert {
    struct applying *applying;
    const struct plan_user *wanted;
    const struct connection *connection;
    struct user user;             /* .id 0: none yet */
    Str place;                    /* for differences: users.customers/ada@example.com */
};

static const char *const identifiers[] = {"email", "username", "phone_number"};

/* How people find an account in the lines and messages; never its number in the store. */
static Str shown_name(const struct plan_user *wanted)
{
    for (size_t i = 0; i < sizeof identifiers / sizeof identifiers[0]; i++) {
        const struct plan_value *value = plan_value_named(wanted, identifiers[i]);
        if (value && json_is_string(value->value)) return json_str(value->value);
    }
    return wanted->user_id;
}

static Error match_by_user_id(struct applying *applying, Str id, const struct connection *connection, struct user *out)
{
    Str user_id = arena_print(applying->arena, "%.*s|%.*s", STR_ARGS(connection->strategy), STR_ARGS(id));
    Error error = user_get_by_user_id(applying->portal->db, applying->arena, user_id, out);
    return !error && out->connection != connection->id ? ERR_NOT_FOUND : error;
}

static Error match_by(struct applying *applying, const struct plan_value *value, const struct connection *connection,
                      struct user *out)
{
    int64_t accounts[4];
    size_t count = 0;
    Str key = value && value->value ? field_key(applying->arena, value->field, value->value) : STR_NONE;
    if (!key.n) return ERR_NOT_FOUND;
    Error error = users_by_identifier(applying->portal->db, applying->arena, key, connection->id, accounts, 4, &count);
    for (size_t i = 0; !error && i < count; i++) {
        error = user_get(applying->portal->db, applying->arena, accounts[i], out);
        if (error) return error;
        Str theirs = field_key(applying->arena, value->field, field_value(out->profile, value->field));
        if (str_eq(theirs, key)) return OK;
    }
    return error ? error : ERR_NOT_FOUND;
}

Error apply_match(struct applying *applying, const struct plan_user *wanted, const struct connection *connection, struct user *out)
{
    Error error = ERR_NOT_FOUND;
    if (wanted->user_id.p) return match_by_user_id(applying, wanted->user_id, connection, out);
    for (size_t i = 0; error == ERR_NOT_FOUND && i < sizeof identifiers / sizeof identifiers[0]; i++)
        error = match_by(applying, plan_value_named(wanted, identifiers[i]), connection, out);
    return error;
}

static void say_refusal(struct upsert *upsert, const struct refusal *refusal)
{
    struct applying *applying = upsert->applying;
    Str place = place_at(applying->arena, upsert->wanted->place, arena_cstr(applying->arena, refusal->field));
    if (refusal->kind == REFUSED_UNKNOWN) problem_add(applying->problems, place, "no such field");
    else if (refusal->kind == REFUSED_LOCKED)
        problem_add(applying->problems, place, "is locked for the operator by the rule: %.*s",
                    STR_ARGS(verdict_rule(applying->arena, refusal->verdict)));
    else if (refusal->problem.message)
        problem_add(applying->problems, place, "%.*s", STR_ARGS(plan_sentence(applying->arena, refusal->problem)));
    else problem_add(applying->problems, place, "another account of this connection has this value");
}

static void say_refusals(struct upsert *upsert, const Commit *commit)
{
    for (const struct refusal *refusal = commit->refusals.first; refusal; refusal = refusal->next) say_refusal(upsert, refusal);
    if (commit->outcome == COMMIT_STALE)
        problem_add(upsert->applying->problems, upsert->wanted->place, "another connection has an account of this user_id");
}

static void say_fields(struct upsert *upsert, const Commit *commit)
{
    size_t count = 0;
    const struct decided_field *fields = decided_fields(commit->decided, &count);
    for (size_t i = 0; i < count; i++)
        diff_value(&upsert->applying->diff, upsert->place, arena_cstr(upsert->applying->arena, fields[i].field->name),
                   fields[i].before, fields[i].after);
}

/* False: it was refused, and why is among the problems. */
static Error write_fields(struct upsert *upsert, bool *written)
{
    struct applying *applying = upsert->applying;
    struct change change;
    Commit commit;
    plan_change(applying->arena, upsert->wanted, &upsert->user, false, &change);
    *written = true;
    if (upsert->user.id && !change.count) return OK;
    Error error = upsert->user.id ? account_commit(applying->portal, applying->visit, upsert->user.id, -1, &change, &commit)
                                  : account_create(applying->portal, applying->visit, upsert->connection, upsert->wanted->user_id,
                                                   &change, &commit);
    if (error) return error;
    *written = commit.outcome == COMMIT_DONE || commit.outcome == COMMIT_UNCHANGED;
    if (!*written) say_refusals(upsert, &commit);
    if (commit.outcome != COMMIT_DONE) return OK;
    upsert->user = commit.user;
    say_fields(upsert, &commit);
    return OK;
}

static Error write_blocked(struct upsert *upsert)
{
    struct applying *applying = upsert->applying;
    bool blocked = upsert->wanted->blocked == 1;
    if (upsert->wanted->blocked < 0 || blocked == upsert->user.blocked) return OK;
    diff_value(&applying->diff, upsert->place, "blocked", upsert->user.blocked ? json_true() : NULL, blocked ? json_true() : NULL);
    return account_block(applying->portal, applying->visit, ACTOR_OPERATOR, &upsert->user, blocked, STR("apply"));
}

static Error password_to_set(struct upsert *upsert, Str *hash)
{
    const struct plan_user *wanted = upsert->wanted;
    struct applying *applying = upsert->applying;
    *hash = plan_takes_hash(wanted, &upsert->user) ? wanted->password_hash : STR_NONE;
    if (!wanted->password.p || (wanted->proven_hash.p && str_eq(wanted->proven_hash, upsert->user.password_hash))) return OK;
    *hash = wanted->made_hash;
    /* Nothing is hashed for a dry run; and somebody may have changed the password since it was looked at. */
    if (applying->dry_run) *hash = STR("not made");
    if (hash->p) return OK;
    return hashing_make(&applying->portal->hashing, applying->arena, wanted->password, hash);
}

static Error write_password(struct upsert *upsert)
{
    struct applying *applying = upsert->applying;
    Str hash = STR_NONE;
    Error error = password_to_set(upsert, &hash);
    if (error || !hash.p) return error;
    diff_secret(&applying->diff, upsert->place, "password", upsert->user.password_hash.p != NULL);
    if (applying->dry_run) return OK;
    return account_set_password(applying->portal, applying->visit, ACTOR_OPERATOR, &upsert->user, hash);
}

/* Two entries that meet in one account would undo each other with every apply. */
static bool is_first(struct upsert *upsert)
{
    struct applying *applying = upsert->applying;
    Str id = arena_print(applying->arena, "%lld", (long long)upsert->user.id);
    const json_t *other = json_object_get(applying->touched, id.p);
    if (other)
        problem_add(applying->problems, upsert->wanted->place, "is the same account as %.*s", STR_ARGS(json_str(other)));
    else json_object_set_new(applying->touched, id.p, json_stringn(upsert->wanted->place.p, upsert->wanted->place.n));
    return !other;
}

static Error apply_user(struct applying *applying, const struct plan_user *wanted)
{
    struct upsert upsert = {.applying = applying, .wanted = wanted,
                            .connection = directory_connection_named(&applying->portal->directory, wanted->connection)};
    bool written = false;
    if (!upsert.connection) return ERR_FAULT;
    upsert.place = arena_print(applying->arena, "users.%.*s/%.*s", STR_ARGS(wanted->connection), STR_ARGS(shown_name(wanted)));
    Error error = apply_match(applying, wanted, upsert.connection, &upsert.user);
    if (error == ERR_NOT_FOUND) upsert.user = (struct user){.id = 0};
    else if (error) return error;
    if (upsert.user.id && !is_first(&upsert)) return OK;
    bool is_new = !upsert.user.id;
    error = write_fields(&upsert, &written);
    if (error || !written || (is_new && !is_first(&upsert))) return error;
    error = write_blocked(&upsert);
    if (!error) error = write_password(&upsert);
    return error ? error : apply_members(applying, wanted, &upsert.user, upsert.place);
}

Error apply_users(struct applying *applying)
{
    Error error = OK;
    for (size_t i = 0; !error && i < applying->plan->user_count; i++) error = apply_user(applying, &applying->plan->users[i]);
    return error;
}

static Error prepare_password(struct applying *applying, struct plan_user *wanted)
{
    struct portal *portal = applying->portal;
    const struct connection *connection = directory_connection_named(&portal->directory, wanted->connection);
    struct user user = {.id = 0};
    Str rehash = STR_NONE;
    Error error = connection ? apply_match(applying, wanted, connection, &user) : ERR_NOT_FOUND;
    if (error && error != ERR_NOT_FOUND) return error;
    if (!error && user.password_hash.p) {
        error = hashing_verify(&portal->hashing, applying->arena, user.password_hash, wanted->password, &rehash);
        if (!error) wanted->proven_hash = user.password_hash;
        if (error != ERR_DENIED) return error;
    }
    return applying->dry_run ? OK : hashing_make(&portal->hashing, applying->arena, wanted->password, &wanted->made_hash);
}

Error apply_passwords(struct applying *applying)
{
    Error error = OK;
    for (size_t i = 0; !error && i < applying->plan->user_count; i++)
        if (applying->plan->users[i].password.p) error = prepare_password(applying, &applying->plan->users[i]);
    return error;
}
