/* An organization's mark: its name stands in the branding, where it is read with everything else of the look. */
#include "account/desk_acting.h"
#include "account/picture_files.h"
#include "store/stored_json.h"

static Error read_branding(struct desk_acting *acting, json_t **out, Str *display_name, Str *support)
{
    struct rows rows;
    struct arena *arena = acting->visit.arena;
    Error error = db_select(acting->portal->db, STMT_organization_look, DB_ARGS(db_int(acting->desk.organization)), &rows);
    if (error) return error;
    bool found = row_next(&rows);
    if (found) {
        *display_name = arena_copy(arena, row_text(&rows, 2));
        *support = arena_copy(arena, row_text(&rows, 3));
        error = stored_object_or_none(arena, row_text(&rows, 4), "branding", acting->desk.name, out);
    }
    Error end = rows_end(&rows);
    if (error || end) return error ? error : end;
    return found ? OK : ERR_NOT_FOUND;
}

static Error move_rows(struct desk_acting *acting, Str name)
{
    struct db *db = acting->portal->db;
    int64_t organization = acting->desk.organization, now = acting->visit.now;
    Error error = db_run(db, STMT_picture_gone_of_organization, DB_ARGS(db_int(organization), db_int(now)), NULL);
    if (!error) error = db_run(db, STMT_picture_drop_of_organization, DB_ARGS(db_int(organization)), NULL);
    if (error || !name.n) return error;
    error = db_run(db, STMT_picture_add, DB_ARGS(db_text(name), db_null(), db_int(organization), db_int(now)), NULL);
    return error ? error : db_run(db, STMT_picture_gone_drop, DB_ARGS(db_text(name)), NULL);
}

static Error put(struct desk_acting *acting, Str name)
{
    json_t *branding = NULL;
    Str display_name = STR(""), support = STR("");
    Error error = read_branding(acting, &branding, &display_name, &support);
    if (error) return error;
    branding = branding ? json_deep_copy(branding) : json_object();
    if (!name.n && !json_object_get(branding, "mark")) {
        acting->out->outcome = DESK_NOTHING;
        return OK;
    }
    if (name.n) json_object_set_new(branding, "mark", json_stringn(name.p, name.n));
    else json_object_del(branding, "mark");
    error = move_rows(acting, name);
    if (!error)
        error = db_run(acting->portal->db, STMT_organization_brand,
                       DB_ARGS(db_int(acting->desk.organization), db_text(display_name), db_text(support),
                               db_text(str_of(json_dumps(branding, JSON_COMPACT | JSON_SORT_KEYS)))), NULL);
    if (!error) error = db_run(acting->portal->db, STMT_generation_bump, DB_NO_ARGS, NULL);
    return error ? error : desk_acting_done(acting);
}

/* Permission and reason, which are looked at again in the transaction that saves. */
static Error begin(struct desk_acting *acting, bool *may)
{
    Error error = desk_acting_may(acting, "update:branding", may);
    if (!error && *may) *may = desk_acting_has_reason(acting);
    return error;
}

static Error put_inside(struct desk_acting *acting, Str name)
{
    bool may = false;
    Error error = begin(acting, &may);
    return error || !may ? error : put(acting, name);
}

static Error ask(struct portal *portal, const struct visit *visit, const struct desk *desk, Str reason, DeskAct *act, bool *may)
{
    struct desk_acting acting;
    Error error = desk_acting_open(portal, visit, desk, "branding.mark", reason, act, &acting);
    return error ? error : desk_acting_close(&acting, begin(&acting, may));
}

Error picture_mark_save(struct portal *portal, const struct visit *visit, const struct desk *desk, Str upload, Str reason, DeskAct *act,
                        PictureAct *why)
{
    struct desk_acting acting;
    const struct picture_crop middle = {.asked = false};
    bool may = false;
    *why = (PictureAct){0};
    Error error = ask(portal, visit, desk, reason, act, &may);
    if (error || !may) return error;
    Str name = upload.p ? picture_new_name(visit->arena) : STR_NONE;
    Str key = arena_print(visit->arena, "organization %lld", (long long)desk->organization);
    if (name.n) error = picture_admit(portal, visit, key, why);
    if (!error && name.n && !why->outcome) error = picture_lay_down(portal, visit, name, upload, &middle, why);
    act->outcome = DESK_NOTHING;
    if (error || why->outcome) return error;
    error = desk_acting_open(portal, visit, desk, "branding.mark", reason, act, &acting);
    return error ? error : desk_acting_close(&acting, put_inside(&acting, name));
}
