#include "base/json_memory.h"
#include "base/log.h"
#include "store/stored_json.h"
#include "store/user_store.h"

static Error one_number(struct db *db, enum statement statement, int64_t *out)
{
    struct rows rows;
    Error error = db_select(db, statement, DB_NO_ARGS, &rows);
    if (error) return error;
    bool found = row_next(&rows);
    if (found) *out = row_int(&rows, 0);
    error = rows_end(&rows);
    if (error || found) return error;
    log_line(LOG_ERROR, "the store has no generation");
    return ERR_FAULT;
}

Error directory_generation(struct db *db, int64_t *out)
{
    return one_number(db, STMT_generation_get, out);
}

static Error read_definitions(struct db *db, struct arena *arena, json_t *list)
{
    struct rows rows;
    Error error = db_select(db, STMT_field_definition_list, DB_NO_ARGS, &rows);
    if (error) return error;
    Error bad = OK;
    while (!bad && row_next(&rows)) {
        json_t *definition;
        bad = stored_object(arena, row_text(&rows, 2), "definition", row_text(&rows, 0), &definition);
        if (!bad && json_array_append_new(list, definition) != 0) bad = ERR_BUSY;
    }
    error = rows_end(&rows);
    return error ? error : bad;
}

static json_t *empty_list(struct arena *arena)
{
    struct arena *before = json_memory_use(arena);
    json_t *list = json_array();
    json_memory_use(before);
    return list;
}

static Error load_fields(struct db *db, struct arena *arena, struct fields *out)
{
    struct problems problems = {.arena = arena};
    struct arena *before = json_memory_use(arena);
    json_t *custom = empty_list(arena);
    Error error = read_definitions(db, arena, custom);
    if (!error && fields_make(arena, custom, &problems, out)) {
        for (const struct problem *each = problems.first; each; each = each->next)
            log_line(LOG_ERROR, "the store's field definitions: %.*s: %.*s", STR_ARGS(each->place), STR_ARGS(each->message));
        error = ERR_FAULT;
    }
    json_memory_use(before);
    return error;
}

static Str copy(struct arena *arena, const struct rows *rows, int column)
{
    Str text = row_text(rows, column);
    return text.p ? arena_copy(arena, text) : STR("");
}

static Error read_connection(struct arena *arena, const struct rows *rows, struct connection *out)
{
    *out = (struct connection){.id = row_int(rows, 0), .strategy = copy(arena, rows, 2)};
    out->source = (struct rule_source){.name = copy(arena, rows, 1), .display_name = copy(arena, rows, 3),
                                       .support_email = copy(arena, rows, 6)};
    json_t *options;
    Error error = stored_object(arena, row_text(rows, 4), "options", out->source.name, &options);
    out->options = options;
    return error ? error : stored_rules(arena, row_text(rows, 5), "rules", out->source.name, &out->source.rules);
}

struct connection_row {
    struct connection connection;
    struct connection_row *next;
};

static Error read_connections(struct db *db, struct arena *arena, struct connection_row **next, size_t *count)
{
    struct rows rows;
    Error error = db_select(db, STMT_connection_list, DB_NO_ARGS, &rows);
    if (error) return error;
    Error bad = OK;
    while (!bad && row_next(&rows)) {
        *next = ARENA_NEW(arena, struct connection_row);
        bad = read_connection(arena, &rows, &(*next)->connection);
        next = &(*next)->next;
        ++*count;
    }
    error = rows_end(&rows);
    return error ? error : bad;
}

static Error load_connections(struct db *db, struct arena *arena, struct directory *out)
{
    struct connection_row *first = NULL;
    Error error = read_connections(db, arena, &first, &out->connection_count);
    if (error) return error;
    struct connection *list = ARENA_ARRAY(arena, struct connection, out->connection_count);
    for (size_t i = 0; first; first = first->next) list[i++] = first->connection;
    out->connections = list;
    return OK;
}

static Permissions read_permissions(const json_t *names)
{
    Permissions may = 0;
    size_t index;
    const json_t *name;
    json_array_foreach(names, index, name) {
        if (json_is_string(name)) may |= permission_bit(json_string_value(name));
    }
    return may;
}

/* The row: id, name, permissions, organization. */
static Error read_role(struct arena *arena, const struct rows *rows, struct role *out)
{
    json_t *names = NULL;
    struct arena *before = json_memory_use(arena);
    Str text = row_text(rows, 2);
    names = json_loadb(text.p, text.n, 0, NULL);
    json_memory_use(before);
    *out = (struct role){.id = row_int(rows, 0), .organization = row_int(rows, 3), .name = copy(arena, rows, 1),
                         .may = permissions_whole(read_permissions(names))};
    if (json_is_array(names)) return OK;
    log_line(LOG_ERROR, "the store's role %.*s: its permissions are no list", STR_ARGS(out->name));
    return ERR_FAULT;
}

struct role_row {
    struct role role;
    struct role_row *next;
};

static Error read_roles(struct db *db, struct arena *arena, struct role_row **next, size_t *count)
{
    struct rows rows;
    Error error = db_select(db, STMT_role_list, DB_NO_ARGS, &rows), bad = OK;
    if (error) return error;
    while (!bad && row_next(&rows)) {
        *next = ARENA_NEW(arena, struct role_row);
        bad = read_role(arena, &rows, &(*next)->role);
        next = &(*next)->next;
        ++*count;
    }
    error = rows_end(&rows);
    return error ? error : bad;
}

static Error load_roles(struct db *db, struct arena *arena, struct directory *out)
{
    struct role_row *first = NULL;
    Error error = read_roles(db, arena, &first, &out->role_count);
    if (error) return error;
    struct role *list = ARENA_ARRAY(arena, struct role, out->role_count);
    for (size_t i = 0; first; first = first->next) list[i++] = first->role;
    out->roles = list;
    return OK;
}

/* The row: name, version, required, title, text. */
static Error read_purpose(struct arena *arena, const struct rows *rows, struct consent_purpose *out)
{
    json_t *title = NULL, *text = NULL;
    *out = (struct consent_purpose){.name = copy(arena, rows, 0), .version = copy(arena, rows, 1), .required = row_int(rows, 2) != 0};
    Error error = stored_object(arena, row_text(rows, 3), "title", out->name, &title);
    if (!error) error = stored_object(arena, row_text(rows, 4), "text", out->name, &text);
    out->title = title;
    out->text = text;
    return error;
}

struct purpose_row {
    struct consent_purpose purpose;
    struct purpose_row *next;
};

static Error read_purposes(struct db *db, struct arena *arena, struct purpose_row **next, size_t *count)
{
    struct rows rows;
    Error error = db_select(db, STMT_purpose_list, DB_NO_ARGS, &rows), bad = OK;
    if (error) return error;
    while (!bad && row_next(&rows)) {
        *next = ARENA_NEW(arena, struct purpose_row);
        bad = read_purpose(arena, &rows, &(*next)->purpose);
        next = &(*next)->next;
        ++*count;
    }
    error = rows_end(&rows);
    return error ? error : bad;
}

static Error load_purposes(struct db *db, struct arena *arena, struct directory *out)
{
    struct purpose_row *first = NULL;
    Error error = one_number(db, STMT_purposes_generation_get, &out->purposes_generation);
    if (!error) error = read_purposes(db, arena, &first, &out->purpose_count);
    if (error) return error;
    struct consent_purpose *list = ARENA_ARRAY(arena, struct consent_purpose, out->purpose_count);
    for (size_t i = 0; first; first = first->next) list[i++] = first->purpose;
    out->purposes = list;
    return OK;
}

/* The generation first: what changes while the rest is read has a newer one, and is read again. */
Error directory_load(struct db *db, struct arena *arena, struct directory *out)
{
    *out = (struct directory){0};
    Error error = directory_generation(db, &out->generation);
    if (!error) error = load_fields(db, arena, &out->fields);
    if (!error) error = load_connections(db, arena, out);
    if (!error) error = load_roles(db, arena, out);
    if (!error) error = load_purposes(db, arena, out);
    return error;
}
