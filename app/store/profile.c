#include "store/profile.h"

#include "base/json_text.h"
#include "model/identifier.h"

/* --- unique values --- */

static bool identifies(const struct field *field)
{
    return field->standard && (field->type == TYPE_EMAIL || field->type == TYPE_PHONE || field->type == TYPE_USERNAME);
}

/* Only a phone number that was proven is somebody's: else anybody could take a number that is not theirs. */
static bool is_claimed(const struct field *field, const json_t *profile)
{
    if (!identifies(field)) return field->unique;
    return field->type != TYPE_PHONE || json_is_true(json_object_get(profile, "phone_verified"));
}

static Str key_in(struct arena *arena, const struct field *field, const json_t *profile)
{
    if (!profile || !is_claimed(field, profile)) return STR_NONE;
    const json_t *value = field_value(profile, field);
    return value ? field_key(arena, field, value) : STR_NONE;
}

/* One value moves from one key to another, under the name that its rows have. */
struct move {
    const struct field *field;
    Str name, old, new;
};

static Error move_key(struct db *db, const struct user *user, const struct move *move, const struct field **taken)
{
    Value connection = db_int(user->connection), name = db_text(move->name), account = db_int(user->id);
    int64_t added = 1;
    if (str_eq(move->old, move->new)) return OK;
    Error error = move->old.n ? db_run(db, STMT_profile_key_drop, DB_ARGS(connection, name, db_text(move->old), account), NULL) : OK;
    if (!error && move->new.n)
        error = db_run(db, STMT_profile_key_add, DB_ARGS(connection, name, db_text(move->new), account), &added);
    if (error || added == 1) return error;
    *taken = move->field;
    return ERR_CONFLICT;
}

/* A username is somebody's together with all that look like it. */
static struct move look_of(struct arena *arena, const struct move *move)
{
    return (struct move){.field = move->field, .name = STR("username look"), .old = username_skeleton(arena, move->old),
                         .new = username_skeleton(arena, move->new)};
}

static Error move_keys(struct db *db, struct arena *arena, const struct fields *fields, const struct user *user,
                       const json_t *before, const json_t *after, const struct field **taken)
{
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        struct move move = {.field = field, .name = field->name, .old = key_in(arena, field, before), .new = key_in(arena, field, after)};
        Error error = move_key(db, user, &move, taken);
        if (!error && identifies(field) && field->type == TYPE_USERNAME) {
            struct move look = look_of(arena, &move);
            error = move_key(db, user, &look, taken);
        }
        if (error) return error;
    }
    return OK;
}

size_t profile_claims(struct arena *arena, const struct fields *fields, const json_t *profile, struct profile_claim *out, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < fields->count && count + 2 <= room; i++) {
        const struct field *field = &fields->list[i];
        Str key = key_in(arena, field, profile);
        if (!key.n) continue;
        out[count++] = (struct profile_claim){field, field->name, key};
        if (!identifies(field) || field->type != TYPE_USERNAME) continue;
        struct move move = {.field = field, .old = STR_NONE, .new = key}, look = look_of(arena, &move);
        if (look.new.n) out[count++] = (struct profile_claim){field, look.name, look.new};
    }
    return count;
}

/* --- rows of account --- */

static Str to_text(struct arena *arena, const json_t *profile)
{
    struct text text = {.arena = arena};
    text_add_json(&text, profile);
    return text_str(&text);
}

Error profile_save(struct db *db, struct arena *arena, const struct fields *fields, const struct user *user,
                   const struct decided *decided, int64_t now, const struct field **taken)
{
    const json_t *profile = decided_profile(decided);
    int64_t changed = 0;
    *taken = NULL;
    Error error = db_run(db, STMT_profile_update,
                         DB_ARGS(db_int(user->id), db_int(user->version), db_text(to_text(arena, profile)), db_int(now)), &changed);
    if (error) return error;
    if (changed != 1) return ERR_CONFLICT;
    return move_keys(db, arena, fields, user, user->profile, profile, taken);
}

static Error insert(struct db *db, Str user_id, int64_t connection, Str profile, int64_t now, int64_t *id)
{
    struct rows rows;
    int64_t made = 0;
    Error error = db_run(db, STMT_profile_insert, DB_ARGS(db_text(user_id), db_int(connection), db_text(profile), db_int(now)), &made);
    if (error || !made) return error ? error : ERR_CONFLICT;
    error = db_select(db, STMT_account_id_of, DB_ARGS(db_text(user_id)), &rows);
    if (error) return error;
    if (row_next(&rows)) *id = row_int(&rows, 0);
    return rows_end(&rows);
}

Error profile_add(struct db *db, struct arena *arena, const struct fields *fields, int64_t connection, Str user_id,
                  const struct decided *decided, int64_t now, int64_t *id, const struct field **taken)
{
    const json_t *profile = decided_profile(decided);
    *taken = NULL;
    Error error = insert(db, user_id, connection, to_text(arena, profile), now, id);
    if (error) return error;
    const struct user user = {.id = *id, .connection = connection};
    return move_keys(db, arena, fields, &user, NULL, profile, taken);
}

Error profile_index(struct db *db, struct arena *arena, const struct fields *fields, const struct user *user,
                    const struct field **taken)
{
    *taken = NULL;
    Error error = db_run(db, STMT_profile_keys_drop, DB_ARGS(db_int(user->id)), NULL);
    return error ? error : move_keys(db, arena, fields, user, NULL, user->profile, taken);
}

Error profile_drop(struct db *db, int64_t account)
{
    int64_t dropped = 0;
    Error error = db_run(db, STMT_profile_delete, DB_ARGS(db_int(account)), &dropped);
    return error || dropped ? error : ERR_NOT_FOUND;
}
