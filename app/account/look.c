#include "account/look.h"

#include "account/picture.h"
#include "base/encode.h"
#include "store/stored_json.h"

struct look look_of_portal(const struct portal *portal)
{
    return (struct look){.name = STR(""), .mark = STR(""), .display_name = portal->options->display_name,
                         .support_email = portal->options->support_email};
}

static Str own_or(struct arena *arena, const struct rows *rows, int column, Str otherwise)
{
    Str own = row_text(rows, column);
    return own.n ? arena_copy(arena, own) : otherwise;
}

static Str text_at(const json_t *object, const char *key)
{
    return str_of(json_string_value(json_object_get(object, key)));
}

/* Colours were checked when they were saved; one that is none, or not readable, is left out all the same. */
static struct palette palette_of(const json_t *branding)
{
    struct palette palette = {.has_primary = false};
    const json_t *colors = json_object_get(branding, "colors");
    palette.has_primary = colour_read(text_at(colors, "primary"), &palette.primary);
    palette.has_page = colour_read(text_at(colors, "page_background"), &palette.page) && colour_is_readable_page(palette.page);
    return palette;
}

static Str mark_of(const json_t *branding)
{
    Str mark = text_at(branding, "mark");
    return picture_name_is(mark) ? mark : STR("");
}

/* The row: id, name, display_name, support_email, branding. */
static Error read_row(struct arena *arena, const struct rows *rows, struct look *out)
{
    json_t *branding = NULL;
    out->organization = row_int(rows, 0);
    out->name = arena_copy(arena, row_text(rows, 1));
    out->display_name = own_or(arena, rows, 2, out->display_name);
    out->support_email = own_or(arena, rows, 3, out->support_email);
    Error error = stored_object_or_none(arena, row_text(rows, 4), "branding", out->name, &branding);
    out->palette = palette_of(branding);
    out->mark = mark_of(branding);
    out->texts = json_object_get(branding, "texts");
    return error;
}

static Error read_rows(struct arena *arena, struct rows *rows, struct look *out)
{
    bool found = row_next(rows);
    Error error = found ? read_row(arena, rows, out) : OK, end = rows_end(rows);
    if (error || end) return error ? error : end;
    return found ? OK : ERR_NOT_FOUND;
}

Error look_of(struct portal *portal, struct arena *arena, int64_t organization, struct look *out)
{
    struct rows rows;
    *out = look_of_portal(portal);
    if (!organization) return OK;
    Error error = db_select(portal->db, STMT_organization_look, DB_ARGS(db_int(organization)), &rows);
    if (!error) error = read_rows(arena, &rows, out);
    return error == ERR_NOT_FOUND ? OK : error;
}

Error look_named(struct portal *portal, struct arena *arena, Str name, struct look *out)
{
    struct rows rows;
    *out = look_of_portal(portal);
    Error error = db_select(portal->db, STMT_organization_look_named, DB_ARGS(db_text(name)), &rows);
    return error ? error : read_rows(arena, &rows, out);
}

struct look look_of_membership(const struct portal *portal, const struct membership *membership)
{
    struct look look = look_of_portal(portal);
    const struct rule_source *organization = &membership->rules.organization;
    look.organization = membership->organization;
    look.name = organization->name;
    if (organization->display_name.n) look.display_name = organization->display_name;
    if (organization->support_email.n) look.support_email = organization->support_email;
    look.palette = palette_of(membership->branding);
    look.mark = mark_of(membership->branding);
    look.texts = json_object_get(membership->branding, "texts");
    return look;
}

Str look_path(struct arena *arena, const struct look *look, const char *path)
{
    return look->name.n ? arena_print(arena, "/o/%.*s%s", STR_ARGS(look->name), path) : str_of(path);
}

Str look_text(const struct portal *portal, const struct look *look, const char *place, const char *kind, Str language, Str *spoken)
{
    const json_t *texts = json_object_get(json_object_get(look->texts, place), kind);
    const Str languages[] = {language, portal->options->default_language};
    for (size_t i = 0; i < 2; i++) {
        const json_t *text = json_object_getn(texts, languages[i].p ? languages[i].p : "", languages[i].n);
        *spoken = languages[i];
        if (json_is_string(text)) return (Str){json_string_value(text), json_string_length(text)};
    }
    return STR_NONE;
}

Str look_css(struct arena *arena, const struct look *look, Str *version)
{
    Str css = palette_css(arena, &look->palette);
    *version = hex_encode(arena, crypto_fingerprint(arena, css));
    return css;
}

Error look_admits(struct portal *portal, const struct visit *visit, int64_t organization, int64_t account,
                  struct admission *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_organization_admits, DB_ARGS(db_int(organization), db_int(account), db_int(visit->now)), &rows);
    if (error) return error;
    bool found = row_next(&rows);
    *out = (struct admission){.member = found && row_int(&rows, 0), .suspended = found && row_int(&rows, 1)};
    error = rows_end(&rows);
    if (error) return error;
    return found ? OK : ERR_NOT_FOUND;
}
