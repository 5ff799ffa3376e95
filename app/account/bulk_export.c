#include "account/bulk_export.h"

#include "account/shape.h"
#include "account/state.h"
#include "account/user_object.h"
#include "base/json_memory.h"
#include "base/log.h"
#include "base/utf8.h"
#include "store/user_store.h"

enum { PAGE = 200, ROOM = 128 * 1024 };

struct exporting {
    struct portal *portal;
    const struct bulk_export *export;
    const struct connection *connection;   /* NULL: all */
    struct arena *arena;          /* lasts a page */
    const Str *fields;
    size_t field_count;
    struct text out;              /* of the page */
    int64_t after, rows;
};

static const Str usual[] = {
    STR("user_id"), STR("given_name"), STR("family_name"), STR("nickname"), STR("name"), STR("email"), STR("email_verified"),
    STR("picture"), STR("connection"), STR("created_at"), STR("updated_at"),
};
enum { USUAL = sizeof usual / sizeof *usual };

/* Made by the program: nobody can have typed a formula there. */
static const Str generated[] = {STR("created_at"), STR("updated_at"), STR("last_login"), STR("last_password_reset")};

static bool is_generated(Str field)
{
    for (size_t i = 0; i < sizeof generated / sizeof *generated; i++)
        if (str_eq(field, generated[i])) return true;
    return false;
}

static bool is_inside(Str field, const char *container)
{
    Str rest = field, head = str_cut(&rest, '.');
    return str_is(head, container) && rest.n > 0;
}

static bool is_object(Str field)
{
    return str_is(field, "user_metadata") || str_is(field, "app_metadata") || str_is(field, "address") || str_is(field, "identities");
}

const char *bulk_field_flaw(struct portal *portal, enum bulk_format format, Str field)
{
    if (is_object(field)) return format == BULK_CSV ? "is an object; name what is in it, like user_metadata.size" : NULL;
    if (is_inside(field, "user_metadata") || is_inside(field, "app_metadata")) return NULL;
    if (is_generated(field) || str_is(field, "connection") || field_find(&portal->directory.fields, field)) return NULL;
    return "there is no such field";
}

/* --- one account --- */

static json_t *value_of(const json_t *object, Str field)
{
    Str key = field, container = str_cut(&key, '.');
    if (!key.p) return json_object_getn(object, field.p, field.n);
    return json_object_getn(json_object_getn(object, container.p, container.n), key.p, key.n);
}

static void put_in(json_t *object, Str field, json_t *value)
{
    Str key = field, container = str_cut(&key, '.');
    if (!value) return;
    if (!key.p) {
        json_object_setn(object, field.p, field.n, value);
        return;
    }
    json_t *inner = json_object_getn(object, container.p, container.n);
    if (!inner) {
        inner = json_object();
        json_object_setn_new(object, container.p, container.n, inner);
    }
    json_object_setn(inner, key.p, key.n, value);
}

static json_t *object_of(const struct exporting *exporting, const struct user *user)
{
    json_t *all = user_object(exporting->arena, &exporting->portal->directory, user);
    const json_t *identity = json_array_get(json_object_get(all, "identities"), 0);
    if (!exporting->export->field_count && exporting->export->format != BULK_CSV) return all;
    json_object_set(all, "connection", json_object_get(identity, "connection"));
    if (exporting->export->format == BULK_CSV) return all;
    json_t *chosen = json_object();
    for (size_t i = 0; i < exporting->field_count; i++) put_in(chosen, exporting->fields[i], value_of(all, exporting->fields[i]));
    return chosen;
}

static void add_quoted(struct text *table, Str value, bool guarded)
{
    text_add(table, guarded ? STR("\"'") : STR("\""));
    while (value.n) {
        Str part = str_cut(&value, '"');
        text_add(table, part);
        if (value.p) text_add(table, STR("\"\""));
    }
    text_add(table, STR("\""));
}

static Str list_text(struct arena *arena, const json_t *list)
{
    struct text text = {.arena = arena};
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i) text_add(&text, STR(", "));
        text_add(&text, json_str(json_array_get(list, i)));
    }
    return text_str(&text);
}

/* Every text begins with an apostrophe: what somebody typed is never a formula (domain.md §9.2). */
static void add_cell(struct arena *arena, struct text *table, Str field, const json_t *value)
{
    if (!value) return;
    if (json_is_string(value)) add_quoted(table, json_str(value), !is_generated(field));
    else if (json_is_array(value)) add_quoted(table, list_text(arena, value), true);
    else if (json_is_object(value)) add_quoted(table, str_of(json_dumps(value, JSON_COMPACT)), true);
    else text_add(table, str_of(json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY)));
}

static void add_row(const struct exporting *exporting, const json_t *object, struct text *out)
{
    for (size_t i = 0; i < exporting->field_count; i++) {
        if (i) text_add(out, STR(","));
        add_cell(exporting->arena, out, exporting->fields[i], value_of(object, exporting->fields[i]));
    }
    text_add(out, STR("\r\n"));
}

/* What is stored is taken over as it is where that is all; chosen fields have to be read. */
static Error add_object(struct exporting *exporting, struct user *user, Str profile)
{
    bool whole = !exporting->export->field_count && exporting->export->format != BULK_CSV;
    if (whole && user_object_text(&exporting->out, &exporting->portal->directory, user, profile)) return OK;
    user->profile = json_loadb(profile.n ? profile.p : "", profile.n, 0, NULL);
    if (!json_is_object(user->profile)) {
        log_line(LOG_ERROR, "the profile of %.*s is no JSON object", STR_ARGS(user->user_id));
        return ERR_FAULT;
    }
    const json_t *object = object_of(exporting, user);
    if (exporting->export->format == BULK_CSV) add_row(exporting, object, &exporting->out);
    else text_add(&exporting->out, str_of(json_dumps(object, JSON_COMPACT)));
    return OK;
}

static Error add_user(void *context, const struct user *stored, Str profile)
{
    struct exporting *exporting = context;
    struct user user = *stored;
    if (exporting->export->format == BULK_JSON) text_add(&exporting->out, exporting->rows ? STR(",\n") : STR("\n"));
    Error error = add_object(exporting, &user, profile);
    if (exporting->export->format == BULK_NDJSON) text_add(&exporting->out, STR("\n"));
    exporting->rows++;
    exporting->after = user.id;
    return error;
}

/* --- all of them --- */

static Error write_text(const struct exporting *exporting, Str text)
{
    return !text.n || exporting->export->write(exporting->export->context, text) ? OK : ERR_FAULT;
}

static Error write_page(struct exporting *exporting, size_t *count)
{
    int64_t connection = exporting->connection ? exporting->connection->id : 0;
    exporting->out = (struct text){.arena = exporting->arena, .p = arena_take(exporting->arena, ROOM), .room = ROOM};
    Error error = user_page_texts(exporting->portal->db, connection, exporting->after, PAGE, add_user, exporting, count);
    return error ? error : write_text(exporting, text_str(&exporting->out));
}

static Error write_head(const struct exporting *exporting)
{
    struct text out = {.arena = exporting->arena};
    if (exporting->export->format == BULK_JSON) text_add(&out, STR("["));
    for (size_t i = 0; exporting->export->format == BULK_CSV && i < exporting->field_count; i++) {
        if (i) text_add(&out, STR(","));
        add_quoted(&out, exporting->fields[i], false);
    }
    if (exporting->export->format == BULK_CSV) text_add(&out, STR("\r\n"));
    return write_text(exporting, text_str(&out));
}

static Error write_all(struct exporting *exporting)
{
    size_t count = 0;
    Error error = write_head(exporting);
    do {
        arena_wipe(exporting->arena);
        if (!error) error = write_page(exporting, &count);
        if (!error && exporting->export->progress) exporting->export->progress(exporting->export->context, exporting->rows);
    } while (!error && count == PAGE);
    if (error || exporting->export->format != BULK_JSON) return error;
    return write_text(exporting, STR("\n]\n"));
}

static Error count_accounts(const struct exporting *exporting, int64_t *count)
{
    struct rows rows;
    int64_t connection = exporting->connection ? exporting->connection->id : 0;
    Error error = db_select(exporting->portal->db, STMT_bulk_account_count, DB_ARGS(db_int(connection)), &rows);
    if (error) return error;
    *count = row_next(&rows) ? row_int(&rows, 0) : 0;
    return rows_end(&rows);
}

/* The fields are a list of the row's own: a reason is cut where it is too long. */
static Error write_down(const struct exporting *exporting, const struct visit *visit)
{
    static const char *const formats[] = {[BULK_NDJSON] = "ndjson", [BULK_JSON] = "json", [BULK_CSV] = "csv"};
    const struct bulk_export *export = exporting->export;
    struct visit here = *visit;
    int64_t count = 0;
    here.arena = exporting->arena;
    json_t *fields = json_array();
    for (size_t i = 0; i < export->field_count; i++)
        json_array_append_new(fields, json_stringn(export->fields[i].p, export->fields[i].n));
    Error error = count_accounts(exporting, &count);
    if (error) return error;
    Str words = arena_print(here.arena, "%.*s: %lld accounts as %s",
                            STR_ARGS(exporting->connection ? exporting->connection->source.name : STR("all connections")),
                            (long long)count, formats[export->format]);
    return account_audit_list(exporting->portal, &here, ACTOR_OPERATOR, NULL, "account.export", words, fields);
}

Error bulk_export_run(struct portal *portal, const struct visit *visit, const struct bulk_export *export, int64_t *rows)
{
    bool has_own = export->field_count || export->format != BULK_CSV;
    struct exporting exporting = {.portal = portal, .export = export, .fields = has_own ? export->fields : usual,
                                  .field_count = has_own ? export->field_count : USUAL};
    *rows = 0;
    if (export->connection.p) exporting.connection = directory_connection_named(&portal->directory, export->connection);
    if (export->connection.p && !exporting.connection) return ERR_NOT_FOUND;
    if (!(exporting.arena = arena_open(0))) return ERR_BUSY;
    struct arena *before = json_memory_use(exporting.arena);
    Error error = write_down(&exporting, visit);
    if (!error) error = write_all(&exporting);
    json_memory_use(before);
    arena_close(exporting.arena);
    *rows = exporting.rows;
    return error;
}
