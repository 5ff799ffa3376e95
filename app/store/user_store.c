#include "store/user_store.h"

#include "store/stored_json.h"

enum account_column {             /* ACCOUNT_COLUMNS */
    ACCOUNT_ID, ACCOUNT_USER_ID, ACCOUNT_CONNECTION, ACCOUNT_PROFILE, ACCOUNT_SOURCES, ACCOUNT_VERSION, ACCOUNT_EPOCH,
    ACCOUNT_BLOCKED, ACCOUNT_DELETION_AT, ACCOUNT_PASSWORD_HASH, ACCOUNT_CREATED_AT, ACCOUNT_UPDATED_AT, ACCOUNT_LAST_LOGIN_AT,
    ACCOUNT_LOGINS_COUNT, ACCOUNT_PASSWORD_CHANGED_AT, ACCOUNT_BLOCKED_BY, ACCOUNT_ORIGIN,
    ACCOUNT_ALL
};

static Str copy(struct arena *arena, const struct rows *rows, int column)
{
    Str text = row_text(rows, column);
    return text.p ? arena_copy(arena, text) : STR_NONE;
}

static Error read_user(struct arena *arena, const struct rows *rows, struct user *out)
{
    *out = (struct user){
        .id = row_int(rows, ACCOUNT_ID), .user_id = copy(arena, rows, ACCOUNT_USER_ID),
        .connection = row_int(rows, ACCOUNT_CONNECTION), .version = row_int(rows, ACCOUNT_VERSION),
        .epoch = row_int(rows, ACCOUNT_EPOCH), .blocked = row_int(rows, ACCOUNT_BLOCKED) != 0,
        .deletion_at = row_int(rows, ACCOUNT_DELETION_AT), .password_hash = copy(arena, rows, ACCOUNT_PASSWORD_HASH),
        .created_at = row_int(rows, ACCOUNT_CREATED_AT), .updated_at = row_int(rows, ACCOUNT_UPDATED_AT),
        .last_login_at = row_int(rows, ACCOUNT_LAST_LOGIN_AT), .logins_count = row_int(rows, ACCOUNT_LOGINS_COUNT),
        .password_changed_at = row_int(rows, ACCOUNT_PASSWORD_CHANGED_AT), .blocked_by = row_int(rows, ACCOUNT_BLOCKED_BY),
        .origin = row_int(rows, ACCOUNT_ORIGIN),
    };
    json_t *sources = NULL;
    Error error = stored_object(arena, row_text(rows, ACCOUNT_PROFILE), "profile", out->user_id, &out->profile);
    if (!error) error = stored_object_or_none(arena, row_text(rows, ACCOUNT_SOURCES), "sources", out->user_id, &sources);
    out->sources = sources;
    return error;
}

static Error one_user(struct db *db, struct arena *arena, enum statement statement, const Value *args, size_t count, struct user *out)
{
    struct rows rows;
    Error error = db_select(db, statement, args, count, &rows);
    if (error) return error;
    Error found = row_next(&rows) ? read_user(arena, &rows, out) : ERR_NOT_FOUND;
    error = rows_end(&rows);
    return error ? error : found;
}

Error user_get(struct db *db, struct arena *arena, int64_t account, struct user *out)
{
    return one_user(db, arena, STMT_account_get, DB_ARGS(db_int(account)), out);
}

Error user_get_by_user_id(struct db *db, struct arena *arena, Str user_id, struct user *out)
{
    return one_user(db, arena, STMT_account_get_by_user_id, DB_ARGS(db_text(user_id)), out);
}

Error user_get_of_organization(struct db *db, struct arena *arena, int64_t organization, Str user_id, struct user *out)
{
    return one_user(db, arena, STMT_account_get_of_organization, DB_ARGS(db_int(organization), db_text(user_id)), out);
}

Error user_page(struct db *db, struct arena *arena, int64_t after, struct user *out, size_t room, size_t *count)
{
    struct rows rows;
    *count = 0;
    Error error = db_select(db, STMT_account_page, DB_ARGS(db_int(after), db_int((int64_t)room)), &rows);
    if (error) return error;
    Error bad = OK;
    while (!bad && *count < room && row_next(&rows)) bad = read_user(arena, &rows, &out[(*count)++]);
    error = rows_end(&rows);
    return error ? error : bad;
}

static struct user bare_user(const struct rows *rows)
{
    return (struct user){
        .id = row_int(rows, ACCOUNT_ID), .user_id = row_text(rows, ACCOUNT_USER_ID), .connection = row_int(rows, ACCOUNT_CONNECTION),
        .version = row_int(rows, ACCOUNT_VERSION), .epoch = row_int(rows, ACCOUNT_EPOCH), .blocked = row_int(rows, ACCOUNT_BLOCKED) != 0,
        .deletion_at = row_int(rows, ACCOUNT_DELETION_AT), .created_at = row_int(rows, ACCOUNT_CREATED_AT),
        .updated_at = row_int(rows, ACCOUNT_UPDATED_AT), .last_login_at = row_int(rows, ACCOUNT_LAST_LOGIN_AT),
        .logins_count = row_int(rows, ACCOUNT_LOGINS_COUNT), .password_changed_at = row_int(rows, ACCOUNT_PASSWORD_CHANGED_AT),
    };
}

static Error select_page(struct db *db, int64_t connection, int64_t after, size_t room, struct rows *rows)
{
    Value from = db_int(after), limit = db_int((int64_t)room);
    if (!connection) return db_select(db, STMT_account_page, DB_ARGS(from, limit), rows);
    return db_select(db, STMT_account_page_of_connection, DB_ARGS(from, limit, db_int(connection)), rows);
}

Error user_page_texts(struct db *db, int64_t connection, int64_t after, size_t room, UserEach each, void *context, size_t *count)
{
    struct rows rows;
    *count = 0;
    Error error = select_page(db, connection, after, room, &rows), bad = OK;
    if (error) return error;
    for (; !bad && row_next(&rows); ++*count) {
        struct user user = bare_user(&rows);
        bad = each(context, &user, row_text(&rows, ACCOUNT_PROFILE));
    }
    error = rows_end(&rows);
    return bad ? bad : error;
}

Error users_by_identifier(struct db *db, struct arena *arena, Str key, int64_t connection, int64_t *accounts, size_t room,
                          size_t *count)
{
    struct rows rows;
    (void)arena;
    *count = 0;
    Error error = db_select(db, STMT_account_by_identifier,
                            DB_ARGS(db_text(key), db_int(connection), db_int((int64_t)room)), &rows);
    if (error) return error;
    while (*count < room && row_next(&rows)) accounts[(*count)++] = row_int(&rows, 0);
    return rows_end(&rows);
}

/* --- memberships --- */

enum membership_column {          /* membership_list */
    MEMBER_ORGANIZATION, MEMBER_NAME, MEMBER_DISPLAY_NAME, MEMBER_SUPPORT_EMAIL, MEMBER_RULES, MEMBER_BRANDING, MEMBER_HOME,
    MEMBER_INVITED, MEMBER_SUSPENDED, MEMBER_ROLE, MEMBER_JOINED
};

struct member_row {
    struct membership membership;
    struct member_row *next;
};

static Error read_membership(struct arena *arena, const struct rows *rows, struct membership *out)
{
    struct rule_source *organization = &out->rules.organization;
    *out = (struct membership){
        .organization = row_int(rows, MEMBER_ORGANIZATION), .roles = STR(""), .joined_at = row_int(rows, MEMBER_JOINED),
        .rules = {.home = row_int(rows, MEMBER_HOME) != 0, .invited = row_int(rows, MEMBER_INVITED) != 0,
                  .suspended = row_int(rows, MEMBER_SUSPENDED) != 0},
    };
    organization->name = copy(arena, rows, MEMBER_NAME);
    organization->display_name = copy(arena, rows, MEMBER_DISPLAY_NAME);
    organization->support_email = copy(arena, rows, MEMBER_SUPPORT_EMAIL);
    json_t *branding = NULL;
    Error error = stored_rules(arena, row_text(rows, MEMBER_RULES), "rules", organization->name, &organization->rules);
    if (!error) error = stored_object_or_none(arena, row_text(rows, MEMBER_BRANDING), "branding", organization->name, &branding);
    out->branding = branding;
    return error;
}

static void add_role(struct arena *arena, const struct rows *rows, struct membership *membership)
{
    Str role = row_text(rows, MEMBER_ROLE);
    if (!role.p) return;
    const char *comma = membership->roles.n ? "," : "";
    membership->roles = arena_print(arena, "%.*s%s%.*s", STR_ARGS(membership->roles), comma, STR_ARGS(role));
}

/* One row a role: rows of one organization stand together. */
static Error read_memberships(struct arena *arena, struct rows *rows, struct member_row **first, size_t *count)
{
    struct member_row *last = NULL;
    while (row_next(rows)) {
        if (!last || last->membership.organization != row_int(rows, MEMBER_ORGANIZATION)) {
            struct member_row *row = ARENA_NEW(arena, struct member_row);
            Error error = read_membership(arena, rows, &row->membership);
            if (error) return error;
            *(last ? &last->next : first) = row;
            last = row;
            ++*count;
        }
        add_role(arena, rows, &last->membership);
    }
    return OK;
}

Error user_memberships(struct db *db, struct arena *arena, const struct fields *fields, int64_t account, struct membership **out,
                       size_t *count)
{
    struct rows rows;
    struct member_row *first = NULL;
    (void)fields;
    *count = 0;
    *out = NULL;
    Error error = db_select(db, STMT_membership_list, DB_ARGS(db_int(account)), &rows);
    if (error) return error;
    Error bad = read_memberships(arena, &rows, &first, count);
    error = rows_end(&rows);
    if (error || bad) return error ? error : bad;
    *out = ARENA_ARRAY(arena, struct membership, *count);
    size_t i = 0;
    for (const struct member_row *row = first; row; row = row->next) (*out)[i++] = row->membership;
    return OK;
}

/* --- sessions --- */

/* While the account's row is open, so that the store is locked once for both. */
static Error read_along(struct db *db, struct arena *arena, struct user *user)
{
    struct membership *list = NULL;
    Error error = user_memberships(db, arena, NULL, user->id, &list, &user->membership_count);
    user->memberships = list;
    user->has_memberships = !error;
    return error;
}

Error user_of_session(struct db *db, struct arena *arena, Str id_hash, int64_t now, int64_t seen_after, struct session_row *out)
{
    struct rows rows;
    Error error = db_select(db, STMT_session_get, DB_ARGS(db_blob(id_hash), db_int(now), db_int(seen_after)), &rows);
    if (error) return error;
    Error found = ERR_NOT_FOUND;
    if (row_next(&rows)) {
        found = read_user(arena, &rows, &out->user);
        if (!found) found = read_along(db, arena, &out->user);
        out->public_id = copy(arena, &rows, ACCOUNT_ALL);
        out->created_at = row_int(&rows, ACCOUNT_ALL + 1);
        out->authenticated_at = row_int(&rows, ACCOUNT_ALL + 2);
        out->last_seen_at = row_int(&rows, ACCOUNT_ALL + 3);
        out->generation = row_int(&rows, ACCOUNT_ALL + 4);
        out->consented = row_int(&rows, ACCOUNT_ALL + 5);
    }
    error = rows_end(&rows);
    return error ? error : found;
}
