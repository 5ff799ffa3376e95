#include "account/held.h"

#include "account/deletion.h"
#include "account/user_object.h"
#include "model/identifier.h"

enum { COLUMNS = 9, ARGUMENTS = 3 };

enum key { BY_ACCOUNT, BY_USER_ID, BY_ALL };

struct held {
    const char *table;
    enum statement statement;
    enum key key;
    const char *columns[COLUMNS]; /* a name that begins with # is a number, with { JSON, with ? yes or no */
};

static const struct held tables[] = {
    {"identifier", STMT_held_identifiers, BY_ACCOUNT, {"field", "key"}},
    {"membership", STMT_held_memberships, BY_ACCOUNT,
        {"organization", "?home", "?invited", "?suspended", "#joined_at", "shown_name", "shown_email", "shown_roles"}},
    {"session", STMT_held_sessions, BY_ACCOUNT,
        {"#created_at", "#authenticated_at", "#last_seen_at", "#expires_at", "peer", "user_agent"}},
    {"artefact", STMT_held_proofs, BY_ACCOUNT, {"purpose", "value", "#created_at", "#expires_at", "#used_at"}},
    {"outbox", STMT_held_messages, BY_ACCOUNT, {"channel", "kind", "recipient", "language", "state", "#created_at", "#done_at"}},
    {"password_history", STMT_held_passwords, BY_ACCOUNT, {"#created_at"}},
    {"field_request", STMT_held_requests, BY_ACCOUNT,
        {"organization", "field", "{old_value", "{value", "note", "state", "answer", "#created_at", "#decided_at"}},
    {"invitation", STMT_held_invitations, BY_ALL,
        {"organization", "email", "{roles", "{prefilled", "state", "?inviter", "#created_at", "#decided_at"}},
    {"export", STMT_held_exports, BY_ACCOUNT, {"language", "state", "#size", "#created_at", "#expires_at"}},
    {"consent", STMT_held_consents, BY_ACCOUNT, {"purpose", "version", "?given", "#at"}},
    {"picture", STMT_held_pictures, BY_ACCOUNT, {"name", "#created_at"}},
    {"deletion", STMT_held_deletions, BY_ACCOUNT, {"#deletion_at", "asked_by", "organization", "reason", "#asked_at", "#reminded_at"}},
    {"audit", STMT_held_audit, BY_USER_ID, {"#at", "actor", "organization", "action", "outcome", "reason", "peer", "{fields"}},
};

static json_t *value_of(const struct rows *rows, int column, const char *name)
{
    Str text = row_text(rows, column);
    if (row_is_null(rows, column)) return json_null();
    if (name[0] == '#') return json_integer(row_int(rows, column));
    if (name[0] == '?') return json_boolean(row_int(rows, column) != 0);
    json_t *read = name[0] == '{' ? json_loadb(text.p, text.n, JSON_DECODE_ANY, NULL) : NULL;
    return read ? read : json_stringn(text.p, text.n);
}

static json_t *row_object(const struct rows *rows, const struct held *held)
{
    json_t *object = json_object();
    for (int i = 0; i < COLUMNS && held->columns[i]; i++) {
        const char *name = held->columns[i];
        bool marked = name[0] == '#' || name[0] == '?' || name[0] == '{';
        json_object_set_new(object, name + marked, value_of(rows, i, name));
    }
    return object;
}

/* Invitations to an address that was never proven may be somebody else's business. */
static Str proven_key(struct arena *arena, const struct user *user)
{
    Str kept, key, address = str_of(json_string_value(json_object_get(user->profile, "email")));
    bool proven = address.n && json_is_true(json_object_get(user->profile, "email_verified"));
    return proven && email_parse(arena, address, &kept, &key) ? key : STR("");
}

static size_t fill(struct arena *arena, const struct held *held, const struct user *user, Value arguments[ARGUMENTS])
{
    if (held->key == BY_USER_ID) {
        arguments[0] = db_text(user->user_id);
        return 1;
    }
    arguments[0] = db_int(user->id);
    if (held->key == BY_ACCOUNT) return 1;
    arguments[1] = db_text(proven_key(arena, user));
    arguments[2] = db_text(user->user_id);
    return 3;
}

static Error add_table(struct portal *portal, struct arena *arena, const struct user *user, const struct held *held, json_t *out)
{
    struct rows rows;
    Value arguments[ARGUMENTS];
    size_t count = fill(arena, held, user, arguments);
    json_t *list = json_array();
    Error error = db_select(portal->db, held->statement, arguments, count, &rows);
    if (error) return error;
    while (row_next(&rows)) json_array_append_new(list, row_object(&rows, held));
    json_object_set_new(out, held->table, list);
    return rows_end(&rows);
}

static Error add_account(struct portal *portal, struct arena *arena, const struct user *user, json_t *out)
{
    struct deletion_state state;
    json_t *object = user_object(arena, &portal->directory, user);
    Error error = deletion_state(portal, arena, user->id, &state);
    if (error) return error;
    json_object_set_new(object, "password", json_string(user->password_hash.n ? "set" : "none"));
    if (state.hold.p) json_object_set_new(object, "legal_hold", json_stringn(state.hold.p, state.hold.n));
    json_object_set_new(out, "account", object);
    return OK;
}

Error held_report(struct portal *portal, struct arena *arena, const struct user *user, json_t **out)
{
    *out = json_object();
    Error error = db_read_begin(portal->db);
    if (error) return error;
    error = add_account(portal, arena, user, *out);
    for (size_t i = 0; !error && i < sizeof tables / sizeof *tables; i++) error = add_table(portal, arena, user, &tables[i], *out);
    db_read_end(portal->db);
    return error;
}
