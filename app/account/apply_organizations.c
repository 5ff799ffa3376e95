#include "account/applying.h"

#include "account/organization.h"
#include "account/shape.h"

static Error stored_organization(struct applying *applying, Str name, int64_t *id, struct plan_organization *out)
{
    struct rows rows;
    struct arena *arena = applying->arena;
    *id = 0;
    *out = (struct plan_organization){.name = STR_NONE};
    Error error = db_select(applying->portal->db, STMT_organization_get, DB_ARGS(db_text(name)), &rows);
    if (error) return error;
    if (row_next(&rows)) {
        *id = row_int(&rows, 0);
        *out = (struct plan_organization){.name = name, .display_name = arena_copy(arena, row_text(&rows, 1)),
                                          .support_email = arena_copy(arena, row_text(&rows, 2)),
                                          .branding = column_json(&rows, 3), .metadata = column_json(&rows, 4),
                                          .rules = column_json(&rows, 5),
                                          .deletion_grace = row_is_null(&rows, 6) ? NULL : json_integer(row_int(&rows, 6))};
    }
    return rows_end(&rows);
}

static Str entry_name(const json_t *entry)
{
    return json_str(json_is_object(entry) ? json_object_get(entry, "name") : entry);
}

/* Entries by name. */
static Error stored_connections(struct db *db, int64_t organization, json_t **out)
{
    struct rows rows;
    json_t *entries = json_object();
    Error error = db_select(db, STMT_organization_connection_list, DB_ARGS(db_int(organization)), &rows);
    if (error) return error;
    while (row_next(&rows)) {
        Str name = row_text(&rows, 1);
        json_object_setn_new(entries, name.p, name.n, organization_connection_entry(name, row_int(&rows, 2) != 0));
    }
    *out = entries;
    return rows_end(&rows);
}

static bool entries_are(const json_t *list, const json_t *entries)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        Str name = entry_name(entry);
        if (!json_equal(entry, json_object_getn(entries, name.p, name.n))) return false;
    }
    return json_array_size(list) == json_object_size(entries);
}

static json_t *entries_list(const json_t *entries)
{
    const char *name;
    json_t *entry, *list = json_array();
    json_object_foreach((json_t *)(uintptr_t)entries, name, entry) json_array_append(list, entry);
    return json_array_size(list) ? list : NULL;
}

static Error add_connection(struct applying *applying, int64_t organization, const json_t *entry)
{
    struct rows rows;
    int64_t connection = 0;
    Error error = db_select(applying->portal->db, STMT_connection_get, DB_ARGS(db_text(entry_name(entry))), &rows);
    if (error) return error;
    if (row_next(&rows)) connection = row_int(&rows, 0);
    error = rows_end(&rows);
    if (error) return error;
    return db_run(applying->portal->db, STMT_organization_connection_add,
                  DB_ARGS(db_int(organization), db_int(connection), db_int(json_is_object(entry))), NULL);
}

static Error apply_connections(struct applying *applying, const struct plan_organization *wanted, int64_t organization, Str place)
{
    struct db *db = applying->portal->db;
    json_t *before = NULL;
    if (!wanted->connections) return OK;
    Error error = stored_connections(db, organization, &before);
    if (error || entries_are(wanted->connections, before)) return error;
    diff_value(&applying->diff, place, "connections", entries_list(before), wanted->connections);
    error = db_run(db, STMT_organization_connection_clear, DB_ARGS(db_int(organization)), NULL);
    for (size_t i = 0; !error && i < json_array_size(wanted->connections); i++)
        error = add_connection(applying, organization, json_array_get(wanted->connections, i));
    return error;
}

/* A mark is a file of the desk's, and no file of rules speaks of it. */
static const json_t *with_mark(const json_t *branding, const json_t *before)
{
    json_t *mark = json_object_get(before, "mark"), *out = NULL;
    if (!mark) return branding;
    out = json_deep_copy(branding);
    json_object_set(out, "mark", mark);
    return out;
}

static Error apply_grace(struct applying *applying, const struct plan_organization *wanted, const struct plan_organization *before,
                         int64_t organization, Str place)
{
    const json_t *grace = json_is_null(wanted->deletion_grace) ? NULL : wanted->deletion_grace;
    if (!wanted->deletion_grace || !diff_value(&applying->diff, place, "deletion_grace", before->deletion_grace, grace)) return OK;
    Value seconds = grace ? db_int(json_integer_value(grace)) : db_null();
    return db_run(applying->portal->db, STMT_deletion_grace_put, DB_ARGS(db_int(organization), seconds), NULL);
}

/* What is not said stays; a new organization begins empty, under its own name. */
static struct plan_organization completed(const struct plan_organization *wanted, const struct plan_organization *before)
{
    struct plan_organization after = *wanted;
    if (!after.display_name.p) after.display_name = before->display_name.p ? before->display_name : wanted->name;
    if (!after.support_email.p) after.support_email = before->support_email.p ? before->support_email : STR("");
    if (!after.branding) after.branding = before->branding ? before->branding : json_object();
    else after.branding = with_mark(after.branding, before->branding);
    if (!after.metadata) after.metadata = before->metadata ? before->metadata : json_object();
    if (!after.rules) after.rules = before->rules ? before->rules : json_object();
    return after;
}

static bool diff_organization(struct diff *diff, Str place, const struct plan_organization *before,
                              const struct plan_organization *after)
{
    bool differs = diff_text(diff, place, "display_name", before->display_name, after->display_name);
    differs |= diff_text(diff, place, "support_email", before->support_email, after->support_email);
    differs |= diff_keys(diff, place, "branding", before->branding, after->branding);
    differs |= diff_keys(diff, place, "metadata", before->metadata, after->metadata);
    return differs | diff_keys(diff, place, "fields", before->rules, after->rules);
}

static Error put_organization(struct applying *applying, const struct plan_organization *after, int64_t *id)
{
    struct rows rows;
    Error error = db_select(applying->portal->db, STMT_organization_put,
                            DB_ARGS(db_text(after->name), db_text(after->display_name), db_text(after->support_email),
                                    db_text(json_column(after->branding)), db_text(json_column(after->metadata)),
                                    db_text(json_column(after->rules))), &rows);
    if (error) return error;
    if (row_next(&rows)) *id = row_int(&rows, 0);
    return rows_end(&rows);
}

/* One that was deleted since the file was checked: the next try says so. */
static Error refuse_gone(struct applying *applying, Str name)
{
    bool gone = false;
    Error error = organization_is_gone(applying->portal, name, &gone);
    return error ? error : gone ? ERR_BUSY : OK;
}

static Error apply_organization(struct applying *applying, const struct plan_organization *wanted)
{
    struct plan_organization before;
    int64_t id = 0;
    Error error = stored_organization(applying, wanted->name, &id, &before);
    if (error) return error;
    struct plan_organization after = completed(wanted, &before);
    Str place = place_at(applying->arena, STR("organizations"), arena_cstr(applying->arena, wanted->name));
    if (!id) error = refuse_gone(applying, wanted->name);
    if (!error && (diff_organization(&applying->diff, place, &before, &after) || !id)) error = put_organization(applying, &after, &id);
    if (!error) error = apply_grace(applying, wanted, &before, id, place);
    return error ? error : apply_connections(applying, wanted, id, place);
}

Error apply_organizations(struct applying *applying)
{
    Error error = OK;
    for (size_t i = 0; !error && i < applying->plan->organization_count; i++)
        error = apply_organization(applying, &applying->plan->organizations[i]);
    return error;
}
