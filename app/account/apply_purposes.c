#include "account/applying.h"

struct stored_purpose {
    Str version;                  /* STR_NONE: there is none of that name */
    int required;
    const json_t *title, *text;
    int64_t position;
};

static Error stored_purpose(struct applying *applying, Str name, struct stored_purpose *out)
{
    struct rows rows;
    *out = (struct stored_purpose){.version = STR_NONE, .required = -1};
    Error error = db_select(applying->portal->db, STMT_purpose_get, DB_ARGS(db_text(name)), &rows);
    if (error) return error;
    if (row_next(&rows))
        *out = (struct stored_purpose){arena_copy(applying->arena, row_text(&rows, 0)), row_int(&rows, 1) != 0, column_json(&rows, 2),
                                       column_json(&rows, 3), row_int(&rows, 4)};
    return rows_end(&rows);
}

static bool differs(struct applying *applying, Str place, const struct stored_purpose *before, const struct stored_purpose *after)
{
    struct diff *diff = &applying->diff;
    const json_t *was = before->required < 0 ? NULL : json_boolean(before->required);
    bool differs = diff_text(diff, place, "version", before->version, after->version);
    differs |= diff_value(diff, place, "required", was, json_boolean(after->required));
    differs |= diff_keys(diff, place, "title", before->title, after->title);
    differs |= diff_keys(diff, place, "text", before->text, after->text);
    return differs;
}

static Error put_purpose(struct applying *applying, Str name, const struct stored_purpose *purpose)
{
    struct db *db = applying->portal->db;
    Value title = db_text(json_column(purpose->title)), text = db_text(json_column(purpose->text));
    Error error = db_run(db, STMT_purpose_put, DB_ARGS(db_text(name), db_int(purpose->position), db_text(purpose->version),
                                                       db_int(purpose->required), title, text), NULL);
    return error ? error : db_run(db, STMT_purpose_version_put, DB_ARGS(db_text(name), db_text(purpose->version), title, text), NULL);
}

/* What the file does not say stays; a new purpose is one that people may refuse. */
static Error apply_purpose(struct applying *applying, const struct plan_purpose *wanted, int64_t *next, bool *changed)
{
    struct stored_purpose before;
    Error error = stored_purpose(applying, wanted->name, &before);
    if (error) return error;
    struct stored_purpose after = {
        .version = wanted->version, .required = wanted->required >= 0 ? wanted->required : before.required > 0,
        .title = wanted->title ? wanted->title : before.title, .text = wanted->text ? wanted->text : before.text,
        .position = before.version.p ? before.position : (*next)++,
    };
    Str place = place_at(applying->arena, STR("purposes"), arena_cstr(applying->arena, wanted->name));
    if (!differs(applying, place, &before, &after)) return OK;
    *changed = true;
    return put_purpose(applying, wanted->name, &after);
}

static Error count_purposes(struct db *db, int64_t *count)
{
    struct rows rows;
    Error error = db_select(db, STMT_purpose_list, DB_NO_ARGS, &rows);
    if (error) return error;
    for (*count = 0; row_next(&rows); ++*count) continue;
    return rows_end(&rows);
}

Error apply_purposes(struct applying *applying)
{
    const struct plan *plan = applying->plan;
    int64_t next = 0;
    bool changed = false;
    if (!plan->purpose_count) return OK;
    Error error = count_purposes(applying->portal->db, &next);
    for (size_t i = 0; !error && i < plan->purpose_count; i++) error = apply_purpose(applying, &plan->purposes[i], &next, &changed);
    return error || !changed ? error : db_run(applying->portal->db, STMT_purposes_generation_bump, DB_NO_ARGS, NULL);
}
